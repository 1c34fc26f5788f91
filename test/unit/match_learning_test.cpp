// What pairs teach a rule: the steps of a reference implementation, and what simulated pairs were made from.
#include "core/dedup/match_learning.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <map>
#include <memory_resource>
#include <string>
#include <vector>

#include "core/dedup/agreement_tally.hpp"
#include "core/dedup/short_text.hpp"
#include "lead_file.hpp"
#include "random.hpp"

namespace leadscore::dedup {
namespace {

using test::Random;

using Numbers = std::vector<double>;

// A rule of which only the numbers count: m and u of each comparison's levels.
MatchRule rule_of(const std::vector<Numbers>& m, const std::vector<Numbers>& u) {
  MatchRule rule;
  for (std::size_t i = 0; i < m.size(); ++i) {
    MatchComparison comparison{.subject = static_cast<Subject>(i), .frequency_weight = 0, .levels = {}};
    for (std::size_t j = 0; j < m[i].size(); ++j) {
      comparison.levels.add({.test = j + 1 == m[i].size() ? Test::otherwise : Test::same, .m = m[i][j], .u = u[i][j]});
    }
    rule.comparisons.add(comparison);
  }
  return rule;
}

// The levels of the comparisons, from 1 on; 0: not compared.
template <class Levels>
Agreement agreement_of(const Levels& levels) {
  Agreement agreement = 0;
  int shift = 0;
  for (const auto level : levels) {
    agreement |= static_cast<Agreement>(level) << shift;
    shift += kLevelBits;
  }
  return agreement;
}

// Of splink 2's test of one step after the other on fake_1000: comparisons are the first name, the date of birth, the
// e-mail and the city; the best level comes first here and last there.
namespace oracle {

const std::vector<Numbers> kU{{0.1, 0.1, 0.8}, {0.1, 0.9}, {0.1, 0.9}, {0.1, 0.9}};
constexpr std::array<std::size_t, 4> kLevels{3, 2, 2, 2};
const std::vector<std::vector<Numbers>> kM{{{0.7, 0.2, 0.1}, {0.9, 0.1}, {0.9, 0.1}, {0.9, 0.1}},
                                           {{0.743459884860577, 0.1422119783401823, 0.11432813679924039},
                                            {0.7476822432659779, 0.2523177567340221},
                                            {0.7831383404613944, 0.21686165953860576},
                                            {0.7691720105584972, 0.23082798944150287}},
                                           {{0.7459410675398278, 0.13468402611428465, 0.1193749063458875},
                                            {0.6970868884144127, 0.30291311158558737},
                                            {0.7382906765914359, 0.26170932340856395},
                                            {0.740093597465456, 0.259906402534544}}};
const Numbers kShare{0.3, 0.2588110991484573, 0.2823831219907462};

// The bits that a first name shared by some of all people adds at a frequency weight of 0.6.
double bits_of_name(double sharing, double people) { return 0.6 * std::log2(0.1 / (sharing / people)); }

// Each step is what the reference made of it.
void compare_steps(const std::vector<AgreementCount>& counts) {
  StopToken stop;
  MatchRule rule = rule_of(kM[0], kU);
  double share = kShare[0];
  for (std::size_t step = 1; step < kShare.size(); ++step) {
    const ExpectationResult result =
        learn_m(rule, counts, share, {.left_out = 0, .prior_pairs = 0, .tolerance = 0, .most_steps = 1}, stop);
    EXPECT_EQ(result.steps, 1U);
    EXPECT_FALSE(result.has_converged);
    share = result.share;
    EXPECT_NEAR(share, kShare[step], 1e-12);
    for (std::size_t i = 0; i < kLevels.size(); ++i) {
      for (std::size_t j = 0; j < kLevels[i]; ++j) {
        EXPECT_NEAR(rule.comparisons[i].levels[j].m, kM[step][i][j], 1e-12) << step << ' ' << i << ' ' << j;
        EXPECT_EQ(rule.comparisons[i].levels[j].u, kU[i][j]);
      }
    }
  }
  // Both steps in one call.
  MatchRule twice = rule_of(kM[0], kU);
  const ExpectationResult result =
      learn_m(twice, counts, kShare[0], {.left_out = 0, .prior_pairs = 0, .tolerance = 0, .most_steps = 2}, stop);
  EXPECT_EQ(result.share, share);
  EXPECT_EQ(result.steps, 2U);
}

struct Counted {
  std::array<int, 4> levels;  // as there
  double sharing;
  double pairs;
};

constexpr Counted kCounted[] = {
#include "em_oracle_counts.inc"
};

Agreement agreement_of_reference(const std::array<int, 4>& levels) {
  std::array<std::size_t, 4> ours{};
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ours[i] = levels[i] < 0 ? 0 : kLevels[i] - static_cast<std::size_t>(levels[i]);
  }
  return agreement_of(ours);
}

}  // namespace oracle

TEST(MatchLearning, TakesTheStepsOfTheReference) {
  std::vector<AgreementCount> counts;
  double pairs = 0;
  for (const oracle::Counted& counted : oracle::kCounted) {
    counts.push_back({oracle::agreement_of_reference(counted.levels), counted.pairs,
                      counted.sharing > 0 ? oracle::bits_of_name(counted.sharing, 900) : 0});
    pairs += counted.pairs;
  }
  EXPECT_EQ(pairs, 3'167);
  oracle::compare_steps(counts);
}

TEST(MatchLearning, TakesTheStepsOfTheReferenceOnItsFile) {
  if (!test::data_folder()) {
    GTEST_SKIP() << "LEADSCORE_DATA names no folder with real leads";
  }
  const test::Table table(*test::data_folder() + "/dedup/fake_1000_from_splink_demos.csv");
  std::map<std::string, double> named;
  std::map<std::string, std::vector<std::size_t>> blocks;
  double people = 0;
  for (std::size_t row = 0; row < table.size(); ++row) {
    if (const std::string& name = table.at(row, "first_name"); !name.empty()) {
      named[name] += 1;
      people += 1;
    }
    if (const std::string& surname = table.at(row, "surname"); !surname.empty()) {
      blocks[surname].push_back(row);
    }
  }
  std::vector<AgreementCount> counts;
  const auto add = [&](std::size_t a, std::size_t b) {
    std::array<int, 4> levels{};
    const std::array<std::string, 4> columns{"first_name", "dob", "email", "city"};
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string& left = table.at(a, columns[i]);
      const std::string& right = table.at(b, columns[i]);
      if (left.empty() || right.empty()) {
        levels[i] = -1;
      } else if (left == right) {
        levels[i] = i == 0 ? 2 : 1;
      } else {
        levels[i] = i == 0 && short_levenshtein(left, right, 2) <= 2 ? 1 : 0;
      }
    }
    const double bits = levels[0] == 2 ? oracle::bits_of_name(named[table.at(a, "first_name")], people) : 0;
    counts.push_back({oracle::agreement_of_reference(levels), 1, bits});
  };
  for (const auto& [surname, rows] : blocks) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t j = i + 1; j < rows.size(); ++j) {
        add(rows[i], rows[j]);
      }
    }
  }
  ASSERT_EQ(counts.size(), 3'167U);
  oracle::compare_steps(counts);
}

const std::vector<Numbers> kTrueM{{0.7, 0.2, 0.1}, {0.85, 0.15}, {0.6, 0.4}, {0.8, 0.05, 0.15}};
const std::vector<Numbers> kTrueU{{0.01, 0.04, 0.95}, {0.02, 0.98}, {0.1, 0.9}, {0.001, 0.009, 0.99}};

// Agreements of pairs of which so many are matches; some values are missing.
std::vector<AgreementCount> simulated(std::size_t pairs, double share, std::uint64_t seed) {
  Random random(seed);
  AgreementTally tally(std::pmr::get_default_resource());
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const auto& probabilities = random.chance(share) ? kTrueM : kTrueU;
    std::vector<std::size_t> levels;
    for (const Numbers& of_level : probabilities) {
      double left = random.number(0, 1);
      std::size_t level = 1;
      while (level < of_level.size() && (left -= of_level[level - 1]) >= 0) {
        ++level;
      }
      levels.push_back(random.chance(0.1) ? 0 : level);
    }
    tally.add(agreement_of(levels));
  }
  StopToken stop;
  const auto counts = tally.counts(stop);
  return {counts.begin(), counts.end()};
}

MatchRule ignorant_rule() { return rule_of({{0.4, 0.3, 0.3}, {0.6, 0.4}, {0.6, 0.4}, {0.4, 0.3, 0.3}}, kTrueU); }

TEST(MatchLearning, FindsWhatPairsWereMadeFrom) {
  for (const double true_share : {0.5, 0.05}) {
    StopToken stop;
    MatchRule rule = ignorant_rule();
    const auto counts = simulated(400'000, true_share, 7);
    const ExpectationResult result = learn_m(rule, counts, 0.2, {.tolerance = 1e-9, .most_steps = 1000}, stop);
    EXPECT_TRUE(result.has_converged);
    EXPECT_NEAR(result.share, true_share, 0.005);
    EXPECT_NEAR(result.matches, true_share * 400'000, 2'000);
    for (std::size_t i = 0; i < kTrueM.size(); ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < kTrueM[i].size(); ++j) {
        EXPECT_NEAR(rule.comparisons[i].levels[j].m, kTrueM[i][j], 0.02) << i << ' ' << j;
        sum += rule.comparisons[i].levels[j].m;
      }
      EXPECT_NEAR(sum, 1, 1e-12);
    }
  }
}

TEST(MatchLearning, LeavesOutWhatPairsWereChosenBy) {
  StopToken stop;
  MatchRule rule = ignorant_rule();
  MatchRule other = ignorant_rule();
  other.comparisons[1].levels[0].m = 0.999;  // is not looked at
  const auto counts = simulated(10'000, 0.3, 8);
  learn_m(rule, counts, 0.2, {.left_out = 0b10}, stop);
  learn_m(other, counts, 0.2, {.left_out = 0b10}, stop);
  EXPECT_EQ(rule.comparisons[1].levels[0].m, 0.6);
  EXPECT_EQ(other.comparisons[1].levels[0].m, 0.999);
  for (const std::size_t i : {0U, 2U, 3U}) {
    EXPECT_NE(rule.comparisons[i].levels[0].m, ignorant_rule().comparisons[i].levels[0].m);
    EXPECT_EQ(rule.comparisons[i].levels[0].m, other.comparisons[i].levels[0].m);
  }
}

TEST(MatchLearning, OfNothingChangesNothing) {
  StopToken stop;
  for (const std::vector<AgreementCount>& counts :
       {std::vector<AgreementCount>{}, std::vector<AgreementCount>{{agreement_of(std::array{1, 1, 1, 1}), 0, 0}}}) {
    MatchRule rule = ignorant_rule();
    const ExpectationResult result = learn_m(rule, counts, 0.2, {}, stop);
    EXPECT_EQ(result.matches, 0);
    EXPECT_EQ(result.share, 0.2);
    EXPECT_EQ(result.steps, 0U);
    EXPECT_EQ(rule.comparisons[0].levels[0].m, 0.4);
  }
  // Pairs that could not be compared teach no m.
  MatchRule rule = ignorant_rule();
  const std::vector<AgreementCount> empty{{0, 100, 0}};
  const ExpectationResult result = learn_m(rule, empty, 0.2, {}, stop);
  EXPECT_NEAR(result.share, 0.2, 1e-12);
  EXPECT_TRUE(result.has_converged);
  EXPECT_EQ(rule.comparisons[0].levels[0].m, 0.4);
}

TEST(MatchLearning, StaysFiniteAtTheEnds) {
  StopToken stop;
  const std::array<std::size_t, 4> best{1, 1, 1, 1};
  const std::array<std::size_t, 4> worst{3, 2, 2, 3};
  for (const auto& levels : {best, worst}) {
    for (const double share : {0.0, 1e-300, 0.5, 1.0}) {
      MatchRule rule = ignorant_rule();
      const std::vector<AgreementCount> counts{{agreement_of(levels), 1e9, 0}};
      const ExpectationResult result = learn_m(rule, counts, share, {}, stop);
      EXPECT_TRUE(result.share > 0 && result.share < 1) << share;
      for (const MatchComparison& comparison : rule.comparisons) {
        for (const MatchLevel& level : comparison.levels) {
          EXPECT_TRUE(level.m > 0 && level.m < 1) << level.m;
        }
      }
    }
  }
}

TEST(MatchLearning, KeepsToThePriorAsFarAsItCounts) {
  StopToken stop;
  const std::vector<AgreementCount> counts{{agreement_of(std::array{1, 0, 0, 0}), 10, 100}};
  MatchRule rule = ignorant_rule();
  const ExpectationResult result = learn_m(rule, counts, 0.5, {.prior_pairs = 30, .most_steps = 1}, stop);
  EXPECT_NEAR(result.matches, 10, 1e-9);
  EXPECT_NEAR(rule.comparisons[0].levels[0].m, (10 + 30 * 0.4) / 40, 1e-12);
  EXPECT_NEAR(rule.comparisons[0].levels[1].m, 30 * 0.3 / 40, 1e-12);
  EXPECT_NEAR(rule.comparisons[1].levels[0].m, 0.6, 1e-15);
}

TEST(MatchLearning, CountsLevels) {
  MatchRule rule = ignorant_rule();
  LevelCounts counts;
  counts.add(agreement_of(std::array{1, 2, 0, 3}), 3);
  counts.add(agreement_of(std::array{1, 1, 0, 0}));
  EXPECT_EQ(counts.count(0, 1), 4);
  EXPECT_EQ(counts.count(1, 1), 1);
  EXPECT_EQ(counts.count(1, 2), 3);
  EXPECT_EQ(counts.count(2, 1), 0);
  EXPECT_EQ(counts.count(3, 3), 3);
  MatchRule believed = rule;
  set_u(believed, counts, 12);  // half a pair, of which 4 of 16 count
  EXPECT_NEAR(believed.comparisons[0].levels[0].u, (4 + 0.125 + 12 * 0.01) / (16 + 3 * 0.125), 1e-15);
  EXPECT_NEAR(believed.comparisons[0].levels[1].u, (0.125 + 12 * 0.04) / (16 + 3 * 0.125), 1e-15);
  EXPECT_NEAR(believed.comparisons[2].levels[0].u, 0.1, 1e-15);  // was never compared
  set_u(rule, counts, 0);
  EXPECT_EQ(rule.comparisons[0].levels[0].u, 4.5 / 5.5);
  EXPECT_EQ(rule.comparisons[0].levels[1].u, 0.5 / 5.5);
  EXPECT_EQ(rule.comparisons[1].levels[1].u, 3.5 / 5);
  EXPECT_EQ(rule.comparisons[2].levels[0].u, 0.1);  // was never compared
  update_m(rule, counts, 6);
  EXPECT_NEAR(rule.comparisons[0].levels[0].m, (4 + 6 * 0.4) / 10, 1e-15);
  EXPECT_NEAR(rule.comparisons[1].levels[0].m, (1 + 6 * 0.6) / 10, 1e-15);
  EXPECT_EQ(rule.comparisons[2].levels[0].m, 0.6);
  // Nothing at all leaves the very bits.
  const MatchRule before = rule;
  update_m(rule, LevelCounts(), 7);
  EXPECT_EQ(rule.comparisons[0].levels[0].m, before.comparisons[0].levels[0].m);
}

TEST(AgreementTally, CountsInAnyOrder) {
  Random random(3);
  std::map<Agreement, double> by_hand;
  std::vector<Agreement> agreements;
  for (int i = 0; i < 20'000; ++i) {
    agreements.push_back(random.bits() % 700 * (random.chance(0.5) ? 1 : 0x1000'0000'0001));
    by_hand[agreements.back()] += 1;
  }
  for (int round = 0; round < 2; ++round) {
    AgreementTally tally(std::pmr::get_default_resource());
    for (const Agreement agreement : agreements) {
      tally.add(agreement);
    }
    StopToken stop;
    const auto counts = tally.counts(stop);
    ASSERT_EQ(counts.size(), by_hand.size());
    std::size_t i = 0;
    for (const auto& [agreement, count] : by_hand) {
      EXPECT_EQ(counts[i].agreement, agreement);
      EXPECT_EQ(counts[i++].count, count);
    }
    random.shuffle(agreements);
  }
}

}  // namespace
}  // namespace leadscore::dedup
