-- Edge values of types, as expressions. A type that a function of the extension takes, and that is neither an array, a
-- composite type, an enum nor a domain, must be here: the garden fails otherwise.
CREATE TABLE garden.edge_value (type regtype NOT NULL, is_ordinary boolean NOT NULL, expression text NOT NULL);

-- Texts: numbers and dates as text, JSON, names, contacts, conditions, and what no encoding allows.
INSERT INTO garden.edge_value SELECT 'text', true, quote_literal(v) || '::text' FROM unnest(ARRAY[
  'a', 'id', 'm', 'b2b', 'lead', '1', 'email', 'visits', 'ads', 'work', 'Иван Орлов', 'a1@b.ru', '+79162041731', 'visits > 3', 'RU', 'Europe/Moscow', 'won', 'created_at', 'BANT']) AS v;
INSERT INTO garden.edge_value SELECT 'text', false, quote_literal(v) || '::text' FROM unnest(ARRAY[
  '', ' ', E'\n\t', '''', '"', '''; DROP TABLE garden.canary; --', '"; DROP TABLE garden.canary; --', '$$; DROP TABLE garden.canary; $$', ')); DROP TABLE garden.canary; --', '\''; DROP TABLE garden.canary; --', E'\n; DROP TABLE garden.canary; --', '$$', '%I %s %n', '\', 'NULL', '{', '{}', '{"a":', '(', 'a.b', 'pg_catalog.pg_class', 'ctid', 'Infinity', 'NaN', '-0', '1e999', '99999999999999999999', '2026-02-30', 'infinity',
  'İıßẞſK', U&'e\0301\0301\0301', U&'\200B\FEFF', U&'\202Eabc', U&'\FFFD\+10FFFF', '👨‍👩‍👧‍👦', 'علي', '株式会社', 'a@b', '@', 'a@b@c.ru', '+', '++7', '000000000000000000000', 'visits >', '1 = 1 OR', '(SELECT 1)', 'pg_sleep(9)', '/* */', '--']) AS v;
INSERT INTO garden.edge_value SELECT 'text', false, e FROM unnest(ARRAY[
  'NULL::text', $$repeat('a', 63)$$, $$repeat('ы', 64)$$, $$repeat('a', 100000)$$, $$repeat('a@b.ru, ', 130000)$$, $$repeat('ы', 500000)$$, $$repeat('(', 20000)$$, $$repeat('NOT ', 20000) || 'true'$$, $$repeat('[', 20000)$$, $$repeat('1+', 20000) || '1'$$,
  $$repeat('x ', 100000)$$, $$('\xff'::bytea)::text$$, $$('\xe282'::bytea)::text$$, $$('\x61c0af62'::bytea)::text$$, $$('\xeda080'::bytea)::text$$, $$('\xf8888080'::bytea)::text$$, $$('\x6100620040'::bytea)::text$$, $$('\xd0'::bytea)::text$$,
  $$(repeat('a', 3000) || ('\xf0'::bytea)::text)$$]) AS e;
INSERT INTO garden.edge_value SELECT 'name', v.o, e FROM (VALUES (true, ARRAY[$$'id'::name$$, $$'visits'::name$$, $$'channel'::name$$]), (false, ARRAY['NULL::name', $$''::name$$, $$'"'::name$$, $$'"; DROP TABLE garden.canary; --'::name$$, $$repeat('ы', 40)::name$$])) AS v (o, e_), unnest(v.e_) AS e;
INSERT INTO garden.edge_value SELECT '"char"', v.o, e FROM (VALUES (true, ARRAY[$$'a'::"char"$$]), (false, ARRAY['NULL::"char"', $$''::"char"$$])) AS v (o, e_), unnest(v.e_) AS e;

INSERT INTO garden.edge_value SELECT 'boolean', true, e FROM unnest(ARRAY['true', 'false']) AS e;
INSERT INTO garden.edge_value VALUES ('boolean', false, 'NULL::boolean');

INSERT INTO garden.edge_value SELECT t::regtype, v.o, CASE WHEN e IS NULL THEN 'NULL' ELSE quote_literal(e) END || '::' || t FROM (VALUES
  ('smallint', true, '{1,2,7}'::text[]), ('smallint', false, '{NULL,0,-1,32767,-32768}'),
  ('integer', true, '{1,2,10}'), ('integer', false, '{NULL,0,-1,63,64,65,100000,2147483647,-2147483648}'),
  ('bigint', true, '{1,10,100,1000}'), ('bigint', false, '{NULL,0,-1,63,64,2147483648,9007199254740993,9223372036854775807,-9223372036854775808}'),
  ('double precision', true, '{0.5,1,0.05,100}'), ('double precision', false, '{NULL,0,-0,-1,5e-324,1e-300,0.9999999999999999,1.0000000000000002,1e15,1.7976931348623157e308,-1.7976931348623157e308,infinity,-infinity,NaN}'),
  ('real', true, '{0.5}'), ('real', false, '{NULL,0,-0,1e-45,3.4e38,infinity,-infinity,NaN}'),
  ('numeric', true, '{1,1.5,1000}'), ('numeric', false, '{NULL,0,-1,1e1000,-1e1000,1e-1000,99999999999999999999,infinity,-infinity,NaN}'),
  ('date', true, '{2026-01-01,2026-02-01}'), ('date', false, '{NULL,infinity,-infinity,4713-01-01 BC,5874897-12-31,0001-01-01,2000-01-01}'),
  ('timestamp', true, '{2026-01-01,2026-02-01}'), ('timestamp', false, '{NULL,infinity,-infinity,4713-01-01 BC,294276-12-31 23:59:59}'),
  ('timestamptz', true, '{2026-01-01,2026-02-01 10:00+03,2026-03-01,2026-06-30}'), ('timestamptz', false, '{NULL,infinity,-infinity,4713-01-02 BC,294276-12-31 23:59:59,1970-01-01,2000-01-01,2026-03-29 02:30 Europe/Berlin}'),
  ('interval', true, '{1 day,7 days,30 days,90 days}'), ('interval', false, '{NULL,0,-1 day,1 microsecond,178000000 years,-178000000 years,2147483647 days,-2147483648 days,1 month -30 days,-1 month 40 days,2562047788 hours}'),
  ('oid', true, '{1}'), ('oid', false, '{NULL,0,4294967295,1259}'),
  ('xid', true, '{3}'), ('xid', false, '{NULL,0,4294967295}'), ('xid8', true, '{3}'), ('xid8', false, '{NULL,0,18446744073709551615}'),
  ('tid', true, '{"(0,1)"}'), ('tid', false, '{NULL,"(0,0)","(0,65535)","(1000000,1)","(4294967295,65535)"}'),
  ('regrole', true, '{postgres,garden_guest}'), ('regrole', false, '{NULL,0,4294967295}'),
  ('regtype', true, '{garden.lead,integer}'), ('regtype', false, '{NULL,0,4294967295,record,anyelement,internal,garden.short,leadscore.touch,garden.lead[]}'),
  ('int2vector', true, '{1 2}'), ('int2vector', false, '{NULL,"",0,-1,32767,"1 1 1 1"}'),
  ('uuid', true, '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'), ('uuid', false, '{NULL}')) AS v (t, o, e_), unnest(v.e_) AS e;
INSERT INTO garden.edge_value VALUES ('oid', true, $$'garden.lead'::regclass::oid$$), ('oid', true, $$'text'::regtype::oid$$), ('oid', false, 'garden.dropped_relation()::oid');
INSERT INTO garden.edge_value SELECT 'regclass', v.o, e FROM (VALUES (true, ARRAY[$$'garden.lead'::regclass$$, $$'garden.seen'::regclass$$, $$'garden.event'::regclass$$, $$'garden.duplicated'::regclass$$]), (false, ARRAY[
  'NULL::regclass', '0::oid::regclass', '4294967295::oid::regclass', 'garden.dropped_relation()', $$'pg_class'::regclass$$, $$'garden.lead_pkey'::regclass$$, $$'garden.region'::regclass$$, $$'garden.region_a'::regclass$$, $$'garden.bare'::regclass$$, $$'garden.wide'::regclass$$,
  $$'leadscore.lead_state'::regclass$$, $$'leadscore.funnel'::regclass$$, $$'leadscore.touch'::regclass$$, $$'leadscore.source_source_id_seq'::regclass$$])) AS v (o, e_), unnest(v.e_) AS e;

INSERT INTO garden.edge_value SELECT 'jsonb', v.o, e FROM (VALUES
  (true, ARRAY[$$'{}'::jsonb$$, $$'{"email": "email", "name": "name"}'::jsonb$$, $$leadscore.export_model('m')$$, $$leadscore.export_framework('BANT')$$, $$'{"budget": "yes", "need": null}'::jsonb$$, $$leadscore.match_rule_template('contact')$$]),
  (false, ARRAY['NULL::jsonb', $$'null'::jsonb$$, $$'true'::jsonb$$, $$'0'::jsonb$$, $$'-1e400'::jsonb$$, $$'1e1000'::jsonb$$, $$'""'::jsonb$$, $$'"a"'::jsonb$$, $$'[]'::jsonb$$, $$'[null]'::jsonb$$, $$'[[1, "a", {}]]'::jsonb$$, $$'{"": null}'::jsonb$$, $$'{"email": 1}'::jsonb$$,
    $$'{"email": null, "name": ["name"]}'::jsonb$$, $$jsonb_build_object('email', repeat('a', 100000))$$, $$(repeat('[', 5000) || repeat(']', 5000))::jsonb$$, $$(repeat('{"a":', 5000) || '1' || repeat('}', 5000))::jsonb$$,
    $$(SELECT jsonb_agg(n) FROM generate_series(1, 10000) AS n)$$, $$(SELECT jsonb_object_agg('k' || n, n) FROM generate_series(1, 10000) AS n)$$, $$jsonb_build_object(('\xff'::bytea)::text, ('\xe282'::bytea)::text)$$,
    $$jsonb_set(leadscore.export_model('m'), '{criteria,0,points}', '{}')$$, $$leadscore.export_model('m') - 'format'$$, $$jsonb_set(leadscore.export_model('m'), '{format}', '2e9')$$, $$jsonb_set(leadscore.export_model('m'), '{criteria}', '[null, 1, {}, []]')$$,
    $$jsonb_set(leadscore.export_model('m'), '{criteria,0,condition}', to_jsonb(repeat('(', 5000) || 'true'))$$, $$jsonb_set(leadscore.export_framework('BANT'), '{elements}', '{"a": null}')$$, $$leadscore.match_rule_template('contact') || '{"prior": "NaN"}'$$])) AS v (o, e_), unnest(v.e_) AS e;

-- Bytes: garden.learn_states() adds what each aggregate of the extension that returns bytea has made, whole and damaged.
INSERT INTO garden.edge_value SELECT 'bytea', v.o, e FROM (VALUES (true, ARRAY[$$'\x01'::bytea$$]), (false, ARRAY[
  'NULL::bytea', $$''::bytea$$, $$'\x00'::bytea$$, $$decode(repeat('ff', 100), 'hex')$$, $$decode(repeat('00', 100000), 'hex')$$, $$decode(repeat('ff', 1000000), 'hex')$$])) AS v (o, e_), unnest(v.e_) AS e;

-- Whole leads, and what is none: wrong row types, an anonymous one, dropped columns, 1500 columns, scalars.
INSERT INTO garden.edge_value SELECT t, v.o, e FROM unnest(ARRAY['anyelement', '"any"', 'record']::regtype[]) AS t, (VALUES
  (true, ARRAY['(SELECT l FROM garden.lead AS l WHERE id = 1)', '(SELECT l FROM garden.lead AS l WHERE id = 2)']), (false, ARRAY[
  'NULL::garden.lead', $$jsonb_populate_record(NULL::garden.lead, '{}')$$, '(SELECT l FROM garden.lead AS l WHERE id = 1001)', '(SELECT l FROM garden.lead AS l WHERE id = 1002)', '(SELECT l FROM garden.lead AS l WHERE id = 1003)', '(SELECT s FROM garden.seen AS s LIMIT 1)',
  '(SELECT b FROM garden.bare AS b LIMIT 1)', '(SELECT w FROM garden.wide AS w)', '(SELECT r FROM garden.region AS r LIMIT 1)', '(SELECT r FROM garden.region_other AS r LIMIT 1)', $$ROW(1, 'a'::text)$$, 'ROW()', 'ROW(NULL)', 'NULL::record',
  '(SELECT s FROM (SELECT 3 AS visits, NULL AS channel) AS s)', $$(SELECT s FROM (SELECT 'no number'::text AS visits, 1 AS channel) AS s)$$, $$jsonb_populate_record(NULL::garden.lead, jsonb_build_object('channel', ('\xff'::bytea)::text))$$, $$ROW('a', NULL, 1, NULL)::leadscore.attribution$$])) AS v (o, e_), unnest(v.e_) AS e;
INSERT INTO garden.edge_value SELECT t, false, e FROM unnest(ARRAY['anyelement', '"any"']::regtype[]) AS t, unnest(ARRAY['1', 'NULL::integer', $$'a'::text$$, $$'NaN'::float8$$, 'ARRAY[1]', $$'{}'::jsonb$$, $$B'101'$$, $$'m'::name$$, $$'[1,2)'::int4range$$, $$(repeat('a', 1000000))$$]) AS e;

-- Only the server itself makes these; who calls such a function has nothing but NULL.
INSERT INTO garden.edge_value VALUES ('internal', false, 'NULL');

-- What arguments of some names ordinarily are.
CREATE TABLE garden.named_value (name text NOT NULL, type regtype NOT NULL, expression text NOT NULL);
INSERT INTO garden.named_value
SELECT n, type, e FROM (VALUES
  ('{model,live,candidate,criteria_of}'::text[], 'text'::regtype, ARRAY[$$'m'$$, $$'b2b'$$, $$'empty'$$]), ('{source,shown}', 'text', ARRAY[$$'lead'$$, $$'region'$$]), ('{key}', 'text', ARRAY[$$'id'$$]), ('{lead,lead_key}', 'text', ARRAY[$$'1'$$, $$'a'$$]),
  ('{outcome,counted}', 'text', ARRAY[$$'won'$$]), ('{at,as_of,created_at,entered_at}', 'text', ARRAY[$$'created_at'$$, 'NULL', $$'at'$$]), ('{outcome_at}', 'text', ARRAY[$$'closed_at'$$, 'NULL']), ('{rule}', 'text', ARRAY[$$'mine'$$, $$'contact'$$]), ('{framework,name}', 'text', ARRAY[$$'BANT'$$, $$'MEDDIC'$$]),
  ('{template}', 'text', ARRAY[$$'b2b'$$, $$'blank'$$]), ('{stage}', 'text', ARRAY[$$'mql'$$, $$'status'$$]), ('{columns,features,attributes}', 'text[]', ARRAY[$$'{visits,channel,amount}'::text[]$$, $$'{channel}'::text[]$$, 'NULL::text[]']),
  ('{conditions}', 'text[]', ARRAY[$$'{visits > 3,channel = ''ads''}'::text[]$$]), ('{relation}', 'regclass', ARRAY[$$'garden.lead'::regclass$$, $$'garden.seen'::regclass$$, $$'garden.duplicated'::regclass$$]), ('{history}', 'regclass', ARRAY[$$'garden.status_change'::regclass$$]), ('{labels,clusters,links}', 'regclass', ARRAY[$$'garden.label'::regclass$$, 'NULL::regclass']),
  ('{events}', 'regclass', ARRAY[$$'garden.event'::regclass$$, 'NULL::regclass']), ('{features}', 'regclass', ARRAY['NULL::regclass']), ('{kinds}', 'text[]', ARRAY[$$'{open,open,won,hold,lost}'::text[]$$]), ('{as_of,until,known_at}', 'timestamptz', ARRAY[$$'2026-06-30'::timestamptz$$]), ('{since}', 'timestamptz', ARRAY[$$'2026-01-01'::timestamptz$$]),
  ('{method}', 'text', ARRAY[$$'logistic'$$, $$'naive_bayes'$$, $$'woe'$$]), ('{binning}', 'text', ARRAY[$$'auto'$$, $$'none'$$]), ('{expressions}', 'text[]', ARRAY[$$'{visits}'::text[]$$]), ('{features}', '"any"', ARRAY['1.5::float8', $$'x'::text$$, 'true'])
) AS v (names, type, expressions), unnest(v.names) AS n, unnest(v.expressions) AS e;
