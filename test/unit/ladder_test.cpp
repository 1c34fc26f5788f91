// The ladder of stages: which stage the rules lead to, by hand and against the rules of the ladder written once more,
// as plainly as they can be; and the same as a chain of tests.
#include "core/model/ladder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <vector>

#include "core/model/decision.hpp"
#include "counting_resource.hpp"
#include "error_code_of.hpp"
#include "random.hpp"
#include "written_condition.hpp"

namespace leadscore::model {
namespace {

using test::ColumnChoice;
using test::Random;

std::pmr::memory_resource* heap() { return std::pmr::new_delete_resource(); }

struct Written {
  std::vector<Stage> stages;
  std::vector<std::uint32_t> stage_of_rule;

  [[nodiscard]] Ladder build(std::pmr::memory_resource* memory = heap()) const {
    return {stages, stage_of_rule, memory};
  }
};

std::uint32_t stage_of(const Ladder& ladder, const std::vector<bool>& holds) {
  return ladder.stage([&](std::uint32_t rule) { return holds[rule]; });
}

// The ladder's rules, stage by stage.
std::uint32_t expected_stage(const Written& written, const std::vector<bool>& holds) {
  const auto best = [&](auto is_candidate, auto is_better) {
    std::uint32_t found = kNone;
    for (std::uint32_t s = 0; s < written.stages.size(); ++s) {
      std::size_t rules = 0;
      std::size_t held = 0;
      for (std::size_t r = 0; r < written.stage_of_rule.size(); ++r) {
        rules += written.stage_of_rule[r] == s ? 1 : 0;
        held += written.stage_of_rule[r] == s && holds[r] ? 1 : 0;
      }
      const bool reached = rules > 0 && (is_step(written.stages[s].kind) ? held == rules : held > 0);
      if (reached && is_candidate(written.stages[s]) &&
          (found == kNone || is_better(written.stages[s].number, written.stages[found].number))) {
        found = s;
      }
    }
    return found;
  };
  const auto lost = best([](const Stage& s) { return s.kind == StageKind::lost; }, std::less<>());
  if (lost != kNone) {
    return lost;
  }
  const auto hold = best([](const Stage& s) { return s.kind == StageKind::hold; }, std::less<>());
  return hold != kNone ? hold : best([](const Stage& s) { return is_step(s.kind); }, std::greater<>());
}

Written random_ladder(Random& random) {
  Written written;
  const std::size_t stages = random.below(7);
  std::vector<std::int32_t> numbers;
  for (std::int32_t n = 0; n < 20; ++n) {
    numbers.push_back(n * 3 - 10);
  }
  for (std::size_t s = 0; s < stages; ++s) {
    const std::size_t at = random.below(numbers.size());
    const auto kind =
        std::array{StageKind::open, StageKind::open, StageKind::hold, StageKind::won, StageKind::lost}[random.below(5)];
    written.stages.push_back({.number = numbers[at], .kind = kind});
    numbers.erase(numbers.begin() + static_cast<std::ptrdiff_t>(at));
  }
  const std::size_t rules = stages == 0 ? 0 : random.below(10);
  for (std::size_t r = 0; r < rules; ++r) {
    written.stage_of_rule.push_back(static_cast<std::uint32_t>(random.below(stages)));
  }
  return written;
}

TEST(Ladder, LostBeatsHoldBeatsSteps) {
  const Written written{
      .stages = {{1, StageKind::open}, {2, StageKind::won}, {3, StageKind::hold}, {4, StageKind::lost}},
      .stage_of_rule = {0, 1, 2, 3}};
  const Ladder ladder = written.build();
  EXPECT_EQ(stage_of(ladder, {true, true, true, true}), 3U);
  EXPECT_EQ(stage_of(ladder, {true, true, true, false}), 2U);
  EXPECT_EQ(stage_of(ladder, {true, true, false, false}), 1U);
  EXPECT_EQ(stage_of(ladder, {true, false, false, false}), 0U);
  EXPECT_EQ(stage_of(ladder, {false, false, false, false}), kNone);
}

TEST(Ladder, OfStepsTheHighestCountsAndLowerOnesNeedNotHold) {
  const Written written{.stages = {{3, StageKind::open}, {1, StageKind::open}, {2, StageKind::open}},
                        .stage_of_rule = {0, 1, 2}};
  EXPECT_EQ(stage_of(written.build(), {true, false, false}), 0U);
  EXPECT_EQ(stage_of(written.build(), {true, true, true}), 0U);
  EXPECT_EQ(stage_of(written.build(), {false, true, true}), 2U);
}

TEST(Ladder, BesideItTheFirstCounts) {
  const Written written{.stages = {{9, StageKind::lost}, {8, StageKind::lost}}, .stage_of_rule = {0, 1}};
  EXPECT_EQ(stage_of(written.build(), {true, true}), 1U);
}

TEST(Ladder, AStepNeedsAllOfItsRulesAndAStageBesideItOne) {
  const Written written{.stages = {{1, StageKind::open}, {2, StageKind::hold}}, .stage_of_rule = {0, 0, 1, 1}};
  EXPECT_EQ(stage_of(written.build(), {true, false, false, false}), kNone);
  EXPECT_EQ(stage_of(written.build(), {true, true, false, false}), 0U);
  EXPECT_EQ(stage_of(written.build(), {true, true, false, true}), 1U);
}

TEST(Ladder, RulesDoNotLeadToAStageThatHasNone) {
  const Written written{.stages = {{1, StageKind::open}, {2, StageKind::open}}, .stage_of_rule = {0}};
  EXPECT_EQ(stage_of(written.build(), {true}), 0U);
  EXPECT_EQ(stage_of(Written{}.build(), {}), kNone);
}

TEST(Ladder, RefusesWhatContradictsItself) {
  EXPECT_EQ(test::error_code_of([] {
              static_cast<void>(Written{.stages = {{1}, {1}}, .stage_of_rule = {}}.build());
            }),
            ErrorCode::invalid_argument);
  EXPECT_EQ(test::error_code_of([] { static_cast<void>(Written{.stages = {{1}}, .stage_of_rule = {1}}.build()); }),
            ErrorCode::invalid_argument);
}

TEST(Ladder, RulesTakeNobodyDown) {
  const Written written{.stages = {{1, StageKind::open},
                                   {5, StageKind::open},
                                   {7, StageKind::won},
                                   {8, StageKind::hold},
                                   {9, StageKind::lost}},
                        .stage_of_rule = {}};
  const Ladder ladder = written.build();
  constexpr std::uint32_t low = 0;
  constexpr std::uint32_t high = 1;
  constexpr std::uint32_t won = 2;
  constexpr std::uint32_t hold = 3;
  constexpr std::uint32_t lost = 4;
  EXPECT_EQ(ladder.advance(kNone, low), low);
  EXPECT_EQ(ladder.advance(kNone, kNone), kNone);
  EXPECT_EQ(ladder.advance(low, high), high);
  EXPECT_EQ(ladder.advance(high, low), high);
  EXPECT_EQ(ladder.advance(high, kNone), high);
  EXPECT_EQ(ladder.advance(won, high), won);
  EXPECT_EQ(ladder.advance(high, hold), hold);
  EXPECT_EQ(ladder.advance(won, lost), lost);
  EXPECT_EQ(ladder.advance(hold, low), low);
  EXPECT_EQ(ladder.advance(lost, kNone), kNone);
}

TEST(Ladder, AgreesWithItsRulesWrittenOnceMore) {
  Random random(1);
  for (int round = 0; round < 3000; ++round) {
    const Written written = random_ladder(random);
    const Ladder ladder = written.build();
    for (int lead = 0; lead < 10; ++lead) {
      std::vector<bool> holds(written.stage_of_rule.size());
      for (std::size_t i = 0; i < holds.size(); ++i) {
        holds[i] = random.chance(0.5);
      }
      ASSERT_EQ(stage_of(ladder, holds), expected_stage(written, holds));
    }
  }
}

TEST(Ladder, AsksEachRuleOnceAtMostAndNoneAfterTheAnswer) {
  const Written written{.stages = {{1, StageKind::open}, {9, StageKind::lost}}, .stage_of_rule = {0, 0, 1, 1}};
  std::vector<int> asked(4);
  static_cast<void>(written.build().stage([&](std::uint32_t rule) {
    ++asked[rule];
    return rule == 2;
  }));
  EXPECT_EQ(asked, (std::vector<int>{0, 0, 1, 0}));
}

// ---------------------------------------------------------------------------------------------------------------
// The chain of tests.

const std::array kNumbers{Value::of(std::int64_t{std::numeric_limits<std::int64_t>::min()}),
                          Value::of(std::int64_t{-1}),
                          Value::of(std::int64_t{0}),
                          Value::of(std::int64_t{1}),
                          Value::of(std::int64_t{7}),
                          Value::of(std::numeric_limits<std::int64_t>::max())};
const std::array kTexts{Value::of(std::string_view("")), Value::of(std::string_view("a")),
                        Value::of(std::string_view("ab"))};

struct Lead {
  std::vector<Value> columns;
  const std::vector<Truth>* answers = nullptr;
  mutable int tests = 0;

  bool integer(std::uint32_t column, std::int64_t& value) const {
    ++tests;
    value = columns[column].known ? columns[column].integer : 0;
    return columns[column].known;
  }
  [[nodiscard]] Truth evaluate(const Condition& condition, std::uint32_t node) const {
    ++tests;
    return condition.evaluate_node(node, columns);
  }
  [[nodiscard]] Truth ask(std::uint32_t rule) const {
    ++tests;
    return (*answers)[rule];
  }
};

TEST(Decision, FindsTheStageOfTheLadder) {
  Random random(2);
  const std::vector<ColumnChoice> columns{
      {0, ValueKind::integer, kNumbers}, {1, ValueKind::integer, kNumbers}, {2, ValueKind::text, kTexts}};
  int found = 0;
  for (int round = 0; round < 4000; ++round) {
    const Written written = random_ladder(random);
    const Ladder ladder = written.build();
    std::deque<Condition> built;
    std::vector<const Condition*> conditions;
    for (std::size_t rule = 0; rule < written.stage_of_rule.size(); ++rule) {
      const bool is_asked = random.chance(0.2);
      conditions.push_back(is_asked ? nullptr
                                    : &built.emplace_back(test::random_condition(random, columns, 3).build()));
    }
    const Decision decision(ladder, conditions, heap());
    for (int i = 0; i < 20; ++i) {
      std::vector<Truth> answers(conditions.size());
      for (Truth& answer : answers) {
        answer = std::array{Truth::no, Truth::yes, Truth::unknown}[random.below(3)];
      }
      Lead lead;
      lead.answers = &answers;
      for (const ColumnChoice& choice : columns) {
        lead.columns.push_back(random.chance(0.25) ? Value{} : random.one_of(choice.constants));
      }
      const std::uint32_t expected = ladder.stage([&](std::uint32_t rule) {
        const Truth truth = conditions[rule] == nullptr ? answers[rule] : conditions[rule]->evaluate(lead.columns);
        return truth == Truth::yes;
      });
      ASSERT_EQ(decision.stage(lead), expected) << "round " << round;
      found += expected == kNone ? 0 : 1;
    }
  }
  EXPECT_GT(found, 10000);
}

TEST(Decision, AsksNoMoreThanANestedIf) {
  // lost: column 0 = 1 OR column 1 > 5;  open: column 0 < 0 AND NOT column 1 = 3
  const Condition lost =
      test::any({test::compare(0, Comparison::equal, 1), test::compare(1, Comparison::greater, 5)}).build();
  const Condition open =
      test::all({test::compare(0, Comparison::less, 0), test::negation(test::compare(1, Comparison::equal, 3))})
          .build();
  const Written written{.stages = {{1, StageKind::open}, {9, StageKind::lost}}, .stage_of_rule = {0, 1}};
  const Decision decision(written.build(), std::array{&open, &lost}, heap());
  EXPECT_EQ(decision.steps().size(), 4U);
  const auto tests_of = [&](std::int64_t a, std::int64_t b, std::uint32_t stage) {
    const Lead lead{.columns = {Value::of(a), Value::of(b)}};
    EXPECT_EQ(decision.stage(lead), stage);
    return lead.tests;
  };
  EXPECT_EQ(tests_of(1, 9, 1), 1);
  EXPECT_EQ(tests_of(0, 9, 1), 2);
  EXPECT_EQ(tests_of(0, 0, kNone), 3);
  EXPECT_EQ(tests_of(-1, 3, kNone), 4);
  EXPECT_EQ(tests_of(-1, 4, 0), 4);
}

TEST(Decision, SeesConstantsThatAreSetLater) {
  test::WrittenCondition written_condition = test::compare(0, Comparison::less, 0);
  written_condition.constants[0] = Value{};
  Condition condition = written_condition.build();
  const Written written{.stages = {{1, StageKind::open}}, .stage_of_rule = {0}};
  const Decision decision(written.build(), std::array<const Condition*, 1>{&condition}, heap());
  const Lead lead{.columns = {Value::of(std::int64_t{4})}};
  EXPECT_EQ(decision.stage(lead), kNone);
  condition.set_constant(0, Value::of(std::int64_t{5}));
  EXPECT_EQ(decision.stage(lead), 0U);
  condition.set_constant(0, Value::of(std::int64_t{4}));
  EXPECT_EQ(decision.stage(lead), kNone);
}

TEST(Decision, LeaksNothingWhicheverAllocationFails) {
  const Condition condition =
      test::all({test::compare(0, Comparison::equal, 1), test::any({test::compare(1, Comparison::greater, 5)})})
          .build();
  const auto build = [&](std::pmr::memory_resource* memory) {
    const Written written{.stages = {{1, StageKind::open}, {9, StageKind::lost}}, .stage_of_rule = {0, 1}};
    Decision decision(written.build(memory), std::array{&condition, &condition}, memory);
    EXPECT_EQ(decision.steps().size(), 4U);
    return decision;
  };
  EXPECT_GT(test::fail_every_allocation(build), 0U);
}

}  // namespace
}  // namespace leadscore::model
