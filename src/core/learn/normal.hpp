// The standard normal distribution.
#pragma once

namespace leadscore::learn {

/// The number below which a standard normal variable lies with probability p, to the last few bits of a double for
/// every p, the smallest number included: AS241 (PPND16) of M. J. Wichura, Applied Statistics 37 (1988) 477-484.
/// Minus infinity for 0, infinity for 1, NaN for what is no probability. For a quantile near 1 ask for that of 1 - p
/// and change the sign: p itself has lost the digits.
[[nodiscard]] double normal_quantile(double p) noexcept;

}  // namespace leadscore::learn
