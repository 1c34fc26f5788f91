// A touch: at a time somebody came by a channel.
#pragma once

#include <span>
#include <string_view>

#include "core/funnel/instant.hpp"
#include "core/stop_token.hpp"

namespace leadscore::funnel {

struct Touch {
  Instant at = 0;  // never infinite
  std::string_view channel;
};

/// Sorts by time and, of one time, by the bytes of the channel. Throws Cancelled if asked to stop.
void sort_touches(std::span<Touch> touches, StopToken& stop);

}  // namespace leadscore::funnel
