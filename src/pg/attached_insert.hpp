// Judges the new leads of an attached table and writes what is known of them, without the executor.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// Runs a plan that reads new leads (leadscore.reading_statement(), with its parameters) as of a time, judges and
/// writes them, and returns the keys, as text[], of those for which that is not enough: that cannot be judged, have a
/// history or a state, or may be duplicates. NULL (0): none. `call_site` keeps the model between rows.
Datum insert_new_leads(SPIPlanPtr plan, ParamListInfo parameters, TimestampTz as_of, FmgrInfo* call_site);

}  // namespace leadscore::pg
