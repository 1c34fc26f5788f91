-- What a model would have been worth: refitted on the past, judged on what came next, slice by slice.
CREATE FUNCTION leadscore.refit_options(document jsonb, relation regclass, at text) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT o.options
  FROM jsonb_path_query_first(document, '$.criteria[*].provenance ? (@.by == "train" && @.kind == "base").options') AS o (options)
  WHERE o.options ->> 'fingerprint' = leadscore.learned_fingerprint(document -> 'criteria')
    AND document #>> '{model,scale}' = 'logistic'
    -- Times became ages by another clock.
    AND (o.options ->> 'at' IS NOT DISTINCT FROM refit_options.at OR NOT EXISTS (
      SELECT FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attname = ANY (ARRAY(SELECT jsonb_array_elements_text(o.options -> 'features')))
        AND a.atttypid = ANY (ARRAY['date', 'timestamp', 'timestamptz']::regtype[])))
$$;
COMMENT ON FUNCTION leadscore.refit_options(jsonb, regclass, text) IS
'Internal: how leadscore.train() learned a model, so that it can learn the same from other leads; NULL where it did not, or where somebody has edited or calibrated since what it learned';

CREATE FUNCTION leadscore.refit_document(document jsonb, options jsonb, relation regclass, outcome text, at text, outcome_at text, since timestamptz,
  mature_after interval, before timestamptz, OUT refitted jsonb, OUT leads bigint, OUT wins bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
AS $$
DECLARE
  as_of CONSTANT timestamptz := before - interval '1 microsecond';
  known record;
  t record;
BEGIN
  mature_after := coalesce(mature_after, (options ->> 'mature_after')::interval);
  PERFORM set_config('TimeZone', document #>> '{model,time_zone}', true);
  SELECT c.* INTO known FROM leadscore.closed_leads(relation, outcome, at, since, NULL, mature_after, outcome_at, as_of) AS c;
  EXECUTE format('SELECT count(*), count(*) FILTER (WHERE %s) FROM %s AS l WHERE %s', known.won, relation, known.counted)
    INTO leads, wins;
  IF leadscore.are_too_few(leads, wins) THEN
    RETURN;
  END IF;
  SELECT l.* INTO t FROM leadscore.learn_terms(NULL, document #>> '{model,time_zone}', relation, outcome, ARRAY(SELECT jsonb_array_elements_text(options -> 'features')),
    options ->> 'method', at, outcome_at, (options ->> 'penalty')::double precision, options ->> 'binning', since, mature_after, as_of, false, (options ->> 'most_leads')::bigint) AS l;
  refitted := document || jsonb_build_object(
    'criteria', (SELECT jsonb_agg(c.value ORDER BY c.is_learned, c.place) FROM (
        SELECT false, e.value, e.ordinality FROM jsonb_array_elements(document -> 'criteria') WITH ORDINALITY AS e
        WHERE e.value #>> '{provenance,by}' IS DISTINCT FROM 'train'
        UNION ALL
        SELECT true, to_jsonb(l) - 'ordinality', l.ordinality FROM leadscore.learned_criteria(t.learned_features, t.learned, '{}') WITH ORDINALITY AS l
      ) AS c (is_learned, value, place)));
END
$$;
COMMENT ON FUNCTION leadscore.refit_document(jsonb, jsonb, regclass, text, text, text, timestamptz, interval, timestamptz) IS
'Internal: a model that leadscore.train() has made with these options, learned anew from the leads from a time on that were known before another, and how many they were and how many of them were won; criteria made by hand stay. Without a model where fewer than 40 were won or lost.';

CREATE FUNCTION leadscore.backtest(model text, relation regclass, outcome text, at text, outcome_at text DEFAULT NULL, step interval DEFAULT NULL,
  "window" interval DEFAULT NULL, since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL, mature_after interval DEFAULT NULL,
  as_of timestamptz DEFAULT now(), refit boolean DEFAULT NULL)
RETURNS TABLE (slice_from timestamptz, slice_to timestamptz, learned_leads bigint, learned_wins bigint, leads bigint, wins bigint,
  rate double precision, rate_lower double precision, rate_upper double precision, mean_probability double precision,
  auc double precision, auc_lower double precision, auc_upper double precision, ks double precision, brier double precision,
  log_loss double precision, calibration_error double precision, note text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
AS $$
#variable_conflict use_variable
DECLARE
  most_slices CONSTANT integer := 1000;
  document jsonb := leadscore.export_model(model);
  options jsonb;
  judge jsonb;
  closed record;
  refitted record;
  period record;
  slice integer := 0;
  told timestamptz := clock_timestamp();
BEGIN
  IF num_nulls(model, relation, outcome, at, as_of) > 0 THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'model, relation, outcome, at and as_of must not be NULL';
  END IF;
  options := leadscore.refit_options(document, relation, at);
  IF refit AND options IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('model "%s" cannot be refitted', model),
      DETAIL = 'It was not made by leadscore.train(), or what it has learned was edited, calibrated, or learned with another column of time.',
      HINT = 'refit => false judges the model as it is.';
  END IF;
  IF NOT isfinite(since) OR NOT isfinite(until) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'since and until must be finite';
  END IF;
  IF step <= '0' OR "window" <= '0' THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'step and window must be longer than nothing';
  END IF;
  -- Times without a zone are the model's, as in its conditions.
  PERFORM set_config('TimeZone', document #>> '{model,time_zone}', true);
  SELECT c.* INTO closed FROM leadscore.closed_leads(relation, outcome, at, NULL, NULL, mature_after, outcome_at, as_of) AS c;
  refit := coalesce(refit, options IS NOT NULL);
  EXECUTE format('SELECT min(l.%I::timestamptz) AS first, max(l.%1$I::timestamptz) AS last FROM %s AS l WHERE %s AND isfinite(l.%1$I::timestamptz)', at, relation, closed.counted)
    INTO period;
  IF period.first IS NULL THEN
    RAISE EXCEPTION '"%" has no lead whose outcome is known', relation USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- Six parts: the first is only learned from.
  step := coalesce(step, (coalesce(until, period.last) - period.first) / 6 + interval '1 microsecond');
  since := coalesce(since, period.first + CASE WHEN refit THEN step ELSE interval '0' END);
  until := coalesce(until, period.last + interval '1 microsecond');
  IF NOT refit THEN
    PERFORM leadscore.tell_seen(model, document, relation, since);
  END IF;

  slice_from := since;
  WHILE slice_from < until LOOP
    slice := slice + 1;
    IF slice > most_slices THEN
      RAISE EXCEPTION USING
        ERRCODE = 'program_limit_exceeded',
        MESSAGE = format('a backtest has at most %s slices', most_slices),
        HINT = 'Take a longer step, or a shorter period.';
    END IF;
    slice_to := least(since + slice * step, until);
    note := NULL;
    judge := document;
    IF refit THEN
      SELECT r.* INTO refitted FROM leadscore.refit_document(document, options, relation, outcome, at, outcome_at, slice_from - "window", mature_after, slice_from) AS r;
      learned_leads := refitted.leads;
      learned_wins := refitted.wins;
      judge := refitted.refitted;
      IF judge IS NULL THEN
        note := format('too few leads to learn from: %s won, %s lost', learned_wins, learned_leads - learned_wins);
      END IF;
    END IF;
    EXECUTE format('SELECT m.leads, m.wins, m.mean_probability, (m.auc).estimate, (m.auc).lower, (m.auc).upper, m.ks, m.brier, m.log_loss, m.calibration_error '
        'FROM (SELECT count(*) AS leads, count(*) FILTER (WHERE j.won) AS wins, avg((j.e).probability) AS mean_probability, '
        '  leadscore.auc_interval((j.e).score, j.won) AS auc, leadscore.ks((j.e).score, j.won) AS ks, '
        '  leadscore.brier((j.e).probability, j.won) AS brier, leadscore.log_loss((j.e).probability, j.won) AS log_loss, '
        '  leadscore.expected_calibration_error((j.e).probability, j.won) AS calibration_error '
        '  FROM (SELECT %s AS won, leadscore.evaluate($1, l.*, t.at) AS e FROM %s AS l, LATERAL (SELECT l.%I::timestamptz) AS t (at) '
        '    WHERE %s AND t.at >= $2 AND t.at < $3 OFFSET 0) AS j OFFSET 0) AS m',
        closed.won, relation, at, closed.counted)
      INTO leads, wins, mean_probability, auc, auc_lower, auc_upper, ks, brier, log_loss, calibration_error
      USING leadscore.scoring_document(judge), slice_from, slice_to;
    SELECT w.estimate, w.lower, w.upper INTO rate, rate_lower, rate_upper FROM leadscore.wilson(wins, leads) AS w;
    RETURN NEXT;
    slice_from := slice_to;
    IF clock_timestamp() > told + interval '5 seconds' AND slice_from < until THEN
      told := clock_timestamp();
      RAISE NOTICE 'backtest: % judged up to %', slice, slice_to;
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION leadscore.backtest(text, regclass, text, text, text, interval, interval, timestamptz, timestamptz, interval, timestamptz, boolean) IS
'How good a model would have been, slice of time by slice of time. A model that leadscore.train() has made is refitted for each slice with the same features, method, binning and penalty, from the leads that came, and whose outcome was known (outcome_at), before the slice began; criteria made by hand stay. Any other model (one that was edited or calibrated after it was learned, too), or with refit => false, is judged as it is, and a NOTICE tells if it has learned from leads of the slices. at: the column of the lead''s time, as of which it is scored. step: how long a slice is, days and months being those of the model''s time zone, NULL: a sixth of all the time. window: how far back it is learned from, NULL: from the beginning. since, until: the time of the slices, by default from the second sixth on (from the first if nothing is refitted) to the last lead. mature_after, as_of as for leadscore.calibrate(). A row a slice: its beginning and end, the leads and wins learned from (NULL: not refitted), the leads judged, their wins and rate with its Wilson interval, the mean probability promised, AUC with its DeLong interval, KS, Brier, log-loss and expected calibration error (of probabilities alone), and a note where there were fewer than 40 won or lost leads to learn from. Raises 22004 for a NULL model, relation, outcome, at or as_of, 42704 for an unknown model, 42703 and 42804 for columns that do not exist or do not fit, 22023 for a step or window that is not positive, an infinite since or until, to refit what cannot be refitted and where no outcome is known, 54000 for more than 1000 slices, and errors as leadscore.train() and leadscore.evaluate().';
