// Which leads are the same person as one lead: those that share keys are read as they are now, and compared.
#pragma once

#include "pg/duplicate_edge.hpp"
#include "pg/duplicate_index.hpp"
#include "pg/lead_version.hpp"

namespace leadscore::pg {

/// A lead that was compared with another.
struct JudgedLead {
  const char* lead_id;
  Oid part;  // in which it was found; InvalidOid for any
  std::span<LeadVersion> versions;
  std::span<double>
      weights;      // of each version, in log2 of the odds; -infinity for one that came too long before or after
  Verdict verdict;  // unsettled if some versions are the same person and some are not
  double weight;    // the greatest
};

/// Compares with the leads that share keys with it and came until a time, `own` left out; those that do not exist are
/// left out as well.
std::span<JudgedLead> judge_sharers(DuplicateIndex& index, const dedup::LeadFields& lead, const ContactKeys& keys,
                                    const char* own, Snapshot snapshot, TimestampTz until = DT_NOEND);

/// Compares with one lead; no versions if it does not exist.
JudgedLead judge_lead(DuplicateIndex& index, const dedup::LeadFields& lead, const char* other, Snapshot snapshot);

/// The probability that the two leads of a noted pair are one person; nothing if they are two. Of an unsettled pair
/// what they have become is compared, and nothing also where one of them does not exist.
std::optional<double> probability_of_pair(DuplicateIndex& index, const NotedPair& pair, Snapshot snapshot);

/// Reads and compares the same leads again; those that do not exist any more are left out.
std::span<JudgedLead> judge_again(DuplicateIndex& index, const dedup::LeadFields& lead,
                                  std::span<const JudgedLead> judged, Snapshot snapshot);

/// Whether the lead is still what was compared.
bool is_as_judged(DuplicateIndex& index, const JudgedLead& judged, Snapshot snapshot);

}  // namespace leadscore::pg
