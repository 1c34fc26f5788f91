#include "pg/restore.hpp"

#include "pg/guard.hpp"

namespace leadscore::pg {

namespace {

bool has_setting(const char* name, const char* value) {
  const char* const setting = GetConfigOption(name, true, false);
  return setting != nullptr && strcmp(setting, value) == 0;
}

void set_for_transaction(const char* name, const char* value) {
  set_config_option(name, value, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
}

Datum begin_load(FunctionCallInfo fcinfo) {
  if (!CALLED_AS_TRIGGER(fcinfo)) {
    ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                    errmsg("leadscore.begin_load() is the trigger function of the tables of frameworks")));
  }
  begin_load_if_restoring();
  return PointerGetDatum(nullptr);
}

}  // namespace

// These settings come with every dump, and together with hardly anything else.
bool is_restoring() {
  return superuser() && has_setting("check_function_bodies", "off") && has_setting("search_path", "") &&
         has_setting("row_security", "off") && SessionReplicationRole == SESSION_REPLICATION_ROLE_ORIGIN;
}

void begin_load_if_restoring() {
  if (is_restoring()) {
    set_for_transaction("leadscore.restoring", "on");
    set_for_transaction("session_replication_role", "replica");
  }
}

}  // namespace leadscore::pg

LEADSCORE_FUNCTION(leadscore_begin_load) { return leadscore::pg::begin_load(fcinfo); }
