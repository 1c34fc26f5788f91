#include "core/dedup/jaro.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "core/dedup/pattern_mask.hpp"

namespace leadscore::dedup {

namespace {

double similarity(std::size_t matches, std::size_t out_of_order, std::size_t a, std::size_t b) noexcept {
  if (matches == 0) {
    return 0;
  }
  const auto count = static_cast<double>(matches);
  return (count / static_cast<double>(a) + count / static_cast<double>(b) +
          (count - static_cast<double>(out_of_order) / 2) / count) /
         3;
}

// How far apart two code points may stand to match.
std::size_t reach_of(std::size_t a, std::size_t b) noexcept {
  const std::size_t half = std::max(a, b) / 2;
  return half > 0 ? half - 1 : 0;
}

// The bits from place `from` on, up to `to`, of a word.
std::uint64_t bits_between(std::size_t from, std::size_t to) noexcept {
  const std::uint64_t up_to = to >= kWordBits ? ~std::uint64_t{0} : (std::uint64_t{1} << to) - 1;
  return from >= kWordBits ? 0 : up_to & (~std::uint64_t{0} << from);
}

double short_jaro(CodePointSpan pattern, CodePointSpan text, StopToken& stop) {
  const PatternMask mask(pattern);
  const std::size_t reach = reach_of(pattern.size(), text.size());
  std::uint64_t window = bits_between(0, reach + 1);
  std::uint64_t in_pattern = 0;
  std::uint64_t in_text = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::uint64_t found = mask[text[i]] & window & ~in_pattern;
    window = window << 1 | (i < reach ? 1 : 0);
    in_pattern |= found & (~found + 1);  // the first of them
    in_text |= static_cast<std::uint64_t>(found != 0 ? 1 : 0) << i;
  }
  stop.check();
  std::size_t out_of_order = 0;
  const auto matches = static_cast<std::size_t>(std::popcount(in_text));
  while (in_text != 0) {
    const auto i = static_cast<std::size_t>(std::countr_zero(in_text));
    const auto j = static_cast<std::size_t>(std::countr_zero(in_pattern));
    out_of_order += text[i] == pattern[j] ? 0 : 1;
    in_text &= in_text - 1;
    in_pattern &= in_pattern - 1;
  }
  return similarity(matches, out_of_order, pattern.size(), text.size());
}

// By blocks of 64: the places of the pattern that have matched are as many words.
double long_jaro(CodePointSpan pattern, CodePointSpan text, std::pmr::memory_resource* memory, StopToken& stop) {
  const std::pmr::vector<PatternMask> masks = masks_of(pattern, memory);
  std::pmr::vector<std::uint64_t> in_pattern(masks.size(), 0, memory);
  std::pmr::vector<char32_t> matched(memory);  // of the text, in order
  const std::size_t reach = reach_of(pattern.size(), text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t first = i > reach ? i - reach : 0;
    const std::size_t last = std::min(i + reach + 1, pattern.size());
    for (std::size_t block = first / kWordBits; block * kWordBits < last; ++block) {
      stop.check();
      const std::size_t start = block * kWordBits;
      const std::uint64_t found =
          masks[block][text[i]] & ~in_pattern[block] & bits_between(first > start ? first - start : 0, last - start);
      if (found != 0) {
        in_pattern[block] |= found & (~found + 1);
        matched.push_back(text[i]);
        break;
      }
    }
  }
  std::size_t out_of_order = 0;
  std::size_t match = 0;
  for (std::size_t block = 0; block < in_pattern.size(); ++block) {
    for (std::uint64_t left = in_pattern[block]; left != 0; left &= left - 1) {
      stop.check();
      const std::size_t place = block * kWordBits + static_cast<std::size_t>(std::countr_zero(left));
      out_of_order += pattern[place] == matched[match++] ? 0 : 1;
    }
  }
  return similarity(matched.size(), out_of_order, pattern.size(), text.size());
}

}  // namespace

double jaro(CodePointSpan a, CodePointSpan b, std::pmr::memory_resource* memory, StopToken& stop) {
  if (a.empty() || b.empty()) {
    return a.empty() && b.empty() ? 1 : 0;
  }
  return a.size() <= kWordBits && b.size() <= kWordBits ? short_jaro(a, b, stop) : long_jaro(a, b, memory, stop);
}

double jaro_winkler(CodePointSpan a, CodePointSpan b, std::pmr::memory_resource* memory, StopToken& stop) {
  constexpr double kAlikeEnough = 0.7;
  constexpr double kOfEach = 0.1;
  constexpr std::size_t kMostCounted = 4;
  const double similarity = jaro(a, b, memory, stop);
  if (similarity <= kAlikeEnough) {
    return similarity;
  }
  const std::size_t counted = std::min({a.size(), b.size(), kMostCounted});
  const auto common = std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(counted), b.begin()).first;
  return similarity + static_cast<double>(common - a.begin()) * kOfEach * (1 - similarity);
}

}  // namespace leadscore::dedup
