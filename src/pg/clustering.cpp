// The aggregate connected_components, its parts that are stored or sent, and its result.
#include "core/dedup/text_components.hpp"
#include "pg/aggregate.hpp"
#include "pg/composite.hpp"
#include "pg/core_state.hpp"
#include "pg/guard.hpp"
#include "pg/memory.hpp"
#include "pg/stored_text.hpp"

namespace leadscore::pg {

namespace {

using dedup::TextComponents;

// Nothing where it is NULL.
std::optional<std::string_view> member_argument(FunctionCallInfo fcinfo, int argument) {
  if (PG_ARGISNULL(argument)) {
    return std::nullopt;
  }
  return view_of(PG_GETARG_TEXT_PP(argument));
}

// Adds what `other` says to a state, which is made if there is none.
TextComponents* merge_components(FunctionCallInfo fcinfo, TextComponents* state, TextComponents* other) {
  MemoryContext const context = aggregate_context(fcinfo);
  if (state == nullptr) {
    state = make_core_state<TextComponents>(context);
  }
  merge_core_state(state, other);
  return state;
}

[[noreturn]] void not_components() {
  ereport(ERROR,
          (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("these bytes are not a part of connected components"),
           errhint("Parts come from leadscore.connected_components_partial().")));
}

// The state of such bytes, in the current memory context. Raises 22P03 for others.
TextComponents* components_of_bytes(const bytea* bytes) {
  TextComponents* const state = make_core_state<TextComponents>(CurrentMemoryContext);
  const bool is_read = core_call([=] {
    StopToken stop = stop_token();
    return state->read(span_of(bytes), stop);
  });
  if (!is_read) {
    not_components();
  }
  for (std::uint32_t member = 0; member < state->size(); ++member) {
    CHECK_FOR_INTERRUPTS();
    const std::string_view text = state->text(member);
    if (!pg_verifymbstr(text.data(), static_cast<int>(text.size()), true)) {
      not_components();
    }
  }
  return state;
}

text* make_text(std::string_view value) {
  return cstring_to_text_with_len(value.data(), static_cast<int>(value.size()));
}

// Each row repeats the name of its component: what fits into the state may be far too large for a value.
void check_result_size(const TextComponents* state, std::span<const TextComponents::Membership> rows) {
  constexpr std::size_t kRowBytes = MAXALIGN(SizeofHeapTupleHeader) + VARHDRSZ + INTALIGN(1) + VARHDRSZ;
  std::size_t size = ARR_OVERHEAD_NONULLS(1);
  for (const TextComponents::Membership& row : rows) {
    size += MAXALIGN(kRowBytes + state->text(row.member).size() + state->text(row.component).size());
  }
  if (!AllocSizeIsValid(size)) {
    ereport(
        ERROR,
        (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("the connected components of a group are larger than 1 GB"),
         errhint("Give the members shorter names, or GROUP BY something that is the same for both members of each "
                 "pair.")));
  }
}

}  // namespace

}  // namespace leadscore::pg

namespace dedup = leadscore::dedup;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_connected_components_transition) {
  auto* state = pg::state_argument<dedup::TextComponents>(fcinfo, 0);
  const std::optional<std::string_view> a = pg::member_argument(fcinfo, 1);
  const std::optional<std::string_view> b = pg::member_argument(fcinfo, 2);
  if (!a && !b) {
    return pg::state_result(fcinfo, state);
  }
  if (state == nullptr) {
    state = pg::make_core_state<dedup::TextComponents>(pg::aggregate_context(fcinfo));
  }
  pg::core_call([=] {
    state->join(a ? *a : *b, b ? *b : *a);
    return true;
  });
  PG_RETURN_POINTER(state);
}

LEADSCORE_FUNCTION(leadscore_connected_components_merge_transition) {
  auto* const state = pg::state_argument<dedup::TextComponents>(fcinfo, 0);
  if (PG_ARGISNULL(1)) {
    return pg::state_result(fcinfo, state);
  }
  PG_RETURN_POINTER(pg::merge_components(fcinfo, state, pg::components_of_bytes(PG_GETARG_BYTEA_PP(1))));
}

LEADSCORE_FUNCTION(leadscore_connected_components_combine) {
  auto* const state = pg::state_argument<dedup::TextComponents>(fcinfo, 0);
  auto* const other = pg::state_argument<dedup::TextComponents>(fcinfo, 1);
  if (other == nullptr) {
    return pg::state_result(fcinfo, state);
  }
  PG_RETURN_POINTER(pg::merge_components(fcinfo, state, other));
}

LEADSCORE_FUNCTION(leadscore_connected_components_serialize) {
  return pg::serialize_core_state<dedup::TextComponents>(fcinfo);
}

LEADSCORE_FUNCTION(leadscore_connected_components_deserialize) {
  pg::aggregate_context(fcinfo);
  PG_RETURN_POINTER(pg::components_of_bytes(PG_GETARG_BYTEA_PP(0)));
}

LEADSCORE_FUNCTION(leadscore_connected_components_final) {
  using Membership = dedup::TextComponents::Membership;
  auto* const state = pg::state_argument<dedup::TextComponents>(fcinfo, 0);
  const std::span<Membership> rows(static_cast<Membership*>(palloc(sizeof(Membership) * state->size())), state->size());
  MemoryContext const context = CurrentMemoryContext;
  pg::core_call([=] {
    pg::ContextResource scratch(context);
    leadscore::StopToken stop = pg::stop_token();
    state->write_in_order(rows, &scratch, stop);
    return true;
  });
  pg::check_result_size(state, rows);
  const text* name = nullptr;
  std::uint32_t named = 0;
  return pg::make_row_array(fcinfo, rows.size(), [&](TupleDesc type, std::size_t i) {
    CHECK_FOR_INTERRUPTS();
    if (name == nullptr || named != rows[i].component) {
      named = rows[i].component;
      name = pg::make_text(state->text(named));
    }
    text* const member = pg::make_text(state->text(rows[i].member));
    const Datum row = pg::make_row(type, {{PointerGetDatum(member), false}, {PointerGetDatum(name), false}});
    pfree(member);
    return row;
  });
}
