// How alike two texts are whose words, or letters, may stand in another order.
#pragma once

#include <cstddef>
#include <memory_resource>

#include "core/dedup/code_points.hpp"
#include "core/stop_token.hpp"

namespace leadscore::dedup {

/// The largest q of a q-gram.
inline constexpr std::size_t kMostQ = 8;

/// How alike two texts are as sets of words, 0 to 1: the words that are in both, sorted, are compared with the same
/// followed by the other words of either, and these with each other; the best of the three comparisons counts, each of
/// which is 2 * (longest common subsequence) / (both lengths). So a text whose words are all in the other is like it
/// (1). Words are parted by white space. Two texts without words are alike (1), one without and another are not (0).
/// Known as token set ratio (A. Cohen, 2011). O(n m / 64). Throws Cancelled if asked to stop, and what the memory
/// resource throws.
[[nodiscard]] double token_set_similarity(CodePointSpan a, CodePointSpan b, std::pmr::memory_resource* memory,
                                          StopToken& stop);

/// The part of q-grams, runs of q code points, that two texts share, 0 to 1: 2 |A and B| / (|A| + |B|), A and B being
/// multisets (Dice's coefficient). Each text counts as if q - 1 marks stood before and behind it (E. Ukkonen, 1992;
/// L. Gravano et al., 2001), so that beginnings and ends weigh more. Two empty texts are alike (1). O(n log n). Throws
/// Error(invalid_argument) unless q lies between 1 and kMostQ, Cancelled if asked to stop, and what the memory resource
/// throws.
[[nodiscard]] double qgram_similarity(CodePointSpan a, CodePointSpan b, std::size_t q,
                                      std::pmr::memory_resource* memory, StopToken& stop);

}  // namespace leadscore::dedup
