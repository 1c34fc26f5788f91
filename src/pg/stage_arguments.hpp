// Arguments of the functions over the stages of leads.
#pragma once

#include "core/funnel/stage_question.hpp"
#include "core/funnel/stage_visits.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// The visits of a leadscore.stage_visit[], ordered, in the current memory context: none for NULL. Elements without a
/// stage, or without a finite time, are left out.
std::span<const funnel::StageVisit> visits_argument(FunctionCallInfo fcinfo, int argument);

/// What the arguments from `first` on ask: kinds, as_of and matures_after, as many as the function has. Raises 22004
/// (null_value_not_allowed) for NULL, 22023 (invalid_parameter_value) for what makes no sense.
funnel::StageQuestion question_arguments(FunctionCallInfo fcinfo, int first);

}  // namespace leadscore::pg
