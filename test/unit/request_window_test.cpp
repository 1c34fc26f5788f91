// Requests of one person, parted by time: the ends of the window, both modes, against a search by hand.
#include "core/dedup/request_window.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <vector>

#include "counting_resource.hpp"
#include "error_code_of.hpp"
#include "random.hpp"

namespace leadscore::dedup {
namespace {

using test::error_code_of;
using test::Random;
using Numbers = std::vector<std::uint32_t>;
using Times = std::vector<std::int64_t>;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();
constexpr WindowMode kModes[] = {WindowMode::anchored, WindowMode::sliding};

Numbers split(Numbers cluster_of, const Times& at, std::int64_t within, WindowMode mode) {
  const test::NoDefaultResource no_default;
  test::CountingResource memory;
  split_by_window(cluster_of, at, within, mode, &memory);
  EXPECT_EQ(memory.live(), 0U);
  return cluster_of;
}

// Of one cluster, at these times.
Numbers split_one(const Times& at, std::int64_t within, WindowMode mode) {
  return split(Numbers(at.size(), 0), at, within, mode);
}

TEST(RequestWindow, TheSameClientTodayAndYesterdayIsOneRequest) {
  for (const WindowMode mode : kModes) {
    EXPECT_EQ(split_one({0, kDay}, 30 * kDay, mode), Numbers({0, 0}));
    EXPECT_EQ(split_one({0, 30 * kDay}, 30 * kDay, mode), Numbers({0, 0}));
    EXPECT_EQ(split_one({0, 30 * kDay + 1}, 30 * kDay, mode), Numbers({0, 1}));
    EXPECT_EQ(split_one({0, 30 * kDay + kSecond}, 30 * kDay, mode), Numbers({0, 1}));
    EXPECT_EQ(split_one({0, 31 * kDay}, 30 * kDay, mode), Numbers({0, 1}));
  }
}

TEST(RequestWindow, IsCountedFromTheFirstOrFromThePreviousRequest) {
  const Times at = {0, 20 * kDay, 40 * kDay};
  EXPECT_EQ(split_one(at, 30 * kDay, WindowMode::anchored), Numbers({0, 0, 2}));
  EXPECT_EQ(split_one(at, 30 * kDay, WindowMode::sliding), Numbers({0, 0, 0}));
  // A new group has a window of its own.
  const Times longer = {0, 20 * kDay, 40 * kDay, 60 * kDay, 70 * kDay, 71 * kDay, 150 * kDay};
  EXPECT_EQ(split_one(longer, 30 * kDay, WindowMode::anchored), Numbers({0, 0, 2, 2, 2, 5, 6}));
  EXPECT_EQ(split_one(longer, 30 * kDay, WindowMode::sliding), Numbers({0, 0, 0, 0, 0, 0, 6}));
}

TEST(RequestWindow, OfNothingLeavesOnlyEqualTimesTogether) {
  for (const WindowMode mode : kModes) {
    EXPECT_EQ(split_one({}, 0, mode), Numbers());
    EXPECT_EQ(split_one({5}, 0, mode), Numbers({0}));
    EXPECT_EQ(split_one({5, 5, 6, 6}, 0, mode), Numbers({0, 0, 2, 2}));
    EXPECT_EQ(split({0, 1, 0, 1}, {5, 5, 5, 6}, 0, mode), Numbers({0, 1, 0, 3}));
  }
}

TEST(RequestWindow, InfiniteTimesAreWithinReachOfTheirEqualsOnly) {
  for (const WindowMode mode : kModes) {
    EXPECT_EQ(split_one({kLeast, kLeast, 0, kGreatest, kGreatest}, kGreatest, mode), Numbers({0, 0, 2, 3, 3}));
    EXPECT_EQ(split_one({kLeast, kLeast + 1}, kGreatest, mode), Numbers({0, 1}));
    EXPECT_EQ(split_one({kGreatest - 1, kGreatest}, kGreatest, mode), Numbers({0, 1}));
    EXPECT_EQ(split_one({kLeast, kGreatest}, kGreatest, mode), Numbers({0, 1}));
    // Times that are further apart than 64 bits tell.
    EXPECT_EQ(split_one({kLeast + 1, kGreatest - 1}, kGreatest, mode), Numbers({0, 1}));
    EXPECT_EQ(split_one({-1, kGreatest - 1}, kGreatest, mode), Numbers({0, 0}));
    EXPECT_EQ(split_one({-2, kGreatest - 1}, kGreatest, mode), Numbers({0, 1}));
  }
}

TEST(RequestWindow, SaysWhatItCannotUse) {
  const auto code = [](Numbers cluster_of, const Times& at, std::int64_t within) {
    return error_code_of(
        [&] { split_by_window(cluster_of, at, within, WindowMode::sliding, std::pmr::new_delete_resource()); });
  };
  EXPECT_EQ(code({0}, {0}, -1), ErrorCode::invalid_argument);
  EXPECT_EQ(code({}, {}, kLeast), ErrorCode::invalid_argument);
  EXPECT_EQ(code({0, 1}, {0}, 1), ErrorCode::invalid_argument);
  EXPECT_EQ(code({0, 0}, {1, 0}, 1), ErrorCode::invalid_argument);
  EXPECT_EQ(code({1, 1}, {0, 0}, 1), ErrorCode::invalid_argument);
  EXPECT_EQ(code({0, 0, 1}, {0, 0, 0}, 1), ErrorCode::invalid_argument);
  EXPECT_EQ(code({0xFFFFFFFF}, {0}, 1), ErrorCode::invalid_argument);
  EXPECT_EQ(code({0, 0}, {0, 0}, 0), std::nullopt);
}

// The groups of one cluster, found lead by lead.
Numbers by_hand(const Numbers& cluster_of, const Times& at, std::int64_t within, WindowMode mode) {
  Numbers result(cluster_of.size());
  for (std::size_t cluster = 0; cluster < cluster_of.size(); ++cluster) {
    std::vector<std::vector<std::size_t>> groups;
    for (std::size_t lead = 0; lead < cluster_of.size(); ++lead) {
      if (cluster_of[lead] != cluster) {
        continue;
      }
      const bool joins =
          !groups.empty() &&
          at[lead] - at[mode == WindowMode::anchored ? groups.back().front() : groups.back().back()] <= within;
      if (!joins) {
        groups.emplace_back();
      }
      groups.back().push_back(lead);
      result[lead] = static_cast<std::uint32_t>(groups.back().front());
    }
  }
  return result;
}

TEST(RequestWindow, GroupsAreThoseFoundByHand) {
  Random random(11);
  for (int trial = 0; trial < 500; ++trial) {
    const std::size_t leads = random.below(30);
    Times at(leads);
    for (std::int64_t& time : at) {
      time = random.below(60);
    }
    std::sort(at.begin(), at.end());
    Numbers cluster_of(leads);
    Numbers firsts(1 + random.below(5), 0xFFFFFFFF);
    for (std::uint32_t lead = 0; lead < leads; ++lead) {
      std::uint32_t& first = random.one_of(firsts);
      first = std::min(first, lead);
      cluster_of[lead] = first;
    }
    for (const WindowMode mode : kModes) {
      const std::int64_t within = random.below(25);
      EXPECT_EQ(split(cluster_of, at, within, mode), by_hand(cluster_of, at, within, mode));
    }
  }
}

TEST(RequestWindow, LeavesNothingWhenMemoryIsShort) {
  const auto build = [](std::pmr::memory_resource* memory) {
    Numbers cluster_of(5, 0);
    split_by_window(cluster_of, Times(5, 0), 0, WindowMode::anchored, memory);
    return cluster_of;
  };
  EXPECT_EQ(test::fail_every_allocation(build), 1U);
}

}  // namespace
}  // namespace leadscore::dedup
