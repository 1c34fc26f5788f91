#include "core/learn/binning.hpp"

#include <algorithm>
#include <cmath>

#include "core/learn/range_merging.hpp"

namespace leadscore::learn {

namespace {

// Beyond this many, quantiles of every n-th lead are as good as those of all.
constexpr std::size_t kSample = 1U << 16;

std::int64_t least_leads(std::size_t rows, const BinningOptions& options) noexcept {
  const double share = options.least_share * static_cast<double>(rows);
  return std::max(static_cast<std::int64_t>(options.least_leads), static_cast<std::int64_t>(std::ceil(share)));
}

void count(BinCount& bin, bool won) noexcept {
  ++bin.leads;
  bin.wins += won ? 1 : 0;
}

// How many cuts are not above the number.
std::size_t range_of(std::span<const double> cuts, double number) noexcept {
  std::size_t first = 0;  // a binary search without branches, which nothing could predict
  for (std::size_t left = cuts.size(); left > 0;) {
    const std::size_t half = (left + 1) / 2;
    first += half * static_cast<std::size_t>(cuts[first + half - 1] <= number);
    left -= half;
  }
  return first;
}

// Where ranges of about equal numbers of leads begin; a number that many leads share has a range of its own.
void quantile_cuts(std::span<const double> sorted, std::size_t most_ranges, std::pmr::vector<double>& cuts) {
  const double share = static_cast<double>(sorted.size()) / static_cast<double>(std::max<std::size_t>(most_ranges, 1));
  std::size_t begin = 0;  // of the range that is being filled
  for (std::size_t i = 0; i < sorted.size();) {
    const auto next = static_cast<std::size_t>(
        std::upper_bound(sorted.begin() + static_cast<std::ptrdiff_t>(i), sorted.end(), sorted[i]) - sorted.begin());
    const bool is_full = static_cast<double>(i - begin) >= share;
    const bool is_frequent = static_cast<double>(next - i) >= share;
    if (i > begin && (is_full || is_frequent)) {
      cuts.push_back(sorted[i]);
      begin = i;
    }
    i = next;
  }
}

Ranges pre_bins(const TrainingData& data, std::size_t column, Rows rows, const BinningOptions& options,
                ColumnBins& bins, BinCount& missing, StopToken& stop, std::pmr::memory_resource* memory) {
  std::pmr::vector<double> sorted(memory);
  sorted.reserve(std::min(rows.size(), kSample));
  for (const std::uint32_t row : at_even_distances(rows, kSample, memory)) {
    stop.check();
    const double number = data.number(column, row);
    if (!std::isnan(number)) {
      sorted.push_back(number);
    }
  }
  std::sort(sorted.begin(), sorted.end());
  quantile_cuts(sorted, options.most_ranges, bins.cuts);
  Ranges ranges(bins.cuts.size() + 1, memory);
  ranges[0].from = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < bins.cuts.size(); ++i) {
    ranges[i + 1].from = bins.cuts[i];
  }
  for_each_block(rows, stop, [&](Rows block) {
    for (const std::uint32_t row : block) {
      const double number = data.number(column, row);
      count(std::isnan(number) ? missing : ranges[range_of(bins.cuts, number)].count, data.won(row));
    }
  });
  return ranges;
}

void make_numeric_bins(const TrainingData& data, std::size_t column, Rows rows, const BinningOptions& options,
                       ColumnBins& bins, StopToken& stop, std::pmr::memory_resource* memory) {
  BinCount missing;
  Ranges ranges = pre_bins(data, column, rows, options, bins, missing, stop, memory);
  const std::int64_t least = least_leads(rows.size(), options);
  switch (options.method) {
    case BinningMethod::significance:
      merge_by_significance(ranges, options.chi_square, least);
      break;
    case BinningMethod::monotone:
      merge_monotonically(ranges, least, memory);
      break;
    case BinningMethod::quantile:
      break;
  }
  bins.cuts.clear();
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (i > 0) {
      bins.cuts.push_back(ranges[i].from);
    }
    bins.counts.push_back(ranges[i].count);
  }
  if (missing.leads == static_cast<std::int64_t>(rows.size())) {  // no number at all: no range either
    bins.counts.clear();
  }
  if (missing.leads > 0) {
    bins.missing_bin = static_cast<std::uint16_t>(bins.counts.size());
    bins.counts.push_back(missing);
  }
}

void make_categorical_bins(const TrainingData& data, std::size_t column, Rows rows, const BinningOptions& options,
                           ColumnBins& bins, StopToken& stop, std::pmr::memory_resource* memory) {
  std::pmr::vector<BinCount> levels(data.level_count(column), memory);
  BinCount missing;
  for_each_block(rows, stop, [&](Rows block) {
    for (const std::uint32_t row : block) {
      const std::uint32_t code = data.code(column, row);
      count(code == TrainingData::kMissing ? missing : levels[code], data.won(row));
    }
  });
  const std::int64_t least = least_leads(rows.size(), options);
  for (std::uint32_t code = 0; code < levels.size(); ++code) {
    if (levels[code].leads >= least) {
      bins.levels.push_back(code);
    }
  }
  if (bins.levels.size() > options.most_levels) {
    std::stable_sort(bins.levels.begin(), bins.levels.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return levels[a].leads > levels[b].leads; });
    bins.levels.resize(options.most_levels);
    std::sort(bins.levels.begin(), bins.levels.end());
  }
  bins.bin_of_level.assign(levels.size(), ColumnBins::kNoBin);
  for (const std::uint32_t code : bins.levels) {
    bins.bin_of_level[code] = static_cast<std::uint16_t>(bins.counts.size());
    bins.counts.push_back(levels[code]);
  }
  BinCount others;
  for (std::uint32_t code = 0; code < levels.size(); ++code) {
    if (bins.bin_of_level[code] == ColumnBins::kNoBin) {
      others.leads += levels[code].leads;
      others.wins += levels[code].wins;
    }
  }
  if (others.leads > 0) {
    bins.other_bin = static_cast<std::uint16_t>(bins.counts.size());
    bins.counts.push_back(others);
    // What comes later and was not among these leads is rare as well.
    std::replace(bins.bin_of_level.begin(), bins.bin_of_level.end(), ColumnBins::kNoBin, bins.other_bin);
  }
  if (missing.leads > 0) {
    bins.missing_bin = static_cast<std::uint16_t>(bins.counts.size());
    bins.counts.push_back(missing);
  }
}

}  // namespace

std::uint16_t ColumnBins::bin_of(double number) const noexcept {
  if (std::isnan(number)) {
    return missing_bin;
  }
  const std::size_t ranges = counts.size() - (missing_bin == kNoBin ? 0 : 1);
  return ranges == 0 ? kNoBin : static_cast<std::uint16_t>(range_of(cuts, number));
}

ColumnBins make_bins(const TrainingData& data, std::size_t column, Rows rows, const BinningOptions& options,
                     std::pmr::memory_resource* memory, StopToken stop) {
  ColumnBins bins(memory);
  bins.kind = data.kind(column);
  if (bins.kind == ColumnKind::numeric) {
    make_numeric_bins(data, column, rows, options, bins, stop, memory);
  } else {
    make_categorical_bins(data, column, rows, options, bins, stop, memory);
  }
  return bins;
}

double information_value(std::span<const BinCount> counts) noexcept {
  constexpr double kHalf = 0.5;
  double wins = 0;
  double losses = 0;
  for (const BinCount& bin : counts) {
    wins += static_cast<double>(bin.wins);
    losses += static_cast<double>(bin.leads - bin.wins);
  }
  const double added = kHalf * static_cast<double>(counts.size());
  double value = 0;
  for (const BinCount& bin : counts) {
    const double of_won = (static_cast<double>(bin.wins) + kHalf) / (wins + added);
    const double of_lost = (static_cast<double>(bin.leads - bin.wins) + kHalf) / (losses + added);
    value += (of_won - of_lost) * std::log(of_won / of_lost);
  }
  return value;
}

}  // namespace leadscore::learn
