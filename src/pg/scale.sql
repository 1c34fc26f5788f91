-- Aggregates in parts, for partitions, servers and days: what x_partial() makes of some rows x_merge() joins, and the result
-- is that of the aggregate over all rows. A part carries its parameters. heat, auc, attribution and connected_components
-- have theirs beside them.

CREATE FUNCTION leadscore.metric_merge_buckets_transition(state internal, part bytea) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_merge_buckets_transition';
COMMENT ON FUNCTION leadscore.metric_merge_buckets_transition(internal, bytea) IS 'Part of the aggregates gains_merge() and psi_merge()';

CREATE FUNCTION leadscore.metric_merge_probability_transition(state internal, part bytea) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_merge_probability_transition';
COMMENT ON FUNCTION leadscore.metric_merge_probability_transition(internal, bytea) IS 'Part of the aggregate reliability_merge() and its like';

CREATE FUNCTION leadscore.funnel_merge_transition(state internal, part bytea) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_merge_transition';
COMMENT ON FUNCTION leadscore.funnel_merge_transition(internal, bytea) IS 'Part of the aggregates window_funnel_merge(), funnel_times_merge() and funnel_outcome_merge()';

CREATE AGGREGATE leadscore.gains_partial(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.metric_serialize,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.gains_partial(double precision, boolean) IS
'A part of gains() or psi(), to be joined by gains_merge() or psi_merge(): for the rows of one partition, server or day. 8 bytes a row. Ten buckets. Rows with a NULL are ignored; NULL without others. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.gains_partial(score double precision, outcome boolean, buckets integer) (
  SFUNC = leadscore.metric_buckets_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.metric_serialize,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.gains_partial(double precision, boolean, integer) IS
'A part of gains() or psi(), to be joined by gains_merge() or psi_merge(): for the rows of one partition, server or day. 8 bytes a row. Rows with a NULL are ignored; NULL without others. Raises 22023 for a number of buckets that does not lie between 1 and 1000 or differs within a group, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.gains_merge(part bytea) (
  SFUNC = leadscore.metric_merge_buckets_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.gains_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.gains_merge(bytea) IS
'The gains() of all rows whose parts gains_partial() made: the very same table, with the number of buckets that the parts carry. NULL parts are ignored; NULL without parts. Raises 22P03 for bytes that are no such part, 22023 for parts of different numbers of buckets, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.psi_merge(part bytea) (
  SFUNC = leadscore.metric_merge_buckets_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.psi_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.psi_merge(bytea) IS
'The psi() of all rows whose parts gains_partial(value, is_recent) made: the very same number, with the number of buckets that the parts carry. NULL parts are ignored; NULL unless there are both recent and baseline values. Raises 22P03 for bytes that are no such part, 22023 for parts of different numbers of buckets, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.auc_interval_merge(part bytea) (
  SFUNC = leadscore.metric_merge_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.auc_interval_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.auc_interval_merge(bytea) IS
'The auc_interval() at 95 % of all rows whose parts auc_partial() made: the very same numbers. NULL parts are ignored; NULL unless there are both customers and others. Raises 22P03 for bytes that are no part, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.isotonic_merge(part bytea) (
  SFUNC = leadscore.metric_merge_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.isotonic_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.isotonic_merge(bytea) IS
'The isotonic() of all rows whose parts auc_partial() made: the very same steps. NULL parts are ignored; NULL unless there are both customers and others. Raises 22P03 for bytes that are no part, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.platt_merge(part bytea) (
  SFUNC = leadscore.metric_merge_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.platt_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.platt_merge(bytea) IS
'The platt() of all rows whose parts auc_partial() made: the very same curve. NULL parts are ignored; NULL unless there are both customers and others. Raises 22P03 for bytes that are no part, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.reliability_partial(p double precision, outcome boolean) (
  SFUNC = leadscore.metric_probability_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.metric_serialize,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.reliability_partial(double precision, boolean) IS
'A part of reliability(), expected_calibration_error(), brier(), brier_decomposition() or log_loss(), to be joined by reliability_merge() and its like: for the rows of one partition, server or day. 8 bytes a row. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.reliability_partial(p double precision, outcome boolean, buckets integer) (
  SFUNC = leadscore.metric_probability_buckets_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.metric_serialize,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.reliability_partial(double precision, boolean, integer) IS
'A part of reliability(), expected_calibration_error(), brier(), brier_decomposition() or log_loss(), to be joined by reliability_merge() and its like: for the rows of one partition, server or day. 8 bytes a row. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, for a number of buckets that does not lie between 1 and 1000 or differs within a group, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.reliability_merge(part bytea) (
  SFUNC = leadscore.metric_merge_probability_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.reliability_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.reliability_merge(bytea) IS
'The reliability() of all rows whose parts reliability_partial() made: the very same table, with the number of buckets that the parts carry. NULL parts are ignored; NULL without parts. Raises 22P03 for bytes that are no such part, 22023 for parts of different numbers of buckets, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.expected_calibration_error_merge(part bytea) (
  SFUNC = leadscore.metric_merge_probability_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.expected_calibration_error_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.expected_calibration_error_merge(bytea) IS
'The expected_calibration_error() of all rows whose parts reliability_partial() made: the very same number, with the number of buckets that the parts carry. NULL parts are ignored; NULL without parts. Raises 22P03 for bytes that are no such part, 22023 for parts of different numbers of buckets, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.brier_merge(part bytea) (
  SFUNC = leadscore.metric_merge_probability_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.brier_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.brier_merge(bytea) IS
'The brier() of all rows whose parts reliability_partial() made: the very same number. NULL parts are ignored; NULL without parts. Raises 22P03 for bytes that are no such part, 22023 for parts of different numbers of buckets, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.brier_decomposition_merge(part bytea) (
  SFUNC = leadscore.metric_merge_probability_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.brier_decomposition_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.brier_decomposition_merge(bytea) IS
'The brier_decomposition() of all rows whose parts reliability_partial() made: the very same numbers, with the buckets that the parts carry; without, each probability is a bucket. NULL parts are ignored; NULL without parts. Raises 22P03 for bytes that are no such part, 22023 for parts of different numbers of buckets, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.log_loss_merge(part bytea) (
  SFUNC = leadscore.metric_merge_probability_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.log_loss_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.log_loss_merge(bytea) IS
'The log_loss() of all rows whose parts reliability_partial() made: the very same number. NULL parts are ignored; NULL without parts. Raises 22P03 for bytes that are no such part, 22023 for parts of different numbers of buckets, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.window_funnel_partial(within interval, mode text, at timestamptz, step int) (
  SFUNC = leadscore.funnel_step_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.funnel_serialize,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.window_funnel_partial(interval, text, timestamptz, int) IS
'A part of the funnel of a lead, to be joined by window_funnel_merge(), funnel_times_merge() or funnel_outcome_merge(): the events of one partition, server or day. 8 bytes an event. The arguments are those of window_funnel(). Rows without a time are ignored; NULL without events that count. Raises what window_funnel() raises.';

CREATE AGGREGATE leadscore.window_funnel_partial(within interval, mode text, at timestamptz, VARIADIC steps boolean[]) (
  SFUNC = leadscore.funnel_steps_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.funnel_serialize,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.window_funnel_partial(interval, text, timestamptz, VARIADIC boolean[]) IS
'A part of the funnel of a lead, to be joined by window_funnel_merge(), funnel_times_merge() or funnel_outcome_merge(): the events of one partition, server or day. 8 bytes an event. The arguments are those of window_funnel(). Rows without a time are ignored; NULL without events that count. Raises what window_funnel() raises.';

CREATE AGGREGATE leadscore.window_funnel_mask_partial(within interval, mode text, at timestamptz, mask bigint) (
  SFUNC = leadscore.funnel_mask_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.funnel_serialize,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.window_funnel_mask_partial(interval, text, timestamptz, bigint) IS
'A part of the funnel of a lead, to be joined by window_funnel_merge(), funnel_times_merge() or funnel_outcome_merge(): the events of one partition, server or day. 8 bytes an event. The arguments are those of window_funnel_mask(). Rows without a time are ignored; NULL without events that count. Raises what window_funnel_mask() raises.';

CREATE AGGREGATE leadscore.window_funnel_merge(part bytea) (
  SFUNC = leadscore.funnel_merge_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.window_funnel_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.window_funnel_merge(bytea) IS
'The window_funnel() of all events whose parts window_funnel_partial() or window_funnel_mask_partial() made: the very same level; 0 without parts. NULL parts are ignored. The window and the mode are those that the parts carry. Raises 22P03 for bytes that are no part, 22023 for parts of different windows or modes, 54000 for more than 50000000 events in a group.';

CREATE AGGREGATE leadscore.funnel_times_merge(part bytea) (
  SFUNC = leadscore.funnel_merge_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.funnel_times_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.funnel_times_merge(bytea) IS
'The funnel_times() of all events whose parts window_funnel_partial() or window_funnel_mask_partial() made: the very same times; empty without parts. NULL parts are ignored. The window and the mode are those that the parts carry. Raises 22P03 for bytes that are no part, 22023 for parts of different windows or modes, 54000 for more than 50000000 events in a group.';

CREATE AGGREGATE leadscore.funnel_outcome_merge(part bytea) (
  SFUNC = leadscore.funnel_merge_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.funnel_outcome_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.funnel_outcome_merge(bytea) IS
'The funnel_outcome() of all events whose parts window_funnel_partial() or window_funnel_mask_partial() made: the very same outcome; level 0 without parts. NULL parts are ignored. The window and the mode are those that the parts carry. Raises 22P03 for bytes that are no part, 22023 for parts of different windows or modes, 54000 for more than 50000000 events in a group.';

CREATE FUNCTION leadscore.training_serialize(state internal) RETURNS bytea
LANGUAGE c VOLATILE STRICT PARALLEL RESTRICTED COST 1000
AS 'MODULE_PATHNAME', 'leadscore_training_serialize';
COMMENT ON FUNCTION leadscore.training_serialize(internal) IS 'Part of the aggregate training_partial(): its result. Raises 54000 for more than a value may hold';

CREATE FUNCTION leadscore.training_merge_transition(state internal, part bytea) RETURNS internal
LANGUAGE c VOLATILE PARALLEL RESTRICTED COST 1000
AS 'MODULE_PATHNAME', 'leadscore_training_merge_transition';
COMMENT ON FUNCTION leadscore.training_merge_transition(internal, bytea) IS 'Part of the aggregate training_merge()';

CREATE AGGREGATE leadscore.training_partial(outcome boolean, at timestamptz, known_at timestamptz, method text, binning text, penalty double precision, by_time boolean, force boolean, most_leads bigint, expressions text[], VARIADIC features "any") (
  SFUNC = leadscore.training_transition,
  STYPE = internal,
  FINALFUNC = leadscore.training_serialize,
  PARALLEL = RESTRICTED
);
COMMENT ON AGGREGATE leadscore.training_partial(boolean, timestamptz, timestamptz, text, text, double precision, boolean, boolean, bigint, text[], "any") IS
'A part of what train() learns from, to be joined by training_merge(bytea): the leads of one partition or server as columns, 8 bytes a number, 4 a text, and 25 a lead. Of each lead: whether it was won (NULL: left out), when it came, when that became known (both may be NULL), and features of type double precision, text or boolean; the expressions say how conditions name them. The others are arguments of train(), the same in all rows: method (logistic or naive_bayes), binning (auto, monotone, quantile or none), penalty (NULL: it is chosen), by_time (true where at is meant), force, and most_leads: a part then holds no more than that, a sample by content, and the parts of all servers make the very sample that train() would take. NULL without rows. Raises 22004 where method, binning, by_time, force or expressions is NULL, 22023 for a method, binning or most_leads that cannot be and if there is not an expression for each feature, 42804 for a feature of another type, 54000 where maintenance_work_mem does not suffice or the part would be larger than 1 GB.';

CREATE AGGREGATE leadscore.training_merge(part bytea) (
  SFUNC = leadscore.training_merge_transition,
  STYPE = internal,
  FINALFUNC = leadscore.training_final,
  FINALFUNC_MODIFY = READ_WRITE,
  PARALLEL = RESTRICTED
);
COMMENT ON AGGREGATE leadscore.training_merge(bytea) IS
'Learns from all leads whose parts training_partial() made, as train() would, bit for bit, in whatever order they come: the terms, warnings and quality as JSON, for write_training(). NULL parts are ignored; NULL without others. Raises 22P03 for bytes that are no part, 22023 for parts of other arguments and where train() would, 54000 where maintenance_work_mem does not suffice.';

CREATE FUNCTION leadscore.write_training(model text, features text[], learned jsonb) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET extra_float_digits = 1
AS $$
DECLARE
  written bigint;
BEGIN
  IF num_nulls(model, features, learned) > 0 THEN
    RAISE EXCEPTION 'model, features and learned must not be NULL' USING ERRCODE = 'null_value_not_allowed';
  END IF;
  IF jsonb_typeof(learned -> 'terms') IS DISTINCT FROM 'array'
    OR EXISTS (SELECT FROM jsonb_array_elements(learned -> 'terms') AS t (term)
      WHERE jsonb_typeof(t.term) <> 'object' OR jsonb_typeof(t.term -> 'kind') IS DISTINCT FROM 'string'
        OR t.term ->> 'kind' <> 'base' AND (coalesce(t.term ->> 'column', '') !~ '^[0-9]{1,4}$' OR features[(t.term ->> 'column')::integer + 1] IS NULL)) THEN
    RAISE EXCEPTION 'this is not what leadscore.training_merge() has learned from these features' USING ERRCODE = 'invalid_parameter_value',
      HINT = 'Features are named in the order in which leadscore.training_partial() was given them.';
  END IF;
  INSERT INTO leadscore.model AS m (model, scale) VALUES (write_training.model, 'logistic')
    ON CONFLICT ON CONSTRAINT model_pkey DO UPDATE SET scale = 'logistic' WHERE m.scale <> 'logistic';
  DELETE FROM leadscore.calibration AS k WHERE k.model = write_training.model;
  DELETE FROM leadscore.criterion AS c WHERE c.model = write_training.model AND c.provenance ->> 'by' = 'train';
  INSERT INTO leadscore.criterion (model, criterion, attribute, condition, points, title, provenance)
    SELECT write_training.model, c.criterion, c.attribute, c.condition, c.points, c.title, c.provenance
    FROM leadscore.learned_criteria(features, learned, '{}') WITH ORDINALITY AS c ORDER BY c.ordinality;
  GET DIAGNOSTICS written = ROW_COUNT;
  RETURN written;
END
$$;
COMMENT ON FUNCTION leadscore.write_training(text, text[], jsonb) IS
'Writes what training_merge() has learned as criteria of a model, as train() does: makes the model if it is absent, replaces what train() wrote before and a calibration, never criteria made by hand. features names those that training_partial() was given, in that order. Returns the number of criteria. backtest() and publish_model() do not refit such a model. Raises 22004 for a NULL, 22023 for what training_merge() has not made.';
