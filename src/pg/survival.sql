-- How long it takes until something ends, when some have not come to an end yet: aggregates over durations. They keep the
-- durations, 8 bytes each, and sort at the end, so that neither the order of rows nor the number of workers changes the last
-- bit.

CREATE TYPE leadscore.survival_point AS (
  days double precision,
  at_risk bigint,
  ended bigint,
  censored bigint,
  survival double precision,
  lower double precision,
  upper double precision
);
COMMENT ON TYPE leadscore.survival_point IS 'A point of a survival curve, as leadscore.kaplan_meier() gives it';
COMMENT ON COLUMN leadscore.survival_point.days IS 'The duration';
COMMENT ON COLUMN leadscore.survival_point.at_risk IS 'How many lasted at least so long';
COMMENT ON COLUMN leadscore.survival_point.ended IS 'How many ended at this duration';
COMMENT ON COLUMN leadscore.survival_point.censored IS 'How many had lasted so long and not ended when they were last seen. They are at risk at this duration, and not after it';
COMMENT ON COLUMN leadscore.survival_point.survival IS 'The share that lasts longer';
COMMENT ON COLUMN leadscore.survival_point.lower IS 'The lower end of its interval at 95 %: by the variance of Greenwood, symmetric in log(-log). NULL where survival is 0 or 1';
COMMENT ON COLUMN leadscore.survival_point.upper IS 'The upper end of that interval';

CREATE FUNCTION leadscore.kaplan_meier_transition(state internal, duration_days double precision, has_ended boolean) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_kaplan_meier_transition';
COMMENT ON FUNCTION leadscore.kaplan_meier_transition(internal, double precision, boolean) IS 'Part of the aggregate kaplan_meier()';

CREATE FUNCTION leadscore.kaplan_meier_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_kaplan_meier_combine';
COMMENT ON FUNCTION leadscore.kaplan_meier_combine(internal, internal) IS 'Part of the aggregate kaplan_meier(): joins what two processes have collected';

CREATE FUNCTION leadscore.kaplan_meier_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_kaplan_meier_serialize';
COMMENT ON FUNCTION leadscore.kaplan_meier_serialize(internal) IS 'Part of the aggregate kaplan_meier(): the state as bytes';

CREATE FUNCTION leadscore.kaplan_meier_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_kaplan_meier_deserialize';
COMMENT ON FUNCTION leadscore.kaplan_meier_deserialize(bytea, internal) IS 'Part of the aggregate kaplan_meier(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.kaplan_meier_final(state internal) RETURNS leadscore.survival_point[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_kaplan_meier_final';
COMMENT ON FUNCTION leadscore.kaplan_meier_final(internal) IS 'Part of the aggregate kaplan_meier(): its result';

CREATE AGGREGATE leadscore.kaplan_meier(duration_days double precision, has_ended boolean) (
  SFUNC = leadscore.kaplan_meier_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.kaplan_meier_final,
  COMBINEFUNC = leadscore.kaplan_meier_combine,
  SERIALFUNC = leadscore.kaplan_meier_serialize,
  DESERIALFUNC = leadscore.kaplan_meier_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.kaplan_meier(double precision, boolean) IS
'The survival curve of durations of which some have not ended yet (has_ended false): an array of rows to unnest, one for each distinct duration, ascending. For one way to end; for several use cumulative_incidence(). Rows with a NULL are ignored; NULL without others. Neither the order of rows nor the number of workers matters. 8 bytes of memory a row. Raises 22023 for a duration that is negative or not finite, 54000 for more than 50000000 rows in a group or 5000000 distinct durations.';

CREATE TYPE leadscore.incidence_point AS (
  days double precision,
  outcome text,
  at_risk bigint,
  ended bigint,
  incidence double precision,
  standard_error double precision,
  lower double precision,
  upper double precision
);
COMMENT ON TYPE leadscore.incidence_point IS 'A point of the curve of an outcome, as leadscore.cumulative_incidence() gives it';
COMMENT ON COLUMN leadscore.incidence_point.days IS 'The duration';
COMMENT ON COLUMN leadscore.incidence_point.outcome IS 'The outcome';
COMMENT ON COLUMN leadscore.incidence_point.at_risk IS 'How many lasted at least so long without an outcome';
COMMENT ON COLUMN leadscore.incidence_point.ended IS 'How many had this outcome at this duration';
COMMENT ON COLUMN leadscore.incidence_point.incidence IS 'The share that has had this outcome by then, by Aalen and Johansen. The incidences of all outcomes and the share that has none add up to 1';
COMMENT ON COLUMN leadscore.incidence_point.standard_error IS 'Its standard error, from the multinomial variances of what happened at each duration';
COMMENT ON COLUMN leadscore.incidence_point.lower IS 'The lower end of its interval at 95 %, symmetric in log(-log); NULL where incidence is 0 or 1';
COMMENT ON COLUMN leadscore.incidence_point.upper IS 'The upper end of that interval';

CREATE FUNCTION leadscore.cumulative_incidence_transition(state internal, duration_days double precision, outcome text) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_cumulative_incidence_transition';
COMMENT ON FUNCTION leadscore.cumulative_incidence_transition(internal, double precision, text) IS 'Part of the aggregate cumulative_incidence()';

CREATE FUNCTION leadscore.cumulative_incidence_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_cumulative_incidence_combine';
COMMENT ON FUNCTION leadscore.cumulative_incidence_combine(internal, internal) IS 'Part of the aggregate cumulative_incidence(): joins what two processes have collected';

CREATE FUNCTION leadscore.cumulative_incidence_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_cumulative_incidence_serialize';
COMMENT ON FUNCTION leadscore.cumulative_incidence_serialize(internal) IS 'Part of the aggregate cumulative_incidence(): the state as bytes';

CREATE FUNCTION leadscore.cumulative_incidence_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_cumulative_incidence_deserialize';
COMMENT ON FUNCTION leadscore.cumulative_incidence_deserialize(bytea, internal) IS 'Part of the aggregate cumulative_incidence(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.cumulative_incidence_final(state internal) RETURNS leadscore.incidence_point[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_cumulative_incidence_final';
COMMENT ON FUNCTION leadscore.cumulative_incidence_final(internal) IS 'Part of the aggregate cumulative_incidence(): its result';

CREATE AGGREGATE leadscore.cumulative_incidence(duration_days double precision, outcome text) (
  SFUNC = leadscore.cumulative_incidence_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.cumulative_incidence_final,
  COMBINEFUNC = leadscore.cumulative_incidence_combine,
  SERIALFUNC = leadscore.cumulative_incidence_serialize,
  DESERIALFUNC = leadscore.cumulative_incidence_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.cumulative_incidence(double precision, text) IS
'How outcomes that rule each other out come about over time, when some have none yet (outcome NULL): an array of rows to unnest, one for each outcome at each duration at which anything ended, by duration, then by outcome in the order of bytes. Rows without a duration are ignored; NULL without others, empty where nothing ended. Neither the order of rows nor the number of workers matters. 8 bytes of memory a row. Raises 22023 for a duration that is negative or not finite, 54000 for more than 50000000 rows in a group, 64 outcomes, an outcome of more than 1000 bytes, or 5000000 points.';
