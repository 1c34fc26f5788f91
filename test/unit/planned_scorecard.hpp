// Scorecards with the condition of each criterion, written down or random, and leads for them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <vector>

#include "core/model/condition.hpp"
#include "core/model/score_plan.hpp"
#include "core/model/scorecard.hpp"
#include "core/stop_token.hpp"
#include "random.hpp"
#include "random_scorecard.hpp"
#include "written_condition.hpp"

namespace leadscore::test {

using model::Comparison;
using model::Condition;
using model::ScorePlan;
using model::Value;
using model::ValueKind;

/// A model with the condition of each criterion; one without a condition is evaluated elsewhere.
struct Planned {
  Model model;
  std::vector<std::optional<WrittenCondition>> written;

  void add(const Criterion& criterion, const std::optional<WrittenCondition>& condition) {
    model.criteria.push_back(criterion);
    written.push_back(condition);
  }
};

/// The same, built.
struct Plan {
  explicit Plan(const Planned& planned)
      : model(planned.model), scorecard(model.build()), conditions(pointers(planned)), plan(build()) {}

  ScorePlan build(std::pmr::memory_resource* memory = std::pmr::new_delete_resource(), StopToken stop = {}) const {
    return {scorecard, conditions, memory, stop};
  }

  Model model;
  Scorecard scorecard;
  std::deque<Condition> owned;
  std::vector<const Condition*> conditions;
  ScorePlan plan;

 private:
  std::vector<const Condition*> pointers(const Planned& planned) {
    std::vector<const Condition*> all;
    for (const std::optional<WrittenCondition>& each : planned.written) {
      all.push_back(each ? &owned.emplace_back(each->build()) : nullptr);
    }
    return all;
  }
};

inline constexpr std::uint32_t kColumns = 4;  // two of numbers, two of texts

struct Constants {
  std::array<std::vector<Value>, kColumns> of;
  std::array<ColumnChoice, kColumns> choices;

  Constants() {
    for (const std::int64_t number : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-3}, std::int64_t{0},
                                      std::int64_t{4}, std::numeric_limits<std::int64_t>::max()}) {
      of[0].push_back(Value::of(number));
      of[1].push_back(Value::of(number / 2));
    }
    for (const std::string_view text : {"", "a", "Жук", "a rather long text", "a rather dark text"}) {
      of[2].push_back(Value::of(text));
      of[3].push_back(Value::of(text));
    }
    for (std::uint32_t column = 0; column < kColumns; ++column) {
      choices[column] = {
          .column = column, .kind = column < 2 ? ValueKind::integer : ValueKind::text, .constants = of[column]};
    }
  }

  /// NULL, a constant, or what lies beside one.
  [[nodiscard]] std::vector<Value> random_lead(Random& random) const {
    std::vector<Value> lead(kColumns);
    for (std::uint32_t column = 0; column < kColumns; ++column) {
      if (random.chance(0.2)) {
        continue;
      }
      Value value = random.one_of(of[column]);
      if (column < 2 && random.chance(0.5)) {
        const auto bits = static_cast<std::uint64_t>(value.integer) + random.below(3) - 1;
        value.integer = static_cast<std::int64_t>(bits);
      } else if (column >= 2 && value.size > 0 && random.chance(0.3)) {
        --value.size;
      }
      lead[column] = value;
    }
    return lead;
  }
};

/// Conditions for a random model: those of an attribute mostly read one column, and some are evaluated elsewhere.
inline Planned random_planned(Random& random, const Constants& constants, const Shape& shape = {}) {
  Planned planned;
  planned.model = random_model(random, shape);
  std::vector<std::uint32_t> column_of(planned.model.criteria.size());
  for (std::uint32_t& column : column_of) {
    column = random.below(kColumns);
  }
  for (std::size_t i = 0; i < planned.model.criteria.size(); ++i) {
    const Criterion& criterion = planned.model.criteria[i];
    const std::uint32_t column = column_of[criterion.attribute == kNone ? i : criterion.attribute];
    const int depth = static_cast<int>(random.below(3));
    if (criterion.always_holds) {
      planned.written.emplace_back(always());
    } else if (random.chance(0.05)) {
      planned.written.emplace_back(std::nullopt);
    } else if (random.chance(0.1)) {
      planned.written.emplace_back(random_condition(random, constants.choices, depth));
    } else if (random.chance(0.1) && column >= 2) {
      planned.written.emplace_back(compare(column, Comparison::starts_with, "a"));
    } else {
      planned.written.emplace_back(random_condition(random, {&constants.choices[column], 1}, depth));
    }
  }
  return planned;
}

/// The outcomes of all criteria, one by one. What is evaluated elsewhere, and points of the lead, are made up.
inline std::vector<Outcome> outcomes_of(Random& random, const Plan& built, const std::vector<Value>& lead) {
  std::vector<Truth> truths;
  std::vector<double> points;
  for (const Condition* condition : built.conditions) {
    truths.push_back(condition != nullptr ? condition->evaluate(lead) : random.chance(0.5) ? Truth::yes : Truth::no);
    points.push_back(random_points(random));
  }
  std::vector<Outcome> outcomes = outcomes_of(built.model, truths, points);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    outcomes[i].points_known = built.model.criteria[i].points || random.chance(0.9);
  }
  return outcomes;
}

}  // namespace leadscore::test
