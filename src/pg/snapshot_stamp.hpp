// Tells when a call site must read its tables again: whenever other rows may be visible.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// Tells two snapshots of one backend apart. What has committed shows in xmin, xmax or the number of running
/// transactions; what this transaction has done itself, in the command counter; what it has undone, in the aborts.
struct SnapshotStamp {
  TransactionId xmin;
  TransactionId xmax;
  uint32 running;
  int32 running_subtransactions;
  CommandId command;
  LocalTransactionId transaction;
  uint64 aborts;

  bool operator==(const SnapshotStamp&) const = default;
};

/// Registers what counts rolled-back subtransactions. Called once, when the library is loaded.
void initialize_snapshot_stamps();

/// How many subtransactions this backend has rolled back, which changes what is visible without a trace in the
/// snapshot.
uint64 rolled_back_subtransactions();

/// Raises 55000 (object_not_in_prerequisite_state) if there is no active snapshot.
SnapshotStamp stamp_of_active_snapshot();

}  // namespace leadscore::pg
