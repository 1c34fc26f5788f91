// Folding, kind and Latin spelling of letters in Latin, Greek and Cyrillic, from a table in read-only memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/contact/utf8.hpp"

namespace leadscore::contact {

/// What a character is to a name. From digit to greek, a character is part of a word and folds to one code point.
enum class LetterKind : std::uint8_t {
  other_script,  // a letter of a script that the table does not have, perhaps
  separator,     // spaces, punctuation, symbols, controls
  ignored,       // soft hyphens, zero-width characters: Unicode says that they mean nothing
  mark,          // combining marks
  hyphen,
  dot,
  apostrophe,  // and what stands for one, and the modifier letters that spell a soft or hard sign
  quote,
  sign,  // & and +
  digit,
  latin,
  cyrillic,
  greek,
  sequence,  // a letter that folds to several characters
};

/// What the table says of one character.
class Letter {
 public:
  constexpr explicit Letter(std::uint32_t record) noexcept : record_(record) {}

  [[nodiscard]] constexpr LetterKind kind() const noexcept { return static_cast<LetterKind>(record_ >> 16 & 0xFU); }
  [[nodiscard]] constexpr bool is_plain() const noexcept {
    return kind() >= LetterKind::digit && kind() <= LetterKind::greek;
  }
  /// What it folds to, unless that is a sequence.
  [[nodiscard]] constexpr char32_t folded() const noexcept { return record_ & 0xFFFFU; }
  /// Whether it folds to no or several code points, which sequence_of() has.
  [[nodiscard]] constexpr bool is_sequence() const noexcept { return (record_ >> 20 & 1U) != 0; }
  [[nodiscard]] constexpr bool is_capital() const noexcept { return (record_ >> 21 & 1U) != 0; }
  /// Of Unicode's general category L.
  [[nodiscard]] constexpr bool is_letter() const noexcept { return (record_ >> 22 & 1U) != 0; }
  [[nodiscard]] constexpr std::uint8_t combining_class() const noexcept {
    return static_cast<std::uint8_t>(record_ >> 24);
  }
  [[nodiscard]] constexpr std::size_t sequence_position() const noexcept { return record_ & 0xFFFFU; }

 private:
  std::uint32_t record_;
};

// The generated table, two-staged.
namespace detail {
inline constexpr std::uint32_t kPageSize = 64;
extern const std::uint8_t kPageOf[1024];
extern const std::uint32_t kRecords[][kPageSize];
Letter other_letter(char32_t code_point) noexcept;
}  // namespace detail

/// The letter's record; of kind other_script if the table does not have it, of kind separator if it is no character
/// or surely a symbol. Folding is Unicode's toNFKC_Casefold of the one code point (Unicode 15.0). O(1).
inline Letter letter_of(char32_t code_point) noexcept {
  const std::size_t page = code_point > 0xFFFF ? 0 : detail::kPageOf[code_point / detail::kPageSize];
  return page != 0 ? Letter(detail::kRecords[page][code_point % detail::kPageSize]) : detail::other_letter(code_point);
}

/// The code points that a letter with is_sequence() folds to.
std::span<const std::uint16_t> sequence_of(Letter letter) noexcept;

/// The folded letter that a folded letter and a combining mark make together by Unicode's canonical composition, 0 if
/// they make none. O(log n).
char32_t composed(char32_t base, char32_t mark) noexcept;

/// Plain Latin letters for a folded letter of the table (lower case, ASCII). Empty if it is not spelled (the soft
/// sign), and for what is not a letter; `is_spelled` tells the two apart.
std::string_view spelling_of(char32_t folded) noexcept;
bool is_spelled(char32_t folded) noexcept;

/// Combining marks in a row, of which a name has few: the rest is skipped.
class Marks {
 public:
  /// Takes the marks at the start of the text off it.
  explicit Marks(std::string_view& text) noexcept;

  /// The folded letter with those marks that Unicode composes with it, in canonical order; the others are dropped.
  [[nodiscard]] char32_t compose(char32_t base) const noexcept;
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }

 private:
  static constexpr std::size_t kCapacity = 16;

  Marks() = default;
  void add(char32_t mark) noexcept;

  char32_t marks_[kCapacity] = {};
  std::size_t count_ = 0;
};

}  // namespace leadscore::contact
