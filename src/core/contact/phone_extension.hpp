// Finds the extension at the end of a phone number: ext. 12, доб. 12, x12, #12, ;ext=12, a comma and digits.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace leadscore::contact {

/// One way to read the end of a text as an extension. It may begin anywhere from `begin` to `label`: spaces and commas
/// before the label belong to it or not.
struct PhoneExtension {
  std::size_t begin;
  std::size_t label;
};

/// All ways to read it, which are few.
class PhoneExtensions {
 public:
  void add(PhoneExtension extension) noexcept { found_[size_++] = extension; }
  [[nodiscard]] const PhoneExtension* begin() const noexcept { return found_.data(); }
  [[nodiscard]] const PhoneExtension* end() const noexcept { return found_.data() + size_; }
  /// Where the leftmost begins; beyond every text if there is none.
  [[nodiscard]] std::size_t first_begin() const noexcept {
    std::size_t first = static_cast<std::size_t>(-1);
    for (const PhoneExtension& extension : *this) {
      first = std::min(first, extension.begin);
    }
    return first;
  }

 private:
  std::array<PhoneExtension, 4> found_;  // the first `size_` are ever read
  std::size_t size_ = 0;
};

/// The extensions that end the text, by the rules by which libphonenumber parses.
[[nodiscard]] PhoneExtensions find_extensions(std::span<const char32_t> text) noexcept;

}  // namespace leadscore::contact
