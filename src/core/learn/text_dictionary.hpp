// The distinct texts of a column, numbered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory_resource>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace leadscore::learn {

class TextDictionary {
 public:
  static constexpr std::uint32_t kFull = 0xFFFFFFFF;

  explicit TextDictionary(std::pmr::memory_resource* memory) : texts_(memory), codes_(memory) {}
  TextDictionary(const TextDictionary&) = delete;
  TextDictionary& operator=(const TextDictionary&) = delete;
  ~TextDictionary() = default;

  /// The number of a text, from 0, a new one if it is new; kFull if there are `limit` others already.
  std::uint32_t code_of(std::string_view text, std::size_t limit);

  [[nodiscard]] std::size_t size() const noexcept { return texts_.size(); }
  [[nodiscard]] std::string_view text(std::uint32_t code) const noexcept { return texts_[code]; }

  /// Renumbers the texts in the order of their bytes; returns the new number of each old one.
  std::pmr::vector<std::uint32_t> sort(std::pmr::memory_resource* memory);

 private:
  std::pmr::deque<std::pmr::string> texts_;  // never moved while it grows: codes_ points to them
  std::pmr::unordered_map<std::string_view, std::uint32_t> codes_;
};

}  // namespace leadscore::learn
