#include "core/contact/gibberish.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/contact/utf8.hpp"
#include "core/contact/word_set.hpp"

namespace leadscore::contact {

namespace {

#include "core/contact/bigram_data.inc"

constexpr std::size_t kLatinSymbols = 27;
constexpr std::size_t kRussianSymbols = 33;
constexpr float kUnit = 16;  // of the tables, in a bit

// 1 to 26 or 1 to 32, 0 for a letter of no such alphabet.
std::size_t latin_symbol(char16_t letter) noexcept { return letter >= u'a' && letter <= u'z' ? letter - u'a' + 1U : 0; }

std::size_t russian_symbol(char16_t letter) noexcept {
  if (letter == u'ё') {
    return u'е' - u'а' + 1U;
  }
  return letter >= u'а' && letter <= u'я' ? letter - u'а' + 1U : 0;
}

template <std::size_t Symbols, class SymbolOf>
std::optional<float> least_bits(std::span<const char16_t> word, const std::uint8_t* first, const std::uint8_t* second,
                                SymbolOf symbol_of) noexcept {
  std::size_t first_sum = 0;
  std::size_t second_sum = 0;
  std::size_t before = 0;
  for (const char16_t letter : word) {
    const std::size_t symbol = symbol_of(letter);
    if (symbol == 0) {
      return {};
    }
    first_sum += first[before * Symbols + symbol];
    second_sum += second[before * Symbols + symbol];
    before = symbol;
  }
  first_sum += first[before * Symbols];
  second_sum += second[before * Symbols];
  return static_cast<float>(std::min(first_sum, second_sum)) / (kUnit * static_cast<float>(word.size() + 1));
}

bool is_rare_word(std::span<const char16_t> word) noexcept {
  constexpr std::size_t kLongest = 40;
  std::array<char, kLongest> bytes;  // NOLINT(*-member-init): written before it is read
  std::size_t size = 0;
  for (const char16_t letter : word) {
    if (size + 2 > kLongest) {
      return false;
    }
    size += encode(letter == u'ё' ? u'е' : letter, bytes.data() + size);
  }
  return kRareWords.contains({bytes.data(), size});
}

std::span<const char16_t> without_prefix(std::span<const char16_t> word) noexcept {
  for (const std::u16string_view prefix : {std::u16string_view(u"mc"), std::u16string_view(u"fitz")}) {
    if (std::equal(prefix.begin(), prefix.end(), word.begin())) {
      return word.subspan(prefix.size());
    }
  }
  return word;
}

}  // namespace

std::optional<double> strangeness(std::span<const char16_t> word) noexcept {
  if (word.size() < kShortestWord) {
    return {};
  }
  const bool is_latin = latin_symbol(word[0]) != 0;
  const auto judged = is_latin ? without_prefix(word) : word;
  if (judged.size() < kShortestWord) {
    return {};
  }
  const auto bits = is_latin ? least_bits<kLatinSymbols>(judged, kEnglish, kRomanisedRussian, latin_symbol)
                             : least_bits<kRussianSymbols>(judged, kRussian, kRussifiedNames, russian_symbol);
  if (!bits) {
    return {};
  }
  const auto size = static_cast<float>(judged.size());
  const float limit = is_latin ? kLatinBase + kLatinSlope / size : kRussianBase + kRussianSlope / size;
  const double ratio = static_cast<double>(*bits) / static_cast<double>(limit);
  return ratio >= kGibberish && is_rare_word(word) ? 0 : ratio;
}

}  // namespace leadscore::contact
