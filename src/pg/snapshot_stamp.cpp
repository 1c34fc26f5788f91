#include "pg/snapshot_stamp.hpp"

namespace leadscore::pg {

namespace {

uint64 aborts = 0;

void subtransaction_ended(SubXactEvent event, SubTransactionId /*mine*/, SubTransactionId /*parent*/,
                          void* /*argument*/) {
  if (event == SUBXACT_EVENT_ABORT_SUB) {
    ++aborts;
  }
}

}  // namespace

void initialize_snapshot_stamps() { RegisterSubXactCallback(subtransaction_ended, nullptr); }

uint64 rolled_back_subtransactions() { return aborts; }

SnapshotStamp stamp_of_active_snapshot() {
  if (!ActiveSnapshotSet()) {
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("no snapshot to read tables with")));
  }
  const SnapshotData* const snapshot = GetActiveSnapshot();
  return {snapshot->xmin,   snapshot->xmax,      snapshot->xcnt, snapshot->subxcnt,
          snapshot->curcid, local_transaction(), aborts};
}

}  // namespace leadscore::pg
