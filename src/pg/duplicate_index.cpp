#include "pg/duplicate_index.hpp"

#include "core/dedup/match_weights.hpp"
#include "core/dedup/pair_space.hpp"
#include "pg/duplicate_registry.hpp"
#include "pg/guard.hpp"
#include "pg/interval_length.hpp"
#include "pg/own_table.hpp"

namespace leadscore::pg {

namespace {

// What this backend knows, all of it in one memory context. It is forgotten as a whole when any of the tables changes
// that it comes from.
struct Cache {
  MemoryContext context;
  HTAB* indexes;     // by the OIDs of tables and partitions that have a trigger
  HTAB* watched;     // tables whose change makes it stale
  bool is_complete;  // or an error has ended its making
  bool is_stale;
};
Cache cache{};

struct IndexEntry {
  Oid table;
  DuplicateIndex* index;
};

struct PartEntry {
  Oid table;
  LeadPart* part;
};

HTAB* make_table(const char* name, Size entry_size) {
  HASHCTL control{};
  control.keysize = sizeof(Oid);
  control.entrysize = entry_size;
  control.hcxt = cache.context;
  return hash_create(name, 16, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

void watch(Oid table) { hash_search(cache.watched, &table, HASH_ENTER, nullptr); }

void begin_cache() {
  if (cache.context != nullptr) {
    MemoryContext const old = cache.context;
    cache = {};
    MemoryContextDelete(old);
  }
  cache.context = AllocSetContextCreate(TopMemoryContext, "leadscore duplicate indexes", ALLOCSET_DEFAULT_SIZES);
  cache.indexes = make_table("leadscore duplicate indexes", sizeof(IndexEntry));
  cache.watched = make_table("leadscore watched tables", sizeof(Oid));
  cache.is_stale = false;
  watch(own_table("duplicate_index"));
  cache.is_complete = true;
}

void table_changed(Datum /*argument*/, Oid table) {
  if (cache.watched != nullptr &&
      (!OidIsValid(table) || hash_search(cache.watched, &table, HASH_FIND, nullptr) != nullptr)) {
    cache.is_stale = true;
  }
}

// Returns InvalidOid if none will do. A partitioned table's unique index must hold the partition key as well.
Oid find_key_index(Relation table, AttrNumber key) {
  Oid found = InvalidOid;
  List* const indexes = RelationGetIndexList(table);
  ListCell* cell = nullptr;
  foreach (cell, indexes) {
    Relation const index = index_open(lfirst_oid(cell), AccessShareLock);
    const Form_pg_index form = index->rd_index;
    const bool will_do = form->indisunique && form->indisvalid && form->indkey.values[0] == key &&
                         index->rd_rel->relam == BTREE_AM_OID && RelationGetIndexPredicate(index) == NIL;
    const bool is_exact = form->indnkeyatts == 1;
    const bool may_have_more = table->rd_rel->relispartition || table->rd_rel->relkind == RELKIND_PARTITIONED_TABLE;
    if (will_do && (is_exact || (may_have_more && !OidIsValid(found)))) {
      found = RelationGetRelid(index);
    }
    index_close(index, AccessShareLock);
    if (will_do && is_exact) {
      break;
    }
  }
  list_free(indexes);
  return found;
}

void set_condition(ScanKeyData& condition, Oid key_index) {
  Relation const index = index_open(key_index, AccessShareLock);
  const Oid type = index->rd_opcintype[0];
  const Oid equals = get_opfamily_member(index->rd_opfamily[0], type, type, BTEqualStrategyNumber);
  ScanKeyEntryInitialize(&condition, 0, 1, BTEqualStrategyNumber, InvalidOid, index->rd_indcollation[0],
                         get_opcode(equals), Datum{0});
  index_close(index, AccessShareLock);
}

LeadPart* make_part(const RegisteredIndex& registered, Relation table) {
  auto* const part = static_cast<LeadPart*>(palloc0(sizeof(LeadPart)));
  part->table = RelationGetRelid(table);
  part->key = get_attnum(part->table, registered.key);
  if (part->key <= 0) {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
                    errmsg("table \"%s\" has no column \"%s\"", RelationGetRelationName(table), registered.key)));
  }
  const Oid type = TupleDescAttr(RelationGetDescr(table), part->key - 1)->atttypid;
  if (type != registered.key_type) {
    ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("column \"%s\" is not of type %s any more",
                                                               registered.key, format_type_be(registered.key_type))));
  }
  part->columns = find_lead_columns(RelationGetDescr(table), registered.columns);
  if (table->rd_rel->relkind == RELKIND_RELATION || table->rd_rel->relkind == RELKIND_PARTITIONED_TABLE) {
    part->key_index = find_key_index(table, part->key);
  }
  if (!OidIsValid(part->key_index)) {
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("table \"%s\" has no unique index on column \"%s\"", RelationGetRelationName(table),
                           registered.key),
                    errhint("The key of the leads must be a primary key or have a unique index of its own; of a "
                            "partitioned table, one that begins with it.")));
  }
  set_condition(part->with_key, part->key_index);
  return part;
}

void prepare_key(DuplicateIndex& index, Oid key_type) {
  index.key_modifier = -1;
  const Oid base = getBaseTypeAndTypmod(key_type, &index.key_modifier);
  Oid output = InvalidOid;
  Oid input = InvalidOid;
  bool is_variable_length = false;
  getTypeOutputInfo(base, &output, &is_variable_length);
  getTypeInputInfo(base, &input, &index.key_parameter);
  fmgr_info(output, &index.key_output);
  fmgr_info(input, &index.key_input);
}

// Fills what may fail. Everything is in the current memory context.
struct Preparation {
  const RegisteredIndex* registered;
  DuplicateIndex* index;
};

void prepare_index(void* argument) {
  const auto* preparation = static_cast<Preparation*>(argument);
  const RegisteredIndex& registered = *preparation->registered;
  DuplicateIndex& index = *preparation->index;
  // Not the transaction's snapshot, which may be old: what is read is kept beyond it.
  PushActiveSnapshot(GetLatestSnapshot());
  const MatchKnowledge* const knowledge = read_match_rule({cstring_to_text(registered.rule), nullptr});
  PopActiveSnapshot();
  index.judge = make_lead_judge(*knowledge, CurrentMemoryContext);
  index.least_weight = dedup::log_odds(registered.has_threshold ? registered.threshold : knowledge->rule.threshold);
  read_secret(index.secret);
  prepare_key(index, registered.key_type);
  Relation const table = table_open(registered.relation, AccessShareLock);
  auto* const entry = static_cast<PartEntry*>(hash_search(index.parts, &registered.relation, HASH_ENTER, nullptr));
  entry->part = nullptr;
  entry->part = make_part(registered, table);
  table_close(table, AccessShareLock);
}

DuplicateIndex* make_index(const RegisteredIndex& registered) {
  auto* const index = static_cast<DuplicateIndex*>(palloc0(sizeof(DuplicateIndex)));
  index->relation = registered.relation;
  index->mode = registered.mode;
  index->key = registered.key;
  index->columns = registered.columns;
  index->within =
      registered.within == nullptr ? dedup::kAnyTime : microseconds_of(registered.within).value_or(dedup::kAnyTime);
  index->window_mode =
      strcmp(registered.window_mode, "sliding") == 0 ? dedup::WindowMode::sliding : dedup::WindowMode::anchored;
  index->most_candidates = registered.most_candidates;
  index->parts = make_table("leadscore tables of leads", sizeof(PartEntry));
  Preparation preparation{&registered, index};
  ErrorData* const error = attempt(prepare_index, &preparation);
  if (error != nullptr && must_not_be_swallowed(error->sqlerrcode)) {
    ReThrowError(error);
  }
  index->broken = error == nullptr ? nullptr : error->message;
  return index;
}

// The index of exactly this table, kept or made; nullptr if it has none.
DuplicateIndex* index_of(Oid table) {
  if (const auto* entry = static_cast<IndexEntry*>(hash_search(cache.indexes, &table, HASH_FIND, nullptr))) {
    return entry->index;
  }
  MemoryContext const caller = MemoryContextSwitchTo(cache.context);
  const RegisteredIndex* const registered = read_registered_index(table);
  DuplicateIndex* const index = registered == nullptr ? nullptr : make_index(*registered);
  MemoryContextSwitchTo(caller);
  return index;
}

void keep_index(Oid table, DuplicateIndex* index) {
  watch(table);  // first: an error must not leave anything kept whose change goes unseen
  auto* const entry = static_cast<IndexEntry*>(hash_search(cache.indexes, &table, HASH_ENTER, nullptr));
  entry->index = index;
}

}  // namespace

DuplicateIndex* find_duplicate_index(Oid table) {
  if (!cache.is_complete || cache.is_stale) {
    begin_cache();
  }
  if (DuplicateIndex* const index = index_of(table)) {
    keep_index(table, index);
    return index;
  }
  List* const ancestors = get_rel_relispartition(table) ? get_partition_ancestors(table) : NIL;
  ListCell* cell = nullptr;
  foreach (cell, ancestors) {
    const Oid ancestor = lfirst_oid(cell);
    if (DuplicateIndex* const index = index_of(ancestor)) {
      keep_index(ancestor, index);
      keep_index(table, index);
      return index;
    }
  }
  return nullptr;
}

void refuse_broken_index(const DuplicateIndex& index) {
  ereport(ERROR,
          (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
           errmsg("the duplicate index of table \"%s\" cannot be used: %s", get_rel_name(index.relation), index.broken),
           errhint("Call leadscore.create_duplicate_index() again.")));
}

DuplicateIndex* require_duplicate_index(Oid table) {
  DuplicateIndex* const index = find_duplicate_index(table);
  if (index == nullptr) {
    const char* const name = get_rel_name(table);
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("table \"%s\" has no duplicate index", name != nullptr ? name : "?"),
                    errhint("leadscore.create_duplicate_index() makes one.")));
  }
  if (index->broken != nullptr) {
    refuse_broken_index(*index);
  }
  return index;
}

const LeadPart* find_lead_part(DuplicateIndex& index, Oid table) {
  if (const auto* entry = static_cast<PartEntry*>(hash_search(index.parts, &table, HASH_FIND, nullptr))) {
    return entry->part;
  }
  if (!get_rel_relispartition(table) || !list_member_oid(get_partition_ancestors(table), index.relation)) {
    return nullptr;
  }
  Relation const relation = try_relation_open(table, AccessShareLock);
  if (relation == nullptr) {
    return nullptr;
  }
  MemoryContext const caller = MemoryContextSwitchTo(cache.context);
  LeadPart* const part = make_part(*read_registered_index(index.relation), relation);
  watch(table);
  auto* const entry = static_cast<PartEntry*>(hash_search(index.parts, &table, HASH_ENTER, nullptr));
  entry->part = part;
  MemoryContextSwitchTo(caller);
  relation_close(relation, AccessShareLock);
  return part;
}

List* all_lead_parts(const DuplicateIndex& index) {
  LockRelationOid(index.relation, AccessShareLock);
  List* const all = find_all_inheritors(index.relation, AccessShareLock, nullptr);
  List* parts = NIL;
  ListCell* cell = nullptr;
  foreach (cell, all) {
    const Oid table = lfirst_oid(cell);
    const bool is_part = table == index.relation || get_rel_relispartition(table);
    if (is_part && get_rel_relkind(table) == RELKIND_RELATION) {
      parts = lappend_oid(parts, table);
    }
  }
  return parts;
}

const char* lead_id_in(const DuplicateIndex& index, const LeadPart& part, TupleTableSlot* lead) {
  bool is_null = false;
  const Datum key = slot_getattr(lead, part.key, &is_null);
  return is_null ? nullptr : OutputFunctionCall(const_cast<FmgrInfo*>(&index.key_output), key);
}

bool are_within(const DuplicateIndex& index, std::int64_t a, std::int64_t b) {
  return dedup::is_within(a < b ? a : b, a < b ? b : a, index.within);
}

void check_table_of_leads(const RegisteredIndex& registered, Relation table) { pfree(make_part(registered, table)); }

void initialize_duplicate_indexes() { CacheRegisterRelcacheCallback(table_changed, Datum{0}); }

}  // namespace leadscore::pg

LEADSCORE_FUNCTION(leadscore_forget_duplicate_indexes) {
  leadscore::pg::forget_duplicate_indexes();
  return PointerGetDatum(nullptr);
}
