#include "pg/own_table.hpp"

namespace leadscore::pg {

Oid own_table(const char* name) {
  const Oid schema = get_namespace_oid("leadscore", true);
  return OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
}

Oid owner_of(Oid table) {
  HeapTuple const tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
  if (!HeapTupleIsValid(tuple)) {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("table with OID %u does not exist", table)));
  }
  const Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
  ReleaseSysCache(tuple);
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
