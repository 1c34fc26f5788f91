#include "core/learn/cholesky.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/learn/lanes.hpp"

namespace leadscore::learn {

SymmetricMatrix::SymmetricMatrix(std::size_t size, std::pmr::memory_resource* memory, StopToken stop)
    : size_(size), cells_(memory) {
  cells_.reserve(size * size);
  for (std::size_t i = 0; i < size; ++i) {
    check_work(stop, size);
    cells_.insert(cells_.end(), size, 0.0);
  }
}

void SymmetricMatrix::clear(StopToken& stop) {
  for (std::size_t i = 0; i < size_; ++i) {
    check_work(stop, size_);
    std::fill_n(row(i), size_, 0.0);
  }
}

void SymmetricMatrix::copy(const SymmetricMatrix& from, StopToken& stop) {
  for (std::size_t i = 0; i < size_; ++i) {
    check_work(stop, size_);
    std::copy_n(from.row(i) + i, size_ - i, row(i) + i);
  }
}

void SymmetricMatrix::mirror(StopToken stop) {
  constexpr std::size_t kTile = 32;  // a square of them stays in a cache, where columns are read
  for (std::size_t first = 0; first < size_; first += kTile) {
    for (std::size_t across = first; across < size_; across += kTile) {
      check_work(stop, kTile * kTile);
      for (std::size_t j = across; j < std::min(across + kTile, size_); ++j) {
        for (std::size_t i = first; i < std::min({first + kTile, j, size_}); ++i) {
          at(j, i) = at(i, j);
        }
      }
    }
  }
}

void SymmetricMatrix::multiply(std::span<const double> vector, std::span<double> product) const noexcept {
  for (std::size_t i = 0; i < size_; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < size_; ++j) {
      sum += at(i, j) * vector[j];
    }
    product[i] = sum;
  }
}

namespace {

// row[j] -= sum of multiples[k] * pivots[k][j], one k after the other, for j from `first` on.
void subtract(double* row, const double* const* pivots, const double* multiples, std::size_t count, std::size_t first,
              std::size_t last) noexcept {
  std::size_t k = 0;
  for (; k + 4 <= count; k += 4) {
    const double* const a = pivots[k];
    const double* const b = pivots[k + 1];
    const double* const c = pivots[k + 2];
    const double* const d = pivots[k + 3];
    std::size_t j = first;
    for (; j + kLanes <= last; j += kLanes) {
      Lanes sum;
      Lanes x;
      load(sum, row + j);
      load(x, a + j);
      sum -= multiples[k] * x;
      load(x, b + j);
      sum -= multiples[k + 1] * x;
      load(x, c + j);
      sum -= multiples[k + 2] * x;
      load(x, d + j);
      sum -= multiples[k + 3] * x;
      store(row + j, sum);
    }
    for (; j < last; ++j) {
      row[j] = (((row[j] - multiples[k] * a[j]) - multiples[k + 1] * b[j]) - multiples[k + 2] * c[j]) -
               multiples[k + 3] * d[j];
    }
  }
  for (; k < count; ++k) {
    for (std::size_t j = first; j < last; ++j) {
      row[j] -= multiples[k] * pivots[k][j];
    }
  }
}

}  // namespace

// By panels of rows, each of which passes over the rest of the matrix once: that is what takes the time of a large one.
void Cholesky::factor(const SymmetricMatrix& matrix, StopToken stop) {
  constexpr std::size_t kPanel = 32;
  factor_.copy(matrix, stop);
  const std::size_t size = factor_.size();
  std::array<const double*, kPanel> pivots;
  std::array<double, kPanel> multiples;
  for (std::size_t first = 0; first < size; first += kPanel) {
    const std::size_t last = std::min(first + kPanel, size);
    for (std::size_t k = first; k < last; ++k) {
      pivots[k - first] = factor_.row(k);
    }
    for (std::size_t i = first; i < size; ++i) {
      const std::size_t before = std::min(i, last) - first;  // pivots that this row is reduced by
      check_work(stop, before * (size - i));
      for (std::size_t k = 0; k < before; ++k) {
        multiples[k] = pivots[k][i];
      }
      subtract(factor_.row(i), pivots.data(), multiples.data(), before, i, size);
      if (i < last) {
        make_pivot(i, matrix.at(i, i));
      }
    }
  }
}

// Makes a reduced row one of the factor.
void Cholesky::make_pivot(std::size_t k, double diagonal) {
  const std::span<double> row(factor_.row(k) + k, factor_.size() - k);
  const double pivot = row[0];
  left_out_[k] = !(pivot > kDependent * diagonal) || !std::isfinite(pivot) ? 1 : 0;
  const double root = std::sqrt(pivot);
  for (double& cell : row) {
    cell = is_left_out(k) ? 0 : cell / root;
  }
}

void Cholesky::solve(std::span<double> x) const noexcept {
  const std::size_t size = factor_.size();
  for (std::size_t i = 0; i < size; ++i) {  // U'y = b
    const double* row = factor_.row(i);
    x[i] = is_left_out(i) ? 0 : x[i] / row[i];
    if (x[i] != 0) {
      for (std::size_t j = i + 1; j < size; ++j) {
        x[j] -= row[j] * x[i];
      }
    }
  }
  for (std::size_t i = size; i-- > 0;) {  // Ux = y
    const double* row = factor_.row(i);
    double sum = x[i];
    for (std::size_t j = i + 1; j < size; ++j) {
      sum -= row[j] * x[j];
    }
    x[i] = is_left_out(i) ? 0 : sum / row[i];
  }
}

namespace {

double length_of(std::span<const double> x) noexcept {
  double sum = 0;
  for (const double number : x) {
    sum += number * number;
  }
  return std::sqrt(sum);
}

// The largest eigenvalue of what `apply` multiplies with.
template <class Apply>
double largest_eigenvalue(std::span<double> x, Apply apply) {
  constexpr int kMostSteps = 200;
  double eigenvalue = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {  // not orthogonal to anything that is likely
    x[i] = 1 + static_cast<double>((i * 2654435761U) % 1024) / 1024;
  }
  for (int step = 0; step < kMostSteps; ++step) {
    const double before = eigenvalue;
    const double length = length_of(x);
    if (!(length > 0)) {
      return 0;
    }
    for (double& number : x) {
      number /= length;
    }
    apply(x);
    eigenvalue = length_of(x);
    if (std::fabs(eigenvalue - before) <= 1e-4 * eigenvalue) {
      break;
    }
  }
  return eigenvalue;
}

}  // namespace

double condition_number(const SymmetricMatrix& matrix, const Cholesky& factor, std::pmr::memory_resource* memory,
                        StopToken stop) {
  const std::size_t size = matrix.size();
  SymmetricMatrix mirrored(size, memory, stop);
  mirrored.copy(matrix, stop);
  mirrored.mirror(stop);
  std::pmr::vector<double> scale(size, memory);
  for (std::size_t i = 0; i < size; ++i) {
    scale[i] = factor.is_left_out(i) ? 0 : 1 / std::sqrt(matrix.at(i, i));
  }
  std::pmr::vector<double> x(size, memory);
  std::pmr::vector<double> product(size, memory);
  const double largest = largest_eigenvalue(x, [&](std::span<double> vector) {
    for (std::size_t i = 0; i < size; ++i) {
      vector[i] *= scale[i];
    }
    check_work(stop, size * size);
    mirrored.multiply(vector, product);
    for (std::size_t i = 0; i < size; ++i) {
      vector[i] = product[i] * scale[i];
    }
  });
  const double largest_of_inverse = largest_eigenvalue(x, [&](std::span<double> vector) {
    for (std::size_t i = 0; i < size; ++i) {
      vector[i] = scale[i] > 0 ? vector[i] / scale[i] : 0;
    }
    check_work(stop, size * size);
    factor.solve(vector);
    for (std::size_t i = 0; i < size; ++i) {
      vector[i] = scale[i] > 0 ? vector[i] / scale[i] : 0;
    }
  });
  return largest > 0 ? largest * largest_of_inverse : 1;
}

}  // namespace leadscore::learn
