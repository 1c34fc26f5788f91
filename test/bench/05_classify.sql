-- What it costs to say which stage each lead is in: twelve rules on six stages, in leadscore and as the CASE expression
-- that people write by hand.

\ir harness/harness.sql
\ir harness/leads.sql

-- A million leads, or half of what the others are measured on.
DELETE FROM bench.lead WHERE lead_id > :rows / 2;
VACUUM (FULL, FREEZE, ANALYZE) bench.lead;
SELECT count(*) AS rows FROM bench.lead \gset
SELECT bench.warm('bench.lead') AS data \gset

INSERT INTO leadscore.stage (model, stage, stage_no, kind) VALUES
('bench', 'lead', 1, 'open'), ('bench', 'mql', 2, 'open'), ('bench', 'sql', 3, 'open'),
('bench', 'opportunity', 4, 'open'), ('bench', 'hold', 8, 'hold'), ('bench', 'disqualified', 9, 'lost');
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES
('bench', 'lead', 'everybody', 'true'),
('bench', 'mql', 'company', 'company IS NOT NULL'),
('bench', 'mql', 'views', 'page_views >= 5'),
('bench', 'sql', 'demo', 'demo_requested'),
('bench', 'opportunity', 'demo', 'demo_requested'),
('bench', 'opportunity', 'budget', 'budget_confirmed'),
('bench', 'opportunity', 'decides', $$seniority IN ('chief', 'vice president', 'director')$$),
('bench', 'hold', 'no_budget', 'NOT budget_confirmed'),
('bench', 'hold', 'asleep', $$last_seen_at < as_of - interval '120 days'$$),
('bench', 'disqualified', 'gone', 'unsubscribed'),
('bench', 'disqualified', 'tiny', 'headcount < 2'),
('bench', 'disqualified', 'list', $$source = 'list' AND page_views = 0$$);

\set arms 'WHEN l.unsubscribed OR l.headcount < 2 OR (l.source = ''list'' AND l.page_views = 0) THEN ''disqualified'' WHEN NOT l.budget_confirmed OR l.last_seen_at < %s THEN ''hold'' WHEN l.demo_requested AND l.budget_confirmed AND l.seniority IN (''chief'', ''vice president'', ''director'') THEN ''opportunity'' WHEN l.demo_requested THEN ''sql'' WHEN l.company IS NOT NULL AND l.page_views >= 5 THEN ''mql'' ELSE ''lead'' END'
SELECT format('CASE ' || :'arms', $$(SELECT now() - interval '120 days')$$) AS best,
    format('CASE ' || :'arms', $$now() - interval '120 days'$$) AS plain \gset

\pset title 'classify: the stages, by leadscore and by CASE (they must be the same)'
SELECT leadscore.classify('bench', l) AS stage, count(*) AS leads,
    count(*) FILTER (WHERE leadscore.classify('bench', l) IS DISTINCT FROM (:best)) AS different
FROM bench.lead AS l GROUP BY 1 ORDER BY 2 DESC;
\pset title

INSERT INTO bench.measured_case (experiment, role, title, rows, query)
SELECT 'classify', c.role::bench.case_role, c.title, :rows, format('SELECT %s FROM bench.lead AS l', c.expression)
FROM (VALUES
    (1, 'floor', 'scan, sum of a column', 'sum(l.minutes_on_site)'),
    (2, 'baseline', 'CASE, now() - interval once', format('count(%s)', :'best')),
    (3, 'contender', 'CASE', format('count(%s)', :'plain')),
    (4, 'contender', 'leadscore.classify', $$count(leadscore.classify('bench', l))$$)
    ) AS c (position, role, title, expression)
ORDER BY c.position;
CALL bench.measure('classify', :rounds);

\pset title 'classify: twelve rules on six stages (ratios: to the first CASE)'
SELECT * FROM bench.report('classify');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('classify') UNION ALL SELECT 'data:     ' || :'data';
