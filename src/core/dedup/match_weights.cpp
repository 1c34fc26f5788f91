#include "core/dedup/match_weights.hpp"

#include <algorithm>

namespace leadscore::dedup {

std::optional<Field> frequency_field(Subject subject, Test test) noexcept {
  switch (test) {
    case Test::same_last:
    case Test::same_last_initial:
      return Field::last_name;
    case Test::same_first:
      return Field::full_first_name;
    case Test::same_role_address:
      return Field::email;
    case Test::same_local_part:
    case Test::same_named_part:
      return Field::email_local_part;
    case Test::same_company_domain:
      return Field::company_domain;
    case Test::same_swapped:
      return Field::whole_name;
    case Test::same:
      break;
    case Test::similar:
      return subject == Subject::name ? std::optional(Field::whole_name) : std::nullopt;
    default:
      return std::nullopt;
  }
  return field_of(subject);
}

LevelWeights::LevelWeights(const MatchRule& rule, ComparisonSet left_out) noexcept {
  for (std::size_t i = 0; i < rule.comparisons.size(); ++i) {
    const auto& levels = rule.comparisons[i].levels;
    for (std::size_t j = 0; j < levels.size() && !contains(left_out, i); ++j) {
      weight_[i][j + 1] = std::log2(levels[j].m / levels[j].u);
    }
  }
}

MatchWeights::MatchWeights(const MatchRule& rule, const ValueFrequencies& frequencies) noexcept
    : rule_(rule), frequencies_(frequencies), prior_(log_odds(rule.prior)), levels_(rule) {
  for (std::size_t i = 0; i < rule.comparisons.size(); ++i) {
    const MatchComparison& comparison = rule.comparisons[i];
    field_[i].fill(kNoField);
    for (std::size_t j = 0; j < comparison.levels.size(); ++j) {
      const MatchLevel& level = comparison.levels[j];
      const auto field = frequency_field(comparison.subject, level.test);
      if (field && comparison.frequency_weight > 0) {
        field_[i][j + 1] = static_cast<std::uint8_t>(*field);
        may_differ_[i][j + 1] = level.test == Test::similar;
      }
    }
  }
}

double MatchWeights::of_frequency(std::size_t comparison, std::size_t level, const PackedLead& a,
                                  const PackedLead& b) const noexcept {
  const std::uint8_t field = field_[comparison][level];
  if (field == kNoField) {
    return 0;
  }
  double adjustment = frequencies_.adjustment(static_cast<Field>(field), a.value[field]);
  if (may_differ_[comparison][level]) {
    adjustment = std::min(adjustment, frequencies_.adjustment(static_cast<Field>(field), b.value[field]));
  }
  return rule_.comparisons[comparison].frequency_weight * adjustment;
}

double MatchWeights::of(Agreement agreement, const PackedLead& a, const PackedLead& b) const noexcept {
  double weight = prior_;
  for (std::size_t i = 0; agreement != 0; ++i, agreement >>= kLevelBits) {
    const std::size_t level = level_of(agreement, 0);
    weight += levels_.of_level(i, level);
    weight += of_frequency(i, level, a, b);  // by itself, so that the lines of an explanation add up to the last bit
  }
  return weight;
}

}  // namespace leadscore::dedup
