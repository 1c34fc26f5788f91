// How well scores rank customers above the others: AUC, KS, Gini, average precision.
#pragma once

#include <optional>

#include "core/learn/scores_by_outcome.hpp"
#include "core/learn/wilson.hpp"

namespace leadscore::learn {

// All of these take sorted scores, depend on their order only, give nothing unless there are both customers and others,
// and throw Cancelled if asked to stop. Counts are summed as whole numbers and divided once.

/// The probability that a customer scores higher than one of the others, where equal scores count half: the
/// Mann-Whitney statistic, the area under the ROC curve.
[[nodiscard]] std::optional<double> auc(const ScoresByOutcome& scores, StopToken stop);

/// 2 AUC - 1.
[[nodiscard]] std::optional<double> gini(const ScoresByOutcome& scores, StopToken stop);

/// The Kolmogorov-Smirnov statistic: the greatest distance, at any score, between the share of customers and the share
/// of others up to it.
[[nodiscard]] std::optional<double> kolmogorov_smirnov(const ScoresByOutcome& scores, StopToken stop);

/// The mean, over the customers, of the share of customers among the leads that score at least as high: the area under
/// the precision-recall curve as a sum, without interpolation.
[[nodiscard]] std::optional<double> average_precision(const ScoresByOutcome& scores, StopToken stop);

/// The AUC and its standard error by E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44 (1988) 837-845.
struct AucWithError {
  double auc = 0;
  std::optional<double> standard_error;  // nothing with fewer than two customers or two others
};
[[nodiscard]] std::optional<AucWithError> auc_with_error(const ScoresByOutcome& scores, StopToken stop);

/// The AUC and the interval of the normal distribution around it, cut at 0 and 1; from 0 to 1 where there is no
/// standard error. Throws Error(invalid_argument) for a confidence that does not lie between 0 and 1.
[[nodiscard]] std::optional<ConfidenceInterval> auc_interval(const ScoresByOutcome& scores, double confidence,
                                                             StopToken stop);

}  // namespace leadscore::learn
