// Exact credits as doubles that still add up.
#pragma once

#include <memory_resource>
#include <span>

#include "core/funnel/wide_sum.hpp"
#include "core/stop_token.hpp"

namespace leadscore::funnel {

/// Rounds each credit to a multiple of one power of two: the last place of the total, if all are of one sign, else one
/// place above that of the sum of their magnitudes. Sums of such doubles are exact, whichever are added and in whatever
/// order, and all of them sum up to the total as a multiple of the same power; so to the double nearest to it, where
/// all are of one sign. Each is rounded down or up to the next multiple: up are rounded those with the largest rests,
/// the first ones of equal rests. Throws Error(out_of_range) beyond the range of doubles, and Cancelled if asked to
/// stop.
void round_credits(std::span<const WideSum> credits, std::span<double> rounded, std::pmr::memory_resource* scratch,
                   StopToken& stop);

}  // namespace leadscore::funnel
