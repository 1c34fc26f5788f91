// The ladder of stages: which stage a lead is in, told from the rules that hold for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/model/condition.hpp"
#include "core/model/scorecard.hpp"

namespace leadscore::model {

enum class StageKind : std::uint8_t {
  open,  // a step of the ladder
  hold,  // beside it: not now
  won,   // a step of the ladder on which the lead is a customer
  lost,  // beside it: disqualified
};

struct Stage {
  std::int32_t number = 0;  // its place; no other stage has it
  StageKind kind = StageKind::open;
};

/// True of the stages on which a lead climbs: those that are open or won.
constexpr bool is_step(StageKind kind) noexcept { return kind == StageKind::open || kind == StageKind::won; }

/// The stages of a model and the order in which their rules are asked.
class Ladder {
 public:
  /// One stage's rules and how they decide. A stage without rules is not among the questions: rules do not lead to it.
  struct Question {
    std::uint32_t stage = kNone;
    bool needs_all = false;  // else one rule is enough
    std::size_t first = 0;   // range of rules()
    std::size_t last = 0;
  };

  /// `stage_of_rule` has the stage of each rule, by position. Throws Error(invalid_argument) if it names a stage that
  /// does not exist or if two stages have one number.
  Ladder(std::span<const Stage> stages, std::span<const std::uint32_t> stage_of_rule,
         std::pmr::memory_resource* memory);

  /// The position of the stage of a lead for which the rules hold that `holds(rule)` says, called for each rule at most
  /// once: the first lost stage of which one holds; else the first on hold of which one holds; else the highest step
  /// of which all hold; else kNone. "First" and "highest" go by the stages' numbers. A rule whose condition is unknown
  /// does not hold. O(rules).
  template <class Holds>
  [[nodiscard]] std::uint32_t stage(Holds&& holds) const {
    for (const Question& question : questions_) {
      if (is_answered_yes(question, holds)) {
        return question.stage;
      }
    }
    return kNone;
  }

  /// The stage of a lead whose rules say `now` and that was in `earlier` (either may be kNone): rules do not take a
  /// lead down the ladder.
  [[nodiscard]] std::uint32_t advance(std::uint32_t earlier, std::uint32_t now) const noexcept;

  /// In the order in which they are asked.
  [[nodiscard]] std::span<const Question> questions() const noexcept { return questions_; }
  /// Positions of rules, question by question, ascending within each.
  [[nodiscard]] std::span<const std::uint32_t> rules() const noexcept { return rules_; }

 private:
  template <class Holds>
  [[nodiscard]] bool is_answered_yes(const Question& question, Holds&& holds) const {
    for (std::size_t i = question.first; i < question.last; ++i) {
      if (holds(rules_[i]) != question.needs_all) {
        return !question.needs_all;
      }
    }
    return question.needs_all;
  }

  std::pmr::vector<Stage> stages_;
  std::pmr::vector<Question> questions_;
  std::pmr::vector<std::uint32_t> rules_;
};

}  // namespace leadscore::model
