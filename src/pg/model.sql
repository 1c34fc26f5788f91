CREATE TYPE leadscore.evaluation AS (
  score double precision,
  raw_score double precision,
  probability double precision,
  grade text,
  temperature text,
  stage text,
  target text,
  failed_criteria text[],
  unknown_criteria text[],
  reasons text[]
);
COMMENT ON TYPE leadscore.evaluation IS 'What leadscore.evaluate() says about a lead';
COMMENT ON COLUMN leadscore.evaluation.score IS 'The score, between the model''s lower and upper limits (0 to 100 by default)';
COMMENT ON COLUMN leadscore.evaluation.raw_score IS 'The sum of points before the scale';
COMMENT ON COLUMN leadscore.evaluation.probability IS 'Probability 0 to 1, of a model whose scale is one (logistic, calibrated); otherwise NULL';
COMMENT ON COLUMN leadscore.evaluation.grade IS 'Label of the grade band that the score reaches, or NULL';
COMMENT ON COLUMN leadscore.evaluation.temperature IS 'Label of the temperature band that the score reaches, or NULL';
COMMENT ON COLUMN leadscore.evaluation.stage IS 'The stage, as leadscore.classify() gives it, or NULL';
COMMENT ON COLUMN leadscore.evaluation.target IS 'target, not_target, grow or unknown, as leadscore.target() gives it; NULL where the model has no target criteria in force';
COMMENT ON COLUMN leadscore.evaluation.failed_criteria IS 'The required and growth criteria of a target lead that it fails; NULL where none are in force';
COMMENT ON COLUMN leadscore.evaluation.unknown_criteria IS 'Those of which nothing is known';
COMMENT ON COLUMN leadscore.evaluation.reasons IS 'The five weightiest contributions, such as "+20 Asked for a price"';

CREATE TYPE leadscore.explanation AS (
  dimension text,
  criterion text,
  title text,
  points double precision,
  contribution double precision,
  note text,
  kind text
);
COMMENT ON TYPE leadscore.explanation IS 'One line of leadscore.explain(); the contributions of all lines sum to the score';
COMMENT ON COLUMN leadscore.explanation.dimension IS 'The dimension, or NULL';
COMMENT ON COLUMN leadscore.explanation.criterion IS 'The criterion; NULL for lines that are not a criterion''s';
COMMENT ON COLUMN leadscore.explanation.title IS 'What people call it';
COMMENT ON COLUMN leadscore.explanation.points IS 'The points at stake';
COMMENT ON COLUMN leadscore.explanation.contribution IS 'The points that counted';
COMMENT ON COLUMN leadscore.explanation.note IS 'Why: met, not met, unknown (NULL), excluded; the limit or scale that was applied';
COMMENT ON COLUMN leadscore.explanation.kind IS 'base, criterion, limit (what a dimension''s limits took or gave) or scale (from raw score to score, always the last line)';

CREATE TYPE leadscore.stage_explanation AS (
  stage text,
  stage_no integer,
  kind text,
  rule text,
  title text,
  verdict text,
  decides boolean
);
COMMENT ON TYPE leadscore.stage_explanation IS 'One line of leadscore.explain_stage(): what decides the stage, in the order in which it is asked';
COMMENT ON COLUMN leadscore.stage_explanation.stage IS 'The stage that the line is about; NULL for a status that is not mapped';
COMMENT ON COLUMN leadscore.stage_explanation.stage_no IS 'Its place on the ladder';
COMMENT ON COLUMN leadscore.stage_explanation.kind IS 'Its kind: open, hold, won or lost';
COMMENT ON COLUMN leadscore.stage_explanation.rule IS 'The rule; NULL for the status of the CRM';
COMMENT ON COLUMN leadscore.stage_explanation.title IS 'What people call the rule; the status itself where the line is about that';
COMMENT ON COLUMN leadscore.stage_explanation.verdict IS 'yes, no or unknown (the condition is NULL); of a status: mapped or not mapped';
COMMENT ON COLUMN leadscore.stage_explanation.decides IS 'True for the lines that make the stage the lead''s';

CREATE TYPE leadscore.target_explanation AS (
  criterion text,
  title text,
  requirement text,
  verdict text,
  greeting text,
  greeting_version text
);
COMMENT ON TYPE leadscore.target_explanation IS 'One line of leadscore.explain_target(): a criterion in force and what it says of the lead';
COMMENT ON COLUMN leadscore.target_explanation.criterion IS 'The criterion';
COMMENT ON COLUMN leadscore.target_explanation.title IS 'What people call it';
COMMENT ON COLUMN leadscore.target_explanation.requirement IS 'required, desired or growth';
COMMENT ON COLUMN leadscore.target_explanation.verdict IS 'pass, fail or unknown (its condition is NULL)';
COMMENT ON COLUMN leadscore.target_explanation.greeting IS 'The agreed words of the question that settles it, or NULL';
COMMENT ON COLUMN leadscore.target_explanation.greeting_version IS 'Their version, or NULL';

CREATE TYPE leadscore.problem AS (
  severity text,
  criterion text,
  part text,
  sqlstate text,
  message text,
  detail text,
  hint text,
  "position" integer,
  expression text
);
COMMENT ON TYPE leadscore.problem IS 'What leadscore.validate_model() found';
COMMENT ON COLUMN leadscore.problem.severity IS 'error (scoring would fail) or warning';
COMMENT ON COLUMN leadscore.problem.criterion IS 'The criterion, the rule (stage.rule) or the target criterion; NULL for the model as a whole';
COMMENT ON COLUMN leadscore.problem.part IS 'condition or points (of a criterion), stage rule, target criterion, status or model';
COMMENT ON COLUMN leadscore.problem.sqlstate IS 'SQLSTATE of the error that scoring would raise';
COMMENT ON COLUMN leadscore.problem.message IS 'PostgreSQL''s message';
COMMENT ON COLUMN leadscore.problem.detail IS 'Its detail, or NULL';
COMMENT ON COLUMN leadscore.problem.hint IS 'Its hint, or NULL';
COMMENT ON COLUMN leadscore.problem."position" IS 'Where in the expression, in characters from 1; or NULL';
COMMENT ON COLUMN leadscore.problem.expression IS 'The expression as it is written';

-- Scoring. The costs are what a dozen criteria take, in units of a built-in operator. Where it can, the planner passes
-- the columns that the model reads in place of the row: to make a row into a value costs more than to score it.
CREATE FUNCTION leadscore.use_columns(internal) RETURNS internal
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_use_columns';
COMMENT ON FUNCTION leadscore.use_columns(internal) IS
'Internal: planner support, replaces score() of a row by score_columns() of the columns that the model reads, and likewise evaluate(), classify() and target()';

CREATE FUNCTION leadscore.score(model text, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS double precision
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 200 SUPPORT leadscore.use_columns
AS 'MODULE_PATHNAME', 'leadscore_score';
COMMENT ON FUNCTION leadscore.score(text, anyelement, timestamptz) IS
'Score of a lead (a row: the alias of a table, view or subquery) by a stored model at a time; by default between 0 and 100. NULL if an argument is. Raises 42704 if the model does not exist, 42804 if the lead is not a row, and the error of a condition that cannot be read against the row or evaluated, with model and criterion in the context.';

CREATE FUNCTION leadscore.score_columns(model text, as_of timestamptz, version bigint, lead anyelement, attributes int2vector, VARIADIC columns "any") RETURNS double precision
LANGUAGE c STABLE PARALLEL SAFE COST 60
AS 'MODULE_PATHNAME', 'leadscore_score_columns';
COMMENT ON FUNCTION leadscore.score_columns(text, timestamptz, bigint, anyelement, int2vector, "any") IS
'Internal: what the planner puts in the place of leadscore.score(text, anyelement, timestamptz): the version of the model for which the call was planned, a NULL of the row type, the attribute numbers of the columns, whether there is a lead (boolean), the columns. Raises 40001 if the model has come to read another column.';

CREATE FUNCTION leadscore.score(document jsonb, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS double precision
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 200 SUPPORT leadscore.use_columns
AS 'MODULE_PATHNAME', 'leadscore_score_document';
COMMENT ON FUNCTION leadscore.score(jsonb, anyelement, timestamptz) IS
'Score of a lead by a model given as a value, in the form of leadscore.export_model(). Reads no table. NULL if an argument is. Raises 22023 if the document is not a model.';

CREATE FUNCTION leadscore.score_columns(document jsonb, as_of timestamptz, version bigint, lead anyelement, attributes int2vector, VARIADIC columns "any") RETURNS double precision
LANGUAGE c STABLE PARALLEL SAFE COST 60
AS 'MODULE_PATHNAME', 'leadscore_score_document_columns';
COMMENT ON FUNCTION leadscore.score_columns(jsonb, timestamptz, bigint, anyelement, int2vector, "any") IS
'Internal: what the planner puts in the place of leadscore.score(jsonb, anyelement, timestamptz): the version of the model for which the call was planned, a NULL of the row type, the attribute numbers of the columns, whether there is a lead (boolean), the columns. Raises 40001 if the model has come to read another column.';

CREATE FUNCTION leadscore.evaluate(model text, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS leadscore.evaluation
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 400 SUPPORT leadscore.use_columns
AS 'MODULE_PATHNAME', 'leadscore_evaluate';
COMMENT ON FUNCTION leadscore.evaluate(text, anyelement, timestamptz) IS
'Everything that a stored model says about a lead, in one pass: score, raw score, probability, grade, temperature, stage, target verdict with the failed and unknown criteria, reasons. (evaluate(...)).* calls it once for each column: select it as one value, or take it apart in FROM. Arguments, NULLs and errors as for leadscore.score().';

CREATE FUNCTION leadscore.evaluate_columns(model text, as_of timestamptz, version bigint, lead anyelement, attributes int2vector, VARIADIC columns "any") RETURNS leadscore.evaluation
LANGUAGE c STABLE PARALLEL SAFE COST 300
AS 'MODULE_PATHNAME', 'leadscore_evaluate_columns';
COMMENT ON FUNCTION leadscore.evaluate_columns(text, timestamptz, bigint, anyelement, int2vector, "any") IS
'Internal: what the planner puts in the place of leadscore.evaluate(text, anyelement, timestamptz): the version of the model for which the call was planned, a NULL of the row type, the attribute numbers of the columns, whether there is a lead (boolean), the columns. Raises 40001 if the model has come to read another column.';

CREATE FUNCTION leadscore.evaluate(document jsonb, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS leadscore.evaluation
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 400 SUPPORT leadscore.use_columns
AS 'MODULE_PATHNAME', 'leadscore_evaluate_document';
COMMENT ON FUNCTION leadscore.evaluate(jsonb, anyelement, timestamptz) IS
'Everything that a model given as a value says about a lead. Arguments, NULLs and errors as for leadscore.score().';

CREATE FUNCTION leadscore.evaluate_columns(document jsonb, as_of timestamptz, version bigint, lead anyelement, attributes int2vector, VARIADIC columns "any") RETURNS leadscore.evaluation
LANGUAGE c STABLE PARALLEL SAFE COST 300
AS 'MODULE_PATHNAME', 'leadscore_evaluate_document_columns';
COMMENT ON FUNCTION leadscore.evaluate_columns(jsonb, timestamptz, bigint, anyelement, int2vector, "any") IS
'Internal: what the planner puts in the place of leadscore.evaluate(jsonb, anyelement, timestamptz): the version of the model for which the call was planned, a NULL of the row type, the attribute numbers of the columns, whether there is a lead (boolean), the columns. Raises 40001 if the model has come to read another column.';

CREATE FUNCTION leadscore.explain(model text, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS SETOF leadscore.explanation
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 ROWS 20
AS 'MODULE_PATHNAME', 'leadscore_explain';
COMMENT ON FUNCTION leadscore.explain(text, anyelement, timestamptz) IS
'The score of a lead line by line: base points, every criterion, what a dimension''s limits changed, and last the scale. The contributions of all lines sum to the score, those before the last line to the raw score. No rows if an argument is NULL. Errors as for leadscore.score().';

CREATE FUNCTION leadscore.explain(document jsonb, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS SETOF leadscore.explanation
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 ROWS 20
AS 'MODULE_PATHNAME', 'leadscore_explain_document';
COMMENT ON FUNCTION leadscore.explain(jsonb, anyelement, timestamptz) IS
'The score of a lead line by line, by a model given as a value. As leadscore.explain() of a stored model.';

CREATE FUNCTION leadscore.classify(model text, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 200 SUPPORT leadscore.use_columns
AS 'MODULE_PATHNAME', 'leadscore_classify';
COMMENT ON FUNCTION leadscore.classify(text, anyelement, timestamptz) IS
'The stage of a lead by a stored model: the one to which its CRM status is mapped; else the first lost stage, else the first stage on hold, of which a rule holds; else the highest open or won stage of which all rules hold; NULL if there is none. Arguments, NULLs and errors as for leadscore.score().';

CREATE FUNCTION leadscore.classify_columns(model text, as_of timestamptz, version bigint, lead anyelement, attributes int2vector, VARIADIC columns "any") RETURNS text
LANGUAGE c STABLE PARALLEL SAFE COST 60
AS 'MODULE_PATHNAME', 'leadscore_classify_columns';
COMMENT ON FUNCTION leadscore.classify_columns(text, timestamptz, bigint, anyelement, int2vector, "any") IS
'Internal: what the planner puts in the place of leadscore.classify(text, anyelement, timestamptz): the version of the model for which the call was planned, a NULL of the row type, the attribute numbers of the columns, whether there is a lead (boolean), the columns. Raises 40001 if the model has come to read another column.';

CREATE FUNCTION leadscore.classify(document jsonb, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 200 SUPPORT leadscore.use_columns
AS 'MODULE_PATHNAME', 'leadscore_classify_document';
COMMENT ON FUNCTION leadscore.classify(jsonb, anyelement, timestamptz) IS
'The stage of a lead by a model given as a value. Arguments, NULLs and errors as for leadscore.score().';

CREATE FUNCTION leadscore.classify_columns(document jsonb, as_of timestamptz, version bigint, lead anyelement, attributes int2vector, VARIADIC columns "any") RETURNS text
LANGUAGE c STABLE PARALLEL SAFE COST 60
AS 'MODULE_PATHNAME', 'leadscore_classify_document_columns';
COMMENT ON FUNCTION leadscore.classify_columns(jsonb, timestamptz, bigint, anyelement, int2vector, "any") IS
'Internal: what the planner puts in the place of leadscore.classify(jsonb, anyelement, timestamptz): the version of the model for which the call was planned, a NULL of the row type, the attribute numbers of the columns, whether there is a lead (boolean), the columns. Raises 40001 if the model has come to read another column.';

CREATE FUNCTION leadscore.target(model text, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 200 SUPPORT leadscore.use_columns
AS 'MODULE_PATHNAME', 'leadscore_target';
COMMENT ON FUNCTION leadscore.target(text, anyelement, timestamptz) IS
'Whether a lead is what marketing and sales have agreed to call a target lead, by the criteria in force at the time: not_target (a required one fails), unknown (of a required one nothing is known), grow (a growth one fails: not yet), unknown (of a growth one nothing is known), else target. NULL where none is in force. Arguments, NULLs and errors as for leadscore.score().';

CREATE FUNCTION leadscore.target_columns(model text, as_of timestamptz, version bigint, lead anyelement, attributes int2vector, VARIADIC columns "any") RETURNS text
LANGUAGE c STABLE PARALLEL SAFE COST 60
AS 'MODULE_PATHNAME', 'leadscore_target_columns';
COMMENT ON FUNCTION leadscore.target_columns(text, timestamptz, bigint, anyelement, int2vector, "any") IS
'Internal: what the planner puts in the place of leadscore.target(text, anyelement, timestamptz): the version of the model for which the call was planned, a NULL of the row type, the attribute numbers of the columns, whether there is a lead (boolean), the columns. Raises 40001 if the model has come to read another column.';

CREATE FUNCTION leadscore.target(document jsonb, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 200 SUPPORT leadscore.use_columns
AS 'MODULE_PATHNAME', 'leadscore_target_document';
COMMENT ON FUNCTION leadscore.target(jsonb, anyelement, timestamptz) IS
'The verdict on a lead by a model given as a value. Arguments, NULLs and errors as for leadscore.score().';

CREATE FUNCTION leadscore.target_columns(document jsonb, as_of timestamptz, version bigint, lead anyelement, attributes int2vector, VARIADIC columns "any") RETURNS text
LANGUAGE c STABLE PARALLEL SAFE COST 60
AS 'MODULE_PATHNAME', 'leadscore_target_document_columns';
COMMENT ON FUNCTION leadscore.target_columns(jsonb, timestamptz, bigint, anyelement, int2vector, "any") IS
'Internal: what the planner puts in the place of leadscore.target(jsonb, anyelement, timestamptz): the version of the model for which the call was planned, a NULL of the row type, the attribute numbers of the columns, whether there is a lead (boolean), the columns. Raises 40001 if the model has come to read another column.';

CREATE FUNCTION leadscore.explain_stage(model text, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS SETOF leadscore.stage_explanation
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 ROWS 20
AS 'MODULE_PATHNAME', 'leadscore_explain_stage';
COMMENT ON FUNCTION leadscore.explain_stage(text, anyelement, timestamptz) IS
'The stage of a lead line by line, in the order in which it is asked: the CRM status, the rules of the lost stages, of those on hold, of the ladder from the top; all of them, with the lines that decide marked. Since it asks all rules, it can fail where leadscore.classify(), which stops at the answer, does not. No rows if an argument is NULL. Errors as for leadscore.score().';

CREATE FUNCTION leadscore.explain_stage(document jsonb, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS SETOF leadscore.stage_explanation
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 ROWS 20
AS 'MODULE_PATHNAME', 'leadscore_explain_stage_document';
COMMENT ON FUNCTION leadscore.explain_stage(jsonb, anyelement, timestamptz) IS
'The stage of a lead line by line, in the order in which it is asked: the CRM status, the rules of the lost stages, of those on hold, of the ladder from the top; all of them, with the lines that decide marked. Since it asks all rules, it can fail where leadscore.classify(), which stops at the answer, does not. By a model given as a value. No rows if an argument is NULL. Errors as for leadscore.score().';

CREATE FUNCTION leadscore.explain_target(model text, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS SETOF leadscore.target_explanation
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 ROWS 20
AS 'MODULE_PATHNAME', 'leadscore_explain_target';
COMMENT ON FUNCTION leadscore.explain_target(text, anyelement, timestamptz) IS
'The criteria of a target lead in force at a time, and what each says of the lead. No rows if an argument is NULL. Errors as for leadscore.score().';

CREATE FUNCTION leadscore.explain_target(document jsonb, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS SETOF leadscore.target_explanation
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 ROWS 20
AS 'MODULE_PATHNAME', 'leadscore_explain_target_document';
COMMENT ON FUNCTION leadscore.explain_target(jsonb, anyelement, timestamptz) IS
'The criteria of a target lead in force at a time, and what each says of the lead. By a model given as a value. No rows if an argument is NULL. Errors as for leadscore.score().';

CREATE FUNCTION leadscore.validate_model(model text, lead regtype) RETURNS SETOF leadscore.problem
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE COST 10000 ROWS 10
AS 'MODULE_PATHNAME', 'leadscore_validate_model';
COMMENT ON FUNCTION leadscore.validate_model(text, regtype) IS
'What would go wrong when the model scores rows of a type (every table and view has one of its name): one row for each condition, points, rule, target criterion or status that cannot be read against it, with the position; names of columns that a derived value hides. No rows if all is well or an argument is NULL. Raises 42704 if the model does not exist, 42804 if the type is no row type.';

CREATE FUNCTION leadscore.condition_paths(model text, lead regtype, OUT criterion text, OUT path text) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 10000 ROWS 20
AS 'MODULE_PATHNAME', 'leadscore_condition_paths';
COMMENT ON FUNCTION leadscore.condition_paths(text, regtype) IS
'How each condition of a model is evaluated for rows of a type: native (comparisons of columns with constants, IN, BETWEEN, LIKE ''prefix%'', IS NULL under AND, OR, NOT: in leadscore itself), executor (any other expression, in PostgreSQL''s executor) or constant. The answer is the same either way. No rows if an argument is NULL. Errors as leadscore.score().';

-- Models as values.
CREATE FUNCTION leadscore.export_model(model text) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET extra_float_digits = 1
SET IntervalStyle = 'postgres'
AS $$
#variable_conflict use_column
DECLARE
  document jsonb;
BEGIN
  SELECT jsonb_build_object(
    'format', 1,
    'model', jsonb_build_object(
      'title', m.title, 'title_ru', m.title_ru, 'base_points', m.base_points, 'lower', m.lower, 'upper', m.upper,
      'scale', m.scale, 'raw_min', m.raw_min, 'raw_max', m.raw_max, 'time_zone', m.time_zone,
      'status', m.status),
    'dimensions', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'dimension', d.dimension, 'title', d.title, 'title_ru', d.title_ru, 'lower', d.lower, 'upper', d.upper)
        ORDER BY d.ord, d.dimension)
      FROM leadscore.dimension AS d WHERE d.model = m.model), '[]'),
    'criteria', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'criterion', c.criterion, 'dimension', c.dimension, 'attribute', c.attribute, 'condition', c.condition,
        'points', c.points, 'title', c.title, 'title_ru', c.title_ru, 'enabled', c.enabled,
        'provenance', c.provenance)
        ORDER BY c.ord, c.criterion)
      FROM leadscore.criterion AS c WHERE c.model = m.model), '[]'),
    'bands', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'kind', b.kind, 'label', b.label, 'title', b.title, 'title_ru', b.title_ru, 'from_score', b.from_score,
        'keep_from', b.keep_from)
        ORDER BY b.kind, b.from_score DESC, b.label)
      FROM leadscore.band AS b WHERE b.model = m.model), '[]'),
    'stages', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'stage', g.stage, 'stage_no', g.stage_no, 'kind', g.kind, 'title', g.title, 'title_ru', g.title_ru)
        ORDER BY g.stage_no)
      FROM leadscore.stage AS g WHERE g.model = m.model), '[]'),
    'stage_rules', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'stage', r.stage, 'rule', r.rule, 'condition', r.condition, 'title', r.title, 'title_ru', r.title_ru,
        'enabled', r.enabled)
        ORDER BY r.ord, r.stage, r.rule)
      FROM leadscore.stage_rule AS r WHERE r.model = m.model), '[]'),
    'stage_map', coalesce((
      SELECT jsonb_agg(jsonb_build_object('status', s.status, 'stage', s.stage) ORDER BY s.status)
      FROM leadscore.stage_map AS s WHERE s.model = m.model), '[]'),
    'target_criteria', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'criterion', t.criterion, 'condition', t.condition, 'requirement', t.requirement,
        'valid_from', nullif(t.valid_from, '-infinity'), 'valid_to', nullif(t.valid_to, 'infinity'),
        'greeting', t.greeting, 'greeting_version', t.greeting_version, 'title', t.title, 'title_ru', t.title_ru,
        'enabled', t.enabled)
        ORDER BY t.ord, t.criterion, t.valid_from)
      FROM leadscore.target_criterion AS t WHERE t.model = m.model), '[]'),
    'event_kinds', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'event', e.event, 'points', e.points, 'half_life', e.half_life, 'max_count', e.max_count, 'per', e.per,
        'title', e.title, 'title_ru', e.title_ru, 'enabled', e.enabled)
        ORDER BY e.event)
      FROM leadscore.event_kind AS e WHERE e.model = m.model), '[]'),
    'playbook', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'stage', p.stage, 'temperature', p.temperature, 'step', p.step, 'worked_by', p.worked_by, 'action', p.action,
        'action_ru', p.action_ru, 'send', p.send, 'due_within', p.due_within)
        ORDER BY p.stage, p.step, p.temperature)
      FROM leadscore.playbook AS p WHERE p.model = m.model), '[]'),
    'calibration', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'raw_from', nullif(k.raw_from, '-infinity'), 'probability', k.probability, 'intercept', k.intercept,
        'slope', k.slope, 'leads', k.leads, 'wins', k.wins, 'rate_lower', k.rate_lower, 'rate_upper', k.rate_upper,
        'provenance', k.provenance)
        ORDER BY k.raw_from)
      FROM leadscore.calibration AS k WHERE k.model = m.model), '[]'),
    'protected_attributes', coalesce((
      SELECT jsonb_agg(jsonb_build_object('attribute', a.attribute) ORDER BY a.attribute)
      FROM leadscore.protected_attribute AS a WHERE a.model = m.model), '[]'))
  INTO document
  FROM leadscore.model AS m WHERE m.model = export_model.model;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING
      ERRCODE = 'undefined_object',
      MESSAGE = format('model "%s" does not exist', export_model.model),
      HINT = 'Table leadscore.model lists the models; leadscore.create_model() makes one.';
  END IF;
  RETURN document;
END
$$;
COMMENT ON FUNCTION leadscore.export_model(text) IS
'The model as a portable document (its name and version aside) that score(), evaluate() and explain() take in place of the name, and import_model() turns into rows again. NULL for NULL. Raises 42704 if the model does not exist.';

CREATE FUNCTION leadscore.check_document(document jsonb) RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_check_document';
COMMENT ON FUNCTION leadscore.check_document(jsonb) IS
'Internal: raises 22023 if the document is not a model, or the error of an expression that cannot be parsed';

CREATE FUNCTION leadscore.import_model(document jsonb, model text, replace boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
AS $$
#variable_conflict use_column
DECLARE
  head jsonb := document -> 'model';
BEGIN
  PERFORM leadscore.check_document(document);
  IF EXISTS (SELECT FROM leadscore.model AS m WHERE m.model = import_model.model) THEN
    IF NOT replace THEN
      RAISE EXCEPTION USING
        ERRCODE = 'duplicate_object',
        MESSAGE = format('model "%s" already exists', import_model.model),
        HINT = 'Pass replace => true to replace what it holds.';
    END IF;
    DELETE FROM leadscore.criterion AS c WHERE c.model = import_model.model;
    DELETE FROM leadscore.dimension AS d WHERE d.model = import_model.model;
    DELETE FROM leadscore.band AS b WHERE b.model = import_model.model;
    DELETE FROM leadscore.stage AS g WHERE g.model = import_model.model;
    DELETE FROM leadscore.target_criterion AS t WHERE t.model = import_model.model;
    DELETE FROM leadscore.event_kind AS e WHERE e.model = import_model.model;
    DELETE FROM leadscore.calibration AS k WHERE k.model = import_model.model;
    DELETE FROM leadscore.protected_attribute AS a WHERE a.model = import_model.model;
  ELSE
    INSERT INTO leadscore.model (model) VALUES (import_model.model);
  END IF;
  UPDATE leadscore.model AS m SET
    title = head ->> 'title',
    title_ru = head ->> 'title_ru',
    base_points = coalesce((head ->> 'base_points')::double precision, 0),
    lower = coalesce((head ->> 'lower')::double precision, 0),
    upper = coalesce((head ->> 'upper')::double precision, 100),
    scale = coalesce(head ->> 'scale', 'clamp'),
    raw_min = (head ->> 'raw_min')::double precision,
    raw_max = (head ->> 'raw_max')::double precision,
    time_zone = coalesce(head ->> 'time_zone', 'UTC'),
    status = head ->> 'status'
  WHERE m.model = import_model.model;
  INSERT INTO leadscore.dimension (model, dimension, title, title_ru, lower, upper)
  SELECT import_model.model, d.value ->> 'dimension', d.value ->> 'title', d.value ->> 'title_ru',
    (d.value ->> 'lower')::double precision, (d.value ->> 'upper')::double precision
  FROM jsonb_array_elements(nullif(document -> 'dimensions', 'null')) WITH ORDINALITY AS d (value, position)
  ORDER BY d.position;
  INSERT INTO leadscore.criterion
    (model, criterion, dimension, attribute, condition, points, title, title_ru, enabled, provenance)
  SELECT import_model.model, c.value ->> 'criterion', c.value ->> 'dimension', c.value ->> 'attribute',
    coalesce(c.value ->> 'condition', 'true'), c.value ->> 'points', c.value ->> 'title', c.value ->> 'title_ru',
    coalesce((c.value ->> 'enabled')::boolean, true), nullif(c.value -> 'provenance', 'null')
  FROM jsonb_array_elements(nullif(document -> 'criteria', 'null')) WITH ORDINALITY AS c (value, position)
  ORDER BY c.position;
  INSERT INTO leadscore.band (model, kind, label, title, title_ru, from_score, keep_from)
  SELECT import_model.model, b.value ->> 'kind', b.value ->> 'label', b.value ->> 'title', b.value ->> 'title_ru',
    (b.value ->> 'from_score')::double precision, (b.value ->> 'keep_from')::double precision
  FROM jsonb_array_elements(nullif(document -> 'bands', 'null')) AS b (value);
  INSERT INTO leadscore.stage (model, stage, stage_no, kind, title, title_ru)
  SELECT import_model.model, g.value ->> 'stage', (g.value ->> 'stage_no')::integer, coalesce(g.value ->> 'kind', 'open'),
    g.value ->> 'title', g.value ->> 'title_ru'
  FROM jsonb_array_elements(nullif(document -> 'stages', 'null')) AS g (value);
  INSERT INTO leadscore.stage_rule (model, stage, rule, condition, title, title_ru, enabled)
  SELECT import_model.model, r.value ->> 'stage', r.value ->> 'rule', r.value ->> 'condition', r.value ->> 'title',
    r.value ->> 'title_ru', coalesce((r.value ->> 'enabled')::boolean, true)
  FROM jsonb_array_elements(nullif(document -> 'stage_rules', 'null')) WITH ORDINALITY AS r (value, position)
  ORDER BY r.position;
  INSERT INTO leadscore.stage_map (model, status, stage)
  SELECT import_model.model, s.value ->> 'status', s.value ->> 'stage'
  FROM jsonb_array_elements(nullif(document -> 'stage_map', 'null')) AS s (value);
  INSERT INTO leadscore.target_criterion
    (model, criterion, condition, requirement, valid_from, valid_to, greeting, greeting_version, title, title_ru, enabled)
  SELECT import_model.model, t.value ->> 'criterion', t.value ->> 'condition',
    coalesce(t.value ->> 'requirement', 'required'), coalesce((t.value ->> 'valid_from')::date, '-infinity'),
    coalesce((t.value ->> 'valid_to')::date, 'infinity'), t.value ->> 'greeting', t.value ->> 'greeting_version',
    t.value ->> 'title', t.value ->> 'title_ru', coalesce((t.value ->> 'enabled')::boolean, true)
  FROM jsonb_array_elements(nullif(document -> 'target_criteria', 'null')) WITH ORDINALITY AS t (value, position)
  ORDER BY t.position;
  INSERT INTO leadscore.event_kind (model, event, points, half_life, max_count, per, title, title_ru, enabled)
  SELECT import_model.model, e.value ->> 'event', (e.value ->> 'points')::double precision,
    (e.value ->> 'half_life')::interval, (e.value ->> 'max_count')::bigint, (e.value ->> 'per')::interval,
    e.value ->> 'title', e.value ->> 'title_ru', coalesce((e.value ->> 'enabled')::boolean, true)
  FROM jsonb_array_elements(nullif(document -> 'event_kinds', 'null')) AS e (value);
  INSERT INTO leadscore.playbook (model, stage, temperature, step, worked_by, action, action_ru, send, due_within)
  SELECT import_model.model, p.value ->> 'stage', p.value ->> 'temperature', coalesce((p.value ->> 'step')::integer, 1),
    p.value ->> 'worked_by', p.value ->> 'action', p.value ->> 'action_ru', p.value ->> 'send',
    (p.value ->> 'due_within')::interval
  FROM jsonb_array_elements(nullif(document -> 'playbook', 'null')) AS p (value);
  INSERT INTO leadscore.calibration
    (model, raw_from, probability, intercept, slope, leads, wins, rate_lower, rate_upper, provenance)
  SELECT import_model.model, coalesce((k.value ->> 'raw_from')::double precision, '-infinity'),
    (k.value ->> 'probability')::double precision, (k.value ->> 'intercept')::double precision,
    (k.value ->> 'slope')::double precision, (k.value ->> 'leads')::bigint, (k.value ->> 'wins')::bigint,
    (k.value ->> 'rate_lower')::double precision, (k.value ->> 'rate_upper')::double precision,
    nullif(k.value -> 'provenance', 'null')
  FROM jsonb_array_elements(nullif(document -> 'calibration', 'null')) AS k (value);
  INSERT INTO leadscore.protected_attribute (model, attribute)
  SELECT import_model.model, a.value ->> 'attribute'
  FROM jsonb_array_elements(nullif(document -> 'protected_attributes', 'null')) AS a (value);
END
$$;
COMMENT ON FUNCTION leadscore.import_model(jsonb, text, boolean) IS
'Makes a model of this name from a document of export_model(), or with replace => true puts it in the place of what the model holds. Does nothing if an argument is NULL. Raises 42710 if the model exists and is not to be replaced, 22023 if the document is not a model, 23514 and the like if its rows break a check.';

CREATE FUNCTION leadscore.save_model_version(model text, note text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  document jsonb;
  saved bigint;
BEGIN
  IF save_model_version.model IS NULL THEN
    RETURN NULL;
  END IF;
  -- Locked, so that the document and the number belong together.
  SELECT m.version INTO saved FROM leadscore.model AS m WHERE m.model = save_model_version.model FOR NO KEY UPDATE;
  document := leadscore.export_model(save_model_version.model);
  INSERT INTO leadscore.model_version AS v (model, version, document, note)
  VALUES (save_model_version.model, saved, document, save_model_version.note)
  ON CONFLICT ON CONSTRAINT model_version_pkey DO UPDATE SET note = coalesce(EXCLUDED.note, v.note);
  RETURN saved;
END
$$;
COMMENT ON FUNCTION leadscore.save_model_version(text, text) IS
'Keeps the model as it is now in leadscore.model_version, with a note, and returns its version number. import_model() with the kept document brings it back. NULL for a NULL model. Raises 42704 if the model does not exist.';

-- Templates.
CREATE FUNCTION leadscore.expression_columns(expression text) RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_expression_columns';
COMMENT ON FUNCTION leadscore.expression_columns(text) IS
'The bare column names that a condition or points read, sorted. NULL for NULL. Raises 42601 and the like if the expression cannot be parsed.';

CREATE FUNCTION leadscore.rename_columns(expression text, columns jsonb) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_rename_columns';
COMMENT ON FUNCTION leadscore.rename_columns(text, jsonb) IS
'A condition or points with column names replaced: {"old": "new"}. NULL if an argument is. Raises 42601 and the like if the expression cannot be parsed.';

-- Lists the parts of a document that are expressions over roles, each with the name by which people know it.
CREATE FUNCTION leadscore.document_expressions(document jsonb,
  OUT section text, OUT item jsonb, OUT name text, OUT roles text[])
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'criteria', c.value, c.value ->> 'criterion',
    leadscore.expression_columns(c.value ->> 'condition') || leadscore.expression_columns(c.value ->> 'points')
  FROM jsonb_array_elements(document -> 'criteria') AS c (value)
  UNION ALL
  SELECT 'stage_rules', r.value, format('%s.%s', r.value ->> 'stage', r.value ->> 'rule'),
    ARRAY(SELECT n.name FROM unnest(leadscore.expression_columns(r.value ->> 'condition')) AS n (name)
      WHERE n.name <> ALL (ARRAY['score', 'grade', 'temperature', 'target']))
  FROM jsonb_array_elements(document -> 'stage_rules') AS r (value)
  UNION ALL
  SELECT 'target_criteria', t.value, t.value ->> 'criterion',
    ARRAY(SELECT n.name FROM unnest(leadscore.expression_columns(t.value ->> 'condition')) AS n (name)
      WHERE n.name <> ALL (ARRAY['score', 'grade', 'temperature']))
  FROM jsonb_array_elements(document -> 'target_criteria') AS t (value)
  UNION ALL
  SELECT 'status', document -> 'model', 'status', leadscore.expression_columns(document #>> '{model,status}')
  WHERE document #>> '{model,status}' IS NOT NULL
$$;
COMMENT ON FUNCTION leadscore.document_expressions(jsonb) IS
'Internal: the criteria, rules, target criteria and status of a document, and the roles that each of them reads';

CREATE FUNCTION leadscore.bind_document(document jsonb, relation regclass, columns jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  roles text[];
  names text[];
  binding jsonb;
  unknown text;
  part record;
  bound jsonb := '{"criteria": [], "stage_rules": [], "target_criteria": []}';
  -- What rules read beside roles.
  judged CONSTANT jsonb := '{"score": "score", "grade": "grade", "temperature": "temperature", "target": "target"}';
  status text;
  item jsonb;
  condition text;
  missing text[];
  left_out text[] := '{}';
  shortened text[] := '{}';
  lacking text[] := '{}';
  weakened text[] := '{}';
  total integer := 0;
BEGIN
  SELECT array_agg(DISTINCT r.role ORDER BY r.role) INTO roles
  FROM leadscore.document_expressions(document) AS e, unnest(e.roles) AS r (role);
  SELECT array_agg(a.attname::text) INTO names
  FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped;

  SELECT k.key INTO unknown FROM jsonb_object_keys(columns) AS k (key) WHERE k.key <> ALL (coalesce(roles, '{}')) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('the template has no role "%s"', unknown),
      HINT = format('Its roles are %s.', array_to_string(roles, ', '));
  END IF;
  SELECT k.value INTO unknown FROM jsonb_each_text(columns) AS k WHERE k.value <> ALL (names) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION USING
      ERRCODE = 'undefined_column',
      MESSAGE = format('relation %s has no column "%s"', relation, unknown);
  END IF;

  SELECT jsonb_object_agg(r.role, coalesce(columns ->> r.role, r.role)) INTO binding
  FROM unnest(roles) AS r (role) WHERE coalesce(columns ->> r.role, r.role) = ANY (names);
  binding := coalesce(binding, '{}');

  -- All rules of a step must hold: without one of them the others would let leads in that do not belong there.
  SELECT coalesce(array_agg(DISTINCT e.item ->> 'stage'), '{}') INTO weakened
  FROM leadscore.document_expressions(document) AS e
  JOIN jsonb_array_elements(document -> 'stages') AS g (value)
    ON g.value ->> 'stage' = e.item ->> 'stage' AND coalesce(g.value ->> 'kind', 'open') IN ('open', 'won')
  WHERE e.section = 'stage_rules' AND leadscore.bind_rule(e.item ->> 'condition', binding || judged) IS NULL;

  FOR part IN SELECT * FROM leadscore.document_expressions(document) LOOP
    total := total + 1;
    missing := ARRAY(SELECT r.role FROM unnest(part.roles) AS r (role) WHERE NOT binding ? r.role);
    lacking := lacking || missing;
    condition := CASE
      WHEN part.section IN ('stage_rules', 'target_criteria')
        THEN leadscore.bind_rule(part.item ->> 'condition', binding || judged)
      WHEN missing = '{}' THEN leadscore.rename_columns(part.item ->> 'condition', binding) END;
    IF part.section = 'status' THEN
      status := CASE WHEN missing = '{}' THEN leadscore.rename_columns(document #>> '{model,status}', binding) END;
    ELSIF condition IS NULL OR part.section = 'stage_rules' AND part.item ->> 'stage' = ANY (weakened) THEN
      left_out := left_out || part.name;
    ELSE
      item := part.item || jsonb_build_object('condition', condition);
      IF part.section = 'criteria' THEN
        item := item || jsonb_build_object('points', leadscore.rename_columns(part.item ->> 'points', binding));
      ELSIF missing <> '{}' THEN
        shortened := shortened || part.name;
      END IF;
      bound := jsonb_set(bound, ARRAY[part.section], (bound -> part.section) || jsonb_build_array(item));
    END IF;
  END LOOP;
  IF left_out <> '{}' OR shortened <> '{}' THEN
    RAISE NOTICE USING
      MESSAGE = format('left out %s of %s criteria and rules: %s has no %s', cardinality(left_out), total, relation,
        (SELECT string_agg(DISTINCT quote_ident(l.role), ', ') FROM unnest(lacking) AS l (role))),
      DETAIL = format('Left out: %s.', array_to_string(left_out, ', ')) || CASE WHEN shortened <> '{}'
        THEN format(' Shortened: %s.', array_to_string(shortened, ', ')) ELSE '' END,
      HINT = 'The argument columns maps a role to a column of another name: {"role": "column"}.';
  END IF;
  RETURN document || bound || jsonb_build_object('model', (document -> 'model') || jsonb_build_object('status', status));
END
$$;
COMMENT ON FUNCTION leadscore.bind_document(jsonb, regclass, jsonb) IS
'Internal: a template with its roles replaced by the columns of a relation; criteria, alternatives of rules, and rules without their columns are left out and told in a NOTICE, and with a rule of a step of the ladder the other rules of that step';

CREATE FUNCTION leadscore.create_model(model text, template text, relation regclass DEFAULT NULL, columns jsonb DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  document jsonb := leadscore.model_template(template);
  row_type regtype;
  problem leadscore.problem;
  left_out text[] := '{}';
BEGIN
  IF create_model.model IS NULL OR template IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'the model and the template must be named';
  END IF;
  IF EXISTS (SELECT FROM leadscore.model AS m WHERE m.model = create_model.model) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'duplicate_object',
      MESSAGE = format('model "%s" already exists', create_model.model),
      HINT = 'Choose another name, or delete the model from leadscore.model first.';
  END IF;
  IF relation IS NULL AND columns IS NOT NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'columns need the relation that has them';
  END IF;
  IF relation IS NOT NULL THEN
    SELECT nullif(c.reltype, 0) INTO row_type FROM pg_class AS c WHERE c.oid = relation;
    IF row_type IS NULL THEN
      RAISE EXCEPTION USING
        ERRCODE = 'wrong_object_type',
        MESSAGE = format('%s has no rows to score', relation),
        HINT = 'Name a table or a view.';
    END IF;
    document := leadscore.bind_document(document, relation, coalesce(columns, '{}'));
  END IF;
  PERFORM leadscore.import_model(document, create_model.model);
  IF relation IS NULL THEN
    RETURN;
  END IF;

  -- What remains may still meet a column of an unexpected type.
  FOR problem IN
    SELECT DISTINCT ON (p.part = 'stage rule', p.part = 'target criterion', p.criterion) p.*
    FROM leadscore.validate_model(create_model.model, row_type) AS p
    WHERE p.severity = 'error' AND p.part <> 'model'
    ORDER BY p.part = 'stage rule', p.part = 'target criterion', p.criterion, p.part
  LOOP
    left_out := left_out || format('%s (%s)', coalesce(problem.criterion, problem.part), problem.message);
    CASE problem.part
    WHEN 'stage rule' THEN
      DELETE FROM leadscore.stage_rule AS r USING leadscore.stage AS g
      WHERE r.model = create_model.model AND g.model = r.model AND g.stage = r.stage
        AND (problem.criterion = format('%s.%s', r.stage, r.rule)
          OR (g.kind IN ('open', 'won') AND problem.criterion LIKE replace(r.stage, '_', '\_') || '.%'));
    WHEN 'target criterion' THEN
      DELETE FROM leadscore.target_criterion AS t WHERE t.model = create_model.model AND t.criterion = problem.criterion;
    WHEN 'status' THEN
      UPDATE leadscore.model AS m SET status = NULL WHERE m.model = create_model.model;
    ELSE
      DELETE FROM leadscore.criterion AS c WHERE c.model = create_model.model AND c.criterion = problem.criterion;
    END CASE;
  END LOOP;
  -- A contract that asks for nothing that the relation knows would call every lead a target lead.
  PERFORM FROM leadscore.document_expressions(leadscore.export_model(create_model.model)) AS e
  WHERE e.section = 'target_criteria' AND e.roles <> '{}';
  IF NOT FOUND THEN
    WITH idle AS (
      DELETE FROM leadscore.target_criterion AS t WHERE t.model = create_model.model RETURNING t.criterion, t.ord)
    SELECT left_out || array_agg(format('%s (without other criteria of a target lead)', i.criterion) ORDER BY i.ord)
    INTO left_out FROM idle AS i;
  END IF;
  FOR problem IN
    SELECT p.* FROM leadscore.validate_model(create_model.model, row_type) AS p WHERE p.severity = 'warning'
  LOOP
    RAISE NOTICE USING MESSAGE = problem.message, HINT = problem.hint;
  END LOOP;
  IF left_out <> '{}' THEN
    RAISE NOTICE USING
      MESSAGE = format('left out criteria that do not fit the columns of %s: %s', relation, array_to_string(left_out, ', '));
  END IF;
END
$$;
COMMENT ON FUNCTION leadscore.create_model(text, text, regclass, jsonb) IS
'Makes a model from a template: b2b, b2c or blank. With a relation, the roles in the template''s conditions become its columns, by name or as columns maps them ({"role": "column"}); criteria and rules whose column is missing or of another type are left out and told in a NOTICE. Raises 22004 for a NULL model or template, 42710 if the model exists, 22023 for an unknown template or role, 42703 for an unknown column, 42809 for what is no table or view.';

-- Scores kept in a table of the user.
CREATE FUNCTION leadscore.set_score() RETURNS trigger
LANGUAGE c VOLATILE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_set_score';
COMMENT ON FUNCTION leadscore.set_score() IS
'Trigger function, BEFORE INSERT OR UPDATE, FOR EACH ROW, with the arguments (model, score column [, grade column [, temperature column [, stage column [, target column]]]]), '''' for a column that is not wanted: fills the columns from the new row as of the transaction''s time. On UPDATE the earlier label is kept down to its band''s keep_from. Rules move no lead to a lower stage of the ladder than the one in its row: write another stage there, or NULL, to begin afresh. A lead that cannot be scored is written all the same, with NULLs (but its stage) and a WARNING. Raises 39P01 if it is not such a trigger, 42703 if a column to fill does not exist, 0A000 if the model reads a generated column.';

CREATE FUNCTION leadscore.set_score_triggers(relation regclass,
  OUT trigger name, OUT model text, OUT score_column name, OUT grade_column name, OUT temperature_column name,
  OUT stage_column name, OUT target_column name, OUT fires_on name)
RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 1
AS 'MODULE_PATHNAME', 'leadscore_set_score_triggers';
COMMENT ON FUNCTION leadscore.set_score_triggers(regclass) IS
'The enabled triggers of a table that call leadscore.set_score() on UPDATE: the model, the columns they fill (NULL: not filled) and a column whose UPDATE fires them. No rows for NULL. Raises 42P01 if there is no such relation.';

CREATE FUNCTION leadscore.needs_rescoring(model text, lead anyelement, score_column name, grade_column name, temperature_column name,
  stage_column name DEFAULT NULL, target_column name DEFAULT NULL) RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE COST 300
AS 'MODULE_PATHNAME', 'leadscore_needs_rescoring';
COMMENT ON FUNCTION leadscore.needs_rescoring(text, anyelement, name, name, name, name, name) IS
'Whether leadscore.set_score() would write something else into the columns of a stored lead than they hold, now. Columns that are NULL are not filled. NULL for a NULL model, lead or score column. Raises 42703 if the row has no such column, and errors as leadscore.score().';

-- Without a search_path of its own: the UPDATE fires the user's triggers, which must run under the user's. So every name
-- and operator is qualified.
CREATE FUNCTION leadscore.rescore_table(relation regclass) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
AS $$
DECLARE
  filled pg_catalog.record;
  rescored pg_catalog.int8 := 0;
  changed pg_catalog.int8;
  -- The rows of inheritance children fire no trigger of their parent; those of partitions do.
  target pg_catalog.text := CASE
    WHEN EXISTS (SELECT FROM pg_catalog.pg_class AS c
      WHERE c.oid OPERATOR(pg_catalog.=) relation AND c.relkind OPERATOR(pg_catalog.=) 'p') THEN ''
    ELSE 'ONLY ' END;
BEGIN
  FOR filled IN SELECT * FROM leadscore.set_score_triggers(relation) LOOP
    IF filled.fires_on IS NULL THEN
      RAISE EXCEPTION USING
        ERRCODE = 'object_not_in_prerequisite_state',
        MESSAGE = pg_catalog.format('trigger "%s" fires on generated columns alone', filled.trigger),
        HINT = 'Create it for UPDATE OF another column too.';
    END IF;
    -- Writing a column onto itself fires the trigger, which does the work.
    EXECUTE pg_catalog.format(
      'UPDATE %s%s AS l SET %I = l.%I WHERE leadscore.needs_rescoring(%L::pg_catalog.text, l.*, %L, %L, %L, %L, %L)',
      target, relation::pg_catalog.regclass, filled.fires_on, filled.fires_on, filled.model, filled.score_column,
      filled.grade_column, filled.temperature_column, filled.stage_column, filled.target_column);
    GET DIAGNOSTICS changed = ROW_COUNT;
    rescored := rescored OPERATOR(pg_catalog.+) changed;
  END LOOP;
  IF filled IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = pg_catalog.format('%s has no enabled trigger that calls leadscore.set_score() on UPDATE', relation);
  END IF;
  RETURN rescored;
END
$$;
COMMENT ON FUNCTION leadscore.rescore_table(regclass) IS
'Scores again, after a model has changed, the rows of a table whose columns are filled by leadscore.set_score(): rewrites those in which the trigger would write something else, in one UPDATE with the caller''s privileges, and returns how many. NULL for NULL. Raises 55000 if the table has no such trigger, and the error of a lead that cannot be scored.';
