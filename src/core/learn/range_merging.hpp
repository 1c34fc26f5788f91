// Joins neighbouring ranges of a number until what remains is worth telling apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "core/learn/binning.hpp"

namespace leadscore::learn {

/// A range of numbers from `from` on, to where the next range begins.
struct Range {
  double from = 0;
  BinCount count;
};

using Ranges = std::pmr::vector<Range>;

/// Joins the two neighbours that differ least (by chi-square; the first among equals) until the least difference
/// reaches the threshold and every range has `least_leads`. O(n^2) in the number of ranges (Kerber 1992, "ChiMerge").
void merge_by_significance(Ranges& ranges, double threshold, std::int64_t least_leads);

/// Joins neighbours until the rates only rise or only fall, whichever leaves the greater likelihood (rising among
/// equals), then until every range has `least_leads`.
void merge_monotonically(Ranges& ranges, std::int64_t least_leads, std::pmr::memory_resource* memory);

}  // namespace leadscore::learn
