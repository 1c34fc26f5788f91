// Judges the new leads of an attached table and writes what is known of them, without the executor.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// Keys of new leads, as text[]; NULL (0): none.
struct NewLeads {
  Datum left;    // that have not been written: their rows are not enough to judge them, or they cannot be judged
  Datum paired;  // that were found to be the same person as others, which may repeat them
};

/// Runs a plan that reads new leads (leadscore.reading_statement(), with its parameters) as of a time, judges and
/// writes them but those that have a history or a state. `call_site` keeps the model between rows.
NewLeads insert_new_leads(SPIPlanPtr plan, ParamListInfo parameters, TimestampTz as_of, FmgrInfo* call_site);

}  // namespace leadscore::pg
