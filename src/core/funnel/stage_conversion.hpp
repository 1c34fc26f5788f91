// How many leads go on from a stage to the next, and how far that can be told yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>

#include "core/funnel/counters.hpp"
#include "core/funnel/stage_statistic.hpp"
#include "core/learn/wilson.hpp"

namespace leadscore::funnel {

/// A stage of the ladder and the one that comes next. Who enters a later stage has entered the earlier ones by then.
struct StageConversionStep {
  std::int32_t stage_no = 0;
  std::int32_t next_stage_no = 0;
  std::uint64_t entered = 0;
  std::uint64_t converted = 0;              // of those, entered the next one
  learn::ConfidenceInterval rate;           // converted / entered
  std::uint64_t first_entered = 0;          // the ladder's first stage
  learn::ConfidenceInterval rate_of_first;  // converted / first_entered
  std::uint64_t mature_entered = 0;         // entered it at least matures_after ago
  std::uint64_t mature_converted = 0;       // of those, entered the next one within matures_after
  learn::ConfidenceInterval mature_rate;
  [[nodiscard]] bool is_mature() const noexcept { return entered > 0 && mature_entered == entered; }
};

class StageConversion : public StageStatistic<Counters, 0x4C535231> {  // "LSR1"
 public:
  StageConversion(const StageQuestion& question, std::pmr::memory_resource* memory);

  /// Counts a lead, whose visits must be ordered. Throws Error(invalid_argument) for a visit of a stage without a kind.
  void add(std::span<const StageVisit> visits);

  /// As that of the base.
  [[nodiscard]] bool read(StateReader& reader, StopToken& stop);

  /// Writes a row for each stage of the ladder but the last; returns how many. Intervals are of 95 %.
  [[nodiscard]] std::size_t write_rows(std::span<StageConversionStep> rows) const;
};

}  // namespace leadscore::funnel
