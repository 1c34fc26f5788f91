#include "core/funnel/drop_e_value.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "core/learn/wilson.hpp"

namespace leadscore::funnel {

namespace {

constexpr double kMost = std::numeric_limits<double>::max();
constexpr double kNegligible = 1e-17;
constexpr double kGreatestVarianceToSum = 1e6;

// The mean likelihood ratio is P(Y > x) / ((x + 1) P(Y = x + 1)) for Y of n + 1 trials at the rate p0, as the
// incomplete beta function is a tail of the binomial distribution: a sum of positive terms, each a simple multiple of
// the one before. They are as many as a few standard deviations of Y, or the sum passes all bounds.
double sum_of_tail(std::int64_t successes, std::int64_t failures, double baseline_rate, StopToken& stop) {
  const double odds = baseline_rate / (1 - baseline_rate);
  const double first = static_cast<double>(successes) + 1;
  double term = 1 / first;
  double sum = term;
  for (std::int64_t i = 0; i < failures; ++i) {
    stop.check();
    const double ratio = static_cast<double>(failures - i) / (first + static_cast<double>(i + 1)) * odds;
    term *= ratio;
    sum += term;
    if (!(sum <= kMost)) {
      return kMost;
    }
    if (ratio < 1 && term * ratio <= kNegligible * (1 - ratio) * sum) {
      break;
    }
  }
  return sum;
}

// log(1 + y) - y for |y| <= 0.06.
double log_less_linear(double y) noexcept {
  constexpr int kLastPower = 16;
  double sum = 0;
  for (int power = kLastPower; power >= 2; --power) {
    sum = 1.0 / power - y * sum;
  }
  return -y * y * sum;
}

// Gauss's nodes of order 16 between 0 and 1, and their weights; the other half of them is symmetric.
constexpr std::size_t kHalfOrder = 8;
constexpr std::array<double, kHalfOrder> kNodes{0.0950125098376374402, 0.281603550779258913, 0.458016777657227386,
                                                0.617876244402643748,  0.755404408355003034, 0.865631202387831744,
                                                0.944575023073232576,  0.989400934991649933};
constexpr std::array<double, kHalfOrder> kWeights{0.189450610455068496,  0.182603415044923589, 0.169156519395002538,
                                                  0.149595988816576732,  0.124628971255533872, 0.0951585116824927848,
                                                  0.0622535239386478929, 0.0271524594117540949};

template <class Function>
double integral(Function function, double from, double to) {
  constexpr int kPanels = 16;
  const double half = (to - from) / (2 * kPanels);
  double sum = 0;
  for (int panel = 0; panel < kPanels; ++panel) {
    const double centre = from + (2 * panel + 1) * half;
    for (std::size_t i = 0; i < kHalfOrder; ++i) {
      sum += kWeights[i] * (function(centre - half * kNodes[i]) + function(centre + half * kNodes[i]));
    }
  }
  return sum * half;
}

// The same mean by quadrature, where the sum would be long: there the likelihood is nearly that of a normal
// distribution. With q = p0 - s and d = x - n p0, its logarithm over that at p0 is
// x log(1 - s / p0) + (n - x) log(1 + s / (1 - p0)), of which the linear parts, which would cancel, add up to
// -d s / (p0 (1 - p0)).
double mean_by_quadrature(std::int64_t successes, std::int64_t failures, double baseline_rate) noexcept {
  constexpr double kCertain = 50;  // standard deviations below the baseline: the mean is beyond all bounds
  constexpr double kReach = 10;    // in standard deviations, from the greatest likelihood
  const auto x = static_cast<double>(successes);
  const auto y = static_cast<double>(failures);
  const double n = x + y;
  const double p = baseline_rate;
  const double q = 1 - p;
  const double expected = n * p;
  const double excess = (x - expected) - std::fma(n, p, -expected);
  const double deviation = std::sqrt(expected * q);
  const double z = excess / deviation;
  if (z < -kCertain) {
    return kMost;
  }
  const auto log_ratio = [=](double t) {
    const double below = t * (deviation / n);
    return x * log_less_linear(-below / p) + y * log_less_linear(below / q) - excess * (below / p / q);
  };
  const double peak = std::max(0.0, -z);
  const double from = std::max(0.0, peak - kReach);
  const double to = z < 0 ? peak + kReach : kReach * (kReach / (z + std::hypot(z, kReach)));
  const double greatest = log_ratio(peak);
  const double relative = integral([=](double t) { return std::exp(log_ratio(t) - greatest); }, from, to);
  return std::min(kMost, std::exp(greatest + std::log(relative * (deviation / expected))));
}

}  // namespace

double drop_e_value(std::int64_t successes, std::int64_t trials, double baseline_rate, StopToken stop) {
  learn::check_trials(successes, trials);
  if (!(baseline_rate >= 0 && baseline_rate <= 1)) {
    throw Error(ErrorCode::invalid_argument, "the baseline rate must lie between 0 and 1");
  }
  const double variance = static_cast<double>(trials) * baseline_rate * (1 - baseline_rate);
  return variance > kGreatestVarianceToSum ? mean_by_quadrature(successes, trials - successes, baseline_rate)
                                           : sum_of_tail(successes, trials - successes, baseline_rate, stop);
}

std::optional<double> drop_e_value(std::int64_t baseline_successes, std::int64_t baseline_trials,
                                   std::int64_t successes, std::int64_t trials, double confidence, StopToken stop) {
  const learn::ConfidenceInterval baseline = learn::wilson(baseline_successes, baseline_trials, confidence);
  const double e_value = drop_e_value(successes, trials, baseline.lower, stop);
  return baseline.estimate ? std::optional<double>(e_value) : std::nullopt;
}

}  // namespace leadscore::funnel
