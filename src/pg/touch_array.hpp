// Arrays of leadscore.touch: as the core reads them, and as they are made.
#pragma once

#include "core/funnel/touch.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// The touches of an array in the current memory context, without those that are NULL or have no channel or no finite
/// time. Their channels last as long as the array and that context.
std::span<funnel::Touch> touches_of(const ArrayType* array);

/// A time, or nothing where it is infinite.
inline std::optional<funnel::Instant> finite_time(TimestampTz time) {
  return TIMESTAMP_NOT_FINITE(time) ? std::nullopt : std::optional<funnel::Instant>(time);
}

/// The same of an argument that may be NULL.
inline std::optional<funnel::Instant> time_argument(FunctionCallInfo fcinfo, int argument) {
  return PG_ARGISNULL(argument) ? std::nullopt : finite_time(PG_GETARG_TIMESTAMPTZ(argument));
}

/// The function's result: an array of such touches.
Datum touch_array(FunctionCallInfo fcinfo, std::span<const funnel::Touch> touches);

}  // namespace leadscore::pg
