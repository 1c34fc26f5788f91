-- The ladder of each attached table, as its model has it now: what the views of the funnel count by.
CREATE VIEW leadscore.source_ladder WITH (security_invoker = true, security_barrier = true) AS
SELECT s.source, s.source_id, k.stage_id, t.stage_no, t.stage,
  lpad(t.stage_no::text, max(length(t.stage_no::text)) OVER (PARTITION BY s.source_id), '0') || ' ' || coalesce(nullif(t.title, ''), t.stage) AS stage_label,
  t.kind AS stage_kind,
  CASE WHEN v.is_step THEN row_number() OVER (PARTITION BY s.source_id, v.is_step ORDER BY t.stage_no) END::integer AS step_no,
  (row_number() OVER (PARTITION BY s.source_id ORDER BY v.is_step DESC, t.stage_no))::integer AS place,
  v.stage_mask,
  CASE WHEN v.is_step THEN bit_or(v.stage_mask) OVER (PARTITION BY s.source_id, v.is_step ORDER BY t.stage_no DESC) ELSE v.stage_mask END AS reach_mask
FROM leadscore.source AS s
JOIN leadscore.source_stage AS k ON k.source_id = s.source_id
JOIN leadscore.stage AS t ON t.model = s.model AND t.stage = k.stage
CROSS JOIN LATERAL (SELECT t.kind = ANY (ARRAY['open', 'won']) AS is_step, 1::bigint << k.stage_id AS stage_mask) AS v;
COMMENT ON VIEW leadscore.source_ladder IS 'The stages of each source: those of its model in which a lead has been or can be; one row a source and stage';
COMMENT ON COLUMN leadscore.source_ladder.source IS 'The source';
COMMENT ON COLUMN leadscore.source_ladder.source_id IS 'Its number';
COMMENT ON COLUMN leadscore.source_ladder.stage_id IS 'Number of the stage in lead_state and stage_history';
COMMENT ON COLUMN leadscore.source_ladder.stage_no IS 'Its number in the model, by which stages are ordered';
COMMENT ON COLUMN leadscore.source_ladder.stage IS 'Its name';
COMMENT ON COLUMN leadscore.source_ladder.stage_label IS 'Number and title, for tools that order stages as texts';
COMMENT ON COLUMN leadscore.source_ladder.stage_kind IS 'open or won (a step of the ladder), hold or lost (beside the ladder)';
COMMENT ON COLUMN leadscore.source_ladder.step_no IS 'Which step of the ladder it is, from 1; NULL for a stage beside the ladder';
COMMENT ON COLUMN leadscore.source_ladder.place IS 'Which stage it is, from 1: the steps of the ladder, then those beside it';
COMMENT ON COLUMN leadscore.source_ladder.stage_mask IS 'Its bit in lead_state.visited';
COMMENT ON COLUMN leadscore.source_ladder.reach_mask IS 'The bits of the stages that show that a lead came so far: of a step its own and those of later steps, of a stage beside the ladder its own';

CREATE TYPE leadscore.source_mask AS (
  source text,
  source_id integer,
  stage_nos integer[],
  stages text[],
  stage_labels text[],
  stage_kinds text[],
  steps integer,
  reach_masks bigint[],
  stage_masks bigint[],
  won_mask bigint,
  lost_mask bigint,
  hold_mask bigint,
  mql_mask bigint,
  sal_mask bigint,
  sql_mask bigint,
  opportunity_mask bigint,
  mature_until date
);
COMMENT ON TYPE leadscore.source_mask IS 'Internal: what to count of the leads of a source, by the bits of lead_state.visited';
COMMENT ON COLUMN leadscore.source_mask.source IS 'The source';
COMMENT ON COLUMN leadscore.source_mask.source_id IS 'Its number';
COMMENT ON COLUMN leadscore.source_mask.stage_nos IS 'The stage_no of each place of the source_ladder';
COMMENT ON COLUMN leadscore.source_mask.stages IS 'The stage of each place';
COMMENT ON COLUMN leadscore.source_mask.stage_labels IS 'The stage_label of each place';
COMMENT ON COLUMN leadscore.source_mask.stage_kinds IS 'The stage_kind of each place';
COMMENT ON COLUMN leadscore.source_mask.steps IS 'How many places are steps of the ladder; they come first';
COMMENT ON COLUMN leadscore.source_mask.reach_masks IS 'The reach_mask of each place';
COMMENT ON COLUMN leadscore.source_mask.stage_masks IS 'The stage_mask of each place';
COMMENT ON COLUMN leadscore.source_mask.won_mask IS 'The bits of the stages of kind won';
COMMENT ON COLUMN leadscore.source_mask.lost_mask IS 'The bits of the stages of kind lost';
COMMENT ON COLUMN leadscore.source_mask.hold_mask IS 'The bits of the stages of kind hold';
COMMENT ON COLUMN leadscore.source_mask.mql_mask IS 'The bits that show that a lead came as far as the stage mql; 0 if the ladder has none';
COMMENT ON COLUMN leadscore.source_mask.sal_mask IS 'The same of the stage sal';
COMMENT ON COLUMN leadscore.source_mask.sql_mask IS 'The same of the stage sql';
COMMENT ON COLUMN leadscore.source_mask.opportunity_mask IS 'The same of the stage opportunity';
COMMENT ON COLUMN leadscore.source_mask.mature_until IS 'The latest cohort day all of whose leads came at least matures_after ago';

-- A function, as tools that look at views cannot show arrays.
CREATE FUNCTION leadscore.source_masks() RETURNS SETOF leadscore.source_mask
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT s.source, s.source_id,
    array_agg(t.stage_no ORDER BY t.place), array_agg(t.stage ORDER BY t.place), array_agg(t.stage_label ORDER BY t.place), array_agg(t.stage_kind ORDER BY t.place),
    count(t.step_no)::integer, array_agg(t.reach_mask ORDER BY t.place), array_agg(t.stage_mask ORDER BY t.place),
    coalesce(bit_or(t.stage_mask) FILTER (WHERE t.stage_kind = 'won'), 0),
    coalesce(bit_or(t.stage_mask) FILTER (WHERE t.stage_kind = 'lost'), 0),
    coalesce(bit_or(t.stage_mask) FILTER (WHERE t.stage_kind = 'hold'), 0),
    coalesce(bit_or(t.reach_mask) FILTER (WHERE t.stage = 'mql' AND t.step_no IS NOT NULL), 0),
    coalesce(bit_or(t.reach_mask) FILTER (WHERE t.stage = 'sal' AND t.step_no IS NOT NULL), 0),
    coalesce(bit_or(t.reach_mask) FILTER (WHERE t.stage = 'sql' AND t.step_no IS NOT NULL), 0),
    coalesce(bit_or(t.reach_mask) FILTER (WHERE t.stage = 'opportunity' AND t.step_no IS NOT NULL), 0),
    -- In the zone of the source: a day back has an hour more or less where clocks are changed, by the session's zone too.
    (now() AT TIME ZONE s.time_zone - s.matures_after)::date - 1
  FROM leadscore.source AS s
  JOIN leadscore.source_ladder AS t ON t.source_id = s.source_id
  GROUP BY s.source_id
$$;
COMMENT ON FUNCTION leadscore.source_masks() IS
'Internal: what to count of the leads of each source that the current user may read and whose model has stages';

GRANT SELECT ON leadscore.source_ladder TO PUBLIC;

CREATE FUNCTION leadscore.readable_source(source text) RETURNS integer
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  found_id integer;
BEGIN
  IF readable_source.source IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'the source must be named';
  END IF;
  SELECT s.source_id INTO found_id FROM leadscore.source AS s WHERE s.source = readable_source.source;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING
      ERRCODE = 'undefined_object',
      MESSAGE = format('source "%s" does not exist', readable_source.source),
      HINT = coalesce(
        (SELECT 'There is ' || string_agg(format('"%s"', s.source), ', ' ORDER BY s.source) || '.'
          FROM leadscore.source AS s WHERE s.source_id = ANY (leadscore.readable_sources())),
        'leadscore.attach() makes a source of a table.');
  END IF;
  IF found_id <> ALL (leadscore.readable_sources()) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'insufficient_privilege',
      MESSAGE = format('permission denied for source "%s"', readable_source.source),
      HINT = 'Whoever may read its table may read it, too; of a table with row-level security only its owner and the roles of leadscore.grant_reader(source, role).';
  END IF;
  RETURN found_id;
END
$$;
COMMENT ON FUNCTION leadscore.readable_source(text) IS
'Internal: the number of a source that the current user may read. Raises 42704 if it does not exist, 42501 if he may not read it, 22004 for NULL.';
