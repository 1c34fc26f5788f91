// Clusters by average link: against a definition by hand, in any order, with what people know, and at size.
#include "core/dedup/clustering.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory_resource>
#include <optional>
#include <utility>
#include <vector>

#include "counting_resource.hpp"
#include "error_code_of.hpp"
#include "random.hpp"

namespace leadscore::dedup {
namespace {

using test::error_code_of;
using test::Random;
using Edges = std::vector<MatchEdge>;
using Links = std::vector<KnownLink>;
using Numbers = std::vector<std::uint32_t>;
using Pair = std::pair<std::uint32_t, std::uint32_t>;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// Weighs pairs as told, and all others alike.
class TableWeight final : public PairWeight {
 public:
  explicit TableWeight(double others, std::map<Pair, double> table = {}) : others_(others), table_(std::move(table)) {}

  double weight(std::uint32_t a, std::uint32_t b) override {
    ++calls_;
    EXPECT_LT(a, b);
    const auto found = table_.find({a, b});
    return found == table_.end() ? others_ : found->second;
  }
  [[nodiscard]] std::size_t calls() const { return calls_; }

 private:
  double others_;
  std::map<Pair, double> table_;
  std::size_t calls_ = 0;
};

TableWeight weights_of(double others, const Edges& edges) {
  std::map<Pair, double> table;
  for (const MatchEdge& edge : edges) {
    table[std::minmax(edge.a, edge.b)] = edge.weight;
  }
  return TableWeight(others, std::move(table));
}

Numbers cluster_with(std::size_t leads, Edges edges, const Links& known, PairWeight& pairs,
                     const ClusteringOptions& options = {}) {
  const test::NoDefaultResource no_default;
  test::CountingResource memory;
  StopToken stop;
  const std::pmr::vector<std::uint32_t> found = cluster(leads, edges, known, pairs, options, &memory, stop);
  EXPECT_EQ(memory.live(), found.empty() ? 0U : 1U);
  return {found.begin(), found.end()};
}

Numbers cluster_of(std::size_t leads, const Edges& edges, const Links& known = {}, double others = -12,
                   const ClusteringOptions& options = {}) {
  TableWeight pairs = weights_of(others, edges);
  return cluster_with(leads, edges, known, pairs, options);
}

TEST(Clustering, OfNothingAndOfOne) {
  EXPECT_EQ(cluster_of(0, {}), Numbers());
  EXPECT_EQ(cluster_of(1, {}), Numbers({0}));
  EXPECT_EQ(cluster_of(1, {{0, 0, 5}}), Numbers({0}));
  EXPECT_EQ(cluster_of(3, {}), Numbers({0, 1, 2}));
}

TEST(Clustering, APairIsOneClusterFromTheLeastMeanWeightOn) {
  EXPECT_EQ(cluster_of(2, {{0, 1, -4}}), Numbers({0, 0}));
  EXPECT_EQ(cluster_of(2, {{1, 0, -4}}), Numbers({0, 0}));
  EXPECT_EQ(cluster_of(2, {{0, 1, std::nextafter(-4.0F, -5.0F)}}), Numbers({0, 1}));
  const ClusteringOptions strict{.least_mean_weight = 0.1F};
  EXPECT_EQ(cluster_of(2, {{0, 1, 0.1F}}, {}, -12, strict), Numbers({0, 0}));
}

TEST(Clustering, AChainOfStrangersIsNotOnePerson) {
  // Each is like the next, and like no other: connected components would make one of them all.
  EXPECT_EQ(cluster_of(6, {{0, 1, 5}, {1, 2, 4}, {2, 3, 5}, {3, 4, 4}, {4, 5, 5}}), Numbers({0, 0, 2, 2, 4, 4}));
  // Where the others are only weakly unlike, they are.
  EXPECT_EQ(cluster_of(6, {{0, 1, 5}, {1, 2, 4}, {2, 3, 5}, {3, 4, 4}, {4, 5, 5}}, {}, -3), Numbers(6, 0));
  // (4 - 3 * 12) / 4 = -8 for one bridge between two pairs, and -4 for two.
  EXPECT_EQ(cluster_of(4, {{0, 1, 9}, {2, 3, 9}, {1, 2, 4}}), Numbers({0, 0, 2, 2}));
  EXPECT_EQ(cluster_of(4, {{0, 1, 9}, {2, 3, 9}, {1, 2, 4}, {0, 3, 4}}), Numbers(4, 0));
}

TEST(Clustering, NoPairCountsForMoreThanTheClamp) {
  // Without it the bridge would outweigh the others, or a single stranger the whole cluster.
  EXPECT_EQ(cluster_of(4, {{0, 1, 50}, {2, 3, 50}, {1, 2, 40}}), Numbers({0, 0, 2, 2}));
  EXPECT_EQ(cluster_of(4, {{0, 1, 50}, {2, 3, 50}, {1, 2, 40}}, {}, -12, {.clamp = 40}), Numbers(4, 0));
  EXPECT_EQ(cluster_of(3, {{0, 1, 50}, {1, 2, 5}, {0, 2, -1000}}), Numbers(3, 0));
  EXPECT_EQ(cluster_of(2, {{0, 1, -1000}}, {}, -12, {.least_mean_weight = -12}), Numbers(2, 0));
  EXPECT_EQ(cluster_of(2, {{0, 1, 1000}}, {}, -12, {.least_mean_weight = 12.5}), Numbers({0, 1}));
  EXPECT_EQ(cluster_of(2, {{0, 1, -1000}}, {}, -12, {.least_mean_weight = 0, .clamp = 0}), Numbers(2, 0));
}

TEST(Clustering, InfinityIsAWeightAndNaNTheLeast) {
  EXPECT_EQ(cluster_of(4, {{0, 1, kInfinity}, {2, 3, -kInfinity}}), Numbers({0, 0, 2, 3}));
  EXPECT_EQ(cluster_of(4, {{0, 1, kNaN}, {2, 3, kNaN}, {1, 2, 1}}, {}, std::nan("")), Numbers({0, 1, 1, 3}));
  EXPECT_EQ(cluster_of(2, {{0, 1, kNaN}}, {}, 0, {.least_mean_weight = -12}), Numbers(2, 0));
}

TEST(Clustering, TiesAreSettledByNumber) {
  // 1 goes with either neighbour; with the first of them it does.
  const Edges edges = {{0, 1, 3}, {1, 2, 3}};
  EXPECT_EQ(cluster_of(3, edges), Numbers({0, 0, 2}));
  EXPECT_EQ(cluster_of(3, {edges[1], edges[0]}), Numbers({0, 0, 2}));
  EXPECT_EQ(cluster_of(3, {{2, 1, 3}, {1, 0, 3}}), Numbers({0, 0, 2}));
  EXPECT_EQ(cluster_of(3, {{0, 1, -0.0F}, {1, 2, 0.0F}}), Numbers({0, 0, 2}));
}

TEST(Clustering, WhatPeopleKnowGoesFirst) {
  EXPECT_EQ(cluster_of(3, {}, {{2, 0, true}}), Numbers({0, 1, 0}));
  EXPECT_EQ(cluster_of(2, {{0, 1, 30}}, {{1, 0, false}}), Numbers({0, 1}));
  // By way of others: 0 and 1 are one, 1 and 2 are not.
  EXPECT_EQ(cluster_of(3, {{0, 2, 9}}, {{0, 1, true}, {1, 2, false}}, 12), Numbers({0, 0, 2}));
  // What is forbidden to a lead is forbidden to its cluster, on either side, however it came about.
  EXPECT_EQ(cluster_of(6, {{0, 1, 9}, {2, 3, 8}, {4, 5, 7}, {1, 2, 6}, {3, 4, 5}, {0, 5, 4}}, {{1, 3, false}}, 12),
            Numbers({0, 0, 2, 2, 2, 2}));
  EXPECT_EQ(cluster_of(4, {{0, 1, 9}, {2, 3, 8}, {0, 2, 7}}, {{0, 1, false}, {0, 3, false}, {2, 0, false}}, 12),
            Numbers({0, 1, 2, 2}));
}

TEST(Clustering, AContradictionNamesItsLeads) {
  const auto contradiction = [](const Links& known) -> std::optional<Pair> {
    try {
      cluster_of(9, {}, known);
    } catch (const ContradictoryLinks& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
      return Pair(error.a(), error.b());
    }
    return std::nullopt;
  };
  EXPECT_EQ(contradiction({{0, 1, true}, {1, 0, false}}), Pair(0, 1));
  EXPECT_EQ(contradiction({{5, 5, false}}), Pair(5, 5));
  EXPECT_EQ(contradiction({{5, 5, true}}), std::nullopt);
  EXPECT_EQ(contradiction({{8, 3, false}, {3, 4, true}, {7, 8, true}, {4, 7, true}}), Pair(3, 8));
  // The smallest of several, whatever their order.
  Links known = {{0, 1, true}, {1, 2, true}, {2, 3, true}, {3, 1, false}, {2, 0, false}, {8, 0, false}, {2, 3, false}};
  Random random(3);
  for (int trial = 0; trial < 20; ++trial) {
    random.shuffle(known);
    EXPECT_EQ(contradiction(known), Pair(0, 2));
  }
}

TEST(Clustering, SaysWhatItCannotUse) {
  const auto code = [](const Edges& edges, const Links& known, const ClusteringOptions& options = {}) {
    return error_code_of([&] { cluster_of(2, edges, known, -12, options); });
  };
  const double nan = std::nan("");
  EXPECT_EQ(code({{0, 2, 1}}, {}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({{0xFFFFFFFF, 0, 1}}, {}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({}, {{2, 0, true}}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({}, {{0, 2, false}}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({}, {}, {.clamp = -1}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({}, {}, {.clamp = kInfinity}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({}, {}, {.clamp = nan}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({}, {}, {.least_mean_weight = nan}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({}, {}, {.most_samples = 0}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({{0, 1, 1}}, {{0, 1, true}}), std::nullopt);
  StopToken stop;
  TableWeight pairs(0);
  EXPECT_EQ(
      error_code_of([&] { return cluster(0xFFFFFFFF, {}, {}, pairs, {}, std::pmr::null_memory_resource(), stop); }),
      ErrorCode::limit_exceeded);
}

// The definition, over sets of leads.
Numbers by_hand(std::uint32_t leads, Edges edges, const Links& known, PairWeight& pairs,
                const ClusteringOptions& options) {
  std::vector<Numbers> clusters;
  for (std::uint32_t i = 0; i < leads; ++i) {
    clusters.push_back({i});
  }
  const auto place_of = [&](std::uint32_t lead) {
    return std::find_if(clusters.begin(), clusters.end(),
                        [=](const Numbers& c) { return std::count(c.begin(), c.end(), lead) > 0; });
  };
  const auto join = [&](std::uint32_t lead_a, std::uint32_t lead_b) {
    const auto a = place_of(lead_a);
    const auto b = place_of(lead_b);
    if (a != b) {
      a->insert(a->end(), b->begin(), b->end());
      clusters.erase(b);
    }
  };
  for (const KnownLink& link : known) {
    if (link.is_same) {
      join(link.a, link.b);
    }
  }
  std::sort(edges.begin(), edges.end(), [](const MatchEdge& x, const MatchEdge& y) {
    return x.weight != y.weight ? x.weight > y.weight : Pair(std::minmax(x.a, x.b)) < Pair(std::minmax(y.a, y.b));
  });
  for (const MatchEdge& edge : edges) {
    const Numbers& a = *place_of(edge.a);
    const Numbers& b = *place_of(edge.b);
    double sum = 0;
    bool is_forbidden = &a == &b;
    for (const std::uint32_t x : a) {
      for (const std::uint32_t y : b) {
        if (x != y) {
          sum += std::clamp(pairs.weight(std::min(x, y), std::max(x, y)), -options.clamp, options.clamp);
        }
        is_forbidden = is_forbidden || std::any_of(known.begin(), known.end(), [=](const KnownLink& link) {
                         return !link.is_same && Pair(std::minmax(link.a, link.b)) == Pair(std::minmax(x, y));
                       });
      }
    }
    if (!is_forbidden && sum >= options.least_mean_weight * static_cast<double>(a.size() * b.size())) {
      join(edge.a, edge.b);
    }
  }
  Numbers result(leads);
  for (const Numbers& members : clusters) {
    for (const std::uint32_t member : members) {
      result[member] = *std::min_element(members.begin(), members.end());
    }
  }
  return result;
}

TEST(Clustering, IsWhatTheDefinitionSaysInAnyOrder) {
  Random random(5);
  for (int trial = 0; trial < 1'000; ++trial) {
    const std::uint32_t leads = 1 + random.below(16);
    std::map<Pair, double> table;
    Edges edges;
    for (std::uint32_t a = 0; a < leads; ++a) {
      for (std::uint32_t b = a + 1; b < leads; ++b) {
        table[{a, b}] = random.whole(-60, 60) / 4;  // exact sums, and ties
        if (random.chance(0.4)) {
          edges.push_back({a, b, static_cast<float>(table[{a, b}])});
        }
      }
    }
    Links known;
    for (std::uint32_t links = random.below(8); links > 0; --links) {
      known.push_back({random.below(leads), random.below(leads), random.chance(0.3)});
    }
    ClusteringOptions options;
    options.least_mean_weight = random.whole(-12, 4);
    options.clamp = random.whole(8, 16);
    options.most_samples = 1'000;
    TableWeight pairs(0, table);
    std::optional<Numbers> expected;
    for (int order = 0; order < 3; ++order) {
      Numbers found;
      try {
        found = cluster_with(leads, edges, known, pairs, options);
      } catch (const ContradictoryLinks&) {
        known.clear();  // which is tested by itself
        expected.reset();
        continue;
      }
      if (!expected) {
        expected = by_hand(leads, edges, known, pairs, options);
      }
      EXPECT_EQ(found, *expected);
      random.shuffle(edges);
      random.shuffle(known);
      for (MatchEdge& edge : edges) {
        if (random.chance(0.5)) {
          std::swap(edge.a, edge.b);
        }
      }
    }
  }
}

// Persons by their numbers: leads of one are like each other, leads of two are not.
class PersonWeight final : public PairWeight {
 public:
  explicit PersonWeight(Numbers person_of) : person_of_(std::move(person_of)) {}

  double weight(std::uint32_t a, std::uint32_t b) override {
    ++calls_;
    return person_of_[a] == person_of_[b] ? 8 : -8;
  }
  [[nodiscard]] std::size_t calls() const { return calls_; }

 private:
  Numbers person_of_;
  std::size_t calls_ = 0;
};

TEST(Clustering, ASampleOfLargeClustersTellsThemApartInAnyOrder) {
  constexpr std::uint32_t kLeads = 3'000;
  constexpr std::uint32_t kPersons = 10;
  Random random(17);
  Numbers person_of(kLeads);
  Edges edges;
  for (std::uint32_t lead = 0; lead < kLeads; ++lead) {
    person_of[lead] = lead % kPersons;
    for (int i = 0; i < 10; ++i) {
      edges.push_back({lead, lead % kPersons + kPersons * random.below(kLeads / kPersons), 8});
      edges.push_back({lead, random.below(kLeads), 7});  // strangers that look like one person
    }
  }
  PersonWeight pairs(person_of);
  for (int order = 0; order < 3; ++order) {
    EXPECT_EQ(cluster_with(kLeads, edges, {}, pairs), person_of);
    random.shuffle(edges);
  }
  // Where they look more so than those who are, some are taken for them, but the same in any order.
  for (MatchEdge& edge : edges) {
    edge.weight = static_cast<float>(random.whole(2, 9));
  }
  const Numbers found = cluster_with(kLeads, edges, {}, pairs, {.most_samples = 7});
  for (int order = 0; order < 3; ++order) {
    random.shuffle(edges);
    EXPECT_EQ(cluster_with(kLeads, edges, {}, pairs, {.most_samples = 7}), found);
  }
}

TEST(Clustering, EqualLeadsTakeTimeByTheirNumber) {
  constexpr std::uint32_t kLeads = 100'000;
  constexpr std::uint32_t kNeighbours = 10;
  Edges edges;
  for (std::uint32_t lead = 0; lead < kLeads; ++lead) {
    for (std::uint32_t next = lead + 1; next <= lead + kNeighbours && next < kLeads; ++next) {
      edges.push_back({lead, next, 20});
    }
  }
  PersonWeight pairs(Numbers(kLeads, 0));
  EXPECT_EQ(cluster_with(kLeads, edges, {}, pairs), Numbers(kLeads, 0));
  EXPECT_LT(pairs.calls(), std::size_t{64} * kLeads);
}

TEST(Clustering, ClustersThatStayApartAreNotWeighedForEachEdge) {
  constexpr std::uint32_t kHalf = 300;
  Numbers person_of(2 * kHalf, 0);
  Edges edges;
  for (std::uint32_t lead = 0; lead < 2 * kHalf; ++lead) {
    person_of[lead] = lead / kHalf;
    edges.push_back({lead / kHalf * kHalf, lead, 12});
    for (std::uint32_t stranger = kHalf; lead < kHalf && stranger < 2 * kHalf; ++stranger) {
      edges.push_back({lead, stranger, 0});
    }
  }
  PersonWeight pairs(person_of);
  Numbers expected(2 * kHalf, 0);
  std::fill(expected.begin() + kHalf, expected.end(), kHalf);
  EXPECT_EQ(cluster_with(2 * kHalf, edges, {}, pairs), expected);
  EXPECT_LT(pairs.calls(), std::size_t{64} * (2 * kHalf + 1));
}

TEST(Clustering, EndsWhenItIsToldTo) {
  StopToken stop([]() noexcept { return true; });
  Edges edges(2'000, {0, 1, 1});
  TableWeight pairs(0);
  EXPECT_THROW(static_cast<void>(cluster(2, edges, {}, pairs, {}, std::pmr::new_delete_resource(), stop)), Cancelled);
}

TEST(Clustering, LeavesNothingWhenMemoryIsShort) {
  const auto build = [](std::pmr::memory_resource* memory) {
    Edges edges = {{0, 1, 3}, {1, 2, 4}, {3, 4, 5}};
    const Links known = {{0, 3, false}, {2, 4, false}};
    TableWeight pairs(12);
    StopToken stop;
    return cluster(5, edges, known, pairs, {}, memory, stop);
  };
  EXPECT_GT(test::fail_every_allocation(build), 6U);
}

}  // namespace
}  // namespace leadscore::dedup
