#include "pg/touch_array.hpp"

#include "pg/composite.hpp"
#include "pg/stored_text.hpp"

namespace leadscore::pg {

namespace {

constexpr int kChannelColumn = 1;
constexpr int kTimeColumn = 2;

Datum column_of(HeapTupleHeader row, TupleDesc type, int number, bool* is_null) {
  HeapTupleData tuple;
  tuple.t_len = HeapTupleHeaderGetDatumLength(row);
  ItemPointerSetInvalid(&tuple.t_self);
  tuple.t_tableOid = InvalidOid;
  tuple.t_data = row;
  return heap_getattr(&tuple, number, type, is_null);
}

}  // namespace

std::span<funnel::Touch> touches_of(const ArrayType* array) {
  Datum* rows = nullptr;
  bool* nulls = nullptr;
  int count = 0;
  deconstruct_array(const_cast<ArrayType*>(array), ARR_ELEMTYPE(array), -1, false, TYPALIGN_DOUBLE, &rows, &nulls,
                    &count);
  if (count == 0) {
    return {};
  }
  auto* const touches = static_cast<funnel::Touch*>(
      MemoryContextAllocHuge(CurrentMemoryContext, sizeof(funnel::Touch) * static_cast<Size>(count)));
  std::size_t kept = 0;
  TupleDesc const type = lookup_rowtype_tupdesc(ARR_ELEMTYPE(array), -1);
  for (int i = 0; i < count; ++i) {
    CHECK_FOR_INTERRUPTS();
    if (nulls[i]) {
      continue;
    }
    HeapTupleHeader const row = DatumGetHeapTupleHeader(rows[i]);
    bool has_no_channel = false;
    bool has_no_time = false;
    const Datum channel = column_of(row, type, kChannelColumn, &has_no_channel);
    const Datum time = column_of(row, type, kTimeColumn, &has_no_time);
    if (has_no_channel || has_no_time || TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(time))) {
      continue;
    }
    touches[kept++] = {DatumGetTimestampTz(time), view_of(DatumGetTextPP(channel))};
  }
  ReleaseTupleDesc(type);
  return {touches, kept};
}

Datum touch_array(FunctionCallInfo fcinfo, std::span<const funnel::Touch> touches) {
  return make_row_array(fcinfo, touches.size(), [=](TupleDesc type, std::size_t i) {
    CHECK_FOR_INTERRUPTS();
    const Column channel = column(touches[i].channel);
    const Datum row = make_row(type, {channel, {TimestampTzGetDatum(touches[i].at), false}});
    pfree(DatumGetPointer(channel.value));
    return row;
  });
}

}  // namespace leadscore::pg
