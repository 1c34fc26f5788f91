#include "core/funnel/attributable.hpp"

#include <algorithm>

namespace leadscore::funnel {

namespace {

Instant earliest_of(Instant end, std::optional<std::int64_t> look_back) noexcept {
  Instant earliest = 0;
  if (!look_back || __builtin_sub_overflow(end, *look_back, &earliest)) {
    return kBeforeAll;
  }
  return earliest;
}

}  // namespace

std::size_t count_until(std::span<const Touch> sorted, std::optional<Instant> converted_at) noexcept {
  if (!converted_at) {
    return sorted.size();
  }
  const auto end = std::upper_bound(sorted.begin(), sorted.end(), *converted_at,
                                    [](Instant at, const Touch& touch) { return at < touch.at; });
  return static_cast<std::size_t>(end - sorted.begin());
}

std::size_t keep_attributable(std::span<Touch> touches, const PathRule& rule, StopToken& stop) {
  sort_touches(touches, stop);
  touches = touches.first(count_until(touches, rule.converted_at));
  if (touches.empty()) {
    return 0;
  }
  const Instant earliest = earliest_of(rule.converted_at.value_or(touches.back().at), rule.look_back);
  std::sort(rule.excluded.begin(), rule.excluded.end());
  std::size_t kept = 0;
  for (const Touch& touch : touches) {
    stop.check();
    const bool is_repeat = rule.collapse_repeats && kept > 0 && touches[kept - 1].channel == touch.channel;
    if (touch.at >= earliest && !is_repeat &&
        !std::binary_search(rule.excluded.begin(), rule.excluded.end(), touch.channel)) {
      touches[kept++] = touch;
    }
  }
  return kept;
}

}  // namespace leadscore::funnel
