// The rules of a ladder as one chain of tests with jumps, so that the stage is found by as few as a nested IF would
// make.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "core/model/condition.hpp"
#include "core/model/ladder.hpp"

namespace leadscore::model {

/// A test and where each of its answers leads: to the step of this number, or if it is negative to an outcome.
struct DecisionStep {
  enum class Kind : std::uint8_t {
    range,      // the column is an integer from `least` to `least` + `span`
    late,       // the column is an integer, compared with a constant of rule `rule` that may be set anew
    condition,  // node `node` of the condition of rule `rule`
    rule,       // rule `rule`, asked of the caller
  };

  Kind kind = Kind::range;
  Comparison comparison = Comparison::equal;  // of a late constant
  std::uint32_t column = 0;
  std::uint32_t rule = 0;
  std::uint32_t node = 0;  // or, of what is late, the position of the constant
  std::int64_t least = 0;
  std::uint64_t span = 0;
  std::int32_t yes = 0;
  std::int32_t no = 0;
  std::int32_t unknown = 0;
};

/// Finds the stage that Ladder::stage() finds.
class Decision {
 public:
  /// `conditions` has the condition of each rule; nullptr where the rule is asked of the caller. They must outlive the
  /// decision; of their constants only those that are not known yet may be set later. Makes at most one step for each
  /// node. Throws Error(limit_exceeded) if there are more than 2^31.
  Decision(const Ladder& ladder, std::span<const Condition* const> conditions, std::pmr::memory_resource* memory);

  /// The stage of a lead. `lead.integer(column, value)` reads an integer column, and is false if it is NULL (which it
  /// tells of any column); `lead.evaluate(condition, node)` is the truth of a node; `lead.ask(rule)` that of a rule
  /// that has no condition.
  template <class Lead>
  [[nodiscard]] std::uint32_t stage(const Lead& lead) const {
    std::int32_t at = start_;
    while (at >= 0) {
      const DecisionStep& step = steps_[static_cast<std::size_t>(at)];
      if (step.kind == DecisionStep::Kind::range) {
        std::int64_t value = 0;
        if (lead.integer(step.column, value)) {
          const std::uint64_t above = static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(step.least);
          at = above <= step.span ? step.yes : step.no;
        } else {
          at = step.unknown;
        }
        continue;
      }
      const Truth truth = truth_of_step(step, lead);
      at = truth == Truth::unknown ? step.unknown : truth == Truth::yes ? step.yes : step.no;
    }
    return at == kNoStage ? kNone : static_cast<std::uint32_t>(kFirstStage - at);
  }

  [[nodiscard]] std::span<const DecisionStep> steps() const noexcept { return steps_; }

 private:
  static constexpr std::int32_t kNoStage = -1;
  static constexpr std::int32_t kFirstStage = -2;

  template <class Lead>
  [[nodiscard]] Truth truth_of_step(const DecisionStep& step, const Lead& lead) const {
    if (step.kind == DecisionStep::Kind::rule) {
      return lead.ask(step.rule);
    }
    const Condition& condition = *conditions_[step.rule];
    if (step.kind == DecisionStep::Kind::condition) {
      return lead.evaluate(condition, step.node);
    }
    const Value& constant = condition.constant(step.node);
    std::int64_t value = 0;
    if (!constant.known || !lead.integer(step.column, value)) {
      return Truth::unknown;
    }
    return model::truth_of(holds(step.comparison, value, constant.integer));
  }

  std::int32_t add_rule(std::uint32_t rule, std::int32_t then, std::int32_t otherwise);
  std::int32_t add(std::uint32_t rule, std::uint32_t node, Truth wanted, std::int32_t then, std::int32_t otherwise);
  std::int32_t add_children(std::uint32_t rule, std::uint32_t node, Truth wanted, std::int32_t then,
                            std::int32_t otherwise);
  std::int32_t add_step(DecisionStep step, Truth wanted, std::int32_t then, std::int32_t otherwise);

  std::pmr::vector<const Condition*> conditions_;
  std::pmr::vector<DecisionStep> steps_;  // each leads to earlier ones
  std::int32_t start_ = kNoStage;
};

}  // namespace leadscore::model
