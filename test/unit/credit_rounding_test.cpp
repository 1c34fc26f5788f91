// Sums without rounding, and credits that still add up once they are doubles.
#include "core/funnel/credit_rounding.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <optional>
#include <vector>

#include "core/funnel/wide_sum.hpp"
#include "error_code_of.hpp"
#include "exact_sum.hpp"
#include "random.hpp"

namespace leadscore::funnel {
namespace {

using test::ExactSum;
using test::Random;

constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kLeast = std::numeric_limits<double>::denorm_min();

std::vector<double> rounded(const std::vector<WideSum>& credits) {
  StopToken stop;
  std::vector<double> result(credits.size());
  round_credits(credits, result, std::pmr::new_delete_resource(), stop);
  return result;
}

WideSum sum_of(const std::vector<double>& numbers) {
  WideSum sum;
  for (const double number : numbers) {
    sum.add(number, kWholeCredit);
  }
  return sum;
}

double any_number(Random& random) {
  switch (random.below(8)) {
    case 0:
      return 0;
    case 1:
      return kLeast * random.whole(-3, 3);
    case 2:
      return random.whole(-5, 5);
    default:
      return random.magnitude(-1'080, 1'000);
  }
}

TEST(WideSum, OfAnyDoublesIsExact) {
  Random random(1);
  for (int trial = 0; trial < 2'000; ++trial) {
    std::vector<double> numbers(random.below(30));
    ExactSum exact;
    for (double& number : numbers) {
      number = any_number(random);
      exact.add(number);
    }
    const WideSum sum = sum_of(numbers);
    EXPECT_EQ(rounded({sum})[0], exact.rounded());
    EXPECT_EQ(sum.is_negative(), exact.sign() < 0);
    random.shuffle(numbers);
    EXPECT_EQ(sum_of(numbers), sum);
    WideSum nothing = sum;
    nothing.negate();
    nothing.add(sum);
    EXPECT_EQ(nothing, WideSum());
    WideSum copy;
    EXPECT_TRUE(copy.restore(sum.words()));
    EXPECT_EQ(copy, sum);
  }
}

TEST(WideSum, PartsMakeTheWhole) {
  Random random(2);
  for (int trial = 0; trial < 2'000; ++trial) {
    const std::uint64_t part = random.chance(0.1) ? random.below(2) * kWholeCredit : random.bits() % (kWholeCredit + 1);
    const std::vector<double> numbers = {any_number(random), any_number(random), any_number(random)};
    WideSum one;
    WideSum other;
    for (const double number : numbers) {
      one.add(number, part);
      other.add(number, kWholeCredit - part);
    }
    const WideSum whole = sum_of(numbers);
    EXPECT_EQ(whole.times(part), one);
    EXPECT_EQ(whole.times(kWholeCredit - part), other);
    one.add(other);
    EXPECT_EQ(one, whole);
  }
}

TEST(WideSum, RestoresOnlyWhatSumsReach) {
  WideSum::Words words{};
  WideSum sum = sum_of({1});
  words.back() = std::uint64_t{1} << 63;
  EXPECT_FALSE(sum.restore(words));
  words.back() = std::uint64_t{1} << 40;
  EXPECT_FALSE(sum.restore(words));
  EXPECT_EQ(sum, sum_of({1}));
  words.fill(~std::uint64_t{0});  // less by a unit than nothing
  EXPECT_TRUE(sum.restore(words));
  EXPECT_TRUE(sum.is_negative());
  EXPECT_EQ(sum.magnitude().highest_bit(), 0);
  EXPECT_EQ(WideSum().highest_bit(), -1);
}

TEST(RoundCredits, GivesMultiplesThatAddUp) {
  Random random(3);
  for (int trial = 0; trial < 2'000; ++trial) {
    const int sign = static_cast<int>(random.below(3)) - 1;  // 0: of any sign
    const int spread = static_cast<int>(random.below(60));
    const int place = static_cast<int>(random.below(1'900)) - 1'060;
    std::vector<WideSum> credits(1 + random.below(12));
    ExactSum total;
    for (WideSum& credit : credits) {
      for (std::uint32_t addends = random.below(4); addends > 0; --addends) {
        const double addend = random.magnitude(place, place + spread);
        const double number = sign == 0 ? addend : sign * std::fabs(addend);
        // Half of it here, half of it with the first.
        credit.add(number, kWholeCredit / 2);
        credits.front().add(number, kWholeCredit / 2);
        total.add(number);
      }
    }
    std::vector<double> numbers = rounded(credits);
    double magnitude = 0;
    for (const double number : numbers) {
      magnitude += std::fabs(number);
    }
    // The last place of the sum, or one above it; or of what it was before rounding.
    const double unit = magnitude > 0 ? std::max(std::ldexp(1, std::ilogb(magnitude) - 50), kLeast) : kLeast;
    for (std::size_t i = 0; i < credits.size(); ++i) {
      EXPECT_EQ(std::fmod(numbers[i], std::max(unit / 8, kLeast)), 0) << trial;
      WideSum difference = credits[i];
      difference.negate();
      difference.add(numbers[i], kWholeCredit);
      WideSum tolerance;
      tolerance.add(-unit, kWholeCredit);
      tolerance.add(difference.magnitude());
      EXPECT_TRUE(tolerance.is_negative() || tolerance == WideSum()) << trial;
    }
    for (int order = 0; order < 3; ++order) {
      double sum = 0;
      ExactSum exact;
      for (const double number : numbers) {
        sum += number;
        exact.add(number);
        EXPECT_EQ(exact.rounded(), sum);
        EXPECT_EQ(ExactSum(exact).add(-sum).sign(), 0) << trial;
      }
      if (sign != 0) {
        EXPECT_EQ(sum, total.rounded()) << trial;
      } else {
        EXPECT_LE(std::fabs(ExactSum(total).add(-sum).rounded()), unit) << trial;
      }
      random.shuffle(numbers);
    }
  }
}

TEST(RoundCredits, LeavesAloneWhatIsExact) {
  EXPECT_EQ(rounded({}), std::vector<double>());
  EXPECT_EQ(rounded({sum_of({})}), std::vector<double>{0});
  const std::vector<double> whole = {3, 0, 0.5, -2, 1e15};
  EXPECT_EQ(rounded({sum_of({3}), sum_of({}), sum_of({0.5}), sum_of({-2}), sum_of({1e15})}), whole);
  EXPECT_EQ(rounded({sum_of({kLargest})}), std::vector<double>{kLargest});
  EXPECT_EQ(rounded({sum_of({kLeast})}), std::vector<double>{kLeast});
  EXPECT_EQ(rounded({sum_of({1e300, 1}), sum_of({-1e300})}), (std::vector<double>{1e300, -1e300}));
}

TEST(RoundCredits, OfEqualRestsTheFirstIsRoundedUp) {
  WideSum third;
  third.add(1, kWholeCredit / 3);
  WideSum rest;
  rest.add(1, kWholeCredit - kWholeCredit / 3 * 2);
  const std::vector<double> numbers = rounded({third, third, rest});
  EXPECT_EQ(numbers[0], numbers[1]);
  EXPECT_EQ(numbers[0] + numbers[1] + numbers[2], 1);
  WideSum quarter;
  quarter.add(0x1p-52, kWholeCredit / 4);
  WideSum most = sum_of({1});
  EXPECT_EQ(rounded({most, quarter, quarter, quarter}), (std::vector<double>{1, 0x1p-52, 0, 0}));
  EXPECT_EQ(rounded({most, quarter, quarter}), (std::vector<double>{1, 0, 0}));  // half of a unit: to even
}

TEST(RoundCredits, HasTheRangeOfDoubles) {
  const auto code_of = [](const std::vector<WideSum>& credits) {
    return test::error_code_of([&] { (void)rounded(credits); });
  };
  EXPECT_EQ(code_of({sum_of({kLargest}), sum_of({kLargest})}), ErrorCode::out_of_range);
  EXPECT_EQ(code_of({sum_of({kLargest}), sum_of({-kLargest})}), ErrorCode::out_of_range);
  EXPECT_EQ(code_of({sum_of({kLargest, std::ldexp(1, 970)})}), ErrorCode::out_of_range);
  EXPECT_EQ(code_of({sum_of({kLargest, std::ldexp(1, 969)})}), std::nullopt);
}

}  // namespace
}  // namespace leadscore::funnel
