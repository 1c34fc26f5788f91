// Powers of two with a fraction in the exponent: the same bits on every machine, and a stated error.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace leadscore::heat {

/// Fractions of an exponent are counted in steps of 1/128, for which a table has the powers.
inline constexpr int kStepBits = 7;
inline constexpr int kSteps = 1 << kStepBits;

/// The exponent whole + step / 128 + rest: step from 0 to 127, rest from 0 to 1/128.
struct Exponent {
  std::int64_t whole = 0;
  std::uint32_t step = 0;
  double rest = 0;
};

namespace detail {

inline constexpr long double kLn2 = 0.693147180559945309417232121458176568L;

/// 2^(0/128) to 2^(127/128), each the double nearest to the exponential series.
inline constexpr std::array<double, kSteps> kPower = [] {
  std::array<double, kSteps> powers{};
  for (std::size_t i = 0; i < powers.size(); ++i) {
    const long double x = kLn2 * static_cast<long double>(i) / kSteps;
    long double sum = 1;
    for (int n = 30; n > 0; --n) {
      sum = 1 + x / static_cast<long double>(n) * sum;
    }
    powers[i] = static_cast<double>(sum);
  }
  return powers;
}();

/// ln(2)^n / n! for n from 0 to 6; what follows is below 2^-64 for exponents up to 1/128.
inline constexpr std::array<double, 7> kTerm = [] {
  std::array<double, 7> terms{};
  long double term = 1;
  for (std::size_t n = 0; n < terms.size(); ++n) {
    terms[n] = static_cast<double>(term);
    term = term * kLn2 / static_cast<long double>(n + 1);
  }
  return terms;
}();

}  // namespace detail

/// factor * 2^(step / 128 + rest), with a relative error below 1.6 * 2^-52, and below 1.1 * 2^-52 for a factor that is
/// a power of two. The factor and the result within the range of normal numbers. Never falls by more than its error
/// when rest grows; exact where step and rest are 0.
inline double times_exp2(double factor, std::uint32_t step, double rest) noexcept {
  using detail::kTerm;
  const double x = rest;
  const double x2 = x * x;
  const double power = factor * detail::kPower[step];
  const double excess =
      x * ((kTerm[1] + x * kTerm[2]) + x2 * ((kTerm[3] + x * kTerm[4]) + x2 * (kTerm[5] + x * kTerm[6])));
  return power + power * excess;
}

}  // namespace leadscore::heat
