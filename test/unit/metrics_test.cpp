// What judges scores and probabilities, against its definition on small input, and against known values.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/learn/auc_difference.hpp"
#include "core/learn/gains.hpp"
#include "core/learn/probability_metrics.hpp"
#include "core/learn/ranking.hpp"
#include "error_code_of.hpp"
#include "random.hpp"
#include "scored_leads.hpp"

namespace leadscore::learn {
namespace {

using test::error_code_of;
using test::measure;
using test::Random;
using test::random_leads;
using test::ScoredLead;
using test::SortedLeads;
using test::with_wild_scores;
using Leads = std::vector<ScoredLead>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kTolerance = 1e-12;

// PostgreSQL's order of numbers.
bool is_less(double a, double b) { return std::isnan(b) ? !std::isnan(a) : a < b; }
bool is_equal(double a, double b) { return !is_less(a, b) && !is_less(b, a); }

// 1 if a customer of score a wins against another of score b, 0.5 for a tie.
double win(double a, double b) { return is_equal(a, b) ? 0.5 : is_less(b, a) ? 1 : 0; }

Leads of(const Leads& leads, bool is_customer) {
  Leads result;
  std::copy_if(leads.begin(), leads.end(), std::back_inserter(result),
               [=](const ScoredLead& lead) { return lead.is_customer == is_customer; });
  return result;
}

// The structural components of DeLong, of customers and of others.
struct Components {
  std::vector<double> customers;
  std::vector<double> others;

  explicit Components(const Leads& leads) {
    const Leads won = of(leads, true);
    const Leads lost = of(leads, false);
    for (const ScoredLead& a : won) {
      double sum = 0;
      for (const ScoredLead& b : lost) {
        sum += win(a.score, b.score);
      }
      customers.push_back(sum / static_cast<double>(lost.size()));
    }
    for (const ScoredLead& b : lost) {
      double sum = 0;
      for (const ScoredLead& a : won) {
        sum += win(a.score, b.score);
      }
      others.push_back(sum / static_cast<double>(won.size()));
    }
  }
};

double mean(const std::vector<double>& numbers) {
  double sum = 0;
  for (const double number : numbers) {
    sum += number;
  }
  return sum / static_cast<double>(numbers.size());
}

double covariance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += (a[i] - mean(a)) * (b[i] - mean(b));
  }
  return sum / static_cast<double>(a.size() - 1);
}

// Of the difference of two AUCs; of one, if the other is a constant.
double variance(const Components& a, const Components& b) {
  const auto part = [](const std::vector<double>& x, const std::vector<double>& y) {
    return (covariance(x, x) + covariance(y, y) - 2 * covariance(x, y)) / static_cast<double>(x.size());
  };
  return part(a.customers, b.customers) + part(a.others, b.others);
}

const Leads kFour = {{0.1, false}, {0.4, false}, {0.35, true}, {0.8, true}};

TEST(Ranking, HasItsKnownValues) {
  EXPECT_EQ(measure(auc, kFour), 0.75);
  EXPECT_EQ(measure(gini, kFour), 0.5);
  EXPECT_EQ(measure(kolmogorov_smirnov, kFour), 0.5);
  EXPECT_NEAR(*measure(average_precision, kFour), (1.0 + 2.0 / 3) / 2, 1e-15);
  EXPECT_NEAR(*measure(auc_with_error, kFour)->standard_error, std::sqrt(0.125), 1e-15);
  const Leads tied = {{1, true}, {1, false}, {1, false}, {1, false}};
  EXPECT_EQ(measure(auc, tied), 0.5);
  EXPECT_EQ(measure(kolmogorov_smirnov, tied), 0);
  EXPECT_EQ(measure(average_precision, tied), 0.25);
  const Leads perfect = {{2, true}, {1, false}, {3, true}};
  EXPECT_EQ(measure(auc, perfect), 1);
  EXPECT_EQ(measure(gini, perfect), 1);
  EXPECT_EQ(measure(kolmogorov_smirnov, perfect), 1);
  EXPECT_EQ(measure(average_precision, perfect), 1);
  const Leads reversed = {{2, false}, {1, true}};
  EXPECT_EQ(measure(auc, reversed), 0);
  EXPECT_EQ(measure(gini, reversed), -1);
}

TEST(Ranking, IsItsDefinitionOnEverySmallInput) {
  Random random(1);
  int judged = 0;
  for (int round = 0; round < 2'000; ++round) {
    Leads leads = random_leads(random, 40);
    if (random.chance(0.3)) {
      leads = with_wild_scores(leads, random);
    }
    const Leads customers = of(leads, true);
    const Leads others = of(leads, false);
    const std::optional<double> found = measure(auc, leads);
    ASSERT_EQ(found.has_value(), !customers.empty() && !others.empty());
    ASSERT_EQ(measure(average_precision, leads).has_value(), found.has_value());
    ASSERT_EQ(measure(kolmogorov_smirnov, leads).has_value(), found.has_value());
    ASSERT_EQ(measure(gini, leads).has_value(), found.has_value());
    if (!found) {
      continue;
    }
    ++judged;
    const Components components(leads);
    ASSERT_NEAR(*found, mean(components.customers), kTolerance);
    ASSERT_NEAR(*found, mean(components.others), kTolerance);
    ASSERT_NEAR(*measure(gini, leads), 2 * *found - 1, 1e-15);
    double greatest = 0;
    double precision = 0;
    for (const ScoredLead& at : leads) {
      const auto reaches = [&](const ScoredLead& lead) { return !is_less(lead.score, at.score); };
      const auto won = static_cast<double>(std::count_if(customers.begin(), customers.end(), reaches));
      const auto lost = static_cast<double>(std::count_if(others.begin(), others.end(), reaches));
      greatest = std::max(
          greatest, std::fabs(won / static_cast<double>(customers.size()) - lost / static_cast<double>(others.size())));
      precision += at.is_customer ? won / (won + lost) : 0;
    }
    ASSERT_NEAR(*measure(kolmogorov_smirnov, leads), greatest, kTolerance);
    ASSERT_NEAR(*measure(average_precision, leads), precision / static_cast<double>(customers.size()), kTolerance);
    const std::optional<double> error = measure(auc_with_error, leads)->standard_error;
    ASSERT_EQ(error.has_value(), customers.size() > 1 && others.size() > 1);
    if (error) {
      Components zero = components;
      std::fill(zero.customers.begin(), zero.customers.end(), 0);
      std::fill(zero.others.begin(), zero.others.end(), 0);
      ASSERT_NEAR(*error, std::sqrt(variance(components, zero)), kTolerance);
      const ConfidenceInterval interval = *measure(auc_interval, leads, 0.95);
      ASSERT_EQ(interval.estimate, found);
      ASSERT_NEAR(interval.lower, std::max(0.0, *found - 1.959963984540054 * *error), kTolerance);
      ASSERT_NEAR(interval.upper, std::min(1.0, *found + 1.959963984540054 * *error), kTolerance);
    }
  }
  EXPECT_GT(judged, 1'000);
}

TEST(Ranking, DependsOnTheOrderOfScoresOnly) {
  Random random(2);
  for (int round = 0; round < 300; ++round) {
    const Leads leads = random_leads(random, 200);
    Leads stretched = leads;
    for (ScoredLead& lead : stretched) {
      lead.score = std::exp(3 * lead.score) - 7;
    }
    Leads reversed = leads;
    for (ScoredLead& lead : reversed) {
      lead.score = -lead.score;
    }
    const std::optional<double> found = measure(auc, leads);
    ASSERT_EQ(measure(auc, stretched), found);
    ASSERT_EQ(measure(kolmogorov_smirnov, stretched), measure(kolmogorov_smirnov, leads));
    ASSERT_EQ(measure(average_precision, stretched), measure(average_precision, leads));
    if (found) {
      ASSERT_NEAR(*measure(auc, reversed), 1 - *found, 1e-15);
      ASSERT_NEAR(*measure(kolmogorov_smirnov, reversed), *measure(kolmogorov_smirnov, leads), 1e-15);
    }
  }
}

TEST(Ranking, RefusesWhatIsNoConfidence) {
  for (const double confidence : {0.0, 1.0, -1.0, 95.0, kNaN}) {
    EXPECT_EQ(error_code_of([&] { (void)measure(auc_interval, kFour, confidence); }), ErrorCode::invalid_argument);
  }
  EXPECT_FALSE(measure(auc_interval, Leads{{1, true}}, 0.95));
  const std::optional<ConfidenceInterval> unknown = measure(auc_interval, Leads{{2, true}, {1, false}}, 0.95);
  EXPECT_EQ(unknown->estimate, 1);
  EXPECT_EQ(unknown->lower, 0);
  EXPECT_EQ(unknown->upper, 1);
}

// One in four of ten million leads: whole numbers beyond 32 bits, and a standard error that is known in closed form.
TEST(Ranking, StaysExactWithManyLeads) {
  constexpr std::size_t kQuarter = 500'000;
  std::vector<std::uint64_t> customers;
  std::vector<std::uint64_t> others;
  for (std::size_t i = 0; i < kQuarter; ++i) {
    customers.push_back(score_key(static_cast<double>(4 * i + 3)));
    for (std::size_t j = 0; j < 3; ++j) {
      others.push_back(score_key(static_cast<double>(4 * i + j)));
    }
  }
  const std::optional<AucWithError> found = auc_with_error({customers, others}, StopToken());
  const double n = kQuarter;
  EXPECT_EQ(found->auc, (n + 1) / (2 * n));  // the i-th customer beats 3 (i + 1) of 3 n
  // Equally spaced components: (n^2 - 1) / (12 n^2) each, n / (n - 1) for the estimate.
  const double of_customers = (n * n - 1) / (12 * n * n) / (n - 1);
  const double of_others = (n * n - 1) / (12 * n * n) * 3 / (3 * n - 1);
  EXPECT_NEAR(*found->standard_error / std::sqrt(of_customers + of_others / 3), 1, kTolerance);
}

std::vector<Gain> gains_of(const Leads& leads, std::size_t buckets) {
  std::vector<Gain> table(buckets);
  table.resize(measure(
      [](const ScoresByOutcome& scores, std::span<Gain> rows, StopToken stop) { return gains(scores, rows, stop); },
      leads, std::span<Gain>(table)));
  return table;
}

TEST(Gains, CutByRankAndKeepTiesTogether) {
  Random random(3);
  for (int round = 0; round < 1'000; ++round) {
    const Leads leads = round % 3 == 0 ? with_wild_scores(random_leads(random, 60), random) : random_leads(random, 60);
    const std::size_t buckets = 1 + random.below(12);
    std::map<std::size_t, std::pair<std::uint64_t, std::uint64_t>> expected;  // leads and customers
    for (const ScoredLead& lead : leads) {
      const auto above = static_cast<std::size_t>(std::count_if(
          leads.begin(), leads.end(), [&](const ScoredLead& other) { return is_less(lead.score, other.score); }));
      auto& [all, won] = expected[above * buckets / leads.size() + 1];
      ++all;
      won += lead.is_customer ? 1 : 0;
    }
    const std::vector<Gain> table = gains_of(leads, buckets);
    ASSERT_EQ(table.size(), expected.size());
    const auto customers = static_cast<double>(of(leads, true).size());
    const auto others = static_cast<double>(of(leads, false).size());
    std::uint64_t so_far = 0;
    std::uint64_t won_so_far = 0;
    std::size_t row = 0;
    for (const auto& [bucket, counts] : expected) {
      const Gain& gain = table[row++];
      so_far += counts.first;
      won_so_far += counts.second;
      ASSERT_EQ(gain.bucket, static_cast<std::int32_t>(bucket));
      ASSERT_EQ(gain.leads, counts.first);
      ASSERT_EQ(gain.customers, counts.second);
      ASSERT_EQ(gain.cumulative_leads, so_far);
      ASSERT_EQ(gain.cumulative_customers, won_so_far);
      ASSERT_FALSE(is_less(gain.highest_score, gain.lowest_score));
      ASSERT_EQ(gain.lift.has_value(), customers > 0);
      ASSERT_EQ(gain.ks.has_value(), customers > 0 && others > 0);
      const double rate = static_cast<double>(counts.second) / static_cast<double>(counts.first);
      ASSERT_NEAR(*gain.rate.estimate, rate, kTolerance);
      ASSERT_LE(gain.rate.lower, rate);
      ASSERT_GE(gain.rate.upper, rate);
      if (customers > 0) {
        ASSERT_NEAR(*gain.lift, rate / (customers / (customers + others)), kTolerance);
        ASSERT_NEAR(*gain.capture, static_cast<double>(won_so_far) / customers, kTolerance);
      }
      if (gain.ks) {
        ASSERT_NEAR(*gain.ks, *gain.capture - static_cast<double>(so_far - won_so_far) / others, kTolerance);
      }
    }
  }
}

TEST(Gains, OfNothingAreNone) { EXPECT_TRUE(gains_of({}, 10).empty()); }

std::optional<double> psi_of(const Leads& values, std::int64_t buckets) {
  return measure(population_stability, values, buckets);
}

TEST(PopulationStability, IsItsDefinition) {
  Random random(4);
  for (int round = 0; round < 1'000; ++round) {
    const Leads values = random_leads(random, 60);
    const Leads recent = of(values, true);
    const Leads baseline = of(values, false);
    const std::int64_t buckets = 1 + random.below(12);
    const std::optional<double> found = psi_of(values, buckets);
    ASSERT_EQ(found.has_value(), !recent.empty() && !baseline.empty());
    if (!found) {
      continue;
    }
    // The bucket of a value is that of the greatest baseline value that is not above it, or the first.
    const auto bucket_of = [&](double value) {
      double start = -kInfinity;
      for (const ScoredLead& lead : baseline) {
        start = lead.score <= value ? std::max(start, lead.score) : start;
      }
      const auto below = static_cast<std::size_t>(
          std::count_if(baseline.begin(), baseline.end(), [=](const ScoredLead& lead) { return lead.score < start; }));
      return below * static_cast<std::size_t>(buckets) / baseline.size();
    };
    std::map<std::size_t, std::pair<double, double>> parts;
    for (const ScoredLead& value : values) {
      auto& [now, then] = parts[bucket_of(value.score)];
      (value.is_customer ? now : then) += 1;
    }
    double expected = 0;
    for (const auto& [bucket, counts] : parts) {
      const double now = (counts.first > 0 ? counts.first : 0.5) / static_cast<double>(recent.size());
      const double then = counts.second / static_cast<double>(baseline.size());
      expected += (now - then) * std::log(now / then);
    }
    ASSERT_NEAR(*found, expected, kTolerance * std::max(1.0, expected));
  }
}

TEST(PopulationStability, HasItsKnownValues) {
  Leads values;
  for (int i = 0; i < 10; ++i) {
    values.push_back({static_cast<double>(i), false});
    values.push_back({static_cast<double>(i), true});
  }
  EXPECT_EQ(psi_of(values, 5), 0);
  // Half and half has become 3 to 1.
  const Leads moved = {{1, false}, {2, false}, {1, true}, {1, true}, {1, true}, {2, true}};
  EXPECT_NEAR(*psi_of(moved, 2), 0.25 * std::log(1.5) - 0.25 * std::log(0.5), 1e-15);
  // Values outside of the baseline count with its ends.
  const Leads outside = {{1, false}, {2, false}, {-9, true}, {9, true}};
  EXPECT_EQ(psi_of(outside, 2), 0);
  EXPECT_EQ(error_code_of([&] { (void)psi_of(moved, 0); }), ErrorCode::invalid_argument);
  EXPECT_EQ(error_code_of([&] { (void)psi_of(moved, 1001); }), ErrorCode::invalid_argument);
}

TEST(Probabilities, AreJudgedByTheDefinitions) {
  Random random(5);
  for (int round = 0; round < 1'000; ++round) {
    const Leads leads = random_leads(random, 60);
    const auto n = static_cast<double>(leads.size());
    long double squares = 0;
    long double surprise = 0;
    for (const auto& [p, is_customer] : leads) {
      const long double y = is_customer ? 1 : 0;
      squares += (p - y) * (p - y);
      surprise -= is_customer ? std::log(static_cast<long double>(p)) : std::log1p(-static_cast<long double>(p));
    }
    const double expected = static_cast<double>(squares / n);
    ASSERT_NEAR(*measure(brier, leads), expected, kTolerance);
    const double loss = *measure(log_loss, leads);
    if (std::isinf(static_cast<double>(surprise))) {
      ASSERT_EQ(loss, kInfinity);
    } else {
      ASSERT_NEAR(loss, static_cast<double>(surprise / n), kTolerance);
    }
    const std::int64_t buckets = 1 + random.below(12);
    const auto bucket_of = [=](double p) { return std::min(buckets - 1, static_cast<std::int64_t>(p * buckets)); };
    struct Sums {
      double leads = 0;
      double customers = 0;
      double promised = 0;
    };
    std::map<std::int64_t, Sums> sums;
    for (const auto& [p, is_customer] : leads) {
      Sums& sum = sums[bucket_of(p)];
      sum.leads += 1;
      sum.customers += is_customer ? 1 : 0;
      sum.promised += p;
    }
    double error = 0;
    for (const auto& [bucket, sum] : sums) {
      error += std::fabs(sum.promised - sum.customers) / n;
    }
    ASSERT_NEAR(*measure(expected_calibration_error, leads, buckets), error, kTolerance);
    std::vector<ReliabilityBucket> table(static_cast<std::size_t>(buckets));
    table.resize(measure([](const ScoresByOutcome& scores, std::span<ReliabilityBucket> rows,
                            StopToken stop) { return reliability(scores, rows, stop); },
                         leads, std::span<ReliabilityBucket>(table)));
    ASSERT_EQ(table.size(), sums.size());
    std::size_t row = 0;
    for (const auto& [bucket, sum] : sums) {
      const ReliabilityBucket& found = table[row++];
      ASSERT_EQ(found.bucket, bucket + 1);
      ASSERT_NEAR(found.from, static_cast<double>(bucket) / static_cast<double>(buckets), 1e-15);
      ASSERT_NEAR(found.to, static_cast<double>(bucket + 1) / static_cast<double>(buckets), 1e-15);
      ASSERT_EQ(static_cast<double>(found.leads), sum.leads);
      ASSERT_EQ(static_cast<double>(found.customers), sum.customers);
      ASSERT_NEAR(found.mean_probability, sum.promised / sum.leads, kTolerance);
      ASSERT_NEAR(*found.rate.estimate, sum.customers / sum.leads, kTolerance);
    }
    for (const std::optional<std::int64_t> cut : {std::optional<std::int64_t>(), std::optional(buckets)}) {
      const BrierDecomposition parts = *measure(brier_decomposition, leads, cut);
      ASSERT_NEAR(parts.brier, expected, kTolerance);
      ASSERT_NEAR(parts.reliability - parts.resolution + parts.uncertainty + parts.within_buckets, expected,
                  kTolerance);
      ASSERT_GE(parts.reliability, 0);
      ASSERT_GE(parts.resolution, 0);
      ASSERT_LE(parts.uncertainty, 0.25);
      if (!cut) {
        ASSERT_EQ(parts.within_buckets, 0);
      }
    }
  }
}

TEST(Probabilities, HaveTheirKnownValues) {
  // Two of ten where 20 % were promised, five of ten where 80 % were.
  Leads leads;
  for (int i = 0; i < 10; ++i) {
    leads.push_back({0.2, i < 2});
    leads.push_back({0.8, i < 5});
  }
  EXPECT_NEAR(*measure(brier, leads), (2 * 0.64 + 8 * 0.04 + 5 * 0.04 + 5 * 0.64) / 20, 1e-15);
  EXPECT_NEAR(*measure(log_loss, leads), -(7 * std::log(0.2) + 13 * std::log(0.8)) / 20, 1e-15);
  const BrierDecomposition parts = *measure(brier_decomposition, leads, std::optional<std::int64_t>());
  EXPECT_NEAR(parts.reliability, 0.09 / 2, 1e-15);
  EXPECT_NEAR(parts.resolution, 0.15 * 0.15, 1e-15);
  EXPECT_NEAR(parts.uncertainty, 0.35 * 0.65, 1e-15);
  EXPECT_NEAR(*measure(expected_calibration_error, leads, std::int64_t{10}), 0.15, 1e-15);
  EXPECT_NEAR(*measure(expected_calibration_error, leads, std::int64_t{1}), 0.15, 1e-15);
  EXPECT_EQ(measure(log_loss, Leads{{0, true}}), kInfinity);
  EXPECT_EQ(measure(log_loss, Leads{{1, false}, {0.5, true}}), kInfinity);
  EXPECT_EQ(measure(log_loss, Leads{{0, false}, {1, true}}), 0);
  EXPECT_EQ(measure(brier, Leads{{0, false}, {1, true}}), 0);
  EXPECT_FALSE(measure(brier, Leads{}));
  EXPECT_FALSE(measure(log_loss, Leads{}));
  EXPECT_FALSE(measure(brier_decomposition, Leads{}, std::optional<std::int64_t>()));
  EXPECT_FALSE(measure(expected_calibration_error, Leads{}, std::int64_t{10}));
  EXPECT_EQ(error_code_of([&] { (void)measure(expected_calibration_error, leads, std::int64_t{0}); }),
            ErrorCode::invalid_argument);
  EXPECT_EQ(error_code_of([&] { (void)measure(brier_decomposition, leads, std::optional<std::int64_t>(1001)); }),
            ErrorCode::invalid_argument);
}

TEST(Probabilities, LoseNoDigitsInLongSums) {
  std::vector<std::uint64_t> customers(1'000'000, score_key(0.1));
  std::vector<std::uint64_t> others(3'000'000, score_key(1e-9));
  for (std::size_t i = 0; i < others.size(); ++i) {
    others[i] = score_key(1e-9 * (1 + static_cast<double>(i) / 3e6));
  }
  const double expected = (1e6 * -std::log(0.1) + 3e6 * 1e-9 * (1.5 - 1 / 6e6)) / 4e6;
  EXPECT_NEAR(*log_loss({customers, others}, StopToken()) / expected, 1, 1e-14);
}

AucDifference compare(const Leads& a, const Leads& b, double confidence = 0.95) {
  std::vector<ScorePair> customers;
  std::vector<ScorePair> others;
  for (std::size_t i = 0; i < a.size(); ++i) {
    (a[i].is_customer ? customers : others).push_back({score_key(a[i].score), score_key(b[i].score)});
  }
  return auc_difference({customers, others}, confidence, StopToken()).value();
}

TEST(AucDifference, IsThePairedTestOfDeLong) {
  Random random(6);
  int judged = 0;
  for (int round = 0; round < 2'000; ++round) {
    const Leads a = random_leads(random, 40);
    Leads b = a;
    for (ScoredLead& lead : b) {
      lead.score = random.chance(0.5) ? lead.score : random.whole(0, 4) / 4;
    }
    if (random.chance(0.2)) {
      b = with_wild_scores(b, random);
    }
    const std::size_t customers = of(a, true).size();
    const std::size_t others = of(a, false).size();
    if (customers == 0 || others == 0) {
      continue;
    }
    const AucDifference found = compare(a, b);
    ASSERT_EQ(found.auc_a, measure(auc, a));
    ASSERT_EQ(found.auc_b, measure(auc, b));
    ASSERT_NEAR(found.difference, found.auc_a - found.auc_b, 1e-15);
    ASSERT_EQ(found.z.has_value(), customers > 1 && others > 1);
    if (!found.z) {
      ASSERT_EQ(found.lower, -1);
      ASSERT_EQ(found.upper, 1);
      ASSERT_FALSE(found.p_value);
      continue;
    }
    ++judged;
    const double error = std::sqrt(std::max(0.0, variance(Components(a), Components(b))));
    ASSERT_NEAR(found.lower, std::max(-1.0, found.difference - 1.959963984540054 * error), 1e-7);
    if (error > 1e-6) {
      ASSERT_NEAR(found.lower, std::max(-1.0, found.difference - 1.959963984540054 * error), kTolerance);
      ASSERT_NEAR(found.upper, std::min(1.0, found.difference + 1.959963984540054 * error), kTolerance);
      ASSERT_NEAR(*found.z, found.difference / error, 1e-9);
      ASSERT_NEAR(*found.p_value, std::erfc(std::fabs(*found.z) / std::sqrt(2.0)), kTolerance);
    }
  }
  EXPECT_GT(judged, 1'000);
}

TEST(AucDifference, KnowsEqualAndOppositeScores) {
  Leads up;
  Leads down;
  for (int i = 0; i < 10; ++i) {
    up.push_back({static_cast<double>(i), i >= 5});
    down.push_back({static_cast<double>(-i), i >= 5});
  }
  const AucDifference same = compare(up, up);
  EXPECT_EQ(same.difference, 0);
  EXPECT_EQ(same.z, 0);
  EXPECT_EQ(same.p_value, 1);
  EXPECT_EQ(same.lower, 0);
  const AucDifference opposite = compare(down, up);
  EXPECT_EQ(opposite.difference, -1);
  EXPECT_EQ(opposite.z, -kInfinity);
  EXPECT_EQ(opposite.p_value, 0);
  EXPECT_EQ(error_code_of([&] { (void)compare(up, down, 1); }), ErrorCode::invalid_argument);
  std::vector<ScorePair> one = {{1, 2}};
  EXPECT_FALSE(auc_difference({one, {}}, 0.95, StopToken()));
  EXPECT_FALSE(auc_difference({{}, one}, 0.95, StopToken()));
}

TEST(Metrics, AreTheSameInAnyOrderOfLeads) {
  Random random(7);
  for (int round = 0; round < 30; ++round) {
    const Leads leads = random_leads(random, 5'000);
    Leads shuffled = leads;
    random.shuffle(shuffled);
    EXPECT_EQ(measure(average_precision, shuffled), measure(average_precision, leads));
    EXPECT_EQ(measure(brier, shuffled), measure(brier, leads));
    EXPECT_EQ(measure(log_loss, shuffled), measure(log_loss, leads));
    EXPECT_EQ(measure(expected_calibration_error, shuffled, std::int64_t{7}),
              measure(expected_calibration_error, leads, std::int64_t{7}));
    EXPECT_EQ(measure(population_stability, shuffled, std::int64_t{7}),
              measure(population_stability, leads, std::int64_t{7}));
    EXPECT_EQ(measure(brier_decomposition, shuffled, std::optional<std::int64_t>(7)).value().within_buckets,
              measure(brier_decomposition, leads, std::optional<std::int64_t>(7)).value().within_buckets);
  }
}

}  // namespace
}  // namespace leadscore::learn
