// Which of two scores ranks the same leads better: the paired test of DeLong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/stop_token.hpp"

namespace leadscore::learn {

/// Over how many leads two scores may be compared.
inline constexpr std::size_t kMostScorePairs = 50'000'000;

/// The keys of the two scores of a lead, see score_key().
struct ScorePair {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
};

/// At most kMostScorePairs in all.
struct ScorePairsByOutcome {
  std::span<ScorePair> customers;
  std::span<ScorePair> others;
};

struct AucDifference {
  double auc_a = 0;
  double auc_b = 0;
  double difference = 0;  // auc_a - auc_b
  double lower = -1;      // -1 and 1 where nothing is known of the spread
  double upper = 1;
  std::optional<double> z;        // difference / standard error; infinite if only the latter is 0
  std::optional<double> p_value;  // of a difference at least as great, either way, between scores equally good
};

/// The difference of the AUCs of two scores of the same leads, its interval of the normal distribution, cut at -1 and
/// 1, and the test of no difference: E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44 (1988) 837-845.
/// With fewer than two customers or two others there is no test; nothing unless there are both. Leaves no scores in
/// `pairs`. Throws Error(invalid_argument) for a confidence that does not lie between 0 and 1, Cancelled if asked to
/// stop.
[[nodiscard]] std::optional<AucDifference> auc_difference(const ScorePairsByOutcome& pairs, double confidence,
                                                          StopToken stop);

}  // namespace leadscore::learn
