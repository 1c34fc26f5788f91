// Has a conversion dropped, beyond chance, and could a drop have been seen at all?
#pragma once

#include <cstdint>
#include <optional>

#include "core/learn/two_rates.hpp"
#include "core/stop_token.hpp"

namespace leadscore::funnel {

/// How many of the leads that entered a step went on.
struct Conversion {
  std::int64_t successes = 0;
  std::int64_t trials = 0;
};

/// `drop` and `rise` where so low, or so high, a current rate is less probable than 1 - confidence if nothing changed.
/// Otherwise `too_little_data` where no drop could have been seen: no trials on either side, or a smallest detectable
/// drop that is no smaller than the baseline rate. Otherwise `same`.
enum class ConversionVerdict { drop, rise, same, too_little_data };

struct ConversionDrop {
  learn::RateComparison rates;          // the current rate first, then the baseline's
  std::optional<double> p_value;        // how probable so low a current rate is if nothing changed
  std::optional<double> mid_p_value;    // the same with half the weight on what was observed; Fisher's test only
  std::optional<double> smallest_drop;  // that is found with a probability of 0.8
  ConversionVerdict verdict = ConversionVerdict::too_little_data;
};

/// Compares a conversion with its baseline, one-sided at the level 1 - confidence, by the test that learn::rate_test()
/// takes. The smallest detectable drop is (z(confidence) + z(0.8)) sqrt(p (1 - p) (1 / n0 + 1 / n1)), p being the
/// baseline rate, kept half a success away from 0 and 1, where it would say that nothing varies. Throws as
/// learn::rate_test() does.
[[nodiscard]] ConversionDrop conversion_drop(const Conversion& baseline, const Conversion& current, double confidence,
                                             StopToken stop);

}  // namespace leadscore::funnel
