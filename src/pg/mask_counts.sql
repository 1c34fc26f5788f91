-- Many counts in one pass: each lead says by bits where it has been, each stage says by bits what counts for it.
CREATE FUNCTION leadscore.count_by_mask_transition(counts bigint[], bits bigint, masks bigint[]) RETURNS bigint[]
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_count_by_mask_transition';
COMMENT ON FUNCTION leadscore.count_by_mask_transition(bigint[], bigint, bigint[]) IS 'Part of the aggregate count_by_mask()';

CREATE FUNCTION leadscore.count_by_mask_combine(counts bigint[], others bigint[]) RETURNS bigint[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_count_by_mask_combine';
COMMENT ON FUNCTION leadscore.count_by_mask_combine(bigint[], bigint[]) IS 'Part of the aggregate count_by_mask(): adds what two processes have counted';

CREATE AGGREGATE leadscore.count_by_mask(bits bigint, masks bigint[]) (
  SFUNC = leadscore.count_by_mask_transition,
  STYPE = bigint[],
  SSPACE = 128,
  COMBINEFUNC = leadscore.count_by_mask_combine,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.count_by_mask(bigint, bigint[]) IS
'Element n of the result is the number of rows whose bits have any bit in common with element n of masks. The masks are the same in all rows of a group. Bits that are NULL have nothing in common with any; NULL for no rows. Raises 22004 for NULL masks, 22023 for masks of several dimensions, with a NULL among them, or of another number than in the rows before.';
