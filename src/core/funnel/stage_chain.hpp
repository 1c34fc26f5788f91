// Where leads go from a stage, and what is to be expected of one that stands in it: a Markov chain of stages that ends
// with won or lost (J. G. Kemeny, J. L. Snell, Finite Markov Chains, 1960, chapter 3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>

#include "core/funnel/counters.hpp"
#include "core/funnel/stage_statistic.hpp"
#include "core/learn/wilson.hpp"

namespace leadscore::funnel {

struct StageTransition {
  std::int32_t from_stage_no = 0;
  std::int32_t to_stage_no = 0;
  std::uint64_t transitions = 0;
  std::uint64_t departures = 0;  // from there to anywhere
  learn::ConfidenceInterval probability;
};

/// Of a lead that stands in an open stage or one on hold. Nothing where it may get to a stage of which nobody has seen
/// the end.
struct StageForecast {
  std::int32_t stage_no = 0;
  std::optional<double> expected_visits;     // of open stages from now on, that which lasts included
  std::optional<double> expected_days_left;  // in open stages and on hold
  std::optional<double> won_probability;
  std::optional<double> lost_probability;
};

class StageChain : public StageStatistic<Counters, 0x4C534D31> {  // "LSM1"
 public:
  StageChain(const StageQuestion& question, std::pmr::memory_resource* memory);

  /// Adds a lead, whose visits must be ordered. Throws Error(invalid_argument) for a visit of a stage without a kind.
  void add(std::span<const StageVisit> visits);

  /// Writes a row for each pair of stages that has a transition, most_transitions() at most; returns how many. The
  /// intervals are of 95 %.
  [[nodiscard]] std::size_t most_transitions() const noexcept { return kinds().size() * kinds().size(); }
  [[nodiscard]] std::size_t write_transitions(std::span<StageTransition> rows) const;

  /// Writes a row for each stage that is open or on hold, of which there are kinds().size() at most; returns how many.
  /// The time left is that of a process without memory: days in a stage divided by departures from it, those who are
  /// still there included. Throws Cancelled if asked to stop.
  [[nodiscard]] std::size_t write_forecast(std::span<StageForecast> rows, StopToken& stop,
                                           std::pmr::memory_resource* scratch) const;

 private:
  [[nodiscard]] std::uint64_t transitions(std::int32_t from, std::int32_t to) const noexcept;
  [[nodiscard]] std::uint64_t departures(std::int32_t from) const noexcept;
  [[nodiscard]] double mean_days(std::int32_t stage_no) const noexcept;
  [[nodiscard]] std::uint64_t foreseeable() const noexcept;
};

}  // namespace leadscore::funnel
