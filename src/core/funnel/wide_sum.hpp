// Sums of doubles times fractions without any rounding: the same in any order, however large and small they are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace leadscore::funnel {

__extension__ using Uint128 = unsigned __int128;

/// Credit is given in whole numbers of parts; these are the whole.
inline constexpr int kPartBits = 60;
inline constexpr std::uint64_t kWholeCredit = std::uint64_t{1} << kPartBits;

/// A whole number of units, in two's complement and as wide as the products of all doubles and parts (Kulisch's long
/// accumulator); a unit is 2^-1134, a part of the least double. Room for 2^53 addends.
class WideSum {
 public:
  static constexpr int kUnitBits = 1074 + kPartBits;
  static constexpr std::size_t kWords = 35;
  using Words = std::array<std::uint64_t, kWords>;  // from the lowest

  /// Adds number * parts / kWholeCredit; the number is finite.
  void add(double number, std::uint64_t parts) noexcept;
  void add(const WideSum& other) noexcept;
  void negate() noexcept;

  [[nodiscard]] bool is_negative() const noexcept { return words_.back() >> 63 != 0; }
  [[nodiscard]] WideSum magnitude() const noexcept;
  /// The place of the highest bit of a sum that is not negative, -1 for 0.
  [[nodiscard]] int highest_bit() const noexcept;

  /// The sum times parts / kWholeCredit, for a sum of whole credits; parts up to kWholeCredit.
  [[nodiscard]] WideSum times(std::uint64_t parts) const noexcept;

  /// The sum as a multiple of 2^bit units, rounded down, and what is left of it in 2^-64 of that, the lowest bit set if
  /// there is even less. The multiple must fit.
  [[nodiscard]] std::int64_t multiple(int bit) const noexcept;
  [[nodiscard]] std::uint64_t rest(int bit) const noexcept;

  /// The state, for storing it.
  [[nodiscard]] const Words& words() const noexcept { return words_; }
  /// Takes over a stored state. False, and nothing is changed, if no 2^53 addends lead to it.
  [[nodiscard]] bool restore(const Words& words) noexcept;

  bool operator==(const WideSum&) const = default;

 private:
  Words words_{};
};

}  // namespace leadscore::funnel
