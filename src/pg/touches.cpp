// The aggregate touches, and attributable.
#include "core/funnel/attributable.hpp"
#include "core/funnel/touch_list.hpp"
#include "pg/aggregate.hpp"
#include "pg/core_state.hpp"
#include "pg/guard.hpp"
#include "pg/interval_length.hpp"
#include "pg/stored_text.hpp"
#include "pg/touch_array.hpp"

namespace leadscore::pg {

namespace {

[[noreturn]] void not_touches() {
  ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("these bytes are not a state of touches()")));
}

// Nothing where it is NULL.
std::optional<std::int64_t> look_back_argument(FunctionCallInfo fcinfo, int argument) {
  if (PG_ARGISNULL(argument)) {
    return std::nullopt;
  }
  const Interval* const interval = PG_GETARG_INTERVAL_P(argument);
  if (interval->month != 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("look_back must not be given in months or years"),
                    errhint("Months differ in length; give days, as in '90 days'.")));
  }
  const std::optional<std::int64_t> length = microseconds_of(interval);
  if (length ? *length < 0 : interval->day < 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("look_back must not be negative")));
  }
  return length;
}

// The texts of an array, NULLs left out; none where it is NULL.
std::span<std::string_view> texts_argument(FunctionCallInfo fcinfo, int argument) {
  if (PG_ARGISNULL(argument)) {
    return {};
  }
  Datum* texts = nullptr;
  bool* nulls = nullptr;
  int count = 0;
  deconstruct_array(PG_GETARG_ARRAYTYPE_P(argument), TEXTOID, -1, false, TYPALIGN_INT, &texts, &nulls, &count);
  auto* const views = static_cast<std::string_view*>(palloc(sizeof(std::string_view) * static_cast<Size>(count + 1)));
  std::size_t kept = 0;
  for (int i = 0; i < count; ++i) {
    if (!nulls[i]) {
      views[kept++] = view_of(DatumGetTextPP(texts[i]));
    }
  }
  return {views, kept};
}

}  // namespace

}  // namespace leadscore::pg

namespace funnel = leadscore::funnel;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_touches_transition) {
  auto* state = pg::state_argument<funnel::TouchList>(fcinfo, 0);
  const std::optional<funnel::Instant> at = pg::time_argument(fcinfo, 2);
  if (PG_ARGISNULL(1) || !at) {
    return pg::state_result(fcinfo, state);
  }
  const std::string_view channel = pg::view_of(PG_GETARG_TEXT_PP(1));
  if (state == nullptr) {
    state = pg::make_core_state<funnel::TouchList>(pg::aggregate_context(fcinfo));
  }
  pg::core_call([=] {
    state->add({*at, channel});
    return true;
  });
  PG_RETURN_POINTER(state);
}

LEADSCORE_FUNCTION(leadscore_touches_combine) {
  return pg::combine_core_states<funnel::TouchList>(fcinfo, [](MemoryContext context, const auto& /*other*/) {
    return pg::make_core_state<funnel::TouchList>(context);
  });
}

LEADSCORE_FUNCTION(leadscore_touches_serialize) { return pg::serialize_core_state<funnel::TouchList>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_touches_deserialize) {
  pg::aggregate_context(fcinfo);
  const bytea* const bytes = PG_GETARG_BYTEA_PP(0);
  funnel::TouchList* const state = pg::make_core_state<funnel::TouchList>(CurrentMemoryContext);
  const bool is_read = pg::core_call([=] {
    leadscore::StopToken stop = pg::stop_token();
    return state->read(pg::span_of(bytes), stop);
  });
  if (!is_read) {
    pg::not_touches();
  }
  for (std::size_t i = 0; i < state->size(); ++i) {
    CHECK_FOR_INTERRUPTS();
    const funnel::Touch touch = state->touch(i);
    if (!IS_VALID_TIMESTAMP(touch.at) ||
        !pg_verifymbstr(touch.channel.data(), static_cast<int>(touch.channel.size()), true)) {
      pg::not_touches();
    }
  }
  PG_RETURN_POINTER(state);
}

LEADSCORE_FUNCTION(leadscore_touches_final) {
  const auto* const state = pg::state_argument<funnel::TouchList>(fcinfo, 0);
  const std::span<funnel::Touch> touches(
      static_cast<funnel::Touch*>(MemoryContextAllocHuge(CurrentMemoryContext, sizeof(funnel::Touch) * state->size())),
      state->size());
  pg::core_call([=] {
    leadscore::StopToken stop = pg::stop_token();
    state->write_in_order(touches, stop);
    return true;
  });
  return pg::touch_array(fcinfo, touches);
}

LEADSCORE_FUNCTION(leadscore_attributable) {
  if (PG_ARGISNULL(0)) {
    PG_RETURN_NULL();
  }
  if (PG_ARGISNULL(4)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("collapse_repeats must not be NULL")));
  }
  const std::span<funnel::Touch> touches = pg::touches_of(PG_GETARG_ARRAYTYPE_P(0));
  const funnel::PathRule rule{pg::time_argument(fcinfo, 1), pg::look_back_argument(fcinfo, 2),
                              pg::texts_argument(fcinfo, 3), PG_GETARG_BOOL(4)};
  const std::size_t kept = pg::core_call([=] {
    leadscore::StopToken stop = pg::stop_token();
    return funnel::keep_attributable(touches, rule, stop);
  });
  return pg::touch_array(fcinfo, touches.first(kept));
}
