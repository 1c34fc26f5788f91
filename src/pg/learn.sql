-- What history says: statistics of rates.
CREATE TYPE leadscore.confidence_interval AS (
  estimate double precision,
  lower double precision,
  upper double precision,
  confidence double precision
);
COMMENT ON TYPE leadscore.confidence_interval IS 'An estimate and how sure one may be of it, as leadscore.wilson() gives it';
COMMENT ON COLUMN leadscore.confidence_interval.estimate IS 'The estimate, for a rate between 0 and 1; NULL where there was nothing to estimate it from';
COMMENT ON COLUMN leadscore.confidence_interval.lower IS 'The lower end of the interval';
COMMENT ON COLUMN leadscore.confidence_interval.upper IS 'The upper end of the interval';
COMMENT ON COLUMN leadscore.confidence_interval.confidence IS 'How often such an interval holds the true value, between 0 and 1';

CREATE FUNCTION leadscore.wilson(successes bigint, trials bigint, confidence double precision DEFAULT 0.95) RETURNS leadscore.confidence_interval
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'leadscore_wilson';
COMMENT ON FUNCTION leadscore.wilson(bigint, bigint, double precision) IS
'The rate successes / trials with its Wilson score interval (without continuity correction), at a confidence of 95 % by default. Without a trial nothing is known: the estimate is NULL, the interval 0 to 1. NULL if an argument is. Raises 22023 for negative counts, more successes than trials, or a confidence that does not lie between 0 and 1.';

CREATE FUNCTION leadscore.is_unlikely(successes bigint, trials bigint, cut double precision, confidence double precision DEFAULT 0.95) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'leadscore_is_unlikely';
COMMENT ON FUNCTION leadscore.is_unlikely(bigint, bigint, double precision, double precision) IS
'Whether a rate is low enough to give up on what has it: true only if even the upper end of its Wilson interval lies below the cut, so never for want of data. NULL if an argument is, and for counts that cannot be (negative, more successes than trials), which are dirty data here. Raises 22023 for a cut or a confidence that does not lie between 0 and 1.';
