// Size arithmetic that fails instead of wrapping around.
#pragma once

#include <cstddef>

#include "core/error.hpp"

namespace leadscore {

/// Returns a + b; throws Error(limit_exceeded) where the sum does not fit.
inline std::size_t checked_add(std::size_t a, std::size_t b) {
  std::size_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) {
    throw Error(ErrorCode::limit_exceeded, "a size is too large");
  }
  return sum;
}

/// Returns a * b; throws Error(limit_exceeded) where the product does not fit.
inline std::size_t checked_multiply(std::size_t a, std::size_t b) {
  std::size_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) {
    throw Error(ErrorCode::limit_exceeded, "a size is too large");
  }
  return product;
}

}  // namespace leadscore
