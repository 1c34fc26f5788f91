#include "pg/model_compile.hpp"

#include <algorithm>
#include <tuple>

#include "pg/guard.hpp"
#include "pg/memory.hpp"
#include "pg/model_core.hpp"
#include "pg/model_program.hpp"
#include "pg/model_syntax.hpp"

namespace leadscore::pg {

namespace {

// A row type of our own, free of reference counts, so that it may outlive the statement.
TupleDesc copy_row_type(TupleDesc row) { return CreateTupleDescCopyConstr(row); }

// The lead's columns and, after them, the judged values: what expressions read.
TupleDesc row_with_judged_values(TupleDesc row) {
  TupleDesc const extended = CreateTemplateTupleDesc(row->natts + kJudgedNames);
  for (int i = 1; i <= row->natts; ++i) {
    TupleDescCopyEntry(extended, static_cast<AttrNumber>(i), row, static_cast<AttrNumber>(i));
  }
  for (int i = 0; i < kJudgedNames; ++i) {
    const auto name = static_cast<JudgedName>(i);
    TupleDescInitEntry(extended, static_cast<AttrNumber>(row->natts + 1 + i), judged_name(name), judged_type(name), -1,
                       0);
  }
  return extended;
}

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

// Compiles expressions one by one, in memory that is given back after each.
template <class Compile>
void compile_each(int count, Compile compile) {
  MemoryContext const scratch =
      AllocSetContextCreate(CurrentMemoryContext, "leadscore analysis", ALLOCSET_DEFAULT_SIZES);
  for (int i = 0; i < count; ++i) {
    CHECK_FOR_INTERRUPTS();
    compile(i, scratch);
    MemoryContextReset(scratch);
  }
  MemoryContextDelete(scratch);
}

void compile_criteria(CompiledModel* model) {
  const ModelDocument* document = model->document;
  model->criteria = allocate_zeroed<CriterionProgram>(document->criterion_count);
  compile_each(document->criterion_count, [&](int i, MemoryContext scratch) {
    const DocumentCriterion& criterion = document->criteria[i];
    const Expression condition{Expression::Kind::condition, criterion.condition, criterion.name, model->name};
    const Expression points{Expression::Kind::points, criterion.points, criterion.name, model->name};
    model->criteria[i].condition = compile_expression(condition, model, scratch);
    model->criteria[i].points = compile_expression(points, model, scratch);
  });
}

void compile_rules(CompiledModel* model) {
  const ModelDocument* document = model->document;
  model->rules = {document->rule_count, allocate_zeroed<ExpressionProgram>(document->rule_count), {}};
  compile_each(document->rule_count, [&](int i, MemoryContext scratch) {
    const DocumentRule& rule = document->rules[i];
    const Expression condition{Expression::Kind::stage_rule, rule.condition, rule.name, model->name, rule.stage};
    model->rules.conditions[i] = compile_expression(condition, model, scratch);
  });
}

void compile_target_criteria(CompiledModel* model) {
  const ModelDocument* document = model->document;
  const int count = document->target_criterion_count;
  model->target_criteria = {count, allocate_zeroed<ExpressionProgram>(count), {}};
  compile_each(count, [&](int i, MemoryContext scratch) {
    const DocumentTargetCriterion& criterion = document->target_criteria[i];
    const Expression condition{Expression::Kind::target_criterion, criterion.condition, criterion.name, model->name};
    model->target_criteria.conditions[i] = compile_expression(condition, model, scratch);
  });
}

void compile_status(CompiledModel* model) {
  if (model->document->status == nullptr) {
    return;
  }
  compile_each(1, [&](int /*i*/, MemoryContext scratch) {
    const Expression status{Expression::Kind::status, model->document->status, nullptr, model->name};
    model->status = compile_expression(status, model, scratch);
  });
}

// Compiles what the purpose takes. Rules come first, because they tell whether the rest is needed for them.
void compile_expressions(CompiledModel* model) {
  ModelDocument* const document = model->document;
  const Purpose purpose = model->purpose;
  if (purpose == Purpose::score || purpose == Purpose::target) {
    document->stage_count = document->rule_count = document->status_count = 0;
    document->status = nullptr;
  }
  if (document->status_count == 0) {
    document->status = nullptr;  // nothing is mapped
  }
  compile_rules(model);
  compile_status(model);
  const bool takes_target = purpose == Purpose::target || is_evaluation(purpose) || reads(model, JudgedName::target);
  if (!takes_target) {
    document->target_criterion_count = 0;
  }
  compile_target_criteria(model);
  const bool takes_score = purpose == Purpose::score || is_evaluation(purpose) || reads_score(model);
  if (!takes_score) {
    document->criterion_count = 0;
  }
  compile_criteria(model);
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
  if (strcmp(name, "calibrated") == 0) {
    return model::Scale::calibrated;
  }
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("scale \"%s\" does not exist", name),
                  errhint("The scales are clamp, range, logistic and calibrated.")));
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
  auto* calibration = allocate_zeroed<model::CalibrationPiece>(document->calibration_count);
  for (int i = 0; i < document->calibration_count; ++i) {
    const DocumentCalibration& piece = document->calibration[i];
    calibration[i] = {.raw_from = piece.raw_from,
                      .is_curve = piece.is_curve,
                      .probability = piece.probability,
                      .intercept = piece.intercept,
                      .slope = piece.slope};
  }
  definition.calibration = {calibration, static_cast<std::size_t>(document->calibration_count)};
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
    const int judged = column.attribute - model->row->natts - 1;
    column.input = judged >= 0 ? judged_input(judged) : inputs[column.attribute];
  }
  pfree(inputs);
}

// Criteria by their positions, and what they need.
CriterionSet make_set(const CompiledModel* model, std::span<const std::uint32_t> positions) {
  CriterionSet set{0, allocate_zeroed<int>(static_cast<int>(positions.size())), {}};
  for (const std::uint32_t position : positions) {
    set.positions[set.count++] = static_cast<int>(position);
    add_needs(model->criteria[position].condition, set.needs);
    add_needs(model->criteria[position].points, set.needs);
  }
  return set;
}

void set_needs(ConditionList& list) {
  for (int i = 0; i < list.count; ++i) {
    add_needs(list.conditions[i], list.needs);
  }
}

void collect_late_programs(CompiledModel* model, ExpressionProgram* programs, int count) {
  for (int i = 0; i < count; ++i) {
    if (programs[i].late_count > 0) {
      model->late_programs[model->late_program_count++] = &programs[i];
    }
  }
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
  const ModelDocument* const document = model->document;
  const char* const of_model = model->name != nullptr ? psprintf("model \"%s\"", model->name) : "a model document";
  const int position = model->current.position;
  if (position < 0) {
    errcontext("%s", of_model);
    return;
  }
  switch (model->current.kind) {
    case Expression::Kind::stage_rule:
      errcontext("rule \"%s\" of stage \"%s\" of %s", document->rules[position].name, document->rules[position].stage,
                 of_model);
      break;
    case Expression::Kind::target_criterion:
      errcontext("target criterion \"%s\" of %s", document->target_criteria[position].name, of_model);
      break;
    case Expression::Kind::status:
      errcontext("status of %s", of_model);
      break;
    default:
      errcontext("criterion \"%s\" of %s", document->criteria[position].name, of_model);
      break;
  }
}

// The stages by position, for the names that rules and statuses have.
struct LadderDefinition {
  model::Stage* stages;
  std::uint32_t* stage_of_rule;
  model::MappedStatus* statuses;
};

std::uint32_t stage_named(HTAB* names, const char* stage, const char* whose, const char* name) {
  const int position = find_or_add_name(names, stage, -1);
  if (position < 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("%s \"%s\" belongs to stage \"%s\", which the model does not have", whose, name, stage)));
  }
  return static_cast<std::uint32_t>(position);
}

LadderDefinition define_ladder(const ModelDocument* document) {
  LadderDefinition definition{allocate_zeroed<model::Stage>(document->stage_count),
                              allocate_zeroed<std::uint32_t>(document->rule_count),
                              allocate_zeroed<model::MappedStatus>(document->status_count)};
  HTAB* const names = make_name_table(document->stage_count);
  for (int i = 0; i < document->stage_count; ++i) {
    definition.stages[i] = document->stages[i].stage;
    if (find_or_add_name(names, document->stages[i].name, i) != i) {
      ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                      errmsg("stage \"%s\" stands in the model twice", document->stages[i].name)));
    }
  }
  for (int i = 0; i < document->rule_count; ++i) {
    definition.stage_of_rule[i] = stage_named(names, document->rules[i].stage, "rule", document->rules[i].name);
  }
  for (int i = 0; i < document->status_count; ++i) {
    const DocumentStatus& status = document->statuses[i];
    definition.statuses[i] = {std::string_view(status.status),
                              stage_named(names, status.stage, "status", status.status)};
  }
  return definition;
}

// A day's beginning in the time zone of the session; infinite where it lies beyond the range of timestamps.
TimestampTz beginning_of(DateADT day) {
  int overflow = 0;
  return date2timestamptz_opt_overflow(day, &overflow);
}

DateADT read_date(const char* written, const char* criterion) {
  if (names_the_clock(written)) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
             errmsg("target criterion \"%s\" is in force by a date that names the clock: \"%s\"", criterion, written)));
  }
  return DatumGetDateADT(DirectFunctionCall1(date_in, CStringGetDatum(written)));
}

// When the criteria of a target lead are in force. Call between pin_settings() and unpin_settings().
Validity* define_validity(const ModelDocument* document) {
  auto* validity = allocate_zeroed<Validity>(document->target_criterion_count);
  for (int i = 0; i < document->target_criterion_count; ++i) {
    const DocumentTargetCriterion& criterion = document->target_criteria[i];
    validity[i] = {DT_NOBEGIN, DT_NOEND, false};
    if (criterion.valid_from != nullptr) {
      validity[i].from = beginning_of(read_date(criterion.valid_from, criterion.name));
    }
    if (criterion.valid_to != nullptr) {
      const DateADT last = read_date(criterion.valid_to, criterion.name);
      validity[i].until = beginning_of(DATE_NOT_FINITE(last) || last == PG_INT32_MAX - 1 ? last : last + 1);
      validity[i].has_end = !DATE_IS_NOEND(last);
    }
  }
  return validity;
}

// Texts that results are made of, so that they are made once.
void make_texts(CompiledModel* model) {
  const ModelDocument* const document = model->document;
  for (int kind = 0; kind < kBandKinds; ++kind) {
    model->band_texts[kind] = allocate_zeroed<Datum>(document->band_counts[kind]);
    for (int i = 0; i < document->band_counts[kind]; ++i) {
      model->band_texts[kind][i] = CStringGetTextDatum(document->bands[kind][i].label);
    }
  }
  model->stage_texts = allocate_zeroed<Datum>(document->stage_count);
  for (int i = 0; i < document->stage_count; ++i) {
    model->stage_texts[i] = CStringGetTextDatum(document->stages[i].name);
  }
  for (int i = 0; i < kVerdicts; ++i) {
    model->verdict_texts[i] = CStringGetTextDatum(verdict_name(static_cast<model::TargetVerdict>(i)));
  }
}

}  // namespace

const char* verdict_name(model::TargetVerdict verdict) {
  static constexpr const char* kNames[kVerdicts] = {"target", "not_target", "grow", "unknown"};
  return kNames[static_cast<int>(verdict)];
}

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

CompiledModel* compile_model(const char* name, Jsonb* document, TupleDesc row, Purpose purpose, MemoryContext parent) {
  // Built under the caller's context, so that an error frees it; handed to the parent once it is whole.
  MemoryContext const context =
      AllocSetContextCreate(CurrentMemoryContext, "leadscore compiled model", ALLOCSET_SMALL_SIZES);
  MemoryContext const caller = MemoryContextSwitchTo(context);

  auto* model = allocate_zeroed<CompiledModel>(1);
  model->context = context;
  model->name = name != nullptr ? pstrdup(name) : nullptr;
  model->purpose = purpose;
  model->document = read_document(document);
  model->current.position = -1;
  model->row = copy_row_type(row);
  check_settings(model->document);
  model->time_zone = pg_tzset(model->document->time_zone);
  model->memory = core_call([&] { return make_in_context<ContextResource>(context, context); });
  model->row_slot = MakeSingleTupleTableSlot(model->row, &TTSOpsHeapTuple);
  model->column_slot = MakeSingleTupleTableSlot(row_with_judged_values(model->row), &TTSOpsVirtual);
  model->native_columns = make_native_columns();
  model->expression_context = CreateStandaloneExprContext();
  model->expression_context->ecxt_scantuple = model->column_slot;
  model->expression_context->ecxt_param_list_info = make_derived_values();

  const int pinned = pin_settings(model->document->time_zone);
  compile_expressions(model);
  model->validity = define_validity(model->document);
  unpin_settings(pinned);
  number_columns(model);

  ErrorContext error_context;
  push_model_context(error_context, model);
  const ModelDocument* const read = model->document;
  model->outcomes = allocate_zeroed<model::Outcome>(read->criterion_count);
  model->target_answers = allocate_zeroed<model::Truth>(read->target_criterion_count);
  model->reasons = allocate_zeroed<const text*>(read->criterion_count);
  model->fetched = allocate_zeroed<FetchedValue>(model->native_columns.count);
  model->row_columns = allocate_zeroed<NullableDatum>(model->column_count);
  for (NullableDatum& value : model->judged) {
    value.isnull = true;
  }
  model->engagement.isnull = model->is_duplicate.isnull = true;
  make_texts(model);
  MemoryContext const scratch = AllocSetContextCreate(context, "leadscore definition", ALLOCSET_SMALL_SIZES);
  MemoryContextSwitchTo(scratch);
  const model::ScorecardDefinition definition = define_scorecard(model);
  model::Band* bands[kBandKinds];
  for (int kind = 0; kind < kBandKinds; ++kind) {
    bands[kind] = define_bands(read, kind);
  }
  const LadderDefinition ladder = define_ladder(read);
  MemoryContextSwitchTo(context);
  model->attribute_holds = allocate_zeroed<bool>(model->attribute_count);
  core_call([&] { return build_core(model, definition, bands); });
  core_call([&] {
    return build_ladder(model, {ladder.stages, static_cast<std::size_t>(read->stage_count)},
                        {ladder.stage_of_rule, static_cast<std::size_t>(read->rule_count)},
                        {ladder.statuses, static_cast<std::size_t>(read->status_count)});
  });
  MemoryContextDelete(scratch);
  model->late_programs =
      allocate_zeroed<ExpressionProgram*>(read->criterion_count + model->rules.count + model->target_criteria.count);
  for (int i = 0; i < read->criterion_count; ++i) {
    collect_late_programs(model, &model->criteria[i].condition, 1);
  }
  collect_late_programs(model, model->rules.conditions, model->rules.count);
  collect_late_programs(model, model->target_criteria.conditions, model->target_criteria.count);
  model->all = make_set_of_all(model);
  set_needs(model->rules);
  set_needs(model->target_criteria);
  add_needs(model->status, model->status_needs);
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
  program->places = allocate_zeroed<std::size_t>(count);
  program->runs = allocate_zeroed<LookupRun>(count);
  for (int i = 0; i < count; ++i) {
    const model::PlannedLookup& one = planned[static_cast<std::size_t>(order[i].lookup)];
    program->lookups[i] = {model->native_columns.items[one.column].input, &one.lookup, one.lookup.table(),
                           order[i].lookup};
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

std::optional<std::size_t> find_band(const CompiledModel* model, BandKind kind, double score, const char* earlier) {
  const int k = static_cast<int>(kind);
  std::optional<std::size_t> known;
  for (int i = 0; earlier != nullptr && i < model->document->band_counts[k]; ++i) {
    if (strcmp(model->document->bands[k][i].label, earlier) == 0) {
      known = static_cast<std::size_t>(i);
    }
  }
  return model->bands[k]->band(score, known);
}

}  // namespace leadscore::pg
