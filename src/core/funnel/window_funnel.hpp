// How far a lead got through a funnel, when, and why no further.
#pragma once

#include <span>

#include "core/funnel/chain_scan.hpp"
#include "core/funnel/event_list.hpp"
#include "core/stop_token.hpp"

namespace leadscore::funnel {

/// The length of the longest chain among the events, 0 if there is none. Sorts the list. Linear in the events but for
/// sorting. Throws Cancelled if asked to stop.
[[nodiscard]] int funnel_level(EventList& events, StopToken stop);

/// When each step of that chain happened: of the chains that start latest the one whose every step is the earliest.
/// Returns its length and fills as many `times`. Throws Cancelled if asked to stop.
[[nodiscard]] int funnel_times(EventList& events, ChainTimes& times, StopToken stop);

/// How the chain that funnel_times() gives went on.
struct FunnelOutcome {
  int level = 0;
  Instant started_at = 0;  // its first event; of a level of 0 it means nothing, nor do the others
  Instant reached_at = 0;  // its last
  Instant closes_at = 0;   // the last instant at which it could be carried on
  ScanEnd end = ScanEnd::none;
  Instant ended_at = 0;    // when a strict mode ended it
  Instant open_until = 0;  // otherwise: the last instant at which any chain could be carried on
};

/// Throws Cancelled if asked to stop.
[[nodiscard]] FunnelOutcome funnel_outcome(EventList& events, StopToken stop);

}  // namespace leadscore::funnel
