-- Rates side by side, and many tests at once.
CREATE TYPE leadscore.rate_comparison AS (
  rate_1 double precision,
  rate_2 double precision,
  difference double precision,
  lower double precision,
  upper double precision,
  confidence double precision,
  z double precision,
  p_value double precision,
  method text
);
COMMENT ON TYPE leadscore.rate_comparison IS 'Two rates side by side, as leadscore.rate_test() gives it';
COMMENT ON COLUMN leadscore.rate_comparison.rate_1 IS 'The first rate; NULL without trials';
COMMENT ON COLUMN leadscore.rate_comparison.rate_2 IS 'The second rate; NULL without trials';
COMMENT ON COLUMN leadscore.rate_comparison.difference IS 'rate_1 - rate_2';
COMMENT ON COLUMN leadscore.rate_comparison.lower IS 'The lower end of its Newcombe interval';
COMMENT ON COLUMN leadscore.rate_comparison.upper IS 'The upper end of its Newcombe interval';
COMMENT ON COLUMN leadscore.rate_comparison.confidence IS 'How often such an interval holds the true difference';
COMMENT ON COLUMN leadscore.rate_comparison.z IS 'The difference in standard errors, the variance pooled; NULL where the test is another';
COMMENT ON COLUMN leadscore.rate_comparison.p_value IS 'How probable a difference at least as unlikely, either way, is between equal rates; NULL without trials on either side';
COMMENT ON COLUMN leadscore.rate_comparison.method IS 'The test: z_test, or fisher_exact where fewer than 5 are expected in one of the four cells; NULL without trials on either side';

CREATE FUNCTION leadscore.newcombe(successes_1 bigint, trials_1 bigint, successes_2 bigint, trials_2 bigint, confidence double precision DEFAULT 0.95) RETURNS leadscore.confidence_interval
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'leadscore_newcombe';
COMMENT ON FUNCTION leadscore.newcombe(bigint, bigint, bigint, bigint, double precision) IS
'The difference of two rates, successes_1 / trials_1 - successes_2 / trials_2, with its Newcombe hybrid score interval (without continuity correction), at a confidence of 95 % by default. If either has no trial nothing is known: the estimate is NULL, the interval -1 to 1. NULL if an argument is. Raises 22023 for negative counts, more successes than trials, or a confidence that does not lie between 0 and 1.';

CREATE FUNCTION leadscore.rate_test(successes_1 bigint, trials_1 bigint, successes_2 bigint, trials_2 bigint) RETURNS leadscore.rate_comparison
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'leadscore_rate_test';
COMMENT ON FUNCTION leadscore.rate_test(bigint, bigint, bigint, bigint) IS
'Whether two rates differ: their difference with its Newcombe interval at 95 %, and the two-sided p value of the z test with pooled variance, or of Fisher''s exact test where fewer than 5 are expected in one of the four cells. NULL if an argument is. Raises 22023 for negative counts or more successes than trials, 54000 for more than 2^62 trials where Fisher''s test is due.';

CREATE FUNCTION leadscore.fisher_exact(a bigint, b bigint, c bigint, d bigint) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'leadscore_fisher_exact';
COMMENT ON FUNCTION leadscore.fisher_exact(bigint, bigint, bigint, bigint) IS
'The two-sided p value of Fisher''s exact test of the table a b / c d: how probable, given the sums of rows and columns, tables are that are no more probable than this one (within a relative 1e-7, as in R). NULL if an argument is. Raises 22023 for negative counts, 54000 for counts too large to go through: a standard deviation above 250000, which no table of fewer than 10^12 has, or a sum above 2^62.';

CREATE FUNCTION leadscore.benjamini_hochberg(p double precision[]) RETURNS double precision[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'leadscore_benjamini_hochberg';
COMMENT ON FUNCTION leadscore.benjamini_hochberg(double precision[]) IS
'The q values of p values, in their places: the least false discovery rate at which each test still counts as a discovery. NULL elements stay NULL and do not count as tests. NULL for NULL. Raises 22023 for a p value that does not lie between 0 and 1.';

CREATE FUNCTION leadscore.e_benjamini_hochberg(e double precision[]) RETURNS double precision[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'leadscore_e_benjamini_hochberg';
COMMENT ON FUNCTION leadscore.e_benjamini_hochberg(double precision[]) IS
'The levels of e-values such as those of leadscore.drop_e_value(), in their places: the least false discovery rate at which each test counts as a discovery, at most 1, which holds however the tests depend on each other. NULL elements stay NULL and do not count as tests. NULL for NULL. Raises 22023 for an e-value that is negative or NaN.';
