// How long points take to halve, and times counted in half-lives.
#pragma once

#include <cstdint>

#include "core/heat/exp2.hpp"

namespace leadscore::heat {

/// A point in time: microseconds since 2000-01-01 00:00 UTC, as PostgreSQL stores it. Here always finite, and within
/// kEarliest and kLatest, which leave room for what PostgreSQL's own range is summed up with.
using Instant = std::int64_t;

inline constexpr Instant kLatest = 9'223'371'400'000'000'000;
inline constexpr Instant kEarliest = -kLatest;

/// From 1970-01-01, where the time in a heat begins, to 2000-01-01.
inline constexpr std::int64_t kUnixEpoch = 946'684'800'000'000;

/// A base-two logarithm as a whole number of 2^-60, so that sums and comparisons of logarithms are exact.
__extension__ using FixedLog = __int128;
inline constexpr int kFixedBits = 60;
inline constexpr double kFixedScale = 0x1p60;

/// A half-life in microseconds.
class HalfLife {
 public:
  /// 100,000 years of 365.25 days.
  static constexpr std::int64_t kLongest = 3'155'760'000'000'000'000;

  static constexpr bool is_valid(std::int64_t microseconds) noexcept {
    return microseconds > 0 && microseconds <= kLongest;
  }

  /// `microseconds` from 1 to kLongest.
  constexpr explicit HalfLife(std::int64_t microseconds) noexcept
      : microseconds_(microseconds),
        steps_per_microsecond_(kSteps / static_cast<double>(microseconds)),
        inverse_step_(1.0 / kSteps / static_cast<double>(microseconds)) {}

  [[nodiscard]] constexpr std::int64_t microseconds() const noexcept { return microseconds_; }
  bool operator==(const HalfLife& other) const noexcept { return microseconds_ == other.microseconds_; }

  /// A time in half-lives. Its `rest` is off by at most 2^-59.
  [[nodiscard]] Exponent count(Instant time) const noexcept {
    const double estimate = static_cast<double>(time) * steps_per_microsecond_;
    if (!(estimate > -0x1p62 && estimate < 0x1p62)) {
      return count_exactly(time);
    }
    // Off by one, and by more only for half-lives below a second. The products may wrap around, their difference is
    // small.
    auto steps = static_cast<std::int64_t>(estimate);
    auto rest =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(time) * kSteps -
                                  static_cast<std::uint64_t>(steps) * static_cast<std::uint64_t>(microseconds_));
    if (rest < 0) {
      rest += microseconds_;
      --steps;
    } else if (rest >= microseconds_) {
      rest -= microseconds_;
      ++steps;
    }
    if (rest < 0 || rest >= microseconds_) {
      return count_exactly(time);
    }
    return exponent_of(steps, rest);
  }

  /// The same for any time within 2^66; slower. Beyond kLatest half-lives it says kLatest, and kEarliest accordingly.
  [[nodiscard]] Exponent count_exactly(FixedLog time) const noexcept {
    const FixedLog steps = time * kSteps / microseconds_;
    const auto rest = static_cast<std::int64_t>(time * kSteps % microseconds_);
    if (steps > FixedLog{kLatest} * kSteps || steps < FixedLog{kEarliest} * kSteps) {
      return {.whole = steps > 0 ? kLatest : kEarliest};
    }
    return rest < 0 ? exponent_of(steps - 1, rest + microseconds_) : exponent_of(steps, rest);
  }

  /// time / half-life, rounded down. `time` within 2^66.
  [[nodiscard]] FixedLog fixed(FixedLog time) const noexcept {
    const FixedLog scaled = time * (FixedLog{1} << kFixedBits);
    const FixedLog quotient = scaled / microseconds_;
    return quotient - (scaled % microseconds_ < 0 ? 1 : 0);
  }

 private:
  [[nodiscard]] Exponent exponent_of(FixedLog steps, std::int64_t rest) const noexcept {
    return {static_cast<std::int64_t>(steps >> kStepBits), static_cast<std::uint32_t>(steps & (kSteps - 1)),
            static_cast<double>(rest) * inverse_step_};
  }

  std::int64_t microseconds_;
  double steps_per_microsecond_;
  double inverse_step_;  // what a microsecond of `rest`, which is counted in steps, is of a half-life
};

}  // namespace leadscore::heat
