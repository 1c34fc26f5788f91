-- Heat and engagement: what SQL adds to the core (whose own tests have the formulas): NULL, errors, infinite times, any
-- order and any split, the order of an index, kinds of events under snapshots, models that use heat.
CREATE EXTENSION leadscore;
\pset null NULL
\pset format unaligned
SET TimeZone = 'UTC';
CREATE FUNCTION error_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text; hint text;
BEGIN
  EXECUTE query;
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(' | ', SQLSTATE, message, nullif(hint, ''));
END $$;

-- The formula, and points that halve.
SELECT leadscore.heat(p, t, '1 day') AS heat, round((log(2, sum(p * 2 ^ (extract(epoch FROM t) / 86400))))::numeric, 9) AS formula
FROM (VALUES (8, timestamptz '1970-01-01 UTC'), (8, '1970-01-01 UTC'), (0, '1980-01-01 UTC')) AS e (p, t);
SELECT abs(leadscore.heat(p, t, '14 days') - log(2, sum(p * 2 ^ ((extract(epoch FROM t) - 1780000000) / 86400 / 14))) - 1780000000 / 86400.0 / 14) < 1e-9 AS is_the_formula
FROM (SELECT 1 + n % 7, timestamptz '2026-01-01 UTC' + n * interval '7 hours' FROM generate_series(1, 500) AS n) AS e (p, t);
SELECT days, round(leadscore.heat_points(leadscore.heat_add(NULL, 10, '2026-03-01 UTC', '14 days'), '14 days', timestamptz '2026-03-01 UTC' + make_interval(days => days))::numeric, 9) AS points
FROM unnest(ARRAY[-14, 0, 7, 14, 28, 36500]) AS days;
-- Months have 30 days and years 365.25, as in EXTRACT(EPOCH FROM interval).
SELECT half_life, leadscore.heat_points(2, half_life, to_timestamp(extract(epoch FROM half_life))) AS halved
FROM unnest('{1 second,1 month,1 year,100 years,1 year 2 months -3 days 04:05:06,100000 years}'::interval[]) AS half_life;

-- NULL and nothing.
SELECT leadscore.heat(1, now(), '1 day') IS NULL AS no_rows FROM generate_series(1, 0);
SELECT leadscore.heat(p, t, h) AS nulls FROM (VALUES (NULL::float8, now(), interval '1 day'), (1, NULL, '1 day'), (1, now(), NULL), (0, now(), '1 day')) AS e (p, t, h);
SELECT leadscore.heat(p, t, h) AS some_nulls FROM (VALUES (NULL::float8, now(), interval '1 day'), (4, '1970-01-01 UTC', '1 day'), (1, now(), NULL)) AS e (p, t, h);
SELECT leadscore.heat_partial(NULL, now(), '1 day') IS NULL AS no_part, leadscore.heat_merge(NULL::bytea) AS nothing_merged;
SELECT leadscore.heat_merge(part) AS no_points FROM (SELECT leadscore.heat_partial(0, now(), '1 day') AS part) AS s;
SELECT leadscore.heat_add(NULL, NULL, now(), '1 day') AS a, leadscore.heat_add(3, NULL, now(), '1 day') AS b, leadscore.heat_add(3, 1, NULL, '1 day') AS c, leadscore.heat_add(3, 1, now(), NULL) AS d,
  leadscore.heat_add(3, 0, now(), '1 day') AS e, leadscore.heat_add(NULL, 0, now(), '1 day') AS f, leadscore.heat_add(NULL, 8, '1970-01-01 UTC', '1 day') AS g, leadscore.heat_add(3, 8, '1970-01-01 UTC', '1 day') AS h;
SELECT leadscore.heat_merge(NULL, NULL::float8) AS none, leadscore.heat_merge(3, NULL) AS a, leadscore.heat_merge(NULL, 3) AS b, leadscore.heat_merge(3, 3) AS both, leadscore.heat_merge(-1000, 3) AS little;
SELECT leadscore.heat_points(NULL, '1 day', now()) AS a, leadscore.heat_points(1, NULL, now()) AS b, leadscore.heat_points(1, '1 day', NULL) AS c, leadscore.heat_cools_at(NULL, '1 day', 1) AS d, leadscore.heat_cools_at(1, '1 day', NULL) AS e;

-- Infinite times add nothing, and no number makes a NaN.
SELECT leadscore.heat(p, t, '1 day') AS finite_only FROM (VALUES (8, timestamptz '1970-01-01 UTC'), (1, '-infinity'), (1, 'infinity')) AS e (p, t);
SELECT leadscore.heat(1, t, '1 day') AS infinite_only FROM unnest('{infinity,-infinity}'::timestamptz[]) AS t;
SELECT leadscore.heat_add(3, 1, 'infinity', '1 day') AS a, leadscore.heat_add(3, 1, '-infinity', '1 day') AS b, leadscore.heat_add(NULL, 1, 'infinity', '1 day') AS c,
  leadscore.heat_add('-infinity', 8, '1970-01-01 UTC', '1 day') AS d, leadscore.heat_add('infinity', 8, '1970-01-01 UTC', '1 day') AS e, leadscore.heat_add('NaN', 8, '1970-01-01 UTC', '1 day') AS f;
SELECT heat, leadscore.heat_points(heat, '1 day', '-infinity') AS first, leadscore.heat_points(heat, '1 day', '1970-01-01 UTC') AS epoch, leadscore.heat_points(heat, '1 day', 'infinity') AS last,
  leadscore.heat_cools_at(heat, '1 day', 1) AS cools, leadscore.heat_merge(heat, '-infinity') AS merged FROM unnest('{-Infinity,-1e300,0,1e300,Infinity,NaN}'::float8[]) AS heat;
SELECT threshold, leadscore.heat_cools_at(3, '1 day', threshold) AS cools FROM unnest('{-Infinity,-1,0,5e-324,4,1e300,NaN}'::float8[]) AS threshold;
-- The ends of time with the shortest and the longest half-life.
SELECT t, h, round(leadscore.heat(8, t, h)::numeric, 6) AS heat, round((leadscore.heat_points(leadscore.heat(8, t, h), h, t) / 8)::numeric, 3) AS points
FROM unnest('{4713-01-01 BC,0001-01-01,294276-12-31 23:59:59.999999}'::timestamptz[]) AS t, unnest('{1 second,100 years,100000 years}'::interval[]) AS h GROUP BY t, h ORDER BY t, h;
SELECT leadscore.heat_cools_at(leadscore.heat(8, t, '100000 years'), '100000 years', 1e-30) AS late, leadscore.heat_cools_at(leadscore.heat(8, t, '100000 years'), '100000 years', 1e30) AS early
FROM (VALUES (timestamptz '2026-01-01')) AS e (t);
SELECT leadscore.heat(8, t, '1 microsecond') AS heat FROM unnest('{4713-01-01 BC,294276-12-31 23:59:59.999999}'::timestamptz[]) AS t GROUP BY t ORDER BY t;
SELECT leadscore.heat_points(0, '1 second', '294276-01-01') AS underflow, leadscore.heat_points(0, '1 second', '4713-01-01 BC') AS overflow;

-- Errors.
SELECT error_of(format('SELECT leadscore.heat(%s, now(), %L)', p, h)) FROM (VALUES ('-1', '1 day'), ('''-Infinity''', '1 day'), ('''Infinity''', '1 day'), ('''NaN''', '1 day'),
  ('1', '0'), ('1', '-1 day'), ('1', '1 month -31 days'), ('1', '100001 years'), ('1', '178000000 years'), ('1', '-178000000 years')) AS e (p, h);
SELECT error_of('SELECT leadscore.heat(1, now(), make_interval(days => n)) FROM generate_series(1, 2) AS n');
SELECT leadscore.heat(1, '1970-01-01 UTC', h) AS one_length FROM unnest('{30 days,1 month,720:00}'::interval[]) AS h;
SELECT error_of('SELECT leadscore.heat_add(1, -1, now(), ''1 day'')'), error_of('SELECT leadscore.heat_add(1, ''NaN'', now(), ''1 day'')'), error_of('SELECT leadscore.heat_add(1, 1, now(), ''0'')'),
  error_of('SELECT leadscore.heat_points(1, ''0'', now())'), error_of('SELECT leadscore.heat_cools_at(1, ''-1 day'', 1)');
SELECT error_of('SELECT leadscore.heat_merge(leadscore.heat_add(NULL, 1, now(), ''1 day'')::text::bytea)'), error_of('SELECT leadscore.heat_merge(''''::bytea)'), error_of('SELECT leadscore.heat_merge(decode(repeat(''00'', 1000), ''hex''))');
SELECT error_of('SELECT leadscore.heat_merge(part) FROM (SELECT leadscore.heat_partial(1, now(), make_interval(days => n)) AS part FROM generate_series(1, 2) AS n GROUP BY n) AS s');
SELECT count(*) AS refused FROM generate_series(0, 71) AS byte, (SELECT leadscore.heat_partial(10, '2026-01-01 UTC', '1 day') AS part) AS s
WHERE error_of(format('SELECT leadscore.heat_merge(%L::bytea)', set_byte(part, byte, get_byte(part, byte) # 4))) LIKE '22P03 | these bytes are not a partial heat%';

-- Any order, any split: the very same number.
CREATE TABLE event AS SELECT n AS id, n % 101 AS lead, CASE WHEN n % 89 = 0 THEN 'unsubscribe' ELSE (ARRAY['click', 'open', 'visit', 'weekly', 'monthly', 'unknown'])[1 + n % 6] END AS event, ((n * 7919) % 50 + 0.1)::float8 AS points,
  timestamptz '2026-01-01 UTC' + ((n::bigint * 104729) % 7776000) * interval '1 second' AS at FROM generate_series(1, 20000) AS n;
ANALYZE event;
CREATE TABLE heat AS SELECT lead, leadscore.heat(points, at, '10 days') FROM event GROUP BY lead;
CREATE TABLE total AS SELECT leadscore.heat(points, at, '10 days') FROM event;
SELECT count(*) AS order_matters FROM (SELECT lead, leadscore.heat(points, at, '10 days' ORDER BY at DESC) AS a, leadscore.heat(points, at, '10 days' ORDER BY points, id) AS b FROM event GROUP BY lead) AS s JOIN heat USING (lead)
WHERE a <> heat OR b <> heat;
SELECT (SELECT leadscore.heat_merge(part) FROM (SELECT leadscore.heat_partial(points, at, '10 days') AS part FROM event GROUP BY id % parts) AS s) = heat AS same FROM total, unnest('{1,2,7,20000}'::integer[]) AS parts;
SELECT count(*) AS differ FROM heat AS h JOIN (SELECT lead, leadscore.heat_merge(part) AS merged FROM (SELECT lead, leadscore.heat_partial(points, at, '10 days') AS part FROM event GROUP BY lead, id % 3) AS s GROUP BY lead) AS m USING (lead) WHERE merged <> heat;
-- Added one by one in a trigger it is the same but for the rounding of each step.
CREATE TABLE lead (lead integer PRIMARY KEY, heat float8);
CREATE FUNCTION keep_heat() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO lead VALUES (NEW.lead, leadscore.heat_add(NULL, NEW.points, NEW.at, '10 days'))
  ON CONFLICT (lead) DO UPDATE SET heat = leadscore.heat_add(lead.heat, NEW.points, NEW.at, '10 days');
  RETURN NULL;
END $$;
CREATE TABLE incoming (LIKE event);
CREATE TRIGGER keep_heat AFTER INSERT ON incoming FOR EACH ROW EXECUTE FUNCTION keep_heat();
INSERT INTO incoming SELECT * FROM event WHERE id <= 3000;
SELECT count(*) AS leads, max(abs(lead.heat - h.heat)) < 1e-11 AS close FROM lead JOIN (SELECT lead, leadscore.heat(points, at, '10 days') AS heat FROM incoming GROUP BY lead) AS h USING (lead);

-- The order of an index is the order of points at every instant.
CREATE INDEX heat_heat ON heat (heat);
SET enable_seqscan = off;
SET enable_sort = off;
CREATE FUNCTION uses_index(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text; found boolean := false;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
    found := found OR line LIKE '%heat_heat%';
  END LOOP;
  RETURN found;
END $$;
SELECT uses_index('SELECT lead FROM heat ORDER BY heat DESC LIMIT 10') AS hottest, uses_index('SELECT lead FROM heat WHERE heat >= leadscore.heat_add(NULL, 500, now(), ''10 days'')') AS hot_now;
CREATE TABLE ordered AS SELECT lead, heat, row_number() OVER (ORDER BY heat) AS place FROM heat;
RESET enable_sort;
RESET enable_seqscan;
SELECT count(DISTINCT instant) AS instants, count(*) FILTER (WHERE is_inverted) AS inversions, count(*) FILTER (WHERE NOT is_inverted) AS pairs FROM generate_series(1, 200) AS n, LATERAL (SELECT timestamptz '2026-01-01 UTC' + ((n * 7919) % 400) * interval '1 day 00:00:00.123') AS i (instant),
  LATERAL (SELECT place, lag(leadscore.heat_points(heat, '10 days', instant)) OVER (ORDER BY place) > leadscore.heat_points(heat, '10 days', instant) AS is_inverted FROM ordered) AS o;
SELECT count(*) AS differ FROM generate_series(0, 3000, 500) AS threshold, unnest('{2026-02-01,2026-06-15 13:14:15,2027-01-01}'::timestamptz[]) AS as_of, heat
WHERE (heat >= leadscore.heat_add(NULL, threshold + 0.123, as_of, '10 days')) <> (leadscore.heat_points(heat, '10 days', as_of) >= threshold + 0.123);
SELECT count(*) AS not_when_it_says FROM (SELECT heat, leadscore.heat_cools_at(heat, '10 days', 100) AS t FROM heat) AS s
WHERE leadscore.heat_points(heat, '10 days', t) >= 100 OR leadscore.heat_points(heat, '10 days', t - interval '1 microsecond') < 100;

-- Engagement by kinds of events.
INSERT INTO leadscore.model (model) VALUES ('m'), ('empty');
INSERT INTO leadscore.event_kind (model, event, points, half_life, max_count, per, enabled) VALUES ('m', 'click', 8, '10 days', 1, '1 day', true), ('m', 'open', 2, '5 days', 2, NULL, true), ('m', 'visit', 1, '20 days', NULL, NULL, true),
  ('m', 'unsubscribe', -50, '30 days', NULL, NULL, true), ('m', 'off', 100, '1 year', NULL, NULL, false), ('m', 'monthly', 16, '1 year', 1, '1 month', true), ('m', 'weekly', 4, '100 years', 1, '1 week', true), ('m', 'nothing', 0, '1 day', NULL, NULL, true);
CREATE FUNCTION engaged(events text[], as_of timestamptz DEFAULT '2026-03-11 UTC') RETURNS float8 LANGUAGE sql AS $$
  SELECT leadscore.engagement('m', split_part(e, ' ', 1), nullif(substr(e, strpos(e, ' ') + 1), '')::timestamptz, as_of) FROM unnest(events) AS e
$$;
SELECT engaged('{click 2026-03-11}') AS now, engaged('{click 2026-03-01}') AS halved, engaged('{visit 2026-03-11,click 2026-03-11}') AS both, engaged('{off 2026-03-11,none 2026-03-11,nothing 2026-03-11,CLICK 2026-03-11}') AS nothing;
-- A hundred clicks of a day count once: the earliest. The day is that of UTC, whatever the session has set.
SELECT engaged(array_agg('click ' || timestamptz '2026-03-01 UTC' + n * interval '10 minutes')) AS one_day FROM generate_series(0, 99) AS n;
SET TimeZone = 'Pacific/Apia';
SELECT engaged('{click 2026-03-01 00:00+00,click 2026-03-01 23:59:59.999999+00}', '2026-03-11 UTC') AS one_day, engaged('{click 2026-03-01 00:00+00,click 2026-02-28 23:59:59.999999+00}', '2026-03-11 UTC') > 7.9 AS two_days;
SET TimeZone = 'UTC';
SELECT engaged('{open 2026-03-06,open 2026-03-11,open 2026-03-01,open 2026-03-10}') AS first_two, engaged('{monthly 2026-02-01,monthly 2026-02-28 23:59}', '2026-02-28 23:59') < 16 AS one_month, engaged('{monthly 2026-02-28 23:59,monthly 2026-03-01}', '2026-03-01') > 31 AS two_months,
  engaged('{weekly 2026-03-09,weekly 2026-03-15}', '2026-03-16') < 4 AS one_week, engaged('{weekly 2026-03-08,weekly 2026-03-09}', '2026-03-16') > 7.9 AS two_weeks;
-- What is later than as_of has not happened: it neither counts nor uses up the limit.
SELECT engaged('{visit 2026-03-11,visit 2026-03-11 00:00:00.000001}') AS later, engaged('{click 2026-03-01 12:00,click 2026-03-01 06:00}', '2026-03-01 06:00') AS at_once;
-- Negative events are summed apart; the result never falls below zero.
SELECT round(engaged('{visit 2026-03-11,unsubscribe 2026-03-11}')::numeric, 6) AS cold, engaged('{monthly 2026-03-11,monthly 2026-02-10,monthly 2026-01-10,monthly 2025-12-10,monthly 2025-11-10,monthly 2025-10-10,unsubscribe 2025-03-11}') > 50 AS forgiven;
-- NULL, nothing, infinity.
SELECT leadscore.engagement('m', 'visit', now(), now()) AS no_rows FROM generate_series(1, 0);
SELECT leadscore.engagement('m', NULL, now(), now()) AS no_event, leadscore.engagement('m', 'visit', NULL, now()) AS no_time, leadscore.engagement(NULL, 'visit', now(), now()) AS no_model, leadscore.engagement('m', 'visit', now(), NULL) AS no_as_of,
  leadscore.engagement('empty', 'visit', now(), now()) AS no_kinds;
SELECT engaged('{visit infinity,visit -infinity,click -infinity,click 2026-03-11}') AS finite_only, engaged('{visit 2026-03-11}', 'infinity') AS at_the_end, engaged('{visit 2026-03-11,visit -infinity}', '-infinity') AS at_the_beginning,
  engaged('{visit infinity}', 'infinity') AS both, engaged('{visit 4713-01-01 BC}', '294276-12-31') AS long_ago;
-- Errors.
SELECT error_of(format('SELECT leadscore.engagement(%s, ''visit'', now(), %s) FROM generate_series(1, 2) AS n', m, a)) FROM (VALUES ('''none''', 'now()'), ('NULLIF(''m'', CASE n WHEN 2 THEN ''m'' END)', 'now()'), ('CASE n WHEN 1 THEN ''m'' ELSE ''empty'' END', 'now()'),
  ('''m''', 'timestamptz ''2026-01-01'' + n * interval ''1 day'''), ('''m''', 'CASE n WHEN 1 THEN now() END'), ('''m''', 'CASE n WHEN 2 THEN now() END')) AS e (m, a);
INSERT INTO leadscore.event_kind (model, event, points, half_life, max_count, per) VALUES ('empty', 'odd', 1, '361 days -1 year', NULL, NULL);
SELECT error_of('SELECT leadscore.engagement(''empty'', ''x'', now(), now())');
UPDATE leadscore.event_kind SET half_life = '1 day', max_count = 1, per = '200000 years 1 day' WHERE model = 'empty';
SELECT error_of('SELECT leadscore.engagement(''empty'', ''x'', now(), now())');
UPDATE leadscore.event_kind SET max_count = 9000000000000000000, per = NULL WHERE model = 'empty';
SELECT error_of('SELECT leadscore.engagement(''empty'', ''odd'', ''2026-01-01'', ''2026-01-01'') FROM generate_series(1, 1048576)'), error_of('SELECT leadscore.engagement(''empty'', ''odd'', ''2026-01-01'', ''2026-01-01'') FROM generate_series(1, 1048577)');
UPDATE leadscore.event_kind SET max_count = 2 WHERE model = 'empty';
SELECT leadscore.engagement('empty', 'odd', '2026-01-01', '2026-01-01') AS two_of_three_million FROM generate_series(1, 3000000);

-- By hand.
\set as_of '''2026-03-20 UTC'''
CREATE TABLE engagement AS SELECT lead, leadscore.engagement('m', event, at, :as_of) FROM event GROUP BY lead;
WITH counted AS (
  SELECT lead, k.points, k.half_life, at, k.max_count, row_number() OVER (PARTITION BY lead, e.event, CASE WHEN k.per IS NOT NULL THEN date_trunc(CASE k.event WHEN 'click' THEN 'day' WHEN 'weekly' THEN 'week' ELSE 'month' END, at, 'UTC') END ORDER BY at) AS place
  FROM event AS e JOIN leadscore.event_kind AS k USING (event) WHERE k.model = 'm' AND at <= :as_of),
by_hand AS (SELECT lead, greatest(0, sum(points * 2 ^ (-extract(epoch FROM :as_of - at) / extract(epoch FROM half_life)))) AS points FROM counted WHERE place <= max_count OR max_count IS NULL GROUP BY lead)
SELECT count(*) AS leads, count(*) FILTER (WHERE engagement > 0) > 50 AS most_are_positive, count(*) FILTER (WHERE abs(engagement - points) > 1e-9) AS differ FROM engagement JOIN by_hand USING (lead);
SELECT count(*) AS order_matters FROM (SELECT lead, leadscore.engagement('m', event, at, :as_of ORDER BY at DESC) AS a, leadscore.engagement('m', event, at, :as_of ORDER BY event, id) AS b FROM event GROUP BY lead) AS s JOIN engagement USING (lead)
WHERE a <> engagement OR b <> engagement;

-- Parallel plans give what serial plans give.
CREATE TABLE engaged_total AS SELECT leadscore.engagement('m', event, at, :as_of) FROM event;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
SET max_parallel_workers_per_gather = 2;
CREATE FUNCTION is_parallel(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text; partial boolean := false; final boolean := false;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
    partial := partial OR line LIKE '%Partial %Aggregate%';
    final := final OR line LIKE '%Finalize %Aggregate%';
  END LOOP;
  RETURN partial AND final;
END $$;
SELECT is_parallel('SELECT leadscore.heat(points, at, ''10 days'') FROM event') AS heat, is_parallel('SELECT lead, leadscore.heat(points, at, ''10 days'') FROM event GROUP BY lead') AS by_lead,
  is_parallel('SELECT leadscore.engagement(''m'', event, at, now()) FROM event') AS engagement;
CREATE TABLE parts AS SELECT lead, leadscore.heat_partial(points, at, '10 days') AS part FROM event GROUP BY lead, id % 50;
SELECT is_parallel('SELECT leadscore.heat_merge(part) FROM parts') AS merge, is_parallel('SELECT leadscore.heat_partial(points, at, ''10 days'') FROM event') AS partial;
SELECT leadscore.heat(points, at, '10 days') = (SELECT heat FROM total) AS heat, leadscore.engagement('m', event, at, :as_of) = (SELECT engagement FROM engaged_total) AS engagement, leadscore.heat(points, at, '10 days') FILTER (WHERE id < 0) AS nothing,
  leadscore.engagement('m', event, at, NULL) AS no_as_of, leadscore.heat(0, at, '10 days') AS no_points FROM event;
SELECT leadscore.heat_merge(part) = (SELECT heat FROM total) AS merged FROM parts;
SELECT count(*) AS differ FROM (SELECT lead, leadscore.heat(points, at, '10 days') AS h, leadscore.engagement('m', event, at, :as_of) AS e FROM event GROUP BY lead) AS s JOIN heat USING (lead) JOIN engagement USING (lead) WHERE h <> heat OR e <> engagement;
SELECT error_of('SELECT leadscore.heat(points, at, CASE id WHEN 1 THEN ''10 days'' ELSE ''1 day'' END::interval) FROM event'), error_of('SELECT leadscore.engagement(''none'', event, at, now()) FROM event');
RESET max_parallel_workers_per_gather;

-- One statement, one snapshot; no privilege on the tables; an empty search_path.
BEGIN;
UPDATE leadscore.event_kind SET points = 3 WHERE event = 'visit';
SELECT engaged('{visit 2026-03-11}');
SAVEPOINT s;
DELETE FROM leadscore.event_kind WHERE event = 'visit';
SELECT engaged('{visit 2026-03-11}');
ROLLBACK TO s;
SELECT engaged('{visit 2026-03-11}');
ROLLBACK;
SELECT engaged('{visit 2026-03-11}');
CREATE ROLE regress_heat;
REVOKE SELECT ON leadscore.event_kind, leadscore.model FROM PUBLIC;
SET ROLE regress_heat;
SET search_path = '';
SELECT leadscore.engagement('m', 'visit', '2026-03-11', '2026-03-11'), leadscore.heat(8, '1970-01-01', '1 day'), leadscore.heat_points(3, '1 day', '1970-01-01');
SELECT * FROM leadscore.event_kind;
RESET search_path;
RESET ROLE;

-- In a model; several groups, moving frames, statements that run again.
CREATE TABLE leads (id integer, heat float8);
INSERT INTO leads VALUES (1, leadscore.heat_add(NULL, 20, '2026-03-01 UTC', '14 days')), (2, leadscore.heat_add(NULL, 15, '2026-03-01 UTC', '14 days')), (3, NULL);
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'hot', 'leadscore.heat_points(heat, ''14 days'', as_of) >= 9.99', '10'), ('m', 'points', 'heat IS NOT NULL', 'leadscore.heat_points(heat, ''14 days'', as_of)');
SELECT id, round(leadscore.score('m', l, '2026-03-01 UTC')::numeric, 6) AS first, round(leadscore.score('m', l, '2026-03-15 UTC')::numeric, 6) AS later FROM leads AS l ORDER BY id;
SELECT * FROM leadscore.validate_model('m', 'leads');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'wrong', 'leadscore.engagement(''m'', ''visit'', as_of, as_of) > 0', '10');
SELECT criterion, sqlstate, message FROM leadscore.validate_model('m', 'leads');
DELETE FROM leadscore.criterion WHERE criterion = 'wrong';
SELECT n, round(leadscore.heat_points(leadscore.heat(1, t, '1 day') OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), '1 day', t)::numeric, 6) AS heat, round(leadscore.engagement('m', 'click', t, '2026-03-11') OVER (ORDER BY n)::numeric, 6) AS engagement
FROM (SELECT n, timestamptz '2026-03-01 UTC' + n * interval '12 hours' AS t FROM generate_series(1, 4) AS n) AS s ORDER BY n;
-- As many days as an interval holds are more than a timestamp knows.
SELECT error_of('SELECT leadscore.heat_add(NULL, 5, ''2026-01-01'', interval ''213503983 days'')') AS days, error_of('SELECT leadscore.heat_add(NULL, 5, ''2026-01-01'', interval ''-213503983 days'')') AS negative;
SELECT error_of('SELECT leadscore.engagement(m, ''visit'', ''2026-03-11'', ''2026-03-11'') FROM unnest(''{NULL,m}''::text[]) AS m') AS model_varies;
PREPARE engaged AS SELECT leadscore.engagement('m', 'visit', '2026-03-11', '2026-03-11');
EXECUTE engaged;
UPDATE leadscore.event_kind SET points = 7 WHERE event = 'visit';
EXECUTE engaged;
DEALLOCATE engaged;
SELECT m, (SELECT leadscore.engagement(m, e, '2026-03-11', '2026-03-11') FROM unnest('{visit,odd}'::text[]) AS e) AS engagement FROM unnest('{m,empty,m,empty}'::text[]) AS m;

DROP TABLE event, heat, total, lead, incoming, ordered, engagement, engaged_total, parts, leads;
DROP FUNCTION keep_heat(), error_of(text), uses_index(text), is_parallel(text), engaged(text[], timestamptz);
DROP OWNED BY regress_heat;
DROP ROLE regress_heat;
DROP EXTENSION leadscore;
