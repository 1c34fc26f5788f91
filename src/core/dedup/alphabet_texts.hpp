// Two texts in UTF-8 as texts of one byte per letter, where they are short and of one alphabet, as names are.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "core/dedup/short_text.hpp"

namespace leadscore::dedup {

/// A byte below 0x80 stands for itself, a higher one for one of 128 neighbouring code points, the same 128 in both
/// texts. Bytes that are not UTF-8 count one each, as U+FFFD. Needs no memory, and lasts no longer than the texts.
class AlphabetTexts {
 public:
  AlphabetTexts(std::string_view a, std::string_view b) noexcept;
  AlphabetTexts(const AlphabetTexts&) = delete;
  AlphabetTexts& operator=(const AlphabetTexts&) = delete;
  ~AlphabetTexts() = default;

  /// False if a text has more than kMostShortLetters, or code points far from each other; a() and b() are then void.
  [[nodiscard]] bool fit() const noexcept { return fit_; }
  [[nodiscard]] std::string_view a() const noexcept { return a_; }
  [[nodiscard]] std::string_view b() const noexcept { return b_; }

 private:
  using Letters = std::array<char, kMostShortLetters>;

  bool recode(std::string_view text, Letters& letters, std::string_view& recoded) noexcept;

  bool fit_ = false;
  char32_t page_ = 0;  // of the code points beyond ASCII, once there was one
  std::string_view a_;
  std::string_view b_;
  Letters letters_a_;
  Letters letters_b_;
};

}  // namespace leadscore::dedup
