// Distinct texts, numbered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include "core/stop_token.hpp"

namespace leadscore {

/// A hash of the bytes of a text, the same on every machine.
[[nodiscard]] std::uint64_t text_hash(std::string_view text) noexcept;

class TextDictionary {
 public:
  static constexpr std::uint32_t kFull = 0xFFFFFFFF;

  explicit TextDictionary(std::pmr::memory_resource* memory) : texts_(memory), hashes_(memory), slots_(memory) {}
  TextDictionary(const TextDictionary&) = delete;
  TextDictionary& operator=(const TextDictionary&) = delete;
  ~TextDictionary() = default;

  /// The number of a text with this text_hash(), from 0, a new one if it is new; kFull if there are `limit` others
  /// already. What the memory resource throws leaves the dictionary as it was.
  std::uint32_t code_of(std::string_view text, std::uint64_t hash, std::size_t limit);

  [[nodiscard]] std::size_t size() const noexcept { return texts_.size(); }
  [[nodiscard]] std::string_view text(std::uint32_t code) const noexcept { return texts_[code]; }

  /// Keeps the texts whose entry in `used` (by code) is not 0. Returns the new number of each old one, kFull for those
  /// that went.
  std::pmr::vector<std::uint32_t> keep(const std::pmr::vector<std::uint8_t>& used, std::pmr::memory_resource* memory);

  /// Numbers the texts in the order of their bytes; returns as keep(). Throws Cancelled if asked to stop.
  std::pmr::vector<std::uint32_t> sort(StopToken& stop, std::pmr::memory_resource* memory);

 private:
  [[nodiscard]] std::size_t slot_of(std::string_view text, std::uint64_t hash) const noexcept;
  void enter(std::uint32_t code) noexcept;
  void grow();
  std::pmr::vector<std::uint32_t> renumber(const std::pmr::vector<std::uint32_t>& in_order,
                                           std::pmr::memory_resource* memory);

  std::pmr::deque<std::pmr::string> texts_;
  std::pmr::vector<std::uint64_t> hashes_;  // by code
  std::pmr::vector<std::uint32_t> slots_;   // codes or kFull, by hash, half full at most; a power of two of them
};

}  // namespace leadscore
