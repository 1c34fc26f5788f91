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

CREATE FUNCTION leadscore.seen_until(document jsonb, relation regclass DEFAULT NULL) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
AS $$
  SELECT max(CASE WHEN p.value ->> 'at' IS NULL THEN 'infinity' ELSE least((p.value ->> 'until')::timestamptz, (p.value ->> 'as_of')::timestamptz) END)
  FROM jsonb_path_query(document, '$.*[*].provenance ? (@.by == "train" || @.by == "calibrate" || @.by == "calibrate_probability")') AS p (value)
  WHERE seen_until.relation IS NULL OR p.value ->> 'relation' = seen_until.relation::text
$$;
COMMENT ON FUNCTION leadscore.seen_until(jsonb, regclass) IS
'Internal: up to when the leads came (infinity where that is not known) from which a model was learned, by leadscore.train(), apply_calibration() or calibrate_probability(); from a relation, or (NULL) any. NULL for a model that has learned nothing.';

CREATE FUNCTION leadscore.tell_seen(model text, document jsonb, relation regclass, since timestamptz) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF leadscore.seen_until(document, relation) >= coalesce(since, '-infinity') THEN
    RAISE NOTICE USING
      MESSAGE = format('model "%s" was learned from %s: on leads that it has seen it looks better than it is', tell_seen.model, relation),
      HINT = 'Name leads that came later (at, since), or others.';
  END IF;
END
$$;
COMMENT ON FUNCTION leadscore.tell_seen(text, jsonb, regclass, timestamptz) IS
'Internal: a NOTICE if a model was learned from leads of the relation that came at a time or later; NULL: at any time';

CREATE FUNCTION leadscore.lock_model(model text) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  part regclass;
  locked bigint;
BEGIN
  -- In the order in which those who edit lock: rows of the model first, which the version of the model follows.
  FOREACH part IN ARRAY leadscore.model_parts() LOOP
    EXECUTE format('SELECT FROM %s AS p WHERE p.model = $1 FOR UPDATE', part) USING lock_model.model;
  END LOOP;
  SELECT m.version INTO locked FROM leadscore.model AS m WHERE m.model = lock_model.model FOR NO KEY UPDATE;
  RETURN locked;
END
$$;
COMMENT ON FUNCTION leadscore.lock_model(text) IS
'Internal: makes others wait who want to change a model, until the end of the transaction, and returns its version; NULL if there is no such model';

CREATE FUNCTION leadscore.check_version(model text, version bigint) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF leadscore.lock_model(check_version.model) IS DISTINCT FROM check_version.version THEN
    RAISE EXCEPTION USING
      ERRCODE = 'serialization_failure',
      MESSAGE = format('model "%s" was changed while it was judged', check_version.model),
      HINT = 'Try again.';
  END IF;
END
$$;
COMMENT ON FUNCTION leadscore.check_version(text, bigint) IS
'Internal: locks a model and raises 40001 if it has another version';

CREATE FUNCTION leadscore.model_at(model text, OUT document jsonb, OUT version bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- Each statement may see other rows: until both belong together.
  LOOP
    SELECT m.version INTO version FROM leadscore.model AS m WHERE m.model = model_at.model;
    EXIT WHEN version IS NULL;
    document := leadscore.export_model(model_at.model);
    EXIT WHEN version = (SELECT m.version FROM leadscore.model AS m WHERE m.model = model_at.model);
  END LOOP;
END
$$;
COMMENT ON FUNCTION leadscore.model_at(text) IS
'Internal: a model as a document, and the version that it has; NULLs if there is no such model';

CREATE FUNCTION leadscore.are_too_few(leads bigint, wins bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT least(wins, leads - wins) < 40
$$;
COMMENT ON FUNCTION leadscore.are_too_few(bigint, bigint) IS
'Internal: whether leads are too few to learn from, or to judge by: fewer than 40 won or 40 lost. NULL for NULL.';

CREATE FUNCTION leadscore.check_outcomes(relation regclass, leads bigint, wins bigint, force boolean) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF wins = 0 OR wins = leads OR NOT force AND leadscore.are_too_few(leads, wins) THEN
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
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
AS $$
#variable_conflict use_column
DECLARE
  document jsonb;
  version bigint;
  closed record;
  found record;
  steps leadscore.isotonic_step[];
  curve leadscore.platt_curve;
  chosen text := method;
  provenance jsonb;
BEGIN
  SELECT coalesce(m.document, leadscore.export_model(calibrate_probability.model)), m.version INTO document, version
  FROM leadscore.model_at(calibrate_probability.model) AS m;
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
      'FROM (SELECT e.won, (e.evaluation).raw_score FROM (SELECT %s, leadscore.evaluate($1, l.*, %s) FROM %s AS l WHERE %s OFFSET 0) AS e (won, evaluation)) AS s (won, raw)',
      closed.won, CASE WHEN calibrate_probability.at IS NULL THEN '$2' ELSE format('l.%I::timestamptz', calibrate_probability.at) END,
      relation, closed.counted)
    INTO found
    USING jsonb_set(leadscore.scoring_document(document), '{model,scale}', '"clamp"'), as_of;
  PERFORM leadscore.check_outcomes(relation, found.leads, found.wins, force);
  IF chosen = 'auto' THEN
    chosen := CASE WHEN found.leads >= 1000 AND least(found.wins, found.leads - found.wins) >= 100 THEN 'isotonic' ELSE 'platt' END;
  END IF;
  steps := found.steps;
  curve := found.curve;

  -- What an earlier calibration has seen does not matter: it goes.
  PERFORM leadscore.tell_seen(calibrate_probability.model, document - 'calibration', relation, since);
  IF chosen = 'platt' AND NOT (abs(curve.slope) <= 1e15 AND abs(curve.intercept) <= 1e15) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'numeric_value_out_of_range',
      MESSAGE = format('the points of model "%s" are too close together for a curve', calibrate_probability.model),
      HINT = 'Choose the method isotonic.';
  END IF;
  IF (CASE chosen WHEN 'platt' THEN curve.slope <= 0 ELSE cardinality(steps) = 1 END) THEN
    RAISE NOTICE USING
      MESSAGE = format('leads with more points by model "%s" have not been won more often', calibrate_probability.model);
  END IF;

  provenance := jsonb_build_object('by', 'calibrate_probability', 'method', chosen, 'relation', relation::text, 'outcome', calibrate_probability.outcome,
    'at', calibrate_probability.at, 'since', since, 'until', until, 'mature_after', mature_after, 'outcome_at', calibrate_probability.outcome_at, 'as_of', as_of, 'made_at', now(),
    'leads', found.leads, 'wins', found.wins);
  PERFORM leadscore.check_version(calibrate_probability.model, version);
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
  IF document #>> '{model,scale}' <> 'calibrated' THEN
    RAISE NOTICE USING
      MESSAGE = format('the scale of model "%s" is now calibrated, it was %s', calibrate_probability.model, document #>> '{model,scale}');
  END IF;
  RETURN QUERY SELECT k.* FROM leadscore.calibration AS k WHERE k.model = calibrate_probability.model ORDER BY k.raw_from;
END
$$;
COMMENT ON FUNCTION leadscore.calibrate_probability(text, regclass, text, text, text, timestamptz, timestamptz, interval, text, timestamptz, boolean) IS
'Learns from leads whose outcome is known what a model''s raw scores have come to mean, writes it to leadscore.calibration in place of what was there, sets the scale to calibrated, and returns the rows. Criteria stay as they are, and so does the order of leads but for ties (a curve that falls, of which a NOTICE tells, turns it around). method: isotonic (steps that never fall), platt (a logistic curve), auto (isotonic from 1000 leads with 100 won and 100 lost on, else platt). outcome, at, since, until, mature_after, outcome_at as for leadscore.calibrate(); leads are scored as of their own time where at names it, else as of as_of. Calibrate on leads that the model was not learned from: a NOTICE says so where it can tell. Raises 22004 for a NULL model, relation, outcome, method, as_of or force, 42704 for an unknown model, 42703 and 42804 for columns that do not exist or do not fit, 22023 for an unknown method and for fewer than 40 won or lost leads unless forced, 40001 if somebody changes the model meanwhile, and errors as leadscore.evaluate().';
