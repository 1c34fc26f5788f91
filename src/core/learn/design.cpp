#include "core/learn/design.hpp"

#include <array>
#include <cmath>

namespace leadscore::learn {

Design::Design(const TrainingData& data, const Encoding& encoding, Rows rows, std::pmr::memory_resource* memory,
               StopToken stop)
    : parameters_(encoding.parameters()),
      intercept_(encoding.intercept()),
      numbers_(memory),
      codes_(memory),
      won_(memory) {
  won_.reserve(rows.size());
  for_each_block(rows, stop, [&](Rows block) {
    for (const std::uint32_t row : block) {
      won_.push_back(data.won(row) ? 1 : 0);
      wins_ += won_.back();
    }
  });
  number_count_ = parameters_ - intercept_;
  for (const EncodedColumn& column : encoding.columns()) {
    code_count_ += column.bins.size() > 0 ? 1 : 0;
  }
  numbers_.reserve(number_count_ * rows.size());
  numbers_.assign(rows.size(), 1.0);
  for (const EncodedColumn& column : encoding.columns()) {
    if (column.is_number) {
      add_numbers(data, column, rows, stop);
    }
  }
  codes_.resize(code_count_ * rows.size());
  add_codes(data, encoding, rows, stop);
}

void Design::add_numbers(const TrainingData& data, const EncodedColumn& column, Rows rows, StopToken& stop) {
  std::array<double, kRowBlock> room;
  const double scale = 1 / column.deviation;
  for_each_block(rows, stop, [&](Rows block) {
    const double* numbers = data.numbers(column.column, block, room.data());
    for (std::size_t i = 0; i < block.size(); ++i) {
      const double number = (numbers[i] - column.mean) * scale;
      room[i] = std::isfinite(numbers[i]) ? number : 0;
    }
    numbers_.insert(numbers_.end(), room.data(), room.data() + block.size());
  });
}

// Block by block, so that the codes of a row are all written while they are in a cache.
void Design::add_codes(const TrainingData& data, const Encoding& encoding, Rows rows, StopToken& stop) {
  std::uint16_t* codes = codes_.data();
  for_each_block(rows, stop, [&](Rows block) {
    std::size_t position = 0;
    for (const EncodedColumn& column : encoding.columns()) {
      if (column.bins.size() > 0) {
        stop.check(kRowBlock);
        add_codes(data, column, block, codes + position++);
      }
    }
    codes += block.size() * code_count_;
  });
}

void Design::add_codes(const TrainingData& data, const EncodedColumn& column, Rows rows, std::uint16_t* code) const {
  for (const std::uint32_t row : rows) {
    std::uint16_t bin = ColumnBins::kNoBin;
    if (column.is_number) {
      bin = std::isfinite(data.number(column.column, row)) ? ColumnBins::kNoBin : column.bins.missing_bin;
    } else {
      bin = column.bins.bin_of(data, column.column, row);
    }
    const std::uint16_t parameter = bin == ColumnBins::kNoBin ? Encoding::kNoParameter : column.parameters[bin];
    *code = parameter == Encoding::kNoParameter ? static_cast<std::uint16_t>(parameters_) : parameter;
    code += code_count_;
  }
}

void Design::add_points(std::span<const double> coefficients, std::size_t first,
                        std::span<double> sums) const noexcept {
  if (code_count_ == 0) {
    return;
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
