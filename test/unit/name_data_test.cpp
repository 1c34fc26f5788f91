// How well keys of names meet on real names, by every romanisation standard; needs data that the repository has not.
#include "core/contact/company.hpp"
#include "core/contact/name.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "contact_texts.hpp"
#include "core/contact/letters.hpp"
#include "core/contact/utf8.hpp"

namespace leadscore::contact {
namespace {

using test::result_of;

std::string key(std::string_view text) { return result_of(name_key, text); }

std::filesystem::path data_folder() {
  const char* folder = std::getenv("LEADSCORE_DATA");  // NOLINT(concurrency-mt-unsafe)
  return folder == nullptr ? std::filesystem::path() : std::filesystem::path(folder) / "names";
}

// Skips, and says so, where the data is not.
#define NEEDS_DATA()                                                              \
  const std::filesystem::path folder = data_folder();                             \
  if (folder.empty() || !std::filesystem::exists(folder)) {                       \
    GTEST_SKIP() << "LEADSCORE_DATA has no names: keys are not measured on them"; \
  }

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> fields;
  std::stringstream stream(line);
  for (std::string field; std::getline(stream, field, separator);) {
    fields.push_back(field);
  }
  return fields;
}

std::vector<std::string> code_points(std::string_view text) {
  std::vector<std::string> points;
  while (!text.empty()) {
    const std::size_t size = decode(text).size;
    points.emplace_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return points;
}

// A romanisation standard: a letter's spelling may depend on the letter before it or after it, a word's end on itself.
class Schema {
 public:
  explicit Schema(const std::string& json)
      : letters_(object(json, "mapping")),
        after_(object(json, "prev_mapping")),
        before_(object(json, "next_mapping")),
        endings_(object(json, "ending_mapping")) {}

  [[nodiscard]] std::string spell(const std::string& word) const {
    std::vector<std::string> points = code_points(word);
    std::string ending;
    if (points.size() > 2) {
      const auto found = endings_.find(points[points.size() - 2] + points.back());
      if (found != endings_.end()) {
        ending = found->second;
        points.resize(points.size() - 2);
      }
    }
    std::string spelled;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const std::string previous = i > 0 ? points[i - 1] : "";
      const std::string next = i + 1 < points.size() ? points[i + 1] : "";
      if (const auto found = after_.find(previous + points[i]); found != after_.end()) {
        spelled += found->second;
      } else if (const auto follower = before_.find(points[i] + next); follower != before_.end()) {
        spelled += follower->second;
      } else {
        const auto letter = letters_.find(points[i]);
        spelled += letter == letters_.end() ? points[i] : letter->second;
      }
    }
    return spelled + ending;
  }

 private:
  using Mapping = std::map<std::string, std::string>;

  // The flat object of strings under a name; nothing if it is null. Enough JSON for these files.
  static Mapping object(const std::string& json, const std::string& name) {
    Mapping mapping;
    std::size_t at = json.find('"' + name + "\":");
    if (at == std::string::npos) {
      return mapping;
    }
    at = json.find_first_not_of(" \n", at + name.size() + 3);
    if (json[at] != '{') {
      return mapping;
    }
    const auto string = [&json, &at] {
      std::string text;
      for (at = json.find('"', at) + 1; json[at] != '"'; ++at) {
        at += json[at] == '\\' ? 1 : 0;
        text += json[at];
      }
      ++at;
      return text;
    };
    while (json.find('"', at) < json.find('}', at)) {
      const std::string from = string();
      mapping[from] = string();
    }
    return mapping;
  }

  Mapping letters_;
  Mapping after_;
  Mapping before_;
  Mapping endings_;
};

// Small letters; ё stays, which name_normalize would settle and the standards spell in many ways.
std::string lower(std::string_view text) {
  std::string folded;
  std::array<char, 4> bytes{};
  for (; !text.empty(); text.remove_prefix(decode(text).size)) {
    const Letter letter = letter_of(decode(text).value);
    if (!letter.is_sequence()) {
      folded.append(bytes.data(), encode(letter.folded(), bytes.data()));
    }
  }
  return folded;
}

bool is_russian(const std::string& word) {
  const std::vector<std::string> points = code_points(word);
  return points.size() > 1 && std::all_of(points.begin(), points.end(), [](const std::string& point) {
           const char32_t c = decode(point).value;
           return (c >= U'а' && c <= U'я') || c == U'ё';
         });
}

using NamePair = std::pair<std::string, std::string>;  // Latin, Cyrillic

std::vector<NamePair> world_pairs(const std::filesystem::path& folder) {
  std::vector<NamePair> pairs;
  std::ifstream file(folder / "wd_en_ru_20.tsv");
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> fields = split(line, '\t');
    if (fields.size() >= 2) {
      pairs.emplace_back(fields[0], fields[1]);
    }
  }
  return pairs;
}

// Surnames with Russian endings of the world's names, and the names, surnames and patronymics of leads without errors.
std::set<std::string> russian_names(const std::filesystem::path& folder) {
  static constexpr std::array<std::string_view, 17> kEndings = {
      "ов", "ев", "ин", "ын", "ский", "цкий", "ова", "ева", "ина", "ёв", "ская", "цкая", "ко", "ук", "юк", "ич", "вна"};
  std::set<std::string> names;
  for (const NamePair& pair : world_pairs(folder)) {
    const std::string& name = pair.second;
    const auto ends = [&name](std::string_view ending) { return std::string_view(name).ends_with(ending); };
    if (is_russian(name) && std::any_of(kEndings.begin(), kEndings.end(), ends)) {
      names.insert(name);
    }
  }
  const std::size_t of_the_world = names.size();
  std::ifstream file(folder.parent_path() / "dedup" / "ru_leads_4k.csv");
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') {
      line.pop_back();
    }
    const std::vector<std::string> fields = split(line, ',');
    if (fields.size() < 11 || (fields.size() > 11 && !fields[11].empty())) {
      continue;
    }
    for (const std::size_t column : {3, 4, 5}) {
      const std::string name = lower(fields[column]);
      if (is_russian(name)) {
        names.insert(name);
      }
    }
  }
  EXPECT_GT(names.size(), of_the_world + 500) << "the leads' names were not read";
  return names;
}

struct Measured {
  std::size_t met = 0;
  std::size_t all = 0;
  std::vector<std::string> misses;

  void add(const std::string& a, const std::string& b) {
    const std::string key_of_a = key(a);
    const std::string key_of_b = key(b);
    ++all;
    if (key_of_a == key_of_b) {
      ++met;
    } else {
      misses.push_back(a + " (" + key_of_a + ") " + b + " (" + key_of_b + ")");
    }
  }
  [[nodiscard]] double percent() const {
    return all == 0 ? 0 : 100.0 * static_cast<double>(met) / static_cast<double>(all);
  }
  void print(const std::string& what, std::size_t examples = 4) {
    std::printf("%-22s %6.2f %% of %zu", what.c_str(), percent(), all);
    std::mt19937 random(3);  // NOLINT(cert-msc51-cpp): the same every time
    std::shuffle(misses.begin(), misses.end(), random);
    for (std::size_t i = 0; i < std::min(examples, misses.size()); ++i) {
      std::printf("%s %s", i == 0 ? "; misses" : ",", misses[i].c_str());
    }
    std::printf("\n");
  }
};

TEST(NameData, RussianNamesMeetTheirRomanisations) {
  NEEDS_DATA();
  const std::set<std::string> names = russian_names(folder);
  ASSERT_GT(names.size(), 3000U);
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "translit")) {
    if (entry.path().extension() == ".json") {
      files.insert(entry.path());
    }
  }
  EXPECT_GE(files.size(), 27U);
  for (const std::filesystem::path& path : files) {
    const Schema schema(read(path));
    Measured measured;
    for (const std::string& name : names) {
      measured.add(name, schema.spell(name));
    }
    measured.print(path.stem());
    EXPECT_GE(measured.percent(), path.stem() == "mvd_310_fr" ? 90 : 98) << path;
  }
}

TEST(NameData, TheWorldsNamesMeet) {
  NEEDS_DATA();
  Measured measured;
  for (const auto& [latin, cyrillic] : world_pairs(folder)) {
    measured.add(latin, cyrillic);
  }
  measured.print("the world's names", 20);
  EXPECT_GE(measured.percent(), 60);
}

// The share of all pairs of different names that have one key, exactly: from the sizes of the groups.
double collisions(const std::set<std::string>& names) {
  std::unordered_map<std::string, double> groups;
  for (const std::string& name : names) {
    ++groups[key(name)];
  }
  double pairs = 0;
  for (const auto& [unused, size] : groups) {
    pairs += size * (size - 1);
  }
  const auto count = static_cast<double>(names.size());
  return 100 * pairs / (count * (count - 1));
}

TEST(NameData, DifferentNamesRarelyMeet) {
  NEEDS_DATA();
  std::set<std::string> latin;
  std::set<std::string> cyrillic;
  for (const auto& [a, b] : world_pairs(folder)) {
    latin.insert(a);
    cyrillic.insert(b);
  }
  const std::set<std::string> russian = russian_names(folder);
  for (const auto& [what, names] : {std::pair{"Latin", latin}, {"Cyrillic", cyrillic}, {"Russian", russian}}) {
    const double percent = collisions(names);
    std::printf("different single names of %zu %s that meet: %.4f %%\n", names.size(), what, percent);
    EXPECT_LT(percent, 0.1);
  }
}

TEST(NameData, DiminutivesOfOthersAreMostlyKnown) {
  NEEDS_DATA();
  Measured russian;
  std::ifstream file(folder / "ru_diminutives.tsv");
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> fields = split(line, '\t');
    if (line.starts_with('#') || fields.size() < 3) {
      continue;
    }
    for (const std::string& form : split(fields[2], ',')) {
      russian.add(fields[0], form);
    }
  }
  russian.print("Russian diminutives", 12);
  EXPECT_GE(russian.percent(), 60);
  Measured english;
  std::ifstream nicknames(folder / "en_nicknames.csv");
  for (std::string line; std::getline(nicknames, line);) {
    const std::vector<std::string> fields = split(line, ',');
    if (fields.size() == 3 && fields[1] == "has_nickname") {
      english.add(fields[0], fields[2]);
    }
  }
  english.print("English nicknames", 12);
}

TEST(NameData, LegalFormsOfOthersAreMostlyKnown) {
  NEEDS_DATA();
  std::size_t known = 0;
  std::vector<std::string> unknown;
  std::ifstream file(folder / "org_types.yml");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("      - ")) {
      continue;
    }
    std::string form = line.substr(8);
    if (form.size() > 1 && (form.front() == '\'' || form.front() == '"')) {
      form = form.substr(1, form.size() - 2);
    }
    const bool dropped = result_of(company_normalize, "Ромашка " + form) == "ромашка" ||
                         result_of(company_normalize, form + " Ромашка") == "ромашка";
    if (dropped) {
      ++known;
    } else {
      unknown.push_back(form);
    }
  }
  std::mt19937 random(5);  // NOLINT(cert-msc51-cpp): the same every time
  std::shuffle(unknown.begin(), unknown.end(), random);
  std::printf("legal forms of every country: %zu of %zu known; not", known, known + unknown.size());
  for (std::size_t i = 0; i < std::min<std::size_t>(unknown.size(), 30); ++i) {
    std::printf("; %s", unknown[i].c_str());
  }
  std::printf("\n");
  EXPECT_GT(known, 400U);
}

}  // namespace
}  // namespace leadscore::contact
