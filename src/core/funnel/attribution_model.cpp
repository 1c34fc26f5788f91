#include "core/funnel/attribution_model.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>

#include "core/error.hpp"

namespace leadscore::funnel {

namespace {

constexpr std::array<std::string_view, kAttributionModels> kNames = {
    "first", "last", "last_non_direct", "linear", "position", "time_decay", "markov", "shapley"};

constexpr std::string_view kDirect = "direct";

std::size_t last_of_note(std::span<const Touch> path) noexcept {
  for (std::size_t i = path.size(); i-- > 0;) {
    if (path[i].channel != kDirect) {
      return i;
    }
  }
  return path.size() - 1;
}

// 2^-(age / half-life), times kWholeCredit.
std::uint64_t decayed(const heat::HalfLife& half_life, Instant at, Instant last) noexcept {
  const heat::Exponent exponent = half_life.count_exactly(heat::FixedLog{at} - last);
  if (exponent.whole < -kPartBits) {
    return 0;
  }
  const double power = heat::times_exp2(1, exponent.step, exponent.rest);
  return static_cast<std::uint64_t>(std::ldexp(power, kPartBits + static_cast<int>(exponent.whole)));
}

}  // namespace

AttributionModel attribution_model_of(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) {
    throw Error(ErrorCode::invalid_argument, "there is no attribution model \"" + std::string(name) + "\"",
                "The models are first, last, last_non_direct, linear, position, time_decay, markov and shapley.");
  }
  return static_cast<AttributionModel>(found - kNames.begin());
}

std::string_view name_of(AttributionModel model) noexcept { return kNames[static_cast<std::size_t>(model)]; }

void weigh_touches(const AttributionRule& rule, std::span<const Touch> path, std::span<std::uint64_t> weights,
                   StopToken& stop) {
  std::fill(weights.begin(), weights.end(), 0);
  switch (rule.model) {
    case AttributionModel::first:
      weights.front() = 1;
      break;
    case AttributionModel::last:
      weights.back() = 1;
      break;
    case AttributionModel::last_non_direct:
      weights[last_of_note(path)] = 1;
      break;
    case AttributionModel::linear:
    case AttributionModel::markov:
    case AttributionModel::shapley:
      std::fill(weights.begin(), weights.end(), 1);
      break;
    case AttributionModel::position:
      std::fill(weights.begin(), weights.end(), 1);
      if (path.size() > 2) {
        weights.front() = weights.back() = 2 * (path.size() - 2);
      }
      break;
    case AttributionModel::time_decay:
      for (std::size_t i = 0; i < path.size(); ++i) {
        stop.check();
        weights[i] = decayed(rule.half_life, path[i].at, path.back().at);
      }
      break;
  }
}

void split_credit(std::span<const Uint128> weights, std::span<std::uint64_t> parts) noexcept {
  Uint128 sum = 0;
  for (const Uint128 weight : weights) {
    sum += weight;
  }
  // So that products of weights and the whole fit.
  const auto shift = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(sum >> 64)));
  Uint128 shifted_sum = 0;
  for (const Uint128 weight : weights) {
    shifted_sum += weight >> shift;
  }
  std::uint64_t left = kWholeCredit;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    parts[i] = static_cast<std::uint64_t>((weights[i] >> shift) * kWholeCredit / shifted_sum);
    left -= parts[i];
  }
  for (std::size_t i = 0; left > 0; ++i) {
    if (weights[i] >> shift != 0) {
      ++parts[i];
      --left;
    }
  }
}

}  // namespace leadscore::funnel
