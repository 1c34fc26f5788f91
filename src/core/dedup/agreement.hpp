// How two leads agree: the level of every comparison of a rule.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/dedup/lead_table.hpp"
#include "core/dedup/match_rule.hpp"

namespace leadscore::dedup {

/// Four bits for each comparison of a rule, the first in the lowest: 1 + the place of its level, 0 if one of the leads
/// lacks the value, so that it says nothing.
using Agreement = std::uint64_t;

inline constexpr int kLevelBits = 4;

[[nodiscard]] constexpr std::size_t level_of(Agreement agreement, std::size_t comparison) noexcept {
  return agreement >> (kLevelBits * comparison) & 0xF;
}

/// Comparisons of a rule, the first in the lowest bit.
using ComparisonSet = std::uint32_t;

[[nodiscard]] constexpr bool contains(ComparisonSet set, std::size_t comparison) noexcept {
  return (set >> comparison & 1U) != 0;
}

/// Whether a lead has a value of a subject.
[[nodiscard]] bool has_value(Subject subject, const PackedLead& lead) noexcept;

/// Compares two leads. Where the mailboxes are called like the persons, and the names agree in the last name, an equal
/// or similar local part at another domain says nothing that the names have not said: then the level is 0. The same for
/// (a, b) and (b, a). O(levels), letters of at most kLongestField.
[[nodiscard]] Agreement compare(const MatchRule& rule, const PackedLead& a, const PackedLead& b) noexcept;

}  // namespace leadscore::dedup
