#include "pg/planning_role.hpp"

#include <utility>

namespace leadscore::pg {

namespace {

planner_hook_type next_planner = nullptr;
Oid planning_role = InvalidOid;

bool is_of_system(Oid schema) {
  return schema == PG_CATALOG_NAMESPACE || schema == get_namespace_oid("leadscore", true);
}

[[noreturn]] void refuse(const char* kind, const char* name) {
  ereport(ERROR,
          (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("%s %s cannot be used for an attached table", kind, name),
           errdetail("What keeps attached tables current has the rights of the extension's owner, so it calls "
                     "nothing outside pg_catalog and leadscore.")));
}

bool is_foreign_function(Oid function, void* /*context*/) {
  if (!is_of_system(get_func_namespace(function))) {
    refuse("function", get_func_name(function));
  }
  return false;
}

Oid schema_of_type(Oid type) {
  HeapTuple const tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
  const Oid schema =
      HeapTupleIsValid(tuple) ? reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple))->typnamespace : InvalidOid;
  if (HeapTupleIsValid(tuple)) {
    ReleaseSysCache(tuple);
  }
  return schema;
}

// A text that becomes a domain, or a type that may have one within it, runs its checks.
void check_result_type(Oid type) {
  if (!is_of_system(schema_of_type(type))) {
    refuse("type", format_type_be(type));
  }
}

bool refuse_foreign_code(Node* node, void* context) {
  if (node == nullptr) {
    return false;
  }
  if (IsA(node, Query)) {
    return walk_whole_query(reinterpret_cast<Query*>(node), refuse_foreign_code, context);
  }
  if (IsA(node, CoerceToDomain)) {
    check_result_type(reinterpret_cast<CoerceToDomain*>(node)->resulttype);
  } else if (IsA(node, CoerceViaIO)) {
    check_result_type(reinterpret_cast<CoerceViaIO*>(node)->resulttype);
  }
  check_functions_in_node(node, is_foreign_function, nullptr);
  return walk_expression_tree(node, refuse_foreign_code, context);
}

PlannedStmt* plan(Query* query, const char* text, int options, ParamListInfo parameters) {
  planner_hook_type const planner = next_planner != nullptr ? next_planner : standard_planner;
  Oid user = InvalidOid;
  int security = 0;
  GetUserIdAndSecContext(&user, &security);
  if (!OidIsValid(planning_role) || planning_role == user) {
    return planner(query, text, options, parameters);
  }
  refuse_foreign_code(reinterpret_cast<Node*>(query), nullptr);
  // After an error the end of the (sub)transaction puts the user back.
  SetUserIdAndSecContext(planning_role, security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
  PlannedStmt* const planned = planner(query, text, options, parameters);
  SetUserIdAndSecContext(user, security);
  return planned;
}

}  // namespace

Oid exchange_planning_role(Oid role) { return std::exchange(planning_role, role); }

void initialize_planning_role() {
  next_planner = planner_hook;
  planner_hook = plan;
}

}  // namespace leadscore::pg
