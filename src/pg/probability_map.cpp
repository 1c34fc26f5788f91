// The aggregates isotonic and platt: what scores have come to mean.
#include "core/learn/probability_map.hpp"

#include <algorithm>

#include "pg/composite.hpp"
#include "pg/memory.hpp"
#include "pg/metric_state.hpp"

namespace learn = leadscore::learn;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_isotonic_final) {
  const pg::ScoreState* const state = pg::sorted_state(fcinfo);
  MemoryContext const context = CurrentMemoryContext;
  const std::span<const learn::IsotonicStep> steps = pg::core_call([=] {
    pg::ContextResource memory(context);
    leadscore::StopToken stop = pg::stop_token();
    const auto found = learn::isotonic(pg::scores_of(state), &memory, stop);
    auto* const copy = static_cast<learn::IsotonicStep*>(
        pg::allocate_in_context(context, sizeof(learn::IsotonicStep) * (found.size() + 1)));
    std::uninitialized_copy(found.begin(), found.end(), copy);
    return std::span<const learn::IsotonicStep>(copy, found.size());
  });
  if (steps.empty()) {
    PG_RETURN_NULL();
  }
  return pg::make_row_array(fcinfo, steps.size(), [=](TupleDesc type, std::size_t i) {
    const learn::IsotonicStep& step = steps[i];
    return pg::make_row(type, {pg::column(step.score_from), pg::column(step.probability), pg::column(step.leads),
                               pg::column(step.customers), pg::column(step.rate.estimate), pg::column(step.rate.lower),
                               pg::column(step.rate.upper)});
  });
}

LEADSCORE_FUNCTION(leadscore_platt_final) {
  const pg::ScoreState* const state = pg::sorted_state(fcinfo);
  const std::optional<learn::PlattCurve> curve = pg::core_call([=] {
    leadscore::StopToken stop = pg::stop_token();
    return learn::platt(pg::scores_of(state), stop);
  });
  if (!curve) {
    PG_RETURN_NULL();
  }
  return pg::make_row(pg::result_row(fcinfo), {pg::column(curve->intercept), pg::column(curve->slope)});
}
