// Sums of points times powers of two, whose exponents may be any 64-bit number: one result in any order.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <limits>

#include "core/heat/exp2.hpp"
#include "core/heat/half_life.hpp"

namespace leadscore::heat {

/// Adds points * 2^exponent as integers. The number line of bits is cut into words of 64 at fixed places; each addend
/// is cut there as well, and its pieces are added to the words that they fall into, carries counted beside them. Only
/// the highest word that an addend has reached and the two below are kept. So which pieces count depends on the largest
/// addend alone and not on the order, and what is lost of each addend is below 2^-116 of the largest.
/// (The idea: Demmel, Nguyen 2013, "Fast reproducible floating-point summation".)
class DecaySum {
 public:
  /// One word and how often it has overflowed.
  struct Word {
    std::uint64_t low = 0;
    std::uint64_t carries = 0;

    bool operator==(const Word&) const = default;
  };

  static constexpr std::size_t kWords = 3;
  using Words = std::array<Word, kWords>;

  static constexpr std::int64_t kNoWord = std::numeric_limits<std::int64_t>::min();
  /// Beyond what an addend reaches whose exponent is an Instant.
  static constexpr std::int64_t kLargestWord = (std::int64_t{1} << 57) - (std::int64_t{1} << 20);

  [[nodiscard]] bool is_empty() const noexcept { return top_ == kNoWord; }

  /// Adds points * 2^exponent: points finite and not below 0 (which adds nothing), exponent.whole within kLatest. Each
  /// addend is rounded to a relative error below 1.6 * 2^-52.
  void add(double points, const Exponent& exponent) noexcept {
    std::int64_t whole = exponent.whole;
    if (!(points >= 0x1p-900 && points <= 0x1p900)) {
      if (points == 0) {
        return;
      }
      // Exact, also for denormal numbers, and then neither the product nor its parts leave the range of doubles.
      whole += points < 1 ? -200 : 200;
      points *= points < 1 ? 0x1p200 : 0x1p-200;
    }
    const auto bits = std::bit_cast<std::uint64_t>(times_exp2(points, exponent.step, exponent.rest));
    constexpr std::uint64_t kFraction = (std::uint64_t{1} << 52) - 1;
    add_bits((bits & kFraction) | (kFraction + 1), whole + static_cast<std::int64_t>(bits >> 52) - 1075);
  }

  /// Adds what the other sum holds; as if its addends had been added one by one. False, and a wrong sum, if the carries
  /// do not fit, which no sum of addends can bring about.
  bool merge(const DecaySum& other) noexcept;

  /// log2 of the sum, off by at most 2^-52. Not for an empty one.
  [[nodiscard]] FixedLog log2() const noexcept;

  /// The sum, rounded to the nearest double; infinity beyond the range of doubles, 0 below it and for an empty sum.
  [[nodiscard]] double value() const noexcept;

  /// The state, for storing it.
  [[nodiscard]] std::int64_t top() const noexcept { return top_; }
  [[nodiscard]] const Words& words() const noexcept { return words_; }

  /// Takes over a stored state. False, and an empty sum, if no addends lead to such a state.
  bool restore(std::int64_t top, const Words& words) noexcept;

  bool operator==(const DecaySum&) const = default;

 private:
  struct Leading {  // the first 64 bits of the sum, and where they stand
    std::uint64_t bits;
    std::int64_t exponent;  // of the lowest
    bool is_exact;          // nothing but zeros follows
  };

  static void add_piece(Word& word, std::uint64_t piece) noexcept {
    word.low += piece;
    word.carries += word.low < piece ? 1 : 0;
  }

  void add_bits(std::uint64_t mantissa, std::int64_t position) noexcept {
    const auto offset = static_cast<unsigned>(position & 63);
    const std::int64_t upper_word = (position >> 6) + 1;
    const std::uint64_t upper = mantissa >> 1 >> (63 - offset);
    const std::uint64_t lower = mantissa << offset;
    if (upper_word > top_) {
      raise_to(upper_word);
    }
    const std::int64_t below = top_ - upper_word;
    if (below < static_cast<std::int64_t>(kWords)) {
      const auto i = static_cast<std::size_t>(below);
      add_piece(words_[i], upper);
      if (i + 1 < kWords) {
        add_piece(words_[i + 1], lower);
      }
    }
  }

  void raise_to(std::int64_t top) noexcept;
  [[nodiscard]] Leading leading() const noexcept;

  std::int64_t top_ = kNoWord;  // the place of words_[0], in words from the bit of value 1
  Words words_{};               // from the highest
};

}  // namespace leadscore::heat
