// A lead as SQL functions receive it: an argument that must be a row, and the model that is to judge it.
#pragma once

#include "pg/model_cache.hpp"

namespace leadscore::pg {

/// Makes a tuple of the second argument of a call, without copying it, and finds the model compiled for its row type.
/// Raises 42804 (datatype_mismatch) if the argument is not a row, and what find_model() raises.
CompiledModel* receive_lead(FunctionCallInfo fcinfo, const ModelReference& reference, HeapTuple lead);

}  // namespace leadscore::pg
