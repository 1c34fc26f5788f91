-- Two leads: are they one person, and why.

CREATE TYPE leadscore.match_explanation AS (
  line integer,
  comparison text,
  test text,
  "limit" double precision,
  m double precision,
  u double precision,
  weight double precision,
  total double precision
);
COMMENT ON TYPE leadscore.match_explanation IS 'A line of leadscore.explain_match()';
COMMENT ON COLUMN leadscore.match_explanation.line IS 'Number of the line, from 1';
COMMENT ON COLUMN leadscore.match_explanation.comparison IS 'prior, or what was compared';
COMMENT ON COLUMN leadscore.match_explanation.test IS 'The test that held; frequency: how rare or frequent the shared value is; unknown: one of the leads lacks the value, or it says nothing that another comparison has not said';
COMMENT ON COLUMN leadscore.match_explanation."limit" IS 'The limit of the test; NULL where it has none';
COMMENT ON COLUMN leadscore.match_explanation.m IS 'The probability of this agreement if both leads are one person; NULL where it is not a level';
COMMENT ON COLUMN leadscore.match_explanation.u IS 'The probability of it if they are two; NULL where it is not a level';
COMMENT ON COLUMN leadscore.match_explanation.weight IS 'What the line says, in bits: log2(m / u), or the log2 of the odds of the prior';
COMMENT ON COLUMN leadscore.match_explanation.total IS 'Sum of the weights up to this line; the last is leadscore.match_weight()';

CREATE FUNCTION leadscore.match_weight(rule text, a anyelement, b anyelement, columns jsonb DEFAULT NULL) RETURNS double precision
LANGUAGE c STABLE PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'leadscore_match_weight';
COMMENT ON FUNCTION leadscore.match_weight(text, anyelement, anyelement, jsonb) IS
'The log2 of the odds that two leads, rows of one type, are one person by a match rule (Fellegi and Sunter, 1969): the prior and, for each comparison, log2(m / u) of the level at which they agree. columns maps roles (first_name, last_name, full_name, patronymic, email, phone, company, address, city, postcode, birth_date, national_id, created_at) to columns, by default by name. NULL if the rule or a lead is. Raises 42704 if the rule does not exist, 42804 if the leads are no rows, 22023 for an unknown role, 42703 for an unknown column.';

CREATE FUNCTION leadscore.match_weight(document jsonb, a anyelement, b anyelement, columns jsonb DEFAULT NULL) RETURNS double precision
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'leadscore_match_weight_document';
COMMENT ON FUNCTION leadscore.match_weight(jsonb, anyelement, anyelement, jsonb) IS
'leadscore.match_weight() by a rule given as a value, in the form of leadscore.export_match_rule(). Reads no table. Raises 22023 if the document is no match rule.';

CREATE FUNCTION leadscore.match_probability(rule text, a anyelement, b anyelement, columns jsonb DEFAULT NULL) RETURNS double precision
LANGUAGE c STABLE PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'leadscore_match_probability';
COMMENT ON FUNCTION leadscore.match_probability(text, anyelement, anyelement, jsonb) IS
'The probability, 0 to 1, that two leads are one person: 2^w / (1 + 2^w) for the weight w of leadscore.match_weight(), whose arguments, NULLs and errors it shares.';

CREATE FUNCTION leadscore.match_probability(document jsonb, a anyelement, b anyelement, columns jsonb DEFAULT NULL) RETURNS double precision
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'leadscore_match_probability_document';
COMMENT ON FUNCTION leadscore.match_probability(jsonb, anyelement, anyelement, jsonb) IS
'leadscore.match_probability() by a rule given as a value, in the form of leadscore.export_match_rule(). Raises 22023 if the document is no match rule.';

CREATE FUNCTION leadscore.explain_match(rule text, a anyelement, b anyelement, columns jsonb DEFAULT NULL) RETURNS SETOF leadscore.match_explanation
LANGUAGE c STABLE PARALLEL SAFE COST 500 ROWS 12
AS 'MODULE_PATHNAME', 'leadscore_explain_match';
COMMENT ON FUNCTION leadscore.explain_match(text, anyelement, anyelement, jsonb) IS
'Why two leads match or do not: the prior, each comparison that the relation has columns for, and what the frequencies of shared values add. The weights sum to leadscore.match_weight(), whose arguments and errors it shares. No rows if the rule or a lead is NULL.';

CREATE FUNCTION leadscore.explain_match(document jsonb, a anyelement, b anyelement, columns jsonb DEFAULT NULL) RETURNS SETOF leadscore.match_explanation
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 500 ROWS 12
AS 'MODULE_PATHNAME', 'leadscore_explain_match_document';
COMMENT ON FUNCTION leadscore.explain_match(jsonb, anyelement, anyelement, jsonb) IS
'leadscore.explain_match() by a rule given as a value, in the form of leadscore.export_match_rule(). Raises 22023 if the document is no match rule.';

CREATE FUNCTION leadscore.blocking_keys(rule text, lead anyelement, columns jsonb DEFAULT NULL) RETURNS bigint[]
LANGUAGE c STABLE PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'leadscore_blocking_keys';
COMMENT ON FUNCTION leadscore.blocking_keys(text, anyelement, jsonb) IS
'The blocking keys of a lead, a row, by a match rule: hashes, one for each key of the rule that the lead has all parts of, in ascending order. Two leads that share none are not compared. For joins, indexes and sharding; who can guess a value can check it against its hash, so do not store them where personal data must not be. columns as in leadscore.match_weight(), whose errors it shares. NULL if the rule or the lead is; an empty array for a lead without keys.';

CREATE FUNCTION leadscore.blocking_keys(document jsonb, lead anyelement, columns jsonb DEFAULT NULL) RETURNS bigint[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'leadscore_blocking_keys_document';
COMMENT ON FUNCTION leadscore.blocking_keys(jsonb, anyelement, jsonb) IS
'leadscore.blocking_keys() by a rule given as a value, in the form of leadscore.export_match_rule(), for indexes: it reads no table. Raises 22023 if the document is no match rule.';
