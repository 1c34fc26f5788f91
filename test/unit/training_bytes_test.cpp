// Training data in parts, and bytes that are none.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/learn/training_data.hpp"
#include "leads.hpp"
#include "random.hpp"
#include "state_bytes_of.hpp"

namespace leadscore::learn {
namespace {

using test::Bytes;
using test::MadeUpLeads;
using test::Random;

bool any_text(std::string_view /*text*/) { return true; }

Bytes bytes_of(const TrainingData& data) {
  StopToken stop;
  Bytes bytes(data.byte_size() + kCheckSumBytes);
  StateWriter writer(bytes);
  data.write(writer, stop);
  writer.put_check_sum();
  return bytes;
}

bool read(TrainingData& data, const Bytes& bytes, bool (*is_text)(std::string_view) = any_text) {
  StopToken stop;
  StateReader reader(bytes);
  return data.read(reader, is_text, stop);
}

// The leads in so many parts, joined in any order.
void add_in_parts(const MadeUpLeads& made, std::size_t parts, std::size_t most, std::uint64_t seed,
                  TrainingData& whole) {
  Random random(seed);
  std::vector<Bytes> all;
  for (std::size_t part = 0; part < parts; ++part) {
    TrainingData data(made.columns, std::pmr::get_default_resource(), most);
    for (std::size_t i = part; i < made.leads.size(); i += parts) {
      data.add(made.leads[i].cells, made.leads[i].outcome);
    }
    all.push_back(bytes_of(data));
  }
  random.shuffle(all);
  for (const Bytes& bytes : all) {
    ASSERT_TRUE(read(whole, bytes));
  }
}

// Settled data that is the same has the same bytes but for the hashes, which are gone: so they are compared cell by
// cell.
void expect_same(const TrainingData& a, const TrainingData& b) {
  ASSERT_EQ(a.rows(), b.rows());
  EXPECT_EQ(a.wins(), b.wins());
  EXPECT_EQ(a.rows_seen(), b.rows_seen());
  EXPECT_EQ(a.wins_seen(), b.wins_seen());
  for (std::size_t c = 0; c < a.column_count(); ++c) {
    ASSERT_EQ(a.has_too_many_levels(c), b.has_too_many_levels(c));
    for (std::size_t row = 0; row < a.rows(); ++row) {
      ASSERT_EQ(a.won(row), b.won(row));
      ASSERT_EQ(a.at(row), b.at(row));
      ASSERT_EQ(a.known_at(row), b.known_at(row));
      if (a.kind(c) == ColumnKind::numeric) {
        ASSERT_EQ(std::bit_cast<std::uint64_t>(a.number(c, row)), std::bit_cast<std::uint64_t>(b.number(c, row)));
      } else {
        ASSERT_EQ(a.code(c, row), b.code(c, row));
        if (a.code(c, row) != TrainingData::kMissing) {
          ASSERT_EQ(a.level(c, a.code(c, row)), b.level(c, b.code(c, row)));
        }
      }
    }
  }
}

TEST(TrainingBytes, PartsAreTheWhole) {
  MadeUpLeads made(9'000, 11, true);
  std::vector<std::string> texts;
  texts.reserve(made.leads.size());
  made.columns.push_back(ColumnKind::categorical);
  for (std::size_t i = 0; i < made.leads.size(); ++i) {
    texts.push_back("text " + std::to_string(i * 7 % 6'000));
    made.leads[i].cells.push_back(Cell::of(std::string_view(texts.back())));
  }
  for (const std::size_t most : {TrainingData::kNoSample, std::size_t{1}, std::size_t{300}, std::size_t{8'999}}) {
    TrainingData whole(made.columns, std::pmr::get_default_resource(), most);
    made.add_to(whole);
    whole.settle();
    for (const std::size_t parts : {1U, 2U, 5U, 200U}) {
      TrainingData joined(made.columns, std::pmr::get_default_resource(), most);
      add_in_parts(made, parts, most, most + parts, joined);
      joined.settle();
      expect_same(whole, joined);
    }
  }
}

// A part in which a column has too many texts, and parts of which only all have.
TEST(TrainingBytes, TextsThatAreTooMany) {
  MadeUpLeads made(TrainingData::kMostLevels * 3 / 2, 12);
  std::vector<std::string> texts;
  texts.reserve(made.leads.size());
  made.columns.push_back(ColumnKind::categorical);
  for (std::size_t i = 0; i < made.leads.size(); ++i) {
    texts.push_back(std::to_string(i));
    made.leads[i].cells.push_back(Cell::of(std::string_view(texts.back())));
  }
  TrainingData whole(made.columns, std::pmr::get_default_resource());
  made.add_to(whole);
  whole.settle();
  ASSERT_TRUE(whole.has_too_many_levels(4));
  for (const std::size_t parts : {1U, 2U, 3U}) {
    TrainingData joined(made.columns, std::pmr::get_default_resource());
    add_in_parts(made, parts, TrainingData::kNoSample, 1, joined);
    joined.settle();
    expect_same(whole, joined);
  }
}

TEST(TrainingBytes, NoLeads) {
  const MadeUpLeads made(500, 13);
  TrainingData whole(made.columns, std::pmr::get_default_resource());
  made.add_to(whole);
  const TrainingData none(made.columns, std::pmr::get_default_resource());
  TrainingData joined(made.columns, std::pmr::get_default_resource());
  EXPECT_TRUE(read(joined, bytes_of(none)));
  EXPECT_TRUE(read(joined, bytes_of(whole)));
  EXPECT_TRUE(read(joined, bytes_of(none)));
  whole.settle();
  joined.settle();
  expect_same(whole, joined);
}

// Whatever the bytes are, they are read or refused; a check sum that is right does not make them good.
TEST(TrainingBytes, DamagedBytes) {
  const MadeUpLeads made(40, 14, true);
  for (const std::size_t most : {TrainingData::kNoSample, std::size_t{30}}) {
    TrainingData data(made.columns, std::pmr::get_default_resource(), most);
    made.add_to(data);
    const Bytes good = bytes_of(data);
    for (std::size_t i = 0; i < good.size(); ++i) {
      Bytes bad = good;
      bad[i] ^= std::byte{0x40};
      TrainingData to(made.columns, std::pmr::get_default_resource(), most);
      EXPECT_FALSE(read(to, bad)) << i;
      TrainingData cut(made.columns, std::pmr::get_default_resource(), most);
      EXPECT_FALSE(read(cut, Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i))));
    }
    Random random(15);
    for (int round = 0; round < 5'000; ++round) {
      Bytes bad = good;
      for (std::uint32_t change = random.below(3); change < 3; ++change) {
        bad[random.below(static_cast<std::uint32_t>(bad.size()))] = static_cast<std::byte>(random.below(256));
      }
      if (random.chance(0.3)) {
        bad.resize(kCheckSumBytes + random.below(static_cast<std::uint32_t>(bad.size() - kCheckSumBytes)));
      }
      TrainingData to(made.columns, std::pmr::get_default_resource(), most);
      if (read(to, test::with_check_sum(bad))) {
        to.settle();
        EXPECT_LE(to.rows(), 40U);
      }
    }
  }
}

TEST(TrainingBytes, TextsThatAreNone) {
  const MadeUpLeads made(40, 16);
  TrainingData data(made.columns, std::pmr::get_default_resource());
  made.add_to(data);
  TrainingData to(made.columns, std::pmr::get_default_resource());
  EXPECT_FALSE(read(to, bytes_of(data), [](std::string_view text) { return text != "nurse"; }));
}

}  // namespace
}  // namespace leadscore::learn
