// Scores the leads of scores.sql in other engines, on one thread, and prints what a row costs there.
//   node scores.mjs FOLDER     (leads.csv and leads.json are in it)
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compare, openClickhouse, openDuckdb } from './engines.mjs';

const folder = resolve(process.argv[2]);
const csv = join(folder, 'leads.csv');
const leads = JSON.parse(readFileSync(join(folder, 'leads.json'), 'utf8'));

// Name and type of each column in leads.csv; a type with a question mark has NULLs.
const columns = {
  headcount: 'integer?', revenue: 'double?', industry: 'text?', country: 'text?', seniority: 'text?',
  demo_requested: 'boolean', page_views: 'integer', emails_opened: 'integer', minutes_on_site: 'double',
  last_seen_at: 'timestamp?', budget_confirmed: 'boolean?', unsubscribed: 'boolean',
};

// PostgreSQL's expression, with this engine's way to write a floating-point number and a time.
function expression(since) {
  const translated = leads.expression
    .replaceAll(/float8 '([^']*)'/g, 'CAST($1 AS DOUBLE)')
    .replaceAll("(SELECT now() - interval '14 days')", since);
  if (/float8|now\(\)/.test(translated)) throw new Error(`what is left of PostgreSQL in ${translated}?`);
  return translated;
}

async function duckdb() {
  const engine = await openDuckdb();
  const types = { integer: 'INTEGER', double: 'DOUBLE', text: 'VARCHAR', boolean: 'BOOLEAN', timestamp: 'TIMESTAMP' };
  const list = Object.entries(columns).map(([name, type]) => `'${name}': '${types[type.replace('?', '')]}'`);
  await engine.run(
    `CREATE TABLE lead AS FROM read_csv('${csv}', header = true, nullstr = '\\N', columns = {${list}})`);
  const since = `TIMESTAMP '${leads.since}'`;
  return { engine, title: engine.name, result: () => engine.value(`SELECT sum(${expression(since)}) FROM lead AS l`) };
}

async function clickhouse() {
  const engine = await openClickhouse();
  const types = {
    integer: 'Int32', double: 'Float64', text: 'String', boolean: 'Bool', timestamp: "DateTime64(6, 'UTC')",
  };
  const list = Object.entries(columns).map(([name, type]) =>
    `${name} ${type.endsWith('?') ? `Nullable(${types[type.slice(0, -1)]})` : types[type]}`).join(', ');
  engine.run(`CREATE TABLE lead (${list}) ENGINE = Memory`);
  engine.run(`INSERT INTO lead SELECT * FROM file('${csv}', 'CSVWithNames', '${list.replaceAll("'", "\\'")}')`);
  const since = `toDateTime64('${leads.since.replace('T', ' ')}', 6, 'UTC')`;
  return {
    engine,
    title: engine.name,
    result: () => engine.value(`SELECT sum(${expression(since)}) FROM lead AS l SETTINGS max_threads = 1`),
  };
}

const succeeded = await compare([['DuckDB', duckdb], ['ClickHouse', clickhouse]],
  { rows: leads.rows, expected: leads.sum, rounds: 5, what: 'the sum of the scores' });
process.exit(succeeded ? 0 : 1);
