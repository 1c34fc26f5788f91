#include "core/dedup/text_similarity.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <vector>

#include "core/dedup/edit_distance.hpp"
#include "core/error.hpp"

namespace leadscore::dedup {

namespace {

using Words = std::pmr::vector<CodePointSpan>;

bool is_space(char32_t point) noexcept {
  return point == U' ' || (point >= U'\t' && point <= U'\r') || point == 0x85 || point == 0xA0 || point == 0x1680 ||
         (point >= 0x2000 && point <= 0x200A) || point == 0x2028 || point == 0x2029 || point == 0x202F ||
         point == 0x205F || point == 0x3000;
}

bool is_before(CodePointSpan a, CodePointSpan b) noexcept {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

// The different words of a text, sorted.
Words words_of(CodePointSpan text, std::pmr::memory_resource* memory) {
  Words words(memory);
  for (auto begin = text.begin(); begin != text.end();) {
    begin = std::find_if_not(begin, text.end(), is_space);
    const auto end = std::find_if(begin, text.end(), is_space);
    if (begin != end) {
      words.emplace_back(begin, end);
    }
    begin = end;
  }
  std::sort(words.begin(), words.end(), is_before);
  const auto last = std::unique(words.begin(), words.end(), [](CodePointSpan a, CodePointSpan b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  });
  words.erase(last, words.end());
  return words;
}

void append(std::pmr::u32string& text, const Words& words) {
  for (const CodePointSpan word : words) {
    if (!text.empty()) {
      text += U' ';
    }
    text.append(word.begin(), word.end());
  }
}

double ratio(std::size_t common, std::size_t a, std::size_t b) noexcept {
  return a + b == 0 ? 1 : 2 * static_cast<double>(common) / static_cast<double>(a + b);
}

// The q-grams of a text between q - 1 marks, sorted. No code point is as large as a mark.
using Gram = std::array<char32_t, kMostQ>;
std::pmr::vector<Gram> grams_of(CodePointSpan text, std::size_t q, std::pmr::memory_resource* memory, StopToken& stop) {
  constexpr char32_t kMark = 0xFFFFFFFF;
  std::pmr::vector<Gram> grams(memory);
  if (text.empty()) {
    return grams;
  }
  grams.reserve(text.size() + q - 1);
  for (std::size_t end = 1; end < text.size() + q; ++end) {
    stop.check();
    Gram gram{};
    for (std::size_t i = 0; i < q; ++i) {
      const bool is_inside = end + i >= q && end + i - q < text.size();
      gram[i] = is_inside ? text[end + i - q] : kMark;
    }
    grams.push_back(gram);
  }
  std::sort(grams.begin(), grams.end(), [&stop](const Gram& a, const Gram& b) {
    stop.check();
    return a < b;
  });
  return grams;
}

}  // namespace

double token_set_similarity(CodePointSpan a, CodePointSpan b, std::pmr::memory_resource* memory, StopToken& stop) {
  const Words words_a = words_of(a, memory);
  const Words words_b = words_of(b, memory);
  if (words_a.empty() || words_b.empty()) {
    return words_a.empty() && words_b.empty() ? 1 : 0;
  }
  Words in_both(memory);
  Words in_a(memory);
  Words in_b(memory);
  std::set_intersection(words_a.begin(), words_a.end(), words_b.begin(), words_b.end(), std::back_inserter(in_both),
                        is_before);
  std::set_difference(words_a.begin(), words_a.end(), words_b.begin(), words_b.end(), std::back_inserter(in_a),
                      is_before);
  std::set_difference(words_b.begin(), words_b.end(), words_a.begin(), words_a.end(), std::back_inserter(in_b),
                      is_before);
  if (!in_both.empty() && (in_a.empty() || in_b.empty())) {
    return 1;
  }
  std::pmr::u32string common(memory);
  append(common, in_both);
  std::pmr::u32string all_a(common, memory);
  std::pmr::u32string all_b(common, memory);
  append(all_a, in_a);
  append(all_b, in_b);
  // What is common begins both, so of it and either it is the longest common subsequence itself.
  return std::max({ratio(common_subsequence(all_a, all_b, memory, stop), all_a.size(), all_b.size()),
                   common.empty() ? 0 : ratio(common.size(), common.size(), all_a.size()),
                   common.empty() ? 0 : ratio(common.size(), common.size(), all_b.size())});
}

double qgram_similarity(CodePointSpan a, CodePointSpan b, std::size_t q, std::pmr::memory_resource* memory,
                        StopToken& stop) {
  if (q < 1 || q > kMostQ) {
    throw Error(ErrorCode::invalid_argument, "q must lie between 1 and " + std::to_string(kMostQ));
  }
  const std::pmr::vector<Gram> of_a = grams_of(a, q, memory, stop);
  const std::pmr::vector<Gram> of_b = grams_of(b, q, memory, stop);
  std::size_t common = 0;
  for (auto i = of_a.begin(), j = of_b.begin(); i != of_a.end() && j != of_b.end();) {
    if (*i == *j) {
      ++common;
      ++i;
      ++j;
    } else {
      ++(*i < *j ? i : j);
    }
  }
  return ratio(common, of_a.size(), of_b.size());
}

}  // namespace leadscore::dedup
