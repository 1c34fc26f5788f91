-- The funnel of attached tables: how many leads came how far, by day, channel and owner, each rate with its interval.
--
-- One query, by different keys: it counts the leads of a segment in one pass over lead_state, then makes a row of each
-- stage. So a view counts what it shows and nothing else, and all of them and leadscore.funnel() mean the same.
CREATE FUNCTION leadscore.funnel_query(shown text, keys text[], expressions text[], condition text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT format($query$
SELECT %s, f.stage_no, f.stage, f.stage_label, f.stage_kind,
  f.leads, f.unique_leads, f.reached, f.unique_reached, f.visited, f.current,
  f.won_after, f.lost_after, f.reached - f.won_after - f.lost_after AS open_after,
  f.prev_step, f.reached::double precision / nullif(f.prev_step, 0) AS rate_prev_step,
  (leadscore.wilson(f.reached, f.prev_step)).lower AS rate_prev_step_lower,
  (leadscore.wilson(f.reached, f.prev_step)).upper AS rate_prev_step_upper,
  f.first_step, f.reached_step::double precision / nullif(f.first_step, 0) AS rate_first_step,
  (leadscore.wilson(f.reached_step, f.first_step)).lower AS rate_first_step_lower,
  (leadscore.wilson(f.reached_step, f.first_step)).upper AS rate_first_step_upper,
  f.mature_leads, f.mature_reached,
  f.mature_prev_step, f.mature_reached::double precision / nullif(f.mature_prev_step, 0) AS mature_rate_prev_step,
  (leadscore.wilson(f.mature_reached, f.mature_prev_step)).lower AS mature_rate_prev_step_lower,
  (leadscore.wilson(f.mature_reached, f.mature_prev_step)).upper AS mature_rate_prev_step_upper,
  f.mature_first_step, f.mature_reached::double precision / nullif(f.mature_first_step, 0) AS mature_rate_first_step,
  (leadscore.wilson(f.mature_reached, f.mature_first_step)).lower AS mature_rate_first_step_lower,
  (leadscore.wilson(f.mature_reached, f.mature_first_step)).upper AS mature_rate_first_step_upper,
  f.is_mature
FROM (
  SELECT s.source, %s, s.stage_nos[c.place] AS stage_no, s.stages[c.place] AS stage, s.stage_labels[c.place] AS stage_label, s.stage_kinds[c.place] AS stage_kind,
    c.leads, c.unique_leads, c.reached[c.place] AS reached, coalesce(c.unique_reached[c.place], 0) AS unique_reached,
    c.visited[c.place] AS visited, c.current[c.place] AS current,
    coalesce(c.won_after[c.place], 0) AS won_after, coalesce(c.lost_after[c.place], 0) AS lost_after,
    CASE WHEN c.place <= s.steps THEN c.reached[c.place] END AS reached_step,
    CASE WHEN c.place = 1 AND s.steps > 0 THEN c.leads WHEN c.place <= s.steps THEN c.reached[c.place - 1] END AS prev_step,
    CASE WHEN c.place <= s.steps THEN c.reached[1] END AS first_step,
    c.mature_leads, coalesce(c.mature_reached[c.place], 0) AS mature_reached,
    CASE WHEN c.place = 1 AND s.steps > 0 THEN c.mature_leads WHEN c.place <= s.steps THEN coalesce(c.mature_reached[c.place - 1], 0) END AS mature_prev_step,
    CASE WHEN c.place <= s.steps THEN coalesce(c.mature_reached[1], 0) END AS mature_first_step,
    c.is_mature
  FROM leadscore.source_masks() AS s
  CROSS JOIN LATERAL (
    SELECT %s, generate_series(1, cardinality(s.stages)) AS place, count(*) AS leads, count(*) FILTER (WHERE NOT l.is_duplicate) AS unique_leads,
      leadscore.count_by_mask(l.visited, s.reach_masks) AS reached,
      leadscore.count_by_mask(l.visited, s.reach_masks) FILTER (WHERE NOT l.is_duplicate) AS unique_reached,
      leadscore.count_by_mask(l.visited, s.stage_masks) AS visited,
      leadscore.count_by_mask(1::bigint << l.stage_id, s.stage_masks) AS current,
      leadscore.count_by_mask(l.visited, s.reach_masks) FILTER (WHERE l.visited & s.won_mask <> 0 AND coalesce(1::bigint << l.stage_id, 0) & s.lost_mask = 0) AS won_after,
      leadscore.count_by_mask(l.visited, s.reach_masks) FILTER (WHERE (1::bigint << l.stage_id) & s.lost_mask <> 0) AS lost_after,
      count(*) FILTER (WHERE l.cohort_day <= s.mature_until) AS mature_leads,
      leadscore.count_by_mask(l.visited, s.reach_masks) FILTER (WHERE l.cohort_day <= s.mature_until) AS mature_reached,
      bool_and(l.cohort_day <= s.mature_until) AS is_mature
    FROM leadscore.lead_state AS l WHERE l.source_id = s.source_id AND %s GROUP BY %s) AS c) AS f$query$,
    shown,
    (SELECT string_agg(format('c.%I', k), ', ' ORDER BY n) FROM unnest(keys) WITH ORDINALITY AS u (k, n)),
    (SELECT string_agg(format('%s AS %I', e, k), ', ' ORDER BY n) FROM unnest(keys, expressions) WITH ORDINALITY AS u (k, e, n)),
    condition,
    array_to_string(expressions, ', '))
$function$;
COMMENT ON FUNCTION leadscore.funnel_query(text, text[], text[], text) IS
'Internal: the query that counts the funnel of leads l of a source for each value of some expressions, which it calls by the names of keys; it shows first the columns that are named (of f), and counts leads for which the condition holds. NULL if an argument is.';

DO $do$
DECLARE
  made record;
BEGIN
  FOR made IN
    SELECT * FROM (VALUES
      ('funnel', ARRAY['cohort_day', 'channel', 'owner'], ARRAY['l.cohort_day', 'l.channel', 'l.owner'], 'each cohort day, channel, owner'),
      ('funnel_by_channel', ARRAY['channel'], ARRAY['l.channel'], 'each channel'),
      ('funnel_by_owner', ARRAY['owner'], ARRAY['l.owner'], 'each owner'),
      ('funnel_by_cohort', ARRAY['cohort_month'], ARRAY['date_trunc(''month'', l.cohort_day::timestamp)::date'], 'each month in which leads came')
    ) AS v (view_name, keys, expressions, of_what)
  LOOP
    EXECUTE pg_catalog.format('CREATE VIEW leadscore.%I WITH (security_invoker = true, security_barrier = true) AS %s', made.view_name,
      leadscore.funnel_query('f.source, f.' || array_to_string(made.keys, ', f.'), made.keys, made.expressions, 'true'));
    EXECUTE pg_catalog.format('COMMENT ON VIEW leadscore.%I IS %L', made.view_name,
      'How many leads came how far: one row for each source, ' || made.of_what || ' with leads, and stage. Counts of one stage add up over rows');
    EXECUTE pg_catalog.format('GRANT SELECT ON leadscore.%I TO PUBLIC', made.view_name);
  END LOOP;
END
$do$;

DO $do$
DECLARE
  made record;
BEGIN
  FOR made IN
    SELECT a.attrelid::regclass AS view_name, d.column_name, d.comment
    FROM (VALUES ('source', 'The source: an attached table'),
      ('cohort_day', 'The day on which the leads came, in the time zone of the source'),
      ('cohort_month', 'The first day of the month in which the leads came, in the time zone of the source'),
      ('channel', 'The channel from which the leads came; NULL: none is known'),
      ('owner', 'Who works on the leads; NULL: nobody'),
      ('stage_no', 'The number of the stage, by which stages are ordered'),
      ('stage', 'The name of the stage in the model'),
      ('stage_label', 'Number and title of the stage, for tools that order stages as texts'),
      ('stage_kind', 'open or won: a step of the ladder; hold or lost: beside the ladder'),
      ('leads', 'All leads of the segment, the same in the row of each stage. Sum it within one stage'),
      ('unique_leads', 'Of those, leads that are not duplicates of earlier ones'),
      ('reached', 'Leads that have ever been in this step of the ladder or a later one, lost or not; beside the ladder: that have ever been in the stage'),
      ('unique_reached', 'Of those, leads that are not duplicates of earlier ones'),
      ('visited', 'Leads that have ever been in this very stage'),
      ('current', 'Leads that are in the stage now'),
      ('won_after', 'Of reached, leads that have been in a won stage and are not in a lost one now'),
      ('lost_after', 'Of reached, leads that are in a lost stage now'),
      ('open_after', 'Of reached, leads that are neither won nor lost, on hold included'),
      ('prev_step', 'Leads that reached the step before; for the first step all leads. NULL beside the ladder'),
      ('rate_prev_step', 'reached / prev_step, from 0 to 1; NULL without such leads and beside the ladder. Over several rows: sum(reached) / sum(prev_step)'),
      ('rate_prev_step_lower', 'The lower end of its Wilson interval at 95 %; NULL beside the ladder'),
      ('rate_prev_step_upper', 'The upper end of its Wilson interval at 95 %; NULL beside the ladder'),
      ('first_step', 'Leads that reached the first step of the ladder. NULL beside the ladder'),
      ('rate_first_step', 'reached / first_step, from 0 to 1; NULL without such leads and beside the ladder. Over several rows: sum(reached) / sum(first_step)'),
      ('rate_first_step_lower', 'The lower end of its Wilson interval at 95 %; NULL beside the ladder'),
      ('rate_first_step_upper', 'The upper end of its Wilson interval at 95 %; NULL beside the ladder'),
      ('mature_leads', 'Of leads, those of cohort days that ended at least matures_after ago'),
      ('mature_reached', 'Of reached, leads of such days'),
      ('mature_prev_step', 'Of prev_step, leads of such days'),
      ('mature_rate_prev_step', 'mature_reached / mature_prev_step: the rate without leads that have had too little time; NULL without such leads and beside the ladder'),
      ('mature_rate_prev_step_lower', 'The lower end of its Wilson interval at 95 %; NULL beside the ladder'),
      ('mature_rate_prev_step_upper', 'The upper end of its Wilson interval at 95 %; NULL beside the ladder'),
      ('mature_first_step', 'Of first_step, leads of such days'),
      ('mature_rate_first_step', 'mature_reached / mature_first_step; NULL without such leads and beside the ladder'),
      ('mature_rate_first_step_lower', 'The lower end of its Wilson interval at 95 %; NULL beside the ladder'),
      ('mature_rate_first_step_upper', 'The upper end of its Wilson interval at 95 %; NULL beside the ladder'),
      ('is_mature', 'Whether all leads of the segment are of such days: younger ones may still go on')
    ) AS d (column_name, comment)
    JOIN pg_catalog.pg_attribute AS a ON a.attname = d.column_name
    WHERE a.attrelid = ANY (ARRAY['leadscore.funnel', 'leadscore.funnel_by_channel', 'leadscore.funnel_by_owner', 'leadscore.funnel_by_cohort']::regclass[])
  LOOP
    EXECUTE pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', made.view_name, made.column_name, made.comment);
  END LOOP;
END
$do$;

CREATE FUNCTION leadscore.funnel(source text, since date DEFAULT NULL, until date DEFAULT NULL, by text DEFAULT NULL)
RETURNS TABLE (segment text, stage_no integer, stage text, stage_label text, stage_kind text,
  leads bigint, unique_leads bigint, reached bigint, unique_reached bigint, visited bigint, current bigint,
  won_after bigint, lost_after bigint, open_after bigint,
  prev_step bigint, rate_prev_step double precision, rate_prev_step_lower double precision, rate_prev_step_upper double precision,
  first_step bigint, rate_first_step double precision, rate_first_step_lower double precision, rate_first_step_upper double precision,
  mature_leads bigint, mature_reached bigint,
  mature_prev_step bigint, mature_rate_prev_step double precision, mature_rate_prev_step_lower double precision, mature_rate_prev_step_upper double precision,
  mature_first_step bigint, mature_rate_first_step double precision, mature_rate_first_step_lower double precision, mature_rate_first_step_upper double precision,
  is_mature boolean)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  expression CONSTANT text := CASE
    WHEN by IS NULL THEN 'NULL::text'
    WHEN by = 'channel' THEN 'l.channel'
    WHEN by = 'owner' THEN 'l.owner'
    WHEN by = 'cohort_day' THEN 'to_char(l.cohort_day, ''YYYY-MM-DD'')'
    WHEN by = 'cohort_week' THEN 'to_char(date_trunc(''week'', l.cohort_day::timestamp), ''YYYY-MM-DD'')'
    WHEN by = 'cohort_month' THEN 'to_char(l.cohort_day, ''YYYY-MM-01'')'
  END;
BEGIN
  IF expression IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('a funnel cannot be made by "%s"', by),
      HINT = 'It can be made by channel, owner, cohort_day, cohort_week or cohort_month; by NULL it is one for all.';
  END IF;
  PERFORM leadscore.readable_source(source);
  RETURN QUERY EXECUTE leadscore.funnel_query('f.segment', ARRAY['segment'], ARRAY[expression],
      'l.cohort_day BETWEEN coalesce($2, ''-infinity'') AND coalesce($3, ''infinity'')')
    || ' WHERE f.source = $1 ORDER BY f.segment COLLATE "C", f.stage_no'
    USING source, since, until;
END
$$;
COMMENT ON FUNCTION leadscore.funnel(text, date, date, text) IS
'The funnel of a source over the leads that came from one day to another, both included (NULL: no limit), for each value of channel, owner, cohort_day, cohort_week (its Monday) or cohort_month (its first day; days as YYYY-MM-DD), or for all leads together (NULL). The columns are those of the view leadscore.funnel, whose counts they are the sums of. Raises 42704 if the source does not exist, 42501 if the current user may not read its table, 22004 if it is NULL, 22023 for another grouping.';
