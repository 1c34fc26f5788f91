// Where each code point stands in a text of up to 64, as bits: what bit-parallel comparisons look up.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "core/dedup/code_points.hpp"

namespace leadscore::dedup {

inline constexpr std::size_t kWordBits = 64;

/// The places of the code points of a pattern of at most kWordBits.
class PatternMask {
 public:
  // Tables are filled as far as they are used: clearing them first would take as long as comparing two names.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init)
  explicit PatternMask(CodePointSpan pattern) noexcept {
    std::uint64_t bit = 1;
    for (const char32_t point : pattern) {
      mask_of(point) |= bit;
      bit <<= 1;
    }
  }

  /// Bit i: the pattern has the code point at place i.
  [[nodiscard]] std::uint64_t operator[](char32_t point) const noexcept {
    const std::size_t slot = slot_of(point);
    if (slot < kDirect) {
      return is_used(slot) ? direct_[slot] : 0;
    }
    if (!has_others_) {
      return 0;
    }
    for (std::size_t i = hash_of(point);; i = (i + 1) % kOthers) {
      if (others_[i].mask == 0 || others_[i].point == point) {
        return others_[i].mask;
      }
    }
  }

 private:
  struct Other {
    char32_t point;
    std::uint64_t mask;
  };
  static constexpr std::size_t kDirect = 256;
  static constexpr std::size_t kOthers = 128;  // twice as many as there can be

  // ASCII and the Cyrillic letters of Slavic alphabets have a place of their own.
  static std::size_t slot_of(char32_t point) noexcept {
    constexpr char32_t kAscii = 0x80;
    constexpr char32_t kCyrillic = 0x400;
    if (point < kAscii) {
      return point;
    }
    const char32_t cyrillic = point - kCyrillic;  // wraps below it
    return cyrillic < kDirect - kAscii ? kAscii + cyrillic : kDirect;
  }
  static std::size_t hash_of(char32_t point) noexcept { return (point * 0x9E3779B1U) >> 25; }

  [[nodiscard]] bool is_used(std::size_t slot) const noexcept {
    return (used_[slot / kWordBits] >> slot % kWordBits & 1) != 0;
  }

  std::uint64_t& mask_of(char32_t point) noexcept {
    const std::size_t slot = slot_of(point);
    if (slot < kDirect) {
      if (!is_used(slot)) {
        used_[slot / kWordBits] |= std::uint64_t{1} << slot % kWordBits;
        direct_[slot] = 0;
      }
      return direct_[slot];
    }
    if (!has_others_) {
      others_.fill({});
      has_others_ = true;
    }
    std::size_t i = hash_of(point);
    while (others_[i].mask != 0 && others_[i].point != point) {
      i = (i + 1) % kOthers;
    }
    others_[i].point = point;
    return others_[i].mask;
  }

  std::array<std::uint64_t, kDirect / kWordBits> used_{};
  bool has_others_ = false;
  std::array<std::uint64_t, kDirect> direct_;
  std::array<Other, kOthers> others_;
};

/// One for every kWordBits of a pattern of any length.
[[nodiscard]] inline std::pmr::vector<PatternMask> masks_of(CodePointSpan pattern, std::pmr::memory_resource* memory) {
  std::pmr::vector<PatternMask> masks(memory);
  masks.reserve((pattern.size() + kWordBits - 1) / kWordBits);
  for (std::size_t first = 0; first < pattern.size(); first += kWordBits) {
    masks.emplace_back(pattern.subspan(first, std::min(kWordBits, pattern.size() - first)));
  }
  return masks;
}

}  // namespace leadscore::dedup
