// The e-value of a drop: against integrals of many digits, and what makes it one.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/funnel/drop_e_value.hpp"
#include "core/learn/confidence.hpp"
#include "core/learn/wilson.hpp"
#include "error_code_of.hpp"
#include "random.hpp"

namespace leadscore::funnel {
namespace {

using test::error_code_of;
using test::Random;

constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
constexpr double kMost = std::numeric_limits<double>::max();

double e_value(std::int64_t successes, std::int64_t trials, double baseline_rate) {
  return drop_e_value(successes, trials, baseline_rate, StopToken());
}

// By mpmath with 60 digits: quad of exp(x log(q / p) + (n - x) log((1 - q) / (1 - p))) / p over q from 0 to p, p being
// the double, with breaks around the greatest likelihood.
TEST(DropEValue, AgreesWithReferenceValues) {
  struct {
    std::int64_t successes, trials;
    double baseline_rate, e_value;
  } const cases[] = {{78, 140, 0.7, 84.96581948013774011},
                     {0, 1, 0.5, 1.5},
                     {1, 1, 0.5, 0.5},
                     {0, 10, 0.3, 10.515555074671015581},
                     {10, 10, 0.9, 0.090909090909090909091},
                     {60, 150, 0.4, 0.12251616603143162868},
                     {1, 1000, 0.02, 1454307.6849090746749},
                     {0, 1000000, 1e-06, 1.7182824693187359813},
                     {3, 1000000, 1e-05, 13.079571726692000062},
                     {999990, 1000000, 0.99999, 4.6602243209865651382e-6},
                     {690000, 1000000, 0.7, 9.5547952128216373815e+99},
                     {700000, 1000000, 0.7, 0.0008208670891846124773},
                     {800000, 1000000, 0.7, 2.9999490028827203147e-6},
                     {1999000, 4000000, 0.5, 0.0017385253362819523655},
                     {1962300, 4000000, 0.5, 5.5649917696829869189e+305},
                     {2100000, 4000010, 0.5, 4.9997500859563557512e-6},
                     {1999005, 4000010, 0.5, 0.0017385203649864799455},
                     {1962305, 4000010, 0.5, 5.5551050450195381808e+305},
                     {2000005, 4000010, 0.5, 0.0006266561678401538697},
                     {699990000000, 1000000000000, 0.7, 4.1485586419564881577e+97},
                     {699985000000, 1000000000000, 0.7, 7.4242090384674552262e+226},
                     {700000000000, 1000000000000, 0.7, 8.204870814321703682e-7},
                     {700000300000, 1000000000000, 0.7, 5.2118309049045545134e-7},
                     {800000000000, 1000000000000, 0.7, 2.9999999999489991118e-12},
                     {499995000000, 1000000000000, 0.5, 12996129483762577.231},
                     {9996000, 1000000000000, 1e-05, 0.0015823105653624820139},
                     {9890000, 1000000000000, 1e-05, 4.1325575079999702515e+260},
                     {999999990000000, 1000000000000000, 0.99999999, 3.9639437700145673925e-12}};
  for (const auto& [successes, trials, baseline_rate, expected] : cases) {
    EXPECT_NEAR(e_value(successes, trials, baseline_rate) / expected, 1, 1e-10)
        << successes << "/" << trials << " against " << baseline_rate;
  }
  EXPECT_NEAR(e_value(78, 140, 0.70), 85.0, 0.05);
}

// The mean of an e-value is 1 at the baseline, less above it, more below.
TEST(DropEValue, IsAnEValue) {
  for (const std::int64_t trials : {1, 2, 7, 40}) {
    for (const double baseline_rate : {0.02, 0.3, 0.5, 0.9, 0.999}) {
      const auto mean_at = [&](double rate) {
        double mean = 0;
        double weight = std::pow(1 - rate, static_cast<double>(trials));
        for (std::int64_t x = 0; x <= trials; ++x) {
          mean += weight * e_value(x, trials, baseline_rate);
          weight *= static_cast<double>(trials - x) / static_cast<double>(x + 1) * (rate / (1 - rate));
        }
        return mean;
      };
      EXPECT_NEAR(mean_at(baseline_rate), 1, 1e-11) << trials << " " << baseline_rate;
      EXPECT_LT(mean_at((1 + baseline_rate) / 2), 1) << trials << " " << baseline_rate;
      EXPECT_GT(mean_at(baseline_rate / 2), 1) << trials << " " << baseline_rate;
    }
  }
}

TEST(DropEValue, FallsWithEverySuccess) {
  for (const double baseline_rate : {1e-9, 0.1, 0.5, 0.7, 1 - 1e-9}) {
    double before = std::numeric_limits<double>::infinity();
    for (std::int64_t x = 0; x <= 300; ++x) {
      const double e = e_value(x, 300, baseline_rate);
      ASSERT_LE(e, before);
      ASSERT_GT(e, 0);
      before = e;
    }
  }
}

// Twenty looks at each of many healthy series.
TEST(DropEValue, MayBeLookedAtEveryDay) {
  constexpr int kSeries = 4'000;
  constexpr int kLooks = 20;
  constexpr std::int64_t kLeadsBetween = 30;
  constexpr double kRate = 0.7;
  Random random(1);
  int nominal_alarms = 0;
  int alarms = 0;
  for (int series = 0; series < kSeries; ++series) {
    std::int64_t successes = 0;
    bool is_nominal_alarm = false;
    bool is_alarm = false;
    for (std::int64_t look = 1; look <= kLooks; ++look) {
      for (std::int64_t lead = 0; lead < kLeadsBetween; ++lead) {
        successes += random.chance(kRate) ? 1 : 0;
      }
      const auto trials = static_cast<double>(look * kLeadsBetween);
      const double z = (static_cast<double>(successes) - trials * kRate) / std::sqrt(trials * kRate * (1 - kRate));
      is_nominal_alarm = is_nominal_alarm || learn::lower_p_value(z) <= 0.05;
      is_alarm = is_alarm || e_value(successes, look * kLeadsBetween, kRate) >= 20;
    }
    nominal_alarms += is_nominal_alarm ? 1 : 0;
    alarms += is_alarm ? 1 : 0;
  }
  EXPECT_GT(static_cast<double>(nominal_alarms) / kSeries, 0.15);
  EXPECT_LT(static_cast<double>(alarms) / kSeries, 0.02);
}

TEST(DropEValue, TakesAnEstimatedBaselineByItsLowerEnd) {
  const double lower = learn::wilson(420, 600, 0.95).lower;
  EXPECT_EQ(drop_e_value(420, 600, 78, 140, 0.95, StopToken()), e_value(78, 140, lower));
  EXPECT_EQ(drop_e_value(0, 0, 78, 140, 0.95, StopToken()), std::nullopt);
  EXPECT_EQ(drop_e_value(420, 600, 0, 0, 0.95, StopToken()), 1);
  EXPECT_EQ(error_code_of([] { (void)drop_e_value(0, 0, 2, 1, 0.95, StopToken()); }), ErrorCode::invalid_argument);
  EXPECT_EQ(error_code_of([] { (void)drop_e_value(2, 1, 0, 1, 0.95, StopToken()); }), ErrorCode::invalid_argument);
  EXPECT_EQ(error_code_of([] { (void)drop_e_value(1, 2, 0, 1, 1, StopToken()); }), ErrorCode::invalid_argument);
}

TEST(DropEValue, EndsAtItsLimits) {
  for (const double baseline_rate : {0.0, 0.3, 1.0}) {
    EXPECT_EQ(e_value(0, 0, baseline_rate), 1);
  }
  // No rate is below 0, and any failure is against a rate of 1.
  EXPECT_EQ(e_value(0, 1'000, 0), 1);
  EXPECT_EQ(e_value(3, 1'000, 0), 0.25);
  EXPECT_EQ(e_value(9, 9, 1), 0.1);
  EXPECT_EQ(e_value(9, 10, 1), kMost);
  EXPECT_EQ(e_value(0, kHuge, 0.5), kMost);
  EXPECT_EQ(e_value(0, 1'000'000, 0.5), kMost);
  EXPECT_EQ(e_value(0, kHuge, 1e-12), kMost);
  EXPECT_EQ(e_value(kHuge, kHuge, 1), 1.0 / (static_cast<double>(kHuge) + 1));
  EXPECT_NEAR(e_value(kHuge, kHuge, 0.5) * static_cast<double>(kHuge), 1, 1e-9);
  const double at_the_baseline = e_value(std::int64_t{1} << 61, std::int64_t{1} << 62, 0.5);
  EXPECT_NEAR(at_the_baseline * std::ldexp(1, 31) / std::sqrt(std::acos(-1.0) / 2), 1, 1e-8);
  EXPECT_EQ(error_code_of([] { (void)e_value(-1, 1, 0.5); }), ErrorCode::invalid_argument);
  EXPECT_EQ(error_code_of([] { (void)e_value(2, 1, 0.5); }), ErrorCode::invalid_argument);
  for (const double baseline_rate : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(error_code_of([=] { (void)e_value(0, 1, baseline_rate); }), ErrorCode::invalid_argument);
  }
  StopToken stop([]() noexcept { return true; });
  EXPECT_THROW((void)drop_e_value(1'990'000, 4'000'000, 0.5, stop), Cancelled);
}

}  // namespace
}  // namespace leadscore::funnel
