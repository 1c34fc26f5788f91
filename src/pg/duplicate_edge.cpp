#include "pg/duplicate_edge.hpp"

#include <algorithm>

#include "pg/own_rows.hpp"

namespace leadscore::pg {

namespace {

constexpr const char* kTable = "duplicate_edge";
constexpr const char* kPairIndex = "duplicate_edge_pair";    // (relation, lead_a, lead_b, verdict DESC)
constexpr const char* kOtherIndex = "duplicate_edge_other";  // (relation, lead_b)
constexpr const char* kSequence = "duplicate_edge_verdict_seq";

enum Column : int {
  column_relation,
  column_lead_a,
  column_lead_b,
  column_is_same,
  column_probability,
  column_verdict,
  column_noted_at,
};
constexpr int kColumns = column_noted_at + 1;

NotedPair pair_in(TupleTableSlot* slot, Snapshot snapshot) {
  slot_getallattrs(slot);
  const auto value = [slot](Column column) { return slot->tts_values[column]; };
  const bool is_unsettled = slot->tts_isnull[column_is_same];
  return {
      .lead = TextDatumGetCString(value(column_lead_a)),
      .other = TextDatumGetCString(value(column_lead_b)),
      .verdict = is_unsettled                          ? Verdict::unsettled
                 : DatumGetBool(value(column_is_same)) ? Verdict::same
                                                       : Verdict::different,
      .probability = slot->tts_isnull[column_probability] ? 0 : DatumGetFloat8(value(column_probability)),
      .running = snapshot->snapshot_type == SNAPSHOT_DIRTY ? snapshot->xmin : InvalidTransactionId,
      .number = DatumGetInt64(value(column_verdict)),
  };
}

int order_of_pairs(const NotedPair& a, const NotedPair& b) {
  const int order = strcmp(a.lead, b.lead);
  return order != 0 ? order : strcmp(a.other, b.other);
}

// Rows that an index finds; take(pair) is called for each.
template <class Take>
void scan_rows(Relation table, const char* index_name, std::span<ScanKeyData> conditions, Snapshot snapshot,
               Take take) {
  Relation const index = index_open(own_table(index_name), AccessShareLock);
  TupleTableSlot* const slot = table_slot_create(table, nullptr);
  IndexScanDesc const scan = begin_index_scan(table, index, snapshot, static_cast<int>(conditions.size()));
  index_rescan(scan, conditions.data(), static_cast<int>(conditions.size()), nullptr, 0);
  while (index_getnext_slot(scan, ForwardScanDirection, slot)) {
    CHECK_FOR_INTERRUPTS();
    take(pair_in(slot, snapshot));
  }
  index_endscan(scan);
  ExecDropSingleTupleTableSlot(slot);
  index_close(index, AccessShareLock);
}

void set_text_condition(ScanKeyData& condition, AttrNumber column, const char* value) {
  ScanKeyEntryInitialize(&condition, 0, column, BTEqualStrategyNumber, InvalidOid, C_COLLATION_OID, F_TEXTEQ,
                         CStringGetTextDatum(value));
}

// The index gives pairs in order, the latest verdict first.
void visit_all(Relation table, Oid relation, Snapshot snapshot, VisitNotedPair visit, void* argument) {
  MemoryContext const last_pair = AllocSetContextCreate(CurrentMemoryContext, "leadscore pair", ALLOCSET_SMALL_SIZES);
  NotedPair last{.lead = "",
                 .other = "",
                 .verdict = Verdict::same,
                 .probability = 0,
                 .running = InvalidTransactionId,
                 .number = 0};
  ScanKeyData condition;
  ScanKeyInit(&condition, 1, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
  scan_rows(table, kPairIndex, {&condition, 1}, snapshot, [&](const NotedPair& pair) {
    const bool is_older = order_of_pairs(pair, last) == 0;
    if (!is_older) {
      visit(pair, argument);
      MemoryContextReset(last_pair);
      last.lead = MemoryContextStrdup(last_pair, pair.lead);
      last.other = MemoryContextStrdup(last_pair, pair.other);
    }
    pfree(const_cast<char*>(pair.lead));
    pfree(const_cast<char*>(pair.other));
  });
  MemoryContextDelete(last_pair);
}

}  // namespace

NotedPairReader::NotedPairReader(Oid relation, Snapshot snapshot)
    : relation_(relation),
      snapshot_(snapshot),
      context_(CurrentMemoryContext),
      table_(open_own_table(kTable, AccessShareLock)),
      slot_(table_slot_create(table_, nullptr)),
      indexes_{open_index(kPairIndex), open_index(kOtherIndex)} {}

NotedPairReader::IndexOfPairs NotedPairReader::open_index(const char* name) const {
  Relation const index = index_open(own_table(name), AccessShareLock);
  return {index, begin_index_scan(table_, index, snapshot_, 2)};
}

std::span<const NotedPair> NotedPairReader::read(const char* lead) {
  int capacity = 8;
  int count = 0;
  auto* pairs = static_cast<NotedPair*>(palloc(sizeof(NotedPair) * static_cast<Size>(capacity)));
  ScanKeyData conditions[2];
  ScanKeyInit(&conditions[0], 1, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation_));
  set_text_condition(conditions[1], 2, lead);
  for (const IndexOfPairs& by : indexes_) {
    // What a scan allocates lasts as long as the scan.
    MemoryContext const caller = MemoryContextSwitchTo(context_);
    index_rescan(by.scan, conditions, 2, nullptr, 0);
    while (index_getnext_slot(by.scan, ForwardScanDirection, slot_)) {
      CHECK_FOR_INTERRUPTS();
      MemoryContextSwitchTo(caller);
      if (count == capacity) {
        capacity *= 2;
        pairs = static_cast<NotedPair*>(repalloc(pairs, sizeof(NotedPair) * static_cast<Size>(capacity)));
      }
      pairs[count++] = pair_in(slot_, snapshot_);
      MemoryContextSwitchTo(context_);
    }
    MemoryContextSwitchTo(caller);
  }
  ExecClearTuple(slot_);
  std::sort(pairs, pairs + count, [](const NotedPair& a, const NotedPair& b) {
    const int order = order_of_pairs(a, b);
    return order != 0 ? order < 0 : a.number > b.number;
  });
  int latest = 0;
  for (int i = 1; i < count; ++i) {
    if (order_of_pairs(pairs[latest], pairs[i]) != 0) {
      pairs[++latest] = pairs[i];
    } else if (TransactionIdIsValid(pairs[i].running)) {
      pairs[latest].running = pairs[i].running;
    }
  }
  return {pairs, static_cast<std::size_t>(std::min(count, latest + 1))};
}

void NotedPairReader::close() {
  for (const IndexOfPairs& by : indexes_) {
    index_endscan(by.scan);
    index_close(by.index, AccessShareLock);
  }
  ExecDropSingleTupleTableSlot(slot_);
  table_close(table_, AccessShareLock);
}

void note_verdict(Oid relation, const char* lead, const char* other, Verdict verdict, double probability) {
  const bool is_in_order = strcmp(lead, other) < 0;
  Relation const table = open_own_table(kTable, RowExclusiveLock);
  Datum values[kColumns] = {};
  bool nulls[kColumns] = {};
  values[column_relation] = ObjectIdGetDatum(relation);
  values[column_lead_a] = CStringGetTextDatum(is_in_order ? lead : other);
  values[column_lead_b] = CStringGetTextDatum(is_in_order ? other : lead);
  values[column_is_same] = BoolGetDatum(verdict == Verdict::same);
  nulls[column_is_same] = verdict == Verdict::unsettled;
  values[column_probability] = Float8GetDatum(probability);
  nulls[column_probability] = verdict == Verdict::unsettled;
  values[column_verdict] = Int64GetDatum(nextval_internal(own_table(kSequence), false));
  values[column_noted_at] = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
  CatalogTupleInsert(table, heap_form_tuple(RelationGetDescr(table), values, nulls));
  table_close(table, NoLock);
}

bool is_noted(Oid relation, const char* lead, const char* other, Snapshot snapshot) {
  const bool is_in_order = strcmp(lead, other) < 0;
  Relation const table = open_own_table(kTable, AccessShareLock);
  ScanKeyData conditions[3];
  ScanKeyInit(&conditions[0], 1, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
  set_text_condition(conditions[1], 2, is_in_order ? lead : other);
  set_text_condition(conditions[2], 3, is_in_order ? other : lead);
  bool is_found = false;
  scan_rows(table, kPairIndex, conditions, snapshot, [&](const NotedPair&) { is_found = true; });
  table_close(table, AccessShareLock);
  return is_found;
}

void visit_noted_pairs(Oid relation, const char* lead, Snapshot snapshot, VisitNotedPair visit, void* argument) {
  if (lead != nullptr) {
    NotedPairReader reader(relation, snapshot);
    for (const NotedPair& pair : reader.read(lead)) {
      visit(pair, argument);
    }
    reader.close();
    return;
  }
  Relation const table = open_own_table(kTable, AccessShareLock);
  visit_all(table, relation, snapshot, visit, argument);
  table_close(table, AccessShareLock);
}

}  // namespace leadscore::pg
