// How long leads stay in a stage, and what becomes of those who have entered one: estimates that use leads of which
// the end is not known yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>

#include "core/funnel/duration_lists.hpp"
#include "core/funnel/stage_statistic.hpp"
#include "core/funnel/survival.hpp"

namespace leadscore::funnel {

/// Of visits that have a length: those that ended and those that go on. One of a won or lost stage has none unless it
/// ended. Quantiles are nothing where the curve does not get there.
struct StageTime {
  std::int32_t stage_no = 0;
  std::uint64_t visits = 0;
  std::uint64_t open_visits = 0;
  std::optional<double> median_days;
  std::optional<double> p75_days;
  std::optional<double> p90_days;
  std::optional<double> mean_closed_days;
};

class StageTimes : public StageStatistic<DurationLists, 0x4C535431> {  // "LST1"
 public:
  StageTimes(const StageQuestion& question, std::pmr::memory_resource* memory);

  /// Adds a lead, whose visits must be ordered. Throws Error(invalid_argument) for a visit of a stage without a kind.
  void add(std::span<const StageVisit> visits);

  /// Writes a row for each stage, of which there are kinds().size() at most; returns how many. Throws Cancelled if
  /// asked to stop.
  [[nodiscard]] std::size_t write_rows(std::span<StageTime> rows, StopToken& stop, std::pmr::memory_resource* scratch);
};

/// Of the leads that have visited a stage, from when they first entered it. At the last duration observed the
/// incidences and what is still open add up to 1.
struct StageOutcome {
  std::int32_t stage_no = 0;
  std::uint64_t entered = 0;
  std::uint64_t won = 0;
  std::uint64_t lost = 0;
  std::uint64_t open = 0;
  std::optional<double> won_incidence;
  ProbabilityInterval won_interval;
  std::optional<double> lost_incidence;
  ProbabilityInterval lost_interval;
  std::optional<double> still_open;
  std::optional<double> median_days_to_won;  // the first duration with half of the last incidence
};

class StageOutcomes : public StageStatistic<DurationLists, 0x4C534F31> {  // "LSO1"
 public:
  StageOutcomes(const StageQuestion& question, std::pmr::memory_resource* memory);

  /// Adds a lead, whose visits must be ordered. Who has entered a won stage after the one in question is won from then
  /// on; else who is in a lost one now is lost since they left all others. Throws as that of StageTimes.
  void add(std::span<const StageVisit> visits);

  /// Writes a row for each open stage, as that of StageTimes.
  [[nodiscard]] std::size_t write_rows(std::span<StageOutcome> rows, StopToken& stop,
                                       std::pmr::memory_resource* scratch);
};

}  // namespace leadscore::funnel
