// What statistics with a confidence share.
#pragma once

#include <cmath>

#include "core/error.hpp"
#include "core/learn/normal.hpp"

namespace leadscore::learn {

/// Throws Error(invalid_argument) for a confidence that does not lie between 0 and 1.
inline void check_confidence(double confidence) {
  if (!(confidence > 0 && confidence < 1)) {
    throw Error(ErrorCode::invalid_argument, "the confidence must lie between 0 and 1", "Usual is 0.95.");
  }
}

/// How many standard errors an interval of that confidence reaches to either side. Throws as check_confidence() does.
inline double standard_errors_of(double confidence) {
  check_confidence(confidence);
  return -normal_quantile((1 - confidence) / 2);
}

/// The probability that a standard normal variable lies at least as far from 0 as z.
inline double two_sided_p_value(double z) noexcept { return std::erfc(std::fabs(z) / std::sqrt(2.0)); }

/// The probability that a standard normal variable lies at z or below.
inline double lower_p_value(double z) noexcept { return std::erfc(-z / std::sqrt(2.0)) / 2; }

}  // namespace leadscore::learn
