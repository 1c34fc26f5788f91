// The aggregates over the stages of leads, one row being one lead: how many have come how far, how long it takes, what
// is to come.
#include "core/funnel/stage_chain.hpp"
#include "core/funnel/stage_conversion.hpp"
#include "core/funnel/stage_counts.hpp"
#include "core/funnel/stage_times.hpp"
#include "pg/core_state.hpp"
#include "pg/model_document.hpp"
#include "pg/stage_arguments.hpp"

namespace leadscore::pg {

namespace {

using funnel::StageChain;
using funnel::StageConversion;
using funnel::StageCounts;
using funnel::StageOutcomes;
using funnel::StageTimes;

template <class Statistic>
Datum stage_transition(FunctionCallInfo fcinfo) {
  auto* statistic = state_argument<Statistic>(fcinfo, 0);
  const std::span<const funnel::StageVisit> visits = visits_argument(fcinfo, 1);
  const funnel::StageQuestion question = question_arguments(fcinfo, 2);
  if (statistic == nullptr) {
    statistic = make_core_state<Statistic>(aggregate_context(fcinfo), question);
  }
  core_call([&] {
    funnel::check_same(statistic->question(), question);
    statistic->add(visits);
    return true;
  });
  PG_RETURN_POINTER(statistic);
}

template <class Statistic>
Datum stage_combine(FunctionCallInfo fcinfo) {
  return combine_core_states<Statistic>(fcinfo, [](MemoryContext context, const Statistic& other) {
    return make_core_state<Statistic>(context, other.question());
  });
}

template <class Statistic>
Datum stage_deserialize(FunctionCallInfo fcinfo) {
  aggregate_context(fcinfo);
  StateReader reader(span_of(PG_GETARG_BYTEA_PP(0)));
  const std::optional<funnel::StageQuestion> question = core_call([&] { return Statistic::read_question(reader); });
  if (!question) {
    not_a_state("this statistic");
  }
  auto* const statistic = make_core_state<Statistic>(CurrentMemoryContext, *question);
  const bool is_read = core_call([&] {
    StopToken stop = stop_token();
    return statistic->read(reader, stop);
  });
  if (!is_read) {
    not_a_state("this statistic");
  }
  PG_RETURN_POINTER(statistic);
}

Datum make_count(TupleDesc type, const funnel::StageCount& row) {
  return make_row(type, {column(row.stage_no), column(stage_kind_name(row.kind)), column(row.leads),
                         column(row.reached), column(row.visited), column(row.strict), column(row.current),
                         column(row.entries), column(row.returned), column(row.lost)});
}

Datum make_conversion_step(TupleDesc type, const funnel::StageConversionStep& row) {
  return make_row(type,
                  {column(row.stage_no), column(row.next_stage_no), column(row.entered), column(row.converted),
                   column(row.rate.estimate), column(row.rate.lower), column(row.rate.upper), column(row.first_entered),
                   column(row.rate_of_first.estimate), column(row.rate_of_first.lower), column(row.rate_of_first.upper),
                   column(row.mature_entered), column(row.mature_converted), column(row.mature_rate.estimate),
                   column(row.mature_rate.lower), column(row.mature_rate.upper), column(row.is_mature())});
}

Datum make_time(TupleDesc type, const funnel::StageTime& row) {
  return make_row(type, {column(row.stage_no), column(row.visits), column(row.open_visits), column(row.median_days),
                         column(row.p75_days), column(row.p90_days), column(row.mean_closed_days)});
}

Datum make_outcome(TupleDesc type, const funnel::StageOutcome& row) {
  return make_row(type, {column(row.stage_no), column(row.entered), column(row.won), column(row.lost), column(row.open),
                         column(row.won_incidence), column(row.won_interval.lower), column(row.won_interval.upper),
                         column(row.lost_incidence), column(row.lost_interval.lower), column(row.lost_interval.upper),
                         column(row.still_open), column(row.median_days_to_won)});
}

Datum make_transition(TupleDesc type, const funnel::StageTransition& row) {
  return make_row(type,
                  {column(row.from_stage_no), column(row.to_stage_no), column(row.transitions), column(row.departures),
                   column(row.probability.estimate), column(row.probability.lower), column(row.probability.upper)});
}

Datum make_forecast(TupleDesc type, const funnel::StageForecast& row) {
  return make_row(type, {column(row.stage_no), column(row.expected_visits), column(row.expected_days_left),
                         column(row.won_probability), column(row.lost_probability)});
}

}  // namespace

}  // namespace leadscore::pg

namespace funnel = leadscore::funnel;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_stage_counts_transition) { return pg::stage_transition<pg::StageCounts>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_stage_counts_combine) { return pg::stage_combine<pg::StageCounts>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_stage_counts_serialize) { return pg::serialize_core_state<pg::StageCounts>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_stage_counts_deserialize) { return pg::stage_deserialize<pg::StageCounts>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_stage_counts_final) {
  const auto* const counts = pg::state_argument<pg::StageCounts>(fcinfo, 0);
  return pg::core_rows<funnel::StageCount>(
      fcinfo, counts->question().kinds.size(),
      [=](std::span<funnel::StageCount> rows, leadscore::StopToken& /*stop*/, std::pmr::memory_resource* /*scratch*/) {
        return counts->write_rows(rows);
      },
      pg::make_count);
}

LEADSCORE_FUNCTION(leadscore_stage_conversion_transition) { return pg::stage_transition<pg::StageConversion>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_stage_conversion_combine) { return pg::stage_combine<pg::StageConversion>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_stage_conversion_serialize) {
  return pg::serialize_core_state<pg::StageConversion>(fcinfo);
}

LEADSCORE_FUNCTION(leadscore_stage_conversion_deserialize) {
  return pg::stage_deserialize<pg::StageConversion>(fcinfo);
}

LEADSCORE_FUNCTION(leadscore_stage_conversion_final) {
  const auto* const conversion = pg::state_argument<pg::StageConversion>(fcinfo, 0);
  return pg::core_rows<funnel::StageConversionStep>(
      fcinfo, conversion->question().kinds.size(),
      [=](std::span<funnel::StageConversionStep> rows, leadscore::StopToken& /*stop*/,
          std::pmr::memory_resource* /*scratch*/) { return conversion->write_rows(rows); },
      pg::make_conversion_step);
}

LEADSCORE_FUNCTION(leadscore_time_in_stage_transition) { return pg::stage_transition<pg::StageTimes>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_time_in_stage_combine) { return pg::stage_combine<pg::StageTimes>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_time_in_stage_serialize) { return pg::serialize_core_state<pg::StageTimes>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_time_in_stage_deserialize) { return pg::stage_deserialize<pg::StageTimes>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_time_in_stage_final) {
  auto* const times = pg::state_argument<pg::StageTimes>(fcinfo, 0);
  return pg::core_rows<funnel::StageTime>(
      fcinfo, times->question().kinds.size(),
      [=](std::span<funnel::StageTime> rows, leadscore::StopToken& stop, std::pmr::memory_resource* scratch) {
        return times->write_rows(rows, stop, scratch);
      },
      pg::make_time);
}

LEADSCORE_FUNCTION(leadscore_stage_outcome_transition) { return pg::stage_transition<pg::StageOutcomes>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_stage_outcome_combine) { return pg::stage_combine<pg::StageOutcomes>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_stage_outcome_serialize) { return pg::serialize_core_state<pg::StageOutcomes>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_stage_outcome_deserialize) { return pg::stage_deserialize<pg::StageOutcomes>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_stage_outcome_final) {
  auto* const outcomes = pg::state_argument<pg::StageOutcomes>(fcinfo, 0);
  return pg::core_rows<funnel::StageOutcome>(
      fcinfo, outcomes->question().kinds.size(),
      [=](std::span<funnel::StageOutcome> rows, leadscore::StopToken& stop, std::pmr::memory_resource* scratch) {
        return outcomes->write_rows(rows, stop, scratch);
      },
      pg::make_outcome);
}

LEADSCORE_FUNCTION(leadscore_stage_chain_transition) { return pg::stage_transition<pg::StageChain>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_stage_chain_combine) { return pg::stage_combine<pg::StageChain>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_stage_chain_serialize) { return pg::serialize_core_state<pg::StageChain>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_stage_chain_deserialize) { return pg::stage_deserialize<pg::StageChain>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_stage_transitions_final) {
  const auto* const chain = pg::state_argument<pg::StageChain>(fcinfo, 0);
  return pg::core_rows<funnel::StageTransition>(
      fcinfo, chain->most_transitions(),
      [=](std::span<funnel::StageTransition> rows, leadscore::StopToken& /*stop*/,
          std::pmr::memory_resource* /*scratch*/) { return chain->write_transitions(rows); },
      pg::make_transition);
}

LEADSCORE_FUNCTION(leadscore_stage_forecast_final) {
  const auto* const chain = pg::state_argument<pg::StageChain>(fcinfo, 0);
  return pg::core_rows<funnel::StageForecast>(
      fcinfo, chain->question().kinds.size(),
      [=](std::span<funnel::StageForecast> rows, leadscore::StopToken& stop, std::pmr::memory_resource* scratch) {
        return chain->write_forecast(rows, stop, scratch);
      },
      pg::make_forecast);
}
