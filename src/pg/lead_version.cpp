#include "pg/lead_version.hpp"

#include "pg/guard.hpp"
#include "pg/unsettled_lead.hpp"

namespace leadscore::pg {

namespace {

struct Reading {
  const DuplicateIndex* index;
  const LeadPart* part;
  TupleTableSlot* lead;
  const dedup::LeadFields* fields;
};

void read_fields_of_row(void* argument) {
  auto* const reading = static_cast<Reading*>(argument);
  reading->fields = read_fields(reading->index->judge, read_lead(*reading->part->columns, reading->lead));
}

bool has_external_values(TupleTableSlot* slot) {
  bool must_free = false;
  HeapTuple const tuple = ExecFetchSlotHeapTuple(slot, false, &must_free);
  const bool has_external = HeapTupleHasExternal(tuple);
  if (must_free) {
    heap_freetuple(tuple);
  }
  return has_external;
}

bool was_rolled_back(TransactionId transaction) {
  return TransactionIdIsValid(transaction) && !TransactionIdIsInProgress(transaction) &&
         !TransactionIdDidCommit(transaction);
}

const dedup::LeadFields* read_carefully(Reading& reading, ErrorData** failure) {
  *failure = attempt(read_fields_of_row, &reading);
  return *failure == nullptr ? reading.fields : nullptr;
}

// Values stored elsewhere may vanish at any moment if the transaction that wrote them is rolled back.
const dedup::LeadFields* read_version(const DuplicateIndex& index, const LeadPart& part, TupleTableSlot* lead,
                                      TransactionId running) {
  ErrorData* failure = nullptr;
  if (!TransactionIdIsValid(running) || !has_external_values(lead)) {
    return read_row(index, part, lead, &failure);
  }
  Reading reading{&index, &part, lead, nullptr};
  const dedup::LeadFields* const fields = read_carefully(reading, &failure);
  if (failure != nullptr && must_not_be_swallowed(failure->sqlerrcode) && !was_rolled_back(running)) {
    ReThrowError(failure);
  }
  return fields;
}

TransactionId running_transaction(const SnapshotData* snapshot) {
  if (snapshot->snapshot_type != SNAPSHOT_DIRTY) {
    return InvalidTransactionId;
  }
  return TransactionIdIsValid(snapshot->xmin) ? snapshot->xmin : snapshot->xmax;
}

}  // namespace

TransactionId writer_of(TupleTableSlot* slot) {
  bool is_null = false;
  return DatumGetTransactionId(slot_getsysattr(slot, MinTransactionIdAttributeNumber, &is_null));
}

TransactionId changer_of(TupleTableSlot* slot) {
  bool must_free = false;
  HeapTuple const tuple = ExecFetchSlotHeapTuple(slot, false, &must_free);
  const HeapTupleHeader header = tuple->t_data;
  const bool is_changed =
      (header->t_infomask & HEAP_XMAX_INVALID) == 0 && !HEAP_XMAX_IS_LOCKED_ONLY(header->t_infomask);
  const TransactionId changer = is_changed ? HeapTupleHeaderGetUpdateXid(header) : InvalidTransactionId;
  if (must_free) {
    heap_freetuple(tuple);
  }
  return runs_elsewhere(changer) ? changer : InvalidTransactionId;
}

const dedup::LeadFields* read_row(const DuplicateIndex& index, const LeadPart& part, TupleTableSlot* lead,
                                  ErrorData** failure) {
  *failure = nullptr;
  Reading reading{&index, &part, lead, nullptr};
  if (!part.columns->may_raise) {
    read_fields_of_row(&reading);
    return reading.fields;
  }
  const dedup::LeadFields* const fields = read_carefully(reading, failure);
  if (*failure != nullptr && must_not_be_swallowed((*failure)->sqlerrcode)) {
    ReThrowError(*failure);
  }
  return fields;
}

bool LeadReader::open(const LeadPart& part) {
  if (part_ == &part) {
    return true;
  }
  close();
  table_ = try_relation_open(part.table, AccessShareLock);
  if (table_ == nullptr) {
    return false;
  }
  MemoryContext const caller = MemoryContextSwitchTo(context_);
  part_ = &part;
  key_index_ = index_open(part.key_index, AccessShareLock);
  slot_ = table_slot_create(table_, nullptr);
  scan_ = begin_index_scan(table_, key_index_, snapshot_, 1);
  MemoryContextSwitchTo(caller);
  return true;
}

void LeadReader::close() {
  if (part_ != nullptr) {
    index_endscan(scan_);
    ExecDropSingleTupleTableSlot(slot_);
    index_close(key_index_, AccessShareLock);
    relation_close(table_, AccessShareLock);
    part_ = nullptr;
  }
}

bool LeadReader::begin(const LeadPart& part, const char* lead_id) {
  return begin(part, InputFunctionCall(const_cast<FmgrInfo*>(&index_->key_input), const_cast<char*>(lead_id),
                                       index_->key_parameter, index_->key_modifier));
}

bool LeadReader::begin(const LeadPart& part, Datum key) {
  if (!open(part)) {
    return false;
  }
  ScanKeyData condition = part.with_key;
  condition.sk_argument = key;
  MemoryContext const caller = MemoryContextSwitchTo(context_);
  index_rescan(scan_, &condition, 1, nullptr, 0);
  MemoryContextSwitchTo(caller);
  return true;
}

bool LeadReader::next() {
  MemoryContext const caller = MemoryContextSwitchTo(context_);
  const bool is_found = index_getnext_slot(scan_, ForwardScanDirection, slot_);
  MemoryContextSwitchTo(caller);
  return is_found;
}

std::span<LeadVersion> LeadReader::read(const LeadPart& part, const char* lead_id) {
  std::size_t capacity = 2;
  std::size_t count = 0;
  auto* versions = static_cast<LeadVersion*>(palloc(sizeof(LeadVersion) * capacity));
  visit(part, lead_id, [&](TupleTableSlot* row) {
    const TransactionId running = running_transaction(snapshot_);
    const dedup::LeadFields* const fields = read_version(*index_, part, row, running);
    if (fields == nullptr) {
      return;
    }
    if (count == capacity) {
      capacity *= 2;
      versions = static_cast<LeadVersion*>(repalloc(versions, sizeof(LeadVersion) * capacity));
    }
    versions[count++] = {fields, row->tts_tid, writer_of(row), running};
  });
  return {versions, count};
}

std::span<LeadVersion> find_versions(DuplicateIndex& index, const char* lead_id, Snapshot snapshot) {
  LeadReader reader(index, snapshot);
  std::span<LeadVersion> versions;
  List* const tables = all_lead_parts(index);
  ListCell* cell = nullptr;
  foreach (cell, tables) {
    const LeadPart* const part = find_lead_part(index, lfirst_oid(cell));
    if (part != nullptr && versions.empty()) {
      versions = reader.read(*part, lead_id);
    }
  }
  reader.close();
  return versions;
}

}  // namespace leadscore::pg
