// How alike two short texts are, by the code points that stand in both at about the same place.
#pragma once

#include <memory_resource>

#include "core/dedup/code_points.hpp"
#include "core/stop_token.hpp"

namespace leadscore::dedup {

/// Jaro's similarity, 0 to 1 (M. A. Jaro, Journal of the American Statistical Association 84 (1989) 414-420): with c
/// code points of both that match within half the length of the longer (rounded down, less one), t of which are out of
/// order, (c / |a| + c / |b| + (c - t / 2) / c) / 3, t / 2 not rounded. Two empty texts are alike (1), an empty and
/// another are not (0). O(n m / 64) for the matching. Throws Cancelled if asked to stop, and what the memory resource
/// throws.
[[nodiscard]] double jaro(CodePointSpan a, CodePointSpan b, std::pmr::memory_resource* memory, StopToken& stop);

/// The same, and above 0.7 a part of what is missing to 1: 0.1 for each of up to four code points that both begin with
/// (W. E. Winkler, 1990).
[[nodiscard]] double jaro_winkler(CodePointSpan a, CodePointSpan b, std::pmr::memory_resource* memory, StopToken& stop);

}  // namespace leadscore::dedup
