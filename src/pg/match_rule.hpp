// The match rule that a call sees, by its name or as a document, with what is known of the frequencies of values.
#pragma once

#include "core/contact/phone.hpp"
#include "core/dedup/match_rule.hpp"
#include "core/dedup/value_frequencies.hpp"
#include "pg/stored_document.hpp"

namespace leadscore::pg {

struct MatchKnowledge {
  dedup::MatchRule rule;
  contact::Region region;  // of phone numbers without a calling code
  dedup::KnownFrequencies frequencies;
};
static_assert(std::is_trivially_destructible_v<MatchKnowledge>);

/// The rule of a name as its rows say under the active snapshot, past the caller's privileges; `contact` is what ships
/// if there are no rows. Or what a document says. In the current memory context. Raises 42704 (undefined_object) if
/// there is no such rule, 22023 (invalid_parameter_value) if a document is none.
MatchKnowledge* read_match_rule(const DocumentReference& reference);

}  // namespace leadscore::pg
