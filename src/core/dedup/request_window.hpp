// Parts what one person asked long after from what they asked before.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <span>

namespace leadscore::dedup {

/// What the age of a repeated request is counted from.
enum class WindowMode : std::uint8_t {
  anchored,  // the first request of the group
  sliding,   // the one before it
};

/// Parts clusters of leads by time. The leads are numbered in order of time, at[i] being that of lead i in
/// microseconds; cluster_of[i] is the smallest number of its cluster, as cluster() returns it, and becomes the smallest
/// of its group. A lead belongs to the latest group of its cluster if it came no more than `within` microseconds after
/// the first lead of the group, or after the last (see WindowMode), else it begins a group. The least and the greatest
/// time are infinite: they are within reach of none but their equals. O(n) time and memory, a few nanoseconds a lead.
/// Throws Error(invalid_argument) for a negative `within`, times that go back, or numbers that are no clusters, and
/// what the memory resource throws: cluster_of is of no use then.
void split_by_window(std::span<std::uint32_t> cluster_of, std::span<const std::int64_t> at, std::int64_t within,
                     WindowMode mode, std::pmr::memory_resource* memory);

}  // namespace leadscore::dedup
