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

/// The probability that it is the same person.
double probability_of(const JudgedLead& judged);

/// What has been read of leads since all those that are compared have had their keys added: whoever has changed one
/// later has found them by their keys, or will be found by is_as_judged().
class KnownLeads {
 public:
  struct Lead {
    const char* lead_id;
    std::span<LeadVersion> versions;
  };

  /// In the current memory context. So many leads are kept at most that are read.
  explicit KnownLeads(std::size_t most_read);

  /// A lead and its versions, which stay the caller's.
  void add(const char* lead_id, std::span<LeadVersion> versions);
  /// Keeps a copy of what has been read, if there is room for it.
  void keep(const char* lead_id, std::span<const LeadVersion> versions);
  /// nullptr if it is not known.
  [[nodiscard]] const Lead* find(const char* lead_id) const;

 private:
  MemoryContext context_;
  HTAB* leads_;
  std::size_t room_;
};
static_assert(std::is_trivially_destructible_v<KnownLeads>);

/// Which leads that share keys a lead that came at a time may be compared with, those that came until a time; none if
/// the index compares only what came within an interval, and the lead does not tell when it came.
std::optional<KeyQuery> query_of_sharers(const DuplicateIndex& index, std::int64_t at, TimestampTz until = DT_NOEND);

/// Compares with leads that share keys; those that do not exist are left out. Of those that are known, which are in the
/// order of their names, nothing is read.
std::span<JudgedLead> judge_leads(DuplicateIndex& index, const dedup::LeadFields& lead,
                                  std::span<const KeySharer> sharers, LeadReader& reader, Snapshot snapshot,
                                  KnownLeads* known);

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
