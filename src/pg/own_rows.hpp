// Rows of the extension's own tables, read and written past the privileges of whoever calls.
#pragma once

#include "pg/own_table.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// Opens one. Raises 55000 (object_not_in_prerequisite_state) if it is not there.
inline Relation open_own_table(const char* name, LOCKMODE lock) {
  const Oid table = own_table(name);
  if (!OidIsValid(table)) {
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("there is no table leadscore.%s", name)));
  }
  return table_open(table, lock);
}

/// Whether a table has a row with `relation` in a column, by an index of that column; nullptr for the latest snapshot.
inline bool has_own_row(const char* table_name, const char* index_name, const char* column, Oid relation,
                        Snapshot snapshot) {
  Relation const table = open_own_table(table_name, AccessShareLock);
  ScanKeyData condition;
  ScanKeyInit(&condition, own_column(RelationGetRelid(table), column), BTEqualStrategyNumber, F_OIDEQ,
              ObjectIdGetDatum(relation));
  SysScanDesc const scan = systable_beginscan(table, own_table(index_name), true, snapshot, 1, &condition);
  const bool has = HeapTupleIsValid(systable_getnext(scan));
  systable_endscan(scan);
  table_close(table, AccessShareLock);
  return has;
}

/// Deletes the rows of a table whose first column is `relation`, by an index that begins with it. Returns how many.
inline std::int64_t delete_own_rows(const char* table_name, const char* index_name, Oid relation) {
  Relation const table = open_own_table(table_name, RowExclusiveLock);
  ScanKeyData condition;
  ScanKeyInit(&condition, 1, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
  SysScanDesc const scan = systable_beginscan(table, own_table(index_name), true, nullptr, 1, &condition);
  std::int64_t count = 0;
  for (HeapTuple row = systable_getnext(scan); HeapTupleIsValid(row); row = systable_getnext(scan)) {
    CHECK_FOR_INTERRUPTS();
    CatalogTupleDelete(table, &row->t_self);
    ++count;
  }
  systable_endscan(scan);
  table_close(table, NoLock);
  return count;
}

}  // namespace leadscore::pg
