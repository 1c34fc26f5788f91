// What the criteria of one lead come to: points by group, and which of them weigh most.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/model/reason.hpp"
#include "core/model/score_plan.hpp"
#include "core/model/scorecard.hpp"

namespace leadscore::model {

/// Adds a lead up by a plan; the same tally serves lead after lead. The scorecard and the plan must outlive it.
class Tally {
 public:
  Tally(const Scorecard& scorecard, std::pmr::memory_resource* memory)
      : scorecard_(&scorecard), sums_(scorecard.group_count(), 0, memory) {}

  /// Begins a lead: with what every lead has. The plan is one of the scorecard's.
  void begin(const ScorePlan& plan) noexcept;
  /// Adds what the look-ups give: `places` has the lead's place in each of them, in the order of the plan.
  void add_places(std::span<const std::size_t> places) noexcept;
  /// Adds a criterion of the plan's rest. Throws Error(out_of_range) if its points are not constant and not a number of
  /// points.
  void add_outcome(std::uint32_t criterion, const Outcome& outcome);

  /// The points that the criteria of each group gave, as Scorecard::evaluate_sums() takes them.
  [[nodiscard]] std::span<const PointCount> sums() const noexcept { return sums_; }
  /// Writes the weightiest of all that contributed, in their order (Reason::outweighs()), and returns how many they
  /// are.
  [[nodiscard]] std::size_t weightiest(std::span<Reason, kReasons> reasons) const noexcept;

 private:
  void add_varying(const Reason& reason) noexcept;

  const Scorecard* scorecard_;
  const ScorePlan* plan_ = nullptr;
  std::pmr::vector<PointCount> sums_;
  MetCriteria met_;                         // of those with constant points
  std::array<Reason, kReasons> varying_{};  // the weightiest of the others, in their order
  std::size_t varying_count_ = 0;
};

}  // namespace leadscore::model
