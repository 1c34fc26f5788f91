// The new leads of a statement: looked for as many at a time, which reads and writes the index in its order.
#pragma once

#include "pg/duplicate_index.hpp"

namespace leadscore::pg {

/// Adds the contact keys of new leads, looks for leads of the same persons, and notes and tells of them by the mode of
/// the index, which is not reject. `rows` holds the rows of the table as they were inserted; a lead that has been
/// deleted or changed since is taken as it is. Memory is bounded: LeadBatch::most_leads() at a time, and whom they
/// may be the same as.
void mark_new_leads(DuplicateIndex& index, const LeadPart& part, Relation table, Tuplestorestate* rows);

}  // namespace leadscore::pg
