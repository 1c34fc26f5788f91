// The rows of a model's terms, in the compact form that is fitted: the numbers, and for each binned column the one
// parameter that holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/learn/encoding.hpp"
#include "core/learn/rows.hpp"
#include "core/stop_token.hpp"

namespace leadscore::learn {

class Design {
 public:
  /// Encodes some rows. A bin that the encoding does not know has no term. Throws Cancelled if asked to stop.
  Design(const TrainingData& data, const Encoding& encoding, Rows rows, std::pmr::memory_resource* memory,
         StopToken stop = {});

  [[nodiscard]] std::size_t rows() const noexcept { return won_.size(); }
  [[nodiscard]] std::size_t wins() const noexcept { return wins_; }
  [[nodiscard]] std::size_t parameters() const noexcept { return parameters_; }
  /// Where the intercept is, whose column is number 0; those of the other numbers follow.
  [[nodiscard]] std::size_t intercept() const noexcept { return intercept_; }

  /// The number of numeric terms, the intercept among them, and one of them, for all rows.
  [[nodiscard]] std::size_t number_count() const noexcept { return number_count_; }
  [[nodiscard]] const double* number(std::size_t i) const noexcept { return numbers_.data() + i * rows(); }
  /// The number of binned columns, and the parameters that hold for a row; parameters() where none does.
  [[nodiscard]] std::size_t code_count() const noexcept { return code_count_; }
  [[nodiscard]] const std::uint16_t* codes(std::size_t row) const noexcept { return codes_.data() + row * code_count_; }
  [[nodiscard]] const std::uint8_t* won() const noexcept { return won_.data(); }

  /// Adds what the binned columns contribute to the log-odds of the rows from `first` on, as many as fit into `sums`.
  void add_points(std::span<const double> coefficients, std::size_t first, std::span<double> sums) const noexcept;

 private:
  void add_numbers(const TrainingData& data, const EncodedColumn& column, Rows rows, StopToken& stop);
  void add_codes(const TrainingData& data, const Encoding& encoding, Rows rows, StopToken& stop);
  void add_codes(const TrainingData& data, const EncodedColumn& column, Rows rows, std::uint16_t* code) const;

  std::size_t parameters_;
  std::size_t intercept_;
  std::size_t number_count_ = 0;
  std::size_t code_count_ = 0;
  std::size_t wins_ = 0;
  std::pmr::vector<double> numbers_;       // column by column
  std::pmr::vector<std::uint16_t> codes_;  // row by row
  std::pmr::vector<std::uint8_t> won_;
};

}  // namespace leadscore::learn
