// The table of letters against ICU, and the promises of reading words.
#include "core/contact/letters.hpp"

#include <gtest/gtest.h>

#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/contact/utf8.hpp"

namespace leadscore::contact {
namespace {

std::u32string icu_fold(std::u32string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* normalizer = unorm2_getNFKCCasefoldInstance(&status);
  std::array<UChar, 128> source{};
  std::array<UChar, 256> folded{};
  std::array<UChar32, 256> points{};
  std::int32_t size = 0;
  u_strFromUTF32(source.data(), source.size(), &size, reinterpret_cast<const UChar32*>(text.data()),
                 static_cast<std::int32_t>(text.size()), &status);
  size = unorm2_normalize(normalizer, source.data(), size, folded.data(), folded.size(), &status);
  u_strToUTF32(points.data(), points.size(), &size, folded.data(), size, &status);
  EXPECT_TRUE(U_SUCCESS(status)) << u_errorName(status);
  return {points.begin(), points.begin() + size};
}

std::u32string table_fold(char32_t c) {
  const Letter letter = letter_of(c);
  if (!letter.is_sequence()) {
    return {letter.folded()};
  }
  const auto sequence = sequence_of(letter);
  return {sequence.begin(), sequence.end()};
}

bool is_in_table(char32_t c) {
  return c < 0x530 || (c >= 0x1E00 && c < 0x2000) || (c >= 0x2C60 && c < 0x2C80) || (c >= 0xA640 && c < 0xA6A0) ||
         (c >= 0xFB00 && c < 0xFB07) || (c >= 0xFF00 && c < 0xFFF0) || letter_of(c).kind() != LetterKind::other_script;
}

TEST(Letters, FoldAsIcuDoes) {
  int compared = 0;
  for (char32_t c = 0; c < 0x10000; ++c) {
    if ((c >= 0xD800 && c < 0xE000) || !is_in_table(c) || (c >= 0x27C0 && c < 0x2C00) || (c >= 0xE000 && c < 0xF900)) {
      continue;
    }
    const auto value = static_cast<std::uint32_t>(c);
    ASSERT_EQ(table_fold(c), icu_fold({&c, 1})) << "U+" << std::hex << value;
    ++compared;
  }
  EXPECT_GT(compared, 0x1400);
}

TEST(Letters, ComposeAsIcuDoes) {
  int composed_pairs = 0;
  for (char32_t base = 'a'; base < 0x530; ++base) {
    const Letter letter = letter_of(base);
    if (!letter.is_letter() || letter.is_sequence() || letter.folded() != base) {
      continue;
    }
    for (char32_t mark = 0x300; mark < 0x345; ++mark) {
      if (letter_of(mark).is_sequence() || letter_of(mark).folded() != mark) {
        continue;
      }
      const std::u32string expected = icu_fold(std::u32string{base, mark});
      std::array<char, 4> bytes{};
      std::string_view text(bytes.data(), encode(mark, bytes.data()));
      // Marks that do not compose are dropped.
      ASSERT_EQ(Marks(text).compose(base), expected[0])
          << std::hex << static_cast<std::uint32_t>(base) << ' ' << static_cast<std::uint32_t>(mark);
      composed_pairs += expected.size() == 1 ? 1 : 0;
    }
  }
  EXPECT_GT(composed_pairs, 300);
}

TEST(Letters, MarksComposeInAnyOrder) {
  std::string_view text = "\u0302\u0323";  // circumflex, dot below
  const Marks marks(text);
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(marks.compose(U'e'), U'ệ');
  EXPECT_EQ(marks.compose(U'q'), U'q');
}

TEST(Letters, MarksBeyondReasonAreSkipped) {
  std::string many;
  for (int i = 0; i < 1000; ++i) {
    many += "\u0301";
  }
  std::string_view text = many;
  const Marks marks(text);
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(marks.compose(U'a'), U'á');
}

TEST(Letters, HaveKinds) {
  EXPECT_EQ(letter_of(U'Ж').kind(), LetterKind::cyrillic);
  EXPECT_TRUE(letter_of(U'Ж').is_capital());
  EXPECT_EQ(letter_of(U'Ａ').folded(), U'a');
  EXPECT_EQ(letter_of(U'ß').kind(), LetterKind::sequence);
  EXPECT_EQ(letter_of(U'’').kind(), LetterKind::apostrophe);
  EXPECT_EQ(letter_of(U'—').kind(), LetterKind::hyphen);
  EXPECT_EQ(letter_of(U'«').kind(), LetterKind::quote);
  EXPECT_EQ(letter_of(U'\u00AD').kind(), LetterKind::ignored);
  EXPECT_EQ(letter_of(U'\u200B').kind(), LetterKind::ignored);
  EXPECT_EQ(letter_of(U'\u00A0').kind(), LetterKind::separator);
  EXPECT_EQ(letter_of(U'😀').kind(), LetterKind::separator);
  EXPECT_EQ(letter_of(U'王').kind(), LetterKind::other_script);
  EXPECT_EQ(letter_of(U'\u0301').kind(), LetterKind::mark);
  EXPECT_EQ(letter_of(kInvalid).kind(), LetterKind::separator);
  EXPECT_EQ(letter_of(0).kind(), LetterKind::separator);
}

TEST(Letters, EveryEuropeanLetterIsSpelled) {
  for (char32_t c = 'a'; c < 0x530; ++c) {
    const Letter letter = letter_of(c);
    const bool is_european =
        c < 0x180 || (c >= 0x218 && c < 0x21C) || (c >= 0x430 && c < 0x460) || (c >= 0x490 && c < 0x500 && c != U'ӏ');
    if (is_european && letter.is_letter() && !letter.is_sequence() && letter.folded() == c) {
      EXPECT_TRUE(is_spelled(c)) << std::hex << static_cast<std::uint32_t>(c);
    }
  }
}

}  // namespace
}  // namespace leadscore::contact
