// The evidence for a drop that may be looked at every day: e-values against a baseline rate.
#pragma once

#include <cstdint>
#include <optional>

#include "core/stop_token.hpp"

namespace leadscore::funnel {

/// The one-sided e-value of `successes` in `trials` against every rate that is not below the baseline: the mean over
/// rates q from 0 to p0 of their likelihood over that of p0. While the true rate is p0 or more, the chance that it ever
/// reaches 1 / a is at most a, however often one looks (J. Ville, 1939; V. Vovk, R. Wang, The Annals of Statistics 49
/// (2021) 1736-1754). 1 without a trial. Correct to about 1e-11 relatively up to 2^53 trials; the largest finite
/// number where it would be larger. Throws Error(invalid_argument) for negative counts, more successes than trials, or
/// a baseline that does not lie between 0 and 1, Cancelled if asked to stop.
[[nodiscard]] double drop_e_value(std::int64_t successes, std::int64_t trials, double baseline_rate, StopToken stop);

/// The same where the baseline is itself an estimate: its rate is taken to be the lower end of its Wilson interval.
/// Nothing without trials of the baseline. Throws as learn::wilson() does, too.
[[nodiscard]] std::optional<double> drop_e_value(std::int64_t baseline_successes, std::int64_t baseline_trials,
                                                 std::int64_t successes, std::int64_t trials, double confidence,
                                                 StopToken stop);

}  // namespace leadscore::funnel
