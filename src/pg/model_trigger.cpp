// The triggers: set_score() on a user's table, and those that guard the tables of models.
#include <cmath>

#include "pg/guard.hpp"
#include "pg/model_cache.hpp"
#include "pg/model_compile.hpp"
#include "pg/model_evaluate.hpp"
#include "pg/model_lead.hpp"
#include "pg/model_result.hpp"
#include "pg/model_stage.hpp"
#include "pg/restore.hpp"

namespace leadscore::pg {

namespace {

// What set_score() fills, in the order of its arguments, as attribute numbers (0: not wanted).
enum class Filled : std::uint8_t { score, grade, temperature, stage, target };
constexpr int kFilled = 5;

struct ScoreColumns {
  int columns[kFilled];

  [[nodiscard]] int of(Filled what) const { return columns[static_cast<int>(what)]; }
  [[nodiscard]] Purpose purpose() const {
    return of(Filled::stage) != 0 || of(Filled::target) != 0 ? Purpose::evaluate : Purpose::score;
  }
};

[[noreturn]] void misused(const char* detail) {
  ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                  errmsg("leadscore.set_score() is a trigger function"), errdetail("%s", detail),
                  errhint("CREATE TRIGGER ... BEFORE INSERT OR UPDATE ON ... FOR EACH ROW EXECUTE FUNCTION "
                          "leadscore.set_score('model', 'score_column', 'grade_column', 'temperature_column', "
                          "'stage_column', 'target_column');")));
}

bool fires_before_a_written_row(const TriggerData* trigger) {
  return TRIGGER_FIRED_FOR_ROW(trigger->tg_event) && TRIGGER_FIRED_BEFORE(trigger->tg_event) &&
         (TRIGGER_FIRED_BY_INSERT(trigger->tg_event) || TRIGGER_FIRED_BY_UPDATE(trigger->tg_event));
}

HeapTuple written_row(const TriggerData* trigger) {
  return TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
}

// The column named by an argument of the trigger, or 0 where it names none.
int column_of(const TriggerData* trigger, int argument) {
  const Trigger* definition = trigger->tg_trigger;
  if (argument >= definition->tgnargs || definition->tgargs[argument][0] == '\0') {
    return 0;
  }
  const char* const name = definition->tgargs[argument];
  const int column = SPI_fnumber(RelationGetDescr(trigger->tg_relation), name);
  if (column <= 0) {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
                    errmsg("table \"%s\" has no column \"%s\" for trigger \"%s\" to fill",
                           RelationGetRelationName(trigger->tg_relation), name, definition->tgname),
                    errhint("If the column was renamed, create the trigger again.")));
  }
  return column;
}

const TriggerData* check_trigger(FunctionCallInfo fcinfo) {
  if (!CALLED_AS_TRIGGER(fcinfo)) {
    misused("It was called outside a trigger.");
  }
  const auto* trigger = reinterpret_cast<TriggerData*>(fcinfo->context);
  if (!fires_before_a_written_row(trigger)) {
    misused("It must fire BEFORE INSERT OR UPDATE, FOR EACH ROW.");
  }
  const int arguments = trigger->tg_trigger->tgnargs;
  if (arguments < 2 || arguments > 1 + kFilled) {
    misused(
        "Its arguments are the model, the column for the score, and optionally those for grade, temperature, stage "
        "and target.");
  }
  return trigger;
}

// A stored generated column is computed after BEFORE triggers: here it would be read as NULL.
void refuse_generated_columns(const CompiledModel* model, TupleDesc row) {
  int column = -1;
  while ((column = bms_next_member(model->columns, column)) >= 0) {
    const Form_pg_attribute attribute = TupleDescAttr(row, column - 1);
    if (attribute->attgenerated != '\0') {
      ereport(ERROR,
              (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
               errmsg("model \"%s\" reads the generated column \"%s\", which is not computed yet in a BEFORE trigger",
                      model->name, NameStr(attribute->attname)),
               errhint("Write the column's expression into the condition, or score in the query.")));
    }
  }
}

// The label in a column of a row, if any.
const char* stored_label(HeapTuple tuple, TupleDesc row, int column) {
  if (column == 0 || tuple == nullptr) {
    return nullptr;
  }
  char* const label = SPI_getvalue(tuple, row, column);
  if (label != nullptr && getBaseType(TupleDescAttr(row, column - 1)->atttypid) == BPCHAROID) {
    label[bpchartruelen(label, static_cast<int>(strlen(label)))] = '\0';  // char(n) pads with blanks
  }
  return label;
}

// A text as a value of the column's own type: text, varchar, an enum, a number.
Datum as_column_value(TupleDesc row, int column, const char* value, bool* is_null) {
  const Form_pg_attribute attribute = TupleDescAttr(row, column - 1);
  Oid function = InvalidOid;
  Oid parameter = InvalidOid;
  getTypeInputInfo(attribute->atttypid, &function, &parameter);
  *is_null = value == nullptr;
  return OidInputFunctionCall(function, const_cast<char*>(value), parameter, attribute->atttypmod);
}

const char* score_text(TupleDesc row, int column, double score) {
  const Oid type = getBaseType(TupleDescAttr(row, column - 1)->atttypid);
  const bool is_integer = type == INT2OID || type == INT4OID || type == INT8OID;
  return is_integer ? psprintf(INT64_FORMAT, static_cast<int64>(std::rint(score))) : number_text(score);
}

// What set_score() writes: the columns and their values.
struct FilledColumns {
  int count;
  int columns[kFilled];
  Datum values[kFilled];
  bool nulls[kFilled];
};

void fill(FilledColumns& filled, TupleDesc row, int column, const char* value) {
  if (column != 0) {
    filled.columns[filled.count] = column;
    filled.values[filled.count] = as_column_value(row, column, value, &filled.nulls[filled.count]);
    ++filled.count;
  }
}

// The stage of a lead that was in the stage `earlier`, or nullptr: by rules it only climbs.
const char* stage_name(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of, const char* earlier) {
  const Classification found = find_stage(model, columns, as_of);
  const std::uint32_t stage =
      found.is_mapped ? found.stage : model->ladder->advance(find_stage_named(model, earlier), found.stage);
  return stage == model::kNone ? nullptr : model->document->stages[stage].name;
}

// Judges a lead; `earlier` is the row whose labels may be kept, or nullptr. The stage that it was in is the one in its
// own row: what nobody has changed, or what somebody has set.
FilledColumns judge_columns(CompiledModel* model, TupleDesc row, const ScoreColumns& columns, HeapTuple lead,
                            HeapTuple earlier) {
  const NullableDatum* const read = columns_of(model, lead);
  const TimestampTz as_of = GetCurrentTransactionStartTimestamp();
  const double score = score_lead(model, read, as_of);
  const EarlierLabels labels{{stored_label(earlier, row, columns.of(Filled::grade)),
                              stored_label(earlier, row, columns.of(Filled::temperature))}};
  set_judged_score(model, score, labels);  // rules read the labels that are written
  const char* const grade = judged_text(model, JudgedName::grade);
  const char* const temperature = judged_text(model, JudgedName::temperature);
  const char* stage = nullptr;
  const char* target = nullptr;
  if (columns.purpose() == Purpose::evaluate) {
    const std::optional<model::TargetVerdict> verdict = find_verdict(model, read, as_of, false);
    target = verdict ? verdict_name(*verdict) : nullptr;
    stage = stage_name(model, read, as_of, stored_label(lead, row, columns.of(Filled::stage)));
  }
  // Only now: a value becomes one of a domain by the user's code, which may judge another lead by this very model.
  FilledColumns filled{};
  fill(filled, row, columns.of(Filled::score), score_text(row, columns.of(Filled::score), score));
  fill(filled, row, columns.of(Filled::grade), grade);
  fill(filled, row, columns.of(Filled::temperature), temperature);
  fill(filled, row, columns.of(Filled::stage), stage);
  fill(filled, row, columns.of(Filled::target), target);
  return filled;
}

// What is written for a lead that could not be judged. The stage stays as it is, because the next one depends on it.
FilledColumns empty_columns(TupleDesc row, const ScoreColumns& columns) {
  FilledColumns filled{};
  for (int i = 0; i < kFilled; ++i) {
    if (i != static_cast<int>(Filled::stage)) {
      fill(filled, row, columns.columns[i], nullptr);
    }
  }
  return filled;
}

HeapTuple with_columns(HeapTuple tuple, TupleDesc row, FilledColumns filled) {
  return heap_modify_tuple_by_cols(tuple, row, filled.count, filled.columns, filled.values, filled.nulls);
}

struct SetScore {
  FunctionCallInfo fcinfo;
  const TriggerData* trigger;
  TupleDesc row;
  ScoreColumns columns;
  HeapTuple tuple;
  HeapTuple result;
  bool is_misused;  // the error is about the trigger, not about the lead or the model
};

// Finds the model, evaluates the new row and fills the columns.
void set_columns(void* argument) {
  auto* call = static_cast<SetScore*>(argument);
  const TriggerData* trigger = call->trigger;
  const DocumentReference reference{cstring_to_text(trigger->tg_trigger->tgargs[0]), nullptr};
  CompiledModel* const model =
      find_model(call->fcinfo->flinfo, reference, call->columns.purpose(), trigger->tg_relation->rd_rel->reltype, -1);
  call->is_misused = true;
  refuse_generated_columns(model, call->row);
  call->is_misused = false;
  HeapTuple const earlier = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_trigtuple : nullptr;
  call->result =
      with_columns(call->tuple, call->row, judge_columns(model, call->row, call->columns, call->tuple, earlier));
}

Datum set_score(FunctionCallInfo fcinfo) {
  SetScore call{};
  call.fcinfo = fcinfo;
  call.trigger = check_trigger(fcinfo);
  call.row = RelationGetDescr(call.trigger->tg_relation);
  for (int i = 0; i < kFilled; ++i) {
    call.columns.columns[i] = column_of(call.trigger, 1 + i);
  }
  if (call.columns.of(Filled::score) == 0) {
    misused("The column for the score must be named.");
  }
  call.tuple = written_row(call.trigger);

  ErrorData* const error = attempt(set_columns, &call);
  if (error == nullptr) {
    return PointerGetDatum(call.result);
  }
  if (call.is_misused || must_not_be_swallowed(error->sqlerrcode)) {
    ReThrowError(error);
  }
  // A scoring problem must not cost the user the lead.
  ereport(WARNING,
          (errcode(error->sqlerrcode),
           errmsg("lead not scored by model \"%s\": %s", call.trigger->tg_trigger->tgargs[0], error->message),
           error->context != nullptr ? errdetail("SQLSTATE %s, %s", unpack_sql_state(error->sqlerrcode), error->context)
                                     : errdetail("SQLSTATE %s", unpack_sql_state(error->sqlerrcode))));
  FreeErrorData(error);
  return PointerGetDatum(with_columns(call.tuple, call.row, empty_columns(call.row, call.columns)));
}

int named_column(TupleDesc row, FunctionCallInfo fcinfo, int argument) {
  if (PG_ARGISNULL(argument)) {
    return 0;
  }
  const char* const name = NameStr(*PG_GETARG_NAME(argument));
  const int column = SPI_fnumber(row, name);
  if (column <= 0) {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("the lead has no column \"%s\"", name)));
  }
  return column;
}

// Whether a stored value is what would be written. Floating-point numbers are compared as such, because how they are
// written out depends on the session; others as their type writes them out.
bool holds(HeapTuple tuple, TupleDesc row, const FilledColumns& filled, int i) {
  const int column = filled.columns[i];
  bool is_null = false;
  const Datum stored = heap_getattr(tuple, column, row, &is_null);
  if (is_null || filled.nulls[i]) {
    return is_null && filled.nulls[i];
  }
  const Oid type = getBaseType(TupleDescAttr(row, column - 1)->atttypid);
  if (type == FLOAT8OID) {
    return DatumGetFloat8(stored) == DatumGetFloat8(filled.values[i]);
  }
  if (type == FLOAT4OID) {
    return DatumGetFloat4(stored) == DatumGetFloat4(filled.values[i]);
  }
  Oid function = InvalidOid;
  bool is_variable_length = false;
  getTypeOutputInfo(type, &function, &is_variable_length);
  return strcmp(OidOutputFunctionCall(function, stored), OidOutputFunctionCall(function, filled.values[i])) == 0;
}

Datum needs_rescoring(FunctionCallInfo fcinfo) {
  if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2)) {
    PG_RETURN_NULL();
  }
  HeapTupleData lead = row_argument(fcinfo);
  const Purpose purpose = PG_ARGISNULL(5) && PG_ARGISNULL(6) ? Purpose::score : Purpose::evaluate;
  CompiledModel* const model = receive_row(fcinfo, DocumentReference{PG_GETARG_TEXT_PP(0), nullptr}, purpose).model;
  ScoreColumns columns{};
  for (int i = 0; i < kFilled; ++i) {
    columns.columns[i] = named_column(model->row, fcinfo, 2 + i);
  }
  const FilledColumns filled = judge_columns(model, model->row, columns, &lead, &lead);
  for (int i = 0; i < filled.count; ++i) {
    if (!holds(&lead, model->row, filled, i)) {
      PG_RETURN_BOOL(true);
    }
  }
  PG_RETURN_BOOL(false);
}

// A column that may be written onto itself and whose UPDATE fires the trigger, or nullptr.
const char* firing_column(const Trigger& trigger, TupleDesc row) {
  if (trigger.tgnattr == 0) {
    return trigger.tgargs[1];
  }
  for (int i = 0; i < trigger.tgnattr; ++i) {
    const Form_pg_attribute column = TupleDescAttr(row, trigger.tgattr[i] - 1);
    if (column->attgenerated == '\0' && column->attidentity != ATTRIBUTE_IDENTITY_ALWAYS) {
      return NameStr(column->attname);
    }
  }
  return nullptr;
}

Datum list_triggers(FunctionCallInfo fcinfo) {
  constexpr int kArguments = 1 + kFilled;
  InitMaterializedSRF(fcinfo, 0);
  const auto* result = reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo);
  Relation const relation = try_relation_open(PG_GETARG_OID(0), AccessShareLock);
  if (relation == nullptr) {
    ereport(ERROR,
            (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no relation with the OID %u", PG_GETARG_OID(0))));
  }
  const Oid function =
      LookupFuncName(list_make2(makeString(pstrdup("leadscore")), makeString(pstrdup("set_score"))), 0, nullptr, false);
  const TriggerDesc* const triggers = CopyTriggerDesc(relation->trigdesc);  // the original may change under us
  for (int i = 0; triggers != nullptr && i < triggers->numtriggers; ++i) {
    const Trigger& trigger = triggers->triggers[i];
    const bool is_enabled = trigger.tgenabled == TRIGGER_FIRES_ON_ORIGIN || trigger.tgenabled == TRIGGER_FIRES_ALWAYS;
    if (trigger.tgfoid != function || !is_enabled || !TRIGGER_FOR_UPDATE(trigger.tgtype) || trigger.tgnargs < 2) {
      continue;
    }
    Datum values[2 + kArguments] = {};
    bool nulls[2 + kArguments] = {};
    NameData names[2 + kArguments];
    const auto set_name = [&](int k, const char* name) {
      namestrcpy(&names[k], name);
      values[k] = NameGetDatum(&names[k]);
    };
    set_name(0, trigger.tgname);
    values[1] = CStringGetTextDatum(trigger.tgargs[0]);
    for (int k = 1; k < kArguments; ++k) {
      nulls[k + 1] = k >= trigger.tgnargs || trigger.tgargs[k][0] == '\0';
      if (!nulls[k + 1]) {
        set_name(k + 1, trigger.tgargs[k]);
      }
    }
    const char* const fires_on = firing_column(trigger, RelationGetDescr(relation));
    nulls[1 + kArguments] = fires_on == nullptr;
    if (fires_on != nullptr) {
      set_name(1 + kArguments, fires_on);
    }
    tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
  }
  relation_close(relation, AccessShareLock);
  return Datum{0};
}

// Reads one text column of the row that a trigger is about to write.
const char* written_text(const TriggerData* trigger, const char* column) {
  TupleDesc const row = RelationGetDescr(trigger->tg_relation);
  return SPI_getvalue(written_row(trigger), row, SPI_fnumber(row, column));
}

Datum check_expressions(FunctionCallInfo fcinfo) {
  const auto* trigger = CALLED_AS_TRIGGER(fcinfo) ? reinterpret_cast<TriggerData*>(fcinfo->context) : nullptr;
  if (trigger == nullptr || !fires_before_a_written_row(trigger)) {
    ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                    errmsg("leadscore.check_expressions() is the trigger function of the tables of models")));
  }
  const char* const table = RelationGetRelationName(trigger->tg_relation);
  const auto written = [&](const char* column) { return written_text(trigger, column); };
  const int pinned = pin_settings(nullptr);
  const auto check = [](const Expression& expression) {
    if (expression.text != nullptr) {  // NOT NULL is the table's to check
      parse_expression(expression);
    }
  };
  const char* const model = written("model");
  if (strcmp(table, "model") == 0) {
    check({Expression::Kind::status, written("status"), nullptr, model});
  } else if (strcmp(table, "stage_rule") == 0) {
    check({Expression::Kind::stage_rule, written("condition"), written("rule"), model, written("stage")});
  } else if (strcmp(table, "target_criterion") == 0) {
    check({Expression::Kind::target_criterion, written("condition"), written("criterion"), model});
  } else {
    check({Expression::Kind::condition, written("condition"), written("criterion"), model});
    check({Expression::Kind::points, written("points"), written("criterion"), model});
  }
  unpin_settings(pinned);
  return PointerGetDatum(written_row(trigger));
}

Datum begin_edit(FunctionCallInfo fcinfo) {
  if (!CALLED_AS_TRIGGER(fcinfo)) {
    ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                    errmsg("leadscore.begin_edit() is the trigger function of the tables of models")));
  }
  const auto* trigger = reinterpret_cast<TriggerData*>(fcinfo->context);
  note_edit();
  CacheInvalidateRelcacheByRelid(model_table());  // plans hold what they know of models
  const bool is_of_children = strcmp(RelationGetRelationName(trigger->tg_relation), "model") != 0;
  if (is_of_children && TRIGGER_FIRED_BY_INSERT(trigger->tg_event)) {
    begin_load_if_restoring();
  }
  return PointerGetDatum(nullptr);
}

}  // namespace

}  // namespace leadscore::pg

LEADSCORE_FUNCTION(leadscore_set_score) { return leadscore::pg::set_score(fcinfo); }
LEADSCORE_FUNCTION(leadscore_needs_rescoring) { return leadscore::pg::needs_rescoring(fcinfo); }
LEADSCORE_FUNCTION(leadscore_set_score_triggers) { return leadscore::pg::list_triggers(fcinfo); }
LEADSCORE_FUNCTION(leadscore_check_expressions) { return leadscore::pg::check_expressions(fcinfo); }
LEADSCORE_FUNCTION(leadscore_begin_edit) { return leadscore::pg::begin_edit(fcinfo); }
