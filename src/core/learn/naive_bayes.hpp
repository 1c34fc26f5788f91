// Naive Bayes over the bins of columns, as log-odds that add up.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <vector>

#include "core/learn/encoding.hpp"

namespace leadscore::learn {

/// The coefficients, by parameter of the encoding, that make the sum of a lead's terms the log-odds of naive Bayes:
/// intercept log(W / L); a bin log(P(bin | won) / P(bin | lost)) with P(bin | class) = (count + smoothing) / (class +
/// smoothing * bins). The counts are those of the encoding's bins. Throws Error(invalid_argument) for a smoothing that
/// is not positive, for columns that are not binned, and where all leads were won or all lost.
[[nodiscard]] std::pmr::vector<double> naive_bayes(const Encoding& encoding, std::int64_t leads, std::int64_t wins,
                                                   double smoothing, std::pmr::memory_resource* memory);

}  // namespace leadscore::learn
