#include "core/learn/encoding.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "core/error.hpp"
#include "core/learn/lanes.hpp"

namespace leadscore::learn {

namespace {

// Of the finite numbers, times a scale: how many, and the sums of the distances from a number and of their squares.
struct NumberSums {
  double count = 0;
  double distances = 0;
  double squares = 0;
};

NumberSums number_sums(const TrainingData& data, std::size_t column, Rows rows, double scale, double from,
                       StopToken& stop) {
  std::array<double, kRowBlock> room;
  LaneBits counts{};
  Lanes distances{};
  Lanes squares{};
  for_each_block(rows, stop, [&](Rows block) {
    const double* numbers = data.numbers(column, block, room.data());
    const std::size_t padded = (block.size() + kLanes - 1) / kLanes * kLanes;
    if (padded != block.size()) {  // what is added counts as missing
      std::copy_n(numbers, block.size(), room.data());
      std::fill(room.data() + block.size(), room.data() + padded, std::numeric_limits<double>::quiet_NaN());
      numbers = room.data();
    }
    for (std::size_t i = 0; i < padded; i += kLanes) {
      Lanes x;
      load(x, numbers + i);
      const Lanes nothing = x - x;  // NaN unless the number is finite
      const LaneBits known = nothing == nothing;
      x = x * scale - from;
      keep(x, known);
      counts -= known;
      distances += x;
      squares += x * x;
    }
  });
  return {static_cast<double>((counts[0] + counts[1]) + (counts[2] + counts[3])), sum_of(distances), sum_of(squares)};
}

// A power of two that brings the finite numbers near 1.
double scale_of(const TrainingData& data, std::size_t column, Rows rows) {
  double largest = 0;
  for (const std::uint32_t row : rows) {
    const double number = data.number(column, row);
    largest = std::isfinite(number) ? std::max(largest, std::fabs(number)) : largest;
  }
  return largest > 0 ? std::ldexp(1.0, -std::ilogb(largest)) : 1;
}

}  // namespace

Moments moments(const TrainingData& data, std::size_t column, Rows rows, StopToken stop) {
  constexpr double kNear = 16;  // in variances: the mean is near enough to the number that distances are taken from
  constexpr double kSmallest = 1e-200;  // below it squares may have lost digits
  constexpr int kMostPasses = 6;
  Moments result;
  const auto first = std::find_if(rows.begin(), rows.end(),
                                  [&](std::uint32_t row) { return std::isfinite(data.number(column, row)); });
  if (first == rows.end()) {
    return result;
  }
  double scale = 1;
  double from = data.number(column, *first);
  double variance = 0;
  for (int pass = 0; pass < kMostPasses; ++pass) {
    const NumberSums sums = number_sums(data, column, rows, scale, from, stop);
    result.count = static_cast<std::size_t>(sums.count);
    const bool is_in_range = sums.squares == 0 || (sums.squares >= kSmallest && std::isfinite(sums.squares));
    if (!is_in_range && pass == 0) {
      scale = scale_of(data, column, rows);
      from *= scale;
      continue;
    }
    const double distance = sums.distances / sums.count;
    from += distance;
    variance = std::max(0.0, sums.squares / sums.count - distance * distance);
    if (distance * distance <= kNear * variance) {
      break;
    }
  }
  result.mean = from / scale;
  result.deviation = std::sqrt(variance) / scale;
  // Numbers that differ by rounding alone do not differ.
  if (result.deviation <= std::fabs(result.mean) * 1e-14) {
    result.deviation = 0;
  }
  return result;
}

void Encoding::add_bins(std::size_t column, ColumnBins bins, std::uint16_t reference) {
  EncodedColumn encoded(memory_);
  encoded.column = column;
  encoded.parameters.assign(bins.size(), 0);
  if (reference != ColumnBins::kNoBin) {
    encoded.parameters[reference] = kNoParameter;
  }
  encoded.bins = std::move(bins);
  columns_.push_back(std::move(encoded));
}

bool Encoding::add_number(const TrainingData& data, std::size_t column, Rows rows, StopToken stop) {
  const Moments numbers = moments(data, column, rows, stop);
  if (!(numbers.deviation > 0) || !std::isfinite(numbers.deviation)) {
    return false;
  }
  EncodedColumn encoded(memory_);
  encoded.column = column;
  encoded.is_number = true;
  encoded.mean = numbers.mean;
  encoded.deviation = numbers.deviation;
  if (numbers.count < rows.size()) {
    BinCount missing;
    for_each_block(rows, stop, [&](Rows block) {
      for (const std::uint32_t row : block) {
        if (!std::isfinite(data.number(column, row))) {
          ++missing.leads;
          missing.wins += data.won(row) ? 1 : 0;
        }
      }
    });
    encoded.bins.missing_bin = 0;
    encoded.bins.counts.push_back(missing);
    encoded.parameters.push_back(0);
  }
  columns_.push_back(std::move(encoded));
  return true;
}

void Encoding::settle() {
  std::size_t next = 0;
  const auto take = [&next] {
    if (next >= kMostParameters) {
      throw Error(ErrorCode::limit_exceeded, "the model has more than " + std::to_string(kMostParameters) + " terms",
                  "Name fewer features, or leave out columns with many values.");
    }
    return static_cast<std::uint16_t>(next++);
  };
  for (EncodedColumn& column : columns_) {
    for (std::uint16_t& parameter : column.parameters) {
      parameter = parameter == kNoParameter ? kNoParameter : take();
    }
  }
  intercept_ = take();
  for (EncodedColumn& column : columns_) {
    if (column.is_number) {
      column.number_parameter = take();
    }
  }
  parameters_ = next;
}

namespace {

std::uint16_t largest_bin(std::span<const BinCount> counts) noexcept {
  std::size_t largest = 0;
  for (std::size_t i = 1; i < counts.size(); ++i) {
    largest = counts[i].leads > counts[largest].leads ? i : largest;
  }
  return static_cast<std::uint16_t>(largest);
}

}  // namespace

Encoding make_encoding(const TrainingData& data, Rows rows, const EncodingOptions& options,
                       std::pmr::memory_resource* memory, StopToken stop) {
  Encoding encoding(memory);
  BinningOptions binning = options.binning;
  if (options.raw) {  // every text has a bin
    binning.least_leads = 1;
    binning.least_share = 0;
    binning.most_levels = Encoding::kMostParameters;
  }
  for (std::size_t column = 0; column < data.column_count(); ++column) {
    if (data.has_too_many_levels(column)) {
      continue;
    }
    if (options.raw && data.kind(column) == ColumnKind::numeric) {
      static_cast<void>(encoding.add_number(data, column, rows, stop));
      continue;
    }
    ColumnBins bins = make_bins(data, column, rows, binning, memory, stop);
    if (!bins.is_constant()) {
      const std::uint16_t reference = options.raw ? std::uint16_t{0} : largest_bin(bins.counts);
      encoding.add_bins(column, std::move(bins), options.with_reference ? reference : ColumnBins::kNoBin);
    }
  }
  encoding.settle();
  return encoding;
}

}  // namespace leadscore::learn
