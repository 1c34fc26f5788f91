// Many tests at once: the false discovery rate of Benjamini and Hochberg.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/stop_token.hpp"

namespace leadscore::learn {

/// A p value and where it came from; afterwards its q value.
struct NumberedPValue {
  double value = 0;
  std::size_t number = 0;
};

/// Puts the q value of each p value in its place: the least false discovery rate at which its test still counts as a
/// discovery, min over j >= rank of p(j) m / j, at most 1 (Y. Benjamini, Y. Hochberg, Journal of the Royal Statistical
/// Society B 57 (1995) 289-300). Changes the order. Throws Error(invalid_argument) for what does not lie between 0 and
/// 1, Cancelled if asked to stop.
void benjamini_hochberg(std::span<NumberedPValue> tests, StopToken stop);

}  // namespace leadscore::learn
