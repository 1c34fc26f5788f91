#include "pg/event_kind.hpp"

#include "pg/interval_length.hpp"
#include "pg/model_cache.hpp"
#include "pg/own_table.hpp"
#include "pg/snapshot_stamp.hpp"

namespace leadscore::pg {

namespace {

// What a call site keeps.
struct ReadKinds {
  const EventKinds* newest;
  SnapshotStamp stamp;
};

struct Columns {
  AttrNumber event;
  AttrNumber points;
  AttrNumber half_life;
  AttrNumber max_count;
  AttrNumber per;
  AttrNumber enabled;
};

bool is_model(const EventKinds* read, const text* model) {
  const Size size = VARSIZE_ANY_EXHDR(model);
  return VARSIZE_ANY_EXHDR(read->model) == size && memcmp(VARDATA_ANY(read->model), VARDATA_ANY(model), size) == 0;
}

text* copy_of(const text* value) {
  return cstring_to_text_with_len(VARDATA_ANY(value), static_cast<int>(VARSIZE_ANY_EXHDR(value)));
}

[[noreturn]] void no_such_length(const char* column, const text* model, std::string_view event) {
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                  errmsg("%s of event \"%s\" of model \"%s\" must be longer than zero and at most 100000 years", column,
                         pnstrdup(event.data(), event.size()), text_to_cstring(model))));
}

// An interval of months alone is calendar months; any other has a fixed length.
heat::CountingPeriod period_of(const Interval* per, const text* model, std::string_view event) {
  if (per->day == 0 && per->time == 0 && per->month > 0) {
    return {per->month, 0};
  }
  const std::optional<std::int64_t> length = microseconds_of(per);
  if (!length || !heat::HalfLife::is_valid(*length)) {
    no_such_length("per", model, event);
  }
  return {0, *length};
}

// False if the kind does not count.
bool read_kind(HeapTuple tuple, TupleDesc row, const Columns& columns, const text* model, heat::EventKind* kind) {
  bool is_null[6] = {};
  const Datum enabled = heap_getattr(tuple, columns.enabled, row, &is_null[0]);
  const Datum event = heap_getattr(tuple, columns.event, row, &is_null[1]);
  const Datum points = heap_getattr(tuple, columns.points, row, &is_null[2]);
  const Datum half_life = heap_getattr(tuple, columns.half_life, row, &is_null[3]);
  const Datum max_count = heap_getattr(tuple, columns.max_count, row, &is_null[4]);
  const Datum per = heap_getattr(tuple, columns.per, row, &is_null[5]);
  if (is_null[0] || is_null[1] || is_null[2] || is_null[3] || !DatumGetBool(enabled)) {
    return false;
  }
  const text* const name = copy_of(DatumGetTextPP(event));
  kind->event = {VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)};
  kind->points = DatumGetFloat8(points);
  const std::optional<std::int64_t> length = microseconds_of(DatumGetIntervalP(half_life));
  if (!length || !heat::HalfLife::is_valid(*length)) {
    no_such_length("half_life", model, kind->event);
  }
  kind->half_life = heat::HalfLife(*length);
  if (!is_null[4]) {
    kind->max_count = static_cast<std::uint64_t>(DatumGetInt64(max_count));
    kind->per = is_null[5] ? heat::CountingPeriod{} : period_of(DatumGetIntervalP(per), model, kind->event);
  }
  return true;
}

std::span<heat::EventKind> read_table(const text* model) {
  heat::EventKind* kinds = nullptr;
  std::size_t count = 0;
  std::size_t capacity = 0;
  const Oid table = own_table("event_kind");
  if (!OidIsValid(table)) {
    return {};
  }
  const Columns columns{own_column(table, "event"),     own_column(table, "points"), own_column(table, "half_life"),
                        own_column(table, "max_count"), own_column(table, "per"),    own_column(table, "enabled")};
  const AttrNumber model_column = own_column(table, "model");
  Relation const relation = table_open(table, AccessShareLock);
  const Oid index = RelationGetPrimaryKeyIndex(relation);
  ScanKeyData key;
  ScanKeyEntryInitialize(&key, 0, model_column, BTEqualStrategyNumber, InvalidOid,
                         TupleDescAttr(RelationGetDescr(relation), model_column - 1)->attcollation, F_TEXTEQ,
                         PointerGetDatum(model));
  SysScanDesc const scan = systable_beginscan(relation, index, OidIsValid(index), GetActiveSnapshot(), 1, &key);
  HeapTuple tuple = nullptr;
  while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
    CHECK_FOR_INTERRUPTS();
    if (count == capacity) {
      capacity = capacity == 0 ? 32 : capacity * 2;
      const Size size = capacity * sizeof(heat::EventKind);
      kinds = static_cast<heat::EventKind*>(kinds == nullptr ? palloc(size) : repalloc(kinds, size));
    }
    auto* const kind = new (kinds + count) heat::EventKind();
    count += read_kind(tuple, RelationGetDescr(relation), columns, model, kind) ? 1 : 0;
  }
  systable_endscan(scan);
  table_close(relation, AccessShareLock);
  heat::sort_kinds({kinds, count});
  return {kinds, count};
}

}  // namespace

const EventKinds* find_event_kinds(FmgrInfo* flinfo, const text* model) {
  auto* read = static_cast<ReadKinds*>(flinfo->fn_extra);
  if (read == nullptr) {
    read = static_cast<ReadKinds*>(MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(ReadKinds)));
    flinfo->fn_extra = read;
  }
  const SnapshotStamp stamp = stamp_of_active_snapshot();
  if (!(read->stamp == stamp)) {
    read->newest = nullptr;  // states may still hold the older ones, which stay where they are
    read->stamp = stamp;
  }
  for (const EventKinds* kinds = read->newest; kinds != nullptr; kinds = kinds->next) {
    if (is_model(kinds, model)) {
      return kinds;
    }
  }
  require_model(model);
  MemoryContext const caller = MemoryContextSwitchTo(flinfo->fn_mcxt);
  auto* const kinds = static_cast<EventKinds*>(palloc0(sizeof(EventKinds)));
  kinds->model = copy_of(model);
  kinds->kinds = read_table(kinds->model);
  MemoryContextSwitchTo(caller);
  kinds->fingerprint = heat::fingerprint(kinds->kinds);
  kinds->next = read->newest;
  read->newest = kinds;
  return kinds;
}

}  // namespace leadscore::pg
