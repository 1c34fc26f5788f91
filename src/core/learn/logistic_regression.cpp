#include "core/learn/logistic_regression.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.hpp"
#include "core/learn/logistic_pass.hpp"
#include "core/learn/portable_log.hpp"

namespace leadscore::learn {

namespace {

// No step is longer than this in any direction: far from the minimum the second derivatives say little.
constexpr double kLongestStep = 10;

// A decrement that rounding may keep from falling to the tolerance.
constexpr double kRoundedDecrement = 1e-6;

// Log-odds of this many, with a standard error as large, are on their way to infinity.
constexpr double kFarAway = 8;

// Rows that a fit of more than twice as many begins with, and steps that it makes with them.
constexpr std::size_t kSample = 50'000;
constexpr int kMostOfSample = 10;

double dot(const double* a, const double* b, std::size_t count) noexcept {
  Lanes even{};
  Lanes odd{};
  std::size_t i = 0;
  for (; i + 2 * kLanes <= count; i += 2 * kLanes) {
    Lanes x;
    Lanes y;
    load(x, a + i);
    load(y, b + i);
    even += x * y;
    load(x, a + i + kLanes);
    load(y, b + i + kLanes);
    odd += x * y;
  }
  double sum = sum_of(even) + sum_of(odd);
  for (; i < count; ++i) {
    sum += a[i] * b[i];
  }
  return sum;
}

class Newton {
 public:
  Newton(const Design& design, const LogisticOptions& options, std::size_t stride, StopToken& stop,
         std::pmr::memory_resource* memory)
      : design_(design),
        options_(options),
        stop_(stop),
        memory_(memory),
        pass_(design, memory, stride),
        sums_(design.parameters(), memory, stop),
        hessian_(design.parameters(), memory, stop),
        factor_(design.parameters(), memory, stop),
        step_(design.parameters(), memory),
        before_(design.parameters(), memory) {}

  LogisticFit run() {
    LogisticFit fit(memory_);
    start(fit);
    while (!fit.converged && fit.iterations < options_.most_iterations) {
      ++fit.iterations;
      tell(options_.observer, TrainingObserver::Step::newton, static_cast<std::size_t>(fit.iterations));
      const double decrement = prepare_step(fit);
      fit.converged = decrement <= options_.tolerance;
      if (!take_step(fit)) {
        fit.converged = decrement <= kRoundedDecrement;
        break;
      }
    }
    finish(fit);
    return fit;
  }

 private:
  // Begins where it is told, if that is better than the base rate.
  void start(LogisticFit& fit) {
    const auto rows = static_cast<double>(design_.rows());
    const auto wins = static_cast<double>(design_.wins());
    fit.left_out.assign(design_.parameters(), 0);
    if (options_.start.size() == design_.parameters()) {
      fit.coefficients.assign(options_.start.begin(), options_.start.end());
      evaluate(fit, true);
      if (fit.objective <= wins * portable_log(rows / wins) + (rows - wins) * portable_log(rows / (rows - wins))) {
        return;
      }
    }
    fit.coefficients.assign(design_.parameters(), 0.0);
    fit.coefficients[design_.intercept()] = portable_log(wins / (rows - wins));
    evaluate(fit, true);
  }

  [[nodiscard]] double penalty_of(std::size_t parameter) const noexcept {
    return parameter == design_.intercept() ? 0 : options_.penalty;
  }

  void evaluate(LogisticFit& fit, bool with_derivatives) {
    if (with_derivatives) {
      pass_.run(fit.coefficients, sums_, stop_);
    } else {
      sums_.losses = pass_.losses(fit.coefficients, stop_);
    }
    fit.log_loss = sums_.losses.log_loss;
    double squares = 0;
    for (std::size_t i = 0; i < design_.parameters(); ++i) {
      squares += penalty_of(i) * fit.coefficients[i] * fit.coefficients[i];
    }
    fit.objective = fit.log_loss + squares / 2;
  }

  // Factors the Hessian; returns the Newton decrement: how far, in standard errors squared, the minimum is.
  double prepare_step(LogisticFit& fit) {
    for (std::size_t i = 0; i < design_.parameters(); ++i) {
      check_work(stop_, design_.parameters());
      std::copy_n(sums_.hessian.row(i) + i, design_.parameters() - i, hessian_.row(i) + i);
      hessian_.at(i, i) += penalty_of(i);
      step_[i] = sums_.gradient[i] - penalty_of(i) * fit.coefficients[i];
      before_[i] = step_[i];
    }
    factor_.factor(hessian_, stop_);
    factor_.solve(step_);
    double decrement = 0;
    for (std::size_t i = 0; i < design_.parameters(); ++i) {
      decrement += before_[i] * step_[i];
    }
    return decrement;
  }

  // Goes by the step, or by a half, a quarter ... of it where the objective would grow.
  bool take_step(LogisticFit& fit) {
    constexpr int kHalvings = 40;
    const double objective = fit.objective;
    const double rounding = 1e-13 * std::fabs(objective);
    std::copy(fit.coefficients.begin(), fit.coefficients.end(), before_.begin());
    double longest = kLongestStep;
    for (const double step : step_) {
      longest = std::max(longest, std::fabs(step));
    }
    for (int i = 0; i < kHalvings; ++i) {
      const double part = std::ldexp(kLongestStep / longest, -i);
      for (std::size_t j = 0; j < design_.parameters(); ++j) {
        fit.coefficients[j] = before_[j] + part * step_[j];
      }
      // The last evaluation serves the covariance.
      evaluate(fit, i == 0 && (!fit.converged || options_.with_covariance));
      if (fit.objective <= objective + rounding) {
        if (i > 0) {
          evaluate(fit, true);
        }
        return true;
      }
    }
    std::copy(before_.begin(), before_.end(), fit.coefficients.begin());
    evaluate(fit, true);
    return false;
  }

  void finish(LogisticFit& fit) {
    fit.separated = sums_.losses.least_won > sums_.losses.greatest_lost;
    if (!options_.with_covariance) {
      return;
    }
    static_cast<void>(prepare_step(fit));
    for (std::size_t i = 0; i < design_.parameters(); ++i) {
      fit.left_out[i] = factor_.is_left_out(i) ? 1 : 0;
    }
    fit.condition_number = condition_number(hessian_, factor_, memory_, stop_);
    make_covariance(fit);
    for (std::size_t i = 0; i < design_.parameters(); ++i) {
      const double error = std::sqrt(fit.covariance->at(i, i));
      fit.separated = fit.separated || (std::fabs(fit.coefficients[i]) > kFarAway && error > kFarAway);
    }
  }

  // H^-1 X'DX H^-1, which is H^-1 - penalty H^-1 I0 H^-1.
  void make_covariance(LogisticFit& fit) {
    const std::size_t size = design_.parameters();
    SymmetricMatrix inverse(size, memory_, stop_);
    for (std::size_t i = 0; i < size; ++i) {
      check_work(stop_, 2 * size * size);
      const std::span<double> row(inverse.row(i), size);
      row[i] = 1;
      factor_.solve(row);
    }
    SymmetricMatrix& covariance = fit.covariance.emplace(size, memory_, stop_);
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = i; j < size; ++j) {
        check_work(stop_, size);
        double sum = 0;
        if (options_.penalty > 0) {
          const std::size_t place = design_.intercept();
          const double* a = inverse.row(i);
          const double* b = inverse.row(j);
          sum = options_.penalty * (dot(a, b, place) + dot(a + place + 1, b + place + 1, size - place - 1));
        }
        covariance.at(i, j) = inverse.at(i, j) - sum;
      }
    }
    covariance.mirror(stop_);
  }

  const Design& design_;
  const LogisticOptions& options_;
  StopToken& stop_;
  std::pmr::memory_resource* memory_;
  LogisticPass pass_;
  LogisticSums sums_;
  SymmetricMatrix hessian_;
  Cholesky factor_;
  std::pmr::vector<double> step_;
  std::pmr::vector<double> before_;
};

}  // namespace

double log1p_exp(double x) noexcept { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }

LogisticFit fit_logistic(const Design& design, const LogisticOptions& options, StopToken& stop,
                         std::pmr::memory_resource* memory) {
  if (!(options.penalty >= 0) || !std::isfinite(options.penalty)) {
    throw Error(ErrorCode::invalid_argument, "the penalty must be a number, not below 0");
  }
  if (design.wins() == 0 || design.wins() == design.rows()) {
    throw Error(ErrorCode::invalid_argument, design.wins() == 0 ? "no lead was won: there is nothing to tell apart"
                                                                : "every lead was won: there is nothing to tell apart");
  }
  if (!options.start.empty() || design.rows() < 2 * kSample) {
    return Newton(design, options, 1, stop, memory).run();
  }
  // A part of the rows finds a place near the minimum at a part of the cost.
  const std::size_t stride = design.rows() / kSample;
  const LogisticFit near = Newton(design,
                                  {.penalty = options.penalty / static_cast<double>(stride),
                                   .most_iterations = kMostOfSample,
                                   .tolerance = 1e-2,
                                   .start = {},
                                   .with_covariance = false},
                                  stride, stop, memory)
                               .run();
  LogisticOptions started = options;
  started.start = near.coefficients;
  return Newton(design, started, 1, stop, memory).run();
}

}  // namespace leadscore::learn
