-- What a model's points have come to mean: its scale becomes a probability learned from leads whose outcome is known.
CREATE FUNCTION leadscore.scoring_document(document jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT jsonb_set(document, '{model,status}', 'null')
    - ARRAY['bands', 'stages', 'stage_rules', 'stage_map', 'target_criteria', 'event_kinds', 'playbook', 'protected_attributes']
$$;
COMMENT ON FUNCTION leadscore.scoring_document(jsonb) IS
'Internal: a model as a document without all that does not change its score';

CREATE FUNCTION leadscore.raw_document(document jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT jsonb_set(leadscore.scoring_document(document), '{model}',
    (document -> 'model') || '{"scale": "clamp", "lower": -1e15, "upper": 1e15, "status": null}')
$$;
COMMENT ON FUNCTION leadscore.raw_document(jsonb) IS
'Internal: a model as a document whose score is the raw score, the sum of points';

CREATE FUNCTION leadscore.check_outcomes(relation regclass, leads bigint, wins bigint, force boolean) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF wins = 0 OR wins = leads OR NOT force AND least(wins, leads - wins) < 40 THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('%s has too few leads to learn from: %s won, %s lost', relation, wins, leads - wins),
      HINT = CASE WHEN wins = 0 OR wins = leads THEN 'Learning compares leads that were won with leads that were lost.'
        ELSE 'It takes 40 of each, unless it is forced.' END;
  END IF;
END
$$;
COMMENT ON FUNCTION leadscore.check_outcomes(regclass, bigint, bigint, boolean) IS
'Internal: raises 22023 for fewer than 40 won or 40 lost leads; if forced, for none';

CREATE FUNCTION leadscore.calibrate_probability(model text, relation regclass, outcome text, method text DEFAULT 'auto', at text DEFAULT NULL,
  since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL, mature_after interval DEFAULT NULL, outcome_at text DEFAULT NULL,
  as_of timestamptz DEFAULT now(), force boolean DEFAULT false)
RETURNS SETOF leadscore.calibration
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 20
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
  document jsonb := leadscore.export_model(calibrate_probability.model);
  closed record;
  found record;
  steps leadscore.isotonic_step[];
  curve leadscore.platt_curve;
  chosen text := method;
  provenance jsonb;
  scale_before text := document #>> '{model,scale}';
BEGIN
  IF num_nulls(calibrate_probability.model, relation, calibrate_probability.outcome, method, as_of, force) > 0 THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'model, relation, outcome, method, as_of and force must not be NULL';
  ELSIF method <> ALL (ARRAY['auto', 'isotonic', 'platt']) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('unknown method "%s"', method),
      HINT = 'The methods are auto, isotonic and platt.';
  END IF;
  PERFORM set_config('TimeZone', document #>> '{model,time_zone}', true);
  SELECT c.* INTO closed FROM leadscore.closed_leads(relation, calibrate_probability.outcome, calibrate_probability.at, since, until,
    mature_after, calibrate_probability.outcome_at, as_of) AS c;
  EXECUTE format('SELECT count(*) AS leads, count(*) FILTER (WHERE s.won) AS wins, leadscore.isotonic(s.raw, s.won) AS steps, leadscore.platt(s.raw, s.won) AS curve '
      'FROM (SELECT %s, leadscore.score($1, l.*, %s) FROM %s AS l WHERE %s) AS s (won, raw)',
      closed.won, CASE WHEN calibrate_probability.at IS NULL THEN '$2' ELSE format('l.%I::timestamptz', calibrate_probability.at) END,
      relation, closed.counted)
    INTO found
    USING leadscore.raw_document(document), as_of;
  PERFORM leadscore.check_outcomes(relation, found.leads, found.wins, force);
  IF chosen = 'auto' THEN
    chosen := CASE WHEN found.leads >= 1000 AND least(found.wins, found.leads - found.wins) >= 100 THEN 'isotonic' ELSE 'platt' END;
  END IF;
  steps := found.steps;
  curve := found.curve;

  IF EXISTS (SELECT FROM leadscore.criterion AS c WHERE c.model = calibrate_probability.model
      AND (c.provenance ->> 'relation' = relation::text OR c.provenance #>> '{options,relation}' = relation::text)
      AND (since IS NULL OR since < coalesce(c.provenance ->> 'as_of', c.provenance #>> '{options,as_of}')::timestamptz)) THEN
    RAISE NOTICE USING
      MESSAGE = format('model "%s" was learned from %s: on leads that it has seen it looks surer than it is', calibrate_probability.model, relation),
      HINT = 'Calibrate it on leads that came later (at, since), or on others.';
  END IF;
  IF (CASE chosen WHEN 'platt' THEN curve.slope <= 0 ELSE cardinality(steps) = 1 END) THEN
    RAISE NOTICE USING
      MESSAGE = format('leads with more points by model "%s" have not been won more often', calibrate_probability.model);
  END IF;

  provenance := jsonb_build_object('by', 'calibrate_probability', 'method', chosen, 'relation', relation::text, 'outcome', calibrate_probability.outcome,
    'at', calibrate_probability.at, 'since', since, 'until', until, 'mature_after', mature_after, 'as_of', as_of, 'made_at', now(),
    'leads', found.leads, 'wins', found.wins);
  DELETE FROM leadscore.calibration AS k WHERE k.model = calibrate_probability.model;
  IF chosen = 'platt' THEN
    INSERT INTO leadscore.calibration (model, intercept, slope, leads, wins, rate_lower, rate_upper, provenance)
    SELECT calibrate_probability.model, curve.intercept, curve.slope, found.leads, found.wins, w.lower, w.upper, provenance
    FROM leadscore.wilson(found.wins, found.leads) AS w;
  ELSE
    INSERT INTO leadscore.calibration (model, raw_from, probability, leads, wins, rate_lower, rate_upper, provenance)
    SELECT calibrate_probability.model, s.score_from, s.probability, s.leads, s.customers, s.rate_lower, s.rate_upper, provenance
    FROM unnest(steps) AS s;
  END IF;
  UPDATE leadscore.model AS m SET scale = 'calibrated' WHERE m.model = calibrate_probability.model AND m.scale <> 'calibrated';
  IF scale_before <> 'calibrated' THEN
    RAISE NOTICE USING
      MESSAGE = format('the scale of model "%s" is now calibrated, it was %s', calibrate_probability.model, scale_before);
  END IF;
  RETURN QUERY SELECT k.* FROM leadscore.calibration AS k WHERE k.model = calibrate_probability.model ORDER BY k.raw_from;
END
$$;
COMMENT ON FUNCTION leadscore.calibrate_probability(text, regclass, text, text, text, timestamptz, timestamptz, interval, text, timestamptz, boolean) IS
'Learns from leads whose outcome is known what a model''s raw scores have come to mean, writes it to leadscore.calibration in place of what was there, sets the scale to calibrated, and returns the rows. Criteria, and with them the order of leads, stay as they are but for ties. method: isotonic (steps that never fall), platt (a logistic curve), auto (isotonic from 1000 leads with 100 won and 100 lost on, else platt). outcome, at, since, until, mature_after, outcome_at as for leadscore.calibrate(); leads are scored as of their own time where at names it, else as of as_of. Calibrate on leads that the model was not learned from: a NOTICE says so where it can tell. Raises 22004 for a NULL model, relation, outcome, method, as_of or force, 42704 for an unknown model, 42703 and 42804 for columns that do not exist or do not fit, 22023 for an unknown method and for fewer than 40 won or lost leads unless forced, and errors as leadscore.score().';
