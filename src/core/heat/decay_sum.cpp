#include "core/heat/decay_sum.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace leadscore::heat {

namespace {

// More than there will ever be, and so few that two of them still fit into their 64 bits.
constexpr std::uint64_t kMostCarries = (std::uint64_t{1} << 62) - 1;

}  // namespace

void DecaySum::raise_to(std::int64_t top) noexcept {
  if (!is_empty()) {
    const std::int64_t distance = top - top_;
    const auto shift = static_cast<std::size_t>(std::min<std::int64_t>(distance, kWords));
    std::move_backward(words_.begin(), words_.end() - static_cast<std::ptrdiff_t>(shift), words_.end());
    std::fill_n(words_.begin(), shift, Word{});
  }
  top_ = top;
}

bool DecaySum::merge(const DecaySum& other) noexcept {
  if (other.is_empty()) {
    return true;
  }
  if (is_empty()) {
    *this = other;
    return true;
  }
  if (other.top_ > top_) {
    raise_to(other.top_);
  }
  bool fits = true;
  const std::int64_t below = top_ - other.top_;
  for (std::int64_t i = below; i < static_cast<std::int64_t>(kWords); ++i) {
    const Word& from = other.words_[static_cast<std::size_t>(i - below)];
    Word& to = words_[static_cast<std::size_t>(i)];
    add_piece(to, from.low);
    to.carries += from.carries;
    fits = fits && to.carries <= kMostCarries;
  }
  return fits;
}

DecaySum::Leading DecaySum::leading() const noexcept {
  // With the carries settled: four pieces of 64 bits, from the highest.
  std::array<std::uint64_t, kWords + 1> pieces{};
  std::uint64_t carried = 0;
  for (std::size_t i = kWords; i-- > 0;) {
    pieces[i + 1] = words_[i].low + carried;
    carried = words_[i].carries + (pieces[i + 1] < carried ? 1 : 0);
  }
  pieces[0] = carried;
  std::size_t first = 0;
  while (first < kWords && pieces[first] == 0) {
    ++first;
  }
  const auto shift = static_cast<unsigned>(std::min(std::countl_zero(pieces[first]), 63));
  const std::uint64_t next = first < kWords ? pieces[first + 1] : 0;
  Leading leading{};
  leading.bits = pieces[first] << shift | next >> 1 >> (63 - shift);
  leading.is_exact = next << shift == 0;
  for (std::size_t i = first + 2; i <= kWords; ++i) {
    leading.is_exact = leading.is_exact && pieces[i] == 0;
  }
  // pieces[0] stands one word above words_[0].
  leading.exponent = (top_ + 1 - static_cast<std::int64_t>(first)) * 64 - static_cast<std::int64_t>(shift);
  return leading;
}

FixedLog DecaySum::log2() const noexcept {
  const Leading sum = leading();
  const double mantissa = static_cast<double>(sum.bits) * 0x1p-63;
  const auto fraction = static_cast<FixedLog>(std::nearbyint(std::log2(mantissa) * kFixedScale));
  return (static_cast<FixedLog>(sum.exponent) + 63) * (FixedLog{1} << kFixedBits) + fraction;
}

double DecaySum::value() const noexcept {
  if (is_empty()) {
    return 0;
  }
  const Leading sum = leading();
  // What follows the 64 bits only says to which side the conversion rounds a tie.
  const std::uint64_t bits = sum.bits | (sum.is_exact ? 0 : 1);
  const auto exponent = static_cast<int>(std::clamp<std::int64_t>(sum.exponent, -4096, 4096));
  return std::ldexp(static_cast<double>(bits), exponent);
}

bool DecaySum::restore(std::int64_t top, const Words& words) noexcept {
  *this = DecaySum();
  if (top == kNoWord) {
    return words == Words{};
  }
  if (top < -kLargestWord || top > kLargestWord) {
    return false;
  }
  // Every mantissa has its 53rd bit, so the largest addend has left at least that, in the upper two words.
  const bool is_large_enough =
      words[0].low > 0 || words[0].carries > 0 || words[1].carries > 0 || words[1].low >> 52 > 0;
  const bool is_small_enough =
      std::all_of(words.begin(), words.end(), [](const Word& word) { return word.carries <= kMostCarries; });
  if (!is_large_enough || !is_small_enough) {
    return false;
  }
  top_ = top;
  words_ = words;
  return true;
}

}  // namespace leadscore::heat
