// Who comes first among the leads of one person: a walk from lead to lead by the pairs that were noted.
#pragma once

#include "pg/duplicate_index.hpp"

namespace leadscore::pg {

/// What was found out of leads under one snapshot, so that the leads of a person are not walked through for each of
/// them. Forgotten when it is asked under another.
struct SettledPersons;

/// It lasts as long as the context.
SettledPersons* begin_settled_persons(MemoryContext context);

/// Whether a lead repeats an earlier one of its person, as leadscore.duplicate_leads() tells, past privileges and
/// row-level security; false for a key that no lead has. The walk ends at the first lead within reach that comes
/// before; where there is none, or the window is anchored, it is through all leads of the person, once: linear in them
/// and their pairs. looks_for_others: what it depends on and another transaction is changing at the same time is noted
/// as unsettled, for whoever writes the answer.
bool repeats_earlier_lead(DuplicateIndex& index, const char* lead_id, Snapshot snapshot, SettledPersons* settled,
                          bool looks_for_others);

/// The leads that may have become duplicates, or duplicates no more, because leads were written or deleted: all leads
/// of their persons, but none where a single lead is new (not only written) and has changed nothing for others. Leads
/// among them that another transaction is changing or pairing at the same time are noted as unsettled. Linear in the
/// leads and pairs of the persons. In the current memory context.
std::span<const char* const> leads_of_persons(DuplicateIndex& index, std::span<const char* const> lead_ids,
                                              bool are_new, Snapshot snapshot);

}  // namespace leadscore::pg
