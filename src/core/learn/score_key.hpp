// Scores as whole numbers of the same order, which sort faster and are equal exactly where the scores are.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace leadscore::learn {

inline constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

/// The key of a score, in the order of PostgreSQL: -0 equals 0, NaN equals NaN and is greater than infinity.
[[nodiscard]] inline std::uint64_t score_key(double score) noexcept {
  const double canonical = std::isnan(score) ? std::numeric_limits<double>::quiet_NaN() : score + 0.0;
  const auto bits = std::bit_cast<std::uint64_t>(canonical);
  return (bits & kSignBit) != 0 ? ~bits : bits | kSignBit;
}

/// The score of a key.
[[nodiscard]] inline double score_of_key(std::uint64_t key) noexcept {
  return std::bit_cast<double>((key & kSignBit) != 0 ? key ^ kSignBit : ~key);
}

/// True if a score has this key.
[[nodiscard]] inline bool is_score_key(std::uint64_t key) noexcept { return score_key(score_of_key(key)) == key; }

}  // namespace leadscore::learn
