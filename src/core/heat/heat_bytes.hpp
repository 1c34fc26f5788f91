// A heat that is still being summed up, as bytes: for parallel workers, and for partial heats that are stored or sent.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "core/heat/heat.hpp"
#include "core/state_bytes.hpp"

namespace leadscore::heat {

inline constexpr std::size_t kDecaySumBytes = 8 + DecaySum::kWords * 16;
inline constexpr std::size_t kHeatBytes = 4 + 8 + kDecaySumBytes + kCheckSumBytes;

void put_sum(StateWriter& writer, const DecaySum& sum) noexcept;

/// Nothing where the bytes are not those of a sum.
std::optional<DecaySum> read_sum(StateReader& reader) noexcept;

std::array<std::byte, kHeatBytes> bytes_of(const HeatSum& heat) noexcept;

/// Nothing where the bytes are not those of bytes_of().
std::optional<HeatSum> heat_of(std::span<const std::byte> bytes) noexcept;

}  // namespace leadscore::heat
