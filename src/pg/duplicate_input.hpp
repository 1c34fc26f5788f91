// The leads of a relation on their way into a search for duplicates.
#pragma once

#include "core/dedup/keyed_leads.hpp"
#include "core/limited_resource.hpp"
#include "pg/match_rule.hpp"
#include "pg/memory.hpp"

namespace leadscore::pg {

/// The leads of a relation, in order of time, and the memory that a search over them may use. Made in a memory
/// context, which owns it.
struct DuplicateInput {
  DuplicateInput(MemoryContext context, contact::Region region);

  ContextResource resource;
  LimitedResource memory;  // maintenance_work_mem
  dedup::KeyedLeads leads;
  std::size_t without_key = 0;
};

/// Reads the leads of a table, partitioned table, foreign table, view or materialised view, as the caller may read it,
/// into an input that lasts as long as the context. `columns` may be nullptr. Raises 42P01 (undefined_table),
/// 42809 (wrong_object_type), 42703 (undefined_column; also if the leads need times and have none), 42804
/// (datatype_mismatch), 22023 (invalid_parameter_value), 54000 (program_limit_exceeded). Tells those who wait with
/// NOTICEs.
DuplicateInput* read_duplicate_input(Oid relation, const char* key, Jsonb* columns, bool needs_times,
                                     contact::Region region, MemoryContext context);

/// A pair of keys of a relation (lead_a text, lead_b text, is_same boolean) that people filled.
struct LinkedKeys {
  std::string_view a;
  std::string_view b;
  bool is_same;
};

/// The links whose leads are named, in the current memory context. Raises 42703 if the relation lacks a column.
std::span<const LinkedKeys> read_links(Oid relation);

}  // namespace leadscore::pg
