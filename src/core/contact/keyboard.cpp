#include "core/contact/keyboard.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace leadscore::contact {

namespace {

struct Key {
  std::int8_t row = -1;  // -1: no key
  std::int8_t column = 0;
  std::int8_t last = 0;  // the last column of its row, in its layout
};

constexpr std::size_t kRows = 4;
constexpr std::u16string_view kEnglishRows[kRows] = {u"1234567890", u"qwertyuiop", u"asdfghjkl", u"zxcvbnm"};
constexpr std::u16string_view kRussianRows[kRows] = {u"1234567890", u"йцукенгшщзхъ", u"фывапролджэ", u"ячсмитьбю"};

constexpr char16_t kFirstRussian = u'а';
constexpr std::size_t kRussianLetters = 32;
constexpr std::size_t kAscii = 128;

constexpr std::size_t kNowhere = kAscii + kRussianLetters;

constexpr std::size_t place_of(char16_t letter) noexcept {
  if (letter < kAscii) {
    return letter;
  }
  const bool is_russian = letter >= kFirstRussian && letter < kFirstRussian + kRussianLetters;
  return is_russian ? kAscii + letter - kFirstRussian : kNowhere;
}

// The place after the last is of every character that has no key.
constexpr auto kKeys = [] {
  std::array<Key, kNowhere + 1> keys{};
  for (std::size_t row = 0; row < kRows; ++row) {
    for (const auto& line : {kEnglishRows[row], kRussianRows[row]}) {
      for (std::size_t column = 0; column < line.size(); ++column) {
        keys[place_of(line[column])] = {static_cast<std::int8_t>(row), static_cast<std::int8_t>(column),
                                        static_cast<std::int8_t>(line.size() - 1)};
      }
    }
  }
  return keys;
}();

constexpr auto kOtherLayout = [] {
  std::array<char16_t, kNowhere + 1> others{};
  for (std::size_t row = 1; row < kRows; ++row) {
    for (std::size_t column = 0; column < kEnglishRows[row].size(); ++column) {
      others[place_of(kEnglishRows[row][column])] = kRussianRows[row][column];
      others[place_of(kRussianRows[row][column])] = kEnglishRows[row][column];
    }
  }
  return others;
}();

Key key_of(char16_t letter) noexcept { return kKeys[place_of(letter)]; }

// +1 or -1 from a key to its neighbour in the row, else 0.
int step(Key from, Key to) noexcept {
  const int distance = to.column - from.column;
  return from.row >= 0 && from.row == to.row && from.last == to.last && (distance == 1 || distance == -1) ? distance
                                                                                                          : 0;
}

// Down a column or to the next column, as in 1qaz2wsx.
bool is_column_step(Key from, Key to) noexcept {
  return from.row >= 0 && to.row >= 0 &&
         ((to.column == from.column && to.row == from.row + 1) || (to.column == from.column + 1 && to.row < from.row));
}

constexpr std::size_t kThree = 3;
constexpr std::size_t kFour = 4;
constexpr std::size_t kFive = 5;
constexpr std::size_t kSix = 6;
constexpr std::size_t kEight = 8;

}  // namespace

bool is_keyboard_walk(std::span<const char16_t> word) noexcept {
  bool has_threes_only = !word.empty();  // from the first key of a row
  bool has_runs_only = word.size() >= kSix;
  std::int8_t row = -1;
  for (std::size_t begin = 0; begin < word.size();) {
    const Key first = key_of(word[begin]);
    Key last = first;
    int direction = 0;
    std::size_t end = begin + 1;
    for (; end < word.size(); ++end) {
      const Key next = key_of(word[end]);
      const int there = step(last, next);
      if (there == 0 || (direction != 0 && there != direction)) {
        break;
      }
      direction = there;
      last = next;
    }
    const std::size_t size = end - begin;
    const bool touches_first = first.column == 0 || last.column == 0;
    const bool touches_last = first.column == first.last || last.column == first.last;
    const std::size_t enough = touches_first || touches_last ? kFour : direction > 0 ? kFive : kSix;
    if (size >= enough) {
      return true;
    }
    has_threes_only &= size == kThree && touches_first;
    has_runs_only &= size >= kThree && (begin == 0 || first.row == row);
    row = first.row;
    begin = end;
  }
  if (has_threes_only || has_runs_only) {
    return true;
  }
  std::size_t begin = 0;
  for (std::size_t i = 1; i < word.size(); ++i) {
    if (!is_column_step(key_of(word[i - 1]), key_of(word[i]))) {
      begin = i;
    } else if (i + 1 - begin >= (key_of(word[begin]).column == 0 ? kSix : kEight)) {
      return true;
    }
  }
  return false;
}

char16_t other_layout(char16_t letter) noexcept { return kOtherLayout[place_of(letter)]; }

}  // namespace leadscore::contact
