#include "core/dedup/code_points.hpp"

#include <string>

#include "core/contact/utf8.hpp"
#include "core/error.hpp"

namespace leadscore::dedup {

// The array is filled as far as it is read: clearing it first would take as long as what is done with it.
// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init)
CodePoints::CodePoints(std::string_view text, std::pmr::memory_resource* memory) : long_(memory) {
  while (!text.empty()) {
    char32_t value = static_cast<unsigned char>(text.front());
    std::size_t size = 1;
    if (value >= 0x80) {
      const contact::CodePoint point = contact::decode(text);
      value = point.value;
      size = point.size;
    }
    text.remove_prefix(size);
    if (size_ < kShort) {
      short_[size_] = value;
    } else {
      if (size_ == kShort) {
        long_.assign(short_.begin(), short_.end());
      }
      if (size_ >= kMostCodePoints) {
        throw Error(ErrorCode::limit_exceeded,
                    "a text of more than " + std::to_string(kMostCodePoints) + " characters cannot be compared",
                    "Compare a part of it: left(text, 1000).");
      }
      long_.push_back(value);
    }
    ++size_;
  }
}

}  // namespace leadscore::dedup
