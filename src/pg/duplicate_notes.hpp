// What is said of a written lead's duplicates: it is noted of each pair, and told to whoever wrote the lead.
#pragma once

#include "pg/duplicate_judgement.hpp"
#include "pg/written_lead.hpp"

namespace leadscore::pg {

/// Notes verdicts on one lead after the other. To be made and closed in the same memory context.
class DuplicateNotes {
 public:
  DuplicateNotes(DuplicateIndex& index, Snapshot snapshot)
      : index_(&index), snapshot_(snapshot), reader_(index.relation, snapshot) {}

  /// Notes of each lead that was compared with the written one what was found, unless the same stands already; and
  /// judges again with whom it was paired before and shares no key any more. Whoever changes the other lead from now on
  /// sees the note, and judges again. Where it depends on a transaction that has not ended who was first, that is noted
  /// as well.
  void note(const WrittenLead& lead, std::span<const JudgedLead> judged);
  /// Of a lead that is there no more nothing is certain: its key may be given to another.
  void note_gone(const char* lead_id);
  void close() { reader_.close(); }

 private:
  void note_pair(const WrittenLead& lead, const JudgedLead& judged, const NotedPair* earlier);

  DuplicateIndex* index_;
  Snapshot snapshot_;
  NotedPairReader reader_;
};
static_assert(std::is_trivially_destructible_v<DuplicateNotes>);

/// Tells by a NOTICE of the likeliest duplicate, if there is one.
void tell_of_duplicates(const DuplicateIndex& index, const WrittenLead& lead, std::span<const JudgedLead> judged);

}  // namespace leadscore::pg
