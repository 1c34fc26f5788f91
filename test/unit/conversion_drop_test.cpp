// Drops of a conversion: the worked examples of the notes, and what verdicts promise.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include "core/funnel/conversion_drop.hpp"
#include "core/learn/normal.hpp"
#include "error_code_of.hpp"
#include "random.hpp"

namespace leadscore::funnel {
namespace {

using test::error_code_of;
using test::Random;

constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();

ConversionDrop compare(Conversion baseline, Conversion current, double confidence = 0.95) {
  return conversion_drop(baseline, current, confidence, StopToken());
}

ConversionVerdict verdict(Conversion baseline, Conversion current, double confidence = 0.95) {
  return compare(baseline, current, confidence).verdict;
}

// By mpmath: ncdf(z), and (ppf(0.95) + ppf(0.8)) * sqrt(0.21 * (1 / 600 + 1 / 140)).
TEST(ConversionDrop, TellsAWorkedDrop) {
  const ConversionDrop found = compare({420, 600}, {78, 140});
  EXPECT_EQ(found.rates.rate_2, 0.7);
  EXPECT_EQ(found.rates.rate_1, 78.0 / 140);
  EXPECT_NEAR(*found.rates.difference.estimate, -1.0 / 7, 1e-15);
  EXPECT_NEAR(found.rates.difference.lower, -0.233, 0.5e-3);
  EXPECT_NEAR(found.rates.difference.upper, -0.055, 0.5e-3);
  EXPECT_EQ(found.rates.method, learn::RateTest::z_test);
  EXPECT_NEAR(*found.rates.z, -3.2444053472680983056, 1e-12);
  EXPECT_NEAR(*found.p_value, 0.0005884806328848705093, 1e-14);
  EXPECT_FALSE(found.mid_p_value);
  EXPECT_NEAR(*found.smallest_drop, 0.10694732759277612434, 1e-13);
  EXPECT_EQ(found.verdict, ConversionVerdict::drop);
}

TEST(ConversionDrop, TellsASmallOne) {
  const ConversionDrop found = compare({60, 150}, {3, 20});
  EXPECT_EQ(found.rates.method, learn::RateTest::z_test);
  EXPECT_NEAR(*found.p_value, 0.0148, 0.5e-4);
  EXPECT_NEAR(found.rates.difference.lower, -0.376, 0.5e-3);
  EXPECT_NEAR(found.rates.difference.upper, -0.027, 0.5e-3);
  EXPECT_EQ(found.verdict, ConversionVerdict::drop);
}

// By exact fractions: the hypergeometric probability of 1 success or fewer in 5, given 31 in 45.
TEST(ConversionDrop, TakesFishersTestWhereLittleIsExpected) {
  const ConversionDrop found = compare({30, 40}, {1, 5});
  EXPECT_EQ(found.rates.method, learn::RateTest::fisher_exact);
  EXPECT_FALSE(found.rates.z);
  EXPECT_NEAR(*found.p_value, 0.027037247116657213084, 1e-13);
  EXPECT_NEAR(*found.mid_p_value, 0.014337934077015188757, 1e-13);
  EXPECT_EQ(found.verdict, ConversionVerdict::drop);
}

TEST(ConversionDrop, TurnsRoundWithItsSides) {
  Random random(1);
  for (int i = 0; i < 5'000; ++i) {
    const auto one_of = [&] {
      const std::int64_t trials = 1 + random.below(random.chance(0.5) ? 12 : 2'000);
      return Conversion{random.below(static_cast<std::uint32_t>(trials + 1)), trials};
    };
    const Conversion a = one_of();
    const Conversion b = one_of();
    const ConversionDrop there = compare(a, b);
    const ConversionDrop back = compare(b, a);
    ASSERT_EQ(there.verdict == ConversionVerdict::drop, back.verdict == ConversionVerdict::rise);
    ASSERT_EQ(there.verdict == ConversionVerdict::rise, back.verdict == ConversionVerdict::drop);
    ASSERT_GE(*there.p_value + *back.p_value, 1 - 1e-12);
    ASSERT_GE(*there.p_value, 0);
    ASSERT_LE(*there.p_value, 1);
    ASSERT_EQ(there.mid_p_value.has_value(), there.rates.method == learn::RateTest::fisher_exact);
    if (there.mid_p_value) {
      ASSERT_LE(*there.mid_p_value, *there.p_value);
      ASSERT_NEAR(*there.mid_p_value + *back.mid_p_value, 1, 1e-12);
    }
  }
}

TEST(ConversionDrop, SaysWhatCouldNotBeSeen) {
  for (const ConversionDrop& nothing : {compare({0, 0}, {0, 0}), compare({0, 0}, {1, 2}), compare({1, 2}, {0, 0})}) {
    EXPECT_EQ(nothing.verdict, ConversionVerdict::too_little_data);
    EXPECT_FALSE(nothing.p_value);
    EXPECT_FALSE(nothing.mid_p_value);
    EXPECT_FALSE(nothing.smallest_drop);
    EXPECT_EQ(nothing.rates.difference.lower, -1);
    EXPECT_EQ(nothing.rates.difference.upper, 1);
  }
  EXPECT_EQ(verdict({1, 1}, {1, 1}), ConversionVerdict::too_little_data);
  EXPECT_EQ(verdict({1'000, 1'000}, {1'000, 1'000}), ConversionVerdict::same);
  EXPECT_EQ(verdict({50, 100}, {5, 10}), ConversionVerdict::same);
  EXPECT_EQ(verdict({50, 100}, {2, 4}), ConversionVerdict::too_little_data);
  // A rate of 0 cannot fall.
  EXPECT_EQ(verdict({0, 1'000}, {0, 1'000}), ConversionVerdict::too_little_data);
  EXPECT_EQ(verdict({0, 1'000}, {30, 1'000}), ConversionVerdict::rise);
  // What is beyond chance is said of few leads, too.
  EXPECT_EQ(verdict({1, 1'000}, {3, 10}), ConversionVerdict::rise);
  EXPECT_EQ(verdict({50, 100}, {0, 5}), ConversionVerdict::drop);
}

TEST(ConversionDrop, KeepsToItsLevel) {
  EXPECT_EQ(verdict({420, 600}, {78, 140}, 0.999), ConversionVerdict::drop);
  EXPECT_EQ(verdict({420, 600}, {78, 140}, 0.9999), ConversionVerdict::same);
  EXPECT_EQ(verdict({420, 600}, {97, 140}, 0.5), ConversionVerdict::drop);
  EXPECT_EQ(compare({420, 600}, {97, 140}, 0.01).smallest_drop, 0);
}

// Of healthy series about one in twenty alarms, and of those with the smallest detectable drop four in five.
TEST(ConversionDrop, HasThePowerItClaims) {
  Random random(2);
  const auto drawn = [&](std::int64_t trials, double rate) {
    Conversion result{.successes = 0, .trials = trials};
    for (std::int64_t i = 0; i < trials; ++i) {
      result.successes += random.chance(rate) ? 1 : 0;
    }
    return result;
  };
  const double smallest = *compare({420, 600}, {98, 140}).smallest_drop;
  constexpr int kSeries = 3'000;
  int false_alarms = 0;
  int found = 0;
  for (int i = 0; i < kSeries; ++i) {
    const Conversion baseline = drawn(600, 0.7);
    false_alarms += verdict(baseline, drawn(140, 0.7)) == ConversionVerdict::drop ? 1 : 0;
    found += verdict(baseline, drawn(140, 0.7 - smallest)) == ConversionVerdict::drop ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(false_alarms) / kSeries, 0.05, 0.015);
  EXPECT_NEAR(static_cast<double>(found) / kSeries, 0.8, 0.04);
}

TEST(ConversionDrop, StandsHugeCountsAndRefusesImpossibleOnes) {
  constexpr std::int64_t kMuch = std::int64_t{1} << 62;
  EXPECT_EQ(verdict({kMuch / 2, kMuch}, {kMuch / 2, kMuch}), ConversionVerdict::same);
  EXPECT_EQ(verdict({kHuge / 2, kHuge}, {kHuge / 3, kHuge}), ConversionVerdict::drop);
  EXPECT_EQ(verdict({kHuge, kHuge}, {0, kHuge}), ConversionVerdict::drop);
  EXPECT_EQ(verdict({kMuch / 2, kMuch / 2}, {4, 4}), ConversionVerdict::same);
  EXPECT_EQ(error_code_of([] { (void)compare({2, 1}, {1, 1}); }), ErrorCode::invalid_argument);
  EXPECT_EQ(error_code_of([] { (void)compare({1, 1}, {-1, 1}); }), ErrorCode::invalid_argument);
  EXPECT_EQ(error_code_of([] { (void)compare({kHuge, kHuge}, {kHuge, kHuge}); }), ErrorCode::limit_exceeded);
  for (const double confidence : {0.0, 1.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(error_code_of([=] { (void)compare({1, 2}, {1, 2}, confidence); }), ErrorCode::invalid_argument);
  }
}

}  // namespace
}  // namespace leadscore::funnel
