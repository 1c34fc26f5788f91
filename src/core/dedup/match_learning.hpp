// Learns a rule's probabilities from leads of which nobody said who they are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/dedup/agreement.hpp"
#include "core/dedup/match_rule.hpp"
#include "core/stop_token.hpp"

namespace leadscore::dedup {

/// How many pairs agree in one way.
struct AgreementCount {
  Agreement agreement = 0;
  double count = 0;
  double extra_weight = 0;  // bits that frequencies of values add
};

struct ExpectationOptions {
  ComparisonSet left_out = 0;  // those that all pairs agree in, because they were chosen so
  double prior_pairs = 0;      // as many matches as this are added to those found, in the proportions of the rule's m
  double tolerance = 1e-5;     // the greatest change of an m in the last step
  std::size_t most_steps = 100;
};

struct ExpectationResult {
  double matches = 0;  // how many of the pairs are expected to be one person
  double share = 0;    // the same as a part of all pairs
  std::size_t steps = 0;
  bool has_converged = false;
};

/// Learns m from agreements by expectation maximisation with u fixed (A. P. Dempster, N. M. Laird, D. B. Rubin 1977;
/// for record linkage W. E. Winkler 1988): sets the m of the rule's comparisons that are not left out. `share` is where
/// the part of matches begins. One step is linear in the counts, added up in their order.
ExpectationResult learn_m(MatchRule& rule, std::span<const AgreementCount> counts, double share,
                          const ExpectationOptions& options, StopToken& stop);

/// How often each level of each comparison occurs.
class LevelCounts {
 public:
  void add(Agreement agreement, double count = 1) noexcept {
    for (std::size_t i = 0; agreement != 0; ++i, agreement >>= kLevelBits) {
      counts_[i * kLevels + level_of(agreement, 0)] += count;
    }
  }
  /// Level 1 is the first; level 0 is what cannot be compared and is not counted behind the last comparison.
  [[nodiscard]] double count(std::size_t comparison, std::size_t level) const noexcept {
    return counts_[comparison * kLevels + level];
  }

 private:
  static constexpr std::size_t kLevels = std::size_t{1} << kLevelBits;

  std::array<double, kSubjects * kLevels> counts_{};
};

/// Sets the m of every level to its part among matches, the rule's own m counting for so many. A comparison that no
/// pair could make keeps its m.
void update_m(MatchRule& rule, const LevelCounts& matches, double own);

/// Sets the u of every level to its part among pairs of strangers, the rule's own u counting for so many, and up to
/// half a pair added to each level, so that nothing is impossible.
void set_u(MatchRule& rule, const LevelCounts& strangers, double own);

}  // namespace leadscore::dedup
