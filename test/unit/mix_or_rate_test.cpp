// Mix or rate: the worked example, the definition written again, any order, any split, any bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <vector>

#include "core/funnel/mix_or_rate.hpp"
#include "core/state_bytes.hpp"
#include "error_code_of.hpp"
#include "random.hpp"

namespace leadscore::funnel {
namespace {

using test::error_code_of;
using test::Random;

constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();

SegmentCounts counts_of(const std::vector<Segment>& segments) {
  SegmentCounts counts(std::pmr::new_delete_resource());
  for (const Segment& segment : segments) {
    counts.add(segment);
  }
  return counts;
}

MixOrRate judge(const std::vector<Segment>& segments) {
  SegmentCounts counts = counts_of(segments);
  return mix_or_rate(counts.in_order(), StopToken());
}

std::vector<Segment> random_segments(Random& random) {
  std::vector<Segment> segments(1 + random.below(12));
  for (Segment& segment : segments) {
    segment.baseline_trials = random.chance(0.15) ? 0 : random.below(200);
    segment.current_trials = random.chance(0.15) ? 0 : random.below(200);
    segment.baseline_successes = random.below(static_cast<std::uint32_t>(segment.baseline_trials + 1));
    segment.current_successes = random.below(static_cast<std::uint32_t>(segment.current_trials + 1));
  }
  return segments;
}

std::vector<std::byte> bytes_of(const SegmentCounts& counts) {
  std::vector<std::byte> bytes(counts.byte_size());
  StopToken stop;
  counts.write(bytes, stop);
  return bytes;
}

bool is_read(std::span<const std::byte> bytes) {
  SegmentCounts counts(std::pmr::new_delete_resource());
  StopToken stop;
  return counts.read(bytes, stop);
}

void expect_same(const MixOrRate& a, const MixOrRate& b) {
  EXPECT_EQ(a.segments, b.segments);
  EXPECT_EQ(a.total, b.total);
  const auto is_same = [](const std::optional<double>& x, const std::optional<double>& y) {
    return x.has_value() == y.has_value() &&
           (!x || std::bit_cast<std::uint64_t>(*x) == std::bit_cast<std::uint64_t>(*y));
  };
  EXPECT_TRUE(is_same(a.change, b.change) && is_same(a.mix_change, b.mix_change) &&
              is_same(a.rate_change, b.rate_change) && is_same(a.z, b.z) && is_same(a.p_value, b.p_value) &&
              is_same(a.cmh_z, b.cmh_z) && is_same(a.cmh_p_value, b.cmh_p_value));
  EXPECT_EQ(a.verdict, b.verdict);
}

// Advertising, search, references: other shares at rates that have not changed.
TEST(MixOrRate, TellsAMixThatLooksLikeADrop) {
  const MixOrRate found = judge({{100, 500, 160, 800}, {150, 300, 75, 150}, {120, 200, 30, 50}});
  EXPECT_EQ(found.segments, 3U);
  EXPECT_EQ(found.total, (Segment{370, 1'000, 265, 1'000}));
  EXPECT_NEAR(*found.change, -0.105, 1e-15);
  EXPECT_NEAR(*found.mix_change, -0.105, 1e-15);
  EXPECT_EQ(found.rate_change, 0);
  EXPECT_NEAR(*found.z, -5.04, 0.5e-2);
  EXPECT_EQ(found.cmh_z, 0);
  EXPECT_EQ(found.cmh_p_value, 1);
  EXPECT_EQ(found.verdict, ChangeVerdict::mix);
}

// The admissions to Berkeley in 1973 by department, women beside men (data set UCBAdmissions of R), where the whole
// says the opposite of the parts. By exact fractions in Python; mantelhaen.test(correct = FALSE) is the square of the
// last.
TEST(MixOrRate, AgreesWithTheAdmissionsToBerkeley) {
  const MixOrRate found = judge({{512, 825, 89, 108},
                                 {353, 560, 17, 25},
                                 {120, 325, 202, 593},
                                 {138, 417, 131, 375},
                                 {53, 191, 94, 393},
                                 {22, 373, 24, 341}});
  EXPECT_NEAR(*found.change, -0.14164542824654185867, 1e-14);
  EXPECT_NEAR(*found.mix_change, -0.1776739111522424911, 1e-14);
  EXPECT_NEAR(*found.rate_change, 0.036028482905700632432, 1e-14);
  EXPECT_NEAR(*found.z, -9.6023580651591843092, 1e-11);
  EXPECT_NEAR(*found.cmh_z, 1.2347496347209185065, 1e-11);
  EXPECT_NEAR(*found.cmh_p_value, 0.21692369705551738202, 1e-12);
  EXPECT_EQ(found.verdict, ChangeVerdict::mix);
}

TEST(MixOrRate, TellsWhoseFaultItIs) {
  const auto verdict = [](const std::vector<Segment>& segments) { return judge(segments).verdict; };
  // The same shares, lower rates.
  EXPECT_EQ(verdict({{100, 500, 60, 500}, {150, 300, 100, 300}}), ChangeVerdict::rate);
  // The same leads, the same rates.
  EXPECT_EQ(verdict({{100, 500, 99, 500}, {150, 300, 151, 300}}), ChangeVerdict::neither);
  // Fewer good leads, and those there are convert worse.
  EXPECT_EQ(verdict({{100, 500, 120, 800}, {150, 300, 60, 150}}), ChangeVerdict::both);
  // The mix takes 0.03 of the rate, and each segment loses 0.07, 0.05; in a larger team 0.0125, 0.0175.
  EXPECT_EQ(verdict({{100, 500, 78, 600}, {250, 500, 172, 400}}), ChangeVerdict::rate);
  EXPECT_EQ(verdict({{100, 500, 90, 600}, {250, 500, 180, 400}}), ChangeVerdict::both);
  EXPECT_EQ(verdict({{400, 2'000, 450, 2'400}, {1'000, 2'000, 780, 1'600}}), ChangeVerdict::mix);
  EXPECT_EQ(verdict({{400, 2'000, 438, 2'400}, {1'000, 2'000, 772, 1'600}}), ChangeVerdict::both);
  // The mix takes three times as much as the segments lose, but that they lose is beyond chance.
  EXPECT_EQ(verdict({{6'400, 32'000, 7'296, 38'400}, {16'000, 32'000, 12'544, 25'600}}), ChangeVerdict::both);
  // Better leads hide that they convert worse: the whole does not move.
  const MixOrRate hidden = judge({{100, 500, 30, 300}, {150, 300, 205, 500}});
  EXPECT_GT(*hidden.p_value, 0.05);
  EXPECT_GT(*hidden.mix_change, 0);
  EXPECT_LT(*hidden.rate_change, 0);
  EXPECT_EQ(hidden.verdict, ChangeVerdict::both);
  // A segment that was not there before: all it does is mix.
  const MixOrRate added = judge({{150, 300, 150, 300}, {0, 0, 10, 300}});
  EXPECT_EQ(added.rate_change, 0);
  EXPECT_NEAR(*added.mix_change, *added.change, 1e-16);
  EXPECT_EQ(added.verdict, ChangeVerdict::mix);
  // Everyone converts.
  const MixOrRate all = judge({{5, 5, 7, 7}});
  EXPECT_EQ(all.change, 0);
  EXPECT_FALSE(all.cmh_z);
  EXPECT_EQ(all.p_value, 1);
  EXPECT_EQ(all.verdict, ChangeVerdict::neither);
}

TEST(MixOrRate, KnowsWhatItCannotKnow) {
  for (const std::vector<Segment>& segments :
       {std::vector<Segment>{}, {{0, 0, 0, 0}}, {{1, 2, 0, 0}, {0, 1, 0, 0}}, {{0, 0, 1, 2}}}) {
    const MixOrRate found = judge(segments);
    EXPECT_EQ(found.baseline_rate.has_value(), found.total.baseline_trials > 0);
    EXPECT_EQ(found.current_rate.has_value(), found.total.current_trials > 0);
    EXPECT_FALSE(found.change || found.mix_change || found.rate_change || found.z || found.p_value || found.cmh_z ||
                 found.cmh_p_value || found.verdict);
  }
  EXPECT_EQ(judge({{0, 0, 0, 0}, {1, 2, 0, 0}, {0, 0, 0, 1}}).segments, 2U);
}

TEST(MixOrRate, IsItsDefinition) {
  using Long = long double;
  Random random(1);
  for (int round = 0; round < 3'000; ++round) {
    const std::vector<Segment> segments = random_segments(random);
    const MixOrRate found = judge(segments);
    if (!found.change) {
      continue;
    }
    Long mix = 0;
    Long rate = 0;
    Long excess = 0;
    Long variance = 0;
    for (const Segment& segment : segments) {
      const auto k0 = static_cast<Long>(segment.baseline_successes);
      const auto n0 = static_cast<Long>(segment.baseline_trials);
      const auto k1 = static_cast<Long>(segment.current_successes);
      const auto n1 = static_cast<Long>(segment.current_trials);
      if (n0 + n1 == 0) {
        continue;
      }
      const Long r0 = n0 > 0 ? k0 / n0 : k1 / n1;
      const Long r1 = n1 > 0 ? k1 / n1 : k0 / n0;
      const Long w0 = n0 / static_cast<Long>(found.total.baseline_trials);
      const Long w1 = n1 / static_cast<Long>(found.total.current_trials);
      mix += (w1 - w0) * (r1 + r0) / 2;
      rate += (r1 - r0) * (w1 + w0) / 2;
      const Long n = n0 + n1;
      if (n > 1) {
        excess += k1 - n1 * (k0 + k1) / n;
        variance += n0 * n1 * (k0 + k1) * (n - k0 - k1) / (n * n * (n - 1));
      }
    }
    ASSERT_NEAR(*found.mix_change, static_cast<double>(mix), 1e-15);
    ASSERT_NEAR(*found.rate_change, static_cast<double>(rate), 1e-15);
    ASSERT_NEAR(*found.mix_change + *found.rate_change, *found.change, 1e-15);
    ASSERT_EQ(found.cmh_z.has_value(), variance > 0);
    if (found.cmh_z) {
      ASSERT_NEAR(*found.cmh_z, static_cast<double>(excess / std::sqrt(variance)), 1e-12);
      ASSERT_NEAR(*found.cmh_p_value, std::erfc(std::fabs(*found.cmh_z) / std::sqrt(2.0)), 1e-15);
    }
  }
}

TEST(MixOrRate, IsTheSameInAnyOrderAndAnyParts) {
  Random random(2);
  for (int round = 0; round < 300; ++round) {
    std::vector<Segment> segments = random_segments(random);
    const MixOrRate expected = judge(segments);
    random.shuffle(segments);
    expect_same(judge(segments), expected);
    SegmentCounts joined(std::pmr::new_delete_resource());
    const auto middle =
        segments.begin() + static_cast<std::ptrdiff_t>(random.below(static_cast<std::uint32_t>(segments.size() + 1)));
    for (const std::vector<Segment>& part :
         {std::vector<Segment>(middle, segments.end()), std::vector<Segment>(segments.begin(), middle)}) {
      SegmentCounts sent = counts_of(part);
      (void)sent.in_order();
      SegmentCounts received(std::pmr::new_delete_resource());
      StopToken stop;
      ASSERT_TRUE(received.read(bytes_of(sent), stop));
      joined.merge(received);
    }
    expect_same(mix_or_rate(joined.in_order(), StopToken()), expected);
  }
}

TEST(MixOrRate, EndsAtItsLimits) {
  constexpr std::int64_t kMuch = std::int64_t{1} << 62;
  const MixOrRate found = judge({{kMuch / 2, kMuch, kMuch / 4, kMuch}, {0, 0, 0, 0}});
  EXPECT_EQ(found.change, -0.25);
  EXPECT_EQ(found.rate_change, -0.25);
  EXPECT_EQ(found.mix_change, 0);
  EXPECT_EQ(found.verdict, ChangeVerdict::rate);
  EXPECT_EQ(error_code_of([] { (void)judge({{0, kMuch, 0, 1}, {0, 1, 0, 1}}); }), ErrorCode::limit_exceeded);
  EXPECT_EQ(error_code_of([] { (void)judge({{0, 1, 0, kHuge}, {0, 1, 0, kHuge}}); }), ErrorCode::limit_exceeded);
  for (const Segment& impossible : {Segment{-1, 1, 0, 1}, Segment{2, 1, 0, 1}, Segment{0, 1, -1, 1},
                                    Segment{0, 1, 2, 1}, Segment{0, -1, 0, 1}, Segment{0, 1, 0, -1}}) {
    EXPECT_EQ(error_code_of([=] { (void)judge({impossible}); }), ErrorCode::invalid_argument);
  }
  SegmentCounts full(std::pmr::new_delete_resource());
  const SegmentCounts part = counts_of(std::vector<Segment>(SegmentCounts::kMost / 100, {0, 1, 0, 1}));
  for (int i = 0; i < 100; ++i) {
    full.merge(part);
  }
  EXPECT_EQ(error_code_of([&] { full.add({0, 1, 0, 1}); }), ErrorCode::limit_exceeded);
  EXPECT_EQ(error_code_of([&] { full.merge(counts_of({{0, 1, 0, 1}})); }), ErrorCode::limit_exceeded);
  full.merge(counts_of({}));
  EXPECT_EQ(full.size(), SegmentCounts::kMost);
  StopToken stop([]() noexcept { return true; });
  EXPECT_THROW((void)mix_or_rate(full.in_order(), stop), Cancelled);
  std::vector<std::byte> bytes(full.byte_size());
  EXPECT_THROW(full.write(bytes, stop), Cancelled);
}

TEST(SegmentCounts, RefuseBytesOfAnythingElse) {
  std::vector<std::byte> bytes = bytes_of(counts_of({{1, 2, 3, 4}, {5, 6, 7, 8}}));
  EXPECT_TRUE(is_read(bytes));
  EXPECT_TRUE(is_read(bytes_of(counts_of({}))));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(is_read(std::span(bytes).first(size)));
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      bytes[i] ^= std::byte{1} << bit;
      EXPECT_FALSE(is_read(bytes));
      bytes[i] ^= std::byte{1} << bit;
    }
  }
  // With a right check sum.
  const auto sealed = [](const std::vector<std::uint64_t>& numbers) {
    std::vector<std::byte> result(8 * numbers.size() + kCheckSumBytes);
    StateWriter writer(result);
    for (const std::uint64_t number : numbers) {
      writer.put(number);
    }
    writer.put_check_sum();
    return result;
  };
  constexpr std::uint64_t kFormat = 0x4C53584D52313031;
  EXPECT_TRUE(is_read(sealed({kFormat, 1, 2, 3, 4})));
  EXPECT_FALSE(is_read(sealed({})));
  EXPECT_FALSE(is_read(sealed({kFormat + 1, 1, 2, 3, 4})));
  EXPECT_FALSE(is_read(sealed({kFormat, 1, 2, 3})));
  EXPECT_FALSE(is_read(sealed({kFormat, 3, 2, 3, 4})));
  EXPECT_FALSE(is_read(sealed({kFormat, 1, 2, 5, 4})));
  EXPECT_FALSE(is_read(sealed({kFormat, std::uint64_t{1} << 63, 2, 3, 4})));
  EXPECT_FALSE(is_read(sealed({kFormat, 1, 2, 3, std::uint64_t{1} << 63})));
  Random random(3);
  for (int round = 0; round < 5'000; ++round) {
    std::vector<std::byte> noise(random.below(120));
    for (std::byte& byte : noise) {
      byte = static_cast<std::byte>(random.below(256));
    }
    EXPECT_FALSE(is_read(noise));
  }
}

}  // namespace
}  // namespace leadscore::funnel
