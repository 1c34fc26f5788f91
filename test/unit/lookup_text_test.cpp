// Look-ups of texts, and what look-ups of both kinds do with memory and with a host that wants them to end.
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <memory_resource>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/model/lookup.hpp"
#include "core/stop_token.hpp"
#include "counting_resource.hpp"
#include "lookup_reference.hpp"
#include "random.hpp"
#include "written_condition.hpp"

namespace leadscore::model {
namespace {

using test::ColumnChoice;
using test::compare;
using test::CountingResource;
using test::Criteria;
using test::NoDefaultResource;
using test::Random;

PointCount points_of(const Lookup& lookup, std::string_view text) { return lookup.points_of(Value::of(text)); }

// Compares all ways to ask for a text with brute force.
void expect_brute_force(const Criteria& criteria, const Lookup& lookup, const std::set<std::string>& texts) {
  ASSERT_EQ(lookup.points_of(Value{}), criteria.brute_force(Value{}));
  ASSERT_EQ(test::points_by_table(lookup, Value{}), lookup.points_of(Value{}));
  const Lookup with_lists = criteria.build_with_lists();
  ASSERT_NO_FATAL_FAILURE(test::expect_weightiest(criteria, lookup, with_lists, Value{}));
  for (const std::string& text : texts) {
    const Value value = Value::of(text);
    ASSERT_EQ(lookup.points_of(value), criteria.brute_force(value)) << testing::PrintToString(text);
    ASSERT_EQ(test::points_by_table(lookup, value), lookup.points_of(value)) << testing::PrintToString(text);
    ASSERT_NO_FATAL_FAILURE(test::expect_weightiest(criteria, lookup, with_lists, value));
  }
}

void expect_brute_force(const Criteria& criteria, const std::set<std::string>& texts) {
  expect_brute_force(criteria, criteria.build(), texts);
}

// The text, and those that one might take for it.
void add_with_neighbours(std::set<std::string>& texts, const std::string& text) {
  texts.insert({"", text, text + text, text + '\0', text + ' ', '\0' + text});
  texts.insert(text.substr(0, text.size() / 2));
  for (std::size_t i = 0; i < text.size(); ++i) {
    texts.insert(text.substr(0, i));
    texts.insert(text.substr(i));
    for (const int bit : {0, 5, 7}) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ 1 << bit);
      texts.insert(changed);
    }
  }
}

TEST(TextLookup, OfOneComparisonHoldsAsItDoes) {
  for (const std::string_view constant : {"", "a", "Жук", "a constant that is too long for any small string"}) {
    std::set<std::string> texts{std::string(100, 'x')};
    add_with_neighbours(texts, std::string(constant));
    Criteria criteria;
    criteria.add(compare(0, Comparison::equal, constant), 1);
    criteria.add(compare(0, Comparison::not_equal, constant), 10);
    criteria.add(test::is_not(Truth::no, compare(0, Comparison::equal, constant)), 100);
    EXPECT_EQ(criteria.build().kind(), ValueKind::text);
    EXPECT_EQ(criteria.build().longest_text(), constant.size());
    EXPECT_FALSE(criteria.build().reads_presence_only());
    expect_brute_force(criteria, texts);
  }
}

TEST(TextLookup, TakesTheFirstCriterionOfAnAttribute) {
  Criteria criteria;
  const auto one_of = [](std::vector<Value> constants) { return test::in(0, ValueKind::text, std::move(constants)); };
  criteria.add(one_of({Value::of("gold"), Value::of("silver")}), 1, 0);
  criteria.add(test::negation(one_of({Value::of("bronze"), Value::of("silver")})), 2, 0);
  criteria.add(test::always(), 4, 0);
  criteria.add(one_of({Value::of("tin"), Value{}}), 8);
  criteria.add(test::negation(one_of({Value::of("tin"), Value{}})), 16);
  const Lookup lookup = criteria.build();
  EXPECT_EQ(points_of(lookup, "gold"), 1);
  EXPECT_EQ(points_of(lookup, "silver"), 1);
  EXPECT_EQ(points_of(lookup, "bronze"), 4);
  EXPECT_EQ(points_of(lookup, "tin"), 2 + 8);
  EXPECT_EQ(points_of(lookup, "lead"), 2);
  EXPECT_EQ(lookup.table().points[PointTable::kFirst], 2);
  EXPECT_EQ(lookup.points_of(Value{}), 4);
  expect_brute_force(criteria, {"", "gold", "silver", "bronze", "tin", "tins"});
}

TEST(TextLookup, ThatComparesWithNullAloneKnowsNoText) {
  Criteria criteria;
  criteria.add(test::negation(test::in(0, ValueKind::text, {Value{}, Value{}})), 1);
  criteria.add(test::is(Truth::unknown, test::in(0, ValueKind::text, {Value{}})), 2);
  criteria.add(test::negation(test::in(0, ValueKind::text, {})), 4);
  EXPECT_EQ(points_of(criteria.build(), "anything"), 2 + 4);
  expect_brute_force(criteria, {"", "a", "abcdefghijk"});
}

TEST(TextLookup, ThatLooksAtPresenceAloneNeedsNoValue) {
  Criteria criteria;
  criteria.add(test::is_null(0), 1);
  criteria.add(test::negation(test::is_null(0)), 2);
  EXPECT_TRUE(criteria.build().reads_presence_only());
  expect_brute_force(criteria, {"", "a", "abcdefghijk"});
}

// Every length that is read in another way, and every byte of it counts.
TEST(TextLookup, TellsTextsOfAnyLengthApartByEachByte) {
  std::deque<std::string> constants;
  Criteria criteria;
  std::set<std::string> texts;
  for (std::size_t size = 0; size <= 40; ++size) {
    for (const char first : {'a', '\0', '\xFF'}) {
      std::string text(size, first);
      for (std::size_t i = 1; i < size; i += 3) {
        text[i] = static_cast<char>('A' + i);
      }
      constants.push_back(text);
      criteria.add(compare(0, Comparison::equal, constants.back()),
                   static_cast<PointCount>(constants.size() * 1'000'003));
      add_with_neighbours(texts, text);
    }
  }
  EXPECT_EQ(criteria.build().longest_text(), 40U);
  expect_brute_force(criteria, texts);
}

TEST(TextLookup, TellsTextsApartThatDifferOnlyInTheirMiddle) {
  std::deque<std::string> constants;
  Criteria criteria;
  std::set<std::string> texts;
  for (const std::size_t middle : {1, 2, 7, 8, 9, 15, 16, 17}) {
    for (char c = 'a'; c <= 'z'; ++c) {
      std::string text = "the same" + std::string(middle, '-') + "the same";
      text[8 + middle / 2] = c;
      texts.insert(text);
      if (c % 2 == 0) {
        constants.push_back(text);
        criteria.add(compare(0, Comparison::equal, constants.back()), static_cast<PointCount>(constants.size()));
      }
    }
  }
  expect_brute_force(criteria, texts);
}

// Each of them is a constant or next to one, so no two may be taken for each other.
TEST(TextLookup, TellsShortTextsApart) {
  std::set<std::string> texts;
  for (int byte = 0; byte < 256; ++byte) {
    for (const int other : {0, 1, 127, 128, 254, 255}) {
      for (std::size_t size = 1; size <= 8; ++size) {
        std::string text(size, static_cast<char>(other));
        text.front() = static_cast<char>(byte);
        texts.insert(text);
        std::swap(text.front(), text.back());
        texts.insert(text);
        std::swap(text.back(), text[size / 2]);
        texts.insert(text);
      }
    }
  }
  // Each text has its number for its points, bit by bit; those of other texts are 0.
  std::array<std::vector<Value>, 16> texts_with_bit;
  std::size_t number = 0;
  for (const std::string& text : texts) {
    number += text.back() % 2 == 0 ? 1 : 0;
    for (std::size_t bit = 0; text.back() % 2 == 0 && bit < texts_with_bit.size(); ++bit) {
      if ((number >> bit & 1) == 1) {
        texts_with_bit[bit].push_back(Value::of(text));
      }
    }
  }
  ASSERT_LT(number, std::size_t{1} << texts_with_bit.size());
  Criteria criteria;
  for (std::size_t bit = 0; bit < texts_with_bit.size(); ++bit) {
    criteria.add(test::in(0, ValueKind::text, texts_with_bit[bit]), PointCount{1} << bit);
  }
  expect_brute_force(criteria, texts);
}

// The mixing of the hash as it is, to make texts that it cannot tell apart. If the hash changes, these are texts like
// any other.
std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15;
  return hash ^ hash >> 32;
}

std::string text_of(const std::vector<std::uint64_t>& words) {
  std::string text(8 * words.size(), '\0');
  std::memcpy(text.data(), words.data(), text.size());
  return text;
}

TEST(TextLookup, TellsTextsOfTheSameHashApart) {
  std::deque<std::string> constants;
  Criteria criteria;
  std::set<std::string> texts;
  for (std::uint64_t i = 0; i < 2'000; ++i) {
    const std::string text = text_of({i, mix(16, i) ^ 0x0123456789ABCDEF});
    texts.insert(text);
    if (i % 2 == 0) {
      constants.push_back(text);
      criteria.add(compare(0, Comparison::equal, constants.back()), static_cast<PointCount>(i + 1));
    }
  }
  expect_brute_force(criteria, criteria.build(), texts);
}

TEST(TextLookup, FindsEachOfManyConstants) {
  Random random(401);
  std::deque<std::string> constants;
  std::set<std::string> texts;
  for (int i = 0; i < 10'000; ++i) {
    std::string text = "customer " + std::to_string(i);
    text += std::string(random.below(30), static_cast<char>(random.below(256)));
    constants.push_back(text);
    texts.insert(text);
    texts.insert(text + "x");
  }
  Criteria criteria;
  for (std::size_t i = 0; i < 8; ++i) {
    std::vector<Value> list;
    for (std::size_t k = i; k < constants.size(); k += 1 + i) {  // they overlap
      list.push_back(Value::of(constants[k]));
    }
    criteria.add(test::in(0, ValueKind::text, list), PointCount{1} << i);
  }
  criteria.add(test::negation(test::in(0, ValueKind::text, {Value::of(constants[77])})), 1'000'000);
  expect_brute_force(criteria, texts);
}

TEST(TextLookup, AgreesWithBruteForceOnRandomCriteria) {
  Random random(402);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<std::string> texts(1 + random.below(8));
    std::set<std::string> asked{"", std::string(60, 'x')};
    for (std::string& text : texts) {
      text.resize(random.chance(0.2) ? random.below(41) : random.below(5));
      for (char& c : text) {
        c = static_cast<char>(random.chance(0.1) ? random.below(256) : 'a' + random.below(2));
      }
      asked.insert({text, text + "a", text.substr(0, text.size() / 2)});
    }
    std::vector<Value> constants;
    for (const std::string& text : texts) {
      constants.push_back(Value::of(text));
    }
    const std::uint32_t column = random.below(3);
    const std::array choices{ColumnChoice{.column = column, .kind = ValueKind::text, .constants = constants}};
    Criteria criteria(column);
    criteria.add_random(random, choices);
    criteria.rank_at_random(random);
    expect_brute_force(criteria, asked);
    if (testing::Test::HasFatalFailure()) {
      FAIL() << "round " << round;
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Memory and cancelling, of both kinds.

Criteria examples(ValueKind kind) {
  Criteria criteria(1);
  if (kind == ValueKind::integer) {
    criteria.add(compare(1, Comparison::less, 10), 1, 0);
    criteria.add(test::in(1, kind, {Value::of(std::int64_t{3}), Value::of(std::int64_t{30})}), 2);
  } else {
    criteria.add(compare(1, Comparison::equal, "a constant that is too long for any small string"), 1, 0);
    criteria.add(test::in(1, kind, {Value::of("tin"), Value::of("lead")}), 2);
  }
  criteria.add(test::always(), 4, 0);
  criteria.add(test::is_null(1), 8);
  return criteria;
}

class LookupOfBothKinds : public testing::TestWithParam<ValueKind> {};
INSTANTIATE_TEST_SUITE_P(Kinds, LookupOfBothKinds, testing::Values(ValueKind::integer, ValueKind::text),
                         [](const auto& tested) { return tested.param == ValueKind::integer ? "numbers" : "texts"; });

TEST_P(LookupOfBothKinds, UsesOnlyTheResourceItIsGiven) {
  const Criteria criteria = examples(GetParam());
  const NoDefaultResource no_default;
  CountingResource memory;
  {
    const Lookup lookup = criteria.build(&memory);
    const std::size_t built = memory.allocations();
    const Value value = GetParam() == ValueKind::text ? Value::of("tin") : Value::of(std::int64_t{3});
    EXPECT_EQ(lookup.points_of(value), criteria.brute_force(value));
    EXPECT_EQ(memory.allocations(), built) << "looking up allocates nothing";
    EXPECT_LE(memory.live(), 4U) << "what building needed is gone";
  }
  EXPECT_EQ(memory.live(), 0U);
}

TEST_P(LookupOfBothKinds, LeaksNothingWhicheverAllocationFails) {
  const Criteria criteria = examples(GetParam());
  EXPECT_GE(test::fail_every_allocation([&](std::pmr::memory_resource* memory) { return criteria.build(memory); }), 4U);
}

TEST_P(LookupOfBothKinds, KeepsNothingOfTheCriteria) {
  auto criteria = std::make_unique<Criteria>(examples(GetParam()));
  const Lookup lookup = criteria->build();
  criteria.reset();  // AddressSanitizer would see a later look at it
  if (GetParam() == ValueKind::integer) {
    EXPECT_EQ(lookup.points_of(Value::of(std::int64_t{3})), 1 + 2);
  } else {
    EXPECT_EQ(points_of(lookup, "a constant that is too long for any small string"), 1);
    EXPECT_EQ(points_of(lookup, "tin"), 2 + 4);
  }
}

TEST_P(LookupOfBothKinds, CanBeMoved) {
  static_assert(std::is_nothrow_move_constructible_v<Lookup>, "a vector of them moves them when it grows");
  const Criteria criteria = examples(GetParam());
  std::optional<Lookup> first(criteria.build());
  const Lookup second = std::move(*first);
  first.reset();
  for (const std::string_view text : {"", "tin", "a constant that is too long for any small string", "x"}) {
    const Value value = GetParam() == ValueKind::text ? Value::of(text) : Value::of(std::int64_t(text.size()));
    EXPECT_EQ(second.points_of(value), criteria.brute_force(value));
  }
}

int questions = 0;
int stop_at = 0;
bool stops() noexcept { return ++questions >= stop_at; }

// Enough work for a few questions.
Criteria much(ValueKind kind, const std::deque<std::string>& texts) {
  Criteria criteria;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (kind == ValueKind::integer) {
      criteria.add(compare(0, Comparison::less, static_cast<std::int64_t>(i)), 1, 0);
    } else {
      criteria.add(compare(0, Comparison::equal, texts[i]), 1, 0);
    }
  }
  return criteria;
}

TEST_P(LookupOfBothKinds, EndsWhenItsHostWantsIt) {
  std::deque<std::string> texts;
  for (int i = 0; i < 300; ++i) {
    texts.push_back(std::to_string(i));
  }
  const Criteria criteria = much(GetParam(), texts);
  const NoDefaultResource no_default;
  questions = 0;
  stop_at = 1'000'000'000;
  (void)criteria.build(std::pmr::new_delete_resource(), StopToken(stops));
  const int asked = questions;
  // Each of 300 texts is compared with 150 constants, on average.
  EXPECT_GE(asked, 300 * 150 / static_cast<int>(StopToken::kStride) - 1) << "asks as often as the work is long";
  for (stop_at = 1; stop_at <= asked; stop_at += 5) {
    questions = 0;
    CountingResource memory;
    EXPECT_THROW((void)criteria.build(&memory, StopToken(stops)), Cancelled);
    EXPECT_EQ(questions, stop_at);
    EXPECT_EQ(memory.live(), 0U);
  }
}

}  // namespace
}  // namespace leadscore::model
