// The triggers: set_score() on a user's table, and the check of expressions as they are written.
#include <cmath>

#include "pg/guard.hpp"
#include "pg/model_cache.hpp"
#include "pg/model_compile.hpp"
#include "pg/model_result.hpp"

namespace leadscore::pg {

namespace {

// What set_score() was asked to fill: trigger arguments 1 to 3, as attribute numbers (0: not wanted).
struct ScoreColumns {
  int score;
  int labels[kBandKinds];
};

[[noreturn]] void misused(const char* detail) {
  ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                  errmsg("leadscore.set_score() is a trigger function"), errdetail("%s", detail),
                  errhint("CREATE TRIGGER ... BEFORE INSERT OR UPDATE ON ... FOR EACH ROW EXECUTE FUNCTION "
                          "leadscore.set_score('model', 'score_column', 'grade_column', 'temperature_column');")));
}

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
  const bool is_write = TRIGGER_FIRED_BY_INSERT(trigger->tg_event) || TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
  if (!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) || !TRIGGER_FIRED_BEFORE(trigger->tg_event) || !is_write) {
    misused("It must fire BEFORE INSERT OR UPDATE, FOR EACH ROW.");
  }
  const int arguments = trigger->tg_trigger->tgnargs;
  if (arguments < 2 || arguments > 2 + kBandKinds) {
    misused("Its arguments are the model, the column for the score, and optionally those for grade and temperature.");
  }
  return trigger;
}

// A stored generated column is computed after BEFORE triggers: here it would be read as NULL.
void refuse_generated_columns(const CompiledModel* model, const TriggerData* trigger) {
  int column = -1;
  while ((column = bms_next_member(model->columns, column)) >= 0) {
    const Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(trigger->tg_relation), column - 1);
    if (attribute->attgenerated != '\0') {
      ereport(ERROR,
              (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
               errmsg("model \"%s\" reads the generated column \"%s\", which is not computed yet in a BEFORE trigger",
                      model->name, NameStr(attribute->attname)),
               errhint("Write the column's expression into the condition, or score in the query.")));
    }
  }
}

// The label that the row carried before an update, if any.
const char* earlier_label(const TriggerData* trigger, int column) {
  if (column == 0 || !TRIGGER_FIRED_BY_UPDATE(trigger->tg_event)) {
    return nullptr;
  }
  return SPI_getvalue(trigger->tg_trigtuple, RelationGetDescr(trigger->tg_relation), column);
}

// A text as a value of the column's own type: text, varchar, an enum, a number.
Datum as_column_value(const TriggerData* trigger, int column, const char* value, bool* is_null) {
  const Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(trigger->tg_relation), column - 1);
  Oid function = InvalidOid;
  Oid parameter = InvalidOid;
  getTypeInputInfo(attribute->atttypid, &function, &parameter);
  *is_null = value == nullptr;
  return OidInputFunctionCall(function, const_cast<char*>(value), parameter, attribute->atttypmod);
}

Datum score_as_column_value(const TriggerData* trigger, int column, double score, bool* is_null) {
  const Oid type = getBaseType(TupleDescAttr(RelationGetDescr(trigger->tg_relation), column - 1)->atttypid);
  const bool is_integer = type == INT2OID || type == INT4OID || type == INT8OID;
  return as_column_value(trigger, column, float8out_internal(is_integer ? std::rint(score) : score), is_null);
}

struct SetScore {
  FunctionCallInfo fcinfo;
  const TriggerData* trigger;
  ScoreColumns columns;
  HeapTuple tuple;
  HeapTuple result;
};

// Finds the model, evaluates the new row and fills the columns.
void fill_columns(void* argument) {
  auto* call = static_cast<SetScore*>(argument);
  const TriggerData* trigger = call->trigger;
  TupleDesc const row = RelationGetDescr(trigger->tg_relation);
  const ModelReference reference{cstring_to_text(trigger->tg_trigger->tgargs[0]), nullptr};
  CompiledModel* const model = find_model(call->fcinfo->flinfo, reference, trigger->tg_relation->rd_rel->reltype, -1);
  refuse_generated_columns(model, trigger);
  ModelErrorContext error_context;
  push_model_context(error_context, model);
  evaluate_criteria(model, call->tuple, GetCurrentTransactionStartTimestamp());
  const double score = core_call([model] { return model->scorecard->evaluate(outcomes_of(model)).score; });
  pop_model_context(error_context);

  int columns[1 + kBandKinds];
  Datum values[1 + kBandKinds];
  bool nulls[1 + kBandKinds];
  int count = 0;
  columns[count] = call->columns.score;
  values[count] = score_as_column_value(trigger, call->columns.score, score, &nulls[count]);
  ++count;
  for (int kind = 0; kind < kBandKinds; ++kind) {
    const int column = call->columns.labels[kind];
    if (column != 0) {
      const char* const label = band_label(model, static_cast<BandKind>(kind), score, earlier_label(trigger, column));
      columns[count] = column;
      values[count] = as_column_value(trigger, column, label, &nulls[count]);
      ++count;
    }
  }
  call->result = heap_modify_tuple_by_cols(call->tuple, row, count, columns, values, nulls);
}

// The row with the columns emptied, for a lead that could not be scored.
HeapTuple empty_columns(const SetScore& call) {
  int columns[1 + kBandKinds];
  Datum values[1 + kBandKinds] = {};
  bool nulls[1 + kBandKinds] = {};
  int count = 0;
  columns[count++] = call.columns.score;
  for (const int column : call.columns.labels) {
    if (column != 0) {
      columns[count++] = column;
    }
  }
  for (bool& is_null : nulls) {
    is_null = true;
  }
  return heap_modify_tuple_by_cols(call.tuple, RelationGetDescr(call.trigger->tg_relation), count, columns, values,
                                   nulls);
}

// Errors that say nothing about the model: swallowing them would hide a cancelled query, a lost session, a
// transaction that must be tried again, or a misuse of the trigger.
bool must_not_be_swallowed(int sqlstate) {
  switch (ERRCODE_TO_CATEGORY(sqlstate)) {
    case ERRCODE_TRANSACTION_ROLLBACK:
    case ERRCODE_INSUFFICIENT_RESOURCES:
    case ERRCODE_OPERATOR_INTERVENTION:
    case ERRCODE_SYSTEM_ERROR:
    case ERRCODE_INTERNAL_ERROR:
    case ERRCODE_FEATURE_NOT_SUPPORTED:
      return true;
    default:
      return false;
  }
}

Datum set_score(FunctionCallInfo fcinfo) {
  SetScore call{};
  call.fcinfo = fcinfo;
  call.trigger = check_trigger(fcinfo);
  call.columns = {column_of(call.trigger, 1), {column_of(call.trigger, 2), column_of(call.trigger, 3)}};
  if (call.columns.score == 0) {
    misused("The column for the score must be named.");
  }
  call.tuple = TRIGGER_FIRED_BY_UPDATE(call.trigger->tg_event) ? call.trigger->tg_newtuple : call.trigger->tg_trigtuple;

  ErrorData* const error = attempt(fill_columns, &call);
  if (error == nullptr) {
    return PointerGetDatum(call.result);
  }
  if (must_not_be_swallowed(error->sqlerrcode)) {
    ReThrowError(error);
  }
  // A scoring problem must not cost the user the lead.
  ereport(WARNING,
          (errcode(error->sqlerrcode),
           errmsg("lead not scored by model \"%s\": %s", call.trigger->tg_trigger->tgargs[0], error->message),
           error->context != nullptr ? errdetail("SQLSTATE %s, %s", unpack_sql_state(error->sqlerrcode), error->context)
                                     : errdetail("SQLSTATE %s", unpack_sql_state(error->sqlerrcode))));
  FreeErrorData(error);
  return PointerGetDatum(empty_columns(call));
}

// Reads one text column of the row that a trigger on leadscore.criterion is about to write.
const char* written_text(const TriggerData* trigger, HeapTuple tuple, const char* column) {
  TupleDesc const row = RelationGetDescr(trigger->tg_relation);
  return SPI_getvalue(tuple, row, SPI_fnumber(row, column));
}

}  // namespace

}  // namespace leadscore::pg

LEADSCORE_FUNCTION(leadscore_set_score) { return leadscore::pg::set_score(fcinfo); }

LEADSCORE_FUNCTION(leadscore_set_score_triggers) {
  constexpr int kArguments = 2 + leadscore::pg::kBandKinds;
  InitMaterializedSRF(fcinfo, 0);
  const auto* result = reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo);
  Relation const relation = relation_open(PG_GETARG_OID(0), AccessShareLock);
  const int count = relation->trigdesc != nullptr ? relation->trigdesc->numtriggers : 0;
  for (int i = 0; i < count; ++i) {
    const Trigger& trigger = relation->trigdesc->triggers[i];
    FmgrInfo function;
    fmgr_info(trigger.tgfoid, &function);
    if (function.fn_addr != leadscore_set_score) {
      continue;
    }
    Datum values[1 + kArguments] = {};
    bool nulls[1 + kArguments] = {};
    NameData names[kArguments];
    for (int k = 0; k < kArguments; ++k) {
      nulls[k + 1] = k >= trigger.tgnargs || trigger.tgargs[k][0] == '\0';
      if (nulls[k + 1]) {
        continue;
      }
      if (k == 0) {
        values[k + 1] = CStringGetTextDatum(trigger.tgargs[k]);
      } else {
        namestrcpy(&names[k], trigger.tgargs[k]);
        values[k + 1] = NameGetDatum(&names[k]);
      }
    }
    NameData name;
    namestrcpy(&name, trigger.tgname);
    values[0] = NameGetDatum(&name);
    tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
  }
  relation_close(relation, AccessShareLock);
  return Datum{0};
}

LEADSCORE_FUNCTION(leadscore_check_criterion) {
  using leadscore::pg::Expression;
  using leadscore::pg::written_text;
  if (!CALLED_AS_TRIGGER(fcinfo)) {
    ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                    errmsg("leadscore.check_criterion() is a trigger function")));
  }
  const auto* trigger = reinterpret_cast<TriggerData*>(fcinfo->context);
  HeapTuple const tuple = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
  const char* const model = written_text(trigger, tuple, "model");
  const char* const criterion = written_text(trigger, tuple, "criterion");
  const char* const condition = written_text(trigger, tuple, "condition");
  const char* const points = written_text(trigger, tuple, "points");
  const int pinned = leadscore::pg::pin_settings(nullptr);
  if (condition != nullptr) {  // NOT NULL is the table's to check
    leadscore::pg::parse_expression({Expression::Kind::condition, condition, criterion, model});
  }
  if (points != nullptr) {
    leadscore::pg::parse_expression({Expression::Kind::points, points, criterion, model});
  }
  leadscore::pg::unpin_settings(pinned);
  return PointerGetDatum(tuple);
}
