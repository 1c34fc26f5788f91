// Statistics over the stages of leads: recounted from the definitions, in any split, as bytes.
#include "core/funnel/stage_visits.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <memory_resource>
#include <vector>

#include "core/error.hpp"
#include "core/funnel/stage_chain.hpp"
#include "core/funnel/stage_conversion.hpp"
#include "core/funnel/stage_counts.hpp"
#include "core/funnel/stage_times.hpp"
#include "error_code_of.hpp"
#include "random.hpp"
#include "stage_histories.hpp"
#include "state_bytes_of.hpp"

namespace leadscore::funnel {
namespace {

using test::Bytes;
using test::bytes_of;
using test::error_code_of;
using test::History;
using test::kDay;
using test::kinds_of;
using test::ordered;
using test::Random;
using test::random_histories;
using test::usual_kinds;

std::pmr::memory_resource* memory() { return std::pmr::new_delete_resource(); }

// Stages by their letters, a day apart: "abca".
History history(const char* stages) {
  History result;
  for (std::int64_t day = 0; stages[day] != '\0'; ++day) {
    result.push_back({day * kDay, stages[day] - 'a' + 1});
  }
  return ordered(result);
}

StageKinds three_and_lost() {
  return kinds_of({StageKind::open, StageKind::open, StageKind::won, StageKind::lost, StageKind::hold});
}

std::vector<StageCount> rows_of(const StageCounts& counts) {
  std::vector<StageCount> rows(counts.question().kinds.size());
  rows.resize(counts.write_rows(rows));
  return rows;
}

std::vector<StageConversionStep> rows_of(const StageConversion& conversion) {
  std::vector<StageConversionStep> rows(conversion.question().kinds.size());
  rows.resize(conversion.write_rows(rows));
  return rows;
}

std::vector<StageTime> rows_of(StageTimes& times) {
  StopToken stop;
  std::vector<StageTime> rows(times.question().kinds.size());
  rows.resize(times.write_rows(rows, stop, memory()));
  return rows;
}

std::vector<StageOutcome> rows_of(StageOutcomes& outcomes) {
  StopToken stop;
  std::vector<StageOutcome> rows(outcomes.question().kinds.size());
  rows.resize(outcomes.write_rows(rows, stop, memory()));
  return rows;
}

std::vector<StageCount> counts_of(std::initializer_list<const char*> histories) {
  StageCounts counts({.kinds = three_and_lost()}, memory());
  for (const char* each : histories) {
    counts.add(history(each));
  }
  return rows_of(counts);
}

TEST(StageVisits, AreOrderedAndFollowEachOther) {
  EXPECT_EQ(ordered({}), History());
  EXPECT_EQ(ordered({{3, 1}}), History({{3, 1}}));
  EXPECT_EQ(ordered({{3, 1}, {1, 2}, {2, 2}, {5, 1}, {4, 3}}), History({{1, 2}, {3, 1}, {4, 3}, {5, 1}}));
  EXPECT_EQ(ordered({{1, 3}, {1, 1}, {1, 2}, {1, 2}}), History({{1, 1}, {1, 2}, {1, 3}}));
  EXPECT_EQ(ordered({{1, 2}, {1, 1}, {1, 2}, {2, 1}}), History({{1, 1}, {1, 2}, {2, 1}}));
  const History all = {{1, 1}, {3, 2}, {3, 3}, {5, 1}};
  EXPECT_EQ(known_by(0, all).size(), 0U);
  EXPECT_EQ(known_by(2, all).size(), 1U);
  EXPECT_EQ(known_by(3, all).size(), 3U);
  EXPECT_EQ(known_by(9, all).size(), 4U);
  constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(duration(kFirst, kLast), std::numeric_limits<std::uint64_t>::max());
}

TEST(StageVisits, TravelAsBytes) {
  const History all = {{-5, 1}, {std::numeric_limits<std::int64_t>::max(), -7}};
  StopToken stop;
  for (std::size_t count = 0; count <= all.size(); ++count) {
    Bytes bytes(visit_byte_size(count));
    write_visits({all.data(), count}, bytes, stop);
    StateReader reader(bytes);
    ASSERT_EQ(read_visit_count(reader), count);
    History read(count);
    read_visits(reader, read, stop);
    EXPECT_TRUE(std::equal(read.begin(), read.end(), all.begin()));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      Bytes other = bytes;
      other[i] ^= std::byte{1};
      StateReader wrong(other);
      EXPECT_FALSE(read_visit_count(wrong).has_value());
      StateReader cut(std::span<const std::byte>(bytes).first(i));
      EXPECT_FALSE(read_visit_count(cut).has_value());
    }
  }
}

TEST(StageKinds, MakeALadder) {
  const StageKinds kinds = usual_kinds();
  EXPECT_EQ(kinds.size(), 8U);
  EXPECT_EQ(std::vector<std::int32_t>(kinds.ladder().begin(), kinds.ladder().end()),
            std::vector<std::int32_t>({1, 2, 4, 6}));
  EXPECT_EQ(kinds.step(4), 3U);
  EXPECT_EQ(kinds.step(3), 0U);
  for (const std::int32_t stage_no :
       {-1, 0, 5, 9, std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::min()}) {
    EXPECT_FALSE(kinds.is_stage(stage_no));
    EXPECT_EQ(error_code_of([&] { kinds.check_is_stage(stage_no); }), ErrorCode::invalid_argument);
  }
  StageKinds many;
  for (std::size_t i = 0; i < StageKinds::kMost; ++i) {
    many.add(StageKind::open);
  }
  EXPECT_EQ(error_code_of([&] { many.add(StageKind::open); }), ErrorCode::limit_exceeded);
  EXPECT_EQ(many.step(64), 64U);
  EXPECT_FALSE(many == kinds);
}

TEST(StageCounts, SayWhatIsMeant) {
  // A, B and back to A is one lead of A.
  std::vector<StageCount> rows = counts_of({"aba"});
  EXPECT_EQ(rows[0].visited, 1U);
  EXPECT_EQ(rows[0].reached, 1U);
  EXPECT_EQ(rows[0].entries, 2U);
  EXPECT_EQ(rows[0].returned, 1U);
  EXPECT_EQ(rows[0].current, 1U);
  EXPECT_EQ(rows[1].current, 0U);
  EXPECT_EQ(rows[1].reached, 1U);
  EXPECT_EQ(rows[2].reached, 0U);
  // From the first to the last: the middle is reached, not visited, and strict ends before it.
  rows = counts_of({"ac"});
  EXPECT_EQ(rows[1].reached, 1U);
  EXPECT_EQ(rows[1].visited, 0U);
  EXPECT_EQ(rows[0].strict, 1U);
  EXPECT_EQ(rows[1].strict, 0U);
  EXPECT_EQ(rows[2].strict, 0U);
  // What was left out and made up for later counts; so does what came between.
  EXPECT_EQ(counts_of({"acbc"})[2].strict, 1U);
  EXPECT_EQ(counts_of({"aebdc"})[2].strict, 1U);
  EXPECT_EQ(counts_of({"ba"})[1].strict, 0U);
  EXPECT_EQ(counts_of({"ba"})[0].strict, 1U);
  // Lost: no further than it came; a hold is no step.
  rows = counts_of({"bd", "ad", "aed", "d", "adb", "acd"});
  EXPECT_EQ(rows[0].lost, 2U);
  EXPECT_EQ(rows[1].lost, 1U);
  EXPECT_EQ(rows[2].lost, 1U);
  EXPECT_EQ(rows[3].current, 5U);
  EXPECT_EQ(rows[3].visited, 6U);
  EXPECT_FALSE(rows[3].reached.has_value());
  EXPECT_FALSE(rows[4].strict.has_value());
  EXPECT_EQ(rows[0].reached, 5U);
  EXPECT_EQ(rows[1].reached, 3U);
  EXPECT_EQ(rows[0].leads, 6U);
  // Leads without a visit count as leads.
  rows = counts_of({"", ""});
  EXPECT_EQ(rows[0].leads, 2U);
  EXPECT_EQ(rows[0].reached, 0U);
}

// The definitions, one lead after the other.
TEST(StageCounts, AreRecounted) {
  Random random(61);
  const StageKinds kinds = usual_kinds();
  for (int trial = 0; trial < 200; ++trial) {
    const std::vector<History> histories = random_histories(random, 30);
    StageCounts counts({.kinds = kinds}, memory());
    for (const History& each : histories) {
      counts.add(each);
    }
    for (const StageCount& row : rows_of(counts)) {
      StageCount expected{.stage_no = row.stage_no,
                          .kind = kinds.kind(row.stage_no),
                          .leads = histories.size(),
                          .reached = {},
                          .strict = {},
                          .lost = {}};
      const bool is_step = kinds.step(row.stage_no) > 0;
      std::uint64_t reached = 0;
      std::uint64_t strict = 0;
      std::uint64_t lost = 0;
      for (const History& each : histories) {
        const auto entries = static_cast<std::uint64_t>(std::count_if(
            each.begin(), each.end(), [&](const StageVisit& visit) { return visit.stage_no == row.stage_no; }));
        expected.entries += entries;
        expected.visited += entries > 0 ? 1 : 0;
        expected.returned += entries > 1 ? 1 : 0;
        expected.current += !each.empty() && each.back().stage_no == row.stage_no ? 1 : 0;
        std::size_t furthest = 0;
        for (const StageVisit& visit : each) {
          furthest = std::max(furthest, kinds.step(visit.stage_no));
        }
        reached += is_step && furthest >= kinds.step(row.stage_no) ? 1 : 0;
        lost += is_step && furthest == kinds.step(row.stage_no) && kinds.kind(each.back().stage_no) == StageKind::lost
                    ? 1
                    : 0;
        // Strict: the ladder up to this stage is a subsequence of the history.
        auto from = each.begin();
        bool is_strict = is_step;
        for (std::size_t step = 1; is_strict && step <= kinds.step(row.stage_no); ++step) {
          from = std::find_if(from, each.end(), [&](const StageVisit& v) { return kinds.step(v.stage_no) == step; });
          is_strict = from != each.end();
        }
        strict += is_strict ? 1 : 0;
      }
      EXPECT_EQ(row.leads, expected.leads);
      EXPECT_EQ(row.kind, expected.kind);
      EXPECT_EQ(row.entries, expected.entries);
      EXPECT_EQ(row.visited, expected.visited);
      EXPECT_EQ(row.returned, expected.returned);
      EXPECT_EQ(row.current, expected.current);
      EXPECT_EQ(row.reached, is_step ? std::optional(reached) : std::nullopt);
      EXPECT_EQ(row.strict, is_step ? std::optional(strict) : std::nullopt);
      EXPECT_EQ(row.lost, is_step ? std::optional(lost) : std::nullopt);
    }
  }
}

TEST(StageConversion, IsRecounted) {
  Random random(62);
  const StageKinds kinds = usual_kinds();
  for (int trial = 0; trial < 200; ++trial) {
    const std::vector<History> histories = random_histories(random, 30);
    const StageQuestion question{.kinds = kinds,
                                 .as_of = static_cast<std::int64_t>(random.below(14)) * kDay - kDay,
                                 .matures_after = random.below(4) * static_cast<std::uint64_t>(kDay)};
    StageConversion conversion(question, memory());
    for (const History& each : histories) {
      conversion.add(each);
    }
    const std::vector<StageConversionStep> rows = rows_of(conversion);
    ASSERT_EQ(rows.size(), 3U);
    for (std::size_t step = 1; step <= rows.size(); ++step) {
      // When a lead entered a step or a later one; nothing if it did not by as_of.
      const auto entered = [&](const History& each, std::size_t from) -> std::optional<std::int64_t> {
        for (const StageVisit& visit : each) {
          if (kinds.step(visit.stage_no) >= from && visit.entered_at <= question.as_of) {
            return visit.entered_at;
          }
        }
        return std::nullopt;
      };
      StageConversionStep expected{.rate = {}, .rate_of_first = {}, .mature_rate = {}};
      for (const History& each : histories) {
        const std::optional<std::int64_t> first = entered(each, 1);
        const std::optional<std::int64_t> at = entered(each, step);
        const std::optional<std::int64_t> next = entered(each, step + 1);
        const auto wait = static_cast<std::int64_t>(question.matures_after);
        expected.first_entered += first ? 1 : 0;
        expected.entered += at ? 1 : 0;
        expected.converted += next ? 1 : 0;
        const bool is_mature = at && *at + wait <= question.as_of;
        expected.mature_entered += is_mature ? 1 : 0;
        expected.mature_converted += is_mature && next && *next <= *at + wait ? 1 : 0;
      }
      const StageConversionStep& row = rows[step - 1];
      EXPECT_EQ(row.stage_no, kinds.ladder()[step - 1]);
      EXPECT_EQ(row.next_stage_no, kinds.ladder()[step]);
      EXPECT_EQ(row.first_entered, expected.first_entered);
      EXPECT_EQ(row.entered, expected.entered);
      EXPECT_EQ(row.converted, expected.converted);
      EXPECT_EQ(row.mature_entered, expected.mature_entered);
      EXPECT_EQ(row.mature_converted, expected.mature_converted);
      EXPECT_EQ(row.is_mature(), row.entered > 0 && expected.mature_entered == expected.entered);
      if (row.entered > 0) {
        EXPECT_EQ(row.rate.estimate, static_cast<double>(row.converted) / static_cast<double>(row.entered));
        EXPECT_LE(row.rate.lower, *row.rate.estimate);
        EXPECT_GE(row.rate.upper, *row.rate.estimate);
      } else {
        EXPECT_FALSE(row.rate.estimate.has_value());
      }
    }
  }
}

TEST(StageConversion, OfShortLaddersAndNothing) {
  for (const StageKinds& kinds : {StageKinds(), kinds_of({StageKind::lost}), kinds_of({StageKind::open})}) {
    StageConversion conversion({.kinds = kinds, .as_of = 0}, memory());
    conversion.add({});
    EXPECT_TRUE(rows_of(conversion).empty());
  }
  StageConversion conversion({.kinds = three_and_lost(), .as_of = 0, .matures_after = 5}, memory());
  EXPECT_EQ(rows_of(conversion).size(), 2U);
  EXPECT_FALSE(rows_of(conversion)[0].rate.estimate.has_value());
  EXPECT_EQ(rows_of(conversion)[0].rate.lower, 0);
  EXPECT_EQ(rows_of(conversion)[0].rate.upper, 1);
}

TEST(StageTimes, CountOpenVisitsAsLongAsTheyHaveLasted) {
  StageTimes times({.kinds = three_and_lost(), .as_of = 10 * kDay}, memory());
  times.add(history("ab"));  // a 1 day, b open for 9
  times.add(ordered({{0, 1}, {3 * kDay, 2}, {5 * kDay, 3}}));
  times.add(ordered({{0, 1}, {2 * kDay, 4}, {6 * kDay, 1}}));  // came back from lost
  times.add(ordered({{0, 5}}));
  times.add(ordered({{11 * kDay, 1}}));  // not known yet
  times.add({});
  const std::vector<StageTime> rows = rows_of(times);
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_EQ(rows[0].visits, 4U);  // 1, 3, 2 days; 4 and going on
  EXPECT_EQ(rows[0].open_visits, 1U);
  EXPECT_EQ(rows[0].median_days, 2);
  EXPECT_EQ(rows[0].p75_days, 3);
  EXPECT_FALSE(rows[0].p90_days.has_value());
  EXPECT_EQ(rows[0].mean_closed_days, 2);
  EXPECT_EQ(rows[1].visits, 2U);
  EXPECT_EQ(rows[1].median_days, 2);
  EXPECT_FALSE(rows[1].p75_days.has_value());
  EXPECT_EQ(rows[2].visits, 0U);  // won is no wait
  EXPECT_EQ(rows[3].visits, 1U);
  EXPECT_EQ(rows[3].median_days, 4);
  EXPECT_EQ(rows[4].open_visits, 1U);
  EXPECT_FALSE(rows[4].median_days.has_value());
  EXPECT_FALSE(rows[4].mean_closed_days.has_value());
}

TEST(StageOutcomes, AddUpToOne) {
  // The ten leads of the worked example, all from the day that they enter stage a.
  StageOutcomes outcomes({.kinds = three_and_lost(), .as_of = 8 * kDay}, memory());
  const auto add = [&](std::int64_t days, std::int32_t end) {
    outcomes.add(ordered(end == 0 ? History{{(8 - days) * kDay, 1}} : History{{0, 1}, {days * kDay, end}}));
  };
  for (const std::int64_t days : {2, 5}) {
    add(days, 3);
  }
  for (const std::int64_t days : {3, 3, 6}) {
    add(days, 4);
  }
  for (const std::int64_t days : {4, 7, 7, 8, 8}) {
    add(days, 0);
  }
  const std::vector<StageOutcome> rows = rows_of(outcomes);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].entered, 10U);
  EXPECT_EQ(rows[0].won, 2U);
  EXPECT_EQ(rows[0].lost, 3U);
  EXPECT_EQ(rows[0].open, 5U);
  EXPECT_NEAR(*rows[0].won_incidence, 13.0 / 60, 1e-13);
  EXPECT_NEAR(*rows[0].lost_incidence, 19.0 / 60, 1e-13);
  EXPECT_NEAR(*rows[0].still_open, 28.0 / 60, 1e-13);
  EXPECT_NEAR(*rows[0].won_interval.lower, 0.032518704419226649, 1e-13);
  EXPECT_EQ(rows[0].median_days_to_won, 5);  // 0.1 after two days is less than half of 13/60
  EXPECT_EQ(rows[1].entered, 0U);
  EXPECT_FALSE(rows[1].won_incidence.has_value());
}

TEST(StageOutcomes, AreLostSinceTheFirstOfTheLostStages) {
  StageOutcomes outcomes({.kinds = usual_kinds(), .as_of = 100 * kDay}, memory());
  outcomes.add(ordered({{0, 1}, {2 * kDay, 7}, {4 * kDay, 2}, {5 * kDay, 7}, {30 * kDay, 8}, {60 * kDay, 7}}));
  outcomes.add(ordered({{0, 1}, {6 * kDay, 6}}));
  outcomes.add(ordered({{90 * kDay, 1}}));
  const StageOutcome row = rows_of(outcomes)[0];
  EXPECT_EQ(row.lost, 1U);
  EXPECT_EQ(row.median_days_to_won, 6);
  EXPECT_NEAR(*row.lost_incidence, 1.0 / 3, 1e-13);  // after 5 days, when all three were there; later it would be more
  EXPECT_NEAR(*row.won_incidence, 1.0 / 3, 1e-13);
  // Nor is it lost before it was anywhere else.
  StageOutcomes never({.kinds = usual_kinds(), .as_of = 100 * kDay}, memory());
  never.add(ordered({{0, 7}, {kDay, 8}}));
  EXPECT_EQ(rows_of(never)[0].entered, 0U);
}

TEST(StageOutcomes, AreRecounted) {
  Random random(63);
  const StageKinds kinds = usual_kinds();
  for (int trial = 0; trial < 200; ++trial) {
    const std::vector<History> histories = random_histories(random, 30);
    const std::int64_t as_of = static_cast<std::int64_t>(random.below(14)) * kDay - kDay;
    StageOutcomes outcomes({.kinds = kinds, .as_of = as_of}, memory());
    for (const History& each : histories) {
      outcomes.add(each);
    }
    const std::vector<StageOutcome> rows = rows_of(outcomes);
    ASSERT_EQ(rows.size(), 3U);
    for (const StageOutcome& row : rows) {
      std::uint64_t won = 0;
      std::uint64_t lost = 0;
      std::uint64_t open = 0;
      for (const History& each : histories) {
        const std::span<const StageVisit> known = known_by(as_of, each);
        const auto first =
            std::find_if(known.begin(), known.end(), [&](const auto& visit) { return visit.stage_no == row.stage_no; });
        if (first == known.end()) {
          continue;
        }
        if (std::any_of(first, known.end(), [&](const auto& v) { return kinds.kind(v.stage_no) == StageKind::won; })) {
          ++won;
        } else if (kinds.kind(known.back().stage_no) == StageKind::lost) {
          ++lost;
        } else {
          ++open;
        }
      }
      EXPECT_EQ(row.won, won);
      EXPECT_EQ(row.lost, lost);
      EXPECT_EQ(row.open, open);
      EXPECT_EQ(row.entered, won + lost + open);
      if (row.entered > 0) {
        EXPECT_NEAR(*row.won_incidence + *row.lost_incidence + *row.still_open, 1, 1e-12);
      }
    }
  }
}

constexpr std::int64_t kAsOf = 9 * kDay;

// The state of such bytes, or nothing, kept in `states`.
template <class Statistic>
Statistic* read(const Bytes& bytes, std::deque<Statistic>& states) {
  StopToken stop;
  StateReader reader(bytes);
  const std::optional<StageQuestion> question = Statistic::read_question(reader);
  if (!question) {
    return nullptr;
  }
  Statistic& state = states.emplace_back(*question, memory());
  return state.read(reader, stop) ? &state : nullptr;
}

template <class Statistic>
class EveryStageStatistic : public testing::Test {};
using Statistics = testing::Types<StageCounts, StageConversion, StageTimes, StageOutcomes, StageChain>;
TYPED_TEST_SUITE(EveryStageStatistic, Statistics);

// What it says, as bytes of which the order is defined.
template <class Statistic>
std::string said_by(Statistic& statistic) {
  std::string text;
  const auto say = [&](const auto& value) {
    if constexpr (requires { value.has_value(); }) {
      text += value ? std::to_string(std::bit_cast<std::uint64_t>(static_cast<double>(*value))) : "nothing";
    } else {
      text += std::to_string(std::bit_cast<std::uint64_t>(static_cast<double>(value)));
    }
    text += ' ';
  };
  if constexpr (std::is_same_v<Statistic, StageCounts>) {
    for (const StageCount& row : rows_of(statistic)) {
      say(row.leads), say(row.reached), say(row.visited), say(row.strict), say(row.current), say(row.entries);
      say(row.returned), say(row.lost);
    }
  } else if constexpr (std::is_same_v<Statistic, StageConversion>) {
    for (const StageConversionStep& row : rows_of(statistic)) {
      say(row.entered), say(row.converted), say(row.mature_entered), say(row.mature_converted), say(row.rate.lower);
    }
  } else if constexpr (std::is_same_v<Statistic, StageTimes>) {
    for (const StageTime& row : rows_of(statistic)) {
      say(row.visits), say(row.open_visits), say(row.median_days), say(row.p90_days), say(row.mean_closed_days);
    }
  } else if constexpr (std::is_same_v<Statistic, StageOutcomes>) {
    for (const StageOutcome& row : rows_of(statistic)) {
      say(row.won), say(row.lost), say(row.open), say(row.won_incidence), say(row.won_interval.upper);
      say(row.lost_incidence), say(row.median_days_to_won);
    }
  } else {
    StopToken stop;
    std::vector<StageForecast> rows(statistic.question().kinds.size());
    rows.resize(statistic.write_forecast(rows, stop, memory()));
    for (const StageForecast& row : rows) {
      say(row.expected_visits), say(row.expected_days_left), say(row.won_probability), say(row.lost_probability);
    }
  }
  return text;
}

TYPED_TEST(EveryStageStatistic, SaysTheSameInAnySplit) {
  Random random(64);
  const StageQuestion question{.kinds = usual_kinds(), .as_of = kAsOf, .matures_after = 2 * kDay};
  for (int trial = 0; trial < 60; ++trial) {
    std::vector<History> histories = random_histories(random, 80);
    TypeParam whole(question, memory());
    for (const History& each : histories) {
      whole.add(each);
    }
    random.shuffle(histories);
    std::deque<TypeParam> parts;
    for (int part = 0; part < 4; ++part) {
      parts.emplace_back(question, memory());
    }
    for (const History& each : histories) {
      random.one_of(parts).add(each);
    }
    TypeParam merged(question, memory());
    StopToken stop;
    std::deque<TypeParam> states;
    for (const TypeParam& part : parts) {
      TypeParam* const copy = read(bytes_of(part), states);
      ASSERT_NE(copy, nullptr);
      EXPECT_EQ(bytes_of(*copy), bytes_of(part));
      merged.merge(*copy, stop);
    }
    EXPECT_EQ(said_by(merged), said_by(whole));
    EXPECT_EQ(said_by(merged), said_by(merged));
  }
}

TYPED_TEST(EveryStageStatistic, RefusesOtherBytes) {
  Random random(65);
  std::deque<TypeParam> states;
  EXPECT_EQ(read({}, states), nullptr);
  EXPECT_EQ(read(Bytes(4), states), nullptr);
  EXPECT_EQ(read(Bytes(400), states), nullptr);
  TypeParam statistic({.kinds = usual_kinds(), .as_of = kAsOf, .matures_after = 3}, memory());
  for (int i = 0; i < 20; ++i) {
    statistic.add(test::random_history(random));
  }
  const Bytes good = bytes_of(statistic);
  EXPECT_NE(read(good, states), nullptr);
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bytes = good;
    bytes[i] ^= std::byte{64};
    EXPECT_EQ(read(bytes, states), nullptr);
    EXPECT_EQ(read(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i)), states), nullptr);
  }
  // With a right check sum: it may be read, but then it says something.
  for (int trial = 0; trial < 3000; ++trial) {
    Bytes bytes = good;
    for (std::uint32_t changes = 1 + random.below(3); changes > 0; --changes) {
      const std::uint32_t size = random.chance(0.5) ? 40 : static_cast<std::uint32_t>(bytes.size() - kCheckSumBytes);
      bytes[4 + random.below(size - 4)] = static_cast<std::byte>(random.below(4));
    }
    bytes = test::with_check_sum(bytes);
    TypeParam* const state = read(bytes, states);
    if (state != nullptr) {
      EXPECT_EQ(bytes_of(*state), bytes);
      (void)said_by(*state);
    }
    states.clear();
  }
}

TYPED_TEST(EveryStageStatistic, RefusesOtherStagesAndOtherQuestions) {
  StopToken stop;
  const StageQuestion question{.kinds = usual_kinds(), .as_of = kAsOf, .matures_after = 2};
  TypeParam statistic(question, memory());
  for (const std::int32_t stage_no : {0, 5, 9, -3}) {
    const History wrong = {{0, 1}, {1, stage_no}};
    EXPECT_EQ(error_code_of([&] { statistic.add(wrong); }), ErrorCode::invalid_argument);
  }
  StageQuestion other = question;
  other.kinds.add(StageKind::open);
  EXPECT_EQ(error_code_of([&] { statistic.merge(TypeParam(other, memory()), stop); }), ErrorCode::invalid_argument);
  other = question;
  other.as_of = 0;
  EXPECT_EQ(error_code_of([&] { statistic.merge(TypeParam(other, memory()), stop); }), ErrorCode::invalid_argument);
  other = question;
  other.matures_after = 0;
  EXPECT_EQ(error_code_of([&] { statistic.merge(TypeParam(other, memory()), stop); }), ErrorCode::invalid_argument);
  statistic.merge(TypeParam(question, memory()), stop);
}

TYPED_TEST(EveryStageStatistic, TakesALongHistory) {
  TypeParam statistic({.kinds = usual_kinds(), .as_of = std::numeric_limits<std::int64_t>::max() - 1}, memory());
  History history;
  for (std::int64_t i = 0; i < 100'000; ++i) {
    history.push_back({i * 1000, i % 2 == 0 ? 1 : 2});
  }
  statistic.add(history);
  statistic.add(History{{std::numeric_limits<std::int64_t>::min() + 1, 1}});
  EXPECT_FALSE(said_by(statistic).empty());
}

}  // namespace
}  // namespace leadscore::funnel
