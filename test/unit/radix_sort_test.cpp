// Keys of scores, their sort, and the bytes they are sent as.
#include "core/radix_sort.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/learn/score_key.hpp"
#include "core/learn/word_bytes.hpp"
#include "random.hpp"

namespace leadscore::learn {
namespace {

using test::Random;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(ScoreKey, KeepsPostgresOrder) {
  const std::vector<double> ascending = {-kInfinity, -1.7e308,    -1,      -5e-324,   0,   5e-324,
                                         1,          1 + 0x1p-52, 1.7e308, kInfinity, kNaN};
  for (std::size_t i = 1; i < ascending.size(); ++i) {
    EXPECT_LT(score_key(ascending[i - 1]), score_key(ascending[i])) << ascending[i];
  }
  EXPECT_EQ(score_key(-0.0), score_key(0.0));
  EXPECT_EQ(score_key(-kNaN), score_key(kNaN));
  EXPECT_TRUE(std::isnan(score_of_key(score_key(kNaN))));
  EXPECT_FALSE(std::signbit(score_of_key(score_key(-0.0))));
}

TEST(ScoreKey, IsKnownFromOtherNumbers) {
  Random random(1);
  for (int i = 0; i < 100'000; ++i) {
    const double score = random.magnitude(-1000, 1000);
    ASSERT_EQ(score_of_key(score_key(score)), score);
    ASSERT_TRUE(is_score_key(score_key(score)));
  }
  EXPECT_TRUE(is_score_key(score_key(kNaN)));
  EXPECT_TRUE(is_score_key(score_key(kInfinity)));
  EXPECT_FALSE(is_score_key(score_key(kNaN) + 1));
  EXPECT_FALSE(is_score_key(score_key(0.0) - 1));  // -0
  EXPECT_FALSE(is_score_key(0));
  EXPECT_FALSE(is_score_key(std::numeric_limits<std::uint64_t>::max()));
}

struct Numbered {
  std::uint64_t key;
  std::uint64_t number;
};

TEST(RadixSort, SortsLikeAComparingOne) {
  Random random(2);
  for (int round = 0; round < 400; ++round) {
    std::vector<std::uint64_t> keys(random.below(round % 20 == 0 ? 100'000 : 2'000));
    const auto kind = random.below(5);
    for (std::uint64_t& key : keys) {
      key = kind == 0   ? random.bits()
            : kind == 1 ? random.below(3)
            : kind == 2 ? std::uint64_t{7}
            : kind == 3 ? score_key(random.number(0, 1))
                        : std::uint64_t{1} << random.below(64);
    }
    std::vector<Numbered> numbered;
    for (const std::uint64_t key : keys) {
      numbered.push_back({key, ~key});
    }
    StopToken stop;
    std::vector<std::uint64_t> expected = keys;
    std::sort(expected.begin(), expected.end());
    radix_sort(
        std::span<std::uint64_t>(keys), [](std::uint64_t key) { return key; }, stop);
    ASSERT_EQ(keys, expected);
    radix_sort(
        std::span<Numbered>(numbered), [](const Numbered& item) { return item.key; }, stop);
    for (std::size_t i = 0; i < numbered.size(); ++i) {
      ASSERT_EQ(numbered[i].key, expected[i]);
      ASSERT_EQ(numbered[i].number, ~expected[i]);
    }
  }
}

// Of any size, of which nothing is known before: parts that have room there go by it, others do not.
TEST(RadixSort, SortsByScratchMemory) {
  Random random(5);
  for (int round = 0; round < 400; ++round) {
    const std::size_t count = random.below(round % 20 == 0 ? 100'000 : 2'000);
    std::vector<Numbered> items(count);
    std::vector<Numbered> scratch(random.below(2 * count + 2), Numbered{1, 2});
    const auto kind = random.below(4);
    for (Numbered& item : items) {
      item.key = kind == 0   ? random.bits()
                 : kind == 1 ? random.below(50) * 0x9E3779B97F4A7C15
                 : kind == 2 ? std::uint64_t{1} << random.below(64)
                             : random.bits() >> random.below(64);
      item.number = random.bits();
    }
    const auto comes_before = [](const Numbered& a, const Numbered& b) {
      return a.key != b.key ? a.key < b.key : a.number < b.number;
    };
    std::vector<Numbered> expected = items;
    std::sort(expected.begin(), expected.end(), comes_before);
    StopToken stop;
    radix_sort(
        std::span(items), std::span(scratch), [](const Numbered& item) { return item.key; }, stop);
    ASSERT_TRUE(std::is_sorted(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.key < b.key; }));
    std::sort(items.begin(), items.end(), comes_before);
    ASSERT_TRUE(std::equal(items.begin(), items.end(), expected.begin(), expected.end(),
                           [](const auto& a, const auto& b) { return a.key == b.key && a.number == b.number; }))
        << round;
  }
}

int questions = 0;
bool stop_at_the_third() noexcept { return ++questions == 3; }

TEST(RadixSort, StopsWhenAskedTo) {
  Random random(3);
  std::vector<std::uint64_t> keys(100'000);
  for (std::uint64_t& key : keys) {
    key = random.bits();
  }
  questions = 0;
  StopToken stop(stop_at_the_third);
  EXPECT_THROW(radix_sort(
                   std::span<std::uint64_t>(keys), [](std::uint64_t key) { return key; }, stop),
               Cancelled);
  questions = 0;
  std::vector<std::uint64_t> scratch(keys.size());
  EXPECT_THROW(radix_sort(
                   std::span(keys), std::span(scratch), [](std::uint64_t key) { return key; }, stop),
               Cancelled);
}

TEST(WordBytes, ComeBackAndShowEveryChange) {
  Random random(4);
  std::vector<std::uint64_t> words(20);
  for (std::uint64_t& word : words) {
    word = random.bits();
  }
  std::vector<std::byte> bytes((words.size() + 1) * kWordBytes);
  WordWriter writer(bytes);
  for (const std::uint64_t word : words) {
    writer.put(word);
  }
  writer.put_check();
  const auto is_good = [&] {
    WordReader reader(bytes);
    bool same = true;
    for (const std::uint64_t word : words) {
      same = reader.word() == word && same;
    }
    return std::pair(same, reader.is_good_end());
  };
  EXPECT_EQ(is_good(), std::pair(true, true));
  EXPECT_EQ(std::to_integer<unsigned>(bytes[0]), words[0] >> 56);
  for (std::byte& byte : bytes) {
    for (int bit = 0; bit < 8; ++bit) {
      byte ^= std::byte{1} << bit;
      EXPECT_FALSE(is_good().second);
      byte ^= std::byte{1} << bit;
    }
  }
  std::swap_ranges(bytes.begin(), bytes.begin() + kWordBytes, bytes.begin() + kWordBytes);
  EXPECT_FALSE(is_good().second);
}

}  // namespace
}  // namespace leadscore::learn
