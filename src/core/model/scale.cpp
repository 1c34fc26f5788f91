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
      return std::clamp(lower + (upper - lower) * sigmoid(raw), lower, upper);
  }
  return lower;
}

}  // namespace leadscore::model
