#include "core/learn/training_warnings.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace leadscore::learn {

namespace {

using Kind = TrainingWarning::Kind;

const EncodedColumn* find_encoded(const Encoding& encoding, std::size_t column) noexcept {
  const auto found = std::find_if(encoding.columns().begin(), encoding.columns().end(),
                                  [column](const EncodedColumn& encoded) { return encoded.column == column; });
  return found == encoding.columns().end() ? nullptr : &*found;
}

// The odds of won among leads that have the column, by those among leads that have it not; half a lead added to each
// count. 1 where too few have it, or have it not.
double odds_ratio_if_filled(const EncodedColumn& column, const TrainedModel& model) noexcept {
  constexpr double kHalf = 0.5;
  if (column.bins.missing_bin == ColumnBins::kNoBin) {
    return 1;
  }
  const BinCount& missing = column.bins.counts[column.bins.missing_bin];
  const BinCount filled{static_cast<std::int64_t>(model.rows) - missing.leads,
                        static_cast<std::int64_t>(model.wins) - missing.wins};
  if (std::min(missing.leads, filled.leads) < kLeastFilled) {
    return 1;
  }
  const auto odds = [](const BinCount& count) {
    return (static_cast<double>(count.wins) + kHalf) / (static_cast<double>(count.leads - count.wins) + kHalf);
  };
  return odds(filled) / odds(missing);
}

std::pmr::vector<BinCount> count_bins(const TrainingData& data, std::size_t column, const ColumnBins& bins, Rows rows,
                                      std::pmr::memory_resource* memory) {
  std::pmr::vector<BinCount> counts(bins.size(), memory);
  for (const std::uint32_t row : rows) {  // few
    const std::uint16_t bin = bins.bin_of(data, column, row);
    if (bin != ColumnBins::kNoBin) {
      ++counts[bin].leads;
    }
  }
  return counts;
}

// Sum of (new share - old share) log(new share / old share), half a lead added to each count.
double stability_index(std::span<const BinCount> before, std::span<const BinCount> now) noexcept {
  constexpr double kHalf = 0.5;
  const auto total = [](std::span<const BinCount> counts) {
    double sum = kHalf * static_cast<double>(counts.size());
    for (const BinCount& count : counts) {
      sum += static_cast<double>(count.leads);
    }
    return sum;
  };
  const double all_before = total(before);
  const double all_now = total(now);
  double index = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double share_before = (static_cast<double>(before[i].leads) + kHalf) / all_before;
    const double share_now = (static_cast<double>(now[i].leads) + kHalf) / all_now;
    index += (share_now - share_before) * std::log(share_now / share_before);
  }
  return index;
}

// Equal leads are in a sample all or none: where many are, it may be unlike the whole.
void add_sample_warnings(const TrainingData& data, TrainedModel& model) {
  constexpr double kFarAway = 5;  // standard errors
  if (data.rows_seen() == data.rows()) {
    return;
  }
  const auto seen = static_cast<double>(data.rows_seen());
  const auto rows = static_cast<double>(data.rows());
  const double rate = static_cast<double>(data.wins_seen()) / seen;
  const double distance = std::fabs(static_cast<double>(data.wins()) / rows - rate);
  model.warnings.push_back({Kind::sampled, TrainedTerm::kNoColumn, seen});
  if (distance > kFarAway * std::sqrt(rate * (1 - rate) / rows)) {
    model.warnings.push_back({Kind::uneven_sample, TrainedTerm::kNoColumn, rate});
  }
}

void add_column_warnings(const TrainingData& data, std::size_t column, Rows older, Rows newest, bool by_time,
                         TrainedModel& model, StopToken& stop, std::pmr::memory_resource* memory) {
  if (data.has_too_many_levels(column)) {
    model.warnings.push_back({Kind::too_many_texts, column, static_cast<double>(TrainingData::kMostLevels)});
    return;
  }
  const EncodedColumn* encoded = find_encoded(model.encoding, column);
  if (encoded == nullptr) {
    model.warnings.push_back({Kind::no_bearing, column, 0});
    return;
  }
  // Bins of their own: a model of raw numbers has none.
  const ColumnBins bins = make_bins(data, column, older, {}, memory, stop);
  const double value = information_value(bins.counts);
  const double ratio = odds_ratio_if_filled(*encoded, model);
  if (ratio >= kFilledByOutcome) {
    model.warnings.push_back({Kind::filled_if_won, column, ratio});
  } else if (1 / ratio >= kFilledByOutcome) {
    model.warnings.push_back({Kind::filled_if_lost, column, 1 / ratio});
  } else if (value >= kLeakage) {
    model.warnings.push_back({Kind::leakage, column, value});
  }
  if (by_time && !newest.empty()) {
    const double index = stability_index(bins.counts, count_bins(data, column, bins, newest, memory));
    if (index >= kDrift) {
      model.warnings.push_back({Kind::drift, column, index});
    }
  }
}

}  // namespace

void add_warnings(const TrainingData& data, Rows older, Rows newest, bool by_time, TrainedModel& model,
                  std::pmr::memory_resource* memory, StopToken stop) {
  const std::size_t scarce = std::min(model.wins, model.rows - model.wins);
  if (scarce < kFew) {
    model.warnings.push_back({Kind::few_wins, TrainedTerm::kNoColumn, static_cast<double>(scarce)});
  }
  add_sample_warnings(data, model);
  if (model.unseen.auc < kHardlyASignal) {
    model.warnings.push_back({Kind::no_signal, TrainedTerm::kNoColumn, model.unseen.auc});
  }
  if (!model.converged) {
    model.warnings.push_back({Kind::not_converged, TrainedTerm::kNoColumn, static_cast<double>(model.iterations)});
  }
  constexpr std::size_t kMost = 20'000;  // leads that are enough for rules of thumb
  const std::pmr::vector<std::uint32_t> some_older = at_even_distances(older, kMost, memory);
  const std::pmr::vector<std::uint32_t> some_newest = at_even_distances(newest, kMost, memory);
  for (std::size_t column = 0; column < data.column_count(); ++column) {
    add_column_warnings(data, column, some_older, some_newest, by_time, model, stop, memory);
  }
}

}  // namespace leadscore::learn
