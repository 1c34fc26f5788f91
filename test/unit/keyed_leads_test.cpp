// Leads by key and in order of time, however they came.
#include "core/dedup/keyed_leads.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "counting_resource.hpp"
#include "random.hpp"

namespace leadscore::dedup {
namespace {

using test::Random;

TEST(KeyBefore, OrdersNumbersByTheirValues) {
  const std::vector<std::string_view> ordered{
      "0", "00", "1",  "01", "001", "2",  "9", "10", "99",      "100", "100000000000000000000",
      "",  " 1", "+1", "-1", "1.5", "1a", "a", "a1", "\xD0\x98"};
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    for (std::size_t j = 0; j < ordered.size(); ++j) {
      const bool is_number_i = i < 11;
      const bool is_number_j = j < 11;
      if (is_number_i == is_number_j && !is_number_i) {
        EXPECT_EQ(key_before(ordered[i], ordered[j]), ordered[i] < ordered[j]);
      } else if (is_number_i != is_number_j) {
        EXPECT_EQ(key_before(ordered[i], ordered[j]), is_number_i);
      }
    }
  }
  EXPECT_TRUE(key_before("9", "10") && !key_before("10", "9"));
  EXPECT_TRUE(key_before("99999999999999999999", "100000000000000000000"));
  EXPECT_FALSE(key_before("7", "7"));
  // Equal numbers are still put in one order.
  EXPECT_NE(key_before("01", "1"), key_before("1", "01"));
}

using Entry = std::pair<std::string, std::int64_t>;

std::vector<Entry> settled(const std::vector<Entry>& entries) {
  StopToken stop;
  test::CountingResource memory;
  std::vector<Entry> found;
  {
    const test::NoDefaultResource no_default;
    KeyedLeads leads(contact::Region(), &memory);
    for (const auto& [key, at] : entries) {
      LeadText lead;
      lead[Role::national_id] = key;
      lead.at = at;
      leads.add(key, lead, stop);
    }
    leads.settle(stop);
    EXPECT_EQ(leads.size(), entries.size());
    EXPECT_EQ(leads.table().size(), entries.size());
    for (std::size_t i = 0; i < leads.size(); ++i) {
      found.emplace_back(leads.key(i), leads.table()[i].at);
      EXPECT_EQ(leads.table()[i].text(Field::national_id), leads.key(i)) << "the lead went with its key";
    }
  }
  EXPECT_EQ(memory.live(), 0U);
  return found;
}

TEST(KeyedLeads, AreOrderedByTimeAndKey) {
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
  std::vector<Entry> expected{{"3", LeadText::kNoTime},
                              {"20", LeadText::kNoTime},
                              {"b", LeadText::kNoTime},
                              {"7", LeadText::kNoTime + 1},
                              {"1", -5},
                              {"9", 0},
                              {"10", 0},
                              {"a", 0},
                              {"2", kLast}};
  Random random(1);
  for (int round = 0; round < 20; ++round) {
    std::vector<Entry> shuffled = expected;
    random.shuffle(shuffled);
    EXPECT_EQ(settled(shuffled), expected);
  }
  EXPECT_TRUE(settled({}).empty());
}

TEST(KeyedLeads, WithOneKeyStayInTheirOrder) {
  const std::vector<Entry> same(1'000, {"5", 3});
  EXPECT_EQ(settled(same), same);
}

TEST(KeyIndex, FindsTheFirstLeadWithAKey) {
  StopToken stop;
  KeyedLeads leads(contact::Region(), std::pmr::get_default_resource());
  for (const char* const key : {"5", "", "x", "5", "12", "x"}) {
    leads.add(key, {}, stop);
  }
  const KeyIndex index(leads, std::pmr::get_default_resource(), stop);
  EXPECT_EQ(index.find("5"), 0U);
  EXPECT_EQ(index.find(""), 1U);
  EXPECT_EQ(index.find("x"), 2U);
  EXPECT_EQ(index.find("12"), 4U);
  for (const char* const none : {"1", "05", "55", "y", "\xFF"}) {
    EXPECT_EQ(index.find(none), std::nullopt) << none;
  }
  const KeyedLeads empty(contact::Region(), std::pmr::get_default_resource());
  EXPECT_EQ(KeyIndex(empty, std::pmr::get_default_resource(), stop).find("5"), std::nullopt);
}

}  // namespace
}  // namespace leadscore::dedup
