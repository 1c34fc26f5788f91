#include "core/dedup/alphabet_texts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory_resource>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/dedup/code_points.hpp"
#include "random.hpp"

namespace leadscore::dedup {
namespace {

std::vector<char32_t> code_points(std::string_view text) {
  const CodePoints points(text, std::pmr::get_default_resource());
  return {points.get().begin(), points.get().end()};
}

// True if two texts of letters are equal in the same places as the code points they come from.
bool agree(std::string_view a, std::string_view b, const std::vector<char32_t>& points_a,
           const std::vector<char32_t>& points_b) {
  if (a.size() != points_a.size() || b.size() != points_b.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      if ((a[i] == b[j]) != (points_a[i] == points_b[j])) {
        return false;
      }
    }
  }
  return true;
}

bool should_fit(const std::vector<char32_t>& a, const std::vector<char32_t>& b) {
  std::set<char32_t> pages;
  for (const auto* points : {&a, &b}) {
    for (const char32_t point : *points) {
      pages.insert(point / 0x80);
    }
  }
  pages.erase(0);
  return pages.size() <= 1 && std::max(a.size(), b.size()) <= kMostShortLetters;
}

bool fits(std::string_view a, std::string_view b) { return AlphabetTexts(a, b).fit(); }

TEST(AlphabetTexts, AreOfOneAlphabetAndASCII) {
  EXPECT_TRUE(fits("", ""));
  EXPECT_TRUE(fits("Smith", ""));
  EXPECT_TRUE(fits("Иванов-Smith", "Щукин"));
  EXPECT_TRUE(fits("Иванов", "Smith"));
  EXPECT_TRUE(fits("Müller", "José"));
  EXPECT_TRUE(fits("Παπαδόπουλος", "Νίκος"));
  EXPECT_TRUE(fits("გიორგი", "ნინო")) << "three bytes a letter";
  EXPECT_TRUE(fits("\xFF\xC3", "\uFFFD")) << "what is not UTF-8 is U+FFFD";
  EXPECT_FALSE(fits("\xFF", "Ж"));
  EXPECT_FALSE(fits("Müller", "Иванов"));
  EXPECT_FALSE(fits("Łódź", "x")) << "ó and ź are not neighbours";
  EXPECT_FALSE(fits("漢字", "x"));
}

TEST(AlphabetTexts, AreShort) {
  std::string most;
  for (std::size_t i = 0; i < kMostShortLetters; ++i) {
    most += "Ж";
  }
  const std::string most_ascii(kMostShortLetters, 'x');
  EXPECT_TRUE(fits(most, most_ascii));
  EXPECT_FALSE(fits(most, most_ascii + 'x'));
  EXPECT_FALSE(fits(most + "x", most_ascii));
}

TEST(AlphabetTexts, AreEqualWhereCodePointsAre) {
  static const std::array<std::vector<std::string>, 5> kAlphabets{{
      {"a", "b", "c", "\x7F", std::string(1, '\0')},
      {"a", "Ж", "ж", "ё", "-"},
      {"a", "é", "ü", "Ж", "ł"},
      {"a", "\xFF", "\xC3", "\x80", "é", "\xE2\x82", "\xC0\x80"},
      {"漢", "😀", "ნ", "a", "\uFFFD"},
  }};
  test::Random random(61);
  int fitting = 0;
  for (int round = 0; round < 20'000; ++round) {
    const auto& alphabet = kAlphabets[random.below(kAlphabets.size())];
    const std::uint32_t letters = 1 + random.below(static_cast<std::uint32_t>(alphabet.size()));
    const auto text = [&] {
      std::string made;
      for (std::uint32_t left = random.below(random.chance(0.1) ? 80 : 20); left > 0; --left) {
        made += alphabet[random.below(letters)];
      }
      return made;
    };
    const std::string a = text();
    const std::string b = text();
    const auto points_a = code_points(a);
    const auto points_b = code_points(b);
    const AlphabetTexts found(a, b);
    ASSERT_EQ(found.fit(), should_fit(points_a, points_b));
    if (found.fit()) {
      ++fitting;
      ASSERT_TRUE(agree(found.a(), found.b(), points_a, points_b));
      ASSERT_TRUE(agree(found.a(), found.a(), points_a, points_a));
    }
  }
  EXPECT_GT(fitting, 5'000);
}

}  // namespace
}  // namespace leadscore::dedup
