// The chain of stages: worked examples, the sums written out step by step, Little's law, what cannot be foreseen.
#include "core/funnel/stage_chain.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <memory_resource>
#include <utility>
#include <vector>

#include "core/funnel/linear_system.hpp"
#include "random.hpp"
#include "stage_histories.hpp"

namespace leadscore::funnel {
namespace {

using test::History;
using test::kDay;
using test::kinds_of;
using test::ordered;
using test::Random;
using test::random_histories;
using test::usual_kinds;

std::pmr::memory_resource* memory() { return std::pmr::new_delete_resource(); }

constexpr std::int64_t kAsOf = 1000 * kDay;

// Open, open, hold, won, lost.
StageKinds five_kinds() {
  return kinds_of({StageKind::open, StageKind::open, StageKind::hold, StageKind::won, StageKind::lost});
}

// Visits of so many days each; the last is entered and not left.
History history(std::initializer_list<std::pair<std::int32_t, int>> visits) {
  History result;
  std::int64_t now = 0;
  for (const auto& [stage_no, days] : visits) {
    result.push_back({now, stage_no});
    now += days * kDay;
  }
  return result;
}

std::vector<StageForecast> forecast_of(const StageChain& chain) {
  StopToken stop;
  std::vector<StageForecast> rows(chain.question().kinds.size());
  rows.resize(chain.write_forecast(rows, stop, memory()));
  return rows;
}

std::vector<StageTransition> transitions_of(const StageChain& chain) {
  std::vector<StageTransition> rows(chain.most_transitions());
  rows.resize(chain.write_transitions(rows));
  return rows;
}

TEST(LinearSystem, IsSolvedWithPivots) {
  StopToken stop;
  EXPECT_TRUE(solve_linear_system({}, {}, 0, stop));
  std::array<double, 4> matrix = {0, 2, 4, 1};
  std::array<double, 4> sides = {6, 2, 7, 9};
  ASSERT_TRUE(solve_linear_system(matrix, sides, 2, stop));
  EXPECT_EQ(sides, (std::array<double, 4>{1, 2, 3, 1}));
  std::array<double, 4> singular = {1, 2, 2, 4};
  std::array<double, 2> side = {1, 1};
  EXPECT_FALSE(solve_linear_system(singular, side, 2, stop));
  Random random(71);
  for (std::size_t size = 1; size <= 40; ++size) {
    std::vector<double> a(size * size);
    std::vector<double> x(size);
    std::vector<double> b(size);
    for (double& each : a) {
      each = random.chance(0.3) ? 0 : random.number(-1, 1);
    }
    for (std::size_t i = 0; i < size; ++i) {
      a[i * size + (i + 1) % size] += 2;  // far from singular, and nothing to begin with on the diagonal
      x[i] = random.number(-1, 1);
    }
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) {
        b[i] += a[i * size + j] * x[j];
      }
    }
    const std::vector<double> original = a;
    const std::vector<double> wanted = b;
    ASSERT_TRUE(solve_linear_system(a, b, size, stop));
    for (std::size_t i = 0; i < size; ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < size; ++j) {
        sum += original[i * size + j] * b[j];
      }
      EXPECT_NEAR(sum, wanted[i], 1e-11);
    }
  }
}

// From a: 3 of 4 to b, 1 of 4 to hold and back. From b: a third each to a, won, lost. By hand: x_h = x_a and
// x_a = 3/4 x_b + 1/4 x_h, so x_a = x_b = 1/2; v_a = 1 + 3/4 v_b + 1/4 v_h, v_b = 1 + 1/3 v_a, so v_a = 7/2, v_b =
// 13/6.
TEST(StageForecast, IsThatWorkedByHand) {
  StageChain chain({.kinds = five_kinds(), .as_of = kAsOf}, memory());
  chain.add(history({{1, 2}, {3, 10}, {1, 4}, {2, 3}, {4, 0}}));
  chain.add(history({{1, 3}, {2, 5}, {1, 3}, {2, 1}, {5, 0}}));
  const std::vector<StageForecast> rows = forecast_of(chain);
  ASSERT_EQ(rows.size(), 3U);
  for (const StageForecast& row : rows) {
    EXPECT_NEAR(*row.won_probability, 0.5, 1e-14);
    EXPECT_NEAR(*row.lost_probability, 0.5, 1e-14);
  }
  EXPECT_NEAR(*rows[0].expected_visits, 7.0 / 2, 1e-13);
  EXPECT_NEAR(*rows[1].expected_visits, 13.0 / 6, 1e-13);
  EXPECT_NEAR(*rows[2].expected_visits, 7.0 / 2, 1e-13);
  // a lasts 12 / 4 days, b 9 / 3, hold 10: d_a = 3 + 3/4 d_b + 1/4 d_h, d_h = 10 + d_a, d_b = 3 + 1/3 d_a.
  EXPECT_NEAR(*rows[0].expected_days_left, 15.5, 1e-12);
  EXPECT_NEAR(*rows[1].expected_days_left, 3 + 15.5 / 3, 1e-12);
  EXPECT_NEAR(*rows[2].expected_days_left, 25.5, 1e-12);
}

TEST(StageForecast, CountsTheDaysOfThoseWhoAreStillThere) {
  StageChain chain({.kinds = five_kinds(), .as_of = 100 * kDay}, memory());
  chain.add(history({{1, 10}, {4, 0}}));
  chain.add(ordered({{10 * kDay, 1}}));  // for 90 days so far
  const std::vector<StageForecast> rows = forecast_of(chain);
  EXPECT_NEAR(*rows[0].expected_days_left, 100, 1e-12);
  EXPECT_EQ(rows[0].won_probability, 1);
}

// What is left when all have come to their ends is what was spent: L = lambda W of J. D. C. Little, with the leads that
// entered, the mean time of each and the sum of their days.
TEST(StageForecast, ObeysLittlesLaw) {
  Random random(72);
  for (int trial = 0; trial < 50; ++trial) {
    StageChain chain({.kinds = five_kinds(), .as_of = kAsOf}, memory());
    double days = 0;
    double visits = 0;
    double won = 0;
    const int leads = 1 + static_cast<int>(random.below(60));
    for (int lead = 0; lead < leads; ++lead) {
      History all = {{0, 1}};
      while (all.back().stage_no < 4) {
        const std::int64_t next = all.back().entered_at + random.below(20) * kDay + random.below(1000);
        visits += all.back().stage_no < 3 ? 1 : 0;
        std::int32_t stage_no = all.back().stage_no;
        while (stage_no == all.back().stage_no) {
          stage_no = 1 + static_cast<std::int32_t>(random.below(5));
        }
        all.push_back({next, stage_no});
      }
      days += static_cast<double>(all.back().entered_at) / static_cast<double>(kDay);
      won += all.back().stage_no == 4 ? 1 : 0;
      chain.add(all);
    }
    const StageForecast row = forecast_of(chain)[0];
    EXPECT_NEAR(*row.expected_days_left, days / leads, 1e-9);
    EXPECT_NEAR(*row.expected_visits, visits / leads, 1e-10);
    EXPECT_NEAR(*row.won_probability, won / leads, 1e-12);
    EXPECT_NEAR(*row.won_probability + *row.lost_probability, 1, 1e-12);
  }
}

TEST(StageTransitions, AreRecountedAndFollowed) {
  Random random(73);
  const StageKinds kinds = usual_kinds();
  for (int trial = 0; trial < 100; ++trial) {
    const std::vector<History> histories = random_histories(random, 60);
    const std::int64_t as_of = static_cast<std::int64_t>(random.below(14)) * kDay - kDay;
    StageChain chain({.kinds = kinds, .as_of = as_of}, memory());
    std::map<std::pair<std::int32_t, std::int32_t>, std::uint64_t> transitions;
    std::map<std::int32_t, std::uint64_t> departures;
    std::map<std::int32_t, double> days;
    for (const History& each : histories) {
      chain.add(each);
      for (std::size_t i = 0; i < each.size() && each[i].entered_at <= as_of; ++i) {
        const bool goes_on = i + 1 < each.size() && each[i + 1].entered_at <= as_of;
        if (goes_on) {
          ++transitions[{each[i].stage_no, each[i + 1].stage_no}];
          ++departures[each[i].stage_no];
        }
        if (goes_on || kinds.is_left(each[i].stage_no)) {
          days[each[i].stage_no] +=
              static_cast<double>((goes_on ? each[i + 1].entered_at : as_of) - each[i].entered_at) /
              static_cast<double>(kDay);
        }
      }
    }
    const std::vector<StageTransition> rows = transitions_of(chain);
    ASSERT_EQ(rows.size(), transitions.size());
    auto expected = transitions.begin();
    for (const StageTransition& row : rows) {
      EXPECT_EQ(std::pair(row.from_stage_no, row.to_stage_no), expected->first);
      EXPECT_EQ(row.transitions, expected->second);
      EXPECT_EQ(row.departures, departures[row.from_stage_no]);
      EXPECT_EQ(row.probability.estimate, static_cast<double>(row.transitions) / static_cast<double>(row.departures));
      ++expected;
    }
    // One step of the chain after the other, from each stage; where it cannot end there is nothing to compare.
    for (const StageForecast& row : forecast_of(chain)) {
      std::array<double, 9> here{};
      here[static_cast<std::size_t>(row.stage_no)] = 1;
      double visits = 0;
      double days_left = 0;
      double won = 0;
      double lost = 0;
      double rest = 1;
      bool is_stuck = false;
      for (int step = 0; step < 20'000 && rest > 1e-14 && !is_stuck; ++step) {
        std::array<double, 9> next{};
        rest = 0;
        for (std::int32_t from = 1; from <= 8; ++from) {
          const double mass = here[static_cast<std::size_t>(from)];
          if (mass == 0) {
            continue;
          }
          if (!kinds.is_left(from)) {
            (kinds.kind(from) == StageKind::won ? won : lost) += mass;
            continue;
          }
          is_stuck = is_stuck || departures[from] == 0;
          visits += kinds.kind(from) == StageKind::open ? mass : 0;
          days_left += mass * days[from] / static_cast<double>(departures[from]);
          rest += mass;
          for (const StageTransition& way : rows) {
            next[static_cast<std::size_t>(way.to_stage_no)] +=
                way.from_stage_no == from ? mass * *way.probability.estimate : 0;
          }
        }
        here = next;
      }
      is_stuck = is_stuck || rest > 1e-14;
      ASSERT_EQ(row.won_probability.has_value(), !is_stuck);
      if (!is_stuck) {
        EXPECT_NEAR(*row.won_probability, won, 1e-10);
        EXPECT_NEAR(*row.lost_probability, lost, 1e-10);
        EXPECT_NEAR(*row.expected_visits, visits, 1e-8);
        EXPECT_NEAR(*row.expected_days_left, days_left, 1e-7);
      }
    }
  }
}

TEST(StageForecast, SaysNothingWhereNobodyHasSeenTheEnd) {
  StageChain chain({.kinds = five_kinds(), .as_of = kAsOf}, memory());
  for (const StageForecast& row : forecast_of(chain)) {
    EXPECT_FALSE(row.won_probability.has_value());
    EXPECT_FALSE(row.expected_days_left.has_value());
  }
  // From b one may get on hold, from where nobody came back; a leads to b.
  chain.add(history({{1, 1}, {2, 1}, {4, 0}}));
  EXPECT_TRUE(forecast_of(chain)[0].won_probability.has_value());
  EXPECT_FALSE(forecast_of(chain)[2].won_probability.has_value());
  chain.add(history({{2, 1}, {3, 0}}));
  for (const StageForecast& row : forecast_of(chain)) {
    EXPECT_FALSE(row.expected_visits.has_value());
  }
  // Round and round without an end.
  StageChain loop({.kinds = five_kinds(), .as_of = kAsOf}, memory());
  loop.add(history({{1, 1}, {2, 1}, {1, 1}}));
  loop.add(history({{3, 1}, {5, 0}}));
  const std::vector<StageForecast> rows = forecast_of(loop);
  EXPECT_FALSE(rows[0].lost_probability.has_value());
  EXPECT_FALSE(rows[1].lost_probability.has_value());
  EXPECT_EQ(rows[2].lost_probability, 1);
  EXPECT_EQ(rows[2].expected_visits, 0);
}

TEST(StageForecast, OfNoStagesAndOfStagesWithoutALadder) {
  StageChain none({.kinds = StageKinds(), .as_of = 0}, memory());
  none.add({});
  EXPECT_TRUE(forecast_of(none).empty());
  EXPECT_TRUE(transitions_of(none).empty());
  StageChain beside({.kinds = kinds_of({StageKind::lost, std::nullopt, StageKind::hold}), .as_of = kAsOf}, memory());
  beside.add(history({{3, 5}, {1, 0}}));
  ASSERT_EQ(forecast_of(beside).size(), 1U);
  EXPECT_EQ(forecast_of(beside)[0].stage_no, 3);
  EXPECT_EQ(forecast_of(beside)[0].expected_days_left, 5);
}

}  // namespace
}  // namespace leadscore::funnel
