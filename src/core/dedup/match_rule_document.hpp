// A match rule as a JSON document, in the form of leadscore.export_match_rule().
#pragma once

#include <cstddef>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/dedup/match_rule.hpp"
#include "core/dedup/value_frequencies.hpp"

namespace leadscore::dedup {

/// The form of documents that this version writes and reads.
inline constexpr int kMatchRuleFormat = 1;

/// A rule and what is known beside it.
struct RuleToWrite {
  const MatchRule& rule;
  std::string_view region;
  std::optional<std::size_t> trained_leads;  // absent: not trained
  std::span<const double> averages;          // of each field's frequencies; 0: not known
  std::span<const ValueFrequency> frequent;
};

/// The rule as JSON (ASCII). Numbers are the shortest that read back as the same.
[[nodiscard]] std::pmr::string document_of(const RuleToWrite& written, std::pmr::memory_resource* memory);

}  // namespace leadscore::dedup
