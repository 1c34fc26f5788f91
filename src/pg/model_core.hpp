// Makes the core's objects of a compiled model. These functions own C++ objects and may throw, so they raise no errors
// of PostgreSQL: call them by core_call().
#pragma once

#include "pg/model_compile.hpp"

namespace leadscore::pg {

/// Makes the scorecard, the bands and the room for its sums. Returns true.
bool build_core(CompiledModel* model, const model::ScorecardDefinition& definition,
                model::Band* const (&bands)[kBandKinds]);

/// Makes the ladder of stages, the decision by its rules and the map of statuses. Returns true.
bool build_ladder(CompiledModel* model, std::span<const model::Stage> stages,
                  std::span<const std::uint32_t> stage_of_rule, std::span<const model::MappedStatus> statuses);

/// Makes the plan that adds up the score, in a context, with conditions that have late constants or without.
const model::ScorePlan* plan_score(const CompiledModel* model, MemoryContext context, bool with_late_constants);

}  // namespace leadscore::pg
