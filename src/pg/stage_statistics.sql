-- What the histories of leads say about the stages: how many come how far, how long it takes, where they go. Aggregates over
-- leads, each given as an array of its visits. They keep counts, or durations that are sorted at the end, so that neither
-- the order of rows nor the number of workers changes the last bit.

CREATE TYPE leadscore.stage_visit AS (
  stage_no integer,
  entered_at timestamptz
);
COMMENT ON TYPE leadscore.stage_visit IS 'A visit of a stage by one lead; it lasts until the next visit. leadscore.stage_visits() makes an array of them';
COMMENT ON COLUMN leadscore.stage_visit.stage_no IS 'The number of the stage, from 1';
COMMENT ON COLUMN leadscore.stage_visit.entered_at IS 'When the lead entered it';

CREATE FUNCTION leadscore.stage_visits_transition(state internal, stage_no integer, entered_at timestamptz) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_visits_transition';
COMMENT ON FUNCTION leadscore.stage_visits_transition(internal, integer, timestamptz) IS 'Part of the aggregate stage_visits()';

CREATE FUNCTION leadscore.stage_visits_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_visits_combine';
COMMENT ON FUNCTION leadscore.stage_visits_combine(internal, internal) IS 'Part of the aggregate stage_visits(): joins what two processes have collected';

CREATE FUNCTION leadscore.stage_visits_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_visits_serialize';
COMMENT ON FUNCTION leadscore.stage_visits_serialize(internal) IS 'Part of the aggregate stage_visits(): the state as bytes';

CREATE FUNCTION leadscore.stage_visits_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_visits_deserialize';
COMMENT ON FUNCTION leadscore.stage_visits_deserialize(bytea, internal) IS 'Part of the aggregate stage_visits(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.stage_visits_final(state internal) RETURNS leadscore.stage_visit[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_visits_final';
COMMENT ON FUNCTION leadscore.stage_visits_final(internal) IS 'Part of the aggregate stage_visits(): its result';

CREATE AGGREGATE leadscore.stage_visits(stage_no integer, entered_at timestamptz) (
  SFUNC = leadscore.stage_visits_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.stage_visits_final,
  COMBINEFUNC = leadscore.stage_visits_combine,
  SERIALFUNC = leadscore.stage_visits_serialize,
  DESERIALFUNC = leadscore.stage_visits_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.stage_visits(integer, timestamptz) IS
'The history of one lead, from a row for each time that it entered a stage: an array of visits in the order of time, at one time in the order of stages; of one stage that follows itself the first alone is kept. Rows with a NULL or an infinite time are ignored; NULL without others. Neither the order of rows nor the number of workers matters. Raises 54000 for more than 1000000 rows in a group.';

CREATE TYPE leadscore.stage_count AS (
  stage_no integer,
  kind text,
  leads bigint,
  reached bigint,
  visited bigint,
  strict bigint,
  current bigint,
  entries bigint,
  returned bigint,
  lost bigint
);
COMMENT ON TYPE leadscore.stage_count IS 'How many leads a stage has, in each sense, as leadscore.stage_counts() gives it';
COMMENT ON COLUMN leadscore.stage_count.stage_no IS 'The number of the stage';
COMMENT ON COLUMN leadscore.stage_count.kind IS 'open, won, hold or lost';
COMMENT ON COLUMN leadscore.stage_count.leads IS 'All leads, those without a visit too: the denominator of every column';
COMMENT ON COLUMN leadscore.stage_count.reached IS 'Leads that entered this stage of the ladder or a later one: stages that were skipped count, those beyond the furthest do not, lost or not. It never grows from stage to stage. NULL for hold and lost';
COMMENT ON COLUMN leadscore.stage_count.visited IS 'Leads that ever entered this stage';
COMMENT ON COLUMN leadscore.stage_count.strict IS 'Leads that entered the first stage of the ladder, after it the second, and so on up to this one without leaving out any. NULL for hold and lost';
COMMENT ON COLUMN leadscore.stage_count.current IS 'Leads whose latest stage this is';
COMMENT ON COLUMN leadscore.stage_count.entries IS 'Visits of this stage, returns included';
COMMENT ON COLUMN leadscore.stage_count.returned IS 'Leads that entered it more than once';
COMMENT ON COLUMN leadscore.stage_count.lost IS 'Leads whose latest stage is of kind lost and that had come up to this stage of the ladder, no further. NULL for hold and lost';

CREATE FUNCTION leadscore.stage_counts_transition(state internal, visits leadscore.stage_visit[], kinds text[]) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_counts_transition';
COMMENT ON FUNCTION leadscore.stage_counts_transition(internal, leadscore.stage_visit[], text[]) IS 'Part of the aggregate stage_counts()';

CREATE FUNCTION leadscore.stage_counts_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_counts_combine';
COMMENT ON FUNCTION leadscore.stage_counts_combine(internal, internal) IS 'Part of the aggregate stage_counts(): joins what two processes have collected';

CREATE FUNCTION leadscore.stage_counts_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_counts_serialize';
COMMENT ON FUNCTION leadscore.stage_counts_serialize(internal) IS 'Part of the aggregate stage_counts(): the state as bytes';

CREATE FUNCTION leadscore.stage_counts_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_counts_deserialize';
COMMENT ON FUNCTION leadscore.stage_counts_deserialize(bytea, internal) IS 'Part of the aggregate stage_counts(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.stage_counts_final(state internal) RETURNS leadscore.stage_count[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_counts_final';
COMMENT ON FUNCTION leadscore.stage_counts_final(internal) IS 'Part of the aggregate stage_counts(): its result';

CREATE AGGREGATE leadscore.stage_counts(visits leadscore.stage_visit[], kinds text[]) (
  SFUNC = leadscore.stage_counts_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.stage_counts_final,
  COMBINEFUNC = leadscore.stage_counts_combine,
  SERIALFUNC = leadscore.stage_counts_serialize,
  DESERIALFUNC = leadscore.stage_counts_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.stage_counts(leadscore.stage_visit[], text[]) IS
'How many leads have come how far: an array of rows to unnest, one for each stage by number; one row is one lead, with its visits as stage_visits() gives them (NULL: none). kinds has the kind of stage n as element n (open, won, hold or lost; NULL where there is none), the same for all leads: open and won stages, in order, are the ladder; hold and lost stand beside it. Neither the order of rows nor the number of workers matters. NULL for no rows. Raises 22004 if kinds is NULL, 22023 for a kind that does not exist, a visit of a stage without a kind, or arguments that differ within a group, 54000 for more than 64 stages.';

CREATE TYPE leadscore.stage_conversion_step AS (
  stage_no integer,
  next_stage_no integer,
  entered bigint,
  converted bigint,
  rate double precision,
  lower double precision,
  upper double precision,
  first_entered bigint,
  rate_from_first double precision,
  lower_from_first double precision,
  upper_from_first double precision,
  mature_entered bigint,
  mature_converted bigint,
  mature_rate double precision,
  mature_lower double precision,
  mature_upper double precision,
  is_mature boolean
);
COMMENT ON TYPE leadscore.stage_conversion_step IS 'How many leads go on from a stage of the ladder to the next, as leadscore.stage_conversion() gives it';
COMMENT ON COLUMN leadscore.stage_conversion_step.stage_no IS 'The number of the stage';
COMMENT ON COLUMN leadscore.stage_conversion_step.next_stage_no IS 'The number of the next stage of the ladder';
COMMENT ON COLUMN leadscore.stage_conversion_step.entered IS 'Leads that entered the stage or a later one of the ladder';
COMMENT ON COLUMN leadscore.stage_conversion_step.converted IS 'Of those, leads that entered the next one or a later one';
COMMENT ON COLUMN leadscore.stage_conversion_step.rate IS 'converted / entered; NULL where nobody entered';
COMMENT ON COLUMN leadscore.stage_conversion_step.lower IS 'The lower end of the Wilson interval of rate at 95 %';
COMMENT ON COLUMN leadscore.stage_conversion_step.upper IS 'The upper end of the Wilson interval of rate at 95 %';
COMMENT ON COLUMN leadscore.stage_conversion_step.first_entered IS 'Leads that entered the ladder';
COMMENT ON COLUMN leadscore.stage_conversion_step.rate_from_first IS 'converted / first_entered; NULL where nobody entered';
COMMENT ON COLUMN leadscore.stage_conversion_step.lower_from_first IS 'The lower end of the Wilson interval of rate_from_first at 95 %';
COMMENT ON COLUMN leadscore.stage_conversion_step.upper_from_first IS 'The upper end of the Wilson interval of rate_from_first at 95 %';
COMMENT ON COLUMN leadscore.stage_conversion_step.mature_entered IS 'Leads that entered the stage, or first a later one, at least matures_after before as_of';
COMMENT ON COLUMN leadscore.stage_conversion_step.mature_converted IS 'Of those, leads that entered the next one within matures_after';
COMMENT ON COLUMN leadscore.stage_conversion_step.mature_rate IS 'mature_converted / mature_entered; NULL where there is none';
COMMENT ON COLUMN leadscore.stage_conversion_step.mature_lower IS 'The lower end of the Wilson interval of mature_rate at 95 %';
COMMENT ON COLUMN leadscore.stage_conversion_step.mature_upper IS 'The upper end of the Wilson interval of mature_rate at 95 %';
COMMENT ON COLUMN leadscore.stage_conversion_step.is_mature IS 'True if leads entered, and all did so at least matures_after before as_of';

CREATE FUNCTION leadscore.stage_conversion_transition(state internal, visits leadscore.stage_visit[], kinds text[], as_of timestamptz, matures_after interval) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_conversion_transition';
COMMENT ON FUNCTION leadscore.stage_conversion_transition(internal, leadscore.stage_visit[], text[], timestamptz, interval) IS 'Part of the aggregate stage_conversion()';

CREATE FUNCTION leadscore.stage_conversion_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_conversion_combine';
COMMENT ON FUNCTION leadscore.stage_conversion_combine(internal, internal) IS 'Part of the aggregate stage_conversion(): joins what two processes have collected';

CREATE FUNCTION leadscore.stage_conversion_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_conversion_serialize';
COMMENT ON FUNCTION leadscore.stage_conversion_serialize(internal) IS 'Part of the aggregate stage_conversion(): the state as bytes';

CREATE FUNCTION leadscore.stage_conversion_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_conversion_deserialize';
COMMENT ON FUNCTION leadscore.stage_conversion_deserialize(bytea, internal) IS 'Part of the aggregate stage_conversion(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.stage_conversion_final(state internal) RETURNS leadscore.stage_conversion_step[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_conversion_final';
COMMENT ON FUNCTION leadscore.stage_conversion_final(internal) IS 'Part of the aggregate stage_conversion(): its result';

CREATE AGGREGATE leadscore.stage_conversion(visits leadscore.stage_visit[], kinds text[], as_of timestamptz, matures_after interval) (
  SFUNC = leadscore.stage_conversion_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.stage_conversion_final,
  COMBINEFUNC = leadscore.stage_conversion_combine,
  SERIALFUNC = leadscore.stage_conversion_serialize,
  DESERIALFUNC = leadscore.stage_conversion_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.stage_conversion(leadscore.stage_visit[], text[], timestamptz, interval) IS
'How many leads go on from stage to stage: an array of rows to unnest, one for each stage of the ladder but the last; one row is one lead, with its visits as stage_visits() gives them (NULL: none). Who enters a stage has entered all before it by then. What happened after as_of is not known yet. matures_after is a length of time: a day has 24 hours. kinds has the kind of stage n as element n (open, won, hold or lost; NULL where there is none), the same for all leads: open and won stages, in order, are the ladder; hold and lost stand beside it. Neither the order of rows nor the number of workers matters. NULL for no rows. Raises 22004 if kinds, as_of or matures_after is NULL, 22023 for a kind that does not exist, a visit of a stage without a kind, an infinite as_of, a matures_after that is negative or has months, or arguments that differ within a group, 54000 for more than 64 stages.';

CREATE TYPE leadscore.stage_duration AS (
  stage_no integer,
  visits bigint,
  open_visits bigint,
  median_days double precision,
  p75_days double precision,
  p90_days double precision,
  mean_closed_days double precision
);
COMMENT ON TYPE leadscore.stage_duration IS 'How long leads stay in a stage, as leadscore.time_in_stage() gives it';
COMMENT ON COLUMN leadscore.stage_duration.stage_no IS 'The number of the stage';
COMMENT ON COLUMN leadscore.stage_duration.visits IS 'Visits that have a length: those that ended and those that go on. The last visit of a lead to a won or lost stage is no wait for anything, and has none';
COMMENT ON COLUMN leadscore.stage_duration.open_visits IS 'Of those, visits that go on at as_of';
COMMENT ON COLUMN leadscore.stage_duration.median_days IS 'The time by which half of the visits end, by Kaplan and Meier: those that go on count as long as they have lasted. NULL where it is not known yet, as where most go on';
COMMENT ON COLUMN leadscore.stage_duration.p75_days IS 'The time by which three quarters end; NULL likewise';
COMMENT ON COLUMN leadscore.stage_duration.p90_days IS 'The time by which nine tenths end; NULL likewise';
COMMENT ON COLUMN leadscore.stage_duration.mean_closed_days IS 'The mean of the visits that ended. Shorter than the truth where many go on; NULL where none ended';

CREATE FUNCTION leadscore.time_in_stage_transition(state internal, visits leadscore.stage_visit[], kinds text[], as_of timestamptz) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_time_in_stage_transition';
COMMENT ON FUNCTION leadscore.time_in_stage_transition(internal, leadscore.stage_visit[], text[], timestamptz) IS 'Part of the aggregate time_in_stage()';

CREATE FUNCTION leadscore.time_in_stage_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_time_in_stage_combine';
COMMENT ON FUNCTION leadscore.time_in_stage_combine(internal, internal) IS 'Part of the aggregate time_in_stage(): joins what two processes have collected';

CREATE FUNCTION leadscore.time_in_stage_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_time_in_stage_serialize';
COMMENT ON FUNCTION leadscore.time_in_stage_serialize(internal) IS 'Part of the aggregate time_in_stage(): the state as bytes';

CREATE FUNCTION leadscore.time_in_stage_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_time_in_stage_deserialize';
COMMENT ON FUNCTION leadscore.time_in_stage_deserialize(bytea, internal) IS 'Part of the aggregate time_in_stage(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.time_in_stage_final(state internal) RETURNS leadscore.stage_duration[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_time_in_stage_final';
COMMENT ON FUNCTION leadscore.time_in_stage_final(internal) IS 'Part of the aggregate time_in_stage(): its result';

CREATE AGGREGATE leadscore.time_in_stage(visits leadscore.stage_visit[], kinds text[], as_of timestamptz) (
  SFUNC = leadscore.time_in_stage_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.time_in_stage_final,
  COMBINEFUNC = leadscore.time_in_stage_combine,
  SERIALFUNC = leadscore.time_in_stage_serialize,
  DESERIALFUNC = leadscore.time_in_stage_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.time_in_stage(leadscore.stage_visit[], text[], timestamptz) IS
'How long leads stay in each stage: an array of rows to unnest, one for each stage by number; one row is one lead, with its visits as stage_visits() gives them (NULL: none). What happened after as_of is not known yet. kinds has the kind of stage n as element n (open, won, hold or lost; NULL where there is none), the same for all leads: open and won stages, in order, are the ladder; hold and lost stand beside it. Neither the order of rows nor the number of workers matters. NULL for no rows. Raises 22004 if kinds or as_of is NULL, 22023 for a kind that does not exist, a visit of a stage without a kind, an infinite as_of, or arguments that differ within a group, 54000 for more than 64 stages or 50000000 visits in a group.';

CREATE TYPE leadscore.stage_outcome_estimate AS (
  stage_no integer,
  entered bigint,
  won bigint,
  lost bigint,
  open bigint,
  won_incidence double precision,
  won_lower double precision,
  won_upper double precision,
  lost_incidence double precision,
  lost_lower double precision,
  lost_upper double precision,
  still_open double precision,
  median_days_to_won double precision
);
COMMENT ON TYPE leadscore.stage_outcome_estimate IS 'What becomes of the leads that have entered a stage, as leadscore.stage_outcome() gives it. won_incidence + lost_incidence + still_open is 1';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.stage_no IS 'The number of the stage, of kind open';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.entered IS 'Leads that ever entered the stage: won + lost + open';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.won IS 'Of those, leads that have entered a stage of kind won since';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.lost IS 'Of the others, leads whose latest stage is of kind lost';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.open IS 'Leads that are neither at as_of';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.won_incidence IS 'The share that is won by the longest time observed, by Aalen and Johansen: who is lost can no longer be won, who is open may be. NULL where nobody entered';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.won_lower IS 'The lower end of its interval at 95 %, symmetric in log(-log); NULL where won_incidence is 0 or 1';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.won_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.lost_incidence IS 'The share that is lost by then';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.lost_lower IS 'The lower end of its interval at 95 %, symmetric in log(-log); NULL where lost_incidence is 0 or 1';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.lost_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.still_open IS 'The share that is neither by then';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.median_days_to_won IS 'The time from the first entry by which half of won_incidence is reached: half of those that are won at all. NULL where nobody is won';

CREATE FUNCTION leadscore.stage_outcome_transition(state internal, visits leadscore.stage_visit[], kinds text[], as_of timestamptz) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_outcome_transition';
COMMENT ON FUNCTION leadscore.stage_outcome_transition(internal, leadscore.stage_visit[], text[], timestamptz) IS 'Part of the aggregate stage_outcome()';

CREATE FUNCTION leadscore.stage_outcome_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_outcome_combine';
COMMENT ON FUNCTION leadscore.stage_outcome_combine(internal, internal) IS 'Part of the aggregate stage_outcome(): joins what two processes have collected';

CREATE FUNCTION leadscore.stage_outcome_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_outcome_serialize';
COMMENT ON FUNCTION leadscore.stage_outcome_serialize(internal) IS 'Part of the aggregate stage_outcome(): the state as bytes';

CREATE FUNCTION leadscore.stage_outcome_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_outcome_deserialize';
COMMENT ON FUNCTION leadscore.stage_outcome_deserialize(bytea, internal) IS 'Part of the aggregate stage_outcome(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.stage_outcome_final(state internal) RETURNS leadscore.stage_outcome_estimate[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_outcome_final';
COMMENT ON FUNCTION leadscore.stage_outcome_final(internal) IS 'Part of the aggregate stage_outcome(): its result';

CREATE AGGREGATE leadscore.stage_outcome(visits leadscore.stage_visit[], kinds text[], as_of timestamptz) (
  SFUNC = leadscore.stage_outcome_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.stage_outcome_final,
  COMBINEFUNC = leadscore.stage_outcome_combine,
  SERIALFUNC = leadscore.stage_outcome_serialize,
  DESERIALFUNC = leadscore.stage_outcome_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.stage_outcome(leadscore.stage_visit[], text[], timestamptz) IS
'What becomes of the leads that enter a stage, won and lost being outcomes that rule each other out: an array of rows to unnest, one for each open stage; one row is one lead, with its visits as stage_visits() gives them (NULL: none). Time runs from the first entry of the stage to the first won stage after it, else to the entry of the lost stage in which the lead is (the first of several that follow each other), else to as_of; a lost lead that came back is open again. What happened after as_of is not known yet. kinds has the kind of stage n as element n (open, won, hold or lost; NULL where there is none), the same for all leads: open and won stages, in order, are the ladder; hold and lost stand beside it. Neither the order of rows nor the number of workers matters. NULL for no rows. Raises 22004 if kinds or as_of is NULL, 22023 for a kind that does not exist, a visit of a stage without a kind, an infinite as_of, or arguments that differ within a group, 54000 for more than 64 stages or 50000000 entries in a group.';

CREATE TYPE leadscore.stage_transition AS (
  from_stage_no integer,
  to_stage_no integer,
  transitions bigint,
  departures bigint,
  probability double precision,
  lower double precision,
  upper double precision
);
COMMENT ON TYPE leadscore.stage_transition IS 'Where leads go from a stage, as leadscore.stage_transitions() gives it';
COMMENT ON COLUMN leadscore.stage_transition.from_stage_no IS 'The stage that they leave';
COMMENT ON COLUMN leadscore.stage_transition.to_stage_no IS 'The stage that they enter next';
COMMENT ON COLUMN leadscore.stage_transition.transitions IS 'How often they did';
COMMENT ON COLUMN leadscore.stage_transition.departures IS 'How often they left the first stage for any other';
COMMENT ON COLUMN leadscore.stage_transition.probability IS 'transitions / departures';
COMMENT ON COLUMN leadscore.stage_transition.lower IS 'The lower end of the Wilson interval of probability at 95 %';
COMMENT ON COLUMN leadscore.stage_transition.upper IS 'The upper end of the Wilson interval of probability at 95 %';

CREATE TYPE leadscore.stage_forecast_estimate AS (
  stage_no integer,
  expected_visits double precision,
  expected_days_left double precision,
  won_probability double precision,
  lost_probability double precision
);
COMMENT ON TYPE leadscore.stage_forecast_estimate IS 'What is to be expected of a lead that stands in a stage, as leadscore.stage_forecast() gives it. All are NULL where the lead may get to a stage that nobody has left yet, or from which no way leads to an end';
COMMENT ON COLUMN leadscore.stage_forecast_estimate.stage_no IS 'The number of the stage, of kind open or hold';
COMMENT ON COLUMN leadscore.stage_forecast_estimate.expected_visits IS 'How many visits of open stages are to come, the one that lasts included';
COMMENT ON COLUMN leadscore.stage_forecast_estimate.expected_days_left IS 'How many days in open stages and on hold are to come';
COMMENT ON COLUMN leadscore.stage_forecast_estimate.won_probability IS 'The probability to end in a won stage';
COMMENT ON COLUMN leadscore.stage_forecast_estimate.lost_probability IS 'The probability to end in a lost stage';

CREATE FUNCTION leadscore.stage_chain_transition(state internal, visits leadscore.stage_visit[], kinds text[], as_of timestamptz) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_chain_transition';
COMMENT ON FUNCTION leadscore.stage_chain_transition(internal, leadscore.stage_visit[], text[], timestamptz) IS 'Part of the aggregates stage_transitions() and stage_forecast()';

CREATE FUNCTION leadscore.stage_chain_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_chain_combine';
COMMENT ON FUNCTION leadscore.stage_chain_combine(internal, internal) IS 'Part of the aggregates stage_transitions() and stage_forecast(): joins what two processes have collected';

CREATE FUNCTION leadscore.stage_chain_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_chain_serialize';
COMMENT ON FUNCTION leadscore.stage_chain_serialize(internal) IS 'Part of the aggregates stage_transitions() and stage_forecast(): the state as bytes';

CREATE FUNCTION leadscore.stage_chain_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_chain_deserialize';
COMMENT ON FUNCTION leadscore.stage_chain_deserialize(bytea, internal) IS 'Part of the aggregates stage_transitions() and stage_forecast(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.stage_transitions_final(state internal) RETURNS leadscore.stage_transition[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_transitions_final';
COMMENT ON FUNCTION leadscore.stage_transitions_final(internal) IS 'Part of the aggregate stage_transitions(): its result';

CREATE FUNCTION leadscore.stage_forecast_final(state internal) RETURNS leadscore.stage_forecast_estimate[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_forecast_final';
COMMENT ON FUNCTION leadscore.stage_forecast_final(internal) IS 'Part of the aggregate stage_forecast(): its result';

CREATE AGGREGATE leadscore.stage_transitions(visits leadscore.stage_visit[], kinds text[], as_of timestamptz) (
  SFUNC = leadscore.stage_chain_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.stage_transitions_final,
  COMBINEFUNC = leadscore.stage_chain_combine,
  SERIALFUNC = leadscore.stage_chain_serialize,
  DESERIALFUNC = leadscore.stage_chain_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.stage_transitions(leadscore.stage_visit[], text[], timestamptz) IS
'Where leads go from each stage: an array of rows to unnest, one for each pair of stages that has followed each other, by number; one row is one lead, with its visits as stage_visits() gives them (NULL: none). Visits that go on are no departures. What happened after as_of is not known yet. kinds has the kind of stage n as element n (open, won, hold or lost; NULL where there is none), the same for all leads: open and won stages, in order, are the ladder; hold and lost stand beside it. Neither the order of rows nor the number of workers matters. NULL for no rows. Raises 22004 if kinds or as_of is NULL, 22023 for a kind that does not exist, a visit of a stage without a kind, an infinite as_of, or arguments that differ within a group, 54000 for more than 64 stages.';

CREATE AGGREGATE leadscore.stage_forecast(visits leadscore.stage_visit[], kinds text[], as_of timestamptz) (
  SFUNC = leadscore.stage_chain_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.stage_forecast_final,
  COMBINEFUNC = leadscore.stage_chain_combine,
  SERIALFUNC = leadscore.stage_chain_serialize,
  DESERIALFUNC = leadscore.stage_chain_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.stage_forecast(leadscore.stage_visit[], text[], timestamptz) IS
'What is to come for a lead in each stage: an array of rows to unnest, one for each stage that is open or on hold; one row is one lead, with its visits as stage_visits() gives them (NULL: none). Leads move as a Markov chain by the frequencies of stage_transitions(), which ends with the first won or lost stage; a stage lasts the days that all leads have spent in it, those who are there included, for each departure. What happened after as_of is not known yet. kinds has the kind of stage n as element n (open, won, hold or lost; NULL where there is none), the same for all leads: open and won stages, in order, are the ladder; hold and lost stand beside it. Neither the order of rows nor the number of workers matters. NULL for no rows. Raises 22004 if kinds or as_of is NULL, 22023 for a kind that does not exist, a visit of a stage without a kind, an infinite as_of, or arguments that differ within a group, 54000 for more than 64 stages.';
