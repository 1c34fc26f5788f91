-- What scoring a table costs: twelve criteria, in leadscore and in what people write by hand; the same with JIT; with
-- two processes; and which part of it is spent on what.

\ir harness/harness.sql
\ir harness/leads.sql

SELECT bench.warm('bench.lead') AS data \gset

INSERT INTO bench.measured_case (experiment, role, title, rows, query) VALUES
('score', 'context', 'scan only: count(*)', :rows, 'SELECT count(*) FROM bench.lead AS l'),
('score', 'floor', 'scan, sum of a column', :rows, 'SELECT sum(l.minutes_on_site) FROM bench.lead AS l');
INSERT INTO bench.measured_case (experiment, role, title, rows, query)
SELECT 'score', c.role::bench.case_role, w.title, :rows,
    format('SELECT sum(%s)::float8 FROM bench.lead AS l', w.expression)
FROM (VALUES
    (1, 'best', 'baseline'),
    (2, 'inline', 'contender'),
    (3, 'score', 'contender'),
    (4, 'evaluate', 'contender'),
    (5, 'sql', 'contender'),
    (6, 'plpgsql', 'contender')) AS c (position, way, role)
JOIN bench.way AS w ON (w.relation, w.way) = ('bench.lead', c.way)
ORDER BY c.position;
CALL bench.measure('score', :rounds);

\pset title 'score: twelve criteria, sum(score) over a table of leads (ratios: to the first SQL case)'
SELECT * FROM bench.report('score');
\pset title 'score, case by case'
SELECT c.* FROM (VALUES
    (1, 'leadscore.score', 'SQL, float8 literals, now() - interval once'),
    (2, 'leadscore.score', 'SQL function, numeric literals'),
    (3, 'leadscore.evaluate', 'leadscore.score')) AS o (position, title, other),
    bench.compare('score', o.title, o.other) AS c ORDER BY o.position;
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('score') UNION ALL SELECT 'data:     ' || :'data';
\pset tuples_only off

-- No floor here: what a scan costs to compile is no part of what the other cases cost to compile.
INSERT INTO bench.measured_case (experiment, role, title, rows, query, settings) VALUES
('score_jit', 'context', 'scan, sum of a column', :rows, 'SELECT sum(l.minutes_on_site) FROM bench.lead AS l', :'jit');
INSERT INTO bench.measured_case (experiment, role, title, rows, query, settings)
SELECT 'score_jit', c.role::bench.case_role, w.title || c.suffix, :rows,
    format('SELECT sum(%s)::float8 FROM bench.lead AS l', w.expression), c.settings::jsonb
FROM (VALUES
    (1, 'best', 'baseline', '', :'jit'),
    (2, 'score', 'contender', '', :'jit'),
    (3, 'evaluate', 'contender', '', :'jit'),
    (4, 'sql', 'contender', '', :'jit'),
    (5, 'best', 'context', '; JIT at its default thresholds', '{"jit": "on"}'),
    (6, 'best', 'context', '; no JIT', '{}'),
    (7, 'score', 'context', '; no JIT', '{}')) AS c (position, way, role, suffix, settings)
JOIN bench.way AS w ON (w.relation, w.way) = ('bench.lead', c.way)
ORDER BY c.position;
CALL bench.measure('score_jit', :rounds);

\pset title 'score_jit: the same with JIT, its compilation included (ratios: to the first SQL case)'
SELECT "case", rows, "median ms", "ns/row", ratio, "min - max" FROM bench.report('score_jit');
\pset title 'score_jit, case by case'
SELECT c.* FROM unnest(ARRAY['SQL, float8 literals, now() - interval once', 'SQL function, numeric literals'])
    WITH ORDINALITY AS o (title, position), bench.compare('score_jit', 'leadscore.score', o.title) AS c
ORDER BY o.position;
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('score_jit') UNION ALL SELECT 'data:     ' || :'data';
\pset tuples_only off

-- One worker beside the leader, however small the table.
INSERT INTO bench.measured_case (experiment, role, title, rows, query, settings)
SELECT 'parallel',
    CASE WHEN q.way = 'scan' THEN 'context' WHEN (q.way, p.position) = ('score', 1) THEN 'baseline' ELSE 'contender'
        END::bench.case_role,
    format('%s; %s', q.title, p.title), :rows, format('SELECT sum(%s)::float8 FROM bench.lead AS l', q.expression),
    p.settings::jsonb
FROM (
    SELECT 'scan', 'scan, sum of a column', 'l.minutes_on_site'
    UNION ALL
    SELECT w.way, w.title, w.expression FROM bench.way AS w
    WHERE w.relation = 'bench.lead' AND w.way IN ('best', 'score')) AS q (way, title, expression)
CROSS JOIN (VALUES
    (1, '1 process', '{}'),
    (2, '2 processes', '{"max_parallel_workers_per_gather": "1", "min_parallel_table_scan_size": "0",
        "parallel_setup_cost": "0", "parallel_tuple_cost": "0"}')) AS p (position, title, settings)
ORDER BY array_position(ARRAY['scan', 'best', 'score'], q.way), p.position;
CALL bench.measure('parallel', :rounds, on_wall => true);

\pset title 'parallel: time on the wall with one process and with two (ratios: to leadscore.score with one)'
SELECT "case", rows, "median ms", "ns/row", ratio, "min - max" FROM bench.report('parallel');
\pset title 'parallel: how many times faster two processes are'
SELECT q.title AS "case", c.ratio AS "speed-up", c."min - max"
FROM unnest(ARRAY['scan, sum of a column', 'SQL, float8 literals, now() - interval once', 'leadscore.score'])
    WITH ORDINALITY AS q (title, position),
    bench.compare('parallel', q.title || '; 1 process', q.title || '; 2 processes') AS c
ORDER BY q.position;
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('parallel') UNION ALL SELECT 'data:     ' || :'data';
\pset tuples_only off

-- The parts, over a quarter of the leads.
CREATE UNLOGGED TABLE bench.quarter AS SELECT * FROM bench.lead AS l WHERE l.lead_id % 4 = 0;
VACUUM (FREEZE, ANALYZE) bench.quarter;
SELECT count(*) AS quarter FROM bench.quarter \gset

DO $do$
DECLARE
    whole jsonb := leadscore.export_model('bench');
BEGIN
    PERFORM leadscore.import_model(jsonb_set(whole, '{criteria}', jsonb_build_array(whole #> '{criteria,0}')), 'one');
    PERFORM leadscore.import_model(jsonb_set(whole, '{criteria}',
        jsonb_path_query_array(whole, '$.criteria[*] ? (@.criterion != "recent")')), 'dateless');
END
$do$;
INSERT INTO bench.measured_case (experiment, role, title, rows, query)
SELECT 'parts', c.role::bench.case_role, c.title, :quarter, format('SELECT %s FROM bench.quarter AS l', c.expression)
FROM (VALUES
    (1, 'floor', 'scan, sum of a column', 'sum(l.minutes_on_site)'),
    (2, 'part', 'the row as a value: count(l)', 'count(l)'),
    (3, 'part', 'the twelve columns as arguments: num_nonnulls', $$sum(num_nonnulls(now(), l.headcount, l.revenue,
        l.industry, l.country, l.seniority, l.demo_requested, l.page_views, l.emails_opened, l.minutes_on_site,
        l.last_seen_at, l.budget_confirmed, l.unsubscribed))$$),
    (4, 'part', 'one criterion', $$sum(leadscore.score('one', l))$$),
    (5, 'part', 'eleven: all without the date', $$sum(leadscore.score('dateless', l))$$),
    (6, 'baseline', 'all twelve', $$sum(leadscore.score('bench', l))$$)) AS c (position, role, title, expression)
ORDER BY c.position;

SELECT bench.warm('bench.quarter') AS data \gset
CALL bench.measure('parts', :rounds);

\pset title 'parts: what leadscore.score spends its time on (ratios: to all twelve criteria)'
SELECT * FROM bench.report('parts');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('parts') UNION ALL SELECT 'data:     ' || :'data';
