// The history of a lead: which stages it visited, and when it entered each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/state_bytes.hpp"
#include "core/stop_token.hpp"

namespace leadscore::funnel {

/// Times are in microseconds, of whatever era.
struct StageVisit {
  std::int64_t entered_at = 0;
  std::int32_t stage_no = 0;

  [[nodiscard]] bool operator==(const StageVisit&) const noexcept = default;
};

inline constexpr double kMicrosecondsOfDay = 86'400e6;

/// How long it took from one time to a later one.
[[nodiscard]] inline std::uint64_t duration(std::int64_t from, std::int64_t to) noexcept {
  return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

/// Brings visits in order of time, at one time in order of stages, and makes one visit of those of one stage that then
/// follow each other: the first. Returns how many are left, at the front. Throws Cancelled if asked to stop.
[[nodiscard]] std::size_t order_visits(std::span<StageVisit> visits, StopToken& stop);

/// Those visits, of ordered ones, that have happened at a time.
[[nodiscard]] std::span<const StageVisit> known_by(std::int64_t as_of, std::span<const StageVisit> visits) noexcept;

/// Visits as bytes, visit_byte_size() of them.
[[nodiscard]] std::size_t visit_byte_size(std::size_t visits) noexcept;
void write_visits(std::span<const StageVisit> visits, std::span<std::byte> bytes, StopToken& stop);

/// Reads them again: first how many, nothing if the bytes are not such; then those.
[[nodiscard]] std::optional<std::size_t> read_visit_count(StateReader& reader) noexcept;
void read_visits(StateReader& reader, std::span<StageVisit> visits, StopToken& stop);

}  // namespace leadscore::funnel
