#include "core/model/framework.hpp"

#include "core/model/framework_answer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "counting_resource.hpp"
#include "error_code_of.hpp"
#include "random.hpp"

namespace leadscore::model {
namespace {

using test::CountingResource;
using test::error_code_of;
using test::NoDefaultResource;
using test::Random;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr FrameworkAnswer kUnknown;

std::vector<double> weights_of(const std::vector<std::int32_t>& priorities) {
  std::vector<double> weights;
  for (const long double weight : rank_order_weights(priorities, std::pmr::new_delete_resource())) {
    weights.push_back(static_cast<double>(weight));
  }
  return weights;
}

Framework framework_of(const std::vector<FrameworkElement>& elements) {
  return {elements, std::pmr::new_delete_resource()};
}

std::optional<ErrorCode> error_of(const FrameworkElement& element) {
  return error_code_of([&] { (void)framework_of({{.name = "a"}, element}); });
}

const std::vector<FrameworkElement> kBant{{.name = "budget", .priority = 1},
                                          {.name = "authority", .priority = 2},
                                          {.name = "need", .priority = 3},
                                          {.name = "timing", .priority = 4}};

void expect_near(const std::vector<double>& actual, const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    EXPECT_NEAR(actual[i], expected[i], tolerance) << i;
  }
}

TEST(RankOrderWeights, AreTheCentroidsOfTheLiterature) {
  EXPECT_EQ(weights_of({1}), (std::vector<double>{1.0}));
  EXPECT_EQ(weights_of({1, 2}), (std::vector<double>{0.75, 0.25}));
  expect_near(weights_of({1, 2, 3}), {11.0 / 18, 5.0 / 18, 2.0 / 18}, 1e-17);
  expect_near(weights_of({1, 2, 3, 4}), {25.0 / 48, 13.0 / 48, 7.0 / 48, 3.0 / 48}, 1e-17);
  expect_near(weights_of({1, 2, 3, 4}), {0.520833, 0.270833, 0.145833, 0.0625}, 5e-7);
  expect_near(weights_of({1, 2, 3, 4, 5, 6}), {0.4083, 0.2417, 0.1583, 0.1028, 0.0611, 0.0278}, 5e-5);
  EXPECT_TRUE(weights_of({}).empty());
}

TEST(RankOrderWeights, GoByRankNotByTheSizeOfThePriority) {
  EXPECT_EQ(weights_of({7, 3, 1000, 50}),
            (std::vector<double>{weights_of({1, 2, 3, 4})[1], weights_of({1, 2, 3, 4})[0], weights_of({1, 2, 3, 4})[3],
                                 weights_of({1, 2, 3, 4})[2]}));
}

TEST(RankOrderWeights, ShareTheMeanAmongEqualPriorities) {
  expect_near(weights_of({1, 2, 2, 3}), {25.0 / 48, 10.0 / 48, 10.0 / 48, 3.0 / 48}, 1e-17);
  expect_near(weights_of({5, 5, 5}), {1.0 / 3, 1.0 / 3, 1.0 / 3}, 1e-17);
  EXPECT_EQ(weights_of({1, 2, 2, 3})[1], weights_of({1, 2, 2, 3})[2]) << "to the last bit";
}

// The centre of gravity of all weights w1 >= w2 >= ... >= wn that add up to 1, by its corners: 1/k for the first k.
TEST(RankOrderWeights, AreTheMeanOfTheCornersOfTheirSimplex) {
  for (std::size_t n = 1; n <= 30; ++n) {
    std::vector<std::int32_t> priorities(n);
    std::vector<double> centre(n);
    for (std::size_t k = 1; k <= n; ++k) {
      priorities[k - 1] = static_cast<std::int32_t>(k);
      for (std::size_t i = 0; i < k; ++i) {
        centre[i] += 1.0 / static_cast<double>(k) / static_cast<double>(n);
      }
    }
    expect_near(weights_of(priorities), centre, 1e-15);
  }
}

TEST(RankOrderWeights, AddUpToOneAndNeverRiseWithThePriority) {
  Random random(1);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::int32_t> priorities(1 + random.below(40));
    for (std::int32_t& priority : priorities) {
      priority = static_cast<std::int32_t>(1 + random.below(12));
    }
    const std::vector<double> weights = weights_of(priorities);
    double sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      sum += weights[i];
      ASSERT_GT(weights[i], 0);
      for (std::size_t k = 0; k < weights.size(); ++k) {
        ASSERT_TRUE(priorities[i] > priorities[k] || weights[i] >= weights[k]);
        ASSERT_TRUE(priorities[i] != priorities[k] || weights[i] == weights[k]);
      }
    }
    ASSERT_NEAR(sum, 1, 1e-14);
  }
}

TEST(Framework, ScoresOverWhatIsAnswered) {
  const FrameworkScore score = framework_of(kBant).score(std::vector<FrameworkAnswer>{1.0, kUnknown, 0.5, 0.0});
  EXPECT_NEAR(*score.score, 100 * (25 + 3.5) / (25 + 7 + 3), 1e-12);
  EXPECT_NEAR(*score.completeness, 35.0 / 48, 1e-15);
  EXPECT_NEAR(*score.score_if_no, 100 * 28.5 / 48, 1e-12);
  EXPECT_NEAR(*score.score_if_yes, 100 * (28.5 + 13) / 48, 1e-12);
  EXPECT_EQ(score.answered, 3U);
}

TEST(Framework, KnowsNothingWithoutAnswers) {
  const FrameworkScore score = framework_of(kBant).score(std::vector<FrameworkAnswer>(4));
  EXPECT_EQ(score.score, std::nullopt);
  EXPECT_EQ(score.completeness, 0);
  EXPECT_EQ(score.score_if_no, 0);
  EXPECT_EQ(score.score_if_yes, 100);
  EXPECT_EQ(score.answered, 0U);
}

TEST(Framework, RoundsOnce) {
  const Framework framework = framework_of(kBant);
  EXPECT_EQ(framework.score(std::vector<FrameworkAnswer>{0.0, kUnknown, 1.0, kUnknown}).score, 21.875);
  EXPECT_EQ(framework.score(std::vector<FrameworkAnswer>{0.5, 0.0, 1.0, 1.0}).score, 46.875);
  EXPECT_EQ(framework.score(std::vector<FrameworkAnswer>{kUnknown, 1.0, 1.0, kUnknown}).completeness, 20.0 / 48);
}

TEST(Framework, IsCertainWhenAllIsAnswered) {
  const Framework framework = framework_of(kBant);
  for (const double answer : {0.0, 1.0}) {
    const FrameworkScore score = framework.score(std::vector<FrameworkAnswer>(4, answer));
    EXPECT_EQ(score.score, 100 * answer);
    EXPECT_EQ(score.completeness, 1);
    EXPECT_EQ(score.score_if_no, 100 * answer);
    EXPECT_EQ(score.score_if_yes, 100 * answer);
  }
}

TEST(Framework, TakesUnknownForNeitherYesNorNo) {
  const Framework framework = framework_of(kBant);
  const FrameworkScore unknown = framework.score(std::vector<FrameworkAnswer>{1.0, kUnknown, kUnknown, kUnknown});
  const FrameworkScore no = framework.score(std::vector<FrameworkAnswer>{1.0, 0.0, 0.0, 0.0});
  EXPECT_EQ(unknown.score, 100);
  EXPECT_LT(*no.score, 53);
  EXPECT_EQ(unknown.score_if_no, no.score);
}

TEST(Framework, WithoutElementsHasNothingToSay) {
  const FrameworkScore score = framework_of({}).score({});
  EXPECT_EQ(score.score, std::nullopt);
  EXPECT_EQ(score.completeness, std::nullopt);
  EXPECT_EQ(score.score_if_no, std::nullopt);
  EXPECT_EQ(score.score_if_yes, std::nullopt);
}

TEST(Framework, OrdersByWeightThenPriorityThenName) {
  const Framework framework = framework_of({{.name = "late", .priority = 3},
                                            {.name = "b", .priority = 2, .weight = 0.5},
                                            {.name = "a", .priority = 2, .weight = 0.5},
                                            {.name = "first", .priority = 1, .weight = 0.5},
                                            {.name = "heavy", .priority = 9, .weight = 2}});
  const std::vector<std::size_t> order(framework.by_weight().begin(), framework.by_weight().end());
  EXPECT_EQ(order, (std::vector<std::size_t>{4, 3, 2, 1, 0}));
}

TEST(Framework, TakesAWeightInPlaceOfThePrioritys) {
  const Framework framework = framework_of({{.name = "a", .priority = 1}, {.name = "b", .priority = 2, .weight = 3}});
  EXPECT_EQ(framework.weight(0), 0.75) << "the other keeps what its rank gives";
  EXPECT_EQ(framework.weight(1), 3);
  EXPECT_EQ(framework.score(std::vector<FrameworkAnswer>{1.0, 0.0}).score, 20);
}

TEST(Framework, RefusesWhatIsNoPriorityOrWeight) {
  EXPECT_EQ(error_of({.name = "b", .priority = 0}), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of({.name = "b", .priority = -1}), ErrorCode::invalid_argument);
  for (const double weight : {0.0, -1.0, kNaN, kInfinity, std::nextafter(kLargestWeight, kInfinity)}) {
    EXPECT_EQ(error_of({.name = "b", .weight = weight}), ErrorCode::out_of_range) << weight;
  }
  EXPECT_EQ(error_of({.name = "b", .weight = kLargestWeight}), std::nullopt);
  EXPECT_EQ(error_of({.name = "b", .weight = std::numeric_limits<double>::denorm_min()}), std::nullopt);
  EXPECT_EQ(error_code_of([] { (void)framework_of(std::vector<FrameworkElement>(kFrameworkMaxElements)); }),
            std::nullopt);
  EXPECT_EQ(error_code_of([] { (void)framework_of(std::vector<FrameworkElement>(kFrameworkMaxElements + 1)); }),
            ErrorCode::limit_exceeded);
}

// Random frameworks and answers.
struct Case {
  std::vector<std::string> names;
  std::vector<FrameworkElement> elements;
  std::vector<FrameworkAnswer> answers;
};

Case random_case(Random& random) {
  Case made;
  const std::size_t size = 1 + random.below(12);
  for (std::size_t i = 0; i < size; ++i) {
    made.names.push_back("element " + std::to_string(i));
  }
  for (std::size_t i = 0; i < size; ++i) {
    made.elements.push_back({.name = made.names[i], .priority = static_cast<std::int32_t>(1 + random.below(6))});
    if (random.chance(0.3)) {
      made.elements.back().weight = std::fabs(random.magnitude(-60, 49)) + 1e-300;
    }
    const std::uint32_t kind = random.below(4);
    made.answers.push_back(kind == 0   ? kUnknown
                           : kind == 1 ? FrameworkAnswer(0.0)
                           : kind == 2 ? FrameworkAnswer(1.0)
                                       : FrameworkAnswer(random.number(0, 1)));
  }
  return made;
}

TEST(FrameworkProperty, BoundsBracketTheScore) {
  Random random(2);
  for (int round = 0; round < 20'000; ++round) {
    const Case made = random_case(random);
    const FrameworkScore score = framework_of(made.elements).score(made.answers);
    ASSERT_GE(*score.score_if_no, 0);
    ASSERT_LE(*score.score_if_yes, 100);
    ASSERT_LE(*score.score_if_no, *score.score_if_yes);
    ASSERT_LE(*score.score_if_no, score.score.value_or(100));
    ASSERT_LE(score.score.value_or(0), *score.score_if_yes);
    ASSERT_GE(*score.completeness, 0);
    ASSERT_LE(*score.completeness, 1);
  }
}

TEST(FrameworkProperty, BoundsAreWhatTheUnknownCanTurnOutToBe) {
  Random random(3);
  for (int round = 0; round < 5'000; ++round) {
    const Case made = random_case(random);
    const Framework framework = framework_of(made.elements);
    const FrameworkScore score = framework.score(made.answers);
    std::vector<FrameworkAnswer> filled = made.answers;
    for (const double all : {0.0, 1.0}) {
      std::transform(made.answers.begin(), made.answers.end(), filled.begin(),
                     [all](const FrameworkAnswer& answer) { return answer.value_or(all); });
      ASSERT_NEAR(*framework.score(filled).score, all == 0 ? *score.score_if_no : *score.score_if_yes, 1e-10);
    }
    std::transform(made.answers.begin(), made.answers.end(), filled.begin(),
                   [&](const FrameworkAnswer& answer) { return answer.value_or(random.number(0, 1)); });
    ASSERT_GE(*framework.score(filled).score, *score.score_if_no);
    ASSERT_LE(*framework.score(filled).score, *score.score_if_yes);
  }
}

TEST(FrameworkProperty, NeverFallsWhenAnAnswerRises) {
  Random random(4);
  for (int round = 0; round < 20'000; ++round) {
    Case made = random_case(random);
    const Framework framework = framework_of(made.elements);
    FrameworkAnswer& answer = random.one_of(made.answers);
    answer = random.number(0, 1);
    const FrameworkScore before = framework.score(made.answers);
    answer = random.chance(0.5) ? 1.0 : random.number(*answer, 1);
    const FrameworkScore after = framework.score(made.answers);
    ASSERT_GE(*after.score, *before.score);
    ASSERT_GE(*after.score_if_no, *before.score_if_no);
    ASSERT_GE(*after.score_if_yes, *before.score_if_yes);
    ASSERT_EQ(after.completeness, before.completeness);
  }
}

TEST(FrameworkProperty, UnknownIsNeverWorseThanNoNorBetterThanYes) {
  Random random(5);
  for (int round = 0; round < 20'000; ++round) {
    Case made = random_case(random);
    const Framework framework = framework_of(made.elements);
    FrameworkAnswer& answer = random.one_of(made.answers);
    answer = kUnknown;
    const FrameworkScore unknown = framework.score(made.answers);
    answer = 0.0;
    const FrameworkScore no = framework.score(made.answers);
    answer = 1.0;
    const FrameworkScore yes = framework.score(made.answers);
    ASSERT_GE(*unknown.score_if_yes, *no.score_if_yes);
    ASSERT_EQ(unknown.score_if_no, no.score_if_no);
    ASSERT_NEAR(*unknown.score_if_yes, *yes.score_if_yes, 1e-10);
    ASSERT_LE(*unknown.score_if_no, *yes.score_if_no);
    ASSERT_LE(*unknown.completeness, *no.completeness);
    ASSERT_EQ(unknown.answered + 1, no.answered);
  }
}

TEST(FrameworkProperty, DoesNotDependOnTheOrderOfElements) {
  Random random(6);
  for (int round = 0; round < 5'000; ++round) {
    const Case made = random_case(random);
    std::vector<std::size_t> order(made.elements.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
    }
    random.shuffle(order);
    Case shuffled;
    for (const std::size_t i : order) {
      shuffled.elements.push_back(made.elements[i]);
      shuffled.answers.push_back(made.answers[i]);
    }
    const Framework framework = framework_of(made.elements);
    const Framework other = framework_of(shuffled.elements);
    const FrameworkScore a = framework.score(made.answers);
    const FrameworkScore b = other.score(shuffled.answers);
    ASSERT_EQ(a.score, b.score);
    ASSERT_EQ(a.completeness, b.completeness);
    ASSERT_EQ(a.score_if_no, b.score_if_no);
    ASSERT_EQ(a.score_if_yes, b.score_if_yes);
    for (std::size_t i = 0; i < order.size(); ++i) {
      ASSERT_EQ(made.elements[framework.by_weight()[i]].name, shuffled.elements[other.by_weight()[i]].name);
    }
  }
}

TEST(Framework, UsesOnlyTheMemoryItIsGiven) {
  const NoDefaultResource no_default;
  CountingResource memory;
  {
    const Framework framework(kBant, &memory);
    const std::vector<FrameworkAnswer> answers(4, 0.5);
    const std::size_t built = memory.allocations();
    EXPECT_EQ(framework.score(answers).score, 50);
    EXPECT_EQ(memory.allocations(), built) << "scoring allocates nothing";
  }
  EXPECT_EQ(memory.live(), 0U);
}

TEST(Framework, LeaksNothingWhicheverAllocationFails) {
  const auto build = [](std::pmr::memory_resource* memory) { return Framework(kBant, memory); };
  EXPECT_GT(test::fail_every_allocation(build), 0U) << "nothing was allocated at all";
}

TEST(FrameworkAnswer, ReadsYesAndNoInBothLanguages) {
  for (const char* const text : {"yes", "YES", " Yes\t", "y", "true", "t", "on", "да", "ДА", "Да", "д",
                                 "\xC2\xA0да\xC2\xA0", "1", "1.0", "1,0"}) {
    EXPECT_EQ(answer_of_text(text), 1.0) << text;
  }
  for (const char* const text :
       {"no", "NO", "n", "false", "f", "off", "нет", "НЕТ", " Нет \n", "н", "0", "0.0", "-0"}) {
    EXPECT_EQ(answer_of_text(text), 0.0) << text;
  }
  EXPECT_EQ(answer_of_text("0.25"), 0.25);
  EXPECT_EQ(answer_of_text(" 0,25 "), 0.25);
  EXPECT_EQ(answer_of_text("1e-3"), 0.001);
}

TEST(FrameworkAnswer, TakesEverythingElseForUnknown) {
  for (const char* const text :
       {"",     " ",         "unknown", "не знаю", "Не Знаю",  "maybe", "yes, but", "да нет", "2",
        "-0.5", "1.0000001", "nan",     "NaN",     "inf",      "-inf",  "1e999",    "0.5.5",  "0,5,5",
        "50%",  "+1",        "\xD0",    "д\xD0",   "\xFF\xFE", "ye s",  "0x1"}) {
    EXPECT_EQ(answer_of_text(text), kUnknown) << text;
  }
  EXPECT_EQ(answer_of_text(std::string(kLongestAnswer + 1, '0')), kUnknown);
  EXPECT_EQ(answer_of_text(std::string(kLongestAnswer, '0')), 0.0);
  EXPECT_EQ(answer_of_text("yes" + std::string(kLongestAnswer - 3, ' ')), 1.0);
  EXPECT_EQ(answer_of_text("yes" + std::string(kLongestAnswer - 2, ' ')), kUnknown);
  EXPECT_EQ(answer_of_text(std::string_view("yes\0", 4)), kUnknown);
}

TEST(FrameworkAnswer, TakesNumbersBetweenNoAndYes) {
  EXPECT_EQ(answer_of_number(0), 0.0);
  EXPECT_EQ(answer_of_number(0.5), 0.5);
  EXPECT_EQ(answer_of_number(1), 1.0);
  for (const double number :
       {std::nextafter(1, 2), -std::numeric_limits<double>::denorm_min(), kNaN, kInfinity, -kInfinity}) {
    EXPECT_EQ(answer_of_number(number), kUnknown) << number;
  }
}

}  // namespace
}  // namespace leadscore::model
