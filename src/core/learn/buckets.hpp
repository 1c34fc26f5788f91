// Into how many buckets a table of leads may be cut.
#pragma once

#include <cstdint>

#include "core/error.hpp"

namespace leadscore::learn {

inline constexpr std::int64_t kMostBuckets = 1000;
inline constexpr std::int64_t kUsualBuckets = 10;

/// Throws Error(invalid_argument) for a number of buckets that does not lie between 1 and kMostBuckets.
inline void check_buckets(std::int64_t buckets) {
  if (buckets < 1 || buckets > kMostBuckets) {
    throw Error(ErrorCode::invalid_argument, "the number of buckets must lie between 1 and 1000", "Usual is 10.");
  }
}

}  // namespace leadscore::learn
