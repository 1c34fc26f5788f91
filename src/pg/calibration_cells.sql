-- What calibrate() counts: leads and customers of each value, bin, condition and criterion.
CREATE FUNCTION leadscore.column_type(relation regclass, column_name text) RETURNS oid
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  type oid := (SELECT a.atttypid FROM pg_attribute AS a
    WHERE a.attrelid = relation AND a.attname = column_name AND a.attnum > 0 AND NOT a.attisdropped);
  base oid;
BEGIN
  IF type IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'undefined_column',
      MESSAGE = format('relation %s has no column "%s"', relation, column_name),
      HINT = 'Columns are named as they are stored: without quotes, upper and lower case as in \d.';
  END IF;
  LOOP
    SELECT nullif(t.typbasetype, 0) INTO base FROM pg_type AS t WHERE t.oid = type;
    EXIT WHEN base IS NULL;
    type := base;
  END LOOP;
  RETURN type;
END
$$;
COMMENT ON FUNCTION leadscore.column_type(regclass, text) IS
'Internal: the type of a column, below its domains. Raises 42703 if there is no such column.';

CREATE FUNCTION leadscore.closed_leads(relation regclass, outcome text, at text, since timestamptz, until timestamptz,
  mature_after interval, outcome_at text, as_of timestamptz, OUT won text, OUT counted text)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET TimeZone = 'UTC'
AS $$
DECLARE
  type oid := leadscore.column_type(relation, outcome);
  time_column text;
BEGIN
  IF type = 'boolean'::regtype THEN
    won := format('l.%I', outcome);
    counted := won || ' IS NOT NULL';
  ELSIF type = ANY ('{smallint,integer,bigint,numeric,real,double precision}'::regtype[]::oid[]) THEN
    won := format('l.%I = 1', outcome);
    counted := format('l.%I IN (0, 1)', outcome);
  ELSE
    RAISE EXCEPTION USING
      ERRCODE = 'datatype_mismatch',
      MESSAGE = format('outcome column "%s" is of type %s', outcome, format_type(type, NULL)),
      HINT = 'The outcome is a column that is boolean or 0 and 1: true or 1 for a customer, NULL while the lead is open. A view can compute one.';
  END IF;
  IF at IS NULL AND (since IS NOT NULL OR until IS NOT NULL OR mature_after IS NOT NULL) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'a period and an age need the time of the leads',
      HINT = 'Name the column that has it: at => ''created_at''.';
  END IF;
  FOREACH time_column IN ARRAY ARRAY[at, outcome_at] LOOP
    type := leadscore.column_type(relation, time_column);
    IF type <> ALL ('{date,timestamp,timestamptz}'::regtype[]::oid[]) THEN
      RAISE EXCEPTION USING
        ERRCODE = 'datatype_mismatch',
        MESSAGE = format('time column "%s" is of type %s', time_column, format_type(type, NULL)),
        HINT = 'The time of a lead is a date or a timestamp.';
    END IF;
  END LOOP;
  counted := counted
    || CASE WHEN outcome_at IS NULL THEN '' ELSE format(' AND (l.%I IS NULL OR l.%1$I::timestamptz <= %2$L)', outcome_at, as_of) END
    || CASE WHEN at IS NULL THEN '' ELSE format(' AND l.%I::timestamptz <= %L', at, as_of)
        || CASE WHEN since IS NULL THEN '' ELSE format(' AND l.%I::timestamptz >= %L', at, since) END
        || CASE WHEN until IS NULL THEN '' ELSE format(' AND l.%I::timestamptz < %L', at, until) END
        || CASE WHEN mature_after IS NULL THEN ''
          ELSE format(' AND l.%I::timestamptz + %L::interval <= %L', at, mature_after, as_of) END
      END;
END
$$;
COMMENT ON FUNCTION leadscore.closed_leads(regclass, text, text, timestamptz, timestamptz, interval, text, timestamptz) IS
'Internal: SQL over a row l for whether a lead is a customer, and for whether it counts: closed, within the period, known at as_of, and old enough. Raises 42703 for an unknown column, 42804 for one of another type, 22023 for a period without the column of time.';

CREATE FUNCTION leadscore.place_document(conditions text[], time_zone text) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT jsonb_build_object('format', 1,
    'model', jsonb_build_object('time_zone', time_zone, 'scale', 'clamp', 'lower', 0, 'upper', cardinality(conditions)),
    'criteria', jsonb_agg(jsonb_build_object('criterion', c.place::text, 'attribute', 'place', 'condition', c.condition,
      'points', c.place::text) ORDER BY c.place))
  FROM unnest(conditions) WITH ORDINALITY AS c (condition, place)
$$;
COMMENT ON FUNCTION leadscore.place_document(text[], text) IS
'Internal: a model whose score is the place of the first of the conditions that holds, 0 if none does';

CREATE FUNCTION leadscore.bin_edges(relation regclass, columns text[], counted text, buckets integer) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET TimeZone = 'UTC'
SET extra_float_digits = 1
AS $$
DECLARE
  quantiles text;
  few text[];
  edges jsonb;
  values_of jsonb;
BEGIN
  IF buckets NOT BETWEEN 2 AND 100 THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'buckets must lie between 2 and 100';
  END IF;
  IF columns = '{}' THEN
    RETURN '{}';
  END IF;
  SELECT format('%L::double precision[]', array_agg(i / buckets::double precision ORDER BY i)) INTO quantiles FROM generate_series(1, buckets - 1) AS i;
  EXECUTE (SELECT format('SELECT jsonb_object_agg(v.name, v.edges), coalesce(array_agg(v.name) FILTER (WHERE v.number <= %s), ''{}'')
      FROM (SELECT %s FROM %s AS l WHERE %s) AS s CROSS JOIN LATERAL (VALUES %s) AS v (name, number, edges)',
    buckets,
    string_agg(format('percentile_disc(%s) WITHIN GROUP (ORDER BY l.%I) AS edges_%s, max(l.%2$I) AS last_%3$s, count(DISTINCT l.%2$I) AS number_%3$s',
      quantiles, c.name, c.i), ', '), relation, counted,
    string_agg(format('(%L, s.number_%s, ARRAY(SELECT DISTINCT e FROM unnest(s.edges_%2$s) AS e WHERE e < s.last_%2$s ORDER BY e)::text[])',
      c.name, c.i), ', '))
    FROM unnest(columns) WITH ORDINALITY AS c (name, i)) INTO edges, few;
  IF few <> '{}' THEN
    EXECUTE (SELECT format('SELECT jsonb_object_agg(v.name, v.edges) FROM (SELECT %s FROM %s AS l WHERE %s) AS s CROSS JOIN LATERAL (VALUES %s) AS v (name, edges)',
      string_agg(format('array_agg(DISTINCT l.%I ORDER BY l.%1$I) FILTER (WHERE l.%1$I IS NOT NULL) AS values_%2$s', c.name, c.i), ', '),
      relation, counted,
      string_agg(format('(%L, trim_array(s.values_%s, 1)::text[])', c.name, c.i), ', '))
      FROM unnest(few) WITH ORDINALITY AS c (name, i)) INTO values_of;
    edges := edges || values_of;
  END IF;
  RETURN edges;
END
$$;
COMMENT ON FUNCTION leadscore.bin_edges(regclass, text[], text, integer) IS
'Internal: for each column the upper edges of its bins but the last, as text, ascending: its values where there are no more than buckets of them, else its quantiles. Equal values are never parted. Raises 22023 for fewer than 2 buckets and more than 100.';

CREATE FUNCTION leadscore.column_reference(column_name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN column_name IN ('as_of', 'engagement', 'is_duplicate', 'lead') THEN 'lead.' ELSE '' END || quote_ident(column_name)
$$;
COMMENT ON FUNCTION leadscore.column_reference(text) IS
'Internal: how a condition names a column: quoted where it must be, as lead.column where a derived value has its name';

CREATE FUNCTION leadscore.bin_condition(column_name text, type oid, low text, high text, OUT value text, OUT condition text)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  -- Quoted, a constant takes the type of the column; numbers that need no such help are written as people do.
  quoted CONSTANT boolean := type <> ALL ('{smallint,integer,bigint,numeric,double precision}'::regtype[]::oid[]);
  low_constant text := CASE WHEN quoted OR low !~ '^-?[0-9]+([.][0-9]+)?$' THEN quote_literal(low) ELSE low END;
  high_constant text := CASE WHEN quoted OR high !~ '^-?[0-9]+([.][0-9]+)?$' THEN quote_literal(high) ELSE high END;
BEGIN
  value := coalesce(nullif(concat_ws(', ', '> ' || low, '<= ' || high), ''), 'any');
  condition := coalesce(nullif(concat_ws(' AND ', leadscore.column_reference(column_name) || ' > ' || low_constant, leadscore.column_reference(column_name) || ' <= ' || high_constant), ''),
    leadscore.column_reference(column_name) || ' IS NOT NULL');
END
$$;
COMMENT ON FUNCTION leadscore.bin_condition(text, oid, text, text) IS
'Internal: the name and the condition of the bin above low, up to high; NULL: unbounded';

CREATE FUNCTION leadscore.calibration_cells(relation regclass, outcome text, attributes text[], conditions text[], model text,
  at text, since timestamptz, until timestamptz, mature_after interval, outcome_at text, as_of timestamptz,
  buckets integer, min_leads bigint,
  OUT item integer, OUT source text, OUT attribute text, OUT value text, OUT condition text, OUT leads bigint,
  OUT customers bigint, OUT is_rest boolean)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET TimeZone = 'UTC'
SET extra_float_digits = 1
AS $$
#variable_conflict use_column
DECLARE
  binned_types CONSTANT oid[] := '{smallint,integer,bigint,numeric,real,double precision,date,timestamp,timestamptz,interval,time}'::regtype[]::oid[];
  won text;
  counted text;
  type oid;
  plain boolean;
  name text;
  edges jsonb;
  uppers text[];
  found record;
  -- What is counted: one row an attribute or condition.
  items jsonb[] := '{}';
  places text[] := '{}';
  texts text[] := '{}';
  current jsonb;
  literal text;
  kept text[];
  low text;
  held_low text;
  held_high text;
  held_leads bigint;
  held_customers bigint;
  open_leads bigint;
  open_customers bigint;
  wrong bigint;
BEGIN
  SELECT c.won, c.counted INTO won, counted
  FROM leadscore.closed_leads(relation, outcome, at, since, until, mature_after, outcome_at, as_of) AS c;

  FOR found IN SELECT a.name, min(a.position) AS position FROM unnest(attributes) WITH ORDINALITY AS a (name, position) GROUP BY a.name ORDER BY 2 LOOP
    IF found.name IS NULL THEN
      RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'an attribute has no name';
    END IF;
    type := leadscore.column_type(relation, found.name);
    IF found.name = outcome OR found.name = outcome_at THEN
      RAISE EXCEPTION USING
        ERRCODE = 'invalid_parameter_value',
        MESSAGE = format('column "%s" is the outcome: it says nothing of a lead that is still open', found.name);
    END IF;
    items := items || jsonb_build_object('source', CASE WHEN type = ANY (binned_types) THEN 'bins' ELSE 'values' END,
      'name', found.name, 'type', type::bigint);
  END LOOP;
  FOR found IN SELECT c.condition FROM unnest(conditions) WITH ORDINALITY AS c (condition, position) ORDER BY c.position LOOP
    IF found.condition IS NULL THEN
      RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'a condition is NULL';
    END IF;
    PERFORM leadscore.expression_columns(found.condition);
    items := items || jsonb_build_object('source', 'condition', 'names', jsonb_build_array('true'),
      'name', found.condition, 'conditions', jsonb_build_array(found.condition), 'time_zone', 'UTC');
  END LOOP;
  IF model IS NOT NULL THEN
    PERFORM leadscore.export_model(model);
    items := items || ARRAY(
      SELECT jsonb_build_object('source', 'criterion', 'name', coalesce(c.attribute, c.criterion),
        'names', jsonb_agg(c.criterion ORDER BY c.ord, c.criterion), 'conditions', jsonb_agg(c.condition ORDER BY c.ord, c.criterion),
        'time_zone', m.time_zone)
      FROM leadscore.criterion AS c JOIN leadscore.model AS m ON m.model = c.model
      WHERE c.model = calibration_cells.model AND c.enabled
      GROUP BY c.attribute, CASE WHEN c.attribute IS NULL THEN c.criterion END, coalesce(c.attribute, c.criterion), m.time_zone
      ORDER BY min(c.ord), min(c.criterion));
  END IF;
  IF items = '{}' THEN
    RETURN;
  END IF;

  IF leadscore.column_type(relation, outcome) <> 'boolean'::regtype THEN
    EXECUTE format('SELECT count(*) FROM %s AS l WHERE l.%I NOT IN (0, 1)', relation, outcome) INTO wrong;
    IF wrong > 0 THEN
      RAISE EXCEPTION USING
        ERRCODE = 'invalid_parameter_value',
        MESSAGE = format('outcome column "%s" is neither 0 nor 1 in %s leads', outcome, wrong),
        HINT = 'The outcome is 1 for a customer, 0 for a lead that is lost, NULL while the lead is open.';
    END IF;
  END IF;
  edges := leadscore.bin_edges(relation, ARRAY(SELECT i.value ->> 'name' FROM unnest(items) WITH ORDINALITY AS i (value, position)
    WHERE i.value ->> 'source' = 'bins' ORDER BY i.position), counted, buckets);

  -- For each lead its place within each item, or its value there. (A set in the SELECT list is spread much faster than VALUES.)
  FOR i IN 1 .. cardinality(items) LOOP
    current := items[i];
    name := current ->> 'name';
    places[i] := 'NULL';
    texts[i] := 'NULL';
    IF current ->> 'source' = 'bins' THEN
      places[i] := format('CASE WHEN l.%I IS NULL THEN NULL %s ELSE %s END', name,
        coalesce((SELECT string_agg(format('WHEN l.%I <= %L THEN %s', name, e.edge, e.position), ' ' ORDER BY e.position)
          FROM jsonb_array_elements_text(nullif(edges -> name, 'null')) WITH ORDINALITY AS e (edge, position)), 'WHEN false THEN 0'),
        coalesce(jsonb_array_length(nullif(edges -> name, 'null')), 0) + 1);
    ELSIF current ->> 'source' = 'values' THEN
      texts[i] := format('l.%I::text', name);
    ELSE
      places[i] := format('leadscore.score(%L::jsonb, l.*, %L::timestamptz)::integer',
        leadscore.place_document(ARRAY(SELECT jsonb_array_elements_text(current -> 'conditions')), current ->> 'time_zone'), as_of);
    END IF;
  END LOOP;

  current := NULL;
  FOR found IN EXECUTE format('SELECT c.item, c.place, c.is_rare, CASE WHEN NOT c.is_rare THEN c.value END AS value,
      c.is_rare OR NOT (c.value IS NULL) OR c.place IS NOT NULL AS is_known,
      sum(c.leads)::bigint AS leads, sum(c.customers)::bigint AS customers,
      lead(c.item) OVER (ORDER BY c.item, c.place NULLS LAST, c.value IS NULL, c.is_rare, CASE WHEN NOT c.is_rare THEN c.value END) AS next_item
    FROM (SELECT v.item, v.place, v.value, count(*) AS leads, count(*) FILTER (WHERE v.won) AS customers,
        v.value IS NOT NULL AND v.item <> ALL (%L::integer[])
          AND (count(*) < %s OR row_number() OVER (PARTITION BY v.item ORDER BY count(*) DESC, v.value) > 1000) AS is_rare
      FROM (SELECT %s AS won, generate_series(1, %s) AS item, unnest(ARRAY[%s]::integer[]) AS place, unnest(ARRAY[%s]::text[]) COLLATE "C" AS value
        FROM %s AS l WHERE %s) AS v GROUP BY v.item, v.place, v.value) AS c
    GROUP BY c.item, c.place, c.is_rare, CASE WHEN NOT c.is_rare THEN c.value END, c.value IS NULL
    ORDER BY c.item, c.place NULLS LAST, c.value IS NULL, c.is_rare, CASE WHEN NOT c.is_rare THEN c.value END',
    ARRAY(SELECT i.position FROM unnest(items) WITH ORDINALITY AS i (value, position) WHERE i.value ->> 'type' = 'boolean'::regtype::oid::text),
    min_leads, won, cardinality(items), array_to_string(places, ', '), array_to_string(texts, ', '), relation, counted)
  LOOP
    IF item IS DISTINCT FROM found.item THEN
      item := found.item;
      current := items[item];
      name := current ->> 'name';
      type := (current ->> 'type')::oid;
      attribute := name;
      kept := '{}';
      low := NULL;
      held_leads := NULL;
      open_leads := 0;
      open_customers := 0;
      uppers := ARRAY(SELECT jsonb_array_elements_text(nullif(edges -> name, 'null')));
    END IF;
    leads := found.leads;
    customers := found.customers;
    is_rest := false;

    IF current ->> 'source' IN ('condition', 'criterion') THEN
      -- A condition that no lead meets is told as well.
      source := current ->> 'source';
      current := current || jsonb_build_object('counts', coalesce(current -> 'counts', '{}') || jsonb_build_object(found.place::text, jsonb_build_array(leads, customers)));
      CONTINUE WHEN found.next_item IS NOT DISTINCT FROM item;
      FOR i IN 0 .. jsonb_array_length(current -> 'names') LOOP
        value := current -> 'names' ->> (i - 1);
        condition := current -> 'conditions' ->> (i - 1);
        IF i = 0 THEN
          value := NULL;
          condition := NULL;
        END IF;
        is_rest := i = 0;
        leads := coalesce((current -> 'counts' -> i::text ->> 0)::bigint, 0);
        customers := coalesce((current -> 'counts' -> i::text ->> 1)::bigint, 0);
        RETURN NEXT;
      END LOOP;
      CONTINUE;
    END IF;

    source := 'column';
    IF current ->> 'source' = 'bins' AND found.is_known THEN
      -- A bin of too few leads is joined to its neighbour above, the last to that below.
      open_leads := open_leads + leads;
      open_customers := open_customers + customers;
      IF open_leads >= min_leads THEN
        IF held_leads IS NOT NULL THEN
          SELECT b.value, b.condition INTO value, condition FROM leadscore.bin_condition(name, type, held_low, held_high) AS b;
          leads := held_leads;
          customers := held_customers;
          RETURN NEXT;
        END IF;
        held_low := low;
        held_high := uppers[found.place];
        low := held_high;
        held_leads := open_leads;
        held_customers := open_customers;
        open_leads := 0;
        open_customers := 0;
      END IF;
    END IF;
    IF current ->> 'source' = 'bins' AND (held_leads IS NOT NULL OR open_leads > 0)
      AND (NOT found.is_known OR found.next_item IS DISTINCT FROM item) THEN
      SELECT b.value, b.condition INTO value, condition
      FROM leadscore.bin_condition(name, type, CASE WHEN held_leads IS NULL THEN low ELSE held_low END, NULL) AS b;
      leads := coalesce(held_leads, 0) + open_leads;
      customers := coalesce(held_customers, 0) + open_customers;
      RETURN NEXT;
    END IF;
    CONTINUE WHEN current ->> 'source' = 'bins' AND found.is_known;

    leads := found.leads;
    customers := found.customers;
    -- Of types that conditions cannot compare, the text is compared.
    plain := (SELECT t.typtype = 'e' OR t.typnamespace = 'pg_catalog'::regnamespace AND t.typname <> ALL ('{json,xml}') FROM pg_type AS t WHERE t.oid = type);
    literal := leadscore.column_reference(name) || CASE WHEN plain THEN '' ELSE '::text' END;
    IF NOT found.is_known THEN
      value := NULL;
      condition := leadscore.column_reference(name) || ' IS NULL';
    ELSIF type = 'boolean'::regtype THEN
      value := found.value;
      condition := CASE WHEN value = 'true' THEN '' ELSE 'NOT ' END || leadscore.column_reference(name);
    ELSIF found.is_rare THEN
      value := '(other)';
      condition := CASE WHEN kept = '{}' THEN leadscore.column_reference(name) || ' IS NOT NULL'
        ELSE format('%s NOT IN (%s)', literal, array_to_string(kept, ', ')) END;
    ELSE
      value := found.value;
      kept := kept || quote_literal(value);
      condition := format('%s = %L', literal, value);
    END IF;
    RETURN NEXT;
  END LOOP;
END
$$;
COMMENT ON FUNCTION leadscore.calibration_cells(regclass, text, text[], text[], text, text, timestamptz, timestamptz, interval, text, timestamptz, integer, bigint) IS
'Internal: what calibrate() counts: leads and customers of each value of each attribute, each condition and criterion, and (is_rest) of the leads that meet none';
