#include "pg/model_stage.hpp"

#include "pg/composite.hpp"
#include "pg/guard.hpp"
#include "pg/model_evaluate.hpp"
#include "pg/model_program.hpp"
#include "pg/model_result.hpp"

namespace leadscore::pg {

namespace {

NullableDatum& judged_value(CompiledModel* model, JudgedName name) { return model->judged[static_cast<int>(name)]; }

void set_judged_label(CompiledModel* model, JudgedName name, BandKind kind, double score,
                      const EarlierLabels& earlier) {
  const int k = static_cast<int>(kind);
  const std::optional<std::size_t> band = find_band(model, kind, score, earlier.of[k]);
  judged_value(model, name) = {band ? model->band_texts[k][*band] : Datum{0}, !band.has_value()};
}

// What of the score the rules and target criteria read.
void judge_score(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of) {
  if (reads_score(model)) {
    set_judged_score(model, score_lead(model, columns, as_of));
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Target leads.

struct TargetCall {
  TimestampTz as_of;
  bool all_answers;
  model::TargetTally tally;
};

void ask_target_criteria(CompiledModel* model, void* argument) {
  auto* call = static_cast<TargetCall*>(argument);
  for (int i = 0; i < model->target_criteria.count; ++i) {
    if (!is_in_force(model, i, call->as_of)) {
      continue;
    }
    model->current = {Expression::Kind::target_criterion, i};
    const model::Truth answer = evaluate_condition(model, model->target_criteria.conditions[i]);
    model->target_answers[i] = answer;
    call->tally.add(model->document->target_criteria[i].requirement, answer);
    if (call->tally.is_settled() && !call->all_answers) {
      return;
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Stages.

struct StatusCall {
  std::uint32_t stage;
  const char* written;  // where it is wanted: the status, in the memory of `context`
  MemoryContext context;
};

void look_up_status(CompiledModel* model, void* argument) {
  auto* call = static_cast<StatusCall*>(argument);
  model->current = {Expression::Kind::status, 0};
  model::Value status;
  if (model->status.is_text_column) {
    status = LeadColumns(model)[static_cast<std::size_t>(model->status.text_column)];
  } else {
    bool is_null = false;
    const Datum value = run_program(model, model->status, &is_null);
    status = is_null ? model::Value{} : read_value(ColumnReader::text, value);
  }
  if (!status.known) {
    return;
  }
  call->stage = model->status_map->stage_of(status.text());
  if (call->context != nullptr) {
    MemoryContext const context = MemoryContextSwitchTo(call->context);
    call->written = pnstrdup(status.data, status.size);
    MemoryContextSwitchTo(context);
  }
}

StatusCall find_status(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of, MemoryContext context) {
  StatusCall call{model::kNone, nullptr, context};
  if (model->document->status != nullptr) {
    with_lead(model, model->status_needs, columns, as_of, look_up_status, &call);
  }
  return call;
}

// The lead of a decision.
class DecidedLead {
 public:
  explicit DecidedLead(CompiledModel* model) : model_(model), columns_(model) {}

  bool integer(std::uint32_t column, std::int64_t& value) const { return columns_.integer(column, value); }
  [[nodiscard]] model::Truth evaluate(const model::Condition& condition, std::uint32_t node) const {
    return condition.evaluate_node(node, columns_);
  }
  [[nodiscard]] model::Truth ask(std::uint32_t rule) const {
    model_->current = {Expression::Kind::stage_rule, static_cast<int>(rule)};
    return evaluate_condition(model_, model_->rules.conditions[rule]);
  }

 private:
  CompiledModel* model_;
  LeadColumns columns_;
};

void ask_rules(CompiledModel* model, void* argument) {
  const DecidedLead lead(model);
  // Without constants for as_of, conditions that take them run in the executor.
  const bool is_complete = !model->rules.needs.has_late_constants || model->late_is_set;
  *static_cast<std::uint32_t*>(argument) =
      is_complete ? model->decision->stage(lead)
                  : model->ladder->stage([&lead](std::uint32_t rule) { return lead.ask(rule) == model::Truth::yes; });
}

std::uint32_t stage_by_rules(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of) {
  std::uint32_t stage = model::kNone;
  if (model->rules.count > 0) {
    with_lead(model, model->rules.needs, columns, as_of, ask_rules, &stage);
  }
  return stage;
}

// The judged values that rules read.
void judge_for_rules(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of) {
  judge_score(model, columns, as_of);
  if (reads(model, JudgedName::target)) {
    find_verdict(model, columns, as_of, false);
  }
}

// Whether the judged values that rules read are set. A mapped status needs none of them.
enum class Judged : std::uint8_t { already, not_yet };

Classification find_stage(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of, Judged judged) {
  const std::uint32_t mapped = find_status(model, columns, as_of, nullptr).stage;
  if (mapped != model::kNone) {
    return {mapped, true};
  }
  if (judged == Judged::not_yet) {
    judge_for_rules(model, columns, as_of);
  }
  return {stage_by_rules(model, columns, as_of), false};
}

// ---------------------------------------------------------------------------------------------------------------
// Explanations.

void ask_every_rule(CompiledModel* model, void* argument) {
  auto* answers = static_cast<model::Truth*>(argument);
  for (int i = 0; i < model->rules.count; ++i) {
    model->current = {Expression::Kind::stage_rule, i};
    answers[i] = evaluate_condition(model, model->rules.conditions[i]);
  }
}

const char* answer_text(model::Truth answer, const char* yes, const char* no) {
  return answer == model::Truth::unknown ? "unknown" : answer == model::Truth::yes ? yes : no;
}

// Of a stage what begins each line of an explanation.
struct StageColumns {
  Column name;
  Column number;
  Column kind;
};

StageColumns columns_of_stage(const CompiledModel* model, std::uint32_t stage) {
  if (stage == model::kNone) {
    return {};
  }
  const DocumentStage& written = model->document->stages[stage];
  return {column(written.name), column(written.stage.number), column(stage_kind_name(written.stage.kind))};
}

}  // namespace

void set_judged_score(CompiledModel* model, double score, const EarlierLabels& earlier) {
  judged_value(model, JudgedName::score) = {Float8GetDatum(score), false};
  set_judged_label(model, JudgedName::grade, BandKind::grade, score, earlier);
  set_judged_label(model, JudgedName::temperature, BandKind::temperature, score, earlier);
}

const char* judged_text(const CompiledModel* model, JudgedName name) {
  const NullableDatum& value = model->judged[static_cast<int>(name)];
  return value.isnull ? nullptr : TextDatumGetCString(value.value);
}

std::optional<model::TargetVerdict> find_verdict(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of,
                                                 bool all_answers) {
  TargetCall call{as_of, all_answers, {}};
  if (model->target_criteria.count > 0) {
    with_lead(model, model->target_criteria.needs, columns, as_of, ask_target_criteria, &call);
  }
  const std::optional<model::TargetVerdict> verdict = call.tally.verdict();
  judged_value(model, JudgedName::target) = {verdict ? model->verdict_texts[static_cast<int>(*verdict)] : Datum{0},
                                             !verdict.has_value()};
  return verdict;
}

Classification find_stage(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of) {
  return find_stage(model, columns, as_of, Judged::already);
}

std::optional<model::TargetVerdict> judge_target(CompiledModel* model, const NullableDatum* columns,
                                                 TimestampTz as_of) {
  judge_score(model, columns, as_of);
  return find_verdict(model, columns, as_of, false);
}

Classification classify_lead(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of) {
  return find_stage(model, columns, as_of, Judged::not_yet);
}

bool is_in_force(const CompiledModel* model, int criterion, TimestampTz as_of) {
  const Validity& validity = model->validity[criterion];
  return as_of >= validity.from && (!validity.has_end || as_of < validity.until);
}

std::uint32_t find_stage_named(const CompiledModel* model, const char* name) {
  for (int i = 0; name != nullptr && i < model->document->stage_count; ++i) {
    if (strcmp(model->document->stages[i].name, name) == 0) {
      return static_cast<std::uint32_t>(i);
    }
  }
  return model::kNone;
}

void return_stage_explanation(FunctionCallInfo fcinfo, CompiledModel* model, const NullableDatum* columns,
                              TimestampTz as_of) {
  InitMaterializedSRF(fcinfo, 0);
  const StatusCall status = find_status(model, columns, as_of, CurrentMemoryContext);
  const bool is_mapped = status.stage != model::kNone;
  if (status.written != nullptr) {
    const StageColumns stage = columns_of_stage(model, status.stage);
    put_row(fcinfo, {stage.name, stage.number, stage.kind, Column{}, column(status.written),
                     column(is_mapped ? "mapped" : "not mapped"), column(is_mapped)});
  }
  judge_for_rules(model, columns, as_of);
  auto* const answers =
      static_cast<model::Truth*>(palloc0(sizeof(model::Truth) * static_cast<Size>(model->rules.count + 1)));
  if (model->rules.count > 0) {
    with_lead(model, model->rules.needs, columns, as_of, ask_every_rule, answers);
  }
  const std::uint32_t decided =
      is_mapped ? model::kNone
                : model->ladder->stage([answers](std::uint32_t rule) { return answers[rule] == model::Truth::yes; });
  for (const model::Ladder::Question& question : model->ladder->questions()) {
    const StageColumns stage = columns_of_stage(model, question.stage);
    for (std::size_t i = question.first; i < question.last; ++i) {
      const std::uint32_t rule = model->ladder->rules()[i];
      put_row(fcinfo, {stage.name, stage.number, stage.kind, column(model->document->rules[rule].name),
                       column(model->document->rules[rule].title), column(answer_text(answers[rule], "yes", "no")),
                       column(question.stage == decided && answers[rule] == model::Truth::yes)});
    }
  }
}

void return_target_explanation(FunctionCallInfo fcinfo, CompiledModel* model, const NullableDatum* columns,
                               TimestampTz as_of) {
  InitMaterializedSRF(fcinfo, 0);
  judge_score(model, columns, as_of);
  find_verdict(model, columns, as_of, true);
  for (int i = 0; i < model->target_criteria.count; ++i) {
    if (!is_in_force(model, i, as_of)) {
      continue;
    }
    const DocumentTargetCriterion& criterion = model->document->target_criteria[i];
    put_row(fcinfo, {column(criterion.name), column(criterion.title), column(requirement_name(criterion.requirement)),
                     column(answer_text(model->target_answers[i], "pass", "fail")), column(criterion.greeting),
                     column(criterion.greeting_version)});
  }
}

}  // namespace leadscore::pg
