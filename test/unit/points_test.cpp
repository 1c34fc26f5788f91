// Points as integers: sums that lose nothing, whatever their order, and one rounding at the end.
#include "core/model/points.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "exact_sum.hpp"
#include "random.hpp"

namespace leadscore::model {
namespace {

using test::ExactSum;
using test::Random;

constexpr double kDenormal = std::numeric_limits<double>::denorm_min();
constexpr double kLargestDouble = std::numeric_limits<double>::max();
constexpr PointCount kOne = 1;

// The unit that a scorecard would choose.
PointUnit unit_for(const std::vector<double>& points) {
  double total = 0;
  for (const double each : points) {
    total += std::fabs(each);
  }
  return PointUnit(total);
}

PointCount count_all(const PointUnit& unit, const std::vector<double>& points) {
  PointCount sum = 0;
  for (const double each : points) {
    sum += unit.count(each);
  }
  return sum;
}

double sum_of(const std::vector<double>& points) {
  const PointUnit unit = unit_for(points);
  return unit.points(count_all(unit, points));
}

ExactSum exact_sum_of(const std::vector<double>& points) {
  ExactSum sum;
  for (const double each : points) {
    sum.add(each);
  }
  return sum;
}

// ---------------------------------------------------------------------------------------------------------------
// The reference itself, where the answer is known.

TEST(ExactSum, RoundsToTheNearestDouble) {
  const double next = std::nextafter(1.0, 2.0);
  const double half = (next - 1) / 2;
  EXPECT_EQ(ExactSum(1).add(half).rounded(), 1.0) << "halfway, to the even one";
  EXPECT_EQ(ExactSum(next).add(half).rounded(), std::nextafter(next, 2.0)) << "halfway, to the even one";
  EXPECT_EQ(ExactSum(1).add(half).add(kDenormal).rounded(), next);
  EXPECT_EQ(ExactSum(1).add(half).add(-kDenormal).rounded(), 1.0);
  EXPECT_EQ(ExactSum(-1).add(-half).add(-kDenormal).rounded(), -next);
  EXPECT_EQ(ExactSum(std::nextafter(2.0, 1.0)).add(half).rounded(), 2.0) << "rounding up to the next power of two";
  EXPECT_EQ(ExactSum().rounded(), 0.0);
  EXPECT_EQ(ExactSum(-kDenormal).rounded(), -kDenormal);
  EXPECT_EQ(ExactSum(kLargestDouble).add(kDenormal).add(-kLargestDouble).rounded(), kDenormal);
}

TEST(ExactSum, OfTwoNumbersIsThatOfTheProcessor) {
  Random random(201);
  for (int i = 0; i < 20'000; ++i) {
    const double a = random.magnitude(-60, 60);
    const double b = random.magnitude(-60, 60);
    ASSERT_EQ(ExactSum(a).add(b).rounded(), a + b) << a << " " << b;
    ASSERT_EQ(ExactSum(a).is_less_than(b), a < b);
    ASSERT_EQ(ExactSum(a).is_greater_than(b), a > b);
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Known sums.

TEST(PointSum, IsWhatPeopleExpectOfDecimals) {
  EXPECT_EQ(sum_of({31, 1.01, 1}), 33.01);
  EXPECT_EQ(sum_of({1, 31, 1.01}), 33.01);
  EXPECT_EQ(sum_of(std::vector<double>(10, 0.1)), 1.0);
  EXPECT_NE(0.1 + 0.2 + 0.3, 0.6) << "as doubles would have it";
  EXPECT_EQ(sum_of({0.1, 0.2, 0.3}), 0.6);
  EXPECT_EQ(sum_of({0.3, 0.2, 0.1}), 0.6);
  EXPECT_EQ(sum_of({0.7, 0.1, -0.8}), exact_sum_of({0.7, 0.1, -0.8}).rounded()) << "decimals are not binary, though";
}

TEST(PointSum, KeepsWhatLargePointsWouldSwallow) {
  EXPECT_EQ(sum_of({kLargestPoints, 1e-3, -kLargestPoints}), 1e-3);
  std::vector<double> points(1000, 1e-3);
  points.push_back(kLargestPoints);
  points.insert(points.end(), 1000, 1e-3);
  points.push_back(-kLargestPoints);
  EXPECT_EQ(sum_of(points), 2.0);
}

TEST(PointSum, OfTheLargestPointsOfTheLargestModelFits) {
  const std::vector<double> points(10'000, kLargestPoints);
  EXPECT_EQ(sum_of(points), 1e19);
  const std::vector<double> negative(10'000, -kLargestPoints);
  EXPECT_EQ(sum_of(negative), -1e19);
  const PointUnit unit = unit_for(points);
  EXPECT_LT(count_all(unit, points), kOne << 126);
  EXPECT_GT(count_all(unit, negative), -(kOne << 126));
}

// ---------------------------------------------------------------------------------------------------------------
// The unit.

TEST(PointUnit, OfAModelWithoutPointsCountsNothing) {
  for (const PointUnit& unit : {PointUnit(), PointUnit(0), PointUnit(-0.0)}) {
    EXPECT_EQ(unit.count(0.0), 0);
    EXPECT_EQ(unit.count(-0.0), 0);
    EXPECT_EQ(unit.points(0), 0.0);
    EXPECT_FALSE(std::signbit(unit.points(unit.count(-0.0)))) << "a score is never -0";
  }
}

TEST(PointUnit, LeavesRoomForASignAndForRoundingWhateverTheTotal) {
  for (int exponent = -1074; exponent <= 120; ++exponent) {
    const double power = std::ldexp(1.0, exponent);
    for (const double total : {std::nextafter(power, 0.0), power, std::nextafter(power, kLargestDouble)}) {
      const PointUnit unit(total);
      EXPECT_LE(unit.count(total), kOne << 125) << total;
      EXPECT_GE(unit.count(-total), -(kOne << 125)) << total;
    }
  }
}

TEST(PointUnit, CountsATwoToThe72ndOfTheTotalWithoutLoss) {
  Random random(202);
  for (int round = 0; round < 20'000; ++round) {
    const int exponent = static_cast<int>(random.whole(-700, 66));
    const double total = std::ldexp(random.number(0.5, 1), exponent);
    const PointUnit unit(total);
    for (const int less : {0, 1, 52, 53, 71, 72}) {
      const double points = std::ldexp(random.chance(0.5) ? total : -total, -less);
      ASSERT_EQ(unit.points(unit.count(points)), points) << total << " " << less;
    }
    const double points = random.magnitude(exponent - 73, exponent - 1);  // no bit beyond the 52nd behind the point
    ASSERT_EQ(unit.points(unit.count(points)), points) << total;
  }
}

TEST(PointUnit, LosesAtMostHalfOfItselfAndThatIsLittle) {
  Random random(203);
  for (int round = 0; round < 20'000; ++round) {
    const int exponent = static_cast<int>(random.whole(-600, 66));
    const PointUnit unit(std::ldexp(random.number(0.5, 1), exponent));
    ASSERT_EQ(unit.points(1), std::ldexp(1.0, exponent - 125)) << "2^-125 of what the total stays below";
    const double half = unit.points(1) / 2;
    const double points = random.magnitude(exponent - 160, exponent - 1);
    // The difference between a double and its neighbour on a grid of powers of two is a double.
    ASSERT_LE(std::fabs(unit.points(unit.count(points)) - points), half);
  }
}

TEST(PointUnit, OfADenormalTotalMayLoseItButNothingElseHappens) {
  for (const double total : {kDenormal, 3 * kDenormal, 1e-310, std::numeric_limits<double>::min(), 1e-300, 1e-279}) {
    const PointUnit unit(total);
    EXPECT_TRUE(std::isnormal(unit.points(1)));
    for (const double points : {total, -total, total / 2, kDenormal, 0.0}) {
      EXPECT_LE(std::fabs(unit.points(unit.count(points)) - points), unit.points(1) / 2) << total << " " << points;
    }
  }
}

TEST(PointUnit, KeepsTheOrderOfPoints) {
  Random random(204);
  for (int round = 0; round < 20'000; ++round) {
    const PointUnit unit(random.number(1, 1e19));
    const double a = random.magnitude(-100, 49);
    const double b = random.chance(0.3) ? std::nextafter(a, 0.0) : random.magnitude(-100, 49);
    ASSERT_LE(unit.count(std::fmin(a, b)), unit.count(std::fmax(a, b)));
    ASSERT_EQ(unit.count(-a), -unit.count(a)) << "the same below zero";
  }
}

TEST(PointUnit, RoundsASumOnceToTheNearestDouble) {
  const PointUnit unit(1);
  const PointCount even = kOne << 53;
  for (int shift = 0; shift <= 71; ++shift) {
    const PointCount half = kOne << shift >> 1;
    const double from = unit.points(even << shift);
    const double next = std::nextafter(from, 2.0);
    const double after = std::nextafter(next, 2.0);
    // Doubles of this size are two apart.
    EXPECT_EQ(unit.points((even + 1) << shift), from) << shift;
    EXPECT_EQ(unit.points((even + 2) << shift), next) << shift;
    EXPECT_EQ(unit.points((even + 3) << shift), after) << shift;
    if (half > 0) {
      EXPECT_EQ(unit.points(((even + 1) << shift) + half), next) << shift;
      EXPECT_EQ(unit.points(((even + 3) << shift) - half), next) << shift;
      EXPECT_EQ(unit.points(-((even + 1) << shift) - half), -next) << shift;
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Random sums.

TEST(PointSum, DoesNotDependOnTheOrder) {
  Random random(205);
  for (int round = 0; round < 500; ++round) {
    std::vector<double> points(1 + random.below(60));
    for (double& each : points) {
      each = random.chance(0.1) ? random.magnitude(-300, 49) : random.magnitude(-10, 12);
    }
    const PointUnit unit = unit_for(points);
    const PointCount sum = count_all(unit, points);
    for (int i = 0; i < 10; ++i) {
      random.shuffle(points);
      ASSERT_EQ(count_all(unit, points), sum);
      ASSERT_EQ(sum_of(points), unit.points(sum));
    }
  }
}

// Points whose last bits all lie within the unit: nothing at all is lost.
TEST(PointSum, IsTheNearestDoubleToTheExactSum) {
  Random random(206);
  for (int round = 0; round < 3'000; ++round) {
    const int largest = static_cast<int>(random.whole(-600, 49));
    std::vector<double> points(1 + random.below(100));
    for (double& each : points) {
      each = random.magnitude(largest - 60, largest);
    }
    points[0] = std::ldexp(1.0, largest);
    if (random.chance(0.5)) {  // most of the sum cancels
      const std::size_t count = points.size();
      for (std::size_t i = 0; i < count; ++i) {
        points.push_back(-points[i] * (random.chance(0.1) ? 0.5 : 1));
      }
    }
    ASSERT_EQ(sum_of(points), exact_sum_of(points).rounded()) << "round " << round;
  }
}

TEST(PointSum, LosesAtMostHalfAUnitForEachOfItsPoints) {
  Random random(207);
  for (int round = 0; round < 3'000; ++round) {
    std::vector<double> points(1 + random.below(100));
    for (double& each : points) {
      each = random.chance(0.05) ? random.magnitude(40, 49) : random.magnitude(-1000, 20);
    }
    const PointUnit unit = unit_for(points);
    const PointCount sum = count_all(unit, points);
    // Exactly what the count stands for, in parts that are doubles.
    constexpr PointCount kPart = kOne << 50;
    ExactSum difference;
    for (PointCount rest = sum, scale = 1; rest != 0; rest /= kPart) {
      difference.add(static_cast<double>(rest % kPart) * unit.points(scale));
      scale = rest / kPart != 0 ? scale * kPart : scale;
    }
    for (const double each : points) {
      difference.add(-each);
    }
    const double most = static_cast<double>(points.size()) * unit.points(1) / 2;
    ASSERT_FALSE(difference.is_greater_than(most)) << "round " << round;
    ASSERT_FALSE(difference.is_less_than(-most)) << "round " << round;
  }
}

}  // namespace
}  // namespace leadscore::model
