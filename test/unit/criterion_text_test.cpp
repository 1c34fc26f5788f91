#include "core/learn/criterion_text.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "leads.hpp"
#include "random.hpp"

namespace leadscore::learn {
namespace {

auto* const kMemory = std::pmr::get_default_resource();

TEST(CriterionText, WritesNumbersThatReadBack) {
  EXPECT_EQ(number_text(0, kMemory), "0");
  EXPECT_EQ(number_text(-0.0, kMemory), "0");
  EXPECT_EQ(number_text(0.1, kMemory), "0.1");
  EXPECT_EQ(number_text(-30, kMemory), "-30");
  EXPECT_EQ(number_text(100000, kMemory), "100000");
  EXPECT_EQ(number_text(1e22, kMemory), "1e+22");
  EXPECT_EQ(number_text(std::numeric_limits<double>::infinity(), kMemory), "'Infinity'::double precision");
  EXPECT_EQ(number_text(-std::numeric_limits<double>::infinity(), kMemory), "'-Infinity'::double precision");
  test::Random random(1);
  for (int i = 0; i < 100'000; ++i) {
    const auto number = std::bit_cast<double>(random.bits());
    if (std::isfinite(number)) {
      ASSERT_EQ(std::strtod(number_text(number, kMemory).c_str(), nullptr), number);
    }
    const double usual = random.magnitude(-30, 60);
    ASSERT_EQ(std::strtod(number_text(usual, kMemory).c_str(), nullptr), usual);
  }
  EXPECT_EQ(number_text(std::numeric_limits<double>::denorm_min(), kMemory), "5e-324");
}

TEST(CriterionText, QuotesLiterals) {
  EXPECT_EQ(literal_text("clerk", kMemory), "'clerk'");
  EXPECT_EQ(literal_text("", kMemory), "''");
  EXPECT_EQ(literal_text("it's", kMemory), "'it''s'");
  EXPECT_EQ(literal_text("a\\'b", kMemory), "E'a\\\\''b'");
}

TEST(CriterionText, WritesTheConditionOfEveryBin) {
  const ColumnKind kinds[] = {ColumnKind::numeric, ColumnKind::categorical, ColumnKind::categorical,
                              ColumnKind::numeric};
  TrainingData data(kinds, kMemory);
  for (int i = 0; i < 900; ++i) {
    std::vector<Cell> cells{i % 9 == 0 ? Cell{} : Cell::of(i / 300 * 10.0),
                            Cell::of(std::string_view(i % 2 ? "x" : "y's")),
                            Cell::of(std::string_view(i % 3 ? "true" : "false")), i % 2 ? Cell{} : Cell::of(1.0)};
    if (i < 10) {
      cells[1] = Cell::of(std::string_view("rare"));
    }
    data.add(cells, {.won = i / 300 == 1});
  }
  data.settle();
  const Encoding encoding = make_encoding(data, test::all_rows(data), {}, kMemory);
  ASSERT_EQ(encoding.columns().size(), 4U);
  const auto text = [&](std::size_t column, std::size_t bin, ColumnText written) {
    return condition_text(data, encoding.columns()[column], bin, written, kMemory);
  };
  const ColumnText age{"age", ValueStyle::number};
  EXPECT_EQ(text(0, 0, age), "age < 10");
  EXPECT_EQ(text(0, 1, age), "age >= 10 AND age < 20");
  EXPECT_EQ(text(0, 2, age), "age >= 20");
  EXPECT_EQ(text(0, 3, age), "age IS NULL");
  const ColumnText job{"\"the job\"", ValueStyle::text};
  EXPECT_EQ(text(1, 0, job), "\"the job\" = 'x'");
  EXPECT_EQ(text(1, 1, job), "\"the job\" = 'y''s'");
  EXPECT_EQ(text(1, 2, job), "\"the job\" NOT IN ('x', 'y''s')");
  const ColumnText flag{"flag", ValueStyle::boolean};
  EXPECT_EQ(text(2, 0, flag), "NOT flag");
  EXPECT_EQ(text(2, 1, flag), "flag");
  EXPECT_EQ(text(3, 0, age), "age IS NOT NULL");
  EXPECT_EQ(text(3, 1, age), "age IS NULL");
}

}  // namespace
}  // namespace leadscore::learn
