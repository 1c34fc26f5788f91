#include "core/funnel/window_funnel.hpp"

#include <algorithm>

namespace leadscore::funnel {

namespace {

template <bool kKeepsTimes>
ChainScan<kKeepsTimes> scan(EventList& events, StopToken& stop) {
  events.sort(stop);
  ChainScan<kKeepsTimes> result(events.rule());
  events.for_each_instant([&](const InstantSteps& instant) { return result.add(instant); }, stop);
  return result;
}

}  // namespace

int funnel_level(EventList& events, StopToken stop) { return scan<false>(events, stop).level(); }

int funnel_times(EventList& events, ChainTimes& times, StopToken stop) {
  const ChainScan<true> scanned = scan<true>(events, stop);
  std::ranges::copy(scanned.times(), times.begin());
  return scanned.level();
}

FunnelOutcome funnel_outcome(EventList& events, StopToken stop) {
  const ChainScan<true> scanned = scan<true>(events, stop);
  FunnelOutcome outcome;
  outcome.level = scanned.level();
  if (outcome.level == 0) {
    return outcome;
  }
  const Window within = events.rule().within;
  outcome.started_at = scanned.times().front();
  outcome.reached_at = scanned.times().back();
  outcome.closes_at = window_end(within, outcome.started_at);
  outcome.end = scanned.end();
  outcome.ended_at = scanned.ended_at();
  outcome.open_until = window_end(within, scanned.start(1));
  return outcome;
}

}  // namespace leadscore::funnel
