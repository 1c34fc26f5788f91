// What PostgreSQL sees when it loads the library.
#include "pg/duplicate_index.hpp"
#include "pg/guard.hpp"
#include "pg/model_cache.hpp"
#include "pg/planning_role.hpp"
#include "pg/snapshot_stamp.hpp"
#include "pg/source_sync.hpp"

extern "C" {
PG_MODULE_MAGIC;
PGDLLEXPORT void _PG_init(void);
}

void _PG_init(void) {
  leadscore::pg::initialize_snapshot_stamps();
  leadscore::pg::initialize_model_cache();
  leadscore::pg::initialize_duplicate_indexes();
  leadscore::pg::initialize_source_sync();
  leadscore::pg::initialize_planning_role();
}

LEADSCORE_FUNCTION(leadscore_version) { return PointerGetDatum(cstring_to_text(LEADSCORE_VERSION)); }
