-- What learning a model costs, beside the same fit in plain SQL and beside bringing the rows to a client that would
-- learn from them.

\ir harness/harness.sql

CREATE EXTENSION leadscore;
SET maintenance_work_mem = '1GB';

-- Half the rows of the other benchmarks: a million.
SELECT :rows / 2 AS rows \gset

CREATE UNLOGGED TABLE bench.raw (
    won boolean,
    a1 float8, a2 float8, a3 float8, a4 float8, a5 float8, a6 float8,
    a7 float8, a8 float8, a9 float8, a10 float8, a11 float8, a12 float8
);
SELECT setseed(0.42) \g /dev/null
INSERT INTO bench.raw
SELECT random() < 1 / (1 + exp(2 - 0.8 * r.a1 + 0.5 * r.a2 - 0.3 * r.a3 - 0.2 * r.a4 - 0.1 * r.a5)), r.*
FROM (
    SELECT random() * 2 - 1 AS a1, random() * 2 AS a2, random() * 3 - 1 AS a3, random() * 4 AS a4,
        random() + random() + random() AS a5, random() * 10 AS a6, random() * 100 AS a7, random() * 1000 AS a8,
        random() AS a9, random() ^ 2 AS a10, random() * 5 AS a11, random() * 7 AS a12
    FROM generate_series(1, :rows) OFFSET 0) AS r;
VACUUM (FREEZE, ANALYZE) bench.raw;

-- Ten numbers and ten texts of 3 to some hundred different ones, a tenth of them missing.
CREATE UNLOGGED TABLE bench.mixed AS
SELECT random() < 1 / (1 + exp(2 - 0.8 * r.a1 + 0.5 * r.a2 - 0.3 * r.a3
        - CASE r.t1 WHEN 'word 3' THEN 1 ELSE 0 END - CASE r.t2 WHEN 'word 7' THEN 0.7 ELSE 0 END)) AS won, r.*
FROM (
    SELECT random() * 2 - 1 AS a1, random() * 2 AS a2, random() * 3 - 1 AS a3, random() * 4 AS a4,
        random() + random() + random() AS a5, random() * 10 AS a6, random() * 100 AS a7, random() * 1000 AS a8,
        floor(random() * 10) AS a9, CASE WHEN random() < 0.9 THEN random() * 5 END AS a10,
        'word ' || floor(random() * 5) AS t1, 'word ' || floor(random() * 10) AS t2,
        'word ' || floor(random() * 20) AS t3, 'word ' || floor(random() * 40) AS t4,
        'word ' || floor(random() * 60) AS t5,
        CASE WHEN random() < 0.9 THEN 'word number ' || floor(random() * 8) END AS t6,
        'word ' || floor(random() * 3) AS t7, 'word ' || floor(random() * 12) AS t8,
        'word ' || floor(random() ^ 4 * 300) AS t9, (random() < 0.3)::text AS t10
    FROM generate_series(1, :rows) OFFSET 0) AS r;
VACUUM (FREEZE, ANALYZE) bench.mixed;
SELECT bench.warm('bench.raw') AS data \gset
SELECT bench.warm('bench.mixed') AS mixed_data \gset

-- Gaussian elimination of a symmetric positive system: rows of the upper triangle of (matrix, right side).
CREATE FUNCTION bench.solve(size int, matrix float8[]) RETURNS float8[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    width int := size + 1;
    multiple float8;
    solution float8[] := array_fill(0::float8, ARRAY[size]);
BEGIN
    FOR k IN 0 .. size - 1 LOOP
        FOR i IN k + 1 .. size - 1 LOOP
            multiple := matrix[i * width + k + 1] / matrix[k * width + k + 1];
            FOR j IN k .. size LOOP
                matrix[i * width + j + 1] := matrix[i * width + j + 1] - multiple * matrix[k * width + j + 1];
            END LOOP;
        END LOOP;
    END LOOP;
    FOR k IN REVERSE size - 1 .. 0 LOOP
        solution[k + 1] := matrix[k * width + size + 1];
        FOR j IN k + 1 .. size - 1 LOOP
            solution[k + 1] := solution[k + 1] - matrix[k * width + j + 1] * solution[j + 1];
        END LOOP;
        solution[k + 1] := solution[k + 1] / matrix[k * width + k + 1];
    END LOOP;
    RETURN solution;
END
$$;

-- Logistic regression as plain SQL has it: every Newton step is one query that sums up the second derivatives, the half
-- that is needed, and the first.
CREATE FUNCTION bench.irls(relation regclass, columns text[]) RETURNS float8[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    size int := cardinality(columns) + 1;
    terms text[] := ARRAY['1'] || columns;
    coefficients float8[];
    sums float8[];
    step float8[];
    query text;
BEGIN
    SELECT format('SELECT ARRAY[%s] FROM (SELECT l.*, l.p * (1 - l.p) AS w, l.won::int - l.p AS r '
                'FROM (SELECT l.*, 1 / (1 + exp(-(%s))) AS p FROM %s AS l OFFSET 0) AS l OFFSET 0) AS l',
            string_agg(CASE
                WHEN j > size THEN format('sum(r * %s)', terms[i])
                WHEN j >= i THEN format('sum(w * %s * %s)', terms[i], terms[j])
                ELSE 'NULL' END, ', ' ORDER BY i, j),
            (SELECT string_agg(format('$1[%s] * %s', i, terms[i]), ' + ' ORDER BY i) FROM generate_series(1, size) AS i),
            relation)
        INTO query
    FROM generate_series(1, size) AS i, generate_series(1, size + 1) AS j;
    EXECUTE format('SELECT ARRAY[ln(avg(won::int) / (1 - avg(won::int)))] || array_fill(0::float8, ARRAY[%s]) FROM %s',
        size - 1, relation) INTO coefficients;
    FOR iteration IN 1 .. 25 LOOP
        EXECUTE query INTO sums USING coefficients;
        FOR i IN 1 .. size LOOP
            FOR j IN 1 .. i - 1 LOOP
                sums[(i - 1) * (size + 1) + j] := sums[(j - 1) * (size + 1) + i];
            END LOOP;
        END LOOP;
        step := bench.solve(size, sums);
        SELECT array_agg(c.coefficient + s.step ORDER BY c.place) INTO coefficients
        FROM unnest(coefficients) WITH ORDINALITY AS c (coefficient, place)
        JOIN unnest(step) WITH ORDINALITY AS s (step, place) USING (place);
        EXIT WHEN (SELECT max(abs(s.step)) FROM unnest(step) AS s (step)) < 1e-9;
    END LOOP;
    RETURN coefficients;
END
$$;

-- The two must agree.
DO $do$
DECLARE
    columns text[] := ARRAY(SELECT 'a' || n FROM generate_series(1, 12) AS n);
    by_hand float8[] := bench.irls('bench.raw', columns);
    furthest float8;
BEGIN
    PERFORM leadscore.train('bench', 'bench.raw', 'won', columns, penalty => 0, binning => 'none');
    SELECT max(abs(t.estimate - by_hand[coalesce(array_position(columns, t.attribute), 0) + 1])) INTO furthest
    FROM leadscore.training_terms('bench') AS t WHERE t.kind IN ('base', 'number');
    IF (furthest < 1e-6) IS NOT TRUE THEN
        RAISE EXCEPTION 'train differs from what SQL says by %', furthest;
    END IF;
END
$do$;

INSERT INTO bench.measured_case (experiment, role, title, rows, query)
SELECT 'training', c.role::bench.case_role, c.title, :rows, c.query
FROM (VALUES
    (1, 'floor', 'scan only: count(*)', 'SELECT count(*) FROM bench.raw'),
    (2, 'baseline', 'leadscore.train, 12 numbers',
        $$SELECT t.auc FROM leadscore.train('bench', 'bench.raw', 'won', penalty => 0, binning => 'none') AS t$$),
    (3, 'part', 'SQL: a query for each Newton step',
        $$SELECT (bench.irls('bench.raw', ARRAY(SELECT 'a' || n FROM generate_series(1, 12) AS n)))[1]$$),
    (4, 'part', 'leadscore.train, 20 columns in bins, penalty chosen',
        $$SELECT t.auc FROM leadscore.train('bench', 'bench.mixed', 'won') AS t$$))
    AS c (position, role, title, query)
ORDER BY c.position;
CALL bench.measure('training', :rounds);

-- The rows as a client reads them, which then has nothing but the rows. psql measures the backend from outside a
-- function: each line of these is a statement.
INSERT INTO bench.measured_case (experiment, role, title, rows, query)
VALUES ('training', 'part', 'only reading the rows through a cursor', :rows, 'TABLE bench.raw')
RETURNING ord AS cursor_ord \gset
CREATE UNLOGGED TABLE bench.stopwatch (processor bigint, wall bigint);
\o /dev/null
\pset format unaligned
SELECT s.statement
FROM generate_series(0, :rounds) AS round
CROSS JOIN LATERAL (
    SELECT 1 AS place, 'BEGIN' AS statement
    UNION ALL SELECT 2, 'DECLARE reader NO SCROLL CURSOR FOR TABLE bench.raw'
    UNION ALL SELECT 3, 'TRUNCATE bench.stopwatch'
    UNION ALL SELECT 4, 'INSERT INTO bench.stopwatch SELECT CASE WHEN c.is_processor_time THEN bench.processor_time() END,
        bench.wall_time() FROM bench.clock AS c'
    UNION ALL SELECT 5, 'FETCH 10000 FROM reader' FROM generate_series(1, :rows / 10000)
    UNION ALL SELECT 6, format('INSERT INTO bench.measurement (experiment, ord, round, cpu_ns, wall_ns)
        SELECT ''training'', %s, %s,
            CASE WHEN s.processor IS NOT NULL THEN bench.processor_time() - s.processor END, bench.wall_time() - s.wall
        FROM bench.stopwatch AS s', :cursor_ord, round)
    UNION ALL SELECT 7, 'COMMIT') AS s
ORDER BY round, s.place
\gexec
\pset format aligned
\o

\pset title 'training: a million leads (ratios: to leadscore.train, 12 numbers)'
SELECT "case", rows, "median ms", "ns/row", ratio, "min - max" FROM bench.report('training');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('training') UNION ALL SELECT 'data:     ' || :'data'
UNION ALL SELECT 'data:     ' || :'mixed_data';
\pset tuples_only off
