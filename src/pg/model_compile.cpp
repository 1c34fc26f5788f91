#include "pg/model_compile.hpp"

#include "pg/guard.hpp"
#include "pg/memory.hpp"

namespace leadscore::pg {

namespace {

bool is_constant(const ExpressionProgram& program) { return program.native == nullptr && program.executor == nullptr; }

template <class Item>
Item* allocate_zeroed(int count) {
  return static_cast<Item*>(palloc0(sizeof(Item) * static_cast<Size>(count < 1 ? 1 : count)));
}

// A row type of our own, free of reference counts, so that it may outlive the statement.
TupleDesc copy_row_type(TupleDesc row) { return CreateTupleDescCopyConstr(row); }

ParamListInfo make_derived_values() {
  ParamListInfo values = makeParamList(kDerivedNames);
  for (int i = 0; i < kDerivedNames; ++i) {
    values->params[i].isnull = true;
    values->params[i].pflags = 0;
  }
  values->params[static_cast<int>(DerivedName::as_of)].ptype = TIMESTAMPTZOID;
  values->params[static_cast<int>(DerivedName::engagement)].ptype = FLOAT8OID;
  values->params[static_cast<int>(DerivedName::is_duplicate)].ptype = BOOLOID;
  return values;
}

// The core's form of a condition, if it has one, made in the model's context.
void compile_native(Expr* condition, CompiledModel* model, ExpressionProgram& program, MemoryContext scratch) {
  MemoryContext const context = MemoryContextSwitchTo(scratch);
  NativePlan plan;
  const bool is_native = plan_native(condition, model->native_columns, plan);
  MemoryContextSwitchTo(context);
  if (!is_native) {
    return;
  }
  program.late_count = plan.late_count;
  program.late = allocate_zeroed<LateConstant>(plan.late_count);
  for (int i = 0; i < plan.late_count; ++i) {
    program.late[i] = plan.late[i];
    if (plan.late[i].interval != nullptr) {
      auto* interval = allocate_zeroed<Interval>(1);
      *interval = *plan.late[i].interval;
      program.late[i].interval = interval;
    }
  }
  program.native = core_call([&] {
    const std::span<const model::ConditionNode> nodes{plan.nodes, static_cast<std::size_t>(plan.node_count)};
    const std::span<const model::Value> constants{plan.constants, static_cast<std::size_t>(plan.constant_count)};
    return make_in_context<model::Condition>(model->context, nodes, constants, model->memory);
  });
}

void remember_types(CompiledModel* model, const List* types) {
  ListCell* cell = nullptr;
  foreach (cell, types) {
    const TypeCacheEntry* const type = lookup_type_cache(lfirst_oid(cell), TYPECACHE_TUPDESC);
    const Size size = sizeof(KnownType) * static_cast<Size>(model->composite_count + 1);
    model->composites =
        static_cast<KnownType*>(model->composites == nullptr ? palloc(size) : repalloc(model->composites, size));
    model->composites[model->composite_count++] = {type, type->tupDesc_identifier};
  }
}

ExpressionProgram compile_expression(const Expression& expression, CompiledModel* model, MemoryContext scratch) {
  MemoryContext const context = MemoryContextSwitchTo(scratch);
  ExpressionUses uses{nullptr, NIL};
  const AnalysedExpression analysed = analyse_expression(expression, model->row, uses);
  MemoryContextSwitchTo(context);
  model->columns = bms_add_members(model->columns, uses.columns);
  remember_types(model, uses.composite_types);

  ExpressionProgram program{};
  if (analysed.is_constant) {
    program.constant = analysed.value;  // boolean or float8: by value
    program.constant_is_null = analysed.is_null;
    return program;
  }
  if (expression.kind == Expression::Kind::condition) {
    compile_native(analysed.expression, model, program, scratch);
  }
  const bool is_always_native = program.native != nullptr && program.late_count == 0;
  if (!is_always_native) {
    program.executor = ExecInitExprWithParams(static_cast<Expr*>(copyObjectImpl(analysed.expression)),
                                              model->expression_context->ecxt_param_list_info);
  }
  model->has_late_constants = model->has_late_constants || program.late_count > 0;
  model->needs_executor = model->needs_executor || program.native == nullptr;
  return program;
}

void compile_criteria(CompiledModel* model) {
  const ModelDocument* document = model->document;
  MemoryContext const scratch =
      AllocSetContextCreate(CurrentMemoryContext, "leadscore analysis", ALLOCSET_DEFAULT_SIZES);
  model->criteria = allocate_zeroed<CriterionProgram>(document->criterion_count);
  for (int i = 0; i < document->criterion_count; ++i) {
    CHECK_FOR_INTERRUPTS();
    const DocumentCriterion& criterion = document->criteria[i];
    const Expression condition{Expression::Kind::condition, criterion.condition, criterion.name, model->name};
    const Expression points{Expression::Kind::points, criterion.points, criterion.name, model->name};
    model->criteria[i].condition = compile_expression(condition, model, scratch);
    model->criteria[i].points = compile_expression(points, model, scratch);
    MemoryContextReset(scratch);
  }
  MemoryContextDelete(scratch);
}

// A hash table from names to positions, in the current context; -1 where a name is new.
struct NamedPosition {
  const char* name;
  int position;
};

uint32 hash_name(const void* key, Size /*size*/) {
  const char* name = *static_cast<const char* const*>(key);
  return string_hash(name, strlen(name) + 1);
}

int compare_names(const void* a, const void* b, Size /*size*/) {
  return strcmp(*static_cast<const char* const*>(a), *static_cast<const char* const*>(b));
}

HTAB* make_name_table(int size) {
  HASHCTL control{};
  control.keysize = sizeof(char*);
  control.entrysize = sizeof(NamedPosition);
  control.hash = hash_name;
  control.match = compare_names;
  control.hcxt = CurrentMemoryContext;
  return hash_create("leadscore names", size < 16 ? 16 : size, &control,
                     HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

int find_or_add_name(HTAB* names, const char* name, int next) {
  bool found = false;
  auto* entry = static_cast<NamedPosition*>(hash_search(names, &name, HASH_ENTER, &found));
  if (!found) {
    entry->position = next;
  }
  return entry->position;
}

model::Scale scale_named(const char* name) {
  if (strcmp(name, "clamp") == 0) {
    return model::Scale::clamp;
  }
  if (strcmp(name, "range") == 0) {
    return model::Scale::range;
  }
  if (strcmp(name, "logistic") == 0) {
    return model::Scale::logistic;
  }
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("scale \"%s\" does not exist", name),
                  errhint("The scales are clamp, range and logistic.")));
}

// The definition for the core, as plain arrays in the current context.
model::ScorecardDefinition define_scorecard(CompiledModel* model) {
  const ModelDocument* document = model->document;
  auto* dimensions = allocate_zeroed<model::Dimension>(document->dimension_count);
  auto* criteria = allocate_zeroed<model::Criterion>(document->criterion_count);

  HTAB* const dimension_names = make_name_table(document->dimension_count);
  for (int i = 0; i < document->dimension_count; ++i) {
    dimensions[i] = {.lower = document->dimensions[i].lower, .upper = document->dimensions[i].upper};
    find_or_add_name(dimension_names, document->dimensions[i].name, i);
  }
  HTAB* const attribute_names = make_name_table(document->criterion_count);
  for (int i = 0; i < document->criterion_count; ++i) {
    const DocumentCriterion& written = document->criteria[i];
    CriterionProgram& program = model->criteria[i];
    model::Criterion criterion;
    if (written.dimension != nullptr) {
      const int dimension = find_or_add_name(dimension_names, written.dimension, -1);
      if (dimension < 0) {
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("criterion \"%s\" belongs to dimension \"%s\", which the model does not have",
                               written.name, written.dimension)));
      }
      criterion.dimension = static_cast<std::uint32_t>(dimension);
    }
    if (written.attribute != nullptr) {
      const int attribute = find_or_add_name(attribute_names, written.attribute, model->attribute_count);
      model->attribute_count = attribute == model->attribute_count ? attribute + 1 : model->attribute_count;
      criterion.attribute = static_cast<std::uint32_t>(attribute);
    }
    program.attribute = criterion.attribute;
    if (is_constant(program.points)) {
      criterion.points = program.points.constant_is_null ? 0.0 : DatumGetFloat8(program.points.constant);
    }
    criterion.always_holds = is_constant(program.condition) && !program.condition.constant_is_null &&
                             DatumGetBool(program.condition.constant);
    criteria[i] = criterion;
  }

  model::ScorecardDefinition definition;
  definition.base_points = document->base_points;
  definition.scale = scale_named(document->scale);
  definition.lower = document->lower;
  definition.upper = document->upper;
  definition.raw_min = document->has_raw_min ? std::optional(document->raw_min) : std::nullopt;
  definition.raw_max = document->has_raw_max ? std::optional(document->raw_max) : std::nullopt;
  definition.dimensions = {dimensions, static_cast<std::size_t>(document->dimension_count)};
  definition.criteria = {criteria, static_cast<std::size_t>(document->criterion_count)};
  return definition;
}

model::Band* define_bands(const ModelDocument* document, int kind) {
  auto* bands = allocate_zeroed<model::Band>(document->band_counts[kind]);
  for (int i = 0; i < document->band_counts[kind]; ++i) {
    bands[i] = {.from_score = document->bands[kind][i].from_score, .keep_from = document->bands[kind][i].keep_from};
  }
  return bands;
}

// The core's part: it may throw, and calls nothing of PostgreSQL that can raise. Returns true.
bool build_core(CompiledModel* model, const model::ScorecardDefinition& definition,
                model::Band* const (&bands)[kBandKinds]) {
  model->scorecard = make_in_context<model::Scorecard>(model->context, definition, model->memory);
  for (int kind = 0; kind < kBandKinds; ++kind) {
    const std::span<const model::Band> defined{bands[kind],
                                               static_cast<std::size_t>(model->document->band_counts[kind])};
    model->bands[kind] = make_in_context<model::BandLadder>(model->context, defined, model->memory);
  }
  return true;
}

void model_error_context(void* argument) {
  const auto* model = static_cast<const CompiledModel*>(argument);
  const char* const of_model = model->name != nullptr ? psprintf("model \"%s\"", model->name) : "a model document";
  if (model->current_criterion >= 0) {
    errcontext("criterion \"%s\" of %s", model->document->criteria[model->current_criterion].name, of_model);
  } else {
    errcontext("%s", of_model);
  }
}

Datum run(const ExpressionProgram& program, ExprContext* context, bool* is_null) {
  if (is_constant(program)) {
    *is_null = program.constant_is_null;
    return program.constant;
  }
  return ExecEvalExpr(program.executor, context, is_null);
}

model::Truth evaluate_condition(const CompiledModel* model, const ExpressionProgram& program) {
  if (program.native != nullptr && (program.late_count == 0 || model->late_is_set)) {
    return program.native->evaluate({model->native_values, static_cast<std::size_t>(model->native_columns.count)});
  }
  bool is_null = false;
  const Datum holds = run(program, model->expression_context, &is_null);
  if (is_null) {
    return model::Truth::unknown;
  }
  return DatumGetBool(holds) ? model::Truth::yes : model::Truth::no;
}

model::Outcome evaluate_criterion(const CompiledModel* model, const CriterionProgram& program) {
  model::Outcome outcome;
  switch (evaluate_condition(model, program.condition)) {
    case model::Truth::no:
      return outcome;
    case model::Truth::unknown:
      outcome.verdict = model::Verdict::unknown;
      return outcome;
    case model::Truth::yes:
      break;
  }
  outcome.verdict = model::Verdict::met;
  bool is_null = false;
  const Datum points = run(program.points, model->expression_context, &is_null);
  outcome.points_known = !is_null;
  outcome.points = is_null ? 0.0 : DatumGetFloat8(points);
  if (!model::is_number_of_points(outcome.points)) {
    ereport(ERROR,
            (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("points must be a number between -1e15 and 1e15")));
  }
  return outcome;
}

bool late_constants_are_for(const CompiledModel* model, TimestampTz as_of) {
  return model->late_is_set && model->late_as_of == as_of;
}

// Computes what conditions need of as_of, under the model's time zone; where as_of is so far off that this might fail,
// the executor takes over, which fails only where a condition really needs it.
void set_late_constants(CompiledModel* model, TimestampTz as_of) {
  if (late_constants_are_for(model, as_of)) {
    return;
  }
  model->late_is_set = false;
  if (!is_usual_time(as_of)) {
    return;
  }
  for (int i = 0; i < model->document->criterion_count; ++i) {
    const ExpressionProgram& program = model->criteria[i].condition;
    for (int k = 0; k < program.late_count; ++k) {
      program.native->set_constant(static_cast<std::size_t>(program.late[k].position),
                                   late_value(program.late[k], as_of));
    }
  }
  model->late_is_set = true;
  model->late_as_of = as_of;
}

void evaluate_all(CompiledModel* model, TimestampTz as_of) {
  if (model->has_late_constants) {
    set_late_constants(model, as_of);
  }
  if (model->native_columns.count > 0) {
    read_native_columns(model->native_columns, model->slot, model->native_values);
  }
  const int count = model->document->criterion_count;
  memset(model->attribute_holds, 0, sizeof(bool) * static_cast<Size>(model->attribute_count));
  for (int i = 0; i < count; ++i) {
    const CriterionProgram& program = model->criteria[i];
    const bool may_be_excluded = program.attribute != model::kNone;
    if (may_be_excluded && model->attribute_holds[program.attribute]) {
      model->outcomes[i] = {.verdict = model::Verdict::excluded};
      continue;
    }
    model->current_criterion = i;
    model->outcomes[i] = evaluate_criterion(model, program);
    if (may_be_excluded && model->outcomes[i].verdict == model::Verdict::met) {
      model->attribute_holds[program.attribute] = true;
    }
  }
  model->current_criterion = -1;
}

}  // namespace

bool is_up_to_date(const CompiledModel* model) {
  for (int i = 0; i < model->composite_count; ++i) {
    if (model->composites[i].type->tupDesc_identifier != model->composites[i].identifier) {
      return false;
    }
  }
  return true;
}

void check_settings(const ModelDocument* document) {
  scale_named(document->scale);
  if (pg_tzset(document->time_zone) == nullptr) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("time zone \"%s\" of the model is not recognized", document->time_zone)));
  }
}

CompiledModel* compile_model(const char* name, Jsonb* document, TupleDesc row, MemoryContext parent) {
  // Built under the caller's context, so that an error frees it; handed to the parent once it is whole.
  MemoryContext const context =
      AllocSetContextCreate(CurrentMemoryContext, "leadscore compiled model", ALLOCSET_SMALL_SIZES);
  MemoryContext const caller = MemoryContextSwitchTo(context);

  auto* model = allocate_zeroed<CompiledModel>(1);
  model->context = context;
  model->name = name != nullptr ? pstrdup(name) : nullptr;
  model->document = read_document(document);
  model->current_criterion = -1;
  model->row = copy_row_type(row);
  check_settings(model->document);
  model->time_zone = pg_tzset(model->document->time_zone);
  model->memory = core_call([&] { return make_in_context<ContextResource>(context, context); });
  model->slot = MakeSingleTupleTableSlot(model->row, &TTSOpsHeapTuple);
  model->native_columns = make_native_columns(model->row);
  model->expression_context = CreateStandaloneExprContext();
  model->expression_context->ecxt_scantuple = model->slot;
  model->expression_context->ecxt_param_list_info = make_derived_values();

  const int pinned = pin_settings(model->document->time_zone);
  compile_criteria(model);
  unpin_settings(pinned);

  ErrorContext error_context;
  push_model_context(error_context, model);
  model->outcomes = allocate_zeroed<model::Outcome>(model->document->criterion_count);
  model->native_values = allocate_zeroed<model::Value>(model->native_columns.count);
  MemoryContext const scratch = AllocSetContextCreate(context, "leadscore definition", ALLOCSET_SMALL_SIZES);
  MemoryContextSwitchTo(scratch);
  const model::ScorecardDefinition definition = define_scorecard(model);
  model::Band* bands[kBandKinds];
  for (int kind = 0; kind < kBandKinds; ++kind) {
    bands[kind] = define_bands(model->document, kind);
  }
  MemoryContextSwitchTo(context);
  model->attribute_holds = allocate_zeroed<bool>(model->attribute_count);
  core_call([&] { return build_core(model, definition, bands); });
  MemoryContextDelete(scratch);
  pop_error_context(error_context);

  MemoryContextSwitchTo(caller);
  MemoryContextSetParent(context, parent);
  return model;
}

void push_model_context(ErrorContext& context, const CompiledModel* model) {
  push_error_context(context, model_error_context, model);
}

void evaluate_criteria(CompiledModel* model, HeapTuple lead, TimestampTz as_of) {
  ExprContext* const context = model->expression_context;
  model->current_criterion = -1;  // an error may have left it elsewhere
  ExecStoreHeapTuple(lead, model->slot, false);
  ParamExternData& time = context->ecxt_param_list_info->params[static_cast<int>(DerivedName::as_of)];
  time.value = TimestampTzGetDatum(as_of);
  time.isnull = false;
  ResetExprContext(context);

  MemoryContext const caller = MemoryContextSwitchTo(context->ecxt_per_tuple_memory);

  // The model's time zone holds, whatever the session's is. Nothing that throws runs in between. What the core
  // evaluates without as_of needs no time zone.
  const bool needs_time_zone =
      model->needs_executor || (model->has_late_constants && !late_constants_are_for(model, as_of));
  if (!needs_time_zone || session_timezone == model->time_zone) {
    evaluate_all(model, as_of);
  } else {
    pg_tz* const session_zone = session_timezone;
    PG_TRY();
    {
      session_timezone = model->time_zone;
      evaluate_all(model, as_of);
    }
    PG_FINALLY();
    { session_timezone = session_zone; }
    PG_END_TRY();
  }

  MemoryContextSwitchTo(caller);
  ExecClearTuple(model->slot);
  ResetExprContext(context);  // outcomes are plain data; nothing of this lead stays with the compiled model
}

std::optional<std::size_t> find_band(const CompiledModel* model, BandKind kind, const char* label) {
  const int k = static_cast<int>(kind);
  for (int i = 0; label != nullptr && i < model->document->band_counts[k]; ++i) {
    if (strcmp(model->document->bands[k][i].label, label) == 0) {
      return static_cast<std::size_t>(i);
    }
  }
  return std::nullopt;
}

}  // namespace leadscore::pg
