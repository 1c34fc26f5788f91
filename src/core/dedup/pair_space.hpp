// All pairs of some leads that came at most so long apart, numbered: to count them and to draw some at random.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <span>
#include <utility>
#include <vector>

#include "core/dedup/lead_table.hpp"
#include "core/stop_token.hpp"

namespace leadscore::dedup {

inline constexpr std::int64_t kAnyTime = std::numeric_limits<std::int64_t>::max();

/// Whether a later lead came at most `within` microseconds after an earlier one. A lead without a time never did,
/// unless any time will do.
[[nodiscard]] inline bool is_within(std::int64_t earlier, std::int64_t later, std::int64_t within) noexcept {
  if (within == kAnyTime) {
    return true;
  }
  std::int64_t difference = 0;
  return earlier != LeadText::kNoTime && !__builtin_sub_overflow(later, earlier, &difference) && difference <= within;
}

/// The pairs (i, j), i < j, of places in a list of leads in order of time.
class PairSpace {
 public:
  /// Linear. The table and the list must outlive it.
  PairSpace(const LeadTable& table, std::span<const std::uint32_t> leads, std::int64_t within,
            std::pmr::memory_resource* memory, StopToken& stop)
      : begins_(memory) {
    begins_.reserve(leads.size() + 1);
    std::size_t end = 0;
    for (std::size_t i = 0; i < leads.size(); ++i) {
      stop.check();
      begins_.push_back(size_);
      end = std::max(end, i + 1);
      while (end < leads.size() && is_within(table[leads[i]].at, table[leads[end]].at, within)) {
        ++end;
      }
      size_ += end - i - 1;
    }
  }

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  /// The pair of a number below size(). O(log n).
  [[nodiscard]] std::pair<std::size_t, std::size_t> operator[](std::uint64_t number) const noexcept {
    const auto found = std::upper_bound(begins_.begin(), begins_.end(), number) - 1;
    const auto i = static_cast<std::size_t>(found - begins_.begin());
    return {i, i + 1 + static_cast<std::size_t>(number - *found)};
  }

 private:
  std::pmr::vector<std::uint64_t> begins_;  // the number of the first pair of each place
  std::uint64_t size_ = 0;
};

}  // namespace leadscore::dedup
