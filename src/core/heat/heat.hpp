// Heat: points that lose half of their worth with every half-life, kept as one number that never changes with time.
#pragma once

#include <optional>

#include "core/heat/decay_sum.hpp"
#include "core/heat/half_life.hpp"

namespace leadscore::heat {

/// Forward decay (Cormode, Shkapenyuk, Srivastava, Xu 2009, "Forward decay: a practical time decay model for streaming
/// systems"): instead of letting points shrink as time passes, later points count for more. The heat of points p_i
/// given at times t_i is
///
///   L = log2 sum p_i * 2^(t_i / h)         t_i in seconds since 1970-01-01 UTC, h the half-life in seconds
///
/// and the points at any time t are 2^(L - t / h). L is a finite double for all instants and half-lives.
class HeatSum {
 public:
  explicit HeatSum(HalfLife half_life) noexcept : half_life_(half_life) {}

  [[nodiscard]] HalfLife half_life() const noexcept { return half_life_; }

  /// Adds points given at a time; points finite and not below 0, which adds nothing.
  void add(double points, Instant at) noexcept { sum_.add(points, half_life_.count(at)); }

  /// Adds the points of another heat with the same half-life; false if they are too many, which no sum of points is.
  bool merge(const HeatSum& other) noexcept { return sum_.merge(other.sum_); }

  /// L: off by at most 2^-51, and rounded to the nearest double. Nothing where there are no points.
  [[nodiscard]] std::optional<double> heat() const noexcept;

  /// L as a number of 2^-60. Not where there are no points.
  [[nodiscard]] FixedLog fixed_heat() const noexcept;

  [[nodiscard]] const DecaySum& sum() const noexcept { return sum_; }

  /// Takes over a stored sum.
  void set_sum(const DecaySum& sum) noexcept { sum_ = sum; }

 private:
  HalfLife half_life_;
  DecaySum sum_;
};

/// Heat with more points. `heat` may be an infinity: -infinity is no heat. Never below `heat`, and off by at most 2^-51
/// before it is rounded. Points finite and above 0.
double heat_add(double heat, double points, Instant at, HalfLife half_life) noexcept;

/// The heat of the points of both, which must have one half-life. Infinities as above; a and b may be exchanged.
double heat_merge(double a, double b) noexcept;

/// The points of a heat at a time: at least 0; infinity where they are beyond the range of doubles. Off by less than
/// 2^-50 relatively, beside 2^-53 * |heat| that the rounding of the heat itself brings. Of two heats the larger never
/// has fewer points, and points never grow with time. Heat must not be NaN.
double heat_points(double heat, HalfLife half_life, Instant as_of) noexcept;

/// The first microsecond at which heat_points() is below the threshold: kEarliest if it always is, nothing if it is not
/// up to kLatest. Heat and threshold must not be NaN.
std::optional<Instant> heat_cools_at(double heat, HalfLife half_life, double threshold) noexcept;

}  // namespace leadscore::heat
