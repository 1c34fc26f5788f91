// States of aggregates that are objects of the core: they are made in the aggregate's memory, merge others of their
// kind, and travel as bytes.
#pragma once

#include "pg/aggregate.hpp"
#include "pg/composite.hpp"
#include "pg/guard.hpp"
#include "pg/memory.hpp"

namespace leadscore::pg {

/// Makes a state in the context: the arguments, and last a memory resource over it. Plain glue only, as all of these.
template <class State, class... Arguments>
State* make_core_state(MemoryContext context, const Arguments&... arguments) {
  return core_call([&] {
    return make_in_context<State>(context, arguments..., make_in_context<ContextResource>(context, context));
  });
}

/// Adds to a state what another knows.
template <class State, class Other>
void merge_core_state(State* state, Other* other) {
  MemoryContext const current = CurrentMemoryContext;
  core_call([=] {
    StopToken stop = stop_token();
    if constexpr (requires(std::pmr::memory_resource * memory) { state->merge(*other, memory, stop); }) {
      ContextResource scratch(current);
      state->merge(*other, &scratch, stop);
    } else if constexpr (requires { state->merge(*other, stop); }) {
      state->merge(*other, stop);
    } else {
      state->merge(*other);
    }
    return true;
  });
}

/// The combine function. `make_like(context, other)` makes an empty state to merge another into.
template <class State, class MakeLike>
Datum combine_core_states(FunctionCallInfo fcinfo, MakeLike make_like) {
  auto* state = state_argument<State>(fcinfo, 0);
  const auto* const other = state_argument<State>(fcinfo, 1);
  MemoryContext const context = aggregate_context(fcinfo);
  if (other == nullptr) {
    return state_result(fcinfo, state);
  }
  if (state == nullptr) {
    state = make_like(context, *other);
  }
  merge_core_state(state, other);
  PG_RETURN_POINTER(state);
}

/// The bytes that a state writes.
template <class State>
bytea* bytes_of_state(State* state) {
  const std::size_t size = state->byte_size();
  auto* const result = static_cast<bytea*>(palloc(VARHDRSZ + size));
  SET_VARSIZE(result, VARHDRSZ + size);
  core_call([=] {
    StopToken stop = stop_token();
    state->write({reinterpret_cast<std::byte*>(VARDATA(result)), size}, stop);
    return true;
  });
  return result;
}

/// The serialize function.
template <class State>
Datum serialize_core_state(FunctionCallInfo fcinfo) {
  aggregate_context(fcinfo);
  PG_RETURN_BYTEA_P(bytes_of_state(state_argument<State>(fcinfo, 0)));
}

inline std::span<const std::byte> span_of(const bytea* bytes) {
  return {reinterpret_cast<const std::byte*>(VARDATA_ANY(bytes)), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(bytes))};
}

/// Raises 22P03 (invalid_binary_representation).
[[noreturn]] inline void not_a_state(const char* what) {
  ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("these bytes are not a part of %s", what)));
}

/// The result of a final function, an array of rows. `write(rows, stop, scratch)` writes rows into a span of `most` and
/// returns how many, `make(type, row)` makes a row of SQL.
template <class Row, class Write, class Make>
Datum core_rows(FunctionCallInfo fcinfo, std::size_t most, Write write, Make make) {
  auto* const rows =
      static_cast<Row*>(MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Row) * (most > 0 ? most : 1)));
  for (std::size_t i = 0; i < most; ++i) {
    new (&rows[i]) Row();
  }
  MemoryContext const context = CurrentMemoryContext;
  const std::size_t count = core_call([=] {
    ContextResource scratch(context);
    StopToken stop = stop_token();
    return write(std::span<Row>(rows, most), stop, &scratch);
  });
  return make_row_array(fcinfo, count, [=](TupleDesc type, std::size_t i) {
    CHECK_FOR_INTERRUPTS();
    return make(type, rows[i]);
  });
}

}  // namespace leadscore::pg
