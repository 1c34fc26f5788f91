// Hashes that are the same on every machine.
#pragma once

#include <bit>
#include <cstdint>

namespace leadscore {

/// The finalizer of splitmix64 (S. Vigna): every bit of the result depends on every bit of the argument.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t x) noexcept {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

/// Takes a further word into a hash, cheaply: other words or another order give another hash. To be mixed at the end.
[[nodiscard]] constexpr std::uint64_t add_to_hash(std::uint64_t hash, std::uint64_t word) noexcept {
  return std::rotl(hash ^ word, 27) * 0x9E3779B97F4A7C15;
}

}  // namespace leadscore
