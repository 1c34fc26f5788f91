#include "core/contact/validity_text.hpp"

#include <algorithm>

#include "core/contact/letters.hpp"
#include "core/contact/utf8.hpp"
#include "core/contact/validity.hpp"

namespace leadscore::contact {

namespace {

bool is_cased(LetterKind kind) noexcept {
  return kind == LetterKind::latin || kind == LetterKind::cyrillic || kind == LetterKind::greek ||
         kind == LetterKind::sequence;
}

bool belongs_to_word(LetterKind kind) noexcept {
  return is_cased(kind) || kind == LetterKind::other_script || kind == LetterKind::digit || kind == LetterKind::mark ||
         kind == LetterKind::ignored;
}

}  // namespace

FoldedText::FoldedText(std::string_view text) noexcept {  // NOLINT(*-member-init): arrays are read as far as written
  static_assert(std::tuple_size_v<decltype(characters_)> >= kLookedAt, "a character takes a byte or more");
  text = text.substr(0, kLookedAt);
  bool in_word = false;
  while (!text.empty()) {
    const CodePoint next = decode(text);
    text.remove_prefix(next.size);
    const Letter letter = letter_of(next.value);
    const LetterKind kind = next.value == kInvalid ? LetterKind::separator : letter.kind();
    if (!belongs_to_word(kind)) {
      in_word = false;
      continue;
    }
    const bool is_mark = kind == LetterKind::mark || kind == LetterKind::ignored;
    if (!in_word) {
      if (is_mark) {
        continue;
      }
      if (word_count_ == kWords) {
        break;
      }
      words_[word_count_] = Word{};
      words_[word_count_++].begin = static_cast<std::uint16_t>(character_count_);
      in_word = true;
    }
    Word& word = words_[word_count_ - 1];
    word.has_mark |= kind == LetterKind::mark || letter.is_sequence();
    if (is_mark) {
      continue;
    }
    const bool is_digit = kind == LetterKind::digit;
    word.has_digit |= is_digit;
    word.has_latin |= kind == LetterKind::latin;
    word.has_cyrillic |= kind == LetterKind::cyrillic;
    word.has_greek |= kind == LetterKind::greek;
    has_digit_ |= is_digit;
    letter_count_ += is_digit ? 0 : 1;
    cased_count_ += is_cased(kind) ? 1 : 0;
    capital_count_ += letter.is_capital() ? 1 : 0;
    const char32_t folded = letter.is_sequence() || next.value > 0xFFFF ? kInvalid : letter.folded();
    characters_[character_count_++] = static_cast<char16_t>(folded);
    ++word.size;
  }
}

std::size_t write_utf8(std::span<const char16_t> letters, std::span<char> bytes) noexcept {
  constexpr std::size_t kLongest = 4;
  std::size_t size = 0;
  for (const char16_t letter : letters) {
    if (size + kLongest > bytes.size()) {
      break;
    }
    size += encode(letter == u'ё' ? u'е' : letter, bytes.data() + size);
  }
  return size;
}

bool is_repeated(std::span<const char16_t> letters) noexcept {
  constexpr std::size_t kTimes = 3;
  std::size_t run = 1;
  for (std::size_t i = 1; i < letters.size(); ++i) {
    run = letters[i] == letters[i - 1] ? run + 1 : 1;
    if (run > kTimes) {
      return true;
    }
  }
  if (run == kTimes && letters.size() == kTimes) {
    return letters[0] != u'i' && letters[0] != u'w' && letters[0] != u'о';
  }
  for (const std::size_t unit : {std::size_t{2}, std::size_t{3}}) {
    if (letters.size() >= unit * kTimes &&
        std::equal(letters.begin() + static_cast<std::ptrdiff_t>(unit), letters.end(), letters.begin())) {
      return true;
    }
  }
  return false;
}

}  // namespace leadscore::contact
