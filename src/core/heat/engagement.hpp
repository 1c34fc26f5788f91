// Engagement: points for events by their kind, each kind with a half-life of its own and a limit of how many count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/heat/decay_sum.hpp"
#include "core/heat/half_life.hpp"

namespace leadscore::heat {

/// A length of time by which events are counted: calendar months of UTC (which years are, too), else microseconds, or,
/// if both are 0, all of time.
struct CountingPeriod {
  std::int64_t months = 0;
  std::int64_t microseconds = 0;
};

/// Which of the periods a time falls into. Periods follow each other without gaps: those of months begin with January
/// 2000, the others with Monday 2000-01-03 00:00 UTC, so that days, weeks and hours begin where they do in UTC.
std::int64_t number_of_period(CountingPeriod period, Instant at) noexcept;

/// What an event of one kind is worth.
struct EventKind {
  std::string_view event;
  double points = 0;  // finite; negative for what speaks against interest
  HalfLife half_life{1};
  std::uint64_t max_count = 0;  // only the earliest so many of each period count; 0: all
  CountingPeriod per;
};

/// Sorts kinds by name, for find_kind().
void sort_kinds(std::span<EventKind> kinds);

/// The kind of that name, or nullptr.
const EventKind* find_kind(std::span<const EventKind> sorted, std::string_view event) noexcept;

/// Tells sets of kinds apart that do not say the same.
std::uint64_t fingerprint(std::span<const EventKind> sorted) noexcept;

/// An event of a kind with a limit, by the kind's position.
struct LimitedEvent {
  Instant at = 0;
  std::uint32_t kind = 0;
};

/// Moves to the front those events that count by the limits of their kinds and returns how many they are. They are the
/// same in any order of the events, and what it drops now could never count later.
std::size_t keep_earliest(std::span<LimitedEvent> events, std::span<const EventKind> kinds);

/// Points at a time: what speaks for interest and what speaks against it summed apart.
class EngagementSum {
 public:
  /// Adds points * 2^-((as_of - at) / half-life); `at` not after as_of.
  void add(const EventKind& kind, Instant at, Instant as_of) noexcept;

  /// See DecaySum::merge().
  bool merge(const EngagementSum& other) noexcept { return gained_.merge(other.gained_) && lost_.merge(other.lost_); }

  /// What has been gained less what has been lost, at least 0.
  [[nodiscard]] double points() const noexcept;

  [[nodiscard]] const DecaySum& gained() const noexcept { return gained_; }
  [[nodiscard]] const DecaySum& lost() const noexcept { return lost_; }
  void set_sums(const DecaySum& gained, const DecaySum& lost) noexcept {
    gained_ = gained;
    lost_ = lost;
  }

 private:
  DecaySum gained_;
  DecaySum lost_;
};

}  // namespace leadscore::heat
