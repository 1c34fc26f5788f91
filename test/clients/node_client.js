// pg of Node.js, with its own types: what is more exact than a JavaScript number (bigint, numeric) comes as text.
'use strict';
const fs = require('fs');
const { Client } = require('pg');

const number = (value) => String(value).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
const text = (value) => value;
const two = (value) => String(value || 0).padStart(2, '0');
const date = (value) => `${value.getFullYear()}-${two(value.getMonth() + 1)}-${two(value.getDate())}`;
const instant = (value) => (value === Infinity ? 'infinity' : value.toISOString());
const span = (value) => `${value.days} days` + (value.hours || value.minutes || value.seconds ? ` ${two(value.hours)}:${two(value.minutes)}:${two(value.seconds)}` : '');
const list = (value) => `{${value.join(',')}}`;
const document = (value) => JSON.stringify(value, null, 1).replace(/([[{])\n\s*/g, '$1').replace(/\n\s*([\]}])/g, '$1').replace(/\n\s*/g, ' ');

// By the type: its kind, the class that its values are of, how they are written.
const TYPES = {
  16: ['boolean', Boolean, String], 20: ['number', String, number], 21: ['number', Number, number], 23: ['number', Number, number], 701: ['number', Number, number],
  1700: ['number', String, number], 25: ['text', String, text], 1082: ['date', Date, date], 1184: ['instant', Date, instant], 1186: ['span', Object, span],
  3802: ['document', Object, document], 1009: ['list', Array, list], 1022: ['list', Array, list],
};
const ARGUMENTS = {
  text, bigint: BigInt, double: Number, numeric: text, date: text, instant: (value) => new Date(value), boolean: (value) => value === 'true',
  list: (value) => value.split(',').map(Number),
};

function written(type, value) {
  const [kind, expected, write] = TYPES[type];
  if (value === null) return 'NULL';
  if (!(Object(value) instanceof expected) && value !== Infinity) throw new TypeError(`a ${kind} has come as ${typeof value}: ${value}`);
  return write(value);
}

function show(result) {
  const rows = result.rows.map((row) => row.map((value, i) => written(result.fields[i].dataTypeID, value)).join(' | '));
  return [result.fields.map((field) => `${field.name} ${TYPES[field.dataTypeID][0]}`).join(' | '), ...rows];
}

async function main() {
  const client = new Client();
  await client.connect();
  const query = (statement, values, name) => client.query({ text: statement, values, name, rowMode: 'array' });
  const blocks = fs.readFileSync(process.argv[2], 'utf8').split('\n\n').slice(1);
  for (const [at, block] of blocks.entries()) {
    const [title, ...lines] = block.trim().split('\n');
    const parameters = lines[0].startsWith('-- ') ? lines.shift().slice(3).split('; ') : [];
    const values = parameters.map((parameter) => ARGUMENTS[parameter.split(' ')[0]](parameter.slice(parameter.indexOf(' ') + 1)));
    let place = 0;
    const statement = lines.join('\n').replace(/\?/g, () => `$${++place}`);
    console.log([`# ${title.slice(3)}`, ...show(await query(statement, values, `query_${at}`))].join('\n'));
  }

  // As tools look around that know information_schema.
  const views = await query(`SELECT table_name::text, obj_description(format('%I.%I', table_schema, table_name)::regclass, 'pg_class')
    FROM information_schema.tables WHERE table_schema = $1 AND table_type = 'VIEW' ORDER BY table_name`, ['leadscore']);
  for (const [view, comment] of views.rows) {
    console.log(`view ${view}: ${comment}`);
    const columns = await query(`SELECT column_name, data_type, col_description(format('%I.%I', table_schema, table_name)::regclass, ordinal_position)
      FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position`, ['leadscore', view]);
    for (const [column, type, description] of columns.rows) console.log(`column ${view}.${column} ${type}: ${description}`);
    const sample = await query(`SELECT * FROM (SELECT * FROM leadscore.${view}) AS sample LIMIT 3`);
    console.log(`sample of ${view}: ${show(sample).length - 1} rows`);
  }
  await client.end();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
