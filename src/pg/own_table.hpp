// The extension's own tables, found by their names.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// The table of the schema leadscore; InvalidOid if there is none.
Oid own_table(const char* name);

/// The role that owns a table. Raises 42P01 (undefined_table) if it does not exist.
Oid owner_of(Oid table);

/// The number of its column. Raises 55000 (object_not_in_prerequisite_state) if it has none: the table is not as the
/// extension made it.
AttrNumber own_column(Oid table, const char* name);

}  // namespace leadscore::pg
