#include "core/learn/naive_bayes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/learn/design.hpp"
#include "error_code_of.hpp"
#include "leads.hpp"

namespace leadscore::learn {
namespace {

using test::all_rows;
using test::error_code_of;
using test::MadeUpLeads;

auto* const kMemory = std::pmr::get_default_resource();

TEST(NaiveBayes, GivesTheProbabilitiesOfItsDefinition) {
  const MadeUpLeads made(2'000, 1);
  TrainingData data(made.columns, kMemory);
  made.add_to(data);
  data.settle();
  const auto rows = all_rows(data);
  for (const double smoothing : {1.0, 0.1}) {
    const Encoding encoding = make_encoding(data, rows, {}, kMemory);
    const Design design(data, encoding, rows, kMemory);
    const auto coefficients = naive_bayes(encoding, static_cast<std::int64_t>(data.rows()),
                                          static_cast<std::int64_t>(data.wins()), smoothing, kMemory);
    const auto wins = static_cast<double>(data.wins());
    const auto losses = static_cast<double>(data.rows()) - wins;
    for (std::size_t row = 0; row < data.rows(); ++row) {
      // P(won) times the product of P(bin | won), and the same for lost, counted from the rows themselves.
      double of_won = wins / (wins + losses);
      double of_lost = losses / (wins + losses);
      for (const EncodedColumn& column : encoding.columns()) {
        const auto bin_of = [&](std::size_t r) { return column.bins.bin_of(data, column.column, r); };
        double won_here = 0;
        double lost_here = 0;
        for (std::size_t other = 0; other < data.rows() && row % 40 == 0; ++other) {
          (data.won(other) ? won_here : lost_here) += bin_of(other) == bin_of(row) ? 1 : 0;
        }
        const double added = smoothing * static_cast<double>(column.bins.size());
        of_won *= (won_here + smoothing) / (wins + added);
        of_lost *= (lost_here + smoothing) / (losses + added);
      }
      if (row % 40 == 0) {
        double log_odds = coefficients[design.intercept()];
        design.add_points(coefficients, row, std::span(&log_odds, 1));
        ASSERT_NEAR(1 / (1 + std::exp(-log_odds)), of_won / (of_won + of_lost), 1e-12) << row;
      }
    }
  }
}

TEST(NaiveBayes, RefusesWhatItCannotCount) {
  const MadeUpLeads made(300, 2);
  TrainingData data(made.columns, kMemory);
  made.add_to(data);
  data.settle();
  const Encoding binned = make_encoding(data, all_rows(data), {}, kMemory);
  const Encoding raw = make_encoding(data, all_rows(data), {.raw = true, .binning = {}}, kMemory);
  const auto error = [](const Encoding& encoding, std::int64_t leads, std::int64_t wins, double smoothing) {
    return error_code_of([&] { (void)naive_bayes(encoding, leads, wins, smoothing, kMemory); });
  };
  EXPECT_EQ(error(binned, 300, 100, 1), std::nullopt);
  EXPECT_EQ(error(raw, 300, 100, 1), ErrorCode::invalid_argument);
  EXPECT_EQ(error(binned, 300, 0, 1), ErrorCode::invalid_argument);
  EXPECT_EQ(error(binned, 300, 300, 1), ErrorCode::invalid_argument);
  for (const double smoothing : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(error(binned, 300, 100, smoothing), ErrorCode::invalid_argument);
  }
}

}  // namespace
}  // namespace leadscore::learn
