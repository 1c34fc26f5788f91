// One pass over a design: the loss of logistic regression with its first and second derivatives.
#pragma once

#include <memory_resource>
#include <span>
#include <vector>

#include "core/learn/cholesky.hpp"
#include "core/learn/design.hpp"
#include "core/stop_token.hpp"

namespace leadscore::learn {

/// What a pass sums up, with room for one parameter more: that of rows that have none.
struct LogisticSums {
  LogisticSums(std::size_t parameters, std::pmr::memory_resource* memory)
      : gradient(parameters + 1, memory), hessian(parameters + 1, memory) {}

  double log_loss = 0;
  std::pmr::vector<double> gradient;  // X'(y - p)
  SymmetricMatrix hessian;            // X'DX
  double least_won = 0;               // the least log-odds among the won leads
  double greatest_lost = 0;           // the greatest among the lost
};

class LogisticPass {
 public:
  LogisticPass(const Design& design, std::pmr::memory_resource* memory);

  /// Fills `sums` for these coefficients; without derivatives only the loss.
  void run(std::span<const double> coefficients, bool with_derivatives, LogisticSums& sums, StopToken& stop);

 private:
  static constexpr std::size_t kBlock = 256;  // rows; so that what is computed of them stays in the nearest cache

  void add_losses(std::size_t first, std::size_t count, LogisticSums& sums);
  void add_numbers(std::size_t first, std::size_t count, LogisticSums& sums);
  void add_codes(std::size_t first, std::size_t count, LogisticSums& sums) noexcept;
  void add_codes_and_numbers(std::size_t first, std::size_t count, LogisticSums& sums) noexcept;

  const Design& design_;
  std::pmr::vector<double> log_odds_;
  std::pmr::vector<double> residual_;  // y - p
  std::pmr::vector<double> weight_;    // p (1 - p)
  std::pmr::vector<double> weighted_;  // weight times a number
};

}  // namespace leadscore::learn
