-- What scores have come to mean: aggregates that turn them into probabilities.
CREATE TYPE leadscore.isotonic_step AS (
  score_from double precision,
  probability double precision,
  leads bigint,
  customers bigint,
  rate double precision,
  rate_lower double precision,
  rate_upper double precision
);
COMMENT ON TYPE leadscore.isotonic_step IS 'Leads of neighbouring scores that leadscore.isotonic() takes together';
COMMENT ON COLUMN leadscore.isotonic_step.score_from IS 'The lowest score among them; -Infinity in the first step';
COMMENT ON COLUMN leadscore.isotonic_step.probability IS 'The probability of becoming a customer: the rate with one lead of the common rate added, so that it is neither 0 nor 1';
COMMENT ON COLUMN leadscore.isotonic_step.leads IS 'How many leads they are';
COMMENT ON COLUMN leadscore.isotonic_step.customers IS 'How many of them became customers';
COMMENT ON COLUMN leadscore.isotonic_step.rate IS 'customers / leads';
COMMENT ON COLUMN leadscore.isotonic_step.rate_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.isotonic_step.rate_upper IS 'The upper end of its Wilson interval at 95 %';

CREATE TYPE leadscore.platt_curve AS (
  intercept double precision,
  slope double precision
);
COMMENT ON TYPE leadscore.platt_curve IS 'The probability 1 / (1 + exp(-(intercept + slope * score))), as leadscore.platt() fits it';
COMMENT ON COLUMN leadscore.platt_curve.intercept IS 'The log-odds of a score of 0';
COMMENT ON COLUMN leadscore.platt_curve.slope IS 'What a unit of the score adds to the log-odds; 0 where all scores are equal';

CREATE FUNCTION leadscore.isotonic_final(state internal) RETURNS leadscore.isotonic_step[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_isotonic_final';
COMMENT ON FUNCTION leadscore.isotonic_final(internal) IS 'Part of the aggregate isotonic(): its result';

CREATE FUNCTION leadscore.platt_final(state internal) RETURNS leadscore.platt_curve
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_platt_final';
COMMENT ON FUNCTION leadscore.platt_final(internal) IS 'Part of the aggregate platt(): its result';

CREATE AGGREGATE leadscore.isotonic(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.isotonic_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.isotonic(double precision, boolean) IS
'Isotonic regression: the probabilities that never fall with the score and fit the outcomes best, by pooling adjacent violators (Ayer, Brunk, Ewing, Reid, Silverman, 1955), as an array of steps to unnest. Not advised for far fewer than 1000 leads. Rows with a NULL are ignored; NaN is the highest score. NULL unless there are both customers and others. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.platt(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.platt_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.platt(double precision, boolean) IS
'The logistic curve that fits the outcomes best by score (Platt, 1999, with his cautious targets; Lin, Lin, Weng, 2007). Rows with a NULL are ignored, and so are infinite scores and NaN. NULL unless there are both customers and others. Raises 54000 for more than 100000000 rows in a group.';
