// How the columns of a lead become the terms of a linear model: a number as it is, or one term for each bin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/learn/binning.hpp"
#include "core/learn/rows.hpp"
#include "core/learn/training_data.hpp"
#include "core/stop_token.hpp"

namespace leadscore::learn {

/// One column in a model. The parameters of bins come first among all parameters of a model, column by column; then the
/// intercept; then those of numbers.
struct EncodedColumn {
  explicit EncodedColumn(std::pmr::memory_resource* memory) : bins(memory), parameters(memory) {}

  std::size_t column = 0;  // of the data
  bool is_number = false;  // the number itself is a term, (x - mean) / deviation; where it is missing or infinite, 0
  double mean = 0;
  double deviation = 1;                        // the standard deviation, of the population
  std::uint16_t number_parameter = 0;          // of a number
  ColumnBins bins;                             // of a number: at most a bin for missing
  std::pmr::vector<std::uint16_t> parameters;  // of the bins; Encoding::kNoParameter where there is none
};

class Encoding {
 public:
  static constexpr std::uint16_t kNoParameter = 0xFFFF;
  static constexpr std::size_t kMostParameters = 4000;

  explicit Encoding(std::pmr::memory_resource* memory) : columns_(memory), memory_(memory) {}

  /// Adds a column by its bins. With a reference bin, that bin has no parameter: it is what the others are compared
  /// with, without which a model that is not penalised has no unique solution.
  void add_bins(std::size_t column, ColumnBins bins, std::uint16_t reference = ColumnBins::kNoBin);

  /// Adds a numeric column as it is, standardised over these rows, and a bin for what is missing if anything is. A
  /// column whose numbers are all the same is not added; returns false.
  bool add_number(const TrainingData& data, std::size_t column, Rows rows, StopToken stop = {});

  /// Gives the parameters their places. Call it last; throws Error(limit_exceeded) beyond kMostParameters.
  void settle();

  [[nodiscard]] std::span<const EncodedColumn> columns() const noexcept { return columns_; }
  [[nodiscard]] std::size_t parameters() const noexcept { return parameters_; }
  [[nodiscard]] std::size_t intercept() const noexcept { return intercept_; }

 private:
  std::pmr::vector<EncodedColumn> columns_;
  std::pmr::memory_resource* memory_;
  std::size_t parameters_ = 0;
  std::size_t intercept_ = 0;
};

struct EncodingOptions {
  bool raw = false;             // numbers as they are and every text a bin, instead of bins
  bool with_reference = false;  // one bin of each column without a parameter: the first text (raw), the largest bin
  BinningOptions binning = {};
};

/// The encoding of all columns of the data that some of its rows call for: columns that are constant among them, or
/// have too many texts, are left out. Throws as settle() does, and Cancelled if asked to stop.
[[nodiscard]] Encoding make_encoding(const TrainingData& data, Rows rows, const EncodingOptions& options,
                                     std::pmr::memory_resource* memory, StopToken stop = {});

/// The mean and the standard deviation (of the population) of the finite numbers of a column among some rows.
struct Moments {
  std::size_t count = 0;
  double mean = 0;
  double deviation = 0;
};
[[nodiscard]] Moments moments(const TrainingData& data, std::size_t column, Rows rows, StopToken stop = {});

}  // namespace leadscore::learn
