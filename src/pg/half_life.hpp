// Half-lives as arguments.
#pragma once

#include "core/heat/half_life.hpp"
#include "pg/interval_length.hpp"

namespace leadscore::pg {

/// Raises 22023 unless it is longer than zero and at most 100000 years.
inline heat::HalfLife half_life_of(const Interval* interval) {
  const std::optional<std::int64_t> length = microseconds_of(interval);
  if (!length || !heat::HalfLife::is_valid(*length)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("half_life must be longer than zero and at most 100000 years")));
  }
  return heat::HalfLife(*length);
}

}  // namespace leadscore::pg
