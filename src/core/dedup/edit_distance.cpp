#include "core/dedup/edit_distance.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "core/dedup/distance_by_bits.hpp"
#include "core/dedup/pattern_mask.hpp"

namespace leadscore::dedup {

namespace {

using Pair = TextPair<CodePointSpan>;

template <bool kWithSwaps>
std::size_t long_distance(const Pair& pair, std::size_t limit, std::pmr::memory_resource* memory, StopToken& stop) {
  const std::pmr::vector<PatternMask> masks = masks_of(pair.pattern, memory);
  const std::uint64_t last = std::uint64_t{1} << ((pair.pattern.size() - 1) % kWordBits);
  std::pmr::vector<Column> columns(masks.size(), memory);
  std::size_t distance = pair.pattern.size();
  for (std::size_t i = 0; i < pair.text.size(); ++i) {
    Carry carry;
    std::uint64_t above = 0;  // the lowest row of the block above begins a swap
    Horizontal found{};
    for (std::size_t block = 0; block < columns.size(); ++block) {
      stop.check();
      Column& column = columns[block];
      const std::uint64_t equal = masks[block][pair.text[i]];
      std::uint64_t swapped = 0;
      if (kWithSwaps) {
        const std::uint64_t begun = ~column.same_diagonal & equal;
        swapped = (begun << 1 | above) & column.equal;
        above = begun >> (kWordBits - 1);
      }
      found = next_column(column, equal, swapped, carry);
    }
    distance += (found.one_more & last) != 0 ? 1 : 0;
    distance -= (found.one_less & last) != 0 ? 1 : 0;
    if (is_hopeless(distance, pair.text.size() - i - 1, limit)) {
      return limit + 1;
    }
  }
  return distance;
}

template <bool kWithSwaps>
std::size_t distance(CodePointSpan a, CodePointSpan b, std::size_t limit, std::pmr::memory_resource* memory,
                     StopToken& stop) {
  const Pair pair = trimmed(a, b);
  if (pair.text.size() - pair.pattern.size() > limit) {
    return limit + 1;
  }
  if (pair.pattern.empty()) {
    return pair.text.size();
  }
  return pair.pattern.size() <= kWordBits ? distance_by_bits<kWithSwaps>(PatternMask(pair.pattern), pair, limit, stop)
                                          : long_distance<kWithSwaps>(pair, limit, memory, stop);
}

std::size_t count_zeros(std::uint64_t word, std::size_t bits) noexcept {
  return static_cast<std::size_t>(std::popcount(~word << (kWordBits - bits)));
}

}  // namespace

std::size_t levenshtein(CodePointSpan a, CodePointSpan b, std::size_t limit, std::pmr::memory_resource* memory,
                        StopToken& stop) {
  return distance<false>(a, b, limit, memory, stop);
}

std::size_t osa(CodePointSpan a, CodePointSpan b, std::size_t limit, std::pmr::memory_resource* memory,
                StopToken& stop) {
  return distance<true>(a, b, limit, memory, stop);
}

std::size_t common_subsequence(CodePointSpan a, CodePointSpan b, std::pmr::memory_resource* memory, StopToken& stop) {
  const Pair pair = trimmed(a, b);
  const std::size_t shared = std::min(a.size(), b.size()) - pair.pattern.size();
  if (pair.pattern.empty()) {
    return shared;
  }
  const std::pmr::vector<PatternMask> masks = masks_of(pair.pattern, memory);
  std::pmr::vector<std::uint64_t> rows(masks.size(), ~std::uint64_t{0}, memory);  // a zero: one longer than above
  for (const char32_t point : pair.text) {
    std::uint64_t carry = 0;
    for (std::size_t block = 0; block < rows.size(); ++block) {
      stop.check();
      const std::uint64_t row = rows[block];
      const std::uint64_t found = row & masks[block][point];
      const std::uint64_t with_carry = row + carry;
      const std::uint64_t sum = with_carry + found;
      carry = (with_carry < carry ? 1 : 0) | (sum < found ? 1 : 0);
      rows[block] = sum | (row - found);
    }
  }
  std::size_t length = shared;
  for (std::size_t block = 0; block < rows.size(); ++block) {
    length += count_zeros(rows[block], std::min(kWordBits, pair.pattern.size() - block * kWordBits));
  }
  return length;
}

}  // namespace leadscore::dedup
