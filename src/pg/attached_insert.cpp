#include "pg/attached_insert.hpp"

#include <algorithm>

#include "pg/attached_judgement.hpp"
#include "pg/duplicate_person.hpp"
#include "pg/guard.hpp"
#include "pg/model_cache.hpp"
#include "pg/row_batch.hpp"

namespace leadscore::pg {

namespace {

// Columns of leadscore.reading_statement().
enum Incoming : int {
  in_lead,
  in_created_at,
  in_closed_at,
  in_cohort_day,
  in_channel,
  in_owner,
  in_status,
  in_amount,
  in_entered_at,
  in_row,
  in_source,
  in_model,
  in_relation,
  in_raises,
  in_marks,
  in_engagement,
  in_has_events,
};
constexpr int kIncoming = in_has_events + 1;

// Columns of leadscore.lead_state.
enum State : int {
  state_source_id,
  state_lead,
  state_created_at,
  state_closed_at,
  state_cohort_day,
  state_channel,
  state_owner,
  state_status,
  state_amount,
  state_score,
  state_raw_score,
  state_probability,
  state_grade,
  state_temperature,
  state_target,
  state_stage_id,
  state_stage_since,
  state_visits,
  state_visited,
  state_is_duplicate,
  state_heat,
  state_cooling_heat,
  state_events,
  state_last_event_at,
  state_problem,
  state_problem_state,
  state_model_version,
  state_scored_at,
  state_first_score,
  state_first_scored_at,
};
constexpr int kState = state_first_scored_at + 1;

// Columns of leadscore.stage_history.
enum Visit : int {
  visit_source_id,
  visit_lead,
  visit_no,
  visit_stage_id,
  visit_lap_no,
  visit_entered_at,
  visit_cause,
  visit_noted_at,
};
constexpr int kVisit = visit_noted_at + 1;

struct IncomingLead {
  Datum values[kIncoming];
  bool nulls[kIncoming];
  bool has_pairs;  // was found to be the same person as others
  bool is_duplicate;
  Judgement judgement;
};

// An index in which to look whether a lead is there.
class LeadProbe {
 public:
  LeadProbe(const char* table, const char* index)
      : table_(open_own_table(table, AccessShareLock)),
        index_(index_open(own_table(index), AccessShareLock)),
        slot_(table_slot_create(table_, nullptr)),
        scan_(begin_index_scan(table_, index_, SnapshotSelf, 2)) {}

  [[nodiscard]] bool finds(RegProcedure equals, Datum first, Datum lead) {
    MemoryContext const caller = MemoryContextSwitchTo(context_);  // the scan takes memory when it first needs it
    ScanKeyData conditions[2];
    ScanKeyInit(&conditions[0], 1, BTEqualStrategyNumber, equals, first);
    ScanKeyEntryInitialize(&conditions[1], 0, 2, BTEqualStrategyNumber, InvalidOid, C_COLLATION_OID, F_TEXTEQ, lead);
    index_rescan(scan_, conditions, 2, nullptr, 0);
    const bool found = index_getnext_slot(scan_, ForwardScanDirection, slot_);
    ExecClearTuple(slot_);
    MemoryContextSwitchTo(caller);
    return found;
  }

  void close() {
    index_endscan(scan_);
    ExecDropSingleTupleTableSlot(slot_);
    index_close(index_, AccessShareLock);
    table_close(table_, NoLock);
  }

 private:
  MemoryContext context_ = CurrentMemoryContext;
  Relation table_;
  Relation index_;
  TupleTableSlot* slot_;
  IndexScanDesc scan_;
};
static_assert(std::is_trivially_destructible_v<LeadProbe>);

// Takes the rows that the plan reads.
struct Receiver {
  DestReceiver as_destination;
  FmgrInfo* call_site;
  TimestampTz as_of;
  MemoryContext statement;  // holds what lasts for all rows
  MemoryContext batch;      // holds the leads of one batch
  IncomingLead* leads;
  int capacity;
  int count;
  RowBatch* states;
  RowBatch* visits;
  LeadProbe* known_state;
  LeadProbe* known_history;
  LeadProbe* first_of_pair;  // nullptr until it is needed
  LeadProbe* second_of_pair;
  Snapshot snapshot;        // sees what was noted of the pairs; nullptr until it is needed
  SettledPersons* settled;  // likewise
  List* stages;             // that have been asked for
  ArrayBuildState* left;
  ArrayBuildState* paired;
};

struct StageNumber {
  const text* name;
  int16 number;
};

constexpr int16 kNoNumber = -1;

// The number of a stage for a source; kNoNumber if it has none yet.
int16 read_stage_number(Datum source, Datum name) {
  Relation const table = open_own_table("source_stage", AccessShareLock);
  ScanKeyData conditions[2];
  ScanKeyInit(&conditions[0], 1, BTEqualStrategyNumber, F_INT4EQ, source);
  ScanKeyEntryInitialize(&conditions[1], 0, 3, BTEqualStrategyNumber, InvalidOid, C_COLLATION_OID, F_TEXTEQ, name);
  SysScanDesc const scan = systable_beginscan(table, own_table("source_stage_source_id_stage_key"), true,
                                              GetActiveSnapshot(), 2, conditions);
  HeapTuple const row = systable_getnext(scan);
  bool is_null = false;
  const int16 number =
      HeapTupleIsValid(row) ? DatumGetInt16(heap_getattr(row, 2, RelationGetDescr(table), &is_null)) : kNoNumber;
  systable_endscan(scan);
  table_close(table, AccessShareLock);
  return number;
}

int16 stage_number(Receiver* receiver, Datum source, Datum name) {
  ListCell* cell = nullptr;
  foreach (cell, receiver->stages) {
    const auto* const stage = static_cast<StageNumber*>(lfirst(cell));
    if (datumIsEqual(PointerGetDatum(stage->name), name, false, -1)) {
      return stage->number;
    }
  }
  const int16 number = read_stage_number(source, name);
  MemoryContext const caller = MemoryContextSwitchTo(receiver->statement);
  auto* const stage = static_cast<StageNumber*>(palloc(sizeof(StageNumber)));
  *stage = {DatumGetTextPCopy(name), number};
  receiver->stages = lappend(receiver->stages, stage);
  MemoryContextSwitchTo(caller);
  return number;
}

void judge_batch(void* argument) {
  auto* const receiver = static_cast<Receiver*>(argument);
  for (int i = 0; i < receiver->count; ++i) {
    IncomingLead& lead = receiver->leads[i];
    CHECK_FOR_INTERRUPTS();
    if (lead.nulls[in_row]) {
      continue;  // without features; that is told of it elsewhere
    }
    JudgedLead judged{};
    judged.model = DatumGetTextPP(lead.values[in_model]);
    judged.lead = DatumGetHeapTupleHeader(lead.values[in_row]);
    judged.as_of = receiver->as_of;
    judged.engagement = {lead.values[in_engagement], lead.nulls[in_engagement]};
    const bool marks = DatumGetBool(lead.values[in_marks]);
    judged.is_duplicate = {BoolGetDatum(lead.is_duplicate), !marks};
    lead.judgement = judge_attached(receiver->call_site, judged);
    // The next lead may find another version of the model.
    for (Column* const label :
         {&lead.judgement.grade, &lead.judgement.temperature, &lead.judgement.target, &lead.judgement.stage}) {
      if (!label->is_null) {
        label->value = datumCopy(label->value, false, -1);
      }
    }
  }
}

LeadProbe* open_probe(const Receiver* receiver, const char* table, const char* index) {
  MemoryContext const caller = MemoryContextSwitchTo(receiver->statement);
  auto* const probe = new (palloc(sizeof(LeadProbe))) LeadProbe(table, index);
  MemoryContextSwitchTo(caller);
  return probe;
}

// Few tables mark duplicates, and to open an index takes as long as to write a row.
bool is_in_a_pair(Receiver* receiver, Datum relation, Datum key) {
  if (receiver->first_of_pair == nullptr) {
    receiver->first_of_pair = open_probe(receiver, "duplicate_edge", "duplicate_edge_pair");
    receiver->second_of_pair = open_probe(receiver, "duplicate_edge", "duplicate_edge_other");
  }
  return receiver->first_of_pair->finds(F_OIDEQ, relation, key) ||
         receiver->second_of_pair->finds(F_OIDEQ, relation, key);
}

// Who was first of a person is told by all that has been noted so far, by the one snapshot for all leads.
bool repeats_earlier(Receiver* receiver, DuplicateIndex& index, Datum key) {
  if (receiver->snapshot == nullptr) {
    receiver->snapshot = RegisterSnapshot(GetTransactionSnapshot());
    receiver->settled = begin_settled_persons(receiver->statement);
  }
  return repeats_earlier_lead(index, TextDatumGetCString(key), receiver->snapshot, receiver->settled, false);
}

void find_duplicates(Receiver* receiver) {
  for (int i = 0; i < receiver->count; ++i) {
    IncomingLead& lead = receiver->leads[i];
    CHECK_FOR_INTERRUPTS();
    lead.has_pairs =
        DatumGetBool(lead.values[in_marks]) && is_in_a_pair(receiver, lead.values[in_relation], lead.values[in_lead]);
    lead.is_duplicate = false;
    if (lead.has_pairs) {
      DuplicateIndex* const index = require_duplicate_index(DatumGetObjectId(lead.values[in_relation]));
      lead.is_duplicate = repeats_earlier(receiver, *index, lead.values[in_lead]);
    }
  }
}

// Leads of which more is to be known than their rows tell.
bool needs_more(Receiver* receiver, const IncomingLead& lead) {
  const Datum source = lead.values[in_source];
  const Datum key = lead.values[in_lead];
  if (lead.nulls[in_row] || DatumGetBool(lead.values[in_has_events])) {
    return true;
  }
  return receiver->known_state->finds(F_INT4EQ, source, key) || receiver->known_history->finds(F_INT4EQ, source, key);
}

// To the statement that takes more into account.
void leave(Receiver* receiver, const IncomingLead& lead) {
  receiver->left = accumArrayResult(receiver->left, lead.values[in_lead], false, TEXTOID, receiver->statement);
}

// Others may repeat this one from now on.
void keep_paired(Receiver* receiver, const IncomingLead& lead) {
  receiver->paired = accumArrayResult(receiver->paired, lead.values[in_lead], false, TEXTOID, receiver->statement);
}

template <int Count>
struct OwnRow {
  Datum values[Count] = {};
  bool nulls[Count] = {};

  void set(int column, Datum value, bool is_null = false) {
    values[column] = value;
    nulls[column] = is_null;
  }
};

void write_lead(Receiver* receiver, const IncomingLead& lead) {
  const Judgement& judgement = lead.judgement;
  int16 stage = kNoNumber;
  if (!judgement.stage.is_null) {
    stage = stage_number(receiver, lead.values[in_source], judgement.stage.value);
    if (stage == kNoNumber) {
      leave(receiver, lead);
      return;
    }
  }
  if (lead.has_pairs) {
    keep_paired(receiver, lead);
  }
  const bool has_stage = stage != kNoNumber;
  const Datum as_of = TimestampTzGetDatum(receiver->as_of);
  OwnRow<kState> state;
  state.set(state_source_id, lead.values[in_source]);
  constexpr std::pair<int, int> kTaken[] = {{state_lead, in_lead},           {state_created_at, in_created_at},
                                            {state_closed_at, in_closed_at}, {state_cohort_day, in_cohort_day},
                                            {state_channel, in_channel},     {state_owner, in_owner},
                                            {state_status, in_status},       {state_amount, in_amount}};
  for (const auto& [to, from] : kTaken) {
    state.set(to, lead.values[from], lead.nulls[from]);
  }
  state.set(state_score, Float8GetDatum(judgement.score));
  state.set(state_raw_score, Float8GetDatum(judgement.raw_score));
  state.set(state_probability, Float8GetDatum(judgement.probability.value_or(0)), !judgement.probability);
  state.set(state_grade, judgement.grade.value, judgement.grade.is_null);
  state.set(state_temperature, judgement.temperature.value, judgement.temperature.is_null);
  state.set(state_target, judgement.target.value, judgement.target.is_null);
  state.set(state_stage_id, Int16GetDatum(stage), !has_stage);
  state.set(state_stage_since, lead.values[in_entered_at], !has_stage);
  state.set(state_visits, Int32GetDatum(has_stage ? 1 : 0));
  state.set(state_visited, Int64GetDatum(has_stage ? int64{1} << stage : 0));
  state.set(state_is_duplicate, BoolGetDatum(lead.is_duplicate));
  state.set(state_heat, Datum{0}, true);
  state.set(state_cooling_heat, Datum{0}, true);
  state.set(state_events, Int64GetDatum(0));
  state.set(state_last_event_at, Datum{0}, true);
  state.set(state_problem, Datum{0}, true);
  state.set(state_problem_state, Datum{0}, true);
  state.set(state_model_version, Int64GetDatum(judgement.model_version));
  state.set(state_scored_at, as_of);
  state.set(state_first_score, Float8GetDatum(judgement.score));
  state.set(state_first_scored_at, as_of);
  receiver->states->add(heap_form_tuple(receiver->states->type(), state.values, state.nulls));
  if (has_stage) {
    OwnRow<kVisit> visit;
    visit.set(visit_source_id, lead.values[in_source]);
    visit.set(visit_lead, lead.values[in_lead]);
    visit.set(visit_no, Int32GetDatum(1));
    visit.set(visit_stage_id, Int16GetDatum(stage));
    visit.set(visit_lap_no, Int32GetDatum(1));
    visit.set(visit_entered_at, lead.values[in_entered_at]);
    visit.set(visit_cause, CStringGetTextDatum("found"));
    visit.set(visit_noted_at, as_of);
    receiver->visits->add(heap_form_tuple(receiver->visits->type(), visit.values, visit.nulls));
  }
}

int order_of_leads(const void* a, const void* b) {
  const auto key = [](const void* lead) {
    return DatumGetTextPP(static_cast<const IncomingLead*>(lead)->values[in_lead]);
  };
  const text* const first = key(a);
  const text* const second = key(b);
  return varstr_cmp(VARDATA_ANY(first), static_cast<int>(VARSIZE_ANY_EXHDR(first)), VARDATA_ANY(second),
                    static_cast<int>(VARSIZE_ANY_EXHDR(second)), C_COLLATION_OID);
}

void take_batch(Receiver* receiver) {
  if (receiver->count == 0) {
    return;
  }
  MemoryContext const caller = MemoryContextSwitchTo(receiver->batch);
  find_duplicates(receiver);
  bool is_judged = true;
  if (DatumGetBool(receiver->leads[0].values[in_raises])) {
    judge_batch(receiver);
  } else if (const ErrorData* const error = attempt(judge_batch, receiver)) {
    if (must_not_be_swallowed(error->sqlerrcode)) {
      ReThrowError(const_cast<ErrorData*>(error));
    }
    is_judged = false;  // which of them, and why, is found lead by lead
  }
  MemoryContextSwitchTo(receiver->batch);
  qsort(receiver->leads, static_cast<std::size_t>(receiver->count), sizeof(IncomingLead), order_of_leads);
  for (int i = 0; i < receiver->count; ++i) {
    const IncomingLead& lead = receiver->leads[i];
    if (!is_judged || needs_more(receiver, lead)) {
      leave(receiver, lead);
    } else {
      write_lead(receiver, lead);
    }
  }
  receiver->states->write();
  receiver->visits->write();
  receiver->count = 0;
  MemoryContextSwitchTo(caller);
  MemoryContextReset(receiver->batch);
}

bool receive_lead(TupleTableSlot* slot, DestReceiver* self) {
  auto* const receiver = reinterpret_cast<Receiver*>(self);
  slot_getallattrs(slot);
  if (receiver->count == receiver->capacity) {
    receiver->capacity = std::min(receiver->capacity * 8, RowBatch::kMost);
    receiver->leads = static_cast<IncomingLead*>(
        repalloc(receiver->leads, sizeof(IncomingLead) * static_cast<Size>(receiver->capacity)));
  }
  IncomingLead& lead = receiver->leads[receiver->count++];
  MemoryContext const caller = MemoryContextSwitchTo(receiver->batch);
  for (int i = 0; i < kIncoming; ++i) {
    const Form_pg_attribute attribute = TupleDescAttr(slot->tts_tupleDescriptor, i);
    lead.nulls[i] = slot->tts_isnull[i];
    lead.values[i] = lead.nulls[i] ? Datum{0} : datumCopy(slot->tts_values[i], attribute->attbyval, attribute->attlen);
  }
  MemoryContextSwitchTo(caller);
  if (receiver->count == RowBatch::kMost) {
    take_batch(receiver);
  }
  return true;
}

void begin_receiving(DestReceiver* /*self*/, int /*operation*/, TupleDesc row) {
  if (row->natts != kIncoming) {
    elog(ERROR, "leads have %d columns, not %d", row->natts, kIncoming);
  }
}

void end_receiving(DestReceiver* /*self*/) {}

void check_columns(const RowBatch& table, int columns) {
  if (table.type()->natts != columns) {
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("the tables of attached leads are not as this version of leadscore makes them"),
                    errhint("ALTER EXTENSION leadscore UPDATE;")));
  }
}

}  // namespace

NewLeads insert_new_leads(SPIPlanPtr plan, ParamListInfo parameters, TimestampTz as_of, FmgrInfo* call_site) {
  MemoryContext const statement = CurrentMemoryContext;
  RowBatch states("lead_state");
  RowBatch visits("stage_history");
  check_columns(states, kState);
  check_columns(visits, kVisit);
  LeadProbe known_state("lead_state", "lead_state_pkey");
  LeadProbe known_history("stage_history", "stage_history_pkey");
  Receiver receiver{};
  receiver.as_destination.receiveSlot = receive_lead;
  receiver.as_destination.rStartup = begin_receiving;
  receiver.as_destination.rShutdown = end_receiving;
  receiver.as_destination.rDestroy = end_receiving;
  receiver.as_destination.mydest = DestNone;
  receiver.call_site = call_site;
  receiver.as_of = as_of;
  receiver.statement = statement;
  receiver.batch = AllocSetContextCreate(statement, "leadscore new leads", ALLOCSET_DEFAULT_SIZES);
  receiver.capacity = 4;
  receiver.leads = static_cast<IncomingLead*>(palloc(sizeof(IncomingLead) * static_cast<Size>(receiver.capacity)));
  receiver.states = &states;
  receiver.visits = &visits;
  receiver.known_state = &known_state;
  receiver.known_history = &known_history;
  receiver.stages = NIL;

  SPIExecuteOptions options{};
  options.params = parameters;
  options.read_only = false;
  options.dest = &receiver.as_destination;
  const int result = SPI_execute_plan_extended(plan, &options);
  if (result < 0) {
    elog(ERROR, "SPI_execute_plan_extended: %s", SPI_result_code_string(result));
  }
  take_batch(&receiver);

  states.finish();
  visits.finish();
  known_state.close();
  known_history.close();
  if (receiver.first_of_pair != nullptr) {
    receiver.first_of_pair->close();
    receiver.second_of_pair->close();
  }
  if (receiver.snapshot != nullptr) {
    UnregisterSnapshot(receiver.snapshot);
  }
  MemoryContextDelete(receiver.batch);
  CommandCounterIncrement();
  const auto keys = [statement](ArrayBuildState* leads) {
    return leads == nullptr ? Datum{0} : makeArrayResult(leads, statement);
  };
  return {.left = keys(receiver.left), .paired = keys(receiver.paired)};
}

}  // namespace leadscore::pg
