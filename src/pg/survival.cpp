// The aggregates kaplan_meier and cumulative_incidence: how long it takes, when some have not come to an end yet.
#include "core/funnel/duration_sample.hpp"
#include "pg/core_state.hpp"
#include "pg/stored_text.hpp"

namespace leadscore::pg {

namespace {

using funnel::IncidenceSample;
using funnel::SurvivalSample;

// What fits into a value of 1 GB with room to spare.
constexpr std::size_t kMostPoints = 5'000'000;

struct IncidencePoint {
  std::uint64_t duration = 0;
  std::uint32_t outcome = 0;
  std::uint64_t at_risk = 0;
  std::uint64_t ended = 0;
  double incidence = 0;
  double standard_error = 0;
  funnel::ProbabilityInterval interval;
};

// How often `curve` can go on.
template <class Sample, class Curve>
std::size_t length_of(Sample* sample, Curve curve_of) {
  MemoryContext const context = CurrentMemoryContext;
  return core_call([=] {
    ContextResource scratch(context);
    StopToken stop = stop_token();
    auto curve = curve_of(*sample, stop, &scratch);
    std::size_t length = 0;
    while (curve.next(stop)) {
      ++length;
    }
    return length;
  });
}

void check_points(std::size_t points, std::size_t point_size) {
  if (points > kMostPoints || points * point_size > MaxAllocSize) {
    ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("a curve of more than %zu points", kMostPoints),
                    errhint("Round the durations, to days, say.")));
  }
}

template <class Sample>
Sample* deserialize_sample(FunctionCallInfo fcinfo) {
  aggregate_context(fcinfo);
  const std::span<const std::byte> bytes = span_of(PG_GETARG_BYTEA_PP(0));
  auto* const sample = make_core_state<Sample>(CurrentMemoryContext);
  const bool is_read = core_call([=] {
    StopToken stop = stop_token();
    return sample->read(bytes, stop);
  });
  if (!is_read) {
    not_a_state("a sample of durations");
  }
  return sample;
}

template <class Sample>
Datum combine_samples(FunctionCallInfo fcinfo) {
  return combine_core_states<Sample>(
      fcinfo, [](MemoryContext context, const Sample& /*other*/) { return make_core_state<Sample>(context); });
}

std::size_t write_survival(SurvivalSample* sample, std::span<funnel::SurvivalPoint> rows, StopToken& stop,
                           std::pmr::memory_resource* scratch) {
  funnel::SurvivalCurve curve = sample->curve(stop, scratch);
  std::size_t count = 0;
  while (curve.next(stop)) {
    rows[count++] = curve.point();
  }
  return count;
}

std::size_t write_incidence(IncidenceSample* sample, std::span<IncidencePoint> rows, StopToken& stop,
                            std::pmr::memory_resource* scratch) {
  const auto outcomes = sample->in_order(scratch);
  funnel::IncidenceCurves curves = sample->curves(stop, scratch);
  std::size_t count = 0;
  while (curves.next(stop)) {
    for (const std::uint32_t outcome : outcomes) {
      const double incidence = curves.incidence(outcome);
      const double standard_error = curves.standard_error(outcome);
      rows[count++] = {.duration = curves.duration(),
                       .outcome = outcome,
                       .at_risk = curves.at_risk(),
                       .ended = curves.ended(outcome),
                       .incidence = incidence,
                       .standard_error = standard_error,
                       .interval = funnel::log_log_interval(incidence, standard_error)};
    }
  }
  return count;
}

Datum make_survival_point(TupleDesc type, const funnel::SurvivalPoint& point) {
  return make_row(type, {column(funnel::days_of_duration(point.duration)), column(point.at_risk), column(point.ended),
                         column(point.censored), column(point.survival), column(point.interval.lower),
                         column(point.interval.upper)});
}

Datum make_incidence_point(TupleDesc type, const IncidenceSample* sample, const IncidencePoint& point) {
  return make_row(type, {column(funnel::days_of_duration(point.duration)), column(sample->outcome(point.outcome)),
                         column(point.at_risk), column(point.ended), column(point.incidence),
                         column(point.standard_error), column(point.interval.lower), column(point.interval.upper)});
}

}  // namespace

}  // namespace leadscore::pg

namespace funnel = leadscore::funnel;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_kaplan_meier_transition) {
  auto* sample = pg::state_argument<pg::SurvivalSample>(fcinfo, 0);
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) {
    return pg::state_result(fcinfo, sample);
  }
  const double days = PG_GETARG_FLOAT8(1);
  const bool has_ended = PG_GETARG_BOOL(2);
  if (sample == nullptr) {
    sample = pg::make_core_state<pg::SurvivalSample>(pg::aggregate_context(fcinfo));
  }
  pg::core_call([=] {
    sample->add(days, has_ended);
    return true;
  });
  PG_RETURN_POINTER(sample);
}

LEADSCORE_FUNCTION(leadscore_kaplan_meier_combine) { return pg::combine_samples<pg::SurvivalSample>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_kaplan_meier_serialize) { return pg::serialize_core_state<pg::SurvivalSample>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_kaplan_meier_deserialize) {
  PG_RETURN_POINTER(pg::deserialize_sample<pg::SurvivalSample>(fcinfo));
}

LEADSCORE_FUNCTION(leadscore_kaplan_meier_final) {
  auto* const sample = pg::state_argument<pg::SurvivalSample>(fcinfo, 0);
  const std::size_t points =
      pg::length_of(sample, [](auto& each, auto& stop, auto* scratch) { return each.curve(stop, scratch); });
  pg::check_points(points, 1);
  return pg::core_rows<funnel::SurvivalPoint>(
      fcinfo, points,
      [=](auto rows, auto& stop, auto* scratch) { return pg::write_survival(sample, rows, stop, scratch); },
      pg::make_survival_point);
}

LEADSCORE_FUNCTION(leadscore_cumulative_incidence_transition) {
  auto* sample = pg::state_argument<pg::IncidenceSample>(fcinfo, 0);
  if (PG_ARGISNULL(1)) {
    return pg::state_result(fcinfo, sample);
  }
  const double days = PG_GETARG_FLOAT8(1);
  const std::optional<std::string_view> outcome =
      PG_ARGISNULL(2) ? std::nullopt : std::optional(pg::view_of(PG_GETARG_TEXT_PP(2)));
  if (sample == nullptr) {
    sample = pg::make_core_state<pg::IncidenceSample>(pg::aggregate_context(fcinfo));
  }
  pg::core_call([=] {
    sample->add(days, outcome);
    return true;
  });
  PG_RETURN_POINTER(sample);
}

LEADSCORE_FUNCTION(leadscore_cumulative_incidence_combine) { return pg::combine_samples<pg::IncidenceSample>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_cumulative_incidence_serialize) {
  return pg::serialize_core_state<pg::IncidenceSample>(fcinfo);
}

LEADSCORE_FUNCTION(leadscore_cumulative_incidence_deserialize) {
  const auto* const sample = pg::deserialize_sample<pg::IncidenceSample>(fcinfo);
  for (std::uint32_t number = 0; number < sample->outcomes(); ++number) {
    const std::string_view outcome = sample->outcome(number);
    if (!pg_verifymbstr(outcome.data(), static_cast<int>(outcome.size()), true)) {
      pg::not_a_state("a sample of durations");
    }
  }
  PG_RETURN_POINTER(sample);
}

LEADSCORE_FUNCTION(leadscore_cumulative_incidence_final) {
  constexpr std::size_t kPointSize = 128;  // without its outcome
  auto* const sample = pg::state_argument<pg::IncidenceSample>(fcinfo, 0);
  std::size_t outcome_size = 0;
  for (std::uint32_t number = 0; number < sample->outcomes(); ++number) {
    outcome_size = std::max(outcome_size, sample->outcome(number).size());
  }
  const std::size_t points =
      pg::length_of(sample, [](auto& each, auto& stop, auto* scratch) { return each.curves(stop, scratch); }) *
      sample->outcomes();
  pg::check_points(points, kPointSize + outcome_size);
  return pg::core_rows<pg::IncidencePoint>(
      fcinfo, points,
      [=](auto rows, auto& stop, auto* scratch) { return pg::write_incidence(sample, rows, stop, scratch); },
      [=](TupleDesc type, const pg::IncidencePoint& point) { return pg::make_incidence_point(type, sample, point); });
}
