// The aggregate auc_difference: which of two scores ranks the same leads better.
#include "core/learn/auc_difference.hpp"

#include "core/learn/confidence.hpp"
#include "pg/composite.hpp"
#include "pg/metric_state.hpp"

namespace learn = leadscore::learn;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_auc_difference_transition) {
  auto* state = pg::state_argument<pg::PairState>(fcinfo, 0);
  const bool has_confidence = PG_NARGS() > 4;
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3) || (has_confidence && PG_ARGISNULL(4))) {
    return pg::state_result(fcinfo, state);
  }
  std::optional<double> confidence;
  if (has_confidence) {
    confidence = PG_GETARG_FLOAT8(4);
    pg::core_call([=] {
      learn::check_confidence(*confidence);
      return true;
    });
  }
  MemoryContext const context = pg::aggregate_context(fcinfo);
  if (state == nullptr) {
    state = pg::make_metric_state<learn::ScorePair>(context, pg::MetricInput::score_pair, confidence);
  } else {
    pg::check_same_parameter(state, confidence);
  }
  pg::add_item(context, state, {learn::score_key(PG_GETARG_FLOAT8(1)), learn::score_key(PG_GETARG_FLOAT8(2))},
               PG_GETARG_BOOL(3));
  PG_RETURN_POINTER(state);
}

LEADSCORE_FUNCTION(leadscore_auc_difference_combine) { return pg::combine_metrics<learn::ScorePair>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_auc_difference_serialize) {
  pg::aggregate_context(fcinfo);
  PG_RETURN_BYTEA_P(pg::bytes_of_metric(pg::state_argument<pg::PairState>(fcinfo, 0)));
}

LEADSCORE_FUNCTION(leadscore_auc_difference_deserialize) {
  pg::aggregate_context(fcinfo);
  PG_RETURN_POINTER(pg::metric_of_bytes<learn::ScorePair>(PG_GETARG_BYTEA_PP(0)));
}

LEADSCORE_FUNCTION(leadscore_auc_difference_final) {
  constexpr double kUsualConfidence = 0.95;
  const auto* const state = pg::state_argument<pg::PairState>(fcinfo, 0);
  const double confidence = state->has_parameter ? state->parameter : kUsualConfidence;
  const std::optional<learn::AucDifference> result = pg::core_call([=] {
    return learn::auc_difference({state->customers.span(), state->others.span()}, confidence, pg::stop_token());
  });
  if (!result) {
    PG_RETURN_NULL();
  }
  return pg::make_row(
      pg::result_row(fcinfo),
      {pg::column(result->auc_a), pg::column(result->auc_b), pg::column(result->difference), pg::column(result->lower),
       pg::column(result->upper), pg::column(confidence), pg::column(result->z), pg::column(result->p_value)});
}
