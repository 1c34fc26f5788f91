#include "core/dedup/jaro.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "core/dedup/jaro_by_bits.hpp"
#include "core/dedup/pattern_mask.hpp"

namespace leadscore::dedup {

namespace {

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
  return jaro_of(matched.size(), out_of_order, pattern.size(), text.size());
}

}  // namespace

double jaro(CodePointSpan a, CodePointSpan b, std::pmr::memory_resource* memory, StopToken& stop) {
  if (a.empty() || b.empty()) {
    return a.empty() && b.empty() ? 1 : 0;
  }
  if (a.size() > kWordBits || b.size() > kWordBits) {
    return long_jaro(a, b, memory, stop);
  }
  stop.check();
  return jaro_by_bits(PatternMask(a), a, b);
}

double jaro_winkler(CodePointSpan a, CodePointSpan b, std::pmr::memory_resource* memory, StopToken& stop) {
  return with_bonus(jaro(a, b, memory, stop), a, b);
}

}  // namespace leadscore::dedup
