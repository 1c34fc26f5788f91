#include "pg/model_program.hpp"

#include "pg/guard.hpp"
#include "pg/memory.hpp"

namespace leadscore::pg {

namespace {

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

void remember_texts(Expr* condition, CompiledModel* model, ExpressionProgram& program) {
  if (const std::optional<int> column = plan_only_text(condition, model->native_columns)) {
    program.remembered = allocate_zeroed<RememberedTexts>(1);
    program.remembered->column = *column;
  }
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
  for (int i = 0; i < model->late_program_count; ++i) {
    const ExpressionProgram& program = *model->late_programs[i];
    for (int k = 0; k < program.late_count; ++k) {
      program.native->set_constant(static_cast<std::size_t>(program.late[k].position),
                                   late_value(program.late[k], as_of));
    }
  }
  model->late_is_set = true;
  model->late_as_of = as_of;
}

// Gives the executor what it reads: the columns of the lead in their places, and as_of.
void prepare_executor(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of) {
  TupleTableSlot* const slot = model->column_slot;
  ExecClearTuple(slot);
  for (int i = 0; i < model->column_count; ++i) {
    const int place = model->attributes[i] - 1;
    // Not to be written by one condition, because the next one reads it too.
    slot->tts_values[place] =
        MakeExpandedObjectReadOnly(columns[i].value, columns[i].isnull, TupleDescAttr(model->row, place)->attlen);
    slot->tts_isnull[place] = columns[i].isnull;
  }
  for (int i = 0; i < kJudgedNames; ++i) {
    slot->tts_values[model->row->natts + i] = model->judged[i].value;
    slot->tts_isnull[model->row->natts + i] = model->judged[i].isnull;
  }
  ExecStoreVirtualTuple(slot);
  ParamExternData* const derived = model->expression_context->ecxt_param_list_info->params;
  const auto set = [derived](DerivedName name, NullableDatum value) {
    derived[static_cast<int>(name)].value = value.value;
    derived[static_cast<int>(name)].isnull = value.isnull;
  };
  set(DerivedName::as_of, {TimestampTzGetDatum(as_of), false});
  set(DerivedName::engagement, model->engagement);
  set(DerivedName::is_duplicate, model->is_duplicate);
}

void prepare_and_run(CompiledModel* model, const EvaluationNeeds& needs, const NullableDatum* columns,
                     TimestampTz as_of, ProgramBody body, void* argument) {
  if (needs.has_late_constants) {
    set_late_constants(model, as_of);
  }
  if (needs.needs_executor || (needs.has_late_constants && !model->late_is_set)) {
    prepare_executor(model, columns, as_of);
  }
  model->lead = columns;
  ++model->lead_number;
  body(model, argument);
  model->current.position = -1;
}

model::Truth execute_condition(const CompiledModel* model, const ExpressionProgram& program) {
  bool is_null = false;
  const Datum holds = run_program(model, program, &is_null);
  if (is_null) {
    return model::Truth::unknown;
  }
  return DatumGetBool(holds) ? model::Truth::yes : model::Truth::no;
}

}  // namespace

ExpressionProgram compile_expression(const Expression& expression, CompiledModel* model, MemoryContext scratch) {
  MemoryContext const context = MemoryContextSwitchTo(scratch);
  ExpressionUses uses;
  Expression marked = expression;
  marked.has_marks = model->purpose == Purpose::attached_marked;
  const AnalysedExpression analysed = analyse_expression(marked, model->row, uses);
  MemoryContextSwitchTo(context);
  model->columns = bms_add_members(model->columns, uses.columns);
  remember_types(model, uses.composite_types);
  for (int i = 0; i < kJudgedNames; ++i) {
    model->reads[i] = model->reads[i] || uses.judged[i];
  }

  ExpressionProgram program{};
  program.is_constant = analysed.is_constant;
  program.constant = analysed.value;
  program.constant_is_null = analysed.is_null;
  if (is_condition(expression.kind)) {
    compile_native(analysed.expression, model, program, scratch);
    if (program.native == nullptr && !program.is_constant) {
      remember_texts(analysed.expression, model, program);
    }
  }
  if (expression.kind == Expression::Kind::status) {
    const std::optional<int> column = plan_text_column(analysed.expression, model->native_columns);
    program.is_text_column = column.has_value();
    program.text_column = column.value_or(0);
  }
  const bool is_always_native = (program.native != nullptr && program.late_count == 0) || program.is_text_column;
  if (!program.is_constant && !is_always_native) {
    program.executor = ExecInitExprWithParams(static_cast<Expr*>(copyObjectImpl(analysed.expression)),
                                              model->expression_context->ecxt_param_list_info);
  }
  return program;
}

void add_needs(const ExpressionProgram& program, EvaluationNeeds& needs) {
  needs.has_late_constants = needs.has_late_constants || program.late_count > 0;
  needs.needs_executor = needs.needs_executor || (program.native == nullptr && program.executor != nullptr);
}

model::Value LeadColumns::fetch(std::size_t number, ColumnReader reader, Datum datum) const {
  FetchedValue& fetched = model_->fetched[number];
  if (fetched.lead_number != model_->lead_number) {
    fetched = {model_->lead_number, read_value(reader, datum)};
  }
  return fetched.value;
}

void with_lead(CompiledModel* model, const EvaluationNeeds& needs, const NullableDatum* columns, TimestampTz as_of,
               ProgramBody body, void* argument) {
  if (!needs.needs_executor && (!needs.has_late_constants || late_constants_are_for(model, as_of))) {
    prepare_and_run(model, needs, columns, as_of, body, argument);  // the core alone
    return;
  }
  ErrorContext error_context;
  model->current.position = -1;  // an error may have left it elsewhere
  push_model_context(error_context, model);
  ExprContext* const context = model->expression_context;
  ResetExprContext(context);  // of a lead that ended in an error
  MemoryContext const caller = MemoryContextSwitchTo(context->ecxt_per_tuple_memory);

  // The model's time zone holds, whatever the session's is. Nothing that throws runs in between.
  if (session_timezone == model->time_zone) {
    prepare_and_run(model, needs, columns, as_of, body, argument);
  } else {
    pg_tz* const session_zone = session_timezone;
    PG_TRY();
    {
      session_timezone = model->time_zone;
      prepare_and_run(model, needs, columns, as_of, body, argument);
    }
    PG_FINALLY();
    { session_timezone = session_zone; }
    PG_END_TRY();
  }

  MemoryContextSwitchTo(caller);
  ResetExprContext(context);  // what is left is plain data; nothing of this lead stays with the compiled model
  pop_error_context(error_context);
}

model::Truth evaluate_condition(const CompiledModel* model, const ExpressionProgram& program) {
  if (program.native != nullptr && (program.late_count == 0 || model->late_is_set)) {
    return program.native->evaluate(LeadColumns(model));
  }
  if (program.remembered == nullptr) {
    return execute_condition(model, program);
  }
  RememberedTexts& remembered = *program.remembered;
  const std::optional<std::string_view> text = LeadColumns(model).text_in_place(remembered.column);
  if (!text) {
    return execute_condition(model, program);
  }
  if (remembered.answers == nullptr) {
    remembered.answers =
        new (MemoryContextAlloc(model->context, sizeof(model::RememberedAnswers))) model::RememberedAnswers;
  }
  if (const std::optional<model::Truth> known = remembered.answers->find(*text)) {
    return *known;
  }
  const model::Truth holds = execute_condition(model, program);
  remembered.answers->keep(*text, holds);
  return holds;
}

Datum run_program(const CompiledModel* model, const ExpressionProgram& program, bool* is_null) {
  if (program.is_constant) {
    *is_null = program.constant_is_null;
    return program.constant;
  }
  return ExecEvalExpr(program.executor, model->expression_context, is_null);
}

}  // namespace leadscore::pg
