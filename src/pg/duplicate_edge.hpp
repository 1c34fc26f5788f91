// The table duplicate_edge: what was said of pairs of leads. Rows are only added; of a pair the latest verdict counts.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

enum class Verdict : std::uint8_t {
  same,
  different,
  unsettled,  // a lead was being changed: whoever reads judges by what it has become
};

/// Adds a verdict, past the privileges of the caller. The probability is that of same, and not stored for unsettled.
void note_verdict(Oid relation, const char* lead, const char* other, Verdict verdict, double probability);

/// Whether there is a verdict on a pair.
bool is_noted(Oid relation, const char* lead, const char* other, Snapshot snapshot);

/// The latest verdict on a pair.
struct NotedPair {
  const char* lead;  // `other` comes after it in the order of bytes
  const char* other;
  Verdict verdict;
  double probability;
  TransactionId running;  // another one that has noted something of the pair and not ended; invalid if there is none
  std::int64_t number;

  [[nodiscard]] const char* other_than(const char* lead_id) const { return strcmp(lead, lead_id) == 0 ? other : lead; }
};

/// Reads the pairs of one lead after the other, all under one snapshot.
class NotedPairReader {
 public:
  NotedPairReader(Oid relation, Snapshot snapshot);

  /// The pairs of a lead in the order of their names. In the current memory context.
  std::span<const NotedPair> read(const char* lead);
  void close();

 private:
  struct IndexOfPairs {
    Relation index;
    IndexScanDesc scan;
  };

  [[nodiscard]] IndexOfPairs open_index(const char* name) const;

  Oid relation_;
  Snapshot snapshot_;
  MemoryContext context_;
  Relation table_;
  TupleTableSlot* slot_;
  IndexOfPairs indexes_[2];  // by the one lead, by the other
};
static_assert(std::is_trivially_destructible_v<NotedPairReader>);

/// The pairs of a lead (nullptr: all pairs) in the order of their names. In the current memory context; `visit` is
/// called for each pair.
using VisitNotedPair = void (*)(const NotedPair& pair, void* argument);
void visit_noted_pairs(Oid relation, const char* lead, Snapshot snapshot, VisitNotedPair visit, void* argument);

}  // namespace leadscore::pg
