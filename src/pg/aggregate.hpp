// What the support functions of aggregates share.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// The memory context in which an aggregate's state lives. Raises 0A000 (feature_not_supported) if the function was not
/// called for an aggregate.
inline MemoryContext aggregate_context(FunctionCallInfo fcinfo) {
  MemoryContext context = nullptr;
  if (AggCheckCallContext(fcinfo, &context) == 0) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("called outside an aggregate")));
  }
  return context;
}

/// The state that an argument of type internal points to; nullptr where it is NULL.
template <class State>
State* state_argument(FunctionCallInfo fcinfo, int argument) {
  return PG_ARGISNULL(argument) ? nullptr : reinterpret_cast<State*>(PG_GETARG_POINTER(argument));
}

/// A state as a function's result.
inline Datum state_result(FunctionCallInfo fcinfo, void* state) {
  if (state == nullptr) {
    PG_RETURN_NULL();
  }
  PG_RETURN_POINTER(state);
}

}  // namespace leadscore::pg
