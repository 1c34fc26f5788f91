// Leads packed for comparing: values by number, letters, and another order.
#include "core/dedup/lead_table.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory_resource>
#include <numeric>
#include <string>
#include <vector>

#include "counting_resource.hpp"
#include "match_leads.hpp"

namespace leadscore::dedup {
namespace {

using test::MadeUpPeople;
using test::Random;
using test::WrittenTable;

TEST(ValueNumbers, AgreeWithAMap) {
  Random random(1);
  ValueNumbers numbers(std::pmr::get_default_resource());
  EXPECT_EQ(numbers.find(5), 0U);
  EXPECT_EQ(numbers.size(), 0U);
  std::map<std::uint64_t, ValueNumber> by_hand;
  for (int i = 0; i < 20'000; ++i) {
    // Many with the same low bits, which choose the slot.
    const std::uint64_t hash = random.bits() % 5'000 * (random.chance(0.5) ? std::uint64_t{1} << 40 : 1) + 1;
    EXPECT_EQ(numbers.find(hash), by_hand.count(hash) == 0 ? 0 : by_hand[hash]);
    const auto [place, is_new] = by_hand.try_emplace(hash, static_cast<ValueNumber>(by_hand.size() + 1));
    EXPECT_EQ(numbers.number_of(hash), place->second);
    EXPECT_EQ(numbers.size(), by_hand.size());
  }
  for (const auto& [hash, number] : by_hand) {
    EXPECT_EQ(numbers.hash(number), hash);
  }
}

// What a lead of a table says, to compare with.
std::vector<std::string> content(const LeadTable& table, std::size_t lead) {
  std::vector<std::string> content{std::to_string(table[lead].at)};
  for (std::size_t i = 0; i < kFields; ++i) {
    content.push_back(std::to_string(table.hash(lead, static_cast<Field>(i))));
    if (i < kTextFields) {
      content.emplace_back(table[lead].text(static_cast<Field>(i)));
    }
  }
  return content;
}

TEST(LeadTable, KeepsWhatTheFieldsSay) {
  const MadeUpPeople people(100, 2);
  const WrittenTable leads(people.leads);
  ASSERT_EQ(leads.table.size(), people.leads.size());
  for (std::size_t lead = 0; lead < people.leads.size(); ++lead) {
    const LeadFields fields = test::fields_of(people.leads[lead]);
    const PackedLead& packed = leads.table[lead];
    for (std::size_t i = 0; i < kFields; ++i) {
      const auto field = static_cast<Field>(i);
      EXPECT_EQ(leads.table.hash(lead, field), fields.hash(field));
      EXPECT_EQ(packed.has(field), fields.has(field));
      if (i < kTextFields) {
        EXPECT_EQ(packed.text(field), fields.text(field));
      }
    }
    EXPECT_EQ(packed.at, fields.at());
    EXPECT_EQ(packed.email_is_name, fields.email_is_name());
    EXPECT_EQ(packed.email_is_role, fields.email_is_role());
  }
}

TEST(LeadTable, OfTheLongestFields) {
  test::WrittenLead lead;
  for (std::size_t i = 0; i < kTextRoles; ++i) {
    lead.texts[static_cast<Role>(i)] = std::string(500, static_cast<char>('b' + i));
  }
  const WrittenTable leads({lead, {}, lead});
  EXPECT_EQ(content(leads.table, 0), content(leads.table, 2));
  EXPECT_EQ(leads.table[0].text(Field::national_id).size(), kLongestField);
  EXPECT_EQ(leads.table[1].text(Field::national_id), "");
}

TEST(LeadTable, TakesAnyOrder) {
  const MadeUpPeople people(60, 3);
  Random random(4);
  for (int round = 0; round < 20; ++round) {
    WrittenTable leads(people.leads);
    std::vector<std::vector<std::string>> before;
    for (std::size_t lead = 0; lead < leads.table.size(); ++lead) {
      before.push_back(content(leads.table, lead));
    }
    std::vector<std::uint32_t> order(leads.table.size());
    std::iota(order.begin(), order.end(), 0);
    if (round > 0) {  // first as it is
      random.shuffle(order);
    }
    std::vector<std::uint32_t> used = order;
    StopToken stop;
    leads.table.reorder(used, stop);
    for (std::size_t lead = 0; lead < order.size(); ++lead) {
      EXPECT_EQ(content(leads.table, lead), before[order[lead]]);
    }
  }
}

TEST(LeadTable, FailsWithoutALeak) {
  const MadeUpPeople people(30, 5);
  std::vector<LeadFields> fields;
  for (const test::WrittenLead& lead : people.leads) {
    fields.push_back(test::fields_of(lead));
  }
  const auto failed = test::fail_every_allocation([&](std::pmr::memory_resource* memory) {
    LeadTable table(memory);
    for (const LeadFields& each : fields) {
      table.add(each);
    }
    return std::vector<std::size_t>{table.size()};
  });
  EXPECT_GE(failed, 20U);
}

}  // namespace
}  // namespace leadscore::dedup
