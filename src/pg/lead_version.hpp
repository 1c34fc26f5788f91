// The versions of a lead in its table: what it is now, and what running transactions make of it.
#pragma once

#include "pg/duplicate_index.hpp"

namespace leadscore::pg {

/// One version of a lead that somebody sees.
struct LeadVersion {
  const dedup::LeadFields* fields;
  ItemPointerData place;
  TransactionId written_by;
  TransactionId running;  // a transaction that has not ended and may undo or replace it; invalid if there is none
};

/// Reads leads of one part by their keys, all that a snapshot sees of each. To be made and closed in the same memory
/// context.
class LeadReader {
 public:
  LeadReader(const DuplicateIndex& index, Snapshot snapshot) : index_(&index), snapshot_(snapshot) {}

  /// In the current memory context. A version that cannot be read any more because its transaction was rolled back
  /// meanwhile is left out. What the part needs to be read by stays open until another part is read.
  std::span<LeadVersion> read(const LeadPart& part, const char* lead_id);
  /// Calls visit(row) for each row of the part with the key (as text, or a value of the key's type) that the snapshot
  /// sees, a slot that lasts until the next.
  template <class Key, class Visit>
  void visit(const LeadPart& part, Key lead, Visit visit) {
    if (!begin(part, lead)) {
      return;
    }
    while (next()) {
      visit(slot_);
    }
    ExecClearTuple(slot_);
  }
  void close();

 private:
  bool open(const LeadPart& part);
  bool begin(const LeadPart& part, const char* lead_id);
  bool begin(const LeadPart& part, Datum key);
  bool next();

  const DuplicateIndex* index_;
  Snapshot snapshot_;
  MemoryContext context_ = CurrentMemoryContext;  // what a scan allocates lasts as long as the scan
  const LeadPart* part_ = nullptr;
  Relation table_ = nullptr;
  Relation key_index_ = nullptr;
  TupleTableSlot* slot_ = nullptr;
  IndexScanDesc scan_ = nullptr;
};
static_assert(std::is_trivially_destructible_v<LeadReader>);

/// The transaction that wrote a row.
TransactionId writer_of(TupleTableSlot* slot);

/// Another transaction that has changed or deleted a row and has not ended; invalid if there is none.
TransactionId changer_of(TupleTableSlot* slot);

/// All that a snapshot sees of a lead, in whichever part it is.
std::span<LeadVersion> find_versions(DuplicateIndex& index, const char* lead_id, Snapshot snapshot);

/// Reads a row of the part; an error that comes of what is in the row is caught (unless must_not_be_swallowed()), and
/// told in `failure`: then the result is nullptr.
const dedup::LeadFields* read_row(const DuplicateIndex& index, const LeadPart& part, TupleTableSlot* lead,
                                  ErrorData** failure);

}  // namespace leadscore::pg
