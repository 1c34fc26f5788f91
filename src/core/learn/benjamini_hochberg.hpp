// Many tests at once: the false discovery rate of Benjamini and Hochberg, by p values and by e-values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/stop_token.hpp"

namespace leadscore::learn {

/// A p value or an e-value and where it came from; afterwards the level at which it is a discovery.
struct NumberedTest {
  double value = 0;
  std::size_t number = 0;
};

/// Puts the q value of each p value in its place: the least false discovery rate at which its test still counts as a
/// discovery, min over j >= rank of p(j) m / j, at most 1 (Y. Benjamini, Y. Hochberg, Journal of the Royal Statistical
/// Society B 57 (1995) 289-300). Changes the order. Throws Error(invalid_argument) for what does not lie between 0 and
/// 1, Cancelled if asked to stop.
void benjamini_hochberg(std::span<NumberedTest> tests, StopToken stop);

/// The same for e-values: min over j >= rank of m / (j e(j)), e(1) being the largest, at most 1. The false discovery
/// rate holds however the tests depend on each other (R. Wang, A. Ramdas, Journal of the Royal Statistical Society B 84
/// (2022) 822-852). Throws Error(invalid_argument) for what is negative or NaN, Cancelled if asked to stop.
void e_benjamini_hochberg(std::span<NumberedTest> tests, StopToken stop);

}  // namespace leadscore::learn
