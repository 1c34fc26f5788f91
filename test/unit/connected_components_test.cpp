// What hangs together: against a search by hand, in any order.
#include "core/dedup/connected_components.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <utility>
#include <vector>

#include "counting_resource.hpp"
#include "random.hpp"

namespace leadscore::dedup {
namespace {

using test::Random;
using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
using Numbers = std::vector<std::uint32_t>;

Numbers components(std::size_t count, const Pairs& pairs) {
  const test::NoDefaultResource no_default;
  test::CountingResource memory;
  ConnectedComponents found(&memory, count);
  for (const auto& [a, b] : pairs) {
    found.join(a, b);
  }
  const std::pmr::vector<std::uint32_t> smallest = std::move(found).take();
  return {smallest.begin(), smallest.end()};
}

// Lowers numbers along the pairs until nothing changes.
Numbers by_hand(std::size_t count, const Pairs& pairs) {
  Numbers smallest;
  for (std::uint32_t i = 0; i < count; ++i) {
    smallest.push_back(i);
  }
  for (bool changes = true; changes;) {
    changes = false;
    for (const auto& [a, b] : pairs) {
      const std::uint32_t least = std::min(smallest[a], smallest[b]);
      changes = changes || smallest[a] != least || smallest[b] != least;
      smallest[a] = smallest[b] = least;
    }
  }
  return smallest;
}

TEST(ConnectedComponents, OfNothingAndOfOne) {
  EXPECT_EQ(components(0, {}), Numbers());
  EXPECT_EQ(components(1, {}), Numbers({0}));
  EXPECT_EQ(components(1, {{0, 0}}), Numbers({0}));
  EXPECT_EQ(components(3, {{2, 1}}), Numbers({0, 1, 1}));
}

TEST(ConnectedComponents, TellWhetherSomethingWasJoined) {
  ConnectedComponents found(std::pmr::new_delete_resource());
  for (int i = 0; i < 4; ++i) {
    found.add();
  }
  EXPECT_EQ(found.size(), 4U);
  EXPECT_TRUE(found.join(3, 2));
  EXPECT_FALSE(found.join(2, 3));
  EXPECT_FALSE(found.join(0, 0));
  EXPECT_TRUE(found.join(1, 3));
  EXPECT_EQ(found.smallest(3), 1U);
  EXPECT_EQ(found.smallest(0), 0U);
}

TEST(ConnectedComponents, AreThoseFoundByHandInAnyOrder) {
  Random random(7);
  for (int trial = 0; trial < 500; ++trial) {
    const std::uint32_t count = 1 + random.below(40);
    Pairs pairs(random.below(50));
    for (auto& [a, b] : pairs) {
      a = random.below(count);
      b = random.below(count);
    }
    const Numbers expected = by_hand(count, pairs);
    EXPECT_EQ(components(count, pairs), expected);
    random.shuffle(pairs);
    for (auto& [a, b] : pairs) {
      std::swap(a, b);
    }
    EXPECT_EQ(components(count, pairs), expected);
  }
}

TEST(ConnectedComponents, LongChainsTakeNoLongWays) {
  constexpr std::uint32_t kCount = 1'000'000;
  for (const bool is_upwards : {true, false}) {
    Pairs chain;
    for (std::uint32_t i = 1; i < kCount; ++i) {
      const std::uint32_t at = is_upwards ? i : kCount - i;
      chain.emplace_back(at - 1, at);
    }
    EXPECT_EQ(components(kCount, chain), Numbers(kCount, 0));
  }
}

}  // namespace
}  // namespace leadscore::dedup
