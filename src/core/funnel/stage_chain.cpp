#include "core/funnel/stage_chain.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "core/funnel/linear_system.hpp"

namespace leadscore::funnel {

namespace {

// After the transitions, from each stage to each, comes the time spent in each stage: whole hours of each visit, and
// the microseconds left over. Sums of such do not depend on the order, and fit for some 10^9 visits however long.
enum TimeColumn : std::size_t { hours, microseconds };
constexpr std::size_t kTimeColumns = microseconds + 1;

enum Unknown : std::size_t { visits_ahead, days_ahead, won, lost };
constexpr std::size_t kUnknowns = lost + 1;

constexpr std::uint64_t kHour = 3'600'000'000;
constexpr double kHoursOfDay = 24;
constexpr double kConfidence = 0.95;

constexpr std::size_t index_of(std::int32_t stage_no) { return static_cast<std::size_t>(stage_no) - 1; }

constexpr std::uint64_t bit_of(std::size_t index) { return std::uint64_t{1} << index; }

std::size_t time_place(const StageKinds& kinds, std::int32_t stage_no, TimeColumn column) {
  return kinds.size() * kinds.size() + index_of(stage_no) * kTimeColumns + column;
}

}  // namespace

StageChain::StageChain(const StageQuestion& question, std::pmr::memory_resource* memory)
    : StageStatistic(question, question.kinds.size() * (question.kinds.size() + kTimeColumns), memory) {}

void StageChain::add(std::span<const StageVisit> visits) {
  const std::span<const StageVisit> known = checked(visits);
  const auto add_time = [this](std::int32_t stage_no, std::uint64_t length) {
    tally()[time_place(kinds(), stage_no, hours)] += length / kHour;
    tally()[time_place(kinds(), stage_no, microseconds)] += length % kHour;
  };
  for (std::size_t i = 0; i + 1 < known.size(); ++i) {
    ++tally()[index_of(known[i].stage_no) * kinds().size() + index_of(known[i + 1].stage_no)];
    add_time(known[i].stage_no, duration(known[i].entered_at, known[i + 1].entered_at));
  }
  if (!known.empty() && kinds().is_left(known.back().stage_no)) {
    add_time(known.back().stage_no, duration(known.back().entered_at, question().as_of));
  }
}

std::uint64_t StageChain::transitions(std::int32_t from, std::int32_t to) const noexcept {
  return tally()[index_of(from) * kinds().size() + index_of(to)];
}

std::uint64_t StageChain::departures(std::int32_t from) const noexcept {
  std::uint64_t sum = 0;
  for (std::size_t to = 0; to < kinds().size(); ++to) {
    sum += tally()[index_of(from) * kinds().size() + to];
  }
  return sum;
}

double StageChain::mean_days(std::int32_t stage_no) const noexcept {
  const auto whole = static_cast<double>(tally()[time_place(kinds(), stage_no, hours)]);
  const auto rest = static_cast<double>(tally()[time_place(kinds(), stage_no, microseconds)]);
  return (whole / kHoursOfDay + rest / kMicrosecondsOfDay) / static_cast<double>(departures(stage_no));
}

std::size_t StageChain::write_transitions(std::span<StageTransition> rows) const {
  std::size_t count = 0;
  const auto stages = static_cast<std::int32_t>(kinds().size());
  for (std::int32_t from = 1; from <= stages; ++from) {
    const std::uint64_t all = departures(from);
    for (std::int32_t to = 1; to <= stages; ++to) {
      const std::uint64_t these = transitions(from, to);
      if (these > 0) {
        rows[count++] = {.from_stage_no = from,
                         .to_stage_no = to,
                         .transitions = these,
                         .departures = all,
                         .probability = learn::wilson(static_cast<std::int64_t>(these), static_cast<std::int64_t>(all),
                                                      kConfidence)};
      }
    }
  }
  return count;
}

// A bit for each stage that is open or on hold, and from which one cannot get to a stage that nobody has left or from
// which no way leads to an end.
std::uint64_t StageChain::foreseeable() const noexcept {
  const auto stages = static_cast<std::int32_t>(kinds().size());
  std::uint64_t transient = 0;
  std::uint64_t ends = 0;
  std::array<std::uint64_t, StageKinds::kMost> next{};
  for (std::int32_t from = 1; from <= stages; ++from) {
    if (!kinds().is_stage(from)) {
      continue;
    }
    (kinds().is_left(from) ? transient : ends) |= bit_of(index_of(from));
    for (std::int32_t to = 1; to <= stages; ++to) {
      next[index_of(from)] |= transitions(from, to) > 0 ? bit_of(index_of(to)) : 0;
    }
  }
  // All stages with a way to one of `goals`, which are among them.
  const auto with_a_way_to = [&](std::uint64_t goals) {
    for (std::uint64_t before = 0; before != goals;) {
      before = goals;
      for (std::size_t i = 0; i < kinds().size(); ++i) {
        goals |= (transient & bit_of(i)) != 0 && (next[i] & goals) != 0 ? bit_of(i) : 0;
      }
    }
    return goals;
  };
  const std::uint64_t dead = transient & ~with_a_way_to(ends);  // a stage that nobody has left has no way
  return transient & ~with_a_way_to(dead);
}

std::size_t StageChain::write_forecast(std::span<StageForecast> rows, StopToken& stop,
                                       std::pmr::memory_resource* scratch) const {
  const std::uint64_t solved = foreseeable();
  std::pmr::vector<std::int32_t> unknown(scratch);
  const auto stages = static_cast<std::int32_t>(kinds().size());
  for (std::int32_t stage_no = 1; stage_no <= stages; ++stage_no) {
    if ((solved & bit_of(index_of(stage_no))) != 0) {
      unknown.push_back(stage_no);
    }
  }
  // What is to come is what this visit brings and what comes after it: x = b + Q x.
  const std::size_t size = unknown.size();
  std::pmr::vector<double> matrix(size * size, scratch);
  std::pmr::vector<double> sides(size * kUnknowns, scratch);
  for (std::size_t i = 0; i < size; ++i) {
    const std::int32_t from = unknown[i];
    const auto all = static_cast<double>(departures(from));
    for (std::size_t j = 0; j < size; ++j) {
      matrix[i * size + j] = (i == j ? 1 : 0) - static_cast<double>(transitions(from, unknown[j])) / all;
    }
    double* const side = &sides[i * kUnknowns];
    side[visits_ahead] = kinds().kind(from) == StageKind::open ? 1 : 0;
    side[days_ahead] = mean_days(from);
    for (std::int32_t to = 1; to <= stages; ++to) {
      if (kinds().is_stage(to) && !kinds().is_left(to)) {
        side[kinds().kind(to) == StageKind::won ? won : lost] += static_cast<double>(transitions(from, to)) / all;
      }
    }
  }
  const bool has_solution = solve_linear_system(matrix, sides, size, stop);
  std::size_t count = 0;
  std::size_t next = 0;
  for (std::int32_t stage_no = 1; stage_no <= stages; ++stage_no) {
    if (!kinds().is_stage(stage_no) || !kinds().is_left(stage_no)) {
      continue;
    }
    StageForecast& row = rows[count++];
    row = {};
    row.stage_no = stage_no;
    if ((solved & bit_of(index_of(stage_no))) != 0 && has_solution) {
      const double* const side = &sides[next++ * kUnknowns];
      row.expected_visits = side[visits_ahead];
      row.expected_days_left = side[days_ahead];
      row.won_probability = std::min(1.0, side[won]);
      row.lost_probability = std::min(1.0, side[lost]);
    }
  }
  return count;
}

}  // namespace leadscore::funnel
