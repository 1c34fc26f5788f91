#include "pg/unsettled_lead.hpp"

#include "pg/guard.hpp"
#include "pg/own_rows.hpp"

namespace leadscore::pg {

namespace {

FullTransactionId full_id_of(TransactionId transaction) {
  const FullTransactionId next = ReadNextFullTransactionId();
  const TransactionId top = SubTransGetTopmostTransaction(transaction);
  const uint32 epoch = EpochFromFullTransactionId(next) - (top > XidFromFullTransactionId(next) ? 1 : 0);
  return FullTransactionIdFromEpochAndXid(epoch, top);
}

// Of those that hold a row together.
TransactionId running_member(MultiXactId members) {
  MultiXactMember* list = nullptr;
  const int count = GetMultiXactIdMembers(members, &list, false, false);
  for (int i = 0; i < count; ++i) {
    if (runs_elsewhere(list[i].xid)) {
      return list[i].xid;
    }
  }
  return InvalidTransactionId;
}

ItemPointer place_argument(FunctionCallInfo fcinfo, int number) {
  return reinterpret_cast<ItemPointer>(PG_GETARG_POINTER(number));
}

// The other transaction, not ended yet, that has locked, changed or deleted the state of a lead.
TransactionId holder_of_state(ItemPointer place) {
  Relation const states = open_own_table("lead_state", AccessShareLock);
  HeapTupleData state{};
  state.t_self = *place;
  Buffer buffer = InvalidBuffer;
  TransactionId holder = InvalidTransactionId;
  bool is_shared = false;
  const bool is_there =
      ItemPointerIsValid(place) && ItemPointerGetBlockNumber(place) < RelationGetNumberOfBlocks(states);
  if (is_there && heap_fetch(states, SnapshotAny, &state, &buffer, false)) {
    LockBuffer(buffer, BUFFER_LOCK_SHARE);
    const std::uint16_t flags = state.t_data->t_infomask;
    if ((flags & HEAP_XMAX_INVALID) == 0) {
      holder = HeapTupleHeaderGetRawXmax(state.t_data);
      is_shared = (flags & HEAP_XMAX_IS_MULTI) != 0;
    }
    LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
    ReleaseBuffer(buffer);
  }
  table_close(states, AccessShareLock);
  if (is_shared) {
    return running_member(holder);
  }
  return runs_elsewhere(holder) ? holder : InvalidTransactionId;
}

}  // namespace

void note_unsettled(Oid relation, const char* lead, TransactionId beside) {
  constexpr int kColumns = 3;
  if (!has_own_row("source", "source_relation_key", "relation", relation, nullptr)) {
    return;
  }
  Relation const table = open_own_table("unsettled_lead", RowExclusiveLock);
  Datum values[kColumns] = {ObjectIdGetDatum(relation), CStringGetTextDatum(lead),
                            FullTransactionIdGetDatum(full_id_of(beside))};
  bool nulls[kColumns] = {};
  CatalogTupleInsert(table, heap_form_tuple(RelationGetDescr(table), values, nulls));
  table_close(table, NoLock);
}

}  // namespace leadscore::pg

LEADSCORE_FUNCTION(leadscore_is_held) {
  PG_RETURN_BOOL(TransactionIdIsValid(leadscore::pg::holder_of_state(leadscore::pg::place_argument(fcinfo, 0))));
}

LEADSCORE_FUNCTION(leadscore_leave_unsettled) {
  const TransactionId holder = leadscore::pg::holder_of_state(leadscore::pg::place_argument(fcinfo, 2));
  leadscore::pg::note_unsettled(PG_GETARG_OID(0), text_to_cstring(PG_GETARG_TEXT_PP(1)),
                                TransactionIdIsValid(holder) ? holder : GetTopTransactionId());
  PG_RETURN_BOOL(false);
}
