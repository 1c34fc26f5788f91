#include "core/learn/range_merging.hpp"

#include <algorithm>
#include <cmath>

#include "core/learn/pool_adjacent.hpp"

namespace leadscore::learn {

namespace {

void join(Range& to, const Range& from) noexcept {
  to.count.leads += from.count.leads;
  to.count.wins += from.count.wins;
}

// The sign of rate(a) - rate(b), exactly.
int compare_rates(const BinCount& a, const BinCount& b) noexcept {
  __extension__ using Wide = __int128;
  const Wide left = static_cast<Wide>(a.wins) * b.leads;
  const Wide right = static_cast<Wide>(b.wins) * a.leads;
  return left < right ? -1 : static_cast<int>(right < left);
}

// Which neighbours are joined first: those of which one is too small, then those that differ least.
struct Difference {
  bool is_large_enough = false;
  double chi_square = 0;

  bool operator<(const Difference& other) const noexcept {
    return is_large_enough != other.is_large_enough ? other.is_large_enough : chi_square < other.chi_square;
  }
};

Difference difference(const Range& a, const Range& b, std::int64_t least_leads) noexcept {
  return {std::min(a.count.leads, b.count.leads) >= least_leads, chi_square(a.count, b.count)};
}

double log_likelihood(const Ranges& ranges) noexcept {
  double sum = 0;
  for (const Range& range : ranges) {
    const auto wins = static_cast<double>(range.count.wins);
    const auto losses = static_cast<double>(range.count.leads) - wins;
    sum += wins > 0 ? wins * std::log(wins / (wins + losses)) : 0;
    sum += losses > 0 ? losses * std::log(losses / (wins + losses)) : 0;
  }
  return sum;
}

Ranges monotone(const Ranges& ranges, int direction, std::pmr::memory_resource* memory) {
  const auto is_below = [direction](const Range& a, const Range& b) {
    return compare_rates(a.count, b.count) * direction < 0;
  };
  Ranges pooled(memory);
  for (const Range& range : ranges) {
    pool_adjacent(pooled, range, is_below, join);
  }
  return pooled;
}

}  // namespace

double chi_square(const BinCount& a, const BinCount& b) noexcept {
  const auto leads_a = static_cast<double>(a.leads);
  const auto leads_b = static_cast<double>(b.leads);
  const auto wins_a = static_cast<double>(a.wins);
  const auto wins_b = static_cast<double>(b.wins);
  const double leads = leads_a + leads_b;
  const double wins = wins_a + wins_b;
  const double expected = leads_a * leads_b * wins * (leads - wins);
  if (!(expected > 0)) {
    return 0;
  }
  const double cross = wins_a * (leads_b - wins_b) - wins_b * (leads_a - wins_a);
  return cross * cross / expected * leads;
}

void merge_by_significance(Ranges& ranges, double threshold, std::int64_t least_leads) {
  while (ranges.size() > 1) {
    std::size_t best = 0;
    Difference least = difference(ranges[0], ranges[1], least_leads);
    for (std::size_t i = 1; i + 1 < ranges.size(); ++i) {
      const Difference here = difference(ranges[i], ranges[i + 1], least_leads);
      if (here < least) {
        least = here;
        best = i;
      }
    }
    if (least.is_large_enough && least.chi_square >= threshold) {
      return;
    }
    join(ranges[best], ranges[best + 1]);
    ranges.erase(ranges.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }
}

void merge_monotonically(Ranges& ranges, std::int64_t least_leads, std::pmr::memory_resource* memory) {
  const Ranges rising = monotone(ranges, 1, memory);
  const Ranges falling = monotone(ranges, -1, memory);
  ranges = log_likelihood(falling) > log_likelihood(rising) ? falling : rising;
  // Neighbours of a monotone sequence stay monotone when they are joined.
  merge_by_significance(ranges, 0, least_leads);
}

}  // namespace leadscore::learn
