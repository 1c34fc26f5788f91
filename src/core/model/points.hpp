// Sums of points that do not depend on their order: points counted in units so small that adding them loses nothing.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace leadscore::model {

/// The largest magnitude of points and limits. Within it a double still counts single points (2^53 is 9.007e15), and no
/// sum of a model comes near the end of its range.
inline constexpr double kLargestPoints = 1e15;

/// False for NaN, infinities and what lies beyond kLargestPoints.
inline bool is_number_of_points(double x) noexcept { return std::fabs(x) <= kLargestPoints; }

/// Points as an integral number of units. Its sums are exact, so parts may be added beforehand and in any order.
__extension__ using PointCount = __int128;
__extension__ using UnsignedPointCount = unsigned __int128;

/// The unit in which the points of one model are counted: a power of two, about 2^-125 of the model's largest sum, but
/// never below 2^-925. So a sum is exact but for what is smaller than that, and points() rounds it once, to the nearest
/// double: 31 + 1.01 + 1 is 33.01.
class PointUnit {
 public:
  /// The unit of a model whose points, taken together as magnitudes, come to at most `total`. Finite, not negative.
  explicit PointUnit(double total = 0) noexcept {
    constexpr int kBits = 125;  // of the 127 that a count has beside its sign: rounding of `total` and of the points
    int exponent = 0;           // total < 2^exponent
    static_cast<void>(std::frexp(total, &exponent));
    exponent = total > 0 ? std::max(exponent, kLeastExponent) : kLeastExponent;
    per_point_ = std::ldexp(1.0, kBits - exponent);
    unit_ = std::ldexp(1.0, exponent - kBits);
    upper_unit_ = std::ldexp(1.0, exponent - kBits + 64);
  }

  [[nodiscard]] PointCount count(double points) const noexcept {
    return static_cast<PointCount>(std::nearbyint(points * per_point_));
  }
  [[nodiscard]] double points(PointCount count) const noexcept {
    if (static_cast<std::uint64_t>(count) == 0) {  // as with whole points and halves, which the processor converts
      return static_cast<double>(static_cast<std::int64_t>(count >> 64)) * upper_unit_;
    }
    return static_cast<double>(count) * unit_;
  }

 private:
  static constexpr int kLeastExponent = -800;  // the unit stays a normal number

  double per_point_;
  double unit_;
  double upper_unit_;  // of the upper 64 bits
};

}  // namespace leadscore::model
