// Credit for channels: examples with known answers, brute force on random journeys, exact sums, any order and split,
// and bytes that are no state.
#include "core/funnel/attribution.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <memory_resource>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/state_bytes.hpp"
#include "counting_resource.hpp"
#include "error_code_of.hpp"
#include "exact_sum.hpp"
#include "random.hpp"

namespace leadscore::funnel {
namespace {

using test::ExactSum;
using test::Random;
using Bytes = std::vector<std::byte>;

constexpr Instant kDay = Instant{24} * 3600 * 1'000'000;

struct Lead {
  std::vector<std::pair<std::string, Instant>> touches;
  bool is_converted = true;
  double value = 1;
};
using Leads = std::vector<Lead>;

// A channel a letter, a touch a day.
Lead lead(const std::string& path, bool is_converted = true, double value = 1) {
  Lead lead{{}, is_converted, value};
  for (std::size_t i = 0; i < path.size(); ++i) {
    lead.touches.emplace_back(std::string(1, path[i]), static_cast<Instant>(i) * kDay);
  }
  return lead;
}

std::pmr::memory_resource* memory() { return std::pmr::new_delete_resource(); }

AttributionRule rule_of(AttributionModel model, bool has_values = true) {
  AttributionRule rule;
  rule.model = model;
  rule.has_values = has_values;
  return rule;
}

void add(Attribution& state, const Lead& lead, std::pmr::memory_resource* scratch = memory()) {
  StopToken stop;
  std::pmr::vector<Touch> touches(scratch);
  Instant last = 0;
  for (const auto& [channel, at] : lead.touches) {
    touches.push_back({at, channel});
    last = std::max(last, at);
  }
  state.add({touches, lead.is_converted ? std::optional(last) : std::nullopt, lead.value}, scratch, stop);
}

std::vector<ChannelCredit> rows_of(const Attribution& state) {
  StopToken stop;
  std::vector<ChannelCredit> rows(state.row_count());
  state.write_rows(rows, memory(), stop);
  return rows;
}

Bytes bytes_of(const Attribution& state) {
  StopToken stop;
  Bytes bytes(state.byte_size());
  state.write(bytes, stop);
  return bytes;
}

bool is_read(const Bytes& bytes) {
  StopToken stop;
  const std::optional<AttributionRule> rule = Attribution::rule_of(bytes);
  if (!rule) {
    return false;
  }
  Attribution state(*rule, memory());
  return state.read(bytes, memory(), stop);
}

// Everything a result says, by name.
using Row =
    std::tuple<std::string, double, double, std::optional<double>, std::optional<double>, std::uint64_t, std::uint64_t>;
std::vector<Row> result_of(const Attribution& state) {
  std::vector<Row> result;
  for (const ChannelCredit& row : rows_of(state)) {
    result.emplace_back(row.channel ? std::string(state.name(*row.channel)) : "none", row.conversions_credit,
                        row.value_credit, row.share, row.removal_effect, row.journeys, row.converted_journeys);
  }
  return result;
}

using Credits = std::map<std::string, double>;

std::unique_ptr<Attribution> attribution_of(AttributionModel model, const Leads& leads) {
  auto state = std::make_unique<Attribution>(rule_of(model), memory());
  for (const Lead& lead : leads) {
    add(*state, lead);
  }
  return state;
}

Credits credits_of(AttributionModel model, const Leads& leads) {
  const auto owned = attribution_of(model, leads);
  const Attribution& state = *owned;
  Credits credits;
  for (const ChannelCredit& row : rows_of(state)) {
    credits[row.channel ? std::string(state.name(*row.channel)) : "none"] = row.conversions_credit;
  }
  return credits;
}

void expect_near(const Credits& credits, const Credits& expected, double tolerance = 1e-12) {
  ASSERT_EQ(credits.size(), expected.size());
  for (const auto& [channel, credit] : expected) {
    ASSERT_TRUE(credits.count(channel) == 1) << channel;
    EXPECT_NEAR(credits.at(channel), credit, tolerance) << channel;
  }
}

TEST(AttributionModels, AreFoundByTheirNames) {
  for (std::size_t i = 0; i < kAttributionModels; ++i) {
    const auto model = static_cast<AttributionModel>(i);
    EXPECT_EQ(attribution_model_of(name_of(model)), model);
  }
  for (const char* name : {"", "First", "first ", "direct", "time_decay:7"}) {
    EXPECT_EQ(test::error_code_of([=] { (void)attribution_model_of(name); }), ErrorCode::invalid_argument);
  }
}

TEST(Attribution, SplitsOnePathByItsModel) {
  const Leads one = {lead("abca")};
  expect_near(credits_of(AttributionModel::first, one), {{"a", 1}, {"b", 0}, {"c", 0}});
  expect_near(credits_of(AttributionModel::last, {lead("abcd")}), {{"a", 0}, {"b", 0}, {"c", 0}, {"d", 1}});
  expect_near(credits_of(AttributionModel::linear, one), {{"a", 0.5}, {"b", 0.25}, {"c", 0.25}});
  expect_near(credits_of(AttributionModel::shapley, one), {{"a", 1.0 / 3}, {"b", 1.0 / 3}, {"c", 1.0 / 3}});
  expect_near(credits_of(AttributionModel::position, {lead("a")}), {{"a", 1}});
  expect_near(credits_of(AttributionModel::position, {lead("ab")}), {{"a", 0.5}, {"b", 0.5}});
  expect_near(credits_of(AttributionModel::position, {lead("abc")}), {{"a", 0.4}, {"b", 0.2}, {"c", 0.4}});
  expect_near(credits_of(AttributionModel::position, {lead("abcad")}),
              {{"a", 0.4 + 0.2 / 3}, {"b", 0.2 / 3}, {"c", 0.2 / 3}, {"d", 0.4}});
  Lead weekly{{{"a", 0}, {"b", 7 * kDay}, {"c", 14 * kDay}}};
  expect_near(credits_of(AttributionModel::time_decay, {weekly}), {{"a", 1.0 / 7}, {"b", 2.0 / 7}, {"c", 4.0 / 7}});
  const Leads direct = {{{{"a", 1}, {"direct", 2}, {"direct", 3}}}, {{{"direct", 5}}}};
  expect_near(credits_of(AttributionModel::last_non_direct, direct), {{"a", 1}, {"direct", 1}});
  expect_near(credits_of(AttributionModel::last, direct), {{"a", 0}, {"direct", 2}});
}

TEST(Attribution, DecaysOverAnyTime) {
  // From before the beginning of the era to beyond 294,000 AD: the difference does not fit into 64 bits.
  const Lead ages{
      {{"a", -211'813'488'000'000'000}, {"b", 9'223'371'331'200'000'000 - kDay}, {"c", 9'223'371'331'200'000'000}}};
  const double half_of_b = std::exp2(-1.0 / 7);
  expect_near(credits_of(AttributionModel::time_decay, {ages}),
              {{"a", 0}, {"b", half_of_b / (1 + half_of_b)}, {"c", 1 / (1 + half_of_b)}});
}

// notes/funnel.md 2.8
TEST(Attribution, RemovalEffectsOfExamples) {
  const auto expect = [](const Leads& leads, const Credits& effects, const Credits& credits) {
    const auto owned = attribution_of(AttributionModel::markov, leads);
    const Attribution& state = *owned;
    Credits found;
    for (const ChannelCredit& row : rows_of(state)) {
      found[std::string(state.name(*row.channel))] = *row.removal_effect;
    }
    expect_near(found, effects);
    expect_near(credits_of(AttributionModel::markov, leads), credits);
  };
  expect({lead("gm"), lead("m"), lead("g"), lead("g"), lead("g", false)}, {{"g", 0.75}, {"m", 0.5}},
         {{"g", 2.4}, {"m", 1.6}});
  expect({lead("123"), lead("1", false), lead("23", false)}, {{"1", 0.5}, {"2", 1}, {"3", 1}},
         {{"1", 0.2}, {"2", 0.4}, {"3", 0.4}});
  const Leads loop = {lead("aba"), lead("b"), lead("b", false)};
  expect(loop, {{"a", 2.0 / 3}, {"b", 0.75}}, {{"a", 2 * 8.0 / 17}, {"b", 2 * 9.0 / 17}});
  // To stay in a channel says nothing.
  expect({lead("aabbba"), lead("bb"), lead("bbb", false)}, {{"a", 2.0 / 3}, {"b", 0.75}},
         {{"a", 2 * 8.0 / 17}, {"b", 2 * 9.0 / 17}});
  expect({lead("a")}, {{"a", 1}}, {{"a", 1}});
  // P = 6/13 and the effects by Gaussian elimination over fractions (Python's fractions.Fraction), of the chain and of
  // that without the channel.
  const Credits effects = {
      {"a", 37.0 / 78}, {"b", 3'799.0 / 7'182}, {"c", 607.0 / 1'674}, {"d", 271.0 / 576}, {"e", 4'139.0 / 13'752}};
  double sum = 0;
  for (const auto& effect : effects) {
    sum += effect.second;
  }
  Credits credits;
  for (const auto& [channel, effect] : effects) {
    credits[channel] = 6 * effect / sum;
  }
  expect({lead("abcab"), lead("bd"), lead("d", false), lead("acdb", false), lead("eab"), lead("ee", false),
          lead("bcb", false), lead("cade"), lead("a", false), lead("dcba"), lead("bab", false), lead("ec", false),
          lead("cd")},
         effects, credits);
}

std::vector<std::string> distinct_of(const Lead& lead) {
  std::set<std::string> channels;
  for (const auto& touch : lead.touches) {
    channels.insert(touch.first);
  }
  return {channels.begin(), channels.end()};
}

// Journeys over so many channels, of up to `most` touches; times with ties, in order.
Leads random_leads(Random& random, std::size_t count, std::uint32_t channels, std::uint32_t most) {
  Leads leads(count);
  for (Lead& lead : leads) {
    Instant at = 0;
    for (std::uint32_t touches = 1 + random.below(most); touches > 0; --touches) {
      at += Instant{random.below(3)} * kDay / 2;
      lead.touches.emplace_back(std::string(1 + random.below(2), static_cast<char>('a' + random.below(channels))), at);
    }
    std::sort(lead.touches.begin(), lead.touches.end(),
              [](const auto& a, const auto& b) { return std::pair(a.second, a.first) < std::pair(b.second, b.first); });
    lead.is_converted = random.chance(0.6);
    lead.value = random.magnitude(-3, 12);
  }
  return leads;
}

// The probability to convert by letting the chain run, with one channel removed or none.
double converting_probability(const Leads& leads, const std::string& removed) {
  std::map<std::string, std::map<std::string, double>> next;
  for (const Lead& lead : leads) {
    std::string from = "(start)";
    for (const auto& touch : lead.touches) {
      ++next[from][touch.first];
      from = touch.first;
    }
    ++next[from][lead.is_converted ? "(conversion)" : "(loss)"];
  }
  std::map<std::string, double> now{{"(start)", 1}};
  double converted = 0;
  for (int step = 0; step < 20'000 && !now.empty(); ++step) {
    std::map<std::string, double> then;
    for (const auto& [state, probability] : now) {
      double sum = 0;
      for (const auto& each : next[state]) {
        sum += each.second;
      }
      for (const auto& [to, count] : next[state]) {
        const double moved = probability * count / sum;
        if (to == "(conversion)") {
          converted += moved;
        } else if (to != "(loss)" && to != removed && moved > 1e-18) {
          then[to] += moved;
        }
      }
    }
    now = std::move(then);
  }
  return converted;
}

TEST(Attribution, RemovalEffectsAreThoseOfTheDefinition) {
  Random random(7);
  for (int trial = 0; trial < 60; ++trial) {
    Leads leads = random_leads(random, 1 + random.below(30), 1 + random.below(6), 1 + random.below(8));
    leads.front().is_converted = true;
    const double whole = converting_probability(leads, "");
    Credits effects;
    double sum = 0;
    std::size_t conversions = 0;
    for (const Lead& lead : leads) {
      conversions += lead.is_converted ? 1 : 0;
      for (const std::string& channel : distinct_of(lead)) {
        effects.emplace(channel, 0);
      }
    }
    for (auto& [channel, effect] : effects) {
      effect = 1 - converting_probability(leads, channel) / whole;
      sum += effect;
    }
    const auto owned = attribution_of(AttributionModel::markov, leads);
    const Attribution& state = *owned;
    for (const ChannelCredit& row : rows_of(state)) {
      const std::string channel(state.name(*row.channel));
      EXPECT_NEAR(*row.removal_effect, effects[channel], 1e-10) << trial << channel;
      EXPECT_NEAR(row.conversions_credit, static_cast<double>(conversions) * effects[channel] / sum,
                  1e-10 * static_cast<double>(conversions));
    }
  }
}

TEST(Attribution, RemovalEffectsKeepTheirDigitsInLongLoops) {
  // From a and b one gets to the other 10^12 times before leaving: subtracting would leave four digits.
  std::vector<std::pair<std::pair<std::string, std::string>, std::uint64_t>> transitions;
  const auto many = std::uint64_t{1'000'000'000'000};
  Bytes bytes(1'000);
  StateWriter writer(bytes);
  writer.put(0x4C534131, 4);
  writer.put(static_cast<std::uint64_t>(AttributionModel::markov), 1);
  writer.put(0, 1);
  writer.put(static_cast<std::uint64_t>(AttributionRule::kUsualHalfLife));
  writer.put(1);  // conversions
  writer.put(0);
  writer.put(2, 4);  // channels
  writer.put(6, 4);  // transitions
  for (const std::string name : {"a", "b"}) {
    writer.put(1, 4);
    writer.put(name);
    writer.put(3);
    writer.put(1);
    writer.put(0);
    writer.put(0);
  }
  // Two journeys start with a and are lost at a, one starts with b and converts from b.
  constexpr std::uint64_t kStart = 0xFFFFFFFF;
  for (const auto& [from, to, count] : std::vector<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>>{
           {kStart, 0, 2}, {kStart, 1, 1}, {0, 1, many}, {1, 0, many}, {0, 0xFFFFFFFD, 2}, {1, 0xFFFFFFFE, 1}}) {
    writer.put(from << 32 | to);
    writer.put(count);
  }
  writer.put_check_sum();
  bytes.resize(4 + 2 + 8 + 16 + 8 + 2 * (4 + 1 + 32) + 6 * 16 + 4);
  StopToken stop;
  Attribution state(rule_of(AttributionModel::markov, false), memory());
  ASSERT_TRUE(state.read(bytes, memory(), stop));
  // P = 1/3. Without a: start to b 1/3, converting there 1/(many+1). Without b: nothing. (Fractions by hand.)
  for (const ChannelCredit& row : rows_of(state)) {
    const bool is_a = state.name(*row.channel) == "a";
    EXPECT_DOUBLE_EQ(*row.removal_effect, is_a ? 1 - 1 / (static_cast<double>(many) + 1) : 1);
  }
}

// v(S) is the number of conversions whose channels all are in S; the mean over all orders of what a channel adds.
TEST(Attribution, ShapleyIsTheFullSum) {
  Random random(11);
  for (int trial = 0; trial < 40; ++trial) {
    const Leads leads = random_leads(random, 1 + random.below(40), 4, 6);
    std::vector<std::string> channels;
    for (const Lead& lead : leads) {
      const auto distinct = distinct_of(lead);
      channels.insert(channels.end(), distinct.begin(), distinct.end());
    }
    std::sort(channels.begin(), channels.end());
    channels.erase(std::unique(channels.begin(), channels.end()), channels.end());
    const std::size_t n = channels.size();
    std::vector<double> worth(std::size_t{1} << n);
    for (std::size_t set = 0; set < worth.size(); ++set) {
      for (const Lead& lead : leads) {
        const auto distinct = distinct_of(lead);
        const bool is_inside = std::all_of(distinct.begin(), distinct.end(), [&](const std::string& channel) {
          const auto place = std::lower_bound(channels.begin(), channels.end(), channel) - channels.begin();
          return (set >> place & 1) != 0;
        });
        worth[set] += lead.is_converted && is_inside ? 1 : 0;
      }
    }
    Credits expected;
    for (std::size_t channel = 0; channel < n; ++channel) {
      double credit = 0;
      for (std::size_t set = 0; set < worth.size(); ++set) {
        if ((set >> channel & 1) == 0) {
          const auto others = static_cast<double>(__builtin_popcountll(set));
          const double weight = std::tgamma(others + 1) * std::tgamma(static_cast<double>(n) - others) /
                                std::tgamma(static_cast<double>(n) + 1);
          credit += weight * (worth[set | std::size_t{1} << channel] - worth[set]);
        }
      }
      expected[channels[channel]] = credit;
    }
    expect_near(credits_of(AttributionModel::shapley, leads), expected, 1e-11);
  }
}

// The weights of the models written out with doubles.
Credits by_hand(AttributionModel model, const Leads& leads) {
  Credits credits;
  for (const Lead& lead : leads) {
    const std::size_t n = lead.touches.size();
    std::vector<double> weights(n);
    for (std::size_t i = 0; i < n; ++i) {
      credits.emplace(lead.touches[i].first, 0);
      const double age =
          static_cast<double>(lead.touches.back().second - lead.touches[i].second) / static_cast<double>(kDay);
      const bool is_end = i == 0 || i + 1 == n;
      switch (model) {
        case AttributionModel::first:
          weights[i] = i == 0 ? 1 : 0;
          break;
        case AttributionModel::last:
          weights[i] = i + 1 == n ? 1 : 0;
          break;
        case AttributionModel::position:
          weights[i] = n <= 2 ? 1 : is_end ? 0.4 : 0.2 / (static_cast<double>(n) - 2);
          break;
        case AttributionModel::time_decay:
          weights[i] = std::exp2(-age / 7);
          break;
        default:
          weights[i] = 1;
      }
    }
    const double sum = [&] {
      double all = 0;
      for (const double weight : weights) {
        all += weight;
      }
      return all;
    }();
    for (std::size_t i = 0; i < n && lead.is_converted; ++i) {
      credits[lead.touches[i].first] += weights[i] / sum;
    }
  }
  return credits;
}

TEST(Attribution, OfRandomJourneysIsThatWrittenOut) {
  Random random(3);
  for (int trial = 0; trial < 100; ++trial) {
    const Leads leads = random_leads(random, random.below(60), 5, 1 + random.below(12));
    for (const AttributionModel model : {AttributionModel::first, AttributionModel::last, AttributionModel::linear,
                                         AttributionModel::position, AttributionModel::time_decay}) {
      expect_near(credits_of(model, leads), by_hand(model, leads), 1e-11);
    }
  }
}

const std::vector<AttributionModel>& all_models() {
  static const std::vector<AttributionModel> models = [] {
    std::vector<AttributionModel> all;
    for (std::size_t i = 0; i < kAttributionModels; ++i) {
      all.push_back(static_cast<AttributionModel>(i));
    }
    return all;
  }();
  return models;
}

TEST(Attribution, CreditsAddUpInAnyOrder) {
  Random random(5);
  for (int trial = 0; trial < 200; ++trial) {
    Leads leads = random_leads(random, 1 + random.below(80), 1 + random.below(9), 1 + random.below(15));
    const bool has_negative = random.chance(0.5);
    double conversions = 0;
    ExactSum total;
    for (Lead& lead : leads) {
      lead.touches.resize(random.chance(0.05) ? 0 : lead.touches.size());
      lead.value = has_negative ? lead.value : std::fabs(lead.value);
      conversions += lead.is_converted ? 1 : 0;
      if (lead.is_converted) {
        total.add(lead.value);
      }
    }
    for (const AttributionModel model : all_models()) {
      const auto owned = attribution_of(model, leads);
      const Attribution& state = *owned;
      std::vector<ChannelCredit> rows = rows_of(state);
      double magnitude = 0;
      for (const ChannelCredit& row : rows) {
        magnitude += std::fabs(row.value_credit);
        EXPECT_GE(row.conversions_credit, 0);
      }
      for (int order = 0; order < 4; ++order) {
        double conversions_sum = 0;
        double value_sum = 0;
        ExactSum exact_values;
        for (const ChannelCredit& row : rows) {
          conversions_sum += row.conversions_credit;
          value_sum += row.value_credit;
          exact_values.add(row.value_credit);
        }
        EXPECT_EQ(conversions_sum, conversions);
        EXPECT_EQ(exact_values.rounded(), value_sum);
        if (has_negative) {
          EXPECT_NEAR(value_sum, total.rounded(), magnitude * 0x1p-52);
        } else {
          EXPECT_EQ(value_sum, total.rounded());
        }
        random.shuffle(rows);
      }
    }
  }
}

TEST(Attribution, DependsOnNoOrderAndNoSplit) {
  Random random(9);
  for (int trial = 0; trial < 40; ++trial) {
    Leads leads = random_leads(random, random.below(60), 1 + random.below(9), 1 + random.below(9));
    for (Lead& lead : leads) {
      lead.value = random.magnitude(-1'070, 1'000);
    }
    for (const AttributionModel model : all_models()) {
      const auto owned = attribution_of(model, leads);
      const Attribution& state = *owned;
      const std::vector<Row> expected = result_of(state);
      Leads shuffled = leads;
      random.shuffle(shuffled);
      std::deque<Attribution> parts;
      for (int part = 0; part < 3; ++part) {
        parts.emplace_back(rule_of(model), memory());
      }
      for (Lead& lead : shuffled) {
        random.shuffle(lead.touches);
        add(random.one_of(parts), lead);
      }
      Attribution whole(rule_of(model), memory());
      StopToken stop;
      for (const Attribution& part : parts) {
        Attribution copy(rule_of(model), memory());
        ASSERT_TRUE(copy.read(bytes_of(part), memory(), stop));
        EXPECT_EQ(result_of(copy), result_of(part));
        whole.merge(copy, memory(), stop);
      }
      EXPECT_EQ(result_of(whole), expected);
    }
  }
}

TEST(Attribution, OfNothingAndOfNoTouches) {
  for (const AttributionModel model : all_models()) {
    EXPECT_EQ(result_of(*attribution_of(model, {})), std::vector<Row>());
    EXPECT_EQ(result_of(*attribution_of(model, {lead("", false)})), std::vector<Row>());
    EXPECT_EQ(result_of(*attribution_of(model, {lead("", true, 5), lead("", true, -2), lead("", false, 9)})),
              (std::vector<Row>{{"none", 2, 3, 1, std::nullopt, 2, 2}}));
    EXPECT_EQ(result_of(*attribution_of(model, {lead("ba", false)})),
              (std::vector<Row>{{"a", 0, 0, std::nullopt, std::nullopt, 1, 0},
                                {"b", 0, 0, std::nullopt, std::nullopt, 1, 0}}));
  }
  EXPECT_EQ(result_of(*attribution_of(AttributionModel::markov, {lead("a", false), lead("", true, 5)})),
            (std::vector<Row>{{"a", 0, 0, 0, std::nullopt, 1, 0}, {"none", 1, 5, 1, std::nullopt, 1, 1}}));
}

TEST(Attribution, TouchesAfterTheConversionDoNotCount) {
  StopToken stop;
  Attribution state(rule_of(AttributionModel::last), memory());
  std::vector<Touch> touches = {{30, "late"}, {20, "b"}, {10, "a"}, {20, "a"}};
  state.add({touches, 20, 1}, memory(), stop);
  state.add({touches, 9, 1}, memory(), stop);
  EXPECT_EQ(result_of(state), (std::vector<Row>{{"b", 1, 1, 0.5, std::nullopt, 1, 1},
                                                {"a", 0, 0, 0, std::nullopt, 1, 1},
                                                {"none", 1, 1, 0.5, std::nullopt, 1, 1}}));
}

TEST(Attribution, HasLimits) {
  const auto add_channels = [](AttributionModel model, std::size_t count) {
    Lead lead;
    for (std::size_t i = 0; i < count; ++i) {
      lead.touches.emplace_back(std::to_string(i), static_cast<Instant>(i));
    }
    return credits_of(model, {lead});
  };
  EXPECT_EQ(add_channels(AttributionModel::shapley, Attribution::kMostChannels).size(), Attribution::kMostChannels);
  EXPECT_EQ(test::error_code_of([&] { add_channels(AttributionModel::linear, Attribution::kMostChannels + 1); }),
            ErrorCode::limit_exceeded);
  EXPECT_EQ(test::error_code_of([&] { add_channels(AttributionModel::markov, Attribution::kMostMarkovChannels + 1); }),
            ErrorCode::limit_exceeded);
  EXPECT_EQ(test::error_code_of([&] {
              credits_of(AttributionModel::last, {Lead{{{std::string(Attribution::kMostNameBytes + 1, 'x'), 1}}}});
            }),
            ErrorCode::limit_exceeded);
  EXPECT_EQ(
      test::error_code_of([&] {
        credits_of(AttributionModel::last, {Lead{{{std::string(Attribution::kMostNameBytes, 'x'), 1}, {"y", 2}}}});
      }),
      ErrorCode::limit_exceeded);
  const double largest = std::numeric_limits<double>::max();
  for (const AttributionModel model : {AttributionModel::linear, AttributionModel::markov}) {
    EXPECT_EQ(result_of(*attribution_of(model, {lead("a", true, largest)})),
              (std::vector<Row>{
                  {"a", 1, largest, 1, model == AttributionModel::markov ? std::optional(1.0) : std::nullopt, 1, 1}}));
    EXPECT_EQ(test::error_code_of([&] {
                credits_of(model, {lead("a", true, largest), lead("a", true, largest)});
              }),
              ErrorCode::out_of_range);
    EXPECT_EQ(test::error_code_of([&] {
                credits_of(model, {lead("a", true, largest), lead("b", true, 1e292)});
              }),
              ErrorCode::out_of_range);
  }
  // Nothing is below the least double.
  const double least = std::numeric_limits<double>::denorm_min();
  const auto owned = attribution_of(AttributionModel::linear, {lead("ab", true, least)});
  const Attribution& tiny = *owned;
  EXPECT_EQ(std::get<2>(result_of(tiny)[0]) + std::get<2>(result_of(tiny)[1]), least);
}

TEST(Attribution, OfManyChannelsEndsSoonAndMayBeCancelled) {
  Random random(13);
  Leads leads(4'000);
  for (Lead& lead : leads) {
    for (Instant at = 0; at < 50; ++at) {
      lead.touches.emplace_back(std::to_string(random.below(Attribution::kMostMarkovChannels)), at);
    }
    lead.is_converted = random.chance(0.3);
  }
  const auto owned = attribution_of(AttributionModel::markov, leads);
  const Attribution& state = *owned;
  std::vector<ChannelCredit> rows(state.row_count());
  StopToken stopped([]() noexcept { return true; });
  EXPECT_THROW(state.write_rows(rows, memory(), stopped), Cancelled);
  const std::vector<ChannelCredit> all = rows_of(state);
  EXPECT_EQ(all.size(), Attribution::kMostMarkovChannels);
  double sum = 0;
  for (const ChannelCredit& row : all) {
    sum += row.conversions_credit;
    EXPECT_GT(row.conversions_credit, 0);
  }
  double conversions = 0;
  for (const Lead& lead : leads) {
    conversions += lead.is_converted ? 1 : 0;
  }
  EXPECT_EQ(sum, conversions);
}

TEST(Attribution, OfALongPathMayBeCancelled) {
  std::vector<Touch> touches(100'000, {1, "a"});
  for (const AttributionModel model : all_models()) {
    Attribution state(rule_of(model), memory());
    StopToken stopped([]() noexcept { return true; });
    EXPECT_THROW(state.add({touches, 1, 1}, memory(), stopped), Cancelled);
  }
}

TEST(Attribution, TakesNoOtherMemory) {
  const Leads leads = {lead("abac"), lead("ca", false), lead("", true), lead("b")};
  for (const AttributionModel model : {AttributionModel::time_decay, AttributionModel::markov}) {
    const std::size_t failed = test::fail_every_allocation([&](std::pmr::memory_resource* counted) {
      StopToken stop;
      Attribution state(rule_of(model), counted);
      for (const Lead& each : leads) {
        add(state, each, counted);
      }
      Attribution other(rule_of(model), counted);
      other.merge(state, counted, stop);
      std::vector<ChannelCredit> rows(other.row_count());
      other.write_rows(rows, counted, stop);
      return rows;
    });
    EXPECT_GT(failed, 10U);
  }
}

TEST(Attribution, OtherBytesAreNotRead) {
  for (const AttributionModel model : {AttributionModel::linear, AttributionModel::markov}) {
    const Bytes good = bytes_of(*attribution_of(model, {lead("aba"), lead("b"), lead("cb", false), lead("", true, 7)}));
    EXPECT_TRUE(is_read(good));
    for (std::size_t i = 0; i < good.size(); ++i) {
      Bytes bytes = good;
      bytes[i] ^= std::byte{4};
      EXPECT_FALSE(is_read(bytes)) << i;
      EXPECT_FALSE(is_read(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i)))) << i;
    }
    Bytes longer = good;
    longer.resize(good.size() + 4);
    EXPECT_FALSE(is_read(longer));

    // With a right check sum nothing goes wrong either: what is read is a state, with a result.
    Random random(17);
    int read = 0;
    for (int trial = 0; trial < 20'000; ++trial) {
      Bytes bytes = good;
      for (std::uint32_t changes = 1 + random.below(3); changes > 0; --changes) {
        bytes[random.below(static_cast<std::uint32_t>(bytes.size()))] =
            static_cast<std::byte>(random.chance(0.5) ? random.below(4) : random.below(256));
      }
      if (random.chance(0.1)) {
        bytes.resize(random.below(static_cast<std::uint32_t>(bytes.size())) + kCheckSumBytes);
      }
      StateWriter end(std::span<std::byte>(bytes).last(kCheckSumBytes));
      end.put(crc32(std::span<std::byte>(bytes).first(bytes.size() - kCheckSumBytes)), kCheckSumBytes);
      const std::optional<AttributionRule> rule = Attribution::rule_of(bytes);
      StopToken stop;
      Attribution state(rule.value_or(AttributionRule{}), memory());
      if (rule && state.read(bytes, memory(), stop)) {
        ++read;
        double sum = 0;
        try {
          for (const ChannelCredit& row : rows_of(state)) {
            EXPECT_TRUE(std::isfinite(row.conversions_credit) && std::isfinite(row.value_credit));
            sum += row.conversions_credit;
          }
          EXPECT_EQ(sum, std::trunc(sum));
        } catch (const Error& error) {
          EXPECT_EQ(error.code(), ErrorCode::out_of_range);
        }
      }
    }
    EXPECT_GT(read, 100);
  }
}

}  // namespace
}  // namespace leadscore::funnel
