#include "pg/duplicate_notes.hpp"

#include <algorithm>

#include "pg/unsettled_lead.hpp"

namespace leadscore::pg {

namespace {

const NotedPair* find_pair_with(std::span<const NotedPair> pairs, const char* lead_id, const char* other) {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [lead_id, other](const NotedPair& pair) {
    return strcmp(pair.other_than(lead_id), other) == 0;
  });
  return found == pairs.end() ? nullptr : &*found;
}

void note_pair_unsettled(Oid relation, const char* lead, const char* other, TransactionId beside) {
  note_unsettled(relation, lead, beside);
  note_unsettled(relation, other, beside);
}

// Of a pair whose other lead another transaction is writing, or may have written since this one took its snapshot,
// neither sees who was first.
void note_if_unsettled(Oid relation, const char* lead, const JudgedLead& judged) {
  bool is_beside_others = false;
  for (const LeadVersion& version : judged.versions) {
    if (TransactionIdIsValid(version.running)) {
      note_pair_unsettled(relation, lead, judged.lead_id, version.running);
      is_beside_others = true;
    }
  }
  if (!is_beside_others && IsolationUsesXactSnapshot()) {
    note_pair_unsettled(relation, lead, judged.lead_id, GetTopTransactionId());
  }
}

}  // namespace

void DuplicateNotes::note_pair(const WrittenLead& lead, const JudgedLead& judged, const NotedPair* earlier) {
  const bool stands = earlier != nullptr ? !TransactionIdIsValid(earlier->running) && earlier->verdict == judged.verdict
                                         : judged.verdict == Verdict::different;
  if (earlier != nullptr || judged.verdict != Verdict::different) {
    note_if_unsettled(index_->relation, lead.place.lead_id, judged);
  }
  if (stands) {
    return;
  }
  note_verdict(index_->relation, lead.place.lead_id, judged.lead_id, judged.verdict, probability_of(judged));
  // If the other has been changed since it was read, nobody may have seen the note.
  if (judged.verdict != Verdict::unsettled && !is_as_judged(*index_, judged, snapshot_)) {
    note_verdict(index_->relation, lead.place.lead_id, judged.lead_id, Verdict::unsettled, 0);
  }
}

void DuplicateNotes::note(const WrittenLead& lead, std::span<const JudgedLead> judged) {
  const std::span<const NotedPair> noted = reader_.read(lead.place.lead_id);
  for (const JudgedLead& other : judged) {
    note_pair(lead, other, find_pair_with(noted, lead.place.lead_id, other.lead_id));
  }
  // Pairs of earlier days that share no key any more.
  for (const NotedPair& pair : noted) {
    const char* const other_id = pair.other_than(lead.place.lead_id);
    const bool is_judged = std::any_of(judged.begin(), judged.end(), [other_id](const JudgedLead& other) {
      return strcmp(other.lead_id, other_id) == 0;
    });
    if (!is_judged) {
      const JudgedLead other = judge_lead(*index_, *lead.fields, other_id, snapshot_);
      if (!other.versions.empty()) {
        note_pair(lead, other, &pair);
      }
    }
  }
}

void DuplicateNotes::note_gone(const char* lead_id) {
  for (const NotedPair& pair : reader_.read(lead_id)) {
    if (pair.verdict == Verdict::same || TransactionIdIsValid(pair.running)) {
      note_verdict(index_->relation, pair.lead, pair.other, Verdict::unsettled, 0);
    }
  }
}

void tell_of_duplicates(const DuplicateIndex& index, const WrittenLead& lead, std::span<const JudgedLead> judged) {
  const JudgedLead* best = nullptr;
  int count = 0;
  for (const JudgedLead& other : judged) {
    if (other.verdict != Verdict::different) {
      best = best == nullptr || other.weight > best->weight ? &other : best;
      ++count;
    }
  }
  if (best != nullptr) {
    ereport(NOTICE, (errmsg("lead \"%s\" of table \"%s\" is the same person as lead \"%s\"", lead.place.lead_id,
                            get_rel_name(index.relation), best->lead_id),
                     errdetail("The probability is %.3g; such leads: %d.", probability_of(*best), count)));
  }
}

}  // namespace leadscore::pg
