// A read-only map from short strings to small numbers, as scripts/generated_table.py writes it: one text, no pointers.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace leadscore::contact {

/// The hash of endings, which runs from the last byte to the first, so that one pass over a domain hashes each of its
/// endings. Start with 0.
constexpr std::uint32_t hash_byte(std::uint32_t hash, char byte) noexcept {
  return (hash ^ static_cast<unsigned char>(byte)) * 0x9E3779B1U;
}

/// The hash of whole keys: of their last eight bytes and their size.
inline std::uint32_t hash_key(std::string_view key) noexcept {
  std::uint64_t last = 0;
  if (key.size() >= 8) {
    std::memcpy(&last, key.data() + key.size() - 8, 8);
    last = std::endian::native == std::endian::little ? last : __builtin_bswap64(last);
  } else {
    for (std::size_t i = key.size(); i > 0; --i) {
      last = last << 8 | static_cast<unsigned char>(key[i - 1]);
    }
  }
  return static_cast<std::uint32_t>((last + key.size()) * 0x9E3779B97F4A7C15U >> 32);
}

/// The number of a key (at least 0), or -1. The hash is the one that the table was made with. `starts` has Buckets + 1
/// positions in the text, a power of two and one; an entry is its length and its number, each a byte from 0x23 on, and
/// the key.
template <class Position, std::size_t Count>
int find_text(const Position (&starts)[Count], const char* text, std::string_view key, std::uint32_t hash) noexcept {
  static_assert(Count > 1 && ((Count - 1) & (Count - 2)) == 0, "a power of two of buckets");
  constexpr int kFirst = 0x23;
  const std::size_t bucket = static_cast<std::uint64_t>(hash) * (Count - 1) >> 32;
  const char* entry = text + starts[bucket];
  const char* const end = text + starts[bucket + 1];
  while (entry != end) {
    const auto size = static_cast<std::size_t>(entry[0] - kFirst);
    if (size == key.size() && std::memcmp(entry + 2, key.data(), size) == 0) {
      return entry[1] - kFirst;
    }
    entry += 2 + size;
  }
  return -1;
}

}  // namespace leadscore::contact
