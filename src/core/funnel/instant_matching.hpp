// Gives each of several steps an event of its own, where the events happened at the same instant.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/funnel/chain_scan.hpp"

namespace leadscore::funnel {

/// Steps in a row, each matched to another event that is this step. Of events that are the same step it looks at
/// kMostSteps only: one of so many is always left over, whatever the other steps take. All steps together cost no more
/// than two augmenting paths each (C. Berge, Proceedings of the National Academy of Sciences 43 (1957) 842-844).
class InstantMatching {
 public:
  explicit InstantMatching(std::span<const Event> events) noexcept;

  /// Adds a step, higher than those before, which some event is. Returns the first of the most steps in a row that end
  /// with it and can all be matched.
  [[nodiscard]] int add(int step) noexcept;

 private:
  static constexpr std::size_t kMostEvents = std::size_t{kMostSteps} * kMostSteps;
  using EventNumber = std::uint16_t;

  struct Candidates {
    std::array<EventNumber, kMostSteps> events;
    std::size_t count = 0;
  };

  bool match(int step) noexcept;
  void free_first() noexcept;

  std::array<Candidates, kMostSteps + 1> candidates_;
  std::array<std::int8_t, kMostEvents> step_of_;         // of an event, 0 if it is free
  std::array<std::uint16_t, kMostEvents> last_visit_{};  // the search that came by the event last
  std::uint16_t search_ = 0;
  int first_ = 1;  // steps from the first to the last are matched
  int last_ = 0;
};

}  // namespace leadscore::funnel
