// The match rule that ships: contacts as forms, imports and salespeople enter them.
#pragma once

#include "core/dedup/match_rule.hpp"

namespace leadscore::dedup {

/// The rule `contact`. Its m and u are what a Russian and an English list of leads taught, rounded; they hold until the
/// leads at hand are many enough to teach their own.
[[nodiscard]] MatchRule contact_rule() noexcept;

/// Gives a rule the prior that ships, and those of its levels that ship the m and u, so that learning begins where it
/// began the first time. Other levels keep theirs.
void forget_training(MatchRule& rule) noexcept;

}  // namespace leadscore::dedup
