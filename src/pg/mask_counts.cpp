// The aggregate count_by_mask(): how many sets of bits meet each of some masks.
#include "pg/aggregate.hpp"
#include "pg/guard.hpp"

namespace leadscore::pg {

namespace {

int64* elements(ArrayType* array) { return reinterpret_cast<int64*>(ARR_DATA_PTR(array)); }

int length(const ArrayType* array) { return ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0]; }

// An array as it lies in a row: its header may be short, and then nothing in it is aligned.
struct Masks {
  const char* first = nullptr;
  int count = 0;

  int64 operator[](int n) const {
    int64 mask = 0;
    memcpy(&mask, first + static_cast<Size>(n) * sizeof mask, sizeof mask);
    return mask;
  }
};

Masks masks_argument(FunctionCallInfo fcinfo, int argument) {
  if (PG_ARGISNULL(argument)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the masks must be given")));
  }
  const char* const body = VARDATA_ANY(PG_GETARG_VARLENA_PP(argument));
  ArrayType header{};
  memcpy(&header.ndim, body, sizeof header - VARHDRSZ);
  if (header.ndim > 1 || (header.dataoffset != 0 && array_contains_nulls(PG_GETARG_ARRAYTYPE_P(argument)))) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("masks must be an array of one dimension without NULLs")));
  }
  if (header.ndim == 0) {
    return {};
  }
  Masks masks;
  memcpy(&masks.count, body + sizeof header - VARHDRSZ, sizeof masks.count);
  masks.first = body + (header.dataoffset != 0 ? header.dataoffset : ARR_OVERHEAD_NONULLS(1)) - VARHDRSZ;
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
  const pg::Masks masks = pg::masks_argument(fcinfo, 2);
  if (counts == nullptr) {
    counts = pg::zeros(masks.count);
  } else if (pg::length(counts) != masks.count) {
    pg::refuse_other_length();
  }
  const int64 bits = PG_ARGISNULL(1) ? 0 : PG_GETARG_INT64(1);
  for (int i = 0; i < masks.count; ++i) {
    pg::elements(counts)[i] += (bits & masks[i]) != 0 ? 1 : 0;
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
