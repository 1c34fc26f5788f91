// How far users get through a funnel in other engines, on one thread: ClickHouse's own windowFunnel, and window functions
// in DuckDB, which has none.
//   node funnel.mjs FOLDER     (events.csv and funnel.json of funnel.sql are in it)
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compare, openClickhouse, openDuckdb } from './engines.mjs';

const folder = resolve(process.argv[2]);
const csv = join(folder, 'events.csv');
const funnel = JSON.parse(readFileSync(join(folder, 'funnel.json'), 'utf8'));

async function clickhouse() {
  const engine = await openClickhouse();
  const columns = 'user_id UInt64, at UInt64, step UInt8';
  engine.run(`CREATE TABLE event (${columns}) ENGINE = Memory`);
  engine.run(`INSERT INTO event SELECT * FROM file('${csv}', 'CSVWithNames', '${columns}')`);
  const query = `SELECT sum(level) FROM (
    SELECT windowFunnel(${funnel.within})(at, step = 1, step = 2, step = 3, step = 4, step = 5) AS level
    FROM event GROUP BY user_id) SETTINGS max_threads = 1`;
  return { engine, title: `${engine.name}: windowFunnel`, result: () => engine.value(query) };
}

async function duckdb() {
  const engine = await openDuckdb();
  await engine.run(`CREATE TABLE event AS FROM read_csv('${csv}', header = true,
    names = ['user_id', 'moment', 'step'], types = ['BIGINT', 'BIGINT', 'INTEGER'])`);
  const start = (step, from) => `SELECT *, max(CASE WHEN step = ${step} AND moment <= start_${step - 1} + ${funnel.within}
    THEN start_${step - 1} END) OVER w AS start_${step} FROM (${from}) WINDOW w AS (PARTITION BY user_id ORDER BY moment, step)`;
  const first = `SELECT *, max(CASE WHEN step = 1 THEN moment END) OVER w AS start_1 FROM event
    WINDOW w AS (PARTITION BY user_id ORDER BY moment, step)`;
  const query = `SELECT sum(level)::BIGINT FROM (SELECT max(CASE WHEN start_5 IS NOT NULL THEN 5
    WHEN start_4 IS NOT NULL THEN 4 WHEN start_3 IS NOT NULL THEN 3 WHEN start_2 IS NOT NULL THEN 2
    WHEN start_1 IS NOT NULL THEN 1 ELSE 0 END) AS level
    FROM (${[2, 3, 4, 5].reduce((from, step) => start(step, from), first)}) GROUP BY user_id)`;
  return { engine, title: `${engine.name}: window functions`, result: () => engine.value(query) };
}

const succeeded = await compare([['ClickHouse', clickhouse], ['DuckDB', duckdb]],
  { rows: funnel.rows, expected: funnel.sum, rounds: 3, what: 'the sum of the levels' });
process.exit(succeeded ? 0 : 1);
