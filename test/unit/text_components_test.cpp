// What hangs together, of texts: in any order and split, as bytes, and nothing that is not such.
#include "core/dedup/text_components.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory_resource>
#include <string>
#include <utility>
#include <vector>

#include "core/state_bytes.hpp"
#include "counting_resource.hpp"
#include "error_code_of.hpp"
#include "random.hpp"

namespace leadscore::dedup {
namespace {

using test::Random;
using Pairs = std::vector<std::pair<std::string, std::string>>;
using Rows = std::vector<std::pair<std::string, std::string>>;  // component, member
using Bytes = std::vector<std::byte>;

std::pmr::memory_resource* memory() { return std::pmr::new_delete_resource(); }

Rows rows_of(TextComponents& state) {
  StopToken stop;
  std::vector<TextComponents::Membership> in_order(state.size());
  state.write_in_order(in_order, memory(), stop);
  Rows rows;
  for (const TextComponents::Membership& each : in_order) {
    rows.emplace_back(state.text(each.component), state.text(each.member));
  }
  return rows;
}

Rows rows_of(const Pairs& pairs) {
  TextComponents state(memory());
  for (const auto& [a, b] : pairs) {
    state.join(a, b);
  }
  return rows_of(state);
}

Bytes bytes_of(TextComponents& state) {
  StopToken stop;
  Bytes bytes(state.byte_size());
  state.write(bytes, stop);
  return bytes;
}

bool is_read(const Bytes& bytes) {
  TextComponents state(memory());
  StopToken stop;
  return state.read(bytes, stop);
}

TEST(TextComponents, AreNamedAndOrderedByBytes) {
  EXPECT_EQ(rows_of(Pairs()), Rows());
  EXPECT_EQ(rows_of({{"b", "c"}, {"e", "d"}, {"c", "a"}, {"", ""}, {"x", "x"}}),
            Rows({{"", ""}, {"a", "a"}, {"a", "b"}, {"a", "c"}, {"d", "d"}, {"d", "e"}, {"x", "x"}}));
  // Not by letters: upper case, a longer text, bytes beyond ASCII.
  EXPECT_EQ(rows_of({{"a", "B"}, {"ab", "ab"}, {"\xC3\xA9", "z"}}),
            Rows({{"B", "B"}, {"B", "a"}, {"ab", "ab"}, {"z", "z"}, {"z", "\xC3\xA9"}}));
  const std::string zero("a\0b", 3);
  EXPECT_EQ(rows_of({{zero, "a"}}), Rows({{"a", "a"}, {"a", zero}}));
}

TEST(TextComponents, AMemberMayBeAlone) {
  TextComponents state(memory());
  EXPECT_EQ(state.add("b"), 0U);
  state.join("c", "a");
  EXPECT_EQ(state.add("b"), 0U);
  EXPECT_EQ(rows_of(state), Rows({{"a", "a"}, {"a", "c"}, {"b", "b"}}));
}

// Lowers names along the pairs until nothing changes.
Rows by_hand(const Pairs& pairs) {
  std::map<std::string, std::string> names;
  for (const auto& [a, b] : pairs) {
    names[a] = a;
    names[b] = b;
  }
  for (bool changes = true; changes;) {
    changes = false;
    for (const auto& [a, b] : pairs) {
      const std::string least = std::min(names[a], names[b]);
      changes = changes || names[a] != least || names[b] != least;
      names[a] = names[b] = least;
    }
  }
  Rows rows;
  for (const auto& [member, name] : names) {
    rows.emplace_back(name, member);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

TEST(TextComponents, AreThoseFoundByHandInAnyOrderAndSplit) {
  Random random(23);
  for (int trial = 0; trial < 300; ++trial) {
    Pairs pairs(random.below(40));
    for (auto& [a, b] : pairs) {
      a = std::string(random.below(30), 'x') + std::to_string(random.below(9));
      b = random.chance(0.5) ? a + "y" : std::to_string(random.below(50));
    }
    const Rows expected = by_hand(pairs);
    EXPECT_EQ(rows_of(pairs), expected);
    random.shuffle(pairs);
    StopToken stop;
    std::deque<TextComponents> parts;
    for (int part = 0; part < 4; ++part) {
      parts.emplace_back(memory());
    }
    for (const auto& [a, b] : pairs) {
      random.one_of(parts).join(b, a);
    }
    TextComponents whole(memory());
    for (TextComponents& part : parts) {
      TextComponents copy(memory());
      ASSERT_TRUE(copy.read(bytes_of(part), stop));
      EXPECT_EQ(bytes_of(copy), bytes_of(part));
      EXPECT_EQ(rows_of(copy), rows_of(part));
      whole.merge(copy, memory(), stop);
      whole.merge(part, memory(), stop);  // once more says nothing new
    }
    EXPECT_EQ(rows_of(whole), expected);
  }
}

TEST(TextComponents, OtherBytesAreNotRead) {
  TextComponents state(memory());
  state.join("b", "a");
  state.join("c", "");
  state.join("a", "d");
  const Bytes good = bytes_of(state);
  EXPECT_TRUE(is_read(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bytes = good;
    bytes[i] ^= std::byte{4};
    EXPECT_FALSE(is_read(bytes)) << i;
    EXPECT_FALSE(is_read(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i)))) << i;
  }
  Bytes longer = good;
  longer.resize(good.size() + 4);
  EXPECT_FALSE(is_read(longer));

  // With a right check sum: the members are said to be so many; each has the number of its component, and a text.
  const auto is_read_with = [](std::uint64_t count, const std::vector<std::pair<std::uint32_t, std::string>>& members) {
    Bytes bytes(1'000);
    StateWriter writer(bytes);
    std::size_t size = 8;
    writer.put(0x4C534331, 4);
    writer.put(count, 4);
    for (const auto& [component, text] : members) {
      writer.put(component, 4);
      writer.put(text.size(), 4);
      writer.put(text);
      size += 8 + text.size();
    }
    writer.put_check_sum();
    bytes.resize(size + kCheckSumBytes);
    return is_read(bytes);
  };
  EXPECT_TRUE(is_read_with(0, {}));
  EXPECT_TRUE(is_read_with(3, {{0, "b"}, {1, ""}, {0, "a"}}));
  EXPECT_FALSE(is_read_with(1, {}));
  EXPECT_FALSE(is_read_with(0xFFFFFFFF, {{0, "b"}}));
  EXPECT_FALSE(is_read_with(1, {{0, "b"}, {1, "c"}}));
  EXPECT_FALSE(is_read_with(2, {{0, "b"}, {1, "b"}}));            // twice the same
  EXPECT_FALSE(is_read_with(2, {{1, "b"}, {1, "c"}}));            // one that comes later
  EXPECT_FALSE(is_read_with(3, {{0, "b"}, {0, "c"}, {1, "d"}}));  // no smallest number
  EXPECT_FALSE(is_read_with(1, {{0xFFFFFFFF, "b"}}));
}

TEST(TextComponents, HaveALimit) {
  TextComponents state(memory());
  const std::string long_text(TextComponents::kMostTextBytes, 'x');
  EXPECT_EQ(state.add(long_text), 0U);
  EXPECT_EQ(state.add(long_text), 0U);
  EXPECT_EQ(test::error_code_of([&] { state.add("y"); }), ErrorCode::limit_exceeded);
  TextComponents other(memory());
  EXPECT_EQ(test::error_code_of([&] { other.add(long_text + "x"); }), ErrorCode::limit_exceeded);
}

TEST(TextComponents, EndWhenTheyAreToldTo) {
  TextComponents state(memory());
  for (int i = 0; i < 3'000; ++i) {
    state.add(std::to_string(i));
  }
  const Bytes bytes = bytes_of(state);
  TextComponents other(memory());
  StopToken stop([]() noexcept { return true; });
  std::vector<TextComponents::Membership> rows(state.size());
  EXPECT_THROW(state.write_in_order(rows, memory(), stop), Cancelled);
  EXPECT_THROW(other.merge(state, memory(), stop), Cancelled);
  EXPECT_THROW(static_cast<void>(other.read(bytes, stop)), Cancelled);
}

TEST(TextComponents, LeaveNothingWhenMemoryIsShort) {
  const auto build = [](std::pmr::memory_resource* resource) {
    StopToken stop;
    TextComponents a(resource);
    TextComponents b(resource);
    for (int i = 0; i < 20; ++i) {
      a.join(std::string(20, 'a') + std::to_string(i), "a");
      b.join(std::string(20, 'b') + std::to_string(i), "b");
    }
    a.merge(b, resource, stop);
    std::vector<TextComponents::Membership> rows(a.size());
    a.write_in_order(rows, resource, stop);
    return rows;
  };
  EXPECT_GT(test::fail_every_allocation(build), 40U);
}

}  // namespace
}  // namespace leadscore::dedup
