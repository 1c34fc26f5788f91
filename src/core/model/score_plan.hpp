// How the score of a lead is added up with the least work: one look-up a column, and the rest criterion by criterion.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/model/condition.hpp"
#include "core/model/lookup.hpp"
#include "core/model/reason.hpp"
#include "core/model/scorecard.hpp"
#include "core/stop_token.hpp"

namespace leadscore::model {

/// The points that the criteria of one group over one column give.
struct PlannedLookup {
  std::uint32_t column;
  std::uint32_t group;
  Lookup lookup;
};

/// What the places of a planned look-up give. A view into it.
struct PlacesOfLookup {
  std::uint32_t group;
  const PointCount* points;
  const std::uint64_t* masks;  // or nullptr, as in ReasonTable
  const RankList* lists;       // or nullptr
};

/// Splits a scorecard's criteria into look-ups and the rest. Sums of points are exact, so the score is the same to the
/// last bit whichever way they are added up.
class ScorePlan {
 public:
  /// `conditions` has the condition of each criterion, or nullptr where it is evaluated elsewhere or its constants
  /// change. What goes into a look-up: a criterion with constant points whose condition reads one column alone,
  /// provided that all criteria of its attribute read the same one. Throws Cancelled if `stop` says so.
  ScorePlan(const Scorecard& scorecard, std::span<const Condition* const> conditions, std::pmr::memory_resource* memory,
            StopToken& stop);

  /// What every lead has, by group.
  [[nodiscard]] std::span<const PointCount> start() const noexcept { return start_; }
  /// The criteria that give it.
  [[nodiscard]] const MetCriteria& start_criteria() const noexcept { return start_criteria_; }
  [[nodiscard]] const Ranking& ranking() const noexcept { return ranking_; }
  /// Ordered by group.
  [[nodiscard]] std::span<const PlannedLookup> lookups() const noexcept { return lookups_; }
  /// The same in the same order, close together.
  [[nodiscard]] std::span<const PlacesOfLookup> places() const noexcept { return places_; }
  /// The positions of the other criteria, ascending.
  [[nodiscard]] std::span<const std::uint32_t> rest() const noexcept { return rest_; }

 private:
  Ranking ranking_;
  std::pmr::vector<PointCount> start_;
  MetCriteria start_criteria_;
  std::pmr::vector<PlannedLookup> lookups_;
  std::pmr::vector<PlacesOfLookup> places_;
  std::pmr::vector<std::uint32_t> rest_;
};

}  // namespace leadscore::model
