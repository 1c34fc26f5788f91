// What scores have come to mean: probabilities learned from the scores of leads whose outcome is known.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <optional>
#include <vector>

#include "core/learn/scores_by_outcome.hpp"
#include "core/learn/wilson.hpp"
#include "core/stop_token.hpp"

namespace leadscore::learn {

/// Leads of neighbouring scores, taken together.
struct IsotonicStep {
  double score_from = 0;  // the lowest score among them; -infinity in the first step
  std::uint64_t customers = 0;
  std::uint64_t leads = 0;
  double probability = 0;   // (customers + rate of all leads) / (leads + 1): neither 0 nor 1
  ConfidenceInterval rate;  // customers / leads, Wilson at 95 %
};

/// Isotonic regression: the probabilities that never fall with the score and fit the outcomes best, by pooling adjacent
/// violators (M. Ayer, H. D. Brunk, G. M. Ewing, W. T. Reid, E. Silverman, Annals of Mathematical Statistics 26 (1955)
/// 641-647). Steps whose probabilities, with one lead of the common rate added to each, do not rise are pooled as well.
/// Sorted scores; nothing unless there are both customers and others. O(n). Throws Cancelled if asked to stop.
[[nodiscard]] std::pmr::vector<IsotonicStep> isotonic(const ScoresByOutcome& scores, std::pmr::memory_resource* memory,
                                                      StopToken& stop);

/// The probability sigmoid(intercept + slope * score).
struct PlattCurve {
  double intercept = 0;
  double slope = 0;  // 0 where all scores are equal
};

/// The curve that fits best the targets (customers + 1) / (customers + 2) for customers and 1 / (others + 2) for the
/// others: J. Platt (1999), by Newton's method with step halving as in H.-T. Lin, C.-J. Lin, R. C. Weng, Machine
/// Learning 68 (2007) 267-276. Sorted scores, of which infinite ones and NaN are left out; nothing unless there are
/// both customers and others. O(iterations * n). Throws Cancelled if asked to stop.
[[nodiscard]] std::optional<PlattCurve> platt(const ScoresByOutcome& scores, StopToken& stop);

}  // namespace leadscore::learn
