#include "core/learn/design.hpp"

#include <cmath>

namespace leadscore::learn {

Design::Design(const TrainingData& data, const Encoding& encoding, std::span<const std::uint32_t> rows,
               std::pmr::memory_resource* memory)
    : parameters_(encoding.parameters()),
      intercept_(encoding.intercept()),
      numbers_(memory),
      codes_(memory),
      won_(rows.size(), memory) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    won_[i] = data.won(rows[i]) ? 1 : 0;
    wins_ += won_[i];
  }
  number_count_ = parameters_ - intercept_;
  for (const EncodedColumn& column : encoding.columns()) {
    code_count_ += column.bins.size() > 0 ? 1 : 0;
  }
  numbers_.reserve(number_count_ * rows.size());
  numbers_.assign(rows.size(), 1.0);
  codes_.resize(code_count_ * rows.size());
  std::size_t position = 0;
  for (const EncodedColumn& column : encoding.columns()) {
    if (column.is_number) {
      add_numbers(data, column, rows);
    }
    if (column.bins.size() > 0) {
      add_codes(data, column, rows, position++);
    }
  }
}

void Design::add_numbers(const TrainingData& data, const EncodedColumn& column, std::span<const std::uint32_t> rows) {
  for (const std::uint32_t row : rows) {
    const double number = data.number(column.column, row);
    numbers_.push_back(std::isfinite(number) ? (number - column.mean) / column.deviation : 0);
  }
}

void Design::add_codes(const TrainingData& data, const EncodedColumn& column, std::span<const std::uint32_t> rows,
                       std::size_t position) {
  const bool is_numeric = data.kind(column.column) == ColumnKind::numeric;
  std::uint16_t* code = codes_.data() + position;
  for (const std::uint32_t row : rows) {
    std::uint16_t bin = ColumnBins::kNoBin;
    if (column.is_number) {
      bin = std::isfinite(data.number(column.column, row)) ? ColumnBins::kNoBin : column.bins.missing_bin;
    } else {
      bin = is_numeric ? column.bins.bin_of(data.number(column.column, row))
                       : column.bins.bin_of(data.code(column.column, row));
    }
    const std::uint16_t parameter = bin == ColumnBins::kNoBin ? Encoding::kNoParameter : column.parameters[bin];
    *code = parameter == Encoding::kNoParameter ? static_cast<std::uint16_t>(parameters_) : parameter;
    code += code_count_;
  }
}

void Design::linear_predictor(std::span<const double> coefficients, std::size_t first,
                              std::span<double> sums) const noexcept {
  for (double& sum : sums) {
    sum = coefficients[intercept_];
  }
  for (std::size_t i = 1; i < number_count_; ++i) {
    const double coefficient = coefficients[intercept_ + i];
    const double* column = number(i) + first;
    for (std::size_t row = 0; row < sums.size(); ++row) {
      sums[row] += coefficient * column[row];
    }
  }
  const std::uint16_t* code = codes(first);
  for (double& sum : sums) {
    double points = 0;
    for (std::size_t i = 0; i < code_count_; ++i) {
      const std::size_t parameter = *code++;
      points += parameter < parameters_ ? coefficients[parameter] : 0;
    }
    sum += points;
  }
}

}  // namespace leadscore::learn
