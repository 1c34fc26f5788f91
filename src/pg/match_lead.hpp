// Rows of any type as leads: which columns play which roles, and what they say.
#pragma once

#include "core/dedup/lead_fields.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// How the value of a column is read.
enum class LeadValueForm : std::uint8_t {
  text,         // stored as text, whatever the type is called
  date,         // as YYYYMMDD, or as a time
  timestamp,    // likewise
  written_out,  // by the type's output function
};

/// The column that plays a role.
struct RoleColumn {
  AttrNumber column;  // 0: none
  LeadValueForm form;
  FmgrInfo output;
};

/// The columns of a row type by roles. Plain data, which lasts as long as the memory context it was made in.
struct LeadColumns {
  RoleColumn of_role[dedup::kRoles];
  /// Whether reading may raise an error because of what is in the lead: a text that has no form in UTF-8, or an output
  /// function that somebody has added to PostgreSQL.
  bool may_raise;

  [[nodiscard]] const RoleColumn& operator[](dedup::Role role) const { return of_role[static_cast<std::size_t>(role)]; }
};

/// Finds the columns of a row type. A column plays the role that its name says (dedup::role_of_column(), small and
/// capital letters being the same); among several the one that is called like the role, then the first. `columns`
/// (nullptr for none) names columns by role instead: a column named there plays that role only, and null leaves the
/// role out. Times must be of type timestamptz, timestamp or date; what only looks like one by its name is passed over.
/// Raises 22023 (invalid_parameter_value) if `columns` is no object of roles and names, 42703 (undefined_column) if
/// there is no such column, 42804 (datatype_mismatch) if its type is no time.
LeadColumns* find_lead_columns(TupleDesc row, Jsonb* columns);

/// A role and the name of the column that plays it, as JSON: find_lead_columns() finds the same by it, in other row
/// types too, and no other.
Jsonb* lead_columns_document(const LeadColumns& columns, TupleDesc row);

/// Reads a row. The texts are UTF-8 and last as long as the current memory context; of longer ones than
/// kLongestLeadText bytes the rest is not read. NULL and blank are absent. Times are microseconds from PostgreSQL's
/// epoch, in UTC if the type has no zone.
inline constexpr std::size_t kLongestLeadText = 4096;
dedup::LeadText read_lead(const LeadColumns& columns, TupleDesc row, HeapTupleHeader lead);
dedup::LeadText read_lead(const LeadColumns& columns, TupleTableSlot* lead);
/// The time alone.
std::int64_t time_of_lead(const LeadColumns& columns, TupleTableSlot* lead);

}  // namespace leadscore::pg
