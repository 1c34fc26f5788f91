#include "core/funnel/chain_scan.hpp"

#include <algorithm>
#include <bit>

#include "core/funnel/instant_matching.hpp"

namespace leadscore::funnel {

template <bool kKeepsTimes>
bool ChainScan<kKeepsTimes>::add(const InstantSteps& instant) noexcept {
  if (end_ != ScanEnd::none) {
    return false;
  }
  if (rule_.modes.strict_order && instant.has_event_of_none && level_ > 0) {
    return stop(ScanEnd::intruder, instant.at);
  }
  if (rule_.modes.strict_increase || (rule_.modes.strict_once && instant.is_one_event)) {
    return add_apart(instant);
  }
  return rule_.modes.strict_once && !instant.events.empty() ? add_matched(instant) : add_in_a_row(instant);
}

// Calls take(step) for each step of the instant in order. False once a strict mode ends the scan: before a step, or
// after it where another event of the instant is the same step.
template <bool kKeepsTimes>
template <class Take>
bool ChainScan<kKeepsTimes>::take_steps(const InstantSteps& instant, Take take) noexcept {
  for (StepSet steps = instant.steps; steps != 0; steps &= steps - 1) {
    const int step = std::countr_zero(steps) + 1;
    if (is_intruder(step)) {
      return stop(ScanEnd::intruder, instant.at);
    }
    if (is_repeat(step)) {
      return stop(ScanEnd::repeat, instant.at);
    }
    take(step);
    if (has_step(instant.repeated, step) && is_repeat(step)) {
      return stop(ScanEnd::repeat, instant.at);
    }
  }
  return true;
}

// The steps of one instant may follow each other.
template <bool kKeepsTimes>
bool ChainScan<kKeepsTimes>::add_in_a_row(const InstantSteps& instant) noexcept {
  return take_steps(instant, [&](int step) {
    if (step == 1) {
      reach(1, instant.at, instant.at, 0, times_[0]);
    } else if (step <= level_ + 1 && is_within(rule_.within, start(step - 1), instant.at)) {
      reach(step, start(step - 1), instant.at, step - 1, times_[index(step - 1)]);
    }
  });
}

// At most one step of one instant is part of a chain: it follows chains that ended before.
template <bool kKeepsTimes>
bool ChainScan<kKeepsTimes>::add_apart(const InstantSteps& instant) noexcept {
  const int level_before = level_;
  Level overwritten;  // a level that the instant has changed, as it was before
  return take_steps(instant, [&](int step) {
    const int previous = step - 1;
    const bool is_overwritten = overwritten.level == previous;
    const Instant start_before = is_overwritten ? overwritten.start : starts_[index(previous)];
    const bool follows = step == 1 || (previous <= level_before && is_within(rule_.within, start_before, instant.at));
    if (follows) {
      const LevelTimes& times_before = is_overwritten ? overwritten.times : times_[index(previous)];
      Level now;
      if (step <= level_before) {
        now = {step, starts_[index(step)], times_[index(step)]};
      }
      reach(step, step == 1 ? instant.at : start_before, instant.at, previous, times_before);
      overwritten = now;
    }
  });
}

// Steps of one instant may follow each other as far as each has an event of its own.
template <bool kKeepsTimes>
bool ChainScan<kKeepsTimes>::add_matched(const InstantSteps& instant) noexcept {
  const int level_before = level_;
  const Starts starts = starts_;
  Times times;
  std::copy_n(times_.begin(), level_ + 1, times.begin());
  InstantMatching matching(instant.events);
  return take_steps(instant, [&](int step) {
    // Shorter chains start later: the shortest that this instant can carry on to the step is the best. Of those that
    // start at the same time the longest has the earliest steps.
    int kept = matching.add(step) - 1;
    const Instant start = kept == 0 ? instant.at : starts[index(kept)];
    while (kept < step - 1 && kept < level_before && starts[index(kept + 1)] == start) {
      ++kept;
    }
    if (kept <= level_before && is_within(rule_.within, start, instant.at)) {
      reach(step, start, instant.at, kept, times[index(kept)]);
    }
  });
}

template <bool kKeepsTimes>
bool ChainScan<kKeepsTimes>::stop(ScanEnd end, Instant at) noexcept {
  end_ = end;
  ended_at_ = at;
  return false;
}

template <bool kKeepsTimes>
bool ChainScan<kKeepsTimes>::is_intruder(int step) const noexcept {
  return rule_.modes.strict_order && level_ > 0 && step > level_ + 1;
}

template <bool kKeepsTimes>
bool ChainScan<kKeepsTimes>::is_repeat(int step) const noexcept {
  return rule_.modes.strict_deduplication && step > 1 && step <= level_;
}

template <bool kKeepsTimes>
void ChainScan<kKeepsTimes>::reach(int level, Instant start, Instant at, int kept, const LevelTimes& times) noexcept {
  if (level <= level_ && starts_[index(level)] == start) {
    return;  // the chain that is known got there first
  }
  level_ = std::max(level_, level);
  starts_[index(level)] = start;
  if constexpr (kKeepsTimes) {
    auto& its = times_[index(level)];
    std::copy_n(times.begin(), kept, its.begin());
    std::fill(its.begin() + kept, its.begin() + level, at);
  }
}

template class ChainScan<false>;
template class ChainScan<true>;

}  // namespace leadscore::funnel
