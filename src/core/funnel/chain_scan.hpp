// Finds the longest chain through a funnel in one pass over events in order, in memory that depends on the steps alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "core/funnel/funnel_rule.hpp"

namespace leadscore::funnel {

/// An event and the steps that it is, none or several.
struct Event {
  Instant at = 0;
  StepSet steps = 0;
};

/// The events of one instant, which have no order among them.
struct InstantSteps {
  Instant at = 0;
  StepSet steps = 0;               // that any of them is
  StepSet repeated = 0;            // that two or more of them are
  bool has_event_of_none = false;  // one of them is no step
  bool is_one_event = true;
  /// All of them, where there are several and one of them is several steps; otherwise empty.
  std::span<const Event> events;

  /// Takes an event of the instant in, but for `events`.
  void add(StepSet event_steps, bool is_first) noexcept {
    repeated |= steps & event_steps;
    steps |= event_steps;
    has_event_of_none |= event_steps == 0;
    is_one_event = is_first;
  }
};

/// What a strict mode ended the scan for.
enum class ScanEnd : std::uint8_t {
  none,
  intruder,  // strict_order: an event that fits nowhere
  repeat,    // strict_deduplication: a step that came again
};

/// When each step of a chain happened, its first event first.
using ChainTimes = std::array<Instant, kMostSteps>;

/// Knows of each level (the length of a chain) the latest start of a chain that long; for all events to come no other
/// start does better, so that no chain is lost. Linear in events times their steps. With kKeepsTimes it also knows one
/// chain of each level: of those with the latest start the one whose every step is the earliest.
template <bool kKeepsTimes>
class ChainScan {
 public:
  explicit ChainScan(FunnelRule rule) noexcept : rule_(rule) {}

  /// Takes the events of the next instant. False once nothing that comes can change what is known.
  bool add(const InstantSteps& instant) noexcept;

  /// The length of the longest chain, 0 if there is none.
  [[nodiscard]] int level() const noexcept { return level_; }
  /// The latest start of a chain of a length from 1 to the level.
  [[nodiscard]] Instant start(int level) const noexcept { return starts_[index(level)]; }
  /// The chain of the highest level; nothing where times are not kept.
  [[nodiscard]] std::span<const Instant> times() const noexcept {
    if constexpr (kKeepsTimes) {
      return {times_[index(level_)].data(), index(level_)};
    } else {
      return {};
    }
  }

  [[nodiscard]] ScanEnd end() const noexcept { return end_; }
  /// When that was.
  [[nodiscard]] Instant ended_at() const noexcept { return ended_at_; }

 private:
  struct NoTimes {};
  // Times of the chain of one level.
  using LevelTimes = std::conditional_t<kKeepsTimes, ChainTimes, NoTimes>;
  // A level at one moment.
  struct Level {
    int level = -1;
    Instant start = 0;
    LevelTimes times;
  };
  using Starts = std::array<Instant, kMostSteps + 1>;
  using Times = std::array<LevelTimes, kMostSteps + 1>;

  [[nodiscard]] static std::size_t index(int level) noexcept { return static_cast<std::size_t>(level); }

  template <class Take>
  bool take_steps(const InstantSteps& instant, Take take) noexcept;
  bool add_in_a_row(const InstantSteps& instant) noexcept;
  bool add_apart(const InstantSteps& instant) noexcept;
  bool add_matched(const InstantSteps& instant) noexcept;

  bool stop(ScanEnd end, Instant at) noexcept;
  [[nodiscard]] bool is_intruder(int step) const noexcept;
  [[nodiscard]] bool is_repeat(int step) const noexcept;
  // A chain of `level` whose first `kept` events are those of `times`, all others being of this instant.
  void reach(int level, Instant start, Instant at, int kept, const LevelTimes& times) noexcept;

  FunnelRule rule_;
  int level_ = 0;
  ScanEnd end_ = ScanEnd::none;
  Instant ended_at_ = 0;
  Starts starts_{};
  // Of levels not reached they hold nothing: to fill them all would cost more than to scan the events of a lead.
  Times times_;
};

extern template class ChainScan<false>;
extern template class ChainScan<true>;

}  // namespace leadscore::funnel
