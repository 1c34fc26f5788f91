// The events of one lead in little memory: a header and, behind it in the same bytes, the events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/funnel/chain_scan.hpp"
#include "core/funnel/event_order.hpp"
#include "core/funnel/funnel_rule.hpp"
#include "core/stop_token.hpp"

namespace leadscore::funnel {

/// Eight bytes an event while all are one step or none, and within 2,283 years of the first; then sixteen. Lives in
/// bytes that the caller owns and moves as plain bytes.
class EventList {
 public:
  /// Eight or sixteen bytes each, one state must fit into 1 GB.
  static constexpr std::size_t kMostEvents = 50'000'000;
  /// Throws Error(limit_exceeded) for more, which the caller must not add.
  static void check_count(std::size_t count);

  /// Bytes of a new list.
  static constexpr std::size_t kFirstBytes = 64;

  /// Makes an empty list in bytes_for() some events, which are aligned for numbers of 64 bits.
  static EventList* make(void* bytes, std::size_t size, FunnelRule rule, bool is_wide) noexcept;

  [[nodiscard]] FunnelRule rule() const noexcept { return {within_, modes_}; }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] bool is_wide() const noexcept { return is_wide_; }

  [[nodiscard]] bool has_room(std::size_t more) const noexcept { return more <= capacity() - count_; }

  /// False if the list must first be moved to larger bytes, or become wide. O(1).
  [[nodiscard]] bool try_add(Event event) noexcept;

  /// Whether an event does not fit eight bytes, so that the list must become wide to take it.
  [[nodiscard]] bool needs_wide(Event event) const noexcept;
  /// Whether two lists together must be wide.
  [[nodiscard]] bool needs_wide(const EventList& other) const noexcept;

  /// Bytes for so many events, a power of two.
  [[nodiscard]] static std::size_t bytes_for(std::size_t events, bool is_wide) noexcept;

  /// To be called where the caller has moved the list to larger bytes.
  void set_bytes(std::size_t size) noexcept;

  /// Writes all events to a new, wide list, which has room for them.
  void widen_to(EventList& wide) const noexcept;

  /// Adds those of another list. This one has room, and is wide if it must be.
  void append(const EventList& other) noexcept;

  /// Brings the events into the order of their times. Throws Cancelled if asked to stop.
  void sort(StopToken& stop);

  /// Calls visit(const InstantSteps&) for each instant in order, until it returns false. The list is sorted.
  template <class Visit>
  void for_each_instant(Visit visit, StopToken& stop) const {
    if (is_wide_) {
      visit_wide(visit, stop);
    } else {
      visit_narrow(visit, stop);
    }
  }

  /// The size of what write() writes.
  [[nodiscard]] std::size_t byte_size() const noexcept;
  /// Writes the list for another process, or to be stored. Throws Cancelled if asked to stop.
  void write(std::span<std::byte> bytes, StopToken& stop) const;

  /// What such bytes hold, to be known before there is memory for it; nothing for other bytes.
  struct Written {
    FunnelRule rule;
    std::size_t events = 0;
    bool is_wide = false;
  };
  [[nodiscard]] static std::optional<Written> peek(std::span<const std::byte> bytes) noexcept;
  /// Reads them into a new list with room for them, wide if they are. False for bytes that no list has written.
  [[nodiscard]] bool read(std::span<const std::byte> bytes) noexcept;

 private:
  // A narrow event: the time after the first event's, made positive, above the number of its step.
  using Narrow = std::uint64_t;
  static constexpr int kStepBits = 7;
  static constexpr Narrow kStepMask = (Narrow{1} << kStepBits) - 1;
  static constexpr Narrow kMiddle = Narrow{1} << (63 - kStepBits);

  EventList(FunnelRule rule, std::size_t size, bool is_wide) noexcept;

  [[nodiscard]] std::optional<Narrow> narrow_of(Event event) const noexcept;
  [[nodiscard]] Event event_of(Narrow narrow) const noexcept {
    const auto step = static_cast<int>(narrow & kStepMask);
    const std::uint64_t at = static_cast<std::uint64_t>(base_) + (narrow >> kStepBits) - kMiddle;
    return {static_cast<Instant>(at), step_or_none(step)};
  }
  [[nodiscard]] std::size_t capacity() const noexcept;

  [[nodiscard]] std::span<Narrow> narrow() noexcept { return {reinterpret_cast<Narrow*>(this + 1), count_}; }
  [[nodiscard]] std::span<const Narrow> narrow() const noexcept {
    return {reinterpret_cast<const Narrow*>(this + 1), count_};
  }
  [[nodiscard]] std::span<Event> wide() noexcept { return {reinterpret_cast<Event*>(this + 1), count_}; }
  [[nodiscard]] std::span<const Event> wide() const noexcept {
    return {reinterpret_cast<const Event*>(this + 1), count_};
  }

  template <class Visit>
  void visit_narrow(Visit visit, StopToken& stop) const;
  template <class Visit>
  void visit_wide(Visit visit, StopToken& stop) const;

  Window within_;
  Instant base_ = 0;  // the time of the first event
  std::uint32_t count_ = 0;
  FunnelModes modes_;
  std::uint8_t size_bits_;  // of the bytes it lives in
  bool is_wide_;
  bool is_sorted_ = true;
};
static_assert(sizeof(EventList) == 24);

template <class Visit>
void EventList::visit_narrow(Visit visit, StopToken& stop) const {
  visit_instants(
      narrow(), [this](Narrow event) { return event_of(event); }, visit, stop);
}

template <class Visit>
void EventList::visit_wide(Visit visit, StopToken& stop) const {
  const std::span<const Event> events = wide();
  for (std::size_t begin = 0; begin < events.size();) {
    InstantSteps instant;
    instant.at = events[begin].at;
    bool has_several_steps = false;
    std::size_t end = begin;
    for (; end < events.size() && events[end].at == instant.at; ++end) {
      stop.check();
      const StepSet steps = events[end].steps;
      instant.add(steps, end == begin);
      has_several_steps |= (steps & (steps - 1)) != 0;
    }
    if (has_several_steps && !instant.is_one_event) {
      instant.events = events.subspan(begin, end - begin);
    }
    if (!visit(instant)) {
      return;
    }
    begin = end;
  }
}

}  // namespace leadscore::funnel
