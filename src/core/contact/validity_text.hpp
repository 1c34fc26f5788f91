// A name as form-fillers write it, in words of folded letters and digits, on the stack.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace leadscore::contact {

/// A text cut into words: runs of letters and digits. Marks and invisible characters belong to a word but are not kept;
/// everything else separates.
class FoldedText {
 public:
  struct Word {
    std::uint16_t begin = 0;
    std::uint16_t size = 0;
    bool has_digit = false;
    bool has_latin = false;
    bool has_cyrillic = false;
    bool has_greek = false;
    bool has_mark = false;  // or a letter that folds to several: the word is not all there
  };

  static constexpr std::size_t kWords = 16;

  /// Reads at most kLookedAt bytes and kWords words; what follows is not read.
  explicit FoldedText(std::string_view text) noexcept;

  [[nodiscard]] std::span<const Word> words() const noexcept { return {words_.data(), word_count_}; }
  [[nodiscard]] std::span<const char16_t> letters(const Word& word) const noexcept {
    return {characters_.data() + word.begin, word.size};
  }
  /// Of all scripts; cased ones are those of Latin, Greek and Cyrillic.
  [[nodiscard]] std::size_t letter_count() const noexcept { return letter_count_; }
  [[nodiscard]] std::size_t cased_count() const noexcept { return cased_count_; }
  [[nodiscard]] std::size_t capital_count() const noexcept { return capital_count_; }
  [[nodiscard]] bool has_digit() const noexcept { return has_digit_; }

 private:
  std::array<char16_t, 256> characters_;
  std::array<Word, kWords> words_;
  std::size_t character_count_ = 0;
  std::size_t word_count_ = 0;
  std::size_t letter_count_ = 0;
  std::size_t cased_count_ = 0;
  std::size_t capital_count_ = 0;
  bool has_digit_ = false;
};

/// The letters in UTF-8, ё as е; nothing more is written once the buffer is full. Returns the number of bytes.
std::size_t write_utf8(std::span<const char16_t> letters, std::span<char> bytes) noexcept;

/// Whether the letters say nothing but one letter (three or more; Roman iii, www and the legal form ооо apart), one
/// letter four times in a row, or two or three letters three times and nothing else.
bool is_repeated(std::span<const char16_t> letters) noexcept;

}  // namespace leadscore::contact
