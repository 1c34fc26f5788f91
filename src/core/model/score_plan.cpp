#include "core/model/score_plan.hpp"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

namespace leadscore::model {

namespace {

constexpr std::uint32_t kRest = kNone - 1;  // in place of a column: not by look-up

// The column whose look-up a criterion can be part of; kNone: any, for it reads none; kRest: there is no such column.
std::uint32_t column_of(const ScorecardCriterion& criterion, const Condition* condition) {
  if (condition == nullptr || !criterion.has_constant_points) {
    return kRest;
  }
  if (const std::optional<std::uint32_t> column = condition->only_column()) {
    return *column;
  }
  return condition->is_constant() ? kNone : kRest;
}

std::uint32_t common_column(std::uint32_t a, std::uint32_t b) {
  if (a == kNone || b == kNone) {
    return a == kNone ? b : a;
  }
  return a == b ? a : kRest;
}

struct Member {
  std::uint32_t column;
  std::uint32_t group;
  LookupCriterion criterion;
};

}  // namespace

ScorePlan::ScorePlan(const Scorecard& scorecard, std::span<const Condition* const> conditions,
                     std::pmr::memory_resource* memory, StopToken& stop)
    : ranking_(scorecard, memory),
      start_(scorecard.group_count(), 0, memory),
      start_criteria_(ranking_.fits_masks()),
      lookups_(memory),
      places_(memory),
      rest_(memory) {
  const std::size_t count = scorecard.criterion_count();
  std::pmr::vector<std::uint32_t> columns(count, kNone, memory);
  std::pmr::vector<std::uint32_t> of_attribute(count, kNone, memory);  // attributes are numbered without gaps
  for (std::size_t i = 0; i < count; ++i) {
    const ScorecardCriterion& criterion = scorecard.criterion(i);
    columns[i] = column_of(criterion, conditions[i]);
    if (criterion.attribute != kNone) {
      std::uint32_t& common = of_attribute[criterion.attribute];
      common = common_column(common, columns[i]);
    }
  }

  std::pmr::vector<Member> members(memory);
  for (std::size_t i = 0; i < count; ++i) {
    const ScorecardCriterion& criterion = scorecard.criterion(i);
    const std::uint32_t column = criterion.attribute == kNone ? columns[i] : of_attribute[criterion.attribute];
    if (column == kRest) {
      rest_.push_back(static_cast<std::uint32_t>(i));
    } else {
      members.push_back(
          {column, criterion.group, {conditions[i], criterion.points, criterion.attribute, ranking_.rank_of(i)}});
    }
  }
  std::stable_sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
    return std::tie(a.group, a.column) < std::tie(b.group, b.column);
  });
  std::pmr::vector<LookupCriterion> criteria(memory);
  for (std::size_t first = 0; first < members.size();) {
    const Member& member = members[first];
    criteria.clear();
    std::size_t last = first;
    for (; last < members.size() && members[last].column == member.column && members[last].group == member.group;
         ++last) {
      criteria.push_back(members[last].criterion);
    }
    const bool reads_column = member.column != kNone;
    Lookup lookup(reads_column ? member.column : 0, criteria, ranking_.fits_masks(), memory, stop);
    if (reads_column) {
      lookups_.push_back({member.column, member.group, std::move(lookup)});
    } else {  // the same for every lead
      start_[member.group] += lookup.table().points[PointTable::kFirst];
      start_criteria_.add(lookup.reasons(), PointTable::kFirst);
    }
    first = last;
  }
  places_.reserve(lookups_.size());
  for (const PlannedLookup& planned : lookups_) {
    const ReasonTable& reasons = planned.lookup.reasons();
    places_.push_back({planned.group, planned.lookup.table().points, reasons.masks(), reasons.lists()});
  }
}

}  // namespace leadscore::model
