#include "pg/own_table.hpp"

namespace leadscore::pg {

Oid own_table(const char* name) {
  const Oid schema = get_namespace_oid("leadscore", true);
  return OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
}

Oid owner_of(Oid table) {
  Relation const relation = table_open(table, AccessShareLock);
  const Oid owner = relation->rd_rel->relowner;
  table_close(relation, AccessShareLock);
  return owner;
}

AttrNumber own_column(Oid table, const char* name) {
  const AttrNumber column = get_attnum(table, name);
  if (column == InvalidAttrNumber) {
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("table leadscore.%s is not as the extension made it", get_rel_name(table))));
  }
  return column;
}

}  // namespace leadscore::pg
