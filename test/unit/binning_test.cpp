#include "core/learn/binning.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/learn/range_merging.hpp"
#include "leads.hpp"
#include "random.hpp"

namespace leadscore::learn {
namespace {

using test::all_rows;
using test::Random;

auto* const kMemory = std::pmr::get_default_resource();
constexpr ColumnKind kNumber[] = {ColumnKind::numeric};
constexpr ColumnKind kText[] = {ColumnKind::categorical};

void add(TrainingData& data, double number, bool won) { data.add(std::vector{Cell::of(number)}, {.won = won}); }
void add(TrainingData& data, std::string_view text, bool won) { data.add(std::vector{Cell::of(text)}, {.won = won}); }

ColumnBins bins_of(const TrainingData& data, const BinningOptions& options = {}) {
  return make_bins(data, 0, all_rows(data), options, kMemory);
}

// Every row is counted in the bin that bin_of() says.
void expect_counts(const TrainingData& data, const ColumnBins& bins) {
  std::vector<BinCount> counts(bins.size());
  for (std::size_t row = 0; row < data.rows(); ++row) {
    const std::uint16_t bin = bins.bin_of(data, 0, row);
    ASSERT_LT(bin, bins.size());
    ++counts[bin].leads;
    counts[bin].wins += data.won(row) ? 1 : 0;
  }
  EXPECT_TRUE(std::equal(counts.begin(), counts.end(), bins.counts.begin(), bins.counts.end()));
}

TEST(Binning, FindsWhereTheRateChanges) {
  Random random(1);
  TrainingData data(kNumber, kMemory);
  for (int i = 0; i < 20'000; ++i) {
    const double x = random.whole(0, 99);
    add(data, x, random.chance(x < 25 ? 0.1 : x < 60 ? 0.5 : 0.2));
  }
  const ColumnBins bins = bins_of(data);
  expect_counts(data, bins);
  ASSERT_GE(bins.cuts.size(), 2U);
  EXPECT_LE(bins.cuts.size(), 5U);
  for (const double cut : {25.0, 60.0}) {
    EXPECT_TRUE(std::any_of(bins.cuts.begin(), bins.cuts.end(), [&](double c) { return std::fabs(c - cut) <= 2; }));
  }
}

TEST(Binning, FindsNothingWhereThereIsNothing) {
  Random random(2);
  int split = 0;
  for (int round = 0; round < 50; ++round) {
    TrainingData data(kNumber, kMemory);
    for (int i = 0; i < 2'000; ++i) {
      add(data, random.number(0, 1), random.chance(0.3));
    }
    split += bins_of(data).is_constant() ? 0 : 1;
  }
  EXPECT_LT(split, 50) << "chance alone does not cut every column";
}

TEST(Binning, JoinsMonotonically) {
  Random random(3);
  for (const double slope : {0.004, -0.004, 0.0}) {
    TrainingData data(kNumber, kMemory);
    for (int i = 0; i < 5'000; ++i) {
      const double x = random.whole(0, 99);
      add(data, x, random.chance(0.5 + slope * (x - 50)));
    }
    const ColumnBins bins = bins_of(data, {.method = BinningMethod::monotone});
    expect_counts(data, bins);
    std::vector<double> rates;
    for (const BinCount& count : bins.counts) {
      rates.push_back(static_cast<double>(count.wins) / static_cast<double>(count.leads));
      EXPECT_GE(count.leads, 25);
    }
    EXPECT_TRUE(std::is_sorted(rates.begin(), rates.end()) || std::is_sorted(rates.rbegin(), rates.rend()));
    if (slope != 0) {
      ASSERT_GT(rates.size(), 3U);
      EXPECT_EQ(rates.front() < rates.back(), slope > 0);
    }
  }
}

TEST(Binning, KeepsTiesTogetherAndQuantilesEven) {
  Random random(4);
  TrainingData data(kNumber, kMemory);
  for (int i = 0; i < 10'000; ++i) {
    add(data, i % 2 == 0 ? 0.0 : random.number(1, 2), random.chance(0.5));
  }
  const ColumnBins bins = bins_of(data, {.method = BinningMethod::quantile, .most_ranges = 10});
  expect_counts(data, bins);
  EXPECT_EQ(bins.counts[0].leads, 5'000) << "half of the leads are 0, alone";
  for (std::size_t i = 1; i < bins.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(bins.counts[i].leads), 1'000, 2);
  }
}

TEST(Binning, GivesMissingABinAndNumbersAnOpenEnd) {
  TrainingData data(kNumber, kMemory);
  for (int i = 0; i < 300; ++i) {
    add(data, i, i >= 150);
    data.add(std::vector{Cell{}}, {.won = i % 2 == 0});
  }
  const ColumnBins bins = bins_of(data);
  ASSERT_EQ(bins.size(), 3U);
  EXPECT_EQ(bins.missing_bin, 2);
  EXPECT_EQ(bins.bin_of(std::nan("")), 2);
  EXPECT_EQ(bins.cuts[0], 150);
  EXPECT_EQ(bins.bin_of(std::nextafter(150.0, 0)), 0);
  EXPECT_EQ(bins.bin_of(150.0), 1) << "a range has its beginning";
  EXPECT_EQ(bins.bin_of(-std::numeric_limits<double>::infinity()), 0);
  EXPECT_EQ(bins.bin_of(std::numeric_limits<double>::infinity()), 1);
  expect_counts(data, bins);
}

TEST(Binning, KnowsAConstantAndAnEmptyColumn) {
  TrainingData same(kNumber, kMemory);
  TrainingData empty(kNumber, kMemory);
  for (int i = 0; i < 100; ++i) {
    add(same, 3, i % 2 == 0);
    empty.add(std::vector{Cell{}}, {.won = i % 2 == 0});
  }
  EXPECT_TRUE(bins_of(same).is_constant());
  EXPECT_TRUE(bins_of(empty).is_constant());
  EXPECT_EQ(bins_of(empty).bin_of(1.0), ColumnBins::kNoBin) << "there was no number";
}

TEST(Binning, JoinsRareTexts) {
  TrainingData data(kText, kMemory);
  for (int i = 0; i < 1'000; ++i) {
    add(data, i % 2 == 0 ? "a" : "c", i % 3 == 0);
  }
  for (int i = 0; i < 15; ++i) {
    add(data, "b" + std::to_string(i), true);
  }
  data.add(std::vector{Cell{}}, {});
  data.settle();
  const ColumnBins bins = bins_of(data);
  ASSERT_EQ(bins.levels.size(), 2U);
  EXPECT_EQ(data.level(0, bins.levels[0]), "a");
  EXPECT_EQ(data.level(0, bins.levels[1]), "c");
  EXPECT_EQ(bins.other_bin, 2);
  EXPECT_EQ(bins.missing_bin, 3);
  EXPECT_EQ(bins.counts[2], (BinCount{15, 15}));
  expect_counts(data, bins);
  const ColumnBins few = bins_of(data, {.most_levels = 1});
  EXPECT_EQ(few.levels.size(), 1U) << "the more frequent one, the first among equals";
  EXPECT_EQ(data.level(0, few.levels[0]), "a");
}

TEST(Binning, ComparesRatesByChiSquare) {
  // 2x2 table 10/40 and 20/30: sum of (observed - expected)^2 / expected by hand.
  EXPECT_NEAR(chi_square({50, 10}, {50, 20}), 100.0 * (10 * 30 - 20 * 40) * (10 * 30 - 20 * 40) / (50.0 * 50 * 30 * 70),
              1e-12);
  EXPECT_EQ(chi_square({50, 10}, {0, 0}), 0);
  EXPECT_EQ(chi_square({50, 0}, {50, 0}), 0);
  const BinCount counts[] = {{50, 10}, {50, 20}};
  const auto share = [](double part, double whole) { return (part + 0.5) / (whole + 1); };
  const double value = (share(10, 30) - share(40, 70)) * std::log(share(10, 30) / share(40, 70)) +
                       (share(20, 30) - share(30, 70)) * std::log(share(20, 30) / share(30, 70));
  EXPECT_NEAR(information_value(counts), value, 1e-15);
}

TEST(Binning, JoinsTheSmallFirst) {
  Ranges ranges(kMemory);
  ranges.push_back({0, {100, 0}});
  ranges.push_back({1, {5, 5}});
  ranges.push_back({2, {100, 90}});
  merge_by_significance(ranges, 6.6, 20);
  ASSERT_EQ(ranges.size(), 2U);
  EXPECT_EQ(ranges[1].from, 1) << "the five are more like what follows";
  EXPECT_EQ(ranges[1].count, (BinCount{105, 95}));
}

}  // namespace
}  // namespace leadscore::learn
