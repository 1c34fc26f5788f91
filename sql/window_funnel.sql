-- Funnels over events: the cases whose answers are known from ClickHouse, in all three forms; NULL and infinite times;
-- errors; any order, any split, windows over rows; times and outcomes.
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

-- Events as text: step 1 at second 0 is a@0, an event that is steps 2 and 3 is bc@1, one that is no step x@2.
CREATE FUNCTION events_of(events text) RETURNS TABLE (at timestamptz, steps boolean[], mask bigint, step int) LANGUAGE sql IMMUTABLE AS $$
  SELECT '2026-03-01 UTC'::timestamptz + make_interval(secs => split_part(event, '@', 2)::float8),
    ARRAY(SELECT strpos(split_part(event, '@', 1), letter) > 0 FROM unnest('{a,b,c,d}'::text[]) AS letter),
    (SELECT sum(1 << i) FILTER (WHERE strpos(split_part(event, '@', 1), substr('abcd', i + 1, 1)) > 0) FROM generate_series(0, 3) AS i),
    CASE WHEN length(split_part(event, '@', 1)) = 1 THEN strpos('abcd', split_part(event, '@', 1)) END
  FROM regexp_split_to_table(nullif(events, ''), ' ') AS event
$$;

CREATE TABLE known (position serial, events text, mode text, within int, level int, lesson text);
INSERT INTO known (events, mode, within, level, lesson) VALUES
  ('a@0 b@10', '', 10, 2, 'the end of the window is in it'),
  ('a@0 b@11', '', 10, 1, NULL),
  ('a@5 b@5', '', 0, 2, 'so is the instant itself in a window of nothing'),
  ('a@0 a@8 b@15', '', 10, 2, 'a later start is taken'),
  ('a@0 b@5 a@8 c@12', '', 10, 2, 'c belongs to the chain that began at 0'),
  ('a@0 b@2 a@5 b@6 c@15', '', 10, 3, 'c belongs to the one that began at 5'),
  ('b@20 a@10 c@30', '', 1000, 3, 'rows come in any order'),
  ('b@0 a@1', '', 1000, 1, 'b before a is worth nothing'),
  ('abc@0', 'default', 10, 3, 'one event may be every step'),
  ('abc@0', 'strict_once', 10, 1, NULL),
  ('abc@0', 'strict_increase', 10, 1, NULL),
  ('a@0 bc@1', '', 10, 3, NULL),
  ('a@0 bc@1', 'strict_once', 10, 2, NULL),
  ('a@0 bc@1', 'strict_increase', 10, 2, NULL),
  ('a@0 bc@1 bc@2', 'strict_once', 10, 3, NULL),
  ('c@1 b@1 a@1', '', 10, 3, 'events of one instant are in the order of steps'),
  ('a@0 a@1 b@1', 'strict_increase', 10, 2, 'departure: ClickHouse says 1 and loses the chain from 0'),
  ('a@0 a@1 b@1', 'strict_once,strict_increase', 10, 2, NULL),
  ('a@0 a@1 b@2', 'strict_deduplication', 10, 2, 'step 1 is no repeat'),
  ('a@0 b@1 b@2 c@3', 'strict_deduplication', 10, 2, NULL),
  ('b@0 b@1 a@2 b@3', 'strict_deduplication', 10, 2, 'b before a is not reached'),
  ('a@0 b@5 a@100 b@105 c@108', 'strict_deduplication', 10, 2, 'what is reached does not expire'),
  ('a@0 b@1 c@2 a@3 c@4 a@5 b@6 c@7 d@8', 'strict_deduplication', 10, 3, 'a clean run later is not looked for'),
  ('x@0 a@1 b@2', 'strict_order', 10, 2, 'what comes before the first step does not matter'),
  ('a@0 x@1 b@2', 'strict_order', 10, 1, NULL),
  ('a@0 c@1 b@2', 'strict_order', 10, 1, NULL),
  ('a@0 b@1 a@2 c@3', 'strict_order', 10, 3, 'a step before is no intruder'),
  ('b@0 a@1 b@2', 'strict_order', 10, 2, NULL),
  ('a@0 b@20', 'strict_order', 10, 1, NULL),
  ('a@0 x@1 a@2 b@3 c@4', 'strict_order', 10, 1, 'the stop is final'),
  ('a@0 x@1 a@2 b@3 c@4', '', 10, 3, NULL),
  ('a@0 b@1 c@2', 'strict_order, strict_once ,strict_order', 10, 3, 'spaces and repeated modes'),
  ('', '', 10, 0, 'no rows'),
  ('x@0', 'strict_order', 10, 0, 'no step'),
  ('a@0', '', 10, 1, NULL);
SELECT k.events, k.mode, k.within, k.level, array_agg(DISTINCT f.level) AS found, k.lesson
FROM known AS k, LATERAL (
  SELECT leadscore.window_funnel(make_interval(secs => k.within), k.mode, e.at, VARIADIC e.steps) FROM events_of(k.events) AS e
  UNION ALL SELECT leadscore.window_funnel_mask(make_interval(secs => k.within), k.mode, e.at, e.mask) FROM events_of(k.events) AS e
  UNION ALL SELECT leadscore.window_funnel(make_interval(secs => k.within), k.mode, e.at, e.step) FROM events_of(k.events) AS e HAVING count(*) = count(e.step)
  UNION ALL SELECT leadscore.window_funnel_ordered(make_interval(secs => k.within), k.mode, e.at, e.step ORDER BY e.at) FROM events_of(k.events) AS e HAVING count(*) = count(e.step)
  UNION ALL SELECT cardinality(leadscore.funnel_times_mask(make_interval(secs => k.within), k.mode, e.at, e.mask)) FROM events_of(k.events) AS e
  UNION ALL SELECT (leadscore.funnel_outcome(make_interval(secs => k.within), k.mode, e.at, VARIADIC e.steps)).level FROM events_of(k.events) AS e) AS f (level)
GROUP BY k.position, k.events, k.mode, k.within, k.level, k.lesson ORDER BY k.position;

-- NULL: a row without a time does not exist; a condition that is NULL does not hold, so that in strict_order the row may
-- be an intruder (departure: ClickHouse drops the row).
SELECT leadscore.window_funnel('10 s', 'strict_order', at, VARIADIC steps) AS intruder FROM (VALUES
  ('2026-03-01'::timestamptz, '{t,f}'::boolean[]), ('2026-03-01 00:00:01', '{NULL,NULL}'), ('2026-03-01 00:00:02', '{f,t}')) AS e (at, steps);
SELECT leadscore.window_funnel('10 s', 'strict_order', at, step) AS no_time FROM (VALUES ('2026-03-01'::timestamptz, 1), (NULL, 0), ('2026-03-01 00:00:02', 2)) AS e (at, step);
SELECT leadscore.window_funnel('10 s', '', NULL, 1) AS level, leadscore.funnel_times('10 s', '', NULL, 1) AS times, leadscore.funnel_outcome('10 s', '', NULL, 1) AS outcome;
SELECT leadscore.window_funnel('10 s', '', now(), NULL::int) AS step, leadscore.window_funnel('10 s', '', now(), VARIADIC NULL::boolean[]) AS steps, leadscore.window_funnel('10 s', '', now(), VARIADIC '{}'::boolean[]) AS none, leadscore.window_funnel_mask('10 s', '', now(), NULL) AS mask;
SELECT leadscore.window_funnel('10 s', '', at, step) AS level, leadscore.funnel_times('10 s', '', at, step) AS times, leadscore.funnel_outcome('10 s', '', at, step) AS outcome FROM (SELECT now(), 1 WHERE false) AS e (at, step);

-- Infinite times are near nothing but themselves, and no window overflows.
SELECT e.case, e.within, leadscore.window_funnel(e.within, '', at, step), leadscore.funnel_outcome(e.within, '', at, step)
FROM (VALUES (1, interval '2147483647 days', '-infinity'::timestamptz, 1), (1, '2147483647 days', '2026-03-01', 2),
  (2, '2147483647 days', '2026-03-01', 1), (2, '2147483647 days', 'infinity', 2), (3, '0', 'infinity', 2), (3, '0', 'infinity', 1),
  (4, '2147483647 days', '4713-01-02 BC', 1), (4, '2147483647 days', '294276-12-31', 2)) AS e ("case", within, at, step)
GROUP BY e.case, e.within ORDER BY e.case;
-- A day has 24 hours, also where a clock is put forward.
SET TimeZone = 'Europe/Berlin';
SELECT leadscore.window_funnel('1 day', '', at, step) AS within_a_day FROM (VALUES ('2026-03-28 12:00'::timestamptz, 1), ('2026-03-29 13:00', 2)) AS e (at, step);
SELECT leadscore.window_funnel('1 day', '', at, step) AS too_late FROM (VALUES ('2026-03-28 12:00'::timestamptz, 1), ('2026-03-29 13:00:00.000001', 2)) AS e (at, step);
SET TimeZone = 'UTC';

-- Times and outcomes: of the longest chains the one that started latest, each step as early as can be.
SELECT leadscore.funnel_times('10 s', '', at, step) AS times FROM events_of('a@0 b@1 b@2 c@9 a@3 b@4 b@5 c@8 d@20');
SELECT e.case, (leadscore.funnel_outcome(make_interval(secs => 10), mode, at, coalesce(step, 0))).*
FROM (VALUES (1, '', 'a@0 b@1 a@30'), (2, 'strict_order', 'a@0 b@1 x@5 c@6'), (3, 'strict_deduplication', 'a@0 b@1 b@7 c@8'), (4, '', 'b@1'), (5, '', 'a@0 b@1 c@2 d@3')) AS e ("case", mode, events),
  LATERAL events_of(e.events) GROUP BY e.case ORDER BY e.case;
SELECT as_of, array_agg(leadscore.funnel_status(outcome, 4, as_of) ORDER BY n) AS statuses
FROM (SELECT e.n, leadscore.funnel_outcome(make_interval(secs => 10), mode, at, coalesce(step, 0)) AS outcome
    FROM (VALUES (1, '', 'a@0 b@1 a@30'), (2, 'strict_order', 'a@0 b@1 x@5 c@6'), (3, 'strict_deduplication', 'a@0 b@1 b@7 c@8'), (4, '', 'b@1'), (5, '', 'a@0 b@1 c@2 d@3')) AS e (n, mode, events),
      LATERAL events_of(e.events) GROUP BY e.n) AS o,
  unnest('{2026-03-01 00:00:40 UTC,2026-03-01 00:00:40.000001 UTC}'::timestamptz[]) AS as_of GROUP BY as_of ORDER BY as_of;
SELECT leadscore.funnel_status(NULL, 4, now()) AS no_outcome, leadscore.funnel_status(ROW(0, NULL, NULL, NULL, NULL, NULL, NULL)::leadscore.funnel_outcome, NULL, now()) AS no_steps;

-- Errors.
SELECT error_of(format('SELECT leadscore.%s(%s) FROM (VALUES (timestamptz ''2026-03-01'', 1), (''2026-03-02'', 2)) AS e (at, step)', f, a)) FROM (VALUES
  ('window_funnel', '''1 month'', '''', at, step'), ('window_funnel', '''1 year'', '''', at, step'), ('window_funnel', '''-1 s'', '''', at, step'), ('window_funnel', '''-2147483648 days'', '''', at, step'),
  ('window_funnel', 'NULL, '''', at, step'), ('window_funnel', '''1 day'', NULL, at, step'),
  ('window_funnel', '''1 day'', ''strict'', at, step'), ('window_funnel', '''1 day'', ''strict_order,'', at, step'), ('window_funnel', '''1 day'', ''allow_reentry'', at, step'),
  ('window_funnel', '''1 day'', '''', at, -1'), ('window_funnel', '''1 day'', '''', at, 65'),
  ('window_funnel', '''1 day'', '''', at, VARIADIC array_fill(true, ARRAY[65])'), ('window_funnel', '''1 day'', '''', at, VARIADIC array_fill(true, ARRAY[64])'),
  ('funnel_times', 'step * interval ''1 day'', '''', at, step'), ('funnel_outcome', '''1 day'', CASE step WHEN 1 THEN ''strict_once'' ELSE '''' END, at, step'),
  ('window_funnel_ordered', '''1 day'', '''', at, step ORDER BY at DESC'), ('window_funnel_ordered', '''1 day'', repeat(''strict_once,'', 100) || ''default'', at, step')) AS t (f, a);
-- Nobody calls the parts of an aggregate. Releases of PostgreSQL 15 differ in how they say so.
SELECT part, left(error_of(format('SELECT %s(%s)', part::regproc, arguments)), 5) IN ('0A000', '42883') AS refused
FROM (VALUES ('leadscore.window_funnel_final(internal)'::regprocedure, 'NULL'), ('leadscore.funnel_combine(internal, internal)', 'NULL, NULL'), ('leadscore.funnel_deserialize(bytea, internal)', 'NULL, NULL')) AS parts (part, arguments);

-- Over a window of rows the state goes on after each answer.
SELECT string_agg(level::text, ' ' ORDER BY at) AS so_far FROM (
  SELECT at, leadscore.window_funnel('10 s', '', at, step) OVER (ORDER BY at) AS level FROM events_of('a@0 b@5 a@8 c@12 b@13 c@14 d@15')) AS s;
SELECT string_agg(level::text, ' ' ORDER BY at) AS so_far FROM (
  SELECT at, leadscore.window_funnel_ordered('10 s', '', at, step) OVER (ORDER BY at) AS level FROM events_of('a@0 b@5 a@8 c@12 b@13 c@14 d@15')) AS s;

-- The same in any order, on any number of workers, and in parts of any kind: some have events of several steps, or of
-- far times, which take another form.
CREATE TABLE event AS
SELECT n % 500 AS lead, CASE WHEN n % 997 = 0 THEN '-infinity' ELSE timestamptz '2026-01-01 UTC' + (n * 7919 % 10007) * interval '1 minute' END AS at,
  CASE WHEN n % 501 = 0 THEN 3 ELSE 1 << n * 31 % 17 % 5 END::bigint AS mask, n * 31 % 17 % 5 + 1 AS step
FROM generate_series(1, 40000) AS n;
ANALYZE event;
CREATE FUNCTION answers(mode text) RETURNS TABLE (answer text) LANGUAGE sql AS $$
  SELECT format('%s %s %s %s %s %s', lead, leadscore.window_funnel_mask('3 days', mode, at, mask), leadscore.funnel_times_mask('3 days', mode, at, mask),
    leadscore.funnel_outcome_mask('3 days', mode, at, mask), leadscore.window_funnel('3 days', mode, at, step), leadscore.window_funnel('3 days', mode, at, step = 1, step = 2, step = 3, step = 4, step = 5))
  FROM event GROUP BY lead
$$;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS SELECT mode, a.answer FROM unnest('{"",strict_order,strict_deduplication,strict_once,strict_increase,"strict_once,strict_deduplication"}'::text[]) AS mode, answers(mode) AS a;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
SET max_parallel_workers_per_gather = 2;
CREATE FUNCTION is_parallel(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text; found boolean := false;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
    found := found OR line LIKE '%Partial %Aggregate%';
  END LOOP;
  RETURN found;
END $$;
SELECT is_parallel('SELECT lead, leadscore.window_funnel_mask(''3 days'', '''', at, mask), leadscore.funnel_times(''3 days'', '''', at, step), leadscore.funnel_outcome(''3 days'', '''', at, step = 1, step = 2) FROM event GROUP BY lead');
CREATE TABLE in_parallel AS SELECT mode, a.answer FROM unnest('{"",strict_order,strict_deduplication,strict_once,strict_increase,"strict_once,strict_deduplication"}'::text[]) AS mode, answers(mode) AS a;
SELECT count(*), count(DISTINCT answer) > 500 AS differ FROM serial;
SELECT count(*) AS differences FROM (TABLE serial EXCEPT ALL TABLE in_parallel) AS d;
-- All in one group, so that parts are large.
SELECT leadscore.window_funnel_mask('3 days', 'strict_once', at, mask) AS one_group, leadscore.window_funnel('1 minute', '', at, step) AS minute FROM event;
SET max_parallel_workers_per_gather = 0;
SELECT leadscore.window_funnel_mask('3 days', 'strict_once', at, mask) AS one_group, leadscore.window_funnel('1 minute', '', at, step) AS minute FROM event;
RESET ALL;

-- Found without a search path.
SET search_path = '';
SELECT leadscore.funnel_status(leadscore.funnel_outcome('1 day', '', '2026-03-01', 1), 1, '2026-03-01') AS status;
RESET search_path;
DROP EXTENSION leadscore CASCADE;
DROP TABLE known, event, serial, in_parallel;
DROP FUNCTION error_of, events_of, answers, is_parallel;
