#include "core/dedup/request_window.hpp"

#include <cstddef>
#include <limits>
#include <vector>

#include "core/error.hpp"

namespace leadscore::dedup {

namespace {

bool is_infinite(std::int64_t time) noexcept {
  return time == std::numeric_limits<std::int64_t>::min() || time == std::numeric_limits<std::int64_t>::max();
}

// True if `time` is at most so much after `start`, which it does not come before.
bool is_within(std::int64_t time, std::int64_t start, std::int64_t within) noexcept {
  if (time == start) {
    return true;
  }
  const std::uint64_t apart = static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(start);
  return !is_infinite(time) && !is_infinite(start) && apart <= static_cast<std::uint64_t>(within);
}

}  // namespace

void split_by_window(std::span<std::uint32_t> cluster_of, std::span<const std::int64_t> at, std::int64_t within,
                     WindowMode mode, std::pmr::memory_resource* memory) {
  if (within < 0) {
    throw Error(ErrorCode::invalid_argument, "within must not be negative");
  }
  if (cluster_of.size() != at.size()) {
    throw Error(ErrorCode::invalid_argument, "every lead needs a cluster and a time");
  }
  std::pmr::vector<std::uint32_t> latest(cluster_of.size(), memory);  // by cluster
  for (std::size_t i = 0; i < cluster_of.size(); ++i) {
    const auto lead = static_cast<std::uint32_t>(i);
    const std::uint32_t cluster = cluster_of[i];
    if (cluster > lead || cluster_of[cluster] != cluster) {
      throw Error(ErrorCode::invalid_argument, "a cluster is known by the smallest number in it");
    }
    if (i > 0 && at[i] < at[i - 1]) {
      throw Error(ErrorCode::invalid_argument, "leads must be numbered in order of time");
    }
    if (cluster < lead) {
      const std::uint32_t previous = latest[cluster];
      const std::uint32_t group = cluster_of[previous];
      const std::int64_t start = at[mode == WindowMode::anchored ? group : previous];
      cluster_of[i] = is_within(at[i], start, within) ? group : lead;
    }
    latest[cluster] = lead;
  }
}

}  // namespace leadscore::dedup
