// What makes events a chain through a funnel: a window of time, and how strict one is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "core/funnel/instant.hpp"

namespace leadscore::funnel {

/// Steps are numbered from 1.
inline constexpr int kMostSteps = 64;

/// Steps that an event is, step 1 in the lowest bit.
using StepSet = std::uint64_t;

[[nodiscard]] constexpr StepSet only_step(int step) noexcept { return StepSet{1} << (step - 1); }
/// The same, and no step for 0.
[[nodiscard]] constexpr StepSet step_or_none(int step) noexcept { return step == 0 ? 0 : only_step(step); }
[[nodiscard]] constexpr bool has_step(StepSet steps, int step) noexcept { return (steps >> (step - 1) & 1) != 0; }

/// How strict one is; each by itself or together with others. Without any, a chain of length n is an event of step 1
/// and, not earlier than it and within the window from it, one of step 2, and so on to step n; one event may be several
/// steps at once, and whatever else happens does not matter.
struct FunnelModes {
  bool strict_order : 1 = false;          // an event that fits nowhere ends the scan: a step whose step before is not
                                          // reached, or no step at all, once there was a step 1
  bool strict_deduplication : 1 = false;  // a step after the first that comes again once reached ends the scan
  bool strict_once : 1 = false;           // an event is one step of a chain only
  bool strict_increase : 1 = false;       // each step of a chain is later than the one before

  bool operator==(const FunnelModes&) const = default;
};

/// The modes of a comma-separated list of their names, in any order, repeated or not; empty or `default` is none.
/// Throws Error(invalid_argument) for other names.
[[nodiscard]] FunnelModes funnel_modes_of(std::string_view names);

/// How long a chain may take in microseconds, from its first event, the end included. The greatest number is for ever.
using Window = std::uint64_t;

inline constexpr Window kForEver = std::numeric_limits<Window>::max();

struct FunnelRule {
  Window within = 0;
  FunnelModes modes{};

  bool operator==(const FunnelRule&) const = default;
};

/// Whether an event falls into the window of a chain that starts not later. An infinite time is near no other.
[[nodiscard]] constexpr bool is_within(Window within, Instant start, Instant at) noexcept {
  const std::uint64_t passed = static_cast<std::uint64_t>(at) - static_cast<std::uint64_t>(start);
  return passed == 0 || (passed <= within && start != kBeforeAll && at != kAfterAll);
}

/// When the window of a chain closes: the last instant in it. An infinite time is its own; after all that can be
/// written it is kAfterAll.
[[nodiscard]] constexpr Instant window_end(Window within, Instant start) noexcept {
  const std::uint64_t left = static_cast<std::uint64_t>(kAfterAll) - static_cast<std::uint64_t>(start);
  if (start == kBeforeAll) {
    return kBeforeAll;
  }
  return within >= left ? kAfterAll : static_cast<Instant>(static_cast<std::uint64_t>(start) + within);
}

}  // namespace leadscore::funnel
