// The events of a lead in the order of time: by which key, and how one walks along it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/funnel/chain_scan.hpp"
#include "core/stop_token.hpp"

namespace leadscore::funnel {

/// The order of times as that of numbers without a sign.
[[nodiscard]] constexpr std::uint64_t time_key(Instant at) noexcept {
  return static_cast<std::uint64_t>(at) ^ (std::uint64_t{1} << 63);
}

/// Calls visit(const InstantSteps&) for each instant of sorted items, until it returns false. event_of(item) is an
/// event of one step or none. Throws Cancelled if asked to stop.
template <class Item, class EventOf, class Visit>
void visit_instants(std::span<const Item> items, EventOf event_of, Visit visit, StopToken& stop) {
  for (std::size_t begin = 0; begin < items.size();) {
    stop.check();
    Event event = event_of(items[begin]);
    InstantSteps instant;
    instant.at = event.at;
    std::size_t end = begin;
    do {
      instant.add(event.steps, end == begin);
      ++end;
    } while (end < items.size() && (event = event_of(items[end])).at == instant.at);
    if (!visit(instant)) {
      return;
    }
    begin = end;
  }
}

}  // namespace leadscore::funnel
