// Who is still at risk at each duration, and what happened then: what every estimate with censoring is made from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/stop_token.hpp"

namespace leadscore::funnel {

/// Walks through the distinct durations of sorted lists. Those who are censored at a duration are still at risk at it.
class RiskTable {
 public:
  using Durations = std::span<const std::uint64_t>;

  /// One list for each way to end, and one of those that had not ended when they were last seen.
  RiskTable(std::span<const Durations> ended, Durations censored, std::pmr::memory_resource* memory);

  /// Goes to the next duration; false if there is none. Throws Cancelled if asked to stop.
  bool next(StopToken& stop);

  [[nodiscard]] std::uint64_t duration() const noexcept { return duration_; }
  [[nodiscard]] std::uint64_t at_risk() const noexcept { return at_risk_; }
  [[nodiscard]] std::uint64_t ended() const noexcept { return ended_; }
  [[nodiscard]] std::uint64_t ended(std::size_t way) const noexcept { return lists_[way].count; }
  [[nodiscard]] std::uint64_t censored() const noexcept { return lists_.back().count; }

 private:
  struct List {
    Durations rest;           // after this duration
    std::uint64_t count = 0;  // at it
  };

  std::pmr::vector<List> lists_;  // the censored last
  std::uint64_t duration_ = 0;
  std::uint64_t at_risk_ = 0;
  std::uint64_t ended_ = 0;
};

}  // namespace leadscore::funnel
