#include "core/learn/probability_map.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/model/scale.hpp"
#include "random.hpp"
#include "scored_leads.hpp"

namespace leadscore::learn {
namespace {

using test::ScoredLead;

auto* const kMemory = std::pmr::get_default_resource();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<IsotonicStep> isotonic_of(const std::vector<ScoredLead>& leads) {
  test::SortedLeads sorted(leads);
  StopToken stop;
  const auto steps = isotonic(sorted.get(), kMemory, stop);
  return {steps.begin(), steps.end()};
}

std::optional<PlattCurve> platt_of(const std::vector<ScoredLead>& leads) {
  test::SortedLeads sorted(leads);
  StopToken stop;
  return platt(sorted.get(), stop);
}

std::vector<ScoredLead> leads_of(const std::vector<double>& scores, const std::vector<bool>& customers) {
  std::vector<ScoredLead> leads;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    leads.push_back({scores[i], customers[i]});
  }
  return leads;
}

// The isotonic fit by its definition: the greatest, over beginnings at or before a score, of the least mean over ends
// at or after it.
double min_max_rate(const std::vector<ScoredLead>& leads, double score) {
  const auto mean = [&](double from, double to) {
    double customers = 0;
    double count = 0;
    for (const ScoredLead& lead : leads) {
      if (lead.score >= from && lead.score <= to) {
        customers += lead.is_customer ? 1 : 0;
        ++count;
      }
    }
    return customers / count;
  };
  double best = -1;
  for (const ScoredLead& from : leads) {
    if (from.score <= score) {
      double least = 2;
      for (const ScoredLead& to : leads) {
        least = to.score >= score ? std::min(least, mean(from.score, to.score)) : least;
      }
      best = std::max(best, least);
    }
  }
  return best;
}

const IsotonicStep& step_of(const std::vector<IsotonicStep>& steps, double score) {
  const auto next = std::upper_bound(steps.begin(), steps.end(), score,
                                     [](double x, const IsotonicStep& step) { return x < step.score_from; });
  return *(next - 1);
}

TEST(Isotonic, PoolsAdjacentViolators) {
  const auto steps = isotonic_of(leads_of(
      {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
      {false, false, false, true, false, false, true, false, true, false, true, true, false, true, true, true}));
  std::vector<std::uint64_t> leads;
  std::vector<std::uint64_t> customers;
  for (const IsotonicStep& step : steps) {
    leads.push_back(step.leads);
    customers.push_back(step.customers);
  }
  EXPECT_EQ(leads, (std::vector<std::uint64_t>{3, 3, 4, 3, 3}));
  EXPECT_EQ(customers, (std::vector<std::uint64_t>{0, 1, 2, 2, 3}));
  EXPECT_EQ(steps[0].score_from, -kInfinity);
  EXPECT_EQ(steps[1].score_from, 4);
  EXPECT_EQ(steps[4].score_from, 14);
  EXPECT_DOUBLE_EQ(steps[0].probability, 0.5 / 4);
  EXPECT_DOUBLE_EQ(steps[4].probability, 3.5 / 4);
  EXPECT_DOUBLE_EQ(steps[1].rate.estimate.value(), 1.0 / 3);
}

TEST(Isotonic, IsTheFitByItsDefinition) {
  test::Random random(41);
  for (int round = 0; round < 300; ++round) {
    const std::vector<ScoredLead> leads = test::random_leads(random, 25);
    const auto steps = isotonic_of(leads);
    const auto customers = static_cast<std::size_t>(
        std::count_if(leads.begin(), leads.end(), [](const ScoredLead& lead) { return lead.is_customer; }));
    if (customers == 0 || customers == leads.size()) {
      EXPECT_TRUE(steps.empty());
      continue;
    }
    const double common = static_cast<double>(customers) / static_cast<double>(leads.size());
    std::uint64_t counted = 0;
    double before = 0;
    for (const IsotonicStep& step : steps) {
      counted += step.leads;
      const auto count = static_cast<double>(step.leads);
      ASSERT_NEAR(step.probability, (static_cast<double>(step.customers) + common) / (count + 1), 1e-15);
      ASSERT_GT(step.probability, before);
      before = step.probability;
    }
    ASSERT_LT(before, 1);
    ASSERT_EQ(counted, leads.size());
    // Where no steps had to be pooled for the added lead, the rate is the isotonic one.
    bool is_pooled = false;
    for (const IsotonicStep& step : steps) {
      double least = 2;
      double greatest = -1;
      for (const ScoredLead& lead : leads) {
        if (&step_of(steps, lead.score) == &step) {
          const double rate = min_max_rate(leads, lead.score);
          least = std::min(least, rate);
          greatest = std::max(greatest, rate);
        }
      }
      if (greatest - least < 1e-12) {
        ASSERT_NEAR(step.rate.estimate.value(), least, 1e-12);
      } else {
        is_pooled = true;
        ASSERT_GE(step.rate.estimate.value(), least);
        ASSERT_LE(step.rate.estimate.value(), greatest);
      }
    }
    if (!is_pooled) {
      for (const ScoredLead& lead : leads) {
        ASSERT_NEAR(step_of(steps, lead.score).rate.estimate.value(), min_max_rate(leads, lead.score), 1e-12);
      }
    }
  }
}

TEST(Isotonic, OfScoresThatSayNothingOrTheContraryIsOneStep) {
  EXPECT_EQ(isotonic_of(leads_of({5, 5, 5}, {true, false, false})).size(), 1U);
  const auto steps = isotonic_of(leads_of({1, 2, 3, 4}, {true, true, false, false}));
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].probability, 0.5);
  EXPECT_TRUE(isotonic_of({}).empty());
  EXPECT_TRUE(isotonic_of(leads_of({1, 2}, {true, true})).empty());
}

// At the optimum the derivatives vanish; the loss is convex, so there is one.
void expect_optimum(const std::vector<ScoredLead>& leads, const PlattCurve& curve, double tolerance) {
  double customers = 0;
  double others = 0;
  for (const ScoredLead& lead : leads) {
    (lead.is_customer ? customers : others) += std::isfinite(lead.score) ? 1 : 0;
  }
  double residuals = 0;
  double moment = 0;
  double size = 0;
  for (const ScoredLead& lead : leads) {
    if (std::isfinite(lead.score)) {
      const double target = lead.is_customer ? (customers + 1) / (customers + 2) : 1 / (others + 2);
      const double residual = target - model::sigmoid(curve.intercept + curve.slope * lead.score);
      residuals += residual;
      moment += residual * lead.score;
      size += std::fabs(residual * lead.score);
    }
  }
  EXPECT_NEAR(residuals, 0, tolerance);
  EXPECT_NEAR(moment, 0, tolerance * std::max(1.0, size));
}

TEST(Platt, FitsTheCurve) {
  test::Random random(43);
  for (int round = 0; round < 200; ++round) {
    std::vector<ScoredLead> leads(20 + random.below(300));
    const double scale = random.chance(0.3) ? 1e6 : 1;
    for (ScoredLead& lead : leads) {
      const double x = random.number(-3, 3);
      lead.score = 40 * scale + 10 * scale * x;
      lead.is_customer = random.chance(model::sigmoid(-1 + 1.5 * x));
    }
    const auto curve = platt_of(leads);
    if (curve) {
      expect_optimum(leads, *curve, 1e-7);
    }
  }
}

TEST(Platt, StaysFiniteWithoutOverlapOrSpread) {
  const auto apart = platt_of(leads_of({1, 2, 3, 4}, {false, false, true, true}));
  ASSERT_TRUE(apart);
  EXPECT_TRUE(std::isfinite(apart->slope));
  EXPECT_GT(apart->slope, 0);
  const auto same = platt_of(leads_of({7, 7, 7, 7}, {false, true, true, true}));
  ASSERT_TRUE(same);
  EXPECT_EQ(same->slope, 0);
  // 3 customers: 4/5 each; 1 other: 1/3.
  EXPECT_NEAR(model::sigmoid(same->intercept), (3 * 0.8 + 1.0 / 3) / 4, 1e-12);
  EXPECT_FALSE(platt_of(leads_of({1, 2}, {true, true})));
  EXPECT_FALSE(platt_of({}));
}

TEST(Platt, LeavesOutWhatIsNoNumber) {
  std::vector<ScoredLead> leads = leads_of({1, 2, 3, 4}, {false, true, false, true});
  const auto curve = platt_of(leads);
  leads.push_back({kInfinity, true});
  leads.push_back({-kInfinity, false});
  leads.push_back({std::numeric_limits<double>::quiet_NaN(), true});
  const auto same = platt_of(leads);
  ASSERT_TRUE(curve && same);
  EXPECT_EQ(curve->slope, same->slope);
  EXPECT_EQ(curve->intercept, same->intercept);
}

TEST(ProbabilityMap, OfAnyScoresNeitherFailsNorDependsOnTheirOrder) {
  test::Random random(47);
  for (int round = 0; round < 200; ++round) {
    std::vector<ScoredLead> leads = test::with_wild_scores(test::random_leads(random, 40), random);
    const auto steps = isotonic_of(leads);
    const auto curve = platt_of(leads);
    random.shuffle(leads);
    const auto same_steps = isotonic_of(leads);
    const auto same_curve = platt_of(leads);
    ASSERT_EQ(steps.size(), same_steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
      ASSERT_EQ(steps[i].probability, same_steps[i].probability);
    }
    ASSERT_EQ(curve.has_value(), same_curve.has_value());
    if (curve) {
      ASSERT_FALSE(std::isnan(curve->slope) || std::isnan(curve->intercept));
      ASSERT_EQ(curve->slope, same_curve->slope);
      ASSERT_EQ(curve->intercept, same_curve->intercept);
    }
  }
}

}  // namespace
}  // namespace leadscore::learn
