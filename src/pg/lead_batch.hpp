// Many leads that are looked for together, which reads and writes the index of their keys in its order.
#pragma once

#include "pg/duplicate_judgement.hpp"
#include "pg/growing_array.hpp"
#include "pg/written_lead.hpp"

namespace leadscore::pg {

/// Leads of one part of a table, up to most_leads() of them. All memory is of the context in which it is made and used,
/// to be reset afterwards; it is bounded by the number of leads, and by whom they may be the same as.
class LeadBatch {
 public:
  LeadBatch(DuplicateIndex& index, const LeadPart& part, Snapshot snapshot)
      : index_(&index), part_(&part), snapshot_(snapshot) {}

  static std::size_t most_leads();

  /// A lead that could be read, of which what lasts is copied, and its row.
  void add(const WrittenLead& lead, TupleTableSlot* row);
  [[nodiscard]] std::size_t size() const { return leads_.all().size(); }

  /// Adds the keys of all, and finds who shares them. Of each key first the row is added, then others are looked for:
  /// of two sessions that do so at the same time one sees the other. Of several leads with one key each finds those
  /// before it only, as if they had come one by one.
  void add_keys_and_find_sharers();

  /// Finds who shares the keys of leads that have them already: for each, those that came no later.
  void find_sharers();

  /// Calls visit(lead, judged) for each lead, in their order, with those that it has been compared with.
  template <class Visit>
  void for_each_judged(Visit visit) {
    LeadReader reader(*index_, snapshot_);
    KnownLeads* const known = know_leads();
    MemoryContext const of_lead = AllocSetContextCreate(CurrentMemoryContext, "leadscore lead", ALLOCSET_DEFAULT_SIZES);
    std::span<const FoundSharer> found = found_.all();
    for (std::size_t i = 0; i < size(); ++i) {
      CHECK_FOR_INTERRUPTS();
      MemoryContext const caller = MemoryContextSwitchTo(of_lead);
      visit(leads_.all()[i].written, judge(i, found, reader, known));
      MemoryContextSwitchTo(caller);
      MemoryContextReset(of_lead);
    }
    MemoryContextDelete(of_lead);
    reader.close();
  }

 private:
  struct Lead {
    WrittenLead written;
    LeadVersion version;
  };
  struct Key {
    std::int64_t hash;
    TimestampTz at;
    std::uint32_t lead;  // its place in the batch
  };
  struct FoundSharer {
    std::uint32_t lead;
    KeySharer sharer;
  };
  using Run = std::span<const Key>;  // the keys of one hash

  [[nodiscard]] std::span<const Key> sorted_keys() const;
  [[nodiscard]] const Datum* texts_of_keys() const;
  /// Has `work` done for many runs at a time, while the pages of the index are at hand.
  template <class Work>
  void for_runs(std::span<const Key> keys, Work work);
  void find(const Key& key, TimestampTz until, KeySharerReader& reader);
  void order_found();
  KnownLeads* know_leads();
  std::span<JudgedLead> judge(std::size_t place, std::span<const FoundSharer>& found, LeadReader& reader,
                              KnownLeads* known);

  DuplicateIndex* index_;
  const LeadPart* part_;
  Snapshot snapshot_;
  GrowingArray<Lead> leads_;
  GrowingArray<FoundSharer> found_;  // by leads
};
static_assert(std::is_trivially_destructible_v<LeadBatch>);

}  // namespace leadscore::pg
