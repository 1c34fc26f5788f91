// Any bytes as a state of a statistic over stages or durations: they are refused, or the state says something and is
// written as the same bytes again. The format and the check sum are put right, or hardly anything would get past them.
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/error.hpp"
#include "core/funnel/duration_sample.hpp"
#include "core/funnel/stage_chain.hpp"
#include "core/funnel/stage_conversion.hpp"
#include "core/funnel/stage_counts.hpp"
#include "core/funnel/stage_times.hpp"
#include "core/state_bytes.hpp"
#include "fuzz_input.hpp"

namespace {

using namespace leadscore;
using namespace leadscore::funnel;
using leadscore::fuzz::require;
using Bytes = std::vector<std::byte>;

std::pmr::memory_resource* memory() { return std::pmr::new_delete_resource(); }

template <class State>
Bytes bytes_of(const State& state) {
  StopToken stop;
  Bytes bytes(state.byte_size());
  state.write(bytes, stop);
  return bytes;
}

// The input in place of what follows the format of `empty`.
template <class State>
Bytes as_state(const State& empty, std::span<const std::uint8_t> input) {
  Bytes bytes = bytes_of(empty);
  bytes.resize(kFormatBytes);
  for (const std::uint8_t byte : input) {
    bytes.push_back(static_cast<std::byte>(byte));
  }
  const std::uint32_t check_sum = crc32(bytes);
  bytes.resize(bytes.size() + kCheckSumBytes);
  StateWriter(std::span<std::byte>(bytes).last(kCheckSumBytes)).put(check_sum, kCheckSumBytes);
  return bytes;
}

bool is_probability(double number) { return number >= -1e-9 && number <= 1 + 1e-9; }

template <class Statistic, class Say>
void check_statistic(std::span<const std::uint8_t> input, Say say) {
  StopToken stop;
  const Bytes bytes = as_state(Statistic(StageQuestion(), memory()), input);
  StateReader reader(bytes);
  const std::optional<StageQuestion> question = Statistic::read_question(reader);
  if (!question) {
    return;
  }
  Statistic statistic(*question, memory());
  if (!statistic.read(reader, stop)) {
    return;
  }
  require(bytes_of(statistic) == bytes, "a state is written as it was read");
  Statistic merged(*question, memory());
  merged.merge(statistic, stop);
  require(bytes_of(merged) == bytes, "an empty state adds nothing");
  say(statistic, stop);
}

void say_counts(StageCounts& counts, StopToken& /*stop*/) {
  std::vector<StageCount> rows(counts.question().kinds.size());
  require(counts.write_rows(rows) <= rows.size(), "a row a stage");
}

void say_conversion(StageConversion& conversion, StopToken& /*stop*/) {
  std::vector<StageConversionStep> rows(conversion.question().kinds.size());
  rows.resize(conversion.write_rows(rows));
  for (const StageConversionStep& row : rows) {
    require(row.rate.lower <= row.rate.upper && is_probability(row.rate.upper), "rates have intervals");
  }
}

void say_times(StageTimes& times, StopToken& stop) {
  std::vector<StageTime> rows(times.question().kinds.size());
  rows.resize(times.write_rows(rows, stop, memory()));
  for (const StageTime& row : rows) {
    require(row.open_visits <= row.visits && row.median_days <= row.p75_days.value_or(1e300), "quantiles ascend");
  }
}

void say_outcomes(StageOutcomes& outcomes, StopToken& stop) {
  std::vector<StageOutcome> rows(outcomes.question().kinds.size());
  rows.resize(outcomes.write_rows(rows, stop, memory()));
  for (const StageOutcome& row : rows) {
    require(row.entered == 0 || is_probability(*row.won_incidence + *row.lost_incidence), "shares are shares");
  }
}

// Counts that no leads can have had give no probabilities; but they must not do harm.
void say_chain(StageChain& chain, StopToken& stop) {
  std::vector<StageForecast> rows(chain.question().kinds.size());
  require(chain.write_forecast(rows, stop, memory()) <= rows.size(), "a row a stage");
}

void check_survival(std::span<const std::uint8_t> input) {
  StopToken stop;
  const Bytes bytes = as_state(SurvivalSample(memory()), input);
  SurvivalSample sample(memory());
  if (!sample.read(bytes, stop)) {
    return;
  }
  require(bytes_of(sample) == bytes, "a state is written as it was read");
  SurvivalCurve curve = sample.curve(stop, memory());
  double before = 1;
  while (curve.next(stop)) {
    const SurvivalPoint point = curve.point();
    require(point.survival <= before + 1e-9 && point.survival >= 0, "survival falls");
    require(!point.interval.lower || *point.interval.lower <= *point.interval.upper, "intervals have two ends");
    before = point.survival;
  }
}

void check_incidence(std::span<const std::uint8_t> input) {
  StopToken stop;
  const Bytes bytes = as_state(IncidenceSample(memory()), input);
  IncidenceSample sample(memory());
  if (!sample.read(bytes, stop)) {
    return;
  }
  require(bytes_of(sample) == bytes, "a state is written as it was read");
  require(sample.in_order(memory()).size() == sample.outcomes(), "each outcome has its place");
  IncidenceCurves curves = sample.curves(stop, memory());
  while (curves.next(stop)) {
    double sum = curves.survival();
    for (std::uint32_t outcome = 0; outcome < sample.outcomes(); ++outcome) {
      sum += curves.incidence(outcome);
      require(curves.standard_error(outcome) >= 0, "errors are known");
    }
    require(sum > 1 - 1e-9 && sum < 1 + 1e-9, "all add up to 1");
  }
}

void check(std::uint8_t choice, std::span<const std::uint8_t> input) {
  switch (choice % 7) {
    case 0:
      return check_statistic<StageCounts>(input, say_counts);
    case 1:
      return check_statistic<StageConversion>(input, say_conversion);
    case 2:
      return check_statistic<StageTimes>(input, say_times);
    case 3:
      return check_statistic<StageOutcomes>(input, say_outcomes);
    case 4:
      return check_statistic<StageChain>(input, say_chain);
    case 5:
      return check_survival(input);
    default:
      return check_incidence(input);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0) {
    check(data[0], {data + 1, size - 1});
  }
  return 0;
}
