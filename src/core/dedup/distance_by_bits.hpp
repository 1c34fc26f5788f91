// Edit distances by bits, whatever a text is made of: code points or bytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/dedup/pattern_mask.hpp"

namespace leadscore::dedup {

template <class Text>
struct TextPair {
  Text pattern;  // the shorter one
  Text text;
};

/// Two texts without what both begin and end with, which costs no edit.
template <class Text>
TextPair<Text> trimmed(Text a, Text b) noexcept {
  const auto [a_begin, b_begin] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  a = Text(a_begin, a.end());
  b = Text(b_begin, b.end());
  const auto [a_end, b_end] = std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend());
  a = Text(a.begin(), a_end.base());
  b = Text(b.begin(), b_end.base());
  return a.size() < b.size() ? TextPair<Text>{a, b} : TextPair<Text>{b, a};
}

/// A column of the matrix of distances within 64 rows, as the differences between neighbours.
struct Column {
  std::uint64_t one_more = ~std::uint64_t{0};  // than in the row above
  std::uint64_t one_less = 0;
  std::uint64_t same_diagonal = 0;  // as one row above, one column before
  std::uint64_t equal = 0;          // the letters of row and column
};

/// What a block hands down to the next: whether the distance grows or falls from the column before to this one.
struct Carry {
  std::uint64_t one_more = 1;  // at the top it grows with every column
  std::uint64_t one_less = 0;
};

struct Horizontal {
  std::uint64_t one_more;
  std::uint64_t one_less;
};

/// Goes one column to the right. `swapped` are the rows in which the last two letters are swapped neighbours.
inline Horizontal next_column(Column& column, std::uint64_t equal, std::uint64_t swapped, Carry& carry) noexcept {
  const std::uint64_t x = equal | carry.one_less;
  const std::uint64_t same =
      (((x & column.one_more) + column.one_more) ^ column.one_more) | x | column.one_less | swapped;
  const Horizontal found{column.one_less | ~(same | column.one_more), same & column.one_more};
  const std::uint64_t one_more = found.one_more << 1 | carry.one_more;
  const std::uint64_t one_less = found.one_less << 1 | carry.one_less;
  carry = {found.one_more >> (kWordBits - 1), found.one_less >> (kWordBits - 1)};
  column = {one_less | ~(same | one_more), one_more & same, same, equal};
  return found;
}

/// True if the distance cannot fall to the limit in the columns that are left.
inline bool is_hopeless(std::size_t distance, std::size_t columns_left, std::size_t limit) noexcept {
  return distance > columns_left && distance - columns_left > limit;
}

/// The distance of a pattern of 1 to kWordBits letters, whose places `mask` has; limit + 1 beyond the limit. `stop` is
/// asked at every letter of the text.
template <bool kWithSwaps, class Mask, class Text, class Stop>
std::size_t distance_by_bits(const Mask& mask, const TextPair<Text>& pair, std::size_t limit, Stop& stop) {
  const std::uint64_t last = std::uint64_t{1} << (pair.pattern.size() - 1);
  Column column;
  std::size_t distance = pair.pattern.size();
  for (std::size_t i = 0; i < pair.text.size(); ++i) {
    stop.check();
    const std::uint64_t equal = mask[pair.text[i]];
    const std::uint64_t swapped = kWithSwaps ? ((~column.same_diagonal & equal) << 1) & column.equal : 0;
    Carry carry;
    const Horizontal found = next_column(column, equal, swapped, carry);
    distance += (found.one_more & last) != 0 ? 1 : 0;
    distance -= (found.one_less & last) != 0 ? 1 : 0;
    if (is_hopeless(distance, pair.text.size() - i - 1, limit)) {
      return limit + 1;
    }
  }
  return distance;
}

}  // namespace leadscore::dedup
