// Duplicate indexes: how the leads of a table are read, keyed and judged, ready for use and kept from statement to
// statement.
#pragma once

#include "core/dedup/request_window.hpp"
#include "pg/contact_key.hpp"
#include "pg/lead_judge.hpp"
#include "pg/match_lead.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

enum class DuplicateMode : std::uint8_t { mark, warn, reject };

/// A table in which leads are: the one that has the duplicate index, or a partition.
struct LeadPart {
  Oid table;
  AttrNumber key;        // the column
  Oid key_index;         // unique, the key its first column
  ScanKeyData with_key;  // what finds a key by it, once sk_argument is set
  LeadColumns* columns;
};

struct DuplicateIndex {
  Oid relation;
  DuplicateMode mode;
  /// Why it cannot be used, or nullptr; what follows holds only if it can.
  const char* broken;

  const char* key;
  Jsonb* columns;
  std::int64_t within;  // microseconds; dedup::kAnyTime for any
  dedup::WindowMode window_mode;
  double least_weight;  // from which on two leads count as one person
  int most_candidates;
  Secret secret;
  FmgrInfo key_output;
  FmgrInfo key_input;
  Oid key_parameter;
  int32 key_modifier;
  LeadJudge* judge;
  HTAB* parts;
};

/// The index of a table, or of the table that this is a partition of; nullptr if it has none. It stays valid until the
/// next call. What is wrong with it is not raised, but said in it.
DuplicateIndex* find_duplicate_index(Oid table);
/// The same, but raises 55000 (object_not_in_prerequisite_state) if there is none or it is broken.
DuplicateIndex* require_duplicate_index(Oid table);
/// Raises that it is broken.
[[noreturn]] void refuse_broken_index(const DuplicateIndex& index);

/// A table that holds leads of the index; nullptr if this is none (any more).
const LeadPart* find_lead_part(DuplicateIndex& index, Oid table);
/// All of them, as a list of OIDs, each locked until the end of the transaction.
List* all_lead_parts(const DuplicateIndex& index);

/// The key of a lead as text; nullptr if it is NULL.
const char* lead_id_in(const DuplicateIndex& index, const LeadPart& part, TupleTableSlot* lead);

/// Of longer keys no pair is noted: the two would not fit into a row of an index.
inline constexpr std::size_t kMostLeadIdBytes = 1000;

/// Whether two times are close enough for the index to compare the leads.
bool are_within(const DuplicateIndex& index, std::int64_t a, std::int64_t b);

/// Raises 55000 (object_not_in_prerequisite_state), 42703 (undefined_column) or 42804 (datatype_mismatch) if the table
/// cannot be used as the row says.
struct RegisteredIndex;
void check_table_of_leads(const RegisteredIndex& registered, Relation table);

/// Called once, when the library is loaded.
void initialize_duplicate_indexes();

}  // namespace leadscore::pg
