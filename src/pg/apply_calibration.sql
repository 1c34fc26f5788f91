-- Criteria written from what calibrate() finds.
CREATE FUNCTION leadscore.apply_calibration(model text, relation regclass, outcome text, attributes text[] DEFAULT NULL,
  method text DEFAULT 'shrunk', conditions text[] DEFAULT NULL, criteria_of text DEFAULT NULL, at text DEFAULT NULL,
  since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL, mature_after interval DEFAULT NULL, outcome_at text DEFAULT NULL,
  as_of timestamptz DEFAULT now(), buckets integer DEFAULT 10, min_leads bigint DEFAULT 10,
  confidence double precision DEFAULT 0.95, only_significant boolean DEFAULT true, replace boolean DEFAULT true)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET TimeZone = 'UTC'
SET extra_float_digits = 1
AS $$
#variable_conflict use_column
DECLARE
  rows jsonb;
  learnt jsonb;
  name text;
  number integer;
  digits CONSTANT integer := CASE WHEN method = 'woe' THEN 4 ELSE 2 END;
  written bigint := 0;
  scale_before text;
  problem leadscore.problem;
  row_type regtype;
BEGIN
  IF num_nulls(apply_calibration.model, only_significant, replace) > 0 THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'model, only_significant and replace must not be NULL';
  END IF;
  IF criteria_of = apply_calibration.model THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('the criteria of model "%s" would count twice, once by hand and once calibrated', criteria_of),
      HINT = 'Write the calibrated criteria into another model.';
  END IF;

  SELECT jsonb_agg(to_jsonb(c) || jsonb_build_object('title', t.title, 'title_ru', t.title_ru, 'attribute_of', t.attribute) ORDER BY c.ord)
  INTO rows
  FROM leadscore.calibrate(relation, outcome, attributes, method, conditions, criteria_of, at, since, until, mature_after,
      outcome_at, as_of, buckets, min_leads, confidence) WITH ORDINALITY
    AS c (source, attribute, value, condition, leads, customers, rate, rate_lower, rate_upper, control, lift, p_value, q_value,
      is_significant, points, points_article, ord)
  LEFT JOIN leadscore.criterion AS t ON c.source = 'criterion' AND t.model = criteria_of AND t.criterion = c.value;
  IF rows IS NULL OR (rows -> 0 ->> 'control')::double precision IN (0, 1) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = format('nothing to learn from %s: %s', relation, CASE WHEN rows IS NULL THEN 'no closed leads in the period'
        WHEN rows -> 0 ->> 'control' = '0' THEN 'no lead became a customer' ELSE 'every lead became a customer' END),
      HINT = 'Points come from the difference between leads that were won and leads that were lost: take a longer period.';
  END IF;

  INSERT INTO leadscore.model (model, scale) VALUES (apply_calibration.model, 'range') ON CONFLICT DO NOTHING;
  PERFORM FROM leadscore.model AS m WHERE m.model = apply_calibration.model FOR NO KEY UPDATE;
  IF replace THEN
    DELETE FROM leadscore.criterion AS c WHERE c.model = apply_calibration.model AND c.provenance ->> 'by' = 'calibrate';
  END IF;
  FOR learnt IN SELECT r.value FROM jsonb_array_elements(rows) WITH ORDINALITY AS r (value, position)
    WHERE (r.value ->> 'leads')::bigint > 0
      -- A criterion that others of its attribute follow stays, without points: what it catches must not reach them.
      AND (r.value ->> 'attribute_of' IS NOT NULL
        OR round((r.value ->> 'points')::numeric, digits) <> 0 AND ((r.value ->> 'is_significant')::boolean OR NOT only_significant))
    ORDER BY r.position
  LOOP
    name := CASE learnt ->> 'source' WHEN 'criterion' THEN learnt ->> 'value' WHEN 'condition' THEN learnt ->> 'condition'
      ELSE format('%s: %s', learnt ->> 'attribute', coalesce(learnt ->> 'value', '(unknown)')) END;
    number := 1;
    WHILE EXISTS (SELECT FROM leadscore.criterion AS c WHERE c.model = apply_calibration.model
      AND c.criterion = left(name, 200) || CASE WHEN number > 1 THEN format(' (%s)', number) ELSE '' END) LOOP
      number := number + 1;
    END LOOP;
    INSERT INTO leadscore.criterion (model, criterion, attribute, condition, points, title, title_ru, provenance)
    VALUES (apply_calibration.model, left(name, 200) || CASE WHEN number > 1 THEN format(' (%s)', number) ELSE '' END,
      CASE learnt ->> 'source' WHEN 'column' THEN learnt ->> 'attribute' WHEN 'criterion' THEN learnt ->> 'attribute_of' END,
      learnt ->> 'condition',
      CASE WHEN only_significant AND NOT (learnt ->> 'is_significant')::boolean THEN '0'
        ELSE trim_scale(round((learnt ->> 'points')::numeric, digits))::text END,
      coalesce(learnt ->> 'title', CASE WHEN learnt ->> 'source' <> 'column' THEN name
        WHEN learnt ->> 'value' IS NULL THEN format('%s is not known', learnt ->> 'attribute')
        WHEN learnt ->> 'value' = '(other)' THEN format('%s is another', learnt ->> 'attribute')
        WHEN learnt ->> 'value' ~ '^(>|<=) ' THEN format('%s %s', learnt ->> 'attribute', learnt ->> 'value')
        ELSE format('%s is %s', learnt ->> 'attribute', learnt ->> 'value') END),
      learnt ->> 'title_ru',
      jsonb_build_object('by', 'calibrate', 'method', method, 'relation', relation::text, 'outcome', outcome, 'at', at,
        'since', since, 'until', until, 'as_of', as_of, 'mature_after', mature_after, 'made_at', now(),
        'leads', learnt -> 'leads', 'customers', learnt -> 'customers', 'rate', learnt -> 'rate',
        'rate_lower', learnt -> 'rate_lower', 'rate_upper', learnt -> 'rate_upper', 'confidence', confidence,
        'control', learnt -> 'control', 'p_value', learnt -> 'p_value', 'q_value', learnt -> 'q_value',
        'points_article', learnt -> 'points_article'));
    written := written + 1;
  END LOOP;
  IF written = 0 THEN
    RAISE NOTICE USING
      MESSAGE = format('no attribute of %s says anything for certain: no criteria were written', relation),
      HINT = 'only_significant => false writes what history suggests without proof.';
  END IF;

  -- Summed and cut at 100, the article's points would put every lead there.
  SELECT m.scale INTO scale_before FROM leadscore.model AS m WHERE m.model = apply_calibration.model;
  IF scale_before <> 'range' THEN
    DELETE FROM leadscore.calibration AS k WHERE k.model = apply_calibration.model;
    UPDATE leadscore.model AS m SET scale = 'range' WHERE m.model = apply_calibration.model;
    RAISE NOTICE USING
      MESSAGE = format('the scale of model "%s" is now range, it was %s', apply_calibration.model, scale_before);
  END IF;
  SELECT c.reltype INTO row_type FROM pg_class AS c WHERE c.oid = relation;
  SELECT p.* INTO problem FROM leadscore.validate_model(apply_calibration.model, row_type) AS p
  WHERE p.severity = 'error' AND (p.criterion IS NULL AND p.part = 'model' OR EXISTS (
    SELECT FROM leadscore.criterion AS c WHERE c.model = apply_calibration.model AND c.criterion = p.criterion
      AND p.part IN ('condition', 'points') AND c.provenance ->> 'by' = 'calibrate'))
  ORDER BY p.criterion LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION USING
      ERRCODE = problem.sqlstate,
      MESSAGE = problem.message,
      DETAIL = CASE WHEN problem.criterion IS NULL THEN format('This is model "%s" with its new scale.', apply_calibration.model)
        ELSE format('This is criterion "%s", which would be written into model "%s".', problem.criterion, apply_calibration.model) END,
      HINT = coalesce(problem.hint, '');
  END IF;
  RETURN written;
END
$$;
COMMENT ON FUNCTION leadscore.apply_calibration(text, regclass, text, text[], text, text[], text, text, timestamptz, timestamptz, interval, text, timestamptz, integer, bigint, double precision, boolean, boolean) IS
'Writes what leadscore.calibrate() finds (same arguments; criteria_of is its model) into a model as criteria with their provenance, and returns how many. Makes the model if it is absent, replaces what it wrote before (or, with replace => false, adds to it), never rows made by hand. Criteria without points, and, unless only_significant is false, without significance, are left out, or have 0 points where others of their attribute follow. The model''s scale becomes range (with a NOTICE if it was another), so that scores spread between its limits. Raises 55000 where there is nothing to learn, with no customers or no losses, 22023 for a model''s own criteria, 22004 for a NULL that is none of the defaults, and errors as leadscore.calibrate() and leadscore.validate_model().';
