#include "core/dedup/short_text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory_resource>
#include <string>
#include <string_view>

#include "core/dedup/edit_distance.hpp"
#include "core/dedup/jaro.hpp"
#include "random.hpp"

namespace leadscore::dedup {
namespace {

std::string random_text(test::Random& random) {
  const std::uint32_t most = random.chance(0.2) ? kMostShortLetters : 10;
  const std::uint32_t letters =
      std::array{2U, 8U, 26U, 256U}[random.below(4)];  // zero bytes and high ones are letters too
  std::string text(random.below(most + 1), '\0');
  for (char& letter : text) {
    letter = static_cast<char>(random.below(letters));
  }
  return text;
}

// Another text, or the same with some neighbours swapped and a letter less.
std::string random_other(test::Random& random, const std::string& text) {
  if (text.size() < 2 || random.chance(0.3)) {
    return random_text(random);
  }
  std::string other = text;
  for (std::uint32_t swaps = random.below(4); swaps > 0; --swaps) {
    const std::size_t place = random.below(static_cast<std::uint32_t>(text.size() - 1));
    std::swap(other[place], other[place + 1]);
  }
  if (random.chance(0.5)) {
    other.erase(random.below(static_cast<std::uint32_t>(text.size())), 1);
  }
  return other;
}

std::u32string widened(std::string_view text) {
  std::u32string wide;
  for (const char letter : text) {
    wide += static_cast<unsigned char>(letter) + U'Ͱ';  // some with a place of their own in tables, some without
  }
  return wide;
}

TEST(ShortText, IsComparedLikeCodePoints) {
  auto* const memory = std::pmr::get_default_resource();
  test::Random random(59);
  StopToken stop;
  for (int round = 0; round < 20'000; ++round) {
    const std::string a = random_text(random);
    const std::string b = random_other(random, a);
    const std::u32string wide_a = widened(a);
    const std::u32string wide_b = widened(b);
    ASSERT_EQ(short_jaro(a, b), jaro(wide_a, wide_b, memory, stop));
    ASSERT_EQ(short_jaro_winkler(a, b), jaro_winkler(wide_a, wide_b, memory, stop));
    for (const std::size_t limit : {kNoLimit, static_cast<std::size_t>(random.below(6))}) {
      ASSERT_EQ(short_levenshtein(a, b, limit), levenshtein(wide_a, wide_b, limit, memory, stop));
      ASSERT_EQ(short_osa(a, b, limit), osa(wide_a, wide_b, limit, memory, stop));
    }
  }
}

TEST(ShortText, OfKnownTexts) {
  EXPECT_NEAR(short_jaro_winkler("MARTHA", "MARHTA"), 0.961111111111111, 1e-15);
  EXPECT_NEAR(short_jaro("DWAYNE", "DUANE"), 0.822222222222222, 1e-15);
  EXPECT_EQ(short_jaro_winkler("", ""), 1);
  EXPECT_EQ(short_jaro_winkler("a", ""), 0);
  EXPECT_EQ(short_levenshtein("kitten", "sitting", kNoLimit), 3U);
  EXPECT_EQ(short_levenshtein("kitten", "sitting", 1), 2U);
  EXPECT_EQ(short_osa("Ivna", "Ivan", 0), 1U);
  EXPECT_EQ(short_osa("Ivna", "Ivan", 1), 1U);
}

TEST(ShortText, MayBeAsLongAsSaid) {
  const std::string most(kMostShortLetters, 'x');
  const std::string other(kMostShortLetters, 'y');
  EXPECT_EQ(short_jaro_winkler(most, most), 1);
  EXPECT_EQ(short_jaro(most, other), 0);
  EXPECT_EQ(short_levenshtein(most, other, kNoLimit), kMostShortLetters);
  EXPECT_EQ(short_osa(most, other, kMostShortLetters - 1), kMostShortLetters);
}

}  // namespace
}  // namespace leadscore::dedup
