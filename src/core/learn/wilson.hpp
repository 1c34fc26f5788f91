// How sure one may be of a rate: the Wilson score interval.
#pragma once

#include <cstdint>
#include <optional>

namespace leadscore::learn {

/// An estimate with the interval in which the true value lies with a given confidence.
struct ConfidenceInterval {
  std::optional<double> estimate;  // nothing where there was nothing to estimate it from
  double lower = 0;
  double upper = 1;
};

/// Throws Error(invalid_argument) for negative counts or more successes than trials.
void check_trials(std::int64_t successes, std::int64_t trials);

/// The rate successes / trials and its Wilson score interval without continuity correction (E. B. Wilson, Journal of
/// the American Statistical Association 22 (1927) 209-212), which stays within 0 and 1 and holds for small numbers.
/// Without a trial nothing is known: no estimate, and the interval is 0 to 1. Throws Error(invalid_argument) for
/// negative counts, more successes than trials, or a confidence that does not lie between 0 and 1.
[[nodiscard]] ConfidenceInterval wilson(std::int64_t successes, std::int64_t trials, double confidence);

/// True if the rate lies below `cut` even at the upper end of its interval. Throws as wilson() does, and for a cut that
/// does not lie between 0 and 1.
[[nodiscard]] bool is_unlikely(std::int64_t successes, std::int64_t trials, double cut, double confidence);

}  // namespace leadscore::learn
