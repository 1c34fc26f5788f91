// How many leads have come how far: what may be meant by "the leads of a stage", each in a column of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>

#include "core/funnel/counters.hpp"
#include "core/funnel/stage_statistic.hpp"

namespace leadscore::funnel {

/// What is counted on the ladder alone is nothing for stages beside it.
struct StageCount {
  std::int32_t stage_no = 0;
  StageKind kind = StageKind::open;
  std::uint64_t leads = 0;               // all of them, without a visit too
  std::optional<std::uint64_t> reached;  // entered this stage of the ladder or a later one
  std::uint64_t visited = 0;             // entered this stage
  std::optional<std::uint64_t> strict;   // entered the ladder's stages one after the other up to this one
  std::uint64_t current = 0;             // are in this stage
  std::uint64_t entries = 0;             // visits, returns included
  std::uint64_t returned = 0;            // entered it more than once
  std::optional<std::uint64_t> lost;     // are in a lost stage and had come so far, not further
};

class StageCounts : public StageStatistic<Counters, 0x4C535331> {  // "LSS1"
 public:
  StageCounts(const StageQuestion& question, std::pmr::memory_resource* memory);

  /// Counts a lead, whose visits must be ordered. Throws Error(invalid_argument) for a visit of a stage without a kind.
  void add(std::span<const StageVisit> visits);

  /// Writes a row for each stage, of which there are kinds().size() at most; returns how many.
  [[nodiscard]] std::size_t write_rows(std::span<StageCount> rows) const;
};

}  // namespace leadscore::funnel
