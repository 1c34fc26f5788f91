#include "core/learn/cholesky.hpp"

#include <cmath>

namespace leadscore::learn {

void SymmetricMatrix::mirror() noexcept {
  for (std::size_t i = 0; i < size_; ++i) {
    for (std::size_t j = i + 1; j < size_; ++j) {
      at(j, i) = at(i, j);
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

void Cholesky::factor(const SymmetricMatrix& matrix) {
  factor_ = matrix;
  const std::size_t size = factor_.size();
  for (std::size_t k = 0; k < size; ++k) {
    double* pivot_row = factor_.row(k);
    const double pivot = pivot_row[k];
    left_out_[k] = !(pivot > kDependent * matrix.at(k, k)) || !std::isfinite(pivot) ? 1 : 0;
    if (is_left_out(k)) {
      for (std::size_t j = k; j < size; ++j) {
        pivot_row[j] = 0;
      }
      continue;
    }
    const double root = std::sqrt(pivot);
    for (std::size_t j = k; j < size; ++j) {
      pivot_row[j] /= root;
    }
    for (std::size_t i = k + 1; i < size; ++i) {
      const double multiple = pivot_row[i];
      if (multiple != 0) {
        double* row = factor_.row(i);
        for (std::size_t j = i; j < size; ++j) {
          row[j] -= multiple * pivot_row[j];
        }
      }
    }
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

double condition_number(const SymmetricMatrix& matrix, const Cholesky& factor, std::pmr::memory_resource* memory) {
  const std::size_t size = matrix.size();
  SymmetricMatrix mirrored(size, memory);
  mirrored = matrix;
  mirrored.mirror();
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
    mirrored.multiply(vector, product);
    for (std::size_t i = 0; i < size; ++i) {
      vector[i] = product[i] * scale[i];
    }
  });
  const double largest_of_inverse = largest_eigenvalue(x, [&](std::span<double> vector) {
    for (std::size_t i = 0; i < size; ++i) {
      vector[i] = scale[i] > 0 ? vector[i] / scale[i] : 0;
    }
    factor.solve(vector);
    for (std::size_t i = 0; i < size; ++i) {
      vector[i] = scale[i] > 0 ? vector[i] / scale[i] : 0;
    }
  });
  return largest > 0 ? largest * largest_of_inverse : 1;
}

}  // namespace leadscore::learn
