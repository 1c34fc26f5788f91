// The aggregates that judge scores and probabilities by what became of the leads.
#include "core/learn/buckets.hpp"
#include "core/learn/confidence.hpp"
#include "core/learn/gains.hpp"
#include "core/learn/probability_metrics.hpp"
#include "core/learn/ranking.hpp"
#include "pg/composite.hpp"
#include "pg/metric_state.hpp"

namespace leadscore::pg {

namespace {

// A row of the aggregates' input, (score, outcome) and perhaps a parameter; rows with a NULL are ignored.
bool has_null(FunctionCallInfo fcinfo) {
  for (int i = 1; i < PG_NARGS(); ++i) {
    if (PG_ARGISNULL(i)) {
      return true;
    }
  }
  return false;
}

Datum transition(FunctionCallInfo fcinfo, MetricInput input, std::optional<double> parameter) {
  ScoreState* state = state_argument<ScoreState>(fcinfo, 0);
  const double score = PG_GETARG_FLOAT8(1);
  MemoryContext const context = aggregate_context(fcinfo);
  if (state == nullptr) {
    state = make_metric_state<std::uint64_t>(context, input, parameter);
  } else {
    check_same_parameter(state, parameter);
  }
  if (input == MetricInput::probability && !(score >= 0 && score <= 1)) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a probability must lie between 0 and 1"),
             errdetail("One of them is %s.", float8out_internal(score)),
             errhint("Scores on other scales are judged by auc(), ks(), gini(), average_precision() and gains().")));
  }
  add_item(context, state, learn::score_key(score), PG_GETARG_BOOL(2));
  PG_RETURN_POINTER(state);
}

std::optional<double> buckets_argument(FunctionCallInfo fcinfo) {
  const int32 buckets = PG_GETARG_INT32(3);
  core_call([=] {
    learn::check_buckets(buckets);
    return true;
  });
  return buckets;
}

std::optional<double> confidence_argument(FunctionCallInfo fcinfo) {
  const double confidence = PG_GETARG_FLOAT8(3);
  core_call([=] {
    learn::check_confidence(confidence);
    return true;
  });
  return confidence;
}

std::int64_t buckets_of(const ScoreState* state) {
  return state->has_parameter ? static_cast<std::int64_t>(state->parameter) : learn::kUsualBuckets;
}

// The final function of a measure that is one number.
template <class Measure>
Datum number_final(FunctionCallInfo fcinfo, Measure measure) {
  const ScoreState* const state = sorted_state(fcinfo);
  const std::optional<double> result =
      core_call([=]() -> std::optional<double> { return measure(scores_of(state), stop_token()); });
  if (!result) {
    PG_RETURN_NULL();
  }
  PG_RETURN_FLOAT8(*result);
}

// That of a measure that is a table.
template <class Row, class Fill, class Make>
Datum table_final(FunctionCallInfo fcinfo, Fill fill, Make make) {
  const ScoreState* const state = sorted_state(fcinfo);
  const auto buckets = static_cast<std::size_t>(buckets_of(state));
  auto* const rows = static_cast<Row*>(palloc(sizeof(Row) * buckets));
  for (std::size_t i = 0; i < buckets; ++i) {
    new (&rows[i]) Row();
  }
  const std::size_t count =
      core_call([=] { return fill(scores_of(state), std::span<Row>(rows, buckets), stop_token()); });
  return make_row_array(fcinfo, count, [=](TupleDesc type, std::size_t i) { return make(type, rows[i]); });
}

Datum make_gain(TupleDesc type, const learn::Gain& gain) {
  return make_row(type, {column(gain.bucket), column(gain.highest_score), column(gain.lowest_score), column(gain.leads),
                         column(gain.customers), column(gain.rate.estimate), column(gain.rate.lower),
                         column(gain.rate.upper), column(gain.lift), column(gain.cumulative_leads),
                         column(gain.cumulative_customers), column(gain.capture), column(gain.ks)});
}

Datum make_reliability_bucket(TupleDesc type, const learn::ReliabilityBucket& bucket) {
  return make_row(type, {column(bucket.bucket), column(bucket.from), column(bucket.to), column(bucket.leads),
                         column(bucket.customers), column(bucket.mean_probability), column(bucket.rate.estimate),
                         column(bucket.rate.lower), column(bucket.rate.upper)});
}

}  // namespace

}  // namespace leadscore::pg

namespace learn = leadscore::learn;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_metric_transition) {
  if (pg::has_null(fcinfo)) {
    return pg::state_result(fcinfo, pg::state_argument<pg::ScoreState>(fcinfo, 0));
  }
  return pg::transition(fcinfo, pg::MetricInput::score, std::nullopt);
}

LEADSCORE_FUNCTION(leadscore_metric_confidence_transition) {
  if (pg::has_null(fcinfo)) {
    return pg::state_result(fcinfo, pg::state_argument<pg::ScoreState>(fcinfo, 0));
  }
  return pg::transition(fcinfo, pg::MetricInput::score, pg::confidence_argument(fcinfo));
}

LEADSCORE_FUNCTION(leadscore_metric_buckets_transition) {
  if (pg::has_null(fcinfo)) {
    return pg::state_result(fcinfo, pg::state_argument<pg::ScoreState>(fcinfo, 0));
  }
  return pg::transition(fcinfo, pg::MetricInput::score, pg::buckets_argument(fcinfo));
}

LEADSCORE_FUNCTION(leadscore_metric_probability_transition) {
  if (pg::has_null(fcinfo)) {
    return pg::state_result(fcinfo, pg::state_argument<pg::ScoreState>(fcinfo, 0));
  }
  return pg::transition(fcinfo, pg::MetricInput::probability, std::nullopt);
}

LEADSCORE_FUNCTION(leadscore_metric_probability_buckets_transition) {
  if (pg::has_null(fcinfo)) {
    return pg::state_result(fcinfo, pg::state_argument<pg::ScoreState>(fcinfo, 0));
  }
  return pg::transition(fcinfo, pg::MetricInput::probability, pg::buckets_argument(fcinfo));
}

LEADSCORE_FUNCTION(leadscore_metric_merge_transition) {
  auto* const state = pg::state_argument<pg::ScoreState>(fcinfo, 0);
  if (PG_ARGISNULL(1)) {
    return pg::state_result(fcinfo, state);
  }
  const pg::ScoreState* const part = pg::metric_of_bytes<std::uint64_t>(PG_GETARG_BYTEA_PP(1));
  if (part->input != pg::MetricInput::score || part->has_parameter) {
    pg::not_a_metric();
  }
  PG_RETURN_POINTER(pg::merge_metric(pg::aggregate_context(fcinfo), state, part));
}

LEADSCORE_FUNCTION(leadscore_metric_combine) { return pg::combine_metrics<std::uint64_t>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_metric_serialize) {
  pg::aggregate_context(fcinfo);
  PG_RETURN_BYTEA_P(pg::bytes_of_metric(pg::state_argument<pg::ScoreState>(fcinfo, 0)));
}

LEADSCORE_FUNCTION(leadscore_metric_deserialize) {
  pg::aggregate_context(fcinfo);
  PG_RETURN_POINTER(pg::metric_of_bytes<std::uint64_t>(PG_GETARG_BYTEA_PP(0)));
}

LEADSCORE_FUNCTION(leadscore_auc_final) { return pg::number_final(fcinfo, learn::auc); }

LEADSCORE_FUNCTION(leadscore_gini_final) { return pg::number_final(fcinfo, learn::gini); }

LEADSCORE_FUNCTION(leadscore_ks_final) { return pg::number_final(fcinfo, learn::kolmogorov_smirnov); }

LEADSCORE_FUNCTION(leadscore_average_precision_final) { return pg::number_final(fcinfo, learn::average_precision); }

LEADSCORE_FUNCTION(leadscore_brier_final) { return pg::number_final(fcinfo, learn::brier); }

LEADSCORE_FUNCTION(leadscore_log_loss_final) { return pg::number_final(fcinfo, learn::log_loss); }

LEADSCORE_FUNCTION(leadscore_auc_standard_error_final) {
  return pg::number_final(fcinfo, [](const learn::ScoresByOutcome& scores, leadscore::StopToken stop) {
    const std::optional<learn::AucWithError> result = learn::auc_with_error(scores, stop);
    return result ? result->standard_error : std::nullopt;
  });
}

LEADSCORE_FUNCTION(leadscore_auc_interval_final) {
  constexpr double kUsualConfidence = 0.95;
  const pg::ScoreState* const state = pg::sorted_state(fcinfo);
  const double confidence = state->has_parameter ? state->parameter : kUsualConfidence;
  const std::optional<learn::ConfidenceInterval> interval =
      pg::core_call([=] { return learn::auc_interval(pg::scores_of(state), confidence, pg::stop_token()); });
  if (!interval) {
    PG_RETURN_NULL();
  }
  return pg::make_row(pg::result_row(fcinfo), {pg::column(interval->estimate), pg::column(interval->lower),
                                               pg::column(interval->upper), pg::column(confidence)});
}

LEADSCORE_FUNCTION(leadscore_gains_final) { return pg::table_final<learn::Gain>(fcinfo, learn::gains, pg::make_gain); }

LEADSCORE_FUNCTION(leadscore_psi_final) {
  const std::int64_t buckets = pg::buckets_of(pg::state_argument<pg::ScoreState>(fcinfo, 0));
  return pg::number_final(fcinfo, [=](const learn::ScoresByOutcome& values, leadscore::StopToken stop) {
    return learn::population_stability(values, buckets, stop);
  });
}

LEADSCORE_FUNCTION(leadscore_brier_decomposition_final) {
  const pg::ScoreState* const state = pg::sorted_state(fcinfo);
  const std::optional<std::int64_t> buckets =
      state->has_parameter ? std::optional<std::int64_t>(pg::buckets_of(state)) : std::nullopt;
  const std::optional<learn::BrierDecomposition> parts =
      pg::core_call([=] { return learn::brier_decomposition(pg::scores_of(state), buckets, pg::stop_token()); });
  if (!parts) {
    PG_RETURN_NULL();
  }
  return pg::make_row(pg::result_row(fcinfo),
                      {pg::column(parts->brier), pg::column(parts->reliability), pg::column(parts->resolution),
                       pg::column(parts->uncertainty), pg::column(parts->within_buckets)});
}

LEADSCORE_FUNCTION(leadscore_reliability_final) {
  return pg::table_final<learn::ReliabilityBucket>(fcinfo, learn::reliability, pg::make_reliability_bucket);
}

LEADSCORE_FUNCTION(leadscore_expected_calibration_error_final) {
  const std::int64_t buckets = pg::buckets_of(pg::state_argument<pg::ScoreState>(fcinfo, 0));
  return pg::number_final(fcinfo, [=](const learn::ScoresByOutcome& probabilities, leadscore::StopToken stop) {
    return learn::expected_calibration_error(probabilities, buckets, stop);
  });
}
