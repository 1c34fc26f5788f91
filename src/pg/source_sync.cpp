// The trigger that keeps the state of an attached table current, and the same for leads that are named.
#include <algorithm>

#include "pg/attached_insert.hpp"
#include "pg/duplicate_registry.hpp"
#include "pg/guard.hpp"
#include "pg/own_rows.hpp"
#include "pg/planning_role.hpp"
#include "pg/restore.hpp"
#include "pg/source_sync.hpp"

namespace leadscore::pg {

namespace {

// What a table's statements of one kind take: SQL that leadscore.source_statements() makes, as plans.
struct SyncKey {
  Oid table;
  int operation;
};

struct SyncPlan {
  SPIPlanPtr plan;
  bool reads;  // new leads, for insert_new_leads()
  Oid source;  // the attached table
  bool settles;
};

struct SyncPlans {
  SyncKey key;
  bool is_ready;
  int count;
  SyncPlan* plans;
};

// What this backend knows, forgotten as a whole when any table changes that it comes from.
struct Cache {
  MemoryContext context;
  HTAB* plans;
  HTAB* watched;
  bool is_complete;  // or an error has ended its making
  bool is_stale;
};
Cache cache{};

// What follows a change of a table, and what is done when somebody asks for it.
enum class Operation : std::uint8_t {
  insertion,
  update,
  deletion,
  truncation,
  judge,
  rescan,
  remark,
  settle,
  gone,
  stages,
  forget,
  import,
  detach,
  follow,
};
constexpr const char* kOperations[] = {"insert", "update", "delete", "truncate", "judge",  "rescan", "remark",
                                       "settle", "gone",   "stages", "forget",   "import", "detach", "follow"};
constexpr int kFirstAsked = static_cast<int>(Operation::judge);

// Parameters of the statements: the time, keys of leads, stages, times.
constexpr Oid kParameterTypes[] = {TIMESTAMPTZOID, TEXTARRAYOID, TEXTARRAYOID, TIMESTAMPTZARRAYOID};
constexpr int kParameters = static_cast<int>(std::size(kParameterTypes));

HTAB* make_table(const char* name, Size key_size, Size entry_size) {
  HASHCTL control{};
  control.keysize = key_size;
  control.entrysize = entry_size;
  control.hcxt = cache.context;
  return hash_create(name, 16, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

void watch(Oid table) { hash_search(cache.watched, &table, HASH_ENTER, nullptr); }

void table_changed(Datum /*argument*/, Oid table) {
  if (cache.watched != nullptr &&
      (!OidIsValid(table) || hash_search(cache.watched, &table, HASH_FIND, nullptr) != nullptr)) {
    cache.is_stale = true;
  }
}

void free_plans(SyncPlans& entry) {
  for (; entry.count > 0; --entry.count) {
    SPI_freeplan(entry.plans[entry.count - 1].plan);
  }
  if (entry.plans != nullptr) {
    pfree(entry.plans);
    entry.plans = nullptr;
  }
}

void free_all_plans() {
  HASH_SEQ_STATUS scan;
  hash_seq_init(&scan, cache.plans);
  while (auto* const entry = static_cast<SyncPlans*>(hash_seq_search(&scan))) {
    free_plans(*entry);
  }
}

void begin_cache() {
  if (cache.context != nullptr) {
    if (cache.plans != nullptr) {
      free_all_plans();
    }
    MemoryContext const old = cache.context;
    cache = {};
    MemoryContextDelete(old);
  }
  cache.context = AllocSetContextCreate(TopMemoryContext, "leadscore attached tables", ALLOCSET_DEFAULT_SIZES);
  cache.plans = make_table("leadscore attached tables", sizeof(SyncKey), sizeof(SyncPlans));
  cache.watched = make_table("leadscore watched tables", sizeof(Oid), sizeof(Oid));
  cache.is_stale = false;
  watch(own_table("source"));
  watch(own_table("duplicate_index"));
  cache.is_complete = true;
}

// Everything here is ours, but the rows; it reads and writes what whoever changes a lead may not, and finds what it
// names in no schema of anybody's.
class OwnerSession {
 public:
  OwnerSession() {
    if (SPI_connect() != SPI_OK_CONNECT) {
      elog(ERROR, "SPI_connect failed");
    }
    GetUserIdAndSecContext(&user_, &security_);
    SetUserIdAndSecContext(owner_of(own_table("source")),
                           security_ | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
    OverrideSearchPath path{};
    path.addCatalog = true;
    PushOverrideSearchPath(&path);
  }
  // After an error the end of the (sub)transaction does the same.
  void end() const {
    PopOverrideSearchPath();
    SetUserIdAndSecContext(user_, security_);
    SPI_finish();
  }

 private:
  Oid user_ = InvalidOid;
  int security_ = 0;
};

void execute(const char* statement, int arguments, Oid* types, Datum* values, bool by_active_snapshot = false) {
  const int result = SPI_execute_with_args(statement, arguments, types, values, nullptr, by_active_snapshot, 0);
  if (result < 0) {
    elog(ERROR, "SPI_execute_with_args: %s", SPI_result_code_string(result));
  }
}

// Plans are made for tables as they will be, not as the planner finds them: it must not read a small table as a whole,
// or compile what never runs. Made apart from the run, so that nothing that is called there is planned so too.
void make_plan(SPIPlanPtr plan) {
  const int level = NewGUCNestLevel();
  for (const char* const setting : {"enable_seqscan", "jit"}) {
    set_config_option(setting, "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
  }
  CachedPlan* const made = SPI_plan_get_cached_plan(plan);
  if (made != nullptr) {
    ReleaseCachedPlan(made, CurrentResourceOwner);
  }
  AtEOXact_GUC(true, level);
}

// Has the statements made, and what they depend on watched: first, so that no change of it goes unseen.
void prepare(SyncPlans& entry) {
  watch(entry.key.table);
  free_plans(entry);  // of an attempt that failed
  Oid types[] = {OIDOID, TEXTOID};
  Datum values[] = {ObjectIdGetDatum(entry.key.table), CStringGetTextDatum(kOperations[entry.key.operation])};
  // What is kept for later must not be what the table was when this transaction began.
  PushActiveSnapshot(GetLatestSnapshot());
  execute("SELECT s.statement, s.watched, s.reads, s.settles, s.events FROM leadscore.source_statements($1, $2) AS s",
          2, types, values, true);
  PopActiveSnapshot();
  const auto rows = static_cast<int>(SPI_processed);
  SPITupleTable* const made = SPI_tuptable;
  entry.plans = static_cast<SyncPlan*>(MemoryContextAllocZero(cache.context, sizeof(SyncPlan) * (rows + 1)));
  for (int i = 0; i < rows; ++i) {
    bool is_null = false;
    const Oid source = DatumGetObjectId(SPI_getbinval(made->vals[i], made->tupdesc, 2, &is_null));
    watch(source);
    const Datum events = SPI_getbinval(made->vals[i], made->tupdesc, 5, &is_null);
    if (!is_null) {
      watch(DatumGetObjectId(events));
    }
    Oid parameters[kParameters];
    std::copy(std::begin(kParameterTypes), std::end(kParameterTypes), parameters);
    // One plan for all: what a statement changes is few rows or many, by the same indexes.
    SPIPlanPtr const plan = SPI_prepare_cursor(SPI_getvalue(made->vals[i], made->tupdesc, 1), kParameters, parameters,
                                               CURSOR_OPT_GENERIC_PLAN);
    if (plan == nullptr || SPI_keepplan(plan) != 0) {
      elog(ERROR, "SPI_prepare_cursor: %s", SPI_result_code_string(SPI_result));
    }
    entry.plans[i].plan = plan;
    entry.count = i + 1;  // before anything fails: what is kept is freed by the next attempt
    entry.plans[i] = {plan, DatumGetBool(SPI_getbinval(made->vals[i], made->tupdesc, 3, &is_null)), source,
                      DatumGetBool(SPI_getbinval(made->vals[i], made->tupdesc, 4, &is_null))};
    plan_as(owner_of(source), [plan] { make_plan(plan); });
  }
  SPI_freetuptable(made);
  entry.is_ready = true;
}

const SyncPlans& find_plans(Oid table, Operation operation) {
  if (!cache.is_complete || cache.is_stale) {
    begin_cache();
  }
  SyncKey key{};
  key.table = table;
  key.operation = static_cast<int>(operation);
  bool is_known = false;
  auto* entry = static_cast<SyncPlans*>(hash_search(cache.plans, &key, HASH_ENTER, &is_known));
  if (!is_known) {
    entry->is_ready = false;
    entry->count = 0;
    entry->plans = nullptr;
  }
  if (!entry->is_ready) {
    prepare(*entry);
  }
  return *entry;
}

[[noreturn]] void misused() {
  ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                  errmsg("leadscore.sync_source() is a trigger function of attached tables"),
                  errhint("leadscore.attach() makes its triggers.")));
}

// Rows of a statement, under the name by which its trigger knows them. To the planner they are one: where they are
// many, the way of one row still takes no longer than in proportion.
void show_rows(EphemeralNamedRelation shown, Relation table, char* name, const char* expected, Tuplestorestate* rows) {
  if (strcmp(name, expected) != 0) {
    misused();  // or the statements would read what somebody else has put under that name
  }
  shown->md.name = name;
  shown->md.reliddesc = RelationGetRelid(table);
  shown->md.tupdesc = nullptr;
  shown->md.enrtype = ENR_NAMED_TUPLESTORE;
  shown->md.enrtuples = 1;
  shown->reldata = rows;
  if (SPI_register_relation(shown) != SPI_OK_REL_REGISTER) {
    elog(ERROR, "SPI_register_relation: %s", SPI_result_code_string(SPI_result));
  }
}

// What the statements are given: the time, which run() sets, and lists, at first NULL.
ParamListInfo make_parameters() {
  ParamListInfo const parameters = makeParamList(kParameters);
  for (int i = 0; i < kParameters; ++i) {
    parameters->params[i] = {Datum{0}, true, PARAM_FLAG_CONST, kParameterTypes[i]};
  }
  return parameters;
}

void set_parameter(ParamListInfo parameters, int position, Datum value) {
  parameters->params[position].value = value;
  parameters->params[position].isnull = false;
}

// New leads of which there is more to do than to write them.
struct OpenLeads {
  Oid source;
  NewLeads leads;
};

uint64 run(Oid table, Operation operation, ParamListInfo parameters, FmgrInfo* call_site);

void run_for_keys(Oid source, Datum keys, std::initializer_list<Operation> operations, FmgrInfo* call_site) {
  constexpr int kMostAtOnce = 10000;
  if (keys == 0) {
    return;
  }
  Datum* leads = nullptr;
  int count = 0;
  deconstruct_array(DatumGetArrayTypeP(keys), TEXTOID, -1, false, TYPALIGN_INT, &leads, nullptr, &count);
  for (int first = 0; first < count; first += kMostAtOnce) {
    ParamListInfo const parameters = make_parameters();
    set_parameter(parameters, 1,
                  PointerGetDatum(construct_array(leads + first, std::min(kMostAtOnce, count - first), TEXTOID, -1,
                                                  false, TYPALIGN_INT)));
    for (const Operation operation : operations) {
      run(source, operation, parameters, call_site);
    }
  }
}

uint64 run(Oid table, Operation operation, ParamListInfo parameters, FmgrInfo* call_site) {
  const SyncPlans plans = find_plans(table, operation);
  auto* const open = static_cast<OpenLeads*>(palloc(sizeof(OpenLeads) * static_cast<Size>(plans.count + 1)));
  int open_count = 0;
  uint64 rows = 0;
  for (int i = 0; i < plans.count; ++i) {
    // The time after the locks: what was committed while they were waited for is not of the future.
    const TimestampTz as_of = GetCurrentTimestamp();
    set_parameter(parameters, 0, TimestampTzGetDatum(as_of));
    const SyncPlan plan = plans.plans[i];
    NewLeads leads{};
    plan_as(owner_of(plan.source), [&plan, &leads, parameters, as_of, call_site] {
      if (!SPI_plan_is_valid(plan.plan)) {
        make_plan(plan.plan);
      }
      if (plan.reads) {
        leads = insert_new_leads(plan.plan, parameters, as_of, call_site);
        return;
      }
      const int result = SPI_execute_plan_with_paramlist(plan.plan, parameters, false, 0);
      if (result < 0) {
        elog(ERROR, "SPI_execute_plan_with_paramlist: %s", SPI_result_code_string(result));
      }
    });
    if (plan.reads) {
      open[open_count++] = {plan.source, leads};
      continue;
    }
    rows = SPI_processed;
  }
  // Only now: other plans may have to be made, and these may be gone then.
  for (int i = 0; i < open_count; ++i) {
    const OpenLeads& of = open[i];
    run_for_keys(of.source, of.leads.left, {Operation::judge, Operation::remark}, call_site);
    run_for_keys(of.source, of.leads.paired, {Operation::remark}, call_site);
  }
  pfree(open);
  return rows;
}

bool has_unsettled_leads(Oid source) {
  return has_own_row("unsettled_lead", "unsettled_lead_relation", "relation", source, GetActiveSnapshot());
}

// What transactions left open that have ended since. Who sees but what was there when his own began leaves it to
// others.
void settle(Oid table, Operation operation, FmgrInfo* call_site) {
  if (IsolationUsesXactSnapshot()) {
    return;
  }
  const SyncPlans plans = find_plans(table, operation);
  auto* const sources = static_cast<Oid*>(palloc(sizeof(Oid) * static_cast<Size>(plans.count + 1)));
  int count = 0;
  for (int i = 0; i < plans.count; ++i) {
    const SyncPlan& plan = plans.plans[i];
    if (plan.settles && (count == 0 || sources[count - 1] != plan.source) && has_unsettled_leads(plan.source)) {
      sources[count++] = plan.source;
    }
  }
  for (int i = 0; i < count; ++i) {
    run(sources[i], Operation::settle, make_parameters(), call_site);
  }
  pfree(sources);
}

Operation operation_of(TriggerEvent event) {
  return TRIGGER_FIRED_BY_INSERT(event)   ? Operation::insertion
         : TRIGGER_FIRED_BY_UPDATE(event) ? Operation::update
         : TRIGGER_FIRED_BY_DELETE(event) ? Operation::deletion
                                          : Operation::truncation;
}

Datum sync_source(FunctionCallInfo fcinfo) {
  if (!CALLED_AS_TRIGGER(fcinfo)) {
    misused();
  }
  const auto* const trigger = reinterpret_cast<TriggerData*>(fcinfo->context);
  const Operation operation = operation_of(trigger->tg_event);
  const bool shows_new = operation == Operation::insertion || operation == Operation::update;
  const bool shows_old = operation == Operation::update || operation == Operation::deletion;
  if (!TRIGGER_FIRED_AFTER(trigger->tg_event) || !TRIGGER_FIRED_FOR_STATEMENT(trigger->tg_event) ||
      (shows_new && trigger->tg_newtable == nullptr) || (shows_old && trigger->tg_oldtable == nullptr)) {
    misused();
  }
  if (is_restoring()) {
    return PointerGetDatum(nullptr);  // what is known of the leads is restored as well
  }
  const bool has_rows = (shows_new && tuplestore_tuple_count(trigger->tg_newtable) > 0) ||
                        (shows_old && tuplestore_tuple_count(trigger->tg_oldtable) > 0);
  if (operation != Operation::truncation && !has_rows) {
    return PointerGetDatum(nullptr);
  }
  const OwnerSession session;
  EphemeralNamedRelationData new_rows{};
  EphemeralNamedRelationData old_rows{};
  if (shows_new) {
    show_rows(&new_rows, trigger->tg_relation, trigger->tg_trigger->tgnewtable, "leadscore_new", trigger->tg_newtable);
  }
  if (shows_old) {
    show_rows(&old_rows, trigger->tg_relation, trigger->tg_trigger->tgoldtable, "leadscore_old", trigger->tg_oldtable);
  }
  const Oid table = RelationGetRelid(trigger->tg_relation);
  run(table, operation, make_parameters(), fcinfo->flinfo);
  settle(table, operation, fcinfo->flinfo);
  session.end();
  return PointerGetDatum(nullptr);
}

// Does something for leads that are named, or for all (NULL), of a table that the caller owns.
Datum run_for_leads(FunctionCallInfo fcinfo) {
  if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("relation and operation must not be NULL")));
  }
  const Oid table = PG_GETARG_OID(0);
  const char* const name = text_to_cstring(PG_GETARG_TEXT_PP(1));
  const char* const* const found = std::find_if(kOperations + kFirstAsked, std::end(kOperations),
                                                [name](const char* operation) { return strcmp(operation, name) == 0; });
  if (found == std::end(kOperations)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there is no operation \"%s\"", name)));
  }
  const auto operation = static_cast<Operation>(found - kOperations);
  if (operation != Operation::follow) {  // which only puts right what is told by names
    check_is_owner(table);
  }
  const OwnerSession session;
  ParamListInfo const parameters = make_parameters();
  for (int i = 1; i < kParameters; ++i) {
    if (!PG_ARGISNULL(i + 1)) {
      set_parameter(parameters, i, PG_GETARG_DATUM(i + 1));
    }
  }
  const uint64 rows = run(table, operation, parameters, fcinfo->flinfo);
  session.end();
  PG_RETURN_INT64(static_cast<int64>(rows));
}

Datum follow_tables(FunctionCallInfo fcinfo) {
  if (!CALLED_AS_EVENT_TRIGGER(fcinfo)) {
    ereport(ERROR, (errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
                    errmsg("leadscore.follow_tables() is an event trigger function")));
  }
  // Who may not use the extension may change his tables all the same.
  const Oid schema = get_namespace_oid("leadscore", true);
  if (is_restoring() || !OidIsValid(schema) || pg_namespace_aclcheck(schema, GetUserId(), ACL_USAGE) != ACLCHECK_OK) {
    return PointerGetDatum(nullptr);
  }
  if (SPI_connect() != SPI_OK_CONNECT) {
    elog(ERROR, "SPI_connect failed");
  }
  execute("SELECT leadscore.follow_changed_tables()", 0, nullptr, nullptr);
  SPI_finish();
  return PointerGetDatum(nullptr);
}

// Nothing that is read as the extension's owner may be a view, which calls functions of anybody.
void check_is_table(Oid relation) {
  const char kind = get_rel_relkind(relation);
  if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE) {
    ereport(ERROR,
            (errcode(ERRCODE_WRONG_OBJECT_TYPE),
             errmsg("%s is no table", get_rel_name(relation) != nullptr ? get_rel_name(relation) : "the relation")));
  }
}

Datum register_source(FunctionCallInfo fcinfo) {
  HeapTupleHeader const row = PG_GETARG_HEAPTUPLEHEADER(0);
  for (const char* const name : {"relation", "events"}) {
    bool is_null = false;
    const Oid table = DatumGetObjectId(GetAttributeByName(row, name, &is_null));
    if (!is_null) {
      check_is_table(table);
      check_is_owner(table);
    }
  }
  const OwnerSession session;
  Oid types[] = {HeapTupleHeaderGetTypeId(row)};
  Datum values[] = {PG_GETARG_DATUM(0)};
  execute(
      "INSERT INTO leadscore.source (source, relation, model, key, columns, features, events, event_columns, "
      "half_life, marks_duplicates, time_zone, matures_after, on_error, attached_at) "
      "SELECT s.source, s.relation, s.model, s.key, s.columns, s.features, s.events, s.event_columns, s.half_life, "
      "s.marks_duplicates, s.time_zone, s.matures_after, s.on_error, s.attached_at FROM (SELECT ($1).*) AS s "
      "RETURNING source_id",
      1, types, values);
  bool is_null = false;
  const Datum number = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null);
  session.end();
  return number;
}

Datum clean_sources(FunctionCallInfo /*fcinfo*/) {
  const OwnerSession session;
  execute(
      "SELECT string_agg(w.statement, '; ' ORDER BY w.place) FROM leadscore.source AS s CROSS JOIN LATERAL "
      "leadscore.forgetting_statements(s) WITH ORDINALITY AS w (statement, place) "
      "WHERE NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = s.relation) GROUP BY s.source_id",
      0, nullptr, nullptr);
  const uint64 count = SPI_processed;
  SPITupleTable* const sources = SPI_tuptable;
  for (uint64 i = 0; i < count; ++i) {
    execute(SPI_getvalue(sources->vals[i], sources->tupdesc, 1), 0, nullptr, nullptr);
  }
  session.end();
  return Int64GetDatum(static_cast<int64>(count));
}

// The features of a lead are read as whoever owns the table: a view may call functions of anybody.
Datum lead_features(FunctionCallInfo fcinfo) {
  MemoryContext const caller = CurrentMemoryContext;
  Oid user = InvalidOid;
  int security = 0;
  GetUserIdAndSecContext(&user, &security);
  if (SPI_connect() != SPI_OK_CONNECT) {
    elog(ERROR, "SPI_connect failed");
  }
  Oid number_type[] = {INT4OID};
  Datum number[] = {PG_GETARG_DATUM(0)};
  execute("SELECT q.statement, q.reader FROM leadscore.features_query($1) AS q", 1, number_type, number);
  bool is_null = true;
  char* const statement = SPI_processed == 1 ? SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1) : nullptr;
  if (statement == nullptr) {
    SPI_finish();
    PG_RETURN_NULL();
  }
  const Oid reader = DatumGetObjectId(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &is_null));
  if (!has_privs_of_role(user, reader)) {
    ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                    errmsg("must be owner of the table of source %d", PG_GETARG_INT32(0))));
  }
  SetUserIdAndSecContext(reader, security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
  Oid key_type[] = {TEXTOID};
  Datum key[] = {PG_GETARG_DATUM(1)};
  execute(statement, 1, key_type, key);
  SetUserIdAndSecContext(user, security);
  Datum features = 0;
  is_null = true;
  if (SPI_processed > 0) {
    features = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null);
    MemoryContext const procedure = MemoryContextSwitchTo(caller);
    features = is_null ? Datum{0} : datumCopy(features, false, -1);
    MemoryContextSwitchTo(procedure);
  }
  SPI_finish();
  fcinfo->isnull = is_null;
  return features;
}

// Whether the active snapshot sees what the transaction wrote.
bool is_seen(TransactionId writer) {
  if (!TransactionIdIsNormal(writer) || TransactionIdIsCurrentTransactionId(writer)) {
    return true;
  }
  return !XidInMVCCSnapshot(writer, GetActiveSnapshot());
}

}  // namespace

void initialize_source_sync() { CacheRegisterRelcacheCallback(table_changed, Datum{0}); }

}  // namespace leadscore::pg

LEADSCORE_FUNCTION(leadscore_sync_source) { return leadscore::pg::sync_source(fcinfo); }

LEADSCORE_FUNCTION(leadscore_follow_tables) { return leadscore::pg::follow_tables(fcinfo); }

LEADSCORE_FUNCTION(leadscore_run_for_leads) { return leadscore::pg::run_for_leads(fcinfo); }

LEADSCORE_FUNCTION(leadscore_register_source) { return leadscore::pg::register_source(fcinfo); }

LEADSCORE_FUNCTION(leadscore_clean_sources) { return leadscore::pg::clean_sources(fcinfo); }

LEADSCORE_FUNCTION(leadscore_lead_features) { return leadscore::pg::lead_features(fcinfo); }

LEADSCORE_FUNCTION(leadscore_is_seen) { PG_RETURN_BOOL(leadscore::pg::is_seen(PG_GETARG_TRANSACTIONID(0))); }

LEADSCORE_FUNCTION(leadscore_forget_sources) {
  CacheInvalidateRelcacheByRelid(leadscore::pg::own_table("source"));
  return PointerGetDatum(nullptr);
}
