#include "core/funnel/conversion_drop.hpp"

#include <algorithm>
#include <cmath>

#include "core/learn/confidence.hpp"
#include "core/learn/fisher.hpp"
#include "core/learn/normal.hpp"

namespace leadscore::funnel {

namespace {

constexpr double kPower = 0.8;

double smallest_detectable_drop(const Conversion& baseline, const Conversion& current, double confidence) {
  const auto n0 = static_cast<double>(baseline.trials);
  const auto n1 = static_cast<double>(current.trials);
  const double successes = std::clamp(static_cast<double>(baseline.successes), 0.5, n0 - 0.5);
  const double variance = successes / n0 * ((n0 - successes) / n0) * (1 / n0 + 1 / n1);
  const double standard_errors = learn::normal_quantile(kPower) - learn::normal_quantile(1 - confidence);
  return std::max(0.0, standard_errors * std::sqrt(variance));
}

}  // namespace

ConversionDrop conversion_drop(const Conversion& baseline, const Conversion& current, double confidence,
                               StopToken stop) {
  ConversionDrop result;
  result.rates =
      learn::rate_test(current.successes, current.trials, baseline.successes, baseline.trials, confidence, stop);
  if (result.rates.method == learn::RateTest::none) {
    return result;
  }
  double rise_p_value = 1;
  if (result.rates.method == learn::RateTest::z_test) {
    result.p_value = learn::lower_p_value(*result.rates.z);
    rise_p_value = learn::lower_p_value(-*result.rates.z);
  } else {
    const learn::FisherTails tails =
        learn::fisher_tails(current.successes, current.trials - current.successes, baseline.successes,
                            baseline.trials - baseline.successes, stop);
    result.p_value = tails.at_most;
    result.mid_p_value = std::max(0.0, tails.at_most - tails.exactly / 2);
    rise_p_value = tails.at_least;
  }
  result.smallest_drop = smallest_detectable_drop(baseline, current, confidence);
  const double level = 1 - confidence;
  const double difference = *result.rates.difference.estimate;
  if (difference < 0 && *result.p_value <= level) {
    result.verdict = ConversionVerdict::drop;
  } else if (difference > 0 && rise_p_value <= level) {
    result.verdict = ConversionVerdict::rise;
  } else if (*result.smallest_drop < *result.rates.rate_2) {
    result.verdict = ConversionVerdict::same;
  }
  return result;
}

}  // namespace leadscore::funnel
