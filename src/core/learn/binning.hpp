// The bins of a column: ranges of numbers, or texts with the rare ones joined; NULL is a bin of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/learn/rows.hpp"
#include "core/learn/training_data.hpp"
#include "core/stop_token.hpp"

namespace leadscore::learn {

enum class BinningMethod : std::uint8_t {
  significance,  // neighbouring ranges are joined until all differ significantly in their rate of wins
  monotone,      // joined until the rate of wins only rises, or only falls (pool adjacent violators)
  quantile,      // ranges of equal numbers of leads
};

struct BinningOptions {
  BinningMethod method = BinningMethod::significance;
  std::size_t most_ranges = 64;           // quantiles that a numeric column is cut at before any are joined
  std::size_t most_levels = 100;          // texts with a bin of their own: the most frequent
  double least_share = 0.005;             // of the leads, in a bin; rarer texts are joined, small ranges too
  std::size_t least_leads = 20;           // in a bin, whatever the share
  double chi_square = 6.634896601021213;  // ranges differ from here on: 1 % of one degree of freedom
};

struct BinCount {
  std::int64_t leads = 0;
  std::int64_t wins = 0;

  bool operator==(const BinCount&) const = default;
};

/// The bins of one column. A numeric column: bin k holds cuts[k-1] <= x < cuts[k], the first and the last are open. A
/// categorical column: the texts that have a bin of their own come first, in the order of their bytes, then the bin
/// of all others if any were rare. Last the bin of NULL, if there were NULLs.
struct ColumnBins {
  static constexpr std::uint16_t kNoBin = 0xFFFF;

  explicit ColumnBins(std::pmr::memory_resource* memory)
      : cuts(memory), levels(memory), bin_of_level(memory), counts(memory) {}

  ColumnKind kind = ColumnKind::numeric;
  std::pmr::vector<double> cuts;
  std::pmr::vector<std::uint32_t> levels;        // codes of the texts with a bin of their own
  std::pmr::vector<std::uint16_t> bin_of_level;  // by code
  std::uint16_t other_bin = kNoBin;
  std::uint16_t missing_bin = kNoBin;
  std::pmr::vector<BinCount> counts;  // of every bin, among the leads the bins were made of

  [[nodiscard]] std::size_t size() const noexcept { return counts.size(); }
  /// True of a column that says nothing: all leads in one bin.
  [[nodiscard]] bool is_constant() const noexcept { return counts.size() < 2; }
  /// The bin of a number (NaN: missing); kNoBin for what there was none of.
  [[nodiscard]] std::uint16_t bin_of(double number) const noexcept;
  [[nodiscard]] std::uint16_t bin_of(std::uint32_t code) const noexcept {
    return code == TrainingData::kMissing ? missing_bin : bin_of_level[code];
  }
  /// The bin of a row, of the column they are bins of.
  [[nodiscard]] std::uint16_t bin_of(const TrainingData& data, std::size_t column, std::size_t row) const noexcept {
    return kind == ColumnKind::numeric ? bin_of(data.number(column, row)) : bin_of(data.code(column, row));
  }
};

/// Makes the bins of a column from some rows of settled data. O(n log n). Throws Cancelled if asked to stop.
[[nodiscard]] ColumnBins make_bins(const TrainingData& data, std::size_t column, Rows rows,
                                   const BinningOptions& options, std::pmr::memory_resource* memory,
                                   StopToken stop = {});

/// The information value of the bins: sum over them of (share of the won - share of the lost) times the logarithm of
/// their ratio, with half a lead added to each count. Beyond 0.5 a column is suspiciously good.
[[nodiscard]] double information_value(std::span<const BinCount> counts) noexcept;

/// Pearson's chi-square of two bins: do their rates differ? One degree of freedom; 0 where nothing could tell.
[[nodiscard]] double chi_square(const BinCount& a, const BinCount& b) noexcept;

}  // namespace leadscore::learn
