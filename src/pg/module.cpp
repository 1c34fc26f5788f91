// What PostgreSQL sees when it loads the library.
#include "pg/duplicate_index.hpp"
#include "pg/funnel_scan.hpp"
#include "pg/guard.hpp"
#include "pg/model_cache.hpp"
#include "pg/planning_role.hpp"
#include "pg/snapshot_stamp.hpp"
#include "pg/source_sync.hpp"

extern "C" {
PG_MODULE_MAGIC;
PGDLLEXPORT void _PG_init(void);
}

// Where memory is short it may fail halfway, and is called again by the next that needs the library. So what can fail
// comes before the hooks: one that is installed twice would call itself.
void _PG_init(void) {
  leadscore::pg::define_funnel_scan();
  leadscore::pg::initialize_snapshot_stamps();
  leadscore::pg::initialize_model_cache();
  leadscore::pg::initialize_duplicate_indexes();
  leadscore::pg::initialize_source_sync();
  leadscore::pg::initialize_planning_role();
  leadscore::pg::offer_funnel_scan();
}

LEADSCORE_FUNCTION(leadscore_version) { return PointerGetDatum(cstring_to_text(LEADSCORE_VERSION)); }
