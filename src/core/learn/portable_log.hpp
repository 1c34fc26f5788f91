// A logarithm with the same bits on every machine, which that of the C library has not.
#pragma once

#include <bit>
#include <cstdint>

namespace leadscore::learn {

// ln(2) in two parts, the last 32 bits of the first being 0: times the exponent of a number it is exact.
inline constexpr double kLn2High = 6.93147180369123816490e-01;
inline constexpr double kLn2Low = 1.90821492927058770002e-10;

/// A positive finite normal number as mantissa * 2^exponent, the mantissa from 1 to 2.
struct BinaryNumber {
  double mantissa = 1;
  std::int64_t exponent = 0;
};

[[nodiscard]] inline BinaryNumber binary_number(double number) noexcept {
  constexpr std::uint64_t kMantissa = (std::uint64_t{1} << 52) - 1;
  constexpr std::uint64_t kOne = std::bit_cast<std::uint64_t>(1.0);
  const auto bits = std::bit_cast<std::uint64_t>(number);
  return {std::bit_cast<double>((bits & kMantissa) | kOne), static_cast<std::int64_t>(bits >> 52) - 1023};
}

/// The natural logarithm, to about two units in the last place: 2 artanh((m - 1) / (m + 1)) by its series, and the
/// exponent.
[[nodiscard]] inline double portable_log(const BinaryNumber& number) noexcept {
  constexpr int kLastTerm = 23;  // of s^23 / 23, s up to 0.1716
  const bool is_large = number.mantissa > 1.4142135623730951;
  const double m = is_large ? number.mantissa / 2 : number.mantissa;
  const auto exponent = static_cast<double>(number.exponent + (is_large ? 1 : 0));
  const double s = (m - 1) / (m + 1);
  const double square = s * s;
  double series = 0;
  for (int n = kLastTerm; n > 1; n -= 2) {
    series = (series + 1.0 / n) * square;
  }
  return exponent * kLn2High + ((exponent * kLn2Low + 2 * s * series) + 2 * s);
}

[[nodiscard]] inline double portable_log(double number) noexcept { return portable_log(binary_number(number)); }

}  // namespace leadscore::learn
