// The aggregate count_by_mask(): how many sets of bits meet each of some masks.
#include "pg/aggregate.hpp"
#include "pg/guard.hpp"

namespace leadscore::pg {

namespace {

int64* elements(ArrayType* array) { return reinterpret_cast<int64*>(ARR_DATA_PTR(array)); }

int length(const ArrayType* array) { return ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0]; }

ArrayType* masks_argument(FunctionCallInfo fcinfo, int argument) {
  if (PG_ARGISNULL(argument)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the masks must be given")));
  }
  ArrayType* const masks = PG_GETARG_ARRAYTYPE_P(argument);
  if (ARR_NDIM(masks) > 1 || array_contains_nulls(masks)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("masks must be an array of one dimension without NULLs")));
  }
  return masks;
}

// In the memory of the row: the executor copies a state that is not the one it passed.
ArrayType* zeros(int count) {
  if (count == 0) {
    return construct_empty_array(INT8OID);
  }
  const Size size = ARR_OVERHEAD_NONULLS(1) + static_cast<Size>(count) * sizeof(int64);
  auto* const counts = static_cast<ArrayType*>(palloc0(size));
  SET_VARSIZE(counts, size);
  counts->ndim = 1;
  counts->elemtype = INT8OID;
  ARR_DIMS(counts)[0] = count;
  ARR_LBOUND(counts)[0] = 1;
  return counts;
}

[[noreturn]] void refuse_other_length() {
  ereport(ERROR,
          (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the masks must be as many in all rows of a group")));
}

}  // namespace

}  // namespace leadscore::pg

namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_count_by_mask_transition) {
  pg::aggregate_context(fcinfo);
  ArrayType* counts = PG_ARGISNULL(0) ? nullptr : PG_GETARG_ARRAYTYPE_P(0);
  ArrayType* const masks = pg::masks_argument(fcinfo, 2);
  const int count = pg::length(masks);
  if (counts == nullptr) {
    counts = pg::zeros(count);
  } else if (pg::length(counts) != count) {
    pg::refuse_other_length();
  }
  const int64 bits = PG_ARGISNULL(1) ? 0 : PG_GETARG_INT64(1);
  for (int i = 0; i < count; ++i) {
    pg::elements(counts)[i] += (bits & pg::elements(masks)[i]) != 0 ? 1 : 0;
  }
  PG_RETURN_ARRAYTYPE_P(counts);
}

LEADSCORE_FUNCTION(leadscore_count_by_mask_combine) {
  pg::aggregate_context(fcinfo);
  ArrayType* const counts = PG_GETARG_ARRAYTYPE_P(0);
  ArrayType* const others = PG_GETARG_ARRAYTYPE_P(1);
  const int count = pg::length(counts);
  if (pg::length(others) != count) {
    pg::refuse_other_length();
  }
  for (int i = 0; i < count; ++i) {
    pg::elements(counts)[i] += pg::elements(others)[i];
  }
  PG_RETURN_ARRAYTYPE_P(counts);
}
