#include "pg/model_cache.hpp"

#include "pg/guard.hpp"
#include "pg/own_table.hpp"
#include "pg/snapshot_stamp.hpp"

namespace leadscore::pg {

namespace {

// How many compiled models, and how much memory of theirs, a session keeps beside those in use.
constexpr int kCacheCapacity = 64;
constexpr Size kCacheBytes = Size{32} * 1024 * 1024;

// Where in a transaction that edits models something was compiled. Rows of such a transaction become visible to it
// before their model has its new version, so what it compiles is nobody else's, and only for as long as nothing
// changes.
struct Edit {
  LocalTransactionId transaction;  // 0: the transaction has edited nothing
  CommandId command;
  uint64 aborts;

  bool operator==(const Edit&) const = default;
};

// What makes two uses of a model the same.
struct ModelKey {
  uint64 source_hash;  // of the name or of the document's bytes
  const void* source;  // the bytes themselves
  Size source_size;
  bool is_document;
  Purpose purpose;
  int64 version;    // of a stored model
  Oid model_table;  // changes when the extension is made anew
  Oid row_type;
  int32 row_typmod;
  uint64 row_identifier;  // changes whenever the row type does
  uint64 generation;
  Edit edit;
};

struct CacheEntry {
  CacheEntry* next;
  ModelKey key;
  CompiledModel* model;
  int uses;  // call sites that hold it
};

CacheEntry* cache = nullptr;  // a list, the most recently used first

// Counts what may change the meaning of an analysed condition: functions, operators, casts, labels of enums.
uint64 generation = 0;

void catalog_changed(Datum /*argument*/, int /*cache*/, uint32 /*hash*/) { ++generation; }

// The transaction that last edited models in this session.
LocalTransactionId editing_transaction = InvalidLocalTransactionId;

Edit current_edit(Snapshot snapshot) {
  if (!is_editing()) {
    return {};
  }
  return {editing_transaction, snapshot->curcid, rolled_back_subtransactions()};
}

// What a call site remembers between rows, in its function's memory context.
struct CallSite {
  MemoryContextCallback on_reset;
  MemoryContext context;
  CacheEntry* entry;
  SnapshotStamp stamp;
  Oid row_type;
  int32 row_typmod;
  const TypeCacheEntry* row_cache;  // PostgreSQL's entry for a named row type, which lives as long as the session
  bool source_is_constant;
  void* source;  // a copy of the name or the document, for sources that are not constant
  Size source_size;
  void* data;  // of the function
};

void release(CallSite* site) {
  if (site->entry != nullptr) {
    --site->entry->uses;
    site->entry = nullptr;
  }
}

CallSite* call_site(FmgrInfo* flinfo) {
  if (flinfo->fn_extra != nullptr) {
    return static_cast<CallSite*>(flinfo->fn_extra);
  }
  auto* site = static_cast<CallSite*>(MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(CallSite)));
  site->context = flinfo->fn_mcxt;
  Node* const argument = flinfo->fn_expr != nullptr && IsA(flinfo->fn_expr, FuncExpr)
                             ? static_cast<Node*>(linitial(reinterpret_cast<FuncExpr*>(flinfo->fn_expr)->args))
                             : nullptr;
  site->source_is_constant = argument != nullptr && IsA(argument, Const);
  site->on_reset.func = [](void* pointer) { release(static_cast<CallSite*>(pointer)); };
  site->on_reset.arg = site;
  MemoryContextRegisterResetCallback(flinfo->fn_mcxt, &site->on_reset);
  flinfo->fn_extra = site;
  return site;
}

bool holds_source(const CallSite* site, const DocumentBytes& source) {
  return site->source != nullptr && site->source_size == source.size &&
         memcmp(site->source, source.data, source.size) == 0;
}

void remember_source(CallSite* site, const DocumentBytes& source) {
  if (holds_source(site, source)) {
    return;
  }
  if (site->source != nullptr) {
    pfree(site->source);
    site->source = nullptr;
  }
  site->source = MemoryContextAlloc(site->context, source.size == 0 ? 1 : source.size);
  memcpy(site->source, source.data, source.size);
  site->source_size = source.size;
}

[[noreturn]] void no_such_model(const text* name) {
  const char* const written = text_to_cstring(name);
  ereport(ERROR,
          (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("model \"%s\" does not exist", written),
           written[0] == '{' ? errhint("To score by a document, cast it to jsonb.")
                             : errhint("Table leadscore.model lists the models; leadscore.create_model() makes one.")));
}

// The version of a model under the active snapshot, read past the caller's privileges.
int64 read_version(Oid table, const text* name) {
  if (!OidIsValid(table)) {
    no_such_model(name);
  }
  Relation const relation = table_open(table, AccessShareLock);
  const Oid index = RelationGetPrimaryKeyIndex(relation);
  const AttrNumber name_column = own_column(table, "model");
  const AttrNumber version_column = own_column(table, "version");
  if (!OidIsValid(index)) {
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("table leadscore.model is not as the extension made it")));
  }
  ScanKeyData key;
  ScanKeyEntryInitialize(&key, 0, name_column, BTEqualStrategyNumber, InvalidOid,
                         TupleDescAttr(RelationGetDescr(relation), name_column - 1)->attcollation, F_TEXTEQ,
                         PointerGetDatum(name));
  SysScanDesc const scan = systable_beginscan(relation, index, true, GetActiveSnapshot(), 1, &key);
  HeapTuple const tuple = systable_getnext(scan);
  if (!HeapTupleIsValid(tuple)) {
    no_such_model(name);
  }
  bool is_null = false;
  const Datum version = heap_getattr(tuple, version_column, RelationGetDescr(relation), &is_null);
  const int64 result = is_null ? 0 : DatumGetInt64(version);
  systable_endscan(scan);
  table_close(relation, AccessShareLock);
  return result;
}

bool same_source(const ModelKey& a, const ModelKey& b) {
  return a.source_hash == b.source_hash && a.is_document == b.is_document && a.purpose == b.purpose &&
         a.source_size == b.source_size && memcmp(a.source, b.source, a.source_size) == 0;
}

bool same_key(const ModelKey& a, const ModelKey& b) {
  return same_source(a, b) && a.version == b.version && a.row_identifier == b.row_identifier &&
         a.model_table == b.model_table && a.generation == b.generation && a.edit == b.edit;
}

// True if `newer` has taken the place of a stored model for the same row type.
bool is_superseded(const ModelKey& key, const ModelKey& newer) {
  return !key.is_document && key.row_type == newer.row_type && key.row_typmod == newer.row_typmod &&
         same_source(key, newer);
}

// Drops what no call site holds and is out of date, superseded by the newcomer, or beyond the capacity.
void make_room(const ModelKey& newcomer) {
  int position = 0;
  Size bytes = 0;
  CacheEntry** link = &cache;
  while (*link != nullptr) {
    CacheEntry* const entry = *link;
    bytes += MemoryContextMemAllocated(entry->model->context, true);
    const bool is_wanted = entry->key.generation == generation && position < kCacheCapacity && bytes < kCacheBytes &&
                           !is_superseded(entry->key, newcomer) && is_up_to_date(entry->model);
    if (entry->uses > 0 || is_wanted) {
      link = &entry->next;
      ++position;
    } else {
      *link = entry->next;
      MemoryContextDelete(entry->model->context);  // the entry lies in it
    }
  }
}

void push_front(CacheEntry* entry) {
  entry->next = cache;
  cache = entry;
}

CacheEntry* find_entry(const ModelKey& key) {
  for (CacheEntry** link = &cache; *link != nullptr; link = &(*link)->next) {
    CacheEntry* const entry = *link;
    if (same_key(entry->key, key) && is_up_to_date(entry->model)) {
      *link = entry->next;
      push_front(entry);
      return entry;
    }
  }
  return nullptr;
}

CacheEntry* add_entry(const ModelKey& key, const DocumentReference& reference, TupleDesc row) {
  make_room(key);
  const char* const name = reference.name != nullptr ? text_to_cstring(reference.name) : nullptr;
  Jsonb* const document =
      reference.name != nullptr ? load_document(reference.name, Reader::owner) : const_cast<Jsonb*>(reference.document);
  CompiledModel* const model = compile_model(name, document, row, key.purpose, CurrentMemoryContext);

  MemoryContext const caller = MemoryContextSwitchTo(model->context);
  auto* entry = static_cast<CacheEntry*>(palloc0(sizeof(CacheEntry)));
  entry->key = key;
  void* const source = palloc(key.source_size == 0 ? 1 : key.source_size);
  memcpy(source, key.source, key.source_size);
  entry->key.source = source;
  entry->model = model;
  MemoryContextSwitchTo(caller);

  MemoryContextSetParent(model->context, CacheMemoryContext);  // from here on nothing can fail
  push_front(entry);
  return entry;
}

CacheEntry* lookup(const DocumentReference& reference, Purpose purpose, Oid row_type, int32 row_typmod) {
  const DocumentBytes source = bytes_of(reference);
  ModelKey key{};
  key.source = source.data;
  key.source_size = source.size;
  key.source_hash = DatumGetUInt64(
      hash_any_extended(static_cast<const unsigned char*>(source.data), static_cast<int>(source.size), 0));
  key.is_document = reference.name == nullptr;
  key.purpose = purpose;
  if (!key.is_document) {
    key.model_table = model_table();
    key.version = read_version(key.model_table, reference.name);
  }
  key.row_type = row_type;
  key.row_typmod = row_typmod;
  key.row_identifier = assign_record_type_identifier(row_type, row_typmod);
  key.generation = generation;
  key.edit = current_edit(GetActiveSnapshot());
  CacheEntry* entry = find_entry(key);
  if (entry == nullptr) {
    TupleDesc const row = lookup_rowtype_tupdesc(row_type, row_typmod);
    entry = add_entry(key, reference, row);
    ReleaseTupleDesc(row);
  }
  return entry;
}

}  // namespace

Oid model_table() { return own_table("model"); }

void require_model(const text* name) { read_version(model_table(), name); }

void initialize_model_cache() {
  for (const int cache_id :
       {PROCOID, OPEROID, CASTSOURCETARGET, ENUMOID, COLLOID, TSCONFIGOID, TSCONFIGMAP, TSDICTOID}) {
    CacheRegisterSyscacheCallback(cache_id, catalog_changed, 0);
  }
}

void note_edit() { editing_transaction = local_transaction(); }

bool is_editing() {
  return editing_transaction != InvalidLocalTransactionId && editing_transaction == local_transaction();
}

CompiledModel* find_model(FmgrInfo* flinfo, const DocumentReference& reference, Purpose purpose, Oid row_type,
                          int32 row_typmod) {
  CallSite* const site = call_site(flinfo);
  const DocumentBytes source = bytes_of(reference);
  const SnapshotStamp stamp = stamp_of_active_snapshot();
  // A row type may change in mid-statement; PostgreSQL then clears the identifier that it had.
  const bool is_current =
      site->entry != nullptr && site->row_type == row_type && site->row_typmod == row_typmod &&
      (site->row_cache == nullptr || site->row_cache->tupDesc_identifier == site->entry->key.row_identifier) &&
      site->stamp == stamp && is_up_to_date(site->entry->model) &&
      (site->source_is_constant || holds_source(site, source));
  if (is_current) {
    return site->entry->model;
  }
  CacheEntry* const entry = lookup(reference, purpose, row_type, row_typmod);
  if (!site->source_is_constant) {
    remember_source(site, source);
  }
  release(site);
  ++entry->uses;
  site->entry = entry;
  site->stamp = stamp;
  site->row_type = row_type;
  site->row_typmod = row_typmod;
  site->row_cache = row_type == RECORDOID ? nullptr : lookup_type_cache(row_type, TYPECACHE_TUPDESC);
  return entry->model;
}

bool has_model(FmgrInfo* flinfo) { return call_site(flinfo)->entry != nullptr; }

int64 model_version(FmgrInfo* flinfo) { return call_site(flinfo)->entry->key.version; }

void** call_site_data(FmgrInfo* flinfo) { return &call_site(flinfo)->data; }

ModelColumns columns_to_plan_for(const DocumentReference& reference, Purpose purpose, Oid row_type, int32 row_typmod) {
  const CacheEntry* entry = lookup(reference, purpose, row_type, row_typmod);
  return {bms_copy(entry->model->columns), entry->key.version};
}

Jsonb* load_document(const text* name, Reader reader) {
  require_model(name);
  const Oid role = reader == Reader::owner ? owner_of(model_table()) : InvalidOid;
  Jsonb* const document = query_document("SELECT leadscore.export_model($1)", name, role);
  if (document == nullptr) {
    no_such_model(name);
  }
  return document;
}

}  // namespace leadscore::pg
