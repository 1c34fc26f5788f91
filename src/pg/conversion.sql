-- Has a conversion dropped, beyond chance, and is it the mix of leads or the rate at which they convert.
CREATE TYPE leadscore.conversion_drop AS (
  baseline_rate double precision,
  current_rate double precision,
  difference double precision,
  lower double precision,
  upper double precision,
  confidence double precision,
  z double precision,
  p_value double precision,
  mid_p_value double precision,
  method text,
  smallest_detectable_drop double precision,
  verdict text
);
COMMENT ON TYPE leadscore.conversion_drop IS 'A conversion beside its baseline, as leadscore.conversion_drop() gives it';
COMMENT ON COLUMN leadscore.conversion_drop.baseline_rate IS 'baseline_successes / baseline_trials, between 0 and 1; NULL without trials';
COMMENT ON COLUMN leadscore.conversion_drop.current_rate IS 'current_successes / current_trials, between 0 and 1; NULL without trials';
COMMENT ON COLUMN leadscore.conversion_drop.difference IS 'current_rate - baseline_rate: negative where the conversion is lower now';
COMMENT ON COLUMN leadscore.conversion_drop.lower IS 'The lower end of the Newcombe interval of the difference';
COMMENT ON COLUMN leadscore.conversion_drop.upper IS 'The upper end of the Newcombe interval of the difference';
COMMENT ON COLUMN leadscore.conversion_drop.confidence IS 'How often such an interval holds the true difference; 1 - confidence is the level of the verdict';
COMMENT ON COLUMN leadscore.conversion_drop.z IS 'The difference in standard errors, the variance pooled; NULL where the test is another';
COMMENT ON COLUMN leadscore.conversion_drop.p_value IS 'One-sided: how probable so low a current rate, or a lower one, is if nothing has changed. Near 1 for a rise; NULL without trials on either side';
COMMENT ON COLUMN leadscore.conversion_drop.mid_p_value IS 'The same with half the weight on what was observed, as Fisher''s exact test is too careful; NULL where the test is another';
COMMENT ON COLUMN leadscore.conversion_drop.method IS 'The test: z_test, or fisher_exact where fewer than 5 are expected in one of the four cells; NULL without trials on either side';
COMMENT ON COLUMN leadscore.conversion_drop.smallest_detectable_drop IS 'The smallest drop, as a positive difference of rates, that so many leads show with a probability of 0.8. Not below baseline_rate: no drop could have been seen. NULL without trials on either side';
COMMENT ON COLUMN leadscore.conversion_drop.verdict IS 'drop or rise where so low, or so high, a current rate has a probability of 1 - confidence or less if nothing has changed; otherwise too_little_data without trials on either side or where smallest_detectable_drop is not below baseline_rate; otherwise same';

CREATE TYPE leadscore.mix_or_rate AS (
  segments bigint,
  baseline_successes bigint,
  baseline_trials bigint,
  current_successes bigint,
  current_trials bigint,
  baseline_rate double precision,
  current_rate double precision,
  change double precision,
  mix_change double precision,
  rate_change double precision,
  z double precision,
  p_value double precision,
  cmh_z double precision,
  cmh_p_value double precision,
  verdict text
);
COMMENT ON TYPE leadscore.mix_or_rate IS 'A change of a conversion in two parts, as leadscore.mix_or_rate() gives it';
COMMENT ON COLUMN leadscore.mix_or_rate.segments IS 'How many segments have trials, on either side';
COMMENT ON COLUMN leadscore.mix_or_rate.baseline_successes IS 'The successes of all segments in the baseline';
COMMENT ON COLUMN leadscore.mix_or_rate.baseline_trials IS 'The trials of all segments in the baseline';
COMMENT ON COLUMN leadscore.mix_or_rate.current_successes IS 'The successes of all segments now';
COMMENT ON COLUMN leadscore.mix_or_rate.current_trials IS 'The trials of all segments now';
COMMENT ON COLUMN leadscore.mix_or_rate.baseline_rate IS 'baseline_successes / baseline_trials, between 0 and 1; NULL without trials';
COMMENT ON COLUMN leadscore.mix_or_rate.current_rate IS 'current_successes / current_trials, between 0 and 1; NULL without trials';
COMMENT ON COLUMN leadscore.mix_or_rate.change IS 'current_rate - baseline_rate = mix_change + rate_change; NULL without trials on either side';
COMMENT ON COLUMN leadscore.mix_or_rate.mix_change IS 'What the shares of the segments make of it: the sum of (w1 - w0) (r1 + r0) / 2 for shares w and rates r; NULL without trials on either side';
COMMENT ON COLUMN leadscore.mix_or_rate.rate_change IS 'What the rates within the segments make of it: the sum of (r1 - r0) (w1 + w0) / 2; NULL without trials on either side';
COMMENT ON COLUMN leadscore.mix_or_rate.z IS 'The change in standard errors, the variance pooled, as if there were no segments; NULL where rate_test() takes another test';
COMMENT ON COLUMN leadscore.mix_or_rate.p_value IS 'The two-sided p value of the change as if there were no segments, as rate_test() gives it; NULL without trials on either side';
COMMENT ON COLUMN leadscore.mix_or_rate.cmh_z IS 'Has the rate changed within segments: Cochran-Mantel-Haenszel without continuity correction, negative for lower rates now; NULL where no segment has successes, failures and trials on both sides';
COMMENT ON COLUMN leadscore.mix_or_rate.cmh_p_value IS 'Its two-sided p value; NULL where cmh_z is';
COMMENT ON COLUMN leadscore.mix_or_rate.verdict IS 'neither where p_value and cmh_p_value are both 0.05 or more (or NULL). Otherwise rate or mix, where that part is at least twice as large as the other, and both where none is; both instead of mix where cmh_p_value is below 0.05. NULL without trials on either side';

CREATE FUNCTION leadscore.conversion_drop(baseline_successes bigint, baseline_trials bigint, current_successes bigint, current_trials bigint, confidence double precision DEFAULT 0.95) RETURNS leadscore.conversion_drop
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'leadscore_conversion_drop';
COMMENT ON FUNCTION leadscore.conversion_drop(bigint, bigint, bigint, bigint, double precision) IS
'Has a conversion dropped beyond chance: both rates, their difference with its Newcombe interval, the one-sided p value of the z test with pooled variance (of Fisher''s exact test where fewer than 5 are expected in one of the four cells), the smallest drop that so many leads could have shown, and a verdict at the level 1 - confidence. NULL if an argument is. Raises 22023 for negative counts, more successes than trials, or a confidence that does not lie between 0 and 1, 54000 for more than 2^62 trials where Fisher''s test is due.';

CREATE FUNCTION leadscore.drop_e_value(current_successes bigint, current_trials bigint, baseline_rate double precision) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'leadscore_drop_e_value';
COMMENT ON FUNCTION leadscore.drop_e_value(bigint, bigint, double precision) IS
'The evidence, at any time, that a conversion lies below its baseline rate: the mean over rates from 0 to the baseline of their likelihood over that of the baseline. While the true rate is the baseline or more, it ever reaches 1 / a with a probability of at most a, however often one looks at the growing counts: alarm at 20 for 5 %. 1 without trials; 1.797e308 where it would be more. NULL if an argument is. Raises 22023 for negative counts, more successes than trials, or a baseline that does not lie between 0 and 1.';

CREATE FUNCTION leadscore.drop_e_value(baseline_successes bigint, baseline_trials bigint, current_successes bigint, current_trials bigint, confidence double precision DEFAULT 0.95) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'leadscore_drop_e_value_of_counts';
COMMENT ON FUNCTION leadscore.drop_e_value(bigint, bigint, bigint, bigint, double precision) IS
'The e-value of drop_e_value(current_successes, current_trials, baseline_rate) where the baseline is itself an estimate: its rate is taken to be the lower end of its Wilson interval at that confidence, 95 % by default, so that a baseline that was overestimated raises no alarm. The true rate lies below that end with a probability of (1 - confidence) / 2, which adds to that of a false alarm. The baseline must not hold the current leads. NULL without trials of the baseline, or if an argument is NULL. Raises 22023 for negative counts, more successes than trials, or a confidence that does not lie between 0 and 1.';

CREATE FUNCTION leadscore.mix_or_rate_transition(state internal, baseline_successes bigint, baseline_trials bigint, current_successes bigint, current_trials bigint) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_mix_or_rate_transition';
COMMENT ON FUNCTION leadscore.mix_or_rate_transition(internal, bigint, bigint, bigint, bigint) IS 'Part of the aggregate mix_or_rate()';

CREATE FUNCTION leadscore.mix_or_rate_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_mix_or_rate_combine';
COMMENT ON FUNCTION leadscore.mix_or_rate_combine(internal, internal) IS 'Part of the aggregate mix_or_rate(): joins what two processes have collected';

CREATE FUNCTION leadscore.mix_or_rate_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_mix_or_rate_serialize';
COMMENT ON FUNCTION leadscore.mix_or_rate_serialize(internal) IS 'Part of the aggregate mix_or_rate(): the state as bytes';

CREATE FUNCTION leadscore.mix_or_rate_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_mix_or_rate_deserialize';
COMMENT ON FUNCTION leadscore.mix_or_rate_deserialize(bytea, internal) IS 'Part of the aggregate mix_or_rate(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.mix_or_rate_final(state internal) RETURNS leadscore.mix_or_rate
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_mix_or_rate_final';
COMMENT ON FUNCTION leadscore.mix_or_rate_final(internal) IS 'Part of the aggregate mix_or_rate(): its result';

CREATE AGGREGATE leadscore.mix_or_rate(baseline_successes bigint, baseline_trials bigint, current_successes bigint, current_trials bigint) (
  SFUNC = leadscore.mix_or_rate_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.mix_or_rate_final,
  COMBINEFUNC = leadscore.mix_or_rate_combine,
  SERIALFUNC = leadscore.mix_or_rate_serialize,
  DESERIALFUNC = leadscore.mix_or_rate_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.mix_or_rate(bigint, bigint, bigint, bigint) IS
'Over the segments of a conversion, one row each (a channel, a manager): how much of its change comes from other shares of the segments, how much from other rates within them, and whether either is beyond chance. A segment without trials on one side is taken to have there the rate that it has on the other: it is all mix. The same in any order of rows and on any number of workers. Rows with a NULL are ignored (after a FULL JOIN say coalesce(…, 0)); NULL without any. Raises 22023 for negative counts or more successes than trials, 54000 for more than 1000000 segments in a group or more than 2^62 trials.';
