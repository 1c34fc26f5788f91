// Lets a restore load rows of the extension's tables before the rows that they refer to.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// Whether this is the session of a pg_restore.
bool is_restoring();

/// Called by a BEFORE INSERT statement trigger. In the session of a pg_restore, no foreign key is checked and no other
/// ordinary trigger fires until the end of the transaction or until a trigger puts session_replication_role back; that
/// trigger knows by leadscore.restoring, which is then on.
void begin_load_if_restoring();

}  // namespace leadscore::pg
