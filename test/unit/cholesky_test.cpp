#include "core/learn/cholesky.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "random.hpp"

namespace leadscore::learn {
namespace {

auto* const kMemory = std::pmr::get_default_resource();

// X'X of random rows; every seventh column is the sum of the two before it if `dependent`.
SymmetricMatrix products_of(std::size_t size, bool dependent) {
  test::Random random(size);
  SymmetricMatrix matrix(size, kMemory);
  for (std::size_t row = 0; row < 2 * size + 3; ++row) {
    std::vector<double> x(size);
    for (std::size_t i = 0; i < size; ++i) {
      x[i] = dependent && i % 7 == 6 ? x[i - 1] + x[i - 2] : random.number(-1, 1);
    }
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = i; j < size; ++j) {
        matrix.at(i, j) += x[i] * x[j];
      }
    }
  }
  return matrix;
}

TEST(Cholesky, SolvesMatricesOfAnySize) {
  for (const bool dependent : {false, true}) {
    for (const std::size_t size : {1U, 2U, 5U, 31U, 32U, 33U, 64U, 71U, 130U}) {
      SymmetricMatrix matrix = products_of(size, dependent);
      Cholesky factor(size, kMemory);
      factor.factor(matrix);
      std::vector<double> solution(size);
      for (std::size_t i = 0; i < size; ++i) {
        EXPECT_EQ(factor.is_left_out(i), dependent && i % 7 == 6) << i << " of " << size;
        solution[i] = factor.is_left_out(i) ? 0 : 1 + static_cast<double>(i % 3);
      }
      matrix.mirror();
      std::vector<double> x(size);
      matrix.multiply(solution, x);
      factor.solve(x);
      for (std::size_t i = 0; i < size; ++i) {
        EXPECT_NEAR(x[i], solution[i], 1e-9);
      }
    }
  }
}

TEST(Cholesky, StopsWhenAsked) {
  const SymmetricMatrix matrix = products_of(130, false);
  const StopToken stop([]() noexcept { return true; });
  Cholesky factor(130, kMemory);
  EXPECT_THROW(factor.factor(matrix, stop), Cancelled);
  factor.factor(matrix);
  EXPECT_THROW(static_cast<void>(condition_number(matrix, factor, kMemory, stop)), Cancelled);
}

}  // namespace
}  // namespace leadscore::learn
