// The arithmetic of logistic regression on a block of rows: by vectors of four, the same bits on every processor.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "core/learn/lanes.hpp"

namespace leadscore::learn {

inline constexpr std::size_t kBlock = 256;  // rows; so that what is computed of them stays in the nearest cache

/// What is computed for each row of a block.
struct LogisticBlock {
  alignas(32) std::array<double, kBlock> log_odds;
  alignas(32) std::array<double, kBlock> outcome;   // 1 of a won lead, -1 of a lost one
  alignas(32) std::array<double, kBlock> residual;  // y - p
  alignas(32) std::array<double, kBlock> weight;    // p (1 - p)
};

/// What is summed up over the rows of blocks.
struct LogisticLosses {
  double linear = 0;   // the loss is that, and the logarithm
  double product = 1;  // of this number, which one block keeps within the range of doubles
  double squares = 0;  // of y - p
  double least_won = std::numeric_limits<double>::infinity();       // the least log-odds of a won lead
  double greatest_lost = -std::numeric_limits<double>::infinity();  // the greatest of a lost one
};

/// The versions of the functions below for a processor. Counts of rows are multiples of kLanes, up to kBlock.
struct LogisticKernel {
  /// Adds to each of `count` numbers the sum of coefficients times columns, in the order of the columns.
  void (*add_products)(std::span<const double> coefficients, const double* const* columns, std::size_t count,
                       double* sums);
  /// Computes residuals and weights of `count` rows from log-odds and outcomes, and adds to losses.
  void (*add_losses)(LogisticBlock& block, std::size_t count, LogisticLosses& losses);
  /// Multiplies `count` numbers by those of another column.
  void (*multiply)(const double* a, const double* b, std::size_t count, double* products);
  /// The scalar products of `count` rows of each left column with some right columns: the left one of number i with
  /// the right ones from number first(i) = max(0, i - 1) on; to `products`, row by row, `stride` numbers each.
  void (*cross_products)(std::span<const double* const> left, std::span<const double* const> right, std::size_t count,
                         double* products, std::size_t stride);
};

/// Without what not every processor has; and the fastest for this one.
[[nodiscard]] const LogisticKernel& plain_kernel() noexcept;
[[nodiscard]] const LogisticKernel& best_kernel() noexcept;

}  // namespace leadscore::learn
