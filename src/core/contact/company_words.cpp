#include "core/contact/company_words.hpp"

#include <cstddef>
#include <cstdint>

#include "core/contact/word_set.hpp"

namespace leadscore::contact {

namespace {

constexpr auto kAnd = make_word_set<32>("and und et y ve og och i и і та");

// Where the single letters of one script that begin at words[first] end.
std::size_t end_of_letters(const std::pmr::vector<Word>& words, std::size_t first) noexcept {
  std::size_t end = first;
  while (end < words.size() && words[end].single && !words[end].has_other &&
         words[end].has_cyrillic == words[first].has_cyrillic &&
         (end == first || words[end].begin == words[end - 1].begin + words[end - 1].size)) {
    ++end;
  }
  return end;
}

}  // namespace

void read_company_words(std::string_view company, Words& words, StopToken& stop) {
  words.read(company, TextKind::company, stop);
  std::pmr::vector<Word>& list = words.list();
  std::size_t kept = 0;
  for (std::size_t first = 0; first < list.size();) {
    stop.check();
    const std::size_t letters = end_of_letters(list, first) - first;
    if (letters == 2 && list[first].has_cyrillic) {
      list[kept++] = list[first++];
      list[kept++] = list[first++];
      continue;
    }
    const std::size_t end = first + (letters > 0 ? letters : 1);
    Word word = list[first];
    if (letters > 1) {
      word.size = static_cast<std::uint32_t>(list[end - 1].begin + list[end - 1].size - word.begin);
      word.single = false;
    }
    if (kept > 0 && end < list.size() && !list[kept - 1].is_sign && !list[end].is_sign &&
        kAnd.contains(words.text(word))) {
      words.make_ampersand(word);
    }
    list[kept++] = word;
    first = end;
  }
  list.resize(kept);
}

}  // namespace leadscore::contact
