#include "core/funnel/touch.hpp"

#include <algorithm>

namespace leadscore::funnel {

void sort_touches(std::span<Touch> touches, StopToken& stop) {
  const auto comes_before = [&](const Touch& a, const Touch& b) {
    stop.check();
    return a.at != b.at ? a.at < b.at : a.channel < b.channel;
  };
  if (!std::is_sorted(touches.begin(), touches.end(), comes_before)) {
    std::sort(touches.begin(), touches.end(), comes_before);
  }
}

}  // namespace leadscore::funnel
