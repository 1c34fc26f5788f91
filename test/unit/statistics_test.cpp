// Two rates, tables of four cells, many tests: against published values and the definitions.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "core/learn/benjamini_hochberg.hpp"
#include "core/learn/fisher.hpp"
#include "core/learn/two_rates.hpp"
#include "error_code_of.hpp"
#include "random.hpp"

namespace leadscore::learn {
namespace {

using test::error_code_of;
using test::Random;

constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Newcombe (1998), table II, method 10.
TEST(Newcombe, AgreesWithThePaper) {
  struct {
    std::int64_t k1, n1, k2, n2;
    double lower, upper;
  } const cases[] = {{56, 70, 48, 80, 0.0524, 0.3339}, {9, 10, 3, 10, 0.1705, 0.8090},  {6, 7, 2, 7, 0.0582, 0.8062},
                     {5, 56, 0, 29, -0.0381, 0.1926},  {0, 10, 0, 20, -0.1611, 0.2775}, {0, 10, 0, 10, -0.2775, 0.2775},
                     {10, 10, 0, 20, 0.6791, 1.0},     {10, 10, 0, 10, 0.6075, 1.0}};
  for (const auto& [k1, n1, k2, n2, lower, upper] : cases) {
    const ConfidenceInterval interval = newcombe(k1, n1, k2, n2, 0.95);
    EXPECT_NEAR(interval.lower, lower, 0.5e-4) << k1 << "/" << n1 << " " << k2 << "/" << n2;
    EXPECT_NEAR(interval.upper, upper, 0.5e-4) << k1 << "/" << n1 << " " << k2 << "/" << n2;
  }
}

TEST(Newcombe, IsAntisymmetricAndHoldsTheEstimate) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::int64_t n1 = random.below(1'000);
    const std::int64_t n2 = random.below(random.chance(0.5) ? 10 : 1'000'000);
    const std::int64_t k1 = random.below(static_cast<std::uint32_t>(n1 + 1));
    const std::int64_t k2 = random.below(static_cast<std::uint32_t>(n2 + 1));
    const double confidence = random.number(0.01, 0.999);
    const ConfidenceInterval one = newcombe(k1, n1, k2, n2, confidence);
    const ConfidenceInterval two = newcombe(k2, n2, k1, n1, confidence);
    ASSERT_NEAR(one.lower, -two.upper, 1e-15);
    ASSERT_NEAR(one.upper, -two.lower, 1e-15);
    ASSERT_GE(one.lower, -1);
    ASSERT_LE(one.upper, 1);
    ASSERT_EQ(one.estimate.has_value(), n1 > 0 && n2 > 0);
    if (one.estimate) {
      ASSERT_LE(one.lower, *one.estimate);
      ASSERT_GE(one.upper, *one.estimate);
    } else {
      ASSERT_EQ(one.lower, -1);
      ASSERT_EQ(one.upper, 1);
    }
  }
  EXPECT_EQ(error_code_of([] { (void)newcombe(2, 1, 0, 1, 0.95); }), ErrorCode::invalid_argument);
  EXPECT_EQ(error_code_of([] { (void)newcombe(0, 1, -1, 1, 0.95); }), ErrorCode::invalid_argument);
  EXPECT_EQ(error_code_of([] { (void)newcombe(0, 1, 0, 1, kNaN); }), ErrorCode::invalid_argument);
}

double fisher(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) {
  return fisher_exact(a, b, c, d, StopToken());
}

FisherTails tails(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) {
  return fisher_tails(a, b, c, d, StopToken());
}

// Computed with 60 digits; the first is Fisher's lady tasting tea, the second his twins of criminals.
TEST(FisherExact, AgreesWithReferenceValues) {
  struct {
    std::int64_t a, b, c, d;
    double p;
  } const cases[] = {{3, 1, 1, 3, 4.85714285714285714286e-01},
                     {2, 10, 15, 3, 5.36724119143435819158e-04},
                     {1000, 9000, 1100, 8900, 2.23788748004801578417e-02},
                     {0, 50, 10, 40, 1.18683934517165739532e-03},
                     {1, 9, 11, 3, 2.75945618522008360302e-03},
                     {300, 700, 200, 800, 2.97524193821263713366e-07},
                     {20000, 80000, 19500, 80500, 5.06697183630247863229e-03},
                     {5, 999995, 20, 999980, 4.07709365825154133184e-03},
                     {12, 5, 29, 2, 8.02685520741046459881e-02}};
  for (const auto& [a, b, c, d, p] : cases) {
    EXPECT_NEAR(fisher(a, b, c, d) / p, 1, 1e-12) << a << " " << b << " " << c << " " << d;
  }
}

// Every table of up to 40: binomials are exact in 64 bits, sums of their products in 128.
TEST(FisherExact, IsTheSumOverTables) {
  __extension__ using Wide = unsigned __int128;
  std::array<std::array<std::uint64_t, 41>, 41> choose{};
  for (std::size_t n = 0; n < choose.size(); ++n) {
    choose[n][0] = 1;
    for (std::size_t k = 1; k <= n; ++k) {
      choose[n][k] = choose[n - 1][k - 1] + (k < n ? choose[n - 1][k] : 0);
    }
  }
  const auto signed_of = [](std::size_t count) { return static_cast<std::int64_t>(count); };
  Random random(2);
  for (int i = 0; i < 20'000; ++i) {
    const std::size_t a = random.below(11);
    const std::size_t b = random.below(11);
    const std::size_t c = random.below(11);
    const std::size_t d = random.below(11);
    const auto weight = [&](std::size_t x) { return static_cast<Wide>(choose[a + b][x]) * choose[c + d][a + c - x]; };
    Wide total = 0;
    Wide tail = 0;
    Wide at_most = 0;
    for (std::size_t x = a + c > c + d ? a + c - (c + d) : 0; x <= std::min(a + b, a + c); ++x) {
      total += weight(x);
      tail += weight(x) <= weight(a) ? weight(x) : 0;
      at_most += x <= a ? weight(x) : 0;
    }
    const auto part = [&](Wide weights) {
      return static_cast<double>(static_cast<long double>(weights) / static_cast<long double>(total));
    };
    const double expected = part(tail);
    const auto p = [&](std::size_t e, std::size_t f, std::size_t g, std::size_t h) {
      return fisher(signed_of(e), signed_of(f), signed_of(g), signed_of(h));
    };
    ASSERT_NEAR(p(a, b, c, d), expected, 1e-13 * expected);
    ASSERT_NEAR(p(c, d, a, b), expected, 1e-13 * expected);
    ASSERT_NEAR(p(b, a, d, c), expected, 1e-13 * expected);
    ASSERT_NEAR(p(a, c, b, d), expected, 1e-13 * expected);
    const FisherTails found = tails(signed_of(a), signed_of(b), signed_of(c), signed_of(d));
    ASSERT_NEAR(found.at_most, part(at_most), 1e-13 * part(at_most));
    ASSERT_NEAR(found.exactly, part(weight(a)), 1e-13 * part(weight(a)));
    ASSERT_NEAR(found.at_least, part(total - at_most + weight(a)), 1e-13 * found.at_least);
  }
}

// By exact fractions in Python: sum of comb(a + b, x) comb(c + d, a + c - x) / comb(n, a + c) for x <= a, and for x >=
// a. The first two are the funnel's: 78 of 140 beside 420 of 600, 3 of 20 beside 60 of 150.
TEST(FisherTails, AgreeWithReferenceValues) {
  struct {
    std::int64_t a, b, c, d;
    double at_most, at_least;
  } const cases[] = {{78, 62, 420, 180, 0.00098365251618538541733, 0.999497105573918294},
                     {3, 17, 60, 90, 0.022695572008002793599, 0.99495737663229255575},
                     {3, 1, 1, 3, 0.98571428571428571429, 0.24285714285714285714},
                     {2, 10, 15, 3, 0.00046518094336290501366, 0.99998451901868614565},
                     {300, 700, 200, 800, 0.9999999148316764961, 1.4876209691063184551e-7},
                     {200, 800, 300, 700, 1.4876209691063184551e-7, 0.9999999148316764961},
                     {0, 50, 10, 40, 0.00059341967258582874777, 1.0},
                     {5, 995, 200, 9800, 0.0001104099070713326789, 0.99997452053662170472},
                     {1, 9, 11, 3, 0.0013797280926100417284, 0.9999663480953021941}};
  for (const auto& [a, b, c, d, at_most, at_least] : cases) {
    const FisherTails found = tails(a, b, c, d);
    EXPECT_NEAR(found.at_most / at_most, 1, 1e-12) << a << " " << b << " " << c << " " << d;
    EXPECT_NEAR(found.at_least / at_least, 1, 1e-12) << a << " " << b << " " << c << " " << d;
    EXPECT_NEAR(found.at_most + found.at_least - found.exactly, 1, 1e-13);
  }
}

TEST(FisherTails, EndAtTheirLimits) {
  for (const FisherTails& certain : {tails(0, 0, 0, 0), tails(0, 5, 0, 7), tails(kHuge / 2, 0, 0, 0)}) {
    EXPECT_EQ(certain.at_most, 1);
    EXPECT_EQ(certain.exactly, 1);
    EXPECT_EQ(certain.at_least, 1);
  }
  EXPECT_EQ(tails(0, 100'000, 100'000, 0).at_most, 0);
  EXPECT_EQ(tails(0, 100'000, 100'000, 0).at_least, 1);
  EXPECT_EQ(tails(100'000, 0, 0, 100'000).at_least, 0);
  EXPECT_NEAR(tails(3, 1'000'000'000'000'000'000, 1, 1'000'000'000'000'000'000).at_most, 15.0 / 16, 1e-12);
  EXPECT_EQ(error_code_of([] { (void)tails(1, 1, -1, 1); }), ErrorCode::invalid_argument);
  EXPECT_EQ(error_code_of([] { (void)tails(kHuge, kHuge, kHuge, kHuge); }), ErrorCode::limit_exceeded);
  StopToken stop([]() noexcept { return true; });
  EXPECT_THROW((void)fisher_tails(249'000'000'000, 249'000'000'000, 249'000'000'000, 249'000'000'000, stop), Cancelled);
}

TEST(FisherExact, EndsAtItsLimits) {
  EXPECT_EQ(fisher(0, 0, 0, 0), 1);
  EXPECT_EQ(fisher(0, 5, 0, 7), 1);
  EXPECT_EQ(fisher(kHuge / 2, 0, 0, 0), 1);
  EXPECT_EQ(fisher(100'000, 0, 0, 100'000), 0);
  // Far out in a wide distribution: not a step more than to where nothing is left.
  EXPECT_EQ(fisher(240'000'000'000, 249'000'000'000, 249'000'000'000, 249'000'000'000), 0);
  EXPECT_NEAR(fisher(249'000'000'000, 249'000'000'000, 249'000'000'000, 249'000'000'000), 1, 1e-9);
  EXPECT_NEAR(fisher(3, 1'000'000'000'000'000'000, 1, 1'000'000'000'000'000'000), 0.625, 1e-12);
  EXPECT_EQ(error_code_of([] { (void)fisher(-1, 1, 1, 1); }), ErrorCode::invalid_argument);
  EXPECT_EQ(error_code_of([] { (void)fisher(kHuge, kHuge, kHuge, kHuge); }), ErrorCode::limit_exceeded);
  constexpr std::int64_t kMuch = 1'000'000'000'000;
  EXPECT_EQ(error_code_of([] { (void)fisher(kMuch, kMuch, kMuch, kMuch); }), ErrorCode::limit_exceeded);
}

RateComparison compare(std::int64_t k1, std::int64_t n1, std::int64_t k2, std::int64_t n2) {
  return rate_test(k1, n1, k2, n2, 0.95, StopToken());
}

TEST(RateTest, IsTheZTestWhereEnoughIsExpected) {
  const RateComparison found = compare(56, 70, 48, 80);
  EXPECT_EQ(found.method, RateTest::z_test);
  const double pooled = 104.0 / 150;
  const double z = (0.8 - 0.6) / std::sqrt(pooled * (1 - pooled) * (1.0 / 70 + 1.0 / 80));
  EXPECT_NEAR(*found.z, z, 1e-13);
  EXPECT_NEAR(*found.p_value, std::erfc(z / std::sqrt(2.0)), 1e-15);
  EXPECT_EQ(found.rate_1, 0.8);
  EXPECT_EQ(found.rate_2, 0.6);
  EXPECT_NEAR(found.difference.lower, 0.0524, 0.5e-4);
  // The square of z is chi squared of Pearson without correction.
  EXPECT_NEAR(z * z, 150.0 * (56 * 32 - 14 * 48) * (56 * 32 - 14 * 48) / (70.0 * 80 * 104 * 46), 1e-12);
}

TEST(RateTest, IsFishersWhereLittleIsExpected) {
  const RateComparison tea = compare(3, 4, 1, 4);
  EXPECT_EQ(tea.method, RateTest::fisher_exact);
  EXPECT_NEAR(*tea.p_value, 34.0 / 70, 1e-15);
  EXPECT_FALSE(tea.z);
  EXPECT_EQ(compare(5, 10, 5, 10).method, RateTest::z_test);
  EXPECT_EQ(compare(4, 10, 5, 10).method, RateTest::fisher_exact);
  EXPECT_EQ(compare(6, 10, 5, 10).method, RateTest::fisher_exact);
  EXPECT_EQ(compare(0, 1'000'000, 0, 1'000'000).p_value, 1);
  const RateComparison nothing = compare(0, 0, 1, 2);
  EXPECT_EQ(nothing.method, RateTest::none);
  EXPECT_FALSE(nothing.p_value);
  EXPECT_FALSE(nothing.rate_1);
  EXPECT_EQ(nothing.rate_2, 0.5);
  EXPECT_EQ(error_code_of([] { (void)compare(2, 1, 1, 1); }), ErrorCode::invalid_argument);
}

TEST(RateTest, StandsHugeCounts) {
  const RateComparison found = compare(kHuge / 2, kHuge, kHuge / 2, kHuge);
  EXPECT_EQ(found.method, RateTest::z_test);
  EXPECT_EQ(found.p_value, 1);
  EXPECT_EQ(compare(kHuge, kHuge, 0, kHuge).p_value, 0);
  EXPECT_NEAR(*compare(3, 1'000'000'000'000'000'000, 1, 1'000'000'000'000'000'000).p_value, 0.625, 1e-12);
}

using Correction = void (*)(std::span<NumberedTest> tests, StopToken stop);

std::vector<double> levels(const std::vector<double>& values, Correction correct) {
  std::vector<NumberedTest> tests;
  for (std::size_t i = 0; i < values.size(); ++i) {
    tests.push_back({values[i], i});
  }
  correct(tests, StopToken());
  std::vector<double> result(values.size());
  for (const NumberedTest& test : tests) {
    result[test.number] = test.value;
  }
  return result;
}

std::vector<double> q_values(const std::vector<double>& p) { return levels(p, benjamini_hochberg); }

std::vector<double> e_levels(const std::vector<double>& e) { return levels(e, e_benjamini_hochberg); }

TEST(BenjaminiHochberg, IsItsDefinition) {
  EXPECT_TRUE(q_values({}).empty());
  EXPECT_EQ(q_values({0.3}), std::vector<double>{0.3});
  for (const double q : q_values({0.01, 0.02, 0.03, 0.04, 0.05})) {
    EXPECT_NEAR(q, 0.05, 1e-16);
  }
  Random random(3);
  for (int round = 0; round < 500; ++round) {
    std::vector<double> p(1 + random.below(round % 50 == 0 ? 1'000 : 30));
    for (double& value : p) {
      value = random.chance(0.3) ? random.whole(0, 4) / 4 : random.number(0, 0.2);
    }
    const std::vector<double> found = q_values(p);
    for (std::size_t i = 0; i < p.size(); ++i) {
      double least = 1;
      for (const double other : p) {
        if (other >= p[i]) {
          const auto rank = std::count_if(p.begin(), p.end(), [=](double value) { return value <= other; });
          least = std::min(least, other * static_cast<double>(p.size()) / static_cast<double>(rank));
        }
      }
      ASSERT_NEAR(found[i], least, 1e-15);
    }
  }
}

// The paper's own example: 15 p values, of which four are discoveries at a rate of 5 %.
TEST(BenjaminiHochberg, AgreesWithThePaper) {
  const std::vector<double> q = q_values({0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459,
                                          0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0});
  EXPECT_EQ(std::count_if(q.begin(), q.end(), [](double value) { return value <= 0.05; }), 4);
  EXPECT_NEAR(q[3], 0.0095 * 15 / 4, 1e-15);
  EXPECT_EQ(q[14], 1);
}

TEST(BenjaminiHochberg, RefusesWhatIsNoProbability) {
  for (const double p : {-0.1, 1.1, kNaN}) {
    EXPECT_EQ(error_code_of([=] { (void)q_values({0.5, p}); }), ErrorCode::invalid_argument);
  }
}

// Of m e-values the discoveries at a level are those of the largest rank k with e(k) >= m / (k level).
TEST(EBenjaminiHochberg, IsItsDefinition) {
  EXPECT_TRUE(e_levels({}).empty());
  EXPECT_EQ(e_levels({20}), std::vector<double>{1.0 / 20});
  EXPECT_EQ(e_levels({30, 0, 40}), (std::vector<double>{0.05, 1, 0.05}));
  Random random(4);
  for (int round = 0; round < 500; ++round) {
    std::vector<double> e(1 + random.below(round % 50 == 0 ? 1'000 : 30));
    for (double& value : e) {
      value = random.chance(0.3) ? random.whole(0, 5) * 10 : std::exp(random.number(-3, 8));
    }
    const std::vector<double> found = e_levels(e);
    std::vector<double> sorted = e;
    std::sort(sorted.rbegin(), sorted.rend());
    const auto count = static_cast<double>(e.size());
    for (const double level : {0.01, 0.05, 0.1, 0.3, 0.99}) {
      double least = std::numeric_limits<double>::infinity();
      for (std::size_t rank = sorted.size(); rank > 0; --rank) {
        if (sorted[rank - 1] * static_cast<double>(rank) * level >= count) {
          least = sorted[rank - 1];
          break;
        }
      }
      for (std::size_t i = 0; i < e.size(); ++i) {
        ASSERT_EQ(found[i] <= level, e[i] >= least) << e[i] << " at " << level;
      }
    }
  }
}

// It is the method of Benjamini and Hochberg for the p values 1 / e.
TEST(EBenjaminiHochberg, AgreesWithThatOfPValues) {
  Random random(5);
  std::vector<double> e(1'000);
  std::vector<double> p(e.size());
  for (std::size_t i = 0; i < e.size(); ++i) {
    e[i] = std::exp(random.number(0, 12));
    p[i] = 1 / e[i];
  }
  const std::vector<double> of_e = e_levels(e);
  const std::vector<double> of_p = q_values(p);
  for (std::size_t i = 0; i < e.size(); ++i) {
    ASSERT_NEAR(of_e[i], of_p[i], 1e-14 * of_p[i]);
  }
}

TEST(EBenjaminiHochberg, StandsExtremesAndRefusesNegativeOnes) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr double kMost = std::numeric_limits<double>::max();
  EXPECT_EQ(e_levels({kInfinity, 0, 1}), (std::vector<double>{0, 1, 1}));
  EXPECT_EQ(e_levels({0, -0.0}), (std::vector<double>{1, 1}));
  for (const double level : e_levels({kMost, kMost, kMost})) {
    EXPECT_LT(level, 1e-307);
  }
  for (const double e : {-0.1, -kInfinity, kNaN}) {
    EXPECT_EQ(error_code_of([=] { (void)e_levels({0.5, e}); }), ErrorCode::invalid_argument);
  }
}

}  // namespace
}  // namespace leadscore::learn
