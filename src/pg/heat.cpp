// The SQL functions over heat: the aggregates heat, heat_partial and heat_merge, and what is done with a stored heat.
#include <cmath>

#include "core/heat/heat.hpp"
#include "core/heat/heat_bytes.hpp"
#include "pg/aggregate.hpp"
#include "pg/guard.hpp"
#include "pg/half_life.hpp"

namespace leadscore::pg {

namespace {

// The state of the aggregates.
struct HeatState {
  Interval written;  // the half-life as it was last given, to be compared rather than converted in every row
  heat::HeatSum sum;
};
static_assert(std::is_trivially_destructible_v<HeatState> && alignof(HeatState) <= MAXIMUM_ALIGNOF);

bool same_bytes(const Interval& a, const Interval& b) {
  return a.time == b.time && a.day == b.day && a.month == b.month;
}

heat::HalfLife half_life_argument(FunctionCallInfo fcinfo, int argument) {
  return half_life_of(PG_GETARG_INTERVAL_P(argument));
}

void check_points(double points) {
  if (points >= 0 && std::isfinite(points)) {
    return;
  }
  if (points < 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("points of a heat must not be negative"),
                    errhint("Keep events that speak against interest in a heat of their own; the points now are "
                            "greatest(0, positive - negative).")));
  }
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("points of a heat must be a finite number")));
}

HeatState* make_state(FunctionCallInfo fcinfo, const Interval& written, heat::HalfLife half_life) {
  void* const memory = MemoryContextAlloc(aggregate_context(fcinfo), sizeof(HeatState));
  return new (memory) HeatState{written, heat::HeatSum(half_life)};
}

void check_same_half_life(heat::HalfLife a, heat::HalfLife b) {
  if (a == b) {
    return;
  }
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("heats of different half-lives cannot be merged"),
                  errdetail("One is of " INT64_FORMAT " microseconds, another of " INT64_FORMAT ".", a.microseconds(),
                            b.microseconds())));
}

// Adds a sum to a state, which is made if there is none.
HeatState* merge_into(FunctionCallInfo fcinfo, HeatState* state, const heat::HeatSum& sum) {
  if (state == nullptr) {
    state = make_state(fcinfo, Interval{}, sum.half_life());
  }
  check_same_half_life(state->sum.half_life(), sum.half_life());
  if (!state->sum.merge(sum)) {
    ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many points in one heat")));
  }
  return state;
}

heat::HeatSum sum_of_bytes(const bytea* bytes) {
  const std::optional<heat::HeatSum> sum = heat::heat_of(
      {reinterpret_cast<const std::byte*>(VARDATA_ANY(bytes)), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(bytes))});
  if (!sum) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("these bytes are not a partial heat"),
                    errhint("Partial heats come from leadscore.heat_partial().")));
  }
  return *sum;
}

Datum float8_or_null(FunctionCallInfo fcinfo, std::optional<double> number) {
  if (!number) {
    PG_RETURN_NULL();
  }
  PG_RETURN_FLOAT8(*number);
}

// A heat that is NULL or no number is none.
std::optional<double> heat_argument(FunctionCallInfo fcinfo, int argument) {
  if (PG_ARGISNULL(argument) || std::isnan(PG_GETARG_FLOAT8(argument))) {
    return std::nullopt;
  }
  return PG_GETARG_FLOAT8(argument);
}

}  // namespace

}  // namespace leadscore::pg

namespace heat = leadscore::heat;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_heat_transition) {
  pg::HeatState* state = pg::state_argument<pg::HeatState>(fcinfo, 0);
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3)) {
    return pg::state_result(fcinfo, state);
  }
  const double points = PG_GETARG_FLOAT8(1);
  const TimestampTz at = PG_GETARG_TIMESTAMPTZ(2);
  const Interval* const half_life = PG_GETARG_INTERVAL_P(3);
  if (state == nullptr) {
    state = pg::make_state(fcinfo, *half_life, pg::half_life_of(half_life));
  } else if (!pg::same_bytes(state->written, *half_life)) {
    if (!(pg::half_life_of(half_life) == state->sum.half_life())) {
      ereport(ERROR,
              (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("half_life must be the same for all events of a heat"),
               errhint("Heats of different half-lives neither merge nor keep their order. Aggregate them apart, "
                       "or let engagement() give each kind of event a half-life of its own.")));
    }
    state->written = *half_life;
  }
  pg::check_points(points);
  if (!TIMESTAMP_NOT_FINITE(at)) {
    state->sum.add(points, at);
  }
  PG_RETURN_POINTER(state);
}

LEADSCORE_FUNCTION(leadscore_heat_merge_transition) {
  pg::HeatState* const state = pg::state_argument<pg::HeatState>(fcinfo, 0);
  if (PG_ARGISNULL(1)) {
    return pg::state_result(fcinfo, state);
  }
  PG_RETURN_POINTER(pg::merge_into(fcinfo, state, pg::sum_of_bytes(PG_GETARG_BYTEA_PP(1))));
}

LEADSCORE_FUNCTION(leadscore_heat_combine) {
  pg::HeatState* const state = pg::state_argument<pg::HeatState>(fcinfo, 0);
  const pg::HeatState* const other = pg::state_argument<pg::HeatState>(fcinfo, 1);
  if (other == nullptr) {
    return pg::state_result(fcinfo, state);
  }
  PG_RETURN_POINTER(pg::merge_into(fcinfo, state, other->sum));
}

LEADSCORE_FUNCTION(leadscore_heat_serialize) {
  const std::array<std::byte, heat::kHeatBytes> bytes =
      heat::bytes_of(pg::state_argument<pg::HeatState>(fcinfo, 0)->sum);
  auto* const result = static_cast<bytea*>(palloc(VARHDRSZ + bytes.size()));
  SET_VARSIZE(result, VARHDRSZ + bytes.size());
  memcpy(VARDATA(result), bytes.data(), bytes.size());
  PG_RETURN_BYTEA_P(result);
}

LEADSCORE_FUNCTION(leadscore_heat_deserialize) {
  pg::aggregate_context(fcinfo);
  const heat::HeatSum sum = pg::sum_of_bytes(PG_GETARG_BYTEA_PP(0));
  // It lives only until it has been combined.
  auto* const state = new (palloc(sizeof(pg::HeatState))) pg::HeatState{Interval{}, sum};
  PG_RETURN_POINTER(state);
}

LEADSCORE_FUNCTION(leadscore_heat_final) {
  return pg::float8_or_null(fcinfo, pg::state_argument<pg::HeatState>(fcinfo, 0)->sum.heat());
}

LEADSCORE_FUNCTION(leadscore_heat_add) {
  const std::optional<double> before = pg::heat_argument(fcinfo, 0);
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3)) {
    return pg::float8_or_null(fcinfo, before);
  }
  const double points = PG_GETARG_FLOAT8(1);
  const TimestampTz at = PG_GETARG_TIMESTAMPTZ(2);
  const heat::HalfLife half_life = pg::half_life_argument(fcinfo, 3);
  pg::check_points(points);
  if (points == 0 || TIMESTAMP_NOT_FINITE(at)) {
    return pg::float8_or_null(fcinfo, before);
  }
  PG_RETURN_FLOAT8(heat::heat_add(before.value_or(-get_float8_infinity()), points, at, half_life));
}

LEADSCORE_FUNCTION(leadscore_heat_merge) {
  const std::optional<double> a = pg::heat_argument(fcinfo, 0);
  const std::optional<double> b = pg::heat_argument(fcinfo, 1);
  if (!a || !b) {
    return pg::float8_or_null(fcinfo, a ? a : b);
  }
  PG_RETURN_FLOAT8(heat::heat_merge(*a, *b));
}

LEADSCORE_FUNCTION(leadscore_heat_points) {
  const std::optional<double> stored = pg::heat_argument(fcinfo, 0);
  const heat::HalfLife half_life = pg::half_life_argument(fcinfo, 1);
  const TimestampTz as_of = PG_GETARG_TIMESTAMPTZ(2);
  if (!stored) {
    PG_RETURN_NULL();
  }
  const bool is_nothing = std::isinf(*stored) && *stored < 0;
  if (is_nothing || (TIMESTAMP_IS_NOEND(as_of) && !std::isinf(*stored))) {
    PG_RETURN_FLOAT8(0);
  }
  if (TIMESTAMP_NOT_FINITE(as_of)) {
    PG_RETURN_FLOAT8(get_float8_infinity());
  }
  PG_RETURN_FLOAT8(heat::heat_points(*stored, half_life, as_of));
}

LEADSCORE_FUNCTION(leadscore_heat_cools_at) {
  const std::optional<double> stored = pg::heat_argument(fcinfo, 0);
  const heat::HalfLife half_life = pg::half_life_argument(fcinfo, 1);
  const double threshold = PG_GETARG_FLOAT8(2);
  if (!stored || std::isnan(threshold)) {
    PG_RETURN_NULL();
  }
  const std::optional<heat::Instant> instant = heat::heat_cools_at(*stored, half_life, threshold);
  if (!instant || *instant >= END_TIMESTAMP) {
    PG_RETURN_TIMESTAMPTZ(DT_NOEND);
  }
  PG_RETURN_TIMESTAMPTZ(*instant < MIN_TIMESTAMP ? DT_NOBEGIN : *instant);
}
