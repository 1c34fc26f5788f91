// How the credit of one conversion is split among the touches that led to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/funnel/touch.hpp"
#include "core/funnel/wide_sum.hpp"
#include "core/heat/half_life.hpp"
#include "core/stop_token.hpp"

namespace leadscore::funnel {

enum class AttributionModel : std::uint8_t {
  first,
  last,
  last_non_direct,  // the last touch of a channel that is not "direct", if there is one
  linear,
  position,    // 40 % to the first and to the last, the rest to those between
  time_decay,  // by age, halving with the half-life
  markov,      // order 1, by removal effects
  shapley,     // equally to the distinct channels
};
inline constexpr std::size_t kAttributionModels = 8;

/// Throws Error(invalid_argument) for another name.
[[nodiscard]] AttributionModel attribution_model_of(std::string_view name);
[[nodiscard]] std::string_view name_of(AttributionModel model) noexcept;

struct AttributionRule {
  static constexpr std::int64_t kUsualHalfLife = std::int64_t{7} * 24 * 3600 * 1'000'000;

  AttributionModel model = AttributionModel::first;
  heat::HalfLife half_life{kUsualHalfLife};
  bool has_values = false;  // conversions have values of their own

  bool operator==(const AttributionRule&) const = default;
};

/// What each touch of a path, sorted and not empty, counts: its credit is in proportion. At least one counts; below
/// 2^61 each. For all models but `markov`; `shapley` gives each touch the same, and is to count channels once. Throws
/// Cancelled if asked to stop.
void weigh_touches(const AttributionRule& rule, std::span<const Touch> path, std::span<std::uint64_t> weights,
                   StopToken& stop);

/// Splits kWholeCredit in proportion to weights, not all 0, their sum below 2^127: each part is rounded down, and what
/// is left goes to the first ones, one each.
void split_credit(std::span<const Uint128> weights, std::span<std::uint64_t> parts) noexcept;

}  // namespace leadscore::funnel
