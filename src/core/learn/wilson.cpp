#include "core/learn/wilson.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/learn/confidence.hpp"

namespace leadscore::learn {

void check_trials(std::int64_t successes, std::int64_t trials) {
  if (successes < 0 || trials < 0) {
    throw Error(ErrorCode::invalid_argument, "numbers of successes and trials must not be negative");
  }
  if (successes > trials) {
    throw Error(ErrorCode::invalid_argument, "there cannot be more successes than trials");
  }
}

ConfidenceInterval wilson(std::int64_t successes, std::int64_t trials, double confidence) {
  check_trials(successes, trials);
  const double z = standard_errors_of(confidence);
  if (trials == 0) {
    return {};
  }
  const double z_squared = z * z;
  const auto n = static_cast<double>(trials);
  const auto k = static_cast<double>(successes);
  const double failure_rate = static_cast<double>(trials - successes) / n;
  const double rate = k / n;
  // The ends are (centre -+ spread) / (n + z^2); their product is rate^2 n / (n + z^2), which gives the lower one
  // without taking the difference of what may be equal but for rounding.
  const double centre = k + z_squared / 2;
  const double spread = z * std::sqrt(k * failure_rate + z_squared / 4);
  const double lower = rate * (k / (centre + spread));
  const double upper = (centre + spread) / (n + z_squared);
  return {.estimate = rate,
          .lower = successes == 0 ? 0 : std::min(lower, rate),
          .upper = successes == trials ? 1 : std::clamp(upper, rate, 1.0)};
}

bool is_unlikely(std::int64_t successes, std::int64_t trials, double cut, double confidence) {
  if (!(cut >= 0 && cut <= 1)) {
    throw Error(ErrorCode::invalid_argument, "the cut must be a rate between 0 and 1");
  }
  return wilson(successes, trials, confidence).upper < cut;
}

}  // namespace leadscore::learn
