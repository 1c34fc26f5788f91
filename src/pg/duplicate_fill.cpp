// The SQL functions that fill a duplicate index with the leads that are there.
#include "core/dedup/match_weights.hpp"
#include "pg/duplicate_registry.hpp"
#include "pg/guard.hpp"
#include "pg/lead_batch.hpp"
#include "pg/notice_clock.hpp"

namespace leadscore::pg {

namespace {

// Calls visit(lead, row) for each lead of a table or partition that has a key; returns how many. Memory that is current
// then is given back after each.
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
      visit(lead, slot);
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

// Calls work(part) for the table, or for each of its partitions.
template <class Work>
void for_each_part(DuplicateIndex& index, Work work) {
  List* const tables = all_lead_parts(index);
  ListCell* cell = nullptr;
  foreach (cell, tables) {
    if (const LeadPart* const part = find_lead_part(index, lfirst_oid(cell))) {
      work(*part);
    }
  }
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
  std::int64_t leads = 0;
  for_each_part(*index, [&](const LeadPart& part) {
    leads += visit_leads_of(*index, part, snapshot, [load](const WrittenLead& lead, TupleTableSlot* /*row*/) {
      load_contact_keys(load, lead.place, time_of_keys(lead), lead.keys);
    });
  });
  end_contact_key_load(load);
  UnregisterSnapshot(snapshot);
  PG_RETURN_INT64(leads);
}

// Compares leads of a table or partition with those that came before, many at a time, and notes who is the same.
class ExistingLeads {
 public:
  ExistingLeads(DuplicateIndex& index, Snapshot snapshot) : index_(&index), snapshot_(snapshot) {}

  void note(const LeadPart& part) {
    MemoryContext const of_batch =
        AllocSetContextCreate(CurrentMemoryContext, "leadscore leads", ALLOCSET_DEFAULT_SIZES);
    LeadBatch batch(*index_, part, snapshot_);
    const auto finish = [&] {
      MemoryContext const caller = MemoryContextSwitchTo(of_batch);
      note(batch);
      MemoryContextSwitchTo(caller);
      MemoryContextReset(of_batch);
      batch = LeadBatch(*index_, part, snapshot_);
    };
    visit_leads_of(*index_, part, snapshot_, [&](const WrittenLead& lead, TupleTableSlot* row) {
      MemoryContext const caller = MemoryContextSwitchTo(of_batch);
      batch.add(lead, row);
      MemoryContextSwitchTo(caller);
      if (batch.size() == LeadBatch::most_leads()) {
        finish();
      }
    });
    finish();
    MemoryContextDelete(of_batch);
  }

  [[nodiscard]] std::int64_t pairs() const { return pairs_; }

 private:
  void note(LeadBatch& batch) {
    batch.find_sharers();
    batch.for_each_judged([this](const WrittenLead& lead, std::span<const JudgedLead> judged) {
      const char* const lead_id = lead.place.lead_id;
      for (const JudgedLead& other : judged) {
        // Of two at the same time each comes before the other.
        if (other.verdict == Verdict::same && !is_noted(index_->relation, lead_id, other.lead_id, SnapshotSelf)) {
          note_verdict(index_->relation, lead_id, other.lead_id, Verdict::same, dedup::probability_of(other.weight));
          ++pairs_;
        }
      }
      ++leads_;
      tell_progress();
    });
  }

  void tell_progress() {
    constexpr std::int64_t kLeadsBetween = 1000;
    if (leads_ % kLeadsBetween == 0 && clock_.is_due()) {
      ereport(NOTICE, (errmsg("table \"%s\": %lld leads compared with those that came before",
                              get_rel_name(index_->relation), static_cast<long long>(leads_))));
    }
  }

  DuplicateIndex* index_;
  Snapshot snapshot_;
  std::int64_t leads_ = 0;
  std::int64_t pairs_ = 0;
  NoticeClock clock_;
};

Datum note_existing(FunctionCallInfo fcinfo) {
  DuplicateIndex* const index = index_to_fill(fcinfo);
  Snapshot const snapshot = begin_reading();
  ExistingLeads leads(*index, snapshot);
  for_each_part(*index, [&leads](const LeadPart& part) { leads.note(part); });
  UnregisterSnapshot(snapshot);
  PG_RETURN_INT64(leads.pairs());
}

}  // namespace

}  // namespace leadscore::pg

LEADSCORE_FUNCTION(leadscore_fill_duplicate_index) { return leadscore::pg::fill_index(fcinfo); }
LEADSCORE_FUNCTION(leadscore_note_existing_duplicates) { return leadscore::pg::note_existing(fcinfo); }
