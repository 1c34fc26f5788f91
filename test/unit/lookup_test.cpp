// Look-ups of numbers: the points of a value are those that its criteria give one by one.
#include "core/model/lookup.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "counting_resource.hpp"
#include "lookup_reference.hpp"
#include "random.hpp"
#include "written_condition.hpp"

namespace leadscore::model {
namespace {

using test::always;
using test::ColumnChoice;
using test::compare;
using test::Criteria;
using test::is_null;
using test::Random;
using test::WrittenCondition;

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();
constexpr std::array kComparisons{Comparison::less,      Comparison::less_equal,    Comparison::equal,
                                  Comparison::not_equal, Comparison::greater_equal, Comparison::greater};

// Every number, the one before and the one after, both ends, and NULL.
std::vector<Value> values_around(const std::vector<std::int64_t>& numbers) {
  std::vector<Value> values{Value{}, Value::of(kLeast), Value::of(kGreatest), Value::of(std::int64_t{0})};
  for (const std::int64_t number : numbers) {
    values.push_back(Value::of(number));
    if (number > kLeast) {
      values.push_back(Value::of(number - 1));
    }
    if (number < kGreatest) {
      values.push_back(Value::of(number + 1));
    }
  }
  return values;
}

PointCount points_of(const Lookup& lookup, std::int64_t value) { return lookup.points_of(Value::of(value)); }

// Compares all ways to ask for a number with brute force.
void expect_brute_force(const Criteria& criteria, const std::vector<Value>& values) {
  const Lookup lookup = criteria.build();
  const Lookup with_lists = criteria.build_with_lists();
  const PointTable& table = lookup.table();
  ASSERT_TRUE(std::has_single_bit(table.start_count + 1) && table.start_count >= PointTable::kSmall);
  ASSERT_TRUE(std::is_sorted(table.starts, table.starts + table.start_count));
  for (const Value& value : values) {
    const PointCount expected = criteria.brute_force(value);
    ASSERT_EQ(lookup.points_of(value), expected) << (value.known ? std::to_string(value.integer) : "NULL");
    ASSERT_EQ(test::points_by_table(lookup, value), expected);
    ASSERT_NO_FATAL_FAILURE(test::expect_weightiest(criteria, lookup, with_lists, value));
  }
}

TEST(Lookup, WithoutCriteriaGivesNothing) {
  const Criteria criteria;
  const Lookup lookup = criteria.build();
  EXPECT_TRUE(lookup.reads_presence_only());
  EXPECT_EQ(points_of(lookup, 7), 0);
  EXPECT_EQ(lookup.longest_text(), 0U);
  expect_brute_force(criteria, values_around({}));
}

TEST(Lookup, OfOneComparisonHoldsAsItDoes) {
  const std::vector<std::int64_t> numbers{kLeast, kLeast + 1, -1, 0, 1, 7, kGreatest - 1, kGreatest};
  for (const Comparison comparison : kComparisons) {
    for (const std::int64_t number : numbers) {
      Criteria criteria;
      criteria.add(compare(0, comparison, number), 3);
      expect_brute_force(criteria, values_around(numbers));
      EXPECT_EQ(criteria.build().kind(), ValueKind::integer);
      criteria.add(test::negation(compare(0, comparison, number)), 5);
      criteria.add(test::is_not(Truth::yes, compare(0, comparison, number)), 7);
      expect_brute_force(criteria, values_around(numbers));
    }
  }
}

TEST(Lookup, OfAListHoldsAsItDoesWithAndWithoutNull) {
  const std::vector<std::int64_t> numbers{5, kGreatest, 5, -3, kLeast, 4};
  for (const bool with_null : {false, true}) {
    std::vector<Value> constants;
    for (const std::int64_t number : numbers) {
      constants.push_back(Value::of(number));
    }
    if (with_null) {
      constants.insert(constants.begin() + 1, Value{});
    }
    const WrittenCondition list = test::in(0, ValueKind::integer, constants);
    Criteria criteria;
    criteria.add(list, 1);
    criteria.add(test::negation(list), 10);
    criteria.add(test::is(Truth::unknown, list), 100);
    expect_brute_force(criteria, values_around(numbers));
  }
}

TEST(Lookup, OfConditionsThatLookAtPresenceAloneNeedsNoValue) {
  Criteria criteria;
  criteria.add(is_null(0), 3);
  criteria.add(test::negation(is_null(0)), 5);
  criteria.add(always(), 7);
  criteria.add(test::unknown(), 11);
  criteria.add(test::in(0, ValueKind::integer, {}), 13);
  criteria.add(WrittenCondition::leaf({.kind = ConditionNode::Kind::compare}, {Value{}}), 17);
  const Lookup lookup = criteria.build();
  EXPECT_TRUE(lookup.reads_presence_only());
  EXPECT_EQ(lookup.points_of(Value{}), 3 + 7);
  EXPECT_EQ(points_of(lookup, 7), 5 + 7);
  expect_brute_force(criteria, values_around({}));
  criteria.add(compare(0, Comparison::less, 5), 1);
  EXPECT_FALSE(criteria.build().reads_presence_only());
}

TEST(Lookup, TakesTheFirstCriterionOfAnAttribute) {
  Criteria bins;
  bins.add(compare(0, Comparison::less, 10), 1, 0);
  bins.add(compare(0, Comparison::less, 20), 2, 0);
  bins.add(compare(0, Comparison::equal, 15), 1000, 0);  // excluded by the one before
  bins.add(is_null(0), 4, 0);
  bins.add(always(), 8, 0);
  const Lookup lookup = bins.build();
  EXPECT_EQ(points_of(lookup, 9), 1);
  EXPECT_EQ(points_of(lookup, 10), 2);
  EXPECT_EQ(points_of(lookup, 15), 2);
  EXPECT_EQ(points_of(lookup, 20), 8);
  EXPECT_EQ(lookup.points_of(Value{}), 4);
  expect_brute_force(bins, values_around({10, 15, 20}));
}

TEST(Lookup, KeepsAttributesApartHoweverTheyAreMixed) {
  Criteria criteria;
  criteria.add(compare(0, Comparison::less, 10), 1, 1);
  criteria.add(compare(0, Comparison::greater, 5), 2);
  criteria.add(compare(0, Comparison::less, 20), 4, 0);
  criteria.add(compare(0, Comparison::greater, 0), 8);
  criteria.add(compare(0, Comparison::less, 30), 16, 1);
  criteria.add(compare(0, Comparison::less, 30), 32, 0);
  const Lookup lookup = criteria.build();
  EXPECT_EQ(points_of(lookup, 7), 1 + 2 + 4 + 8);
  EXPECT_EQ(points_of(lookup, 10), 16 + 2 + 4 + 8);
  EXPECT_EQ(points_of(lookup, 25), 16 + 2 + 32 + 8);
  EXPECT_EQ(points_of(lookup, 30), 2 + 8);
  expect_brute_force(criteria, values_around({0, 5, 10, 20, 30}));
}

TEST(Lookup, ReadsTheColumnThatItIsOver) {
  Criteria criteria(5);
  criteria.add(compare(5, Comparison::greater, 3), 1);
  criteria.add(is_null(5), 2);
  expect_brute_force(criteria, values_around({3}));
}

TEST(Lookup, OrdersFloatingPointNumbersByTheirKeys) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> numbers{-kInfinity, -1e300, -1, -5e-324, -0.0, 0.0, 5e-324, 0.5, 1e300, kInfinity, kNaN};
  std::vector<std::int64_t> keys(numbers.size());
  std::transform(numbers.begin(), numbers.end(), keys.begin(), ordered_key);
  Criteria criteria;
  PointCount points = 1;
  for (const Comparison comparison : kComparisons) {
    for (const std::int64_t key : keys) {
      criteria.add(compare(0, comparison, key), points);
      points *= 3;
      points %= 1'000'003;
    }
  }
  expect_brute_force(criteria, values_around(keys));
  Criteria above_all;
  above_all.add(compare(0, Comparison::greater, ordered_key(kInfinity)), 1);
  EXPECT_EQ(points_of(above_all.build(), ordered_key(kNaN)), 1) << "as PostgreSQL has it";
  EXPECT_EQ(points_of(above_all.build(), ordered_key(kInfinity)), 0);
}

TEST(Lookup, AddsTheLargestPointsWithoutOverflow) {
  // More than this no unit lets a model have, on the way to any sum.
  const PointCount most = PointCount{1} << 124;
  Criteria criteria;
  criteria.add(compare(0, Comparison::less, 10), most);
  criteria.add(compare(0, Comparison::greater, -10), most);
  criteria.add(compare(0, Comparison::less, -20), -most);
  criteria.add(compare(0, Comparison::greater, 20), -most);
  expect_brute_force(criteria, values_around({-20, -10, 10, 20}));
}

TEST(Lookup, FindsEachOfManyConstants) {
  Random random(301);
  std::vector<std::int64_t> numbers(10'000);
  for (std::int64_t& number : numbers) {
    number = static_cast<std::int64_t>(random.bits()) >> random.below(60);
  }
  std::vector<Value> constants;
  for (const std::int64_t number : numbers) {
    constants.push_back(Value::of(number));
  }
  Criteria criteria;
  for (std::size_t i = 0; i < 10; ++i) {
    const auto first = constants.begin() + static_cast<std::ptrdiff_t>(1000 * i);
    criteria.add(test::in(0, ValueKind::integer, {first, first + 1000}), PointCount{1} << i);
  }
  for (std::size_t i = 0; i < 200; ++i) {
    criteria.add(compare(0, Comparison::greater_equal, random.one_of(numbers)), PointCount{1} << 20);
  }
  expect_brute_force(criteria, values_around(numbers));
}

// The binary search at every number of starts: ends, powers of two and their neighbours.
TEST(Lookup, FindsItsPlaceAmongAnyNumberOfStarts) {
  Criteria criteria;
  std::vector<std::int64_t> numbers;
  for (std::int64_t count = 0; count < 70; ++count) {
    expect_brute_force(criteria, values_around(numbers));
    numbers.push_back(10 * ((count * 37) % 71));
    criteria.add(compare(0, Comparison::greater_equal, numbers.back()), 1);
  }
}

TEST(Lookup, TellsCriteriaOfTheSamePointsApart) {
  Criteria criteria;
  criteria.add(compare(0, Comparison::less, 10), 5, 0);
  criteria.add(compare(0, Comparison::greater_equal, 10), 5, 0);
  criteria.add(is_null(0), 5, 0);
  const Lookup lookup = criteria.build();
  const auto mask_of = [&](const Value& value) { return lookup.reasons().masks()[lookup.place_of(value)]; };
  EXPECT_EQ(mask_of(Value::of(std::int64_t{9})), 1U);
  EXPECT_EQ(mask_of(Value::of(std::int64_t{10})), 2U);
  EXPECT_EQ(mask_of(Value::of(kGreatest)), 2U);
  EXPECT_EQ(mask_of(Value{}), 4U);
  expect_brute_force(criteria, values_around({10}));
}

TEST(Lookup, NamesAFewOfManyCriteriaAtEachPlace) {
  constexpr std::uint32_t kCriteria = 10'000;
  Random random(303);
  Criteria criteria;
  std::vector<std::int64_t> numbers;
  for (std::uint32_t i = 0; i < kCriteria; ++i) {
    criteria.add(compare(0, Comparison::greater, std::int64_t{i}), 1);
    if (i % 1'000 == 0) {
      numbers.push_back(i);
    }
  }
  criteria.rank_at_random(random);
  test::CountingResource memory;
  const Lookup lookup = criteria.build(&memory);
  EXPECT_LT(memory.live_bytes() / kCriteria, 100U) << "bytes a place";
  const Lookup with_lists = criteria.build_with_lists();
  for (const Value& value : values_around(numbers)) {
    ASSERT_NO_FATAL_FAILURE(test::expect_weightiest(criteria, lookup, with_lists, value));
  }
}

// Random criteria over a few constants, so that they meet, contain and exclude each other.
TEST(Lookup, AgreesWithBruteForceOnRandomCriteria) {
  Random random(302);
  for (int round = 0; round < 3'000; ++round) {
    std::vector<std::int64_t> numbers(1 + random.below(8));
    for (std::int64_t& number : numbers) {
      constexpr std::array kEnds{kLeast, kLeast + 1, kGreatest - 1, kGreatest};
      number = random.chance(0.2)   ? random.one_of(kEnds)
               : random.chance(0.2) ? static_cast<std::int64_t>(random.bits())
                                    : std::int64_t{random.below(10)} - 5;
    }
    std::vector<Value> constants;
    for (const std::int64_t number : numbers) {
      constants.push_back(Value::of(number));
    }
    const std::uint32_t column = random.below(3);
    const std::array choices{ColumnChoice{.column = column, .constants = constants}};
    Criteria criteria(column);
    criteria.add_random(random, choices);
    criteria.rank_at_random(random);
    expect_brute_force(criteria, values_around(numbers));
    if (testing::Test::HasFatalFailure()) {
      FAIL() << "round " << round;
    }
  }
}

}  // namespace
}  // namespace leadscore::model
