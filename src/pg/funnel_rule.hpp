// The window and the modes of a funnel as SQL's arguments.
#pragma once

#include "core/funnel/funnel_rule.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// The rule of the arguments 1 (within interval) and 2 (mode text) of a transition function, read once as long as they
/// stay the same. Raises 22004 where one is NULL, 22023 for a window that is negative or has months, or an unknown
/// mode.
funnel::FunnelRule funnel_rule_argument(FunctionCallInfo fcinfo);

/// The rule of an interval and a text. Raises as funnel_rule_argument().
funnel::FunnelRule funnel_rule_of(NullableDatum within, NullableDatum mode);

/// The number of a step, which is 0 where it is NULL. Raises 22023 for one that there cannot be.
int funnel_step_of(NullableDatum step);

}  // namespace leadscore::pg
