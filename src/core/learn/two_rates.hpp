// Two rates side by side: the Newcombe interval of their difference, and the test of whether there is one.
#pragma once

#include <cstdint>
#include <optional>

#include "core/learn/wilson.hpp"
#include "core/stop_token.hpp"

namespace leadscore::learn {

/// The difference successes_1 / trials_1 - successes_2 / trials_2 with its hybrid score interval, which is made of the
/// Wilson intervals of the two rates: method 10 of R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890. No
/// estimate, and -1 to 1, if either has no trial. Throws Error(invalid_argument) as wilson() does.
[[nodiscard]] ConfidenceInterval newcombe(std::int64_t successes_1, std::int64_t trials_1, std::int64_t successes_2,
                                          std::int64_t trials_2, double confidence);

enum class RateTest { none, z_test, fisher_exact };

/// How SQL calls the test; nullptr for none.
[[nodiscard]] const char* name_of(RateTest test) noexcept;

struct RateComparison {
  std::optional<double> rate_1;
  std::optional<double> rate_2;
  ConfidenceInterval difference;  // Newcombe
  std::optional<double> z;        // of the z test only
  std::optional<double> p_value;
  RateTest method = RateTest::none;  // without trials on either side
};

/// Whether two rates differ: the z test with the pooled variance, or Fisher's exact test where that would not do
/// because fewer than 5 are expected in one of the four cells (W. G. Cochran, Biometrics 10 (1954) 417-451). Both
/// two-sided. Throws Error(invalid_argument) as wilson() does, Error(limit_exceeded) for more than 2^62 trials where
/// Fisher's test is due, Cancelled if asked to stop.
[[nodiscard]] RateComparison rate_test(std::int64_t successes_1, std::int64_t trials_1, std::int64_t successes_2,
                                       std::int64_t trials_2, double confidence, StopToken stop);

}  // namespace leadscore::learn
