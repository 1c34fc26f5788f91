#include "core/funnel/instant_matching.hpp"

#include <algorithm>
#include <bit>

namespace leadscore::funnel {

InstantMatching::InstantMatching(std::span<const Event> events) noexcept {
  EventNumber number = 0;
  StepSet wanted = ~StepSet{0};
  for (const Event& event : events) {
    if ((event.steps & wanted) == 0) {
      continue;
    }
    for (StepSet steps = event.steps & wanted; steps != 0; steps &= steps - 1) {
      Candidates& candidates = candidates_[static_cast<std::size_t>(std::countr_zero(steps)) + 1];
      candidates.events[candidates.count++] = number;
      if (candidates.count == candidates.events.size()) {
        wanted &= ~(steps & -steps);
      }
    }
    step_of_[number++] = 0;
  }
}

int InstantMatching::add(int step) noexcept {
  if (step != last_ + 1) {
    while (first_ <= last_) {
      free_first();
    }
    first_ = step;
  }
  last_ = step;
  while (true) {
    ++search_;
    if (match(step)) {
      return first_;
    }
    free_first();
  }
}

// A search for an event that the step can have, if need be by giving the step that has it another.
bool InstantMatching::match(int step) noexcept {
  const Candidates& candidates = candidates_[static_cast<std::size_t>(step)];
  for (std::size_t i = 0; i < candidates.count; ++i) {
    const EventNumber event = candidates.events[i];
    if (last_visit_[event] == search_) {
      continue;
    }
    last_visit_[event] = search_;
    if (step_of_[event] == 0 || match(step_of_[event])) {
      step_of_[event] = static_cast<std::int8_t>(step);
      return true;
    }
  }
  return false;
}

void InstantMatching::free_first() noexcept {
  const Candidates& candidates = candidates_[static_cast<std::size_t>(first_)];
  for (std::size_t i = 0; i < candidates.count; ++i) {
    if (step_of_[candidates.events[i]] == first_) {
      step_of_[candidates.events[i]] = 0;
    }
  }
  ++first_;
}

}  // namespace leadscore::funnel
