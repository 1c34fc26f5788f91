// Planning queries that run as the extension's owner as if the owner of the table planned them.
#pragma once

#include "pg/guard.hpp"

namespace leadscore::pg {

/// Sets the role that planning is left to (InvalidOid: none) and returns what it was.
Oid exchange_planning_role(Oid role);

/// Calls `call`. What another role than `role` has planned meanwhile is planned as `role`, and refused (42501) if it
/// calls functions outside pg_catalog and leadscore: the planner itself calls functions of anybody, those in the
/// expressions of indexes, statistics and constraints of the tables that it plans for.
template <class Call>
void plan_as(Oid role, Call&& call) {
  const Oid previous = exchange_planning_role(role);
  PG_TRY();
  {
    core_call([&call] {
      call();
      return true;
    });
  }
  PG_FINALLY();
  { exchange_planning_role(previous); }
  PG_END_TRY();
}

/// Installs the hook. Called once, when the library is loaded.
void initialize_planning_role();

}  // namespace leadscore::pg
