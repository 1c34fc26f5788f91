// The aggregates window_funnel, funnel_times and funnel_outcome, which share their states.
#include "core/funnel/window_funnel.hpp"

#include "pg/aggregate.hpp"
#include "pg/composite.hpp"
#include "pg/core_state.hpp"
#include "pg/funnel_rule.hpp"
#include "pg/guard.hpp"

namespace leadscore::pg {

namespace {

using funnel::Event;
using funnel::EventList;
using funnel::FunnelRule;
using funnel::StepSet;

static_assert(funnel::kBeforeAll == DT_NOBEGIN && funnel::kAfterAll == DT_NOEND);

EventList* make_list(MemoryContext context, FunnelRule rule, std::size_t events, bool is_wide) {
  const std::size_t size = EventList::bytes_for(events, is_wide);
  return EventList::make(MemoryContextAllocHuge(context, size), size, rule, is_wide);
}

void check_same_rule(const FunnelRule& one, const FunnelRule& other) {
  if (one == other) {
    return;
  }
  ereport(ERROR,
          (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
           errmsg("within and mode must be the same for all events of a funnel"), errhint("GROUP BY them, too.")));
}

// The list with room for so many more events, perhaps at another place.
EventList* with_room(MemoryContext context, EventList* list, std::size_t more, bool is_wide) {
  const std::size_t events = list->size() + more;
  core_call([=] {
    EventList::check_count(events);
    return true;
  });
  if (list->is_wide() == is_wide) {
    if (list->has_room(more)) {
      return list;
    }
    const std::size_t size = EventList::bytes_for(events, is_wide);
    list = static_cast<EventList*>(repalloc_huge(list, size));
    list->set_bytes(size);
    return list;
  }
  EventList* const wide = make_list(context, list->rule(), events, true);
  list->widen_to(*wide);
  pfree(list);
  return wide;
}

// Where leads come in no order, nearly all the time goes to fetch their lists: the end of a list of usual length is
// asked for together with its head.
void prefetch(const EventList* list) {
  constexpr std::size_t kLine = 64;
  constexpr std::size_t kLines = 4;
  for (std::size_t i = 0; i < kLines; ++i) {
    __builtin_prefetch(reinterpret_cast<const char*>(list) + i * kLine, 1);
  }
}

// A transition: the event of a row is added to a list, which is made if there is none.
Datum add_event(FunctionCallInfo fcinfo, StepSet steps) {
  auto* list = state_argument<EventList>(fcinfo, 0);
  prefetch(list);
  const FunnelRule rule = funnel_rule_argument(fcinfo);
  if (list != nullptr) {
    check_same_rule(list->rule(), rule);
  }
  if (PG_ARGISNULL(3) || (steps == 0 && !rule.modes.strict_order)) {
    return state_result(fcinfo, list);
  }
  const Event event{PG_GETARG_TIMESTAMPTZ(3), steps};
  if (list == nullptr) {
    list = make_list(aggregate_context(fcinfo), rule, 0, false);
  }
  if (!list->try_add(event)) {
    list = with_room(aggregate_context(fcinfo), list, 1, list->is_wide() || list->needs_wide(event));
    static_cast<void>(list->try_add(event));
  }
  PG_RETURN_POINTER(list);
}

StepSet step_argument(FunctionCallInfo fcinfo) { return funnel::step_or_none(funnel_step_of(fcinfo->args[4])); }

StepSet steps_argument(FunctionCallInfo fcinfo) {
  if (PG_ARGISNULL(4)) {
    return 0;
  }
  ArrayType* const array = PG_GETARG_ARRAYTYPE_P(4);
  const int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
  if (count > funnel::kMostSteps) {
    ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
                    errmsg("a funnel has at most %d steps, not %d", funnel::kMostSteps, count)));
  }
  const char* condition = ARR_DATA_PTR(array);
  const bits8* const nulls = ARR_NULLBITMAP(array);
  StepSet steps = 0;
  for (int i = 0; i < count; ++i) {
    if (nulls != nullptr && (nulls[i / BITS_PER_BYTE] >> (i % BITS_PER_BYTE) & 1) == 0) {
      continue;
    }
    steps |= *condition != 0 ? funnel::only_step(i + 1) : 0;
    ++condition;
  }
  return steps;
}

EventList* list_of_bytes(const bytea* bytes) {
  const std::span<const std::byte> written = span_of(bytes);
  const std::optional<EventList::Written> head = EventList::peek(written);
  EventList* const list = head ? make_list(CurrentMemoryContext, head->rule, head->events, head->is_wide) : nullptr;
  if (list == nullptr || !list->read(written)) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("these bytes are not the events of a funnel")));
  }
  return list;
}

// The state of window_funnel_ordered: what is known of the instants that are over, and the one that is not.
struct OrderedState {
  funnel::ChainScan<false> scan;
  FunnelRule rule;
  std::optional<funnel::InstantSteps> instant;
};
static_assert(std::is_trivially_destructible_v<OrderedState> && alignof(OrderedState) <= MAXIMUM_ALIGNOF);

Datum add_event_in_order(FunctionCallInfo fcinfo, StepSet steps) {
  auto* state = state_argument<OrderedState>(fcinfo, 0);
  const FunnelRule rule = funnel_rule_argument(fcinfo);
  if (PG_ARGISNULL(3)) {
    return state_result(fcinfo, state);
  }
  if (state == nullptr) {
    void* const memory = MemoryContextAlloc(aggregate_context(fcinfo), sizeof(OrderedState));
    state = new (memory) OrderedState{funnel::ChainScan<false>(rule), rule, std::nullopt};
  }
  check_same_rule(state->rule, rule);
  const TimestampTz at = PG_GETARG_TIMESTAMPTZ(3);
  const bool is_first = !state->instant || state->instant->at != at;
  if (state->instant && at < state->instant->at) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("events of an ordered funnel must come in the order of time"),
                    errhint("Sort them, as in window_funnel_ordered(within, mode, at, step ORDER BY at), or use "
                            "window_funnel(), which takes any order.")));
  }
  if (is_first) {
    if (state->instant) {
      state->scan.add(*state->instant);
    }
    state->instant.emplace().at = at;
  }
  state->instant->add(steps, is_first);
  PG_RETURN_POINTER(state);
}

// After the last timestamp there is infinity.
Column time_column(funnel::Instant at) { return {TimestampTzGetDatum(at < END_TIMESTAMP ? at : DT_NOEND), false}; }

const char* name_of(funnel::ScanEnd end) { return end == funnel::ScanEnd::intruder ? "intruder" : "repeat"; }

}  // namespace

}  // namespace leadscore::pg

namespace funnel = leadscore::funnel;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_funnel_step_transition) { return pg::add_event(fcinfo, pg::step_argument(fcinfo)); }

LEADSCORE_FUNCTION(leadscore_funnel_steps_transition) { return pg::add_event(fcinfo, pg::steps_argument(fcinfo)); }

LEADSCORE_FUNCTION(leadscore_funnel_mask_transition) {
  return pg::add_event(fcinfo, PG_ARGISNULL(4) ? 0 : static_cast<funnel::StepSet>(PG_GETARG_INT64(4)));
}

LEADSCORE_FUNCTION(leadscore_funnel_combine) {
  auto* list = pg::state_argument<funnel::EventList>(fcinfo, 0);
  const auto* const other = pg::state_argument<funnel::EventList>(fcinfo, 1);
  MemoryContext const context = pg::aggregate_context(fcinfo);
  if (other == nullptr) {
    return pg::state_result(fcinfo, list);
  }
  if (list == nullptr) {
    list = pg::make_list(context, other->rule(), other->size(), other->is_wide());
  } else {
    pg::check_same_rule(list->rule(), other->rule());
    list = pg::with_room(context, list, other->size(), list->is_wide() || list->needs_wide(*other));
  }
  list->append(*other);
  PG_RETURN_POINTER(list);
}

LEADSCORE_FUNCTION(leadscore_funnel_serialize) { return pg::serialize_core_state<funnel::EventList>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_funnel_deserialize) {
  pg::aggregate_context(fcinfo);
  PG_RETURN_POINTER(pg::list_of_bytes(PG_GETARG_BYTEA_PP(0)));
}

LEADSCORE_FUNCTION(leadscore_window_funnel_final) {
  auto* const list = pg::state_argument<funnel::EventList>(fcinfo, 0);
  if (list == nullptr) {
    PG_RETURN_INT32(0);
  }
  PG_RETURN_INT32(pg::core_call([=] { return funnel::funnel_level(*list, pg::stop_token()); }));
}

LEADSCORE_FUNCTION(leadscore_funnel_times_final) {
  auto* const list = pg::state_argument<funnel::EventList>(fcinfo, 0);
  funnel::ChainTimes times;
  const int level =
      list == nullptr ? 0 : pg::core_call([&] { return funnel::funnel_times(*list, times, pg::stop_token()); });
  Datum values[funnel::kMostSteps];
  for (int i = 0; i < level; ++i) {
    values[i] = TimestampTzGetDatum(times[static_cast<std::size_t>(i)]);
  }
  PG_RETURN_ARRAYTYPE_P(
      construct_array(values, level, TIMESTAMPTZOID, sizeof(TimestampTz), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

LEADSCORE_FUNCTION(leadscore_funnel_outcome_final) {
  auto* const list = pg::state_argument<funnel::EventList>(fcinfo, 0);
  const funnel::FunnelOutcome outcome =
      list == nullptr ? funnel::FunnelOutcome{}
                      : pg::core_call([=] { return funnel::funnel_outcome(*list, pg::stop_token()); });
  if (outcome.level == 0) {
    return pg::make_row(pg::result_row(fcinfo), {pg::column(0), {}, {}, {}, {}, {}, {}});
  }
  const bool is_open = outcome.end == funnel::ScanEnd::none;
  return pg::make_row(pg::result_row(fcinfo), {pg::column(outcome.level), pg::time_column(outcome.started_at),
                                               pg::time_column(outcome.reached_at), pg::time_column(outcome.closes_at),
                                               is_open ? pg::Column{} : pg::column(pg::name_of(outcome.end)),
                                               is_open ? pg::Column{} : pg::time_column(outcome.ended_at),
                                               is_open ? pg::time_column(outcome.open_until) : pg::Column{}});
}

LEADSCORE_FUNCTION(leadscore_window_funnel_ordered_transition) {
  return pg::add_event_in_order(fcinfo, pg::step_argument(fcinfo));
}

LEADSCORE_FUNCTION(leadscore_window_funnel_ordered_final) {
  const auto* const state = pg::state_argument<pg::OrderedState>(fcinfo, 0);
  if (state == nullptr) {
    PG_RETURN_INT32(0);
  }
  funnel::ChainScan<false> scan = state->scan;  // more events may come
  scan.add(*state->instant);
  PG_RETURN_INT32(scan.level());
}
