// What a match rule says of leads, one at a time: their blocking keys, and how likely two of them are one person.
#pragma once

#include "core/dedup/lead_fields.hpp"
#include "core/dedup/match_explanation.hpp"
#include "pg/match_rule.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// A rule made ready, with memory that is kept from lead to lead.
class LeadJudge;

/// The judge lasts as long as the context; `knowledge` must too.
LeadJudge* make_lead_judge(const MatchKnowledge& knowledge, MemoryContext context);

/// The fields of a lead, in the current memory context.
const dedup::LeadFields* read_fields(LeadJudge* judge, const dedup::LeadText& lead);

/// A copy in the current memory context.
const dedup::LeadFields* copy_fields(const dedup::LeadFields& fields);

/// The blocking keys of a lead, in the order of the rule.
struct BlockingHashes {
  int count;
  std::uint64_t hashes[dedup::kMostKeys];
};
BlockingHashes blocking_hashes(LeadJudge* judge, const dedup::LeadFields& lead);

/// Compares a lead with others: the log2 of the odds that they are one person.
void weigh_leads(LeadJudge* judge, const dedup::LeadFields& lead, std::span<const dedup::LeadFields* const> others,
                 std::span<double> weights);

/// Why two leads match or do not.
dedup::MatchLines explain_leads(LeadJudge* judge, const dedup::LeadFields& a, const dedup::LeadFields& b);

}  // namespace leadscore::pg
