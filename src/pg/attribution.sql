-- Which channel earned the conversions: touches, the paths they make, and credit for the channels by eight models.
CREATE TYPE leadscore.touch AS (
  channel text,
  touched_at timestamptz
);
COMMENT ON TYPE leadscore.touch IS 'Somebody came by a channel: an element of the paths that leadscore.touches() collects and leadscore.attribution() judges';
COMMENT ON COLUMN leadscore.touch.channel IS 'Any name; ''direct'' means that nothing is known of how they came, to the model last_non_direct';
COMMENT ON COLUMN leadscore.touch.touched_at IS 'When';

CREATE TYPE leadscore.attribution AS (
  channel text,
  conversions_credit double precision,
  value_credit double precision,
  share double precision,
  removal_effect double precision,
  journeys bigint,
  converted_journeys bigint
);
COMMENT ON TYPE leadscore.attribution IS 'What a channel has earned, as leadscore.attribution() gives it';
COMMENT ON COLUMN leadscore.attribution.channel IS 'The channel; NULL for conversions that no touch led to';
COMMENT ON COLUMN leadscore.attribution.conversions_credit IS 'How many conversions are credited to the channel, in fractions; over all rows they sum up to the number of conversions exactly, in any order';
COMMENT ON COLUMN leadscore.attribution.value_credit IS 'How much of the value of the conversions is credited to it; without values the same as conversions_credit';
COMMENT ON COLUMN leadscore.attribution.share IS 'conversions_credit over all conversions, between 0 and 1; NULL without conversions';
COMMENT ON COLUMN leadscore.attribution.removal_effect IS 'By the model markov, the part of the conversions that touches led to that would be lost if every journey ended where it comes to the channel, between 0 and 1; NULL by other models and without such conversions';
COMMENT ON COLUMN leadscore.attribution.journeys IS 'How many journeys, converted or not, have a touch of the channel';
COMMENT ON COLUMN leadscore.attribution.converted_journeys IS 'How many of them converted';

CREATE FUNCTION leadscore.touches_transition(state internal, channel text, touched_at timestamptz) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_touches_transition';
COMMENT ON FUNCTION leadscore.touches_transition(internal, text, timestamptz) IS 'Part of the aggregate touches()';

CREATE FUNCTION leadscore.touches_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_touches_combine';
COMMENT ON FUNCTION leadscore.touches_combine(internal, internal) IS 'Part of the aggregate touches(): joins what two processes have collected';

CREATE FUNCTION leadscore.touches_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_touches_serialize';
COMMENT ON FUNCTION leadscore.touches_serialize(internal) IS 'Part of the aggregate touches(): the state as bytes';

CREATE FUNCTION leadscore.touches_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_touches_deserialize';
COMMENT ON FUNCTION leadscore.touches_deserialize(bytea, internal) IS 'Part of the aggregate touches(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.touches_final(state internal) RETURNS leadscore.touch[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_touches_final';
COMMENT ON FUNCTION leadscore.touches_final(internal) IS 'Part of the aggregate touches(): its result';

CREATE AGGREGATE leadscore.touches(channel text, touched_at timestamptz) (
  SFUNC = leadscore.touches_transition,
  STYPE = internal,
  SSPACE = 512,
  FINALFUNC = leadscore.touches_final,
  COMBINEFUNC = leadscore.touches_combine,
  SERIALFUNC = leadscore.touches_serialize,
  DESERIALFUNC = leadscore.touches_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.touches(text, timestamptz) IS
'The touches of a lead as an array of leadscore.touch, ordered by time and, of one time, by the bytes of the channel (COLLATE "C"). Rows whose channel or time is NULL and times that are infinite are left out; NULL without others. Equal touches are all kept. Neither the order of rows nor the number of workers matters. 16 bytes of memory a touch and its channel. Raises 54000 for more than 10000000 touches in a group and for channels of more than 256 MB together.';

CREATE FUNCTION leadscore.attributable(touches leadscore.touch[], converted_at timestamptz, look_back interval DEFAULT '90 days', excluded text[] DEFAULT '{}', collapse_repeats boolean DEFAULT false) RETURNS leadscore.touch[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'leadscore_attributable';
COMMENT ON FUNCTION leadscore.attributable(leadscore.touch[], timestamptz, interval, text[], boolean) IS
'The touches that may have earned a conversion, ordered as by touches(): those not later than it, and not earlier than look_back before it, whose start is included. Where converted_at is NULL or infinite there is no conversion: the path ends with the last touch and look_back counts from there. Then touches of excluded channels are left out, then, with collapse_repeats, those of the same channel as the one before, so that the first of a run stays with its time. A day of look_back has 24 hours in any time zone; a NULL look_back goes back for ever; a NULL excluded excludes none, and so do NULLs in it. Touches that are NULL or have no channel or no finite time are left out. NULL for NULL touches, an empty array if none is left. Raises 22004 for a NULL collapse_repeats, 22023 for a look_back that is negative or in months or years.';

CREATE FUNCTION leadscore.attribution_transition(state internal, model text, touches leadscore.touch[], converted_at timestamptz) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_attribution_transition';
COMMENT ON FUNCTION leadscore.attribution_transition(internal, text, leadscore.touch[], timestamptz) IS 'Part of the aggregates attribution() and attribution_partial()';

CREATE FUNCTION leadscore.attribution_transition(state internal, model text, touches leadscore.touch[], converted_at timestamptz, value double precision) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_attribution_transition';
COMMENT ON FUNCTION leadscore.attribution_transition(internal, text, leadscore.touch[], timestamptz, double precision) IS 'Part of the aggregates attribution() and attribution_partial()';

CREATE FUNCTION leadscore.attribution_transition(state internal, model text, touches leadscore.touch[], converted_at timestamptz, value double precision, half_life interval) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_attribution_transition';
COMMENT ON FUNCTION leadscore.attribution_transition(internal, text, leadscore.touch[], timestamptz, double precision, interval) IS 'Part of the aggregates attribution() and attribution_partial()';

CREATE FUNCTION leadscore.attribution_merge_transition(state internal, part bytea) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_attribution_merge_transition';
COMMENT ON FUNCTION leadscore.attribution_merge_transition(internal, bytea) IS 'Part of the aggregate attribution_merge()';

CREATE FUNCTION leadscore.attribution_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_attribution_combine';
COMMENT ON FUNCTION leadscore.attribution_combine(internal, internal) IS 'Part of the aggregates of attribution: joins what two processes have collected';

CREATE FUNCTION leadscore.attribution_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_attribution_serialize';
COMMENT ON FUNCTION leadscore.attribution_serialize(internal) IS 'Part of the aggregates of attribution: the state as bytes';

CREATE FUNCTION leadscore.attribution_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_attribution_deserialize';
COMMENT ON FUNCTION leadscore.attribution_deserialize(bytea, internal) IS 'Part of the aggregates of attribution: the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.attribution_final(state internal) RETURNS leadscore.attribution[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_attribution_final';
COMMENT ON FUNCTION leadscore.attribution_final(internal) IS 'Part of the aggregates attribution() and attribution_merge(): their result';

CREATE AGGREGATE leadscore.attribution(model text, touches leadscore.touch[], converted_at timestamptz) (
  SFUNC = leadscore.attribution_transition,
  STYPE = internal,
  SSPACE = 4096,
  FINALFUNC = leadscore.attribution_final,
  COMBINEFUNC = leadscore.attribution_combine,
  SERIALFUNC = leadscore.attribution_serialize,
  DESERIALFUNC = leadscore.attribution_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.attribution(text, leadscore.touch[], timestamptz) IS
'Which channels earned the conversions: an array of rows to unnest, one for each channel, the greatest credit first and equal credit by the bytes of the channel, and last, with a NULL channel, one for the conversions that no touch led to, if there are any. Each row of the input is the journey of one lead: its touches, in any order, and when it converted, NULL (or infinite) if it did not. A NULL array has no touches; touches that are NULL, have no channel or no finite time, or are later than the conversion do not count. The models: first, last, last_non_direct (the last touch of another channel than ''direct'', if there is one), linear (each touch the same), position (40 % the first, 40 % the last, the rest those between; of two touches each a half), time_decay (by age, halving in 7 days), shapley (each distinct channel of the journey the same), and markov (what removing the channel from the order-1 Markov chain of all journeys, those that did not convert too, would cost, solved exactly). NULL without rows. The credits sum up to the conversions exactly, in whatever order; neither the order of rows nor the number of workers changes a bit. Raises 22004 for a NULL model, 22023 for an unknown one and for models that differ within a group, 54000 for more than 100000 channels (markov: 1000) in a group and for channels of more than 64 MB together.';

CREATE AGGREGATE leadscore.attribution(model text, touches leadscore.touch[], converted_at timestamptz, value double precision) (
  SFUNC = leadscore.attribution_transition,
  STYPE = internal,
  SSPACE = 4096,
  FINALFUNC = leadscore.attribution_final,
  COMBINEFUNC = leadscore.attribution_combine,
  SERIALFUNC = leadscore.attribution_serialize,
  DESERIALFUNC = leadscore.attribution_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.attribution(text, leadscore.touch[], timestamptz, double precision) IS
'As attribution(model, touches, converted_at), with the value of each conversion, such as its revenue, which is split in the same proportions: value_credit. A NULL value is 0; negative values, such as refunds, count as such; values of journeys that did not convert do not count. The value credits sum up to the total value rounded to double precision, exactly and in whatever order; if some credits are negative and others not, to the total rounded at the 52nd binary place of the sum of their magnitudes. Raises 22023 for a value that is infinite or NaN, 22003 for values beyond the range of double precision together, and what the other form raises.';

CREATE AGGREGATE leadscore.attribution(model text, touches leadscore.touch[], converted_at timestamptz, value double precision, half_life interval) (
  SFUNC = leadscore.attribution_transition,
  STYPE = internal,
  SSPACE = 4096,
  FINALFUNC = leadscore.attribution_final,
  COMBINEFUNC = leadscore.attribution_combine,
  SERIALFUNC = leadscore.attribution_serialize,
  DESERIALFUNC = leadscore.attribution_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.attribution(text, leadscore.touch[], timestamptz, double precision, interval) IS
'As attribution(model, touches, converted_at, value), with the half-life of the model time_decay; other models ignore it. As by heat() a day has 24 hours and a month 30 days. Raises 22004 for a NULL half-life, 22023 for one that is not longer than zero or longer than 100000 years or that differs within a group, and what the other forms raise.';

CREATE AGGREGATE leadscore.attribution_partial(model text, touches leadscore.touch[], converted_at timestamptz) (
  SFUNC = leadscore.attribution_transition,
  STYPE = internal,
  SSPACE = 4096,
  FINALFUNC = leadscore.attribution_serialize,
  COMBINEFUNC = leadscore.attribution_combine,
  SERIALFUNC = leadscore.attribution_serialize,
  DESERIALFUNC = leadscore.attribution_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.attribution_partial(text, leadscore.touch[], timestamptz) IS
'A part of attribution(model, touches, converted_at), to be joined by attribution_merge(): for the rows of one partition or server. NULL without rows. Raises what attribution() raises.';

CREATE AGGREGATE leadscore.attribution_partial(model text, touches leadscore.touch[], converted_at timestamptz, value double precision) (
  SFUNC = leadscore.attribution_transition,
  STYPE = internal,
  SSPACE = 4096,
  FINALFUNC = leadscore.attribution_serialize,
  COMBINEFUNC = leadscore.attribution_combine,
  SERIALFUNC = leadscore.attribution_serialize,
  DESERIALFUNC = leadscore.attribution_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.attribution_partial(text, leadscore.touch[], timestamptz, double precision) IS
'A part of attribution(model, touches, converted_at, value), to be joined by attribution_merge(): for the rows of one partition or server. NULL without rows. Raises what attribution() raises.';

CREATE AGGREGATE leadscore.attribution_partial(model text, touches leadscore.touch[], converted_at timestamptz, value double precision, half_life interval) (
  SFUNC = leadscore.attribution_transition,
  STYPE = internal,
  SSPACE = 4096,
  FINALFUNC = leadscore.attribution_serialize,
  COMBINEFUNC = leadscore.attribution_combine,
  SERIALFUNC = leadscore.attribution_serialize,
  DESERIALFUNC = leadscore.attribution_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.attribution_partial(text, leadscore.touch[], timestamptz, double precision, interval) IS
'A part of attribution(model, touches, converted_at, value, half_life), to be joined by attribution_merge(): for the rows of one partition or server. NULL without rows. Raises what attribution() raises.';

CREATE AGGREGATE leadscore.attribution_merge(part bytea) (
  SFUNC = leadscore.attribution_merge_transition,
  STYPE = internal,
  SSPACE = 4096,
  FINALFUNC = leadscore.attribution_final,
  COMBINEFUNC = leadscore.attribution_combine,
  SERIALFUNC = leadscore.attribution_serialize,
  DESERIALFUNC = leadscore.attribution_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.attribution_merge(bytea) IS
'The attribution() of all rows whose parts attribution_partial() made, to the last bit, of databases of one encoding. NULL parts are ignored; NULL without others. Raises 22P03 for bytes that are no part, 22023 for parts of different models or half-lives, or of which only some have values, 54000 as attribution() does.';
