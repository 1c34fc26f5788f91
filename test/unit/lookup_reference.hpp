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
    conditions_.push_back(condition.build());
    criteria_.push_back({.condition = &conditions_.back(), .points = points, .attribute = attribute});
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

  [[nodiscard]] model::Lookup build(std::pmr::memory_resource* memory = std::pmr::new_delete_resource(),
                                    StopToken stop = {}) const {
    return {column_, criteria_, memory, stop};
  }

  /// The points of a value: each condition is evaluated, and of one attribute the first that holds counts.
  [[nodiscard]] model::PointCount brute_force(const model::Value& value) const {
    std::vector<model::Value> columns(column_ + std::size_t{1});
    columns[column_] = value;
    model::PointCount sum = 0;
    std::set<std::uint32_t> taken;
    for (const model::LookupCriterion& criterion : criteria_) {
      if (taken.contains(criterion.attribute) || criterion.condition->evaluate(columns) != model::Truth::yes) {
        continue;
      }
      sum += criterion.points;
      if (criterion.attribute != model::kNone) {
        taken.insert(criterion.attribute);
      }
    }
    return sum;
  }

 private:
  std::uint32_t column_;
  std::deque<model::Condition> conditions_;  // which stay where they are
  std::vector<model::LookupCriterion> criteria_;
};

}  // namespace leadscore::test
