// Score plans: which criteria become look-ups, and that the score stays the same to the last bit.
#include "core/model/score_plan.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "counting_resource.hpp"
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
using test::is_null;
using test::NoDefaultResource;
using test::Plan;
using test::Planned;
using test::Random;
using test::random_planned;
using test::WrittenCondition;

std::vector<std::uint32_t> rest_of(const Planned& planned) {
  const Plan built(planned);
  return {built.plan.rest().begin(), built.plan.rest().end()};
}

// Column and group of each look-up.
std::set<std::pair<std::uint32_t, std::uint32_t>> lookups_of(const Planned& planned) {
  const Plan built(planned);
  std::set<std::pair<std::uint32_t, std::uint32_t>> found;
  for (const PlannedLookup& lookup : built.plan.lookups()) {
    EXPECT_TRUE(found.insert({lookup.column, lookup.group}).second) << "one look-up a column and group";
  }
  return found;
}

using Positions = std::vector<std::uint32_t>;
using Lookups = std::set<std::pair<std::uint32_t, std::uint32_t>>;

const WrittenCondition kOverZero = compare(0, Comparison::less, 5);
const WrittenCondition kOverOne = compare(1, Comparison::less, 5);
const WrittenCondition kOverBoth = test::all({kOverZero, kOverOne});

// ---------------------------------------------------------------------------------------------------------------
// What is planned.

TEST(ScorePlan, OfNothingIsEmpty) {
  const Plan built(Planned{});
  EXPECT_TRUE(built.plan.lookups().empty());
  EXPECT_TRUE(built.plan.rest().empty());
  ASSERT_EQ(built.plan.start().size(), 1U);
  EXPECT_EQ(built.plan.start()[0], 0);
}

TEST(ScorePlan, LooksUpWhatReadsOneColumnAndLeavesTheRest) {
  Planned planned;
  planned.add({.points = 1.0}, kOverBoth);
  planned.add({.points = 1.0}, kOverZero);
  planned.add({.points = {}}, kOverZero);      // points of the lead
  planned.add({.points = 1.0}, std::nullopt);  // evaluated elsewhere
  planned.add({.points = 1.0}, compare(2, Comparison::starts_with, "a"));
  planned.add({.points = 1.0}, test::any({is_null(1), test::negation(kOverOne)}));
  planned.add({.points = 1.0}, compare(2, Comparison::equal, "a"));
  EXPECT_EQ(rest_of(planned), Positions({0, 2, 3, 4}));
  EXPECT_EQ(lookups_of(planned), Lookups({{0, 0}, {1, 0}, {2, 0}}));
}

TEST(ScorePlan, HasALookupForEachColumnAndGroup) {
  Planned planned;
  planned.model.dimensions = {Dimension{}, Dimension{}};
  for (const std::uint32_t dimension : {kNone, 0U, 1U, 0U}) {
    planned.add({.dimension = dimension, .points = 1.0}, kOverZero);
    planned.add({.dimension = dimension, .points = 1.0}, dimension == 1 ? kOverZero : kOverOne);
  }
  EXPECT_EQ(rest_of(planned), Positions());
  EXPECT_EQ(lookups_of(planned), Lookups({{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}}));
}

TEST(ScorePlan, LooksUpAnAttributeOnlyAsAWhole) {
  const auto rest_with = [](const Criterion& third, const std::optional<WrittenCondition>& condition) {
    Planned planned;
    planned.add({.attribute = 0, .points = 1.0}, kOverZero);
    planned.add({.attribute = 1, .points = 1.0}, kOverOne);
    planned.add(third, condition);
    planned.add({.attribute = 0, .points = 1.0}, always());
    return rest_of(planned);
  };
  EXPECT_EQ(rest_with({.attribute = 0, .points = 1.0}, is_null(0)), Positions());
  EXPECT_EQ(rest_with({.attribute = 0, .points = 1.0}, kOverOne), Positions({0, 2, 3})) << "two columns";
  EXPECT_EQ(rest_with({.attribute = 0, .points = 1.0}, kOverBoth), Positions({0, 2, 3}));
  EXPECT_EQ(rest_with({.attribute = 0, .points = 1.0}, std::nullopt), Positions({0, 2, 3}));
  EXPECT_EQ(rest_with({.attribute = 0, .points = {}}, kOverZero), Positions({0, 2, 3}));
  EXPECT_EQ(rest_with({.attribute = 0, .points = 1.0}, compare(0, Comparison::starts_with, "a")), Positions({0, 2, 3}));
  EXPECT_EQ(rest_with({.points = 1.0}, kOverBoth), Positions({2})) << "no matter what stands beside it";
}

TEST(ScorePlan, StartsWithWhatEveryLeadHas) {
  Planned planned;
  planned.model.dimensions = {Dimension{}};
  planned.add({.points = 1.0}, always());
  planned.add({.points = 2.0}, test::never());
  planned.add({.points = 4.0}, test::unknown());
  planned.add({.points = 8.0}, test::is(Truth::unknown, test::unknown()));
  planned.add({.dimension = 0, .attribute = 0, .points = 16.0}, test::unknown());
  planned.add({.dimension = 0, .attribute = 0, .points = 32.0}, always());
  planned.add({.dimension = 0, .attribute = 0, .points = 64.0}, always());
  planned.add({.points = {}}, always());  // known only with the lead
  const Plan built(planned);
  EXPECT_TRUE(built.plan.lookups().empty());
  EXPECT_EQ(rest_of(planned), Positions({7}));
  ASSERT_EQ(built.plan.start().size(), 2U);
  EXPECT_EQ(built.scorecard.unit().points(built.plan.start()[0]), 1 + 8);
  EXPECT_EQ(built.scorecard.unit().points(built.plan.start()[1]), 32);
}

TEST(ScorePlan, TakesConstantConditionsOfAnAttributeToItsColumn) {
  Planned planned;
  planned.add({.attribute = 0, .points = 1.0}, test::never());
  planned.add({.attribute = 0, .points = 2.0}, compare(3, Comparison::greater, 7));
  planned.add({.attribute = 0, .points = 4.0}, always());
  const Plan built(planned);
  ASSERT_EQ(built.plan.lookups().size(), 1U);
  EXPECT_EQ(built.plan.start()[0], 0);
  const PlannedLookup& planned_lookup = built.plan.lookups()[0];
  EXPECT_EQ(planned_lookup.column, 3U);
  const PointUnit& unit = built.scorecard.unit();
  EXPECT_EQ(unit.points(planned_lookup.lookup.points_of(Value::of(std::int64_t{8}))), 2);
  EXPECT_EQ(unit.points(planned_lookup.lookup.points_of(Value::of(std::int64_t{7}))), 4);
  EXPECT_EQ(unit.points(planned_lookup.lookup.points_of(Value{})), 4);
}

// ---------------------------------------------------------------------------------------------------------------
// What it adds up to.

// What each group gives by the plan; of the outcomes it reads those of the rest alone.
std::vector<PointCount> sums_by_plan(const Plan& built, const std::vector<Value>& lead,
                                     const std::vector<Outcome>& outcomes) {
  std::vector<PointCount> sums(built.plan.start().begin(), built.plan.start().end());
  for (const PlannedLookup& planned : built.plan.lookups()) {
    sums[planned.group] += planned.lookup.points_of(lead[planned.column]);
  }
  for (const std::uint32_t i : built.plan.rest()) {
    sums[built.scorecard.criterion(i).group] += built.scorecard.counted_points(i, outcomes[i]);
  }
  return sums;
}

std::uint64_t bits(double number) { return std::bit_cast<std::uint64_t>(number); }

TEST(ScorePlan, GivesTheScoreOfAllOutcomesToTheLastBit) {
  Random random(601);
  const Constants constants;
  std::size_t looked_up = 0;
  std::size_t rest = 0;
  for (int round = 0; round < 2'000; ++round) {
    const Plan built(random_planned(random, constants));
    rest += built.plan.rest().size();
    looked_up += built.model.criteria.size() - built.plan.rest().size();
    const Scorecard unscaled = built.model.build_unscaled();
    for (int i = 0; i < 10; ++i) {
      const std::vector<Value> lead = constants.random_lead(random);
      const std::vector<Outcome> outcomes = outcomes_of(random, built, lead);
      const std::vector<PointCount> sums = sums_by_plan(built, lead, outcomes);
      const Evaluation evaluation = built.scorecard.evaluate(outcomes);
      ASSERT_EQ(bits(built.scorecard.score_sums(sums)), bits(evaluation.score)) << "round " << round;
      ASSERT_EQ(bits(unscaled.score_sums(sums)), bits(evaluation.raw_score)) << "round " << round;
      ASSERT_EQ(evaluation.raw_score, test::exact_raw(built.model, outcomes).rounded()) << "round " << round;
    }
  }
  EXPECT_GT(looked_up, rest / 2) << "or this would try little";
  EXPECT_GT(rest, looked_up / 10);
}

TEST(ScorePlan, NamesTheRestInOrderAndTheGroupsThatThereAre) {
  Random random(602);
  const Constants constants;
  for (int round = 0; round < 2'000; ++round) {
    const Plan built(random_planned(random, constants));
    ASSERT_EQ(built.plan.start().size(), built.scorecard.group_count());
    std::uint32_t next = 0;
    std::set<std::uint32_t> attributes;
    for (const std::uint32_t i : built.plan.rest()) {
      ASSERT_GE(i, next);
      next = i + 1;
      attributes.insert(built.model.criteria[i].attribute);
    }
    ASSERT_LE(next, built.model.criteria.size());
    const std::set<std::uint32_t> rest(built.plan.rest().begin(), built.plan.rest().end());
    for (std::uint32_t i = 0; i < built.model.criteria.size(); ++i) {
      const Criterion& criterion = built.model.criteria[i];
      const bool shares_attribute = criterion.attribute != kNone && attributes.contains(criterion.attribute);
      ASSERT_TRUE(rest.contains(i) || !shares_attribute) << "an attribute was torn apart";
      ASSERT_TRUE(rest.contains(i) || (built.conditions[i] != nullptr && criterion.points));
    }
    Lookups seen;
    std::uint32_t group = 0;
    for (const PlannedLookup& lookup : built.plan.lookups()) {
      ASSERT_LT(lookup.group, built.scorecard.group_count());
      ASSERT_GE(lookup.group, group) << "ordered by group";
      group = lookup.group;
      ASSERT_TRUE(seen.insert({lookup.column, lookup.group}).second);
    }
  }
}

TEST(ScorePlan, DoesNotDependOnTheOrderOfCriteria) {
  Random random(603);
  const Constants constants;
  for (int round = 0; round < 1'000; ++round) {
    Planned planned = random_planned(random, constants);
    for (std::size_t i = 0; i < planned.written.size(); ++i) {
      planned.model.criteria[i].attribute = kNone;
      planned.written[i] = planned.written[i] ? planned.written[i] : always();
      planned.model.criteria[i].points = planned.model.criteria[i].points.value_or(0.1);
    }
    std::vector<std::size_t> order(planned.written.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
    }
    random.shuffle(order);
    Planned permuted = planned;
    for (std::size_t i = 0; i < order.size(); ++i) {
      permuted.model.criteria[i] = planned.model.criteria[order[i]];
      permuted.written[i] = planned.written[order[i]];
    }
    const Plan a(planned);
    const Plan b(permuted);
    const Scorecard unscaled_a = planned.model.build_unscaled();
    const Scorecard unscaled_b = permuted.model.build_unscaled();
    for (int i = 0; i < 5; ++i) {
      const std::vector<Value> lead = constants.random_lead(random);
      const std::vector<PointCount> first = sums_by_plan(a, lead, outcomes_of(random, a, lead));
      const std::vector<PointCount> second = sums_by_plan(b, lead, outcomes_of(random, b, lead));
      ASSERT_EQ(bits(a.scorecard.score_sums(first)), bits(b.scorecard.score_sums(second))) << "round " << round;
      ASSERT_EQ(bits(unscaled_a.score_sums(first)), bits(unscaled_b.score_sums(second))) << "round " << round;
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Memory and cancelling.

// Everything that can allocate: look-ups of both kinds, in groups and attributes, what every lead has, a rest.
Planned example() {
  Planned planned;
  planned.model.dimensions = {Dimension{}};
  planned.add({.attribute = 0, .points = 1.0}, kOverZero);
  planned.add({.attribute = 0, .points = 2.0}, always());
  planned.add({.dimension = 0, .points = 3.0}, kOverZero);
  planned.add({.points = 4.0}, compare(1, Comparison::equal, "a text that is too long for any small string"));
  planned.add({.points = 5.0}, always());
  planned.add({.points = 6.0}, kOverBoth);
  return planned;
}

TEST(ScorePlanMemory, UsesOnlyTheResourceItIsGiven) {
  const Plan built(example());
  const NoDefaultResource no_default;
  CountingResource memory;
  {
    const ScorePlan plan = built.build(&memory);
    EXPECT_EQ(plan.lookups().size(), 3U);
    EXPECT_GT(memory.live(), 0U);
  }
  EXPECT_EQ(memory.live(), 0U);
}

TEST(ScorePlanMemory, LeaksNothingWhicheverAllocationFails) {
  const Plan built(example());
  EXPECT_GE(test::fail_every_allocation([&](std::pmr::memory_resource* memory) { return built.build(memory); }), 10U);
}

TEST(ScorePlanMemory, KeepsNothingOfTheConditions) {
  Plan built(example());
  built.conditions.clear();
  built.owned.clear();  // AddressSanitizer would see a later look at them
  const std::vector<Value> lead{Value::of(std::int64_t{4}), Value::of("a text that is too long for any small string")};
  const std::vector<Outcome> nothing(built.model.criteria.size());
  EXPECT_EQ(built.scorecard.score_sums(sums_by_plan(built, lead, nothing)), 1 + 3 + 4 + 5);
}

bool wants_to_stop() noexcept { return true; }

TEST(ScorePlan, EndsWhenItsHostWantsIt) {
  Planned planned;
  std::vector<Value> constants;
  for (std::int64_t i = 0; i < StopToken::kStride; ++i) {
    constants.push_back(Value::of(3 * i));
  }
  planned.add({.points = 1.0}, test::in(0, ValueKind::integer, constants));
  const Plan built(planned);
  const NoDefaultResource no_default;
  CountingResource memory;
  EXPECT_THROW((void)built.build(&memory, StopToken(wants_to_stop)), Cancelled);
  EXPECT_EQ(memory.live(), 0U);
}

}  // namespace
}  // namespace leadscore::model
