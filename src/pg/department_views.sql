-- What the heads of marketing and sales look at: what channels cost and bring, whether leads are what they were said to be,
-- who has how much to do, and whether the plan will be met.

CREATE FUNCTION leadscore.median_days(curve leadscore.incidence_point[], outcome text) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT min(c.days) FROM unnest(curve) AS c
  WHERE c.outcome = median_days.outcome AND c.incidence > 0 AND c.incidence >= (SELECT max(l.incidence) FROM unnest(curve) AS l WHERE l.outcome = median_days.outcome) / 2
$$;
COMMENT ON FUNCTION leadscore.median_days(leadscore.incidence_point[], text) IS
'Internal: the time by which half of those have had an outcome who have it at all, by a curve of leadscore.cumulative_incidence(), as in stage_outcome(). NULL where nobody has, or for NULL.';

CREATE VIEW leadscore.channel_performance WITH (security_invoker = true, security_barrier = true) AS
SELECT t.source, t.month, t.channel, t.leads, t.unique_leads, t.judged_leads, t.target_leads, (leadscore.wilson(t.target_leads, t.judged_leads)).estimate AS target_rate,
  (leadscore.wilson(t.target_leads, t.judged_leads)).lower AS target_lower, (leadscore.wilson(t.target_leads, t.judged_leads)).upper AS target_upper,
  t.mql, t.sal, t.sql, (leadscore.wilson(t.sql, t.leads)).estimate AS sql_rate, (leadscore.wilson(t.sql, t.leads)).lower AS sql_lower, (leadscore.wilson(t.sql, t.leads)).upper AS sql_upper,
  t.won, (leadscore.wilson(t.won, t.leads)).estimate AS won_rate, (leadscore.wilson(t.won, t.leads)).lower AS won_lower, (leadscore.wilson(t.won, t.leads)).upper AS won_upper,
  t.lost, t.leads - t.won - t.lost AS open, t.median_days_to_sql, t.median_days_to_won,
  leadscore.money(t.cost)::numeric(18, 2) AS cost,
  leadscore.money(t.cost / nullif(t.leads, 0))::numeric(18, 2) AS cost_per_lead,
  leadscore.money(t.cost / nullif(t.target_leads, 0))::numeric(18, 2) AS cost_per_target_lead,
  leadscore.money(t.cost / nullif(t.sql, 0))::numeric(18, 2) AS cost_per_sql,
  leadscore.money(t.cost / nullif(t.won, 0))::numeric(18, 2) AS cost_per_customer,
  leadscore.money(t.revenue)::numeric(18, 2) AS revenue, t.won_with_amount,
  ((t.revenue - t.cost) / nullif(t.cost, 0))::double precision AS romi,
  CASE WHEN t.won_with_amount >= 10 THEN (greatest(t.revenue::double precision - 1.959963984540054 * sqrt(t.squares), 0) - t.cost::double precision) / nullif(t.cost, 0)::double precision END AS romi_lower,
  CASE WHEN t.won_with_amount >= 10 THEN (t.revenue::double precision + 1.959963984540054 * sqrt(t.squares) - t.cost::double precision) / nullif(t.cost, 0)::double precision END AS romi_upper,
  t.is_mature
FROM (
  SELECT f.source, f.month, f.channel, sum(f.leads)::bigint AS leads, sum(f.unique_leads)::bigint AS unique_leads, sum(f.judged_leads)::bigint AS judged_leads, sum(f.target_leads)::bigint AS target_leads,
    sum(f.mql)::bigint AS mql, sum(f.sal)::bigint AS sal, sum(f.sql)::bigint AS sql, sum(f.won)::bigint AS won, sum(f.lost)::bigint AS lost,
    sum(f.revenue) AS revenue, sum(f.squares) AS squares, sum(f.won_with_amount)::bigint AS won_with_amount, sum(f.cost) AS cost,
    max(f.median_days_to_sql) AS median_days_to_sql, max(f.median_days_to_won) AS median_days_to_won, bool_and(f.is_mature) AS is_mature
  FROM (
    SELECT p.source, p.cohort_month AS month, p.channel, count(*) AS leads, count(*) FILTER (WHERE NOT p.is_duplicate) AS unique_leads,
      count(*) FILTER (WHERE p.target IN ('target', 'not_target', 'grow')) AS judged_leads, count(*) FILTER (WHERE p.target = 'target') AS target_leads,
      CASE WHEN bool_or(p.mql_mask IS NOT NULL) THEN count(*) FILTER (WHERE p.visited & p.mql_mask <> 0) END AS mql,
      CASE WHEN bool_or(p.sal_mask IS NOT NULL) THEN count(*) FILTER (WHERE p.visited & p.sal_mask <> 0) END AS sal,
      CASE WHEN bool_or(p.sql_mask IS NOT NULL) THEN count(*) FILTER (WHERE p.visited & p.sql_mask <> 0) END AS sql,
      count(*) FILTER (WHERE p.outcome = 'won') AS won, count(*) FILTER (WHERE p.outcome = 'lost') AS lost,
      CASE WHEN count(*) FILTER (WHERE p.outcome = 'won') = 0 THEN 0 ELSE sum(p.amount) FILTER (WHERE p.outcome = 'won') END AS revenue,
      sum(p.amount::double precision ^ 2) FILTER (WHERE p.outcome = 'won') AS squares, count(p.amount) FILTER (WHERE p.outcome = 'won') AS won_with_amount, NULL::numeric AS cost,
      leadscore.median_days(leadscore.cumulative_incidence(d.days_to_sql, d.sql_outcome), 'sql') AS median_days_to_sql,
      leadscore.median_days(leadscore.cumulative_incidence(d.days_to_won, d.won_outcome), 'won') AS median_days_to_won, bool_and(p.is_mature) AS is_mature
    FROM leadscore.lead_position AS p
    CROSS JOIN LATERAL (
      SELECT min(h.entered_at) AS sql_at, min(h.entered_at) FILTER (WHERE (1::bigint << h.stage_id) & p.won_mask <> 0) AS won_at FROM leadscore.stage_history AS h
      WHERE h.source_id = p.source_id AND h.lead = p.lead AND (1::bigint << h.stage_id) & coalesce(p.sql_mask, p.won_mask) <> 0 AND p.visited & coalesce(p.sql_mask, p.won_mask) <> 0) AS f
    CROSS JOIN LATERAL (
      SELECT CASE WHEN f.won_at IS NOT NULL THEN f.won_at WHEN p.outcome = 'lost' THEN p.stage_since ELSE now() END AS won_end,
        CASE WHEN f.won_at IS NOT NULL THEN 'won' WHEN p.outcome = 'lost' THEN 'lost' END AS won_outcome,
        CASE WHEN p.sql_mask IS NULL THEN NULL WHEN f.sql_at IS NOT NULL THEN f.sql_at WHEN p.outcome = 'lost' THEN p.stage_since ELSE now() END AS sql_end,
        CASE WHEN f.sql_at IS NOT NULL THEN 'sql' WHEN p.outcome = 'lost' THEN 'lost' END AS sql_outcome) AS e
    CROSS JOIN LATERAL (
      SELECT e.won_outcome, e.sql_outcome,
        CASE WHEN isfinite(e.won_end) AND isfinite(p.created_at) THEN greatest(date_part('epoch', e.won_end - p.created_at) / 86400, 0) END AS days_to_won,
        CASE WHEN isfinite(e.sql_end) AND isfinite(p.created_at) THEN greatest(date_part('epoch', e.sql_end - p.created_at) / 86400, 0) END AS days_to_sql) AS d
    GROUP BY p.source, p.cohort_month, p.channel
    UNION ALL
    SELECT c.source, date_trunc('month', c.day::timestamp)::date, c.channel, 0, 0, 0, 0, NULL, NULL, NULL, 0, 0, 0, NULL, 0, sum(c.amount), NULL, NULL, NULL
    FROM leadscore.spend AS c
    GROUP BY 1, 2, 3) AS f
  GROUP BY f.source, f.month, f.channel) AS t;
COMMENT ON VIEW leadscore.channel_performance IS 'What each channel brought of the leads that came in a month, how fast, and at what cost; one row a source, month and channel with leads or costs. Counts and sums of money add up over rows; rates, costs a lead and medians do not: divide sums';
COMMENT ON COLUMN leadscore.channel_performance.source IS 'The source';
COMMENT ON COLUMN leadscore.channel_performance.month IS 'The first day of the month in which the leads came, and for which was paid';
COMMENT ON COLUMN leadscore.channel_performance.channel IS 'The channel; NULL: leads of which it is not known';
COMMENT ON COLUMN leadscore.channel_performance.leads IS 'Leads that came, duplicates too: the denominator of sql_rate, won_rate and cost_per_lead';
COMMENT ON COLUMN leadscore.channel_performance.unique_leads IS 'Of those, leads that repeat no earlier one';
COMMENT ON COLUMN leadscore.channel_performance.judged_leads IS 'Leads that are target leads, are not, or are to grow: the denominator of target_rate. Those of which too little is known are left out';
COMMENT ON COLUMN leadscore.channel_performance.target_leads IS 'Target leads';
COMMENT ON COLUMN leadscore.channel_performance.target_rate IS 'target_leads / judged_leads, from 0 to 1; NULL: none is judged';
COMMENT ON COLUMN leadscore.channel_performance.target_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.channel_performance.target_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.channel_performance.mql IS 'Leads that came as far as the stage mql or further, lost since or not; NULL: the ladder has no such stage';
COMMENT ON COLUMN leadscore.channel_performance.sal IS 'The same of the stage sal';
COMMENT ON COLUMN leadscore.channel_performance.sql IS 'The same of the stage sql';
COMMENT ON COLUMN leadscore.channel_performance.sql_rate IS 'sql / leads; NULL without leads or such a stage';
COMMENT ON COLUMN leadscore.channel_performance.sql_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.channel_performance.sql_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.channel_performance.won IS 'Leads that are won: have been in a won stage and are not lost';
COMMENT ON COLUMN leadscore.channel_performance.won_rate IS 'won / leads; NULL without leads. Too low where is_mature is false';
COMMENT ON COLUMN leadscore.channel_performance.won_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.channel_performance.won_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.channel_performance.lost IS 'Leads that are in a lost stage';
COMMENT ON COLUMN leadscore.channel_performance.open IS 'Leads that are neither, on hold included';
COMMENT ON COLUMN leadscore.channel_performance.median_days_to_sql IS 'The days after which half of those got to sql who get there at all; leads that are still on their way count as long as they have been. NULL: nobody has';
COMMENT ON COLUMN leadscore.channel_performance.median_days_to_won IS 'The same until they were won';
COMMENT ON COLUMN leadscore.channel_performance.cost IS 'What was spent on the channel for the month; NULL: nothing was entered';
COMMENT ON COLUMN leadscore.channel_performance.cost_per_lead IS 'cost / leads; NULL without costs or leads';
COMMENT ON COLUMN leadscore.channel_performance.cost_per_target_lead IS 'cost / target_leads; NULL without costs or target leads';
COMMENT ON COLUMN leadscore.channel_performance.cost_per_sql IS 'cost / sql; NULL without costs or such leads';
COMMENT ON COLUMN leadscore.channel_performance.cost_per_customer IS 'cost / won (CAC); NULL without costs or won leads. Too high where is_mature is false';
COMMENT ON COLUMN leadscore.channel_performance.revenue IS 'The amounts of the won leads, as far as known; 0: none is won; NULL: no amount is known';
COMMENT ON COLUMN leadscore.channel_performance.won_with_amount IS 'Of the won leads, those whose amount is known';
COMMENT ON COLUMN leadscore.channel_performance.romi IS '(revenue - cost) / cost; 0 is even, 1 is twice the money back. NULL without costs or amounts. Too low where is_mature is false';
COMMENT ON COLUMN leadscore.channel_performance.romi_lower IS 'The lower end of its interval at 95 %, if deals come by chance at their rate: revenue - 1.96 times the root of the sum of the squares of the amounts. NULL below 10 deals';
COMMENT ON COLUMN leadscore.channel_performance.romi_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.channel_performance.is_mature IS 'Whether all of these leads came at least matures_after ago; NULL: there are none';

CREATE VIEW leadscore.target_share WITH (security_invoker = true, security_barrier = true) AS
SELECT t.source, t.month, t.channel, t.leads, t.target, t.not_target, t.grow, t.unknown, t.unjudged, t.target + t.not_target + t.grow AS judged,
  w.estimate AS target_rate, w.lower AS target_lower, w.upper AS target_upper, t.unknown::double precision / t.leads AS unknown_rate
FROM (
  SELECT p.source, p.cohort_month AS month, p.channel, count(*) AS leads, count(*) FILTER (WHERE p.target = 'target') AS target,
    count(*) FILTER (WHERE p.target = 'not_target') AS not_target, count(*) FILTER (WHERE p.target = 'grow') AS grow,
    count(*) FILTER (WHERE p.target = 'unknown') AS unknown, count(*) FILTER (WHERE p.target IS NULL) AS unjudged
  FROM leadscore.lead_position AS p GROUP BY p.source, p.cohort_month, p.channel) AS t
CROSS JOIN LATERAL leadscore.wilson(t.target, t.target + t.not_target + t.grow) AS w;
COMMENT ON VIEW leadscore.target_share IS 'How many of the leads that came in a month are what marketing and sales have agreed to call target leads; one row a source, month and channel';
COMMENT ON COLUMN leadscore.target_share.source IS 'The source';
COMMENT ON COLUMN leadscore.target_share.month IS 'The first day of the month in which the leads came';
COMMENT ON COLUMN leadscore.target_share.channel IS 'Where they came from; NULL: not known';
COMMENT ON COLUMN leadscore.target_share.leads IS 'All leads: target + not_target + grow + unknown + unjudged';
COMMENT ON COLUMN leadscore.target_share.target IS 'Target leads';
COMMENT ON COLUMN leadscore.target_share.not_target IS 'Leads that fail a required criterion';
COMMENT ON COLUMN leadscore.target_share.grow IS 'Leads that are none yet, but can become target leads';
COMMENT ON COLUMN leadscore.target_share.unknown IS 'Leads of which too little is known: ask them. They are not in the rate';
COMMENT ON COLUMN leadscore.target_share.unjudged IS 'Leads of a model without criteria, or that could not be judged';
COMMENT ON COLUMN leadscore.target_share.judged IS 'target + not_target + grow: the denominator of the rate';
COMMENT ON COLUMN leadscore.target_share.target_rate IS 'target / judged, from 0 to 1; NULL: none is judged';
COMMENT ON COLUMN leadscore.target_share.target_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.target_share.target_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.target_share.unknown_rate IS 'unknown / leads: how much the rate leaves out';

CREATE VIEW leadscore.duplicate_share WITH (security_invoker = true, security_barrier = true) AS
SELECT t.source, t.month, t.channel, t.leads, t.duplicates, w.estimate AS duplicate_rate, w.lower AS duplicate_lower, w.upper AS duplicate_upper
FROM (
  SELECT p.source, p.cohort_month AS month, p.channel, count(*) AS leads, count(*) FILTER (WHERE p.is_duplicate) AS duplicates
  FROM leadscore.lead_position AS p GROUP BY p.source, p.cohort_month, p.channel) AS t
CROSS JOIN LATERAL leadscore.wilson(t.duplicates, t.leads) AS w;
COMMENT ON VIEW leadscore.duplicate_share IS 'How many of the leads that came in a month repeat an earlier one; one row a source, month and channel';
COMMENT ON COLUMN leadscore.duplicate_share.source IS 'The source';
COMMENT ON COLUMN leadscore.duplicate_share.month IS 'The first day of the month in which the leads came';
COMMENT ON COLUMN leadscore.duplicate_share.channel IS 'Where they came from; NULL: not known';
COMMENT ON COLUMN leadscore.duplicate_share.leads IS 'All leads: the denominator';
COMMENT ON COLUMN leadscore.duplicate_share.duplicates IS 'Leads that repeat an earlier one, which may have come by another channel';
COMMENT ON COLUMN leadscore.duplicate_share.duplicate_rate IS 'duplicates / leads, from 0 to 1';
COMMENT ON COLUMN leadscore.duplicate_share.duplicate_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.duplicate_share.duplicate_upper IS 'The upper end of that interval';

CREATE VIEW leadscore.spam_share WITH (security_invoker = true, security_barrier = true) AS
SELECT t.source, t.month, t.channel, t.leads, t.lost, t.sifted, t.sifted_duplicates, t.sifted_not_target, t.sifted - t.sifted_duplicates - t.sifted_not_target AS spam,
  w.estimate AS spam_rate, w.lower AS spam_lower, w.upper AS spam_upper
FROM (
  SELECT p.source, p.cohort_month AS month, p.channel, count(*) AS leads, count(*) FILTER (WHERE p.outcome = 'lost') AS lost,
    count(*) FILTER (WHERE f.is_sifted) AS sifted, count(*) FILTER (WHERE f.is_sifted AND p.is_duplicate) AS sifted_duplicates,
    count(*) FILTER (WHERE f.is_sifted AND NOT p.is_duplicate AND p.target IN ('not_target', 'grow')) AS sifted_not_target
  FROM leadscore.lead_position AS p
  CROSS JOIN LATERAL (SELECT p.outcome = 'lost' AND p.visited & coalesce(p.sal_mask, p.sql_mask, p.won_mask) = 0 AS is_sifted) AS f
  GROUP BY p.source, p.cohort_month, p.channel) AS t
CROSS JOIN LATERAL leadscore.wilson(t.sifted - t.sifted_duplicates - t.sifted_not_target, t.leads) AS w;
COMMENT ON VIEW leadscore.spam_share IS 'How many of the leads that came in a month were sifted out before sales took them on, and as what; one row a source, month and channel';
COMMENT ON COLUMN leadscore.spam_share.source IS 'The source';
COMMENT ON COLUMN leadscore.spam_share.month IS 'The first day of the month in which the leads came';
COMMENT ON COLUMN leadscore.spam_share.channel IS 'Where they came from; NULL: not known';
COMMENT ON COLUMN leadscore.spam_share.leads IS 'All leads: the denominator';
COMMENT ON COLUMN leadscore.spam_share.lost IS 'Leads that are in a lost stage';
COMMENT ON COLUMN leadscore.spam_share.sifted IS 'Of those, leads that never came as far as the stage sal (sql, or a won stage, where the ladder has none)';
COMMENT ON COLUMN leadscore.spam_share.sifted_duplicates IS 'Of those, leads that repeat an earlier one';
COMMENT ON COLUMN leadscore.spam_share.sifted_not_target IS 'Of the others, leads that fail a criterion of a target lead';
COMMENT ON COLUMN leadscore.spam_share.spam IS 'The rest of sifted: neither a duplicate nor known not to be a target lead. Spam, or who says they left no request; the state of a lead does not tell which, leadscore.explain_stage() does';
COMMENT ON COLUMN leadscore.spam_share.spam_rate IS 'spam / leads, from 0 to 1';
COMMENT ON COLUMN leadscore.spam_share.spam_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.spam_share.spam_upper IS 'The upper end of that interval';

CREATE VIEW leadscore.lead_quality WITH (security_invoker = true, security_barrier = true) AS
SELECT t.source, t.stage_no, t.stage, t.stage_label, t.channel, t.grade, t.leads, t.mature_leads, t.won, w.estimate AS won_rate, w.lower AS won_lower, w.upper AS won_upper,
  t.predicted_leads, t.mean_prediction,
  CASE WHEN t.step_no > 1 OR t.mean_prediction IS NULL THEN NULL WHEN t.mature_leads = 0 THEN 'too_little_data'
    WHEN t.mean_prediction > w.upper THEN 'worse' WHEN t.mean_prediction < w.lower THEN 'better' ELSE 'as_predicted' END AS verdict
FROM (
  SELECT c.source, l.stage_no, l.stage, l.stage_label, l.step_no, c.channel, c.grade, sum(c.leads)::bigint AS leads, sum(c.mature_leads)::bigint AS mature_leads,
    sum(c.won)::bigint AS won, sum(c.predicted_leads)::bigint AS predicted_leads, sum(c.predictions) / nullif(sum(c.predicted_leads), 0)::double precision AS mean_prediction
  FROM (
    SELECT p.source, p.source_id, p.channel, p.visited, g.grade, count(*) AS leads, count(*) FILTER (WHERE p.is_mature) AS mature_leads,
      count(*) FILTER (WHERE p.is_mature AND p.outcome = 'won') AS won,
      count(g.prediction) FILTER (WHERE p.is_mature) AS predicted_leads, sum(g.prediction) FILTER (WHERE p.is_mature) AS predictions
    FROM leadscore.lead_position AS p
    LEFT JOIN leadscore.model AS m ON m.model = p.model
    CROSS JOIN LATERAL (
      SELECT (SELECT b.label FROM leadscore.band AS b WHERE b.model = p.model AND b.kind = 'grade' AND b.from_score <= p.first_score ORDER BY b.from_score DESC, b.label LIMIT 1) AS grade,
        CASE WHEN m.scale IN ('logistic', 'calibrated') THEN (p.first_score - m.lower) / (m.upper - m.lower) END AS prediction) AS g
    GROUP BY p.source, p.source_id, p.channel, p.visited, g.grade) AS c
  JOIN leadscore.source_ladder AS l ON l.source_id = c.source_id AND l.stage_kind = 'open' AND c.visited & l.reach_mask <> 0
  GROUP BY c.source, l.stage_no, l.stage, l.stage_label, l.step_no, c.channel, c.grade) AS t
CROSS JOIN LATERAL leadscore.wilson(t.won, t.mature_leads) AS w;
COMMENT ON VIEW leadscore.lead_quality IS 'Does grade A convert like A: of the leads that came as far as a stage, how many are won, by channel and by the grade of their first score, and does the prediction hold; one row a source, open stage, channel and grade';
COMMENT ON COLUMN leadscore.lead_quality.source IS 'The source';
COMMENT ON COLUMN leadscore.lead_quality.stage_no IS 'The number of the stage, to sort by';
COMMENT ON COLUMN leadscore.lead_quality.stage IS 'The stage, of kind open';
COMMENT ON COLUMN leadscore.lead_quality.stage_label IS 'Number and title of the stage';
COMMENT ON COLUMN leadscore.lead_quality.channel IS 'Where the leads came from; NULL: not known';
COMMENT ON COLUMN leadscore.lead_quality.grade IS 'The grade of their first score, by the bands of now: what was known when they came, not what has become of them since. NULL: below all, or not judged';
COMMENT ON COLUMN leadscore.lead_quality.leads IS 'Leads that came as far as the stage or further';
COMMENT ON COLUMN leadscore.lead_quality.mature_leads IS 'Of those, leads that came at least matures_after ago: the denominator';
COMMENT ON COLUMN leadscore.lead_quality.won IS 'Of the mature leads, those that are won';
COMMENT ON COLUMN leadscore.lead_quality.won_rate IS 'won / mature_leads, from 0 to 1; NULL without mature leads';
COMMENT ON COLUMN leadscore.lead_quality.won_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.lead_quality.won_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.lead_quality.predicted_leads IS 'Mature leads whose first score is a probability: of a model whose scale is logistic or calibrated';
COMMENT ON COLUMN leadscore.lead_quality.mean_prediction IS 'The mean of those probabilities; NULL: there is none. A prediction for all leads, so it is to be compared in the first stage';
COMMENT ON COLUMN leadscore.lead_quality.verdict IS 'Where the mean prediction lies: as_predicted (in the interval), worse (above it: fewer are won than were foretold), better (below it), too_little_data. NULL beyond the first stage and without predictions. Of twenty true predictions one falls outside';

-- How often leads in one stage will yet come into another. stage_forecast() counts the visits of open stages; where one
-- stage alone is called open and the others are called hold, it counts those of that one.
CREATE VIEW leadscore.stage_visits_ahead WITH (security_invoker = true, security_barrier = true) AS
SELECT a.source, a.source_id, a.place, a.stage_no, f.stage_no AS from_place, f.expected_visits
FROM (
  SELECT k.source, k.source_id, k.place, k.stage_no, leadscore.stage_forecast(v.visits, k.kinds, now()) AS forecast
  FROM (
    SELECT j.source, j.source_id, j.place, j.stage_no,
      array_agg(CASE WHEN t.place = j.place THEN 'open' WHEN t.stage_kind = 'open' THEN 'hold' ELSE t.stage_kind END ORDER BY t.place) AS kinds
    FROM leadscore.source_ladder AS j JOIN leadscore.source_ladder AS t ON t.source_id = j.source_id
    WHERE j.stage_kind IN ('open', 'hold')
    GROUP BY j.source, j.source_id, j.place, j.stage_no) AS k
  JOIN (
    SELECT t.source, t.source_id, leadscore.stage_visits(t.place, h.entered_at) AS visits
    FROM leadscore.source_ladder AS t JOIN leadscore.stage_history AS h ON h.source_id = t.source_id AND h.stage_id = t.stage_id
    WHERE h.entered_at > now() - interval '180 days'
    GROUP BY t.source, t.source_id, h.lead) AS v ON v.source = k.source
  GROUP BY k.source, k.source_id, k.place, k.stage_no) AS a
CROSS JOIN LATERAL unnest(a.forecast) AS f;
COMMENT ON VIEW leadscore.stage_visits_ahead IS 'How often a lead that stands in one stage comes into another before it is won or lost, by where leads have gone in the last 180 days; one row a source and pair of stages';
COMMENT ON COLUMN leadscore.stage_visits_ahead.source IS 'The source';
COMMENT ON COLUMN leadscore.stage_visits_ahead.source_id IS 'Its number';
COMMENT ON COLUMN leadscore.stage_visits_ahead.place IS 'The stage whose visits are counted, by its place in leadscore.source_ladder';
COMMENT ON COLUMN leadscore.stage_visits_ahead.stage_no IS 'Its number in the model';
COMMENT ON COLUMN leadscore.stage_visits_ahead.from_place IS 'The stage in which the lead stands, by its place';
COMMENT ON COLUMN leadscore.stage_visits_ahead.expected_visits IS 'The mean number of visits to come, the one that lasts included; NULL where the lead may get to a stage that nobody has left yet';

CREATE VIEW leadscore.owner_workload WITH (security_invoker = true, security_barrier = true) AS
WITH ahead AS MATERIALIZED (
  SELECT a.source, a.place, a.from_place, a.expected_visits FROM leadscore.stage_visits_ahead AS a)
SELECT w.source, w.owner, w.worked_by, w.stage_no, w.stage, w.stage_label, w.stage_kind, w.open_leads, w.overdue_leads, w.overdue_actions,
  w.open_leads * w.minutes_per_visit / 60 AS hours_now, w.expected_visits, w.expected_visits * w.minutes_per_visit / 60 AS expected_hours, w.unforeseen_leads
FROM (
  SELECT j.source, s.owner, e.worked_by, j.stage_no, j.stage, j.stage_label, j.stage_kind, e.minutes_per_visit,
    coalesce(sum(s.leads) FILTER (WHERE s.stage = j.stage), 0)::bigint AS open_leads,
    coalesce(sum(s.overdue_leads) FILTER (WHERE s.stage = j.stage), 0)::bigint AS overdue_leads,
    coalesce(sum(s.overdue_actions) FILTER (WHERE s.stage = j.stage), 0)::bigint AS overdue_actions,
    sum(s.leads * a.expected_visits)::double precision AS expected_visits,
    coalesce(sum(s.leads) FILTER (WHERE a.expected_visits IS NULL), 0)::bigint AS unforeseen_leads
  FROM leadscore.source_ladder AS j
  JOIN (
    SELECT u.source, u.owner, u.stage, sum(u.leads)::bigint AS leads, sum(u.overdue_leads)::bigint AS overdue_leads, sum(u.overdue_actions)::bigint AS overdue_actions
    FROM (
      SELECT p.source, p.owner, p.stage, count(*) AS leads, 0 AS overdue_leads, 0 AS overdue_actions
      FROM leadscore.lead_position AS p WHERE p.outcome IN ('open', 'on_hold') AND p.stage_kind IN ('open', 'hold') GROUP BY p.source, p.owner, p.stage
      UNION ALL
      SELECT n.source, n.owner, n.stage, 0, count(DISTINCT n.lead), count(*)
      FROM leadscore.next_actions AS n WHERE n.is_overdue AND n.outcome IN ('open', 'on_hold') GROUP BY n.source, n.owner, n.stage) AS u
    GROUP BY u.source, u.owner, u.stage) AS s ON s.source = j.source
  JOIN leadscore.source_ladder AS i ON i.source = s.source AND i.stage = s.stage
  LEFT JOIN ahead AS a ON a.source = j.source AND a.place = j.place AND a.from_place = i.place
  LEFT JOIN leadscore.stage_effort AS e ON e.source = j.source AND e.stage = j.stage
  WHERE j.stage_kind IN ('open', 'hold')
  GROUP BY j.source, s.owner, e.worked_by, j.stage_no, j.stage, j.stage_label, j.stage_kind, e.minutes_per_visit) AS w;
COMMENT ON VIEW leadscore.owner_workload IS 'What everybody has on his desk, and how much work it will make: one row a source, owner with open leads, and stage that is open or on hold. Summed by worked_by it is the load of first contact and of those who close';
COMMENT ON COLUMN leadscore.owner_workload.source IS 'The source';
COMMENT ON COLUMN leadscore.owner_workload.owner IS 'Who works on the leads; NULL: nobody yet';
COMMENT ON COLUMN leadscore.owner_workload.worked_by IS 'Whose work the stage is, by leadscore.stage_effort; NULL: not said';
COMMENT ON COLUMN leadscore.owner_workload.stage_no IS 'The number of the stage, to sort by';
COMMENT ON COLUMN leadscore.owner_workload.stage IS 'The stage';
COMMENT ON COLUMN leadscore.owner_workload.stage_label IS 'Number and title of the stage';
COMMENT ON COLUMN leadscore.owner_workload.stage_kind IS 'open or hold';
COMMENT ON COLUMN leadscore.owner_workload.open_leads IS 'His leads that stand in the stage now';
COMMENT ON COLUMN leadscore.owner_workload.overdue_leads IS 'Of those, leads with an action of the playbook that is overdue';
COMMENT ON COLUMN leadscore.owner_workload.overdue_actions IS 'The overdue actions of those leads';
COMMENT ON COLUMN leadscore.owner_workload.hours_now IS 'The work of those leads in this stage: open_leads times minutes_per_visit; NULL: stage_effort does not tell the minutes';
COMMENT ON COLUMN leadscore.owner_workload.expected_visits IS 'How often all his open leads, wherever they stand now, are to be expected in this stage before they are won or lost, the visits that last included; NULL: nothing is known yet';
COMMENT ON COLUMN leadscore.owner_workload.expected_hours IS 'The work of that; NULL where expected_visits or the minutes are';
COMMENT ON COLUMN leadscore.owner_workload.unforeseen_leads IS 'Of his open leads, those that stand where it cannot be told what is to come: they are not in expected_visits';
