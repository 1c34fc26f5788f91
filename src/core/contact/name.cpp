#include "core/contact/name.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include "core/contact/diminutives.hpp"
#include "core/contact/name_words.hpp"
#include "core/contact/skeleton.hpp"
#include "core/contact/word_set.hpp"
#include "core/contact/words.hpp"

namespace leadscore::contact {

namespace {

// Sorts views of texts; the host may end it.
template <class Items, class Text>
void sort_by_text(Items& items, Text text, StopToken& stop) {
  std::sort(items.begin(), items.end(), [&](const auto& a, const auto& b) {
    stop.check();
    return text(a) < text(b);
  });
}

// One word on its way to a name's key. Positions are in the skeletons' text.
struct KeyWord {
  std::size_t begin = 0;
  std::size_t size = 0;
  bool is_short = false;  // an initial
  bool may_be_patronymic = false;
  bool is_marker = false;  // оглы, кызы, улы: the word before is the father's name
};

class KeyWords {
 public:
  KeyWords(Words& words, std::pmr::memory_resource* memory, StopToken& stop)
      : text_(memory), words_(memory), stop_(stop) {
    SkeletonWriter writer(memory);
    words_.reserve(words.list().size());
    for (const Word& word : words.list()) {
      const std::string_view letters = words.text(word);
      if (is_generation(letters)) {
        continue;
      }
      KeyWord entry;
      entry.begin = text_.size();
      writer.append(letters, text_, stop_);
      entry.size = text_.size() - entry.begin;
      if (entry.size == 0) {
        continue;
      }
      static constexpr auto kMarkers = make_word_set<16>("ohli ohlu kisi hisi uli ulu");
      entry.is_short = word.single;
      entry.may_be_patronymic = is_patronymic(skeleton(entry), letters);
      entry.is_marker = kMarkers.contains(skeleton(entry));
      words_.push_back(entry);
    }
  }

  void drop_patronymic() {
    const auto is_long = [](const KeyWord& word) { return !word.is_short; };
    const auto longer = static_cast<std::size_t>(std::count_if(words_.begin(), words_.end(), is_long));
    const auto marker = std::find_if(words_.begin(), words_.end(), [](const KeyWord& word) { return word.is_marker; });
    if (longer >= 4 && marker != words_.end() && marker != words_.begin()) {
      words_.erase(marker - 1, marker + 1);
      return;
    }
    if (longer < 3) {
      return;
    }
    const auto may_be = [](const KeyWord& word) { return word.may_be_patronymic; };
    auto found = std::find_if(words_.begin(), words_.end(), may_be);
    if (found == words_.begin() && std::any_of(found + 1, words_.end(), may_be)) {
      found = std::find_if(found + 1, words_.end(), may_be);
    }
    if (found != words_.end()) {
      words_.erase(found);
    }
  }

  void drop_initials() {
    const auto is_long = [](const KeyWord& word) { return !word.is_short; };
    if (std::count_if(words_.begin(), words_.end(), is_long) >= 2) {
      words_.erase(std::remove_if(words_.begin(), words_.end(), [](const KeyWord& word) { return word.is_short; }),
                   words_.end());
    }
  }

  // Sorts the words by their keys and appends those.
  void append_keys(std::pmr::string& out) {
    std::pmr::string keys(out.get_allocator());
    keys.reserve(text_.size());
    for (KeyWord& word : words_) {
      const std::size_t begin = keys.size();
      append_phonetic_key(full_name_of(skeleton(word)), keys);
      word.begin = begin;
      word.size = keys.size() - begin;
    }
    const auto text = [&keys](const KeyWord& word) { return std::string_view(keys).substr(word.begin, word.size); };
    sort_by_text(words_, text, stop_);
    std::string_view last;
    for (const KeyWord& word : words_) {
      stop_.check();
      if (text(word) == last) {
        continue;
      }
      if (!last.empty()) {
        out.push_back(' ');
      }
      last = text(word);
      out += last;
    }
  }

 private:
  [[nodiscard]] std::string_view skeleton(const KeyWord& word) const noexcept {
    return std::string_view(text_).substr(word.begin, word.size);
  }

  std::pmr::string text_;
  std::pmr::vector<KeyWord> words_;
  StopToken& stop_;
};

// The endings of surnames by gender, longest first, and how much of each is the stem.
struct GenderEnding {
  char letters[11];
  std::uint8_t kept;  // bytes

  [[nodiscard]] constexpr std::string_view ending() const noexcept { return letters; }
};

constexpr std::array kGenderEndings = std::to_array<GenderEnding>({
    {"ская", 4}, {"ский", 4},  {"ской", 4}, {"цкая", 4}, {"цкий", 4}, {"цкой", 4},   {"ська", 6},   {"ський", 6},
    {"цька", 6}, {"цький", 6}, {"ова", 4},  {"ева", 4},  {"ина", 4},  {"ына", 4},    {"іна", 4},    {"їна", 4},
    {"ая", 0},   {"яя", 0},    {"ый", 0},   {"ий", 0},   {"ой", 0},   {"skaya", 2},  {"skaia", 2},  {"skaja", 2},
    {"skiy", 2}, {"skii", 2},  {"skij", 2}, {"skoy", 2}, {"skoi", 2}, {"tskaya", 3}, {"tskaia", 3}, {"ckaja", 2},
    {"ckij", 2}, {"sky", 2},   {"ski", 2},  {"ska", 2},  {"cki", 2},  {"cka", 2},    {"cky", 2},    {"ova", 2},
    {"eva", 2},  {"ina", 2},   {"ová", 2},  {"ská", 2},  {"ský", 2},  {"aya", 0},    {"aia", 0},    {"yy", 0},
    {"yi", 0},   {"iy", 0},    {"oy", 0},
});

std::string_view without_gender(std::string_view word) noexcept {
  const GenderEnding* longest = nullptr;
  for (const GenderEnding& entry : kGenderEndings) {
    // A name that is little more than an ending is itself: Кий, Ина.
    if (!word.empty() && word.back() == entry.ending().back() && word.ends_with(entry.ending()) &&
        word.size() >= entry.ending().size() + 3 &&
        (longest == nullptr || entry.ending().size() > longest->ending().size())) {
      longest = &entry;
    }
  }
  return longest == nullptr ? word : word.substr(0, word.size() - longest->ending().size() + longest->kept);
}

}  // namespace

void name_normalize(std::string_view name, std::pmr::string& out, StopToken& stop) {
  WordMemory memory(name.size(), out.get_allocator().resource());
  Words words(memory.resource());
  read_name_words(name, words, stop);
  std::pmr::vector<Word>& list = words.list();
  sort_by_text(
      list, [&words](const Word& word) { return words.text(word); }, stop);
  append_words(words, words.list(), out, stop);
}

void name_key(std::string_view name, std::pmr::string& out, StopToken& stop) {
  WordMemory memory(name.size(), out.get_allocator().resource());
  Words words(memory.resource());
  read_spelled_name_words(name, words, memory.resource(), stop);
  KeyWords keys(words, memory.resource(), stop);
  keys.drop_patronymic();
  keys.drop_initials();
  keys.append_keys(out);
}

void surname_stem(std::string_view surname, std::pmr::string& out, StopToken& stop) {
  WordMemory memory(surname.size(), out.get_allocator().resource());
  Words words(memory.resource());
  words.read(surname, TextKind::name, stop);
  for (const Word& word : words.list()) {
    stop.check();
    if (&word != words.list().data()) {
      out.push_back(' ');
    }
    out += without_gender(words.text(word));
  }
}

}  // namespace leadscore::contact
