#include "core/model/scale.hpp"

#include <algorithm>

namespace leadscore::model {

double ScaleMap::score(double raw) const noexcept {
  switch (scale) {
    case Scale::clamp:
      return std::clamp(raw, lower, upper);
    case Scale::range: {
      if (raw <= raw_min || !(raw_max > raw_min)) {
        return lower;
      }
      if (raw >= raw_max) {
        return upper;
      }
      return std::clamp(lower + (upper - lower) * ((raw - raw_min) / (raw_max - raw_min)), lower, upper);
    }
    case Scale::logistic:
    case Scale::calibrated:
      return std::clamp(lower + (upper - lower) * *probability(raw), lower, upper);
  }
  return lower;
}

std::optional<double> ScaleMap::probability(double raw) const noexcept {
  if (scale == Scale::logistic) {
    return sigmoid(raw);
  }
  if (scale != Scale::calibrated) {
    return std::nullopt;
  }
  const auto next = std::upper_bound(calibration.begin(), calibration.end(), raw,
                                     [](double x, const CalibrationPiece& piece) { return x < piece.raw_from; });
  return (next == calibration.begin() ? next : next - 1)->at(raw);
}

}  // namespace leadscore::model
