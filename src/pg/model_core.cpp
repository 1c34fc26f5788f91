#include "pg/model_core.hpp"

#include "pg/guard.hpp"
#include "pg/memory.hpp"

namespace leadscore::pg {

bool build_core(CompiledModel* model, const model::ScorecardDefinition& definition,
                model::Band* const (&bands)[kBandKinds]) {
  model->scorecard = make_in_context<model::Scorecard>(model->context, definition, model->memory);
  model->sums = make_in_context<std::pmr::vector<model::PointCount>>(model->context, model->scorecard->group_count(),
                                                                     model->memory)
                    ->data();
  model->tally = make_in_context<model::Tally>(model->context, *model->scorecard, model->memory);
  for (int kind = 0; kind < kBandKinds; ++kind) {
    const std::span<const model::Band> defined{bands[kind],
                                               static_cast<std::size_t>(model->document->band_counts[kind])};
    model->bands[kind] = make_in_context<model::BandLadder>(model->context, defined, model->memory);
  }
  return true;
}

bool build_ladder(CompiledModel* model, std::span<const model::Stage> stages,
                  std::span<const std::uint32_t> stage_of_rule, std::span<const model::MappedStatus> statuses) {
  model->ladder = make_in_context<model::Ladder>(model->context, stages, stage_of_rule, model->memory);
  std::pmr::vector<const model::Condition*> conditions(model->memory);
  for (int i = 0; i < model->rules.count; ++i) {
    conditions.push_back(model->rules.conditions[i].native);
  }
  model->decision = make_in_context<model::Decision>(model->context, *model->ladder, conditions, model->memory);
  model->status_map = make_in_context<model::StatusMap>(model->context, statuses, model->memory);
  return true;
}

const model::ScorePlan* plan_score(const CompiledModel* model, MemoryContext context, bool with_late_constants) {
  const auto count = static_cast<std::size_t>(model->document->criterion_count);
  auto* const memory = make_in_context<ContextResource>(context, context);
  std::pmr::vector<const model::Condition*> conditions(count, nullptr, memory);
  for (std::size_t i = 0; i < count; ++i) {
    const ExpressionProgram& condition = model->criteria[i].condition;
    conditions[i] = condition.late_count == 0 || with_late_constants ? condition.native : nullptr;
  }
  StopToken stop = stop_token();
  return make_in_context<model::ScorePlan>(context, *model->scorecard, conditions, memory, stop);
}

}  // namespace leadscore::pg
