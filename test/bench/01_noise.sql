-- How far apart equal things are on this machine, now: what a difference in the other tables must exceed to mean
-- anything.

\ir harness/harness.sql

INSERT INTO bench.measured_case (experiment, role, title, rows, query)
SELECT 'noise', CASE n WHEN 1 THEN 'baseline' ELSE 'contender' END::bench.case_role, format('the same, %s', n), :rows,
    format('SELECT sum(sqrt(g)) FROM generate_series(1, %s) AS g', :rows)
FROM generate_series(1, 3) AS n;
CALL bench.measure('noise', :rounds);

\pset title 'noise: one query under three names (ratios: to the first)'
SELECT "case", rows, "median ms", "ns/row", ratio, "min - max" FROM bench.report('noise');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('noise');
