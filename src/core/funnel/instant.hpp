// A moment in time.
#pragma once

#include <cstdint>
#include <limits>

namespace leadscore::funnel {

/// Microseconds since some epoch. The least and the greatest number are the infinities, as in PostgreSQL.
using Instant = std::int64_t;

inline constexpr Instant kBeforeAll = std::numeric_limits<Instant>::min();
inline constexpr Instant kAfterAll = std::numeric_limits<Instant>::max();

}  // namespace leadscore::funnel
