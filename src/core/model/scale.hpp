// Maps a raw sum of points to the score that people see.
#pragma once

#include <cmath>
#include <cstdint>

namespace leadscore::model {

enum class Scale : std::uint8_t {
  clamp,     // the raw sum, cut at the score's limits
  range,     // linear between the attainable extremes of the raw sum
  logistic,  // the raw sum is a log-odds: the score is its probability, stretched over the score's limits
};

/// The logistic function 1 / (1 + e^-x), without overflow at either end.
inline double sigmoid(double x) noexcept {
  if (x >= 0) {
    return 1.0 / (1.0 + std::exp(-x));
  }
  const double e = std::exp(x);
  return e / (1.0 + e);
}

/// How raw points become a score in [lower, upper]; raw_min and raw_max matter to Scale::range alone.
struct ScaleMap {
  Scale scale = Scale::clamp;
  double lower = 0;
  double upper = 100;
  double raw_min = 0;
  double raw_max = 0;

  /// The score of a finite raw sum. Monotone in raw; a model that can reach only one raw sum scores `lower`.
  [[nodiscard]] double score(double raw) const noexcept;
};

}  // namespace leadscore::model
