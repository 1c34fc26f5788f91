-- What keeps the state of an attached table current, as SQL made for the table: one statement judges leads and writes what
-- became of them. The triggers run it for the rows of a statement, refresh() for all leads, verify() compares.

CREATE TYPE leadscore.attached_judgement AS (
  score double precision,
  raw_score double precision,
  probability double precision,
  grade text,
  temperature text,
  target text,
  stage text,
  problem text,
  problem_state text
);
COMMENT ON TYPE leadscore.attached_judgement IS 'What leadscore.judge_attached() says about a lead';
COMMENT ON COLUMN leadscore.attached_judgement.score IS 'The score';
COMMENT ON COLUMN leadscore.attached_judgement.raw_score IS 'The sum of points before the scale';
COMMENT ON COLUMN leadscore.attached_judgement.probability IS 'The probability, of a model whose scale is one';
COMMENT ON COLUMN leadscore.attached_judgement.grade IS 'The grade; the earlier one where the score is high enough to keep it';
COMMENT ON COLUMN leadscore.attached_judgement.temperature IS 'The temperature, likewise';
COMMENT ON COLUMN leadscore.attached_judgement.target IS 'The verdict whether it is a target lead';
COMMENT ON COLUMN leadscore.attached_judgement.stage IS 'The stage: by rules it only climbs';
COMMENT ON COLUMN leadscore.attached_judgement.problem IS 'Why the lead could not be judged; then all else is NULL, but the stage as it was';
COMMENT ON COLUMN leadscore.attached_judgement.problem_state IS 'The SQLSTATE of that';

CREATE FUNCTION leadscore.judge_attached(model text, lead anyelement, as_of timestamptz, engagement double precision, is_duplicate boolean, stage text, grade text, temperature text, raises boolean) RETURNS leadscore.attached_judgement
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 300
AS 'MODULE_PATHNAME', 'leadscore_judge_attached';
COMMENT ON FUNCTION leadscore.judge_attached(text, anyelement, timestamptz, double precision, boolean, text, text, text, boolean) IS
'Internal: judges a lead of an attached table as of a time, with what conditions read as engagement and (unless NULL) is_duplicate, and the stage and labels that it had. With raises an error is raised; else it is told in the result, unless it is of the kind that must not be swallowed. A lead that is NULL has no features: that is a problem too. NULL if model or as_of is.';

CREATE FUNCTION leadscore.lead_features(source_id integer, lead text) RETURNS record
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'leadscore_lead_features';
COMMENT ON FUNCTION leadscore.lead_features(integer, text) IS
'Internal: the row of the features of a source that has the key of a lead, read as the owner of its table, who must be the caller''s role; NULL for none. Raises 42501 for another caller.';

-- The features of the lead with the key $1.
CREATE FUNCTION leadscore.features_query(source_id integer, OUT statement text, OUT reader oid) RETURNS record
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('SELECT x FROM %s AS x WHERE %s', s.features, leadscore.key_condition(s, 'x', '$1')), c.relowner
  FROM leadscore.source AS s JOIN pg_class AS c ON c.oid = s.relation
  WHERE s.source_id = features_query.source_id
$$;
COMMENT ON FUNCTION leadscore.features_query(integer) IS
'Internal: the SQL that reads the features of a lead of a source, and as whom it is read';

CREATE FUNCTION leadscore.is_seen(writer xid) RETURNS boolean
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_is_seen';
COMMENT ON FUNCTION leadscore.is_seen(xid) IS
'Internal: whether what a transaction that has committed wrote is visible to the query; if not, it knew more than the query does';

CREATE FUNCTION leadscore.add_source_stage(source_id integer, stage text) RETURNS smallint
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  number smallint;
BEGIN
  SELECT s.stage_id INTO number FROM leadscore.source_stage AS s WHERE s.source_id = add_source_stage.source_id AND s.stage = add_source_stage.stage;
  IF number IS NOT NULL THEN
    RETURN number;
  END IF;
  LOCK TABLE leadscore.source_stage IN SHARE ROW EXCLUSIVE MODE;
  INSERT INTO leadscore.source_stage (source_id, stage_id, stage)
  SELECT add_source_stage.source_id, coalesce(max(s.stage_id) + 1, 0), add_source_stage.stage
  FROM leadscore.source_stage AS s WHERE s.source_id = add_source_stage.source_id
  ON CONFLICT DO NOTHING;
  SELECT s.stage_id INTO number FROM leadscore.source_stage AS s WHERE s.source_id = add_source_stage.source_id AND s.stage = add_source_stage.stage;
  RETURN number;
END
$$;
COMMENT ON FUNCTION leadscore.add_source_stage(integer, text) IS
'Internal: the number of a stage for a source, given to it now if it has none. Raises 23514 for the 64th stage.';

CREATE FUNCTION leadscore.has_column(relation oid, name text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attname = has_column.name AND a.attnum > 0 AND NOT a.attisdropped)
$$;
COMMENT ON FUNCTION leadscore.has_column(oid, text) IS
'Internal: whether a relation has a column of that name; false for NULL';

CREATE FUNCTION leadscore.column_category(type oid) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE coalesce(nullif(t.typbasetype, 0), t.oid)
      WHEN 'int2'::regtype THEN 'number' WHEN 'int4'::regtype THEN 'number' WHEN 'int8'::regtype THEN 'number'
      WHEN 'numeric'::regtype THEN 'number' WHEN 'float4'::regtype THEN 'number' WHEN 'float8'::regtype THEN 'number'
      WHEN 'date'::regtype THEN 'time' WHEN 'timestamp'::regtype THEN 'time' WHEN 'timestamptz'::regtype THEN 'time'
      ELSE 'text' END
  FROM pg_type AS t WHERE t.oid = type
$$;
COMMENT ON FUNCTION leadscore.column_category(oid) IS
'Internal: number, time or text, by what a column of a type can say of a lead';

-- Columns may have changed their type, or have gone, since their table was attached: then they say nothing.
CREATE FUNCTION leadscore.time_expression(relation regclass, alias text, name text, time_zone text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce((
    SELECT format(CASE WHEN coalesce(nullif(t.typbasetype, 0), t.oid) = 'timestamptz'::regtype
        THEN 'CASE WHEN isfinite(%1$s.%2$I) THEN %1$s.%2$I::timestamptz END'
        ELSE 'CASE WHEN isfinite(%1$s.%2$I) THEN %1$s.%2$I::timestamp AT TIME ZONE %3$L END' END, alias, a.attname, time_zone)
    FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
    WHERE a.attrelid = relation AND a.attname = name AND a.attnum > 0 AND leadscore.column_category(a.atttypid) = 'time'), 'NULL::timestamptz')
$$;
COMMENT ON FUNCTION leadscore.time_expression(regclass, text, text, text) IS
'Internal: SQL for a column of a table as an instant, which without a zone of its own is in the given one; NULL for none and for infinity';

-- A column as a text, without the casts that the owner of its type may have made, and the same whatever whoever writes
-- has set.
CREATE FUNCTION leadscore.text_expression(relation regclass, alias text, name text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE
      WHEN a.attname IS NULL THEN 'NULL::text'
      WHEN coalesce(nullif(t.typbasetype, 0), t.oid) = ANY (ARRAY['text', 'varchar', 'bpchar', 'name', 'int2', 'int4', 'int8', 'numeric', 'uuid', 'bool', 'oid']::regtype[]::oid[])
        THEN format('%s.%I::text', alias, a.attname)
      WHEN coalesce(nullif(t.typbasetype, 0), t.oid) = ANY (ARRAY['float4', 'float8']::regtype[]::oid[])
        THEN format('%s.%I::numeric::text', alias, a.attname)
      WHEN leadscore.column_category(t.oid) = 'time'
        THEN format('to_char(%s, ''YYYY-MM-DD HH24:MI:SS.US'')', '(' || leadscore.time_expression(relation, alias, a.attname, 'UTC') || ') AT TIME ZONE ''UTC''')
      WHEN coalesce(nullif(t.typbasetype, 0), t.oid) = 'interval'::regtype
        THEN format('extract(epoch FROM %s.%I)::text', alias, a.attname)
      ELSE format('CASE WHEN %1$s.%2$I IS NOT NULL THEN format(''%%s'', %1$s.%2$I) END', alias, a.attname)
    END
  FROM (SELECT name) AS wanted (attname)
  LEFT JOIN pg_attribute AS a ON a.attrelid = relation AND a.attname = wanted.attname AND a.attnum > 0
  LEFT JOIN pg_type AS t ON t.oid = a.atttypid
$$;
COMMENT ON FUNCTION leadscore.text_expression(regclass, text, text) IS
'Internal: SQL for a column of a table as text, NULL for none';

CREATE FUNCTION leadscore.amount_expression(relation regclass, alias text, name text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce((
    SELECT format('CASE WHEN abs(%1$s.%2$I::numeric) < 1e15 THEN %1$s.%2$I::numeric(18, 2) END', alias, a.attname)
    FROM pg_attribute AS a
    WHERE a.attrelid = relation AND a.attname = name AND a.attnum > 0 AND leadscore.column_category(a.atttypid) = 'number'), 'NULL::numeric(18, 2)')
$$;
COMMENT ON FUNCTION leadscore.amount_expression(regclass, text, text) IS
'Internal: SQL for a column of a table as an amount of money, NULL for none and for what is none';

CREATE FUNCTION leadscore.key_expression(relation regclass, alias text, key text[]) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN cardinality(key) = 1 THEN min(leadscore.text_expression(relation, alias, k.name))
    ELSE format('ARRAY[%s]::text', string_agg(leadscore.text_expression(relation, alias, k.name), ', ' ORDER BY k.place)) END
  FROM unnest(key) WITH ORDINALITY AS k (name, place)
$$;
COMMENT ON FUNCTION leadscore.key_expression(regclass, text, text[]) IS
'Internal: SQL for the key of a lead as text: that of one column, or an array of several';

-- Keys are compared as what they are, so that the index of the key is used; never as a domain, whose checks are anybody's
-- code.
CREATE FUNCTION leadscore.key_condition(source leadscore.source, alias text, lead text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT string_agg(format('%s.%I = %s::%s', alias, a.attname,
      CASE WHEN cardinality(source.key) = 1 THEN lead ELSE format('(%s::text[])[%s]', lead, p.place) END,
      format_type(coalesce(nullif(t.typbasetype, 0), t.oid), NULL)), ' AND ' ORDER BY p.place)
  FROM unnest(source.key) WITH ORDINALITY AS p (name, place)
  JOIN pg_attribute AS a ON a.attrelid = source.relation AND a.attname = p.name
  JOIN pg_type AS t ON t.oid = a.atttypid
  HAVING count(*) = cardinality(source.key)
$$;
COMMENT ON FUNCTION leadscore.key_condition(leadscore.source, text, text) IS
'Internal: SQL for whether a row of a source has the key that an expression gives as text; NULL if a column of the key is no more';

CREATE FUNCTION leadscore.keyed_leads(source leadscore.source, keys text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('(SELECT DISTINCT k.lead FROM (%s) AS k (lead)) AS k JOIN %s AS n ON %s', keys, source.relation, leadscore.key_condition(source, 'n', 'k.lead'))
$$;
COMMENT ON FUNCTION leadscore.keyed_leads(leadscore.source, text) IS
'Internal: SQL of FROM for the leads (as n) of a source whose keys a query selects';

-- What events make of a lead. Those of the future count once they are past.
CREATE FUNCTION leadscore.event_expression(source leadscore.source, as_of text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN source.events IS NULL
      OR EXISTS (SELECT FROM jsonb_each_text(source.event_columns) AS k WHERE NOT leadscore.has_column(source.events, k.value)) THEN
      'CROSS JOIN (SELECT NULL::double precision, NULL::double precision, NULL::double precision, 0::bigint, NULL::timestamptz) AS ev (engagement, heat, cooling_heat, events, last_event_at)'
    ELSE format($query$CROSS JOIN LATERAL (
    SELECT leadscore.engagement(%1$L, o.event, o.at, %2$s),
      leadscore.heat(greatest(o.points, 0), o.at, %3$L) FILTER (WHERE o.points > 0),
      leadscore.heat(greatest(-o.points, 0), o.at, %3$L) FILTER (WHERE o.points < 0),
      count(*), max(o.at)
    FROM (SELECT %4$s AS event, %5$s AS at, v.points
      FROM %6$s AS o LEFT JOIN leadscore.event_kind AS v ON v.model = %1$L AND v.event = %4$s AND v.enabled
      WHERE o.%7$I = n.%8$I) AS o
    WHERE o.at <= %2$s) AS ev (engagement, heat, cooling_heat, events, last_event_at)$query$,
      source.model, as_of, source.half_life, leadscore.text_expression(source.events, 'o', source.event_columns ->> 'event'),
      leadscore.time_expression(source.events, 'o', source.event_columns ->> 'at', source.time_zone),
      source.events, source.event_columns ->> 'lead', source.key[1])
    END
$$;
COMMENT ON FUNCTION leadscore.event_expression(leadscore.source, text) IS
'Internal: SQL of FROM for the engagement, the heats and the number of events of a lead n as of a time';

-- Few leads have been noted as anybody's duplicates. Of those, who has an earlier one beside him is none of the first of his
-- person, whoever that is: to find the first takes a walk through all leads of the person.
CREATE FUNCTION leadscore.duplicate_expression(source leadscore.source, lead text, created_at text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT CASE WHEN NOT source.marks_duplicates THEN 'NULL::boolean' ELSE format($$CASE
    WHEN NOT EXISTS (SELECT FROM leadscore.duplicate_edge AS d WHERE d.relation = %1$s AND d.lead_a = %2$s)
      AND NOT EXISTS (SELECT FROM leadscore.duplicate_edge AS d WHERE d.relation = %1$s AND d.lead_b = %2$s) THEN false
    %3$s ELSE leadscore.is_duplicate(%1$s, %2$s) END$$,
    format('%s::oid::regclass', source.relation::oid), lead,
    CASE WHEN source.columns ->> 'created_at' IS NOT NULL AND (i.within IS NULL OR i.window_mode = 'sliding') THEN
      format($$WHEN EXISTS (SELECT FROM leadscore.duplicate_edges(%7$s::oid::regclass, %2$s) AS d
        CROSS JOIN LATERAL (SELECT CASE WHEN d.lead_a = %2$s THEN d.lead_b ELSE d.lead_a END) AS p (lead)
        JOIN %1$s AS o ON %3$s WHERE %4$s < %5$s%6$s) THEN true$$, source.relation, lead, leadscore.key_condition(source, 'o', 'p.lead'),
        t.came_at, duplicate_expression.created_at,
        CASE WHEN i.within IS NULL THEN '' ELSE format(' AND %s >= %s - %L::interval', t.came_at, duplicate_expression.created_at, i.within) END, source.relation::oid)
    ELSE '' END) END
  FROM (SELECT leadscore.time_expression(source.relation, 'o', source.columns ->> 'created_at', source.time_zone)) AS t (came_at)
  LEFT JOIN leadscore.duplicate_index AS i ON i.relation = source.relation
$function$;
COMMENT ON FUNCTION leadscore.duplicate_expression(leadscore.source, text, text) IS
'Internal: SQL for whether the lead with a key (an expression), which came at a time (an expression, NULL where the table does not tell), repeats an earlier one; NULL where the source does not mark duplicates';

CREATE FUNCTION leadscore.judged_leads(source leadscore.source, leads text, as_of text, raises boolean, knows boolean, from_history boolean, writes boolean) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT format($query$
  SELECT k.lead, coalesce(%2$s, %20$s, %3$s) AS created_at, %4$s AS closed_at,
    %5$s AS channel, %6$s AS owner, %7$s AS status, %8$s AS amount, %9$s AS since,
    j.score, j.raw_score, j.probability, j.grade, j.temperature, j.target, j.problem, j.problem_state,
    coalesce(f.is_duplicate, false) AS is_duplicate, ev.heat, ev.cooling_heat, ev.events, ev.last_event_at,
    %19$s AS stage_id,
    b.stage_id AS earlier_stage_id, b.stage_since AS earlier_since, b.visits, b.visited, %21$s, %3$s AS as_of
  FROM %10$s
  %22$s
  %11$s
  CROSS JOIN LATERAL (SELECT %12$s) AS f (is_duplicate)
  CROSS JOIN LATERAL (
    %13$s SELECT (array_agg(h.stage_id ORDER BY h.visit_no DESC))[1], (array_agg(h.entered_at ORDER BY h.visit_no DESC))[1],
      coalesce(max(h.visit_no), 0), coalesce(bit_or(1::bigint << h.stage_id), 0)
    FROM leadscore.stage_history AS h WHERE h.source_id = %1$s AND h.lead = k.lead
    %23$s) AS b (stage_id, stage_since, visits, visited)
  LEFT JOIN leadscore.source_stage AS es ON es.source_id = %1$s AND es.stage_id = b.stage_id
  CROSS JOIN LATERAL leadscore.judge_attached(%14$L, %15$s, %3$s, ev.engagement, f.is_duplicate, es.stage, %16$s, %17$s, %18$s) AS j
  LEFT JOIN leadscore.source_stage AS ns ON ns.source_id = %1$s AND ns.stage = j.stage$query$,
    source.source_id,
    leadscore.time_expression(source.relation, 'n', source.columns ->> 'created_at', source.time_zone),
    as_of,
    leadscore.time_expression(source.relation, 'n', source.columns ->> 'closed_at', source.time_zone),
    leadscore.text_expression(source.relation, 'n', source.columns ->> 'channel'),
    leadscore.text_expression(source.relation, 'n', source.columns ->> 'owner'),
    leadscore.text_expression(source.relation, 'n', source.columns ->> 'stage'),
    leadscore.amount_expression(source.relation, 'n', source.columns ->> 'amount'),
    leadscore.time_expression(source.relation, 'n', source.columns ->> 'stage_since', source.time_zone),
    leads,
    leadscore.event_expression(source, as_of),
    leadscore.duplicate_expression(source, 'k.lead', leadscore.time_expression(source.relation, 'n', source.columns ->> 'created_at', source.time_zone)),
    CASE WHEN from_history THEN '' ELSE 'SELECT e.stage_id, e.stage_since, e.visits, e.visited WHERE e.lead IS NOT NULL UNION ALL' END,
    source.model,
    CASE WHEN source.features IS NULL THEN 'n' ELSE format('leadscore.lead_features(%s, k.lead)', source.source_id) END,
    CASE WHEN from_history THEN 'NULL' ELSE 'e.grade' END,
    CASE WHEN from_history THEN 'NULL' ELSE 'e.temperature' END,
    raises::text,
    CASE WHEN writes THEN format('CASE WHEN j.stage IS NULL THEN NULL ELSE coalesce(ns.stage_id, leadscore.add_source_stage(%s, j.stage)) END', source.source_id) ELSE 'ns.stage_id' END,
    CASE WHEN knows THEN 'e.created_at' ELSE 'NULL' END,
    CASE WHEN knows THEN 'e.lead IS NOT NULL AS is_known, e.score AS earlier_score, e.grade AS earlier_grade, e.temperature AS earlier_temperature' ELSE 'false AS is_known' END,
    CASE WHEN knows THEN format('LEFT JOIN leadscore.lead_state AS e ON e.source_id = %s AND e.lead = k.lead', source.source_id) ELSE '' END,
    CASE WHEN from_history THEN '' ELSE 'HAVING e.lead IS NULL' END)
$function$;
COMMENT ON FUNCTION leadscore.judged_leads(leadscore.source, text, text, boolean, boolean, boolean, boolean) IS
'Internal: SQL that judges leads as of a time; leads is SQL of FROM for their rows (as n) and keys (as k.lead). knows: what lead_state says of a lead counts; else, with from_history, it is not looked at. from_history: the stage before is the last of stage_history, whatever lead_state says, and labels are not kept. writes: a stage that has no number yet gets one';

CREATE FUNCTION leadscore.writing_statement(source leadscore.source, leads text, are_new boolean, from_history boolean) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT format($query$
WITH judged AS MATERIALIZED (%1$s),
moved AS MATERIALIZED (
  SELECT *, stage_id IS NOT NULL AND stage_id IS DISTINCT FROM earlier_stage_id AS moves,
    CASE WHEN earlier_stage_id IS NULL THEN least(as_of, coalesce(since, closed_at, created_at))
      ELSE greatest(earlier_since, least(as_of, coalesce(CASE WHEN since > earlier_since THEN since END, as_of))) END AS entered_at
  FROM judged),
written AS (
  INSERT INTO leadscore.lead_state AS s (source_id, lead, created_at, closed_at, cohort_day, channel, owner, status, amount, score, raw_score, probability,
    grade, temperature, target, stage_id, stage_since, visits, visited, is_duplicate, heat, cooling_heat, events, last_event_at, problem, problem_state,
    model_version, scored_at, first_score, first_scored_at)
  SELECT %2$s, lead, created_at, closed_at, (created_at AT TIME ZONE %3$L)::date, channel, owner, status, amount, score, raw_score, probability,
    grade, temperature, target, coalesce(stage_id, earlier_stage_id), CASE WHEN moves THEN entered_at ELSE earlier_since END,
    visits + moves::integer, CASE WHEN moves THEN visited | (1::bigint << stage_id) ELSE visited END,
    is_duplicate, heat, cooling_heat, events, last_event_at, problem, problem_state,
    (SELECT m.version FROM leadscore.model AS m WHERE m.model = %4$L), as_of, score, as_of
  FROM moved
  %5$s
  ON CONFLICT (source_id, lead) DO UPDATE SET created_at = excluded.created_at, closed_at = excluded.closed_at, cohort_day = excluded.cohort_day,
    channel = excluded.channel, owner = excluded.owner, status = excluded.status, amount = excluded.amount, score = excluded.score,
    raw_score = excluded.raw_score, probability = excluded.probability, grade = excluded.grade, temperature = excluded.temperature,
    target = excluded.target, stage_id = excluded.stage_id, stage_since = excluded.stage_since, visits = excluded.visits, visited = excluded.visited,
    is_duplicate = excluded.is_duplicate, heat = excluded.heat, cooling_heat = excluded.cooling_heat, events = excluded.events,
    last_event_at = excluded.last_event_at, problem = excluded.problem, problem_state = excluded.problem_state,
    model_version = excluded.model_version, scored_at = excluded.scored_at
  WHERE leadscore.is_seen(s.xmin)
  RETURNING s.lead)%6$s
INSERT INTO leadscore.stage_history (source_id, lead, visit_no, stage_id, lap_no, entered_at, cause, noted_at)
SELECT %2$s, lead, visits + 1, stage_id,
  1 + CASE WHEN visited & (1::bigint << stage_id) = 0 THEN 0 ELSE (SELECT count(*) FROM leadscore.stage_history AS h
    WHERE h.source_id = %2$s AND h.lead = moved.lead AND h.stage_id = moved.stage_id)::integer END,
  entered_at, CASE WHEN visits = 0 THEN 'found' ELSE 'change' END, as_of
FROM moved%7$s WHERE moves
%5$s
ON CONFLICT DO NOTHING$query$,
    leadscore.judged_leads(source, leads, '$1', source.on_error = 'raise', NOT are_new, from_history OR are_new, true), source.source_id, source.time_zone, source.model,
    -- Rows that others may hold are taken in one order. What was not written, because somebody who knew more has written it, leaves no history.
    CASE WHEN are_new THEN '' ELSE 'ORDER BY lead' END,
    CASE WHEN are_new THEN '' ELSE format($changes$,
changed AS (
  INSERT INTO leadscore.score_change (source_id, lead, changed_at, score, grade, temperature, model_version)
  SELECT %1$s, lead, as_of, score, grade, temperature, (SELECT m.version FROM leadscore.model AS m WHERE m.model = %2$L)
  FROM moved JOIN written USING (lead)
  WHERE is_known AND (score, grade, temperature) IS DISTINCT FROM (earlier_score, earlier_grade, earlier_temperature)
  ORDER BY lead)$changes$, source.source_id, source.model) END,
    CASE WHEN are_new THEN '' ELSE ' JOIN written USING (lead)' END)
$function$;
COMMENT ON FUNCTION leadscore.writing_statement(leadscore.source, text, boolean, boolean) IS
'Internal: the SQL that judges leads as of $1 and writes their state, their history and what their scores became. are_new: the leads have no state, as after INSERT; then less has to be looked at';

-- New leads need no executor but to be read: the rest is done by insert_new_leads(). Their columns are in its order.
CREATE FUNCTION leadscore.reading_statement(source leadscore.source) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT format($query$
SELECT k.lead, coalesce(k.created_at, $1), k.closed_at, (coalesce(k.created_at, $1) AT TIME ZONE %1$L)::date, %2$s, %3$s, %4$s, %5$s,
  least($1, coalesce(%6$s, k.closed_at, k.created_at)), n, %7$s::integer, %8$L::text, %9$s::oid, %10$s, %11$s
FROM leadscore_new AS n
CROSS JOIN LATERAL (SELECT %12$s, %13$s, %14$s) AS k (lead, created_at, closed_at)$query$,
    source.time_zone,
    leadscore.text_expression(source.relation, 'n', source.columns ->> 'channel'),
    leadscore.text_expression(source.relation, 'n', source.columns ->> 'owner'),
    leadscore.text_expression(source.relation, 'n', source.columns ->> 'stage'),
    leadscore.amount_expression(source.relation, 'n', source.columns ->> 'amount'),
    leadscore.time_expression(source.relation, 'n', source.columns ->> 'stage_since', source.time_zone),
    source.source_id, source.model, source.relation::oid, (source.on_error = 'raise')::text, source.marks_duplicates::text,
    leadscore.key_expression(source.relation, 'n', source.key),
    leadscore.time_expression(source.relation, 'n', source.columns ->> 'created_at', source.time_zone),
    leadscore.time_expression(source.relation, 'n', source.columns ->> 'closed_at', source.time_zone))
$function$;
COMMENT ON FUNCTION leadscore.reading_statement(leadscore.source) IS
'Internal: the SQL that reads the new leads of a statement as of $1';

CREATE FUNCTION leadscore.reads_new_leads(source leadscore.source) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT source.events IS NULL AND source.features IS NULL $$;
COMMENT ON FUNCTION leadscore.reads_new_leads(leadscore.source) IS
'Internal: whether all that there is to know of a new lead of a source is in its row';

-- Where leads of a source are locked, it is in the order of their keys, so that two statements do not wait for each other.
CREATE FUNCTION leadscore.locking_statement(source leadscore.source, keys text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('SELECT FROM leadscore.lead_state AS s WHERE s.source_id = %s AND s.lead = ANY (ARRAY(%s)) ORDER BY s.lead FOR NO KEY UPDATE', source.source_id, keys)
$$;
COMMENT ON FUNCTION leadscore.locking_statement(leadscore.source, text) IS
'Internal: the SQL that locks the states of the leads of a source whose keys a query selects';

-- A lead that is written can make others duplicates, or duplicates no more: those that were found to be the same person.
-- Whoever else is being written judges itself.
CREATE FUNCTION leadscore.remarking_statements(source leadscore.source, keys text, only_unmarked boolean) RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT leadscore.writing_statement(source, leadscore.keyed_leads(source, format($query$
    SELECT s.lead FROM leadscore.lead_state AS s
    WHERE s.source_id = %1$s AND s.lead = ANY (ARRAY(
        SELECT d.lead_b FROM leadscore.duplicate_edge AS d WHERE d.relation = %2$s AND d.lead_a = ANY (ARRAY(%3$s))
        UNION SELECT d.lead_a FROM leadscore.duplicate_edge AS d WHERE d.relation = %2$s AND d.lead_b = ANY (ARRAY(%3$s))))
      %4$s AND s.is_duplicate <> %5$s
    ORDER BY s.lead FOR NO KEY UPDATE SKIP LOCKED$query$,
    source.source_id, format('%s::oid::regclass', source.relation::oid), keys, CASE WHEN only_unmarked THEN 'AND NOT s.is_duplicate' ELSE '' END,
    leadscore.duplicate_expression(source, 's.lead', 's.created_at'))), false, false)
  WHERE source.marks_duplicates
$function$;
COMMENT ON FUNCTION leadscore.remarking_statements(leadscore.source, text, boolean) IS
'Internal: the SQL that judges those leads again that were found to be the same person as leads whose keys a query selects, where they have become duplicates or (unless only_unmarked) are none any more; nothing for a source that does not mark them';

CREATE FUNCTION leadscore.forgetting_statements(source leadscore.source) RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('DELETE FROM leadscore.%I AS s WHERE s.source = %L', t.name, source.source)
  FROM unnest(ARRAY['spend', 'plan', 'stage_effort']) AS t (name)
  UNION ALL
  SELECT format('DELETE FROM leadscore.%I AS s WHERE s.source_id = %s', t.name, source.source_id)
  FROM unnest(ARRAY['stage_history', 'score_change', 'lead_state', 'source_stage', 'source_column', 'source_reader', 'source_planner', 'source']) AS t (name)
$$;
COMMENT ON FUNCTION leadscore.forgetting_statements(leadscore.source) IS
'Internal: the SQL statements that remove a source and all that is kept of it, itself at last';

CREATE FUNCTION leadscore.lead_statements(source leadscore.source, root boolean, operation text) RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  key CONSTANT text := leadscore.key_expression(source.relation, 'n', source.key);
  written CONSTANT text := format('leadscore_new AS n CROSS JOIN LATERAL (SELECT %s) AS k (lead)', key);
  new_keys CONSTANT text := format('SELECT %s FROM leadscore_new AS n', key);
  old_keys CONSTANT text := format('SELECT %s FROM leadscore_old AS n', key);
  deletion CONSTANT text := format('DELETE FROM leadscore.lead_state AS s WHERE s.source_id = %s', source.source_id);
  -- By sorting or hashing, whatever the planner believes of tables that nobody has analyzed yet.
  absence CONSTANT text := deletion || format(' AND s.lead = ANY (ARRAY(SELECT p.lead FROM leadscore.lead_state AS p WHERE p.source_id = %s EXCEPT SELECT %s COLLATE "C" FROM %s AS n))', source.source_id, key, source.relation);
  named CONSTANT text := leadscore.keyed_leads(source, 'SELECT unnest($2)');
  part text;
BEGIN
  CASE operation
  WHEN 'insert' THEN
    IF leadscore.reads_new_leads(source) THEN
      RETURN NEXT leadscore.reading_statement(source);
      RETURN;
    END IF;
    RETURN NEXT leadscore.writing_statement(source, written, true, false);
    RETURN QUERY SELECT leadscore.remarking_statements(source, new_keys, true);
  WHEN 'update' THEN
    RETURN NEXT leadscore.locking_statement(source, new_keys || ' UNION ' || old_keys);
    RETURN NEXT leadscore.writing_statement(source, written, false, false);
    RETURN NEXT deletion || format(' AND s.lead = ANY (ARRAY(%s EXCEPT %s))', old_keys, new_keys);
    RETURN QUERY SELECT leadscore.remarking_statements(source, new_keys || ' UNION ' || old_keys, false);
  WHEN 'delete' THEN
    RETURN NEXT leadscore.locking_statement(source, old_keys);
    RETURN NEXT deletion || format(' AND s.lead = ANY (ARRAY(%s))', old_keys);
    RETURN QUERY SELECT leadscore.remarking_statements(source, old_keys, false);
  WHEN 'truncate' THEN
    RETURN NEXT CASE WHEN root THEN deletion ELSE absence END;
  WHEN 'judge', 'rescan' THEN
    RETURN NEXT leadscore.locking_statement(source, 'SELECT unnest($2)');
    RETURN NEXT leadscore.writing_statement(source, named, false, operation = 'rescan');
  WHEN 'remark' THEN
    RETURN QUERY SELECT leadscore.remarking_statements(source, 'SELECT unnest($2)', true);
  WHEN 'gone' THEN
    RETURN NEXT absence;
  WHEN 'stages' THEN
    RETURN NEXT format('SELECT leadscore.add_source_stage(%s, s.stage) FROM leadscore.stage AS s WHERE s.model = %L ORDER BY s.stage_no', source.source_id, source.model);
  WHEN 'forget' THEN
    RETURN NEXT leadscore.locking_statement(source, 'SELECT unnest($2)');
    FOREACH part IN ARRAY ARRAY['stage_history', 'score_change', 'lead_state'] LOOP
      RETURN NEXT format('DELETE FROM leadscore.%I AS s WHERE s.source_id = %s AND s.lead = ANY ($2)', part, source.source_id);
    END LOOP;
  WHEN 'detach' THEN
    RETURN QUERY SELECT leadscore.forgetting_statements(source);
  WHEN 'follow' THEN
    RETURN QUERY SELECT leadscore.following_statements(source);
  WHEN 'import' THEN
    RETURN NEXT leadscore.locking_statement(source, 'SELECT unnest($2)');
    RETURN QUERY SELECT leadscore.import_statements(source);
    RETURN NEXT leadscore.writing_statement(source, named, false, true);
  END CASE;
END
$$;
COMMENT ON FUNCTION leadscore.lead_statements(leadscore.source, boolean, text) IS
'Internal: the SQL statements that follow a change of the table of a source (root: of the whole, not of a partition), or do something for the leads whose keys are in $2';

CREATE FUNCTION leadscore.event_statements(source leadscore.source, operation text) RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  lead CONSTANT text := leadscore.text_expression(source.events, 'c', source.event_columns ->> 'lead');
  new_keys CONSTANT text := format('SELECT %s FROM leadscore_new AS c WHERE c.%I IS NOT NULL', lead, source.event_columns ->> 'lead');
  old_keys CONSTANT text := format('SELECT %s FROM leadscore_old AS c WHERE c.%I IS NOT NULL', lead, source.event_columns ->> 'lead');
  keys CONSTANT text := CASE operation
    WHEN 'insert' THEN new_keys
    WHEN 'update' THEN new_keys || ' UNION ' || old_keys
    WHEN 'delete' THEN old_keys
    WHEN 'truncate' THEN format('SELECT s.lead FROM leadscore.lead_state AS s WHERE s.source_id = %s AND s.events > 0', source.source_id) END;
BEGIN
  RETURN NEXT leadscore.locking_statement(source, keys);
  RETURN NEXT leadscore.writing_statement(source, leadscore.keyed_leads(source, keys), false, false);
END
$$;
COMMENT ON FUNCTION leadscore.event_statements(leadscore.source, text) IS
'Internal: the SQL statements that follow a change of the events of a source';

CREATE FUNCTION leadscore.current_columns(OUT source_id integer, OUT relation oid, OUT number smallint, OUT name text) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT s.source_id, a.attrelid, a.attnum, a.attname
  FROM leadscore.source AS s
  JOIN pg_attribute AS a ON a.attrelid = ANY (ARRAY[s.relation, s.events]::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
$$;
COMMENT ON FUNCTION leadscore.current_columns() IS
'Internal: the columns of attached tables and their events, as they are called now';

-- Columns that were renamed, by the numbers that they keep.
CREATE FUNCTION leadscore.following_statements(source leadscore.source) RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT replace(s.statement, '$source', source.source_id::text)
  FROM (VALUES
    (1, $$WITH renamed AS (
        SELECT c.relation, c.name AS old_name, a.attname::text AS new_name FROM leadscore.source_column AS c
        JOIN pg_attribute AS a ON a.attrelid = c.relation AND a.attnum = c.number AND NOT a.attisdropped
        WHERE c.source_id = $source AND a.attname <> c.name)
      UPDATE leadscore.source AS s SET
        key = ARRAY(SELECT coalesce(r.new_name, k.name) FROM unnest(s.key) WITH ORDINALITY AS k (name, place)
          LEFT JOIN renamed AS r ON r.relation = s.relation AND r.old_name = k.name ORDER BY k.place),
        columns = coalesce((SELECT jsonb_object_agg(c.key, coalesce(r.new_name, c.value)) FROM jsonb_each_text(s.columns) AS c
          LEFT JOIN renamed AS r ON r.relation = s.relation AND r.old_name = c.value), s.columns),
        event_columns = (SELECT jsonb_object_agg(c.key, coalesce(r.new_name, c.value)) FROM jsonb_each_text(s.event_columns) AS c
          LEFT JOIN renamed AS r ON r.relation = s.events AND r.old_name = c.value)
      WHERE s.source_id = $source AND EXISTS (SELECT FROM renamed)$$),
    (2, $$DELETE FROM leadscore.source_column AS c WHERE c.source_id = $source$$),
    (3, $$INSERT INTO leadscore.source_column (source_id, relation, number, name)
      SELECT c.source_id, c.relation, c.number, c.name FROM leadscore.current_columns() AS c WHERE c.source_id = $source$$)
  ) AS s (place, statement)
  ORDER BY s.place
$function$;
COMMENT ON FUNCTION leadscore.following_statements(leadscore.source) IS
'Internal: the SQL statements by which a source follows its columns when they are renamed';

-- History that is imported goes between what has been noted, in the order of time. Numbers are made anew by way of
-- negative ones, because each must be unique at all times.
CREATE FUNCTION leadscore.import_statements(source leadscore.source) RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT replace(replace(s.statement, '$source', source.source_id::text), '$model', quote_literal(source.model))
  FROM (VALUES
    (1, $$SELECT leadscore.add_source_stage($source, s.stage) FROM leadscore.stage AS s WHERE s.model = $model AND (s.stage = ANY ($3)
        OR EXISTS (SELECT FROM leadscore.stage_map AS m WHERE m.model = $model AND m.stage = s.stage AND m.status = ANY ($3)))$$),
    (2, $$INSERT INTO leadscore.stage_history (source_id, lead, visit_no, stage_id, lap_no, entered_at, cause, noted_at)
      SELECT $source, i.lead, coalesce((SELECT max(h.visit_no) FROM leadscore.stage_history AS h WHERE h.source_id = $source AND h.lead = i.lead), 0)
          + row_number() OVER (PARTITION BY i.lead ORDER BY i.entered_at, i.place)::integer,
        s.stage_id, 1, i.entered_at, 'import', $1
      FROM unnest($2, $3, $4) WITH ORDINALITY AS i (lead, status, entered_at, place)
      LEFT JOIN leadscore.stage_map AS m ON m.model = $model AND m.status = i.status
      JOIN leadscore.source_stage AS s ON s.source_id = $source AND s.stage = coalesce(m.stage, i.status)
      WHERE isfinite(i.entered_at) AND i.lead IS NOT NULL$$),
    (3, $$DELETE FROM leadscore.stage_history AS h USING (
        SELECT h.lead, h.visit_no, h.stage_id = lag(h.stage_id) OVER (PARTITION BY h.lead ORDER BY h.entered_at, h.visit_no) AS repeats
        FROM leadscore.stage_history AS h WHERE h.source_id = $source AND h.lead = ANY ($2)) AS r
      WHERE h.source_id = $source AND h.lead = r.lead AND h.visit_no = r.visit_no AND r.repeats$$),
    (4, $$UPDATE leadscore.stage_history AS h SET visit_no = -r.visit_no_now, lap_no = r.lap_no_now
      FROM (SELECT h.lead, h.visit_no, row_number() OVER (PARTITION BY h.lead ORDER BY h.entered_at, h.visit_no)::integer AS visit_no_now,
          row_number() OVER (PARTITION BY h.lead, h.stage_id ORDER BY h.entered_at, h.visit_no)::integer AS lap_no_now
        FROM leadscore.stage_history AS h WHERE h.source_id = $source AND h.lead = ANY ($2)) AS r
      WHERE h.source_id = $source AND h.lead = r.lead AND h.visit_no = r.visit_no$$),
    (5, $$UPDATE leadscore.stage_history AS h SET visit_no = -h.visit_no WHERE h.source_id = $source AND h.lead = ANY ($2)$$)
  ) AS s (place, statement)
  ORDER BY s.place
$function$;
COMMENT ON FUNCTION leadscore.import_statements(leadscore.source) IS
'Internal: the SQL statements that put visits (leads in $2, stages or statuses in $3, times in $4) into the history of a source';

-- A table may be attached, a partition of one, or the events of one or several.
CREATE FUNCTION leadscore.source_statements(relation oid, operation text, OUT statement text, OUT watched oid, OUT reads boolean) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  -- What follows a change belongs to the whole table; what is asked for, to who owns it. A table that has become a view
  -- is none.
  WITH family AS (
    SELECT relation AS member
    UNION
    SELECT a.relid::oid FROM pg_partition_ancestors(relation::regclass) AS a WHERE operation = ANY (ARRAY['insert', 'update', 'delete', 'truncate'])),
  usable AS (
    SELECT s AS source FROM leadscore.source AS s JOIN pg_class AS c ON c.oid = s.relation LEFT JOIN pg_class AS e ON e.oid = s.events
    WHERE c.relkind = ANY (ARRAY['r', 'p']::"char"[]) AND coalesce(e.relkind, 'r') = ANY (ARRAY['r', 'p']::"char"[]))
  SELECT w.statement, (u.source).relation::oid, operation = 'insert' AND leadscore.reads_new_leads(u.source)
  FROM family AS f
  JOIN usable AS u ON (u.source).relation = f.member
    -- Without its key a source is left as it is: verify() tells. No lead is lost for that.
    AND (operation = ANY (ARRAY['detach', 'follow'])
      OR NOT EXISTS (SELECT FROM unnest((u.source).key) AS k (name) WHERE NOT leadscore.has_column((u.source).relation, k.name)))
  CROSS JOIN LATERAL leadscore.lead_statements(u.source, (u.source).relation = source_statements.relation, operation) AS w (statement)
  UNION ALL
  SELECT w.statement, (u.source).relation::oid, false
  FROM family AS f
  JOIN usable AS u ON (u.source).events = f.member
    AND NOT EXISTS (SELECT FROM jsonb_each_text((u.source).event_columns) AS k WHERE NOT leadscore.has_column((u.source).events, k.value))
  CROSS JOIN LATERAL leadscore.event_statements(u.source, operation) AS w (statement)
  WHERE operation = ANY (ARRAY['insert', 'update', 'delete', 'truncate'])
$$;
COMMENT ON FUNCTION leadscore.source_statements(oid, text) IS
'Internal: the SQL statements that keep the state of attached tables current when a table changes, or that do something for named leads, in order; the table each depends on, and whether it only reads the new leads, for insert_new_leads()';

CREATE FUNCTION leadscore.verifying_statement(source leadscore.source) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT format($query$
WITH judged AS MATERIALIZED (%1$s),
history AS MATERIALIZED (
  SELECT h.lead, max(h.visit_no) AS visits, count(*) AS rows, bit_or(1::bigint << h.stage_id) AS visited,
    (array_agg(h.stage_id ORDER BY h.visit_no DESC))[1] AS stage_id, (array_agg(h.entered_at ORDER BY h.visit_no DESC))[1] AS stage_since
  FROM leadscore.stage_history AS h WHERE h.source_id = %2$s GROUP BY h.lead)
SELECT j.lead, 'the lead has no state' FROM judged AS j WHERE NOT j.is_known
UNION ALL
SELECT s.lead, 'the state has no lead' FROM leadscore.lead_state AS s
WHERE s.source_id = %2$s AND NOT EXISTS (SELECT FROM judged AS j WHERE j.lead = s.lead)
UNION ALL
SELECT s.lead, format('%%s is %%s and should be %%s', d.name, coalesce(d.stored, 'NULL'), coalesce(d.judged, 'NULL'))
FROM judged AS j
JOIN leadscore.lead_state AS s ON s.source_id = %2$s AND s.lead = j.lead
LEFT JOIN history AS h ON h.lead = j.lead
CROSS JOIN LATERAL (VALUES
  ('created_at', s.created_at::text, j.created_at::text, false), ('closed_at', s.closed_at::text, j.closed_at::text, false),
  ('cohort_day', s.cohort_day::text, (j.created_at AT TIME ZONE %3$L)::date::text, false),
  ('channel', s.channel, j.channel, false), ('owner', s.owner, j.owner, false), ('status', s.status, j.status, false),
  ('amount', s.amount::text, j.amount::text, false), ('score', s.score::text, j.score::text, true),
  ('raw_score', s.raw_score::text, j.raw_score::text, true), ('probability', s.probability::text, j.probability::text, true),
  ('grade', s.grade, j.grade, true), ('temperature', s.temperature, j.temperature, true), ('target', s.target, j.target, true),
  ('stage_id', s.stage_id::text, coalesce(j.stage_id, s.stage_id)::text, true), ('problem', s.problem, j.problem, true),
  ('is_duplicate', s.is_duplicate::text, j.is_duplicate::text, false),
  ('heat', s.heat::text, j.heat::text, false), ('cooling_heat', s.cooling_heat::text, j.cooling_heat::text, false),
  ('events', s.events::text, j.events::text, false), ('last_event_at', s.last_event_at::text, j.last_event_at::text, false),
  ('visits', s.visits::text, coalesce(h.visits, 0)::text, false), ('rows of stage_history', s.visits::text, coalesce(h.rows, 0)::text, false),
  ('visited', s.visited::text, coalesce(h.visited, 0)::text, false), ('the stage that the history ends in', s.stage_id::text, h.stage_id::text, false),
  ('stage_since', s.stage_since::text, h.stage_since::text, false)
) AS d (name, stored, judged, is_by_model)
WHERE d.stored IS DISTINCT FROM d.judged
  AND (NOT d.is_by_model OR s.model_version IS NOT DISTINCT FROM (SELECT m.version FROM leadscore.model AS m WHERE m.model = %4$L))
ORDER BY 1, 2$query$,
    leadscore.judged_leads(source, format('%s AS n CROSS JOIN LATERAL (SELECT %s) AS k (lead)', source.relation, leadscore.key_expression(source.relation, 'n', source.key)),
      'coalesce(e.scored_at, $1)', false, true, false, false),
    source.source_id, source.time_zone, source.model)
$function$;
COMMENT ON FUNCTION leadscore.verifying_statement(leadscore.source) IS
'Internal: the SQL that compares the state of all leads of a source with what judging them as of the same instants gives';
