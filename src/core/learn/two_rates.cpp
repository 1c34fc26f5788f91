#include "core/learn/two_rates.hpp"

#include <algorithm>
#include <cmath>

#include "core/learn/confidence.hpp"
#include "core/learn/fisher.hpp"

namespace leadscore::learn {

namespace {

constexpr double kLeastExpected = 5;

}  // namespace

ConfidenceInterval newcombe(std::int64_t successes_1, std::int64_t trials_1, std::int64_t successes_2,
                            std::int64_t trials_2, double confidence) {
  const ConfidenceInterval one = wilson(successes_1, trials_1, confidence);
  const ConfidenceInterval two = wilson(successes_2, trials_2, confidence);
  if (!one.estimate || !two.estimate) {
    return {.estimate = std::nullopt, .lower = -1, .upper = 1};
  }
  const double difference = *one.estimate - *two.estimate;
  const double below = std::hypot(*one.estimate - one.lower, two.upper - *two.estimate);
  const double above = std::hypot(one.upper - *one.estimate, *two.estimate - two.lower);
  return {
      .estimate = difference, .lower = std::max(-1.0, difference - below), .upper = std::min(1.0, difference + above)};
}

const char* name_of(RateTest test) noexcept {
  switch (test) {
    case RateTest::z_test:
      return "z_test";
    case RateTest::fisher_exact:
      return "fisher_exact";
    case RateTest::none:
      break;
  }
  return nullptr;
}

RateComparison rate_test(std::int64_t successes_1, std::int64_t trials_1, std::int64_t successes_2,
                         std::int64_t trials_2, double confidence, StopToken stop) {
  RateComparison result;
  result.difference = newcombe(successes_1, trials_1, successes_2, trials_2, confidence);
  const auto k1 = static_cast<double>(successes_1);
  const auto n1 = static_cast<double>(trials_1);
  const auto k2 = static_cast<double>(successes_2);
  const auto n2 = static_cast<double>(trials_2);
  if (trials_1 > 0) {
    result.rate_1 = k1 / n1;
  }
  if (trials_2 > 0) {
    result.rate_2 = k2 / n2;
  }
  if (!result.difference.estimate) {
    return result;
  }
  const double successes = k1 + k2;
  const double failures = static_cast<double>(trials_1 - successes_1) + static_cast<double>(trials_2 - successes_2);
  const double trials = n1 + n2;
  const double least_expected = std::min(successes, failures) * (std::min(n1, n2) / trials);
  if (least_expected < kLeastExpected) {
    result.method = RateTest::fisher_exact;
    result.p_value = fisher_exact(successes_1, trials_1 - successes_1, successes_2, trials_2 - successes_2, stop);
    return result;
  }
  const double variance = successes / trials * (failures / trials) * (1 / n1 + 1 / n2);
  result.method = RateTest::z_test;
  result.z = *result.difference.estimate / std::sqrt(variance);
  result.p_value = two_sided_p_value(*result.z);
  return result;
}

}  // namespace leadscore::learn
