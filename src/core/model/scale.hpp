// Maps a raw sum of points to the score that people see.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <span>

#include "core/model/points.hpp"

namespace leadscore::model {

enum class Scale : std::uint8_t {
  clamp,       // the raw sum, cut at the score's limits
  range,       // linear between the attainable extremes of the raw sum
  logistic,    // the raw sum is a log-odds: the score is its probability, stretched over the score's limits
  calibrated,  // the same with the probability that a stored calibration gives
};

/// The logistic function 1 / (1 + e^-x): 0 and 1 at the ends of the number line, and never falling, which the form
/// e^x / (1 + e^x) is not between neighbouring numbers.
inline double sigmoid(double x) noexcept { return 1.0 / (1.0 + std::exp(-x)); }

/// A piece of a calibration: what a raw sum from `raw_from` on, to where the next piece begins, has come to mean.
/// Either a step, of one probability, or a curve, sigmoid(intercept + slope * raw).
struct CalibrationPiece {
  double raw_from = 0;
  bool is_curve = false;
  double probability = 0;
  double intercept = 0;
  double slope = 0;

  [[nodiscard]] double at(double raw) const noexcept {
    return is_curve ? sigmoid(intercept + slope * raw) : probability;
  }
};

/// How raw points become a score in [lower, upper]; raw_min and raw_max matter to Scale::range alone, the calibration
/// (ascending, not empty) to Scale::calibrated. All are numbers of points.
struct ScaleMap {
  Scale scale = Scale::clamp;
  double lower = 0;
  double upper = 100;
  double raw_min = 0;
  double raw_max = 0;
  std::span<const CalibrationPiece> calibration = {};

  /// The score of a finite raw sum. Monotone in raw if the calibration is; a model that can reach only one raw sum
  /// scores `lower`.
  [[nodiscard]] double score(double raw) const noexcept;

  /// The probability that a finite raw sum means, of a scale that says so. O(log pieces). What lies below the first
  /// piece belongs to it.
  [[nodiscard]] std::optional<double> probability(double raw) const noexcept;
};

}  // namespace leadscore::model
