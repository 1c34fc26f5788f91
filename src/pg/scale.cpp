// The aggregates of parts: a part of what an aggregate knows travels as bytes, and a merge joins parts as the
// aggregate's own workers are joined. One function serves all of them.
#include <cmath>

#include "core/learn/buckets.hpp"
#include "pg/aggregate.hpp"
#include "pg/guard.hpp"
#include "pg/metric_state.hpp"

extern "C" {
Datum leadscore_metric_deserialize(PG_FUNCTION_ARGS);
Datum leadscore_metric_combine(PG_FUNCTION_ARGS);
Datum leadscore_funnel_deserialize(PG_FUNCTION_ARGS);
Datum leadscore_funnel_combine(PG_FUNCTION_ARGS);
}

namespace leadscore::pg {

namespace {

// Calls a support function as the executor would. It is not called through fmgr, so that nothing is looked up in a row.
Datum call_support(PGFunction function, FunctionCallInfo fcinfo, NullableDatum first, NullableDatum second) {
  LOCAL_FCINFO(inner, 2);
  InitFunctionCallInfoData(*inner, fcinfo->flinfo, 2, InvalidOid, fcinfo->context, nullptr);
  inner->args[0] = first;
  inner->args[1] = second;
  return function(inner);
}

// The transition of a merge: the state of the bytes, which `check` may refuse, is joined to the state. A NULL part is
// none.
template <class State>
Datum merge_part(FunctionCallInfo fcinfo, PGFunction deserialize, PGFunction combine, void (*check)(const State*)) {
  if (PG_ARGISNULL(1)) {
    return state_result(fcinfo, state_argument<void>(fcinfo, 0));
  }
  const Datum part = call_support(deserialize, fcinfo, fcinfo->args[1], {0, true});
  check(reinterpret_cast<const State*>(DatumGetPointer(part)));
  return call_support(combine, fcinfo, fcinfo->args[0], {part, false});
}

// The bytes are of the right family. Their input may be another one, and their parameter no number of buckets.
template <MetricInput input>
void check_buckets_part(const ScoreState* part) {
  const double buckets = part->parameter;
  const bool is_number = buckets >= 1 && buckets <= learn::kMostBuckets && buckets == std::floor(buckets);
  if (part->input != input || (part->has_parameter && !is_number)) {
    not_a_metric();
  }
}

template <MetricInput input>
Datum merge_metric_part(FunctionCallInfo fcinfo) {
  return merge_part<ScoreState>(fcinfo, leadscore_metric_deserialize, leadscore_metric_combine,
                                check_buckets_part<input>);
}

}  // namespace

}  // namespace leadscore::pg

namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_metric_merge_buckets_transition) {
  return pg::merge_metric_part<pg::MetricInput::score>(fcinfo);
}

LEADSCORE_FUNCTION(leadscore_metric_merge_probability_transition) {
  return pg::merge_metric_part<pg::MetricInput::probability>(fcinfo);
}

LEADSCORE_FUNCTION(leadscore_funnel_merge_transition) {
  return pg::merge_part<void>(fcinfo, leadscore_funnel_deserialize, leadscore_funnel_combine, [](const void*) {});
}
