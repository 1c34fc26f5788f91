// The SQL functions over conversions: has one dropped, how strong is the evidence, is it the mix or the rate.
#include "core/funnel/conversion_drop.hpp"
#include "core/funnel/drop_e_value.hpp"
#include "core/funnel/mix_or_rate.hpp"
#include "pg/core_state.hpp"

namespace leadscore::pg {

namespace {

const char* name_of(funnel::ConversionVerdict verdict) {
  switch (verdict) {
    case funnel::ConversionVerdict::drop:
      return "drop";
    case funnel::ConversionVerdict::rise:
      return "rise";
    case funnel::ConversionVerdict::same:
      return "same";
    case funnel::ConversionVerdict::too_little_data:
      break;
  }
  return "too_little_data";
}

const char* name_of(const std::optional<funnel::ChangeVerdict>& verdict) {
  if (!verdict) {
    return nullptr;
  }
  switch (*verdict) {
    case funnel::ChangeVerdict::mix:
      return "mix";
    case funnel::ChangeVerdict::rate:
      return "rate";
    case funnel::ChangeVerdict::both:
      return "both";
    case funnel::ChangeVerdict::neither:
      break;
  }
  return "neither";
}

Column count_column(std::int64_t count) { return column(static_cast<std::uint64_t>(count)); }

}  // namespace

}  // namespace leadscore::pg

namespace funnel = leadscore::funnel;
namespace learn = leadscore::learn;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_conversion_drop) {
  const funnel::Conversion baseline{.successes = PG_GETARG_INT64(0), .trials = PG_GETARG_INT64(1)};
  const funnel::Conversion current{.successes = PG_GETARG_INT64(2), .trials = PG_GETARG_INT64(3)};
  const double confidence = PG_GETARG_FLOAT8(4);
  const funnel::ConversionDrop result =
      pg::core_call([=] { return funnel::conversion_drop(baseline, current, confidence, pg::stop_token()); });
  return pg::make_row(
      pg::result_row(fcinfo),
      {pg::column(result.rates.rate_2), pg::column(result.rates.rate_1), pg::column(result.rates.difference.estimate),
       pg::column(result.rates.difference.lower), pg::column(result.rates.difference.upper), pg::column(confidence),
       pg::column(result.rates.z), pg::column(result.p_value), pg::column(result.mid_p_value),
       pg::column(learn::name_of(result.rates.method)), pg::column(result.smallest_drop),
       pg::column(pg::name_of(result.verdict))});
}

LEADSCORE_FUNCTION(leadscore_drop_e_value) {
  const int64 successes = PG_GETARG_INT64(0);
  const int64 trials = PG_GETARG_INT64(1);
  const double baseline_rate = PG_GETARG_FLOAT8(2);
  PG_RETURN_FLOAT8(
      pg::core_call([=] { return funnel::drop_e_value(successes, trials, baseline_rate, pg::stop_token()); }));
}

LEADSCORE_FUNCTION(leadscore_drop_e_value_of_counts) {
  const int64 baseline_successes = PG_GETARG_INT64(0);
  const int64 baseline_trials = PG_GETARG_INT64(1);
  const int64 successes = PG_GETARG_INT64(2);
  const int64 trials = PG_GETARG_INT64(3);
  const double confidence = PG_GETARG_FLOAT8(4);
  const std::optional<double> e_value = pg::core_call([=] {
    return funnel::drop_e_value(baseline_successes, baseline_trials, successes, trials, confidence, pg::stop_token());
  });
  if (!e_value) {
    PG_RETURN_NULL();
  }
  PG_RETURN_FLOAT8(*e_value);
}

LEADSCORE_FUNCTION(leadscore_mix_or_rate_transition) {
  auto* state = pg::state_argument<funnel::SegmentCounts>(fcinfo, 0);
  MemoryContext const context = pg::aggregate_context(fcinfo);
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3) || PG_ARGISNULL(4)) {
    return pg::state_result(fcinfo, state);
  }
  const funnel::Segment segment{.baseline_successes = PG_GETARG_INT64(1),
                                .baseline_trials = PG_GETARG_INT64(2),
                                .current_successes = PG_GETARG_INT64(3),
                                .current_trials = PG_GETARG_INT64(4)};
  if (state == nullptr) {
    state = pg::make_core_state<funnel::SegmentCounts>(context);
  }
  pg::core_call([=] {
    state->add(segment);
    return true;
  });
  PG_RETURN_POINTER(state);
}

LEADSCORE_FUNCTION(leadscore_mix_or_rate_combine) {
  return pg::combine_core_states<funnel::SegmentCounts>(fcinfo, [](MemoryContext context, const auto& /*like*/) {
    return pg::make_core_state<funnel::SegmentCounts>(context);
  });
}

LEADSCORE_FUNCTION(leadscore_mix_or_rate_serialize) { return pg::serialize_core_state<funnel::SegmentCounts>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_mix_or_rate_deserialize) {
  pg::aggregate_context(fcinfo);
  const std::span<const std::byte> bytes = pg::span_of(PG_GETARG_BYTEA_PP(0));
  auto* const state = pg::make_core_state<funnel::SegmentCounts>(CurrentMemoryContext);
  const bool is_read = pg::core_call([=] {
    leadscore::StopToken stop = pg::stop_token();
    return state->read(bytes, stop);
  });
  if (!is_read) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
                    errmsg("these bytes are not a state of leadscore.mix_or_rate()")));
  }
  PG_RETURN_POINTER(state);
}

LEADSCORE_FUNCTION(leadscore_mix_or_rate_final) {
  auto* const state = pg::state_argument<funnel::SegmentCounts>(fcinfo, 0);
  const funnel::MixOrRate result =
      pg::core_call([=] { return funnel::mix_or_rate(state->in_order(), pg::stop_token()); });
  return pg::make_row(
      pg::result_row(fcinfo),
      {pg::count_column(static_cast<std::int64_t>(result.segments)), pg::count_column(result.total.baseline_successes),
       pg::count_column(result.total.baseline_trials), pg::count_column(result.total.current_successes),
       pg::count_column(result.total.current_trials), pg::column(result.baseline_rate), pg::column(result.current_rate),
       pg::column(result.change), pg::column(result.mix_change), pg::column(result.rate_change), pg::column(result.z),
       pg::column(result.p_value), pg::column(result.cmh_z), pg::column(result.cmh_p_value),
       pg::column(pg::name_of(result.verdict))});
}
