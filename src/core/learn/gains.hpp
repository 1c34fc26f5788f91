// What the best part of a list is worth: a gains table; and how far a list has drifted: the population stability index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/learn/scores_by_outcome.hpp"
#include "core/learn/wilson.hpp"

namespace leadscore::learn {

/// A row of a gains table.
struct Gain {
  std::int32_t bucket = 0;  // 1 holds the highest scores
  double highest_score = 0;
  double lowest_score = 0;
  std::uint64_t leads = 0;
  std::uint64_t customers = 0;
  ConfidenceInterval rate;     // customers / leads, Wilson at 95 %
  std::optional<double> lift;  // the rate over that of all leads; nothing without customers
  std::uint64_t cumulative_leads = 0;
  std::uint64_t cumulative_customers = 0;
  std::optional<double> capture;  // the part of all customers down to here; nothing without customers
  std::optional<double> ks;       // capture less the same part of the others; nothing without either
};

/// Cuts leads, sorted by score, into buckets of equal size from the highest score down, and fills the front of `table`,
/// whose size is the number of buckets. Leads of one score stay together, in the bucket in which the first of them
/// falls; a bucket that gets none has no row. Returns the number of rows. Throws Cancelled if asked to stop.
std::size_t gains(const ScoresByOutcome& scores, std::span<Gain> table, StopToken stop);

/// The population stability index of recent values (`customers`) against a baseline (`others`), both sorted: the sum
/// over buckets of (r - b) ln(r / b), r and b being the parts of either that lie in the bucket. The buckets are of
/// equal size in the baseline, from the lowest value up, and equal values stay together, as in gains(). Where nothing
/// recent lies in a bucket, half a value is taken to. Nothing unless there are both. Throws Error(invalid_argument) as
/// check_buckets() does, and Cancelled if asked to stop.
[[nodiscard]] std::optional<double> population_stability(const ScoresByOutcome& scores, std::int64_t buckets,
                                                         StopToken stop);

}  // namespace leadscore::learn
