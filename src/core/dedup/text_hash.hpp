// A hash of texts that is the same on every machine, in every version: keys of indexes are made of it.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/hash.hpp"

namespace leadscore::dedup {

/// 64 bits of a text. Read byte by byte where the order of bytes would matter.
[[nodiscard]] constexpr std::uint64_t hash_of(std::string_view text) noexcept {
  constexpr std::size_t kWord = 8;
  std::uint64_t hash = text.size();
  for (std::size_t begin = 0; begin < text.size(); begin += kWord) {
    std::uint64_t word = 0;
    for (std::size_t i = begin; i < text.size() && i < begin + kWord; ++i) {
      word = word << kWord | static_cast<unsigned char>(text[i]);
    }
    hash = add_to_hash(hash, word);
  }
  return mix(hash);
}

}  // namespace leadscore::dedup
