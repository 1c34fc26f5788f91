// Other engines on one thread, and what the same query costs there: what the yardsticks share.

// A session answers value(query); text types are those of CREATE TABLE.
export async function openDuckdb() {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const value = async (query) => (await connection.runAndReadAll(query)).getRows()[0][0];
  return {
    name: `DuckDB ${await value('SELECT version()')}`,
    run: (query) => connection.run(query),
    value,
    stop: () => connection.closeSync(),
  };
}

export async function openClickhouse() {
  const { Session } = await import('chdb');
  const session = new Session();
  const value = (query) => session.query(query, 'TabSeparated').trim();
  return {
    name: `ClickHouse ${value('SELECT version()')}`,
    run: (query) => session.query(query),
    value,
    stop: () => session.cleanup(), // removes its folder under /tmp
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

// The first of the rounds is a warm-up. Time on a processor is that of all threads, so it shows if there are more.
async function measure(result, expected, rounds) {
  const processor = [];
  const wall = [];
  for (let round = 0; round <= rounds; round++) {
    const usage = process.cpuUsage();
    const started = performance.now();
    const value = Number(await result());
    const elapsed = performance.now() - started;
    const { user, system } = process.cpuUsage(usage);
    if (value !== expected) throw new Error(`the result is ${value}, in PostgreSQL it is ${expected}`);
    if (round === 0) continue;
    processor.push((user + system) * 1000);
    wall.push(elapsed * 1e6);
  }
  return { processor: median(processor), wall: median(wall) };
}

const line = (...cells) => console.log(' ' + cells.map((cell, i) =>
  i === 0 ? String(cell).padEnd(36) : String(cell).padStart(11)).join(' | '));

// Each case opens an engine and gives { engine, title, result }. Prints what a row costs, and says what cannot be had
// here. True unless an engine was there but failed.
export async function compare(cases, { rows, expected, rounds, what }) {
  line('engine, one thread', 'rows', 'median ms', 'ns/row', 'wall ns/row');
  let measured = 0;
  let failed = false;
  for (const [name, start] of cases) {
    let one;
    try {
      one = await start();
    } catch (error) {
      console.log(` ${name}: not available here (${error.message.split('\n')[0]})`);
      continue;
    }
    try {
      const { processor, wall } = await measure(one.result, expected, rounds);
      line(one.title, rows.toLocaleString('en'), Math.round(processor / 1e6), Math.round(processor / rows),
        Math.round(wall / rows));
      measured++;
    } catch (error) {
      console.log(` ${name}: ${error.message.slice(0, 200)}`);
      failed = true;
    } finally {
      one.engine.stop();
    }
  }
  if (measured > 0) console.log(` ${what} is PostgreSQL's, ${expected}; 1 warm-up, then ${rounds} rounds`);
  return !failed;
}
