// What an agreement says about two leads, in bits: the log2 of how much more often one person's leads agree so.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <memory_resource>
#include <optional>
#include <vector>

#include "core/dedup/agreement.hpp"
#include "core/dedup/match_rule.hpp"
#include "core/dedup/value_frequencies.hpp"

namespace leadscore::dedup {

/// log2(p / (1 - p)), and back.
[[nodiscard]] inline double log_odds(double probability) noexcept { return std::log2(probability / (1 - probability)); }
[[nodiscard]] inline double probability_of(double log_odds) noexcept { return 1 / (1 + std::exp2(-log_odds)); }

/// The field whose values' frequencies tell what an agreement is worth; nothing if the test does not mean equality.
[[nodiscard]] std::optional<Field> frequency_field(Subject subject, Test test) noexcept;

/// log2(m / u) of every level of a rule.
class LevelWeights {
 public:
  /// The comparisons left out say nothing.
  explicit LevelWeights(const MatchRule& rule, ComparisonSet left_out = 0) noexcept;

  /// What a level of a comparison says, 1 for the first; 0 for level 0.
  [[nodiscard]] double of_level(std::size_t comparison, std::size_t level) const noexcept {
    return weight_[comparison][level];
  }
  /// The sum of all of an agreement, added to `start` in the order of comparisons.
  [[nodiscard]] double of(Agreement agreement, double start = 0) const noexcept {
    for (std::size_t i = 0; agreement != 0; ++i, agreement >>= kLevelBits) {
      start += weight_[i][level_of(agreement, 0)];
    }
    return start;
  }

 private:
  std::array<std::array<double, kMostLevels + 1>, kSubjects> weight_{};
};

/// The weights of a rule (I. P. Fellegi, A. B. Sunter, Journal of the American Statistical Association 64 (1969)
/// 1183-1210), log2(m / u) for each level, with the adjustment for frequent values (W. E. Winkler, 2000).
class MatchWeights {
 public:
  /// The rule and the frequencies must outlive it.
  MatchWeights(const MatchRule& rule, const ValueFrequencies& frequencies) noexcept;

  [[nodiscard]] double prior() const noexcept { return prior_; }
  /// What a level of a comparison says, 1 for the first; 0 for level 0.
  [[nodiscard]] double of_level(std::size_t comparison, std::size_t level) const noexcept {
    return levels_.of_level(comparison, level);
  }
  /// What it says more, or less, because the values are rare or frequent; of two that are but similar, by the more
  /// frequent one.
  [[nodiscard]] double of_frequency(std::size_t comparison, std::size_t level, const PackedLead& a,
                                    const PackedLead& b) const noexcept;
  /// All of an agreement, the prior included: log2 of the odds that the two leads are one person.
  [[nodiscard]] double of(Agreement agreement, const PackedLead& a, const PackedLead& b) const noexcept;
  /// The same without frequencies.
  [[nodiscard]] double of(Agreement agreement) const noexcept { return levels_.of(agreement, prior_); }

 private:
  static constexpr std::uint8_t kNoField = 0xFF;
  static constexpr std::size_t kLevels = kMostLevels + 1;

  const MatchRule& rule_;
  const ValueFrequencies& frequencies_;
  double prior_;
  LevelWeights levels_;
  std::array<std::array<std::uint8_t, kLevels>, kSubjects> field_{};
  std::array<std::array<bool, kLevels>, kSubjects> may_differ_{};  // the values, so that both are looked up
};

}  // namespace leadscore::dedup
