// A lead of a duplicate index as it has been written, or as it was before: what its row says, and its contact keys.
#pragma once

#include "pg/contact_key.hpp"
#include "pg/duplicate_index.hpp"

namespace leadscore::pg {

struct WrittenLead {
  LeadPlace place;
  const dedup::LeadFields* fields;  // nullptr: it has no key, or one that is too long, or could not be read
  ContactKeys keys;
};

/// Reads a row of a part, in the current memory context. For a lead that cannot be looked for a WARNING says why.
WrittenLead read_written(const DuplicateIndex& index, const LeadPart& part, TupleTableSlot* row);

/// When a lead that could be read came; the start of the transaction, if it does not tell.
TimestampTz time_of_keys(const WrittenLead& lead);

}  // namespace leadscore::pg
