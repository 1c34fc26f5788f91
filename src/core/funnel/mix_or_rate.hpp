// A conversion has changed: do other leads come, or do the same leads convert otherwise?
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/funnel/segment_counts.hpp"
#include "core/stop_token.hpp"

namespace leadscore::funnel {

/// What is behind a change. `neither` if neither the whole nor, within segments, the rate has changed beyond chance (a
/// p value below 0.05). Otherwise the part that is at least twice as large as the other, and `both` where none is; but
/// never `mix` alone where the rate within segments has changed beyond chance.
enum class ChangeVerdict { mix, rate, both, neither };

struct MixOrRate {
  std::size_t segments = 0;  // with trials
  Segment total;
  std::optional<double> baseline_rate;
  std::optional<double> current_rate;
  std::optional<double> change;       // current - baseline; it and what follows need trials on both sides
  std::optional<double> mix_change;   // what other shares of the segments make of it
  std::optional<double> rate_change;  // what other rates within the segments make of it
  std::optional<double> z;            // of the whole, the variance pooled; the z test only
  std::optional<double> p_value;      // of the whole, two-sided, as learn::rate_test() gives it
  std::optional<double> cmh_z;        // nothing if no segment has both outcomes and trials on both sides
  std::optional<double> cmh_p_value;  // two-sided
  std::optional<ChangeVerdict> verdict;
};

/// Splits the change of a rate over segments g of shares w and rates r: mix = sum (w1 - w0) (r1 + r0) / 2, rate =
/// sum (r1 - r0) (w1 + w0) / 2 (E. M. Kitagawa, Journal of the American Statistical Association 50 (1955) 1168-1194).
/// Where a segment has no trials on one side, its rate there is taken to be that of the other: all it does is mix. The
/// rate within segments is tested by Cochran, Mantel and Haenszel (Journal of the National Cancer Institute 22 (1959)
/// 719-748) without continuity correction. The segments in the order of SegmentCounts. Throws Error(limit_exceeded) for
/// more than 2^62 trials on a side, or as learn::rate_test() does, Cancelled if asked to stop.
[[nodiscard]] MixOrRate mix_or_rate(std::span<const Segment> segments, StopToken stop);

}  // namespace leadscore::funnel
