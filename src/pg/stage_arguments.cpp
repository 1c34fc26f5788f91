#include "pg/stage_arguments.hpp"

#include "pg/guard.hpp"
#include "pg/interval_length.hpp"
#include "pg/model_document.hpp"
#include "pg/stored_text.hpp"

namespace leadscore::pg {

namespace {

// The columns of leadscore.stage_visit.
constexpr AttrNumber kStageNo = 1;
constexpr AttrNumber kEnteredAt = 2;

// The kinds of the last row: mostly those of the next one.
struct KnownKinds {
  ArrayType* written;
  funnel::StageKinds kinds;
};

std::optional<funnel::StageKind> kind_of(Datum name) {
  const text* const value = DatumGetTextPP(name);
  for (int i = 0; i < kStageKinds; ++i) {
    const auto kind = static_cast<funnel::StageKind>(i);
    if (view_of(value) == stage_kind_name(kind)) {
      return kind;
    }
  }
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                  errmsg("there is no kind of stages \"%s\"", text_to_cstring(value)),
                  errhint("A stage is open, won, hold or lost.")));
}

funnel::StageKinds read_kinds(ArrayType* array) {
  if (ARR_NDIM(array) > 1 || (ARR_NDIM(array) == 1 && ARR_LBOUND(array)[0] != 1)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("kinds must be an array of one dimension that begins with element 1"),
                    errhint("The kind of stage n is element n.")));
  }
  Datum* names = nullptr;
  bool* nulls = nullptr;
  int count = 0;
  deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &names, &nulls, &count);
  funnel::StageKinds kinds;
  for (int i = 0; i < count; ++i) {
    const std::optional<funnel::StageKind> kind = nulls[i] ? std::nullopt : kind_of(names[i]);
    core_call([&] {
      kinds.add(kind);
      return true;
    });
  }
  return kinds;
}

const funnel::StageKinds& kinds_argument(FunctionCallInfo fcinfo, int argument) {
  ArrayType* const array = PG_GETARG_ARRAYTYPE_P(argument);
  auto* known = static_cast<KnownKinds*>(fcinfo->flinfo->fn_extra);
  if (known != nullptr && VARSIZE(known->written) == VARSIZE(array) &&
      memcmp(known->written, array, VARSIZE(array)) == 0) {
    return known->kinds;
  }
  const funnel::StageKinds kinds = read_kinds(array);
  auto* const written = static_cast<ArrayType*>(MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, VARSIZE(array)));
  memcpy(written, array, VARSIZE(array));
  if (known == nullptr) {
    known = new (MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(KnownKinds))) KnownKinds{};
    fcinfo->flinfo->fn_extra = known;
  } else {
    pfree(known->written);
  }
  *known = {written, kinds};
  return known->kinds;
}

TimestampTz as_of_argument(FunctionCallInfo fcinfo, int argument) {
  const TimestampTz as_of = PG_GETARG_TIMESTAMPTZ(argument);
  if (TIMESTAMP_NOT_FINITE(as_of)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("as_of must be a finite time"),
                    errhint("It is the time until which the histories are known, such as now().")));
  }
  return as_of;
}

std::uint64_t matures_after_argument(FunctionCallInfo fcinfo, int argument) {
  const Interval* const interval = PG_GETARG_INTERVAL_P(argument);
  if (interval->month != 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("matures_after must not have months, which differ in length"),
                    errhint("Give days, such as interval '30 days'.")));
  }
  const std::optional<std::int64_t> length = microseconds_of(interval);
  if (!length || *length < 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("matures_after must not be negative")));
  }
  return static_cast<std::uint64_t>(*length);
}

}  // namespace

std::span<const funnel::StageVisit> visits_argument(FunctionCallInfo fcinfo, int argument) {
  if (PG_ARGISNULL(argument)) {
    return {};
  }
  ArrayType* const array = PG_GETARG_ARRAYTYPE_P(argument);
  Datum* rows = nullptr;
  bool* nulls = nullptr;
  int count = 0;
  deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_DOUBLE, &rows, &nulls, &count);
  auto* const visits =
      static_cast<funnel::StageVisit*>(palloc(sizeof(funnel::StageVisit) * (static_cast<Size>(count) + 1)));
  TupleDesc const type = lookup_rowtype_tupdesc(ARR_ELEMTYPE(array), -1);
  std::size_t used = 0;
  for (int i = 0; i < count; ++i) {
    CHECK_FOR_INTERRUPTS();
    if (nulls[i]) {
      continue;
    }
    HeapTupleData tuple{};
    tuple.t_data = DatumGetHeapTupleHeader(rows[i]);
    tuple.t_len = HeapTupleHeaderGetDatumLength(tuple.t_data);
    bool has_no_stage = false;
    bool has_no_time = false;
    const Datum stage_no = heap_getattr(&tuple, kStageNo, type, &has_no_stage);
    const Datum entered_at = heap_getattr(&tuple, kEnteredAt, type, &has_no_time);
    if (!has_no_stage && !has_no_time && !TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(entered_at))) {
      visits[used++] = {DatumGetTimestampTz(entered_at), DatumGetInt32(stage_no)};
    }
  }
  ReleaseTupleDesc(type);
  const std::size_t left = core_call([=] {
    StopToken stop = stop_token();
    return funnel::order_visits({visits, used}, stop);
  });
  return {visits, left};
}

funnel::StageQuestion question_arguments(FunctionCallInfo fcinfo, int first) {
  static constexpr const char* kNames[] = {"kinds", "as_of", "matures_after"};
  for (int i = first; i < PG_NARGS(); ++i) {
    if (PG_ARGISNULL(i)) {
      ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s must not be NULL", kNames[i - first])));
    }
  }
  funnel::StageQuestion question;
  question.kinds = kinds_argument(fcinfo, first);
  if (PG_NARGS() > first + 1) {
    question.as_of = as_of_argument(fcinfo, first + 1);
  }
  if (PG_NARGS() > first + 2) {
    question.matures_after = matures_after_argument(fcinfo, first + 2);
  }
  return question;
}

}  // namespace leadscore::pg
