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
  SELECT format('SELECT coalesce(x.*) FROM %s AS x WHERE %s', s.features, leadscore.key_condition(s, 'x', '$1')), c.relowner
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

CREATE FUNCTION leadscore.is_held(state tid) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_is_held';
COMMENT ON FUNCTION leadscore.is_held(tid) IS
'Internal: whether another transaction, which has not ended, has locked, changed or deleted the row of leadscore.lead_state at a place';
REVOKE EXECUTE ON FUNCTION leadscore.is_held(tid) FROM PUBLIC;

CREATE FUNCTION leadscore.leave_unsettled(relation regclass, lead text, state tid) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_leave_unsettled';
COMMENT ON FUNCTION leadscore.leave_unsettled(regclass, text, tid) IS
'Internal: notes in leadscore.unsettled_lead that a lead, whose state is at a place, has to be judged again once the transaction that holds its state has ended (this one, if none does); false';
REVOKE EXECUTE ON FUNCTION leadscore.leave_unsettled(regclass, text, tid) FROM PUBLIC;

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
  HAVING coalesce(max(s.stage_id), 0) < 62
  ON CONFLICT DO NOTHING;
  SELECT s.stage_id INTO number FROM leadscore.source_stage AS s WHERE s.source_id = add_source_stage.source_id AND s.stage = add_source_stage.stage;
  RETURN number;
END
$$;
COMMENT ON FUNCTION leadscore.add_source_stage(integer, text) IS
'Internal: the number of a stage for a source, given to it now if it has none; NULL for the 64th.';

CREATE FUNCTION leadscore.refuse_stage(stage text) RETURNS smallint
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE program_limit_exceeded USING MESSAGE = format('stage "%s" would be the 64th of the source', stage), DETAIL = 'Stages that the model had before count as well.',
    HINT = 'Name it like a stage that the model had before, and give it a title; or detach the table and attach it again, which forgets its history.';
END
$$;
COMMENT ON FUNCTION leadscore.refuse_stage(text) IS
'Internal: raises 54000, as a source has had 63 stages already';

CREATE FUNCTION leadscore.has_column(relation oid, name text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attname = has_column.name AND a.attnum > 0 AND NOT a.attisdropped)
$$;
COMMENT ON FUNCTION leadscore.has_column(oid, text) IS
'Internal: whether a relation has a column of that name; false for NULL';

CREATE FUNCTION leadscore.base_type(type oid) RETURNS oid
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE below (type, base) AS (
    SELECT t.oid, t.typbasetype FROM pg_type AS t WHERE t.oid = base_type.type
    UNION ALL
    SELECT t.oid, t.typbasetype FROM below AS b JOIN pg_type AS t ON t.oid = b.base)
  SELECT b.type FROM below AS b WHERE b.base = 0
$$;
COMMENT ON FUNCTION leadscore.base_type(oid) IS
'Internal: the type that a domain is over, and that one if it is a domain as well; any other type is its own';

CREATE FUNCTION leadscore.column_category(type oid) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE leadscore.base_type(type)
      WHEN 'int2'::regtype THEN 'number' WHEN 'int4'::regtype THEN 'number' WHEN 'int8'::regtype THEN 'number'
      WHEN 'numeric'::regtype THEN 'number' WHEN 'float4'::regtype THEN 'number' WHEN 'float8'::regtype THEN 'number'
      WHEN 'date'::regtype THEN 'time' WHEN 'timestamp'::regtype THEN 'time' WHEN 'timestamptz'::regtype THEN 'time'
      ELSE 'text' END
$$;
COMMENT ON FUNCTION leadscore.column_category(oid) IS
'Internal: number, time or text, by what a column of a type can say of a lead';

-- Columns may have changed their type, or have gone, since their table was attached: then they say nothing.
CREATE FUNCTION leadscore.time_expression(relation regclass, alias text, name text, time_zone text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce((
    -- A year less than there are at both ends, so that no time zone leads beyond.
    SELECT format('CASE WHEN %1$s.%2$I BETWEEN ''4713-01-01 BC''::%3$s AND ''294275-12-31''::%3$s THEN %1$s.%2$I::' || CASE WHEN leadscore.base_type(a.atttypid) = 'timestamptz'::regtype
        THEN 'timestamptz' ELSE 'timestamp AT TIME ZONE %4$L' END || ' END', alias, a.attname, format_type(leadscore.base_type(a.atttypid), NULL), time_zone)
    FROM pg_attribute AS a
    WHERE a.attrelid = relation AND a.attname = name AND a.attnum > 0 AND leadscore.column_category(a.atttypid) = 'time'), 'NULL::timestamptz')
$$;
COMMENT ON FUNCTION leadscore.time_expression(regclass, text, text, text) IS
'Internal: SQL for a column of a table as an instant, which without a zone of its own is in the given one; NULL for none, for infinity, and outside the years 4713 BC to 294275';

-- A column as a text, without the casts that the owner of its type may have made, and the same whatever whoever writes
-- has set.
CREATE FUNCTION leadscore.text_expression(relation regclass, alias text, name text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE
      WHEN a.attname IS NULL THEN 'NULL::text'
      WHEN t.base = ANY (ARRAY['text', 'varchar', 'bpchar', 'name', 'int2', 'int4', 'int8', 'numeric', 'uuid', 'bool', 'oid']::regtype[]::oid[])
        THEN format('%s.%I::text', alias, a.attname)
      WHEN t.base = ANY (ARRAY['float4', 'float8']::regtype[]::oid[])
        THEN format('%s.%I::numeric::text', alias, a.attname)
      WHEN leadscore.column_category(a.atttypid) = 'time'
        THEN format('to_char(%s, ''YYYY-MM-DD HH24:MI:SS.US'')', '(' || leadscore.time_expression(relation, alias, a.attname, 'UTC') || ') AT TIME ZONE ''UTC''')
      WHEN t.base = 'interval'::regtype
        THEN format('extract(epoch FROM %s.%I)::text', alias, a.attname)
      ELSE format('CASE WHEN %1$s.%2$I IS NOT NULL THEN format(''%%s'', %1$s.%2$I) END', alias, a.attname)
    END
  FROM (SELECT name) AS wanted (attname)
  LEFT JOIN pg_attribute AS a ON a.attrelid = relation AND a.attname = wanted.attname AND a.attnum > 0
  CROSS JOIN LATERAL (SELECT leadscore.base_type(a.atttypid)) AS t (base)
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

CREATE FUNCTION leadscore.keys_query(source leadscore.source) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT format('SELECT %s FROM %s AS n', leadscore.key_expression(source.relation, 'n', source.key), source.relation) $$;
COMMENT ON FUNCTION leadscore.keys_query(leadscore.source) IS
'Internal: SQL that selects the keys of all leads of a source';

CREATE FUNCTION leadscore.is_key_type(type oid) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT leadscore.base_type(type) = ANY (ARRAY['int2', 'int4', 'int8', 'numeric', 'uuid', 'text', 'varchar', 'bpchar', 'name', 'oid']::regtype[]::oid[])
$$;
COMMENT ON FUNCTION leadscore.is_key_type(oid) IS
'Internal: whether a column of a type can be in the key of a source: text is made of it and it of text without anybody''s code';

-- At all times, not only at the end of a transaction; and of children nothing is known.
CREATE FUNCTION leadscore.is_unique_key(relation oid, key text[]) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = relation AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
      AND (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attnum = ANY ((i.indkey::smallint[])[0:i.indnkeyatts - 1]) AND a.attnotnull)
        = (SELECT array_agg(n.name ORDER BY n.name) FROM unnest(key) AS n (name)))
    AND NOT EXISTS (SELECT FROM pg_inherits AS h JOIN pg_class AS c ON c.oid = h.inhparent WHERE h.inhparent = relation AND c.relkind = 'r')
$$;
COMMENT ON FUNCTION leadscore.is_unique_key(oid, text[]) IS
'Internal: whether no two rows of a table can have the same key, nor a row none: it has a unique index of these columns, all NOT NULL, and nothing inherits from it';

CREATE FUNCTION leadscore.key_problem(source leadscore.source) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE
      WHEN k.missing IS NOT NULL THEN format('column "%s" of the key does not exist', k.missing)
      WHEN k.unfit IS NOT NULL THEN format('column "%s" of the key is of a type that cannot be', k.unfit)
      WHEN NOT leadscore.is_unique_key(source.relation, source.key) THEN
        format('the key (%s) is not unique any more: it needs a unique index that is not deferrable, NOT NULL, and no table may inherit from this one', array_to_string(source.key, ', '))
    END
  FROM (
    SELECT min(n.name) FILTER (WHERE a.attname IS NULL) AS missing, min(n.name) FILTER (WHERE NOT leadscore.is_key_type(a.atttypid)) AS unfit
    FROM unnest(source.key) AS n (name)
    LEFT JOIN pg_attribute AS a ON a.attrelid = source.relation AND a.attname = n.name AND a.attnum > 0 AND NOT a.attisdropped) AS k
$$;
COMMENT ON FUNCTION leadscore.key_problem(leadscore.source) IS
'Internal: why leads of a source cannot be told apart by their key any more; NULL if they can';

-- Keys are compared as what they are, so that the index of the key is used; never as a domain, or what may have one
-- within it, whose checks are anybody's code.
CREATE FUNCTION leadscore.key_columns(source leadscore.source, OUT place integer, OUT name text, OUT type text) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  -- Without a length, but with the word that there is none: character alone is one letter. Events may name leads by
  -- numbers that are too large for the key.
  SELECT p.place, p.name, CASE WHEN leadscore.base_type(a.atttypid) = ANY (ARRAY['int2', 'int4']::regtype[]::oid[]) THEN 'bigint' ELSE format_type(leadscore.base_type(a.atttypid), -1) END
  FROM unnest(source.key) WITH ORDINALITY AS p (name, place)
  JOIN pg_attribute AS a ON a.attrelid = source.relation AND a.attname = p.name
$$;
COMMENT ON FUNCTION leadscore.key_columns(leadscore.source) IS
'Internal: the columns of the key of a source that are still there, and the type as which each is compared';

CREATE FUNCTION leadscore.key_condition(source leadscore.source, alias text, lead text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT string_agg(format('%s.%I = %s::%s', alias, k.name,
      CASE WHEN cardinality(source.key) = 1 THEN lead ELSE format('(%s::text[])[%s]', lead, k.place) END, k.type), ' AND ' ORDER BY k.place)
  FROM leadscore.key_columns(source) AS k
  HAVING count(*) = cardinality(source.key)
$$;
COMMENT ON FUNCTION leadscore.key_condition(leadscore.source, text, text) IS
'Internal: SQL for whether a row of a source has the key that an expression gives as text; NULL if a column of the key is no more';

CREATE FUNCTION leadscore.refuse_key(lead text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE program_limit_exceeded USING MESSAGE = 'the key of a lead is longer than 1000 bytes', DETAIL = format('It has %s bytes.', octet_length(lead)),
    HINT = 'Attach the table by another key: columns with a unique index that are never NULL.';
END
$$;
COMMENT ON FUNCTION leadscore.refuse_key(text) IS
'Internal: raises 54000, as nothing can be kept of a lead whose key is so long';

-- Two keys must fit into a row of an index. What a table keeps as key is mostly short by its type.
CREATE FUNCTION leadscore.kept_condition(source leadscore.source, lead text, raises boolean) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN (SELECT count(*) = 1 AND bool_and(k.type = ANY (ARRAY['smallint', 'integer', 'bigint', 'oid', 'uuid'])) FROM leadscore.key_columns(source) AS k) THEN 'true'
    WHEN raises THEN format('CASE WHEN octet_length(%1$s) <= 1000 THEN true ELSE leadscore.refuse_key(%1$s) END', lead)
    ELSE format('octet_length(%s) <= 1000', lead) END
$$;
COMMENT ON FUNCTION leadscore.kept_condition(leadscore.source, text, boolean) IS
'Internal: SQL for whether something can be kept of the lead of a source whose key an expression gives; with raises an error if not';

CREATE FUNCTION leadscore.keyed_leads(source leadscore.source, keys text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('(SELECT DISTINCT k.lead FROM (%s) AS k (lead)) AS k JOIN %s AS n ON %s', keys, source.relation, leadscore.key_condition(source, 'n', 'k.lead'))
$$;
COMMENT ON FUNCTION leadscore.keyed_leads(leadscore.source, text) IS
'Internal: SQL of FROM for the leads (as n) of a source whose keys a query selects';

-- Lead by lead, whatever the planner believes of a table that has not been analyzed yet: it would compare each lead with
-- all. OFFSET 0 keeps it from that.
CREATE FUNCTION leadscore.state_query(source leadscore.source, lead text, condition text DEFAULT '', locking text DEFAULT '') RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('SELECT s.*, s.ctid FROM leadscore.lead_state AS s WHERE s.source_id = %s AND s.lead = %s %s OFFSET 0 %s', source.source_id, lead, condition, locking)
$$;
COMMENT ON FUNCTION leadscore.state_query(leadscore.source, text, text, text) IS
'Internal: SQL that reads, and locks, the state of the lead whose key an expression gives, if a condition holds';

-- In the order of the keys, so that two statements do not wait for each other.
CREATE FUNCTION leadscore.states_query(source leadscore.source, result text, keys text, condition text DEFAULT '', locking text DEFAULT '') RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('SELECT %s FROM (SELECT DISTINCT k.lead COLLATE "C" FROM (%s) AS k (lead) ORDER BY 1) AS k (lead) CROSS JOIN LATERAL (%s) AS s', result, keys,
    leadscore.state_query(source, 'k.lead', condition, locking))
$$;
COMMENT ON FUNCTION leadscore.states_query(leadscore.source, text, text, text, text) IS
'Internal: SQL that reads, and locks, the states of the leads whose keys a query selects, and for which a condition holds';

CREATE FUNCTION leadscore.are_comparable_keys(one oid, other oid) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT t.one = t.other OR t.one = ANY (k.kind) AND t.other = ANY (k.kind)
  FROM (SELECT leadscore.base_type(one), leadscore.base_type(other)) AS t (one, other),
    (SELECT CASE WHEN leadscore.base_type(one) = ANY (ARRAY['int2', 'int4', 'int8']::regtype[]::oid[]) THEN ARRAY['int2', 'int4', 'int8']::regtype[]::oid[]
      ELSE ARRAY['text', 'varchar']::regtype[]::oid[] END) AS k (kind)
$$;
COMMENT ON FUNCTION leadscore.are_comparable_keys(oid, oid) IS
'Internal: whether values of two types can be compared by an index of either, and each can be read as the other';

CREATE FUNCTION leadscore.event_problem(source leadscore.source) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE
      WHEN source.events IS NULL THEN NULL
      WHEN NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = source.events) THEN 'the table of events does not exist any more'
      WHEN c.missing IS NOT NULL THEN format('column "%s" of the events does not exist', c.missing)
      WHEN NOT EXISTS (SELECT FROM pg_attribute AS e JOIN pg_attribute AS k ON k.attrelid = source.relation AND k.attname = source.key[1]
          WHERE e.attrelid = source.events AND e.attname = source.event_columns ->> 'lead' AND leadscore.are_comparable_keys(e.atttypid, k.atttypid))
        THEN format('column "%s" of the events is not of the type of the key', source.event_columns ->> 'lead')
      WHEN NOT EXISTS (SELECT FROM pg_attribute AS e WHERE e.attrelid = source.events AND e.attname = source.event_columns ->> 'at' AND leadscore.column_category(e.atttypid) = 'time')
        THEN format('column "%s" of the events is no time', source.event_columns ->> 'at')
    END
  FROM (SELECT min(k.value) AS missing FROM jsonb_each_text(source.event_columns) AS k WHERE NOT leadscore.has_column(source.events, k.value)) AS c
$$;
COMMENT ON FUNCTION leadscore.event_problem(leadscore.source) IS
'Internal: why the events of a source cannot be read any more; NULL if they can, or if there are none';

CREATE FUNCTION leadscore.has_events(source leadscore.source) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT source.events IS NOT NULL AND leadscore.event_problem(source) IS NULL $$;
COMMENT ON FUNCTION leadscore.has_events(leadscore.source) IS
'Internal: whether a source has events that can be read';

CREATE FUNCTION leadscore.features_expression(source leadscore.source) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
-- With the star, or a column of the name n would be meant.
AS $$ SELECT CASE WHEN source.features IS NULL THEN 'n.*' ELSE format('leadscore.lead_features(%s, k.lead)', source.source_id) END $$;
COMMENT ON FUNCTION leadscore.features_expression(leadscore.source) IS
'Internal: SQL for the row that the model judges of a lead with the row n and the key k.lead';

-- What events make of a lead. Those of the future count once they are past.
CREATE FUNCTION leadscore.event_expression(source leadscore.source, as_of text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN NOT leadscore.has_events(source) THEN
      'CROSS JOIN (SELECT NULL::double precision, NULL::double precision, NULL::double precision, 0::bigint, NULL::timestamptz) AS ev (engagement, heat, cooling_heat, events, last_event_at)'
    ELSE format($query$CROSS JOIN LATERAL (
    -- Without its model a lead cannot be judged, which is noted.
    SELECT leadscore.engagement(%1$L, o.event, o.at, %2$s) FILTER (WHERE EXISTS (SELECT FROM leadscore.model AS m WHERE m.model = %1$L)),
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

CREATE FUNCTION leadscore.has_own_duplicate_index(source leadscore.source) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT EXISTS (SELECT FROM leadscore.duplicate_index AS i WHERE i.relation = source.relation AND source.key = ARRAY[i.key]) $$;
COMMENT ON FUNCTION leadscore.has_own_duplicate_index(leadscore.source) IS
'Internal: whether the duplicate index of the table of a source knows leads by the key of the source; what it says by another is of no use';

CREATE FUNCTION leadscore.has_duplicate_marks(source leadscore.source) RETURNS boolean
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT source.marks_duplicates AND leadscore.has_own_duplicate_index(source) AND leadscore.duplicate_index_problem(source.relation) IS NULL
$$;
COMMENT ON FUNCTION leadscore.has_duplicate_marks(leadscore.source) IS
'Internal: whether it can be told which leads of a source repeat an earlier one: its duplicate index is there, and can be used';

-- Few leads have been noted as anybody's duplicates.
CREATE FUNCTION leadscore.duplicate_expression(source leadscore.source, lead text, writes boolean) RETURNS text
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT CASE WHEN NOT leadscore.has_duplicate_marks(source) THEN 'NULL::boolean' ELSE format($$CASE
    WHEN NOT EXISTS (SELECT FROM leadscore.duplicate_edge AS d WHERE d.relation = %1$s AND d.lead_a = %2$s)
      AND NOT EXISTS (SELECT FROM leadscore.duplicate_edge AS d WHERE d.relation = %1$s AND d.lead_b = %2$s) THEN false
    ELSE leadscore.%3$I(%1$s, %2$s) END$$,
    format('%s::oid::regclass', source.relation::oid), lead, CASE WHEN writes THEN 'judge_duplicate' ELSE 'is_duplicate' END) END
$function$;
COMMENT ON FUNCTION leadscore.duplicate_expression(leadscore.source, text, boolean) IS
'Internal: SQL for whether the lead with a key (an expression) repeats an earlier one; NULL where the source does not mark duplicates. writes: the answer is written, so what others change meanwhile is noted';

CREATE FUNCTION leadscore.judged_leads(source leadscore.source, leads text, as_of text, raises boolean, knows boolean, from_history boolean, writes boolean) RETURNS text
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT format($query$
  SELECT k.lead, coalesce(%2$s, %20$s, %3$s) AS created_at, %4$s AS closed_at,
    %5$s AS channel, %6$s AS owner, %7$s AS status, %8$s AS amount, %9$s AS since,
    j.score, j.raw_score, j.probability, j.grade, j.temperature, j.target,
    CASE WHEN t.is_beyond THEN 'stage "' || j.stage || '" would be the 64th of the source' ELSE j.problem END AS problem,
    CASE WHEN t.is_beyond THEN '54000' ELSE j.problem_state END AS problem_state,
    coalesce(f.is_duplicate, false) AS is_duplicate, ev.heat, ev.cooling_heat, ev.events, ev.last_event_at,
    g.stage_id,
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
  LEFT JOIN leadscore.source_stage AS ns ON ns.source_id = %1$s AND ns.stage = j.stage
  CROSS JOIN LATERAL (SELECT %19$s OFFSET 0) AS g (stage_id)
  CROSS JOIN LATERAL (SELECT j.stage IS NOT NULL AND g.stage_id IS NULL%24$s) AS t (is_beyond)$query$,
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
    CASE WHEN writes OR NOT leadscore.has_duplicate_marks(source)
      THEN leadscore.duplicate_expression(source, 'k.lead', writes)
      -- For whoever owns the table, and may not read the pairs of all tables.
      ELSE format('leadscore.is_duplicate(%s::oid::regclass, k.lead)', source.relation::oid) END,
    CASE WHEN from_history THEN '' ELSE 'SELECT e.stage_id, e.stage_since, e.visits, e.visited WHERE e.lead IS NOT NULL UNION ALL' END,
    source.model,
    leadscore.features_expression(source),
    CASE WHEN from_history THEN 'NULL' ELSE 'e.grade' END,
    CASE WHEN from_history THEN 'NULL' ELSE 'e.temperature' END,
    raises::text,
    CASE WHEN writes THEN format('CASE WHEN j.stage IS NULL THEN NULL ELSE coalesce(ns.stage_id, leadscore.add_source_stage(%s, j.stage)%s) END', source.source_id,
      CASE WHEN raises THEN ', leadscore.refuse_stage(j.stage)' ELSE '' END) ELSE 'ns.stage_id' END,
    CASE WHEN knows THEN 'e.created_at' ELSE 'NULL' END,
    CASE WHEN knows THEN 'e.lead IS NOT NULL AS is_known, e.score AS earlier_score, e.grade AS earlier_grade, e.temperature AS earlier_temperature' ELSE 'false AS is_known' END,
    CASE WHEN knows THEN format('LEFT JOIN LATERAL (%s) AS e ON true', leadscore.state_query(source, 'k.lead')) ELSE '' END,
    CASE WHEN from_history THEN '' ELSE 'HAVING e.lead IS NULL' END,
    CASE WHEN writes THEN '' ELSE format(' AND (SELECT count(*) FROM leadscore.source_stage AS c WHERE c.source_id = %s) >= 63', source.source_id) END)
$function$;
COMMENT ON FUNCTION leadscore.judged_leads(leadscore.source, text, text, boolean, boolean, boolean, boolean) IS
'Internal: SQL that judges leads as of a time; leads is SQL of FROM for their rows (as n) and keys (as k.lead). knows: what lead_state says of a lead counts; else, with from_history, it is not looked at. from_history: the stage before is the last of stage_history, whatever lead_state says, and labels are not kept. writes: a stage that has no number yet gets one';

CREATE FUNCTION leadscore.writing_statement(source leadscore.source, leads text, from_history boolean, before text DEFAULT '') RETURNS text
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT format($query$
WITH %6$sjudged AS MATERIALIZED (%1$s),
moved AS MATERIALIZED (
  SELECT *, stage_id IS NOT NULL AND stage_id IS DISTINCT FROM earlier_stage_id AS moves,
    CASE WHEN earlier_stage_id IS NULL THEN least(as_of, coalesce(since, closed_at, created_at))
      ELSE greatest(earlier_since, least(as_of, coalesce(CASE WHEN since > earlier_since THEN since END, as_of))) END AS entered_at
  FROM judged
  WHERE %5$s),
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
  -- Rows that others may hold are taken in one order.
  ORDER BY lead
  ON CONFLICT (source_id, lead) DO UPDATE SET created_at = excluded.created_at, closed_at = excluded.closed_at, cohort_day = excluded.cohort_day,
    channel = excluded.channel, owner = excluded.owner, status = excluded.status, amount = excluded.amount, score = excluded.score,
    raw_score = excluded.raw_score, probability = excluded.probability, grade = excluded.grade, temperature = excluded.temperature,
    target = excluded.target, stage_id = excluded.stage_id, stage_since = excluded.stage_since, visits = excluded.visits, visited = excluded.visited,
    is_duplicate = excluded.is_duplicate, heat = excluded.heat, cooling_heat = excluded.cooling_heat, events = excluded.events,
    last_event_at = excluded.last_event_at, problem = excluded.problem, problem_state = excluded.problem_state,
    model_version = excluded.model_version, scored_at = excluded.scored_at
  WHERE CASE WHEN leadscore.is_seen(s.xmin) THEN true ELSE %7$s END
  RETURNING s.lead),
changed AS (
  INSERT INTO leadscore.score_change (source_id, lead, changed_at, score, grade, temperature, model_version)
  SELECT %2$s, lead, as_of, score, grade, temperature, (SELECT m.version FROM leadscore.model AS m WHERE m.model = %4$L)
  -- What was not written, because somebody who knew more has written it, leaves no trace. Not joined: the planner may take
  -- the leads for few, and compare each with all.
  FROM moved WHERE (lead IN (SELECT w.lead FROM written AS w)) IS TRUE AND is_known AND (score, grade, temperature) IS DISTINCT FROM (earlier_score, earlier_grade, earlier_temperature)
  ORDER BY lead)
INSERT INTO leadscore.stage_history (source_id, lead, visit_no, stage_id, lap_no, entered_at, cause, noted_at)
SELECT %2$s, lead, visits + 1, stage_id,
  1 + CASE WHEN visited & (1::bigint << stage_id) = 0 THEN 0 ELSE (SELECT count(*) FROM leadscore.stage_history AS h
    WHERE h.source_id = %2$s AND h.lead = moved.lead AND h.stage_id = moved.stage_id)::integer END,
  entered_at, CASE WHEN visits = 0 THEN 'found' ELSE 'change' END, as_of
FROM moved WHERE (lead IN (SELECT w.lead FROM written AS w)) IS TRUE AND moves
ORDER BY lead
ON CONFLICT DO NOTHING$query$,
    leadscore.judged_leads(source, leads, '$1', source.on_error = 'raise', true, from_history, true), source.source_id, source.time_zone, source.model,
    leadscore.kept_condition(source, 'lead', source.on_error = 'raise'), before,
    CASE WHEN leadscore.has_duplicate_marks(source) THEN leadscore.leaving_expression(source, 's.lead', 's.ctid') ELSE 'false' END)
$function$;
COMMENT ON FUNCTION leadscore.writing_statement(leadscore.source, text, boolean, text) IS
'Internal: the SQL that judges leads as of $1 and writes their state, their history and what their scores became; before is SQL of WITH that leads may use, the other arguments are those of leadscore.judged_leads()';

-- New leads need no executor but to be read: the rest is done by insert_new_leads(). Their columns are in its order.
CREATE FUNCTION leadscore.reading_statement(source leadscore.source) RETURNS text
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT format($query$
SELECT k.lead, coalesce(k.created_at, $1), k.closed_at, (coalesce(k.created_at, $1) AT TIME ZONE %1$L)::date, %2$s, %3$s, %4$s, %5$s,
  least($1, coalesce(%6$s, k.closed_at, k.created_at)), coalesce(%15$s), %7$s::integer, %8$L::text, %9$s::oid, %10$s, %11$s, %16$s, %17$s
FROM leadscore_new AS n
CROSS JOIN LATERAL (SELECT %12$s, %13$s, %14$s) AS k (lead, created_at, closed_at)
WHERE %18$s$query$,
    source.time_zone,
    leadscore.text_expression(source.relation, 'n', source.columns ->> 'channel'),
    leadscore.text_expression(source.relation, 'n', source.columns ->> 'owner'),
    leadscore.text_expression(source.relation, 'n', source.columns ->> 'stage'),
    leadscore.amount_expression(source.relation, 'n', source.columns ->> 'amount'),
    leadscore.time_expression(source.relation, 'n', source.columns ->> 'stage_since', source.time_zone),
    source.source_id, source.model, source.relation::oid, (source.on_error = 'raise')::text, leadscore.has_duplicate_marks(source)::text,
    leadscore.key_expression(source.relation, 'n', source.key),
    leadscore.time_expression(source.relation, 'n', source.columns ->> 'created_at', source.time_zone),
    leadscore.time_expression(source.relation, 'n', source.columns ->> 'closed_at', source.time_zone),
    leadscore.features_expression(source),
    CASE WHEN leadscore.has_events(source) THEN '0::double precision' ELSE 'NULL::double precision' END,
    CASE WHEN leadscore.has_events(source) THEN format('EXISTS (SELECT FROM %s AS o WHERE o.%I = n.%I)', source.events, source.event_columns ->> 'lead', source.key[1]) ELSE 'false' END,
    leadscore.kept_condition(source, 'k.lead', source.on_error = 'raise'))
$function$;
COMMENT ON FUNCTION leadscore.reading_statement(leadscore.source) IS
'Internal: the SQL that reads the new leads of a statement as of $1';

CREATE FUNCTION leadscore.locking_statement(source leadscore.source, keys text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT leadscore.states_query(source, '', keys, locking => 'FOR NO KEY UPDATE') $$;
COMMENT ON FUNCTION leadscore.locking_statement(leadscore.source, text) IS
'Internal: the SQL that locks the states of the leads of a source whose keys a query selects';

CREATE FUNCTION leadscore.deleting_statement(source leadscore.source, keys text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT format('DELETE FROM leadscore.lead_state AS s WHERE s.ctid = ANY (ARRAY(%s))', leadscore.states_query(source, 's.ctid', keys)) $$;
COMMENT ON FUNCTION leadscore.deleting_statement(leadscore.source, text) IS
'Internal: the SQL that deletes the states of the leads of a source whose keys a query selects';

CREATE FUNCTION leadscore.leaving_expression(source leadscore.source, lead text, state text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT format('leadscore.leave_unsettled(%s::oid::regclass, %s, %s)', source.relation::oid, lead, state) $$;
COMMENT ON FUNCTION leadscore.leaving_expression(leadscore.source, text, text) IS
'Internal: SQL, always false, that leaves the lead whose key and place of the state expressions give to whoever comes after the transaction that holds it';

-- A lead that is written can make others duplicates, or duplicates no more: all those of the person. Whoever writes one of
-- them at the same time does not see why, and is not waited for: then it is judged again once both have ended.
CREATE FUNCTION leadscore.remarking_statements(source leadscore.source, keys text, only_unmarked boolean, before text DEFAULT '') RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT leadscore.writing_statement(source, leadscore.keyed_leads(source, format($$
    SELECT w.lead FROM (%s) AS w (lead, place) LEFT JOIN LATERAL (%s) AS l ON true WHERE CASE WHEN l.lead IS NULL THEN %s ELSE true END$$,
    leadscore.states_query(source, 's.lead, s.ctid',
      format('SELECT unnest(leadscore.leads_of_persons(%s::oid::regclass, ARRAY(%s), %s))', source.relation::oid, keys, only_unmarked::text),
      format('AND CASE WHEN s.xmax <> %L::xid AND leadscore.is_held(s.ctid) THEN %s ELSE %s s.is_duplicate <> %s END', 0, leadscore.leaving_expression(source, 's.lead', 's.ctid'),
        CASE WHEN only_unmarked THEN 'NOT s.is_duplicate AND' ELSE '' END, leadscore.duplicate_expression(source, 's.lead', false))),
    leadscore.state_query(source, 'w.lead', locking => 'FOR NO KEY UPDATE SKIP LOCKED'),
    leadscore.leaving_expression(source, 'w.lead', 'w.place'))), false, before)
  WHERE leadscore.has_duplicate_marks(source)
$function$;
COMMENT ON FUNCTION leadscore.remarking_statements(leadscore.source, text, boolean, text) IS
'Internal: the SQL that judges those leads again that hang together with leads whose keys a query selects, where they have become duplicates or (unless only_unmarked) are none any more; before is SQL of WITH that the query may use. Nothing for a source that does not mark duplicates';

-- Who finds that there is more to come leaves it to the next again.
CREATE FUNCTION leadscore.settling_statements(source leadscore.source) RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT leadscore.remarking_statements(source, 'SELECT e.lead FROM ended AS e', false, format($$
ended AS (DELETE FROM leadscore.unsettled_lead AS d WHERE d.ctid = ANY (ARRAY(
  SELECT u.ctid FROM leadscore.unsettled_lead AS u
  WHERE u.relation = %s::oid::regclass AND pg_visible_in_snapshot(u.beside, pg_current_snapshot()) FOR UPDATE SKIP LOCKED)) RETURNING d.lead),
$$, source.relation::oid))
$function$;
COMMENT ON FUNCTION leadscore.settling_statements(leadscore.source) IS
'Internal: the SQL statement that judges those leads again that were written beside another lead of the same person, in a transaction that has ended since';

CREATE FUNCTION leadscore.forgetting_statements(source leadscore.source) RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('DELETE FROM leadscore.%I AS s WHERE s.source = %L', t.name, source.source)
  FROM unnest(ARRAY['spend', 'plan', 'stage_effort']) AS t (name)
  UNION ALL
  SELECT format('DELETE FROM leadscore.unsettled_lead AS u WHERE u.relation = %s::oid::regclass', source.relation::oid)
  UNION ALL
  SELECT format('DELETE FROM leadscore.%I AS s WHERE s.source_id = %s', t.name, source.source_id)
  FROM unnest(ARRAY['stage_history', 'score_change', 'lead_state', 'source_stage', 'source_column', 'source_reader', 'source_planner', 'source']) AS t (name)
$$;
COMMENT ON FUNCTION leadscore.forgetting_statements(leadscore.source) IS
'Internal: the SQL statements that remove a source and all that is kept of it, itself at last';

CREATE FUNCTION leadscore.lead_statements(source leadscore.source, root boolean, operation text) RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  key CONSTANT text := leadscore.key_expression(source.relation, 'n', source.key);
  written CONSTANT text := format('leadscore_new AS n CROSS JOIN LATERAL (SELECT %s) AS k (lead)', key);
  new_keys CONSTANT text := format('SELECT %s FROM leadscore_new AS n', key);
  old_keys CONSTANT text := format('SELECT %s FROM leadscore_old AS n', key);
  absence CONSTANT text := leadscore.deleting_statement(source, format('SELECT p.lead FROM leadscore.lead_state AS p WHERE p.source_id = %s EXCEPT SELECT %s COLLATE "C" FROM %s AS n', source.source_id, key, source.relation));
  named CONSTANT text := leadscore.keyed_leads(source, 'SELECT unnest($2)');
  part text;
BEGIN
  CASE operation
  WHEN 'insert' THEN
    RETURN NEXT leadscore.reading_statement(source);
  WHEN 'update' THEN
    RETURN NEXT leadscore.locking_statement(source, new_keys || ' UNION ' || old_keys);
    RETURN NEXT leadscore.writing_statement(source, written, false);
    RETURN NEXT leadscore.deleting_statement(source, old_keys || ' EXCEPT ' || new_keys);
    RETURN QUERY SELECT leadscore.remarking_statements(source, new_keys || ' UNION ' || old_keys, false);
  WHEN 'delete' THEN
    RETURN NEXT leadscore.locking_statement(source, old_keys);
    RETURN NEXT leadscore.deleting_statement(source, old_keys);
    RETURN QUERY SELECT leadscore.remarking_statements(source, old_keys, false);
  WHEN 'truncate' THEN
    RETURN NEXT CASE WHEN root THEN format('DELETE FROM leadscore.lead_state AS s WHERE s.source_id = %s', source.source_id) ELSE absence END;
  WHEN 'judge', 'rescan' THEN
    RETURN NEXT leadscore.locking_statement(source, 'SELECT unnest($2)');
    RETURN NEXT leadscore.writing_statement(source, named, operation = 'rescan');
  WHEN 'remark' THEN
    RETURN QUERY SELECT leadscore.remarking_statements(source, 'SELECT unnest($2)', true);
  WHEN 'settle' THEN
    RETURN QUERY SELECT leadscore.settling_statements(source);
  WHEN 'gone' THEN
    RETURN NEXT absence;
  WHEN 'stages' THEN
    RETURN NEXT format('SELECT coalesce(leadscore.add_source_stage(%s, s.stage), leadscore.refuse_stage(s.stage)) FROM leadscore.stage AS s WHERE s.model = %L ORDER BY s.stage_no', source.source_id, source.model);
  WHEN 'forget' THEN
    RETURN NEXT leadscore.locking_statement(source, 'SELECT unnest($2)');
    FOREACH part IN ARRAY ARRAY['duplicate_edge AS s WHERE s.lead_a', 'duplicate_edge AS s WHERE s.lead_b', 'unsettled_lead AS s WHERE s.lead'] LOOP
      RETURN NEXT format('DELETE FROM leadscore.%s = ($2)[1] AND s.relation = %s::oid::regclass', part, source.relation::oid);
    END LOOP;
    FOREACH part IN ARRAY ARRAY['stage_history', 'score_change', 'lead_state'] LOOP
      RETURN NEXT format('DELETE FROM leadscore.%I AS s WHERE s.source_id = %s AND s.lead = ($2)[1]', part, source.source_id);
    END LOOP;
  WHEN 'detach' THEN
    RETURN QUERY SELECT leadscore.forgetting_statements(source);
  WHEN 'follow' THEN
    RETURN QUERY SELECT leadscore.following_statements(source);
  WHEN 'import' THEN
    RETURN NEXT leadscore.locking_statement(source, 'SELECT unnest($2)');
    RETURN QUERY SELECT leadscore.import_statements(source);
    RETURN NEXT leadscore.writing_statement(source, named, true);
  END CASE;
END
$$;
COMMENT ON FUNCTION leadscore.lead_statements(leadscore.source, boolean, text) IS
'Internal: the SQL statements that follow a change of the table of a source (root: of the whole, not of a partition), or do something for the leads whose keys are in $2';

CREATE FUNCTION leadscore.event_statements(source leadscore.source, operation text) RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
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
  RETURN NEXT leadscore.writing_statement(source, leadscore.keyed_leads(source, keys), false);
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
    (2, $$WITH renamed AS (
        SELECT c.relation, c.name AS old_name, a.attname::text AS new_name FROM leadscore.source_column AS c
        JOIN pg_attribute AS a ON a.attrelid = c.relation AND a.attnum = c.number AND NOT a.attisdropped
        WHERE c.source_id = $source AND a.attname <> c.name)
      UPDATE leadscore.duplicate_index AS i SET
        key = coalesce((SELECT r.new_name FROM renamed AS r WHERE r.relation = i.relation AND r.old_name = i.key), i.key),
        columns = coalesce((SELECT jsonb_object_agg(c.key, coalesce(r.new_name, c.value)) FROM jsonb_each_text(i.columns) AS c
          LEFT JOIN renamed AS r ON r.relation = i.relation AND r.old_name = c.value), i.columns)
      WHERE i.relation = ANY (SELECT r.relation FROM renamed AS r)$$),
    -- A key that is written as before is no other.
    (3, $$UPDATE leadscore.duplicate_index AS i SET key_type = a.atttypid
      FROM pg_attribute AS a
      WHERE i.relation = (SELECT s.relation FROM leadscore.source AS s WHERE s.source_id = $source)
        AND a.attrelid = i.relation AND a.attname = i.key AND a.atttypid <> i.key_type AND leadscore.are_comparable_keys(a.atttypid, i.key_type)$$),
    (4, $$DELETE FROM leadscore.source_column AS c WHERE c.source_id = $source$$),
    (5, $$INSERT INTO leadscore.source_column (source_id, relation, number, name)
      SELECT c.source_id, c.relation, c.number, c.name FROM leadscore.current_columns() AS c WHERE c.source_id = $source$$)
  ) AS s (place, statement)
  ORDER BY s.place
$function$;
COMMENT ON FUNCTION leadscore.following_statements(leadscore.source) IS
'Internal: the SQL statements by which a source, and its duplicate index, follow its columns when they are renamed, and its key when it becomes a larger number or another kind of text';

-- History that is imported goes between what has been noted, in the order of time. Numbers are made anew by way of
-- negative ones, because each must be unique at all times.
CREATE FUNCTION leadscore.import_statements(source leadscore.source) RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT replace(replace(replace(s.statement, '$visits', $$(SELECT DISTINCT unnest($2)) AS k (lead) CROSS JOIN LATERAL (
      SELECT h.ctid, h.stage_id = lag(h.stage_id) OVER visits AS repeats, row_number() OVER visits AS visit_no_now,
        row_number() OVER (PARTITION BY h.stage_id ORDER BY h.entered_at, h.visit_no) AS lap_no_now
      FROM leadscore.stage_history AS h WHERE h.source_id = $source AND h.lead = k.lead WINDOW visits AS (ORDER BY h.entered_at, h.visit_no) OFFSET 0) AS h$$),
    '$source', source.source_id::text), '$model', quote_literal(source.model))
  FROM (VALUES
    (1, $$SELECT coalesce(leadscore.add_source_stage($source, s.stage), leadscore.refuse_stage(s.stage)) FROM leadscore.stage AS s WHERE s.model = $model AND (s.stage = ANY ($3)
        OR EXISTS (SELECT FROM leadscore.stage_map AS m WHERE m.model = $model AND m.stage = s.stage AND m.status = ANY ($3)))$$),
    (2, $$INSERT INTO leadscore.stage_history (source_id, lead, visit_no, stage_id, lap_no, entered_at, cause, noted_at)
      SELECT $source, i.lead, coalesce((SELECT max(h.visit_no) FROM leadscore.stage_history AS h WHERE h.source_id = $source AND h.lead = i.lead), 0)
          + row_number() OVER (PARTITION BY i.lead ORDER BY i.entered_at, i.place)::integer,
        s.stage_id, 1, i.entered_at, 'import', $1
      FROM unnest($2, $3, $4) WITH ORDINALITY AS i (lead, status, entered_at, place)
      LEFT JOIN leadscore.stage_map AS m ON m.model = $model AND m.status = i.status
      JOIN leadscore.source_stage AS s ON s.source_id = $source AND s.stage = coalesce(m.stage, i.status)
      WHERE isfinite(i.entered_at) AND i.lead IS NOT NULL$$),
    (3, $$DELETE FROM leadscore.stage_history AS h WHERE h.ctid = ANY (ARRAY(SELECT h.ctid FROM $visits WHERE h.repeats))$$),
    (4, $$UPDATE leadscore.stage_history AS v SET visit_no = -h.visit_no_now, lap_no = h.lap_no_now FROM $visits WHERE v.ctid = h.ctid$$),
    (5, $$UPDATE leadscore.stage_history AS v SET visit_no = -v.visit_no WHERE v.ctid = ANY (ARRAY(SELECT h.ctid FROM $visits))$$)
  ) AS s (place, statement)
  ORDER BY s.place
$function$;
COMMENT ON FUNCTION leadscore.import_statements(leadscore.source) IS
'Internal: the SQL statements that put visits (leads in $2, stages or statuses in $3, times in $4) into the history of a source';

-- A table may be attached, a partition of one, or the events of one or several.
CREATE FUNCTION leadscore.source_statements(relation oid, operation text, OUT statement text, OUT watched oid, OUT events oid, OUT reads boolean, OUT settles boolean) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL UNSAFE
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
  SELECT w.statement, (u.source).relation::oid, (u.source).events::oid, operation = 'insert', (u.source).marks_duplicates
  FROM family AS f
  JOIN usable AS u ON (u.source).relation = f.member
    -- Without its key a source is left as it is: verify() tells. No lead is lost for that.
    AND (operation = ANY (ARRAY['detach', 'follow']) OR leadscore.key_problem(u.source) IS NULL)
  CROSS JOIN LATERAL leadscore.lead_statements(u.source, (u.source).relation = source_statements.relation, operation) AS w (statement)
  UNION ALL
  SELECT w.statement, (u.source).relation::oid, (u.source).events::oid, false, (u.source).marks_duplicates
  FROM family AS f
  JOIN usable AS u ON (u.source).events = f.member AND leadscore.has_events(u.source) AND leadscore.key_problem(u.source) IS NULL
  CROSS JOIN LATERAL leadscore.event_statements(u.source, operation) AS w (statement)
  WHERE operation = ANY (ARRAY['insert', 'update', 'delete', 'truncate'])
$$;
COMMENT ON FUNCTION leadscore.source_statements(oid, text) IS
'Internal: the SQL statements that keep the state of attached tables current when a table changes, or that do something for named leads, in order; the tables of leads and of events each depends on, whether it only reads the new leads, for insert_new_leads(), and whether the source marks duplicates, some of which may have to be settled afterwards';

CREATE FUNCTION leadscore.verifying_statement(source leadscore.source) RETURNS text
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT format($query$
WITH judged AS MATERIALIZED (%1$s),
history AS MATERIALIZED (
  SELECT h.lead, max(h.visit_no) AS visits, count(*) AS rows, bit_or(1::bigint << h.stage_id) AS visited,
    (array_agg(h.stage_id ORDER BY h.visit_no DESC))[1] AS stage_id, (array_agg(h.entered_at ORDER BY h.visit_no DESC))[1] AS stage_since
  FROM leadscore.stage_history AS h WHERE h.source_id = %2$s GROUP BY h.lead)
SELECT j.lead, CASE WHEN octet_length(j.lead) > 1000 THEN 'nothing is kept of the lead: its key is longer than 1000 bytes' ELSE 'the lead has no state' END
FROM judged AS j WHERE NOT j.is_known
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
