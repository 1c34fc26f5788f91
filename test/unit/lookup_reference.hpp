// Criteria over one column, as a look-up and one by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory_resource>
#include <set>
#include <span>
#include <vector>

#include "core/model/lookup.hpp"
#include "core/stop_token.hpp"
#include "random.hpp"
#include "written_condition.hpp"

namespace leadscore::test {

/// The points of a value by way of the table, as an engine finds them that takes each short cut there is. Of NULL it
/// has some value, which must not matter.
inline model::PointCount points_by_table(const model::Lookup& lookup, const model::Value& value) {
  const model::PointTable& table = lookup.table();
  std::size_t place = model::PointTable::kFirst;
  if (!lookup.reads_presence_only() && lookup.kind() == model::ValueKind::integer) {
    place = table.start_count == model::PointTable::kSmall ? table.place_of_in_small(value.integer)
                                                           : table.place_of(value.integer);
  } else if (!lookup.reads_presence_only() && value.known && value.size <= lookup.longest_text()) {
    place = lookup.place_of(value.text());
  }
  return table.points[table.place_unless_null(place, !value.known)];
}

class Criteria {
 public:
  explicit Criteria(std::uint32_t column = 0) : column_(column) {}
  Criteria(Criteria&&) = default;
  Criteria& operator=(Criteria&&) = delete;

  void add(const WrittenCondition& condition, model::PointCount points, std::uint32_t attribute = model::kNone) {
    const auto rank = static_cast<std::uint32_t>(criteria_.size());
    conditions_.push_back(condition.build());
    criteria_.push_back({.condition = &conditions_.back(), .points = points, .attribute = attribute, .rank = rank});
  }

  /// Ranks the criteria otherwise than in their order, and some of them not at all.
  void rank_at_random(Random& random) {
    std::vector<std::uint32_t> ranks(criteria_.size());
    for (std::uint32_t i = 0; i < ranks.size(); ++i) {
      ranks[i] = random.chance(0.2) ? model::kNone : i;
    }
    random.shuffle(ranks);
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      criteria_[i].rank = ranks[i];
    }
  }

  /// Up to 20 criteria; the last of an attribute is now and then one that needs no column.
  void add_random(Random& random, std::span<const ColumnChoice> columns) {
    const auto points = [&] {
      return static_cast<model::PointCount>(random.bits() >> 8) - (model::PointCount{1} << 55);
    };
    const std::uint32_t attributes = random.below(4);
    for (std::uint32_t i = random.below(20); i > 0; --i) {
      const bool excludes = attributes > 0 && random.chance(0.6);
      add(random_condition(random, columns, static_cast<int>(random.below(4))), points(),
          excludes ? random.below(attributes) : model::kNone);
    }
    for (std::uint32_t attribute = 0; attribute < attributes; ++attribute) {
      if (random.chance(0.5)) {
        add(random.chance(0.8) ? always() : unknown(), points(), attribute);
      }
    }
  }

  [[nodiscard]] std::span<const model::LookupCriterion> get() const { return criteria_; }

  [[nodiscard]] bool fit_masks() const { return criteria_.size() <= model::Ranking::kMaskBits; }

  [[nodiscard]] model::Lookup build(std::pmr::memory_resource* memory = std::pmr::new_delete_resource(),
                                    StopToken stop = {}) const {
    return {column_, criteria_, fit_masks(), memory, stop};
  }
  /// The same with lists of ranks, be they ever so few.
  [[nodiscard]] model::Lookup build_with_lists(
      std::pmr::memory_resource* memory = std::pmr::new_delete_resource()) const {
    StopToken stop;
    return {column_, criteria_, false, memory, stop};
  }

  /// The points of a value: each condition is evaluated, and of one attribute the first that holds counts.
  [[nodiscard]] model::PointCount brute_force(const model::Value& value) const {
    model::PointCount sum = 0;
    for_each_met(value, [&](const model::LookupCriterion& criterion) { sum += criterion.points; });
    return sum;
  }

  /// The weightiest criteria that a value meets.
  [[nodiscard]] model::RankList weightiest(const model::Value& value) const {
    std::set<std::uint32_t> met;
    for_each_met(value, [&](const model::LookupCriterion& criterion) { met.insert(criterion.rank); });
    model::RankList least;
    std::for_each(met.begin(), met.end(), [&](std::uint32_t rank) { least.add(rank); });
    return least;
  }

 private:
  template <class Take>
  void for_each_met(const model::Value& value, Take take) const {
    std::vector<model::Value> columns(column_ + std::size_t{1});
    columns[column_] = value;
    std::set<std::uint32_t> taken;
    for (const model::LookupCriterion& criterion : criteria_) {
      if (taken.contains(criterion.attribute) || criterion.condition->evaluate(columns) != model::Truth::yes) {
        continue;
      }
      take(criterion);
      if (criterion.attribute != model::kNone) {
        taken.insert(criterion.attribute);
      }
    }
  }

  std::uint32_t column_;
  std::deque<model::Condition> conditions_;  // which stay where they are
  std::vector<model::LookupCriterion> criteria_;
};

/// Compares the criteria that a look-up names for a value with those that are met one by one, in both forms.
inline void expect_weightiest(const Criteria& criteria, const model::Lookup& lookup, const model::Lookup& with_lists,
                              const model::Value& value) {
  const auto expected = criteria.weightiest(value).ranks();
  ASSERT_EQ(with_lists.reasons().lists()[with_lists.place_of(value)].ranks(), expected);
  if (!lookup.reasons().has_masks()) {
    return;
  }
  std::uint64_t mask = 0;
  for (const std::uint32_t rank : expected) {
    mask |= rank == model::kNone ? 0 : std::uint64_t{1} << rank;
  }
  ASSERT_EQ(lookup.reasons().masks()[lookup.place_of(value)], mask);
}

}  // namespace leadscore::test
