#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/dedup/code_points.hpp"
#include "core/dedup/edit_distance.hpp"
#include "core/dedup/jaro.hpp"
#include "core/dedup/text_similarity.hpp"
#include "core/error.hpp"
#include "error_code_of.hpp"
#include "random.hpp"

namespace leadscore::dedup {
namespace {

auto* const kMemory = std::pmr::get_default_resource();
using Text = std::u32string;

CodePointSpan span_of(const Text& text) { return {text.data(), text.size()}; }

template <class Measure, class... More>
auto of(Measure measure, std::string_view a, std::string_view b, More... more) {
  const CodePoints first(a, kMemory);
  const CodePoints second(b, kMemory);
  StopToken stop;
  return measure(first.get(), second.get(), more..., kMemory, stop);
}

// Letters that often agree, of one alphabet or another, some beyond both.
Text random_text(test::Random& random, std::uint32_t most) {
  static const std::array<Text, 4> kAlphabets{U"ab", U"абвгдежз", U"aéЖ漢😀\u0301", U"abcdefghijklmnopqrstuvwxyz"};
  const Text& alphabet = kAlphabets[random.below(kAlphabets.size())];
  Text text(random.below(most + 1), U' ');
  for (char32_t& point : text) {
    point = alphabet[random.below(static_cast<std::uint32_t>(alphabet.size()))];
  }
  return text;
}

// The other of a pair: another text, or the same with a few edits.
Text random_other(test::Random& random, const Text& text, std::uint32_t most) {
  if (random.chance(0.3)) {
    return random_text(random, most);
  }
  Text other = text;
  for (std::uint32_t edits = random.below(6); edits > 0; --edits) {
    const std::size_t place = random.below(static_cast<std::uint32_t>(other.size() + 1));
    switch (random.below(3)) {
      case 0:
        other.insert(place, 1, U'b');
        break;
      case 1:
        if (place < other.size()) {
          other.erase(place, 1);
        }
        break;
      default:
        if (place + 1 < other.size()) {
          std::swap(other[place], other[place + 1]);
        }
    }
  }
  return other;
}

std::size_t distance_by_definition(const Text& a, const Text& b, bool with_swaps) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const std::size_t replaced = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replaced});
      if (with_swaps && i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

std::size_t subsequence_by_definition(const Text& a, const Text& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (const char32_t point : a) {
    std::size_t diagonal = 0;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = point == b[j - 1] ? diagonal + 1 : std::max(above, row[j - 1]);
      diagonal = above;
    }
  }
  return row[b.size()];
}

double jaro_by_definition(const Text& a, const Text& b) {
  if (a.empty() || b.empty()) {
    return a.empty() && b.empty() ? 1 : 0;
  }
  const std::size_t half = std::max(a.size(), b.size()) / 2;
  const std::size_t reach = half > 0 ? half - 1 : 0;
  std::vector<bool> in_a(a.size());
  Text of_b;
  for (std::size_t j = 0; j < b.size(); ++j) {
    for (std::size_t i = j > reach ? j - reach : 0; i < std::min(a.size(), j + reach + 1); ++i) {
      if (!in_a[i] && a[i] == b[j]) {
        in_a[i] = true;
        of_b += b[j];
        break;
      }
    }
  }
  Text of_a;
  for (std::size_t i = 0; i < a.size(); ++i) {
    of_a += in_a[i] ? Text(1, a[i]) : Text();
  }
  double out_of_order = 0;
  for (std::size_t i = 0; i < of_a.size(); ++i) {
    out_of_order += of_a[i] == of_b[i] ? 0 : 1;
  }
  const auto matches = static_cast<double>(of_a.size());
  return matches == 0 ? 0
                      : (matches / static_cast<double>(a.size()) + matches / static_cast<double>(b.size()) +
                         (matches - out_of_order / 2) / matches) /
                            3;
}

TEST(CodePoints, AreThoseOfTheText) {
  const CodePoints points("aЩ漢😀\xFF", kMemory);
  EXPECT_EQ(Text(points.get().begin(), points.get().end()), U"aЩ漢😀\uFFFD");
  EXPECT_TRUE(CodePoints("", kMemory).get().empty());
}

TEST(CodePoints, HaveALimit) {
  const std::string most(kMostCodePoints, 'x');
  EXPECT_EQ(CodePoints(most, kMemory).get().size(), kMostCodePoints);
  EXPECT_EQ(test::error_code_of([&] { const CodePoints points(most + 'x', kMemory); }), ErrorCode::limit_exceeded);
  const std::string long_text(129, 'y');
  EXPECT_EQ(CodePoints(long_text, kMemory).get().size(), 129U);
}

TEST(Levenshtein, OfKnownTexts) {
  EXPECT_EQ(of(levenshtein, "kitten", "sitting", kNoLimit), 3U);
  EXPECT_EQ(of(levenshtein, "", "", kNoLimit), 0U);
  EXPECT_EQ(of(levenshtein, "", "Щукин", kNoLimit), 5U);
  EXPECT_EQ(of(levenshtein, "Щукин", "Шукин", kNoLimit), 1U);
  EXPECT_EQ(of(levenshtein, "ca", "abc", kNoLimit), 3U);
  EXPECT_EQ(of(osa, "ca", "abc", kNoLimit), 3U) << "no part is edited twice";
  EXPECT_EQ(of(levenshtein, "Иван", "Ивна", kNoLimit), 2U);
  EXPECT_EQ(of(osa, "Иван", "Ивна", kNoLimit), 1U);
}

TEST(EditDistances, AreThoseOfTheirDefinitions) {
  test::Random random(51);
  StopToken stop;
  for (int round = 0; round < 6'000; ++round) {
    const std::uint32_t most = round % 10 == 0 ? 300 : 20;
    const Text a = random_text(random, most);
    const Text b = random_other(random, a, most);
    const std::size_t plain = distance_by_definition(a, b, false);
    const std::size_t with_swaps = distance_by_definition(a, b, true);
    ASSERT_EQ(levenshtein(span_of(a), span_of(b), kNoLimit, kMemory, stop), plain);
    ASSERT_EQ(levenshtein(span_of(b), span_of(a), kNoLimit, kMemory, stop), plain);
    ASSERT_EQ(osa(span_of(a), span_of(b), kNoLimit, kMemory, stop), with_swaps);
    ASSERT_EQ(osa(span_of(b), span_of(a), kNoLimit, kMemory, stop), with_swaps);
    ASSERT_EQ(common_subsequence(span_of(a), span_of(b), kMemory, stop), subsequence_by_definition(a, b));
    const std::size_t limit = random.below(8);
    ASSERT_EQ(levenshtein(span_of(a), span_of(b), limit, kMemory, stop), std::min(plain, limit + 1));
    ASSERT_EQ(osa(span_of(a), span_of(b), limit, kMemory, stop), std::min(with_swaps, limit + 1));
  }
}

TEST(Jaro, OfKnownTexts) {
  EXPECT_NEAR(of(jaro, "MARTHA", "MARHTA"), 0.944444444444444, 1e-15);
  EXPECT_NEAR(of(jaro_winkler, "MARTHA", "MARHTA"), 0.961111111111111, 1e-15);
  EXPECT_NEAR(of(jaro, "DWAYNE", "DUANE"), 0.822222222222222, 1e-15);
  EXPECT_NEAR(of(jaro_winkler, "DWAYNE", "DUANE"), 0.84, 1e-15);
  EXPECT_NEAR(of(jaro, "DIXON", "DICKSONX"), 0.766666666666667, 1e-15);
  EXPECT_NEAR(of(jaro_winkler, "DIXON", "DICKSONX"), 0.813333333333333, 1e-15);
  EXPECT_NEAR(of(jaro, "ЩЖ", "ШЖ"), 2.0 / 3, 1e-15) << "by letters, not by bytes";
  EXPECT_EQ(of(jaro, "", ""), 1);
  EXPECT_EQ(of(jaro, "", "a"), 0);
  EXPECT_EQ(of(jaro, "a", "a"), 1);
  EXPECT_EQ(of(jaro, "ab", "cd"), 0);
  EXPECT_EQ(of(jaro_winkler, "abcdx", "vwxyz"), of(jaro, "abcdx", "vwxyz")) << "not alike enough for a bonus";
}

TEST(Jaro, IsThatOfItsDefinition) {
  test::Random random(53);
  StopToken stop;
  for (int round = 0; round < 6'000; ++round) {
    const std::uint32_t most = round % 10 == 0 ? 300 : 20;
    const Text a = random_text(random, most);
    const Text b = random_other(random, a, most);
    const double similarity = jaro(span_of(a), span_of(b), kMemory, stop);
    ASSERT_NEAR(similarity, jaro_by_definition(a, b), 1e-15);
    ASSERT_NEAR(similarity, jaro(span_of(b), span_of(a), kMemory, stop), 1e-15);
    const double winkler = jaro_winkler(span_of(a), span_of(b), kMemory, stop);
    ASSERT_TRUE(winkler >= similarity && winkler <= 1);
    ASSERT_EQ(a == b, winkler == 1);
  }
}

TEST(TokenSet, ComparesWhatIsLeftBesideTheCommonWords) {
  EXPECT_EQ(of(token_set_similarity, "fuzzy was a bear", "fuzzy fuzzy was a bear"), 1);
  EXPECT_EQ(of(token_set_similarity, "ООО Ромашка", "Ромашка"), 1);
  EXPECT_EQ(of(token_set_similarity, "Ромашка торговый дом", "торговый дом Ромашка"), 1);
  // "a bc" and "a bd": 3 of 4 code points in order, twice, by 8.
  EXPECT_NEAR(of(token_set_similarity, "a bc", "bd a"), 0.75, 1e-15);
  EXPECT_EQ(of(token_set_similarity, "", ""), 1);
  EXPECT_EQ(of(token_set_similarity, " \t", ""), 1);
  EXPECT_EQ(of(token_set_similarity, "", "a"), 0);
  EXPECT_EQ(of(token_set_similarity, "abc", "xyz"), 0);
}

TEST(Qgrams, AreComparedAsMultisets) {
  // ^n ni ig gh ht t$ and ^n na ac ch ht t$: three of six.
  EXPECT_NEAR(of(qgram_similarity, "night", "nacht", std::size_t{2}), 0.5, 1e-15);
  EXPECT_EQ(of(qgram_similarity, "", "", std::size_t{2}), 1);
  EXPECT_EQ(of(qgram_similarity, "", "a", std::size_t{2}), 0);
  EXPECT_EQ(of(qgram_similarity, "Щукин", "Щукин", std::size_t{3}), 1);
  EXPECT_EQ(of(qgram_similarity, "abc", "cba", std::size_t{1}), 1) << "single letters have no order";
  EXPECT_NEAR(of(qgram_similarity, "aaaa", "aa", std::size_t{1}), 2.0 * 2 / 6, 1e-15);
  for (const std::size_t bad : {std::size_t{0}, kMostQ + 1}) {
    EXPECT_EQ(test::error_code_of([&] { static_cast<void>(of(qgram_similarity, "a", "b", bad)); }),
              ErrorCode::invalid_argument);
  }
}

TEST(Qgrams, AreThoseOfTheirDefinition) {
  test::Random random(57);
  StopToken stop;
  for (int round = 0; round < 1'000; ++round) {
    const Text a = random_text(random, 30);
    const Text b = random_other(random, a, 30);
    const std::size_t q = 1 + random.below(4);
    const auto grams = [q](const Text& text) {
      std::map<Text, int> counts;
      const Text padded = text.empty() ? text : Text(q - 1, U'\0') + text + Text(q - 1, U'\0');
      for (std::size_t i = 0; i + q <= padded.size(); ++i) {
        ++counts[padded.substr(i, q)];
      }
      return counts;
    };
    const auto of_a = grams(a);
    const auto of_b = grams(b);
    double shared = 0;
    double all = 0;
    for (const auto& [gram, count] : of_a) {
      all += count;
      const auto found = of_b.find(gram);
      shared += found == of_b.end() ? 0 : std::min(count, found->second);
    }
    for (const auto& [gram, count] : of_b) {
      all += count;
    }
    ASSERT_NEAR(qgram_similarity(span_of(a), span_of(b), q, kMemory, stop), all == 0 ? 1 : 2 * shared / all, 1e-15);
  }
}

TEST(Similarities, StopWhenAsked) {
  const Text a(5'000, U'a');
  Text b(5'000, U'b');
  const auto cancelled = [&](auto measure) {
    StopToken stop([]() noexcept { return true; });
    EXPECT_THROW(measure(stop), Cancelled);
  };
  cancelled([&](StopToken& stop) { (void)levenshtein(span_of(a), span_of(b), kNoLimit, kMemory, stop); });
  cancelled([&](StopToken& stop) { (void)osa(span_of(a), span_of(b), kNoLimit, kMemory, stop); });
  cancelled([&](StopToken& stop) { (void)jaro(span_of(a), span_of(b), kMemory, stop); });
  cancelled([&](StopToken& stop) { (void)common_subsequence(span_of(a), span_of(b), kMemory, stop); });
  cancelled([&](StopToken& stop) { (void)qgram_similarity(span_of(a), span_of(b), 2, kMemory, stop); });
  cancelled([&](StopToken& stop) { (void)token_set_similarity(span_of(a), span_of(b), kMemory, stop); });
}

}  // namespace
}  // namespace leadscore::dedup
