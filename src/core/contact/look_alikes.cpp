#include "core/contact/look_alikes.hpp"

#include <array>
#include <cstddef>
#include <memory_resource>

#include "core/contact/letters.hpp"

namespace leadscore::contact {

namespace {

// a to z. Letters whose capitals look alike count too (H, K, B …), since folding comes first.
constexpr std::array<char16_t, 26> kCyrillicTwins = {
    u'а', u'в', u'с', 0, u'е', 0, 0, u'н', u'і', 0, u'к', 0, u'м', 0, u'о', u'р', 0, 0, 0, u'т', 0, 0, 0, u'х', u'у', 0,
};

}  // namespace

char32_t cyrillic_twin(char32_t latin) noexcept {
  return latin >= U'a' && latin <= U'z' ? kCyrillicTwins[latin - U'a'] : 0;
}

char32_t latin_twin(char32_t cyrillic) noexcept {
  switch (cyrillic) {
    case U'а':
      return U'a';
    case U'в':
      return U'b';
    case U'с':
      return U'c';
    case U'е':
      return U'e';
    case U'н':
      return U'h';
    case U'і':
      return U'i';
    case U'ј':
      return U'j';
    case U'к':
      return U'k';
    case U'м':
      return U'm';
    case U'о':
      return U'o';
    case U'р':
      return U'p';
    case U'ѕ':
      return U's';
    case U'т':
      return U't';
    case U'х':
      return U'x';
    case U'у':
    case U'ү':
      return U'y';
    case U'ԁ':
      return U'd';
    case U'һ':
      return U'h';
    case U'ԛ':
      return U'q';
    case U'ԝ':
      return U'w';
    default:
      return 0;
  }
}

MeantScript meant_script(std::string_view word) noexcept {
  std::size_t latin = 0;
  std::size_t cyrillic = 0;
  bool only_latin = false;
  bool only_cyrillic = false;
  while (!word.empty()) {
    const CodePoint next = decode(word);
    const LetterKind kind = letter_of(next.value).kind();
    if (kind == LetterKind::latin) {
      ++latin;
      only_latin = only_latin || cyrillic_twin(next.value) == 0;
    } else if (kind == LetterKind::cyrillic) {
      ++cyrillic;
      only_cyrillic = only_cyrillic || latin_twin(next.value) == 0;
    }
    word.remove_prefix(next.size);
  }
  if (only_latin && only_cyrillic) {
    return MeantScript::neither;
  }
  if (only_latin || only_cyrillic) {
    return only_latin ? MeantScript::latin : MeantScript::cyrillic;
  }
  return latin == cyrillic ? MeantScript::either : latin > cyrillic ? MeantScript::latin : MeantScript::cyrillic;
}

void append_in_script(std::string_view word, bool cyrillic, std::pmr::string& out) {
  std::array<char, 4> bytes{};
  while (!word.empty()) {
    const CodePoint next = decode(word);
    const char32_t twin = cyrillic ? cyrillic_twin(next.value) : latin_twin(next.value);
    out.append(bytes.data(), encode(twin != 0 ? twin : next.value, bytes.data()));
    word.remove_prefix(next.size);
  }
}

}  // namespace leadscore::contact
