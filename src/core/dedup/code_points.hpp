// A text as its code points, which is what similarities of texts are about.
#pragma once

#include <array>
#include <cstddef>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

namespace leadscore::dedup {

using CodePointSpan = std::span<const char32_t>;

/// The longest text whose similarity to another is computed, in code points.
inline constexpr std::size_t kMostCodePoints = 1'000'000;

/// The code points of a text; bytes that are not UTF-8 count one each, as U+FFFD. Short texts need no memory.
class CodePoints {
 public:
  /// Throws Error(limit_exceeded) beyond kMostCodePoints, and what the memory resource throws.
  CodePoints(std::string_view text, std::pmr::memory_resource* memory);
  CodePoints(const CodePoints&) = delete;
  CodePoints& operator=(const CodePoints&) = delete;
  ~CodePoints() = default;

  [[nodiscard]] CodePointSpan get() const noexcept {
    return long_.empty() ? CodePointSpan(short_.data(), size_) : CodePointSpan(long_);
  }

 private:
  static constexpr std::size_t kShort = 128;

  std::size_t size_ = 0;
  std::array<char32_t, kShort> short_;
  std::pmr::vector<char32_t> long_;
};

}  // namespace leadscore::dedup
