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
    CASE WHEN sum(f.leads) = 0 THEN 0 ELSE sum(f.mql) END::bigint AS mql, CASE WHEN sum(f.leads) = 0 THEN 0 ELSE sum(f.sal) END::bigint AS sal, CASE WHEN sum(f.leads) = 0 THEN 0 ELSE sum(f.sql) END::bigint AS sql, sum(f.won)::bigint AS won, sum(f.lost)::bigint AS lost,
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
    -- Who may only plan would see costs without leads.
    WHERE c.source IN (SELECT s.source FROM leadscore.source AS s WHERE s.source_id = ANY ((SELECT leadscore.readable_sources())::integer[]))
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
SELECT t.source, t.month, t.channel, t.leads, t.lost, t.sifted, t.sifted_duplicates, t.sifted_not_target, t.sifted_target, t.spam,
  w.estimate AS spam_rate, w.lower AS spam_lower, w.upper AS spam_upper
FROM (
  SELECT p.source, p.cohort_month AS month, p.channel, count(*) AS leads, count(*) FILTER (WHERE p.outcome = 'lost') AS lost,
    count(*) FILTER (WHERE f.is_sifted) AS sifted, count(*) FILTER (WHERE f.is_sifted AND p.is_duplicate) AS sifted_duplicates,
    count(*) FILTER (WHERE f.is_sifted AND NOT p.is_duplicate AND p.target IN ('not_target', 'grow')) AS sifted_not_target,
    count(*) FILTER (WHERE f.is_sifted AND NOT p.is_duplicate AND p.target = 'target') AS sifted_target,
    count(*) FILTER (WHERE f.is_sifted AND NOT p.is_duplicate AND coalesce(p.target, 'unknown') = 'unknown') AS spam
  FROM leadscore.lead_position AS p
  CROSS JOIN LATERAL (SELECT p.outcome = 'lost' AND p.visited & coalesce(p.sal_mask, p.sql_mask, p.won_mask) = 0 AS is_sifted) AS f
  GROUP BY p.source, p.cohort_month, p.channel) AS t
CROSS JOIN LATERAL leadscore.wilson(t.spam, t.leads) AS w;
COMMENT ON VIEW leadscore.spam_share IS 'How many of the leads that came in a month were sifted out before sales took them on, and as what; one row a source, month and channel';
COMMENT ON COLUMN leadscore.spam_share.source IS 'The source';
COMMENT ON COLUMN leadscore.spam_share.month IS 'The first day of the month in which the leads came';
COMMENT ON COLUMN leadscore.spam_share.channel IS 'Where they came from; NULL: not known';
COMMENT ON COLUMN leadscore.spam_share.leads IS 'All leads: the denominator';
COMMENT ON COLUMN leadscore.spam_share.lost IS 'Leads that are in a lost stage';
COMMENT ON COLUMN leadscore.spam_share.sifted IS 'Of those, leads that never came as far as the stage sal (sql, or a won stage, where the ladder has none)';
COMMENT ON COLUMN leadscore.spam_share.sifted_duplicates IS 'Of those, leads that repeat an earlier one';
COMMENT ON COLUMN leadscore.spam_share.sifted_not_target IS 'Of the others, leads that fail a criterion of a target lead';
COMMENT ON COLUMN leadscore.spam_share.sifted_target IS 'Of the others, target leads: lost at the first contact';
COMMENT ON COLUMN leadscore.spam_share.spam IS 'The rest of sifted: given up though nobody knows whether they are target leads. Spam, or whoever cannot be reached; the state of a lead does not tell which, leadscore.explain_stage() does';
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
    SELECT p.source, p.source_id, p.channel, p.visited, g.label AS grade, count(*) AS leads, count(*) FILTER (WHERE p.is_mature) AS mature_leads,
      count(*) FILTER (WHERE p.is_mature AND p.outcome = 'won') AS won,
      count(f.prediction) FILTER (WHERE p.is_mature) AS predicted_leads, sum(f.prediction) FILTER (WHERE p.is_mature) AS predictions
    FROM leadscore.lead_position AS p
    LEFT JOIN leadscore.model AS m ON m.model = p.model
    LEFT JOIN (
      SELECT b.model, b.label, b.from_score, lead(b.from_score, 1, 'infinity') OVER (PARTITION BY b.model ORDER BY b.from_score, b.label DESC) AS below
      FROM leadscore.band AS b WHERE b.kind = 'grade') AS g ON g.model = p.model AND p.first_score >= g.from_score AND p.first_score < g.below
    CROSS JOIN LATERAL (SELECT CASE WHEN m.scale IN ('logistic', 'calibrated') THEN (p.first_score - m.lower) / (m.upper - m.lower) END AS prediction) AS f
    GROUP BY p.source, p.source_id, p.channel, p.visited, g.label) AS c
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
    sum(s.leads * coalesce(a.expected_visits, CASE WHEN i.place = j.place THEN 1 ELSE 0 END))::double precision AS expected_visits,
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
COMMENT ON COLUMN leadscore.owner_workload.expected_visits IS 'How often all his open leads, wherever they stand now, are to be expected in this stage before they are won or lost, the visits that last included';
COMMENT ON COLUMN leadscore.owner_workload.expected_hours IS 'The work of that; NULL: stage_effort does not tell the minutes';
COMMENT ON COLUMN leadscore.owner_workload.unforeseen_leads IS 'Of his open leads, those that stand where it cannot be told what is to come: of them expected_visits has only the visit that lasts';

CREATE FUNCTION leadscore.normal_distribution(x double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  -- Abramowitz and Stegun, 7.1.26.
  SELECT CASE WHEN x < 0 THEN t.tail ELSE 1 - t.tail END
  FROM (SELECT least(abs(x) / sqrt(2::double precision), 26) AS z) AS z
  CROSS JOIN LATERAL (SELECT 1 / (1 + 0.3275911 * z.z) AS u) AS u
  CROSS JOIN LATERAL (SELECT exp(-z.z * z.z) * u.u * (0.254829592 + u.u * (-0.284496736 + u.u * (1.421413741 + u.u * (-1.453152027 + u.u * 1.061405429)))) / 2 AS tail) AS t
$$;
COMMENT ON FUNCTION leadscore.normal_distribution(double precision) IS
'Internal: the probability that a standard normal variable is at most x, correct to 1e-7. NULL for NULL.';

CREATE FUNCTION leadscore.chance_of_more(threshold double precision, mean double precision, variance double precision, third_moment double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN variance <= 0 THEN CASE WHEN mean > threshold THEN 1 ELSE 0 END
    ELSE least(greatest(1 - leadscore.normal_distribution(d.x) - third_moment / variance ^ 1.5 * (1 - d.x * d.x) * exp(-least(d.x * d.x, 1400) / 2) / sqrt(2 * pi()) / 6, 0), 1) END
  FROM (SELECT (threshold - mean) / sqrt(nullif(greatest(variance, 0), 0)) AS x) AS d
$$;
COMMENT ON FUNCTION leadscore.chance_of_more(double precision, double precision, double precision, double precision) IS
'Internal: the probability that a sum of independent variables exceeds a threshold, by its mean, variance and third central moment: the refined normal approximation (Y. Hong, On computing the distribution function for the Poisson binomial distribution, 2013). NULL if an argument is.';

CREATE FUNCTION leadscore.sales_outlook(source text, until timestamptz,
  OUT channel text, OUT open_leads bigint, OUT snapshots bigint, OUT deals_from_open double precision, OUT deals_from_others double precision,
  OUT deals_variance double precision, OUT deals_third_moment double precision,
  OUT amount double precision, OUT amount_variance double precision, OUT amount_third_moment double precision) RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  id CONSTANT integer := leadscore.readable_source(sales_outlook.source);
  started CONSTANT timestamptz := (SELECT min(h.entered_at) FROM leadscore.stage_history AS h WHERE h.source_id = id);
  ahead interval;
  oldest timestamptz;
BEGIN
  IF sales_outlook.until IS NULL OR NOT isfinite(sales_outlook.until) OR sales_outlook.until <= now() THEN
    RETURN;
  END IF;
  ahead := sales_outlook.until - now();
  oldest := now() - ahead - interval '49 days';
  RETURN QUERY
  WITH moment AS (
    SELECT now() - ahead - week * interval '7 days' AS at FROM generate_series(0, 7) AS week
    WHERE now() - ahead - week * interval '7 days' >= started
  ), counted AS (
    -- What was counted in all windows together has a variance of its own, as a Poisson number has: by so much for each
    -- deal that is expected.
    SELECT count(*) AS snapshots, date_part('epoch', ahead) / nullif(date_part('epoch', least(count(*) * ahead, ahead + (count(*) - 1) * interval '7 days')), 0) AS error FROM moment
  ), visit AS MATERIALIZED (
    SELECT h.lead, h.stage_id, h.entered_at, lead(h.entered_at, 1, 'infinity') OVER (PARTITION BY h.lead ORDER BY h.visit_no) AS left_at, t.stage_kind
    FROM leadscore.lead_position AS p
    JOIN leadscore.stage_history AS h ON h.source_id = p.source_id AND h.lead = p.lead
    LEFT JOIN leadscore.source_ladder AS t ON t.source_id = h.source_id AND t.stage_id = h.stage_id
    -- What was won or lost before the oldest window has nothing to tell.
    WHERE p.source_id = id AND (p.outcome IN ('open', 'on_hold') OR p.stage_since >= oldest)
  ), win AS MATERIALIZED (
    SELECT v.lead, min(v.entered_at) AS won_at FROM visit AS v WHERE v.stage_kind = 'won' GROUP BY v.lead
  ), stood AS (
    SELECT m.at, v.lead, v.stage_id, w.won_at <= m.at + ahead AS is_won
    FROM moment AS m
    JOIN visit AS v ON v.entered_at <= m.at AND v.left_at > m.at AND v.stage_kind IN ('open', 'hold')
    LEFT JOIN win AS w ON w.lead = v.lead
    WHERE w.won_at IS NULL OR w.won_at > m.at
  ), stage_rate AS (
    SELECT s.stage_id, count(*) FILTER (WHERE s.is_won)::double precision / count(*) AS rate FROM stood AS s GROUP BY s.stage_id
  ), deal AS (
    SELECT avg(p.amount)::double precision AS first, avg(p.amount::double precision ^ 2) AS second, avg(p.amount::double precision ^ 3) AS third
    FROM leadscore.lead_position AS p WHERE p.source_id = id AND p.outcome = 'won'
  ), open_lead AS (
    SELECT p.channel, p.probability, p.amount::double precision AS amount, r.rate, avg(p.probability) OVER (PARTITION BY p.stage) AS mean_probability
    FROM leadscore.lead_position AS p
    JOIN leadscore.source_stage AS k ON k.source_id = p.source_id AND k.stage = p.stage
    LEFT JOIN stage_rate AS r ON r.stage_id = k.stage_id
    WHERE p.source_id = id AND p.outcome IN ('open', 'on_hold') AND NOT p.was_won
  ), chance AS (
    SELECT o.channel, least(coalesce(o.rate, 0) * coalesce(o.probability / nullif(o.mean_probability, 0), 1), 1) AS p, coalesce(o.amount, d.first) AS amount
    FROM open_lead AS o CROSS JOIN deal AS d
  ), other_win AS (
    SELECT l.channel, count(*) AS wins
    FROM moment AS m
    JOIN win AS w ON w.won_at > m.at AND w.won_at <= m.at + ahead
    JOIN leadscore.lead_state AS l ON l.source_id = id AND l.lead = w.lead
    WHERE NOT EXISTS (SELECT FROM stood AS s WHERE s.at = m.at AND s.lead = w.lead)
    GROUP BY l.channel
  ), part AS (
    SELECT c.channel, count(*) AS open_leads, sum(c.p) AS from_open, 0::double precision AS from_others,
      sum(c.p * (1 - c.p)) AS variance, sum(c.p * (1 - c.p) * (1 - 2 * c.p)) AS third,
      sum(c.p * c.amount) AS amount, sum(c.p * c.amount ^ 2) AS amount_square, sum(c.p * (1 - c.p) * c.amount ^ 2) AS amount_variance, sum(c.p * (1 - c.p) * (1 - 2 * c.p) * c.amount ^ 3) AS amount_third
    FROM chance AS c GROUP BY c.channel
    UNION ALL
    SELECT o.channel, 0, 0, o.wins::double precision / n.snapshots, o.wins::double precision / n.snapshots, o.wins::double precision / n.snapshots,
      o.wins * d.first / n.snapshots, o.wins * d.second / n.snapshots, o.wins * d.second / n.snapshots, o.wins * d.third / n.snapshots
    FROM other_win AS o CROSS JOIN counted AS n CROSS JOIN deal AS d
  )
  SELECT p.channel, sum(p.open_leads)::bigint, max(n.snapshots), sum(p.from_open), sum(p.from_others), sum(p.variance + (p.from_open + p.from_others) * n.error), sum(p.third),
    sum(p.amount), sum(p.amount_variance + p.amount_square * n.error), sum(p.amount_third)
  FROM part AS p CROSS JOIN counted AS n WHERE n.snapshots > 0 GROUP BY p.channel;
END
$$;
COMMENT ON FUNCTION leadscore.sales_outlook(text, timestamptz) IS
'How many deals will be won from now until a time, and of what amount, by channel: their means, variances and third central moments, which add up over channels. As the past tells it in up to eight windows of the same length, a week apart: of the leads that stood in a stage when a window began so many were won within it, a rate for each open lead of that stage, scaled by the probability of the lead beside the mean of those that stand there; and so many were won that did not stand anywhere then, as a Poisson number. The variances hold the error of these counts as well. An open lead without an amount counts with the mean amount of won leads. amount is NULL where no won lead has one. No rows where the history is shorter than the window, and for a time that is not to come. Raises 42704 for a source that does not exist, 42501 if the caller may not read it, 22004 for a NULL source.';

CREATE VIEW leadscore.department_contract WITH (security_invoker = true, security_barrier = true) AS
WITH planned AS (
  SELECT s.source, s.source_id, least(min(n.month), (now() AT TIME ZONE s.time_zone)::date - 28) AS since
  FROM leadscore.plan AS n JOIN leadscore.source AS s ON s.source = n.source GROUP BY s.source, s.source_id, s.time_zone
), started AS (
  SELECT n.source, min(l.cohort_day) FILTER (WHERE isfinite(l.cohort_day)) AS first_day
  FROM planned AS n JOIN leadscore.lead_state AS l ON l.source_id = n.source_id GROUP BY n.source
), lead_event AS (
  SELECT p.source, p.channel, e.event, e.day, p.target = 'target' AS is_target, p.amount, p.time_zone
  FROM planned AS n
  JOIN leadscore.lead_position AS p ON p.source_id = n.source_id AND (p.cohort_day >= n.since OR p.stage_since >= n.since::timestamp AT TIME ZONE p.time_zone)
  CROSS JOIN LATERAL (
    SELECT min(h.entered_at) FILTER (WHERE (1::bigint << h.stage_id) & p.sql_mask <> 0) AS sql_at, min(h.entered_at) FILTER (WHERE (1::bigint << h.stage_id) & p.won_mask <> 0) AS won_at
    FROM leadscore.stage_history AS h
    WHERE h.source_id = p.source_id AND h.lead = p.lead AND p.visited & (coalesce(p.sql_mask, 0) | p.won_mask) <> 0) AS f
  CROSS JOIN LATERAL (VALUES ('came', CASE WHEN NOT p.is_duplicate THEN p.cohort_day END),
    ('qualified', (f.sql_at AT TIME ZONE p.time_zone)::date), ('won', CASE WHEN p.outcome = 'won' THEN (f.won_at AT TIME ZONE p.time_zone)::date END)) AS e (event, day)
  WHERE isfinite(e.day)
), monthly AS (
  SELECT m.source, m.channel, m.month, sum(m.leads) AS leads, sum(m.target_leads) AS target_leads, sum(m.qualified_leads) AS qualified_leads, sum(m.deals) AS deals, sum(m.amount) AS amount, sum(m.cost) AS cost,
    sum(m.recent_leads) AS recent_leads, sum(m.recent_target_leads) AS recent_target_leads, sum(m.recent_qualified_leads) AS recent_qualified_leads, sum(m.recent_cost) AS recent_cost
  FROM (
    SELECT e.source, e.channel, date_trunc('month', e.day::timestamp)::date AS month, count(*) FILTER (WHERE e.event = 'came') AS leads, count(*) FILTER (WHERE e.event = 'came' AND e.is_target) AS target_leads,
      count(*) FILTER (WHERE e.event = 'qualified') AS qualified_leads, count(*) FILTER (WHERE e.event = 'won') AS deals, sum(e.amount) FILTER (WHERE e.event = 'won') AS amount, NULL::numeric AS cost,
      count(*) FILTER (WHERE e.event = 'came' AND r.is_recent) AS recent_leads, count(*) FILTER (WHERE e.event = 'came' AND e.is_target AND r.is_recent) AS recent_target_leads,
      count(*) FILTER (WHERE e.event = 'qualified' AND r.is_recent) AS recent_qualified_leads, NULL::numeric AS recent_cost
    FROM lead_event AS e
    CROSS JOIN LATERAL (SELECT e.day < (now() AT TIME ZONE e.time_zone)::date AND e.day >= (now() AT TIME ZONE e.time_zone)::date - 28 AS is_recent) AS r
    GROUP BY 1, 2, 3
    UNION ALL
    SELECT c.source, c.channel, date_trunc('month', c.day::timestamp)::date, 0, 0, 0, 0, NULL, sum(c.amount), 0, 0, 0,
      sum(c.amount) FILTER (WHERE c.day < (now() AT TIME ZONE s.time_zone)::date AND c.day >= (now() AT TIME ZONE s.time_zone)::date - 28)
    FROM leadscore.spend AS c JOIN leadscore.source AS s ON s.source = c.source GROUP BY 1, 2, 3) AS m
  GROUP BY m.source, m.channel, m.month
), fact AS (
  SELECT f.source, f.month, f.channel, grouping(f.channel) = 1 AS is_whole, sum(f.leads) AS leads, sum(f.target_leads) AS target_leads, sum(f.qualified_leads) AS qualified_leads, sum(f.deals) AS deals, sum(f.amount) AS amount, sum(f.cost) AS cost
  FROM monthly AS f GROUP BY GROUPING SETS ((f.source, f.month, f.channel), (f.source, f.month))
), recent AS (
  SELECT f.source, f.channel, grouping(f.channel) = 1 AS is_whole, sum(f.recent_leads) AS leads, sum(f.recent_target_leads) AS target_leads, sum(f.recent_qualified_leads) AS qualified_leads, sum(f.recent_cost) AS cost
  FROM monthly AS f GROUP BY GROUPING SETS ((f.source, f.channel), (f.source))
), outlook AS MATERIALIZED (
  SELECT s.source, o.* FROM leadscore.source AS s
  CROSS JOIN LATERAL (SELECT ((date_trunc('month', now() AT TIME ZONE s.time_zone) + interval '1 month') AT TIME ZONE s.time_zone) AS month_end) AS e
  CROSS JOIN LATERAL leadscore.sales_outlook(s.source, e.month_end) AS o
  WHERE s.source_id = ANY ((SELECT leadscore.readable_sources())::integer[])
    AND EXISTS (SELECT FROM leadscore.plan AS n WHERE n.source = s.source AND n.month = date_trunc('month', now() AT TIME ZONE s.time_zone)::date AND num_nonnulls(n.deals, n.amount) > 0)
)
SELECT c.source, c.month, c.channel, c.department, c.measure, c.norm::numeric(18, 2) AS norm, c.fact::numeric(18, 2) AS fact,
  c.fact::double precision / nullif(c.norm, 0)::double precision AS fact_share, c.is_limit,
  CASE WHEN c.is_limit THEN c.fact <= c.norm ELSE c.fact >= c.norm END AS is_met, c.is_current, c.days_left,
  CASE WHEN c.is_current THEN leadscore.money(c.projected::numeric)::numeric(18, 2) END AS projected,
  CASE WHEN c.is_limit OR c.days_left IS NULL THEN NULL WHEN NOT c.is_current THEN CASE WHEN c.fact >= c.norm THEN 1 ELSE 0 END::double precision WHEN c.fact >= c.norm THEN 1
    ELSE leadscore.chance_of_more((c.norm - c.fact)::double precision - CASE WHEN c.measure = 'amount' THEN 0 ELSE 0.5 END, c.mean, c.variance, c.third_moment) END AS probability_met
FROM (
  SELECT n.source, n.month, n.channel, v.ord, v.department, v.measure, v.norm, leadscore.money(v.fact) AS fact, v.is_limit, t.is_current, t.days_left, v.projected, v.mean, v.variance, v.third_moment
  FROM leadscore.plan AS n
  JOIN leadscore.source AS s ON s.source = n.source AND s.source_id = ANY ((SELECT leadscore.readable_sources())::integer[])
  CROSS JOIN LATERAL (
    SELECT (now() AT TIME ZONE s.time_zone) AS at, (n.month + interval '1 month') AS month_end, date_trunc('month', now() AT TIME ZONE s.time_zone) = n.month AS is_current) AS z
  CROSS JOIN LATERAL (
    SELECT z.is_current, CASE WHEN z.is_current THEN date_part('epoch', z.month_end - z.at) / 86400 WHEN z.month_end <= z.at THEN 0 END AS days_left) AS t
  LEFT JOIN fact AS f ON f.source = n.source AND f.month = n.month AND CASE WHEN n.channel IS NULL THEN f.is_whole ELSE f.channel = n.channel END
  LEFT JOIN recent AS r ON r.source = n.source AND CASE WHEN n.channel IS NULL THEN r.is_whole ELSE r.channel = n.channel END
  LEFT JOIN started AS b ON b.source = n.source
  LEFT JOIN LATERAL (
    SELECT sum(o.deals_from_open + o.deals_from_others) AS deals, sum(o.deals_variance) AS deals_variance, sum(o.deals_third_moment) AS deals_third,
      sum(o.amount) AS amount, sum(o.amount_variance) AS amount_variance, sum(o.amount_third_moment) AS amount_third
    FROM outlook AS o WHERE o.source = n.source AND (n.channel IS NULL OR o.channel = n.channel)) AS o ON t.is_current
  CROSS JOIN LATERAL (
    SELECT nullif(least(z.at::date - b.first_day, 28), 0)::double precision AS days_seen) AS d
  CROSS JOIN LATERAL (
    SELECT coalesce(r.leads, 0)::double precision * t.days_left / d.days_seen AS leads, coalesce(r.target_leads, 0)::double precision * t.days_left / d.days_seen AS target_leads,
      coalesce(r.qualified_leads, 0)::double precision * t.days_left / d.days_seen AS qualified_leads, coalesce(r.cost, 0)::double precision * t.days_left / d.days_seen AS cost,
      CASE WHEN n.budget IS NOT NULL THEN greatest((n.budget - coalesce(f.cost, 0))::double precision, 0) END AS money_left) AS g
  CROSS JOIN LATERAL (
    SELECT CASE WHEN g.cost > g.money_left THEN g.money_left / g.cost ELSE 1 END AS affordable) AS a
  CROSS JOIN LATERAL (
    SELECT g.leads * a.affordable AS leads, g.target_leads * a.affordable AS target_leads, g.qualified_leads AS qualified_leads, 1 + t.days_left / d.days_seen AS uncertainty) AS e
  CROSS JOIN LATERAL (VALUES
    (1, 'marketing', 'leads', n.leads::numeric, coalesce(f.leads, 0), false, coalesce(f.leads, 0)::double precision + e.leads, e.leads, e.leads * e.uncertainty, e.leads),
    (2, 'marketing', 'target_leads', n.target_leads::numeric, coalesce(f.target_leads, 0), false, coalesce(f.target_leads, 0)::double precision + e.target_leads, e.target_leads, e.target_leads * e.uncertainty, e.target_leads),
    (3, 'marketing', 'budget', n.budget, coalesce(f.cost, 0), true, coalesce(f.cost, 0)::double precision + g.cost, NULL, NULL, NULL),
    (4, 'marketing', 'cost_per_lead', n.cost_per_lead, f.cost / nullif(f.leads, 0), true, (coalesce(f.cost, 0)::double precision + g.cost) / nullif(f.leads::double precision + g.leads, 0), NULL, NULL, NULL),
    (5, 'marketing', 'cost_per_target_lead', n.cost_per_target_lead, f.cost / nullif(f.target_leads, 0), true, (coalesce(f.cost, 0)::double precision + g.cost) / nullif(f.target_leads::double precision + g.target_leads, 0), NULL, NULL, NULL),
    (6, 'sales', 'qualified_leads', n.qualified_leads::numeric, coalesce(f.qualified_leads, 0), false, coalesce(f.qualified_leads, 0)::double precision + e.qualified_leads, e.qualified_leads, e.qualified_leads * e.uncertainty, e.qualified_leads),
    (7, 'sales', 'deals', n.deals::numeric, coalesce(f.deals, 0), false, coalesce(f.deals, 0)::double precision + o.deals, o.deals, o.deals_variance, o.deals_third),
    (8, 'sales', 'amount', n.amount, coalesce(f.amount, 0), false, coalesce(f.amount, 0)::double precision + o.amount, o.amount, o.amount_variance, o.amount_third)
  ) AS v (ord, department, measure, norm, fact, is_limit, projected, mean, variance, third_moment)
  WHERE v.norm IS NOT NULL) AS c;
COMMENT ON VIEW leadscore.department_contract IS 'What marketing and sales have promised each other for a month, what has come of it, and what will: one row for each norm in leadscore.plan';
COMMENT ON COLUMN leadscore.department_contract.source IS 'The source';
COMMENT ON COLUMN leadscore.department_contract.month IS 'The first day of the month';
COMMENT ON COLUMN leadscore.department_contract.channel IS 'The channel; NULL: all together';
COMMENT ON COLUMN leadscore.department_contract.department IS 'Whose promise it is: marketing or sales';
COMMENT ON COLUMN leadscore.department_contract.measure IS 'leads, target_leads, budget, cost_per_lead, cost_per_target_lead, qualified_leads (got to the stage sql), deals, amount';
COMMENT ON COLUMN leadscore.department_contract.norm IS 'What was promised: a number, or money';
COMMENT ON COLUMN leadscore.department_contract.fact IS 'What has come of it so far: leads that came in the month and are no duplicates, those of them that are target leads, what was spent and that for each lead; leads that got to sql in the month, deals won in it and still won, and their amounts, whenever the leads came. NULL: nothing to divide by';
COMMENT ON COLUMN leadscore.department_contract.fact_share IS 'fact / norm; NULL for a norm of 0';
COMMENT ON COLUMN leadscore.department_contract.is_limit IS 'Whether the norm is not to be exceeded, as a cost; else it is to be reached';
COMMENT ON COLUMN leadscore.department_contract.is_met IS 'Whether the fact is as promised, so far or at last; NULL: there is no fact';
COMMENT ON COLUMN leadscore.department_contract.is_current IS 'Whether it is the month of now, in the time zone of the source';
COMMENT ON COLUMN leadscore.department_contract.days_left IS 'Days until its end; 0: it is over; NULL: it is to come';
COMMENT ON COLUMN leadscore.department_contract.projected IS 'The fact at the end of the month: so far, and as much a day as in the last 28 days (leads and costs) or as leadscore.sales_outlook() says (deals). NULL unless is_current, and where nothing is known';
COMMENT ON COLUMN leadscore.department_contract.probability_met IS 'The probability that the norm is reached: 1 or 0 when it is over or reached. Leads come by chance at the pace of the last 28 days, no more than the rest of the budget pays for; deals are won as leadscore.sales_outlook() says. NULL for limits, months to come, and where nothing is known';

GRANT SELECT ON leadscore.channel_performance, leadscore.target_share, leadscore.duplicate_share, leadscore.spam_share, leadscore.lead_quality,
  leadscore.stage_visits_ahead, leadscore.owner_workload, leadscore.department_contract TO PUBLIC;
