-- Learning a model from leads whose outcome is known.
CREATE TYPE leadscore.training_report AS (
  model text,
  method text,
  leads bigint,
  skipped bigint,
  wins bigint,
  base_rate double precision,
  terms integer,
  penalty double precision,
  folds integer,
  iterations integer,
  condition_number double precision,
  in_sample_auc double precision,
  in_sample_ks double precision,
  in_sample_brier double precision,
  in_sample_log_loss double precision,
  judged_by text,
  judged_leads bigint,
  judged_wins bigint,
  auc double precision,
  ks double precision,
  brier double precision,
  log_loss double precision,
  warnings text[]
);
COMMENT ON TYPE leadscore.training_report IS 'What leadscore.train() says about the model that it has made';
COMMENT ON COLUMN leadscore.training_report.model IS 'The model';
COMMENT ON COLUMN leadscore.training_report.method IS 'The method';
COMMENT ON COLUMN leadscore.training_report.leads IS 'Leads that it was learned from; fewer than there are where most_leads has made it a sample';
COMMENT ON COLUMN leadscore.training_report.skipped IS 'Rows without an outcome, or without a time where one is named';
COMMENT ON COLUMN leadscore.training_report.wins IS 'Leads among them that were won';
COMMENT ON COLUMN leadscore.training_report.base_rate IS 'wins / leads';
COMMENT ON COLUMN leadscore.training_report.terms IS 'Criteria written';
COMMENT ON COLUMN leadscore.training_report.penalty IS 'The ridge penalty, given or chosen; NULL for naive Bayes';
COMMENT ON COLUMN leadscore.training_report.folds IS 'Folds by which the penalty was chosen; 0 where it was given, or too few leads were won or lost to judge by';
COMMENT ON COLUMN leadscore.training_report.iterations IS 'Newton steps of the last fit';
COMMENT ON COLUMN leadscore.training_report.condition_number IS 'Largest by smallest eigenvalue of the scaled second derivatives: beyond 1e10 digits are lost; NULL for naive Bayes';
COMMENT ON COLUMN leadscore.training_report.in_sample_auc IS 'AUC on the leads that it was learned from: flattering';
COMMENT ON COLUMN leadscore.training_report.in_sample_ks IS 'Kolmogorov-Smirnov distance on them, 0 to 1';
COMMENT ON COLUMN leadscore.training_report.in_sample_brier IS 'Mean squared error of the probability on them';
COMMENT ON COLUMN leadscore.training_report.in_sample_log_loss IS 'Mean logarithmic loss on them';
COMMENT ON COLUMN leadscore.training_report.judged_by IS 'time: the newest fifth judges a model of the others; hash: a fifth that a hash of the content picks, as no time was named';
COMMENT ON COLUMN leadscore.training_report.judged_leads IS 'Leads in that fifth';
COMMENT ON COLUMN leadscore.training_report.judged_wins IS 'Leads among them that were won';
COMMENT ON COLUMN leadscore.training_report.auc IS 'AUC on them; NULL where all were won or all lost';
COMMENT ON COLUMN leadscore.training_report.ks IS 'Kolmogorov-Smirnov distance on them, 0 to 1';
COMMENT ON COLUMN leadscore.training_report.brier IS 'Mean squared error of the probability on them';
COMMENT ON COLUMN leadscore.training_report.log_loss IS 'Mean logarithmic loss on them, natural logarithm';
COMMENT ON COLUMN leadscore.training_report.warnings IS 'What should make one doubt the model, one sentence each; NULL if nothing does';

CREATE FUNCTION leadscore.training_transition(state internal, outcome boolean, at timestamptz, known_at timestamptz, method text, binning text, penalty double precision, by_time boolean, force boolean, most_leads bigint, expressions text[], VARIADIC features "any") RETURNS internal
LANGUAGE c VOLATILE PARALLEL RESTRICTED COST 20
AS 'MODULE_PATHNAME', 'leadscore_training_transition';
COMMENT ON FUNCTION leadscore.training_transition(internal, boolean, timestamptz, timestamptz, text, text, double precision, boolean, boolean, bigint, text[], "any") IS
'Internal: adds a lead to what leadscore.train() learns from';

CREATE FUNCTION leadscore.training_final(state internal) RETURNS text
LANGUAGE c VOLATILE PARALLEL RESTRICTED COST 1000000
AS 'MODULE_PATHNAME', 'leadscore_training_final';
COMMENT ON FUNCTION leadscore.training_final(internal) IS
'Internal: learns from the leads; the model as JSON. NULL without a row. Raises 22023 for too few leads, 54000 for too much memory.';

CREATE AGGREGATE leadscore.training(outcome boolean, at timestamptz, known_at timestamptz, method text, binning text, penalty double precision, by_time boolean, force boolean, most_leads bigint, expressions text[], VARIADIC features "any") (
  SFUNC = leadscore.training_transition,
  STYPE = internal,
  FINALFUNC = leadscore.training_final,
  FINALFUNC_MODIFY = READ_WRITE,
  PARALLEL = RESTRICTED
);
COMMENT ON AGGREGATE leadscore.training(boolean, timestamptz, timestamptz, text, text, double precision, boolean, boolean, bigint, text[], "any") IS
'Internal: the model that leadscore.train() writes, as JSON, from leads with outcome, time, time the outcome became known, and features of type double precision, text or boolean that the expressions name. Method, binning, penalty, by_time, force and expressions are read from the first row. Raises 22004 if one of them but the penalty is NULL, 22023 for others that cannot be and if there is not an expression for each feature, 42804 for features of other types.';

CREATE FUNCTION leadscore.training_columns(model text, relation regclass, features text[], reserved text[], as_of text, OUT feature text, OUT expression text, OUT input text, OUT left_out text) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT a.attname, t.expression, t.input,
    CASE
      WHEN t.input IS NULL THEN format('its type is %s', format_type(a.atttypid, a.atttypmod))
      WHEN features IS NOT NULL THEN NULL
      WHEN EXISTS (SELECT 1 FROM pg_index AS i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey))
        THEN 'it is the key'
      WHEN lower(a.attname) ~ '^(sex|gender|age|birth_?(date|day|year)|date_of_birth|dob|marital(_status)?|race|ethnicity|ethnic_group|religion|nationality|disability|pregnan(t|cy)|sexual_orientation)$'
          OR EXISTS (SELECT 1 FROM leadscore.protected_attribute AS p WHERE p.model = training_columns.model AND p.attribute = a.attname)
        THEN 'it is a protected attribute; name it in features to use it'
    END
  FROM pg_attribute AS a,
    LATERAL (SELECT CASE
        WHEN a.atttypid = ANY (ARRAY['int2', 'int4', 'int8', 'float4', 'float8', 'numeric']::regtype[]) THEN 'number'
        WHEN a.atttypid = 'bool'::regtype THEN 'boolean'
        WHEN a.atttypid = ANY (ARRAY['text', 'varchar', 'bpchar', 'name']::regtype[])
          OR (SELECT y.typtype = 'e' FROM pg_type AS y WHERE y.oid = a.atttypid) THEN 'text'
        WHEN a.atttypid = ANY (ARRAY['date', 'timestamp', 'timestamptz']::regtype[]) THEN 'time'
      END) AS k (kind),
    LATERAL (SELECT
        CASE k.kind WHEN 'time' THEN format('(extract(epoch FROM as_of - %s) / 86400)', leadscore.column_reference(a.attname)) ELSE leadscore.column_reference(a.attname) END,
        CASE k.kind
          WHEN 'number' THEN format('l.%I::double precision', a.attname)
          WHEN 'boolean' THEN format('l.%I', a.attname)
          WHEN 'text' THEN format('l.%I::text', a.attname)
          WHEN 'time' THEN format('(extract(epoch FROM %s - l.%I) / 86400)::double precision', as_of, a.attname)
        END) AS t (expression, input)
  WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> ALL (reserved)
    AND (features IS NULL OR a.attname = ANY (features))
  ORDER BY a.attnum
$$;
COMMENT ON FUNCTION leadscore.training_columns(text, regclass, text[], text[], text) IS
'Internal: the columns of a relation that leadscore.train() learns a model from: name, expression in a condition, expression over the row l to read it by (time stands as the age in days at as_of, an expression), and why it is left out, NULL if it is not';

CREATE FUNCTION leadscore.training_warning(warning jsonb, features text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE warning ->> 'kind'
    WHEN 'separation' THEN 'separation: won and lost leads are told apart without an error, so points have no limit but the penalty'
    WHEN 'leakage' THEN format('leakage: "%s" predicts the outcome suspiciously well (information value %s); is it known before the outcome is?', t.feature, t.value)
    WHEN 'filled_if_won' THEN format('leakage: "%s" is filled almost for won leads alone (where it is, the odds are %s times as high); is it known before the outcome is?', t.feature, round(t.value))
    WHEN 'filled_if_lost' THEN format('leakage: "%s" is filled almost for lost leads alone (where it is, the odds of those are %s times as high); is it known before the outcome is?', t.feature, round(t.value))
    WHEN 'sampled' THEN format('learned from a sample: there are %s leads', t.value)
    WHEN 'uneven_sample' THEN format('the sample is unlike the whole, where the rate of won leads is %s: many leads are equal, and stay or go together', t.value)
    WHEN 'drift' THEN format('drift: "%s" is distributed otherwise among the newest leads (PSI %s)', t.feature, t.value)
    WHEN 'few_wins' THEN format('few leads: only %s were won or lost, so the points are shaky', t.value)
    WHEN 'no_signal' THEN format('no signal: on leads that it has not seen the model is hardly better than chance (AUC %s)', t.value)
    WHEN 'not_converged' THEN format('not converged after %s iterations', t.value)
    WHEN 'too_many_texts' THEN format('"%s" was left out: it has more than %s different values', t.feature, t.value)
    WHEN 'no_bearing' THEN format('"%s" was left out: it is constant, or makes no difference', t.feature)
    WHEN 'dependent' THEN format('a term of "%s" was left out: it follows from others', t.feature)
    ELSE warning ->> 'kind'
  END
  FROM (SELECT features[(warning ->> 'column')::integer + 1], round((warning ->> 'value')::numeric, 3)::double precision) AS t (feature, value)
$$;
COMMENT ON FUNCTION leadscore.training_warning(jsonb, text[]) IS 'Internal: a warning of leadscore.training() in words';

CREATE FUNCTION leadscore.learn_terms(model text, time_zone text, relation regclass, outcome text, features text[], method text, at text, outcome_at text,
  penalty double precision, binning text, since timestamptz, mature_after interval, as_of timestamptz, force boolean, most_leads bigint,
  OUT total bigint, OUT learned_features text[], OUT learned jsonb)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
AS $$
DECLARE
  closed record;
  at_input text := 'l.' || quote_ident(at) || '::timestamptz';
  columns record;
BEGIN
  SELECT c.* INTO closed FROM leadscore.closed_leads(relation, outcome, at, since, NULL, mature_after, outcome_at, as_of) AS c;
  PERFORM set_config('TimeZone', time_zone, true);

  SELECT array_agg(c.feature) FILTER (WHERE c.left_out IS NULL) AS names,
      array_agg(c.expression) FILTER (WHERE c.left_out IS NULL) AS expressions,
      string_agg(c.input, ', ') FILTER (WHERE c.left_out IS NULL) AS inputs,
      string_agg(format('"%s" (%s)', c.feature, c.left_out), ', ') FILTER (WHERE c.left_out IS NOT NULL) AS left_out,
      (SELECT string_agg(format('"%s"', f), ', ') FROM unnest(features) AS f
        WHERE f <> ALL (coalesce(array_agg(c.feature), '{}'))) AS unknown
    INTO columns
    FROM leadscore.training_columns(learn_terms.model, relation, features, ARRAY[outcome] || array_remove(ARRAY[at, outcome_at], NULL),
      coalesce(at_input, quote_literal(date_trunc('day', as_of)) || '::timestamptz')) AS c;
  IF columns.unknown IS NOT NULL THEN
    RAISE EXCEPTION 'no columns of "%" to learn from: %', relation, columns.unknown USING ERRCODE = 'undefined_column',
      HINT = 'Features are columns beside the outcome and its times.';
  ELSIF columns.left_out IS NOT NULL AND features IS NOT NULL THEN
    RAISE EXCEPTION 'cannot learn from %', columns.left_out USING ERRCODE = 'datatype_mismatch';
  ELSIF columns.names IS NULL THEN
    RAISE EXCEPTION 'there is no column of "%" to learn from', relation USING ERRCODE = 'invalid_parameter_value';
  ELSIF columns.left_out IS NOT NULL THEN
    RAISE NOTICE 'not learned from: %', columns.left_out;
  END IF;

  EXECUTE format('SELECT count(*), leadscore.training(%s, %s, %s, %L, %L, %L, %L, %L, %L, %L, %s) FILTER (WHERE %s) FROM %s AS l',
      closed.won, coalesce(at_input, 'NULL'), CASE WHEN outcome_at IS NULL THEN 'NULL' ELSE format('l.%I::timestamptz', outcome_at) END,
      method, binning, penalty, at IS NOT NULL, force, most_leads, columns.expressions, columns.inputs, closed.counted, relation)
    INTO total, learned;
  IF learned IS NULL THEN
    RAISE EXCEPTION '"%" has no lead whose outcome is known', relation USING ERRCODE = 'invalid_parameter_value';
  END IF;
  learned_features := columns.names;
END
$$;
COMMENT ON FUNCTION leadscore.learn_terms(text, text, regclass, text, text[], text, text, text, double precision, text, timestamptz, interval, timestamptz, boolean, bigint) IS
'Internal: what leadscore.train() learns for a model (whose protected attributes are left out) in a time zone from the leads that came from `since` on and were known at as_of: the rows read, the features learned from, and the model as JSON';

CREATE FUNCTION leadscore.learned_criteria(features text[], learned jsonb, origin jsonb, OUT criterion text, OUT attribute text, OUT condition text, OUT points text, OUT title text, OUT provenance jsonb)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 50
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE t.kind WHEN 'base' THEN 'every lead' ELSE format('%s: %s', f.feature, lpad(t.place::text, greatest(2, length(t.place::text)), '0')) END,
    CASE WHEN t.kind = 'bin' THEN f.feature END, t.condition, t.point_expression,
    CASE t.kind WHEN 'base' THEN 'every lead' WHEN 'number' THEN f.feature ELSE t.condition END,
    jsonb_strip_nulls(jsonb_build_object('by', 'train', 'kind', t.kind, 'attribute', f.feature, 'points', t.points,
      'standard_error', t.standard_error, 'leads', t.leads, 'wins', t.wins) || origin)
  FROM (SELECT r.*, row_number() OVER (PARTITION BY r."column" ORDER BY r.ordinality) AS place
      FROM ROWS FROM (jsonb_to_recordset(learned -> 'terms') AS (kind text, "column" integer, condition text, points numeric,
        point_expression text, standard_error numeric, leads bigint, wins bigint)) WITH ORDINALITY AS r) AS t,
    LATERAL (SELECT features[t."column" + 1]) AS f (feature)
  ORDER BY t.ordinality
$$;
COMMENT ON FUNCTION leadscore.learned_criteria(text[], jsonb, jsonb) IS
'Internal: what leadscore.learn_terms() has learned, as criteria, the base first; where it comes from is added to the provenance of each';

CREATE FUNCTION leadscore.learned_fingerprint(criteria jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT md5(string_agg(jsonb_build_array(c.value -> 'criterion', c.value ->> 'dimension', c.value ->> 'attribute', c.value -> 'condition',
    c.value -> 'points', coalesce(c.value ->> 'enabled', 'true'))::text, ',' ORDER BY c.value ->> 'criterion' COLLATE "C"))
  FROM jsonb_array_elements(criteria) AS c (value) WHERE c.value #>> '{provenance,by}' = 'train'
$$;
COMMENT ON FUNCTION leadscore.learned_fingerprint(jsonb) IS
'Internal: changes if somebody edits what leadscore.train() has written; of the criteria of a document';

CREATE FUNCTION leadscore.train(model text, relation regclass, outcome text, features text[] DEFAULT NULL, method text DEFAULT 'logistic', at text DEFAULT NULL, outcome_at text DEFAULT NULL, penalty double precision DEFAULT NULL, binning text DEFAULT 'auto', as_of timestamptz DEFAULT now(), force boolean DEFAULT false, mature_after interval DEFAULT NULL, most_leads bigint DEFAULT NULL) RETURNS leadscore.training_report
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
AS $$
DECLARE
  t record;
  options jsonb;
  criteria jsonb;
  report leadscore.training_report;
BEGIN
  IF num_nulls(model, relation, outcome, method, binning, as_of, force) > 0 THEN
    RAISE EXCEPTION 'model, relation, outcome, method, binning, as_of and force must not be NULL' USING ERRCODE = 'null_value_not_allowed';
  END IF;
  SELECT l.* INTO t FROM leadscore.learn_terms(train.model,
    coalesce((SELECT m.time_zone FROM leadscore.model AS m WHERE m.model = train.model), 'UTC'), relation, outcome, features, method, at, outcome_at, penalty, binning, NULL, mature_after, as_of, force, most_leads) AS l;

  INSERT INTO leadscore.model AS m (model, scale) VALUES (train.model, 'logistic')
    ON CONFLICT ON CONSTRAINT model_pkey DO UPDATE SET scale = 'logistic' WHERE m.scale <> 'logistic';
  DELETE FROM leadscore.calibration AS k WHERE k.model = train.model;
  DELETE FROM leadscore.criterion AS c WHERE c.model = train.model AND c.provenance ->> 'by' = 'train';
  SELECT jsonb_agg(to_jsonb(c) ORDER BY c.ordinality) INTO criteria
  FROM leadscore.learned_criteria(t.learned_features, t.learned, jsonb_build_object('relation', relation::text, 'at', at, 'as_of', as_of)) WITH ORDINALITY AS c;
  -- What it takes to learn the same again from other leads.
  options := jsonb_build_object('features', t.learned_features, 'method', method, 'at', at, 'penalty', penalty, 'binning', binning,
    'mature_after', mature_after, 'most_leads', most_leads, 'fingerprint', leadscore.learned_fingerprint(criteria));
  INSERT INTO leadscore.criterion (model, criterion, attribute, condition, points, title, provenance)
    SELECT train.model, c.value ->> 'criterion', c.value ->> 'attribute', c.value ->> 'condition', c.value ->> 'points', c.value ->> 'title',
      (c.value -> 'provenance') || CASE WHEN c.value #>> '{provenance,kind}' = 'base' THEN jsonb_build_object('options', options) ELSE '{}' END
    FROM jsonb_array_elements(criteria) WITH ORDINALITY AS c (value) ORDER BY c.ordinality;

  report.model := model;
  report.method := method;
  report.leads := t.learned -> 'rows';
  report.skipped := t.total - (t.learned -> 'rows_seen')::bigint;
  report.wins := t.learned -> 'wins';
  report.base_rate := report.wins::double precision / report.leads;
  report.terms := jsonb_array_length(t.learned -> 'terms');
  IF method = 'logistic' THEN
    report.penalty := t.learned -> 'penalty';
    report.folds := t.learned -> 'folds';
    report.iterations := t.learned -> 'iterations';
    report.condition_number := t.learned -> 'condition_number';
  END IF;
  report.in_sample_auc := t.learned #>> '{in_sample,auc}';
  report.in_sample_ks := t.learned #>> '{in_sample,ks}';
  report.in_sample_brier := t.learned #>> '{in_sample,brier}';
  report.in_sample_log_loss := t.learned #>> '{in_sample,log_loss}';
  report.judged_by := CASE WHEN at IS NULL THEN 'hash' ELSE 'time' END;
  report.judged_leads := t.learned #>> '{unseen,leads}';
  report.judged_wins := t.learned #>> '{unseen,wins}';
  report.auc := t.learned #>> '{unseen,auc}';
  report.ks := t.learned #>> '{unseen,ks}';
  report.brier := t.learned #>> '{unseen,brier}';
  report.log_loss := t.learned #>> '{unseen,log_loss}';
  report.warnings := (SELECT array_agg(leadscore.training_warning(w.warning, t.learned_features) ORDER BY w.ordinality)
    FROM jsonb_array_elements(t.learned -> 'warnings') WITH ORDINALITY AS w (warning));
  RETURN report;
END
$$;
COMMENT ON FUNCTION leadscore.train(text, regclass, text, text[], text, text, text, double precision, text, timestamptz, boolean, interval, bigint) IS
'Learns a model from a table or view of leads whose outcome is known at as_of, in one pass, and writes it as criteria: bins of the columns with log-odds as points, scale logistic, so that the score is the probability in percent. Makes the model if it is absent, replaces what it wrote before and a calibration, never criteria made by hand. outcome: a column of booleans or 0 and 1; rows where it is NULL or anything else are skipped. features: columns, NULL for every other one but the primary key and protected attributes (sex, age … and those in leadscore.protected_attribute); times count as ages in days at the lead''s own time where at names it, else at the beginning of the day of as_of. at, outcome_at: columns of the lead''s time and of the time its outcome was known (NULL in a row: all along); leads that came, or were known, after as_of are skipped, and so are those younger than mature_after; without at a hash of the content tells the judged part and folds apart. method: logistic (ridge regression; penalty NULL: chosen by folds) or naive_bayes. binning: auto, monotone, quantile, none (the numbers themselves). most_leads: of more leads a sample is taken, between half as many and as many, the same whatever their order. A NOTICE every few seconds tells how far it is. Raises 22004 for a NULL model, relation, outcome, method, binning, as_of or force; 42703 and 42804 for columns that do not exist or do not fit; 22023 for fewer than 40 won or lost leads unless forced, and for contradicting arguments; 54000, before it begins to learn, if maintenance_work_mem does not suffice, with what would.';

CREATE FUNCTION leadscore.training_terms(model text) RETURNS TABLE (criterion text, attribute text, kind text, condition text, estimate double precision, standard_error double precision, z double precision, leads bigint, wins bigint)
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 50
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT c.criterion, c.provenance ->> 'attribute', c.provenance ->> 'kind', c.condition, t.estimate, t.standard_error,
    t.estimate / nullif(t.standard_error, 0), (c.provenance ->> 'leads')::bigint, (c.provenance ->> 'wins')::bigint
  FROM leadscore.criterion AS c,
    LATERAL (SELECT (c.provenance ->> 'points')::double precision, (c.provenance ->> 'standard_error')::double precision) AS t (estimate, standard_error)
  WHERE c.model = training_terms.model AND c.provenance ->> 'by' = 'train'
  ORDER BY c.ord
$$;
COMMENT ON FUNCTION leadscore.training_terms(text) IS
'The terms that leadscore.train() wrote: criterion, attribute, kind (base, bin, number, missing: of a lead without the number), condition, coefficient in log-odds (of a number: per unit), its standard error and their ratio z (NULL for naive Bayes, a reference bin, and terms that follow from others), the leads it holds for and those of them that were won. No rows for NULL, or a model that was not trained.';
