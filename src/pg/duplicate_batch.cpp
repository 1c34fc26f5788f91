#include "pg/duplicate_batch.hpp"

#include "pg/duplicate_notes.hpp"
#include "pg/lead_batch.hpp"

namespace leadscore::pg {

namespace {

bool is_updated(TupleTableSlot* row) {
  bool must_free = false;
  HeapTuple const tuple = ExecFetchSlotHeapTuple(row, false, &must_free);
  const bool is_updated = (tuple->t_data->t_infomask & HEAP_UPDATED) != 0;
  if (must_free) {
    heap_freetuple(tuple);
  }
  return is_updated;
}

// Adds those leads to a batch that are there under their keys, as they are now.
void read_new_leads(DuplicateIndex& index, const LeadPart& part, std::span<const Datum> keys, LeadBatch& batch) {
  LeadReader reader(index, SnapshotSelf);
  MemoryContext const of_row = AllocSetContextCreate(CurrentMemoryContext, "leadscore row", ALLOCSET_DEFAULT_SIZES);
  for (const Datum key : keys) {
    CHECK_FOR_INTERRUPTS();
    reader.visit(part, key, [&](TupleTableSlot* row) {
      MemoryContext const caller = MemoryContextSwitchTo(of_row);
      const WrittenLead read = read_written(index, part, row);
      if (read.fields != nullptr && is_updated(row)) {
        remove_contact_keys(read.place, read.keys);  // the trigger of that update has added some
      }
      MemoryContextSwitchTo(caller);
      if (read.fields != nullptr) {
        batch.add(read, row);
      }
      MemoryContextReset(of_row);
    });
  }
  MemoryContextDelete(of_row);
  reader.close();
}

void mark(DuplicateIndex& index, const LeadPart& part, std::span<const Datum> keys) {
  SnapshotData dirty;
  InitDirtySnapshot(dirty);
  LeadBatch batch(index, part, &dirty);
  read_new_leads(index, part, keys, batch);
  batch.add_keys_and_find_sharers();
  DuplicateNotes notes(index, &dirty);
  batch.for_each_judged([&](const WrittenLead& lead, std::span<const JudgedLead> judged) {
    notes.note(lead, judged);
    if (index.mode == DuplicateMode::warn) {
      tell_of_duplicates(index, lead, judged);
    }
  });
  notes.close();
}

}  // namespace

void mark_new_leads(DuplicateIndex& index, const LeadPart& part, Relation table, Tuplestorestate* rows) {
  // One of its own: others read the same rows.
  tuplestore_select_read_pointer(rows, tuplestore_alloc_read_pointer(rows, EXEC_FLAG_REWIND));
  tuplestore_rescan(rows);
  const FormData_pg_attribute& key_column = *TupleDescAttr(RelationGetDescr(table), part.key - 1);
  TupleTableSlot* const row = MakeSingleTupleTableSlot(RelationGetDescr(table), &TTSOpsMinimalTuple);
  MemoryContext const of_batch = AllocSetContextCreate(CurrentMemoryContext, "leadscore leads", ALLOCSET_DEFAULT_SIZES);
  MemoryContext const caller = MemoryContextSwitchTo(of_batch);
  const std::size_t most = LeadBatch::most_leads();
  bool has_more = true;
  while (has_more) {
    GrowingArray<Datum> keys;
    while (keys.all().size() < most && (has_more = tuplestore_gettupleslot(rows, true, false, row))) {
      bool is_null = false;
      const Datum key = slot_getattr(row, part.key, &is_null);
      if (!is_null) {
        keys.add(datumCopy(key, key_column.attbyval, key_column.attlen));
      }
    }
    mark(index, part, keys.all());
    ExecClearTuple(row);  // which may have been read from a file, into the same memory
    MemoryContextReset(of_batch);
  }
  MemoryContextSwitchTo(caller);
  MemoryContextDelete(of_batch);
  ExecDropSingleTupleTableSlot(row);
}

}  // namespace leadscore::pg
