#include "core/model/band.hpp"

#include "core/model/scale.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cmath>
#include <limits>
#include <memory_resource>
#include <new>
#include <optional>
#include <random>
#include <vector>

#include "counting_resource.hpp"
#include "error_code_of.hpp"

namespace leadscore::model {
namespace {

using test::CountingResource;
using test::error_code_of;
using test::NoDefaultResource;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::optional<std::size_t> kNothing;

BandLadder ladder_of(const std::vector<Band>& bands) { return {bands, std::pmr::new_delete_resource()}; }

std::optional<ErrorCode> error_of(const Band& band) {
  return error_code_of([&] { (void)ladder_of({Band{0, 0}, band}); });
}

const std::vector<Band> kGrades{{75, 72}, {50, 47}, {25, 22}, {0, 0}};  // A, B, C, D
const std::vector<Band> kHot{{0, 0}, {60, 55}};                         // cold, hot

TEST(BandLadder, FindsTheHighestBandReached) {
  const BandLadder ladder = ladder_of(kGrades);
  EXPECT_EQ(ladder.band(100), 0U);
  EXPECT_EQ(ladder.band(75), 0U);
  EXPECT_EQ(ladder.band(74.999), 1U);
  EXPECT_EQ(ladder.band(50), 1U);
  EXPECT_EQ(ladder.band(25), 2U);
  EXPECT_EQ(ladder.band(0), 3U);
}

TEST(BandLadder, HasNothingBelowTheLowestBand) {
  EXPECT_EQ(ladder_of({{10, 5}}).band(9), kNothing);
  EXPECT_EQ(ladder_of({{10, 5}}).band(-1e308), kNothing);
}

TEST(BandLadder, WithoutBandsHasNothing) {
  EXPECT_EQ(ladder_of({}).band(50), kNothing);
  EXPECT_EQ(ladder_of({}).band(50, 0), kNothing);
}

TEST(BandLadder, DoesNotFlapAroundAThreshold) {
  const BandLadder ladder = ladder_of(kHot);
  std::optional<std::size_t> label = ladder.band(59);
  EXPECT_EQ(label, 0U);
  label = ladder.band(61, label);
  EXPECT_EQ(label, 1U);
  for (int i = 0; i < 10; ++i) {
    label = ladder.band(59, label);
    EXPECT_EQ(label, 1U) << "hot is kept at 59";
    label = ladder.band(61, label);
    EXPECT_EQ(label, 1U);
  }
  EXPECT_EQ(ladder.band(55, label), 1U) << "keep_from itself keeps";
  label = ladder.band(54.999, label);
  EXPECT_EQ(label, 0U) << "below keep_from it is lost";
  label = ladder.band(59, label);
  EXPECT_EQ(label, 0U) << "and 59 does not bring it back";
  EXPECT_EQ(ladder.band(60, label), 1U);
}

TEST(BandLadder, KeepsALabelBelowTheLowestBandToo) {
  const BandLadder ladder = ladder_of({{60, 55}});
  EXPECT_EQ(ladder.band(57), kNothing);
  EXPECT_EQ(ladder.band(57, 0), 0U);
  EXPECT_EQ(ladder.band(54, 0), kNothing);
}

TEST(BandLadder, RisesAtOncePastAnEarlierLabel) {
  EXPECT_EQ(ladder_of(kGrades).band(80, 2), 0U);
  EXPECT_EQ(ladder_of(kGrades).band(51, 3), 1U);
}

TEST(BandLadder, FallsToTheBandReachedNotToTheNext) { EXPECT_EQ(ladder_of(kGrades).band(10, 0), 3U); }

TEST(BandLadder, IgnoresAnEarlierLabelThatNoLongerExists) {
  EXPECT_EQ(ladder_of(kHot).band(59, 2), 0U);
  EXPECT_EQ(ladder_of(kHot).band(59, std::numeric_limits<std::size_t>::max()), 0U);
}

TEST(BandLadder, ReachesNothingWithAScoreThatIsNoNumber) {
  EXPECT_EQ(ladder_of(kGrades).band(kNaN), kNothing);
  EXPECT_EQ(ladder_of(kGrades).band(kNaN, 0), kNothing);
}

TEST(BandLadder, TakesBoundsUpToTheLargestPoints) {
  const BandLadder ladder = ladder_of({{-kLargestPoints, -kLargestPoints}, {kLargestPoints, -kLargestPoints}});
  EXPECT_EQ(ladder.band(0), 0U);
  EXPECT_EQ(ladder.band(0, 1), 1U);
  EXPECT_EQ(ladder.band(kLargestPoints), 1U);
}

TEST(BandLadder, RefusesBoundsThatAreNoNumbersOfPoints) {
  const double beyond = std::nextafter(kLargestPoints, kInfinity);
  for (const double bad : {kNaN, kInfinity, -kInfinity, beyond, -beyond}) {
    EXPECT_EQ(error_of({bad, 0}), ErrorCode::out_of_range) << bad;
    EXPECT_EQ(error_of({0, bad}), ErrorCode::out_of_range) << bad;
  }
}

TEST(BandLadder, RefusesToKeepALabelAboveItsThreshold) {
  EXPECT_EQ(error_of({60, 61}), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of({60, 60}), std::nullopt);
}

// The rule as one would say it: the highest band whose threshold, or for the label held its keep_from, is reached.
std::optional<std::size_t> naive_band(const std::vector<Band>& bands, double score,
                                      std::optional<std::size_t> earlier) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const bool is_held = earlier == i;
    if (score >= (is_held ? bands[i].keep_from : bands[i].from_score) &&
        (!best || bands[i].from_score > bands[*best].from_score)) {
      best = i;
    }
  }
  return best;
}

TEST(BandLadder, AgreesWithTheRuleOnRandomLaddersInAnyOrder) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<Band> bands(random() % 6);
    for (std::size_t i = 0; i < bands.size(); ++i) {
      bands[i].from_score = static_cast<double>(10 * i + random() % 10);  // distinct thresholds
      bands[i].keep_from = bands[i].from_score - static_cast<double>(random() % 25);
    }
    std::shuffle(bands.begin(), bands.end(), random);
    const BandLadder ladder = ladder_of(bands);
    for (int step = -5; step < 150; ++step) {
      const double score = step / 2.0;
      ASSERT_EQ(ladder.band(score), naive_band(bands, score, {})) << score;
      for (std::size_t earlier = 0; earlier <= bands.size(); ++earlier) {
        ASSERT_EQ(ladder.band(score, earlier), naive_band(bands, score, earlier)) << score << " after " << earlier;
      }
    }
  }
}

TEST(BandLadder, NeverFallsWhenTheScoreGrowsAndTheLabelIsCarried) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 200; ++round) {
    std::vector<Band> bands(1 + random() % 5);
    for (Band& band : bands) {
      band.from_score = static_cast<double>(random() % 100);
      band.keep_from = band.from_score - static_cast<double>(random() % 20);
    }
    const BandLadder ladder = ladder_of(bands);
    std::optional<std::size_t> label;
    double height = -kInfinity;
    for (int score = -10; score <= 110; ++score) {
      label = ladder.band(score, label);
      const double now = label ? bands[*label].from_score : -kInfinity;
      ASSERT_GE(now, height);
      height = now;
    }
  }
}

TEST(BandLadder, UsesOnlyTheMemoryItIsGiven) {
  const NoDefaultResource no_default;
  CountingResource memory;
  {
    const BandLadder ladder(kGrades, &memory);
    EXPECT_GT(memory.live(), 0U);
    const std::size_t built = memory.allocations();
    EXPECT_EQ(ladder.band(60, 0), 1U);
    EXPECT_EQ(memory.allocations(), built) << "asking for a band allocates nothing";
  }
  EXPECT_EQ(memory.live(), 0U);
}

TEST(BandLadder, LeaksNothingWhicheverAllocationFails) {
  const auto build = [](std::pmr::memory_resource* memory) { return BandLadder(kGrades, memory); };
  EXPECT_GT(test::fail_every_allocation(build), 0U) << "nothing was allocated at all";
}

TEST(BandLadder, LeaksNothingWhenItRefuses) {
  CountingResource memory;
  EXPECT_EQ(error_code_of([&] {
              const BandLadder ladder(std::array{Band{1, 0}, Band{0, 1}}, &memory);
            }),
            ErrorCode::invalid_argument);
  EXPECT_EQ(memory.live(), 0U);
}

}  // namespace
}  // namespace leadscore::model
