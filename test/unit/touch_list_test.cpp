// Touches while they come in, and the path that they make.
#include "core/funnel/touch_list.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/funnel/attributable.hpp"
#include "core/state_bytes.hpp"
#include "counting_resource.hpp"
#include "error_code_of.hpp"
#include "random.hpp"

namespace leadscore::funnel {
namespace {

using test::Random;
using Bytes = std::vector<std::byte>;
using Path = std::vector<std::pair<Instant, std::string>>;

std::pmr::memory_resource* memory() { return std::pmr::new_delete_resource(); }

Path path_of(std::span<const Touch> touches) {
  Path path;
  for (const Touch& touch : touches) {
    path.emplace_back(touch.at, touch.channel);
  }
  return path;
}

Path path_of(const TouchList& list) {
  StopToken stop;
  std::vector<Touch> touches(list.size());
  list.write_in_order(touches, stop);
  return path_of(touches);
}

Bytes bytes_of(const TouchList& list) {
  StopToken stop;
  Bytes bytes(list.byte_size());
  list.write(bytes, stop);
  return bytes;
}

bool is_read(const Bytes& bytes) {
  TouchList list(memory());
  StopToken stop;
  return list.read(bytes, stop);
}

TEST(TouchList, SortsByTimeThenBytes) {
  TouchList list(memory());
  EXPECT_EQ(path_of(list), Path());
  for (const auto& [at, channel] : Path{{5, "b"}, {5, "B"}, {-3, "z"}, {5, "\xC3\xA9"}, {5, ""}, {5, "b"}, {7, "a"}}) {
    list.add({at, channel});
  }
  EXPECT_EQ(path_of(list), (Path{{-3, "z"}, {5, ""}, {5, "B"}, {5, "b"}, {5, "b"}, {5, "\xC3\xA9"}, {7, "a"}}));
}

TEST(TouchList, IsTheSameInAnyOrderAndSplit) {
  Random random(1);
  for (int trial = 0; trial < 200; ++trial) {
    Path path(random.below(60));
    for (auto& [at, channel] : path) {
      at = static_cast<Instant>(random.below(20)) - 10;
      channel = std::string(random.below(20), static_cast<char>('a' + random.below(3)));
    }
    std::deque<TouchList> parts;
    for (int part = 0; part < 3; ++part) {
      parts.emplace_back(memory());
    }
    for (const auto& [at, channel] : path) {
      random.one_of(parts).add({at, channel});
    }
    TouchList whole(memory());
    StopToken stop;
    for (const TouchList& part : parts) {
      TouchList copy(memory());
      ASSERT_TRUE(copy.read(bytes_of(part), stop));
      EXPECT_EQ(bytes_of(copy), bytes_of(part));
      whole.merge(copy);
    }
    std::sort(path.begin(), path.end());
    EXPECT_EQ(path_of(whole), path);
  }
}

TEST(TouchList, OtherBytesAreNotRead) {
  TouchList list(memory());
  list.add({5, "ab"});
  list.add({-1, ""});
  const Bytes good = bytes_of(list);
  EXPECT_TRUE(is_read(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bytes = good;
    bytes[i] ^= std::byte{4};
    EXPECT_FALSE(is_read(bytes)) << i;
    EXPECT_FALSE(is_read(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i)))) << i;
  }
  // With a right check sum: as many touches as are said, and no more bytes.
  const auto is_read_with = [](std::uint64_t count, std::uint64_t name_size, std::size_t extra) {
    Bytes bytes(100);
    StateWriter writer(bytes);
    writer.put(0x4C535431, 4);
    writer.put(count, 4);
    writer.put(1);
    writer.put(name_size, 4);
    writer.put(std::string(1 + extra, 'x'));
    writer.put_check_sum();
    bytes.resize(4 + 4 + 8 + 4 + 1 + extra + kCheckSumBytes);
    return is_read(bytes);
  };
  EXPECT_TRUE(is_read_with(1, 1, 0));
  EXPECT_FALSE(is_read_with(2, 1, 0));
  EXPECT_FALSE(is_read_with(0xFFFFFFFF, 1, 0));
  EXPECT_FALSE(is_read_with(0, 1, 0));
  EXPECT_FALSE(is_read_with(1, 2, 0));
  EXPECT_FALSE(is_read_with(1, 0xFFFFFFFF, 0));
  EXPECT_FALSE(is_read_with(1, 1, 1));
}

TEST(TouchList, HasLimitsAndTakesNoOtherMemory) {
  TouchList list(memory());
  const std::string half(TouchList::kMostNameBytes / 2, 'x');
  list.add({1, half});
  list.add({2, half});
  list.add({3, ""});
  EXPECT_EQ(test::error_code_of([&] { list.add({4, "x"}); }), ErrorCode::limit_exceeded);
  TouchList many(memory());
  for (std::size_t i = 0; i < TouchList::kMostTouches; ++i) {
    many.add({static_cast<Instant>(i), ""});
  }
  EXPECT_EQ(test::error_code_of([&] { many.add({4, ""}); }), ErrorCode::limit_exceeded);
  EXPECT_EQ(test::error_code_of([&] { list.merge(many); }), ErrorCode::limit_exceeded);
  EXPECT_EQ(list.size(), 3U);
  StopToken stopped([]() noexcept { return true; });
  std::vector<Touch> touches(many.size());
  EXPECT_THROW(many.write_in_order(touches, stopped), Cancelled);
  EXPECT_GT(test::fail_every_allocation([&](std::pmr::memory_resource* counted) {
              TouchList touched(counted);
              touched.add({1, "a"});
              TouchList other(counted);
              other.merge(touched);
              return std::to_string(other.size());
            }),
            2U);
}

// By the end of the path and the look-back.
Path attributable(const Path& path, std::optional<Instant> converted_at, std::optional<std::int64_t> look_back,
                  std::vector<std::string_view> excluded = {}, bool collapse_repeats = false) {
  StopToken stop;
  std::vector<Touch> touches;
  for (const auto& [at, channel] : path) {
    touches.push_back({at, channel});
  }
  touches.resize(keep_attributable(touches, {converted_at, look_back, excluded, collapse_repeats}, stop));
  return path_of(touches);
}

TEST(Attributable, LeavesOutWhatCannotHaveEarnedIt) {
  const auto none = std::nullopt;
  const Path path = {{30, "c"}, {10, "a"}, {20, "b"}, {20, "a"}, {40, "d"}};
  EXPECT_EQ(attributable(path, none, none), (Path{{10, "a"}, {20, "a"}, {20, "b"}, {30, "c"}, {40, "d"}}));
  EXPECT_EQ(attributable(path, 30, none), (Path{{10, "a"}, {20, "a"}, {20, "b"}, {30, "c"}}));
  EXPECT_EQ(attributable(path, 29, none), (Path{{10, "a"}, {20, "a"}, {20, "b"}}));
  EXPECT_EQ(attributable(path, 9, none), Path());
  EXPECT_EQ(attributable(path, 30, 10), (Path{{20, "a"}, {20, "b"}, {30, "c"}}));
  EXPECT_EQ(attributable(path, 30, 9), (Path{{30, "c"}}));
  EXPECT_EQ(attributable(path, 30, 0), (Path{{30, "c"}}));
  EXPECT_EQ(attributable(path, 31, 0), Path());
  EXPECT_EQ(attributable(path, none, 20), (Path{{20, "a"}, {20, "b"}, {30, "c"}, {40, "d"}}));
  EXPECT_EQ(attributable(path, none, 20, {"d", "x", "b", "d"}), (Path{{20, "a"}, {30, "c"}}));
  EXPECT_EQ(attributable(path, none, none, {}, true), (Path{{10, "a"}, {20, "b"}, {30, "c"}, {40, "d"}}));
  // What was between them may have gone, and what was the first of a run may lie too far back.
  const Path repeats = {{1, "a"}, {2, "x"}, {3, "a"}, {4, "b"}, {5, "b"}};
  EXPECT_EQ(attributable(repeats, none, none, {"x"}, true), (Path{{1, "a"}, {4, "b"}}));
  EXPECT_EQ(attributable(repeats, none, 0, {}, true), (Path{{5, "b"}}));
  // No time is too far away.
  const Instant lowest = std::numeric_limits<Instant>::min() + 1;
  const Instant greatest = std::numeric_limits<Instant>::max();
  EXPECT_EQ(attributable({{lowest, "a"}}, lowest, greatest), (Path{{lowest, "a"}}));
  EXPECT_EQ(attributable({{lowest, "a"}, {0, "b"}}, greatest, greatest), (Path{{0, "b"}}));
}

}  // namespace
}  // namespace leadscore::funnel
