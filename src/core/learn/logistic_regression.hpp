// Logistic regression with a ridge penalty, by Newton's method.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "core/learn/cholesky.hpp"
#include "core/learn/design.hpp"
#include "core/learn/training_observer.hpp"
#include "core/stop_token.hpp"

namespace leadscore::learn {

struct LogisticOptions {
  double penalty = 0;  // lambda, not negative; the intercept is not penalised
  int most_iterations = 40;
  double tolerance = 1e-14;            // of the Newton decrement, at which the last step is taken
  std::span<const double> start = {};  // coefficients to begin with; empty: the base rate
  bool with_covariance = true;         // and with it standard errors and the condition number
  TrainingObserver* observer = nullptr;
};

struct LogisticFit {
  explicit LogisticFit(std::pmr::memory_resource* memory) : coefficients(memory), left_out(memory) {}

  std::pmr::vector<double> coefficients;  // by parameter of the encoding, in units of standardised numbers
  /// Parameters that depend on others and so were left out (their coefficient is 0), by parameter: 1 or 0.
  std::pmr::vector<unsigned char> left_out;
  double log_loss = 0;   // the sum over the rows, natural logarithm
  double objective = 0;  // log_loss + penalty / 2 * sum of the squared coefficients
  int iterations = 0;
  bool converged = false;
  bool separated = false;  // some combination of terms tells won from lost without error, for all or some leads
  double condition_number = 1;
  std::optional<SymmetricMatrix> covariance;  // H^-1 X'DX H^-1, mirrored
};

/// Minimises sum of log(1 + exp(-+ x b)) + penalty / 2 * |b|^2 by Newton's method with step halving, the intercept
/// unpenalised: b + (X'DX + penalty I)^-1 (X'(y - p) - penalty b), D = p (1 - p) (le Cessie, van Houwelingen 1992,
/// Applied Statistics 41, 191-201). Throws Error(invalid_argument) for a penalty that is negative or not finite and
/// where all leads were won or all lost. O(iterations * (rows * columns^2 + parameters^3)).
[[nodiscard]] LogisticFit fit_logistic(const Design& design, const LogisticOptions& options, StopToken& stop,
                                       std::pmr::memory_resource* memory);

/// log(1 + exp(x)) without overflow or loss of digits.
[[nodiscard]] double log1p_exp(double x) noexcept;

}  // namespace leadscore::learn
