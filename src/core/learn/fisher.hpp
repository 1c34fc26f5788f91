// Fisher's exact test of a table of two rows and two columns.
#pragma once

#include <cstdint>

#include "core/stop_token.hpp"

namespace leadscore::learn {

/// The two-sided p value of the table a b / c d: the probability, given the sums of rows and columns, of all tables
/// that are no more probable than this one (R. A. Fisher, The Design of Experiments, 1935). As in R, probabilities that
/// differ by no more than a relative 1e-7 are equal. Correct to about 1e-12 relatively; 0 below about 1e-290. Throws
/// Error(invalid_argument) for negative counts, Error(limit_exceeded) for a sum above 2^62 or where the count a has,
/// under the hypothesis, a standard deviation above 250000 (no table of fewer than 10^12 has), Cancelled if asked to
/// stop.
[[nodiscard]] double fisher_exact(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d, StopToken stop);

/// The probabilities, given the sums of rows and columns, of a count in the place of a that is at most a, just a, and
/// at least a.
struct FisherTails {
  double at_most = 1;
  double exactly = 1;
  double at_least = 1;
};

/// The two one-sided p values of the same test, each as correct as fisher_exact(); at_most less half of exactly is the
/// mid-p value (H. O. Lancaster, Journal of the American Statistical Association 56 (1961) 223-234). Throws as
/// fisher_exact() does.
[[nodiscard]] FisherTails fisher_tails(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d, StopToken stop);

}  // namespace leadscore::learn
