// The aggregate engagement: points now for events, by the kinds of events of a model.
#include "core/heat/engagement.hpp"
#include "core/heat/heat_bytes.hpp"
#include "pg/aggregate.hpp"
#include "pg/event_kind.hpp"
#include "pg/guard.hpp"

namespace leadscore::pg {

namespace {

struct EngagementState {
  const EventKinds* kinds;  // nullptr: the model or as_of is NULL, and so is the result
  TimestampTz as_of;
  heat::EngagementSum sum;     // of the kinds without a limit
  heat::LimitedEvent* events;  // of the others
  std::size_t count;
  std::size_t capacity;
};
static_assert(std::is_trivially_destructible_v<EngagementState> && alignof(EngagementState) <= MAXIMUM_ALIGNOF);

// How many events that count, of kinds with a max_count, a group may have.
constexpr std::size_t kMostLimitedEvents = std::size_t{1} << 20;

constexpr std::uint64_t kFormat = 0x4C534531;  // "LSE1"
constexpr std::size_t kEventBytes = 8 + 4;

EngagementState* make_state(MemoryContext context, const EventKinds* kinds, TimestampTz as_of) {
  return new (MemoryContextAlloc(context, sizeof(EngagementState)))
      EngagementState{kinds, kinds != nullptr ? as_of : 0, {}, nullptr, 0, 0};
}

// Drops the events that can no longer count.
void drop_surplus(EngagementState* state) {
  state->count = heat::keep_earliest({state->events, state->count}, state->kinds->kinds);
  if (state->count > kMostLimitedEvents) {
    ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
                    errmsg("more than %zu events with a max_count in one engagement", kMostLimitedEvents),
                    errhint("Group the events by lead, or let fewer of a period count.")));
  }
}

void add_limited(MemoryContext context, EngagementState* state, heat::LimitedEvent event) {
  if (state->count == state->capacity) {
    drop_surplus(state);
    // At least half of it is free then, so that sorting costs each event the same however many there are.
    if (state->count * 2 >= state->capacity) {
      state->capacity = state->capacity == 0 ? 8 : state->capacity * 2;
      const Size size = state->capacity * sizeof(heat::LimitedEvent);
      state->events = static_cast<heat::LimitedEvent*>(state->events == nullptr ? MemoryContextAlloc(context, size)
                                                                                : repalloc(state->events, size));
    }
  }
  state->events[state->count++] = event;
}

[[noreturn]] void varying_argument(const char* name) {
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                  errmsg("%s must be the same for all events of an engagement", name), errhint("GROUP BY it, too.")));
}

bool same_text(const text* a, const text* b) {
  return a == b || (VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
                    memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0);
}

void check_same(const EngagementState* state, const text* model, bool has_as_of, TimestampTz as_of) {
  if (state->kinds == nullptr && (model == nullptr || !has_as_of)) {
    return;
  }
  if (state->kinds == nullptr) {
    varying_argument("model and as_of");  // the first event lacked one of them
  }
  if (model == nullptr || !same_text(state->kinds->model, model)) {
    varying_argument("model");
  }
  if (!has_as_of || state->as_of != as_of) {
    varying_argument("as_of");
  }
}

void add_event(MemoryContext context, EngagementState* state, std::string_view name, TimestampTz at) {
  if (TIMESTAMP_NOT_FINITE(at) || TIMESTAMP_NOT_FINITE(state->as_of) || at > state->as_of) {
    return;
  }
  const std::span<const heat::EventKind> kinds = state->kinds->kinds;
  const heat::EventKind* const kind = heat::find_kind(kinds, name);
  if (kind == nullptr || kind->points == 0) {
    return;
  }
  if (kind->max_count == 0) {
    state->sum.add(*kind, at, state->as_of);
  } else {
    add_limited(context, state, {at, static_cast<std::uint32_t>(kind - kinds.data())});
  }
}

Size serialized_size(const EngagementState* state) {
  const Size model = state->kinds == nullptr ? 0 : VARSIZE_ANY_EXHDR(state->kinds->model);
  return 4 + 1 + 8 + 8 + 4 + model + 2 * heat::kDecaySumBytes + 4 + state->count * kEventBytes + kCheckSumBytes;
}

[[noreturn]] void not_a_state() {
  ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("these bytes are not a partial engagement")));
}

// True if a kind's events are kept one by one, and such an event may be there.
bool is_possible(const heat::LimitedEvent& event, const EngagementState* state) {
  return state->kinds != nullptr && event.kind < state->kinds->kinds.size() &&
         state->kinds->kinds[event.kind].max_count > 0 && event.at <= state->as_of && !TIMESTAMP_NOT_FINITE(event.at);
}

}  // namespace

}  // namespace leadscore::pg

namespace heat = leadscore::heat;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_engagement_transition) {
  pg::EngagementState* state = pg::state_argument<pg::EngagementState>(fcinfo, 0);
  const text* const model = PG_ARGISNULL(1) ? nullptr : PG_GETARG_TEXT_PP(1);
  const bool has_as_of = !PG_ARGISNULL(4);
  const TimestampTz as_of = has_as_of ? PG_GETARG_TIMESTAMPTZ(4) : 0;
  if (state == nullptr) {
    MemoryContext const context = pg::aggregate_context(fcinfo);
    const pg::EventKinds* const kinds =
        model != nullptr && has_as_of ? pg::find_event_kinds(fcinfo->flinfo, model) : nullptr;
    state = pg::make_state(context, kinds, as_of);
  } else {
    pg::check_same(state, model, has_as_of, as_of);
  }
  if (state->kinds != nullptr && !PG_ARGISNULL(2) && !PG_ARGISNULL(3)) {
    const text* const event = PG_GETARG_TEXT_PP(2);
    pg::add_event(pg::aggregate_context(fcinfo), state, {VARDATA_ANY(event), VARSIZE_ANY_EXHDR(event)},
                  PG_GETARG_TIMESTAMPTZ(3));
  }
  PG_RETURN_POINTER(state);
}

LEADSCORE_FUNCTION(leadscore_engagement_combine) {
  MemoryContext const context = pg::aggregate_context(fcinfo);
  pg::EngagementState* state = pg::state_argument<pg::EngagementState>(fcinfo, 0);
  const pg::EngagementState* const other = pg::state_argument<pg::EngagementState>(fcinfo, 1);
  if (other == nullptr) {
    return pg::state_result(fcinfo, state);
  }
  if (state == nullptr) {
    state = pg::make_state(context, other->kinds, other->as_of);
  }
  pg::check_same(state, other->kinds != nullptr ? other->kinds->model : nullptr, other->kinds != nullptr, other->as_of);
  if (!state->sum.merge(other->sum)) {
    ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many points in one engagement")));
  }
  for (std::size_t i = 0; i < other->count; ++i) {
    pg::add_limited(context, state, other->events[i]);
  }
  PG_RETURN_POINTER(state);
}

LEADSCORE_FUNCTION(leadscore_engagement_serialize) {
  pg::EngagementState* const state = pg::state_argument<pg::EngagementState>(fcinfo, 0);
  if (state->kinds != nullptr) {
    pg::drop_surplus(state);
  }
  const Size size = pg::serialized_size(state);
  auto* const result = static_cast<bytea*>(palloc(VARHDRSZ + size));
  SET_VARSIZE(result, VARHDRSZ + size);
  leadscore::StateWriter writer({reinterpret_cast<std::byte*>(VARDATA(result)), size});
  writer.put(pg::kFormat, 4);
  writer.put(state->kinds != nullptr ? 1 : 0, 1);
  writer.put(static_cast<std::uint64_t>(state->as_of));
  writer.put(state->kinds != nullptr ? state->kinds->fingerprint : 0);
  const text* const model = state->kinds != nullptr ? state->kinds->model : nullptr;
  const std::string_view name =
      model != nullptr ? std::string_view{VARDATA_ANY(model), VARSIZE_ANY_EXHDR(model)} : std::string_view{};
  writer.put(name.size(), 4);
  writer.put(name);
  heat::put_sum(writer, state->sum.gained());
  heat::put_sum(writer, state->sum.lost());
  writer.put(state->count, 4);
  for (std::size_t i = 0; i < state->count; ++i) {
    writer.put(static_cast<std::uint64_t>(state->events[i].at));
    writer.put(state->events[i].kind, 4);
  }
  writer.put_check_sum();
  PG_RETURN_BYTEA_P(result);
}

LEADSCORE_FUNCTION(leadscore_engagement_deserialize) {
  pg::aggregate_context(fcinfo);
  const bytea* const bytes = PG_GETARG_BYTEA_PP(0);
  leadscore::StateReader reader(
      {reinterpret_cast<const std::byte*>(VARDATA_ANY(bytes)), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(bytes))});
  const bool is_known = reader.number(4) == pg::kFormat;
  const bool has_kinds = reader.number(1) == 1;
  const auto as_of = static_cast<TimestampTz>(reader.number());
  const std::uint64_t fingerprint = reader.number();
  const std::string_view name = reader.text(reader.number(4));
  if (!is_known || !reader.is_good()) {
    pg::not_a_state();
  }
  const pg::EventKinds* kinds = nullptr;
  if (has_kinds) {
    kinds = pg::find_event_kinds(fcinfo->flinfo, cstring_to_text_with_len(name.data(), static_cast<int>(name.size())));
    if (kinds->fingerprint != fingerprint) {
      ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                      errmsg("the processes of this query see different kinds of events")));
    }
  }
  // It lives only until it has been combined.
  pg::EngagementState* const state = pg::make_state(CurrentMemoryContext, kinds, as_of);
  const std::optional<heat::DecaySum> gained = heat::read_sum(reader);
  const std::optional<heat::DecaySum> lost = heat::read_sum(reader);
  const std::uint64_t count = reader.number(4);
  if (!gained || !lost || !reader.is_good() || reader.left() != count * pg::kEventBytes) {
    pg::not_a_state();
  }
  state->sum.set_sums(*gained, *lost);
  for (std::uint64_t i = 0; i < count; ++i) {
    heat::LimitedEvent event;
    event.at = static_cast<heat::Instant>(reader.number());
    event.kind = static_cast<std::uint32_t>(reader.number(4));
    if (!pg::is_possible(event, state)) {
      pg::not_a_state();
    }
    pg::add_limited(CurrentMemoryContext, state, event);
  }
  PG_RETURN_POINTER(state);
}

LEADSCORE_FUNCTION(leadscore_engagement_final) {
  pg::EngagementState* const state = pg::state_argument<pg::EngagementState>(fcinfo, 0);
  if (state == nullptr) {
    PG_RETURN_FLOAT8(0);
  }
  if (state->kinds == nullptr) {
    PG_RETURN_NULL();
  }
  // The order of the events, and those that do not count, are no part of what the state says.
  pg::drop_surplus(state);
  heat::EngagementSum sum = state->sum;
  for (std::size_t i = 0; i < state->count; ++i) {
    sum.add(state->kinds->kinds[state->events[i].kind], state->events[i].at, state->as_of);
  }
  PG_RETURN_FLOAT8(sum.points());
}
