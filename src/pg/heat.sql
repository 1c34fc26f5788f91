-- How interested are they now: points that halve with time. A heat is log2 of the sum of points * 2^(time / half_life),
-- one number that never changes as time passes, so it may be stored and indexed.

CREATE FUNCTION leadscore.heat_transition(state internal, points double precision, at timestamptz, half_life interval) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_transition';
COMMENT ON FUNCTION leadscore.heat_transition(internal, double precision, timestamptz, interval) IS 'Part of the aggregates heat() and heat_partial()';

CREATE FUNCTION leadscore.heat_merge_transition(state internal, partial bytea) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_merge_transition';
COMMENT ON FUNCTION leadscore.heat_merge_transition(internal, bytea) IS 'Part of the aggregate heat_merge()';

CREATE FUNCTION leadscore.heat_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_combine';
COMMENT ON FUNCTION leadscore.heat_combine(internal, internal) IS 'Part of the aggregates over heat: joins what two processes have summed up';

CREATE FUNCTION leadscore.heat_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_serialize';
COMMENT ON FUNCTION leadscore.heat_serialize(internal) IS 'Part of the aggregates over heat: the state as bytes';

CREATE FUNCTION leadscore.heat_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_deserialize';
COMMENT ON FUNCTION leadscore.heat_deserialize(bytea, internal) IS 'Part of the aggregates over heat: the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.heat_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_final';
COMMENT ON FUNCTION leadscore.heat_final(internal) IS 'Part of the aggregates heat() and heat_merge(): their result';

CREATE AGGREGATE leadscore.heat(points double precision, at timestamptz, half_life interval) (
  SFUNC = leadscore.heat_transition,
  STYPE = internal,
  SSPACE = 128,
  FINALFUNC = leadscore.heat_final,
  COMBINEFUNC = leadscore.heat_combine,
  SERIALFUNC = leadscore.heat_serialize,
  DESERIALFUNC = leadscore.heat_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.heat(double precision, timestamptz, interval) IS
'The heat of events: log2 of the sum of points * 2^(epoch(at) / epoch(half_life)). It does not change as time passes; heat_points() says what it is worth at a time. The same in any order of rows and on any number of workers. Rows with a NULL, with no points, or at an infinite time add nothing; NULL if none adds anything. Raises 22023 for points that are negative, infinite or NaN, for a half-life that is not longer than zero or longer than 100000 years, and if rows differ in half-life.';

CREATE AGGREGATE leadscore.heat_partial(points double precision, at timestamptz, half_life interval) (
  SFUNC = leadscore.heat_transition,
  STYPE = internal,
  SSPACE = 128,
  FINALFUNC = leadscore.heat_serialize,
  COMBINEFUNC = leadscore.heat_combine,
  SERIALFUNC = leadscore.heat_serialize,
  DESERIALFUNC = leadscore.heat_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.heat_partial(double precision, timestamptz, interval) IS
'A part of a heat, to be joined by heat_merge(bytea): as heat() over the rows of one partition or server. NULL if every row has a NULL. Raises 22023 as heat() does.';

CREATE AGGREGATE leadscore.heat_merge(partial bytea) (
  SFUNC = leadscore.heat_merge_transition,
  STYPE = internal,
  SSPACE = 128,
  FINALFUNC = leadscore.heat_final,
  COMBINEFUNC = leadscore.heat_combine,
  SERIALFUNC = leadscore.heat_serialize,
  DESERIALFUNC = leadscore.heat_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.heat_merge(bytea) IS
'The heat of all rows whose parts heat_partial() made: the very number that heat() gives for them. NULL parts are ignored; NULL if none holds points. Raises 22P03 for bytes that are no part, 22023 for parts of different half-lives.';

CREATE FUNCTION leadscore.heat_add(heat double precision, points double precision, at timestamptz, half_life interval) RETURNS double precision
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_add';
COMMENT ON FUNCTION leadscore.heat_add(double precision, double precision, timestamptz, interval) IS
'A heat with more points, given at any time, in constant time. A NULL heat is none, and heat_add(NULL, points, at, half_life) is the heat whose points at that time are these: what a stored heat is compared with. A NULL among the others, no points, or an infinite time leaves the heat as it is. Raises 22023 for points that are negative, infinite or NaN, and for a half-life that is not longer than zero or longer than 100000 years.';

CREATE FUNCTION leadscore.heat_merge(a double precision, b double precision) RETURNS double precision
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_merge';
COMMENT ON FUNCTION leadscore.heat_merge(double precision, double precision) IS
'The heat of the events of both, as when two leads turn out to be one. Both must have been made with one half-life, which a number does not show. NULL is no heat; NULL if both are.';

CREATE FUNCTION leadscore.heat_points(heat double precision, half_life interval, as_of timestamptz) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_points';
COMMENT ON FUNCTION leadscore.heat_points(double precision, interval, timestamptz) IS
'The points of a heat at a time: 2^(heat - epoch(as_of) / epoch(half_life)). Of two heats the larger never has fewer points, at any time. 0 or infinity where they are beyond the range of double precision, and at infinity and -infinity. Correct to 2^-52 times the heat, relatively: compare with a threshold between sums of points, not equal to one. NULL for a heat that is NULL or NaN. Raises 22023 for a half-life that is not longer than zero or longer than 100000 years.';

CREATE FUNCTION leadscore.heat_cools_at(heat double precision, half_life interval, threshold double precision) RETURNS timestamptz
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'leadscore_heat_cools_at';
COMMENT ON FUNCTION leadscore.heat_cools_at(double precision, interval, double precision) IS
'When a heat falls below a threshold: the first microsecond at which heat_points() is less. infinity if that is later than any time, as with a threshold of zero or less; -infinity if it is earlier. NULL for a heat or a threshold that is NULL or NaN. Raises 22023 for a half-life that is not longer than zero or longer than 100000 years.';

CREATE FUNCTION leadscore.engagement_transition(state internal, model text, event text, at timestamptz, as_of timestamptz) RETURNS internal
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_engagement_transition';
COMMENT ON FUNCTION leadscore.engagement_transition(internal, text, text, timestamptz, timestamptz) IS 'Part of the aggregate engagement()';

CREATE FUNCTION leadscore.engagement_combine(state internal, other internal) RETURNS internal
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_engagement_combine';
COMMENT ON FUNCTION leadscore.engagement_combine(internal, internal) IS 'Part of the aggregate engagement(): joins what two processes have summed up';

CREATE FUNCTION leadscore.engagement_serialize(state internal) RETURNS bytea
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_engagement_serialize';
COMMENT ON FUNCTION leadscore.engagement_serialize(internal) IS 'Part of the aggregate engagement(): the state as bytes';

CREATE FUNCTION leadscore.engagement_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_engagement_deserialize';
COMMENT ON FUNCTION leadscore.engagement_deserialize(bytea, internal) IS 'Part of the aggregate engagement(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.engagement_final(state internal) RETURNS double precision
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_engagement_final';
COMMENT ON FUNCTION leadscore.engagement_final(internal) IS 'Part of the aggregate engagement(): its result';

CREATE AGGREGATE leadscore.engagement(model text, event text, at timestamptz, as_of timestamptz) (
  SFUNC = leadscore.engagement_transition,
  STYPE = internal,
  SSPACE = 512,
  FINALFUNC = leadscore.engagement_final,
  COMBINEFUNC = leadscore.engagement_combine,
  SERIALFUNC = leadscore.engagement_serialize,
  DESERIALFUNC = leadscore.engagement_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.engagement(text, text, timestamptz, timestamptz) IS
'The points of events at the time as_of, by the rows of leadscore.event_kind: each kind has its points and its half-life, and of each only the earliest max_count of every period count. What speaks against interest is summed apart; the result is the difference, at least 0. Events later than as_of, unknown or disabled kinds, infinite times, and rows without event or time count nothing: 0 if nothing counts, also without any row. The same in any order of rows and on any number of workers. NULL if model or as_of is NULL. Raises 42704 for a model that does not exist, 22023 if model or as_of differ within a group or a kind has an impossible half-life, 54000 if more than 1048576 events of kinds with a max_count are to be kept for a group.';
