-- Proof that a model works: calibrated probabilities, backtests, comparison, and the gate through which a candidate goes live.
CREATE EXTENSION leadscore;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
\pset null NULL
\set SHOW_CONTEXT never
\set VERBOSITY terse

-- Isotonic regression and Platt's curve, as aggregates.
CREATE TABLE scored AS SELECT n AS score, n IN (4, 7, 9, 11, 12, 14, 15, 16) AS won FROM generate_series(1, 16) AS n;
SELECT s.score_from, round(s.probability::numeric, 4) AS probability, s.leads, s.customers, round(s.rate::numeric, 4) AS rate, round(s.rate_lower::numeric, 3) AS lower, round(s.rate_upper::numeric, 3) AS upper
FROM (SELECT leadscore.isotonic(score, won) FROM scored) AS i (steps), unnest(i.steps) AS s;
-- At the optimum of the curve, what is promised adds up to the targets: 9/10 for each customer, 1/10 for each other.
SELECT (p.c).slope > 0 AS rises, abs(sum(1 / (1 + exp(-((p.c).intercept + (p.c).slope * score)))) - (8 * 0.9 + 8 * 0.1)) < 1e-9 AS adds_up,
  abs(sum(score / (1 + exp(-((p.c).intercept + (p.c).slope * score)))) - sum(score * CASE WHEN won THEN 0.9 ELSE 0.1 END)) < 1e-8 AS at_the_optimum
FROM (SELECT leadscore.platt(score, won) FROM scored) AS p (c), scored GROUP BY p.c;
SELECT leadscore.isotonic(score, won), leadscore.platt(score, won) FROM scored WHERE won;
SELECT leadscore.isotonic(score, won), leadscore.platt(score, won) FROM scored WHERE false;
SELECT leadscore.isotonic(NULL, won) IS NULL AS isotonic, leadscore.platt(7, won) FROM scored;
SELECT leadscore.platt('infinity', won) FROM scored;

-- Leads: what was won depends on the source and the number of visits; one column says nothing; wins become known later.
CREATE TABLE leads (id integer PRIMARY KEY, created timestamptz, source text, visits integer, noise integer, sex text, zodiac text, won boolean, closed timestamptz);
INSERT INTO leads
SELECT n, timestamptz '2025-01-01 00:00Z' + n * interval '2 hours', (ARRAY['site', 'referral', 'list'])[1 + n % 3], n * 7 % 20, n * 13 % 11, 'f', 'lion',
  ('x' || substr(md5(n::text), 1, 6))::bit(24)::integer % 100 < CASE n % 3 WHEN 0 THEN 10 WHEN 1 THEN 40 ELSE 5 END + n * 7 % 20 * 2,
  timestamptz '2025-01-01 00:00Z' + n * interval '2 hours' + n % 10 * interval '1 day'
FROM generate_series(1, 4000) AS n;
INSERT INTO leadscore.model (model) VALUES ('hand');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES
  ('hand', 'referral', 'source = ''referral''', '30'), ('hand', 'visits', 'true', 'visits'), ('hand', 'fresh', 'as_of - created < interval ''1 hour''', '5');
INSERT INTO leadscore.band (model, kind, label, from_score) VALUES ('hand', 'grade', 'A', 30), ('hand', 'grade', 'B', 0);
INSERT INTO leadscore.stage (model, stage, stage_no) VALUES ('hand', 'lead', 1);
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('hand', 'lead', 'any', 'true');
INSERT INTO leadscore.target_criterion (model, criterion, condition) VALUES ('hand', 'source', 'source <> ''list''');

-- The scale calibrated: steps that never fall, learned as of the leads' own times; score and probability are what the table says.
SELECT k.raw_from, round(k.probability::numeric, 4) AS probability, k.leads, k.wins, round(k.rate_lower::numeric, 3) AS lower, round(k.rate_upper::numeric, 3) AS upper
FROM leadscore.calibrate_probability('hand', 'leads', 'won', at => 'created') AS k;
SELECT sum(leads) AS leads, sum(wins) AS wins, count(DISTINCT provenance) AS provenances, min(provenance ->> 'method') AS method, min(provenance ->> 'relation') AS relation FROM leadscore.calibration;
SELECT count(*) FILTER (WHERE (s.e).probability <> k.probability OR abs((s.e).score - 100 * k.probability) > 1e-12) AS differences, count(*)
FROM (SELECT leadscore.evaluate('hand', l, l.created) AS e FROM leads AS l OFFSET 0) AS s,
  LATERAL (SELECT c.probability FROM leadscore.calibration AS c WHERE c.model = 'hand' AND c.raw_from <= (s.e).raw_score ORDER BY c.raw_from DESC LIMIT 1) AS k;
SELECT e.title, e.note FROM leads AS l, leadscore.explain('hand', l) AS e WHERE l.id = 1 AND e.kind = 'scale';
SELECT abs(avg(leadscore.score('hand', l, l.created)) - avg(100 * won::integer)) < 0.1 AS promised_is_what_came FROM leads AS l;
SELECT leadscore.score(leadscore.export_model('hand'), l) = leadscore.score('hand', l) AS same FROM leads AS l WHERE id = 7;
-- Platt's curve is one row, and keeps the order of leads.
SELECT k.raw_from, k.probability, round(k.intercept::numeric, 4) AS intercept, round(k.slope::numeric, 5) AS slope, k.leads, k.wins FROM leadscore.calibrate_probability('hand', 'leads', 'won', 'platt', at => 'created') AS k;
SELECT leadscore.auc(leadscore.score('hand', l, l.created), won) = leadscore.auc((leadscore.evaluate('hand', l, l.created)).raw_score, won) AS same_order FROM leads AS l;
-- Of few leads the curve is the default. Lost leads that are too young do not count.
SELECT k.provenance ->> 'method' AS method, k.leads FROM leadscore.calibrate_probability('hand', 'leads', 'won', at => 'created', since => '2025-03-01', until => '2025-04-01') AS k;
SELECT k.leads, k.wins FROM leadscore.calibrate_probability('hand', 'leads', 'won', 'platt', at => 'created', mature_after => '30 days', as_of => '2025-03-01') AS k;
-- Points that say nothing are one step, and a NOTICE.
INSERT INTO leadscore.model (model) VALUES ('nothing');
SELECT k.raw_from, k.leads FROM leadscore.calibrate_probability('nothing', 'leads', 'won') AS k;
SELECT count(*), sum(k.slope) FROM leadscore.calibrate_probability('nothing', 'leads', 'won', 'platt') AS k;
-- A calibration made by hand; a scale without one.
INSERT INTO leadscore.model (model, scale, base_points) VALUES ('table', 'calibrated', 10);
SELECT leadscore.score('table', l) FROM leads AS l WHERE id = 1;
SELECT p.severity, p.part, p.message, p.hint FROM leadscore.validate_model('table', 'leads') AS p;
INSERT INTO leadscore.calibration (model, raw_from, probability) VALUES ('table', 10, 0.25), ('table', 0, 0.125);
SELECT leadscore.score('table', l) FROM leads AS l WHERE id = 1;
UPDATE leadscore.calibration SET raw_from = raw_from + 1 WHERE model = 'table';
SELECT leadscore.score('table', l) FROM leads AS l WHERE id = 1;
INSERT INTO leadscore.calibration (model, raw_from, probability) VALUES ('table', 20, 1.5);
INSERT INTO leadscore.calibration (model, raw_from, probability, slope, intercept) VALUES ('table', 20, 0.5, 1, 1);
INSERT INTO leadscore.calibration (model, raw_from, slope) VALUES ('table', 20, 1);
INSERT INTO leadscore.calibration (model, raw_from, slope, intercept) VALUES ('table', 20, 1, 'NaN');
INSERT INTO leadscore.calibration (model, raw_from, probability) VALUES ('table', 'NaN', 0.5);
INSERT INTO leadscore.calibration (model, raw_from, probability) VALUES ('table', 10, 0.5), ('table', 10, 0.6);
SELECT leadscore.score('{"format": 1, "model": {"scale": "calibrated"}, "calibration": [{"probability": 0.5}, {"probability": 0.6}]}'::jsonb, l) FROM leads AS l WHERE id = 1;
SELECT leadscore.score('{"format": 1, "model": {"scale": "calibrated"}, "calibration": [{"slope": 0.5}]}'::jsonb, l) FROM leads AS l WHERE id = 1;
SELECT leadscore.score('{"format": 1, "model": {"scale": "calibrated"}, "calibration": [{"probability": 0.5, "colour": "red"}]}'::jsonb, l) FROM leads AS l WHERE id = 1;
-- What is refused.
SELECT leadscore.calibrate_probability('hand', 'leads', NULL);
SELECT leadscore.calibrate_probability('nobody', 'leads', 'won');
SELECT leadscore.calibrate_probability('hand', 'leads', 'won', 'beta');
SELECT leadscore.calibrate_probability('hand', 'leads', 'lost');
SELECT leadscore.calibrate_probability('hand', 'leads', 'source');
SELECT leadscore.calibrate_probability('hand', 'leads', 'won', since => '2025-03-01');
CREATE VIEW few AS SELECT * FROM leads WHERE id < 100;
CREATE VIEW lost AS SELECT * FROM leads WHERE NOT won;
SELECT leadscore.calibrate_probability('hand', 'few', 'won');
SELECT count(*) FROM leadscore.calibrate_probability('hand', 'few', 'won', force => true);
SELECT leadscore.calibrate_probability('hand', 'lost', 'won', force => true);

-- Protected attributes: those that always are, and those of the model. What is learned anew loses its calibration.
SELECT t.terms > 3 AS terms FROM leadscore.train('candidate', 'leads', 'won', at => 'created', outcome_at => 'closed') AS t;
INSERT INTO leadscore.protected_attribute VALUES ('candidate', 'zodiac');
SELECT t.leads, t.auc > 0.7 AS auc, t.warnings FROM leadscore.train('candidate', 'leads', 'won', at => 'created', outcome_at => 'closed') AS t;
SELECT t.warnings FROM leadscore.train('candidate', 'leads', 'won', ARRAY['source', 'visits', 'noise', 'zodiac'], at => 'created', outcome_at => 'closed') AS t;
SELECT count(*) FROM leadscore.calibrate_probability('candidate', 'leads', 'won', 'platt', at => 'created');
SELECT t.leads FROM leadscore.train('candidate', 'leads', 'won', ARRAY['source', 'visits', 'noise'], at => 'created', outcome_at => 'closed', penalty => 1, as_of => '2026-01-01') AS t;
SELECT scale, (SELECT count(*) FROM leadscore.calibration AS k WHERE k.model = m.model) AS steps FROM leadscore.model AS m WHERE model = 'candidate';
-- What is learned at a time is what was known then.
SELECT t.leads, t.skipped FROM leadscore.train('early', 'leads', 'won', ARRAY['source', 'visits'], at => 'created', outcome_at => 'closed', penalty => 1, as_of => '2025-04-01') AS t;
CREATE VIEW known AS SELECT * FROM leads WHERE created <= '2025-04-01 00:00Z' AND closed <= '2025-04-01 00:00Z';
SELECT t.leads, t.skipped FROM leadscore.train('same', 'known', 'won', ARRAY['source', 'visits'], at => 'created', outcome_at => 'closed', penalty => 1) AS t;
SELECT count(*) AS same, (SELECT count(*) FROM leadscore.criterion WHERE model = 'early') AS terms FROM leadscore.criterion AS a JOIN leadscore.criterion AS b USING (criterion, condition, points) WHERE a.model = 'early' AND b.model = 'same';
SELECT t.leads, t.wins FROM leadscore.train('mature', 'leads', 'won', ARRAY['source', 'visits'], at => 'created', penalty => 1, as_of => '2025-03-01', mature_after => '30 days') AS t;

-- Backtest: what is learned is refitted on what was known before each slice.
SELECT slice_from::date, slice_to::date, learned_leads, learned_wins, leads, wins, round(rate::numeric, 3) AS rate, rate_lower < rate AND rate < rate_upper AS inside, abs(mean_probability - rate) < 0.04 AS promised,
  auc > 0.65 AS auc, auc_lower < auc AND auc < auc_upper AS auc_inside, ks BETWEEN 0.2 AND 0.6 AS ks, brier < 0.22 AS brier, log_loss < 0.65 AS log_loss, calibration_error < 0.06 AS calibrated, note
FROM leadscore.backtest('candidate', 'leads', 'won', 'created', 'closed', as_of => '2026-01-01');
-- A slice by hand says the same.
SELECT count(*) FROM leads WHERE created < '2025-04-01 00:00Z' AND closed < '2025-04-01 00:00Z';
SELECT t.leads FROM leadscore.train('by_hand', 'leads', 'won', ARRAY['source', 'visits', 'noise'], at => 'created', outcome_at => 'closed', penalty => 1, as_of => '2025-03-31 23:59:59.999999Z') AS t;
SELECT b.learned_leads, b.leads, b.auc = h.auc AS auc, b.log_loss = h.log_loss AS log_loss
FROM leadscore.backtest('candidate', 'leads', 'won', 'created', 'closed', step => '1 month', since => '2025-04-01 00:00Z', until => '2025-05-01 00:00Z', as_of => '2026-01-01') AS b,
  (SELECT leadscore.auc(leadscore.score('by_hand', l, l.created), won) AS auc, leadscore.log_loss((leadscore.evaluate('by_hand', l, l.created)).probability, won) AS log_loss
    FROM leads AS l WHERE created >= '2025-04-01 00:00Z' AND created < '2025-05-01 00:00Z') AS h;
SELECT slice_from::date, slice_to::date, learned_leads, leads, auc > 0.6 AS auc, note
FROM leadscore.backtest('candidate', 'leads', 'won', 'created', 'closed', step => '1 month', "window" => '2 weeks', since => '2025-01-05', until => '2025-04-01', as_of => '2026-01-01');
-- A refit reads times in the time zone of the model.
CREATE VIEW local AS SELECT id, created, created AT TIME ZONE 'Europe/Moscow' AS came, created AT TIME ZONE 'UTC' + id % 40 * interval '1 hour' AS called_at, closed, id * 11 % 40 < 20 AS won FROM leads;
INSERT INTO leadscore.model (model, time_zone) VALUES ('moscow', 'Europe/Moscow');
SELECT t.leads FROM leadscore.train('moscow', 'local', 'won', ARRAY['called_at'], at => 'created', penalty => 1, as_of => '2025-05-31 23:59:59.999999Z') AS t;
SELECT b.auc = h.auc AS auc, b.log_loss = h.log_loss AS log_loss
FROM leadscore.backtest('moscow', 'local', 'won', 'created', step => '1 year', since => '2025-06-01 00:00Z', as_of => '2026-01-01') AS b,
  (SELECT leadscore.auc(leadscore.score('moscow', l, l.created), won) AS auc, leadscore.log_loss((leadscore.evaluate('moscow', l, l.created)).probability, won) AS log_loss
    FROM local AS l WHERE created >= '2025-06-01 00:00Z') AS h;
SELECT t.leads FROM leadscore.train('moscow', 'local', 'won', ARRAY['called_at'], at => 'came', penalty => 1, as_of => '2025-05-31 23:59:59.999999Z') AS t;
SELECT a.learned_leads, a.leads, b.leads, a.auc = b.auc AS auc
FROM leadscore.backtest('moscow', 'local', 'won', 'came', step => '1 year', since => '2025-06-01 00:00Z', as_of => '2026-01-01') AS a,
  leadscore.backtest('moscow', 'local', 'won', 'created', step => '1 year', since => '2025-06-01 00:00Z', as_of => '2026-01-01') AS b;
-- Criteria made by hand stay; a model made by hand, or one that is not to be refitted, is judged as it is.
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('candidate', 'by hand', 'source = ''nowhere''', '1');
SELECT count(*) AS slices, count(learned_leads) AS refitted, count(auc) AS judged, count(brier) AS with_probabilities FROM leadscore.backtest('candidate', 'leads', 'won', 'created', 'closed', step => '3 months');
DELETE FROM leadscore.criterion WHERE model = 'candidate' AND criterion = 'by hand';
SELECT count(*) AS slices, sum(leads) AS leads, count(learned_leads) AS refitted, bool_and(auc > 0.6) AS auc FROM leadscore.backtest('candidate', 'leads', 'won', 'created', refit => false);
UPDATE leadscore.model SET scale = 'clamp' WHERE model = 'hand';
SELECT count(*) AS slices, sum(leads) AS leads, count(learned_leads) AS refitted, bool_and(auc > 0.6) AS auc, count(brier) AS with_probabilities FROM leadscore.backtest('hand', 'leads', 'won', 'created');
SELECT leadscore.backtest('hand', 'leads', 'won', 'created', refit => true);
SELECT leadscore.backtest('hand', 'leads', 'won', NULL);
SELECT leadscore.backtest('nobody', 'leads', 'won', 'created');
SELECT leadscore.backtest('hand', 'leads', 'won', 'visits');
SELECT leadscore.backtest('hand', 'leads', 'won', 'created', step => '-1 day');
SELECT count(*) FROM leadscore.backtest('nothing', 'leads', 'won', 'created', step => '1 minute');
CREATE VIEW nobody AS SELECT * FROM leads WHERE false;
SELECT leadscore.backtest('hand', 'nobody', 'won', 'created');

-- Comparison: the paired test on the same leads.
SELECT c.leads, c.wins, c.auc_a > 0.7 AS auc, c.auc_a_lower < c.auc_a AND c.auc_a < c.auc_a_upper AS inside, abs(c.auc_difference - (c.auc_a - c.auc_b)) < 1e-12 AS difference, c.brier_a < 0.25 AS brier, c.brier_b, c.log_loss_b, c.log_loss_difference
FROM leadscore.compare_models('candidate', 'hand', 'leads', 'won', at => 'created') AS c;
SELECT d.z = c.z AS z, d.p_value = c.p_value AS p_value
FROM leadscore.compare_models('early', 'hand', 'leads', 'won', at => 'created', since => '2025-04-02 00:00Z') AS c,
  (SELECT (leadscore.auc_difference(leadscore.score('early', l, created), leadscore.score('hand', l, created), won)).* FROM leads AS l WHERE created >= '2025-04-02 00:00Z') AS d;
SELECT c.auc_difference, c.z, c.p_value, c.log_loss_difference, c.log_loss_lower, c.log_loss_upper FROM leadscore.compare_models('early', 'early', 'leads', 'won', since => '2025-04-02', at => 'created') AS c;
SELECT c.leads, c.wins, c.auc_a, c.auc_difference FROM leadscore.compare_models('early', 'hand', 'nobody', 'won') AS c;
SELECT leadscore.compare_models('early', NULL, 'leads', 'won');
SELECT leadscore.compare_models('early', 'nobody', 'leads', 'won');

-- The gate. A better candidate goes live; what it has nothing of stays; earlier versions can be brought back.
CREATE TABLE before AS SELECT leadscore.export_model('hand') AS document, leadscore.score('hand', l, '2026-01-01') AS score, l.id FROM leads AS l;
SELECT t.auc > 0.5 AS auc FROM leadscore.train('noise', 'leads', 'won', ARRAY['noise'], at => 'created', penalty => 1, binning => 'quantile') AS t;
\set VERBOSITY default
SELECT leadscore.publish_model('noise', 'hand', 'leads', 'won', 'created', 'closed', since => '2025-10-01', as_of => '2026-01-01');
\set VERBOSITY terse
DELETE FROM leadscore.criterion WHERE model = 'hand' AND criterion = 'visits';
SELECT p.earlier_version IS NOT NULL AS earlier, p.version > p.earlier_version AS later, p.judged_from, (p.comparison).leads, (p.comparison).auc_difference > 0 AS better, p.overridden
FROM leadscore.publish_model('candidate', 'hand', 'leads', 'won', 'created', 'closed', note => 'March model') AS p;
SELECT bool_and(leadscore.score('hand', l, '2026-01-01') = leadscore.score('candidate', l, '2026-01-01')) AS same FROM leads AS l;
SELECT (leadscore.evaluate('hand', l)).grade, (leadscore.evaluate('hand', l)).stage, (leadscore.evaluate('hand', l)).target FROM leads AS l WHERE id = 1;
SELECT row_number() OVER (ORDER BY version) AS place, note FROM leadscore.model_version WHERE model = 'hand' ORDER BY version;
\set VERBOSITY default
-- The same again is not better.
SELECT leadscore.publish_model('candidate', 'hand', 'leads', 'won', 'created', 'closed', as_of => '2026-01-01');
\set VERBOSITY terse
SELECT leadscore.restore_model_version('hand', (SELECT min(version) FROM leadscore.model_version WHERE model = 'hand')) > 0 AS restored;
SELECT c.criterion, c.points FROM leadscore.criterion AS c WHERE model = 'hand' ORDER BY ord;
SELECT row_number() OVER (ORDER BY version) AS place, regexp_replace(note, '[0-9]+', 'N') AS note FROM leadscore.model_version WHERE model = 'hand' ORDER BY version;
SELECT leadscore.restore_model_version('hand', 0);
SELECT leadscore.restore_model_version('hand', NULL);
-- Force overrides the reasons, and tells them.
SELECT p.overridden FROM leadscore.publish_model('noise', 'hand', 'leads', 'won', 'created', 'closed', since => '2025-11-28', as_of => '2026-01-01', force => true) AS p;
-- The first one has nobody to beat but chance; a place of one's own is no place to go to.
SELECT p.earlier_version, (p.comparison).auc_b, p.overridden FROM leadscore.publish_model('candidate', 'new', 'leads', 'won', 'created', 'closed', as_of => '2026-01-01') AS p;
SELECT leadscore.publish_model('candidate', 'candidate', 'leads', 'won', 'created');
SELECT leadscore.publish_model('nobody', 'hand', 'leads', 'won', 'created');
SELECT leadscore.publish_model('candidate', 'hand', 'leads', 'won', NULL);
SELECT leadscore.publish_model('candidate', 'hand', 'nobody', 'won', 'created');
UPDATE leadscore.model SET time_zone = 'Europe/Moscow' WHERE model = 'hand';
SELECT leadscore.publish_model('candidate', 'hand', 'leads', 'won', 'created');
-- A contract that has been signed stays signed.
SELECT leadscore.import_model(document, 'hand', replace => true) FROM before LIMIT 1;
SELECT bool_and(leadscore.score('hand', l, '2026-01-01') = b.score) AS same FROM leads AS l JOIN before AS b USING (id);
SELECT leadscore.sign_target('hand', 'sales') IS NOT NULL AS signed;
SELECT p.overridden IS NULL AS published FROM leadscore.publish_model('candidate', 'hand', 'leads', 'won', 'created', 'closed', as_of => '2026-01-01', force => true) AS p;
SELECT s.criteria = leadscore.target_criteria('hand') AS still_signed FROM leadscore.target_signature AS s;

-- What the gate must not let through. Edited after it was learned: what was judged would not go live.
ALTER TABLE leads ADD junk text;
UPDATE leads SET junk = 'j' || ('x' || substr(md5('q' || id::text), 1, 6))::bit(24)::integer % 60;
\set VERBOSITY default
SELECT t.leads FROM leadscore.train('edited', 'leads', 'won', ARRAY['source', 'visits'], at => 'created', outcome_at => 'closed', penalty => 1, as_of => '2026-01-01') AS t;
UPDATE leadscore.criterion SET points = (-points::double precision)::text WHERE model = 'edited' AND criterion <> 'every lead';
SELECT leadscore.publish_model('edited', 'upside_down', 'leads', 'won', 'created', 'closed', as_of => '2026-01-01');
\set VERBOSITY terse
-- In another dimension, or without its base, it is edited too.
SELECT t.leads FROM leadscore.train('edited', 'leads', 'won', ARRAY['source', 'visits'], at => 'created', penalty => 1) AS t;
INSERT INTO leadscore.dimension (model, dimension, upper) VALUES ('edited', 'd', 0.001);
UPDATE leadscore.criterion SET dimension = 'd' WHERE model = 'edited' AND attribute = 'visits';
SELECT leadscore.publish_model('edited', 'limited', 'leads', 'won', 'created');
SELECT leadscore.backtest('edited', 'leads', 'won', 'created', refit => true);
SELECT t.leads FROM leadscore.train('edited', 'leads', 'won', ARRAY['junk'], at => 'created', penalty => 0.001) AS t;
DELETE FROM leadscore.criterion WHERE model = 'edited' AND criterion = 'every lead';
SELECT leadscore.publish_model('edited', 'baseless', 'leads', 'won', 'created');
-- Calibrated on leads of the slice; calibrated before it, it goes live.
SELECT t.leads FROM leadscore.train('edited', 'leads', 'won', ARRAY['source', 'visits'], at => 'created', penalty => 1, as_of => '2025-08-01') AS t;
SELECT count(*) FROM leadscore.calibrate_probability('edited', 'leads', 'won', 'platt', at => 'created', since => '2025-08-02');
SELECT leadscore.publish_model('edited', 'calibrated', 'leads', 'won', 'created');
SELECT count(*) FROM leadscore.calibrate_probability('edited', 'leads', 'won', 'platt', at => 'created', since => '2025-08-02', until => '2025-09-20');
CREATE TABLE published AS SELECT p.* FROM leadscore.publish_model('edited', 'calibrated', 'leads', 'won', 'created') AS p;
SELECT p.overridden IS NULL AS published, (p.comparison).auc_a = (SELECT leadscore.auc(leadscore.score('calibrated', l, created), won) FROM leads AS l WHERE created >= p.judged_from) AS as_judged,
  (p.comparison).log_loss_a = (SELECT leadscore.log_loss((leadscore.evaluate('calibrated', l, created)).probability, won) FROM leads AS l WHERE created >= p.judged_from) AS as_promised FROM published AS p;
-- Trained without the time of the leads: nothing says what it has seen, but it can be learned again, unless times became ages.
SELECT t.judged_by FROM leadscore.train('leaky', 'leads', 'won', ARRAY['junk'], penalty => 0.001, as_of => '2020-01-01') AS t;
SELECT leadscore.publish_model('leaky', 'lucky', 'leads', 'won', 'created');
CREATE VIEW aged AS SELECT id, created, created - visits * interval '20 days' AS first_seen, won FROM leads;
SELECT t.judged_by FROM leadscore.train('aged', 'aged', 'won', ARRAY['first_seen'], penalty => 1, as_of => '2026-01-01') AS t;
SELECT leadscore.publish_model('aged', 'old', 'aged', 'won', 'created');
-- Made by apply_calibration(): from the slice too, and from before it.
SELECT leadscore.apply_calibration('seen', 'leads', 'won', ARRAY['junk'], 'difference', at => 'created', min_leads => 1, only_significant => false) > 0 AS written;
SELECT leadscore.publish_model('seen', 'weak', 'leads', 'won', 'created');
SELECT count(*) AS slices FROM leadscore.backtest('seen', 'leads', 'won', 'created');
SELECT leadscore.apply_calibration('seen', 'leads', 'won', ARRAY['source', 'visits'], 'difference', at => 'created', until => '2025-09-01') > 0 AS written;
SELECT p.overridden IS NULL AS published FROM leadscore.publish_model('seen', 'weak', 'leads', 'won', 'created') AS p;
-- A lead at the very beginning of the slice has been seen.
CREATE VIEW dated AS SELECT *, created::date AS day FROM leads;
SELECT t.leads FROM leadscore.train('dated', 'dated', 'won', ARRAY['source', 'visits'], at => 'day', penalty => 1, as_of => '2025-10-01 00:00Z') AS t;
SELECT c.leads FROM leadscore.compare_models('dated', 'dated', 'dated', 'won', 'day', since => '2025-10-01 00:00Z') AS c;
SELECT abs((p.comparison).log_loss_a - (SELECT leadscore.log_loss((leadscore.evaluate('dated', l, l.day)).probability, won) FROM dated AS l WHERE day >= '2025-10-01')) > 1e-6 AS refitted
FROM leadscore.publish_model('dated', 'dated_live', 'dated', 'won', 'day', since => '2025-10-01 00:00Z') AS p;
-- A live model that cannot be learned again is there all the same.
SELECT t.leads FROM leadscore.train('strong', 'leads', 'won', ARRAY['source', 'visits'], at => 'created', outcome_at => 'closed', penalty => 1) AS t;
INSERT INTO leadscore.model (model) VALUES ('worse');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('worse', 'v', 'true', 'visits');
SELECT leadscore.publish_model('worse', 'strong', 'leads', 'won', 'created', since => '2025-01-12');
SELECT (p.comparison).auc_b IS NOT NULL AS live_was_judged, p.overridden[1:2] FROM leadscore.publish_model('worse', 'strong', 'leads', 'won', 'created', since => '2025-01-12', force => true) AS p;
-- What is protected in the live model stays so.
INSERT INTO leadscore.model (model) VALUES ('fair');
INSERT INTO leadscore.protected_attribute VALUES ('fair', 'source');
SELECT leadscore.publish_model('candidate', 'fair', 'leads', 'won', 'created', 'closed');
-- A better order does not excuse worse probabilities.
SELECT t.leads FROM leadscore.train('promising', 'leads', 'won', ARRAY['source'], at => 'created', penalty => 1, as_of => '2025-09-01') AS t;
INSERT INTO leadscore.model (model, scale, base_points) VALUES ('boasting', 'logistic', -2.2);
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('boasting', 'referral', 'source = ''referral''', '1.9'), ('boasting', 'visits', 'true', 'visits * 0.015');
\set VERBOSITY default
SELECT leadscore.publish_model('boasting', 'promising', 'leads', 'won', 'created');
\set VERBOSITY terse

-- Leads that are too young do not count, lost or won: a backtest with mature_after promises what comes.
SELECT slice_from::date, leads, round(rate::numeric, 2) AS rate, round(mean_probability::numeric, 2) AS promised
FROM leadscore.backtest('candidate', 'leads', 'won', 'created', 'closed', step => '2 months', since => '2025-04-01', mature_after => '60 days', as_of => '2025-12-01');
-- Two models in two time zones are each judged by their own clock.
CREATE VIEW clocks AS SELECT won, created::timestamp AS came, created::timestamp - visits * interval '1 hour' AS seen FROM leads;
INSERT INTO leadscore.model (model, time_zone) VALUES ('tokyo', 'Asia/Tokyo'), ('utc', 'UTC');
INSERT INTO leadscore.criterion (model, criterion, condition, points) SELECT m, 'late', 'as_of - seen::timestamptz > interval ''12 hours''', '10' FROM unnest(ARRAY['tokyo', 'utc']) AS m;
SELECT c.auc_a > 0.6 AS auc, c.auc_difference FROM leadscore.compare_models('tokyo', 'utc', 'clocks', 'won', 'came') AS c;
-- Columns that have the names of derived values.
CREATE VIEW derived AS SELECT id, created, visits AS engagement, created - visits * interval '1 day' AS as_of, source = 'referral' AS is_duplicate, won FROM leads;
SELECT t.terms > 6 AS terms FROM leadscore.train('derived', 'derived', 'won', ARRAY['engagement', 'as_of', 'is_duplicate'], at => 'created', penalty => 1) AS t;
SELECT leadscore.auc(leadscore.score('derived', l, l.created), won) > 0.7 AS auc FROM derived AS l;
-- What is neither 0 nor 1 is no outcome.
CREATE VIEW dirty AS SELECT id, created, source, visits, CASE WHEN id % 5 = 0 THEN 2 ELSE won::integer END AS y FROM leads;
SELECT t.leads, t.skipped FROM leadscore.train('dirty', 'dirty', 'y', ARRAY['source', 'visits'], at => 'created', penalty => 1) AS t;
SELECT k.leads FROM leadscore.calibrate_probability('worse', 'dirty', 'y', 'platt') AS k;
SELECT sum(leads) FROM leadscore.backtest('worse', 'dirty', 'y', 'created');
-- Whatever the session has set, the same is learned.
SET DateStyle = 'SQL, DMY';
SET extra_float_digits = -12;
SET IntervalStyle = 'sql_standard';
SET TimeZone = 'Asia/Kolkata';
SELECT t.leads FROM leadscore.train('session', 'aged', 'won', ARRAY['first_seen'], penalty => 0.1234567890123456, as_of => '2026-01-01 00:00Z') AS t;
SET DateStyle = 'ISO, YMD';
RESET extra_float_digits;
RESET IntervalStyle;
SET TimeZone = 'UTC';
SELECT t.leads FROM leadscore.train('plain', 'aged', 'won', ARRAY['first_seen'], penalty => 0.1234567890123456, as_of => '2026-01-01 00:00Z') AS t;
SELECT count(*) AS same, (SELECT count(*) FROM leadscore.criterion WHERE model = 'plain') AS terms FROM leadscore.criterion AS a JOIN leadscore.criterion AS b USING (criterion, condition, points) WHERE a.model = 'session' AND b.model = 'plain';
-- A live model keeps its bands of the kinds that the candidate has none of.
INSERT INTO leadscore.model (model) VALUES ('banded');
INSERT INTO leadscore.band (model, kind, label, from_score) VALUES ('banded', 'temperature', 'hot', 40), ('banded', 'grade', 'Z', 90);
INSERT INTO leadscore.band (model, kind, label, from_score) VALUES ('candidate', 'grade', 'A', 40);
SELECT p.overridden IS NULL AS published FROM leadscore.publish_model('candidate', 'banded', 'leads', 'won', 'created', 'closed') AS p;
SELECT kind, label FROM leadscore.band WHERE model = 'banded' ORDER BY kind, label;
-- Points so large or so close together that a curve cannot be written down; raw scores beyond the largest points.
INSERT INTO leadscore.model (model) VALUES ('tiny'), ('huge');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('tiny', 'v', 'visits > 10', '1e-17');
INSERT INTO leadscore.criterion (model, criterion, condition, points) SELECT 'huge', n::text, format('visits > %s', n * 5), '1e15' FROM generate_series(0, 3) AS n;
SELECT leadscore.calibrate_probability('tiny', 'leads', 'won', 'platt');
SELECT count(*) FROM leadscore.calibrate_probability('huge', 'leads', 'won', 'isotonic');
SELECT leadscore.backtest('hand', 'leads', 'won', 'created', until => 'infinity');
SELECT leadscore.backtest('hand', 'leads', 'won', 'created', since => '-infinity');
SELECT leadscore.publish_model('candidate', '', 'leads', 'won', 'created');

-- Whatever the search_path is.
SET search_path = '';
SELECT count(*) FROM leadscore.backtest('candidate', 'public.leads', 'won', 'created', 'closed');
SELECT count(*) FROM leadscore.calibrate_probability('candidate', 'public.leads', 'won', 'platt');
RESET search_path;
DROP TABLE scored, leads, before, published CASCADE;
DROP EXTENSION leadscore;
