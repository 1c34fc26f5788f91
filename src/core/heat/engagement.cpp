#include "core/heat/engagement.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

namespace leadscore::heat {

namespace {

constexpr std::int64_t kDay = 86'400'000'000;
constexpr Instant kFirstMonday = 2 * kDay;  // 2000-01-01 was a Saturday

std::int64_t divide_down(std::int64_t a, std::int64_t b) noexcept { return a / b - (a % b < 0 ? 1 : 0); }

// Months since January 2000. (Howard Hinnant, "chrono-compatible low-level date algorithms": years that begin in March
// have their leap day at the end.)
std::int64_t month_number(Instant at) noexcept {
  constexpr std::int64_t kDaysOf400Years = 146'097;
  constexpr std::int64_t kMarch2000 = 60;  // in days
  const std::int64_t days = divide_down(at, kDay) - kMarch2000;
  const std::int64_t era = divide_down(days, kDaysOf400Years);
  const std::int64_t day = days - era * kDaysOf400Years;
  const std::int64_t year = (day - day / 1'460 + day / 36'524 - day / 146'096) / 365;
  const std::int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
  return (era * 400 + year) * 12 + (5 * day_of_year + 2) / 153 + 2;
}

}  // namespace

std::int64_t number_of_period(CountingPeriod period, Instant at) noexcept {
  if (period.months > 0) {
    return divide_down(month_number(at), period.months);
  }
  if (period.microseconds > 0) {
    return divide_down(at - kFirstMonday, period.microseconds);
  }
  return 0;
}

void sort_kinds(std::span<EventKind> kinds) {
  std::sort(kinds.begin(), kinds.end(), [](const EventKind& a, const EventKind& b) { return a.event < b.event; });
}

const EventKind* find_kind(std::span<const EventKind> sorted, std::string_view event) noexcept {
  const auto found = std::lower_bound(sorted.begin(), sorted.end(), event,
                                      [](const EventKind& kind, std::string_view name) { return kind.event < name; });
  return found != sorted.end() && found->event == event ? &*found : nullptr;
}

std::uint64_t fingerprint(std::span<const EventKind> sorted) noexcept {
  // FNV-1a, by numbers rather than bytes.
  std::uint64_t hash = 0xCBF29CE484222325U;
  const auto mix = [&hash](std::uint64_t number) {
    hash = (hash ^ number) * 0x100000001B3U;
    hash ^= hash >> 32;
  };
  for (const EventKind& kind : sorted) {
    mix(kind.event.size());
    for (const char c : kind.event) {
      mix(static_cast<unsigned char>(c));
    }
    mix(std::bit_cast<std::uint64_t>(kind.points));
    mix(static_cast<std::uint64_t>(kind.half_life.microseconds()));
    mix(kind.max_count);
    mix(static_cast<std::uint64_t>(kind.per.months));
    mix(static_cast<std::uint64_t>(kind.per.microseconds));
  }
  return hash;
}

std::size_t keep_earliest(std::span<LimitedEvent> events, std::span<const EventKind> kinds) {
  std::sort(events.begin(), events.end(), [](const LimitedEvent& a, const LimitedEvent& b) {
    return std::tie(a.kind, a.at) < std::tie(b.kind, b.at);
  });
  std::size_t kept = 0;
  std::uint64_t count = 0;  // in the period of the event before
  std::int64_t period = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const LimitedEvent event = events[i];
    const EventKind& kind = kinds[event.kind];
    const std::int64_t own_period = number_of_period(kind.per, event.at);
    const bool is_first = i == 0 || kept == 0 || events[kept - 1].kind != event.kind || own_period != period;
    count = is_first ? 1 : count + 1;
    period = own_period;
    if (count <= kind.max_count) {
      events[kept++] = event;
    }
  }
  return kept;
}

void EngagementSum::add(const EventKind& kind, Instant at, Instant as_of) noexcept {
  const FixedLog time = static_cast<FixedLog>(at) - as_of;
  const Exponent exponent =
      time < kEarliest ? kind.half_life.count_exactly(time) : kind.half_life.count(static_cast<Instant>(time));
  if (kind.points < 0) {
    lost_.add(-kind.points, exponent);
  } else {
    gained_.add(kind.points, exponent);
  }
}

double EngagementSum::points() const noexcept { return std::max(0.0, gained_.value() - lost_.value()); }

}  // namespace leadscore::heat
