-- What hangs together: what SQL adds to the core (whose own tests have the definition): NULL, errors, any order, any split, any plan.
CREATE EXTENSION leadscore;
\pset null NULL
\pset format unaligned
CREATE FUNCTION error_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text; detail text; hint text;
BEGIN
  EXECUTE query;
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(' | ', SQLSTATE, message, nullif(detail, ''), nullif(hint, ''));
END $$;

SELECT c.* FROM (SELECT leadscore.connected_components(a, b) AS rows FROM (VALUES ('b', 'c'), ('e', 'd'), ('c', 'a'), ('x', 'x'), ('a', 'b')) AS p (a, b)) AS s, unnest(s.rows) AS c;
-- By byte: upper case first, Cyrillic last; a text is another if a byte is.
SELECT leadscore.connected_components(a, b) FROM (VALUES ('a', 'B'), ('ab', ''), ('é', 'z'), ('Ж', 'ж'), ('ё', 'ё')) AS p (a, b);
-- NULL.
SELECT leadscore.connected_components(a, b) FROM (VALUES ('b', NULL), (NULL, 'a'), (NULL, NULL), ('d', 'c'), ('a', NULL)) AS p (a, b);
SELECT leadscore.connected_components('a', 'b') FROM generate_series(1, 0) AS none;
SELECT leadscore.connected_components(NULL, NULL), leadscore.connected_components_partial(NULL, NULL), leadscore.connected_components_merge(NULL) FROM generate_series(1, 3) AS n;
SELECT leadscore.connected_components('a', NULL), leadscore.connected_components('a', 'a') = leadscore.connected_components('a', NULL) AS is_the_same;

-- Against the definition, in SQL: what can be reached.
CREATE TABLE pair AS SELECT n AS id, n % 40 AS part, md5((n * 7919 % 4000)::text) AS a, CASE WHEN n % 7 > 0 THEN md5((n * 104729 % 4001)::text) END AS b FROM generate_series(1, 2000) AS n;
ANALYZE pair;
CREATE TABLE serial AS SELECT c.* FROM (SELECT leadscore.connected_components(a, b) AS rows FROM pair) AS s, unnest(s.rows) AS c;
SELECT count(*) AS members, count(DISTINCT component) AS components, count(DISTINCT member) = count(*) AS are_distinct FROM serial;
WITH RECURSIVE link AS (SELECT a, b FROM pair WHERE b IS NOT NULL UNION SELECT b, a FROM pair WHERE b IS NOT NULL UNION SELECT a, a FROM pair), reached AS (SELECT a AS start, a AS member FROM link UNION SELECT r.start, l.b FROM reached AS r JOIN link AS l ON l.a = r.member)
SELECT count(*) AS wrong FROM (SELECT member, min(start COLLATE "C") AS component FROM reached GROUP BY member) AS d FULL JOIN serial AS s USING (member) WHERE s.component IS DISTINCT FROM d.component;
SELECT array_agg(s) = (SELECT array_agg(s ORDER BY component COLLATE "C", member COLLATE "C") FROM serial AS s) AS is_ordered FROM serial AS s;
-- In any order, either way round, said twice.
CREATE TABLE expected AS SELECT leadscore.connected_components(a, b)::text AS rows FROM pair;
SELECT count(*) AS same FROM expected WHERE rows = (SELECT leadscore.connected_components(a, b)::text FROM (SELECT * FROM pair ORDER BY b, a) AS p)
  AND rows = (SELECT leadscore.connected_components(b, a ORDER BY id DESC)::text FROM pair) AND rows = (SELECT leadscore.connected_components(a, b)::text FROM (SELECT a, b FROM pair UNION ALL SELECT b, a FROM pair) AS p);
-- In parts.
SELECT n, (SELECT leadscore.connected_components_merge(part)::text FROM (SELECT leadscore.connected_components_partial(a, b) AS part FROM pair GROUP BY id % n UNION ALL SELECT NULL) AS s) = rows AS same FROM expected, unnest('{1,2,7,2000}'::integer[]) AS n;
-- In parallel.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT leadscore.connected_components(a, b) FROM pair;
SELECT leadscore.connected_components(a, b)::text = (SELECT rows FROM expected) AS same_in_parallel FROM pair;
SELECT leadscore.connected_components(a, b) FROM pair WHERE id < 0;
SELECT leadscore.connected_components_merge(part)::text = (SELECT rows FROM expected) AS same_of_parts FROM (SELECT leadscore.connected_components_partial(a, b) AS part FROM pair) AS s;
RESET max_parallel_workers_per_gather;
-- By group, sorted or hashed, in memory or not; with FILTER and DISTINCT.
CREATE TABLE by_group AS SELECT g AS part, (SELECT leadscore.connected_components(a, b)::text FROM pair WHERE part = g) AS rows, (SELECT leadscore.connected_components(a, b)::text FROM pair WHERE part = g AND id % 3 = 0) AS filtered FROM generate_series(0, 39) AS g;
SET enable_hashagg = off;
SELECT count(*) AS same_sorted FROM (SELECT part, leadscore.connected_components(a, b)::text AS rows, leadscore.connected_components(a, b) FILTER (WHERE id % 3 = 0)::text AS filtered FROM pair GROUP BY part INTERSECT SELECT * FROM by_group) AS s;
RESET enable_hashagg;
SET enable_sort = off;
SELECT count(*) AS same_hashed FROM (SELECT part, leadscore.connected_components(a, b)::text AS rows, leadscore.connected_components(a, b) FILTER (WHERE id % 3 = 0)::text AS filtered FROM pair GROUP BY part INTERSECT SELECT * FROM by_group) AS s;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT count(*) AS groups, sum(array_length(rows, 1)) AS members, max(array_length(rows, 1)) AS most FROM (SELECT n % 5000, leadscore.connected_components(n::text, (n % 10000)::text) AS rows FROM generate_series(1, 20000) AS n GROUP BY 1) AS s;
CREATE FUNCTION spills(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
  EXECUTE 'EXPLAIN (ANALYZE, FORMAT json) ' || query INTO plan;
  RETURN plan::text LIKE '%"Disk Usage"%';
END $$;
SELECT spills('SELECT n % 5000, leadscore.connected_components(n::text, (n % 10000)::text) AS rows FROM generate_series(1, 20000) AS n GROUP BY 1');
RESET work_mem;
RESET hash_mem_multiplier;
RESET enable_sort;
SELECT leadscore.connected_components(DISTINCT a, b) FROM (VALUES ('b', 'a'), ('b', 'a'), ('c', 'b')) AS p (a, b);
SELECT part, leadscore.connected_components(a, b) FROM (VALUES (1, 'a', 'b'), (2, 'b', 'c'), (1, 'b', 'd')) AS p (part, a, b) GROUP BY ROLLUP (part) ORDER BY part;
-- As a window function: a result must not disturb the state.
SELECT a, b, leadscore.connected_components(a, b) OVER (ORDER BY n) AS so_far, leadscore.connected_components(a, b) OVER (ORDER BY n ROWS 1 PRECEDING) AS last_two FROM (VALUES (1, 'd', 'c'), (2, 'b', 'a'), (3, 'c', 'b'), (4, 'z', NULL)) AS p (n, a, b);
SELECT count(*) AS differ FROM (SELECT id, leadscore.connected_components(a, b) OVER (ORDER BY id) AS rows FROM pair WHERE id <= 100) AS w WHERE rows <> (SELECT leadscore.connected_components(a, b) FROM pair AS p WHERE p.id <= w.id);
-- Texts that are stored compressed or apart.
CREATE TABLE long_text AS SELECT n, repeat(n::text, 3000) AS a, repeat((n + 1)::text, 3000) AS b FROM generate_series(1, 9) AS n;
SELECT count(*), count(DISTINCT component), min(left(component, 2)), min(length(member)), max(length(member)) FROM (SELECT c.* FROM (SELECT leadscore.connected_components(a, b) AS rows FROM long_text) AS s, unnest(s.rows) AS c) AS s;

-- Bytes that are no part.
SELECT error_of(format('SELECT leadscore.connected_components_merge(%L::bytea)', b)) FROM unnest(ARRAY[''::bytea, '\x00', decode(repeat('00', 40), 'hex'), decode(repeat('ff', 400), 'hex')]) AS b;
CREATE TABLE part AS SELECT leadscore.connected_components_partial(a, b) AS part FROM (VALUES ('a', 'b'), ('c', 'b'), ('Ж', NULL)) AS p (a, b);
SELECT count(*) AS refused, count(*) = max(length(part)) AS all_of_them FROM part, LATERAL generate_series(0, length(part) - 1) AS byte WHERE error_of(format('SELECT leadscore.connected_components_merge(%L::bytea)', set_byte(part, byte, get_byte(part, byte) # 4))) LIKE '22P03 | these bytes are not a part of connected components%';
SELECT error_of(format('SELECT leadscore.connected_components_merge(%L::bytea)', substr(part, 1, length(part) - 4))) AS cut, error_of(format('SELECT leadscore.connected_components_merge(%L::bytea)', part || '\x00000000'::bytea)) AS longer FROM part;
SELECT error_of(format('SELECT leadscore.connected_components_merge(part) FROM (SELECT part FROM part UNION ALL SELECT leadscore.auc_partial(1, true)) AS p')) LIKE '22P03%' AS another_kind;
-- With a right check sum, but no text in this database (a byte that is not UTF-8, a zero): one member, of one byte.
CREATE FUNCTION one_byte(byte text) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE bytes bytea := decode('4c5343310000000100000000' || '00000001' || byte, 'hex'); rest bigint := 4294967295;
BEGIN
  FOR i IN 0..length(bytes) - 1 LOOP
    rest := rest # get_byte(bytes, i);
    FOR bit IN 1..8 LOOP
      rest := CASE WHEN rest & 1 = 1 THEN (rest >> 1) # 3988292384 ELSE rest >> 1 END;
    END LOOP;
  END LOOP;
  RETURN bytes || decode(lpad(to_hex(4294967295 - rest), 8, '0'), 'hex');
END $$;
SELECT leadscore.connected_components_merge(one_byte('61')), one_byte('61') = (SELECT leadscore.connected_components_partial('a', NULL)) AS is_such, error_of('SELECT leadscore.connected_components_merge(one_byte(''ff''))') AS not_utf8, error_of('SELECT leadscore.connected_components_merge(one_byte(''00''))') AS zero;

-- Limits: a result that would repeat a long name; a cancelled query.
SELECT error_of('SELECT leadscore.connected_components(CASE n WHEN 1 THEN repeat(repeat(''a'', 1000000), 20) ELSE ''z'' || n END, ''z'' || n + 1) FROM generate_series(1, 60) AS n');
SELECT error_of('SELECT leadscore.connected_components(repeat(repeat(''a'', 1000000), 269), NULL)');
SET statement_timeout = '50ms';
SELECT leadscore.connected_components(n::text, (n + 1)::text) FROM generate_series(1, 10000000) AS n;
RESET statement_timeout;

SET search_path = '';
SELECT leadscore.connected_components(a, b) FROM (VALUES ('a', 'b')) AS p (a, b);
RESET search_path;
DROP TABLE pair, serial, expected, by_group, long_text, part;
DROP FUNCTION error_of(text), spills(text), one_byte(text);
DROP EXTENSION leadscore;
