#include "core/heat/heat.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

namespace leadscore::heat {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Beyond what any time in half-lives comes to.
constexpr double kLargestHeat = 0x1p65;

// Never falls when the heat grows.
FixedLog to_fixed(double heat) noexcept {
  return static_cast<FixedLog>(std::nearbyint(std::clamp(heat, -kLargestHeat, kLargestHeat) * kFixedScale));
}

double to_heat(FixedLog fixed) noexcept { return static_cast<double>(fixed) / kFixedScale; }

// log2(2^a + 2^b), where it is more than max(a, b)
FixedLog add_logs(FixedLog a, FixedLog b) noexcept {
  const double difference = to_heat(a > b ? a - b : b - a);
  const double excess = std::log1p(std::exp2(-difference)) * std::numbers::log2e;
  return std::max(a, b) + static_cast<FixedLog>(std::nearbyint(excess * kFixedScale));
}

FixedLog time_in_half_lives(Instant time, HalfLife half_life) noexcept {
  return half_life.fixed(static_cast<FixedLog>(time) + kUnixEpoch);
}

// 2^(a number of 2^-60). The exponent is rounded to a whole number of 2^-50: neighbours then differ by more than twice
// the error of times_exp2(), so a larger exponent never gives a smaller power.
double power(FixedLog exponent) noexcept {
  constexpr int kBits = 50;
  constexpr int kDropped = kFixedBits - kBits;
  const FixedLog rounded = (exponent + (FixedLog{1} << (kDropped - 1))) >> kDropped;
  const auto fraction = static_cast<std::uint64_t>(rounded & ((FixedLog{1} << kBits) - 1));
  const auto step = static_cast<std::uint32_t>(fraction >> (kBits - kStepBits));
  const double rest = static_cast<double>(fraction & ((std::uint64_t{1} << (kBits - kStepBits)) - 1)) * 0x1p-50;
  return std::ldexp(times_exp2(1, step, rest), static_cast<int>(std::clamp<FixedLog>(rounded >> kBits, -4096, 4096)));
}

}  // namespace

FixedLog HeatSum::fixed_heat() const noexcept { return sum_.log2() + half_life_.fixed(kUnixEpoch); }

std::optional<double> HeatSum::heat() const noexcept {
  if (sum_.is_empty()) {
    return std::nullopt;
  }
  return to_heat(fixed_heat());
}

double heat_add(double heat, double points, Instant at, HalfLife half_life) noexcept {
  HeatSum added(half_life);
  added.add(points, at);
  const FixedLog fixed = added.fixed_heat();
  if (std::isinf(heat)) {
    return heat > 0 ? heat : to_heat(fixed);
  }
  return std::max(heat, to_heat(add_logs(to_fixed(heat), fixed)));
}

double heat_merge(double a, double b) noexcept {
  if (std::isinf(a) || std::isinf(b)) {
    return std::max(a, b);
  }
  return std::max({a, b, to_heat(add_logs(to_fixed(a), to_fixed(b)))});
}

double heat_points(double heat, HalfLife half_life, Instant as_of) noexcept {
  if (std::isinf(heat)) {
    return heat > 0 ? kInfinity : 0;
  }
  return power(to_fixed(heat) - time_in_half_lives(as_of, half_life));
}

std::optional<Instant> heat_cools_at(double heat, HalfLife half_life, double threshold) noexcept {
  const auto has_cooled = [=](Instant time) { return heat_points(heat, half_life, time) < threshold; };
  if (!has_cooled(kLatest)) {
    return std::nullopt;
  }
  if (has_cooled(kEarliest)) {
    return kEarliest;
  }
  // Both are finite now, and t = h * (L - log2 threshold) lies between the ends. heat_points() has the last word: what
  // it says is searched for in steps that double, from there on by halves.
  const long double half_lives = static_cast<long double>(heat) - std::log2(static_cast<long double>(threshold));
  const long double estimate = half_lives * static_cast<long double>(half_life.microseconds()) - kUnixEpoch;
  const auto start = static_cast<Instant>(std::clamp<long double>(estimate, static_cast<long double>(kEarliest) + 1,
                                                                  static_cast<long double>(kLatest) - 1));
  __extension__ using Wide = __int128;
  Wide warm = start;  // a time at which it has not cooled, in the end; and one at which it has
  Wide cool = start;
  if (has_cooled(start)) {
    for (Wide step = 1; warm > kEarliest && has_cooled(static_cast<Instant>(warm)); step *= 2) {
      cool = warm;
      warm = std::max<Wide>(start - step, kEarliest);
    }
  } else {
    for (Wide step = 1; cool < kLatest && !has_cooled(static_cast<Instant>(cool)); step *= 2) {
      warm = cool;
      cool = std::min<Wide>(start + step, kLatest);
    }
  }
  while (cool - warm > 1) {
    const Wide middle = warm + (cool - warm) / 2;
    (has_cooled(static_cast<Instant>(middle)) ? cool : warm) = middle;
  }
  return static_cast<Instant>(cool);
}

}  // namespace leadscore::heat
