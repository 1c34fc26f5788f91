-- What metrics cost: aggregates over (score, outcome) beside a sort of the same scores, and beside the ways of plain SQL.

\ir harness/harness.sql

CREATE EXTENSION leadscore;

-- Five times the rows of the other benchmarks: ten million, as a metric is over all leads that there ever were.
SELECT :rows * 5 AS rows \gset

CREATE UNLOGGED TABLE bench.scored (score float8 NOT NULL, points float8 NOT NULL, outcome boolean NOT NULL);
SELECT setseed(0.42) \g /dev/null
INSERT INTO bench.scored
SELECT s.score, floor(s.score * 100), random() < s.score / 3
FROM (SELECT random() AS score FROM generate_series(1, :rows) AS n) AS s;
VACUUM (FREEZE, ANALYZE) bench.scored;
SELECT bench.warm('bench.scored') AS data \gset

-- By hand, and the two must agree.
CREATE VIEW bench.auc_by_hand AS
SELECT (sum(r.rank) FILTER (WHERE r.outcome) - count(*) FILTER (WHERE r.outcome)
        * (count(*) FILTER (WHERE r.outcome) + 1) / 2.0)
    / (count(*) FILTER (WHERE r.outcome) * count(*) FILTER (WHERE NOT r.outcome)) AS auc
FROM (
    SELECT s.outcome, rank() OVER (ORDER BY s.points) + (count(*) OVER (PARTITION BY s.points) - 1) / 2.0 AS rank
    FROM (SELECT * FROM bench.scored LIMIT 1000000) AS s) AS r;
DO $do$
BEGIN
    IF (SELECT abs(h.auc - l.auc) < 1e-12
        FROM bench.auc_by_hand AS h,
            (SELECT leadscore.auc(s.points, s.outcome) AS auc
                FROM (SELECT * FROM bench.scored LIMIT 1000000) AS s) AS l) IS NOT TRUE THEN
        RAISE EXCEPTION 'auc differs from what SQL says';
    END IF;
END
$do$;

-- The sort gets the memory to stay in memory.
INSERT INTO bench.measured_case (experiment, role, title, rows, query, settings)
SELECT 'metrics', c.role::bench.case_role, c.title, :rows,
    format('SELECT (%s)::float8 FROM %s', c.expression, c.source), '{"work_mem": "2GB"}'
FROM (VALUES
    (1, 'floor', 'scan only: count(*)', 'count(*)', 'bench.scored'),
    (2, 'baseline', 'ORDER BY score', 'count(*)', '(SELECT score FROM bench.scored ORDER BY score OFFSET 0) AS s'),
    (3, 'part', 'leadscore.auc', 'leadscore.auc(score, outcome)', 'bench.scored'),
    (4, 'part', 'leadscore.auc of 100 different scores', 'leadscore.auc(points, outcome)', 'bench.scored'),
    (5, 'context', 'ORDER BY 100 different scores', 'count(*)',
        '(SELECT points FROM bench.scored ORDER BY points OFFSET 0) AS s'),
    (6, 'part', 'leadscore.auc_interval', '(leadscore.auc_interval(score, outcome)).lower', 'bench.scored'),
    (7, 'part', 'auc, ks, gini and average_precision', 'leadscore.auc(score, outcome) + leadscore.ks(score, outcome)
        + leadscore.gini(score, outcome) + leadscore.average_precision(score, outcome)', 'bench.scored'),
    (8, 'part', 'leadscore.log_loss', 'leadscore.log_loss(score, outcome)', 'bench.scored'),
    (9, 'part', 'leadscore.gains', 'cardinality(leadscore.gains(score, outcome))', 'bench.scored'),
    (10, 'part', 'leadscore.auc_difference', '(leadscore.auc_difference(score, points, outcome)).z', 'bench.scored'))
    AS c (position, role, title, expression, source)
ORDER BY c.position;
CALL bench.measure('metrics', :rounds);

\pset title 'metrics: one group of all leads (ratios: to ORDER BY score)'
SELECT "case", rows, "median ms", "ns/row", ratio, "min - max" FROM bench.report('metrics');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('metrics') UNION ALL SELECT 'data:     ' || :'data';
\pset tuples_only off

-- A group a team.
CREATE UNLOGGED TABLE bench.team_scored AS
SELECT (n * 7919) % (:rows / 1000) AS team, s.score, s.outcome
FROM (SELECT row_number() OVER () AS n, l.* FROM bench.scored AS l LIMIT :rows / 10) AS s;
VACUUM (FREEZE, ANALYZE) bench.team_scored;
SELECT count(*) AS team_leads FROM bench.team_scored \gset
SELECT bench.warm('bench.team_scored') AS data \gset
INSERT INTO bench.measured_case (experiment, role, title, rows, query)
SELECT 'teams', c.role::bench.case_role, c.title, :team_leads,
    format('SELECT sum(s.result)::float8 FROM (SELECT %s AS result FROM bench.team_scored GROUP BY team) AS s',
        c.expression)
FROM (VALUES
    (1, 'baseline', 'avg(score) GROUP BY team', 'avg(score)'),
    (2, 'part', 'leadscore.auc GROUP BY team', 'leadscore.auc(score, outcome)'),
    (3, 'part', 'leadscore.auc_interval GROUP BY team', '(leadscore.auc_interval(score, outcome)).lower'))
    AS c (position, role, title, expression)
ORDER BY c.position;
CALL bench.measure('teams', :rounds);

\pset title 'teams: a hundred leads a group (ratios: to avg(score))'
SELECT * FROM bench.report('teams');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('teams') UNION ALL SELECT 'data:     ' || :'data';
