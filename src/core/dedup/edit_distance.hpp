// How many edits turn one text into another.
#pragma once

#include <cstddef>
#include <limits>
#include <memory_resource>

#include "core/dedup/code_points.hpp"
#include "core/stop_token.hpp"

namespace leadscore::dedup {

inline constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

/// The least number of code points to insert, delete or replace (V. I. Levenshtein, 1966), by bits: G. Myers, Journal
/// of the ACM 46 (1999) 395-415, with the blocks of H. Hyyrö (2003). limit + 1 where it is greater than the limit,
/// which makes it faster. O(n m / 64). Throws Cancelled if asked to stop, and what the memory resource throws.
[[nodiscard]] std::size_t levenshtein(CodePointSpan a, CodePointSpan b, std::size_t limit,
                                      std::pmr::memory_resource* memory, StopToken& stop);

/// The same where swapping two neighbours is one edit too, but no part is edited twice: the optimal string alignment
/// distance, also called restricted Damerau-Levenshtein distance; not a metric.
[[nodiscard]] std::size_t osa(CodePointSpan a, CodePointSpan b, std::size_t limit, std::pmr::memory_resource* memory,
                              StopToken& stop);

/// The length of the longest common subsequence, by bits (H. Hyyrö, 2004).
[[nodiscard]] std::size_t common_subsequence(CodePointSpan a, CodePointSpan b, std::pmr::memory_resource* memory,
                                             StopToken& stop);

}  // namespace leadscore::dedup
