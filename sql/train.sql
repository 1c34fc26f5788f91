-- Learning a model: what train() writes, reports, refuses; the same whatever the order of rows.
CREATE EXTENSION leadscore;
\pset null NULL
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
CREATE TABLE leads (id integer PRIMARY KEY, created timestamptz, years integer, "the job" text, is_member boolean, income numeric, sex text, extra jsonb, won boolean, won_at timestamptz);
INSERT INTO leads
  SELECT n, timestamptz '2024-01-01 00:00Z' + n * interval '1 hour', nullif(18 + n * 7 % 60, 20), (ARRAY['clerk', 'nurse', 'it''s me', NULL])[1 + n * 5 % 4],
    n % 3 = 0, 1000 + n * 37 % 2000, 'f', '{}', CASE WHEN n % 50 = 49 THEN NULL ELSE ('x' || substr(md5(n::text), 1, 6))::bit(24)::integer % 100 < CASE WHEN n * 7 % 60 < 30 THEN 20 ELSE 50 END + CASE WHEN n % 3 = 0 THEN 25 ELSE 0 END END,
    timestamptz '2024-01-02 00:00Z' + n * interval '1 hour'
  FROM generate_series(1, 3000) AS n;
SELECT t.model, t.method, t.leads, t.skipped, t.wins, round(t.base_rate::numeric, 4) AS base_rate, t.terms > 5 AS terms, t.penalty > 0 AS penalty, t.folds, t.judged_by, t.judged_leads, t.auc BETWEEN 0.6 AND 0.8 AS auc, t.log_loss < 0.69 AS log_loss
FROM leadscore.train('hash', 'leads', 'won', at => NULL, as_of => '2025-01-01 12:34Z') AS t;
SELECT t.judged_by, t.judged_leads, t.folds, t.warnings FROM leadscore.train('m', 'leads', 'won', ARRAY['years', 'the job', 'is_member'], at => 'created', outcome_at => 'won_at', penalty => 1) AS t;
SELECT criterion, attribute, kind, condition, round(estimate::numeric, 3) AS estimate, standard_error > 0 AS has_error, leads, wins FROM leadscore.training_terms('m');
SELECT * FROM leadscore.validate_model('m', 'leads');
-- The mean probability of the leads that it was learned from is their rate: the intercept is not penalised.
SELECT abs(avg(leadscore.score('m', l)) / avg(100 * won::integer) - 1) < 1e-9 AS calibrated FROM leads AS l WHERE won IS NOT NULL;
-- What the report says of them is what the metrics say.
SELECT t.in_sample_auc = m.auc AS auc, t.in_sample_ks = m.ks AS ks, abs(t.in_sample_brier - m.brier) < 1e-12 AS brier, abs(t.in_sample_log_loss - m.log_loss) < 1e-12 AS log_loss
FROM leadscore.train('m', 'leads', 'won', ARRAY['years', 'the job', 'is_member'], at => 'created', outcome_at => 'won_at', penalty => 1) AS t,
  LATERAL (SELECT leadscore.auc((s.e).raw_score, s.won) AS auc, leadscore.ks((s.e).raw_score, s.won) AS ks, leadscore.brier((s.e).probability, s.won) AS brier, leadscore.log_loss((s.e).probability, s.won) AS log_loss
    FROM (SELECT l.won, leadscore.evaluate('m', l) AS e FROM leads AS l WHERE l.won IS NOT NULL AND t.model = 'm' OFFSET 0) AS s) AS m;
-- Rows made by hand stay; training again replaces the rest; the order of rows does not matter.
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'by hand', 'years > 90', '1');
CREATE TABLE before AS SELECT criterion, condition, points FROM leadscore.criterion WHERE model = 'm';
CREATE VIEW backwards AS SELECT * FROM leads ORDER BY id DESC;
SELECT t.leads FROM leadscore.train('m', 'backwards', 'won', ARRAY['years', 'the job', 'is_member'], at => 'created', outcome_at => 'won_at', penalty => 1) AS t;
SELECT count(*) AS same, (SELECT count(*) FROM leadscore.criterion WHERE model = 'm') AS terms FROM before NATURAL JOIN leadscore.criterion WHERE model = 'm';
-- The numbers themselves, and without a penalty.
SELECT t.penalty, t.folds FROM leadscore.train('raw', 'leads', 'won', ARRAY['years', 'income', 'is_member'], binning => 'none', penalty => 0) AS t;
SELECT criterion, kind, condition, round(estimate::numeric, 6) AS estimate, round(standard_error::numeric, 6) AS standard_error, round(z::numeric, 3) AS z FROM leadscore.training_terms('raw');
SELECT abs(avg(leadscore.score('raw', l)) / avg(100 * won::integer) - 1) < 1e-9 AS calibrated FROM leads AS l WHERE won IS NOT NULL;
-- Naive Bayes, other binnings, 0 and 1 as the outcome, times as ages.
SELECT t.penalty, t.iterations, t.terms > 5 AS terms FROM leadscore.train('bayes', 'leads', 'won', ARRAY['years', 'the job', 'is_member'], method => 'naive_bayes') AS t;
CREATE VIEW numbers AS SELECT won::integer AS y, years, created FROM leads;
SELECT b, t.wins, t.terms > 1 AS terms FROM unnest(ARRAY['monotone', 'quantile']) AS b, leadscore.train(b, 'numbers', 'y', binning => b, as_of => '2025-01-01') AS t;
SELECT DISTINCT condition ~ '^\(extract\(epoch FROM as_of - created\) / 86400\) (<|>=) ' AS age FROM leadscore.training_terms('quantile') WHERE attribute = 'created';
-- A leak is named.
SELECT t.warnings FROM leadscore.train('leak', 'leads', 'won', ARRAY['years', 'won_at'], penalty => 1) AS t;
CREATE VIEW leaky AS SELECT *, CASE WHEN won THEN 'paid' END AS contract FROM leads;
SELECT w FROM leadscore.train('leak', 'leaky', 'won', ARRAY['years', 'contract'], penalty => 1) AS t, unnest(t.warnings) AS w WHERE w LIKE 'leakage%';

-- What is refused.
SELECT leadscore.train(NULL, 'leads', 'won');
SELECT leadscore.train('m', 'leads', 'lost');
SELECT leadscore.train('m', 'leads', 'the job');
SELECT leadscore.train('m', 'leads', 'won', ARRAY['years', 'no such']);
SELECT leadscore.train('m', 'leads', 'won', ARRAY['extra']);
SELECT leadscore.train('m', 'leads', 'won', ARRAY[]::text[]);
SELECT leadscore.train('m', 'leads', 'won', at => 'years');
SELECT leadscore.train('m', 'leads', 'won', at => 'no such');
SELECT leadscore.train('m', 'leads', 'won', ARRAY['years'], method => 'forest');
SELECT leadscore.train('m', 'leads', 'won', ARRAY['years'], binning => 'fine');
SELECT leadscore.train('m', 'leads', 'won', ARRAY['years'], penalty => -1);
SELECT leadscore.train('m', 'leads', 'won', ARRAY['years'], penalty => 'NaN');
SELECT leadscore.train('m', 'leads', 'won', ARRAY['years'], method => 'naive_bayes', penalty => 1);
CREATE VIEW few AS SELECT * FROM leads WHERE id < 80;
CREATE VIEW nobody AS SELECT * FROM leads WHERE false;
CREATE VIEW lost AS SELECT * FROM leads WHERE NOT won;
SELECT leadscore.train('m', 'few', 'won', ARRAY['years']);
SELECT t.leads FROM leadscore.train('few', 'few', 'won', ARRAY['years', 'is_member', 'income'], binning => 'none', force => true) AS t;
SELECT leadscore.train('m', 'nobody', 'won', ARRAY['years']);
SELECT leadscore.train('m', 'lost', 'won', ARRAY['years'], force => true);
\set VERBOSITY default
SELECT leadscore.train('m', 'few', 'won', ARRAY['years']);
SELECT count(*) AS same FROM before NATURAL JOIN leadscore.criterion WHERE model = 'm';
-- Infinities and NaN are numbers at the ends; memory has a limit that is told.
CREATE TABLE odd AS SELECT id, won, (ARRAY['NaN', 'infinity', '-infinity', '1e308', '0', NULL])[1 + id % 6]::double precision AS x FROM leads;
SELECT t.leads FROM leadscore.train('odd', 'odd', 'won', ARRAY['x'], binning => 'quantile', penalty => 1) AS t;
SELECT x, count(DISTINCT leadscore.score('odd', o)) FROM odd AS o GROUP BY x ORDER BY x;
SET maintenance_work_mem = '1MB';
CREATE TABLE many AS SELECT n AS x, n % 2 = 0 AS won FROM generate_series(1, 100000) AS n;
SELECT leadscore.train('big', 'many', 'won', ARRAY['x']);
RESET maintenance_work_mem;
-- A sample, where it is asked for: the same one from rows in any order.
CREATE VIEW many_backwards AS SELECT * FROM many ORDER BY x DESC;
SELECT t.leads BETWEEN 5000 AND 10000 AS leads, t.skipped, t.warnings FROM leadscore.train('sample', 'many', 'won', ARRAY['x'], most_leads => 10000, binning => 'none', penalty => 1, force => true) AS t;
SELECT t.skipped FROM leadscore.train('sample_backwards', 'many_backwards', 'won', ARRAY['x'], most_leads => 10000, binning => 'none', penalty => 1) AS t;
SELECT count(*) AS same FROM leadscore.criterion AS a JOIN leadscore.criterion AS b USING (criterion, condition, points) WHERE a.model = 'sample' AND b.model = 'sample_backwards';
SELECT leadscore.train('sample', 'many', 'won', ARRAY['x'], most_leads => 0);
-- It can be cancelled.
SET statement_timeout = '20ms';
SELECT leadscore.train('cancelled', 'many', 'won', ARRAY['x']);
RESET statement_timeout;
-- No name is looked up in the user's search_path.
SET search_path = '';
SELECT t.leads FROM leadscore.train('m', 'public.leads', 'won', ARRAY['years', 'is_member']) AS t;
RESET search_path;
DROP TABLE leads, many, odd, before CASCADE;
-- The aggregate behind train() is refused when others call it wrongly.
\set VERBOSITY terse
SELECT leadscore.training(true, now(), now(), method, binning, 1.0, by_time, force, 10, expressions, 1.0::float8)
FROM (VALUES (NULL, 'auto', true, true, '{x}'::text[])) AS v (method, binning, by_time, force, expressions);
SELECT leadscore.training(true, now(), now(), 'logistic', NULL, 1.0, true, true, 10, '{x}', 1.0::float8);
SELECT leadscore.training(true, now(), now(), 'logistic', 'auto', 1.0, NULL, true, 10, '{x}', 1.0::float8);
SELECT leadscore.training(true, now(), now(), 'logistic', 'auto', 1.0, true, true, 10, NULL, 1.0::float8);
SELECT leadscore.training(true, now(), now(), 'logistic', 'auto', 1.0, true, true, 10, '{NULL}', 1.0::float8);
SELECT leadscore.training(true, now(), now(), 'logistic', 'auto', 1.0, true, true, 10, '{x,y}', 1.0::float8);
SELECT leadscore.training(true, now(), now(), 'logistic', 'auto', 1.0, true, true, 10, '{x}', 1);
DROP EXTENSION leadscore;
