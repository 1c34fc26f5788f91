// One pass over a design: the loss of logistic regression with its first and second derivatives.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/learn/cholesky.hpp"
#include "core/learn/design.hpp"
#include "core/learn/logistic_kernel.hpp"
#include "core/stop_token.hpp"

namespace leadscore::learn {

/// What a pass sums up without derivatives.
struct LossSums {
  double log_loss = 0;
  double squares = 0;        // of the residuals y - p
  double least_won = 0;      // the least log-odds among the won leads; infinity without one
  double greatest_lost = 0;  // the greatest among the lost
};

/// And with them. There is room for one parameter more: that of rows that have none.
struct LogisticSums {
  LogisticSums(std::size_t parameters, std::pmr::memory_resource* memory, StopToken stop = {})
      : gradient(parameters + 1, memory), hessian(parameters + 1, memory, stop) {}

  LossSums losses;
  std::pmr::vector<double> gradient;  // X'(y - p)
  SymmetricMatrix hessian;            // X'DX
};

class LogisticPass {
 public:
  /// Every `stride`-th block of rows is looked at.
  LogisticPass(const Design& design, std::pmr::memory_resource* memory, std::size_t stride = 1,
               const LogisticKernel& kernel = best_kernel());

  /// Fills the losses, and all sums, for these coefficients.
  LossSums losses(std::span<const double> coefficients, StopToken& stop);
  void run(std::span<const double> coefficients, LogisticSums& sums, StopToken& stop);

  /// Fills the losses and the log-odds of all rows; for a stride of 1.
  LossSums losses(std::span<const double> coefficients, std::span<double> log_odds, StopToken& stop);

 private:
  template <class Visit>
  LossSums for_each_block(std::span<const double> coefficients, StopToken& stop, Visit visit);
  void find_columns(std::size_t first, std::size_t count);
  void predict(std::span<const double> coefficients, std::size_t first, std::size_t count);
  void add_numbers(std::size_t padded, LogisticSums& sums);
  void add_codes(std::size_t first, std::size_t count, LogisticSums& sums) noexcept;
  void add_codes_and_numbers(std::size_t first, std::size_t count, LogisticSums& sums) noexcept;

  const Design& design_;
  const LogisticKernel& kernel_;
  std::size_t stride_;
  LogisticBlock block_;
  std::pmr::vector<const double*> columns_;  // the numbers of the block
  std::pmr::vector<const double*> left_;     // residuals, and weights times numbers
  std::pmr::vector<double> tail_;            // the numbers of the last rows, with zeros
  std::pmr::vector<double> weighted_;        // weights times numbers
  std::pmr::vector<double> products_;
};

}  // namespace leadscore::learn
