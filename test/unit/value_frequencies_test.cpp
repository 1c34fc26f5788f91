// How frequent values are: counted, written down and taken again.
#include "core/dedup/value_frequencies.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <numeric>
#include <string>
#include <vector>

#include "counting_resource.hpp"
#include "match_leads.hpp"

namespace leadscore::dedup {
namespace {

using test::MadeUpPeople;
using test::WrittenLead;
using test::WrittenTable;

std::vector<std::uint32_t> everybody(const LeadTable& table) {
  std::vector<std::uint32_t> all(table.size());
  std::iota(all.begin(), all.end(), 0);
  return all;
}

std::vector<WrittenLead> in_cities(const std::vector<std::string>& cities) {
  std::vector<WrittenLead> leads;
  for (const std::string& city : cities) {
    leads.push_back({{{Role::city, city}}});
  }
  return leads;
}

TEST(ValueFrequencies, AreLogarithmsOfRarity) {
  // The last lead has no city, the one before is of a person counted already.
  const WrittenTable leads(in_cities({"Omsk", "Omsk", "Omsk", "Tula", "Perm", ""}));
  ValueFrequencies frequencies(std::pmr::get_default_resource());
  StopToken stop;
  frequencies.count(leads.table, std::vector<std::uint32_t>{0, 1, 2, 3, 5}, stop);
  const double average = (9.0 + 1) / 16;
  EXPECT_EQ(frequencies.average(Field::city), average);
  EXPECT_EQ(frequencies.average(Field::email), 0);
  const auto adjustment = [&](std::size_t lead) {
    return frequencies.adjustment(Field::city, leads.table[lead][Field::city]);
  };
  EXPECT_NEAR(adjustment(0), std::log2(average / (3.0 / 4)), 1e-6);
  EXPECT_NEAR(adjustment(3), std::log2(average / (1.0 / 4)), 1e-6);
  EXPECT_EQ(adjustment(4), adjustment(3));  // as rare as one that one person has
  EXPECT_EQ(adjustment(5), 0);
  EXPECT_EQ(frequencies.adjustment(Field::email, 0), 0);
}

TEST(ValueFrequencies, ListTheFrequentOnes) {
  const WrittenTable leads(in_cities({"Omsk", "Omsk", "Omsk", "Tula", "Tula", "Perm"}));
  ValueFrequencies frequencies(std::pmr::get_default_resource());
  StopToken stop;
  frequencies.count(leads.table, everybody(leads.table), stop);
  auto* const memory = std::pmr::get_default_resource();
  EXPECT_EQ(frequencies.frequent(leads.table, 1, memory).size(), 3U);
  EXPECT_EQ(frequencies.frequent(leads.table, 4, memory).size(), 0U);
  const auto frequent = frequencies.frequent(leads.table, 2, memory);
  ASSERT_EQ(frequent.size(), 2U);
  EXPECT_EQ(frequent[0].field, Field::city);
  EXPECT_EQ(frequent[0].hash, leads.table.hash(0, Field::city));
  EXPECT_NEAR(frequent[0].frequency, 0.5, 1e-7);
  EXPECT_NEAR(frequent[1].frequency, 1.0 / 3, 1e-7);
}

// With all values known, what was counted is taken again.
TEST(ValueFrequencies, TakenAgreeWithCounted) {
  const MadeUpPeople people(300, 3);
  const WrittenTable leads(people.leads);
  ValueFrequencies counted(std::pmr::get_default_resource());
  StopToken stop;
  counted.count(leads.table, everybody(leads.table), stop);
  std::array<double, kFields> averages{};
  for (std::size_t i = 0; i < kFields; ++i) {
    averages[i] = counted.average(static_cast<Field>(i));
  }
  auto all = counted.frequent(leads.table, 1, std::pmr::get_default_resource());
  auto frequent = counted.frequent(leads.table, 2, std::pmr::get_default_resource());
  EXPECT_LT(frequent.size(), all.size());
  // The values may have other numbers elsewhere.
  const WrittenTable reversed(std::vector<WrittenLead>(people.leads.rbegin(), people.leads.rend()));
  ValueFrequencies taken(std::pmr::get_default_resource());
  taken.take(reversed.table, KnownFrequencies(averages, all));
  ValueFrequencies partly(std::pmr::get_default_resource());
  partly.take(reversed.table, KnownFrequencies(averages, frequent));
  for (std::size_t lead = 0; lead < leads.table.size(); ++lead) {
    const std::size_t other = leads.table.size() - 1 - lead;
    for (std::size_t i = 0; i < kFields; ++i) {
      const auto field = static_cast<Field>(i);
      const double expected = counted.adjustment(field, leads.table[lead][field]);
      EXPECT_NEAR(taken.adjustment(field, reversed.table[other][field]), expected, 1e-5) << name_of(field);
      // Those not listed are as frequent as the rarest listed one.
      EXPECT_LE(partly.adjustment(field, reversed.table[other][field]), expected + 1e-5) << name_of(field);
    }
  }
}

TEST(ValueFrequencies, WithoutKnowledgeAreAlike) {
  const WrittenTable leads(in_cities({"Omsk", "Omsk", "Tula"}));
  ValueFrequencies frequencies(std::pmr::get_default_resource());
  EXPECT_EQ(frequencies.adjustment(Field::city, 1), 0);
  frequencies.take(leads.table, KnownFrequencies());
  EXPECT_EQ(frequencies.adjustment(Field::city, 1), 0);
  EXPECT_EQ(frequencies.adjustment(Field::city, 2), 0);
  // What is known of a field without an average is not used; values of other leads do no harm.
  std::vector<ValueFrequency> frequent{{Field::city, leads.table.hash(0, Field::city), 0.5},
                                       {Field::city, 12'345, 0.25}};
  frequencies.take(leads.table, KnownFrequencies(std::array<double, kFields>{}, frequent));
  EXPECT_EQ(frequencies.adjustment(Field::city, 1), 0);
}

TEST(ValueFrequencies, UnknownValuesAreNeverMoreFrequentThanTheAverage) {
  const WrittenTable leads(in_cities({"Omsk", "Tula"}));
  std::array<double, kFields> averages{};
  averages[static_cast<std::size_t>(Field::city)] = 0.125;
  ValueFrequencies frequencies(std::pmr::get_default_resource());
  std::vector<ValueFrequency> frequent{{Field::city, leads.table.hash(0, Field::city), 0.5}};
  frequencies.take(leads.table, KnownFrequencies(averages, frequent));
  EXPECT_EQ(frequencies.adjustment(Field::city, 1), -2);
  EXPECT_EQ(frequencies.adjustment(Field::city, 2), 0);
  frequent.front().frequency = 0.0625;
  frequencies.take(leads.table, KnownFrequencies(averages, frequent));
  EXPECT_EQ(frequencies.adjustment(Field::city, 2), 1);
}

}  // namespace
}  // namespace leadscore::dedup
