// The SQL functions that fill a duplicate index with the leads that are there.
#include "core/dedup/match_weights.hpp"
#include "pg/duplicate_judgement.hpp"
#include "pg/duplicate_registry.hpp"
#include "pg/guard.hpp"
#include "pg/written_lead.hpp"

namespace leadscore::pg {

namespace {

// Calls visit(lead) for each lead of a table or partition that has a key; returns how many.
template <class Visit>
std::int64_t visit_leads_of(DuplicateIndex& index, const LeadPart& part, Snapshot snapshot, Visit visit) {
  Relation const table = table_open(part.table, AccessShareLock);
  TupleTableSlot* const slot = table_slot_create(table, nullptr);
  TableScanDesc const scan = table_beginscan(table, snapshot, 0, nullptr);
  MemoryContext const of_row = AllocSetContextCreate(CurrentMemoryContext, "leadscore lead", ALLOCSET_DEFAULT_SIZES);
  std::int64_t leads = 0;
  while (table_scan_getnextslot(scan, ForwardScanDirection, slot)) {
    CHECK_FOR_INTERRUPTS();
    MemoryContext const caller = MemoryContextSwitchTo(of_row);
    WrittenLead lead{
        .place = {index.relation, part.table, lead_id_in(index, part, slot)}, .fields = nullptr, .keys = {}};
    ErrorData* failure = nullptr;
    const bool has_key = lead.place.lead_id != nullptr && strlen(lead.place.lead_id) <= kMostLeadIdBytes;
    lead.fields = has_key ? read_row(index, part, slot, &failure) : nullptr;
    if (lead.fields != nullptr) {
      lead.keys = contact_keys(index.secret, blocking_hashes(index.judge, *lead.fields));
      visit(lead);
      ++leads;
    }
    MemoryContextSwitchTo(caller);
    MemoryContextReset(of_row);
  }
  MemoryContextDelete(of_row);
  table_endscan(scan);
  ExecDropSingleTupleTableSlot(slot);
  table_close(table, NoLock);
  return leads;
}

// The same for all of them.
template <class Visit>
std::int64_t visit_leads(DuplicateIndex& index, Snapshot snapshot, Visit visit) {
  std::int64_t leads = 0;
  List* const tables = all_lead_parts(index);
  ListCell* cell = nullptr;
  foreach (cell, tables) {
    if (const LeadPart* const part = find_lead_part(index, lfirst_oid(cell))) {
      leads += visit_leads_of(index, *part, snapshot, visit);
    }
  }
  return leads;
}

DuplicateIndex* index_to_fill(FunctionCallInfo fcinfo) {
  const Oid relation = PG_GETARG_OID(0);
  check_is_owner(relation);
  return require_duplicate_index(relation);
}

// Rows that were committed while the lock was waited for are younger than a snapshot of the transaction.
Snapshot begin_reading() { return RegisterSnapshot(GetLatestSnapshot()); }

Datum fill_index(FunctionCallInfo fcinfo) {
  DuplicateIndex* const index = index_to_fill(fcinfo);
  Snapshot const snapshot = begin_reading();
  ContactKeyLoad* const load = begin_contact_key_load();
  const std::int64_t leads = visit_leads(*index, snapshot, [load](const WrittenLead& lead) {
    load_contact_keys(load, lead.place, time_of_keys(lead), lead.keys);
  });
  end_contact_key_load(load);
  UnregisterSnapshot(snapshot);
  PG_RETURN_INT64(leads);
}

// Each is judged as if it had just come: with those that came before.
Datum note_existing(FunctionCallInfo fcinfo) {
  DuplicateIndex* const index = index_to_fill(fcinfo);
  Snapshot const snapshot = begin_reading();
  std::int64_t pairs = 0;
  visit_leads(*index, snapshot, [=, &pairs](const WrittenLead& lead) {
    const char* const lead_id = lead.place.lead_id;
    for (const JudgedLead& other :
         judge_sharers(*index, *lead.fields, lead.keys, lead_id, snapshot, time_of_keys(lead))) {
      // Of two at the same time each comes before the other.
      if (other.verdict == Verdict::same && !is_noted(index->relation, lead_id, other.lead_id, SnapshotSelf)) {
        note_verdict(index->relation, lead_id, other.lead_id, Verdict::same, dedup::probability_of(other.weight));
        ++pairs;
      }
    }
  });
  UnregisterSnapshot(snapshot);
  PG_RETURN_INT64(pairs);
}

}  // namespace

}  // namespace leadscore::pg

LEADSCORE_FUNCTION(leadscore_fill_duplicate_index) { return leadscore::pg::fill_index(fcinfo); }
LEADSCORE_FUNCTION(leadscore_note_existing_duplicates) { return leadscore::pg::note_existing(fcinfo); }
