// A lead as SQL functions receive it: an argument that must be a row.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// Raises 42804 (datatype_mismatch) unless the second argument of the call is a row, whose bytes may be read as one.
void check_is_row(FmgrInfo* flinfo);

/// Makes a tuple of a row value, without copying it.
void read_lead(HeapTupleHeader header, HeapTuple lead);

}  // namespace leadscore::pg
