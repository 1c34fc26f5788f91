// Maps a raw sum of points to the score that people see.
#pragma once

#include <cmath>
#include <cstdint>

#include "core/model/points.hpp"

namespace leadscore::model {

enum class Scale : std::uint8_t {
  clamp,     // the raw sum, cut at the score's limits
  range,     // linear between the attainable extremes of the raw sum
  logistic,  // the raw sum is a log-odds: the score is its probability, stretched over the score's limits
};

/// The logistic function 1 / (1 + e^-x): 0 and 1 at the ends of the number line, and never falling, which the form
/// e^x / (1 + e^x) is not between neighbouring numbers.
inline double sigmoid(double x) noexcept { return 1.0 / (1.0 + std::exp(-x)); }

/// How raw points become a score in [lower, upper]; raw_min and raw_max matter to Scale::range alone. All are numbers
/// of points.
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
