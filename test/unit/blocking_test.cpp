// Which pairs share a blocking key: against all pairs by brute force, and where blocks are too large.
#include "core/dedup/blocking.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <memory_resource>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/dedup/contact_rule.hpp"
#include "core/dedup/keyed_leads.hpp"
#include "counting_resource.hpp"
#include "match_leads.hpp"

namespace leadscore::dedup {
namespace {

using test::kDay;
using test::MadeUpPeople;
using test::Random;
using test::WrittenLead;
using test::WrittenTable;
using Found = std::set<std::tuple<std::uint32_t, std::uint32_t, std::size_t>>;

constexpr BlockingOptions kUnbounded{.most_leads_in_block = 1'000, .most_pairs_per_lead = 1e6};

struct Blocked {
  std::vector<BlockedPair> pairs;
  std::vector<BlockingReport> reports;
};

Blocked block_of(const MatchRule& rule, const LeadTable& table, const BlockingOptions& options = {}) {
  StopToken stop;
  test::CountingResource memory;
  Blocked blocked;
  blocked.reports.resize(rule.keys.size());
  const auto pairs = block(rule, table, options, blocked.reports, &memory, stop);
  EXPECT_LE(memory.live(), 1U);
  blocked.pairs.assign(pairs.begin(), pairs.end());
  EXPECT_TRUE(std::is_sorted(pairs.begin(), pairs.end(), [](const BlockedPair& a, const BlockedPair& b) {
    return std::tuple(a.a(), a.b(), a.key()) < std::tuple(b.a(), b.b(), b.key());
  }));
  for (const BlockedPair& pair : pairs) {
    EXPECT_LT(pair.a(), pair.b());
    EXPECT_LT(pair.b(), table.size());
    EXPECT_LT(pair.key(), rule.keys.size());
  }
  return blocked;
}

Found found(const Blocked& blocked) {
  Found found;
  for (const BlockedPair& pair : blocked.pairs) {
    EXPECT_TRUE(found.insert({pair.a(), pair.b(), pair.key()}).second) << "twice";
  }
  return found;
}

// The value of a part of a key, by what the fields say.
std::optional<std::string> part_of(const LeadTable& table, std::size_t lead, const KeyPart& part) {
  if (!table[lead].has(part.field)) {
    return std::nullopt;
  }
  if (part.letters == 0) {
    return std::to_string(table.hash(lead, part.field));
  }
  const std::string text(table[lead].text(part.field));
  const auto letters = static_cast<std::size_t>(std::abs(part.letters));
  if (text.size() < letters) {
    return std::nullopt;
  }
  return part.letters > 0 ? text.substr(0, letters) : text.substr(text.size() - letters);
}

bool share(const LeadTable& table, std::size_t a, std::size_t b, const BlockingKey& key) {
  return std::all_of(key.begin(), key.end(), [&](const KeyPart& part) {
    const auto left = part_of(table, a, part);
    return left && left == part_of(table, b, part);
  });
}

TEST(Blocking, AgreesWithAllPairs) {
  const MatchRule rule = contact_rule();
  const MadeUpPeople people(150, 1);
  const WrittenTable leads(people.leads);
  for (const std::int64_t within : {kAnyTime, 2 * kDay, std::int64_t{0}}) {
    BlockingOptions options = kUnbounded;
    options.within = within;
    Found expected;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> keys_of;
    for (std::uint32_t b = 0; b < leads.table.size(); ++b) {
      for (std::uint32_t a = 0; a < b; ++a) {
        for (std::size_t key = 0; key < rule.keys.size(); ++key) {
          if (leads.table[b].at - leads.table[a].at <= within && share(leads.table, a, b, rule.keys[key])) {
            expected.insert({a, b, key});
            ++keys_of[{a, b}];
          }
        }
      }
    }
    const Blocked blocked = block_of(rule, leads.table, options);
    EXPECT_EQ(found(blocked), expected);
    EXPECT_TRUE(within == 0 || expected.size() > 100);
    std::vector<std::size_t> pairs(rule.keys.size());
    std::vector<std::size_t> only(rule.keys.size());
    for (const auto& [a, b, key] : expected) {
      ++pairs[key];
      only[key] += keys_of[{a, b}] == 1 ? 1U : 0U;
    }
    for (std::size_t key = 0; key < rule.keys.size(); ++key) {
      const BlockingReport& report = blocked.reports[key];
      EXPECT_EQ(report.pairs, pairs[key]);
      EXPECT_EQ(report.only_pairs, only[key]);
      EXPECT_EQ(report.all_pairs, keys_of.size());
      EXPECT_EQ(report.blocks_too_large, 0U);
      std::size_t with_key = 0;
      for (std::size_t lead = 0; lead < leads.table.size(); ++lead) {
        const auto hash = key_hash(rule, key, leads.table, lead);
        with_key += hash ? 1U : 0U;
        EXPECT_EQ(hash.has_value(), share(leads.table, lead, lead, rule.keys[key]));
        EXPECT_TRUE(lead != report.largest_lead || report.blocks == 0 || hash == report.largest_hash);
      }
      EXPECT_EQ(report.leads_with_key, with_key);
    }
  }
}

MatchRule rule_with_keys(const std::vector<std::string>& texts) {
  MatchRule rule = contact_rule();
  rule.keys.clear();
  for (const std::string& text : texts) {
    BlockingKey key;
    key.add(*parse_key_part(text));
    rule.keys.add(key);
  }
  return rule;
}

TEST(Blocking, KeysOfTheRuleAreToldApart) {
  const MatchRule rule = rule_with_keys({"phone", "phone", "phone:7", "phone:-7"});
  const WrittenTable leads(
      {{{{Role::phone, "123456789"}}}, {{{Role::phone, "12345678"}}}, {{{Role::phone, "123456"}}}});
  std::set<std::uint64_t> hashes;
  for (std::size_t key = 0; key < 4; ++key) {
    hashes.insert(*key_hash(rule, key, leads.table, 0));
  }
  EXPECT_EQ(hashes.size(), 4U);
  EXPECT_EQ(key_hash(rule, 2, leads.table, 0), key_hash(rule, 2, leads.table, 1));
  EXPECT_NE(key_hash(rule, 3, leads.table, 0), key_hash(rule, 3, leads.table, 1));
  EXPECT_EQ(key_hash(rule, 2, leads.table, 2), std::nullopt);  // has no seven letters
  EXPECT_NE(key_hash(rule, 0, leads.table, 2), std::nullopt);
  // Indexes are made of them.
  EXPECT_EQ(key_hash(rule, 0, leads.table, 0), UINT64_C(17123766202979117346));
}

TEST(Blocking, OfNoLeadsAndNoKeys) {
  const WrittenTable none({});
  EXPECT_TRUE(block_of(contact_rule(), none.table).pairs.empty());
  const MadeUpPeople people(20, 1);
  const WrittenTable some(people.leads);
  EXPECT_TRUE(block_of(rule_with_keys({}), some.table).pairs.empty());
  const WrittenTable empty(std::vector<WrittenLead>(50));
  EXPECT_TRUE(block_of(contact_rule(), empty.table).pairs.empty());
}

// Leads in blocks of the sizes given, that share an e-mail each.
std::vector<WrittenLead> in_blocks(const std::vector<std::size_t>& sizes) {
  std::vector<WrittenLead> leads;
  for (std::size_t block = 0; block < sizes.size(); ++block) {
    for (std::size_t i = 0; i < sizes[block]; ++i) {
      leads.push_back({{{Role::email, "sunny" + std::to_string(block) + "@mail.ru"},
                        {Role::first_name, std::string(1 + i % 7, static_cast<char>('a' + i % 26))}},
                       static_cast<std::int64_t>(leads.size())});
    }
  }
  return leads;
}

TEST(Blocking, BoundsBlocksThatAreTooLarge) {
  const MatchRule rule = rule_with_keys({"email"});
  const WrittenTable leads(in_blocks({2, 10, 11, 40}));
  const BlockingOptions options{.most_leads_in_block = 10, .most_pairs_per_lead = 100, .neighbours = 3};
  const Blocked blocked = block_of(rule, leads.table, options);
  const BlockingReport& report = blocked.reports[0];
  EXPECT_EQ(report.most_leads, 10U);
  EXPECT_EQ(report.blocks, 4U);
  EXPECT_EQ(report.largest_block, 40U);
  EXPECT_EQ(report.blocks_too_large, 2U);
  EXPECT_EQ(report.leads_in_too_large, 51U);
  // n - k pairs at each distance k of up to three neighbours.
  const auto neighbours = [](std::size_t n) { return n - 1 + n - 2 + n - 3; };
  EXPECT_EQ(report.pairs, 1 + 45 + neighbours(11) + neighbours(40));
  EXPECT_EQ(found(blocked).size(), report.pairs);
}

TEST(Blocking, NeighboursAreAlike) {
  // Each name twice, far apart in time.
  std::vector<WrittenLead> written;
  for (std::size_t i = 0; i < 60; ++i) {
    const std::string name{static_cast<char>('a' + i % 30 / 6), static_cast<char>('b' + i % 6), 'o', 'v'};
    written.push_back({{{Role::last_name, name}, {Role::email, "sunny@mail.ru"}}, static_cast<std::int64_t>(i)});
  }
  const WrittenTable leads(written);
  const Found pairs = found(block_of(rule_with_keys({"email"}), leads.table,
                                     {.most_leads_in_block = 10, .most_pairs_per_lead = 100, .neighbours = 1}));
  for (std::uint32_t i = 0; i < 30; ++i) {
    EXPECT_EQ(pairs.count({i, i + 30, 0}), 1U) << i;
  }
}

TEST(Blocking, KeepsToSoManyPairsPerLead) {
  const MatchRule rule = rule_with_keys({"email"});
  const WrittenTable leads(in_blocks({2, 50, 50, 50, 50, 50, 50, 50, 50, 60, 70}));
  const auto leads_count = static_cast<double>(leads.table.size());
  const auto most_leads = [&](double most_pairs) {
    const BlockingOptions options{.most_leads_in_block = 100, .most_pairs_per_lead = most_pairs / leads_count};
    return block_of(rule, leads.table, options).reports[0].most_leads;
  };
  // 1 pair, 8 times 1,225, 1,770 and 2,415; ten thousand are never too many.
  EXPECT_EQ(most_leads(0), 59U);
  EXPECT_EQ(most_leads(11'570), 59U);
  EXPECT_EQ(most_leads(11'571.5), 69U);
  EXPECT_EQ(most_leads(13'985), 69U);
  EXPECT_EQ(most_leads(13'986.5), 100U);
}

TEST(Blocking, StaysInBoundsWhateverTheOptions) {
  const WrittenTable leads(in_blocks({1, 5}));
  for (const std::size_t most : {0U, 1U, 2U}) {
    const BlockingOptions options{.most_leads_in_block = most, .most_pairs_per_lead = 100, .neighbours = 0};
    EXPECT_TRUE(block_of(rule_with_keys({"email"}), leads.table, options).pairs.empty());
  }
}

// A call centre that entered its own number and address for everybody.
TEST(Blocking, OfOneEmailAndPhoneForAll) {
  constexpr std::size_t kLeads = 100'000;
  StopToken stop;
  std::pmr::monotonic_buffer_resource memory;
  LeadTable table(&memory);
  FieldReader reader(*contact::find_region("RU"), &memory);
  LeadFields fields;
  for (std::size_t i = 0; i < kLeads; ++i) {
    WrittenLead lead{{{Role::email, "sunny@mail.ru"}, {Role::phone, "+7 916 123-45-67"}}, static_cast<std::int64_t>(i)};
    lead.texts[Role::last_name] = "Kov" + std::to_string(i % 1'000);
    reader.read(lead.text(), fields, stop);
    table.add(fields);
  }
  const MatchRule rule = contact_rule();
  const Blocked blocked = block_of(rule, table);
  EXPECT_LE(blocked.pairs.size(), rule.keys.size() * kLeads * BlockingOptions{}.neighbours);
  EXPECT_EQ(blocked.reports[0].largest_block, kLeads);
  EXPECT_EQ(blocked.reports[0].blocks_too_large, 1U);
  EXPECT_EQ(blocked.reports[0].pairs, 5 * kLeads - 15);
}

// The same leads in another order are the same leads once they are in the order of time.
TEST(Blocking, DoesNotDependOnTheOrder) {
  const MatchRule rule = contact_rule();
  const MadeUpPeople people(200, 2);
  std::vector<std::size_t> order(people.leads.size());
  std::iota(order.begin(), order.end(), 0);
  Random random(5);
  std::optional<Found> first;
  for (int round = 0; round < 3; ++round) {
    StopToken stop;
    KeyedLeads leads(*contact::find_region("RU"), std::pmr::get_default_resource());
    for (const std::size_t lead : order) {
      leads.add(std::to_string(lead), people.leads[lead].text(), stop);
    }
    leads.settle(stop);
    const Found pairs =
        found(block_of(rule, leads.table(), {.most_leads_in_block = 6, .most_pairs_per_lead = 1, .neighbours = 2}));
    EXPECT_EQ(first.value_or(pairs), pairs);
    first = pairs;
    random.shuffle(order);
  }
}

TEST(Blocking, FailsWithoutALeak) {
  const MatchRule rule = contact_rule();
  const MadeUpPeople people(20, 3);
  const WrittenTable leads(people.leads);
  const auto failed = test::fail_every_allocation([&](std::pmr::memory_resource* memory) {
    StopToken stop;
    std::vector<BlockingReport> reports(rule.keys.size());
    return block(rule, leads.table, {}, reports, memory, stop);
  });
  EXPECT_GE(failed, rule.keys.size());
}

TEST(PairSpace, NumbersAllPairs) {
  for (const std::int64_t within : {kAnyTime, std::int64_t{3}, std::int64_t{0}}) {
    std::vector<WrittenLead> written;
    for (const std::int64_t at : {LeadText::kNoTime, LeadText::kNoTime, std::int64_t{0}, std::int64_t{0},
                                  std::int64_t{2}, std::int64_t{3}, std::int64_t{4}, std::int64_t{100}}) {
      written.push_back({{}, at});
    }
    const WrittenTable leads(written);
    const std::vector<std::uint32_t> list{0, 1, 2, 3, 4, 6, 7};  // not 5
    StopToken stop;
    const PairSpace pairs(leads.table, list, within, std::pmr::get_default_resource(), stop);
    std::set<std::pair<std::size_t, std::size_t>> expected;
    for (std::size_t j = 0; j < list.size(); ++j) {
      for (std::size_t i = 0; i < j; ++i) {
        if (is_within(written[list[i]].at, written[list[j]].at, within)) {
          expected.insert({i, j});
        }
      }
    }
    std::set<std::pair<std::size_t, std::size_t>> numbered;
    for (std::uint64_t number = 0; number < pairs.size(); ++number) {
      numbered.insert(pairs[number]);
    }
    EXPECT_EQ(numbered.size(), pairs.size());
    EXPECT_EQ(numbered, expected) << within;
  }
  StopToken stop;
  const WrittenTable none({});
  EXPECT_EQ(PairSpace(none.table, {}, kAnyTime, std::pmr::get_default_resource(), stop).size(), 0U);
}

TEST(PairSpace, TimesThatAreFarApart) {
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
  EXPECT_TRUE(is_within(LeadText::kNoTime, kLast, kAnyTime));
  EXPECT_FALSE(is_within(LeadText::kNoTime + 1, kLast, kLast - 1));
  EXPECT_FALSE(is_within(LeadText::kNoTime, 0, kLast - 1));
  EXPECT_TRUE(is_within(0, 5, 5));
  EXPECT_FALSE(is_within(0, 6, 5));
}

}  // namespace
}  // namespace leadscore::dedup
