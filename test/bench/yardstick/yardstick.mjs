// Scores the leads of export.sql in other engines, on one thread, and prints what a row costs there.
//   node yardstick.mjs FOLDER     (leads.csv and leads.json are in it)
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(process.argv[2]);
const csv = join(folder, 'leads.csv');
const leads = JSON.parse(readFileSync(join(folder, 'leads.json'), 'utf8'));
const rounds = 5;

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
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const value = async (query) => (await connection.runAndReadAll(query)).getRows()[0][0];
  const types = { integer: 'INTEGER', double: 'DOUBLE', text: 'VARCHAR', boolean: 'BOOLEAN', timestamp: 'TIMESTAMP' };
  const list = Object.entries(columns).map(([name, type]) => `'${name}': '${types[type.replace('?', '')]}'`);
  await connection.run(
    `CREATE TABLE lead AS FROM read_csv('${csv}', header = true, nullstr = '\\N', columns = {${list}})`);
  const since = `TIMESTAMP '${leads.since}'`;
  return {
    name: `DuckDB ${await value('SELECT version()')}`,
    sum: () => value(`SELECT sum(${expression(since)}) FROM lead AS l`),
    stop: () => connection.closeSync(),
  };
}

async function clickhouse() {
  const { Session } = await import('chdb');
  const session = new Session();
  const value = (query) => session.query(query, 'TabSeparated').trim();
  const types = {
    integer: 'Int32', double: 'Float64', text: 'String', boolean: 'Bool', timestamp: "DateTime64(6, 'UTC')",
  };
  const list = Object.entries(columns).map(([name, type]) =>
    `${name} ${type.endsWith('?') ? `Nullable(${types[type.slice(0, -1)]})` : types[type]}`).join(', ');
  session.query(`CREATE TABLE lead (${list}) ENGINE = Memory`);
  session.query(`INSERT INTO lead SELECT * FROM file('${csv}', 'CSVWithNames', '${list.replaceAll("'", "\\'")}')`);
  const since = `toDateTime64('${leads.since.replace('T', ' ')}', 6, 'UTC')`;
  return {
    name: `ClickHouse ${value('SELECT version()')}`,
    sum: () => Number(value(`SELECT sum(${expression(since)}) FROM lead AS l SETTINGS max_threads = 1`)),
    stop: () => session.cleanup(), // removes its folder under /tmp
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

// The first of the rounds is a warm-up. Time on a processor is that of all threads, so it shows if there are more.
async function measure(engine) {
  const processor = [];
  const wall = [];
  for (let round = 0; round <= rounds; round++) {
    const usage = process.cpuUsage();
    const started = performance.now();
    const sum = await engine.sum();
    const elapsed = performance.now() - started;
    const { user, system } = process.cpuUsage(usage);
    if (sum !== leads.sum) throw new Error(`the sum is ${sum}, in PostgreSQL it is ${leads.sum}`);
    if (round === 0) continue;
    processor.push((user + system) * 1000);
    wall.push(elapsed * 1e6);
  }
  return { processor: median(processor), wall: median(wall) };
}

const line = (...cells) => console.log(' ' + cells.map((cell, i) =>
  i === 0 ? String(cell).padEnd(24) : String(cell).padStart(11)).join(' | '));
line('engine, one thread', 'rows', 'median ms', 'ns/row', 'wall ns/row');
let measured = 0;
let failed = false;
for (const [name, start] of [['DuckDB', duckdb], ['ClickHouse', clickhouse]]) {
  let engine;
  try {
    engine = await start();
  } catch (error) {
    console.log(` ${name}: not available here (${error.message.split('\n')[0]})`);
    continue;
  }
  try {
    const { processor, wall } = await measure(engine);
    line(engine.name, leads.rows.toLocaleString('en'), Math.round(processor / 1e6), Math.round(processor / leads.rows),
      Math.round(wall / leads.rows));
    measured++;
  } catch (error) {
    console.log(` ${name}: ${error.message.slice(0, 200)}`);
    failed = true;
  } finally {
    engine.stop();
  }
}
if (measured > 0) {
  console.log(` the sum of the scores is PostgreSQL's, ${leads.sum}; 1 warm-up, then ${rounds} rounds`);
}
process.exit(failed ? 1 : 0);
