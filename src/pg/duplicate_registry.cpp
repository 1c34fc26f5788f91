#include "pg/duplicate_registry.hpp"

#include <array>
#include <cmath>

#include "pg/guard.hpp"
#include "pg/interval_length.hpp"
#include "pg/own_rows.hpp"

namespace leadscore::pg {

namespace {

constexpr const char* kTable = "duplicate_index";
constexpr const char* kIndex = "duplicate_index_pkey";

enum Column : int {
  column_relation,
  column_rule,
  column_key,
  column_key_type,
  column_columns,
  column_mode,
  column_within,
  column_window_mode,
  column_threshold,
  column_most_candidates,
  column_created_at,
};
constexpr int kColumns = column_created_at + 1;

constexpr std::array<const char*, 3> kModes = {"mark", "warn", "reject"};
constexpr std::array<const char*, 2> kWindowModes = {"anchored", "sliding"};
constexpr int kMostCandidates = 1000;

[[noreturn]] void refuse_argument(const char* message, const char* hint) {
  ereport(ERROR,
          (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", message), hint != nullptr ? errhint("%s", hint) : 0));
}

// The place of a name in a list, or -1.
template <std::size_t Count>
int place_of(const std::array<const char*, Count>& names, const char* name) {
  for (std::size_t i = 0; i < Count; ++i) {
    if (strcmp(names[i], name) == 0) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

const RegisteredIndex* registered_in(HeapTuple row, TupleDesc type) {
  Datum values[kColumns];
  bool nulls[kColumns];
  heap_deform_tuple(row, type, values, nulls);
  auto* const index = static_cast<RegisteredIndex*>(palloc0(sizeof(RegisteredIndex)));
  index->relation = DatumGetObjectId(values[column_relation]);
  index->rule = TextDatumGetCString(values[column_rule]);
  index->key = TextDatumGetCString(values[column_key]);
  index->key_type = DatumGetObjectId(values[column_key_type]);
  index->columns = DatumGetJsonbPCopy(values[column_columns]);
  index->mode = static_cast<DuplicateMode>(place_of(kModes, TextDatumGetCString(values[column_mode])));
  if (!nulls[column_within]) {
    auto* const within = static_cast<Interval*>(palloc(sizeof(Interval)));
    *within = *DatumGetIntervalP(values[column_within]);
    index->within = within;
  }
  index->window_mode = TextDatumGetCString(values[column_window_mode]);
  index->has_threshold = !nulls[column_threshold];
  index->threshold = index->has_threshold ? DatumGetFloat8(values[column_threshold]) : 0;
  index->most_candidates = DatumGetInt32(values[column_most_candidates]);
  return index;
}

void write_registered_index(const RegisteredIndex& index) {
  Relation const table = open_own_table(kTable, RowExclusiveLock);
  Datum values[kColumns] = {};
  bool nulls[kColumns] = {};
  values[column_relation] = ObjectIdGetDatum(index.relation);
  values[column_rule] = CStringGetTextDatum(index.rule);
  values[column_key] = CStringGetTextDatum(index.key);
  values[column_key_type] = ObjectIdGetDatum(index.key_type);
  values[column_columns] = JsonbPGetDatum(index.columns);
  values[column_mode] = CStringGetTextDatum(kModes[static_cast<std::size_t>(index.mode)]);
  values[column_within] = PointerGetDatum(index.within);
  nulls[column_within] = index.within == nullptr;
  values[column_window_mode] = CStringGetTextDatum(index.window_mode);
  values[column_threshold] = Float8GetDatum(index.threshold);
  nulls[column_threshold] = !index.has_threshold;
  values[column_most_candidates] = Int32GetDatum(index.most_candidates);
  values[column_created_at] = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
  CatalogTupleInsert(table, heap_form_tuple(RelationGetDescr(table), values, nulls));
  table_close(table, NoLock);
}

// Locks the table and its partitions against writers, as CREATE TRIGGER does, and refuses what has no rows of its own.
void lock_tables(Oid relation) {
  LockRelationOid(relation, ShareRowExclusiveLock);  // what follows locks only those below it
  ListCell* cell = nullptr;
  List* const tables = find_all_inheritors(relation, ShareRowExclusiveLock, nullptr);
  foreach (cell, tables) {
    const Oid table = lfirst_oid(cell);
    const char kind = get_rel_relkind(table);
    const bool is_part = table == relation || get_rel_relispartition(table);
    if (is_part && kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE) {
      ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a table", get_rel_name(table)),
                      errhint("Of other relations leadscore.find_duplicates() tells the duplicates there are.")));
    }
    if (table != relation && is_part && read_registered_index(table) != nullptr) {
      ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                      errmsg("partition \"%s\" has a duplicate index of its own", get_rel_name(table)),
                      errhint("leadscore.drop_duplicate_index() drops it.")));
    }
  }
  List* const ancestors = get_rel_relispartition(relation) ? get_partition_ancestors(relation) : NIL;
  foreach (cell, ancestors) {
    if (read_registered_index(lfirst_oid(cell)) != nullptr) {
      ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                      errmsg("table \"%s\" is a partition of \"%s\", which has a duplicate index",
                             get_rel_name(relation), get_rel_name(lfirst_oid(cell)))));
    }
  }
}

void check_table(Relation table) {
  const bool is_temporary = table->rd_rel->relpersistence == RELPERSISTENCE_TEMP;
  if (is_temporary || IsSystemRelation(table)) {
    ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is a %s table", RelationGetRelationName(table),
                                                               is_temporary ? "temporary" : "system")));
  }
}

// The key must read the same in every session: it is stored as text.
Oid check_key_type(Relation table, const char* key) {
  const AttrNumber column = get_attnum(RelationGetRelid(table), key);
  if (column <= 0) {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
                    errmsg("table \"%s\" has no column \"%s\"", RelationGetRelationName(table), key)));
  }
  const Oid type = TupleDescAttr(RelationGetDescr(table), column - 1)->atttypid;
  Oid output = InvalidOid;
  bool is_variable_length = false;
  getTypeOutputInfo(getBaseType(type), &output, &is_variable_length);
  if (func_volatile(output) != PROVOLATILE_IMMUTABLE) {
    ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                    errmsg("column \"%s\" of type %s cannot be the key", key, format_type_be(type)),
                    errdetail("How its values are written depends on the session."),
                    errhint("Keys are integers, uuid or text, for example.")));
  }
  return type;
}

void check_columns(const LeadColumns& columns, const Interval* within) {
  bool has_text = false;
  for (std::size_t i = 0; i < dedup::kTextRoles; ++i) {
    has_text = has_text || columns.of_role[i].column != InvalidAttrNumber;
  }
  if (!has_text) {
    refuse_argument("no column of the table says who a lead is",
                    "Name columns by their roles: columns => '{\"email\": \"contact\"}'.");
  }
  if (within != nullptr && columns[dedup::Role::created_at].column == InvalidAttrNumber) {
    refuse_argument("\"within\" needs the time of the leads",
                    "Name its column: columns => '{\"created_at\": \"received\"}'.");
  }
}

constexpr const char* kArguments[] = {"relation", "rule",        "key",       "columns",        "mode",
                                      "within",   "window_mode", "threshold", "most_candidates"};
enum Argument : int {
  argument_relation,
  argument_rule,
  argument_key,
  argument_columns,
  argument_mode,
  argument_within,
  argument_window_mode,
  argument_threshold,
  argument_most_candidates,
};
constexpr int kArgumentCount = argument_most_candidates + 1;

RegisteredIndex read_arguments(FunctionCallInfo fcinfo) {
  for (int i = 0; i < kArgumentCount; ++i) {
    const bool may_be_null = i == argument_columns || i == argument_within || i == argument_threshold;
    if (!may_be_null && PG_ARGISNULL(i)) {
      ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("\"%s\" must not be null", kArguments[i])));
    }
  }
  const auto text_argument = [fcinfo](int i) { return text_to_cstring(PG_GETARG_TEXT_PP(i)); };
  RegisteredIndex index{};
  index.relation = PG_GETARG_OID(argument_relation);
  index.rule = text_argument(argument_rule);
  index.key = text_argument(argument_key);
  index.columns = PG_ARGISNULL(argument_columns) ? nullptr : PG_GETARG_JSONB_P(argument_columns);
  const int mode = place_of(kModes, text_argument(argument_mode));
  index.mode = static_cast<DuplicateMode>(mode);
  index.within = PG_ARGISNULL(argument_within) ? nullptr : PG_GETARG_INTERVAL_P(argument_within);
  index.window_mode = text_argument(argument_window_mode);
  index.has_threshold = !PG_ARGISNULL(argument_threshold);
  index.threshold = index.has_threshold ? PG_GETARG_FLOAT8(argument_threshold) : 0;
  index.most_candidates = PG_GETARG_INT32(argument_most_candidates);
  if (mode < 0) {
    refuse_argument(psprintf("\"%s\" is no mode", text_argument(argument_mode)), "Modes are mark, warn and reject.");
  }
  if (place_of(kWindowModes, index.window_mode) < 0) {
    refuse_argument(psprintf("\"%s\" is no window mode", index.window_mode), "Window modes are anchored and sliding.");
  }
  if (index.within != nullptr && microseconds_of(index.within).value_or(-1) < 0) {
    refuse_argument("\"within\" must not be negative, nor longer than 290000 years", nullptr);
  }
  if (index.has_threshold && !(index.threshold > 0 && index.threshold < 1)) {
    refuse_argument("the threshold must lie between 0 and 1", nullptr);
  }
  if (index.most_candidates < 1 || index.most_candidates > kMostCandidates) {
    refuse_argument(psprintf("\"most_candidates\" must lie between 1 and %d", kMostCandidates), nullptr);
  }
  return index;
}

void delete_index(Oid relation) {
  forget_leads(relation);
  delete_own_rows(kTable, kIndex, relation);
  CommandCounterIncrement();
  forget_duplicate_indexes();
}

// Deletes the indexes of tables that do not exist any more; returns how many.
std::int64_t clean_indexes() {
  List* gone = NIL;
  Relation const table = open_own_table(kTable, AccessShareLock);
  SysScanDesc const scan = systable_beginscan(table, InvalidOid, false, nullptr, 0, nullptr);
  for (HeapTuple row = systable_getnext(scan); HeapTupleIsValid(row); row = systable_getnext(scan)) {
    const Oid relation = registered_in(row, RelationGetDescr(table))->relation;
    if (get_rel_relkind(relation) == '\0') {
      gone = lappend_oid(gone, relation);
    }
  }
  systable_endscan(scan);
  table_close(table, AccessShareLock);
  ListCell* cell = nullptr;
  foreach (cell, gone) {
    delete_index(lfirst_oid(cell));
  }
  return list_length(gone);
}

Datum register_index(FunctionCallInfo fcinfo) {
  RegisteredIndex index = read_arguments(fcinfo);
  if (get_rel_relkind(index.relation) == '\0') {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no relation with the OID %u", index.relation)));
  }
  check_is_owner(index.relation);
  lock_tables(index.relation);
  Relation const table = table_open(index.relation, NoLock);
  check_table(table);
  index.key_type = check_key_type(table, index.key);
  const LeadColumns* const columns = find_lead_columns(RelationGetDescr(table), index.columns);
  check_columns(*columns, index.within);
  index.columns = lead_columns_document(*columns, RelationGetDescr(table));
  read_match_rule({cstring_to_text(index.rule), nullptr});
  check_table_of_leads(index, table);
  table_close(table, NoLock);

  clean_indexes();
  delete_index(index.relation);
  ensure_secret();
  write_registered_index(index);
  CommandCounterIncrement();
  forget_duplicate_indexes();
  PG_RETURN_VOID();
}

Datum unregister_index(FunctionCallInfo fcinfo) {
  const Oid relation = PG_GETARG_OID(0);
  if (get_rel_relkind(relation) != '\0') {
    check_is_owner(relation);
  }
  const bool exists = read_registered_index(relation) != nullptr;
  delete_index(relation);
  PG_RETURN_BOOL(exists);
}

}  // namespace

void check_is_owner(Oid relation) {
  if (!owns_relation(relation, GetUserId())) {
    aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(relation));
  }
}

const RegisteredIndex* read_registered_index(Oid relation) {
  Relation const table = open_own_table(kTable, AccessShareLock);
  ScanKeyData condition;
  ScanKeyInit(&condition, 1, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
  SysScanDesc const scan = systable_beginscan(table, own_table(kIndex), true, nullptr, 1, &condition);
  HeapTuple const row = systable_getnext(scan);
  const RegisteredIndex* const index = HeapTupleIsValid(row) ? registered_in(row, RelationGetDescr(table)) : nullptr;
  systable_endscan(scan);
  table_close(table, AccessShareLock);
  return index;
}

void forget_leads(Oid relation) {
  delete_own_rows("contact_key", "contact_key_hash", relation);
  delete_own_rows("duplicate_edge", "duplicate_edge_pair", relation);
}

void forget_duplicate_indexes() { CacheInvalidateRelcacheByRelid(own_table(kTable)); }

}  // namespace leadscore::pg

LEADSCORE_FUNCTION(leadscore_register_duplicate_index) { return leadscore::pg::register_index(fcinfo); }
LEADSCORE_FUNCTION(leadscore_unregister_duplicate_index) { return leadscore::pg::unregister_index(fcinfo); }
LEADSCORE_FUNCTION(leadscore_clean_duplicate_indexes) { PG_RETURN_INT64(leadscore::pg::clean_indexes()); }
