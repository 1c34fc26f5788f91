#include "pg/model_compile.hpp"

#include <algorithm>
#include <tuple>

#include "pg/guard.hpp"
#include "pg/memory.hpp"
#include "pg/model_core.hpp"

namespace leadscore::pg {

namespace {

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

void make_native(CompiledModel* model, const NativePlan& plan, ExpressionProgram& program) {
  program.native = core_call([&] {
    const std::span<const model::ConditionNode> nodes{plan.nodes, static_cast<std::size_t>(plan.node_count)};
    const std::span<const model::Value> constants{plan.constants, static_cast<std::size_t>(plan.constant_count)};
    return make_in_context<model::Condition>(model->context, nodes, constants, model->memory);
  });
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
  make_native(model, plan, program);
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
  program.is_constant = analysed.is_constant;
  program.constant = analysed.value;
  program.constant_is_null = analysed.is_null;
  if (expression.kind == Expression::Kind::condition) {
    compile_native(analysed.expression, model, program, scratch);
  }
  const bool is_always_native = program.native != nullptr && program.late_count == 0;
  if (!program.is_constant && !is_always_native) {
    program.executor = ExecInitExprWithParams(static_cast<Expr*>(copyObjectImpl(analysed.expression)),
                                              model->expression_context->ecxt_param_list_info);
  }
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
    if (program.points.is_constant) {
      criterion.points = program.points.constant_is_null ? 0.0 : DatumGetFloat8(program.points.constant);
    }
    criterion.always_holds = program.condition.is_constant && !program.condition.constant_is_null &&
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

// The columns that the model reads, in the order in which a lead is given to it.
void number_columns(CompiledModel* model) {
  model->column_count = bms_num_members(model->columns);
  model->attributes = allocate_zeroed<AttrNumber>(model->column_count);
  auto* inputs = allocate_zeroed<int>(model->row->natts + 1);
  int attribute = -1;
  for (int input = 0; (attribute = bms_next_member(model->columns, attribute)) >= 0; ++input) {
    model->attributes[input] = static_cast<AttrNumber>(attribute);
    inputs[attribute] = input;
  }
  for (int i = 0; i < model->native_columns.count; ++i) {
    NativeColumn& column = model->native_columns.items[i];
    column.input = inputs[column.attribute];
  }
  pfree(inputs);
}

// Criteria by their positions, and the native columns that they read.
CriterionSet make_set(const CompiledModel* model, std::span<const std::uint32_t> positions) {
  CriterionSet set{};
  set.positions = allocate_zeroed<int>(static_cast<int>(positions.size()));
  set.native_columns = allocate_zeroed<int>(model->native_columns.count);
  auto* is_read = allocate_zeroed<bool>(model->native_columns.count);
  for (const std::uint32_t position : positions) {
    const CriterionProgram& program = model->criteria[position];
    set.positions[set.count++] = static_cast<int>(position);
    set.has_late_constants = set.has_late_constants || program.condition.late_count > 0;
    set.needs_executor =
        set.needs_executor || program.condition.native == nullptr || program.points.executor != nullptr;
    if (program.condition.native == nullptr) {
      continue;
    }
    for (const model::ConditionNode& node : program.condition.native->nodes()) {
      is_read[node.column] = is_read[node.column] || reads_column(node);
    }
  }
  for (int i = 0; i < model->native_columns.count; ++i) {
    if (is_read[i]) {
      set.native_columns[set.native_count++] = i;
    }
  }
  pfree(is_read);
  return set;
}

// The positions of all criteria, as a set.
CriterionSet make_set_of_all(const CompiledModel* model) {
  const int count = model->document->criterion_count;
  auto* every = allocate_zeroed<std::uint32_t>(count);
  for (int i = 0; i < count; ++i) {
    every[i] = static_cast<std::uint32_t>(i);
  }
  const CriterionSet all = make_set(model, {every, static_cast<std::size_t>(count)});
  pfree(every);
  return all;
}

// What distinguishes the loops that evaluate look-ups.
struct LookupOrder {
  std::uint32_t group;
  ColumnReader reader;
  bool is_small;
  int lookup;
};

void model_error_context(void* argument) {
  const auto* model = static_cast<const CompiledModel*>(argument);
  const char* const of_model = model->name != nullptr ? psprintf("model \"%s\"", model->name) : "a model document";
  if (model->current_criterion >= 0) {
    errcontext("criterion \"%s\" of %s", model->document->criteria[model->current_criterion].name, of_model);
  } else {
    errcontext("%s", of_model);
  }
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
  model->row_slot = MakeSingleTupleTableSlot(model->row, &TTSOpsHeapTuple);
  model->column_slot = MakeSingleTupleTableSlot(model->row, &TTSOpsVirtual);
  model->native_columns = make_native_columns();
  model->expression_context = CreateStandaloneExprContext();
  model->expression_context->ecxt_scantuple = model->column_slot;
  model->expression_context->ecxt_param_list_info = make_derived_values();

  const int pinned = pin_settings(model->document->time_zone);
  compile_criteria(model);
  unpin_settings(pinned);
  number_columns(model);

  ErrorContext error_context;
  push_model_context(error_context, model);
  model->outcomes = allocate_zeroed<model::Outcome>(model->document->criterion_count);
  model->reasons = allocate_zeroed<Datum>(model->document->criterion_count);
  model->native_values = allocate_zeroed<model::Value>(model->native_columns.count);
  model->row_columns = allocate_zeroed<NullableDatum>(model->column_count);
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
  model->all = make_set_of_all(model);
  model->score = make_score_program(model, false);
  pop_error_context(error_context);

  MemoryContextSwitchTo(caller);
  MemoryContextSetParent(context, parent);
  return model;
}

ScoreProgram* make_score_program(const CompiledModel* model, bool with_late_constants) {
  // Built under the caller's context, so that an error frees it.
  MemoryContext const context =
      AllocSetContextCreate(CurrentMemoryContext, "leadscore score program", ALLOCSET_SMALL_SIZES);
  MemoryContext const caller = MemoryContextSwitchTo(context);
  auto* program = allocate_zeroed<ScoreProgram>(1);
  program->context = context;
  program->plan = core_call([&] { return plan_score(model, context, with_late_constants); });

  const std::span<const model::PlannedLookup> planned = program->plan->lookups();
  const int count = static_cast<int>(planned.size());
  auto* order = allocate_zeroed<LookupOrder>(count);
  for (int i = 0; i < count; ++i) {
    const model::Lookup& lookup = planned[static_cast<std::size_t>(i)].lookup;
    const NativeColumn& column = model->native_columns.items[planned[static_cast<std::size_t>(i)].column];
    order[i] = {planned[static_cast<std::size_t>(i)].group,
                lookup.reads_presence_only() ? ColumnReader::presence : column.reader,
                lookup.table().start_count == model::PointTable::kSmall, i};
  }
  std::sort(order, order + count, [](const LookupOrder& a, const LookupOrder& b) {
    return std::tie(a.group, a.reader, a.is_small, a.lookup) < std::tie(b.group, b.reader, b.is_small, b.lookup);
  });
  program->lookups = allocate_zeroed<LookupProgram>(count);
  program->runs = allocate_zeroed<LookupRun>(count);
  for (int i = 0; i < count; ++i) {
    const model::PlannedLookup& one = planned[static_cast<std::size_t>(order[i].lookup)];
    program->lookups[i] = {model->native_columns.items[one.column].input, &one.lookup, one.lookup.table()};
    LookupRun* run = program->run_count == 0 ? nullptr : &program->runs[program->run_count - 1];
    if (run == nullptr || run->group != order[i].group || run->reader != order[i].reader ||
        run->is_small != order[i].is_small) {
      run = &program->runs[program->run_count++];
      *run = {order[i].group, order[i].reader, order[i].is_small, i, 0};
    }
    ++run->count;
  }
  pfree(order);
  program->rest = make_set(model, program->plan->rest());
  MemoryContextSwitchTo(caller);
  MemoryContextSetParent(context, model->context);
  return program;
}

void push_model_context(ErrorContext& context, const CompiledModel* model) {
  push_error_context(context, model_error_context, model);
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
