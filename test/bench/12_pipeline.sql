-- What the views of an attached table cost: the funnel of a year beside a GROUP BY by hand over the same history. Leads lie
-- in the order in which they came, as they do in a table that grows. work_mem is what PostgreSQL comes with.

\ir harness/harness.sql

CREATE EXTENSION leadscore;

SELECT :rows / 2 AS leads \gset

-- Half as many leads as rows, in a year, of 6 channels and 20 owners, with 3.25 visits each: 20 ways through the ladder of
-- the templates, with skips, returns from hold and losses.
SET client_min_messages = warning;
DO $$ BEGIN PERFORM leadscore.create_model('b2b', 'b2b'); END $$;
RESET client_min_messages;
CREATE TABLE bench.attached_lead (id bigint);
INSERT INTO leadscore.source (source_id, source, relation, model, key, columns) VALUES (1, 'bench', 'bench.attached_lead', 'b2b', '{id}', '{}');
INSERT INTO leadscore.source_stage (source_id, stage_id, stage) SELECT 1, stage_no - 1, stage FROM leadscore.stage WHERE model = 'b2b';
CREATE TABLE bench.way_through (way_no int GENERATED ALWAYS AS IDENTITY, stages int[] NOT NULL);
INSERT INTO bench.way_through (stages) VALUES ('{0}'), ('{0,1}'), ('{0,8}'), ('{0,1,2}'), ('{0,1,8}'), ('{0,1,2,3}'), ('{0,1,2,7}'),
    ('{0,1,2,3,4}'), ('{0,1,2,8}'), ('{0,1,2,3,4,5}'), ('{0,1,3,4,5,6}'), ('{0,1,2,7,2,3}'), ('{0,2,3,8}'), ('{0}'), ('{0,1}'),
    ('{0,8}'), ('{0,1}'), ('{1}'), ('{1,8}'), ('{0,1,2,7,8}');
CREATE UNLOGGED TABLE bench.made_lead AS
SELECT n AS id, now() - (:leads - n) * interval '365 days' / :leads AS created_at,
    'channel ' || abs(hashint8extended(n, 1) % 6) AS channel, 'owner ' || abs(hashint8extended(n, 2) % 20) AS owner,
    abs(hashint8extended(n, 3) % 20) = 0 AS is_duplicate, w.stages
FROM generate_series(1, :leads) AS n JOIN bench.way_through AS w ON w.way_no = 1 + abs(hashint8extended(n, 4) % 20);
INSERT INTO leadscore.lead_state (source_id, lead, created_at, cohort_day, channel, owner, amount, score, stage_id, visits, visited,
    is_duplicate, scored_at, first_scored_at)
SELECT 1, id, created_at, (created_at AT TIME ZONE 'UTC')::date, channel, owner, 100, 50, stages[cardinality(stages)],
    cardinality(stages), (SELECT bit_or(1::bigint << s) FROM unnest(stages) AS s), is_duplicate, now(), now()
FROM bench.made_lead ORDER BY id;
INSERT INTO leadscore.stage_history (source_id, lead, visit_no, stage_id, lap_no, entered_at, cause, noted_at)
SELECT 1, l.id, v.visit_no, v.stage_id, 1, l.created_at + (v.visit_no - 1) * interval '3 days', 'change', now()
FROM bench.made_lead AS l, unnest(l.stages) WITH ORDINALITY AS v (stage_id, visit_no)
ORDER BY l.created_at + (v.visit_no - 1) * interval '3 days', l.id;
DROP TABLE bench.made_lead;
VACUUM (FREEZE, ANALYZE) leadscore.lead_state, leadscore.stage_history;
SELECT bench.warm('leadscore.lead_state') AS lead_data, bench.warm('leadscore.stage_history') AS visit_data,
    (SELECT count(*) FROM leadscore.stage_history) AS visits \gset

-- By hand: of each stage the different leads that were in it or beyond it. The sum of the counts, weighted, is the value
-- in which all must agree.
CREATE FUNCTION bench.funnel_by_hand(keys text) RETURNS text LANGUAGE sql AS $$
    SELECT format($query$
        SELECT sum(s.n1 + 2 * s.n2 + 3 * s.n3 + 4 * s.n4 + 5 * s.n5 + 6 * s.n6 + 7 * s.n7 + 8 * s.n8 + 9 * s.n9)::float8 FROM (
            SELECT %s
                count(DISTINCT h.lead) FILTER (WHERE h.stage_id BETWEEN 0 AND 6) AS n1,
                count(DISTINCT h.lead) FILTER (WHERE h.stage_id BETWEEN 1 AND 6) AS n2,
                count(DISTINCT h.lead) FILTER (WHERE h.stage_id BETWEEN 2 AND 6) AS n3,
                count(DISTINCT h.lead) FILTER (WHERE h.stage_id BETWEEN 3 AND 6) AS n4,
                count(DISTINCT h.lead) FILTER (WHERE h.stage_id BETWEEN 4 AND 6) AS n5,
                count(DISTINCT h.lead) FILTER (WHERE h.stage_id BETWEEN 5 AND 6) AS n6,
                count(DISTINCT h.lead) FILTER (WHERE h.stage_id = 6) AS n7,
                count(DISTINCT h.lead) FILTER (WHERE h.stage_id = 7) AS n8,
                count(DISTINCT h.lead) FILTER (WHERE h.stage_id = 8) AS n9
            FROM leadscore.stage_history AS h JOIN leadscore.lead_state AS l USING (source_id, lead)
            WHERE source_id = 1 AND l.cohort_day > current_date - 366 %s) AS s$query$,
        CASE WHEN keys <> '' THEN keys || ',' ELSE '' END, CASE WHEN keys <> '' THEN 'GROUP BY ' || keys ELSE '' END)
$$;

INSERT INTO bench.measured_case (experiment, role, title, rows, query)
SELECT c.experiment, c.role::bench.case_role, c.title, :leads, c.query
FROM (VALUES
    (1, 'pipeline_funnel', 'floor', 'scan only: sum(visited) of lead_state', 'SELECT sum(visited)::float8 FROM leadscore.lead_state WHERE source_id = 1'),
    (2, 'pipeline_funnel', 'baseline', 'SQL: count(DISTINCT lead) over the history', bench.funnel_by_hand('')),
    (3, 'pipeline_funnel', 'contender', 'view funnel, a year by stage', $$
        SELECT sum(s.stage_no * s.reached)::float8 FROM (SELECT stage_no, sum(reached) AS reached FROM leadscore.funnel
            WHERE source = 'bench' AND cohort_day > current_date - 366 GROUP BY stage_no) AS s$$),
    (4, 'pipeline_funnel', 'contender', 'funnel(), with rates and intervals', $$
        SELECT sum(f.stage_no * f.reached)::float8 FROM leadscore.funnel('bench', current_date - 365) AS f$$),
    (5, 'pipeline_funnel', 'part', 'view funnel, all columns of a year', $$
        SELECT count(f)::float8 FROM (SELECT * FROM leadscore.funnel WHERE source = 'bench' OFFSET 0) AS f$$),
    (6, 'pipeline_funnel', 'part', 'view funnel_wide, all columns of a year', $$
        SELECT count(f)::float8 FROM (SELECT * FROM leadscore.funnel_wide WHERE source = 'bench' OFFSET 0) AS f$$),
    (7, 'pipeline_funnel', 'part', 'view stage_velocity', 'SELECT sum(entries)::float8 FROM leadscore.stage_velocity'),
    (8, 'pipeline_funnel', 'part', 'view stage_alerts', 'SELECT sum(current_entered)::float8 FROM leadscore.stage_alerts'),
    (10, 'pipeline_channel', 'baseline', 'SQL: count(DISTINCT lead) over the history', bench.funnel_by_hand('l.channel')),
    (11, 'pipeline_channel', 'contender', 'view funnel_by_channel, all columns', $$
        SELECT sum(f.stage_no * f.reached)::float8 + 0 * count(f) FROM (SELECT * FROM leadscore.funnel_by_channel WHERE source = 'bench' OFFSET 0) AS f$$),
    (12, 'pipeline_channel', 'contender', 'funnel(by => channel)', $$
        SELECT sum(f.stage_no * f.reached)::float8 FROM leadscore.funnel('bench', current_date - 365, by => 'channel') AS f$$))
    AS c (position, experiment, role, title, query)
ORDER BY c.position;
CALL bench.measure('pipeline_funnel', :rounds);
CALL bench.measure('pipeline_channel', :rounds);

\pset title 'pipeline: the funnel of a year (ratios: to the GROUP BY by hand)'
SELECT "case", rows, "median ms", "ns/row", ratio, "min - max" FROM bench.report('pipeline_funnel');
\pset title 'pipeline: the funnel of a year by channel (ratios: to the GROUP BY by hand)'
SELECT "case", rows, "median ms", "ns/row", ratio, "min - max" FROM bench.report('pipeline_channel');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('pipeline_funnel')
UNION ALL SELECT format('data:     lead_state %s; stage_history, %s visits, %s', :'lead_data', :'visits', :'visit_data');
\pset tuples_only off
