-- What hangs together: an aggregate over pairs, such as those that somebody has matched.
CREATE TYPE leadscore.component AS (
  member text,
  component text
);
COMMENT ON TYPE leadscore.component IS 'A member of a connected component, as leadscore.connected_components() gives it';
COMMENT ON COLUMN leadscore.component.member IS 'One of the texts that came in pairs';
COMMENT ON COLUMN leadscore.component.component IS 'The name of its component: the first of its members in the order of bytes (COLLATE "C")';

CREATE FUNCTION leadscore.connected_components_transition(state internal, a text, b text) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_connected_components_transition';
COMMENT ON FUNCTION leadscore.connected_components_transition(internal, text, text) IS 'Part of the aggregates connected_components() and connected_components_partial()';

CREATE FUNCTION leadscore.connected_components_merge_transition(state internal, part bytea) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_connected_components_merge_transition';
COMMENT ON FUNCTION leadscore.connected_components_merge_transition(internal, bytea) IS 'Part of the aggregate connected_components_merge()';

CREATE FUNCTION leadscore.connected_components_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_connected_components_combine';
COMMENT ON FUNCTION leadscore.connected_components_combine(internal, internal) IS 'Part of the aggregates of connected components: joins what two processes have collected';

CREATE FUNCTION leadscore.connected_components_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_connected_components_serialize';
COMMENT ON FUNCTION leadscore.connected_components_serialize(internal) IS 'Part of the aggregates of connected components: the state as bytes';

CREATE FUNCTION leadscore.connected_components_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_connected_components_deserialize';
COMMENT ON FUNCTION leadscore.connected_components_deserialize(bytea, internal) IS 'Part of the aggregates of connected components: the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.connected_components_final(state internal) RETURNS leadscore.component[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_connected_components_final';
COMMENT ON FUNCTION leadscore.connected_components_final(internal) IS 'Part of the aggregates connected_components() and connected_components_merge(): their result';

CREATE AGGREGATE leadscore.connected_components(a text, b text) (
  SFUNC = leadscore.connected_components_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.connected_components_final,
  COMBINEFUNC = leadscore.connected_components_combine,
  SERIALFUNC = leadscore.connected_components_serialize,
  DESERIALFUNC = leadscore.connected_components_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.connected_components(text, text) IS
'What hangs together, where each row says that a and b do: an array of rows to unnest, one for each distinct text, with the name of its component, which is its first text in the order of bytes; ordered by component, then member, in that order. Where one of them is NULL the other is a member by itself; rows where both are, are ignored; NULL without others. It takes any chain of pairs for one thing: a single wrong pair joins all that either side holds. Neither the order of rows nor the number of workers matters. About 100 bytes of memory a member, and more for texts of over 15 bytes. Raises 54000 for more than 10000000 members in a group, for texts of more than 256 MB together, and for a result of more than 1 GB.';

CREATE AGGREGATE leadscore.connected_components_partial(a text, b text) (
  SFUNC = leadscore.connected_components_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.connected_components_serialize,
  COMBINEFUNC = leadscore.connected_components_combine,
  SERIALFUNC = leadscore.connected_components_serialize,
  DESERIALFUNC = leadscore.connected_components_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.connected_components_partial(text, text) IS
'A part of connected_components(), to be joined by connected_components_merge(): for the rows of one partition or server. Its texts, and 8 bytes for each. NULLs are taken as by connected_components(). Raises 54000 for more than 10000000 members in a group, and for texts of more than 256 MB together.';

CREATE AGGREGATE leadscore.connected_components_merge(part bytea) (
  SFUNC = leadscore.connected_components_merge_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.connected_components_final,
  COMBINEFUNC = leadscore.connected_components_combine,
  SERIALFUNC = leadscore.connected_components_serialize,
  DESERIALFUNC = leadscore.connected_components_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.connected_components_merge(bytea) IS
'The connected_components() of all rows whose parts connected_components_partial() made, of databases of one encoding. NULL parts are ignored; NULL without others. Raises 22P03 for bytes that are no part, 54000 as connected_components() does.';
