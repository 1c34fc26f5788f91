#include "core/learn/training_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/limited_resource.hpp"
#include "counting_resource.hpp"
#include "error_code_of.hpp"
#include "leads.hpp"
#include "random.hpp"

namespace leadscore::learn {
namespace {

using test::error_code_of;
using test::MadeUpLeads;
using test::Random;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr ColumnKind kBoth[] = {ColumnKind::numeric, ColumnKind::categorical};

void expect_same(const TrainingData& a, const TrainingData& b) {
  ASSERT_EQ(a.rows(), b.rows());
  ASSERT_EQ(a.wins(), b.wins());
  for (std::size_t row = 0; row < a.rows(); ++row) {
    ASSERT_EQ(a.won(row), b.won(row));
    ASSERT_EQ(a.at(row), b.at(row));
    ASSERT_EQ(a.known_at(row), b.known_at(row));
    for (std::size_t c = 0; c < a.column_count(); ++c) {
      if (a.kind(c) == ColumnKind::numeric) {
        ASSERT_EQ(std::bit_cast<std::uint64_t>(a.number(c, row)), std::bit_cast<std::uint64_t>(b.number(c, row)));
      } else {
        ASSERT_EQ(a.code(c, row), b.code(c, row));
      }
    }
  }
  for (std::size_t c = 0; c < a.column_count(); ++c) {
    ASSERT_EQ(a.has_too_many_levels(c), b.has_too_many_levels(c));
    for (std::uint32_t code = 0; !a.has_too_many_levels(c) && code < a.level_count(c); ++code) {
      ASSERT_EQ(a.level(c, code), b.level(c, code));
    }
  }
}

TEST(TrainingData, KeepsWhatItIsGiven) {
  TrainingData data(kBoth, std::pmr::get_default_resource());
  data.add(std::vector{Cell::of(1.5), Cell::of(std::string_view("b"))}, {.won = true, .at = 7, .known_at = 9});
  data.add(std::vector{Cell{}, Cell{}}, {});
  data.add(std::vector{Cell::of(std::nan("")), Cell::of(std::string_view(""))}, {});
  ASSERT_EQ(data.rows(), 3U);
  EXPECT_EQ(data.wins(), 1U);
  EXPECT_EQ(data.number(0, 0), 1.5);
  EXPECT_EQ(data.level(1, data.code(1, 0)), "b");
  EXPECT_TRUE(data.won(0));
  EXPECT_EQ(data.at(0), 7);
  EXPECT_EQ(data.known_at(0), 9);
  EXPECT_TRUE(std::isnan(data.number(0, 1)));
  EXPECT_EQ(data.code(1, 1), TrainingData::kMissing);
  EXPECT_EQ(data.number(0, 2), kInfinity) << "NaN sorts where PostgreSQL sorts it";
  EXPECT_EQ(data.level(1, data.code(1, 2)), "") << "the empty text is no NULL";
}

TEST(TrainingData, OrdersRowsByTimeAndByContent) {
  const MadeUpLeads made(5'000, 1, true);
  TrainingData ordered(made.columns, std::pmr::get_default_resource());
  made.add_to(ordered);
  ordered.settle();
  for (std::size_t row = 1; row < ordered.rows(); ++row) {
    ASSERT_LE(ordered.at(row - 1), ordered.at(row));
  }
  Random random(2);
  MadeUpLeads shuffled = made;
  random.shuffle(shuffled.leads);
  TrainingData data(made.columns, std::pmr::get_default_resource());
  shuffled.add_to(data);
  data.settle();
  expect_same(ordered, data);
}

// Of leads that are all alike but for their outcome, every part has its share of the won.
TEST(TrainingData, SpreadsEqualRows) {
  TrainingData data(kBoth, std::pmr::get_default_resource());
  for (int i = 0; i < 10'000; ++i) {
    data.add(std::vector{Cell::of(1.0), Cell::of(std::string_view("x"))}, {.won = i < 3'000});
  }
  data.settle();
  for (std::size_t part = 0; part < 5; ++part) {
    int wins = 0;
    for (std::size_t row = part * 2'000; row < (part + 1) * 2'000; ++row) {
      wins += data.won(row) ? 1 : 0;
    }
    EXPECT_NEAR(wins, 600, 120) << part;
  }
}

TEST(TrainingData, GivesUpOnTextsThatAreAllDifferentInAnyOrder) {
  constexpr std::size_t kMany = TrainingData::kMostLevels + 10;
  const auto fill = [](TrainingData& data, std::size_t first, std::size_t last, bool backwards) {
    for (std::size_t i = first; i < last; ++i) {
      const std::string text = std::to_string(backwards ? last - 1 - (i - first) : i);
      data.add(std::vector{Cell::of(0.0), Cell::of(std::string_view(text))}, {.won = text.back() == '1'});
    }
  };
  TrainingData a(kBoth, std::pmr::get_default_resource());
  TrainingData b(kBoth, std::pmr::get_default_resource());
  fill(a, 0, kMany, false);
  fill(b, kMany / 2, kMany, true);
  EXPECT_FALSE(b.has_too_many_levels(1));
  fill(b, 0, kMany / 2, true);
  EXPECT_TRUE(a.has_too_many_levels(1));
  EXPECT_TRUE(b.has_too_many_levels(1));
  a.settle();
  b.settle();
  expect_same(a, b);
}

// The same sample in whatever order rows come, texts and all; at least half of what is wanted.
TEST(TrainingData, KeepsASampleThatDependsOnTheContentAlone) {
  MadeUpLeads made(20'000, 6, true);
  std::vector<std::string> texts;
  texts.reserve(made.leads.size());
  made.columns.push_back(ColumnKind::categorical);
  for (std::size_t i = 0; i < made.leads.size(); ++i) {  // nearly every lead has a text of its own
    texts.push_back("text " + std::to_string(i % 15'000));
    made.leads[i].cells.push_back(Cell::of(std::string_view(texts.back())));
  }
  for (const std::size_t most : {1U, 100U, 1'000U, 4'095U, 8'192U, 19'999U, 20'000U}) {
    TrainingData a(made.columns, std::pmr::get_default_resource(), most);
    made.add_to(a);
    EXPECT_LE(a.rows(), most);
    EXPECT_GE(a.rows(), most * 2 / 5);
    EXPECT_EQ(a.rows_seen(), 20'000U);
    a.settle();
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
      MadeUpLeads shuffled = made;
      Random random(seed);
      random.shuffle(shuffled.leads);
      TrainingData b(made.columns, std::pmr::get_default_resource(), most);
      shuffled.add_to(b);
      EXPECT_EQ(a.wins_seen(), b.wins_seen());
      b.settle();
      expect_same(a, b);
    }
    EXPECT_LE(a.level_count(4), a.rows()) << "texts of leads that went are gone";
  }
}

TEST(TrainingData, TellsOfASampleWhetherATextIsTooRare) {
  constexpr std::size_t kMany = TrainingData::kMostLevels * 5 / 2;
  for (const std::size_t most : {TrainingData::kMostLevels, 2 * TrainingData::kMostLevels}) {
    TrainingData data(kBoth, std::pmr::get_default_resource(), most);
    for (std::size_t i = 0; i < kMany; ++i) {
      const std::string text = std::to_string(i);
      data.add(std::vector{Cell::of(0.0), Cell::of(std::string_view(text))}, {.won = i % 2 == 0});
    }
    data.settle();
    EXPECT_EQ(data.has_too_many_levels(1), data.rows() > TrainingData::kMostLevels);
    EXPECT_EQ(data.has_too_many_levels(1), most > TrainingData::kMostLevels);
  }
}

TEST(TrainingData, StaysWithinItsMemory) {
  const MadeUpLeads made(50'000, 4);
  LimitedResource memory(1 << 20, "learning", "Raise the limit.", std::pmr::get_default_resource());
  try {
    TrainingData data(made.columns, &memory);
    made.add_to(data);
    FAIL() << "50 000 rows do not fit into a megabyte";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::limit_exceeded);
    EXPECT_EQ(error.hint(), "Raise the limit.");
    EXPECT_NE(std::string(error.what()).find("1024 kB"), std::string::npos);
  }
  EXPECT_EQ(memory.used(), 0U);
  EXPECT_LE(memory.most_used(), std::size_t{1} << 20);
}

TEST(TrainingData, LeaksNothingWhenMemoryRunsOut) {
  const MadeUpLeads made(200, 5);
  EXPECT_GT(test::fail_every_allocation([&](std::pmr::memory_resource* memory) {
              TrainingData data(made.columns, memory);
              made.add_to(data);
              data.settle();
              return std::to_string(data.rows());
            }),
            20U);
}

TEST(TrainingData, NeedsAColumn) {
  EXPECT_EQ(error_code_of([] { TrainingData data({}, std::pmr::get_default_resource()); }),
            ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace leadscore::learn
