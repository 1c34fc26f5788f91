// Which touches may have earned a conversion: the path up to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/funnel/touch.hpp"
#include "core/stop_token.hpp"

namespace leadscore::funnel {

struct PathRule {
  std::optional<Instant> converted_at;    // nothing later counts; without it the path ends with the last touch
  std::optional<std::int64_t> look_back;  // microseconds before the end of the path, not negative
  std::span<std::string_view> excluded;   // channels, in any order; get sorted
  bool collapse_repeats = false;
};

/// Moves the touches of the path to the front, sorted, and returns how many they are. Those outside of the look-back,
/// whose start belongs to it, are left out first, then the excluded channels, then touches of the same channel as the
/// one before. Throws Cancelled if asked to stop.
std::size_t keep_attributable(std::span<Touch> touches, const PathRule& rule, StopToken& stop);

/// How many of the sorted touches are not later than the conversion: all without one.
std::size_t count_until(std::span<const Touch> sorted, std::optional<Instant> converted_at) noexcept;

}  // namespace leadscore::funnel
