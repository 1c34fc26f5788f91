#include "core/dedup/match_explanation.hpp"

namespace leadscore::dedup {

MatchLines explain(const MatchRule& rule, const MatchWeights& weights, const PackedLead& a,
                   const PackedLead& b) noexcept {
  const Agreement agreement = compare(rule, a, b);
  MatchLines lines;
  lines.add({.kind = MatchLine::Kind::prior, .weight = weights.prior()});
  for (std::size_t i = 0; i < rule.comparisons.size(); ++i) {
    const MatchComparison& comparison = rule.comparisons[i];
    const std::size_t level = level_of(agreement, i);
    if (level == 0) {
      if (has_value(comparison.subject, a) || has_value(comparison.subject, b)) {
        lines.add({.kind = MatchLine::Kind::unknown, .subject = comparison.subject});
      }
      continue;
    }
    lines.add({.kind = MatchLine::Kind::level,
               .subject = comparison.subject,
               .level = &comparison.levels[level - 1],
               .weight = weights.of_level(i, level)});
    if (const double frequency = weights.of_frequency(i, level, a, b); frequency != 0) {
      lines.add({.kind = MatchLine::Kind::frequency, .subject = comparison.subject, .weight = frequency});
    }
  }
  return lines;
}

}  // namespace leadscore::dedup
