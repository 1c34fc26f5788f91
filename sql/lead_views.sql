-- What is known of each lead: the lists from which people work, and one lead's card.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION leadscore;
CREATE TABLE crm (id bigint PRIMARY KEY, headcount int, asked boolean);
SELECT leadscore.create_model('m', 'blank');
INSERT INTO leadscore.criterion (model, criterion, condition, points, title) VALUES ('m', 'size', 'headcount > 10', '20', 'More than ten people'), ('m', 'asked', 'asked', '35', 'Asked for a price');
DELETE FROM leadscore.band;
INSERT INTO leadscore.band (model, kind, label, from_score) VALUES ('m', 'temperature', 'cold', 0), ('m', 'temperature', 'hot', 50), ('m', 'grade', 'A', 50), ('m', 'grade', 'D', 0);
INSERT INTO leadscore.playbook (model, stage, temperature, step, worked_by, action, send, due_within) VALUES
  ('m', 'mql', NULL, 1, 'first contact', 'Call', NULL, '1 day'), ('m', 'mql', NULL, 2, 'first contact', 'Fill in', NULL, '3 days'), ('m', 'mql', 'hot', 3, 'sales', 'Offer', 'a price', NULL),
  ('m', 'hold', NULL, 1, 'marketing', 'Warm up', 'case', '14 days'), ('m', 'sql', NULL, 1, 'sales', 'Demo', NULL, '2 days');
INSERT INTO leadscore.source (source_id, source, relation, model, key, columns, events, half_life) VALUES (1, 'crm', 'crm', 'm', '{id}', '{}', NULL, '7 days');
-- Numbers of stages in another order than the ladder, up to the last bit that there is.
INSERT INTO leadscore.source_stage SELECT 1, (ARRAY[3, 1, 2, 5, 4, 7, 6, 62, 0])[stage_no], stage FROM leadscore.stage WHERE model = 'm';

-- path: stages with the days after the lead came, such as 'lead 0, mql 1.5'.
CREATE FUNCTION put(lead bigint, days_ago float8, channel text, owner text, amount numeric, probability float8, score float8, path text, target text DEFAULT NULL, is_duplicate boolean DEFAULT false) RETURNS void LANGUAGE plpgsql AS $$
DECLARE came CONSTANT timestamptz := now() - days_ago * interval '24 hours';
BEGIN
  INSERT INTO crm VALUES (lead, 20, score > 50);
  INSERT INTO leadscore.stage_history
  SELECT 1, put.lead, no, s.stage_id, row_number() OVER (PARTITION BY s.stage_id ORDER BY no), came + split_part(v, ' ', 2)::float8 * interval '24 hours', 'change', now()
  FROM unnest(string_to_array(path, ', ')) WITH ORDINALITY AS p (v, no) JOIN leadscore.source_stage AS s ON s.source_id = 1 AND s.stage = split_part(v, ' ', 1);
  INSERT INTO leadscore.lead_state (source_id, lead, created_at, cohort_day, channel, owner, amount, score, probability, grade, temperature, target, stage_id, stage_since, visits, visited, is_duplicate, events, scored_at, first_score, first_scored_at, model_version)
  SELECT 1, put.lead, came, (came AT TIME ZONE 'UTC')::date, channel, owner, amount, score, probability, CASE WHEN score >= 50 THEN 'A' ELSE 'D' END, CASE WHEN score >= 50 THEN 'hot' ELSE 'cold' END, put.target,
    (array_agg(h.stage_id ORDER BY h.visit_no DESC))[1], max(h.entered_at), count(h.lead), coalesce(bit_or(1::bigint << h.stage_id), 0), put.is_duplicate, 0, now(), score, came, 7
  FROM (SELECT) AS one LEFT JOIN leadscore.stage_history AS h ON h.source_id = 1 AND h.lead = put.lead::text;
END $$;
CREATE VIEW everything AS SELECT 'leads' AS view, count(*) FROM leadscore.leads UNION ALL SELECT 'next_actions', count(*) FROM leadscore.next_actions UNION ALL SELECT 'nurture_queue', count(*) FROM leadscore.nurture_queue
  UNION ALL SELECT 'score_history', count(*) FROM leadscore.score_history UNION ALL SELECT 'churn', count(*) FROM leadscore.churn UNION ALL SELECT 'touches_to_close', count(*) FROM leadscore.touches_to_close;
-- Nothing yet.
SELECT * FROM everything;

SELECT put(1, 40, 'ads', 'Anna', 1000, 0.25, 75, 'lead 0, mql 1.5, hold 3, mql 20, sql 39'), put(2, 35, 'ads', NULL, NULL, NULL, 20, 'lead 0'),
  put(3, 32, NULL, 'Boris', 500, 0.1, 30, 'mql 0'), put(4, 30, 'web', 'Anna', 2000, 1, 55, 'lead 0, sql 2, customer 10, care 12'), put(5, 29, 'web', 'Anna', 300, 0, 5, 'lead 0, disqualified 0', 'not_target'),
  put(6, 20, 'ads', 'Boris', 700, 0.5, 60, 'lead 0, mql 1, customer 4, disqualified 15'), put(7, 10, 'ads', 'Boris', 900, 0.3, 40, 'sal 0, hold 1'), put(8, 5, 'web', NULL, 'NaN', 0.3, 10, '', 'grow', true),
  put(9, 2, 'ads', 'Anna', 9999999999999999.99, 1, 90, 'mql 0'), put(10, 25, NULL, 'Vera', 100, 0.9, 80, 'customer 1');
SELECT * FROM everything;
SELECT lead, channel, owner, stage_no, stage, stage_label, outcome, round(days_in_stage::numeric, 1) AS days_in_stage, visits, grade, amount, expected_value, target, is_duplicate AS dup, is_mature FROM leadscore.leads ORDER BY lead::bigint;
-- The same by a plain query: a lead is won if it was ever in a won stage and is not lost now.
CREATE VIEW plain AS SELECT h.lead, CASE WHEN last.kind = 'lost' THEN 'lost' WHEN bool_or(st.kind = 'won') THEN 'won' WHEN last.kind = 'hold' THEN 'on_hold' ELSE 'open' END AS outcome
FROM leadscore.stage_history AS h JOIN leadscore.source_stage AS ss USING (source_id, stage_id) JOIN leadscore.stage AS st ON st.model = 'm' AND st.stage = ss.stage
JOIN (SELECT DISTINCT ON (h.lead) h.lead, st.kind FROM leadscore.stage_history AS h JOIN leadscore.source_stage AS ss USING (source_id, stage_id) JOIN leadscore.stage AS st ON st.model = 'm' AND st.stage = ss.stage ORDER BY h.lead, h.visit_no DESC) AS last USING (lead)
GROUP BY h.lead, last.kind;
(SELECT lead, outcome FROM leadscore.leads WHERE visits > 0 EXCEPT SELECT * FROM plain) UNION ALL (SELECT * FROM plain EXCEPT SELECT lead, outcome FROM leadscore.leads);
-- What is reached counts stages that were skipped, and what a lost lead reached.
SELECT t.stage_label, t.place, count(*) FILTER (WHERE p.visited & t.reach_mask <> 0) AS reached FROM leadscore.source_ladder AS t JOIN leadscore.lead_position AS p USING (source) WHERE t.step_no IS NOT NULL GROUP BY t.stage_label, t.place ORDER BY t.place;

-- Heat: 8 points a week ago, with a half-life of a week, are 4 now; 3 taken off, 1 is left. Without a table of events nothing is known.
UPDATE leadscore.lead_state SET heat = leadscore.heat_add(NULL, 8, now() - interval '7 days', '7 days'), cooling_heat = leadscore.heat_add(NULL, 3, now(), '7 days'), events = 3, last_event_at = now() - interval '1 day' WHERE lead = '7';
UPDATE leadscore.lead_state SET cooling_heat = leadscore.heat_add(NULL, 3, now(), '7 days'), events = 1, last_event_at = now() - interval '3 days' WHERE lead = '10';
UPDATE leadscore.lead_state SET heat = 1e9, cooling_heat = 1e9, events = 1, last_event_at = '-infinity' WHERE lead = '9';
SELECT lead, heat_points, events FROM leadscore.leads WHERE lead IN ('7', '9');
UPDATE leadscore.source SET events = 'crm';
SELECT lead, round(heat_points::numeric, 3) AS heat_points, events, round(days_since_event::numeric, 2) AS days_since_event, round(extract(epoch FROM cools_at - now()) / 86400, 2) AS cools_in_days FROM leadscore.leads WHERE lead IN ('2', '7', '9', '10') ORDER BY lead::bigint;

-- What to do. Without a term nothing is overdue; who has no stage, or one without actions, has nothing to do.
SELECT lead, owner, stage, step, worked_by, action, send, round(extract(epoch FROM due_at - now()) / 86400, 1) AS due_in_days, is_overdue, round(overdue_days::numeric, 1) AS overdue_days, expected_value FROM leadscore.next_actions ORDER BY lead::bigint, step;
SELECT lead, reason, stage, temperature, round(heat_points::numeric, 1) AS heat_points, expected_value, step, worked_by, action, is_overdue FROM leadscore.nurture_queue ORDER BY expected_value DESC NULLS LAST, score DESC NULLS LAST;
UPDATE leadscore.playbook SET due_within = '178000000 years' WHERE stage = 'mql' AND step = 1;
SELECT count(*) FROM leadscore.next_actions WHERE stage = 'mql' AND step = 1 AND due_at > now();
UPDATE leadscore.playbook SET due_within = '1 day' WHERE stage = 'mql' AND step = 1;

-- Scores: of the first only the score is known. NULL is a score that could not be told.
INSERT INTO leadscore.score_change VALUES (1, '1', now() - interval '30 days', 20, 'D', 'cold', 6), (1, '1', now() - interval '20 days', NULL, NULL, NULL, 6), (1, '1', now() - interval '2 days', 75, 'A', 'hot', 7);
UPDATE leadscore.lead_state SET first_score = 0 WHERE lead = '1';
SELECT change_no, round(extract(epoch FROM now() - at) / 86400) AS days_ago, score, previous_score, change, grade, model_version, is_other_version FROM leadscore.score_history WHERE source = 'crm' AND lead = '1' ORDER BY change_no;
SELECT count(*) FROM leadscore.score_history;

-- After the sale, and before it.
SELECT sum(customers) AS customers, sum(in_care) AS in_care, sum(lost) AS lost FROM leadscore.churn;
SELECT channel, sum(customers) AS customers, sum(in_care) AS in_care, sum(lost) AS lost, sum(amount) AS amount, sum(lost_amount) AS lost_amount FROM leadscore.churn GROUP BY channel ORDER BY channel;
SELECT lost, customers, round(lost_rate::numeric, 4) AS rate, round(lost_lower::numeric, 4) AS lower, round(lost_upper::numeric, 4) AS upper, is_mature FROM leadscore.churn WHERE channel = 'ads';
SELECT channel, won, median_visits, p75_visits, round(median_days::numeric, 1) AS median_days, won_with_events, median_events FROM leadscore.touches_to_close ORDER BY channel;
SELECT count(*) FROM (SELECT source, channel, percentile_cont(0.5) WITHIN GROUP (ORDER BY n) FROM (SELECT 'crm' AS source, p.channel, p.lead, (SELECT min(h.visit_no) FROM leadscore.stage_history AS h WHERE h.lead = p.lead AND h.stage_id IN (6, 7)) AS n
    FROM leadscore.lead_state AS p WHERE p.visited & 192 <> 0 AND p.stage_id <> 0) AS w GROUP BY 1, 2 EXCEPT SELECT source, channel, median_visits FROM leadscore.touches_to_close) AS different;

-- Events until the sale, counted in their table; those after it do not count. Of 4 (won after 10 days) four, one of them of no kind; of 10 (after one) none; 6 was lost again.
SELECT leadscore.touches_until_won('none');
UPDATE leadscore.source SET events = NULL;
SELECT leadscore.touches_until_won('crm');
CREATE TABLE touch ("the lead" bigint, what text, "at time" timestamptz);
INSERT INTO touch SELECT lead, what, now() - days_ago * interval '24 hours' FROM (VALUES (4, 'call', 29), (4, 'call', 20.5), (4, 'demo', 25), (4, 'demo', 19), (10, 'call', 20), (6, 'call', 19), (1, 'call', 30), (99, 'call', 1), (NULL, 'call', 1), (4, NULL, 28)) AS v (lead, what, days_ago);
UPDATE leadscore.source SET events = 'touch', event_columns = '{"lead": "the lead", "event": "what", "at": "at time"}';
SELECT channel, event, won, won_with, share, round(lower::numeric, 3) AS lower, median_events, p75_events FROM leadscore.touches_until_won('crm');
UPDATE leadscore.source SET events = 'crm';
DROP TABLE touch;

-- One lead's story. It adds up to the score that was stored, or says what is missing.
SELECT line_no, section, round(extract(epoch FROM now() - at) / 86400, 1) AS days_ago, what, value FROM leadscore.lead_card('crm', '1');
SELECT section, what, value FROM leadscore.lead_card('crm', '4') WHERE section LIKE 'why%';
SELECT section, what, value FROM leadscore.lead_card('crm', '8');
DELETE FROM crm WHERE id = 2;
SELECT section, what, value FROM leadscore.lead_card('crm', '2');
\set VERBOSITY sqlstate
SELECT leadscore.lead_card('none', '1');
SELECT leadscore.lead_card('crm', 'none');
SELECT leadscore.lead_card(NULL, '1');
SELECT leadscore.lead_card('crm', NULL);
\set VERBOSITY default
SELECT leadscore.lead_card('none', '1');
SELECT leadscore.lead_card('crm', 'none');

-- A lead that could not be judged, and a model that cannot judge: the rest is told all the same.
UPDATE leadscore.criterion SET condition = 'headcount / 0 > 10' WHERE criterion = 'size';
UPDATE leadscore.lead_state SET score = NULL, grade = NULL, temperature = NULL, probability = NULL, problem = 'division by zero', problem_state = '22012' WHERE lead = '3';
SELECT section, what, value FROM leadscore.lead_card('crm', '3') WHERE section NOT IN ('stages', 'to do');
SELECT lead, score, problem, problem_state FROM leadscore.leads WHERE problem IS NOT NULL;
UPDATE leadscore.criterion SET condition = 'headcount > 10' WHERE criterion = 'size';
UPDATE leadscore.lead_state SET score = 30, temperature = 'cold', problem = NULL WHERE lead = '3';

-- Keys of several columns, of types that are not PostgreSQL's own, with names that need quotes.
CREATE TYPE shop AS ENUM ('north', 'it''s');
CREATE TABLE "order" ("the shop" shop, "no." int, headcount int, asked boolean, PRIMARY KEY ("the shop", "no."));
INSERT INTO "order" VALUES ('north', 1, 20, false), ('it''s', 1, 20, true);
INSERT INTO leadscore.source (source_id, source, relation, model, key, columns) VALUES (2, 'orders', '"order"', 'm', '{"the shop",no.}', '{}');
INSERT INTO leadscore.lead_state (source_id, lead, created_at, cohort_day, score, scored_at, first_scored_at) VALUES (2, '{it''s,1}', now(), now()::date, 55, now(), now());
SELECT section, what, value FROM leadscore.lead_card('orders', '{it''s,1}');
ALTER TABLE "order" RENAME "no." TO number;
SELECT count(*) FROM leadscore.lead_card('orders', '{it''s,1}') WHERE section LIKE 'why%';
DROP TABLE "order";
DELETE FROM leadscore.source WHERE source_id = 2;
DELETE FROM leadscore.lead_state WHERE source_id = 2;

-- Duplicates, as their index tells them.
ALTER TABLE crm ADD email text, ADD full_name text, ADD phone text;
UPDATE crm SET email = 'anna.berg@company.example', full_name = 'Anna Berg', phone = '+7 912 345-67-89' WHERE id IN (3, 7);
SELECT leadscore.create_duplicate_index('crm');
SELECT count(*) FROM leadscore.lead_card('crm', '7') WHERE section = 'duplicates';
UPDATE leadscore.source SET marks_duplicates = true;
SELECT section, what, split_part(value, ' ', 1) AS value FROM leadscore.lead_card('crm', '7') WHERE section = 'duplicates';
SELECT section, what, split_part(value, ' ', 1) AS value FROM leadscore.lead_card('crm', '3') WHERE section = 'duplicates';
SELECT leadscore.drop_duplicate_index('crm');

-- A stage that the model has no more is still told, and counts no more.
DELETE FROM leadscore.stage WHERE model = 'm' AND stage IN ('hold', 'customer', 'care');
SELECT lead, stage_no, stage, stage_kind, outcome FROM leadscore.leads WHERE stage_kind IS NULL ORDER BY lead::bigint;
SELECT * FROM everything;
SELECT section, what FROM leadscore.lead_card('crm', '7') WHERE section = 'stages';
DELETE FROM leadscore.model;
SELECT * FROM everything;
SELECT section, what, value FROM leadscore.lead_card('crm', '7') WHERE section NOT IN ('lead', 'stages');

-- Times at the end of time.
UPDATE leadscore.lead_state SET created_at = 'infinity', cohort_day = 'infinity', stage_since = '-infinity', last_event_at = 'infinity' WHERE lead = '1';
UPDATE leadscore.stage_history SET entered_at = 'infinity' WHERE lead = '4';
SELECT days_in_stage, days_since_event, is_mature FROM leadscore.leads WHERE lead = '1';
SELECT * FROM everything;
DROP VIEW everything, plain;
DROP FUNCTION put(bigint, float8, text, text, numeric, float8, float8, text, text, boolean);
DROP TABLE crm;
DROP TYPE shop;
DROP EXTENSION leadscore;
