// A set of words that is built when the program is compiled and lies in read-only memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace leadscore::contact {

/// The hash of the tables of words (FNV-1a).
constexpr std::uint32_t word_hash(std::string_view word, std::uint32_t seed = 2166136261U) noexcept {
  for (const char c : word) {
    seed = (seed ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  return seed;
}

/// The words of one literal, separated by single spaces. `Slots` is a power of two above the number of words.
template <std::size_t Size, std::size_t Slots>
class WordSet {
 public:
  constexpr explicit WordSet(const char (&words)[Size]) noexcept {
    for (std::size_t i = 0; i < Size; ++i) {
      text_[i] = words[i];
    }
    for (std::size_t begin = 0; begin + 1 < Size;) {
      std::size_t end = begin;
      while (end + 1 < Size && text_[end] != ' ') {
        ++end;
      }
      insert(begin, end - begin);
      begin = end + 1;
    }
  }

  [[nodiscard]] constexpr bool contains(std::string_view word) const noexcept {
    if (word.empty() || word.size() > longest_) {
      return false;
    }
    for (std::size_t slot = slot_of(word);; slot = (slot + 1) % Slots) {
      const Entry entry = entries_[slot];
      if (entry.size == 0) {
        return false;
      }
      if (std::string_view(text_.data() + entry.begin, entry.size) == word) {
        return true;
      }
    }
  }

 private:
  struct Entry {
    std::uint16_t begin = 0;
    std::uint16_t size = 0;
  };

  // A few bytes tell most words apart, and most words are not in the set.
  static constexpr std::size_t slot_of(std::string_view word) noexcept {
    const std::size_t last = word.size() - 1;
    const auto byte = [word](std::size_t i) { return static_cast<unsigned char>(word[i]); };
    const std::uint32_t mixed = byte(0) + 31U * byte(last < 1 ? last : 1) + 997U * byte(last < 3 ? last : 3) +
                                7919U * byte(last / 2) + 65537U * byte(last) + 1048583U * static_cast<unsigned>(last);
    return (mixed * 2654435761U >> 16) % Slots;
  }

  constexpr void insert(std::size_t begin, std::size_t size) noexcept {
    std::size_t slot = slot_of({text_.data() + begin, size});
    while (entries_[slot].size != 0) {
      slot = (slot + 1) % Slots;
    }
    entries_[slot] = {static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(size)};
    longest_ = size > longest_ ? size : longest_;
  }

  std::array<char, Size> text_{};
  std::array<Entry, Slots> entries_{};
  std::size_t longest_ = 0;
};

template <std::size_t Slots, std::size_t Size>
constexpr WordSet<Size, Slots> make_word_set(const char (&words)[Size]) noexcept {
  return WordSet<Size, Slots>(words);
}

}  // namespace leadscore::contact
