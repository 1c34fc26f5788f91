// What is asked about the stages of leads: the same for all leads of a group.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "core/funnel/stage_kinds.hpp"
#include "core/state_bytes.hpp"

namespace leadscore::funnel {

struct StageQuestion {
  static constexpr std::int64_t kAlways = std::numeric_limits<std::int64_t>::max();

  StageKinds kinds;
  std::int64_t as_of = kAlways;     // what is known by then, in microseconds; a statistic without it takes all
  std::uint64_t matures_after = 0;  // microseconds
};

/// Throws Error(invalid_argument) unless both ask the same.
void check_same(const StageQuestion& a, const StageQuestion& b);

/// A question as bytes.
[[nodiscard]] std::size_t byte_size(const StageQuestion& question) noexcept;
void put_question(StateWriter& writer, const StageQuestion& question) noexcept;
/// Nothing where the bytes are not those of a question.
[[nodiscard]] std::optional<StageQuestion> read_question(StateReader& reader);

}  // namespace leadscore::funnel
