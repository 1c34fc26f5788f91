#include "core/learn/wilson.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "core/learn/normal.hpp"
#include "error_code_of.hpp"
#include "random.hpp"

namespace leadscore::learn {
namespace {

using test::error_code_of;
using test::Random;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();

// Computed with 60 digits, of exactly these doubles.
TEST(NormalQuantile, AgreesWithReferenceValuesInEveryRange) {
  struct {
    double p;
    double quantile;
  } const cases[] = {
      {0.975, 1.9599639845400538556},
      {0.995, 2.5758293035489004539},
      {0.95, 1.6448536269514722843},
      {0.9, 1.2815515655446005935},
      {0.025, -1.9599639845400542118},
      {0.005, -2.5758293035489007538},
      {0.5000001, 2.5066282733116483012e-7},
      {0.425, -0.18911842627279251844},
      {0.075, -1.4395314709384559349},
      {0.92499999, 1.4395314002947509232},
      {0.3, -0.52440051270804081597},
      {0.99, 2.3263478740408407676},
      {1 - 0x1p-53, 8.2095361516013868556},
      {1e-4, -3.7190164854556805523},
      {2e-9, -5.8841933548004610679},
      {1e-10, -6.3613409024040561991},
      {1e-11, -6.7060231554951362961},
      {1e-12, -7.0344838253011319326},
      {1e-16, -8.2220822161304356152},
      {1e-100, -21.273453560965324294},
      {1e-300, -37.047096299361199237},
      {std::numeric_limits<double>::min(), -37.519379347144499821},
      {std::numeric_limits<double>::denorm_min(), -38.467405617144346251},
  };
  for (const auto& [p, quantile] : cases) {
    EXPECT_NEAR(normal_quantile(p), quantile, 4 * kEpsilon * std::fabs(quantile)) << p;
  }
}

TEST(NormalQuantile, HasEndsAndRefusesTheRest) {
  EXPECT_EQ(normal_quantile(0.5), 0);
  EXPECT_EQ(normal_quantile(0), -kInfinity);
  EXPECT_EQ(normal_quantile(1), kInfinity);
  for (const double bad : {-0.1, 1.1, kNaN, kInfinity, -kInfinity}) {
    EXPECT_TRUE(std::isnan(normal_quantile(bad))) << bad;
  }
}

TEST(NormalQuantile, IsOddAroundOneHalfAndRises) {
  Random random(1);
  for (int i = 0; i < 100'000; ++i) {
    const double p = std::ldexp(std::round(random.number(1, 0x1p30 - 1)), -30);  // 1 - p is exact
    ASSERT_EQ(normal_quantile(1 - p), -normal_quantile(p)) << p;
  }
  double before = -kInfinity;
  for (int i = 1; i < 1'000'000; ++i) {
    const double quantile = normal_quantile(i * 1e-6);
    ASSERT_GT(quantile, before) << i;
    before = quantile;
  }
}

TEST(NormalQuantile, IsTheInverseOfTheDistribution) {
  for (double x = -37; x <= 0; x += 0.01) {
    const double p = std::erfc(-x / std::sqrt(2.0)) / 2;
    // An error in p of some bits moves the quantile by their size times p / density.
    const double density = std::exp(-x * x / 2) / std::sqrt(2 * 3.14159265358979323846);
    ASSERT_NEAR(normal_quantile(p), x, 1e-13 * (1 + p / density) * (1 + std::fabs(x))) << x;
  }
}

// The examples of R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, method 3.
TEST(Wilson, AgreesWithTheLiterature) {
  struct {
    std::int64_t successes, trials;
    double lower, upper;
  } const cases[] = {{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}};
  for (const auto& [successes, trials, lower, upper] : cases) {
    const ConfidenceInterval interval = wilson(successes, trials, 0.95);
    EXPECT_NEAR(interval.lower, lower, 5e-5);
    EXPECT_NEAR(interval.upper, upper, 5e-5);
    EXPECT_EQ(interval.estimate, static_cast<double>(successes) / static_cast<double>(trials));
  }
}

// Computed with 60 digits.
TEST(Wilson, IsExactToTheLastDigitsForSmallAndHugeNumbers) {
  constexpr std::int64_t kMany = 1'000'000'000'000'000;
  struct {
    std::int64_t successes, trials;
    double confidence, lower, upper;
  } const cases[] = {
      {81, 263, .95, 0.255288519878274235, 0.366209576982800058},
      {15, 148, .95, 0.0623863995307362856, 0.160487241723308025},
      {0, 20, .95, 0, 0.161125158052819335},
      {1, 29, .95, 0.00611321429276266218, 0.171755218793202842},
      {29, 29, .95, 0.883030201500259273, 1},
      {1, 1, .95, 0.206549314377237452, 1},
      {0, 1, .95, 0, 0.793450685622762548},
      {3, 10, .99, 0.0795663165230657849, 0.679975320798897451},
      {3, 10, .5, 0.212714862840378639, 0.40469074938748903},
      {54, 180, .9, 0.247118138628443496, 0.358805148433232725},
      {kMany / 2, kMany, .95, 0.499999969010248385, 0.500000030989751615},
      {0, kMany, .95, 0, 3.84145882069410971e-15},
      {1, kMany, .95, 1.76524554935152988e-16, 5.66493426575894904e-15},
      {kMany - 1, kMany, .95, 0.999999999999994335, 0.999999999999999823},
      {kMany, kMany, .95, 0.999999999999996159, 1},
  };
  for (const auto& [successes, trials, confidence, lower, upper] : cases) {
    const ConfidenceInterval interval = wilson(successes, trials, confidence);
    EXPECT_NEAR(interval.lower, lower, 8 * kEpsilon * lower) << successes << " of " << trials;
    EXPECT_NEAR(interval.upper, upper, 8 * kEpsilon * upper) << successes << " of " << trials;
  }
}

TEST(Wilson, KnowsNothingWithoutATrial) {
  const ConfidenceInterval interval = wilson(0, 0, 0.95);
  EXPECT_EQ(interval.estimate, std::nullopt);
  EXPECT_EQ(interval.lower, 0);
  EXPECT_EQ(interval.upper, 1);
}

TEST(Wilson, EndsExactlyWhereNothingOrEverythingSucceeded) {
  for (const std::int64_t trials : {std::int64_t{1}, std::int64_t{2}, std::int64_t{1000}, kHuge}) {
    EXPECT_EQ(wilson(0, trials, 0.95).lower, 0);
    EXPECT_EQ(wilson(trials, trials, 0.95).upper, 1);
    EXPECT_GT(wilson(0, trials, 0.95).upper, 0);
  }
  EXPECT_EQ(wilson(kHuge - 1, kHuge, 0.95).estimate, 1) << "as near as a double comes";
}

TEST(Wilson, HoldsTheRateWithinZeroAndOneAndMirrors) {
  Random random(2);
  for (int round = 0; round < 50'000; ++round) {
    const std::int64_t trials = 1 + static_cast<std::int64_t>(random.bits() >> (1 + random.below(62)));
    const std::int64_t successes = static_cast<std::int64_t>(random.bits() % (static_cast<std::uint64_t>(trials) + 1));
    const double confidence = random.number(1e-9, 1);
    const ConfidenceInterval interval = wilson(successes, trials, confidence);
    ASSERT_LE(0, interval.lower);
    ASSERT_LE(interval.lower, *interval.estimate);
    ASSERT_LE(*interval.estimate, interval.upper);
    ASSERT_LE(interval.upper, 1);
    const ConfidenceInterval mirrored = wilson(trials - successes, trials, confidence);
    ASSERT_NEAR(mirrored.lower, 1 - interval.upper, 4 * kEpsilon);
    ASSERT_NEAR(mirrored.upper, 1 - interval.lower, 4 * kEpsilon);
  }
}

// An end p of the interval is where the rate lies z standard errors of p away: (rate - p)^2 = z^2 p (1 - p) / n.
TEST(Wilson, EndsWhereTheScoreTestRejects) {
  for (std::int64_t trials = 1; trials <= 60; ++trials) {
    for (std::int64_t successes = 0; successes <= trials; ++successes) {
      for (const double confidence : {0.5, 0.8, 0.95, 0.999}) {
        const ConfidenceInterval interval = wilson(successes, trials, confidence);
        const double z = normal_quantile((1 - confidence) / 2);
        for (const double p : {interval.lower, interval.upper}) {
          const double distance = *interval.estimate - p;
          ASSERT_NEAR(distance * distance, z * z * p * (1 - p) / static_cast<double>(trials), 1e-14);
        }
      }
    }
  }
}

TEST(Wilson, NarrowsWithTrialsAndWidensWithConfidence) {
  for (std::int64_t n = 10; n < 1'000'000; n *= 10) {
    const ConfidenceInterval few = wilson(n / 10 * 3, n, 0.95);
    const ConfidenceInterval many = wilson(n * 3, n * 10, 0.95);
    EXPECT_LT(few.lower, many.lower);
    EXPECT_GT(few.upper, many.upper);
    const ConfidenceInterval surer = wilson(n / 10 * 3, n, 0.99);
    EXPECT_LT(surer.lower, few.lower);
    EXPECT_GT(surer.upper, few.upper);
  }
}

TEST(Wilson, RefusesWhatAreNoCounts) {
  const auto error = [](std::int64_t successes, std::int64_t trials, double confidence) {
    return error_code_of([=] { (void)wilson(successes, trials, confidence); });
  };
  EXPECT_EQ(error(-1, 5, 0.95), ErrorCode::invalid_argument);
  EXPECT_EQ(error(-2, -1, 0.95), ErrorCode::invalid_argument);
  EXPECT_EQ(error(6, 5, 0.95), ErrorCode::invalid_argument);
  EXPECT_EQ(error(1, 0, 0.95), ErrorCode::invalid_argument);
  for (const double confidence : {0.0, 1.0, -0.5, 95.0, kNaN, kInfinity}) {
    EXPECT_EQ(error(1, 5, confidence), ErrorCode::invalid_argument) << confidence;
  }
  EXPECT_EQ(error(1, 5, std::numeric_limits<double>::denorm_min()), std::nullopt);
  EXPECT_EQ(error(1, 5, 1 - 0x1p-53), std::nullopt);
}

TEST(IsUnlikely, NeedsTheUpperEndBelowTheCut) {
  EXPECT_FALSE(is_unlikely(0, 0, 0.02, 0.95)) << "nothing is known";
  EXPECT_FALSE(is_unlikely(0, 20, 0.02, 0.95)) << "a rate of 0, but of few";
  EXPECT_FALSE(is_unlikely(0, 188, 0.02, 0.95));
  EXPECT_TRUE(is_unlikely(0, 189, 0.02, 0.95));
  EXPECT_FALSE(is_unlikely(1, 189, 0.02, 0.95));
  EXPECT_TRUE(is_unlikely(100, 10'000, 0.02, 0.95));
  const double upper = wilson(1, 29, 0.95).upper;
  EXPECT_FALSE(is_unlikely(1, 29, upper, 0.95)) << "at the cut is not below it";
  EXPECT_TRUE(is_unlikely(1, 29, std::nextafter(upper, 1), 0.95));
  EXPECT_FALSE(is_unlikely(0, 0, 1, 0.95));
  EXPECT_FALSE(is_unlikely(0, kHuge, 0, 0.95));
  for (const double cut : {-0.1, 1.1, kNaN, kInfinity}) {
    EXPECT_EQ(error_code_of([=] { (void)is_unlikely(0, 5, cut, 0.95); }), ErrorCode::invalid_argument) << cut;
  }
}

}  // namespace
}  // namespace leadscore::learn
