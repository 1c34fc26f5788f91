#include "core/model/scale.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace leadscore::model {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kMax = std::numeric_limits<double>::max();
constexpr std::array kScales{Scale::clamp, Scale::range, Scale::logistic, Scale::calibrated};
constexpr std::array<CalibrationPiece, 3> kSteps{{{.raw_from = -kInfinity, .probability = 0.1},
                                                  {.raw_from = 0, .probability = 0.25},
                                                  {.raw_from = 37, .probability = 0.9}}};

TEST(Sigmoid, HasItsKnownValues) {
  EXPECT_EQ(sigmoid(0.0), 0.5);
  EXPECT_EQ(sigmoid(-0.0), 0.5);
  EXPECT_NEAR(sigmoid(1.0), 0.7310585786300049, 1e-15);
  EXPECT_NEAR(sigmoid(-1.0), 0.2689414213699951, 1e-15);
  EXPECT_NEAR(sigmoid(std::log(3.0)), 0.75, 1e-15);
}

TEST(Sigmoid, NeitherOverflowsNorLosesSmallProbabilities) {
  EXPECT_EQ(sigmoid(1e308), 1.0);
  EXPECT_EQ(sigmoid(-1e308), 0.0);
  EXPECT_EQ(sigmoid(kInfinity), 1.0);
  EXPECT_EQ(sigmoid(-kInfinity), 0.0);
  EXPECT_EQ(sigmoid(40), 1.0);
  EXPECT_EQ(sigmoid(710), 1.0);
  EXPECT_NEAR(sigmoid(-700) / std::exp(-700), 1.0, 1e-12);
  EXPECT_NEAR(sigmoid(-37) / std::exp(-37), 1.0, 1e-12);
}

TEST(Sigmoid, MirrorsAroundOneHalf) {
  for (double x = -40; x <= 40; x += 0.37) {
    EXPECT_NEAR(sigmoid(x) + sigmoid(-x), 1.0, 1e-15) << x;
  }
}

TEST(Sigmoid, NeverFallsEvenBetweenNeighbouringNumbers) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 400'000; ++i) {
    const double x = std::ldexp(static_cast<double>(random() >> 11), -53) * 12 - 6;
    const double next = std::nextafter(x, kInfinity);
    ASSERT_LE(sigmoid(x), sigmoid(next)) << x;
  }
}

TEST(NumberOfPoints, IsFiniteAndAtMostTheLargest) {
  for (const double good : {0.0, -0.0, 5e-324, 0.1, kLargestPoints, -kLargestPoints}) {
    EXPECT_TRUE(is_number_of_points(good)) << good;
  }
  for (const double bad : {std::nextafter(kLargestPoints, kInfinity), -1e16, kMax, kInfinity, -kInfinity,
                           std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_FALSE(is_number_of_points(bad)) << bad;
  }
}

TEST(ClampScale, CutsAtTheLimits) {
  const ScaleMap map{.scale = Scale::clamp, .lower = 0, .upper = 100};
  EXPECT_EQ(map.score(-1e308), 0);
  EXPECT_EQ(map.score(-0.5), 0);
  EXPECT_EQ(map.score(0), 0);
  EXPECT_EQ(map.score(42.5), 42.5);
  EXPECT_EQ(map.score(100), 100);
  EXPECT_EQ(map.score(std::nextafter(100.0, 200.0)), 100);
  EXPECT_EQ(map.score(1e308), 100);
}

TEST(RangeScale, IsLinearBetweenTheEnds) {
  const ScaleMap map{.scale = Scale::range, .lower = 0, .upper = 100, .raw_min = -20, .raw_max = 60};
  EXPECT_EQ(map.score(-20), 0);
  EXPECT_EQ(map.score(0), 25);
  EXPECT_EQ(map.score(20), 50);
  EXPECT_EQ(map.score(40), 75);
  EXPECT_EQ(map.score(60), 100);
}

TEST(RangeScale, CutsBeyondTheEnds) {
  const ScaleMap map{.scale = Scale::range, .lower = 10, .upper = 20, .raw_min = 0, .raw_max = 1};
  EXPECT_EQ(map.score(-1e308), 10);
  EXPECT_EQ(map.score(-1e-300), 10);
  EXPECT_EQ(map.score(1.0000000001), 20);
  EXPECT_EQ(map.score(1e308), 20);
}

TEST(RangeScale, ScoresTheLowerLimitWhereOnlyOneSumIsAttainable) {
  const ScaleMap map{.scale = Scale::range, .lower = 5, .upper = 20, .raw_min = 3, .raw_max = 3};
  EXPECT_EQ(map.score(3), 5);
  EXPECT_EQ(map.score(2), 5);
  EXPECT_EQ(map.score(4), 5);
}

TEST(LogisticScale, IsTheProbabilityStretchedOverTheLimits) {
  const ScaleMap map{.scale = Scale::logistic, .lower = 0, .upper = 100};
  EXPECT_EQ(map.score(0), 50);
  EXPECT_NEAR(map.score(std::log(3.0)), 75, 1e-12);
  EXPECT_NEAR(map.score(-std::log(3.0)), 25, 1e-12);
  EXPECT_EQ(map.score(1e308), 100);
  EXPECT_EQ(map.score(-1e308), 0);
  EXPECT_EQ(map.score(kMax), 100);
  EXPECT_EQ(map.score(-kMax), 0);
  const ScaleMap narrow{.scale = Scale::logistic, .lower = -1, .upper = 1};
  EXPECT_EQ(narrow.score(0), 0);
}

TEST(CalibratedScale, IsTheProbabilityOfThePieceStretchedOverTheLimits) {
  const ScaleMap map{.scale = Scale::calibrated, .lower = 0, .upper = 100, .calibration = kSteps};
  EXPECT_EQ(map.score(-1e15), 10);
  EXPECT_EQ(map.score(std::nextafter(0.0, -1.0)), 10);
  EXPECT_EQ(map.score(0), 25);
  EXPECT_EQ(map.score(36.999), 25);
  EXPECT_EQ(map.score(37), 90);
  EXPECT_EQ(map.score(kMax), 90);
  EXPECT_EQ(map.probability(37), 0.9);
  EXPECT_EQ((ScaleMap{.scale = Scale::clamp}.probability(37)), std::nullopt);
  EXPECT_EQ((ScaleMap{.scale = Scale::logistic}.probability(0)), 0.5);
}

TEST(CalibratedScale, TakesWhatLiesBelowTheFirstPieceToIt) {
  const std::array<CalibrationPiece, 2> pieces{
      {{.raw_from = 10, .is_curve = true, .intercept = -2, .slope = 0.1}, {.raw_from = 50, .probability = 0.99}}};
  const ScaleMap map{.scale = Scale::calibrated, .lower = -1, .upper = 1, .calibration = pieces};
  EXPECT_EQ(map.score(20), 0);
  EXPECT_NEAR(*map.probability(0), 1 / (1 + std::exp(2.0)), 1e-15);
  EXPECT_NEAR(map.score(50), 0.98, 1e-15);
}

TEST(ScaleMap, StaysFiniteAndWithinLimitsHoweverWideTheyAre) {
  const std::vector<double> ends{-kLargestPoints, -1e14, -1, 0, 1e-308, 1, 1e14, kLargestPoints};
  const std::vector<double> raws{-kMax, -1e308, -kLargestPoints, -1e14, -1000, -745, -1, -1e-308, 0, 5e-324, 1, 37, 800,
                                 1e14,  9e14,   kLargestPoints,  1e308, kMax};
  for (const Scale scale : kScales) {
    for (const double lower : ends) {
      for (const double upper : ends) {
        for (const double raw_min : ends) {
          for (const double raw_max : ends) {
            if (lower >= upper || raw_min > raw_max) {
              continue;
            }
            const ScaleMap map{scale, lower, upper, raw_min, raw_max, kSteps};
            double before = lower;
            for (const double raw : raws) {
              const double score = map.score(raw);
              ASSERT_TRUE(score >= lower && score <= upper && score >= before)
                  << "scale " << static_cast<int>(scale) << " to [" << lower << ", " << upper << "] of " << raw
                  << " in [" << raw_min << ", " << raw_max << "]: " << score << " after " << before;
              before = score;
            }
          }
        }
      }
    }
  }
}

TEST(RangeScale, KeepsItsMiddleOverTheWidestRange) {
  const ScaleMap map{
      .scale = Scale::range, .lower = 0, .upper = 100, .raw_min = -kLargestPoints, .raw_max = kLargestPoints};
  EXPECT_NEAR(map.score(0), 50, 1e-12);
  EXPECT_NEAR(map.score(kLargestPoints / 2), 75, 1e-12);
}

TEST(ScaleMap, NeverFallsWhenTheRawSumGrows) {
  std::mt19937_64 random(11);
  const auto number = [&random](double from, double to) {
    return from + (to - from) * std::ldexp(static_cast<double>(random() >> 11), -53);
  };
  for (int i = 0; i < 2'000; ++i) {
    ScaleMap map{.calibration = kSteps};
    map.scale = kScales[static_cast<std::size_t>(i) % kScales.size()];
    map.lower = number(-50, 50);
    map.upper = map.lower + number(1e-3, 200);
    map.raw_min = number(-30, 30);
    map.raw_max = map.raw_min + number(1e-6, 60);
    std::vector<double> raws(50);
    std::generate(raws.begin(), raws.end(), [&] { return number(-40, 100); });
    for (std::size_t k = 0; k < 25; ++k) {
      raws.push_back(std::nextafter(raws[k], kInfinity));
    }
    std::sort(raws.begin(), raws.end());
    for (std::size_t k = 1; k < raws.size(); ++k) {
      ASSERT_LE(map.score(raws[k - 1]), map.score(raws[k]))
          << "scale " << static_cast<int>(map.scale) << " at " << raws[k];
    }
  }
}

}  // namespace
}  // namespace leadscore::model
