-- Which channel earned the conversions: what SQL adds to the core (whose own tests have brute force): NULL, infinity, errors, any order, any split, any plan.
CREATE EXTENSION leadscore;
\pset null NULL
\pset format unaligned
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET jit = off;
CREATE FUNCTION error_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text; detail text; hint text;
BEGIN
  EXECUTE query;
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(' | ', SQLSTATE, message, nullif(detail, ''), nullif(hint, ''));
END $$;
-- A letter a channel, a day a touch.
CREATE FUNCTION path_of(letters text) RETURNS leadscore.touch[] LANGUAGE sql IMMUTABLE AS $$
  SELECT leadscore.touches(channel, '2026-01-01'::timestamptz + n * interval '1 day') FROM regexp_split_to_table(letters, '') WITH ORDINALITY AS t (channel, n) WHERE letters <> '' $$;
CREATE TABLE model AS SELECT n, model FROM unnest('{first,last,last_non_direct,linear,position,time_decay,markov,shapley}'::text[]) WITH ORDINALITY AS m (model, n);

-- touches(): by time, then by the bytes of the channel; twice the same is twice.
SELECT t.* FROM (SELECT leadscore.touches(channel, at) AS path FROM (VALUES ('b', '2026-01-02'::timestamptz), ('a', '2026-01-02'), ('B', '2026-01-02'), ('ж', '2026-01-02'), ('', '2026-01-02'), ('z', '2026-01-01'), ('b', '2026-01-02'),
  (NULL, '2026-01-01'), ('c', NULL), ('c', 'infinity'), ('c', '-infinity'), ('old', '4713-01-01 BC'), ('late', '294276-12-31')) AS v (channel, at)) AS s, unnest(s.path) AS t;
SELECT leadscore.touches('a', NULL), leadscore.touches(NULL, now()), leadscore.touches('a', 'infinity') FROM generate_series(1, 2) AS n;
SELECT leadscore.touches('a', now()) FROM generate_series(1, 0) AS n;
SELECT pg_typeof(leadscore.touches('a', now())), (leadscore.touches('a', '2026-01-01'))[1].channel;

-- attributable(): until the conversion, within the look-back, its start included.
CREATE FUNCTION letters(touches leadscore.touch[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT coalesce(string_agg(channel, '' ORDER BY n), '') FROM unnest(touches) WITH ORDINALITY AS t (channel, at, n) $$;
SELECT n, letters(leadscore.attributable(path_of('abcd'), at, look_back)) FROM (VALUES (1, '2026-01-05'::timestamptz, '90 days'::interval), (2, '2026-01-04', '90 days'), (3, '2026-01-04', '2 days'), (4, '2026-01-04', '1 day 23:59:59.999999'), (5, '2026-01-04 00:00:00.000001', '2 days'), (6, '2026-01-04', '0'),
  (7, '2026-01-01', '90 days'), (8, NULL, '2 days'), (9, NULL, NULL), ('10', 'infinity', '1 day'), (11, '-infinity', '1 day'), (12, '2026-05-01', '90 days'), (13, '2026-05-01', NULL), (14, '2026-01-04', '2147483647 days')) AS v (n, at, look_back) ORDER BY n;
SELECT letters(leadscore.attributable(path_of('abcd'), '2026-01-04')), letters(leadscore.attributable(path_of('axbbxaab'), NULL, excluded => '{x,NULL,y}', collapse_repeats => true)), letters(leadscore.attributable(path_of('axbbxaab'), NULL, excluded => NULL)),
  letters(leadscore.attributable(path_of('abab'), NULL, excluded => '{b}', collapse_repeats => true)), leadscore.attributable(path_of('aab'), NULL, collapse_repeats => true);
SELECT leadscore.attributable(NULL, now()), leadscore.attributable('{}', now()), leadscore.attributable(ARRAY[NULL, ROW(NULL, now()), ROW('a', NULL), ROW('b', 'infinity'), ROW('c', '2026-01-02'), ROW('d', '2026-01-01')]::leadscore.touch[], NULL);
SELECT letters(leadscore.attributable(path_of('abcdefgh') || path_of('ij'), NULL)), letters(leadscore.attributable(ARRAY[path_of('ab'), path_of('cd')], NULL));
-- A day has 24 hours wherever the session is: in Berlin the night to 29 March 2026 has an hour less.
SET TimeZone = 'Europe/Berlin';
SELECT letters(leadscore.attributable(ARRAY[ROW('a', '2026-03-28 12:00+01'), ROW('b', '2026-03-28 11:00+01')]::leadscore.touch[], '2026-03-29 12:00+02', '1 day'));
SET TimeZone = 'UTC';
SELECT letters(leadscore.attributable(ARRAY[ROW('a', '2026-03-28 12:00+01'), ROW('b', '2026-03-28 11:00+01')]::leadscore.touch[], '2026-03-29 12:00+02', '1 day'));
SELECT error_of(format('SELECT leadscore.attributable(''{}'', now(), %s)', arguments)) FROM (VALUES ('''1 month'''), ('''-1 year'''), ('''-1 second'''), ('''-2147483648 days'''), ('collapse_repeats => NULL')) AS v (arguments);

-- The models by their definitions.
SELECT m.model, string_agg(format('%s %s', channel, round(conversions_credit::numeric, 6)), ', ' ORDER BY channel) AS credits
FROM (SELECT n, model, leadscore.attribution(model, path_of('abcad'), '2026-02-01') AS rows FROM model GROUP BY n, model) AS m, unnest(m.rows) GROUP BY m.n, m.model ORDER BY m.n;
SELECT letters, string_agg(format('%s %s', channel, round(conversions_credit::numeric, 6)), ', ' ORDER BY channel) AS position
FROM (SELECT letters, leadscore.attribution('position', path_of(letters), '2026-02-01') AS rows FROM unnest('{a,ab,abc,abcdef,aaaa}'::text[]) AS letters GROUP BY letters) AS s, unnest(s.rows) GROUP BY letters ORDER BY letters;
-- Touches 0, 7 and 14 days before: 4/7, 2/7, 1/7; with a half-life of 14 days by 1 : 2^-0.5 : 1/2.
CREATE TABLE weekly AS SELECT leadscore.touches(channel, '2026-01-15'::timestamptz - age) AS path FROM (VALUES ('a', '0'::interval), ('b', '7 days'), ('c', '14 days')) AS v (channel, age);
SELECT a.channel, round((a.conversions_credit * 7)::numeric, 12) AS sevenths, round((b.conversions_credit * (1.5 + sqrt(0.5)))::numeric, 12) AS by_14_days
FROM weekly, LATERAL (SELECT leadscore.attribution('time_decay', path, '2026-01-20') AS a, leadscore.attribution('time_decay', path, '2026-01-20', 1, '14 days') AS b FROM weekly) AS s, unnest(s.a) AS a JOIN unnest(s.b) AS b USING (channel);
SELECT m.model, string_agg(format('%s %s', channel, conversions_credit), ', ' ORDER BY channel) AS credits FROM (SELECT n, model, leadscore.attribution(model, path, '2026-02-01') AS rows
  FROM model, (VALUES (ARRAY[ROW('a', '2026-01-01'), ROW('direct', '2026-01-02'), ROW('direct', '2026-01-03')]::leadscore.touch[]), (ARRAY[ROW('direct', '2026-01-02')]::leadscore.touch[])) AS p (path) WHERE model LIKE 'last%' GROUP BY n, model) AS m, unnest(m.rows) GROUP BY m.n, m.model ORDER BY m.n;

-- Markov: notes/funnel.md 2.8. Collapsing repeats changes nothing.
CREATE TABLE example (example text, path leadscore.touch[], converted_at timestamptz);
INSERT INTO example SELECT example, path_of(letters), CASE WHEN won THEN '2026-02-01'::timestamptz END FROM (VALUES ('G and M', 'GM', true), ('G and M', 'M', true), ('G and M', 'G', true), ('G and M', 'G', true), ('G and M', 'G', false),
  ('three', '123', true), ('three', '1', false), ('three', '23', false), ('loop', 'ABA', true), ('loop', 'B', true), ('loop', 'B', false), ('repeats', 'AABBA', true), ('repeats', 'BBB', true), ('repeats', 'BB', false)) AS v (example, letters, won);
SELECT example, a.channel, round(a.removal_effect::numeric, 12) AS removal_effect, round(a.conversions_credit::numeric, 12) AS credit, round(a.share::numeric, 12) AS share, a.journeys, a.converted_journeys
FROM (SELECT example, leadscore.attribution('markov', path, converted_at) AS rows FROM example GROUP BY example) AS s, unnest(s.rows) AS a ORDER BY example, a.channel;
SELECT round((17 * a.share)::numeric, 12) AS seventeenths FROM (SELECT leadscore.attribution('markov', leadscore.attributable(path, converted_at, NULL, collapse_repeats => true), converted_at) AS rows FROM example WHERE example = 'repeats') AS s, unnest(s.rows) AS a ORDER BY a.channel;
-- Shapley: A 6, B 4, C 5.
SELECT a.* FROM (SELECT leadscore.attribution('shapley', path_of(letters), '2026-02-01') AS rows FROM (VALUES ('A', 2), ('B', 1), ('C', 1), ('AB', 2), ('CA', 4), ('CBC', 2), ('ABCA', 3)) AS v (letters, times), generate_series(1, times)) AS s, unnest(s.rows) AS a;

-- NULL: no journeys, no conversions, no touches, values that are not known.
SELECT leadscore.attribution('linear', path_of('a'), now()) FROM generate_series(1, 0) AS none;
SELECT m.model, leadscore.attribution(model, NULL, NULL) AS nothing, leadscore.attribution(model, path_of('ba'), NULL) AS lost, leadscore.attribution(model, NULL, '2026-01-01', 5) AS touchless FROM model AS m GROUP BY n, model ORDER BY n;
SELECT a.* FROM (SELECT leadscore.attribution('linear', path, at, value) AS rows FROM (VALUES (path_of('ab'), '2026-02-01'::timestamptz, 10), (path_of('a'), '2026-02-01', NULL), (path_of('c'), NULL, 7), (NULL, '2026-02-01', 3), ('{}', '2026-02-01', NULL), ('{}', NULL, 1), (path_of('c'), 'infinity', 7), (path_of('c'), '-infinity', 7),
  (ARRAY[NULL, ROW(NULL, now()), ROW('x', NULL), ROW('x', '-infinity')]::leadscore.touch[], '2026-02-01', 1)) AS v (path, at, value)) AS s, unnest(s.rows) AS a;
-- Touches after the conversion do not count, those at its instant do; the order of the array does not matter.
SELECT a.* FROM (SELECT leadscore.attribution('last', ARRAY[ROW('c', '2026-01-04'), ROW('b', '2026-01-03'), ROW('a', '2026-01-02')]::leadscore.touch[], '2026-01-03') AS rows) AS s, unnest(s.rows) AS a;
-- Of one time the bytes of the channel decide.
SELECT leadscore.attribution('last', ARRAY[ROW('b', '2026-01-01'), ROW('B', '2026-01-01'), ROW('a', '2026-01-01')]::leadscore.touch[], '2026-01-01');
-- Refunds.
SELECT a.channel, a.conversions_credit, a.value_credit FROM (SELECT leadscore.attribution('linear', path_of(letters), '2026-02-01', value) AS rows FROM (VALUES ('ab', 100), ('a', -30), ('b', -0.0)) AS v (letters, value)) AS s, unnest(s.rows) AS a;

-- Errors.
SELECT error_of(format('SELECT leadscore.attribution(%s)', arguments)) FROM (VALUES ('NULL, NULL, now()'), ('''Last'', NULL, now()'), ('''time_decay:3 days'', NULL, now()'), ('''last'', NULL, now(), ''NaN'''), ('''last'', NULL, NULL, ''-infinity'''), ('''last'', NULL, now(), 1, NULL'), ('''last'', NULL, now(), 1, ''0'''),
  ('''last'', NULL, now(), 1, ''-1 day'''), ('''time_decay'', NULL, now(), 1, ''100001 years'''), ('n, NULL, now()) FROM unnest(''{last,first}''::text[]) AS n(n'), ('''last'', NULL, now(), 1, n * interval ''1 day'') FROM generate_series(1, 2) AS n(n'),
  ('''last'', path_of(''a''), ''2026-02-01'', 1e308) FROM generate_series(1, 2) AS n(n'), ('''markov'', path_of(''a''), ''2026-02-01'', 1e308) FROM generate_series(1, 2) AS n(n')) AS v (arguments);

-- Random journeys: the credits of every model sum up to the conversions exactly, those of the value to the total, in any order.
CREATE TABLE journey AS SELECT n AS id, n % 7 AS part, leadscore.touches(channel, at) AS path, CASE WHEN n * 7919 % 10 < 4 THEN '2026-04-01'::timestamptz END AS converted_at, (n * 104729 % 10007)::double precision / 100 AS value
FROM generate_series(1, 3000) AS n LEFT JOIN LATERAL (SELECT chr(97 + (n * 31 + m * m * 17 + n * m) % 12) AS channel, '2026-01-01'::timestamptz + (n * 37 + m * 7919) % 180 * interval '12 hours' AS at FROM generate_series(1, (n * 13 + n / 7) % 9) AS m) AS t ON true GROUP BY n;
ANALYZE journey;
SELECT count(*) AS journeys, count(path) AS touched, count(converted_at) AS conversions, count(*) FILTER (WHERE path IS NULL AND converted_at IS NOT NULL) AS touchless, sum(cardinality(path)) AS touches FROM journey;
CREATE TABLE result AS SELECT n, model, leadscore.attribution(model, path, converted_at, value) AS rows FROM journey, model GROUP BY n, model;
SELECT model, sum(a.conversions_credit) = (SELECT count(converted_at) FROM journey) AS conversions, sum(a.conversions_credit ORDER BY a.channel) = sum(a.conversions_credit ORDER BY a.channel DESC) AS in_any_order, sum(a.value_credit) = (SELECT sum(value::numeric)::double precision FROM journey WHERE converted_at IS NOT NULL) AS value,
  sum(a.value_credit ORDER BY a.channel) = sum(a.value_credit ORDER BY a.channel DESC) AS value_in_any_order, count(*) AS rows, count(*) FILTER (WHERE a.channel IS NULL AND a.conversions_credit = a.journeys) AS touchless, array_agg(a.channel ORDER BY place) = array_agg(a.channel ORDER BY a.channel IS NULL, a.conversions_credit DESC, a.channel COLLATE "C") AS is_ordered,
  abs(sum(a.share) - 1) < 1e-12 AS shares FROM result AS r, unnest(r.rows) WITH ORDINALITY AS a (channel, conversions_credit, value_credit, share, removal_effect, journeys, converted_journeys, place) GROUP BY n, model ORDER BY n;
-- The definitions in SQL.
WITH touch AS (SELECT id, t.channel, t.n AS touch_no, cardinality(path) AS touches, value, t.touched_at, max(t.touched_at) OVER (PARTITION BY id) AS last_at FROM journey, unnest(path) WITH ORDINALITY AS t (channel, touched_at, n) WHERE converted_at IS NOT NULL),
weight AS (SELECT id, channel, value, model, CASE model WHEN 'first' THEN (touch_no = 1)::int WHEN 'last' THEN (touch_no = touches)::int WHEN 'linear' THEN 1 WHEN 'position' THEN CASE WHEN touches <= 2 THEN 1 WHEN touch_no IN (1, touches) THEN 0.4 ELSE 0.2 / (touches - 2) END
  WHEN 'time_decay' THEN 2 ^ (extract(epoch FROM touched_at - last_at) / 604800) WHEN 'shapley' THEN (touch_no = min(touch_no) OVER (PARTITION BY id, channel, model))::int END::double precision AS weight FROM touch, model WHERE model NOT IN ('markov', 'last_non_direct')),
credit AS (SELECT model, channel, sum(share) AS conversions, sum(share * value) AS value FROM (SELECT *, weight / sum(weight) OVER (PARTITION BY id, model) AS share FROM weight) AS s GROUP BY model, channel)
SELECT model, count(*) AS channels, max(abs(c.conversions - a.conversions_credit)) < 1e-9 AS conversions, max(abs(c.value - a.value_credit)) < 1e-7 AS value FROM credit AS c JOIN (SELECT model, (unnest(rows)).* FROM result) AS a USING (model, channel) GROUP BY model ORDER BY model;

-- In any order; in parts, any of them NULL; in parallel; by group, sorted or hashed; as a window.
SELECT r.model, leadscore.attribution(r.model, path, converted_at, value ORDER BY id * 7919 % 3001)::text = rows::text AS any_order FROM journey, result AS r WHERE model IN ('time_decay', 'markov', 'shapley') GROUP BY r.n, r.model, rows ORDER BY r.n;
SELECT parts, count(*) AS models, count(*) FILTER (WHERE (SELECT leadscore.attribution_merge(part)::text FROM (SELECT leadscore.attribution_partial(model, path, converted_at, value) AS part FROM journey GROUP BY id % parts UNION ALL SELECT NULL) AS s) = rows::text) AS same FROM result, unnest('{1,2,1000}'::integer[]) AS parts GROUP BY parts ORDER BY parts;
SELECT leadscore.attribution_merge(NULL), leadscore.attribution_merge(part)::text = (SELECT leadscore.attribution('markov', path, converted_at)::text FROM journey) AS without_values FROM (SELECT leadscore.attribution_partial('markov', path, converted_at) AS part FROM journey GROUP BY part) AS s;
SELECT leadscore.attribution_merge(part)::text = (SELECT leadscore.attribution('time_decay', path, converted_at, value, '3 days')::text FROM journey) AS with_half_life, error_of('SELECT leadscore.attribution_merge(part) FROM (SELECT leadscore.attribution_partial(''time_decay'', path, converted_at, value, part * interval ''1 day'') AS part FROM journey WHERE part > 0 GROUP BY part) AS s') AS differs FROM (SELECT leadscore.attribution_partial('time_decay', path, converted_at, value, '3 days') AS part FROM journey GROUP BY part) AS s;
SELECT error_of('SELECT leadscore.attribution_merge(part) FROM (SELECT leadscore.attribution_partial(''last'', path, converted_at, value) AS part FROM journey UNION ALL SELECT leadscore.attribution_partial(''last'', path, converted_at) FROM journey) AS s') AS only_some_values;
CREATE TABLE touched AS SELECT id, t.channel, t.touched_at FROM journey, unnest(path) AS t ORDER BY md5(id::text || t.touched_at::text);
ANALYZE touched;
CREATE TABLE by_part AS SELECT part, model, leadscore.attribution(model, path, converted_at, value)::text AS rows FROM journey, model GROUP BY part, model;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT leadscore.attribution('markov', path, converted_at, value) FROM journey;
SELECT model, (CASE model WHEN 'first' THEN (SELECT leadscore.attribution('first', path, converted_at, value) FROM journey) WHEN 'time_decay' THEN (SELECT leadscore.attribution('time_decay', path, converted_at, value) FROM journey) WHEN 'markov' THEN (SELECT leadscore.attribution('markov', path, converted_at, value) FROM journey)
  WHEN 'shapley' THEN (SELECT leadscore.attribution('shapley', path, converted_at, value) FROM journey) END)::text = rows::text AS same_in_parallel FROM result WHERE model IN ('first', 'time_decay', 'markov', 'shapley') ORDER BY n;
SELECT leadscore.attribution('last', path, converted_at) FROM journey WHERE id < 0;
SELECT count(*) AS journeys, count(*) FILTER (WHERE t.path = j.path) AS same_touches FROM (SELECT id, leadscore.touches(channel, touched_at) AS path FROM touched GROUP BY id) AS t JOIN journey AS j USING (id);
SELECT (SELECT leadscore.touches(channel, touched_at) FROM touched) = (SELECT leadscore.touches(channel, touched_at ORDER BY id DESC) FROM touched) AS all_touches;
RESET max_parallel_workers_per_gather;
SET enable_hashagg = off;
SELECT count(*) AS same_sorted FROM (SELECT part, model, leadscore.attribution(model, path, converted_at, value)::text AS rows FROM journey, model GROUP BY part, model INTERSECT SELECT * FROM by_part) AS s;
RESET enable_hashagg;
SET work_mem = '64kB';
SET enable_sort = off;
SELECT count(*) AS same_spilled FROM (SELECT id, leadscore.touches(channel, touched_at)::text FROM touched GROUP BY id INTERSECT SELECT id, path::text FROM journey) AS s;
RESET enable_sort;
RESET work_mem;
SELECT count(*) AS windows, count(*) FILTER (WHERE w.rows = (SELECT leadscore.attribution('markov', path, converted_at, value)::text FROM journey WHERE id <= w.id)) AS same FROM (SELECT id, leadscore.attribution('markov', path, converted_at, value) OVER (ORDER BY id)::text AS rows FROM journey WHERE id <= 20) AS w;

-- A path of 100,000 touches, 1000 channels, limits, a cancelled query.
SELECT m.model, count(*) AS channels, sum(a.conversions_credit) FROM (SELECT n, model, leadscore.attribution(model, path, now()) AS rows FROM model, (SELECT leadscore.touches('c' || m % 997, '2026-01-01'::timestamptz + m * m % 100003 * interval '1 minute') AS path FROM generate_series(1, 100000::bigint) AS m OFFSET 0) AS p GROUP BY n, model) AS m, unnest(m.rows) AS a GROUP BY m.n, m.model ORDER BY m.n;
SELECT error_of('SELECT leadscore.attribution(''markov'', path_of(''a'') || ROW(''c'' || n, ''2026-01-01'')::leadscore.touch, NULL) FROM generate_series(1, 1000) AS n'), error_of('SELECT leadscore.attribution(''last'', ARRAY[ROW(''c'' || n, ''2026-01-01'')::leadscore.touch], NULL) FROM generate_series(1, 100001) AS n');
SET statement_timeout = '50ms';
SELECT leadscore.attribution('linear', path, now()) FROM (SELECT leadscore.touches('c' || m % 997, '2026-01-01'::timestamptz + m * m % 100003 * interval '1 minute') AS path FROM generate_series(1, 1000000::bigint) AS m) AS p;
RESET statement_timeout;

-- Bytes that are no part.
SELECT error_of(format('SELECT leadscore.attribution_merge(%L::bytea)', b)) FROM unnest(ARRAY[''::bytea, '\x00', decode(repeat('00', 40), 'hex'), decode(repeat('ff', 400), 'hex')]) AS b;
CREATE TABLE part AS SELECT leadscore.attribution_partial('markov', path_of(letters), CASE WHEN letters < 'b' THEN '2026-02-01'::timestamptz END, 5) AS part FROM unnest('{aba,bc,Ж}'::text[]) AS letters;
SELECT count(*) AS refused, count(*) = max(length(part)) AS all_of_them FROM part, LATERAL generate_series(0, length(part) - 1) AS byte WHERE error_of(format('SELECT leadscore.attribution_merge(%L::bytea)', set_byte(part, byte, get_byte(part, byte) # 4))) LIKE '22P03 | these bytes are not a part of an attribution%';
SELECT error_of(format('SELECT leadscore.attribution_merge(%L::bytea)', substr(part, 1, length(part) - 4))) AS cut, error_of(format('SELECT leadscore.attribution_merge(%L::bytea)', part || '\x00000000'::bytea)) AS longer FROM part;
SELECT error_of('SELECT leadscore.attribution_merge(part) FROM (SELECT leadscore.connected_components_partial(''a'', ''b'') AS part) AS s') LIKE '22P03%' AS another_kind;

SET search_path = '';
SELECT leadscore.attribution('last', leadscore.attributable(ARRAY[ROW('a', '2026-01-01')]::leadscore.touch[], '2026-01-02'), '2026-01-02');
RESET search_path;
DROP TABLE model, weekly, example, journey, result, touched, by_part, part;
DROP FUNCTION error_of(text), path_of(text), letters(leadscore.touch[]);
DROP EXTENSION leadscore;
