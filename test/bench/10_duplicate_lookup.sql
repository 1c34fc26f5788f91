-- What it costs to know whether a lead has been met before: asked beforehand, and as it is inserted, beside an insert
-- without. Half the rows of the other benchmarks: a million leads. Each call is timed by itself, the clock's own time
-- included, since what people wait for is the slow ones.

\ir harness/harness.sql

CREATE EXTENSION leadscore;

SELECT :rows / 2 AS rows, 10000 AS calls \gset

\ir harness/people.sql
CREATE TABLE bench.people AS SELECT * FROM bench.submissions(:rows + :calls);
CREATE TABLE bench.newcomer AS
SELECT * FROM bench.people AS p WHERE p.id % ((:rows + :calls) / :calls) = 0 LIMIT :calls;
DELETE FROM bench.people AS p USING bench.newcomer AS n WHERE n.id = p.id;
ALTER TABLE bench.people ADD PRIMARY KEY (id);
CREATE TABLE bench.plain (LIKE bench.people INCLUDING INDEXES);
INSERT INTO bench.plain SELECT * FROM bench.people;

SELECT extract(epoch FROM clock_timestamp()) AS begun \gset
SELECT leadscore.create_duplicate_index('bench.people') AS leads \gset
SELECT round(extract(epoch FROM clock_timestamp())::numeric - :begun, 1) AS seconds \gset
VACUUM (FREEZE, ANALYZE) bench.people;
VACUUM (FREEZE, ANALYZE) bench.plain;
VACUUM (FREEZE, ANALYZE) leadscore.contact_key;
VACUUM (FREEZE, ANALYZE) leadscore.duplicate_edge;
SELECT bench.warm('bench.people') AS data, bench.warm('leadscore.contact_key') AS keys \gset

CREATE UNLOGGED TABLE bench.call (place int, title text, microseconds float8);
CREATE PROCEDURE bench.time_calls(place int, title text, statement text, calls bigint) LANGUAGE plpgsql AS $$
DECLARE
    newcomer record;
    begun timestamptz;
BEGIN
    FOR newcomer IN SELECT n.* FROM bench.newcomer AS n LIMIT calls LOOP
        begun := clock_timestamp();
        EXECUTE statement USING newcomer.id, newcomer.first_name, newcomer.last_name, newcomer.email, newcomer.phone,
            newcomer.city, newcomer.created_at;
        INSERT INTO bench.call VALUES (place, title, extract(epoch FROM clock_timestamp() - begun) * 1e6);
    END LOOP;
END
$$;
-- Once without counting, to warm up.
CALL bench.time_calls(0, 'warm up', 'SELECT count(*) FROM (SELECT $2 AS first_name, $3 AS last_name, $4 AS email,
    $5 AS phone, $6 AS city, $7 AS created_at) AS l, LATERAL leadscore.have_we_met(''bench.people'', l) AS m
    WHERE $1 IS NOT NULL', :calls);
CALL bench.time_calls(1, 'have_we_met()', 'SELECT count(*) FROM (SELECT $2 AS first_name, $3 AS last_name, $4 AS email,
    $5 AS phone, $6 AS city, $7 AS created_at) AS l, LATERAL leadscore.have_we_met(''bench.people'', l) AS m
    WHERE $1 IS NOT NULL', :calls);
CALL bench.time_calls(2, 'SELECT the same row', 'SELECT count(*) FROM (SELECT $2 AS first_name, $3 AS last_name,
    $4 AS email, $5 AS phone, $6 AS city, $7 AS created_at) AS l WHERE $1 IS NOT NULL', :calls);
CALL bench.time_calls(3, 'INSERT, marked', 'INSERT INTO bench.people (id, first_name, last_name, email, phone, city, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)', :calls);
CALL bench.time_calls(4, 'INSERT, plain', 'INSERT INTO bench.plain (id, first_name, last_name, email, phone, city, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)', :calls);
CALL bench.time_calls(5, 'is_duplicate()', 'SELECT leadscore.is_duplicate(''bench.people'', $1::text) WHERE $7 IS NOT NULL
    AND coalesce($2, $3, $4, $5, $6) IS NOT NULL', :calls / 10);

\pset title 'duplicate lookup: milliseconds a call'
SELECT c.title AS "case", count(*) AS calls, round(avg(c.microseconds)::numeric / 1000, 3) AS mean,
    round(percentile_cont(0.5) WITHIN GROUP (ORDER BY c.microseconds)::numeric / 1000, 3) AS median,
    round(percentile_cont(0.95) WITHIN GROUP (ORDER BY c.microseconds)::numeric / 1000, 3) AS p95,
    round(percentile_cont(0.99) WITHIN GROUP (ORDER BY c.microseconds)::numeric / 1000, 3) AS p99,
    round(max(c.microseconds)::numeric / 1000, 1) AS "max"
FROM bench.call AS c WHERE c.place > 0 GROUP BY c.place, c.title ORDER BY c.place;
\pset title
\pset tuples_only on
SELECT format('create_duplicate_index: %s s for %s leads, %s keys (table %s, index %s)', :'seconds', :leads, count(*),
    pg_size_pretty(pg_table_size('leadscore.contact_key')), pg_size_pretty(pg_relation_size('leadscore.contact_key_hash')))
FROM leadscore.contact_key;
-- How right it is, of the newcomers: those that are told to be duplicates, and those who are.
WITH known AS MATERIALIZED (
    SELECT DISTINCT n.id FROM bench.newcomer AS n JOIN bench.people AS p ON p.person_id = n.person_id AND p.id <> n.id),
met AS MATERIALIZED (
    SELECT DISTINCT n.id FROM bench.newcomer AS n, LATERAL leadscore.duplicate_edges('bench.people', n.id::text))
SELECT format('newcomers: %s known, of whom %s are met (recall %s); %s met (precision %s)', count(k.id),
    count(*) FILTER (WHERE k.id = m.id), round(count(*) FILTER (WHERE k.id = m.id)::numeric / count(k.id), 3),
    count(m.id), round(count(*) FILTER (WHERE k.id = m.id)::numeric / count(m.id), 3))
FROM bench.newcomer AS n LEFT JOIN known AS k USING (id) LEFT JOIN met AS m USING (id);
SELECT 'data:     ' || :'data' UNION ALL SELECT 'keys:     ' || :'keys';
