// The table duplicate_index: which tables have a duplicate index, and what it is to do.
#pragma once

#include "pg/duplicate_index.hpp"

namespace leadscore::pg {

/// A row of the table. Plain data, in the context it was read in.
struct RegisteredIndex {
  Oid relation;
  const char* rule;
  const char* key;  // the column
  Oid key_type;
  Jsonb* columns;  // of all roles, null for those that no column plays
  DuplicateMode mode;
  const Interval* within;  // nullptr: any time
  const char* window_mode;
  bool has_threshold;
  double threshold;
  int most_candidates;
};

/// The row of a table, as it is now and not under a snapshot: a trigger fires as soon as it is there. nullptr if there
/// is none.
const RegisteredIndex* read_registered_index(Oid relation);

/// Raises 42501 (insufficient_privilege) unless the caller owns the table.
void check_is_owner(Oid relation);

/// Forgets the keys of all leads of a table, and what was noted of them.
void forget_leads(Oid relation);

/// Makes every session read the table, the match rules and the secret anew, once this transaction has committed.
void forget_duplicate_indexes();

}  // namespace leadscore::pg
