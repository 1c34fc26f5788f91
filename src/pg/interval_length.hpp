// Intervals as lengths of time in microseconds.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// The length that EXTRACT(EPOCH FROM interval) gives: a day has 24 hours, a month 30 days, a year 365.25. Nothing if
/// it does not fit into 64 bits.
std::optional<std::int64_t> microseconds_of(const Interval* interval);

}  // namespace leadscore::pg
