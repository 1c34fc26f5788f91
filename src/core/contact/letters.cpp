#include "core/contact/letters.hpp"

#include <algorithm>
#include <array>

namespace leadscore::contact {

#include "core/contact/letters_data.inc"

namespace {

using detail::kPageOf;
using detail::kPageSize;

constexpr std::uint32_t record_of(LetterKind kind, char32_t code_point) noexcept {
  return static_cast<std::uint32_t>(kind) << 16 | (code_point & 0xFFFFU);
}

// Emoji, private use, specials: what a form-filler may well type, and no reason to load another library.
constexpr bool is_symbol(char32_t c) noexcept {
  return (c >= 0x27C0 && c < 0x2C00) || (c >= 0xE000 && c < 0xF900) || (c >= 0x1F000 && c < 0x20000) || c >= 0xE0000;
}

std::size_t slot_of(char32_t code_point) noexcept {
  return code_point > 0xFFFF ? 0 : kPageOf[code_point / kPageSize];  // NOLINT: the index is below 1024
}

// How a letter is composed, nullptr if it is simple. Rare enough for a look at every entry.
const Composition* taken_apart(char32_t letter) noexcept {
  const auto* found = std::find_if(kCompositions.begin(), kCompositions.end(),
                                   [letter](const Composition& entry) { return entry.composed == letter; });
  return found == kCompositions.end() ? nullptr : found;
}

}  // namespace

Letter detail::other_letter(char32_t code_point) noexcept {
  return Letter(record_of(is_symbol(code_point) ? LetterKind::separator : LetterKind::other_script, code_point));
}

std::span<const std::uint16_t> sequence_of(Letter letter) noexcept {
  const std::uint16_t* sequence = kSequences.data() + letter.sequence_position();
  return {sequence + 1, *sequence};
}

char32_t composed(char32_t base, char32_t mark) noexcept {
  if (base > 0xFFFF || mark > 0xFFFF) {
    return 0;
  }
  const std::uint32_t pair = static_cast<std::uint32_t>(base) << 16 | static_cast<std::uint32_t>(mark);
  const auto* found =
      std::lower_bound(kCompositions.begin(), kCompositions.end(), pair,
                       [](const Composition& entry, std::uint32_t sought) { return entry.pair < sought; });
  return found != kCompositions.end() && found->pair == pair ? found->composed : 0;
}

bool is_spelled(char32_t folded) noexcept { return kSpellings[slot_of(folded)][folded % kPageSize] != 0; }

std::string_view spelling_of(char32_t folded) noexcept {
  const std::size_t position = kSpellings[slot_of(folded)][folded % kPageSize];
  return position == 0 ? std::string_view() : std::string_view(kSpelled + position + 1, kSpelled[position] - 1U);
}

Marks::Marks(std::string_view& text) noexcept {
  while (!text.empty()) {
    const CodePoint next = decode(text);
    const Letter letter = letter_of(next.value);
    if (letter.kind() != LetterKind::mark) {
      break;
    }
    text.remove_prefix(next.size);
    if (letter.is_sequence()) {
      for (const std::uint16_t mark : sequence_of(letter)) {
        add(mark);
      }
    } else {
      add(letter.folded());
    }
  }
}

void Marks::add(char32_t mark) noexcept {
  if (count_ == kCapacity) {
    return;
  }
  // Canonical order: stable by combining class.
  const std::uint8_t combining_class = letter_of(mark).combining_class();
  std::size_t at = count_++;
  while (at > 0 && letter_of(marks_[at - 1]).combining_class() > combining_class) {
    marks_[at] = marks_[at - 1];
    --at;
  }
  marks_[at] = mark;
}

char32_t Marks::compose(char32_t base) const noexcept {
  if (count_ == 0) {
    return base;
  }
  // The base's own marks come first, then the others, all in canonical order.
  Marks all;
  std::array<char32_t, 4> own{};
  std::size_t owned = 0;
  for (const Composition* entry = taken_apart(base); entry != nullptr && owned < own.size();
       entry = taken_apart(base)) {
    own[owned++] = entry->pair & 0xFFFFU;
    base = entry->pair >> 16;
  }
  while (owned > 0) {
    all.add(own[--owned]);
  }
  for (std::size_t i = 0; i < count_; ++i) {
    all.add(marks_[i]);
  }
  // A mark that does not compose keeps others of its class from doing so.
  std::uint8_t blocked = 0;
  for (std::size_t i = 0; i < all.count_; ++i) {
    const std::uint8_t combining_class = letter_of(all.marks_[i]).combining_class();
    const char32_t both = combining_class == blocked ? 0 : composed(base, all.marks_[i]);
    if (both != 0) {
      base = both;
    } else {
      blocked = combining_class;
    }
  }
  return base;
}

}  // namespace leadscore::contact
