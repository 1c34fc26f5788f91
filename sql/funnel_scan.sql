-- A funnel scan gives what PostgreSQL's own aggregation gives, whatever the query, the rows and the memory; where it does
-- not know what is asked, it is not there.
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
CREATE FUNCTION plan_has(query text, node text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text; found boolean := false;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
    found := found OR line LIKE '%' || node || '%';
  END LOOP;
  RETURN found;
END $$;

-- 3,000 leads, some of them numbers at the ends of their types; times tie, are infinite or NULL; steps are NULL, 0 or to 5.
CREATE TABLE event (lead8 bigint, lead4 int, lead2 smallint, name text, at timestamptz, step int, word text);
INSERT INTO event
SELECT CASE WHEN n % 101 = 0 THEN NULL WHEN n % 103 = 0 THEN -9223372036854775808 WHEN n % 107 = 0 THEN 9223372036854775807
    ELSE hashint8(n) % 1500 * 4294967296 / 7 END,
  CASE WHEN n % 101 = 0 THEN NULL WHEN n % 103 = 0 THEN -2147483648 WHEN n % 107 = 0 THEN 2147483647 ELSE hashint8(n) % 1500 END,
  CASE WHEN n % 101 = 0 THEN NULL WHEN n % 103 = 0 THEN -32768 WHEN n % 107 = 0 THEN 32767 ELSE hashint8(n) % 1500 END,
  'lead ' || hashint8(n) % 1500,
  CASE hashint8(n + 1000000) % 50 WHEN 1 THEN NULL WHEN 2 THEN 'infinity' WHEN 3 THEN '-infinity'
    ELSE '2026-01-01 UTC'::timestamptz + abs(hashint8(n + 2000000) % 40) * interval '1 day' END,
  CASE WHEN hashint8(n + 3000000) % 20 = 1 THEN NULL ELSE abs(hashint8(n + 4000000) % 6) END,
  'step ' || abs(hashint8(n + 4000000) % 6)
FROM generate_series(1, 40000) AS n;
ANALYZE event;

-- The plan, and that the first query of a session has it.
\connect
\pset null NULL
\pset format unaligned
EXPLAIN (COSTS OFF) SELECT lead8, leadscore.window_funnel('10 days', '', at, step) FROM event GROUP BY lead8;
EXPLAIN (COSTS OFF, VERBOSE) SELECT leadscore.window_funnel('10 days', 'strict_order', at, right(word, 1)::int) + 1 AS next
FROM event GROUP BY lead8 % 100 HAVING leadscore.window_funnel('10 days', 'strict_order', at, right(word, 1)::int) > 1;
SET leadscore.enable_funnel_scan = off;
SELECT plan_has('SELECT lead8, leadscore.window_funnel(''10 days'', '''', at, step) FROM event GROUP BY lead8', 'LeadscoreFunnel') AS off;
RESET leadscore.enable_funnel_scan;

-- The rows of a query with funnel scans and without, as a multiset.
CREATE FUNCTION rows_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
  EXECUTE format('SELECT count(*) || '' rows, '' || coalesce(sum(hashtextextended(q::text, 0)::numeric), 0) FROM (%s) AS q', query) INTO result;
  RETURN result;
END $$;
CREATE FUNCTION compared(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE by_scan text; by_aggregate text; is_scan boolean;
BEGIN
  is_scan := plan_has(query, 'LeadscoreFunnel');
  by_scan := rows_of(query);
  PERFORM set_config('leadscore.enable_funnel_scan', 'off', false);
  by_aggregate := rows_of(query);
  PERFORM set_config('leadscore.enable_funnel_scan', 'on', false);
  RETURN CASE WHEN is_scan THEN 'scan' ELSE 'no scan' END || CASE WHEN by_scan = by_aggregate THEN ', same' ELSE ', OTHER' END || ': ' || split_part(by_scan, ',', 1);
END $$;

-- What is asked, by form. Those with a scan come first.
CREATE TABLE asked (position serial, query text);
INSERT INTO asked (query) VALUES
  ('SELECT lead8, leadscore.window_funnel(''10 days'', '''', at, step) AS level FROM event GROUP BY lead8'),
  ('SELECT lead4, leadscore.window_funnel(''10 days'', '''', at, step) AS level FROM event GROUP BY lead4'),
  ('SELECT lead2, leadscore.window_funnel(''10 days'', '''', at, step) AS level FROM event GROUP BY lead2'),
  ('SELECT leadscore.window_funnel(''10 days'', '''', at, step) AS level FROM event GROUP BY lead8'),
  ('SELECT lead8 AS a, lead8 AS b, 10 - leadscore.window_funnel(''10 days'', '''', at, step), leadscore.window_funnel(''10 days'', '''', at, step) > 2 FROM event GROUP BY lead8'),
  ('SELECT lead8 / 2 AS half, lead8 / 3 AS third, leadscore.window_funnel(''10 days'', '''', at, step) * 10 AS level FROM event GROUP BY lead8'),
  ('SELECT lead8 % 10 AS lead, leadscore.window_funnel(''10 days'', ''strict_increase'', at, step) AS level FROM event GROUP BY lead8 % 10'),
  ('SELECT lead8, leadscore.window_funnel(''1 day'', ''strict_order'', at, step) AS level FROM event GROUP BY lead8'),
  ('SELECT lead8, leadscore.window_funnel(interval ''5 days'' * 3, ''strict_'' || ''once'', at, step) AS level FROM event GROUP BY lead8'),
  ('SELECT lead8, leadscore.window_funnel(''10 days'', ''strict_deduplication,strict_once'', at, CASE word WHEN ''step 1'' THEN 1 WHEN ''step 4'' THEN 2 END) AS level FROM event GROUP BY lead8'),
  ('SELECT lead8, leadscore.window_funnel(''10 days'', '''', at + interval ''1 hour'', step) AS level FROM event WHERE step <> 3 GROUP BY lead8 HAVING leadscore.window_funnel(''10 days'', '''', at + interval ''1 hour'', step) BETWEEN 1 AND 3 AND lead8 > 0'),
  ('SELECT * FROM (SELECT lead8, leadscore.window_funnel(''10 days'', '''', at, step) AS level FROM event GROUP BY lead8) AS s WHERE level = 2'),
  ('SELECT level, count(*), min(lead8), max(lead8) FROM (SELECT lead8, leadscore.window_funnel(''10 days'', '''', at, step) AS level FROM event GROUP BY lead8) AS s GROUP BY level'),
  ('SELECT lead8, leadscore.window_funnel(''10 days'', '''', at, step) AS level, rank() OVER (ORDER BY leadscore.window_funnel(''10 days'', '''', at, step)) FROM event GROUP BY lead8'),
  ('SELECT lead8, leadscore.window_funnel(''10 days'', '''', at, step), generate_series(1, leadscore.window_funnel(''10 days'', '''', at, step)) FROM event GROUP BY lead8'),
  ('SELECT DISTINCT leadscore.window_funnel(''10 days'', '''', at, step) FROM event GROUP BY lead8 ORDER BY 1'),
  ('SELECT e.lead4, leadscore.window_funnel(''10 days'', '''', e.at, f.step) AS level FROM event AS e LEFT JOIN (SELECT step, step + 1 AS next FROM generate_series(0, 3) AS step) AS f ON f.next = e.step GROUP BY e.lead4'),
  ('SELECT o.n, s.* FROM generate_series(0, 4) AS o (n), LATERAL (SELECT lead8, leadscore.window_funnel(o.n * interval ''1 day'', '''', at, step) AS level FROM event GROUP BY lead8 LIMIT 1000000) AS s'),
  ('SELECT o.n, s.* FROM generate_series(0, 4) AS o (n), LATERAL (SELECT lead8, leadscore.window_funnel(''10 days'', '''', at, step) AS level FROM event WHERE step > o.n GROUP BY lead8 LIMIT 1000000) AS s'),
  ('SELECT n, (SELECT count(*) FROM (SELECT leadscore.window_funnel(n * interval ''1 day'', '''', at, step) AS level FROM event GROUP BY lead4) AS s WHERE level > n) FROM generate_series(0, 3) AS n'),
  ('SELECT lead8, leadscore.window_funnel(''10 days'', '''', at, step) FROM event WHERE false GROUP BY lead8'),
  ('SELECT lead8, leadscore.window_funnel(NULL, NULL, at, step) FROM event WHERE abs(step) > 1000 GROUP BY lead8'),
  ('SELECT s.level, t.level, count(*) FROM (SELECT lead2, leadscore.window_funnel(''10 days'', '''', at, step) AS level FROM event GROUP BY lead2) AS s JOIN (SELECT lead4, leadscore.window_funnel(''5 days'', '''', at, step) AS level FROM event GROUP BY lead4) AS t ON s.lead2 = t.lead4 GROUP BY s.level, t.level'),
  ('SELECT lead8 FROM event GROUP BY lead8 HAVING leadscore.window_funnel(''10 days'', '''', at, step) > 2'),
  ('SELECT lead4, (SELECT count(*) FROM generate_series(1, 3) AS n WHERE n < leadscore.window_funnel(''10 days'', '''', event.at, event.step) AND n <> event.lead4) AS below FROM event GROUP BY lead4'),
  ('SELECT s.lead, leadscore.window_funnel(''10 days'', '''', e.at, s.step) AS level FROM generate_series(-1500, 1500) AS l LEFT JOIN (SELECT lead4, coalesce(lead4, 0) / 2 AS lead, coalesce(step, 5) + 1 AS step FROM event) AS s ON s.lead4 = l LEFT JOIN event AS e ON e.lead2 = l AND e.step > 4 GROUP BY s.lead'),
  -- More than it knows.
  ('SELECT name, leadscore.window_funnel(''10 days'', '''', at, step) FROM event GROUP BY name'),
  ('SELECT lead8::numeric, leadscore.window_funnel(''10 days'', '''', at, step) FROM event GROUP BY lead8::numeric'),
  ('SELECT lead8, lead4, leadscore.window_funnel(''10 days'', '''', at, step) FROM event GROUP BY lead8, lead4'),
  ('SELECT lead8, count(*), leadscore.window_funnel(''10 days'', '''', at, step) FROM event GROUP BY lead8'),
  ('SELECT lead8, leadscore.window_funnel(''10 days'', '''', at, step), leadscore.window_funnel(''5 days'', '''', at, step) FROM event GROUP BY lead8'),
  ('SELECT lead8, leadscore.window_funnel(''10 days'', '''', at, step) FILTER (WHERE step < 3) FROM event GROUP BY lead8'),
  ('SELECT lead8, leadscore.window_funnel(''10 days'', '''', at, step ORDER BY at) FROM event GROUP BY lead8'),
  ('SELECT lead8, leadscore.window_funnel(DISTINCT ''10 days'', '''', at, step) FROM event GROUP BY lead8'),
  ('SELECT lead8, leadscore.window_funnel(lead8 % 10 * interval ''0 days'', '''', at, step) FROM event WHERE lead8 IS NOT NULL GROUP BY lead8'),
  ('SELECT lead8, leadscore.window_funnel(''10 days'', '''', at, step = 1, step = 2) FROM event GROUP BY lead8'),
  ('SELECT lead8, leadscore.window_funnel_mask(''10 days'', '''', at, 1) FROM event GROUP BY lead8'),
  ('SELECT lead8, (leadscore.funnel_outcome(''10 days'', '''', at, step)).level FROM event GROUP BY lead8'),
  ('SELECT lead8, leadscore.window_funnel(''10 days'', '''', at, step) FROM event GROUP BY ROLLUP (lead8)'),
  ('SELECT lead8, leadscore.window_funnel(''10 days'', '''', at, step) FROM event GROUP BY GROUPING SETS ((lead8), (lead4))'),
  ('SELECT leadscore.window_funnel(''10 days'', '''', at, step) FROM event'),
  ('SELECT lead8 FROM event GROUP BY lead8');
SELECT position, compared(query) FROM asked ORDER BY position;

-- Little memory: rows go to disk, and large parts are parted again.
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
INSERT INTO event SELECT 7, 7, 7, 'lead 7', '2026-01-01 UTC'::timestamptz + n % 5000 * interval '1 hour', n % 7 % 6, 'step 1' FROM generate_series(1, 60000) AS n;
INSERT INTO event SELECT 8, 8, 8, 'lead 8', NULL, 1, 'step 1' FROM generate_series(1, 60000) AS n;
ANALYZE event;
SELECT position, compared(query) FROM asked WHERE position <= 12 ORDER BY position;
CREATE FUNCTION disk_usage(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text; result boolean := false;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || query LOOP
    result := result OR substring(line FROM 'Disk Usage: (\d+) kB')::int > 0;
  END LOOP;
  RETURN result;
END $$;
SELECT disk_usage(query) AS is_on_disk FROM asked WHERE position = 1;
RESET hash_mem_multiplier;
SET work_mem = '16MB';
SELECT disk_usage(query) AS is_on_disk FROM asked WHERE position = 1;
RESET work_mem;

-- Several processes: they gather rows together, or have the leads of partitions each.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT position, compared(query), plan_has(query, 'Parallel Custom Scan') AS parallel FROM asked WHERE position <= 25 ORDER BY position;
SET parallel_leader_participation = off;
SELECT position, compared(query) FROM asked WHERE position IN (1, 12, 23) ORDER BY position;
SET work_mem = '64kB';
SELECT position, compared(query) FROM asked WHERE position IN (1, 12, 23) ORDER BY position;
RESET work_mem;
RESET parallel_leader_participation;
EXPLAIN (COSTS OFF) SELECT lead8, leadscore.window_funnel('10 days', '', at, step) FROM event GROUP BY lead8;
-- No process can be had.
SET max_parallel_workers = 0;
SELECT position, compared(query) FROM asked WHERE position IN (1, 12) ORDER BY position;
RESET max_parallel_workers;
-- Each for itself in another process.
SET force_parallel_mode = on;
SET max_parallel_workers_per_gather = 0;
SELECT position, compared(query) FROM asked WHERE position IN (1, 12, 20) ORDER BY position;
RESET force_parallel_mode;
-- The same again for each row of another.
SET max_parallel_workers_per_gather = 2;
SET enable_material = off;
SELECT compared($$SELECT n, s.* FROM generate_series(0, 2) AS n LEFT JOIN (SELECT lead8, leadscore.window_funnel('10 days', '', at, step) AS level FROM event GROUP BY lead8) AS s ON s.level <> n$$);
RESET enable_material;

CREATE TABLE parted (LIKE event) PARTITION BY HASH (lead8);
SELECT format('CREATE TABLE parted_%s PARTITION OF parted FOR VALUES WITH (MODULUS 3, REMAINDER %s)', n, n) FROM generate_series(0, 2) AS n \gexec
INSERT INTO parted SELECT * FROM event;
ANALYZE parted;
SET enable_partitionwise_aggregate = on;
EXPLAIN (COSTS OFF) SELECT lead8, leadscore.window_funnel('10 days', '', at, step) FROM parted GROUP BY lead8;
SELECT a.position, compared(b.query) FROM asked AS a, replace(a.query, 'FROM event', 'FROM parted') AS b (query) WHERE a.position <= 14 ORDER BY a.position;
SET max_parallel_workers_per_gather = 0;
EXPLAIN (COSTS OFF) SELECT lead8, leadscore.window_funnel('10 days', '', at, step) FROM parted GROUP BY lead8;
SELECT a.position, compared(b.query) FROM asked AS a, replace(a.query, 'FROM event', 'FROM parted') AS b (query) WHERE a.position <= 14 ORDER BY a.position;
RESET enable_partitionwise_aggregate;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- What is wrong is told as the aggregate tells it.
CREATE FUNCTION errors_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE by_scan text; by_aggregate text;
BEGIN
  by_scan := error_of(query);
  PERFORM set_config('leadscore.enable_funnel_scan', 'off', false);
  by_aggregate := error_of(query);
  PERFORM set_config('leadscore.enable_funnel_scan', 'on', false);
  RETURN CASE WHEN by_scan = by_aggregate THEN 'same: ' ELSE 'OTHER: ' END || by_scan;
END $$;
SELECT errors_of('SELECT leadscore.window_funnel(' || arguments || ') FROM event GROUP BY lead8') FROM unnest(ARRAY[
  'NULL, '''', at, step', '''1 day'', NULL, at, step', '''-1 day'', '''', at, step', '''1 month'', '''', at, step', '''1 day'', ''strict'', at, step',
  '''1 day'', '''', at, step * 20', '''1 day'', '''', at, -step', '''1 day'', '''', at, step / (step - 4)', 'CASE WHEN step < 10 THEN interval ''1 day'' END, '''', at, 65']) AS arguments;

-- Parameters of a prepared statement, planned for any value.
SET plan_cache_mode = force_generic_plan;
PREPARE levels (interval, text, int) AS SELECT level, count(*) FROM (SELECT leadscore.window_funnel($1, $2, at, step) AS level FROM event WHERE lead4 % 7 <> $3 GROUP BY lead4) AS s GROUP BY level ORDER BY level;
SELECT plan_has('EXECUTE levels (''1 day'', '''', 3)', 'LeadscoreFunnel') AS scan;
EXECUTE levels ('1 day', '', 3);
EXECUTE levels ('40 days', 'strict_order', 3);
SET leadscore.enable_funnel_scan = off;
DEALLOCATE levels;
PREPARE levels (interval, text, int) AS SELECT level, count(*) FROM (SELECT leadscore.window_funnel($1, $2, at, step) AS level FROM event WHERE lead4 % 7 <> $3 GROUP BY lead4) AS s GROUP BY level ORDER BY level;
EXECUTE levels ('1 day', '', 3);
EXECUTE levels ('40 days', 'strict_order', 3);
DEALLOCATE levels;
RESET leadscore.enable_funnel_scan;
RESET plan_cache_mode;

-- A cursor goes forth and back, and its rows stay after an error.
BEGIN;
DECLARE level SCROLL CURSOR FOR SELECT lead2, leadscore.window_funnel('10 days', '', at, step) AS level FROM event GROUP BY lead2;
FETCH ABSOLUTE 5 FROM level \gset before_
FETCH ABSOLUTE 1000 FROM level \gset later_
SAVEPOINT before;
SELECT 1 / 0;
ROLLBACK TO before;
FETCH ABSOLUTE 5 FROM level \gset after_
SELECT :before_lead2 = :after_lead2 AND :before_level = :after_level AND :later_lead2 <> :after_lead2 AS same;
ROLLBACK;

-- Who may not execute the aggregate may not have it by another way; who may, needs no more.
CREATE ROLE regress_funnel_scan;
GRANT SELECT ON event TO regress_funnel_scan;
GRANT USAGE ON SCHEMA leadscore TO regress_funnel_scan;
REVOKE EXECUTE ON FUNCTION leadscore.window_funnel(interval, text, timestamptz, int) FROM PUBLIC;
SET ROLE regress_funnel_scan;
SELECT errors_of('SELECT leadscore.window_funnel(''10 days'', '''', at, step) FROM event GROUP BY lead8');
RESET ROLE;
GRANT EXECUTE ON FUNCTION leadscore.window_funnel(interval, text, timestamptz, int) TO PUBLIC;
SET ROLE regress_funnel_scan;
SELECT compared(query) FROM (SELECT 'SELECT lead8, leadscore.window_funnel(''10 days'', '''', at, step) FROM event GROUP BY lead8' AS query) AS s;
RESET ROLE;
REVOKE ALL ON event FROM regress_funnel_scan;
REVOKE ALL ON SCHEMA leadscore FROM regress_funnel_scan;
DROP ROLE regress_funnel_scan;

-- Someone's own aggregate of that name is his own; his own of our functions is ours.
CREATE SCHEMA other;
CREATE FUNCTION other.nothing(state int, within interval, mode text, at timestamptz, step int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT -1';
CREATE AGGREGATE other.window_funnel(interval, text, timestamptz, int) (SFUNC = other.nothing, STYPE = int);
SELECT compared('SELECT lead8, other.window_funnel(''10 days'', '''', at, step) FROM event GROUP BY lead8');

-- It can be stopped, and leaves nothing behind.
SET statement_timeout = 20;
SELECT leadscore.window_funnel('10 days', '', at, step) FROM event, generate_series(1, 1000) GROUP BY lead8;
RESET statement_timeout;
SELECT count(*) AS files_left FROM pg_ls_tmpdir();
SELECT compared('SELECT lead8, leadscore.window_funnel(''10 days'', '''', at, step) FROM event GROUP BY lead8 ORDER BY lead8 LIMIT 10');

DROP TABLE event, parted, asked;
DROP SCHEMA other CASCADE;
DROP FUNCTION error_of, errors_of, plan_has, rows_of, compared, disk_usage;
DROP EXTENSION leadscore;
