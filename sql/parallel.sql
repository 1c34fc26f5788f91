-- Parallel plans give what serial plans give, anonymous records included, and one statement sees one version.
CREATE EXTENSION leadscore;
CREATE TABLE leads AS SELECT n AS id, n % 700 AS headcount, (n * 7919 % 100003)::numeric AS budget,
  '2026-01-01 00:00+00'::timestamptz + n * interval '10 minutes' AS created_at, CASE WHEN n % 3 = 0 THEN 'ООО ' || n END AS company
FROM generate_series(1, 20000) AS n;
ANALYZE leads;
INSERT INTO leadscore.model (model) VALUES ('m');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES
  ('m', 'headcount', 'headcount > 100', 'headcount * 0.1'), ('m', 'budget', 'budget > 50000', '10.1'), ('m', 'recent', 'created_at > as_of - interval ''30 days''', '15.3'),
  ('m', 'company', 'company ~* ''ооо''', '5.7');
INSERT INTO leadscore.stage (model, stage, stage_no, kind) VALUES ('m', 'lead', 1, 'open'), ('m', 'mql', 2, 'open'), ('m', 'lost', 9, 'lost');
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES
  ('m', 'lead', 'any', 'true'), ('m', 'mql', 'score', 'score > 20'), ('m', 'lost', 'old', 'created_at < as_of - interval ''60 days'''), ('m', 'lost', 'target', 'target = ''not_target'' AND headcount % 2 = 0');
INSERT INTO leadscore.target_criterion (model, criterion, condition) VALUES ('m', 'headcount', 'headcount % 7 <> 3'), ('m', 'company', 'company LIKE ''%7''');
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
SET max_parallel_workers_per_gather = 2;
CREATE FUNCTION plan(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text; found boolean := false;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
    found := found OR line LIKE '%Parallel Seq Scan%';
  END LOOP;
  RETURN found;
END $$;
SELECT plan('SELECT sum(leadscore.score(''m'', l)) FROM leads AS l') AS by_table;
SELECT plan('SELECT count(*) FROM leads AS l WHERE leadscore.score(''m'', l) > 5') AS in_where,
  plan('SELECT id, leadscore.score(''m'', s) FROM (SELECT id, headcount + 0 AS headcount, budget, created_at, company FROM leads) AS s') AS by_record;
\set as_of '''2026-04-01 00:00+00'''
CREATE TABLE scored_parallel AS SELECT id, leadscore.score('m', l, :as_of) AS score, (leadscore.evaluate('m', l, :as_of)).raw_score FROM leads AS l;
CREATE TABLE record_parallel AS SELECT id, leadscore.score('m', s, :as_of) AS score FROM (SELECT id, headcount + 0 AS headcount, budget, created_at, company FROM leads OFFSET 0) AS s;
CREATE TABLE records_parallel AS SELECT id, leadscore.score('m', s, :as_of) AS score FROM (SELECT id, headcount + 0 AS headcount, budget, created_at, company FROM leads) AS s;
CREATE TABLE document_parallel AS SELECT id, leadscore.score(leadscore.export_model('m'), l, :as_of) AS score FROM leads AS l;
SELECT plan('SELECT leadscore.classify(''m'', l), count(*) FROM leads AS l GROUP BY 1') AS stages, plan('SELECT leadscore.target(''m'', l) FROM leads AS l') AS targets;
SELECT plan('SELECT leadscore.match_weight(''contact'', l, l) FROM leads AS l') AS weights, plan('SELECT leadscore.blocking_keys(''contact'', s) FROM (SELECT company FROM leads) AS s') AS keys;
CREATE TABLE matched_parallel AS SELECT id, leadscore.match_weight('contact', l, ROW(0, 0, 0, '2026-01-01 00:00+00', 'ООО 21')::leads) AS weight, leadscore.blocking_keys(leadscore.match_rule_template('contact'), s) AS keys FROM leads AS l, LATERAL (SELECT l.company, l.id AS first_name) AS s;
CREATE TABLE judged_parallel AS SELECT id, leadscore.classify('m', l, :as_of) AS stage, leadscore.target('m', l, :as_of) AS target, leadscore.evaluate('m', l, :as_of) AS evaluation FROM leads AS l;
SELECT count(*), round(sum(e.contribution)::numeric, 6) AS contribution FROM (SELECT l FROM leads AS l WHERE id < 100) AS s, leadscore.explain('m', s.l, :as_of) AS e;
SET max_parallel_workers_per_gather = 0;
SELECT count(*) FROM leads AS l JOIN scored_parallel AS p USING (id) WHERE leadscore.score('m', l, :as_of) IS DISTINCT FROM p.score OR (leadscore.evaluate('m', l, :as_of)).raw_score <> p.raw_score;
SELECT count(*) FROM leads AS l JOIN record_parallel AS p USING (id) WHERE leadscore.score('m', l, :as_of) IS DISTINCT FROM p.score;
SELECT count(*) FROM leads AS l JOIN records_parallel AS p USING (id) WHERE leadscore.score('m', l, :as_of) IS DISTINCT FROM p.score;
SELECT count(*) FROM leads AS l JOIN document_parallel AS p USING (id) WHERE leadscore.score('m', l, :as_of) IS DISTINCT FROM p.score;
SELECT p.stage, p.target, count(*), count(*) FILTER (WHERE (leadscore.classify('m', l, :as_of), leadscore.target('m', l, :as_of), leadscore.evaluate('m', l, :as_of)) IS DISTINCT FROM (p.stage, p.target, p.evaluation)) AS different
FROM leads AS l JOIN judged_parallel AS p USING (id) GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(*), count(DISTINCT p.weight) > 1 AS are_weighed, count(*) FILTER (WHERE (leadscore.match_weight('contact', l, ROW(0, 0, 0, '2026-01-01 00:00+00', 'ООО 21')::leads), leadscore.blocking_keys('contact', s)) IS DISTINCT FROM (p.weight, p.keys)) AS different
FROM leads AS l JOIN matched_parallel AS p USING (id), LATERAL (SELECT l.company, l.id AS first_name) AS s;
-- An error in a worker arrives whole.
SET max_parallel_workers_per_gather = 2;
UPDATE leadscore.criterion SET points = '1 / (headcount - 699)' WHERE criterion = 'headcount';
SELECT sum(leadscore.score('m', l)) FROM leads AS l;
UPDATE leadscore.criterion SET condition = 'headcont > 1' WHERE criterion = 'headcount';
SELECT sum(leadscore.score('m', l)) FROM leads AS l;
-- Aggregates in parts. Which worker gets rows is luck; of a partitioned table each partition is a part, which is written, read
-- and combined as that of a worker is.
CREATE TABLE parted (n integer, part integer, at timestamptz) PARTITION BY LIST (part);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES IN (0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
INSERT INTO parted SELECT n, n % 2, timestamptz '2026-01-01' + n * interval '1 hour' FROM generate_series(1, 3000) AS n;
ANALYZE parted;
CREATE FUNCTION in_parts(aggregate text) RETURNS TABLE (is_in_parts boolean, is_same boolean) LANGUAGE plpgsql AS $$
DECLARE
  query CONSTANT text := format('SELECT (%s)::text FROM parted', aggregate);
  whole text;
  of_parts text;
  plan text;
BEGIN
  SET LOCAL enable_partitionwise_aggregate = off;
  EXECUTE query INTO whole;
  SET LOCAL enable_partitionwise_aggregate = on;
  EXECUTE query INTO of_parts;
  EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
  RETURN QUERY SELECT plan LIKE '%"Partial Mode": "Finalize"%', whole = of_parts AND length(whole) > 0;
END $$;
SET max_parallel_workers_per_gather = 0;
SELECT a.aggregate, p.* FROM unnest(ARRAY['heat(n % 7 + 1, at, ''10 days'')', 'heat_partial(n % 7 + 1, at, ''10 days'')', 'auc(n % 101, n % 3 = 0)', 'auc_interval(n % 101, n % 3 = 0)', 'auc_difference(n % 101, n % 77, n % 3 = 0)', 'brier(n / 4000.0, n % 3 = 0)',
  'window_funnel(''3 hours'', '''', at, n % 4)', 'funnel_times(''3 hours'', '''', at, n % 4)', 'kaplan_meier(n % 97, n % 2 = 0)', 'connected_components((n % 300)::text, (n % 7)::text)', 'mix_or_rate(n % 10, 20, n % 7, 30)', 'stage_visits(n % 5, at)', 'touches(''c'' || n % 5, at)']) WITH ORDINALITY AS a (aggregate, place),
  in_parts('leadscore.' || aggregate) AS p ORDER BY place;
DROP TABLE parted;
DROP FUNCTION in_parts(text);
DROP TABLE leads, judged_parallel, matched_parallel, scored_parallel, record_parallel, records_parallel, document_parallel;
DROP EXTENSION leadscore;
DROP FUNCTION plan(text);
