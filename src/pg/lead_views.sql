-- What is known of each lead, as views and as a card: the lists from which people work in the morning.

CREATE VIEW leadscore.lead_position WITH (security_invoker = true, security_barrier = true) AS
SELECT s.source, ls.source_id, s.model, s.half_life, s.time_zone, s.matures_after, s.events IS NOT NULL AS has_events,
  ls.lead, ls.created_at, ls.closed_at, ls.cohort_day, date_trunc('month', ls.cohort_day::timestamp)::date AS cohort_month,
  ls.channel, ls.owner, ls.status, nullif(ls.amount, 'NaN') AS amount,
  ls.score, ls.raw_score, ls.probability, ls.grade, ls.temperature, ls.target, ls.first_score, ls.first_scored_at,
  t.stage_no, ss.stage, t.stage_label, t.stage_kind, t.reach_mask, ls.stage_since, ls.visits, ls.visited,
  m.won_mask, nullif(m.mql_mask, 0) AS mql_mask, nullif(m.sal_mask, 0) AS sal_mask, nullif(m.sql_mask, 0) AS sql_mask,
  CASE WHEN t.stage_kind = 'lost' THEN 'lost' WHEN ls.visited & m.won_mask <> 0 THEN 'won' WHEN t.stage_kind = 'hold' THEN 'on_hold' ELSE 'open' END AS outcome,
  coalesce(ls.visited & m.won_mask <> 0, false) AS was_won,
  ls.cohort_day < (now() AT TIME ZONE s.time_zone - s.matures_after)::date AS is_mature,
  ls.is_duplicate, ls.heat, ls.cooling_heat, ls.events, ls.last_event_at, ls.problem, ls.problem_state, ls.model_version, ls.scored_at
FROM leadscore.source AS s
JOIN leadscore.lead_state AS ls ON ls.source_id = s.source_id
LEFT JOIN leadscore.source_stage AS ss ON ss.source_id = ls.source_id AND ss.stage_id = ls.stage_id
LEFT JOIN leadscore.source_ladder AS t ON t.source_id = ls.source_id AND t.stage_id = ls.stage_id
LEFT JOIN leadscore.source_masks() AS m ON m.source_id = ls.source_id;
COMMENT ON VIEW leadscore.lead_position IS 'Leads with their place on the ladder, on which the other views of leads are built; leadscore.leads is made for people';
DO $do$
DECLARE
  described record;
BEGIN
  FOR described IN
    SELECT DISTINCT ON (v.attname) v.attname, pg_catalog.col_description(t.attrelid, t.attnum) AS description
    FROM pg_catalog.pg_attribute AS v
    JOIN pg_catalog.pg_attribute AS t ON t.attname = v.attname
      AND t.attrelid = ANY (ARRAY['leadscore.lead_state', 'leadscore.source_ladder', 'leadscore.source']::regclass[])
    WHERE v.attrelid = 'leadscore.lead_position'::regclass AND v.attnum > 0
    ORDER BY v.attname, t.attrelid = 'leadscore.lead_state'::regclass DESC, t.attrelid = 'leadscore.source_ladder'::regclass DESC
  LOOP
    EXECUTE pg_catalog.format('COMMENT ON COLUMN leadscore.lead_position.%I IS %L', described.attname, described.description);
  END LOOP;
END
$do$;
COMMENT ON COLUMN leadscore.lead_position.has_events IS 'Whether the source has a table of events';
COMMENT ON COLUMN leadscore.lead_position.cohort_month IS 'The first day of the month in which the lead came';
COMMENT ON COLUMN leadscore.lead_position.amount IS 'What the lead is worth; NULL: not known';
COMMENT ON COLUMN leadscore.lead_position.stage IS 'Its stage; NULL: none yet. Kept where the model has the stage no more: then stage_no, stage_label and stage_kind are NULL';
COMMENT ON COLUMN leadscore.lead_position.won_mask IS 'The bits of the won stages of its source in visited; NULL: the model has no stages';
COMMENT ON COLUMN leadscore.lead_position.mql_mask IS 'The bits that show that a lead came as far as the stage mql; NULL: the ladder has none';
COMMENT ON COLUMN leadscore.lead_position.sal_mask IS 'The same of the stage sal';
COMMENT ON COLUMN leadscore.lead_position.sql_mask IS 'The same of the stage sql';
COMMENT ON COLUMN leadscore.lead_position.outcome IS 'lost: its stage is of kind lost; won: it has been in a won stage; on_hold: its stage is of kind hold; else open';
COMMENT ON COLUMN leadscore.lead_position.was_won IS 'Whether it has ever been in a won stage, lost since or not';
COMMENT ON COLUMN leadscore.lead_position.is_mature IS 'Whether its whole day came at least the source''s matures_after ago';

CREATE VIEW leadscore.leads WITH (security_invoker = true, security_barrier = true) AS
SELECT p.source, p.lead, p.created_at, p.cohort_day, p.channel, p.owner, p.status,
  p.stage_no, p.stage, p.stage_label, st.title AS stage_title, st.title_ru AS stage_title_ru, p.stage_kind, p.outcome,
  p.stage_since, CASE WHEN isfinite(p.stage_since) THEN date_part('epoch', now() - p.stage_since) / 86400 END AS days_in_stage, p.visits::bigint AS visits, p.closed_at,
  p.score, p.grade, p.temperature, p.probability, p.amount, (p.amount * p.probability::numeric)::numeric(18, 2) AS expected_value,
  p.target, p.is_duplicate, p.is_mature,
  CASE WHEN p.has_events THEN greatest(least(coalesce(leadscore.heat_points(p.heat, p.half_life, now()), 0), 1e300)
    - least(coalesce(leadscore.heat_points(p.cooling_heat, p.half_life, now()), 0), 1e300), 0) END AS heat_points,
  CASE WHEN p.has_events THEN nullif(nullif(leadscore.heat_cools_at(p.heat, p.half_life, 1), 'infinity'), '-infinity') END AS cools_at,
  CASE WHEN p.has_events THEN p.events END AS events, p.last_event_at,
  CASE WHEN isfinite(p.last_event_at) THEN date_part('epoch', now() - p.last_event_at) / 86400 END AS days_since_event,
  p.problem, p.problem_state, p.model, p.model_version, p.scored_at
FROM leadscore.lead_position AS p
LEFT JOIN leadscore.stage AS st ON st.model = p.model AND st.stage = p.stage;
COMMENT ON VIEW leadscore.leads IS 'Every lead of every attached table as it stands: where, since when, how good, worth what, how interested. One row a lead';
COMMENT ON COLUMN leadscore.leads.source IS 'The source: the name under which the table is attached';
COMMENT ON COLUMN leadscore.leads.lead IS 'The key of the lead as text; a key of several columns as an array of texts';
COMMENT ON COLUMN leadscore.leads.created_at IS 'When the lead came';
COMMENT ON COLUMN leadscore.leads.cohort_day IS 'The day of that in the time zone of the source';
COMMENT ON COLUMN leadscore.leads.channel IS 'Where it came from; NULL: not known';
COMMENT ON COLUMN leadscore.leads.owner IS 'Who works on it; NULL: nobody';
COMMENT ON COLUMN leadscore.leads.status IS 'Its status in the CRM; NULL: none';
COMMENT ON COLUMN leadscore.leads.stage_no IS 'The number of its stage, to sort by; NULL: no stage, or one that the model has no more';
COMMENT ON COLUMN leadscore.leads.stage IS 'Its stage; NULL: none yet';
COMMENT ON COLUMN leadscore.leads.stage_label IS 'Number and title of the stage, for tools that sort by text';
COMMENT ON COLUMN leadscore.leads.stage_title IS 'What people call the stage; NULL: as it is';
COMMENT ON COLUMN leadscore.leads.stage_title_ru IS 'The same in Russian';
COMMENT ON COLUMN leadscore.leads.stage_kind IS 'The kind of the stage: open, hold, won or lost';
COMMENT ON COLUMN leadscore.leads.outcome IS 'open, on_hold, won (it has been in a won stage and is not lost) or lost';
COMMENT ON COLUMN leadscore.leads.stage_since IS 'When it came into its stage';
COMMENT ON COLUMN leadscore.leads.days_in_stage IS 'How many days ago that was';
COMMENT ON COLUMN leadscore.leads.visits IS 'How many times it has come into a stage, returns included';
COMMENT ON COLUMN leadscore.leads.closed_at IS 'When the table says that it was closed';
COMMENT ON COLUMN leadscore.leads.score IS 'Its score, between the limits of the model (0 to 100 by default); NULL: not judged, see problem';
COMMENT ON COLUMN leadscore.leads.grade IS 'Its grade; NULL: below all, or not judged';
COMMENT ON COLUMN leadscore.leads.temperature IS 'Its temperature; NULL: below all, or not judged';
COMMENT ON COLUMN leadscore.leads.probability IS 'The probability that it is won, from 0 to 1; NULL: the model tells none';
COMMENT ON COLUMN leadscore.leads.amount IS 'What it is worth if it is won; NULL: not known';
COMMENT ON COLUMN leadscore.leads.expected_value IS 'amount times probability; NULL where either is. Of a lead that is won or lost already it says nothing more';
COMMENT ON COLUMN leadscore.leads.target IS 'target, not_target, grow (not yet, but can become one) or unknown (ask); NULL: the model has no target criteria';
COMMENT ON COLUMN leadscore.leads.is_duplicate IS 'Whether it repeats an earlier lead';
COMMENT ON COLUMN leadscore.leads.is_mature IS 'Whether it came so long ago that it would have moved on if it ever does (matures_after of the source)';
COMMENT ON COLUMN leadscore.leads.heat_points IS 'The points of its events as they are worth at this moment, at least 0; NULL: the source has no events';
COMMENT ON COLUMN leadscore.leads.cools_at IS 'When the points of what it did fall below 1 if it does nothing more; NULL: it did nothing';
COMMENT ON COLUMN leadscore.leads.events IS 'How many events it has; NULL: the source has no events';
COMMENT ON COLUMN leadscore.leads.last_event_at IS 'When the latest of them happened; NULL: none';
COMMENT ON COLUMN leadscore.leads.days_since_event IS 'How many days ago that was';
COMMENT ON COLUMN leadscore.leads.problem IS 'Why it could not be judged; NULL: it was';
COMMENT ON COLUMN leadscore.leads.problem_state IS 'The SQLSTATE of that';
COMMENT ON COLUMN leadscore.leads.model IS 'The model that judges it';
COMMENT ON COLUMN leadscore.leads.model_version IS 'The version of the model that judged it last';
COMMENT ON COLUMN leadscore.leads.scored_at IS 'When it was judged last';

CREATE VIEW leadscore.next_actions WITH (security_invoker = true, security_barrier = true) AS
SELECT l.source, l.lead, l.owner, l.channel, l.stage_no, l.stage, l.stage_label, l.outcome, l.temperature,
  b.step, b.worked_by, b.action, b.action_ru, b.send, d.due_at, coalesce(d.due_at < now(), false) AS is_overdue,
  CASE WHEN isfinite(d.due_at) AND d.due_at < now() THEN date_part('epoch', now() - d.due_at) / 86400 END AS overdue_days,
  l.expected_value, l.probability, l.score, l.grade, l.heat_points, l.target, l.is_duplicate, l.stage_since, l.created_at, l.cohort_day
FROM leadscore.leads AS l
JOIN leadscore.playbook AS b ON b.model = l.model AND b.stage = l.stage AND (b.temperature IS NULL OR b.temperature = l.temperature)
CROSS JOIN LATERAL (SELECT CASE WHEN b.due_within IS NOT NULL THEN l.stage_since + least(b.due_within, '100 years') END AS due_at) AS d;
COMMENT ON VIEW leadscore.next_actions IS 'What is to be done with each lead by the playbook of its model, for its stage and temperature; one row a lead and action. First things first: ORDER BY is_overdue DESC, expected_value DESC NULLS LAST, score DESC NULLS LAST, heat_points DESC NULLS LAST';
COMMENT ON COLUMN leadscore.next_actions.source IS 'The source';
COMMENT ON COLUMN leadscore.next_actions.lead IS 'The key of the lead';
COMMENT ON COLUMN leadscore.next_actions.owner IS 'Who works on the lead; NULL: nobody';
COMMENT ON COLUMN leadscore.next_actions.channel IS 'Where it came from; NULL: not known';
COMMENT ON COLUMN leadscore.next_actions.stage_no IS 'The number of its stage, to sort by';
COMMENT ON COLUMN leadscore.next_actions.stage IS 'Its stage';
COMMENT ON COLUMN leadscore.next_actions.stage_label IS 'Number and title of the stage';
COMMENT ON COLUMN leadscore.next_actions.outcome IS 'open, on_hold, won or lost';
COMMENT ON COLUMN leadscore.next_actions.temperature IS 'Its temperature';
COMMENT ON COLUMN leadscore.next_actions.step IS 'The order of the actions of a stage';
COMMENT ON COLUMN leadscore.next_actions.worked_by IS 'Whose work it is, such as marketing, first contact or sales; NULL: not said';
COMMENT ON COLUMN leadscore.next_actions.action IS 'What to do';
COMMENT ON COLUMN leadscore.next_actions.action_ru IS 'The same in Russian';
COMMENT ON COLUMN leadscore.next_actions.send IS 'What to send; NULL: nothing';
COMMENT ON COLUMN leadscore.next_actions.due_at IS 'Until when: so long after the lead came into its stage as the playbook says; NULL: at any time';
COMMENT ON COLUMN leadscore.next_actions.is_overdue IS 'Whether that is past. Nobody notes what has been done: a lead for which it was done in time, and which stays in its stage, is overdue as well';
COMMENT ON COLUMN leadscore.next_actions.overdue_days IS 'By how many days; NULL: it is not overdue';
COMMENT ON COLUMN leadscore.next_actions.expected_value IS 'amount times probability of the lead; NULL where either is';
COMMENT ON COLUMN leadscore.next_actions.probability IS 'The probability that it is won, from 0 to 1; NULL: the model tells none';
COMMENT ON COLUMN leadscore.next_actions.score IS 'Its score; NULL: not judged';
COMMENT ON COLUMN leadscore.next_actions.grade IS 'Its grade';
COMMENT ON COLUMN leadscore.next_actions.heat_points IS 'The points of its events as they are worth at this moment; NULL: the source has no events';
COMMENT ON COLUMN leadscore.next_actions.target IS 'target, not_target, grow or unknown; NULL: the model has no target criteria';
COMMENT ON COLUMN leadscore.next_actions.is_duplicate IS 'Whether it repeats an earlier lead';
COMMENT ON COLUMN leadscore.next_actions.stage_since IS 'When it came into its stage';
COMMENT ON COLUMN leadscore.next_actions.created_at IS 'When it came';
COMMENT ON COLUMN leadscore.next_actions.cohort_day IS 'The day of that in the time zone of the source';


CREATE VIEW leadscore.nurture_queue WITH (security_invoker = true, security_barrier = true) AS
SELECT l.source, l.lead, l.owner, l.channel, n.reason, l.stage_no, l.stage, l.stage_label, l.temperature, l.stage_since, l.days_in_stage,
  l.expected_value, l.probability, l.score, l.grade, l.target, l.heat_points, l.cools_at, l.last_event_at, l.days_since_event,
  a.step, a.worked_by, a.action, a.action_ru, a.send, a.due_at, coalesce(a.due_at < now(), false) AS is_overdue, l.created_at, l.cohort_day
FROM leadscore.leads AS l
LEFT JOIN (
  SELECT DISTINCT ON (b.model) b.model, b.label FROM leadscore.band AS b WHERE b.kind = 'temperature' ORDER BY b.model, b.from_score, b.label) AS coldest
  ON coldest.model = l.model
CROSS JOIN LATERAL (
  SELECT CASE WHEN l.outcome = 'on_hold' THEN 'on_hold' WHEN l.target = 'grow' THEN 'to_grow' WHEN l.temperature = coldest.label THEN 'not_ready' END AS reason) AS n
LEFT JOIN LATERAL (
  SELECT b.step, b.worked_by, b.action, b.action_ru, b.send, d.due_at
  FROM leadscore.playbook AS b
  CROSS JOIN LATERAL (SELECT CASE WHEN b.due_within IS NOT NULL THEN l.stage_since + least(b.due_within, '100 years') END AS due_at) AS d
  WHERE b.model = l.model AND b.stage = l.stage AND (b.temperature IS NULL OR b.temperature = l.temperature)
  ORDER BY coalesce(d.due_at < now(), false), CASE WHEN d.due_at < now() THEN -b.step ELSE b.step END LIMIT 1) AS a ON true
WHERE l.outcome IN ('open', 'on_hold') AND n.reason IS NOT NULL;
COMMENT ON VIEW leadscore.nurture_queue IS 'Leads to be warmed, with the action that is next: those on hold, those that can become target leads, and open ones as cold as the model knows. One row a lead. The most promising first: ORDER BY expected_value DESC NULLS LAST, score DESC NULLS LAST; those that are about to be forgotten: ORDER BY cools_at';
COMMENT ON COLUMN leadscore.nurture_queue.source IS 'The source';
COMMENT ON COLUMN leadscore.nurture_queue.lead IS 'The key of the lead';
COMMENT ON COLUMN leadscore.nurture_queue.owner IS 'Who works on it; NULL: nobody';
COMMENT ON COLUMN leadscore.nurture_queue.channel IS 'Where it came from; NULL: not known';
COMMENT ON COLUMN leadscore.nurture_queue.reason IS 'Why it is here: on_hold; to_grow: not a target lead yet, but can become one; not_ready: open, and of the coldest temperature of the model';
COMMENT ON COLUMN leadscore.nurture_queue.stage_no IS 'The number of its stage, to sort by';
COMMENT ON COLUMN leadscore.nurture_queue.stage IS 'Its stage; NULL: none yet';
COMMENT ON COLUMN leadscore.nurture_queue.stage_label IS 'Number and title of the stage';
COMMENT ON COLUMN leadscore.nurture_queue.temperature IS 'Its temperature';
COMMENT ON COLUMN leadscore.nurture_queue.stage_since IS 'When it came into its stage';
COMMENT ON COLUMN leadscore.nurture_queue.days_in_stage IS 'How many days ago that was';
COMMENT ON COLUMN leadscore.nurture_queue.expected_value IS 'amount times probability; NULL where either is';
COMMENT ON COLUMN leadscore.nurture_queue.probability IS 'The probability that it is won, from 0 to 1; NULL: the model tells none';
COMMENT ON COLUMN leadscore.nurture_queue.score IS 'Its score; NULL: not judged';
COMMENT ON COLUMN leadscore.nurture_queue.grade IS 'Its grade';
COMMENT ON COLUMN leadscore.nurture_queue.target IS 'target, grow or unknown; NULL: the model has no target criteria';
COMMENT ON COLUMN leadscore.nurture_queue.heat_points IS 'The points of its events as they are worth at this moment; NULL: the source has no events';
COMMENT ON COLUMN leadscore.nurture_queue.cools_at IS 'When the points of what it did fall below 1 if it does nothing more; NULL: it did nothing';
COMMENT ON COLUMN leadscore.nurture_queue.last_event_at IS 'When the latest of its events happened; NULL: none';
COMMENT ON COLUMN leadscore.nurture_queue.days_since_event IS 'How many days ago that was';
COMMENT ON COLUMN leadscore.nurture_queue.step IS 'The order of the action in the playbook; NULL: the playbook has none for it';
COMMENT ON COLUMN leadscore.nurture_queue.worked_by IS 'Whose work it is';
COMMENT ON COLUMN leadscore.nurture_queue.action IS 'What to do next: the first action of the playbook that is not overdue, else the last';
COMMENT ON COLUMN leadscore.nurture_queue.action_ru IS 'The same in Russian';
COMMENT ON COLUMN leadscore.nurture_queue.send IS 'What to send; NULL: nothing';
COMMENT ON COLUMN leadscore.nurture_queue.due_at IS 'Until when; NULL: at any time';
COMMENT ON COLUMN leadscore.nurture_queue.is_overdue IS 'Whether that is past';
COMMENT ON COLUMN leadscore.nurture_queue.created_at IS 'When the lead came';
COMMENT ON COLUMN leadscore.nurture_queue.cohort_day IS 'The day of that in the time zone of the source';

CREATE VIEW leadscore.score_history WITH (security_invoker = true, security_barrier = true) AS
SELECT h.source, h.lead, row_number() OVER follows AS change_no, h.at, h.score, lag(h.score) OVER follows AS previous_score,
  h.score - lag(h.score) OVER follows AS change, h.grade, h.temperature, h.model_version,
  h.model_version <> lag(h.model_version) OVER follows AS is_other_version
FROM (
  SELECT p.source, p.lead, p.first_scored_at AS at, p.first_score AS score, NULL::text AS grade, NULL::text AS temperature, NULL::bigint AS model_version, true AS is_first
  FROM leadscore.lead_position AS p
  UNION ALL
  SELECT s.source, c.lead, c.changed_at, c.score, c.grade, c.temperature, c.model_version, false
  FROM leadscore.source AS s JOIN leadscore.score_change AS c ON c.source_id = s.source_id) AS h
WINDOW follows AS (PARTITION BY h.source, h.lead ORDER BY h.is_first DESC, h.at, h.score, h.grade, h.temperature);
COMMENT ON VIEW leadscore.score_history IS 'How the score of each lead has come about: the first, then every change; one row a change';
COMMENT ON COLUMN leadscore.score_history.source IS 'The source';
COMMENT ON COLUMN leadscore.score_history.lead IS 'The key of the lead';
COMMENT ON COLUMN leadscore.score_history.change_no IS 'The changes of a lead in order, from 1: the first score';
COMMENT ON COLUMN leadscore.score_history.at IS 'The instant as of which it was judged';
COMMENT ON COLUMN leadscore.score_history.score IS 'The score from then on; NULL: it could not be judged';
COMMENT ON COLUMN leadscore.score_history.previous_score IS 'The score before; NULL: none';
COMMENT ON COLUMN leadscore.score_history.change IS 'score - previous_score; NULL where either is';
COMMENT ON COLUMN leadscore.score_history.grade IS 'The grade from then on; NULL of the first score, of which only the score is kept';
COMMENT ON COLUMN leadscore.score_history.temperature IS 'The temperature from then on; NULL of the first score';
COMMENT ON COLUMN leadscore.score_history.model_version IS 'The version of the model; NULL of the first score';
COMMENT ON COLUMN leadscore.score_history.is_other_version IS 'Whether another version of the model judged it than the time before, so that the change may be the model''s; NULL: not known';

CREATE FUNCTION leadscore.money(sum numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT greatest(least(sum, 9999999999999999.99), -9999999999999999.99)
$$;
COMMENT ON FUNCTION leadscore.money(numeric) IS
'Internal: a sum as an amount of money, which numeric(18, 2) must hold: beyond that, the most that it holds. NULL for NULL.';

CREATE VIEW leadscore.churn WITH (security_invoker = true, security_barrier = true) AS
SELECT c.source, c.month, c.channel, c.customers, c.in_care, c.lost, w.estimate AS lost_rate, w.lower AS lost_lower, w.upper AS lost_upper,
  c.amount, c.lost_amount, c.is_mature
FROM (
  SELECT p.source, date_trunc('month', f.won_at AT TIME ZONE p.time_zone)::date AS month, p.channel,
    count(*) AS customers, count(*) FILTER (WHERE p.stage_kind = 'won' AND p.won_mask & ~p.reach_mask <> 0) AS in_care,
    count(*) FILTER (WHERE p.outcome = 'lost') AS lost,
    leadscore.money(sum(p.amount))::numeric(18, 2) AS amount,
    leadscore.money(sum(CASE WHEN p.outcome = 'lost' THEN p.amount ELSE 0 END))::numeric(18, 2) AS lost_amount,
    bool_and(f.won_at <= (now() AT TIME ZONE p.time_zone - p.matures_after) AT TIME ZONE p.time_zone) AS is_mature
  FROM leadscore.lead_position AS p
  CROSS JOIN LATERAL (
    SELECT min(h.entered_at) AS won_at FROM leadscore.stage_history AS h
    WHERE h.source_id = p.source_id AND h.lead = p.lead AND (1::bigint << h.stage_id) & p.won_mask <> 0) AS f
  WHERE p.was_won
  GROUP BY 1, 2, 3) AS c
CROSS JOIN LATERAL leadscore.wilson(c.lost, c.customers) AS w;
COMMENT ON VIEW leadscore.churn IS 'What becomes of customers after the sale: how many of those won in a month have been lost since; one row a source, month and channel';
COMMENT ON COLUMN leadscore.churn.source IS 'The source';
COMMENT ON COLUMN leadscore.churn.month IS 'The first day of the month in which they were won, in the time zone of the source';
COMMENT ON COLUMN leadscore.churn.channel IS 'Where they had come from; NULL: not known';
COMMENT ON COLUMN leadscore.churn.customers IS 'Leads that came into a won stage for the first time in that month';
COMMENT ON COLUMN leadscore.churn.in_care IS 'Of those, leads that stand in a later won stage than the first, such as care';
COMMENT ON COLUMN leadscore.churn.lost IS 'Of the customers, leads that stand in a lost stage now';
COMMENT ON COLUMN leadscore.churn.lost_rate IS 'lost / customers, from 0 to 1: the churn';
COMMENT ON COLUMN leadscore.churn.lost_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.churn.lost_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.churn.amount IS 'What the customers are worth, as far as amounts are known; NULL: none is';
COMMENT ON COLUMN leadscore.churn.lost_amount IS 'The same of the lost ones; 0: none is lost';
COMMENT ON COLUMN leadscore.churn.is_mature IS 'Whether all of them were won at least matures_after ago. Churn goes on: compare months of one age';

CREATE VIEW leadscore.touches_to_close WITH (security_invoker = true, security_barrier = true) AS
SELECT p.source, p.channel, count(*) AS won,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY f.visits_to_won) AS median_visits, percentile_cont(0.75) WITHIN GROUP (ORDER BY f.visits_to_won) AS p75_visits,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY d.days) AS median_days, percentile_cont(0.75) WITHIN GROUP (ORDER BY d.days) AS p75_days,
  count(*) FILTER (WHERE e.events IS NOT NULL) AS won_with_events,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY e.events) AS median_events, percentile_cont(0.75) WITHIN GROUP (ORDER BY e.events) AS p75_events
FROM leadscore.lead_position AS p
CROSS JOIN LATERAL (
  SELECT min(h.entered_at) AS won_at, min(h.visit_no) AS visits_to_won FROM leadscore.stage_history AS h
  WHERE h.source_id = p.source_id AND h.lead = p.lead AND (1::bigint << h.stage_id) & p.won_mask <> 0) AS f
CROSS JOIN LATERAL (
  SELECT CASE WHEN isfinite(f.won_at) AND isfinite(p.created_at) THEN greatest(date_part('epoch', f.won_at - p.created_at) / 86400, 0) END AS days) AS d
CROSS JOIN LATERAL (
  SELECT CASE WHEN p.has_events AND (p.last_event_at IS NULL OR p.last_event_at <= f.won_at) THEN p.events END AS events) AS e
WHERE p.outcome = 'won'
GROUP BY p.source, p.channel;
COMMENT ON VIEW leadscore.touches_to_close IS 'How many touches and how many days a lead took until it was won; one row a source and channel';
COMMENT ON COLUMN leadscore.touches_to_close.source IS 'The source';
COMMENT ON COLUMN leadscore.touches_to_close.channel IS 'Where they came from; NULL: not known';
COMMENT ON COLUMN leadscore.touches_to_close.won IS 'Leads that are won: the denominator of visits and days';
COMMENT ON COLUMN leadscore.touches_to_close.median_visits IS 'Half of them came into so many stages or fewer until they were won, the won one included';
COMMENT ON COLUMN leadscore.touches_to_close.p75_visits IS 'The same of three quarters';
COMMENT ON COLUMN leadscore.touches_to_close.median_days IS 'Half of them were won within so many days after they came. Those who are won late are not among them yet: channel_performance counts them';
COMMENT ON COLUMN leadscore.touches_to_close.p75_days IS 'The same of three quarters';
COMMENT ON COLUMN leadscore.touches_to_close.won_with_events IS 'Won leads whose last event was not after the sale, so that how many came before is known: the denominator of the events. leadscore.touches_until_won() counts those of all won leads';
COMMENT ON COLUMN leadscore.touches_to_close.median_events IS 'Half of those had so many events or fewer; NULL: there is none';
COMMENT ON COLUMN leadscore.touches_to_close.p75_events IS 'The same of three quarters';

CREATE FUNCTION leadscore.touches_until_won(source text, OUT channel text, OUT event text, OUT won bigint, OUT won_with bigint, OUT share double precision, OUT lower double precision, OUT upper double precision,
  OUT median_events double precision, OUT p75_events double precision) RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 50
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  id CONSTANT integer := leadscore.readable_source(touches_until_won.source);
  its_source leadscore.source;
BEGIN
  SELECT s.* INTO STRICT its_source FROM leadscore.source AS s WHERE s.source_id = id;
  IF its_source.events IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = format('source "%s" has no table of events', its_source.source),
      HINT = 'View leadscore.touches_to_close counts stages and days.';
  END IF;
  RETURN QUERY EXECUTE format($query$
    WITH win AS MATERIALIZED (
      SELECT p.lead, p.channel, f.won_at
      FROM leadscore.lead_position AS p
      CROSS JOIN LATERAL (
        SELECT min(h.entered_at) AS won_at FROM leadscore.stage_history AS h
        WHERE h.source_id = p.source_id AND h.lead = p.lead AND (1::bigint << h.stage_id) & p.won_mask <> 0) AS f
      WHERE p.source_id = $1 AND p.outcome = 'won'
    ), touch AS MATERIALIZED (
      SELECT w.lead, w.channel, e.%2$I::text AS event, count(*) AS events
      FROM win AS w JOIN %1$s AS e ON e.%3$I::text = w.lead AND e.%4$I <= w.won_at
      GROUP BY w.lead, w.channel, e.%2$I::text
    ), counted AS (
      SELECT w.channel, NULL::text AS event, true AS is_whole, coalesce(t.events, 0) AS events
      FROM win AS w LEFT JOIN (SELECT t.lead, sum(t.events)::bigint AS events FROM touch AS t GROUP BY t.lead) AS t ON t.lead = w.lead
      UNION ALL
      SELECT w.channel, k.event, false, coalesce(t.events, 0)
      FROM (SELECT DISTINCT t.channel, t.event FROM touch AS t WHERE t.event IS NOT NULL) AS k
      JOIN win AS w ON w.channel IS NOT DISTINCT FROM k.channel
      LEFT JOIN touch AS t ON t.lead = w.lead AND t.event = k.event
    )
    SELECT c.channel, c.event, c.won, c.won_with, r.estimate, r.lower, r.upper, c.median_events, c.p75_events
    FROM (
      SELECT n.channel, n.event, n.is_whole, count(*) AS won, count(*) FILTER (WHERE n.events > 0) AS won_with,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY n.events) AS median_events, percentile_cont(0.75) WITHIN GROUP (ORDER BY n.events) AS p75_events
      FROM counted AS n GROUP BY n.channel, n.event, n.is_whole) AS c
    CROSS JOIN LATERAL leadscore.wilson(c.won_with, c.won) AS r
    ORDER BY c.channel, c.is_whole DESC, c.won_with DESC, c.event
  $query$, its_source.events, its_source.event_columns ->> 'event', its_source.event_columns ->> 'lead', its_source.event_columns ->> 'at')
  USING id;
END
$$;
COMMENT ON FUNCTION leadscore.touches_until_won(text) IS
'How many events won leads had until they were won, by channel: of all kinds (event is NULL) and of each kind that occurs; the won leads, those of them with such an event and their share with its Wilson interval at 95 %, and the median and the third quartile of the number over all won leads of the channel, those without included. Read from the table of events with the caller''s privileges. Raises 42704 for a source that does not exist, 55000 if it has no table of events, 42501 if the caller may not read the leads or the events, 22004 for NULL.';

CREATE FUNCTION leadscore.explain_lead(source leadscore.source, key text, as_of timestamptz) RETURNS SETOF leadscore.explanation
LANGUAGE plpgsql STABLE PARALLEL UNSAFE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  condition CONSTANT text := leadscore.key_condition(source, 'l', '$1');
BEGIN
  IF condition IS NOT NULL THEN
    RETURN QUERY EXECUTE format('SELECT e.* FROM %s AS l, leadscore.explain($2, l.*, $3) AS e WHERE %s', coalesce((source).features, (source).relation), condition)
      USING key, (source).model, as_of;
  END IF;
EXCEPTION WHEN OTHERS THEN
  -- A model that cannot judge the lead is no reason to tell nothing of it; the state of the transaction or the server is.
  IF left(SQLSTATE, 2) = ANY (ARRAY['25', '40', '53', '57', '58', 'XX']) THEN
    RAISE;
  END IF;
  RETURN QUERY SELECT NULL, NULL, 'cannot be explained', NULL::double precision, NULL::double precision, SQLERRM, 'error';
END
$$;
COMMENT ON FUNCTION leadscore.explain_lead(leadscore.source, text, timestamptz) IS
'Internal: leadscore.explain() of a lead of a source, read from its table as the caller may. No rows if the table has no such row; a single one of kind error, with the message as its note, where the model cannot judge it.';

CREATE FUNCTION leadscore.number_text(number double precision) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT trim_scale(round(number::numeric, 2))::text
$$;
COMMENT ON FUNCTION leadscore.number_text(double precision) IS
'Internal: a number for people, with two digits after the point or fewer. NULL for NULL.';

CREATE FUNCTION leadscore.days_text(length interval) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT d.days || CASE WHEN d.days = '1' THEN ' day' ELSE ' days' END FROM leadscore.number_text(date_part('epoch', length) / 86400) AS d (days)
$$;
COMMENT ON FUNCTION leadscore.days_text(interval) IS
'Internal: a length of time in days, for people. NULL for NULL.';

CREATE FUNCTION leadscore.lead_card(source text, key text) RETURNS TABLE (line_no bigint, section text, at timestamptz, what text, value text)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE ROWS 50
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  its_source leadscore.source;
  lead leadscore.leads;
BEGIN
  PERFORM leadscore.readable_source(lead_card.source);
  IF lead_card.key IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'the lead must be named';
  END IF;
  SELECT s.* INTO STRICT its_source FROM leadscore.source AS s WHERE s.source = lead_card.source;
  SELECT l.* INTO lead FROM leadscore.leads AS l WHERE l.source = lead_card.source AND l.lead = lead_card.key;
  IF lead.lead IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'undefined_object',
      MESSAGE = format('source "%s" has no such lead', lead_card.source),
      HINT = 'View leadscore.leads lists the leads; a key of several columns is given as an array of texts.';
  END IF;

  RETURN QUERY
  WITH told (part, line, at, what, value) AS (
    SELECT 1, n.line, n.at, n.what, n.value
    FROM (VALUES
      (1, lead.created_at, 'came', coalesce('from ' || lead.channel, 'channel unknown')),
      (2, NULL, 'worked by', coalesce(lead.owner, 'nobody')),
      (3, lead.stage_since, 'stage', coalesce(lead.stage_label, lead.stage, 'none') || ', ' || CASE lead.outcome WHEN 'on_hold' THEN 'on hold' ELSE lead.outcome END),
      (4, lead.scored_at, 'score', coalesce(nullif(concat_ws(', ', leadscore.number_text(lead.score), lead.grade, lead.temperature), ''), 'none')),
      (5, NULL, 'probability', leadscore.number_text(lead.probability)),
      (6, NULL, 'amount', lead.amount::text),
      (7, NULL, 'expected value', lead.expected_value::text),
      (8, NULL, 'target lead', lead.target),
      (9, lead.last_event_at, 'events', lead.events || ', worth ' || leadscore.number_text(lead.heat_points) || ' points now'),
      (10, NULL, 'problem', lead.problem)) AS n (line, at, what, value)
    WHERE n.value IS NOT NULL
    UNION ALL
    SELECT 2, v.visit_no, v.entered_at, coalesce(l.stage_label, ss.stage),
      CASE WHEN isfinite(v.left_at) AND isfinite(v.entered_at) THEN leadscore.days_text(v.left_at - v.entered_at)
        WHEN v.left_at IS NULL AND isfinite(v.entered_at) THEN leadscore.days_text(now() - v.entered_at) || ' so far' ELSE '' END
      || CASE WHEN v.lap_no > 1 THEN ', visit ' || v.lap_no ELSE '' END
    FROM (SELECT h.*, lead(h.entered_at) OVER (ORDER BY h.visit_no) AS left_at
      FROM leadscore.stage_history AS h WHERE h.source_id = its_source.source_id AND h.lead = lead_card.key) AS v
    JOIN leadscore.source_stage AS ss ON ss.source_id = v.source_id AND ss.stage_id = v.stage_id
    LEFT JOIN leadscore.source_ladder AS l ON l.source = lead_card.source AND l.stage_id = v.stage_id
    UNION ALL
    SELECT 3, c.change_no, c.at, CASE WHEN c.change_no = 1 THEN 'first score' WHEN c.is_other_version THEN 'score by another version of the model' ELSE 'score' END,
      concat_ws(', ', coalesce(leadscore.number_text(c.score), 'none') || CASE WHEN c.change <> 0 THEN ' (' || CASE WHEN c.change > 0 THEN '+' ELSE '' END || leadscore.number_text(c.change) || ')' ELSE '' END,
        c.grade, c.temperature)
    FROM leadscore.score_history AS c WHERE c.source = lead_card.source AND c.lead = lead_card.key
    UNION ALL
    SELECT 4, row_number() OVER (ORDER BY x.line_no), NULL, x.what, x.value
    FROM (
      SELECT e.line_no, coalesce(e.title, e.criterion, e.kind) AS what,
        concat_ws(', ', CASE WHEN e.contribution > 0 THEN '+' ELSE '' END || leadscore.number_text(e.contribution), e.note) AS value
      FROM leadscore.explain_lead(its_source, lead_card.key, lead.scored_at) WITH ORDINALITY AS e (dimension, criterion, title, points, contribution, note, kind, line_no)
      WHERE e.contribution <> 0 OR e.kind IN ('scale', 'error')
      UNION ALL
      SELECT 1000000, 'not explained: events, marks, or a change since', leadscore.number_text(lead.score - sum(e.contribution))
      FROM leadscore.explain_lead(its_source, lead_card.key, lead.scored_at) AS e HAVING abs(lead.score - sum(e.contribution)) > 0.005) AS x
    UNION ALL
    SELECT 5, row_number() OVER (ORDER BY d.at, d.lead_id), d.at,
      CASE WHEN d.lead_id = lead_card.key THEN 'repeats lead ' || d.primary_id WHEN d.primary_id = lead_card.key THEN 'repeated by lead ' || d.lead_id
        ELSE 'lead ' || d.lead_id || ' repeats lead ' || d.primary_id END,
      'probability ' || leadscore.number_text(d.probability)
    FROM leadscore.duplicate_index AS i
    CROSS JOIN LATERAL leadscore.settled_duplicates(i.relation, lead_card.key) AS d
    WHERE i.relation = its_source.relation AND its_source.marks_duplicates AND its_source.key = ARRAY[i.key]
    UNION ALL
    SELECT 6, n.step, n.due_at, n.action || coalesce(': ' || n.send, ''),
      concat_ws(', ', n.worked_by, CASE WHEN n.is_overdue THEN 'overdue' || coalesce(' by ' || leadscore.days_text(n.overdue_days * interval '1 day'), '') END)
    FROM leadscore.next_actions AS n WHERE n.source = lead_card.source AND n.lead = lead_card.key)
  SELECT row_number() OVER (ORDER BY t.part, t.line), (ARRAY['lead', 'stages', 'scores', 'why this score', 'duplicates', 'to do'])[t.part], t.at, t.what, t.value
  FROM told AS t ORDER BY 1;
END
$$;
COMMENT ON FUNCTION leadscore.lead_card(text, text) IS
'One lead''s whole story, for whoever is about to call: what is known of it, its stages with the days in each, how the score has changed and why it is what it is, its duplicates, what to do. One row a line; nothing of it is personal data but what the table uses as key, channel, owner or status. The explanation is read from the table, as of the time when the lead was last judged, with the caller''s privileges. Raises 42704 for a source or lead that does not exist, 42501 if the caller may not read the leads of the source, 22004 for NULL.';

GRANT SELECT ON leadscore.lead_position, leadscore.leads, leadscore.next_actions,
  leadscore.nurture_queue, leadscore.score_history, leadscore.churn, leadscore.touches_to_close TO PUBLIC;
