// What sums of doubles really are: arithmetic wide enough for any of them, and one rounding at the end.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace leadscore::test {

/// A sum without rounding: an integral number of 2^-1074, in pieces of 32 bits from the lowest, as wide as all doubles.
/// Slow, and shares nothing with the sums that it judges.
class ExactSum {
 public:
  ExactSum() = default;
  explicit ExactSum(double number) { add(number); }

  /// Adds a finite number; up to 2^30 of them.
  ExactSum& add(double number) {
    const auto bits = std::bit_cast<std::uint64_t>(number);
    const auto biased = static_cast<unsigned>(bits >> 52 & 0x7FF);
    std::uint64_t mantissa = bits & kFraction;
    mantissa |= biased == 0 ? 0 : kFraction + 1;
    const unsigned position = biased == 0 ? 0 : biased - 1;
    const std::int64_t sign = std::signbit(number) ? -1 : 1;
    const std::uint64_t low = (mantissa & kPiece) << position % 32;
    const std::uint64_t high = (mantissa >> 32) << position % 32;
    std::int64_t* const piece = pieces_.data() + position / 32;
    piece[0] += sign * static_cast<std::int64_t>(low & kPiece);
    piece[1] += sign * static_cast<std::int64_t>((low >> 32) + (high & kPiece));
    piece[2] += sign * static_cast<std::int64_t>(high >> 32);
    return *this;
  }

  ExactSum& add(const ExactSum& other) {
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      pieces_[i] += other.pieces_[i];
    }
    return *this;
  }

  /// -1, 0 or 1.
  [[nodiscard]] int sign() const {
    const Pieces carried = carry(pieces_);
    if (carried.back() < 0) {
      return -1;
    }
    return highest_bit(carried) < 0 ? 0 : 1;
  }

  [[nodiscard]] bool is_less_than(double number) const { return ExactSum(*this).add(-number).sign() < 0; }
  [[nodiscard]] bool is_greater_than(double number) const { return ExactSum(*this).add(-number).sign() > 0; }

  /// The nearest double; between two, the even one.
  [[nodiscard]] double rounded() const {
    const bool is_negative = sign() < 0;
    Pieces magnitude = pieces_;
    for (std::int64_t& piece : magnitude) {
      piece = is_negative ? -piece : piece;
    }
    magnitude = carry(magnitude);
    const int highest = highest_bit(magnitude);
    const int lowest = highest <= 52 ? 0 : highest - 52;  // of the bits that a double keeps
    std::uint64_t mantissa = 0;
    for (int i = highest; i >= lowest; --i) {
      mantissa = mantissa << 1 | bit(magnitude, i);
    }
    if (lowest > 0 && bit(magnitude, lowest - 1) == 1) {
      bool is_beyond_half = false;
      for (int i = 0; i < lowest - 1; ++i) {
        is_beyond_half = is_beyond_half || bit(magnitude, i) == 1;
      }
      mantissa += is_beyond_half ? 1 : mantissa & 1;
    }
    const double rounded = std::ldexp(static_cast<double>(mantissa), lowest - 1074);
    return is_negative ? -rounded : rounded;
  }

 private:
  using Pieces = std::array<std::int64_t, 68>;  // 2046 + 53 bits, and some for carries

  static constexpr std::uint64_t kFraction = (std::uint64_t{1} << 52) - 1;
  static constexpr std::uint64_t kPiece = 0xFFFFFFFF;

  // All pieces but the highest in [0, 2^32), so that the highest has the sign.
  static Pieces carry(Pieces pieces) {
    for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
      pieces[i + 1] += pieces[i] >> 32;
      pieces[i] &= static_cast<std::int64_t>(kPiece);
    }
    return pieces;
  }

  static std::uint64_t bit(const Pieces& pieces, int position) {
    return static_cast<std::uint64_t>(pieces[static_cast<std::size_t>(position) / 32]) >> position % 32 & 1;
  }

  static int highest_bit(const Pieces& pieces) {  // -1 if there is none
    int position = static_cast<int>(pieces.size()) * 32 - 1;
    while (position >= 0 && bit(pieces, position) == 0) {
      --position;
    }
    return position;
  }

  Pieces pieces_{};
};

}  // namespace leadscore::test
