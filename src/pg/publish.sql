-- Which of two models is better, and the gate through which a candidate takes the place of a live model.
CREATE TYPE leadscore.model_comparison AS (
  leads bigint,
  wins bigint,
  auc_a double precision,
  auc_a_lower double precision,
  auc_a_upper double precision,
  auc_b double precision,
  auc_b_lower double precision,
  auc_b_upper double precision,
  auc_difference double precision,
  auc_lower double precision,
  auc_upper double precision,
  z double precision,
  p_value double precision,
  brier_a double precision,
  brier_b double precision,
  log_loss_a double precision,
  log_loss_b double precision,
  log_loss_difference double precision,
  log_loss_lower double precision,
  log_loss_upper double precision
);
COMMENT ON TYPE leadscore.model_comparison IS 'Two models judged by the same leads, as leadscore.compare_models() does it';
COMMENT ON COLUMN leadscore.model_comparison.leads IS 'The leads they were judged by';
COMMENT ON COLUMN leadscore.model_comparison.wins IS 'Those of them that were won';
COMMENT ON COLUMN leadscore.model_comparison.auc_a IS 'AUC of the scores of the first model';
COMMENT ON COLUMN leadscore.model_comparison.auc_a_lower IS 'The lower end of its 95 % interval (DeLong)';
COMMENT ON COLUMN leadscore.model_comparison.auc_a_upper IS 'Its upper end';
COMMENT ON COLUMN leadscore.model_comparison.auc_b IS 'AUC of those of the second';
COMMENT ON COLUMN leadscore.model_comparison.auc_b_lower IS 'The lower end of its 95 % interval (DeLong)';
COMMENT ON COLUMN leadscore.model_comparison.auc_b_upper IS 'Its upper end';
COMMENT ON COLUMN leadscore.model_comparison.auc_difference IS 'auc_a - auc_b: above 0 the first ranks better';
COMMENT ON COLUMN leadscore.model_comparison.auc_lower IS 'The lower end of its 95 % interval (paired DeLong)';
COMMENT ON COLUMN leadscore.model_comparison.auc_upper IS 'Its upper end';
COMMENT ON COLUMN leadscore.model_comparison.z IS 'The difference over its standard error';
COMMENT ON COLUMN leadscore.model_comparison.p_value IS 'How probable a difference at least as great would be if both ranked equally well';
COMMENT ON COLUMN leadscore.model_comparison.brier_a IS 'Mean squared error of the first model''s probabilities; NULL if it has none';
COMMENT ON COLUMN leadscore.model_comparison.brier_b IS 'That of the second';
COMMENT ON COLUMN leadscore.model_comparison.log_loss_a IS 'Mean logarithmic loss of the first model''s probabilities; NULL if it has none';
COMMENT ON COLUMN leadscore.model_comparison.log_loss_b IS 'That of the second';
COMMENT ON COLUMN leadscore.model_comparison.log_loss_difference IS 'log_loss_a - log_loss_b: below 0 the first promises better; NULL unless both have probabilities';
COMMENT ON COLUMN leadscore.model_comparison.log_loss_lower IS 'The lower end of its 95 % interval (normal, paired by lead)';
COMMENT ON COLUMN leadscore.model_comparison.log_loss_upper IS 'Its upper end';

CREATE FUNCTION leadscore.compare_documents(a jsonb, b jsonb, relation regclass, outcome text, at text, since timestamptz, until timestamptz,
  mature_after interval, outcome_at text, as_of timestamptz) RETURNS leadscore.model_comparison
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
AS $$
DECLARE
  loss CONSTANT text := 'CASE WHEN p.won AND (p.%1$s).probability > 0 THEN -ln((p.%1$s).probability) '
    'WHEN NOT p.won AND (p.%1$s).probability < 1 THEN -ln(1 - (p.%1$s).probability) WHEN (p.%1$s).probability IS NOT NULL THEN ''infinity'' END';
  -- Times without a zone are read as each model reads them.
  clock CONSTANT text := (SELECT CASE WHEN at IS NULL THEN '$3'
    WHEN leadscore.column_type(relation, at) = 'timestamptz'::regtype THEN replace(format('l.%I', at), '%', '%%')
    ELSE replace(format('l.%I', at), '%', '%%') || '::timestamp AT TIME ZONE %L' END);
  closed record;
  result leadscore.model_comparison;
BEGIN
  PERFORM set_config('TimeZone', a #>> '{model,time_zone}', true);
  SELECT c.* INTO closed FROM leadscore.closed_leads(relation, outcome, at, since, until, mature_after, outcome_at, as_of) AS c;
  EXECUTE format('SELECT m.leads, m.wins, (m.auc_a).estimate, (m.auc_a).lower, (m.auc_a).upper, (m.auc_b).estimate, (m.auc_b).lower, (m.auc_b).upper, (m.auc).difference, (m.auc).lower, (m.auc).upper, (m.auc).z, (m.auc).p_value, '
      '  m.brier_a, m.brier_b, m.log_loss_a, m.log_loss_b, m.more, m.more - m.reach, m.more + m.reach '
      'FROM (SELECT count(*) AS leads, count(*) FILTER (WHERE j.won) AS wins, leadscore.auc_difference((j.a).score, (j.b).score, j.won) AS auc, '
      '  leadscore.auc_interval((j.a).score, j.won) AS auc_a, leadscore.auc_interval((j.b).score, j.won) AS auc_b, '
      '  leadscore.brier((j.a).probability, j.won) AS brier_a, leadscore.brier((j.b).probability, j.won) AS brier_b, '
      '  leadscore.log_loss((j.a).probability, j.won) AS log_loss_a, leadscore.log_loss((j.b).probability, j.won) AS log_loss_b, '
      '  avg(j.more) AS more, 1.959963984540054 * stddev_samp(j.more) / sqrt(count(j.more)) AS reach '
      '  FROM (SELECT p.won, p.a, p.b, (%s) - (%s) AS more '
      '    FROM (SELECT %s AS won, leadscore.evaluate($1, l.*, %s) AS a, leadscore.evaluate($2, l.*, %s) AS b FROM %s AS l WHERE %s OFFSET 0) AS p '
      '    OFFSET 0) AS j OFFSET 0) AS m',
      format(loss, 'a'), format(loss, 'b'), closed.won, format(clock, a #>> '{model,time_zone}'), format(clock, coalesce(b, a) #>> '{model,time_zone}'), relation, closed.counted)
    INTO result
    USING leadscore.scoring_document(a), leadscore.scoring_document(b), as_of;
  RETURN result;
END
$$;
COMMENT ON FUNCTION leadscore.compare_documents(jsonb, jsonb, regclass, text, text, timestamptz, timestamptz, interval, text, timestamptz) IS
'Internal: leadscore.compare_models() of models given as values';

CREATE FUNCTION leadscore.compare_models(a text, b text, relation regclass, outcome text, at text DEFAULT NULL, since timestamptz DEFAULT NULL,
  until timestamptz DEFAULT NULL, mature_after interval DEFAULT NULL, outcome_at text DEFAULT NULL, as_of timestamptz DEFAULT now())
RETURNS leadscore.model_comparison
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  documents jsonb[];
BEGIN
  IF num_nulls(a, b, relation, outcome, as_of) > 0 THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'the models, relation, outcome and as_of must not be NULL';
  END IF;
  documents := ARRAY[leadscore.export_model(a), leadscore.export_model(b)];
  PERFORM leadscore.tell_seen(a, documents[1], relation, since);
  PERFORM leadscore.tell_seen(b, documents[2], relation, since) WHERE b <> a;
  RETURN leadscore.compare_documents(documents[1], documents[2], relation, outcome, at, since, until, mature_after, outcome_at, as_of);
END
$$;
COMMENT ON FUNCTION leadscore.compare_models(text, text, regclass, text, text, timestamptz, timestamptz, interval, text, timestamptz) IS
'Which of two models is better on the same leads: AUCs with the paired test of DeLong, DeLong, Clarke-Pearson (1988), and, where both give probabilities, their losses. Models are taken as they are; a NOTICE tells where one was learned from the relation. outcome, at, since, until, mature_after, outcome_at as for leadscore.calibrate(); leads are scored as of their own time where at names it, else as of as_of; a time without a zone is that of each model''s own, and of the first model where it is compared with since and until. AUCs are NULL unless there are won and lost leads. Raises 22004 for a NULL model, relation, outcome or as_of, 42704 for an unknown model, 42703 and 42804 for columns that do not exist or do not fit, and errors as leadscore.evaluate().';

CREATE TYPE leadscore.publication AS (
  version bigint,
  earlier_version bigint,
  judged_from timestamptz,
  comparison leadscore.model_comparison,
  overridden text[]
);
COMMENT ON TYPE leadscore.publication IS 'What leadscore.publish_model() has done';
COMMENT ON COLUMN leadscore.publication.version IS 'The version that is live now';
COMMENT ON COLUMN leadscore.publication.earlier_version IS 'The one that was, for leadscore.restore_model_version(); NULL: there was none';
COMMENT ON COLUMN leadscore.publication.judged_from IS 'The beginning of the newest slice';
COMMENT ON COLUMN leadscore.publication.comparison IS 'The candidate (a) and the live model (b) on the leads of that slice, each as it would have been learned before the slice; without b where there was no live model';
COMMENT ON COLUMN leadscore.publication.overridden IS 'The reasons against it that force has overridden; NULL: none';

CREATE FUNCTION leadscore.publication_reasons(c leadscore.model_comparison, has_live boolean, earlier_rate double precision) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT array_agg(r.reason ORDER BY r.place)
  FROM (SELECT round(c.auc_a::numeric, 4), round(c.auc_b::numeric, 4),
      CASE WHEN c.p_value < 0.0001 THEN '< 0.0001' ELSE round(c.p_value::numeric, 4)::text END,
      (SELECT r.rate * (1 - r.rate) + (r.rate - coalesce(earlier_rate, r.rate)) ^ 2 FROM (SELECT c.wins::double precision / nullif(c.leads, 0)) AS r (rate)))
      AS n (auc_a, auc_b, p_value, brier_of_rate),
    LATERAL (VALUES
      (1, leadscore.are_too_few(c.leads, c.wins),
        format('The newest slice has too few leads to judge by: %s won, %s lost; it takes 40 of each.', c.wins, c.leads - c.wins)),
      (2, c.auc_a_lower <= 0.5,
        format('The candidate does not rank beyond chance: its AUC is %s (95 %% interval %s to %s).', n.auc_a, round(c.auc_a_lower::numeric, 4), round(c.auc_a_upper::numeric, 4))),
      (3, c.brier_a >= n.brier_of_rate,
        format('The candidate''s probabilities are no better than the rate of earlier leads would be for all: Brier score %s against %s.', round(c.brier_a::numeric, 4), round(n.brier_of_rate::numeric, 4))),
      (4, has_live AND c.auc_upper < 0,
        format('It ranks worse than the live model: AUC %s against %s (p %s).', n.auc_a, n.auc_b, n.p_value)),
      (5, c.log_loss_lower > 0,
        format('Its probabilities are worse than the live model''s: log-loss %s against %s.', round(c.log_loss_a::numeric, 4), round(c.log_loss_b::numeric, 4))),
      (6, c.brier_b IS NOT NULL AND c.brier_a IS NULL,
        'The live model gives probabilities, the candidate does not: leadscore.calibrate_probability() makes them.'),
      (7, has_live AND c.auc_upper >= 0 AND c.auc_lower <= 0 AND (c.log_loss_upper < 0) IS NOT TRUE,
        format('It is not better than the live model beyond chance: AUC %s against %s (p %s)', n.auc_a, n.auc_b, n.p_value)
          || CASE WHEN abs(c.log_loss_difference) < 'infinity'
            THEN format(', log-loss %s against %s', round(c.log_loss_a::numeric, 4), round(c.log_loss_b::numeric, 4)) ELSE '' END || '.'))
    AS r (place, holds, reason)
  WHERE r.holds
$$;
COMMENT ON FUNCTION leadscore.publication_reasons(leadscore.model_comparison, boolean, double precision) IS
'Internal: what speaks against a candidate (a) in the place of a live model (b), if there is one; the rate of wins before the leads that they were compared by (NULL: unknown, theirs is taken) is what probabilities must beat. NULL if nothing speaks against it.';

CREATE FUNCTION leadscore.published_document(candidate jsonb, live jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN live IS NULL THEN candidate ELSE
    candidate
      || jsonb_build_object('model', (candidate -> 'model') || jsonb_build_object(
        'title', coalesce(nullif(candidate #> '{model,title}', 'null'), live #> '{model,title}'),
        'title_ru', coalesce(nullif(candidate #> '{model,title_ru}', 'null'), live #> '{model,title_ru}'),
        'status', CASE WHEN candidate -> 'stages' = '[]' THEN live ELSE candidate END #> '{model,status}'))
      || jsonb_build_object('bands', (candidate -> 'bands') || (SELECT coalesce(jsonb_agg(b.value ORDER BY b.ordinality), '[]')
        FROM jsonb_array_elements(live -> 'bands') WITH ORDINALITY AS b (value)
        WHERE NOT candidate -> 'bands' @> jsonb_build_array(jsonb_build_object('kind', b.value -> 'kind'))))
      || coalesce((SELECT jsonb_object_agg(k.key, live -> k.key)
        FROM (VALUES ('stages', 'stages'), ('stage_rules', 'stages'), ('stage_map', 'stages'), ('playbook', 'stages'),
          ('target_criteria', 'target_criteria'), ('event_kinds', 'event_kinds'), ('protected_attributes', 'protected_attributes')) AS k (key, part)
        WHERE candidate -> k.part = '[]'), '{}') END
$$;
COMMENT ON FUNCTION leadscore.published_document(jsonb, jsonb) IS
'Internal: a candidate as it goes live: what it has nothing of (bands of a kind, stages with rules and statuses and playbook, target criteria, kinds of events, protected attributes, titles) stays as the live model has it';

CREATE FUNCTION leadscore.publish_model(candidate text, live text, relation regclass, outcome text, at text, outcome_at text DEFAULT NULL,
  since timestamptz DEFAULT NULL, mature_after interval DEFAULT NULL, as_of timestamptz DEFAULT now(), force boolean DEFAULT false, note text DEFAULT NULL)
RETURNS leadscore.publication
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
AS $$
DECLARE
  candidate_model record;
  live_model record;
  closed record;
  judged jsonb[];
  options jsonb;
  refit record;
  reasons text[] := '{}';
  protected text;
  earlier_rate double precision;
  scales text[];
  result leadscore.publication;
BEGIN
  IF num_nulls(candidate, live, relation, outcome, at, as_of, force) > 0 THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'candidate, live, relation, outcome, at, as_of and force must not be NULL';
  ELSIF candidate = live OR live = '' THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = CASE live WHEN '' THEN 'the live model must have a name' ELSE format('model "%s" cannot take its own place', live) END,
      HINT = 'Train the candidate under a name of its own.';
  END IF;
  -- Two who publish to one name take turns; those who edit need not wait for the judgement.
  PERFORM pg_advisory_xact_lock(hashtextextended('leadscore.publish_model ' || live, 0));
  SELECT m.* INTO candidate_model FROM leadscore.model_at(candidate) AS m;
  SELECT m.* INTO live_model FROM leadscore.model_at(live) AS m;
  judged := ARRAY[coalesce(candidate_model.document, leadscore.export_model(candidate)), live_model.document];
  scales := ARRAY[judged[1] #>> '{model,scale}', judged[2] #>> '{model,scale}'];
  IF judged[1] #> '{model,time_zone}' <> judged[2] #> '{model,time_zone}' THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('model "%s" reads times in %s, model "%s" in %s', candidate, judged[1] #>> '{model,time_zone}', live, judged[2] #>> '{model,time_zone}'),
      HINT = 'Set time_zone of the candidate before it is trained.';
  END IF;

  PERFORM set_config('TimeZone', judged[1] #>> '{model,time_zone}', true);
  SELECT c.* INTO closed FROM leadscore.closed_leads(relation, outcome, at, NULL, NULL, mature_after, outcome_at, as_of) AS c;
  result.judged_from := since;
  IF since IS NULL THEN
    EXECUTE format('SELECT percentile_disc(0.8) WITHIN GROUP (ORDER BY l.%I::timestamptz) FROM %s AS l WHERE %s', at, relation, closed.counted)
      INTO result.judged_from;
  END IF;
  IF result.judged_from IS NULL THEN
    RAISE EXCEPTION '"%" has no lead whose outcome is known', relation USING ERRCODE = 'invalid_parameter_value';
  END IF;

  -- What has learned from the slice is taken as it would have been before it. A live model of which that cannot be told
  -- is taken as it is, which flatters it; a candidate is not.
  FOR i IN 1 .. 2 LOOP
    CONTINUE WHEN (leadscore.seen_until(judged[i]) >= result.judged_from) IS NOT TRUE;
    options := leadscore.refit_options(judged[i], relation, at);
    IF options IS NOT NULL THEN
      SELECT r.* INTO refit FROM leadscore.refit_document(judged[i], options, relation, outcome, at, outcome_at, NULL, mature_after, result.judged_from) AS r;
      judged[i] := coalesce(refit.refitted, judged[i]);
      IF refit.refitted IS NULL AND i = 1 THEN
        reasons := reasons || format('There are too few leads before the newest slice to learn the candidate from: %s won, %s lost.', refit.wins, refit.leads - refit.wins);
      END IF;
    ELSIF i = 1 THEN
      reasons := reasons || format('The candidate was learned, or calibrated, from leads of the newest slice too, and cannot be learned again without them. Learn it from leads before %s: as_of or until, with at.', result.judged_from);
    END IF;
  END LOOP;
  SELECT string_agg(DISTINCT format('"%s"', p.attribute), ', ') INTO protected
  FROM leadscore.protected_attribute AS p, jsonb_array_elements(judged[1] -> 'criteria') AS c (value)
  WHERE p.model = live AND c.value #>> '{provenance,attribute}' = p.attribute;
  IF protected IS NOT NULL THEN
    reasons := reasons || format('It was learned from what is protected in the live model: %s.', protected);
  END IF;
  result.comparison := leadscore.compare_documents(judged[1], judged[2], relation, outcome, at, result.judged_from, NULL, mature_after, outcome_at, as_of);
  SELECT c.* INTO closed FROM leadscore.closed_leads(relation, outcome, at, NULL, result.judged_from, mature_after, outcome_at, result.judged_from) AS c;
  EXECUTE format('SELECT avg((%s)::integer) FROM %s AS l WHERE %s', closed.won, relation, closed.counted) INTO earlier_rate;
  reasons := reasons || leadscore.publication_reasons(result.comparison, live_model.version IS NOT NULL, earlier_rate);
  IF reasons <> '{}' AND NOT force THEN
    RAISE EXCEPTION USING
      ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = format('model "%s" is not fit to %s', candidate, CASE WHEN live_model.version IS NULL THEN 'go live' ELSE format('take the place of "%s"', live) END),
      DETAIL = format(E'Judged by the leads from %s on:\n%s', result.judged_from, array_to_string(reasons, E'\n')),
      HINT = 'leadscore.compare_models() and leadscore.backtest() tell more; force => true publishes all the same.';
  END IF;
  result.overridden := nullif(reasons, '{}');

  PERFORM leadscore.check_version(live, live_model.version);
  PERFORM leadscore.check_version(candidate, candidate_model.version);
  IF live_model.version IS NOT NULL THEN
    result.earlier_version := leadscore.save_model_version(live);
  END IF;
  PERFORM leadscore.import_model(leadscore.published_document(candidate_model.document, live_model.document), live, replace => true);
  result.version := leadscore.save_model_version(live, coalesce(note, format('published from "%s"', candidate)));
  IF scales[1] <> scales[2] THEN
    RAISE NOTICE USING
      MESSAGE = format('the scale of model "%s" is now %s, it was %s', live, scales[1], scales[2]),
      HINT = 'Look through the bands and rules that name scores.';
  END IF;
  RETURN result;
END
$$;
COMMENT ON FUNCTION leadscore.publish_model(text, text, regclass, text, text, text, timestamptz, interval, timestamptz, boolean, text) IS
'Puts a candidate in the place of a live model (which is made if it is absent) if it has proved better on the newest slice: the leads from since on, by default the newest fifth by the column at. A model that leadscore.train() made with knowledge of the slice is refitted on what was known before it, for the judgement alone; a candidate that cannot be (edited or calibrated since, or made by apply_calibration()) is refused, a live model is taken as it is. Better means: at least 40 won and 40 lost leads to judge by, an AUC above 0.5 beyond chance, probabilities (if any) with a smaller Brier score than the rate of earlier leads, no attribute that is protected in the live model; and against the live model a greater AUC beyond chance (paired DeLong, 95 %) or, with AUCs that do not differ beyond chance, a smaller log-loss beyond chance, and never a greater one beyond chance, nor no probabilities in the place of some. Otherwise it raises 55000 with the reasons in DETAIL, unless force is true (which does not help a live model that does not fit the relation). Bands, stages, target criteria, kinds of events, protected attributes and titles of the live model stay where the candidate has none. The live model''s earlier and new versions are kept in leadscore.model_version with the note; leadscore.restore_model_version() brings one back. Raises 22004 for a NULL candidate, live, relation, outcome, at, as_of or force, 42704 for an unknown candidate, 22023 for a model in its own place, no name, other time zones and where no outcome is known, 40001 if somebody changes either model meanwhile, and errors as leadscore.compare_models().';

CREATE FUNCTION leadscore.restore_model_version(model text, version bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  kept jsonb;
BEGIN
  SELECT v.document INTO kept FROM leadscore.model_version AS v
  WHERE v.model = restore_model_version.model AND v.version = restore_model_version.version;
  IF kept IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'undefined_object',
      MESSAGE = format('no version %s of model "%s" is kept', restore_model_version.version, restore_model_version.model),
      HINT = 'Table leadscore.model_version lists what is kept.';
  END IF;
  PERFORM leadscore.lock_model(restore_model_version.model);
  PERFORM leadscore.save_model_version(restore_model_version.model);
  PERFORM leadscore.import_model(kept, restore_model_version.model, replace => true);
  RETURN leadscore.save_model_version(restore_model_version.model, format('restored from version %s', restore_model_version.version));
END
$$;
COMMENT ON FUNCTION leadscore.restore_model_version(text, bigint) IS
'Brings back a version of a model that leadscore.save_model_version() or leadscore.publish_model() has kept, and returns the number that it has now; what the model held before is kept as well. NULL if an argument is. Raises 42704 if no such version is kept.';
