// Vectors of four doubles. Compilers turn them into whatever vectors the processor has; nothing is contracted or
// reordered by that: each lane sees the same operations in the same order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace leadscore::learn {

inline constexpr std::size_t kLanes = 4;

using Lanes = double __attribute__((vector_size(kLanes * sizeof(double))));
using LaneBits = std::int64_t __attribute__((vector_size(kLanes * sizeof(double))));

// Inlined into functions for other processors than the rest is compiled for.
#define LEADSCORE_INLINE [[gnu::always_inline]] inline

LEADSCORE_INLINE void load(Lanes& lanes, const double* from) noexcept { std::memcpy(&lanes, from, sizeof lanes); }
LEADSCORE_INLINE void store(double* to, const Lanes& lanes) noexcept { std::memcpy(to, &lanes, sizeof lanes); }
LEADSCORE_INLINE void fill(Lanes& lanes, double number) noexcept { lanes = Lanes{number, number, number, number}; }
LEADSCORE_INLINE double sum_of(const Lanes& lanes) noexcept { return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]); }
/// Keeps the lanes where the mask is all ones; the others become 0.
LEADSCORE_INLINE void keep(Lanes& lanes, const LaneBits& mask) noexcept {
  lanes = reinterpret_cast<Lanes>(reinterpret_cast<LaneBits>(lanes) & mask);
}

}  // namespace leadscore::learn
