// How good probabilities are: Brier score, log-loss, and whether what they promise comes true.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/learn/scores_by_outcome.hpp"
#include "core/learn/wilson.hpp"

namespace leadscore::learn {

// All of these take sorted keys of probabilities, each between 0 and 1, give nothing where there is none, sum up in the
// order of the probabilities, and throw Cancelled if asked to stop.

/// The mean of (p - y)^2, y being 1 for a customer and 0 for another.
[[nodiscard]] std::optional<double> brier(const ScoresByOutcome& probabilities, StopToken stop);

/// The mean of -ln of the probability given to what happened; infinity if something happened that had none.
[[nodiscard]] std::optional<double> log_loss(const ScoresByOutcome& probabilities, StopToken stop);

/// brier = reliability - resolution + uncertainty + within_buckets: A. H. Murphy, Journal of Applied Meteorology 12
/// (1973) 595-600; the last part is that of D. B. Stephenson, C. A. S. Coelho, I. T. Jolliffe, Weather and Forecasting
/// 23 (2008) 752-757.
struct BrierDecomposition {
  double brier = 0;
  double reliability = 0;     // how far probabilities are from the rates: 0 is best
  double resolution = 0;      // how far the rates are from that of all: the more the better
  double uncertainty = 0;     // the Brier score of the rate of all
  double within_buckets = 0;  // from probabilities that differ within a bucket
};

/// Without a number of buckets each probability is a bucket of its own, and nothing differs within. Throws
/// Error(invalid_argument) as check_buckets() does.
[[nodiscard]] std::optional<BrierDecomposition> brier_decomposition(const ScoresByOutcome& probabilities,
                                                                    std::optional<std::int64_t> buckets,
                                                                    StopToken stop);

/// A row of a reliability table.
struct ReliabilityBucket {
  std::int32_t bucket = 0;  // from 1
  double from = 0;          // the bucket's own ends; the upper one belongs to the next bucket, but 1 to the last
  double to = 0;
  std::uint64_t leads = 0;
  std::uint64_t customers = 0;
  double mean_probability = 0;
  ConfidenceInterval rate;  // customers / leads, Wilson at 95 %
};

/// Puts leads into buckets of equal width and fills the front of `table`, whose size is the number of buckets. A bucket
/// without leads has no row. Returns the number of rows.
std::size_t reliability(const ScoresByOutcome& probabilities, std::span<ReliabilityBucket> table, StopToken stop);

/// The mean distance, over the leads, between the mean probability and the rate of their bucket; buckets are of equal
/// width. Throws Error(invalid_argument) as check_buckets() does.
[[nodiscard]] std::optional<double> expected_calibration_error(const ScoresByOutcome& probabilities,
                                                               std::int64_t buckets, StopToken stop);

}  // namespace leadscore::learn
