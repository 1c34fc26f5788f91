// Jaro's similarity by bits, whatever a text is made of: code points or bytes.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/dedup/pattern_mask.hpp"

namespace leadscore::dedup {

/// Jaro's similarity of texts of `a` and `b` letters that have some matches.
inline double jaro_of(std::size_t matches, std::size_t out_of_order, std::size_t a, std::size_t b) noexcept {
  if (matches == 0) {
    return 0;
  }
  const auto count = static_cast<double>(matches);
  return (count / static_cast<double>(a) + count / static_cast<double>(b) +
          (count - static_cast<double>(out_of_order) / 2) / count) /
         3;
}

/// How far apart two letters may stand to match.
inline std::size_t reach_of(std::size_t a, std::size_t b) noexcept {
  const std::size_t half = std::max(a, b) / 2;
  return half > 0 ? half - 1 : 0;
}

/// The bits from place `from` on, up to `to`, of a word.
inline std::uint64_t bits_between(std::size_t from, std::size_t to) noexcept {
  const std::uint64_t up_to = to >= kWordBits ? ~std::uint64_t{0} : (std::uint64_t{1} << to) - 1;
  return from >= kWordBits ? 0 : up_to & (~std::uint64_t{0} << from);
}

/// Jaro's similarity of two texts of 1 to kWordBits letters; `mask` has the places of the pattern.
template <class Mask, class Text>
double jaro_by_bits(const Mask& mask, Text pattern, Text text) noexcept {
  const std::size_t reach = reach_of(pattern.size(), text.size());
  std::uint64_t window = bits_between(0, reach + 1);
  std::uint64_t in_pattern = 0;
  std::array<typename Text::value_type, kWordBits> matched;  // of the text, in order
  std::size_t matches = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::uint64_t found = mask[text[i]] & window & ~in_pattern;
    window = window << 1 | (i < reach ? 1 : 0);
    in_pattern |= found & (~found + 1);  // the first of them
    matched[matches] = text[i];          // kept if the next one does not take its place
    matches += found != 0 ? 1 : 0;
  }
  std::size_t out_of_order = 0;
  for (std::size_t i = 0; i < matches; ++i) {
    out_of_order += pattern[static_cast<std::size_t>(std::countr_zero(in_pattern))] == matched[i] ? 0 : 1;
    in_pattern &= in_pattern - 1;
  }
  return jaro_of(matches, out_of_order, pattern.size(), text.size());
}

/// Winkler's bonus added to Jaro's similarity of two texts.
template <class Text>
double with_bonus(double similarity, Text a, Text b) noexcept {
  constexpr double kAlikeEnough = 0.7;
  constexpr double kOfEach = 0.1;
  constexpr std::size_t kMostCounted = 4;
  if (similarity <= kAlikeEnough) {
    return similarity;
  }
  const std::size_t counted = std::min({a.size(), b.size(), kMostCounted});
  const auto common = std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(counted), b.begin()).first;
  return similarity + static_cast<double>(common - a.begin()) * kOfEach * (1 - similarity);
}

}  // namespace leadscore::dedup
