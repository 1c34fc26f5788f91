// Heat against its closed formula in wider arithmetic, and what must hold for every heat.
#include "core/heat/heat.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "core/heat/heat_bytes.hpp"
#include "exact_sum.hpp"
#include "random.hpp"

namespace leadscore::heat {
namespace {

using test::ExactSum;
using test::Random;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;
constexpr std::int64_t kYear = 31'557'600 * kSecond;
// The ends of PostgreSQL's timestamps: 4713 BC and the year 294276.
constexpr Instant kFirstTime = -211'813'488'000'000'000;
constexpr Instant kLastTime = 9'223'371'331'199'999'999;
constexpr Instant kYearOne = -63'082'281'600 * kSecond;
constexpr Instant kNow = 850'000'000 * kSecond;  // in the year 2026

constexpr std::array kHalfLives{kSecond, 60 * kSecond, kDay, 14 * kDay, kYear, 100 * kYear};

Instant time_between(Random& random, Instant from, Instant to) {
  const auto start = static_cast<std::uint64_t>(from);
  return static_cast<Instant>(start + random.bits() % (static_cast<std::uint64_t>(to) - start));
}

struct Event {
  double points;
  Instant at;
};

// The closed formula with the latest time taken out of the sum: log2 of a sum of numbers near 1, and that time in
// half-lives apart from it, in 64 bits of mantissa each.
struct Reference {
  long double log2_sum;
  Instant latest;
  long double half_life;

  Reference(const std::vector<Event>& events, std::int64_t half_life_us)
      : latest(events.front().at), half_life(static_cast<long double>(half_life_us)) {
    for (const Event& event : events) {
      latest = std::max(latest, event.at);
    }
    long double sum = 0;
    for (const Event& event : events) {
      sum += event.points * std::exp2(half_lives(event.at, latest));
    }
    log2_sum = std::log2(sum);
  }

  [[nodiscard]] long double half_lives(Instant to, Instant from) const {
    __extension__ using Wide = __int128;
    return static_cast<long double>(static_cast<Wide>(to) - from) / half_life;
  }
  [[nodiscard]] long double heat() const {
    return (static_cast<long double>(latest) + kUnixEpoch) / half_life + log2_sum;
  }
  [[nodiscard]] long double points(Instant as_of) const { return std::exp2(log2_sum + half_lives(latest, as_of)); }
};

void expect_close(double heat, std::int64_t half_life, const Reference& reference) {
  ASSERT_TRUE(std::isfinite(heat));
  const long double expected = reference.heat();
  EXPECT_LE(std::fabs(heat - expected), 1e-12L * std::fabs(expected)) << heat;
  const long double tolerance = std::max(1e-12L, 0x1p-52L * std::fabs(expected));
  for (const std::int64_t later : {-40 * half_life, -half_life / 3, std::int64_t{0}, half_life, 30 * half_life}) {
    Instant as_of = 0;
    if (__builtin_add_overflow(reference.latest, later, &as_of) || as_of > kLatest) {
      continue;
    }
    const long double points = reference.points(as_of);
    EXPECT_LE(std::fabs(heat_points(heat, HalfLife(half_life), as_of) - points), tolerance * points)
        << "heat " << heat << ", half-life " << half_life << ", later by " << later;
  }
}

HeatSum sum_of(const std::vector<Event>& events, std::int64_t half_life) {
  HeatSum sum{HalfLife(half_life)};
  for (const Event& event : events) {
    sum.add(event.points, event.at);
  }
  return sum;
}

TEST(Exp2, IsCorrectToAboutOneUnitInTheLastPlace) {
  Random random(1);
  for (int i = 0; i < 1'000'000; ++i) {
    const auto step = random.below(kSteps);
    const double rest = random.number(0, 1.0 / kSteps);
    const long double exact = std::exp2(static_cast<long double>(step) / kSteps + rest);
    ASSERT_LE(std::fabs(times_exp2(1, step, rest) - exact), 1.1L * 0x1p-52L * exact) << step << " " << rest;
    const double factor = random.number(1, 2);
    ASSERT_LE(std::fabs(times_exp2(factor, step, rest) - factor * exact), 1.6L * 0x1p-52L * factor * exact);
  }
  EXPECT_EQ(times_exp2(0.7, 0, 0), 0.7);
  EXPECT_EQ(times_exp2(1, 64, 0), std::sqrt(2.0));
}

TEST(HalfLife, CountsTimesExactly) {
  Random random(2);
  const std::array<std::int64_t, 9> half_lives{
      1, 7, 999'999, kSecond, 60 * kSecond, 14 * kDay + 1, kYear, 100 * kYear, HalfLife::kLongest};
  for (int i = 0; i < 300'000; ++i) {
    const std::int64_t length = half_lives[random.below(half_lives.size())];
    const HalfLife half_life(length);
    Instant time = random.chance(0.5) ? time_between(random, kEarliest, kLatest) : time_between(random, kYearOne, kNow);
    time = random.chance(0.2) && std::fabs(static_cast<double>(time)) < 1e17 ? time / length * length : time;
    const Exponent count = half_life.count(time);
    ASSERT_LT(count.step, static_cast<std::uint32_t>(kSteps));
    // whole + step / 128 + rest is time / half-life, in units of a microsecond.
    __extension__ using Wide = __int128;
    const Wide steps = static_cast<Wide>(count.whole) * kSteps + count.step;
    const auto left = static_cast<long double>(static_cast<Wide>(time) * kSteps - steps * length);
    ASSERT_GE(left, 0);
    ASSERT_LT(left, static_cast<long double>(length));
    ASSERT_NEAR(static_cast<double>(left / static_cast<long double>(length) / kSteps), count.rest, 0x1p-59);
    const Exponent exactly = half_life.count_exactly(time);
    ASSERT_EQ(count.whole, exactly.whole);
    ASSERT_EQ(count.step, exactly.step);
    ASSERT_EQ(count.rest, exactly.rest);
  }
}

TEST(DecaySum, RoundsTheExactSumOnce) {
  Random random(3);
  for (int round = 0; round < 2'000; ++round) {
    DecaySum sum;
    ExactSum exact;
    for (int i = 0; i < 50; ++i) {
      const double points = std::fabs(random.magnitude(-30, 30));
      sum.add(points, {});
      exact.add(points);
    }
    ASSERT_EQ(sum.value(), exact.rounded());
  }
  DecaySum cents;
  for (const double points : {31.0, 1.01, 1.0}) {
    cents.add(points, {});
  }
  EXPECT_EQ(cents.value(), 33.01);
}

TEST(DecaySum, HoldsAllDoublesAndEndsInInfinityOrZero) {
  for (const double points : {5e-324, 1e-310, 2.3e-308, 1e-272, 0.1, 1e15, 1e272, 1.7e308}) {
    DecaySum sum;
    sum.add(points, {});
    EXPECT_EQ(sum.value(), points);
    sum.add(points, {});
    EXPECT_EQ(sum.value(), points * 2);
  }
  DecaySum sum;
  EXPECT_TRUE(sum.is_empty());
  EXPECT_EQ(sum.value(), 0);
  sum.add(0, {});
  sum.add(-0.0, {});
  EXPECT_TRUE(sum.is_empty());
  sum.add(1, {.whole = -5'000});
  EXPECT_FALSE(sum.is_empty());
  EXPECT_EQ(sum.value(), 0);
  sum.add(1, {.whole = kLatest});
  EXPECT_EQ(sum.value(), kInfinity);
  EXPECT_EQ(sum.log2(), static_cast<FixedLog>(kLatest) << kFixedBits);
}

TEST(DecaySum, CountsCarriesBeyondAWord) {
  // Doubles itself by merging, as if 2^60 addends had come.
  DecaySum sum;
  sum.add(1.5, {});
  for (int i = 0; i < 60; ++i) {
    const DecaySum half = sum;
    ASSERT_TRUE(sum.merge(half));
    ASSERT_EQ(sum.value(), std::ldexp(1.5, i + 1));
  }
  bool fits = true;
  for (int i = 0; i < 200 && fits; ++i) {
    const DecaySum half = sum;
    fits = sum.merge(half);
  }
  EXPECT_FALSE(fits);
}

class HeatOfHalfLife : public testing::TestWithParam<std::int64_t> {};

TEST_P(HeatOfHalfLife, IsTheClosedFormulaInAnyOrderAndAnySplit) {
  const std::int64_t half_life = GetParam();
  Random random(static_cast<std::uint64_t>(half_life));
  struct Era {
    Instant from;
    Instant to;
  };
  const std::array eras{Era{kNow - 3 * kYear, kNow},
                        Era{kNow - 100 * half_life, kNow},
                        Era{kYearOne, kLastTime},
                        Era{kFirstTime, kYearOne},
                        Era{kLastTime - 1'000, kLastTime},
                        Era{kFirstTime, kFirstTime + 2 * half_life},
                        Era{-kUnixEpoch - kDay, -kUnixEpoch + kDay}};
  for (const Era& era : eras) {
    // 10^6 events of today; the other eras are as strict with fewer.
    std::vector<Event> events(&era == eras.data() ? 1'000'000 : 50'000);
    for (Event& event : events) {
      event = {random.chance(0.1) ? std::fabs(random.magnitude(-40, 40)) + 1e-300 : random.whole(1, 50),
               time_between(random, std::max(era.from, kFirstTime), era.to)};
    }
    const HeatSum at_once = sum_of(events, half_life);
    const double heat = *at_once.heat();
    expect_close(heat, half_life, Reference(events, half_life));

    random.shuffle(events);
    EXPECT_EQ(sum_of(events, half_life).sum(), at_once.sum());
    std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.at < b.at; });
    EXPECT_EQ(sum_of(events, half_life).sum(), at_once.sum());
    std::reverse(events.begin(), events.end());
    EXPECT_EQ(sum_of(events, half_life).sum(), at_once.sum());

    for (const std::uint32_t processes : {2U, 3U, 17U}) {
      std::vector<HeatSum> parts(processes, HeatSum{HalfLife(half_life)});
      for (const Event& event : events) {
        random.one_of(parts).add(event.points, event.at);
      }
      HeatSum merged{HalfLife(half_life)};
      for (const HeatSum& part : parts) {
        ASSERT_TRUE(merged.merge(part));
      }
      EXPECT_EQ(merged.sum(), at_once.sum());
    }
  }
}

TEST_P(HeatOfHalfLife, OfOneEventIsItsPointsAtItsTime) {
  const std::int64_t half_life = GetParam();
  Random random(static_cast<std::uint64_t>(half_life) + 1);
  for (const Instant at : {kFirstTime, kYearOne, -kUnixEpoch, Instant{0}, kNow, kLastTime}) {
    for (const double points : {5e-324, 1e-300, 0.1, 1.0, 10.0, 1e15, 1.7e308}) {
      HeatSum sum{HalfLife(half_life)};
      sum.add(points, at);
      const double heat = *sum.heat();
      EXPECT_EQ(heat_add(-kInfinity, points, at, HalfLife(half_life)), heat);
      const double tolerance = std::max(1e-12, 0x1p-52 * std::fabs(heat));
      if (points > 1e-300) {
        EXPECT_LE(std::fabs(heat_points(heat, HalfLife(half_life), at) / points - 1), tolerance) << points << " " << at;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(FromASecondToACentury, HeatOfHalfLife, testing::ValuesIn(kHalfLives));

TEST(Heat, HasItsKnownValues) {
  const HalfLife day(kDay);
  EXPECT_FALSE(HeatSum(day).heat());
  EXPECT_EQ(heat_add(-kInfinity, 1, -kUnixEpoch, day), 0);
  EXPECT_EQ(heat_add(-kInfinity, 8, -kUnixEpoch, day), 3);
  EXPECT_EQ(heat_add(-kInfinity, 1, -kUnixEpoch + 5 * kDay, day), 5);
  EXPECT_EQ(heat_add(3, 8, -kUnixEpoch, day), 4);
  EXPECT_EQ(heat_add(-kInfinity, 1, 0, day), 10'957);
  EXPECT_EQ(heat_points(3, day, -kUnixEpoch), 8);
  EXPECT_EQ(heat_points(3, day, -kUnixEpoch + kDay), 4);
  EXPECT_EQ(heat_points(3, day, -kUnixEpoch - kDay), 16);
  EXPECT_EQ(heat_cools_at(3, day, 4), -kUnixEpoch + kDay + 1);
  EXPECT_EQ(heat_merge(3, 3), 4);
}

TEST(Heat, GrowsByWhatIsAdded) {
  Random random(5);
  for (const std::int64_t half_life : kHalfLives) {
    std::vector<Event> events;
    double heat = -kInfinity;
    for (int i = 0; i < 300; ++i) {
      events.push_back({random.number(0.01, 50), time_between(random, kNow - 50 * half_life, kNow)});
      const double before = heat;
      heat = heat_add(heat, events.back().points, events.back().at, HalfLife(half_life));
      ASSERT_GE(heat, before);
      // Each step rounds by half a unit in the last place.
      const double expected = *sum_of(events, half_life).heat();
      ASSERT_NEAR(heat, expected, static_cast<double>(events.size()) * 0x1p-52 * std::max(1.0, std::fabs(expected)));
    }
  }
}

TEST(Heat, MergesLikeTheEventsOfBoth) {
  Random random(6);
  for (const std::int64_t half_life : kHalfLives) {
    for (int i = 0; i < 1'000; ++i) {
      const std::vector<Event> a{{random.number(1, 50), time_between(random, kNow - 9 * half_life, kNow)}};
      const std::vector<Event> b{{random.number(1, 50), time_between(random, kNow - 90 * half_life, kNow)}};
      const double heat_a = *sum_of(a, half_life).heat();
      const double heat_b = *sum_of(b, half_life).heat();
      const double merged = heat_merge(heat_a, heat_b);
      ASSERT_EQ(merged, heat_merge(heat_b, heat_a));
      ASSERT_GE(merged, std::max(heat_a, heat_b));
      ASSERT_NEAR(merged, *sum_of({a.front(), b.front()}, half_life).heat(),
                  0x1p-51 * std::max(1.0, std::fabs(merged)));
    }
  }
  // Far apart, the smaller is too little to show.
  EXPECT_EQ(heat_merge(1'000, 900), 1'000);
  EXPECT_EQ(heat_merge(1e-20, -1'000), 1e-20);
  EXPECT_EQ(heat_merge(9e12, -9e12), 9e12);
}

TEST(Heat, KeepsItsOrderAtEveryInstant) {
  Random random(7);
  std::size_t strict = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const HalfLife half_life(kHalfLives[random.below(kHalfLives.size())]);
    const Instant as_of = random.chance(0.5) ? time_between(random, kNow - kYear, kNow)
                                             : time_between(random, -kUnixEpoch - kYear, -kUnixEpoch + kYear);
    const double level = (static_cast<double>(as_of) + kUnixEpoch) / static_cast<double>(half_life.microseconds());
    const double a = level + random.magnitude(-60, 10);
    // A neighbour, one close by, or any other.
    const double b = random.chance(0.4)   ? std::nextafter(a, kInfinity)
                     : random.chance(0.5) ? a + std::fabs(a) * random.number(0, 1e-14)
                                          : level + random.magnitude(-60, 10);
    const double points_a = heat_points(a, half_life, as_of);
    const double points_b = heat_points(b, half_life, as_of);
    ASSERT_TRUE(a < b ? points_a <= points_b : points_a >= points_b) << a << " " << b << " " << as_of;
    strict += points_a != points_b ? 1 : 0;
    const double later = heat_points(a, half_life, as_of + 1 + random.below(3));
    ASSERT_LE(later, points_a) << a << " " << as_of;
  }
  EXPECT_GT(strict, 500'000U);
}

// Where the table of powers goes on to its next entry, neighbouring heats have points from two entries.
TEST(Heat, KeepsItsOrderFromStepToStep) {
  const HalfLife day(kDay);
  for (int step = 1; step < 2 * kSteps; ++step) {
    double heat = static_cast<double>(step) / kSteps - 0x1p-46;
    double points = heat_points(heat, day, -kUnixEpoch);
    for (int i = 0; i < 2'000; ++i) {
      heat = heat + 0x1p-56 > heat ? heat + 0x1p-56 : std::nextafter(heat, kInfinity);
      const double next = heat_points(heat, day, -kUnixEpoch);
      ASSERT_GE(next, points) << heat;
      points = next;
    }
  }
}

TEST(Heat, CoolsAtTheFirstMicrosecondBelowTheThreshold) {
  Random random(8);
  for (int i = 0; i < 20'000; ++i) {
    const HalfLife half_life(kHalfLives[random.below(kHalfLives.size())]);
    const Instant at = time_between(random, kFirstTime, kNow);
    const double heat = heat_add(-kInfinity, random.number(0.001, 1'000), at, half_life);
    const double threshold = std::fabs(random.magnitude(-10, 10));
    const std::optional<Instant> cools_at = heat_cools_at(heat, half_life, threshold);
    ASSERT_TRUE(cools_at);
    ASSERT_LT(heat_points(heat, half_life, *cools_at), threshold);
    ASSERT_GE(heat_points(heat, half_life, *cools_at - 1), threshold);
  }
  const HalfLife day(kDay);
  EXPECT_EQ(heat_cools_at(10, day, 0), std::nullopt);
  EXPECT_EQ(heat_cools_at(10, day, -1), std::nullopt);
  EXPECT_EQ(heat_cools_at(-kInfinity, day, 0), std::nullopt);
  EXPECT_EQ(heat_cools_at(kInfinity, day, 1e300), std::nullopt);
  EXPECT_EQ(heat_cools_at(-kInfinity, day, 5e-324), kEarliest);
  EXPECT_EQ(heat_cools_at(-1e300, day, 1), kEarliest);
  EXPECT_EQ(heat_cools_at(1e300, day, 1), std::nullopt);
  EXPECT_TRUE(heat_cools_at(10, day, 5e-324));
  EXPECT_TRUE(heat_cools_at(10, day, kInfinity));
}

TEST(Heat, IsNeverNaN) {
  for (const double heat : {-kInfinity, -1.7e308, -1e20, -1.0, 0.0, 5e-324, 1.0, 1e20, 1.7e308, kInfinity}) {
    for (const std::int64_t length : {std::int64_t{1}, kSecond, 100 * kYear, HalfLife::kLongest}) {
      const HalfLife half_life(length);
      for (const Instant time : {kEarliest, kFirstTime, -kUnixEpoch, Instant{0}, kLastTime, kLatest}) {
        const double points = heat_points(heat, half_life, time);
        ASSERT_TRUE(points >= 0) << heat << " " << length << " " << time;
        for (const double added : {5e-324, 1.0, 1.7e308}) {
          ASSERT_GE(heat_add(heat, added, time, half_life), heat);
        }
      }
    }
    for (const double other : {-kInfinity, -1.7e308, 0.0, 1.7e308, kInfinity}) {
      ASSERT_GE(heat_merge(heat, other), std::max(heat, other));
    }
  }
}

TEST(HeatBytes, ComeBack) {
  Random random(9);
  for (int i = 0; i < 1'000; ++i) {
    HeatSum sum{HalfLife(kHalfLives[random.below(kHalfLives.size())])};
    for (std::uint32_t n = random.below(4); n > 0; --n) {
      sum.add(random.number(0, 5), time_between(random, kFirstTime, kLastTime));
    }
    const std::optional<HeatSum> read = heat_of(bytes_of(sum));
    ASSERT_TRUE(read);
    ASSERT_EQ(read->sum(), sum.sum());
    ASSERT_EQ(read->half_life(), sum.half_life());
  }
}

TEST(HeatBytes, OfAnotherKindAreRefused) {
  HeatSum sum{HalfLife(14 * kDay)};
  sum.add(10, kNow);
  const auto good = bytes_of(sum);
  ASSERT_TRUE(heat_of(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    EXPECT_FALSE(heat_of(std::span(good).first(i)));
    for (int bit = 0; bit < 8; ++bit) {
      auto bytes = good;
      bytes[i] ^= static_cast<std::byte>(1 << bit);
      EXPECT_FALSE(heat_of(bytes)) << i;
    }
  }
  EXPECT_FALSE(heat_of({}));
}

// Bytes that somebody has made up, check sum and all.
TEST(HeatBytes, ThatNoPointsLeadToAreRefused) {
  const auto with = [](std::uint64_t half_life, std::int64_t top, DecaySum::Words words, std::size_t surplus = 0) {
    std::vector<std::byte> bytes(kHeatBytes + surplus);
    StateWriter writer(bytes);
    writer.put(0x4C534831, 4);
    writer.put(half_life);
    writer.put(static_cast<std::uint64_t>(top));
    for (const DecaySum::Word& word : words) {
      writer.put(word.carries);
      writer.put(word.low);
    }
    for (std::size_t i = 0; i < surplus; ++i) {
      writer.put(0, 1);
    }
    writer.put_check_sum();
    return heat_of(bytes).has_value();
  };
  const DecaySum::Words words{{{1, 0}, {2, 0}, {3, 0}}};
  EXPECT_TRUE(with(kDay, 5, words));
  EXPECT_FALSE(with(kDay, 5, words, 1));
  EXPECT_FALSE(with(0, 5, words));
  EXPECT_FALSE(with(static_cast<std::uint64_t>(-1), 5, words));
  EXPECT_FALSE(with(static_cast<std::uint64_t>(HalfLife::kLongest) + 1, 5, words));
  EXPECT_FALSE(with(kDay, DecaySum::kLargestWord + 1, words));
  EXPECT_FALSE(with(kDay, -DecaySum::kLargestWord - 1, words));
  EXPECT_TRUE(with(kDay, DecaySum::kNoWord, {}));
  EXPECT_FALSE(with(kDay, DecaySum::kNoWord, words));
  EXPECT_FALSE(with(kDay, 5, {}));
  EXPECT_FALSE(with(kDay, 5, {{{0, 0}, {0, 0}, {3, 0}}}));
  EXPECT_TRUE(with(kDay, 5, {{{0, 0}, {std::uint64_t{1} << 52, 0}, {0, 0}}}));
  EXPECT_FALSE(with(kDay, 5, {{{0, 0}, {(std::uint64_t{1} << 52) - 1, 0}, {0, 0}}}));
  EXPECT_FALSE(with(kDay, 5, {{{1, std::uint64_t{1} << 62}, {0, 0}, {0, 0}}}));
}

}  // namespace
}  // namespace leadscore::heat
