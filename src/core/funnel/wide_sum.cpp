#include "core/funnel/wide_sum.hpp"

#include <algorithm>
#include <bit>

namespace leadscore::funnel {

namespace {

constexpr int kWordBits = 64;
constexpr int kMantissaBits = 52;

// The 64 bits that begin at a place, which may be below the lowest or above the highest bit.
std::uint64_t bits_at(const WideSum::Words& words, int place) noexcept {
  const auto word = [&](int i) {
    const bool is_negative = words.back() >> (kWordBits - 1) != 0;
    if (i < 0) {
      return std::uint64_t{0};
    }
    return i < static_cast<int>(words.size()) ? words[static_cast<std::size_t>(i)] : std::uint64_t{0} - is_negative;
  };
  const int index = place >= 0 ? place / kWordBits : -1;
  const int offset = place - index * kWordBits;
  const std::uint64_t low = word(index) >> offset;
  return low | word(index + 1) << 1 << (kWordBits - 1 - offset);
}

}  // namespace

void WideSum::add(double number, std::uint64_t parts) noexcept {
  constexpr std::uint64_t kFraction = (std::uint64_t{1} << kMantissaBits) - 1;
  const auto bits = std::bit_cast<std::uint64_t>(number);
  const auto exponent = static_cast<int>(bits >> kMantissaBits & 0x7FF);
  const std::uint64_t mantissa = (bits & kFraction) | (exponent == 0 ? 0 : kFraction + 1);
  const int place = exponent == 0 ? 0 : exponent - 1;  // of the lowest bit of the mantissa, above the least double
  const Uint128 product = Uint128{mantissa} * parts;
  const int offset = place % kWordBits;
  const std::array<std::uint64_t, 3> addend = {
      static_cast<std::uint64_t>(product << offset),
      static_cast<std::uint64_t>(product >> 1 >> (kWordBits - 1 - offset)),
      static_cast<std::uint64_t>(product >> kWordBits >> 1 >> (kWordBits - 1 - offset))};
  const bool is_negative = bits >> (kWordBits - 1) != 0;
  bool carry = false;
  std::size_t i = static_cast<std::size_t>(place) / kWordBits;
  for (std::size_t piece = 0; i < kWords && (piece < addend.size() || carry); ++i, ++piece) {
    const std::uint64_t word = piece < addend.size() ? addend[piece] : 0;
    if (is_negative) {
      const bool borrows = __builtin_sub_overflow(words_[i], word, &words_[i]);
      carry = __builtin_sub_overflow(words_[i], std::uint64_t{carry}, &words_[i]) || borrows;
    } else {
      const bool carries = __builtin_add_overflow(words_[i], word, &words_[i]);
      carry = __builtin_add_overflow(words_[i], std::uint64_t{carry}, &words_[i]) || carries;
    }
  }
}

void WideSum::add(const WideSum& other) noexcept {
  bool carry = false;
  for (std::size_t i = 0; i < kWords; ++i) {
    const bool carries = __builtin_add_overflow(words_[i], other.words_[i], &words_[i]);
    carry = __builtin_add_overflow(words_[i], std::uint64_t{carry}, &words_[i]) || carries;
  }
}

void WideSum::negate() noexcept {
  bool carry = true;
  for (std::uint64_t& word : words_) {
    carry = __builtin_add_overflow(~word, std::uint64_t{carry}, &word);
  }
}

WideSum WideSum::magnitude() const noexcept {
  WideSum magnitude = *this;
  if (is_negative()) {
    magnitude.negate();
  }
  return magnitude;
}

int WideSum::highest_bit() const noexcept {
  for (std::size_t i = kWords; i-- > 0;) {
    if (words_[i] != 0) {
      return static_cast<int>(i) * kWordBits + static_cast<int>(std::bit_width(words_[i])) - 1;
    }
  }
  return -1;
}

WideSum WideSum::times(std::uint64_t parts) const noexcept {
  WideSum result = magnitude();
  std::uint64_t below = 0;  // the word of the product before
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i <= kWords; ++i) {
    const Uint128 product = Uint128{i < kWords ? result.words_[i] : 0} * parts + carry;
    const auto word = static_cast<std::uint64_t>(product);
    if (i > 0) {
      result.words_[i - 1] = below >> kPartBits | word << (kWordBits - kPartBits);
    }
    below = word;
    carry = static_cast<std::uint64_t>(product >> kWordBits);
  }
  if (is_negative()) {
    result.negate();
  }
  return result;
}

std::int64_t WideSum::multiple(int bit) const noexcept { return static_cast<std::int64_t>(bits_at(words_, bit)); }

std::uint64_t WideSum::rest(int bit) const noexcept {
  const int place = bit - kWordBits;
  const std::uint64_t highest = bits_at(words_, place);
  for (int lower = place; lower > 0; lower -= kWordBits) {
    const int begin = lower - kWordBits;
    const std::uint64_t bits = bits_at(words_, begin);
    if (bits != 0) {
      return highest | 1;
    }
  }
  return highest;
}

bool WideSum::restore(const Words& words) noexcept {
  constexpr int kMostBits = kUnitBits + 1024 + 53;
  WideSum restored;
  restored.words_ = words;
  if (restored.magnitude().highest_bit() > kMostBits) {
    return false;
  }
  *this = restored;
  return true;
}

}  // namespace leadscore::funnel
