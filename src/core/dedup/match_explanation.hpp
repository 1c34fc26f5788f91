// Why two leads match or do not, line by line: the weights add up.
#pragma once

#include <optional>

#include "core/dedup/agreement.hpp"
#include "core/dedup/bounded_list.hpp"
#include "core/dedup/match_rule.hpp"
#include "core/dedup/match_weights.hpp"

namespace leadscore::dedup {

struct MatchLine {
  enum class Kind : std::uint8_t {
    prior,
    level,      // a level of the comparison
    frequency,  // how rare or frequent the shared value is
    unknown,    // one lead lacks the value, or it says nothing new
  };

  Kind kind = Kind::prior;
  Subject subject = Subject::name;
  const MatchLevel* level = nullptr;  // of the rule
  double weight = 0;                  // bits
};

using MatchLines = BoundedList<MatchLine, 1 + 2 * kSubjects>;

/// The prior, then the comparisons of which one lead at least has the value. The weights add up to
/// weights.of(agreement, a, b), in the same order. The rule must outlive the lines.
[[nodiscard]] MatchLines explain(const MatchRule& rule, const MatchWeights& weights, const PackedLead& a,
                                 const PackedLead& b) noexcept;

}  // namespace leadscore::dedup
