#include "core/learn/probability_map.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/learn/compensated_sum.hpp"
#include "core/learn/logistic_regression.hpp"
#include "core/learn/pool_adjacent.hpp"
#include "core/model/scale.hpp"

namespace leadscore::learn {

namespace {

__extension__ using Wide = __int128;
using Steps = std::pmr::vector<IsotonicStep>;

void join(IsotonicStep& to, const IsotonicStep& from) noexcept {
  to.customers += from.customers;
  to.leads += from.leads;
}

// The rate of a step with `added` leads of the common rate (customers / leads of `all`), as a fraction.
struct Fraction {
  Wide numerator;
  Wide denominator;
};

Fraction rate_of(const IsotonicStep& step, const IsotonicStep& all, int added) noexcept {
  return {static_cast<Wide>(step.customers) * static_cast<Wide>(all.leads) + static_cast<Wide>(all.customers) * added,
          static_cast<Wide>(step.leads) + added};
}

void add_step(Steps& steps, const IsotonicStep& step, const IsotonicStep& all, int added) {
  const auto is_below = [&](const IsotonicStep& a, const IsotonicStep& b) {
    const Fraction rate_a = rate_of(a, all, added);
    const Fraction rate_b = rate_of(b, all, added);
    return rate_a.numerator * rate_b.denominator < rate_b.numerator * rate_a.denominator;
  };
  pool_adjacent(steps, step, is_below, join);
}

// Scores in units of their spread, which Newton's method likes better; a power of two before that keeps squares finite.
struct Spread {
  double scale = 1;
  double mean = 0;
  double deviation = 0;
  double customers = 0;
  double others = 0;

  [[nodiscard]] double standardised(double score) const noexcept {
    return deviation > 0 ? (score * scale - mean) / deviation : 0;
  }
};

Spread spread_of(const ScoresByOutcome& scores, StopToken& stop) {
  Spread spread;
  double largest = 0;
  for_each_score(scores, stop, [&](const TiedLeads& tied) {
    largest = std::isfinite(tied.score()) ? std::max(largest, std::fabs(tied.score())) : largest;
  });
  spread.scale = largest > 0 ? std::ldexp(1.0, -std::ilogb(largest)) : 1;
  CompensatedSum sum;
  for_each_score(scores, stop, [&](const TiedLeads& tied) {
    if (std::isfinite(tied.score())) {
      spread.customers += static_cast<double>(tied.customers);
      spread.others += static_cast<double>(tied.others);
      sum.add(tied.score() * spread.scale * static_cast<double>(tied.leads()));
    }
  });
  const double leads = spread.customers + spread.others;
  spread.mean = sum.value() / leads;
  CompensatedSum squares;
  for_each_score(scores, stop, [&](const TiedLeads& tied) {
    if (std::isfinite(tied.score())) {
      const double distance = tied.score() * spread.scale - spread.mean;
      squares.add(distance * distance * static_cast<double>(tied.leads()));
    }
  });
  spread.deviation = std::sqrt(squares.value() / leads);
  return spread;
}

// The loss of a curve over standardised scores, and its derivatives.
struct CurveSums {
  double loss = 0;
  double gradient[2] = {};
  double hessian[3] = {};  // of the intercept, of both, of the slope
};

CurveSums sums_of(const ScoresByOutcome& scores, const Spread& spread, const PlattCurve& curve, StopToken& stop) {
  const double target_of_customers = (spread.customers + 1) / (spread.customers + 2);
  const double target_of_others = 1 / (spread.others + 2);
  CurveSums sums;
  for_each_score(scores, stop, [&](const TiedLeads& tied) {
    if (!std::isfinite(tied.score())) {
      return;
    }
    const double x = spread.standardised(tied.score());
    const double log_odds = curve.intercept + curve.slope * x;
    const double p = model::sigmoid(log_odds);
    const auto leads = static_cast<double>(tied.leads());
    const double target =
        static_cast<double>(tied.customers) * target_of_customers + static_cast<double>(tied.others) * target_of_others;
    sums.loss += target * log1p_exp(-log_odds) + (leads - target) * log1p_exp(log_odds);
    const double residual = target - leads * p;
    const double weight = leads * p * model::sigmoid(-log_odds);
    sums.gradient[0] += residual;
    sums.gradient[1] += residual * x;
    sums.hessian[0] += weight;
    sums.hessian[1] += weight * x;
    sums.hessian[2] += weight * x * x;
  });
  return sums;
}

PlattCurve newton_step(const CurveSums& sums) noexcept {
  const double determinant = sums.hessian[0] * sums.hessian[2] - sums.hessian[1] * sums.hessian[1];
  if (!(determinant > 0)) {  // all scores are equal
    return {.intercept = sums.gradient[0] / sums.hessian[0], .slope = 0};
  }
  return {.intercept = (sums.hessian[2] * sums.gradient[0] - sums.hessian[1] * sums.gradient[1]) / determinant,
          .slope = (sums.hessian[0] * sums.gradient[1] - sums.hessian[1] * sums.gradient[0]) / determinant};
}

}  // namespace

std::pmr::vector<IsotonicStep> isotonic(const ScoresByOutcome& scores, std::pmr::memory_resource* memory,
                                        StopToken& stop) {
  constexpr double kConfidence = 0.95;
  Steps pooled(memory);
  if (!scores.has_both()) {
    return pooled;
  }
  IsotonicStep all;
  all.customers = scores.customers.size();
  all.leads = scores.leads();
  for_each_score(scores, stop, [&](const TiedLeads& tied) {
    add_step(pooled, {.score_from = tied.score(), .customers = tied.customers, .leads = tied.leads(), .rate = {}}, all,
             0);
  });
  Steps steps(memory);
  for (const IsotonicStep& step : pooled) {
    add_step(steps, step, all, 1);
  }
  steps.front().score_from = -std::numeric_limits<double>::infinity();
  for (IsotonicStep& step : steps) {
    const Fraction rate = rate_of(step, all, 1);
    step.probability = static_cast<double>(rate.numerator) / static_cast<double>(all.leads) /  //
                       static_cast<double>(rate.denominator);
    step.rate = wilson(static_cast<std::int64_t>(step.customers), static_cast<std::int64_t>(step.leads), kConfidence);
  }
  return steps;
}

std::optional<PlattCurve> platt(const ScoresByOutcome& scores, StopToken& stop) {
  constexpr int kMostSteps = 100;
  constexpr int kMostHalvings = 30;
  constexpr double kTolerance = 1e-14;  // of the decrement: far below what a lead more or less would change
  const Spread spread = spread_of(scores, stop);
  if (!(spread.customers > 0 && spread.others > 0)) {
    return std::nullopt;
  }
  PlattCurve curve{.intercept = std::log((spread.customers + 1) / (spread.others + 1)), .slope = 0};
  CurveSums sums = sums_of(scores, spread, curve, stop);
  for (int i = 0; i < kMostSteps; ++i) {
    const PlattCurve step = newton_step(sums);
    const double decrement = sums.gradient[0] * step.intercept + sums.gradient[1] * step.slope;
    bool is_better = false;
    for (int halving = 0; halving < kMostHalvings && !is_better; ++halving) {
      const double part = std::ldexp(1.0, -halving);
      const PlattCurve next{.intercept = curve.intercept + part * step.intercept,
                            .slope = curve.slope + part * step.slope};
      const CurveSums next_sums = sums_of(scores, spread, next, stop);
      is_better = next_sums.loss <= sums.loss * (1 + 1e-14);
      if (is_better) {
        curve = next;
        sums = next_sums;
      }
    }
    if (!is_better || decrement <= kTolerance) {
      break;
    }
  }
  if (spread.deviation > 0) {
    curve.slope /= spread.deviation;
    curve.intercept -= curve.slope * spread.mean;
    curve.slope *= spread.scale;
  }
  return curve;
}

}  // namespace leadscore::learn
