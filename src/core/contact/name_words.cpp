#include "core/contact/name_words.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "core/contact/titles.hpp"
#include "core/contact/translit.hpp"
#include "core/contact/word_set.hpp"

namespace leadscore::contact {

namespace {

// Beyond this many bytes no joined words are a title.
constexpr std::size_t kMaxJoinedTitle = 16;

// Where the words that are joined to words[first] end.
std::size_t end_of_joined(const std::pmr::vector<Word>& words, std::size_t first) noexcept {
  std::size_t end = first + 1;
  while (end < words.size() && words[end].joined) {
    ++end;
  }
  return end;
}

// Makes joined words that are a title together into one word, and returns whether there are any titles at all.
bool join_titles(Words& words) {
  std::pmr::vector<Word>& list = words.list();
  bool any = false;
  std::size_t kept = 0;
  for (std::size_t first = 0; first < list.size();) {
    const std::size_t end = end_of_joined(list, first);
    const Word& last = list[end - 1];
    const std::size_t size = last.begin + last.size - list[first].begin;
    if (end - first > 1 && size <= kMaxJoinedTitle && kJoinedTitles.contains(words.text(list[first], last))) {
      Word title = list[first];
      title.size = static_cast<std::uint32_t>(size);
      title.single = false;
      list[kept++] = title;
      any = true;
    } else {
      for (std::size_t i = first; i < end; ++i) {
        any = any || kTitles.contains(words.text(list[i]));
        list[kept++] = list[i];
      }
    }
    first = end;
  }
  list.resize(kept);
  return any;
}

// Drops the titles unless there is nothing else.
void drop_titles(Words& words) {
  if (!join_titles(words)) {
    return;
  }
  std::pmr::vector<Word>& list = words.list();
  const auto is_title = [&words](const Word& word) { return kTitles.contains(words.text(word)); };
  if (!std::all_of(list.begin(), list.end(), is_title)) {
    list.erase(std::remove_if(list.begin(), list.end(), is_title), list.end());
  }
}

}  // namespace

void read_name_words(std::string_view name, Words& words, StopToken& stop) {
  words.read(name, TextKind::name, stop);
  drop_titles(words);
}

void read_spelled_name_words(std::string_view name, Words& words, std::pmr::memory_resource* memory, StopToken& stop) {
  read_name_words(name, words, stop);
  if (words.has_other_script()) {
    // Folded first, since ICU's rules know the small letters of some scripts only.
    std::pmr::string folded(memory);
    std::pmr::string latin(memory);
    append_words(words, words.list(), folded, stop);
    translit(folded, latin, stop);
    words.read(latin, TextKind::name, stop);
  }
}

bool is_patronymic(std::string_view skeleton, std::string_view word) noexcept {
  static constexpr char kEndings[][5] = {"oviw", "eviw", "ovna", "evna", "ivna", "iwna"};
  static constexpr auto kShort = make_word_set<16>("iliw kusmiw lukiw nikitiw fomiw saviw");
  if (word.ends_with("cz") || word.ends_with("ć")) {
    return false;
  }
  const auto ends = [skeleton](std::string_view ending) {
    return skeleton.size() > ending.size() + 1 && skeleton.ends_with(ending);
  };
  // Kazakh -улы and -кызы, written as one word with the father's name.
  const bool is_turkic = skeleton.size() >= 7 && (skeleton.ends_with("uli") || skeleton.ends_with("kisi"));
  return is_turkic || std::any_of(std::begin(kEndings), std::end(kEndings), ends) || kShort.contains(skeleton);
}

bool is_generation(std::string_view word) noexcept { return kGenerations.contains(word); }

}  // namespace leadscore::contact
