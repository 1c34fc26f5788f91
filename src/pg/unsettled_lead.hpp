// Leads that have to be judged again once a transaction has ended that changed their person at the same time as
// another: neither saw what the other did, and neither waited.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// Whether it is another transaction, and has not ended.
inline bool runs_elsewhere(TransactionId transaction) {
  return TransactionIdIsNormal(transaction) && !TransactionIdIsCurrentTransactionId(transaction) &&
         TransactionIdIsInProgress(transaction);
}

/// Notes that a lead, and what hangs together with it, has to be judged again once the transaction (that which it is a
/// subtransaction of) has ended. Nothing for a table that is not attached.
void note_unsettled(Oid relation, const char* lead, TransactionId beside);

}  // namespace leadscore::pg
