#include "core/learn/encoding.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/error.hpp"

namespace leadscore::learn {

Moments moments(const TrainingData& data, std::size_t column, std::span<const std::uint32_t> rows) noexcept {
  Moments result;
  double largest = 0;
  for (const std::uint32_t row : rows) {
    const double number = data.number(column, row);
    if (std::isfinite(number)) {
      ++result.count;
      largest = std::max(largest, std::fabs(number));
    }
  }
  if (!(largest > 0)) {
    return result;
  }
  // Powers of two keep sums of squares within the range of doubles.
  const double scale = std::ldexp(1.0, -std::ilogb(largest));
  const auto count = static_cast<double>(result.count);
  double sum = 0;
  for (const std::uint32_t row : rows) {
    const double number = data.number(column, row);
    sum += std::isfinite(number) ? number * scale : 0;
  }
  const double mean = sum / count;
  double squares = 0;
  double rest = 0;  // what rounding took from the mean
  for (const std::uint32_t row : rows) {
    const double number = data.number(column, row);
    if (std::isfinite(number)) {
      const double distance = number * scale - mean;
      squares += distance * distance;
      rest += distance;
    }
  }
  result.mean = (mean + rest / count) / scale;
  result.deviation = std::sqrt(std::max(0.0, (squares - rest * rest / count) / count)) / scale;
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

bool Encoding::add_number(const TrainingData& data, std::size_t column, std::span<const std::uint32_t> rows) {
  const Moments numbers = moments(data, column, rows);
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
    for (const std::uint32_t row : rows) {
      if (!std::isfinite(data.number(column, row))) {
        ++missing.leads;
        missing.wins += data.won(row) ? 1 : 0;
      }
    }
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

Encoding make_encoding(const TrainingData& data, std::span<const std::uint32_t> rows, const EncodingOptions& options,
                       std::pmr::memory_resource* memory) {
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
      static_cast<void>(encoding.add_number(data, column, rows));
      continue;
    }
    ColumnBins bins = make_bins(data, column, rows, binning, memory);
    if (!bins.is_constant()) {
      const std::uint16_t reference = options.raw ? std::uint16_t{0} : largest_bin(bins.counts);
      encoding.add_bins(column, std::move(bins), options.with_reference ? reference : ColumnBins::kNoBin);
    }
  }
  encoding.settle();
  return encoding;
}

}  // namespace leadscore::learn
