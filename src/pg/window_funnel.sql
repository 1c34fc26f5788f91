-- How far leads get through a funnel, when, and why no further.
CREATE TYPE leadscore.funnel_outcome AS (
  level int,
  started_at timestamptz,
  reached_at timestamptz,
  closes_at timestamptz,
  stopped_by text,
  stopped_at timestamptz,
  open_until timestamptz
);
COMMENT ON TYPE leadscore.funnel_outcome IS 'How far a lead got through a funnel and why no further, as leadscore.funnel_outcome() gives it';
COMMENT ON COLUMN leadscore.funnel_outcome.level IS 'The length of the longest chain: the step that was reached; 0 is none, and all else is NULL then';
COMMENT ON COLUMN leadscore.funnel_outcome.started_at IS 'When its first step happened: of the longest chains this is one that started latest';
COMMENT ON COLUMN leadscore.funnel_outcome.reached_at IS 'When its last step happened';
COMMENT ON COLUMN leadscore.funnel_outcome.closes_at IS 'The last instant of its window, started_at + within; infinity beyond the last timestamp there is';
COMMENT ON COLUMN leadscore.funnel_outcome.stopped_by IS 'What a strict mode ended the funnel for: intruder (strict_order: an event that fits nowhere) or repeat (strict_deduplication: a step that came again); NULL if nothing did';
COMMENT ON COLUMN leadscore.funnel_outcome.stopped_at IS 'When that was; NULL if nothing did';
COMMENT ON COLUMN leadscore.funnel_outcome.open_until IS 'The last instant at which any chain, also one that started later, could get further; NULL if a strict mode ended the funnel';

CREATE FUNCTION leadscore.funnel_status(outcome leadscore.funnel_outcome, steps int, as_of timestamptz DEFAULT now()) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE
      WHEN steps IS NULL THEN NULL
      WHEN outcome.level >= steps THEN 'converted'
      WHEN outcome.level = 0 THEN 'not_started'
      WHEN outcome.stopped_by IS NOT NULL THEN outcome.stopped_by
      WHEN outcome.open_until >= as_of THEN 'pending'
      WHEN outcome.open_until < as_of THEN 'expired'
    END
$$;
COMMENT ON FUNCTION leadscore.funnel_status(leadscore.funnel_outcome, int, timestamptz) IS
'What became of a lead in a funnel of so many steps, at a time: converted, pending (its window is still open), expired (it closed), intruder or repeat (a strict mode ended it), not_started (no first step). NULL if the outcome or steps is; without as_of where the clock would decide.';

CREATE FUNCTION leadscore.funnel_step_transition(state internal, within interval, mode text, at timestamptz, step int) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_step_transition';
COMMENT ON FUNCTION leadscore.funnel_step_transition(internal, interval, text, timestamptz, int) IS 'Part of the aggregates window_funnel(), funnel_times() and funnel_outcome()';

CREATE FUNCTION leadscore.funnel_steps_transition(state internal, within interval, mode text, at timestamptz, steps boolean[]) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_steps_transition';
COMMENT ON FUNCTION leadscore.funnel_steps_transition(internal, interval, text, timestamptz, boolean[]) IS 'Part of the aggregates window_funnel(), funnel_times() and funnel_outcome()';

CREATE FUNCTION leadscore.funnel_mask_transition(state internal, within interval, mode text, at timestamptz, mask bigint) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_mask_transition';
COMMENT ON FUNCTION leadscore.funnel_mask_transition(internal, interval, text, timestamptz, bigint) IS 'Part of the aggregates window_funnel_mask(), funnel_times_mask() and funnel_outcome_mask()';

CREATE FUNCTION leadscore.funnel_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_combine';
COMMENT ON FUNCTION leadscore.funnel_combine(internal, internal) IS 'Part of the aggregates over funnels: joins the events that two processes have gathered';

CREATE FUNCTION leadscore.funnel_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_serialize';
COMMENT ON FUNCTION leadscore.funnel_serialize(internal) IS 'Part of the aggregates over funnels: the state as bytes';

CREATE FUNCTION leadscore.funnel_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_deserialize';
COMMENT ON FUNCTION leadscore.funnel_deserialize(bytea, internal) IS 'Part of the aggregates over funnels: the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.window_funnel_final(state internal) RETURNS int
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_window_funnel_final';
COMMENT ON FUNCTION leadscore.window_funnel_final(internal) IS 'Part of the aggregates window_funnel() and window_funnel_mask(): their result';

CREATE FUNCTION leadscore.funnel_times_final(state internal) RETURNS timestamptz[]
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_times_final';
COMMENT ON FUNCTION leadscore.funnel_times_final(internal) IS 'Part of the aggregates funnel_times() and funnel_times_mask(): their result';

CREATE FUNCTION leadscore.funnel_outcome_final(state internal) RETURNS leadscore.funnel_outcome
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_outcome_final';
COMMENT ON FUNCTION leadscore.funnel_outcome_final(internal) IS 'Part of the aggregates funnel_outcome() and funnel_outcome_mask(): their result';

CREATE AGGREGATE leadscore.window_funnel(within interval, mode text, at timestamptz, step int) (
  SFUNC = leadscore.funnel_step_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.window_funnel_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.window_funnel(interval, text, timestamptz, int) IS
'How far a lead got through a funnel: the length of the longest chain of events that are step 1, step 2, … in order and within a window of time; 0 if there is none. Of each event: when it was, and the step that it is, from 1 to 64; 0 or NULL is an event that is no step. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, a step that is negative or above 64, or if rows differ in within or mode; 54000 for more than 50000000 events in a group.';

CREATE AGGREGATE leadscore.window_funnel(within interval, mode text, at timestamptz, VARIADIC steps boolean[]) (
  SFUNC = leadscore.funnel_steps_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.window_funnel_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.window_funnel(interval, text, timestamptz, VARIADIC boolean[]) IS
'How far a lead got through a funnel: the length of the longest chain of events that are step 1, step 2, … in order and within a window of time; 0 if there is none. Of each event: when it was, and whether it is each step, at most 64; it may be several, and NULL is no. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, or if rows differ in within or mode; 54000 for more than 64 steps or 50000000 events in a group.';

CREATE AGGREGATE leadscore.window_funnel_mask(within interval, mode text, at timestamptz, mask bigint) (
  SFUNC = leadscore.funnel_mask_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.window_funnel_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.window_funnel_mask(interval, text, timestamptz, bigint) IS
'How far a lead got through a funnel: the length of the longest chain of events that are step 1, step 2, … in order and within a window of time; 0 if there is none. Of each event: when it was, and the steps that it is as bits, step 1 the lowest; it may be several, and NULL is none. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, or if rows differ in within or mode; 54000 for more than 50000000 events in a group.';

CREATE AGGREGATE leadscore.funnel_times(within interval, mode text, at timestamptz, step int) (
  SFUNC = leadscore.funnel_step_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.funnel_times_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.funnel_times(interval, text, timestamptz, int) IS
'When each step of the chain that window_funnel() measures happened: of the longest chains the one that started latest, each of its steps as early as can be; empty if there is none. Of each event: when it was, and the step that it is, from 1 to 64; 0 or NULL is an event that is no step. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, a step that is negative or above 64, or if rows differ in within or mode; 54000 for more than 50000000 events in a group.';

CREATE AGGREGATE leadscore.funnel_times(within interval, mode text, at timestamptz, VARIADIC steps boolean[]) (
  SFUNC = leadscore.funnel_steps_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.funnel_times_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.funnel_times(interval, text, timestamptz, VARIADIC boolean[]) IS
'When each step of the chain that window_funnel() measures happened: of the longest chains the one that started latest, each of its steps as early as can be; empty if there is none. Of each event: when it was, and whether it is each step, at most 64; it may be several, and NULL is no. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, or if rows differ in within or mode; 54000 for more than 64 steps or 50000000 events in a group.';

CREATE AGGREGATE leadscore.funnel_times_mask(within interval, mode text, at timestamptz, mask bigint) (
  SFUNC = leadscore.funnel_mask_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.funnel_times_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.funnel_times_mask(interval, text, timestamptz, bigint) IS
'When each step of the chain that window_funnel_mask() measures happened: of the longest chains the one that started latest, each of its steps as early as can be; empty if there is none. Of each event: when it was, and the steps that it is as bits, step 1 the lowest; it may be several, and NULL is none. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, or if rows differ in within or mode; 54000 for more than 50000000 events in a group.';

CREATE AGGREGATE leadscore.funnel_outcome(within interval, mode text, at timestamptz, step int) (
  SFUNC = leadscore.funnel_step_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.funnel_outcome_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.funnel_outcome(interval, text, timestamptz, int) IS
'How far a lead got through a funnel, and why no further: see the columns of the type, and funnel_status(). The chain is that of funnel_times(). Of each event: when it was, and the step that it is, from 1 to 64; 0 or NULL is an event that is no step. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, a step that is negative or above 64, or if rows differ in within or mode; 54000 for more than 50000000 events in a group.';

CREATE AGGREGATE leadscore.funnel_outcome(within interval, mode text, at timestamptz, VARIADIC steps boolean[]) (
  SFUNC = leadscore.funnel_steps_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.funnel_outcome_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.funnel_outcome(interval, text, timestamptz, VARIADIC boolean[]) IS
'How far a lead got through a funnel, and why no further: see the columns of the type, and funnel_status(). The chain is that of funnel_times(). Of each event: when it was, and whether it is each step, at most 64; it may be several, and NULL is no. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, or if rows differ in within or mode; 54000 for more than 64 steps or 50000000 events in a group.';

CREATE AGGREGATE leadscore.funnel_outcome_mask(within interval, mode text, at timestamptz, mask bigint) (
  SFUNC = leadscore.funnel_mask_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.funnel_outcome_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.funnel_outcome_mask(interval, text, timestamptz, bigint) IS
'How far a lead got through a funnel, and why no further: see the columns of the type, and funnel_status(). The chain is that of funnel_times_mask(). Of each event: when it was, and the steps that it is as bits, step 1 the lowest; it may be several, and NULL is none. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, or if rows differ in within or mode; 54000 for more than 50000000 events in a group.';

CREATE FUNCTION leadscore.window_funnel_ordered_transition(state internal, within interval, mode text, at timestamptz, step int) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_window_funnel_ordered_transition';
COMMENT ON FUNCTION leadscore.window_funnel_ordered_transition(internal, interval, text, timestamptz, int) IS 'Part of the aggregate window_funnel_ordered()';

CREATE FUNCTION leadscore.window_funnel_ordered_final(state internal) RETURNS int
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_window_funnel_ordered_final';
COMMENT ON FUNCTION leadscore.window_funnel_ordered_final(internal) IS 'Part of the aggregate window_funnel_ordered(): its result';

CREATE AGGREGATE leadscore.window_funnel_ordered(within interval, mode text, at timestamptz, step int) (
  SFUNC = leadscore.window_funnel_ordered_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.window_funnel_ordered_final,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.window_funnel_ordered(interval, text, timestamptz, int) IS
'window_funnel() for events that come in the order of time, as from a subquery that is sorted or an index: it keeps a few hundred bytes whatever their number. Events of one time may come in any order. Raises 22023 if one is earlier than the one before, and as window_funnel() does.';
