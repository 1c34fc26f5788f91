// Gibberish and keyboard walks: what is one, what only looks like one, and rates on real names and random letters.
#include "core/contact/gibberish.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/contact/keyboard.hpp"
#include "core/contact/validity_text.hpp"
#include "random.hpp"

namespace {

using namespace leadscore::contact;

std::u16string folded(std::string_view word) {
  const FoldedText text(word);
  const auto letters = text.letters(text.words()[0]);
  return {letters.begin(), letters.end()};
}

std::optional<double> strangeness_of(std::string_view word) { return strangeness(folded(word)); }
bool is_walk(std::string_view word) { return is_keyboard_walk(folded(word)); }

std::u16string random_word(leadscore::test::Random& random, std::u16string_view alphabet, std::size_t size) {
  std::u16string word;
  while (word.size() < size) {
    word += random.one_of(alphabet);
  }
  return word;
}

constexpr std::u16string_view kEnglish = u"abcdefghijklmnopqrstuvwxyz";
constexpr std::u16string_view kRussian = u"абвгдежзийклмнопрстуфхцчшщъыьэюя";

TEST(Gibberish, NamesAreNot) {
  for (const std::string_view name :
       {"Alexander",     "Elizabeth",    "Knight",    "Wright",       "Eastwood",   "McNutt",    "McGee",
        "Fitzpatrick",   "Fleetwood",    "Krzysztof", "Szewczyk",     "Nguyen",     "Zhang",     "Xiaoming",
        "Yevgeniya",     "Evgeniia",     "Iurii",     "Shcherbakova", "Khrushchev", "Mkrtchyan", "Tkachenko",
        "Przybylski",    "Schwarz",      "Youssouf",  "Mohammed",     "Александр",  "Щербакова", "Мкртчян",
        "Кржижановский", "Хрущёв",       "Ткаченко",  "Оглы",         "Чжан",       "Нгуен",     "Петросян",
        "Сыздыкова",     "Шварценеггер", "Вахтанг",   "Гюльчатай",    "Бйорн",      "Вайсброд",  "Монссон"}) {
    EXPECT_LT(strangeness_of(name).value_or(0), kGibberish) << name;
  }
}

TEST(Gibberish, MashedKeysAre) {
  for (const std::string_view word : {"xkqjzv", "sdfgh", "jkhkjh", "dfgdfhb", "qzxwvk", "hjkfgd", "wqrtp", "fgjhfgk",
                                      "ъыьйщ", "щжшгцк", "цкщзшг", "вапвапв", "йцкшщз"}) {
    EXPECT_GE(strangeness_of(word).value_or(0), kGibberish) << word;
  }
}

TEST(Gibberish, WhatIsUnknownIsNotJudged) {
  for (const std::string_view word : {"abcd", "Xqzk", "Müller", "Łukasz", "Ґнат", "Қайрат", "Їжакевич", "Γιώργος",
                                      "محمد", "李小龙", "გიორგი", "İbrahim", "xkqjz1", "xkqщзv", "McXqzk"}) {
    EXPECT_EQ(strangeness_of(word), std::nullopt) << word;
  }
  EXPECT_EQ(strangeness({}), std::nullopt);
}

TEST(Gibberish, YoIsYe) { EXPECT_EQ(strangeness(u"хрущёвский"), strangeness(u"хрущевский")); }

TEST(Gibberish, RandomLettersAreFound) {
  leadscore::test::Random random(7);
  constexpr int kWords = 20'000;
  for (const auto alphabet : {kEnglish, kRussian}) {
    for (const std::size_t size : {6U, 7U, 8U, 10U, 12U}) {
      int found = 0;
      for (int i = 0; i < kWords; ++i) {
        found += strangeness(random_word(random, alphabet, size)).value_or(0) >= kGibberish ? 1 : 0;
      }
      EXPECT_GT(found, kWords * 8 / 10) << size;
      std::cout << (alphabet == kEnglish ? "Latin" : "Russian") << ", " << size
                << " random letters: " << 100.0 * found / kWords << " % found\n";
    }
  }
}

// Pairs of Latin and Cyrillic spellings of names with how often each is met.
TEST(Gibberish, RatesOnRealNames) {
  const char* const data = std::getenv("LEADSCORE_DATA");  // NOLINT(concurrency-mt-unsafe)
  std::ifstream lines(std::string(data == nullptr ? "" : data) + "/names/wd_en_ru_20.tsv");
  if (data == nullptr || !lines) {
    GTEST_SKIP() << "LEADSCORE_DATA does not lead to names/wd_en_ru_20.tsv";
  }
  struct Rate {
    std::set<std::string> names;
    std::set<std::string> strange;
    std::set<std::string> walks;
    double count = 0;
    double strange_count = 0;
  };
  std::array<Rate, 2> rates;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first_tab = line.find('\t');
    const std::size_t second_tab = line.find('\t', first_tab + 1);
    const double count = std::stod(line.substr(second_tab + 1));
    const std::array<std::string, 2> names{line.substr(0, first_tab),
                                           line.substr(first_tab + 1, second_tab - first_tab - 1)};
    for (std::size_t i = 0; i < 2; ++i) {
      const FoldedText text(names[i]);
      bool is_strange = false;
      for (const auto& word : text.words()) {
        is_strange |= strangeness(text.letters(word)).value_or(0) >= kGibberish;
        if (is_keyboard_walk(text.letters(word))) {
          rates[i].walks.insert(names[i]);
        }
      }
      rates[i].names.insert(names[i]);
      rates[i].count += count;
      if (is_strange) {
        rates[i].strange.insert(names[i]);
        rates[i].strange_count += count;
      }
    }
  }
  for (const Rate& rate : rates) {
    const auto all = static_cast<double>(rate.names.size());
    std::cout << rate.names.size() << " names, " << 100 * static_cast<double>(rate.strange.size()) / all
              << " % called gibberish (" << 100 * rate.strange_count / rate.count << " % as often as they are met), "
              << rate.walks.size() << " keyboard walks\n";
    EXPECT_LT(static_cast<double>(rate.strange.size()), 0.01 * all);
    EXPECT_LT(rate.strange_count, 0.005 * rate.count);
    EXPECT_LT(static_cast<double>(rate.walks.size()), 0.0002 * all);
  }
}

TEST(Keyboard, Walks) {
  for (const std::string_view word :
       {"qwerty",   "QWERTY", "qwer",        "rewq",       "asdf",   "asdfgh",  "zxcvb",  "poiu",  "lkjh",   "mnbv",
        "йцукен",   "ЙЦУКЕН", "фыва",        "ячсм",       "ъхзщ",   "эждл",    "1234",   "12345", "4321",   "67890",
        "123",      "321",    "qwe",         "asd",        "zxc",    "фыв",     "йцу",    "ячс",   "qweasd", "asdasd",
        "qweqwe",   "123qwe", "qwe123",      "фывфыв",     "sdfsdf", "dfgdfg",  "hjkhjk", "ghjkl", "qazwsx", "1qaz2wsx",
        "1q2w3e4r", "йфяцыч", "qwerty12345", "ivanqwerty", "fghjk",  "уке12345"}) {
    EXPECT_TRUE(is_walk(word)) << word;
  }
}

TEST(Keyboard, RealWordsAreNoWalks) {
  for (const std::string_view word :
       {"Смит",      "Тимс",    "Митя",     "Doherty", "Liberty", "Rafferty", "Trewin", "Andrew", "Wertheim",
        "Dupuytren", "Сампиро", "Кен",      "Тим",     "Ken",     "Tim",      "Tre",    "Wes",    "Sad",
        "Манукенов", "Шукенов", "Пролыгин", "Давыдов", "Павы",    "Ася",      "Sasha",  "Саша",   "Dasha",
        "Даша",      "Тимкен",  "Poirot",   "Аполлон", "12",      "2024",     "1985"}) {
    EXPECT_FALSE(is_walk(word)) << word;
  }
  EXPECT_FALSE(is_keyboard_walk({}));
}

TEST(Keyboard, OtherLayoutIsAnInvolution) {
  std::u16string switched;
  for (const char16_t letter : std::u16string_view(u"bdfyjd")) {
    switched += other_layout(letter);
  }
  EXPECT_EQ(switched, u"иванов");
  for (const char16_t letter : kEnglish) {
    EXPECT_NE(other_layout(letter), 0);
    EXPECT_EQ(other_layout(other_layout(letter)), letter);
  }
  for (const char16_t letter : {u'х', u'ъ', u'ж', u'э', u'б', u'ю', u'ё', u'1', u'-', u'Щ', char16_t{0xFFFF}}) {
    EXPECT_EQ(other_layout(letter), 0);
  }
}

TEST(Keyboard, RandomLettersAreSeldomWalks) {
  leadscore::test::Random random(11);
  int walks = 0;
  for (int i = 0; i < 100'000; ++i) {
    walks += is_keyboard_walk(random_word(random, kEnglish, 8)) ? 1 : 0;
  }
  EXPECT_LT(walks, 100);
}

}  // namespace
