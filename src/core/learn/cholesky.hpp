// Systems of linear equations with a symmetric positive matrix: the Cholesky factor.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/stop_token.hpp"

namespace leadscore::learn {

/// Asks the host as often as befits that many multiplications.
inline void check_work(StopToken& stop, std::size_t multiplications) {
  constexpr std::size_t kOfOneCheck = 16;
  constexpr std::size_t kMostChecks = 1U << 30;
  stop.check(static_cast<std::uint32_t>(std::min(multiplications / kOfOneCheck + 1, kMostChecks)));
}

/// A symmetric matrix by rows, size * size numbers, of which the part on and above the diagonal counts.
class SymmetricMatrix {
 public:
  /// Filled with zeros. Throws Cancelled if asked to stop, as a large one takes a while.
  SymmetricMatrix(std::size_t size, std::pmr::memory_resource* memory, StopToken stop = {});

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] double* row(std::size_t i) noexcept { return cells_.data() + i * size_; }
  [[nodiscard]] const double* row(std::size_t i) const noexcept { return cells_.data() + i * size_; }
  /// The cell of row i and column j, i <= j.
  [[nodiscard]] double& at(std::size_t i, std::size_t j) noexcept { return cells_[i * size_ + j]; }
  [[nodiscard]] double at(std::size_t i, std::size_t j) const noexcept { return cells_[i * size_ + j]; }
  /// Throws Cancelled if asked to stop, as do the next two.
  void clear(StopToken& stop);
  /// Copies the part that counts from a matrix of the same size.
  void copy(const SymmetricMatrix& from, StopToken& stop);
  /// Copies what is above the diagonal below it.
  void mirror(StopToken stop = {});
  /// The product with a vector; the matrix must be mirrored.
  void multiply(std::span<const double> vector, std::span<double> product) const noexcept;

 private:
  std::size_t size_;
  std::pmr::vector<double> cells_;
};

/// The factor U of A = U'U. Rows that depend on those before them (what is left of their diagonal falls below
/// kDependent of it) are left out: the solution is 0 there, as if their unknowns did not exist.
class Cholesky {
 public:
  static constexpr double kDependent = 1e-11;

  Cholesky(std::size_t size, std::pmr::memory_resource* memory, StopToken stop = {})
      : factor_(size, memory, stop), left_out_(size, memory) {}

  /// Factors the matrix. O(size^3). Rows whose diagonal is not a positive finite number are left out as well. Throws
  /// Cancelled if asked to stop.
  void factor(const SymmetricMatrix& matrix, StopToken stop = {});

  /// Solves A x = b; `x` holds b before and the solution after. O(size^2).
  void solve(std::span<double> x) const noexcept;

  [[nodiscard]] bool is_left_out(std::size_t i) const noexcept { return left_out_[i] != 0; }
  [[nodiscard]] std::size_t size() const noexcept { return factor_.size(); }

 private:
  void make_pivot(std::size_t k, double diagonal);

  SymmetricMatrix factor_;
  std::pmr::vector<unsigned char> left_out_;
};

/// The ratio of the largest to the smallest eigenvalue of the matrix scaled to a diagonal of ones, without the rows
/// that its factor has left out; estimated by power and inverse iteration, to about 1 %. 1 for an empty matrix. Throws
/// Cancelled if asked to stop.
[[nodiscard]] double condition_number(const SymmetricMatrix& matrix, const Cholesky& factor,
                                      std::pmr::memory_resource* memory, StopToken stop = {});

}  // namespace leadscore::learn
