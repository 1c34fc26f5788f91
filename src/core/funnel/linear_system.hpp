// Systems of linear equations with any square matrix: Gaussian elimination with partial pivoting.
#pragma once

#include <cstddef>
#include <span>

#include "core/stop_token.hpp"

namespace leadscore::funnel {

/// Solves A X = B in place. `matrix` holds A by rows, size * size numbers, and is of no use afterwards; `sides` holds B
/// by rows, size rows of as many numbers each, and then X. False if no pivot is left, the matrix being singular.
/// O(size^2 (size + columns)). Throws Cancelled if asked to stop.
[[nodiscard]] bool solve_linear_system(std::span<double> matrix, std::span<double> sides, std::size_t size,
                                       StopToken& stop);

}  // namespace leadscore::funnel
