// Tallies: a lead added up by look-ups is evaluated as it is criterion by criterion, and for the same reasons.
#include "core/model/tally.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <optional>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "counting_resource.hpp"
#include "error_code_of.hpp"
#include "planned_scorecard.hpp"
#include "random.hpp"
#include "random_scorecard.hpp"
#include "written_condition.hpp"

namespace leadscore::model {
namespace {

using test::always;
using test::compare;
using test::Constants;
using test::CountingResource;
using test::error_code_of;
using test::Model;
using test::NoDefaultResource;
using test::Plan;
using test::Planned;
using test::Random;
using test::random_planned;
using test::WrittenCondition;

// Criterion and contribution.
using Reasons = std::vector<std::pair<std::uint32_t, double>>;

// All contributions by weight, those of equal weight by position, and of these the first few.
Reasons reasons_by_outcomes(const std::vector<Outcome>& outcomes) {
  Reasons reasons;
  for (std::uint32_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i].contribution() != 0) {
      reasons.emplace_back(i, outcomes[i].contribution());
    }
  }
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const auto& a, const auto& b) { return std::fabs(a.second) > std::fabs(b.second); });
  reasons.resize(std::min(reasons.size(), kReasons));
  return reasons;
}

// Of the outcomes it reads those of the rest alone.
void add_up(Tally& tally, const ScorePlan& plan, const std::vector<Value>& lead, const std::vector<Outcome>& outcomes) {
  std::vector<std::size_t> places;
  for (const PlannedLookup& planned : plan.lookups()) {
    places.push_back(planned.lookup.place_of(lead[planned.column]));
  }
  tally.begin(plan);
  tally.add_places(places);
  for (const std::uint32_t i : plan.rest()) {
    tally.add_outcome(i, outcomes[i]);
  }
}

Reasons reasons_of(const Tally& tally) {
  std::array<Reason, kReasons> reasons;
  const std::size_t count = tally.weightiest(reasons);
  Reasons found;
  for (std::size_t i = 0; i < count; ++i) {
    found.emplace_back(reasons[i].criterion, reasons[i].contribution);
  }
  return found;
}

// The reasons of a lead by the plan, of a model of which nothing is left to outcomes.
Reasons reasons_by_plan(const Planned& planned, const std::vector<Value>& lead) {
  const Plan built(planned);
  EXPECT_TRUE(built.plan.rest().empty());
  Tally tally(built.scorecard, std::pmr::new_delete_resource());
  add_up(tally, built.plan, lead, {});
  return reasons_of(tally);
}

std::vector<Value> number(std::int64_t value) { return {Value::of(value)}; }

// ---------------------------------------------------------------------------------------------------------------
// Ranks.

TEST(RankList, KeepsTheLeast) {
  Random random(701);
  for (int round = 0; round < 1'000; ++round) {
    std::vector<std::uint32_t> all(random.below(15));
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      all[i] = 3 * i;
    }
    random.shuffle(all);
    RankList one_by_one;
    RankList first;
    RankList second;
    for (const std::uint32_t rank : all) {
      one_by_one.add(rank);
      (random.chance(0.5) ? first : second).add(rank);
    }
    first.add(second);
    std::sort(all.begin(), all.end());
    all.resize(kReasons, kNone);
    for (std::size_t i = 0; i < kReasons; ++i) {
      ASSERT_EQ(one_by_one.ranks()[i], all[i]);
      ASSERT_EQ(first.ranks()[i], all[i]);
    }
  }
}

TEST(Ranking, IsByMagnitudeThenByPosition) {
  Model model;
  for (const double points : {1.0, -5.0, 0.0, 5.0, -0.0, -7.5, 5e-324}) {
    model.criteria.push_back({.points = points});
  }
  model.criteria.push_back({.points = {}});
  const Scorecard scorecard = model.build();
  const Ranking ranking(scorecard, std::pmr::new_delete_resource());
  const Reasons expected{{5, -7.5}, {1, -5}, {3, 5}, {0, 1}, {6, 5e-324}};
  ASSERT_EQ(ranking.size(), expected.size());
  for (std::uint32_t rank = 0; rank < expected.size(); ++rank) {
    EXPECT_EQ(ranking.reason(rank).criterion, expected[rank].first);
    EXPECT_EQ(ranking.reason(rank).contribution, expected[rank].second);
    EXPECT_EQ(ranking.rank_of(expected[rank].first), rank);
  }
  for (const std::size_t i : {2U, 4U, 7U}) {
    EXPECT_EQ(ranking.rank_of(i), kNone) << "no points, or those of the lead";
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Reasons.

TEST(Tally, OfNothingHasNoReasons) {
  EXPECT_TRUE(reasons_by_plan({}, {}).empty());
  Planned planned;
  planned.add({.points = 1.0}, compare(0, Comparison::less, 5));
  EXPECT_TRUE(reasons_by_plan(planned, number(5)).empty());
  EXPECT_TRUE(reasons_by_plan(planned, {Value{}}).empty());
  EXPECT_EQ(reasons_by_plan(planned, number(4)), Reasons({{0, 1}}));
}

TEST(Tally, NamesTheWeightiestAndOfEqualOnesTheFirst) {
  Planned planned;
  for (const double points : {2.0, -3.0, 3.0, 2.0, 0.0, -2.0, 1.0, 2.0, 3.0}) {
    planned.add({.points = points}, compare(0, Comparison::less, 5));
  }
  EXPECT_EQ(reasons_by_plan(planned, number(0)), Reasons({{1, -3}, {2, 3}, {8, 3}, {0, 2}, {3, 2}}));
}

TEST(Tally, NamesWhatAlwaysHolds) {
  Planned planned;
  planned.model.dimensions = {Dimension{}};
  planned.add({.points = 1.0}, always());
  planned.add({.points = 9.0}, test::never());
  planned.add({.points = 4.0}, compare(0, Comparison::less, 5));
  planned.add({.dimension = 0, .points = -8.0}, always());
  planned.add({.dimension = 0, .points = 0.0}, always());
  EXPECT_EQ(reasons_by_plan(planned, number(0)), Reasons({{3, -8}, {2, 4}, {0, 1}}));
  EXPECT_EQ(reasons_by_plan(planned, number(5)), Reasons({{3, -8}, {0, 1}}));
}

TEST(Tally, TellsCriteriaOfOneAttributeAndOfTheSamePointsApart) {
  Planned planned;
  planned.add({.attribute = 0, .points = 5.0}, compare(0, Comparison::less, 10));
  planned.add({.attribute = 0, .points = 5.0}, compare(0, Comparison::less, 20));
  planned.add({.attribute = 0, .points = 5.0}, always());
  EXPECT_EQ(reasons_by_plan(planned, number(9)), Reasons({{0, 5}}));
  EXPECT_EQ(reasons_by_plan(planned, number(10)), Reasons({{1, 5}}));
  EXPECT_EQ(reasons_by_plan(planned, number(20)), Reasons({{2, 5}}));
  EXPECT_EQ(reasons_by_plan(planned, {Value{}}), Reasons({{2, 5}}));
}

TEST(Tally, NamesContributionsTooSmallToCount) {
  Planned planned;
  planned.add({.points = 5e-324}, always());
  planned.add({.points = -kLargestPoints}, always());
  EXPECT_EQ(reasons_by_plan(planned, number(0)), Reasons({{1, -kLargestPoints}, {0, 5e-324}}));
}

// As many as a mask holds, and one more.
TEST(Tally, NamesTheWeightiestOfAnyNumber) {
  for (const int count : {1, 5, 6, 63, 64, 65, 200}) {
    Planned planned;
    Reasons expected;
    for (int i = 0; i < count; ++i) {
      planned.add({.points = i + 1.0}, compare(0, Comparison::greater, std::int64_t{i % 7}));
    }
    for (int i = count - 1; i >= 0 && expected.size() < kReasons; --i) {
      if (i % 7 < 4) {
        expected.emplace_back(i, i + 1.0);
      }
    }
    EXPECT_EQ(reasons_by_plan(planned, number(4)), expected) << count;
  }
}

TEST(Tally, MergesPointsOfTheLead) {
  Planned planned;
  for (int i = 0; i < 8; ++i) {
    planned.add({.points = i % 2 == 0 ? std::optional(3.0) : std::nullopt}, always());
  }
  const Plan built(planned);
  std::vector<Outcome> outcomes(8);
  const auto reasons_with = [&](const std::array<double, 4>& points) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      outcomes[2 * i] = {.verdict = Verdict::met, .points = 3};
      outcomes[2 * i + 1] = {.verdict = Verdict::met, .points = points[i]};
    }
    Tally tally(built.scorecard, std::pmr::new_delete_resource());
    add_up(tally, built.plan, {}, outcomes);
    return reasons_of(tally);
  };
  EXPECT_EQ(reasons_with({-3, 4, 0, -5}), Reasons({{7, -5}, {3, 4}, {0, 3}, {1, -3}, {2, 3}}));
  EXPECT_EQ(reasons_with({9, 8, 7, 6}), Reasons({{1, 9}, {3, 8}, {5, 7}, {7, 6}, {0, 3}}));
  EXPECT_EQ(reasons_with({1, 2, 1, 2}), Reasons({{0, 3}, {2, 3}, {4, 3}, {6, 3}, {3, 2}}));
  EXPECT_EQ(reasons_with({0, 0, -0.0, 0}), Reasons({{0, 3}, {2, 3}, {4, 3}, {6, 3}}));
}

TEST(Tally, RefusesWhatIsNotANumberOfPoints) {
  Planned planned;
  planned.add({.points = {}}, always());
  const Plan built(planned);
  Tally tally(built.scorecard, std::pmr::new_delete_resource());
  tally.begin(built.plan);
  for (const double bad : {std::numeric_limits<double>::infinity(), std::nan(""), 2 * kLargestPoints}) {
    EXPECT_EQ(error_code_of([&] { tally.add_outcome(0, {.verdict = Verdict::met, .points = bad}); }),
              ErrorCode::out_of_range);
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Evaluations.

std::uint64_t bits(double number) { return std::bit_cast<std::uint64_t>(number); }

void expect_same(const Evaluation& a, const Evaluation& b) {
  ASSERT_EQ(bits(a.score), bits(b.score));
  ASSERT_EQ(bits(a.raw_score), bits(b.raw_score));
  ASSERT_EQ(a.probability.has_value(), b.probability.has_value());
  ASSERT_EQ(bits(a.probability.value_or(0)), bits(b.probability.value_or(0)));
}

// Points that are next to nothing, as large as may be, or the same as others'.
void make_extreme(Random& random, Model& model) {
  constexpr std::array kExtremes{0.0, -0.0, 5e-324, -1e-310, 1e-300, 1.0, -1.0, 1.0, kLargestPoints, -kLargestPoints};
  for (Criterion& criterion : model.criteria) {
    if (criterion.points) {
      criterion.points = random.one_of(kExtremes);
    }
  }
  model.scale = model.scale == Scale::range ? Scale::logistic : model.scale;
}

struct TallyOf : testing::TestWithParam<std::uint32_t> {};  // by the largest number of criteria
INSTANTIATE_TEST_SUITE_P(Sizes, TallyOf, testing::Values(6, 25, 90, 300));

TEST_P(TallyOf, AnyLeadEvaluatesAsItsOutcomesDo) {
  Random random(702 + GetParam());
  const Constants constants;
  std::size_t looked_up = 0;
  std::size_t rest = 0;
  std::size_t masks = 0;
  const auto rounds = static_cast<int>(40'000 / (20 + GetParam()));
  for (int round = 0; round < rounds; ++round) {
    Planned planned = random_planned(random, constants, {.max_criteria = GetParam()});
    if (random.chance(0.3)) {
      make_extreme(random, planned.model);
    }
    const Plan built(planned);
    // As where constants come late: the same scorecard, but for now some conditions have no look-up.
    std::vector<const Condition*> without = built.conditions;
    for (const Condition*& condition : without) {
      condition = random.chance(0.2) ? nullptr : condition;
    }
    StopToken stop;
    const ScorePlan other(built.scorecard, without, std::pmr::new_delete_resource(), stop);
    Tally tally(built.scorecard, std::pmr::new_delete_resource());
    rest += built.plan.rest().size();
    looked_up += built.model.criteria.size() - built.plan.rest().size();
    masks += built.plan.ranking().fits_masks() ? 1 : 0;
    for (int i = 0; i < 20; ++i) {
      const std::vector<Value> lead = constants.random_lead(random);
      const std::vector<Outcome> outcomes = outcomes_of(random, built, lead);
      add_up(tally, i % 2 == 0 ? built.plan : other, lead, outcomes);
      ASSERT_NO_FATAL_FAILURE(
          expect_same(built.scorecard.evaluate_sums(tally.sums()), built.scorecard.evaluate(outcomes)))
          << "round " << round;
      ASSERT_EQ(reasons_of(tally), reasons_by_outcomes(outcomes)) << "round " << round;
    }
  }
  EXPECT_GT(looked_up, rest / 2) << "or this would try little";
  EXPECT_GT(rest, looked_up / 20);
  EXPECT_EQ(masks == static_cast<std::size_t>(rounds), GetParam() <= Ranking::kMaskBits);
}

TEST(TallyMemory, IsTakenOnceAndNotForALead) {
  Planned planned;
  planned.add({.points = 1.0}, compare(0, Comparison::less, 5));
  planned.add({.points = {}}, always());
  const Plan built(planned);
  const NoDefaultResource no_default;
  CountingResource memory;
  Tally tally(built.scorecard, &memory);
  const std::size_t allocations = memory.allocations();
  tally.begin(built.plan);
  tally.add_places(std::array{PointTable::kFirst});
  tally.add_outcome(1, {.verdict = Verdict::met, .points = 2});
  std::array<Reason, kReasons> reasons;
  EXPECT_EQ(tally.weightiest(reasons), 2U);
  EXPECT_EQ(memory.allocations(), allocations);
}

}  // namespace
}  // namespace leadscore::model
