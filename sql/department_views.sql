-- What the heads of marketing and sales look at, against plain queries over what is stored.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION leadscore;
CREATE TABLE crm (id bigint PRIMARY KEY);
SELECT leadscore.create_model('m', 'blank');
UPDATE leadscore.model SET scale = 'logistic' WHERE model = 'm';
DELETE FROM leadscore.band;
INSERT INTO leadscore.band (model, kind, label, from_score) VALUES ('m', 'grade', 'A', 60), ('m', 'grade', 'B', 30);
INSERT INTO leadscore.playbook (model, stage, step, worked_by, action, due_within) VALUES ('m', 'mql', 1, 'first contact', 'Call', '1 day'), ('m', 'sql', 1, 'sales', 'Demo', '1000 days');
INSERT INTO leadscore.source (source_id, source, relation, model, key, columns) VALUES (1, 'crm', 'crm', 'm', '{id}', '{}');
INSERT INTO leadscore.source_stage SELECT 1, (ARRAY[3, 1, 2, 5, 4, 7, 6, 62, 0])[stage_no], stage FROM leadscore.stage WHERE model = 'm';
CREATE VIEW everything AS SELECT (SELECT count(*) FROM leadscore.channel_performance) + (SELECT count(*) FROM leadscore.target_share) + (SELECT count(*) FROM leadscore.duplicate_share) + (SELECT count(*) FROM leadscore.spam_share)
  + (SELECT count(*) FROM leadscore.lead_quality) + (SELECT count(*) FROM leadscore.owner_workload) + (SELECT count(*) FROM leadscore.department_contract) AS rows;
-- Nothing yet.
SELECT * FROM everything;

-- 840 leads of 120 days, on ten ways. Ids of stages: lead 3, mql 1, sal 2, sql 5, opportunity 4, customer 7, care 6, hold 62, disqualified 0.
CREATE TABLE way AS SELECT n AS lead, now() - (n % 120) * interval '24 hours' - interval '1 hour' AS came, CASE WHEN n % 7 < 6 THEN (ARRAY['ads', 'ads', 'web'])[n % 3 + 1] END AS channel, nullif((ARRAY['Anna', 'Boris', ''])[n % 11 % 3 + 1], '') AS owner,
  (ARRAY['{3,1,2,5,4,7}', '{3,1,0}', '{3,1,62,2,5}', '{1}', '{3,0}', '{3,5,7,6}', '{3,1,2,5,0}', '{3,1,62}', '{}', '{1,2,5,4,7,0}'])[n % 13 % 10 + 1]::smallint[] AS stages FROM generate_series(1, 840) AS n;
INSERT INTO leadscore.stage_history SELECT 1, w.lead, v.no, v.stage_id, 1, w.came + (v.no - 1) * (w.lead % 5 + 1) * interval '12 hours', 'change', now()
FROM way AS w, unnest(w.stages) WITH ORDINALITY AS v (stage_id, no) WHERE w.came + (v.no - 1) * (w.lead % 5 + 1) * interval '12 hours' < now();
INSERT INTO leadscore.lead_state (source_id, lead, created_at, cohort_day, channel, owner, amount, score, probability, target, stage_id, stage_since, visits, visited, is_duplicate, scored_at, first_score, first_scored_at)
SELECT 1, w.lead, w.came, (w.came AT TIME ZONE 'UTC')::date, w.channel, w.owner, CASE WHEN w.lead % 9 <> 0 THEN 100 + w.lead END, w.lead % 100, w.lead % 100 / 100.0,
  (ARRAY['target', 'target', 'not_target', 'grow', 'unknown', NULL])[w.lead % 17 % 6 + 1], (array_agg(h.stage_id ORDER BY h.visit_no DESC))[1], max(h.entered_at), count(h.lead), coalesce(bit_or(1::bigint << h.stage_id), 0), w.lead % 10 = 0, now(), w.lead % 50 + 20, w.came
FROM way AS w LEFT JOIN leadscore.stage_history AS h ON h.lead = w.lead::text GROUP BY w.lead, w.came, w.channel, w.owner;
INSERT INTO leadscore.spend (source, day, channel, amount) SELECT 'crm', (now() AT TIME ZONE 'UTC')::date - n, (ARRAY['ads', 'web', 'radio'])[n % 3 + 1], 10 * n FROM generate_series(0, 119) AS n;
INSERT INTO leadscore.spend (source, day, channel, amount) SELECT 'crm', (now() AT TIME ZONE 'UTC')::date, 'ads', -5 FROM generate_series(1, 2);

-- Each lead by its history alone.
CREATE VIEW plain AS SELECT w.*, date_trunc('month', w.came AT TIME ZONE 'UTC')::date AS month, l.amount, l.target, l.is_duplicate, l.probability, l.first_score, h.last, h.first_won, h.first_sql, coalesce(h.ever, '{}') AS ever,
  CASE WHEN h.last = 0 THEN 'lost' WHEN h.first_won IS NOT NULL THEN 'won' WHEN h.last = 62 THEN 'on_hold' ELSE 'open' END AS outcome, (w.came AT TIME ZONE 'UTC')::date < (now() AT TIME ZONE 'UTC' - interval '30 days')::date AS is_mature
FROM way AS w JOIN leadscore.lead_state AS l ON l.lead = w.lead::text
LEFT JOIN (SELECT lead, (array_agg(stage_id ORDER BY visit_no DESC))[1] AS last, min(entered_at) FILTER (WHERE stage_id IN (7, 6)) AS first_won, min(entered_at) FILTER (WHERE stage_id IN (5, 4, 7, 6)) AS first_sql, array_agg(stage_id) AS ever FROM leadscore.stage_history GROUP BY lead) AS h ON h.lead = w.lead::text;
CREATE VIEW plain_channel AS SELECT coalesce(l.month, c.month) AS month, coalesce(l.channel, c.channel) AS channel, coalesce(l.leads, 0) AS leads, coalesce(l.target, 0) AS target, coalesce(l.mql, 0) AS mql, coalesce(l.sql, 0) AS sql, coalesce(l.won, 0) AS won, coalesce(l.lost, 0) AS lost, coalesce(l.revenue, 0) AS revenue, c.cost
FROM (SELECT month, channel, count(*) AS leads, count(*) FILTER (WHERE target = 'target') AS target, count(*) FILTER (WHERE ever && '{1,2,5,4,7,6}') AS mql, count(first_sql) AS sql, count(*) FILTER (WHERE outcome = 'won') AS won, count(*) FILTER (WHERE outcome = 'lost') AS lost, sum(amount) FILTER (WHERE outcome = 'won') AS revenue FROM plain GROUP BY 1, 2) AS l
FULL JOIN (SELECT date_trunc('month', day)::date AS month, channel, sum(amount) AS cost FROM leadscore.spend GROUP BY 1, 2) AS c ON c.month = l.month AND c.channel = l.channel;
(SELECT month, channel, leads, target_leads, mql, sql, won, lost, coalesce(revenue, 0), cost FROM leadscore.channel_performance EXCEPT ALL SELECT * FROM plain_channel) UNION ALL (SELECT * FROM plain_channel EXCEPT ALL SELECT month, channel, leads, target_leads, mql, sql, won, lost, coalesce(revenue, 0), cost FROM leadscore.channel_performance);
SELECT channel, sum(leads) AS leads, sum(unique_leads) AS unique_leads, sum(target_leads) AS target, sum(mql) AS mql, sum(sal) AS sal, sum(sql) AS sql, sum(won) AS won, sum(lost) AS lost, sum(open) AS open, sum(revenue) AS revenue, sum(cost) AS cost FROM leadscore.channel_performance GROUP BY channel ORDER BY channel;
-- Rates and costs are quotients of the counts beside them; what cannot be known is NULL.
SELECT count(*) FROM leadscore.channel_performance WHERE cost_per_lead IS DISTINCT FROM round(cost / nullif(leads, 0), 2) OR cost_per_target_lead IS DISTINCT FROM round(cost / nullif(target_leads, 0), 2) OR cost_per_customer IS DISTINCT FROM round(cost / nullif(won, 0), 2)
  OR round(romi::numeric, 9) IS DISTINCT FROM round((revenue - cost) / nullif(cost, 0), 9) OR sql_rate IS DISTINCT FROM sql::float8 / nullif(leads, 0) OR won_rate IS DISTINCT FROM (leadscore.wilson(won, leads)).estimate OR target_rate IS DISTINCT FROM target_leads::float8 / nullif(judged_leads, 0);
SELECT leads, cost IS NOT NULL AS cost, cost_per_lead, won_rate, won_lower, won_upper, romi, median_days_to_won, is_mature FROM leadscore.channel_performance WHERE channel = 'radio' LIMIT 1;
SELECT count(*) FROM leadscore.channel_performance WHERE (romi_lower IS NULL) <> (won_with_amount < 10 OR cost IS NULL) OR romi_lower > romi OR romi_upper < romi;
-- Medians: with all leads in one group, the curve of the leads themselves.
UPDATE leadscore.lead_state SET channel = 'one', cohort_day = '2026-01-05';
SELECT round(c.median_days_to_won::numeric, 6) = round(p.won::numeric, 6) AS won, round(c.median_days_to_sql::numeric, 6) = round(p.sql::numeric, 6) AS sql, c.median_days_to_won, c.median_days_to_sql FROM leadscore.channel_performance AS c,
  (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_won - came) / 86400) AS won, percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_sql - came) / 86400) AS sql FROM plain WHERE came < now() - interval '20 days') AS p WHERE c.channel = 'one';
UPDATE leadscore.lead_state AS l SET channel = w.channel, cohort_day = (w.came AT TIME ZONE 'UTC')::date FROM way AS w WHERE w.lead::text = l.lead;

-- Shares.
(SELECT month, channel, leads, target, not_target, grow, unknown, unjudged, judged FROM leadscore.target_share EXCEPT ALL
  SELECT month, channel, count(*), count(*) FILTER (WHERE target = 'target'), count(*) FILTER (WHERE target = 'not_target'), count(*) FILTER (WHERE target = 'grow'), count(*) FILTER (WHERE target = 'unknown'), count(*) FILTER (WHERE target IS NULL), count(*) FILTER (WHERE target IN ('target', 'not_target', 'grow')) FROM plain GROUP BY 1, 2);
SELECT sum(leads) AS leads, sum(target) AS target, sum(judged) AS judged, sum(unknown) AS unknown, sum(unjudged) AS unjudged FROM leadscore.target_share;
SELECT sum(leads) AS leads, sum(duplicates) AS duplicates FROM leadscore.duplicate_share;
(SELECT month, channel, leads, lost, sifted, sifted_duplicates, sifted_not_target, sifted_target, spam FROM leadscore.spam_share EXCEPT ALL
  SELECT month, channel, count(*), count(*) FILTER (WHERE last = 0), count(*) FILTER (WHERE s), count(*) FILTER (WHERE s AND is_duplicate), count(*) FILTER (WHERE s AND NOT is_duplicate AND target IN ('not_target', 'grow')), count(*) FILTER (WHERE s AND NOT is_duplicate AND target = 'target'), count(*) FILTER (WHERE s AND NOT is_duplicate AND (target = 'unknown' OR target IS NULL))
  FROM (SELECT *, last = 0 AND NOT ever && '{2,5,4,7,6}' AS s FROM plain) AS p GROUP BY 1, 2);
SELECT sum(lost) AS lost, sum(sifted) AS sifted, sum(sifted_duplicates) AS duplicates, sum(sifted_not_target) AS not_target, sum(sifted_target) AS target, sum(spam) AS spam FROM leadscore.spam_share;

-- Quality: by the grade of the first score, for all who came so far; a prediction is judged in the first stage.
(SELECT channel, grade, leads, mature_leads, won, round(mean_prediction::numeric, 9) FROM leadscore.lead_quality WHERE stage = 'sal' EXCEPT ALL
  SELECT channel, CASE WHEN first_score >= 60 THEN 'A' WHEN first_score >= 30 THEN 'B' END, count(*), count(*) FILTER (WHERE is_mature), count(*) FILTER (WHERE is_mature AND outcome = 'won'), round(avg(first_score / 100) FILTER (WHERE is_mature)::numeric, 9) FROM plain WHERE ever && '{2,5,4,7,6}' GROUP BY 1, 2);
SELECT grade, sum(leads) AS leads, bool_or(verdict IS NOT NULL) AS judged FROM leadscore.lead_quality WHERE stage = 'lead' GROUP BY grade ORDER BY grade;
SELECT count(*) FROM leadscore.lead_quality WHERE stage <> 'lead' AND verdict IS NOT NULL
  OR stage = 'lead' AND verdict IS DISTINCT FROM CASE WHEN mature_leads = 0 THEN NULL WHEN mean_prediction > won_upper THEN 'worse' WHEN mean_prediction < won_lower THEN 'better' ELSE 'as_predicted' END;
UPDATE leadscore.model SET scale = 'clamp';
SELECT count(*) FROM leadscore.lead_quality WHERE verdict IS NOT NULL OR mean_prediction IS NOT NULL;

-- Workload. The visits of single stages add up to those that stage_forecast() tells of all.
INSERT INTO leadscore.stage_effort VALUES ('crm', 'mql', 30, 'first contact'), ('crm', 'sql', 90, 'sales'), ('crm', 'hold', 10, NULL);
SELECT count(*) AS stages, count(a.visits) AS known, bool_and(round(a.visits::numeric, 9) = round(f.expected_visits::numeric, 9)) AS equal
FROM (SELECT from_place, sum(expected_visits) AS visits FROM leadscore.stage_visits_ahead WHERE stage_no <> 8 GROUP BY from_place) AS a
JOIN (SELECT (unnest(leadscore.stage_forecast(v.visits, k.kinds, now()))).* FROM (SELECT leadscore.stage_visits(t.place, h.entered_at) AS visits FROM leadscore.stage_history AS h JOIN leadscore.source_ladder AS t USING (source_id, stage_id) GROUP BY h.lead) AS v,
  (SELECT array_agg(stage_kind ORDER BY place) AS kinds FROM leadscore.source_ladder) AS k) AS f ON f.stage_no = a.from_place;
(SELECT owner, stage, open_leads, overdue_leads FROM leadscore.owner_workload WHERE open_leads > 0 EXCEPT ALL SELECT p.owner, k.stage, count(*), count(*) FILTER (WHERE k.stage = 'mql' AND s.stage_since < now() - interval '1 day')
  FROM plain AS p JOIN leadscore.source_stage AS k ON k.stage_id = p.last JOIN leadscore.lead_state AS s ON s.lead = p.lead::text WHERE p.outcome IN ('open', 'on_hold') GROUP BY 1, 2);
SELECT worked_by, sum(open_leads) AS open_leads, sum(hours_now) AS hours_now, sum(expected_visits) >= sum(open_leads) AS no_fewer, count(expected_hours) > 0 AS told FROM leadscore.owner_workload GROUP BY worked_by ORDER BY worked_by;
SELECT (SELECT sum(open_leads) FROM leadscore.owner_workload) = (SELECT count(*) FROM plain WHERE outcome IN ('open', 'on_hold') AND last IS NOT NULL) AS all_open_leads;

-- The contract. A month that is over, for all channels and for one; a month to come; and that of now.
INSERT INTO leadscore.plan (source, month, channel, leads, target_leads, qualified_leads, budget, cost_per_lead, cost_per_target_lead, deals, amount)
SELECT 'crm', (date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month')::date, channel, 100, 1, 0, 1000, 1000, 0.01, 1, 1e9 FROM unnest('{-1,0,1}'::int[]) AS n, unnest('{ads,NULL}'::text[]) AS channel;
SELECT count(*) FROM leadscore.department_contract;
CREATE VIEW plain_contract AS SELECT n.month, n.channel, f.measure, f.fact FROM leadscore.plan AS n, LATERAL (
  SELECT 'leads' AS measure, count(*)::numeric AS fact FROM plain AS p WHERE p.month = n.month AND NOT p.is_duplicate AND (n.channel IS NULL OR p.channel = n.channel)
  UNION ALL SELECT 'target_leads', count(*) FROM plain AS p WHERE p.month = n.month AND NOT p.is_duplicate AND p.target = 'target' AND (n.channel IS NULL OR p.channel = n.channel)
  UNION ALL SELECT 'qualified_leads', count(*) FROM plain AS p WHERE date_trunc('month', p.first_sql AT TIME ZONE 'UTC') = n.month AND (n.channel IS NULL OR p.channel = n.channel)
  UNION ALL SELECT 'deals', count(*) FROM plain AS p WHERE date_trunc('month', p.first_won AT TIME ZONE 'UTC') = n.month AND p.outcome = 'won' AND (n.channel IS NULL OR p.channel = n.channel)
  UNION ALL SELECT 'amount', coalesce(sum(p.amount), 0) FROM plain AS p WHERE date_trunc('month', p.first_won AT TIME ZONE 'UTC') = n.month AND p.outcome = 'won' AND (n.channel IS NULL OR p.channel = n.channel)
  UNION ALL SELECT 'budget', coalesce(sum(c.amount), 0) FROM leadscore.spend AS c WHERE date_trunc('month', c.day) = n.month AND (n.channel IS NULL OR c.channel = n.channel)) AS f;
(SELECT month, channel, measure, fact FROM leadscore.department_contract WHERE measure NOT LIKE 'cost%' EXCEPT ALL SELECT * FROM plain_contract) UNION ALL (SELECT * FROM plain_contract EXCEPT ALL SELECT month, channel, measure, fact FROM leadscore.department_contract WHERE measure NOT LIKE 'cost%');
SELECT measure, bool_and(is_met = CASE WHEN is_limit THEN fact <= norm ELSE fact >= norm END) AS met, bool_and(probability_met = CASE WHEN fact >= norm THEN 1 ELSE 0 END) AS probability, max(days_left) AS days_left, count(projected) AS projected
FROM leadscore.department_contract WHERE month < date_trunc('month', now() AT TIME ZONE 'UTC') GROUP BY measure ORDER BY measure;
SELECT count(*), count(days_left), count(projected), count(probability_met), sum(fact) FROM leadscore.department_contract WHERE month > now();
SELECT department, measure, count(*), bool_and(projected >= fact) AS projected, bool_and(probability_met BETWEEN 0 AND 1) AS probability, bool_and(days_left > 0) AS days_left FROM leadscore.department_contract WHERE is_current AND measure NOT LIKE 'cost%' GROUP BY 1, 2 ORDER BY 1, 2;

-- Sales to come: the channels add up to all, and the rate of a stage is counted by hand.
SELECT count(*) AS channels, sum(open_leads) = (SELECT count(*) FROM plain WHERE outcome IN ('open', 'on_hold') AND last IS NOT NULL) AS all_open_leads, bool_and(snapshots = 8) AS eight, bool_and(deals_variance > 0 AND amount > 0 AND amount_variance > 0) AS known
FROM leadscore.sales_outlook('crm', now() + interval '5 days');
UPDATE leadscore.lead_state SET probability = 0.5;
WITH at AS (SELECT now() - interval '5 days' - n * interval '7 days' AS at FROM generate_series(0, 7) AS n), visit AS (SELECT lead, stage_id, entered_at, lead(entered_at) OVER (PARTITION BY lead ORDER BY visit_no) AS left_at FROM leadscore.stage_history),
  stood AS (SELECT a.at, v.stage_id, p.first_won, p.lead FROM at AS a JOIN visit AS v ON v.entered_at <= a.at AND coalesce(v.left_at > a.at, true) AND v.stage_id IN (3, 1, 2, 5, 4, 62) JOIN plain AS p ON p.lead::text = v.lead WHERE coalesce(p.first_won > a.at, true)),
  rate AS (SELECT stage_id, avg((coalesce(first_won <= at + interval '5 days', false))::int) AS rate FROM stood GROUP BY 1)
SELECT abs((SELECT sum(rate) FROM plain AS p JOIN rate AS r ON r.stage_id = p.last WHERE p.outcome IN ('open', 'on_hold') AND p.first_won IS NULL) - sum(o.deals_from_open)) < 1e-6 AS from_open,
  abs((SELECT count(*) FROM at, plain AS p WHERE p.first_won > at AND p.first_won <= at + interval '5 days' AND NOT EXISTS (SELECT FROM stood AS s WHERE s.at = at.at AND s.lead = p.lead)) / 8.0 - sum(o.deals_from_others)) < 1e-6 AS from_others
FROM leadscore.sales_outlook('crm', now() + interval '5 days') AS o;
SELECT count(*) FROM leadscore.sales_outlook('crm', now() - interval '1 second');
SELECT count(*) FROM leadscore.sales_outlook('crm', 'infinity');
SELECT count(*) FROM leadscore.sales_outlook('crm', NULL);
SELECT count(*) FROM leadscore.sales_outlook('crm', now() + interval '3 years');
SELECT leadscore.sales_outlook('none', now());

-- The approximation against the sum itself: leads of probabilities 0.02 to 0.6 and three more by chance, exactly by convolution.
CREATE FUNCTION exact(p float8[], expected float8, needed int) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE mass float8[] := '{}'; term float8 := exp(-expected); one float8;
BEGIN
  FOR k IN 0..needed LOOP mass := mass || term; term := term * expected / (k + 1); END LOOP;
  FOREACH one IN ARRAY p LOOP
    FOR k IN REVERSE needed + 1..2 LOOP mass[k] := mass[k] * (1 - one) + mass[k - 1] * one; END LOOP;
    mass[1] := mass[1] * (1 - one);
  END LOOP;
  RETURN 1 - (SELECT sum(m) FROM unnest(mass[1:needed]) AS m);
END $$;
SELECT needed, round(exact(p, 3, needed)::numeric, 3) AS exact, round(leadscore.chance_of_more(needed - 0.5, 3 + s.mean, 3 + s.variance, 3 + s.third)::numeric, 3) AS approximation
FROM (SELECT array_agg(n % 30 * 0.02 + 0.02) AS p, sum(n % 30 * 0.02 + 0.02) AS mean, sum((n % 30 * 0.02 + 0.02) * (1 - (n % 30 * 0.02 + 0.02))) AS variance, sum((n % 30 * 0.02 + 0.02) * (1 - (n % 30 * 0.02 + 0.02)) * (1 - 2 * (n % 30 * 0.02 + 0.02))) AS third FROM generate_series(1, 20) AS n) AS s, unnest('{1,3,5,7,9,12,16}'::int[]) AS needed;
SELECT needed, round(exact('{}', 0.7, needed)::numeric, 3) AS exact, round(leadscore.chance_of_more(needed - 0.5, 0.7, 0.7, 0.7)::numeric, 3) AS approximation FROM unnest('{1,2,3}'::int[]) AS needed;
SELECT leadscore.chance_of_more(1, 2, 0, 0), leadscore.chance_of_more(2, 2, 0, 0), round(leadscore.chance_of_more(1e9, 1, 1, 1)::numeric, 9) AS none, leadscore.chance_of_more(-1e9, 1, 1, 1), leadscore.chance_of_more(NULL, 1, 1, 1);
SELECT x, round(leadscore.normal_distribution(x)::numeric, 6) AS p FROM unnest('{-100,-1.959964,0,1,1.644854,100}'::float8[]) AS x;

-- What people enter is checked, and comes back as it is.
\set VERBOSITY terse
INSERT INTO leadscore.spend (source, day, channel, amount) VALUES ('crm', 'infinity', 'ads', 1);
INSERT INTO leadscore.spend (source, day, channel, amount) VALUES ('crm', '2026-01-01', '', 1);
INSERT INTO leadscore.spend (source, day, channel, amount) VALUES ('crm', '2026-01-01', 'ads', 'NaN');
INSERT INTO leadscore.spend (source, day, channel, amount) VALUES ('crm', '2026-01-01', NULL, 1);
INSERT INTO leadscore.plan (source, month, leads) VALUES ('crm', '2026-01-02', 1);
INSERT INTO leadscore.plan (source, month, leads) VALUES ('crm', '-infinity', 1);
INSERT INTO leadscore.plan (source, month, leads) VALUES ('crm', '2020-01-01', -1);
INSERT INTO leadscore.plan (source, month, amount) VALUES ('crm', '2020-01-01', 'NaN');
INSERT INTO leadscore.plan (source, month, leads) VALUES ('crm', '2020-01-01', 1), ('crm', '2020-01-01', 2);
INSERT INTO leadscore.stage_effort VALUES ('crm', 'sal', 'NaN');
\set VERBOSITY default

-- All lost; then hardly anything known: no channel, owner, amount, stage; amounts that no sum can hold; a model without stages.
UPDATE leadscore.lead_state SET stage_id = 0;
SELECT sum(won) AS won, sum(lost) AS lost, sum(revenue) AS revenue FROM leadscore.channel_performance;
UPDATE leadscore.lead_state SET channel = NULL, owner = NULL, amount = 9999999999999999.99, target = NULL, stage_id = 7;
SELECT max(revenue) AS revenue, max(cost_per_customer) IS NULL AS no_cost FROM leadscore.channel_performance WHERE channel IS NULL;
SELECT max(fact) FROM leadscore.department_contract WHERE measure = 'amount';
UPDATE leadscore.lead_state SET amount = 'NaN', stage_id = NULL, stage_since = NULL, visited = 0, created_at = 'infinity', cohort_day = 'infinity', score = NULL, first_score = NULL, probability = NULL;
SELECT month, leads, won, median_days_to_won, revenue, is_mature FROM leadscore.channel_performance WHERE leads > 0;
SELECT count(*) FROM leadscore.owner_workload;
DELETE FROM leadscore.model;
SELECT count(*) FROM leadscore.lead_quality;
SELECT mql, sql, won, open FROM leadscore.channel_performance WHERE leads > 0;
SELECT rows > 0 FROM everything;
DELETE FROM leadscore.lead_state WHERE lead <> '1';
SELECT rows > 0 FROM everything;
DROP VIEW everything, plain_contract, plain_channel, plain;
DROP FUNCTION exact(float8[], float8, int);
DROP TABLE crm, way;
DROP EXTENSION leadscore;
