-- What finding duplicates costs, beside the self-join that people write by hand, and how right each of them is.

\ir harness/harness.sql

CREATE EXTENSION leadscore;
SET maintenance_work_mem = '1200MB';
CREATE SCHEMA similarity;
CREATE EXTENSION pg_similarity SCHEMA similarity;
CREATE EXTENSION fuzzystrmatch SCHEMA similarity;

-- Half the rows of the other benchmarks, a million, and a tenth of that to see how time grows.
SELECT :rows / 2 AS rows, :rows / 20 AS fewer_rows \gset

\ir harness/people.sql
CREATE UNLOGGED TABLE bench.people AS SELECT * FROM bench.submissions(:rows);
ALTER TABLE bench.people ADD PRIMARY KEY (id);
CREATE UNLOGGED TABLE bench.fewer_people AS SELECT * FROM bench.submissions(:fewer_rows);
ALTER TABLE bench.fewer_people ADD PRIMARY KEY (id);
VACUUM (FREEZE, ANALYZE) bench.people, bench.fewer_people;
SELECT bench.warm('bench.people') AS data \gset

-- By hand: leads that share an e-mail address, a phone number, both names, or last name and city are compared, unless
-- more than twenty share it; fixed weights. Equality is looked at before likeness, and of the functions for likeness
-- this has the fast ones.
CREATE VIEW bench.compared_by_hand AS
WITH lead AS MATERIALIZED (
    SELECT p.id, lower(p.first_name) AS first_name, lower(p.last_name) AS last_name, lower(p.email) AS email,
        right(translate(p.phone, '+()- ', ''), 10) AS phone, lower(p.city) AS city
    FROM bench.people AS p),
block AS (
    SELECT k.key, array_agg(l.id) AS ids
    FROM lead AS l
    CROSS JOIN LATERAL (VALUES (hashtextextended(l.email, 1)), (hashtextextended(l.phone, 2)),
        (hashtextextended(l.first_name || ' ' || l.last_name, 3)), (hashtextextended(l.last_name || ' ' || l.city, 4)))
        AS k (key)
    WHERE k.key IS NOT NULL
    GROUP BY k.key
    HAVING count(*) BETWEEN 2 AND 20),
pair AS (
    SELECT DISTINCT a.id AS a, b.id AS b
    FROM block AS k CROSS JOIN LATERAL unnest(k.ids) AS a (id) CROSS JOIN LATERAL unnest(k.ids) AS b (id)
    WHERE a.id < b.id)
SELECT p.a, p.b,
    CASE WHEN a.first_name = b.first_name THEN 4
        WHEN a.first_name IS NULL OR b.first_name IS NULL THEN 0
        WHEN similarity.jarowinkler(a.first_name, b.first_name) >= 0.9 THEN 3 ELSE -2 END
    + CASE WHEN a.last_name = b.last_name THEN 6
        WHEN a.last_name IS NULL OR b.last_name IS NULL THEN 0
        WHEN similarity.jarowinkler(a.last_name, b.last_name) >= 0.9 THEN 5 ELSE -4 END
    + CASE WHEN a.email = b.email THEN 10
        WHEN a.email IS NULL OR b.email IS NULL THEN 0
        WHEN similarity.levenshtein_less_equal(a.email, b.email, 2) <= 2 THEN 5 ELSE -3 END
    + CASE WHEN a.phone = b.phone THEN 10
        WHEN a.phone IS NULL OR b.phone IS NULL THEN 0
        WHEN similarity.levenshtein_less_equal(a.phone, b.phone, 2) <= 2 THEN 5 ELSE -3 END
    + CASE WHEN a.city = b.city THEN 2 WHEN a.city IS NULL OR b.city IS NULL THEN 0 ELSE -2 END AS weight
FROM pair AS p
JOIN lead AS a ON a.id = p.a
JOIN lead AS b ON b.id = p.b;

-- The threshold that gives it the best F1.
CREATE VIEW bench.found_by_hand AS SELECT c.a, c.b FROM bench.compared_by_hand AS c WHERE c.weight >= 11;

INSERT INTO bench.measured_case (experiment, role, title, rows, query)
SELECT 'duplicates', c.role::bench.case_role, c.title, c.rows, c.query
FROM (VALUES
    (1, 'floor', 'scan only: count(*)', :rows, 'SELECT count(*) FROM bench.people'),
    (2, 'baseline', 'SQL: a self-join with pg_similarity', :rows, 'SELECT count(*) FROM bench.found_by_hand'),
    (3, 'part', 'leadscore.cluster_duplicates, with training', :rows,
        $$SELECT count(*) FROM leadscore.cluster_duplicates('bench.people')$$),
    (4, 'part', 'leadscore.cluster_duplicates of a tenth', :fewer_rows,
        $$SELECT count(*) FROM leadscore.cluster_duplicates('bench.fewer_people')$$))
    AS c (position, role, title, rows, query)
ORDER BY c.position;
CALL bench.measure('duplicates', :rounds);

\pset title 'duplicates: a million leads, 30 % of them again (ratios: to the self-join)'
SELECT "case", rows, "median ms", "ns/row", ratio, "min - max" FROM bench.report('duplicates');
\pset title 'duplicates: what ten times the leads take'
SELECT "case", "to", ratio * 10 AS "times as long" FROM bench.compare('duplicates',
    'leadscore.cluster_duplicates, with training', 'leadscore.cluster_duplicates of a tenth');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('duplicates') UNION ALL SELECT 'data:     ' || :'data';
\pset tuples_only off

-- Whom they take for one person.
CREATE UNLOGGED TABLE bench.found (way text NOT NULL, lead_id bigint NOT NULL, cluster_id text NOT NULL);

-- Connected components, not timed: whoever hangs together gets the smallest number.
CREATE PROCEDURE bench.connect_by_hand() LANGUAGE plpgsql AS $$
DECLARE
    changed bigint := 1;
BEGIN
    CREATE TEMPORARY TABLE edge AS
    SELECT e.a, e.b
    FROM bench.found_by_hand AS f CROSS JOIN LATERAL (VALUES (f.a, f.b), (f.b, f.a)) AS e (a, b);
    CREATE TEMPORARY TABLE label AS SELECT DISTINCT e.a AS id, e.a AS least FROM edge AS e;
    ANALYZE edge, label;
    WHILE changed > 0 LOOP
        UPDATE label AS l SET least = n.least
        FROM (SELECT e.a, min(m.least) AS least FROM edge AS e JOIN label AS m ON m.id = e.b GROUP BY e.a) AS n
        WHERE n.a = l.id AND n.least < l.least;
        GET DIAGNOSTICS changed = ROW_COUNT;
    END LOOP;
    INSERT INTO bench.found SELECT 'by hand', p.id, coalesce(l.least, p.id)::text
    FROM bench.people AS p LEFT JOIN label AS l USING (id);
END
$$;

-- Of pairs in a cluster how many are one person, and of pairs that are one person how many are in a cluster.
CREATE VIEW bench.quality AS
WITH member AS (
    SELECT f.way, f.cluster_id, p.person_id FROM bench.found AS f JOIN bench.people AS p ON p.id = f.lead_id),
counted AS (
    SELECT f.way, f.pairs AS found, r.pairs AS right_pairs, t.pairs AS true_pairs
    FROM (SELECT s.way, sum(s.size * (s.size - 1) / 2) AS pairs
        FROM (SELECT way, count(*) AS size FROM member GROUP BY way, cluster_id) AS s GROUP BY s.way) AS f
    JOIN (SELECT s.way, sum(s.size * (s.size - 1) / 2) AS pairs
        FROM (SELECT way, count(*) AS size FROM member GROUP BY way, cluster_id, person_id) AS s GROUP BY s.way) AS r
        USING (way)
    JOIN (SELECT s.way, sum(s.size * (s.size - 1) / 2) AS pairs
        FROM (SELECT way, count(*) AS size FROM member GROUP BY way, person_id) AS s GROUP BY s.way) AS t USING (way))
SELECT c.way, c.true_pairs AS "true pairs", c.found, round(c.right_pairs / c.found, 4) AS precision,
    round(c.right_pairs / c.true_pairs, 4) AS recall, round(2 * c.right_pairs / (c.found + c.true_pairs), 4) AS f1
FROM counted AS c;

CALL bench.connect_by_hand();
SELECT to_char(count(*), 'FM999,999,999') AS compared FROM bench.compared_by_hand \gset

-- Each in a backend that has done nothing else, whose peak is its own.
CREATE FUNCTION bench.peak_memory() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT format('%s MB, of which shared buffers %s MB', (m.found ->> 'VmHWM')::int / 1024,
        (m.found ->> 'RssShmem')::int / 1024)
    FROM (SELECT jsonb_object_agg(l.line[1], l.line[2]) AS found
        FROM regexp_matches(pg_read_file('/proc/self/status'), '(VmHWM|RssShmem):\s*(\d+) kB', 'g') AS l (line)) AS m
$$;
\connect
SELECT count(*) FROM bench.found_by_hand \g /dev/null
SELECT bench.peak_memory() AS peak_by_hand \gset
\connect
SET maintenance_work_mem = '1200MB';
INSERT INTO bench.found SELECT 'leadscore', c.lead_id::bigint, c.cluster_id
FROM leadscore.cluster_duplicates('bench.people') AS c;
SELECT bench.peak_memory() AS peak_of_leadscore \gset

\pset title 'duplicates: how right, after clustering'
SELECT * FROM bench.quality ORDER BY way;
\pset title
\pset tuples_only on
SELECT 'by hand:  ' || :'compared' || ' pairs compared; memory at most ' || :'peak_by_hand'
UNION ALL SELECT 'leadscore: memory at most ' || :'peak_of_leadscore';
\pset tuples_only off
