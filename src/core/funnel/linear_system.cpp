#include "core/funnel/linear_system.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace leadscore::funnel {

namespace {

using Row = std::span<double>;

void subtract(Row target, Row row, double factor) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    target[i] -= factor * row[i];
  }
}

}  // namespace

bool solve_linear_system(std::span<double> matrix, std::span<double> sides, std::size_t size, StopToken& stop) {
  if (size == 0) {
    return true;
  }
  const std::size_t columns = sides.size() / size;
  const auto row = [=](std::size_t i) { return matrix.subspan(i * size, size); };
  const auto side = [=](std::size_t i) { return sides.subspan(i * columns, columns); };
  for (std::size_t k = 0; k < size; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < size; ++i) {
      pivot = std::fabs(row(i)[k]) > std::fabs(row(pivot)[k]) ? i : pivot;
    }
    if (row(pivot)[k] == 0) {
      return false;
    }
    if (pivot != k) {
      std::swap_ranges(row(k).begin(), row(k).end(), row(pivot).begin());
      std::swap_ranges(side(k).begin(), side(k).end(), side(pivot).begin());
    }
    for (std::size_t i = k + 1; i < size; ++i) {
      stop.check(static_cast<std::uint32_t>(size - k + columns));
      const double factor = row(i)[k] / row(k)[k];
      if (factor != 0) {
        subtract(row(i).subspan(k), row(k).subspan(k), factor);
        subtract(side(i), side(k), factor);
      }
    }
  }
  for (std::size_t k = size; k-- > 0;) {
    for (double& number : side(k)) {
      number /= row(k)[k];
    }
    for (std::size_t i = 0; i < k; ++i) {
      stop.check(static_cast<std::uint32_t>(columns));
      subtract(side(i), side(k), row(i)[k]);
    }
  }
  return true;
}

}  // namespace leadscore::funnel
