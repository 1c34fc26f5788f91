// Tells what is wrong with a model before a lead meets it, and helps to bind templates to a table's columns.
#include "pg/composite.hpp"
#include "pg/guard.hpp"
#include "pg/model_cache.hpp"
#include "pg/model_compile.hpp"

namespace leadscore::pg {

namespace {

struct Problems {
  FunctionCallInfo fcinfo;
};

void add_problem(const Problems& problems, const char* severity, const char* criterion, const char* part, int sqlstate,
                 const char* message, const char* detail, const char* hint, int position, const char* expression) {
  put_row(problems.fcinfo,
          {column(severity), column(criterion), column(part), column(unpack_sql_state(sqlstate)), column(message),
           column(detail), column(hint), position > 0 ? column(position) : Column{}, column(expression)});
}

bool is_about_the_model(int sqlstate) {
  return !must_not_be_swallowed(sqlstate) && ERRCODE_TO_CATEGORY(sqlstate) != ERRCODE_INTERNAL_ERROR;
}

void add_error(const Problems& problems, ErrorData* error, const char* criterion, const char* part,
               const char* expression) {
  if (!is_about_the_model(error->sqlerrcode)) {
    ReThrowError(error);
  }
  add_problem(problems, "error", criterion, part, error->sqlerrcode, error->message, error->detail, error->hint,
              error->internalpos, expression);
  FreeErrorData(error);
}

struct Analysis {
  Expression expression;
  TupleDesc row;
  const char* time_zone;
  ExpressionUses* uses;
};

void analyse(void* argument) {
  const auto* analysis = static_cast<Analysis*>(argument);
  const int pinned = pin_settings(analysis->time_zone);
  analyse_expression(analysis->expression, analysis->row, *analysis->uses);
  unpin_settings(pinned);
}

struct Compilation {
  const char* name;
  Jsonb* document;
  TupleDesc row;
};

void compile(void* argument) {
  const auto* compilation = static_cast<Compilation*>(argument);
  compile_model(compilation->name, compilation->document, compilation->row, Purpose::evaluate, CurrentMemoryContext);
}

// Adds what is wrong with each expression, and tells which judged values they read; returns how many errors there were.
int validate_expressions(const Problems& problems, const char* name, const ModelDocument* document, TupleDesc row,
                         bool (&judged)[kJudgedNames]) {
  int errors = 0;
  MemoryContext const scratch =
      AllocSetContextCreate(CurrentMemoryContext, "leadscore validation", ALLOCSET_DEFAULT_SIZES);
  // A time zone that does not exist is the model's problem, told once; the expressions are judged without it.
  const char* const time_zone = pg_tzset(document->time_zone) != nullptr ? document->time_zone : nullptr;
  const auto validate = [&](const Expression& expression, const char* item, const char* part) {
    CHECK_FOR_INTERRUPTS();
    ExpressionUses uses;
    Analysis analysis{expression, row, time_zone, &uses};
    MemoryContext const context = MemoryContextSwitchTo(scratch);
    if (ErrorData* error = attempt(analyse, &analysis)) {
      add_error(problems, error, item, part, expression.text);
      ++errors;
    }
    for (int k = 0; k < kJudgedNames; ++k) {
      judged[k] = judged[k] || uses.judged[k];
    }
    MemoryContextSwitchTo(context);
    MemoryContextReset(scratch);
  };
  for (int i = 0; i < document->criterion_count; ++i) {
    const DocumentCriterion& criterion = document->criteria[i];
    validate({Expression::Kind::condition, criterion.condition, criterion.name, name}, criterion.name, "condition");
    validate({Expression::Kind::points, criterion.points, criterion.name, name}, criterion.name, "points");
  }
  for (int i = 0; i < document->rule_count; ++i) {
    const DocumentRule& rule = document->rules[i];
    validate({Expression::Kind::stage_rule, rule.condition, rule.name, name, rule.stage},
             psprintf("%s.%s", rule.stage, rule.name), "stage rule");
  }
  for (int i = 0; i < document->target_criterion_count; ++i) {
    const DocumentTargetCriterion& criterion = document->target_criteria[i];
    validate({Expression::Kind::target_criterion, criterion.condition, criterion.name, name}, criterion.name,
             "target criterion");
  }
  if (document->status != nullptr) {
    validate({Expression::Kind::status, document->status, nullptr, name}, nullptr, "status");
  }
  return errors;
}

// A column that a derived name hides is worth a word; the lead's own is_duplicate is used where it is boolean. What a
// model says itself hides a column only where a rule reads it.
void validate_names(const Problems& problems, TupleDesc row, const bool (&judged)[kJudgedNames]) {
  for (int i = 0; i < row->natts; ++i) {
    const Form_pg_attribute column = TupleDescAttr(row, i);
    const char* const name = NameStr(column->attname);
    const int derived = column->attisdropped ? -1 : find_derived_name(name);
    const bool is_used =
        derived == static_cast<int>(DerivedName::is_duplicate) && getBaseType(column->atttypid) == BOOLOID;
    const int own = column->attisdropped ? -1 : find_judged_name(name, Expression::Kind::stage_rule);
    if ((derived >= 0 && !is_used) || (own >= 0 && judged[own])) {
      add_problem(problems, "warning", nullptr, "model", ERRCODE_DUPLICATE_COLUMN,
                  psprintf("the column \"%s\" is hidden by the derived value of this name", name), nullptr,
                  psprintf("Write lead.%s for the column.", name), 0, nullptr);
    }
  }
}

// A copy of the named row type; 42804 (datatype_mismatch) if it is none.
TupleDesc row_type(Oid type) {
  if (!type_is_rowtype(type) || type == RECORDOID) {
    ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                    errmsg("type %s is not a row type", format_type_extended(type, -1, FORMAT_TYPE_ALLOW_INVALID)),
                    errhint("Every table and view has one of its name.")));
  }
  TupleDesc const shared = lookup_rowtype_tupdesc_domain(type, -1, false);
  TupleDesc const copy = CreateTupleDescCopyConstr(shared);
  ReleaseTupleDesc(shared);
  return copy;
}

}  // namespace

}  // namespace leadscore::pg

LEADSCORE_FUNCTION(leadscore_validate_model) {
  namespace pg = leadscore::pg;
  const text* const name = PG_GETARG_TEXT_PP(0);
  TupleDesc const row = pg::row_type(PG_GETARG_OID(1));
  InitMaterializedSRF(fcinfo, 0);
  const pg::Problems problems{fcinfo};
  Jsonb* const document = pg::load_document(name, pg::Reader::caller);
  char* const model_name = text_to_cstring(name);
  const pg::ModelDocument* const read = pg::read_document(document);
  bool judged[pg::kJudgedNames] = {};
  const int errors = pg::validate_expressions(problems, model_name, read, row, judged);
  pg::validate_names(problems, row, judged);
  if (errors == 0) {
    pg::Compilation compilation{model_name, document, row};
    if (ErrorData* error = pg::attempt(pg::compile, &compilation)) {
      pg::add_error(problems, error, nullptr, "model", nullptr);
    }
  }
  return Datum{0};
}

LEADSCORE_FUNCTION(leadscore_condition_paths) {
  namespace pg = leadscore::pg;
  const text* const name = PG_GETARG_TEXT_PP(0);
  TupleDesc const row = pg::row_type(PG_GETARG_OID(1));
  InitMaterializedSRF(fcinfo, 0);
  Jsonb* const document = pg::load_document(name, pg::Reader::caller);
  const pg::CompiledModel* const model =
      pg::compile_model(text_to_cstring(name), document, row, pg::Purpose::score, CurrentMemoryContext);
  for (int i = 0; i < model->document->criterion_count; ++i) {
    const pg::ExpressionProgram& condition = model->criteria[i].condition;
    const char* const path = condition.is_constant ? "constant" : condition.native != nullptr ? "native" : "executor";
    pg::put_row(fcinfo, {pg::column(model->document->criteria[i].name), pg::column(path)});
  }
  return Datum{0};
}

LEADSCORE_FUNCTION(leadscore_check_document) {
  namespace pg = leadscore::pg;
  const pg::ModelDocument* const document = pg::read_document(PG_GETARG_JSONB_P(0));
  pg::check_settings(document);
  const int pinned = pg::pin_settings(nullptr);
  MemoryContext const scratch =
      AllocSetContextCreate(CurrentMemoryContext, "leadscore parsing", ALLOCSET_DEFAULT_SIZES);
  MemoryContext const context = MemoryContextSwitchTo(scratch);
  const auto parse = [&](const pg::Expression& expression) {
    CHECK_FOR_INTERRUPTS();
    MemoryContextReset(scratch);
    pg::parse_expression(expression);
  };
  for (int i = 0; i < document->criterion_count; ++i) {
    const pg::DocumentCriterion& criterion = document->criteria[i];
    parse({pg::Expression::Kind::condition, criterion.condition, criterion.name, nullptr});
    parse({pg::Expression::Kind::points, criterion.points, criterion.name, nullptr});
  }
  for (int i = 0; i < document->rule_count; ++i) {
    const pg::DocumentRule& rule = document->rules[i];
    parse({pg::Expression::Kind::stage_rule, rule.condition, rule.name, nullptr, rule.stage});
  }
  for (int i = 0; i < document->target_criterion_count; ++i) {
    const pg::DocumentTargetCriterion& criterion = document->target_criteria[i];
    parse({pg::Expression::Kind::target_criterion, criterion.condition, criterion.name, nullptr});
  }
  if (document->status != nullptr) {
    parse({pg::Expression::Kind::status, document->status, nullptr, nullptr});
  }
  MemoryContextSwitchTo(context);
  MemoryContextDelete(scratch);
  pg::unpin_settings(pinned);
  PG_RETURN_VOID();
}
