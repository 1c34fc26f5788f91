#include "core/learn/logistic_kernel.hpp"

#include <algorithm>

#include "core/learn/portable_log.hpp"

namespace leadscore::learn {

namespace {

// exp(-x) of numbers from 0 on, to about one unit in the last place: 2^-n exp(r), |r| <= ln(2) / 2, by the series.
// Beyond 708, where results would leave the range of normal numbers, that of 708.
LEADSCORE_INLINE void exp_of_negative(Lanes& x) noexcept {
  constexpr double kLast = 708;
  constexpr double kInverseLn2 = 1.44269504088896338700;
  constexpr double kRound = 6755399441055744.0;  // 1.5 * 2^52: what is added to it is rounded to a whole number
  Lanes last;
  fill(last, kLast);
  x = x < last ? x : last;
  Lanes shifted = x * kInverseLn2 + kRound;
  const Lanes n = shifted - kRound;
  const Lanes r = (n * kLn2High - x) + n * kLn2Low;
  const Lanes r2 = r * r;
  const Lanes r4 = r2 * r2;
  // 1/k! for k from 2 to 13; what follows is below 2^-57.
  const Lanes low = (1.0 / 2 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120));
  const Lanes middle = (1.0 / 720 + r * (1.0 / 5040)) + r2 * (1.0 / 40320 + r * (1.0 / 362880));
  const Lanes high = (1.0 / 3628800 + r * (1.0 / 39916800)) + r2 * (1.0 / 479001600 + r * (1.0 / 6227020800.0));
  const Lanes power = 1.0 + (r + r2 * (low + r4 * (middle + r4 * high)));
  Lanes round;
  fill(round, kRound);
  const LaneBits exponent = (1023 - (reinterpret_cast<LaneBits>(shifted) - reinterpret_cast<LaneBits>(round))) << 52;
  x = power * reinterpret_cast<Lanes>(exponent);
}

LEADSCORE_INLINE void any_add_products(std::span<const double> coefficients, const double* const* columns,
                                       std::size_t count, double* sums) noexcept {
  constexpr std::size_t kTile = 4;  // vectors, written out as compilers keep arrays of them in memory
  std::size_t row = 0;
  for (; row + kTile * kLanes <= count; row += kTile * kLanes) {
    double* const to = sums + row;
    Lanes s0;
    Lanes s1;
    Lanes s2;
    Lanes s3;
    load(s0, to);
    load(s1, to + kLanes);
    load(s2, to + 2 * kLanes);
    load(s3, to + 3 * kLanes);
    for (std::size_t i = 0; i < coefficients.size(); ++i) {
      const double* const column = columns[i] + row;
      Lanes x;
      load(x, column);
      s0 += x * coefficients[i];
      load(x, column + kLanes);
      s1 += x * coefficients[i];
      load(x, column + 2 * kLanes);
      s2 += x * coefficients[i];
      load(x, column + 3 * kLanes);
      s3 += x * coefficients[i];
    }
    store(to, s0);
    store(to + kLanes, s1);
    store(to + 2 * kLanes, s2);
    store(to + 3 * kLanes, s3);
  }
  for (; row < count; row += kLanes) {
    Lanes tile;
    load(tile, sums + row);
    for (std::size_t i = 0; i < coefficients.size(); ++i) {
      Lanes numbers;
      load(numbers, columns[i] + row);
      tile += numbers * coefficients[i];
    }
    store(sums + row, tile);
  }
}

LEADSCORE_INLINE void any_add_losses(LogisticBlock& block, std::size_t count, LogisticLosses& losses) noexcept {
  Lanes zero{};
  Lanes infinity;
  fill(infinity, std::numeric_limits<double>::infinity());
  Lanes product;
  fill(product, 1);
  Lanes linear{};
  Lanes squares{};
  Lanes least_won = infinity;
  Lanes greatest_lost = -infinity;
  for (std::size_t i = 0; i < count; i += kLanes) {
    Lanes x;
    Lanes outcome;
    load(x, block.log_odds.data() + i);
    load(outcome, block.outcome.data() + i);
    const Lanes t = x * outcome;  // the log-odds of what happened
    const LaneBits is_wrong = t < zero;
    const Lanes distance = is_wrong ? -t : t;
    Lanes small = distance;
    exp_of_negative(small);
    const Lanes larger = 1.0 / (1.0 + small);
    const Lanes smaller = small * larger;
    const Lanes miss = is_wrong ? larger : smaller;
    store(block.residual.data() + i, outcome * miss);
    store(block.weight.data() + i, larger * smaller);
    product *= 1.0 + small;
    Lanes excess = distance;
    keep(excess, is_wrong);
    linear += excess;
    squares += miss * miss;
    const LaneBits is_won = outcome > zero;
    const Lanes of_won = is_won ? x : infinity;
    const Lanes of_lost = is_won ? -infinity : x;
    least_won = of_won < least_won ? of_won : least_won;
    greatest_lost = of_lost > greatest_lost ? of_lost : greatest_lost;
  }
  losses.product *= (product[0] * product[1]) * (product[2] * product[3]);
  losses.linear += sum_of(linear);
  losses.squares += sum_of(squares);
  for (std::size_t k = 0; k < kLanes; ++k) {
    losses.least_won = std::min(losses.least_won, least_won[k]);
    losses.greatest_lost = std::max(losses.greatest_lost, greatest_lost[k]);
  }
}

LEADSCORE_INLINE void any_multiply(const double* a, const double* b, std::size_t count, double* products) noexcept {
  for (std::size_t i = 0; i < count; i += kLanes) {
    Lanes x;
    Lanes y;
    load(x, a + i);
    load(y, b + i);
    store(products + i, x * y);
  }
}

constexpr std::size_t kLeft = 2;  // columns of a tile, whose sums stay in registers
constexpr std::size_t kRight = 4;

// Written out, as compilers keep arrays of vectors in memory.
LEADSCORE_INLINE void tile_products(const double* const* left, const double* const* right, std::size_t count,
                                    double (&products)[kLeft][kRight]) noexcept {
  Lanes s00{};
  Lanes s01{};
  Lanes s02{};
  Lanes s03{};
  Lanes s10{};
  Lanes s11{};
  Lanes s12{};
  Lanes s13{};
  const double* const a0 = left[0];
  const double* const a1 = left[1];
  const double* const b0 = right[0];
  const double* const b1 = right[1];
  const double* const b2 = right[2];
  const double* const b3 = right[3];
  for (std::size_t row = 0; row < count; row += kLanes) {
    Lanes x0;
    Lanes x1;
    Lanes y;
    load(x0, a0 + row);
    load(x1, a1 + row);
    load(y, b0 + row);
    s00 += x0 * y;
    s10 += x1 * y;
    load(y, b1 + row);
    s01 += x0 * y;
    s11 += x1 * y;
    load(y, b2 + row);
    s02 += x0 * y;
    s12 += x1 * y;
    load(y, b3 + row);
    s03 += x0 * y;
    s13 += x1 * y;
  }
  products[0][0] = sum_of(s00);
  products[0][1] = sum_of(s01);
  products[0][2] = sum_of(s02);
  products[0][3] = sum_of(s03);
  products[1][0] = sum_of(s10);
  products[1][1] = sum_of(s11);
  products[1][2] = sum_of(s12);
  products[1][3] = sum_of(s13);
}

LEADSCORE_INLINE void any_cross_products(std::span<const double* const> left, std::span<const double* const> right,
                                         std::size_t count, double* products, std::size_t stride) noexcept {
  for (std::size_t i = 0; i < left.size(); i += kLeft) {
    for (std::size_t j = i == 0 ? 0 : i - 1; j < right.size(); j += kRight) {
      const double* a[kLeft];
      const double* b[kRight];
      for (std::size_t k = 0; k < kLeft; ++k) {  // what is beyond the end is computed twice
        a[k] = left[std::min(i + k, left.size() - 1)];
      }
      for (std::size_t k = 0; k < kRight; ++k) {
        b[k] = right[std::min(j + k, right.size() - 1)];
      }
      double tile[kLeft][kRight];
      tile_products(a, b, count, tile);
      for (std::size_t k = 0; k < kLeft && i + k < left.size(); ++k) {
        std::copy_n(tile[k], std::min(kRight, right.size() - j), products + (i + k) * stride + j);
      }
    }
  }
}

void plain_add_products(std::span<const double> coefficients, const double* const* columns, std::size_t count,
                        double* sums) {
  any_add_products(coefficients, columns, count, sums);
}
void plain_add_losses(LogisticBlock& block, std::size_t count, LogisticLosses& losses) {
  any_add_losses(block, count, losses);
}
void plain_multiply(const double* a, const double* b, std::size_t count, double* products) {
  any_multiply(a, b, count, products);
}
void plain_cross_products(std::span<const double* const> left, std::span<const double* const> right, std::size_t count,
                          double* products, std::size_t stride) {
  any_cross_products(left, right, count, products, stride);
}

constexpr LogisticKernel kPlain{plain_add_products, plain_add_losses, plain_multiply, plain_cross_products};

#if defined(__x86_64__)
// AVX2 without FMA, which would round once instead of twice.
[[gnu::target("avx2")]] void wide_add_products(std::span<const double> coefficients, const double* const* columns,
                                               std::size_t count, double* sums) {
  any_add_products(coefficients, columns, count, sums);
}
[[gnu::target("avx2")]] void wide_add_losses(LogisticBlock& block, std::size_t count, LogisticLosses& losses) {
  any_add_losses(block, count, losses);
}
[[gnu::target("avx2")]] void wide_multiply(const double* a, const double* b, std::size_t count, double* products) {
  any_multiply(a, b, count, products);
}
[[gnu::target("avx2")]] void wide_cross_products(std::span<const double* const> left,
                                                 std::span<const double* const> right, std::size_t count,
                                                 double* products, std::size_t stride) {
  any_cross_products(left, right, count, products, stride);
}

constexpr LogisticKernel kWide{wide_add_products, wide_add_losses, wide_multiply, wide_cross_products};
#endif

}  // namespace

const LogisticKernel& plain_kernel() noexcept { return kPlain; }

const LogisticKernel& best_kernel() noexcept {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0) {
    return kWide;
  }
#endif
  return kPlain;
}

}  // namespace leadscore::learn
