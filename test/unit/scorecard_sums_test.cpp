// What is new where sums are exact: the order of points, decimals, and points that somebody else has added up.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/error.hpp"
#include "core/model/scorecard.hpp"
#include "error_code_of.hpp"
#include "random.hpp"
#include "random_scorecard.hpp"

namespace leadscore::model {
namespace {

using test::error_code_of;
using test::Model;
using test::Random;
using test::random_model;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Criteria with these points, all met.
double raw_score_of(const std::vector<double>& points, const Dimension& limits = {}) {
  Model model;
  model.dimensions = {limits};
  std::vector<Outcome> outcomes;
  for (const double each : points) {
    model.criteria.push_back({.dimension = 0, .points = each});
    outcomes.push_back({.verdict = Verdict::met, .points = each});
  }
  return model.build().evaluate(outcomes).raw_score;
}

std::uint64_t bits(double number) { return std::bit_cast<std::uint64_t>(number); }

TEST(ScorecardSums, AreWhatPeopleExpectOfDecimals) {
  EXPECT_EQ(raw_score_of({31, 1.01, 1}), 33.01);
  EXPECT_EQ(raw_score_of({1, 1.01, 31}), 33.01);
  EXPECT_EQ(raw_score_of(std::vector<double>(10, 0.1)), 1.0);
  EXPECT_EQ(raw_score_of({kLargestPoints, 1e-3, -kLargestPoints}), 1e-3);
  EXPECT_EQ(raw_score_of(std::vector<double>(10, 0.1), {.upper = 1}), 1.0);
  EXPECT_EQ(raw_score_of({0.1, 0.2}, {.upper = 0.3}), 0.3);
}

TEST(ScorecardSums, ReachTheirLimitsToTheLastBit) {
  Random random(501);
  for (int i = 0; i < 1'000; ++i) {
    const double limit = random.magnitude(-20, 49);
    EXPECT_EQ(raw_score_of({kLargestPoints}, {.upper = limit}), limit);
    EXPECT_EQ(raw_score_of({-kLargestPoints}, {.lower = limit}), limit);
    EXPECT_EQ(raw_score_of({}, {.lower = limit, .upper = limit}), limit);
    EXPECT_EQ(raw_score_of({limit}, {.lower = limit, .upper = limit}), limit);
  }
}

// A model's unit follows its largest points, so that small models are as exact as large ones.
TEST(ScorecardSums, AreExactForModelsOfAnySize) {
  for (int exponent = -700; exponent <= 40; ++exponent) {
    const double scale = std::ldexp(1.0, exponent);
    EXPECT_EQ(raw_score_of({31 * scale, 1.01 * scale, scale}), 33.01 * scale) << exponent;
    EXPECT_EQ(raw_score_of({31 * scale, 1.01 * scale, -31 * scale}), 1.01 * scale) << exponent;
  }
}

TEST(ScorecardSums, OfPointsNextToZeroMayBecomeZeroAndNothingElse) {
  for (const double tiny : {5e-324, 1e-310, 1e-300}) {
    for (const double sign : {1.0, -1.0}) {
      EXPECT_EQ(raw_score_of({sign * tiny}), 0) << tiny;
      EXPECT_EQ(raw_score_of({1, sign * tiny, -1}), 0) << tiny;
      EXPECT_EQ(raw_score_of({1, sign * tiny}), 1) << tiny;
    }
  }
}

TEST(ScorecardSums, AreNeverNegativeZero) {
  EXPECT_FALSE(std::signbit(raw_score_of({-0.0})));
  EXPECT_FALSE(std::signbit(raw_score_of({1, -1})));
  EXPECT_FALSE(std::signbit(raw_score_of({-1e-300})));
  Model model;
  model.base_points = -0.0;
  EXPECT_FALSE(std::signbit(model.build().evaluate({}).raw_score));
}

TEST(ScorecardSums, CountWhatTheScorecardKeeps) {
  Model model;
  model.dimensions = {Dimension{}, Dimension{}};
  model.criteria = {{.dimension = 1, .attribute = 0, .points = 2.5}, {.points = -1.0}, {.dimension = 0, .points = {}}};
  const Scorecard scorecard = model.build();
  EXPECT_EQ(scorecard.group_count(), 3U) << "a dimension each, and the criteria without one";
  ASSERT_EQ(scorecard.criterion_count(), 3U);
  const std::array<std::uint32_t, 3> groups{2, 0, 1};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const ScorecardCriterion& criterion = scorecard.criterion(i);
    EXPECT_EQ(criterion.group, groups[i]);
    EXPECT_EQ(criterion.attribute, model.criteria[i].attribute);
    EXPECT_EQ(criterion.has_constant_points, model.criteria[i].points.has_value());
    EXPECT_EQ(scorecard.unit().points(criterion.points), model.criteria[i].points.value_or(0));
  }
}

TEST(ScorecardSums, AddOnlyWhatIsMetKnownAndANumberOfPoints) {
  Model model;
  model.criteria = {{.points = 2.5}, {.points = {}}};
  const Scorecard scorecard = model.build();
  const PointUnit& unit = scorecard.unit();
  for (const Verdict verdict : {Verdict::not_met, Verdict::unknown, Verdict::excluded}) {
    EXPECT_EQ(scorecard.counted_points(0, {.verdict = verdict, .points = 2.5}), 0);
    EXPECT_EQ(scorecard.counted_points(1, {.verdict = verdict, .points = kInfinity}), 0);
  }
  EXPECT_EQ(scorecard.counted_points(0, {.verdict = Verdict::met, .points = 2.5}), unit.count(2.5));
  EXPECT_EQ(scorecard.counted_points(1, {.verdict = Verdict::met, .points = -0.1}), unit.count(-0.1));
  EXPECT_EQ(scorecard.counted_points(1, {.verdict = Verdict::met, .points_known = false, .points = kInfinity}), 0);
  const double beyond = std::nextafter(kLargestPoints, kInfinity);
  for (const double bad : {kInfinity, -kInfinity, std::nan(""), beyond, -beyond}) {
    EXPECT_EQ(error_code_of([&] { (void)scorecard.counted_points(1, {.verdict = Verdict::met, .points = bad}); }),
              ErrorCode::out_of_range);
  }
}

TEST(ScorecardSums, OfGroupsGiveTheScoreOfTheirOutcomes) {
  Random random(502);
  for (int round = 0; round < 3'000; ++round) {
    const Model model = random_model(random);
    const Scorecard scorecard = model.build();
    std::vector<Outcome> outcomes(model.criteria.size());
    std::vector<PointCount> sums(scorecard.group_count());
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      if (random.chance(0.5)) {
        outcomes[i] = {.verdict = Verdict::met, .points = model.criteria[i].points.value_or(random.number(-20, 30))};
        sums[scorecard.criterion(i).group] += scorecard.counted_points(i, outcomes[i]);
      }
    }
    const Evaluation evaluation = scorecard.evaluate(outcomes);
    ASSERT_EQ(bits(scorecard.score_sums(sums)), bits(evaluation.score)) << "round " << round;
    ASSERT_EQ(bits(model.build_unscaled().score_sums(sums)), bits(evaluation.raw_score)) << "round " << round;
  }
}

TEST(ScorecardSums, StayInRangeWhereEverythingIsAsLargeAsItMayBe) {
  Model model;
  model.base_points = kLargestPoints;
  for (int d = 0; d < 100; ++d) {
    model.dimensions.push_back(d % 2 == 0 ? Dimension{-kLargestPoints, kLargestPoints}
                                          : Dimension{kLargestPoints, kInfinity});
  }
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    model.criteria.push_back({.dimension = i % 100, .points = {}});
  }
  const Scorecard scorecard = model.build();
  // Without criteria each odd dimension is lifted to its lower limit.
  std::vector<Outcome> outcomes(model.criteria.size());
  EXPECT_EQ(scorecard.evaluate(outcomes).raw_score, 51 * kLargestPoints);
  for (const double sign : {1.0, -1.0}) {
    for (Outcome& outcome : outcomes) {
      outcome = {.verdict = Verdict::met, .points = sign * kLargestPoints};
    }
    const double expected = sign > 0 ? 1 + 50 * 1 + 50 * 10 : 1 - 50 * 1 + 50 * 1;
    EXPECT_EQ(scorecard.evaluate(outcomes).raw_score, expected * kLargestPoints);
  }
}

}  // namespace
}  // namespace leadscore::model
