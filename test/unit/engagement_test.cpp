// Engagement against a plain reading of its rules.
#include "core/heat/engagement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "random.hpp"

namespace leadscore::heat {
namespace {

using test::Random;

constexpr std::int64_t kHour = 3'600'000'000;
constexpr std::int64_t kDay = 24 * kHour;

Instant midnight(int year, unsigned month, unsigned day) {
  using namespace std::chrono;
  const auto days = sys_days{std::chrono::year{year} / month / day} - sys_days{std::chrono::year{2000} / 1 / 1};
  return static_cast<Instant>(days.count()) * kDay;
}

TEST(Period, OfMonthsIsTheCalendarsOfUtc) {
  Random random(1);
  for (int i = 0; i < 200'000; ++i) {
    const Instant at = static_cast<Instant>(random.number(-211'813'488'000.0, 800'000'000'000.0)) * 1'000'000;
    const auto days = std::chrono::floor<std::chrono::days>(std::chrono::microseconds(at));
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::year{2000} / 1 / 1} + days};
    const std::int64_t months = (static_cast<int>(date.year()) - 2000) * 12LL + static_cast<unsigned>(date.month()) - 1;
    ASSERT_EQ(number_of_period({.months = 1}, at), months) << at;
    ASSERT_EQ(number_of_period({.months = 12}, at), static_cast<int>(date.year()) - 2000) << at;
  }
  EXPECT_EQ(number_of_period({.months = 1}, midnight(2024, 2, 29)),
            number_of_period({.months = 1}, midnight(2024, 2, 1)));
  EXPECT_EQ(number_of_period({.months = 1}, midnight(2024, 3, 1) - 1) + 1,
            number_of_period({.months = 1}, midnight(2024, 3, 1)));
  EXPECT_EQ(number_of_period({.months = 3}, midnight(2026, 3, 31)),
            number_of_period({.months = 3}, midnight(2026, 1, 1)));
}

TEST(Period, BeginsWithTheDayAndTheWeekOfUtc) {
  const auto begins = [](std::int64_t length, Instant at) {
    return number_of_period({.microseconds = length}, at) == number_of_period({.microseconds = length}, at - 1) + 1;
  };
  for (const Instant day : {midnight(2026, 11, 23), midnight(1969, 7, 21), midnight(3, 1, 6)}) {  // Mondays
    EXPECT_TRUE(begins(7 * kDay, day));
    EXPECT_FALSE(begins(7 * kDay, day + kDay));
    EXPECT_TRUE(begins(kDay, day));
    EXPECT_TRUE(begins(kDay, day + kDay));
    EXPECT_FALSE(begins(kDay, day + kHour));
    EXPECT_TRUE(begins(kHour, day + kHour));
  }
  EXPECT_EQ(number_of_period({}, kEarliest), number_of_period({}, kLatest));
  for (const Instant end : {kEarliest, kLatest}) {
    EXPECT_LE(std::abs(static_cast<double>(number_of_period({.microseconds = 1}, end))), 9.3e18);
    EXPECT_LE(std::abs(number_of_period({.months = 1}, end)), 12 * 300'000);
  }
}

std::vector<EventKind> random_kinds(Random& random) {
  static constexpr std::array<const char*, 5> kNames{"click", "demo", "form", "open", "unsubscribe"};
  std::vector<EventKind> kinds;
  for (const char* name : kNames) {
    EventKind kind;
    kind.event = name;
    kind.points = random.chance(0.3) ? -random.whole(1, 10) : random.whole(1, 50);
    kind.half_life = HalfLife(static_cast<std::int64_t>(random.whole(1, 100)) * kDay / 4);
    kind.max_count = random.chance(0.3) ? 0 : random.below(4) + 1;
    const std::array<CountingPeriod, 4> periods{
        CountingPeriod{}, {.microseconds = kDay}, {.microseconds = 7 * kDay}, {.months = 1}};
    kind.per = periods[random.below(periods.size())];
    kinds.push_back(kind);
  }
  random.shuffle(kinds);
  sort_kinds(kinds);
  return kinds;
}

TEST(Kinds, AreFoundByName) {
  Random random(2);
  const std::vector<EventKind> kinds = random_kinds(random);
  for (const EventKind& kind : kinds) {
    EXPECT_EQ(find_kind(kinds, kind.event), &kind);
  }
  for (const char* name : {"", "a", "clic", "clicks", "Click", "zzz"}) {
    EXPECT_EQ(find_kind(kinds, name), nullptr) << name;
  }
  EXPECT_EQ(find_kind({}, "click"), nullptr);
}

TEST(Kinds, HaveAFingerprint) {
  Random random(3);
  const std::vector<EventKind> kinds = random_kinds(random);
  const std::uint64_t print = fingerprint(kinds);
  EXPECT_EQ(fingerprint(kinds), print);
  const std::array changes{+[](EventKind& kind) { kind.event = "other"; },
                           +[](EventKind& kind) { kind.points += 1; },
                           +[](EventKind& kind) { kind.half_life = HalfLife(kind.half_life.microseconds() + 1); },
                           +[](EventKind& kind) { ++kind.max_count; },
                           +[](EventKind& kind) { ++kind.per.months; },
                           +[](EventKind& kind) { ++kind.per.microseconds; }};
  for (const auto& change : changes) {
    std::vector<EventKind> changed = kinds;
    change(changed.back());
    EXPECT_NE(fingerprint(changed), print);
  }
  EXPECT_NE(fingerprint(std::span(kinds).first(4)), print);
}

// What the rules say, read one by one.
long double expected_points(const std::vector<LimitedEvent>& events, const std::vector<EventKind>& kinds,
                            Instant as_of) {
  long double gained = 0;
  long double lost = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const EventKind& kind = kinds[events[i].kind];
    std::uint64_t earlier = 0;
    for (std::size_t j = 0; j < events.size(); ++j) {
      const bool is_of_period = events[j].kind == events[i].kind &&
                                number_of_period(kind.per, events[j].at) == number_of_period(kind.per, events[i].at);
      earlier += is_of_period && std::pair(events[j].at, j) < std::pair(events[i].at, i) ? 1 : 0;
    }
    if (kind.max_count == 0 || earlier < kind.max_count) {
      const long double age = static_cast<long double>(as_of - events[i].at) / kind.half_life.microseconds();
      (kind.points < 0 ? lost : gained) += std::fabs(kind.points) * std::exp2(-age);
    }
  }
  return std::max(0.0L, gained - lost);
}

double points_of(const std::vector<LimitedEvent>& events, const std::vector<EventKind>& kinds, Instant as_of) {
  EngagementSum sum;
  for (const LimitedEvent& event : events) {
    sum.add(kinds[event.kind], event.at, as_of);
  }
  return sum.points();
}

TEST(Engagement, IsWhatTheRulesSayInAnyOrderAndAnySplit) {
  Random random(4);
  std::size_t positive = 0;
  for (int round = 0; round < 3'000; ++round) {
    const std::vector<EventKind> kinds = random_kinds(random);
    const Instant as_of = midnight(2026, 11, 22);
    std::vector<LimitedEvent> events(random.below(40));
    for (LimitedEvent& event : events) {
      event = {as_of - static_cast<Instant>(random.below(60 * 24)) * kHour, random.below(5)};
    }
    const auto counting = [&kinds](std::vector<LimitedEvent> all) {
      // Events of kinds without a limit are never asked about.
      const auto limited = std::partition(
          all.begin(), all.end(), [&kinds](const LimitedEvent& event) { return kinds[event.kind].max_count == 0; });
      const auto kept = keep_earliest({limited, all.end()}, kinds);
      all.erase(limited + static_cast<std::ptrdiff_t>(kept), all.end());
      return all;
    };
    const double points = points_of(counting(events), kinds, as_of);
    const long double expected = expected_points(events, kinds, as_of);
    ASSERT_NEAR(points, static_cast<double>(expected), 1e-12 * 500);
    positive += expected > 0 ? 1 : 0;

    random.shuffle(events);
    ASSERT_EQ(points_of(counting(events), kinds, as_of), points);
    // Parts that drop what cannot count, joined and asked again.
    const auto middle =
        events.begin() +
        static_cast<std::ptrdiff_t>(events.empty() ? 0 : random.below(static_cast<std::uint32_t>(events.size())));
    std::vector<LimitedEvent> joined = counting({events.begin(), middle});
    const std::vector<LimitedEvent> other = counting({middle, events.end()});
    joined.insert(joined.end(), other.begin(), other.end());
    ASSERT_EQ(points_of(counting(joined), kinds, as_of), points);
  }
  EXPECT_GT(positive, 1'000U);
}

TEST(Engagement, HalvesExactly) {
  EventKind kind;
  kind.points = 1.01;
  kind.half_life = HalfLife(7 * kDay);
  EngagementSum sum;
  sum.add(kind, 0, 0);
  EXPECT_EQ(sum.points(), 1.01);
  for (int weeks = 1; weeks < 20; ++weeks) {
    EngagementSum older;
    older.add(kind, 0, weeks * 7 * kDay);
    EXPECT_EQ(older.points(), std::ldexp(1.01, -weeks));
  }
}

TEST(Engagement, NeitherOverflowsNorFallsBelowZero) {
  EventKind good;
  good.points = 1e15;
  good.half_life = HalfLife(1);
  EventKind bad = good;
  bad.points = -1e15;
  bad.half_life = HalfLife(HalfLife::kLongest);
  EngagementSum sum;
  EXPECT_EQ(sum.points(), 0);
  sum.add(good, kEarliest, kLatest);
  EXPECT_EQ(sum.points(), 0);
  sum.add(good, kLatest, kLatest);
  EXPECT_EQ(sum.points(), 1e15);
  // An age beyond 64 bits: 5.85 half-lives of 100,000 years.
  EngagementSum old;
  EventKind slow = good;
  slow.half_life = bad.half_life;
  old.add(slow, kEarliest, kLatest);
  EXPECT_NEAR(old.points(), 1e15 * std::exp2(-2.0 * static_cast<double>(kLatest) / HalfLife::kLongest), 10);
  sum.add(bad, kEarliest, kLatest);
  EXPECT_NEAR(sum.points(), 1e15 - old.points(), 1);
  sum.add(bad, kLatest, kLatest);
  EXPECT_EQ(sum.points(), 0);
  EXPECT_FALSE(std::signbit(sum.points()));
}

}  // namespace
}  // namespace leadscore::heat
