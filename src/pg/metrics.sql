-- How good scores and probabilities are, by what became of the leads: aggregates over (score, outcome). They keep the score
-- of every lead, 8 bytes each, and sort at the end, so that ties are exact and neither the order of rows nor the number of
-- workers changes the last bit.
CREATE TYPE leadscore.gain AS (
  bucket integer,
  highest_score double precision,
  lowest_score double precision,
  leads bigint,
  customers bigint,
  rate double precision,
  rate_lower double precision,
  rate_upper double precision,
  lift double precision,
  cumulative_leads bigint,
  cumulative_customers bigint,
  capture double precision,
  ks double precision
);
COMMENT ON TYPE leadscore.gain IS 'A row of a gains table, as leadscore.gains() gives it';
COMMENT ON COLUMN leadscore.gain.bucket IS 'From 1, which holds the highest scores';
COMMENT ON COLUMN leadscore.gain.highest_score IS 'The highest score in the bucket';
COMMENT ON COLUMN leadscore.gain.lowest_score IS 'The lowest score in the bucket';
COMMENT ON COLUMN leadscore.gain.leads IS 'How many leads it holds';
COMMENT ON COLUMN leadscore.gain.customers IS 'How many of them became customers';
COMMENT ON COLUMN leadscore.gain.rate IS 'customers / leads';
COMMENT ON COLUMN leadscore.gain.rate_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.gain.rate_upper IS 'The upper end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.gain.lift IS 'The rate over that of all leads: how much better than chance the bucket is; NULL without customers';
COMMENT ON COLUMN leadscore.gain.cumulative_leads IS 'The leads of this bucket and those above';
COMMENT ON COLUMN leadscore.gain.cumulative_customers IS 'The customers of this bucket and those above';
COMMENT ON COLUMN leadscore.gain.capture IS 'The part of all customers that is in this bucket and those above, between 0 and 1; NULL without customers';
COMMENT ON COLUMN leadscore.gain.ks IS 'capture less the same part of those who did not become customers; NULL without customers or without others';

CREATE TYPE leadscore.reliability_bucket AS (
  bucket integer,
  p_from double precision,
  p_to double precision,
  leads bigint,
  customers bigint,
  mean_p double precision,
  rate double precision,
  rate_lower double precision,
  rate_upper double precision
);
COMMENT ON TYPE leadscore.reliability_bucket IS 'A row of a reliability table, as leadscore.reliability() gives it';
COMMENT ON COLUMN leadscore.reliability_bucket.bucket IS 'From 1, which holds the lowest probabilities';
COMMENT ON COLUMN leadscore.reliability_bucket.p_from IS 'The lower end of the bucket, which belongs to it';
COMMENT ON COLUMN leadscore.reliability_bucket.p_to IS 'The upper end of the bucket, which belongs to the next one, but 1 to the last';
COMMENT ON COLUMN leadscore.reliability_bucket.leads IS 'How many leads it holds';
COMMENT ON COLUMN leadscore.reliability_bucket.customers IS 'How many of them became customers';
COMMENT ON COLUMN leadscore.reliability_bucket.mean_p IS 'The mean of their probabilities: the rate that was promised';
COMMENT ON COLUMN leadscore.reliability_bucket.rate IS 'customers / leads: the rate that came';
COMMENT ON COLUMN leadscore.reliability_bucket.rate_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.reliability_bucket.rate_upper IS 'The upper end of its Wilson interval at 95 %';

CREATE TYPE leadscore.brier_parts AS (
  brier double precision,
  reliability double precision,
  resolution double precision,
  uncertainty double precision,
  within_buckets double precision
);
COMMENT ON TYPE leadscore.brier_parts IS 'brier = reliability - resolution + uncertainty + within_buckets, as leadscore.brier_decomposition() gives it';
COMMENT ON COLUMN leadscore.brier_parts.brier IS 'The Brier score, as leadscore.brier() gives it';
COMMENT ON COLUMN leadscore.brier_parts.reliability IS 'How far probabilities are from the rates that came: 0 is best';
COMMENT ON COLUMN leadscore.brier_parts.resolution IS 'How far the rates of the buckets are from the rate of all: the more the better';
COMMENT ON COLUMN leadscore.brier_parts.uncertainty IS 'The Brier score of giving every lead the rate of all';
COMMENT ON COLUMN leadscore.brier_parts.within_buckets IS 'What comes from probabilities that differ within a bucket; 0 without a number of buckets';

CREATE TYPE leadscore.auc_comparison AS (
  auc_a double precision,
  auc_b double precision,
  difference double precision,
  lower double precision,
  upper double precision,
  confidence double precision,
  z double precision,
  p_value double precision
);
COMMENT ON TYPE leadscore.auc_comparison IS 'Two scores of the same leads side by side, as leadscore.auc_difference() gives it';
COMMENT ON COLUMN leadscore.auc_comparison.auc_a IS 'The AUC of the first score';
COMMENT ON COLUMN leadscore.auc_comparison.auc_b IS 'The AUC of the second score';
COMMENT ON COLUMN leadscore.auc_comparison.difference IS 'auc_a - auc_b';
COMMENT ON COLUMN leadscore.auc_comparison.lower IS 'The lower end of the interval of the difference';
COMMENT ON COLUMN leadscore.auc_comparison.upper IS 'The upper end of the interval of the difference';
COMMENT ON COLUMN leadscore.auc_comparison.confidence IS 'How often such an interval holds the true difference, between 0 and 1';
COMMENT ON COLUMN leadscore.auc_comparison.z IS 'The difference in standard errors of it; infinite if only the latter is 0, NULL with fewer than two customers or two others';
COMMENT ON COLUMN leadscore.auc_comparison.p_value IS 'How probable a difference at least as great, either way, is between scores that are equally good; NULL as z is';

CREATE FUNCTION leadscore.metric_transition(state internal, score double precision, outcome boolean) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_transition';
COMMENT ON FUNCTION leadscore.metric_transition(internal, double precision, boolean) IS 'Part of the aggregates over scores';

CREATE FUNCTION leadscore.metric_confidence_transition(state internal, score double precision, outcome boolean, confidence double precision) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_confidence_transition';
COMMENT ON FUNCTION leadscore.metric_confidence_transition(internal, double precision, boolean, double precision) IS 'Part of the aggregate auc_interval()';

CREATE FUNCTION leadscore.metric_buckets_transition(state internal, score double precision, outcome boolean, buckets integer) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_buckets_transition';
COMMENT ON FUNCTION leadscore.metric_buckets_transition(internal, double precision, boolean, integer) IS 'Part of the aggregates gains() and psi()';

CREATE FUNCTION leadscore.metric_probability_transition(state internal, p double precision, outcome boolean) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_probability_transition';
COMMENT ON FUNCTION leadscore.metric_probability_transition(internal, double precision, boolean) IS 'Part of the aggregates over probabilities';

CREATE FUNCTION leadscore.metric_probability_buckets_transition(state internal, p double precision, outcome boolean, buckets integer) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_probability_buckets_transition';
COMMENT ON FUNCTION leadscore.metric_probability_buckets_transition(internal, double precision, boolean, integer) IS 'Part of the aggregates over probabilities in buckets';

CREATE FUNCTION leadscore.metric_merge_transition(state internal, part bytea) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_merge_transition';
COMMENT ON FUNCTION leadscore.metric_merge_transition(internal, bytea) IS 'Part of the aggregates that join what auc_partial() made';

CREATE FUNCTION leadscore.metric_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_combine';
COMMENT ON FUNCTION leadscore.metric_combine(internal, internal) IS 'Part of the aggregates over scores and probabilities: joins what two processes have collected';

CREATE FUNCTION leadscore.metric_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_serialize';
COMMENT ON FUNCTION leadscore.metric_serialize(internal) IS 'Part of the aggregates over scores and probabilities: the state as bytes';

CREATE FUNCTION leadscore.metric_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_deserialize';
COMMENT ON FUNCTION leadscore.metric_deserialize(bytea, internal) IS 'Part of the aggregates over scores and probabilities: the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.auc_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_final';
COMMENT ON FUNCTION leadscore.auc_final(internal) IS 'Part of the aggregates auc() and auc_merge(): their result';

CREATE FUNCTION leadscore.auc_standard_error_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_standard_error_final';
COMMENT ON FUNCTION leadscore.auc_standard_error_final(internal) IS 'Part of the aggregate auc_standard_error(): its result';

CREATE FUNCTION leadscore.auc_interval_final(state internal) RETURNS leadscore.confidence_interval
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_interval_final';
COMMENT ON FUNCTION leadscore.auc_interval_final(internal) IS 'Part of the aggregate auc_interval(): its result';

CREATE FUNCTION leadscore.gini_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_gini_final';
COMMENT ON FUNCTION leadscore.gini_final(internal) IS 'Part of the aggregates gini() and gini_merge(): their result';

CREATE FUNCTION leadscore.ks_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_ks_final';
COMMENT ON FUNCTION leadscore.ks_final(internal) IS 'Part of the aggregates ks() and ks_merge(): their result';

CREATE FUNCTION leadscore.average_precision_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_average_precision_final';
COMMENT ON FUNCTION leadscore.average_precision_final(internal) IS 'Part of the aggregates average_precision() and average_precision_merge(): their result';

CREATE FUNCTION leadscore.gains_final(state internal) RETURNS leadscore.gain[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_gains_final';
COMMENT ON FUNCTION leadscore.gains_final(internal) IS 'Part of the aggregate gains(): its result';

CREATE FUNCTION leadscore.psi_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_psi_final';
COMMENT ON FUNCTION leadscore.psi_final(internal) IS 'Part of the aggregate psi(): its result';

CREATE FUNCTION leadscore.brier_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_brier_final';
COMMENT ON FUNCTION leadscore.brier_final(internal) IS 'Part of the aggregate brier(): its result';

CREATE FUNCTION leadscore.brier_decomposition_final(state internal) RETURNS leadscore.brier_parts
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_brier_decomposition_final';
COMMENT ON FUNCTION leadscore.brier_decomposition_final(internal) IS 'Part of the aggregate brier_decomposition(): its result';

CREATE FUNCTION leadscore.log_loss_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_log_loss_final';
COMMENT ON FUNCTION leadscore.log_loss_final(internal) IS 'Part of the aggregate log_loss(): its result';

CREATE FUNCTION leadscore.reliability_final(state internal) RETURNS leadscore.reliability_bucket[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_reliability_final';
COMMENT ON FUNCTION leadscore.reliability_final(internal) IS 'Part of the aggregate reliability(): its result';

CREATE FUNCTION leadscore.expected_calibration_error_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_expected_calibration_error_final';
COMMENT ON FUNCTION leadscore.expected_calibration_error_final(internal) IS 'Part of the aggregate expected_calibration_error(): its result';

CREATE AGGREGATE leadscore.auc(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.auc_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.auc(double precision, boolean) IS
'The area under the ROC curve: the probability that a customer (outcome true) scores higher than one who did not become one, where equal scores count half. 0.5 is chance, 1 a perfect order. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL unless there are both customers and others. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.auc_standard_error(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.auc_standard_error_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.auc_standard_error(double precision, boolean) IS
'The standard error of auc(), by DeLong. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL unless there are at least two customers and two others. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.auc_interval(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.auc_interval_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.auc_interval(double precision, boolean) IS
'auc() with its interval by DeLong at a confidence of 95 %. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL unless there are both customers and others. With only one customer or one other the spread is unknown, and the interval is 0 to 1. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.auc_interval(score double precision, outcome boolean, confidence double precision) (
  SFUNC = leadscore.metric_confidence_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.auc_interval_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.auc_interval(double precision, boolean, double precision) IS
'auc() with its interval by DeLong at the given confidence. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL unless there are both customers and others. With only one customer or one other the spread is unknown, and the interval is 0 to 1. Raises 22023 for a confidence that does not lie between 0 and 1 or differs within a group. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.gini(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.gini_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.gini(double precision, boolean) IS
'The Gini coefficient of a score, 2 auc() - 1: 0 is chance, 1 a perfect order. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL unless there are both customers and others. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.ks(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.ks_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.ks(double precision, boolean) IS
'The Kolmogorov-Smirnov statistic of a score: the greatest distance, at any score, between the part of customers and the part of others up to it; between 0 and 1. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL unless there are both customers and others. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.average_precision(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.average_precision_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.average_precision(double precision, boolean) IS
'The mean, over the customers, of the rate among the leads that score at least as high: what matters where customers are rare. Chance gives about the rate of all. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL unless there are both customers and others. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.gains(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.gains_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.gains(double precision, boolean) IS
'A gains table: the leads cut, from the highest score down, into buckets of equal size, as an array of rows to unnest. Leads of one score stay together, in the bucket in which the first of them falls; a bucket that gets none has no row. Ten buckets. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL without rows. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.gains(score double precision, outcome boolean, buckets integer) (
  SFUNC = leadscore.metric_buckets_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.gains_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.gains(double precision, boolean, integer) IS
'A gains table: the leads cut, from the highest score down, into buckets of equal size, as an array of rows to unnest. Leads of one score stay together, in the bucket in which the first of them falls; a bucket that gets none has no row. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL without rows. Raises 22023 for a number of buckets that does not lie between 1 and 1000 or differs within a group. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.psi(value double precision, is_recent boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.psi_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.psi(double precision, boolean) IS
'The population stability index of recent values against the others, the baseline: the sum over buckets of (r - b) ln(r / b), r and b being the parts of either in the bucket. The buckets are of equal size in the baseline, equal values stay together, and where nothing recent lies half a value is taken to. By custom up to 0.1 is stable, from 0.25 on another population. Rows with a NULL are ignored; NaN is the highest value. NULL unless there are both recent and baseline values. Ten buckets. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.psi(value double precision, is_recent boolean, buckets integer) (
  SFUNC = leadscore.metric_buckets_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.psi_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.psi(double precision, boolean, integer) IS
'The population stability index of recent values against the others, the baseline: the sum over buckets of (r - b) ln(r / b), r and b being the parts of either in the bucket. The buckets are of equal size in the baseline, equal values stay together, and where nothing recent lies half a value is taken to. By custom up to 0.1 is stable, from 0.25 on another population. Rows with a NULL are ignored; NaN is the highest value. NULL unless there are both recent and baseline values. Raises 22023 for a number of buckets that does not lie between 1 and 1000 or differs within a group. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.brier(p double precision, outcome boolean) (
  SFUNC = leadscore.metric_probability_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.brier_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.brier(double precision, boolean) IS
'The Brier score of probabilities: the mean of (p - y)^2, y being 1 for a customer and 0 for another. 0 is best. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.brier_decomposition(p double precision, outcome boolean) (
  SFUNC = leadscore.metric_probability_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.brier_decomposition_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.brier_decomposition(double precision, boolean) IS
'The Brier score as reliability - resolution + uncertainty (Murphy), each probability being a bucket of its own: for probabilities that many leads share. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.brier_decomposition(p double precision, outcome boolean, buckets integer) (
  SFUNC = leadscore.metric_probability_buckets_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.brier_decomposition_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.brier_decomposition(double precision, boolean, integer) IS
'The Brier score as reliability - resolution + uncertainty + within_buckets (Murphy, Stephenson), over buckets of equal width. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, for a number of buckets that does not lie between 1 and 1000 or differs within a group, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.log_loss(p double precision, outcome boolean) (
  SFUNC = leadscore.metric_probability_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.log_loss_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.log_loss(double precision, boolean) IS
'The mean of -ln of the probability that was given to what happened. 0 is best; Infinity if something happened that was given none. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.reliability(p double precision, outcome boolean) (
  SFUNC = leadscore.metric_probability_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.reliability_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.reliability(double precision, boolean) IS
'What probabilities promised and what came, in buckets of equal width, as an array of rows to unnest. A bucket without leads has no row. Ten buckets. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.reliability(p double precision, outcome boolean, buckets integer) (
  SFUNC = leadscore.metric_probability_buckets_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.reliability_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.reliability(double precision, boolean, integer) IS
'What probabilities promised and what came, in buckets of equal width, as an array of rows to unnest. A bucket without leads has no row. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, for a number of buckets that does not lie between 1 and 1000 or differs within a group, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.expected_calibration_error(p double precision, outcome boolean) (
  SFUNC = leadscore.metric_probability_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.expected_calibration_error_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.expected_calibration_error(double precision, boolean) IS
'The expected calibration error: the mean distance, over the leads, between the mean probability and the rate of their bucket. 0 is best. Ten buckets of equal width. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.expected_calibration_error(p double precision, outcome boolean, buckets integer) (
  SFUNC = leadscore.metric_probability_buckets_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.expected_calibration_error_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.expected_calibration_error(double precision, boolean, integer) IS
'The expected calibration error: the mean distance, over the leads, between the mean probability and the rate of their bucket. 0 is best. Buckets are of equal width. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, for a number of buckets that does not lie between 1 and 1000 or differs within a group, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.auc_partial(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.metric_serialize,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.auc_partial(double precision, boolean) IS
'A part of auc(), ks(), gini() or average_precision(), to be joined by auc_merge() and its like: for the rows of one partition or server. 8 bytes a row. Rows with a NULL are ignored; NULL without others. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.auc_merge(part bytea) (
  SFUNC = leadscore.metric_merge_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.auc_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.auc_merge(bytea) IS
'The auc() of all rows whose parts auc_partial() made: the very same number. NULL parts are ignored; NULL unless there are both customers and others. Raises 22P03 for bytes that are no part, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.ks_merge(part bytea) (
  SFUNC = leadscore.metric_merge_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.ks_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.ks_merge(bytea) IS
'The ks() of all rows whose parts auc_partial() made: the very same number. NULL parts are ignored; NULL unless there are both customers and others. Raises 22P03 for bytes that are no part, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.gini_merge(part bytea) (
  SFUNC = leadscore.metric_merge_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.gini_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.gini_merge(bytea) IS
'The gini() of all rows whose parts auc_partial() made: the very same number. NULL parts are ignored; NULL unless there are both customers and others. Raises 22P03 for bytes that are no part, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.average_precision_merge(part bytea) (
  SFUNC = leadscore.metric_merge_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.average_precision_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.average_precision_merge(bytea) IS
'The average_precision() of all rows whose parts auc_partial() made: the very same number. NULL parts are ignored; NULL unless there are both customers and others. Raises 22P03 for bytes that are no part, 54000 for more than 100000000 rows in a group.';

CREATE FUNCTION leadscore.auc_difference_transition(state internal, score_a double precision, score_b double precision, outcome boolean) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_difference_transition';
COMMENT ON FUNCTION leadscore.auc_difference_transition(internal, double precision, double precision, boolean) IS 'Part of the aggregate auc_difference()';

CREATE FUNCTION leadscore.auc_difference_transition(state internal, score_a double precision, score_b double precision, outcome boolean, confidence double precision) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_difference_transition';
COMMENT ON FUNCTION leadscore.auc_difference_transition(internal, double precision, double precision, boolean, double precision) IS 'Part of the aggregate auc_difference()';

CREATE FUNCTION leadscore.auc_difference_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_difference_combine';
COMMENT ON FUNCTION leadscore.auc_difference_combine(internal, internal) IS 'Part of the aggregate auc_difference(): joins what two processes have collected';

CREATE FUNCTION leadscore.auc_difference_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_difference_serialize';
COMMENT ON FUNCTION leadscore.auc_difference_serialize(internal) IS 'Part of the aggregate auc_difference(): the state as bytes';

CREATE FUNCTION leadscore.auc_difference_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_difference_deserialize';
COMMENT ON FUNCTION leadscore.auc_difference_deserialize(bytea, internal) IS 'Part of the aggregate auc_difference(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.auc_difference_final(state internal) RETURNS leadscore.auc_comparison
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_difference_final';
COMMENT ON FUNCTION leadscore.auc_difference_final(internal) IS 'Part of the aggregate auc_difference(): its result';

CREATE AGGREGATE leadscore.auc_difference(score_a double precision, score_b double precision, outcome boolean) (
  SFUNC = leadscore.auc_difference_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.auc_difference_final,
  FINALFUNC_MODIFY = READ_WRITE,
  COMBINEFUNC = leadscore.auc_difference_combine,
  SERIALFUNC = leadscore.auc_difference_serialize,
  DESERIALFUNC = leadscore.auc_difference_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.auc_difference(double precision, double precision, boolean) IS
'Which of two scores ranks the same leads better: the difference of their auc(), its interval and the test of no difference, by DeLong for paired scores. At a confidence of 95 %. Rows with a NULL are ignored, so both scores are judged on the leads that have both; NaN is the highest score. NULL unless there are both customers and others; with only one of either the spread is unknown: the interval is -1 to 1, z and p_value are NULL. Not for use as a window function. Raises 54000 for more than 50000000 rows in a group.';

CREATE AGGREGATE leadscore.auc_difference(score_a double precision, score_b double precision, outcome boolean, confidence double precision) (
  SFUNC = leadscore.auc_difference_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.auc_difference_final,
  FINALFUNC_MODIFY = READ_WRITE,
  COMBINEFUNC = leadscore.auc_difference_combine,
  SERIALFUNC = leadscore.auc_difference_serialize,
  DESERIALFUNC = leadscore.auc_difference_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.auc_difference(double precision, double precision, boolean, double precision) IS
'Which of two scores ranks the same leads better: the difference of their auc(), its interval and the test of no difference, by DeLong for paired scores. Rows with a NULL are ignored, so both scores are judged on the leads that have both; NaN is the highest score. NULL unless there are both customers and others; with only one of either the spread is unknown: the interval is -1 to 1, z and p_value are NULL. Not for use as a window function. Raises 22023 for a confidence that does not lie between 0 and 1 or differs within a group, 54000 for more than 50000000 rows in a group.';
