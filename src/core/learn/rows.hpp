// Some rows of the data, by their numbers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/stop_token.hpp"

namespace leadscore::learn {

using Rows = std::span<const std::uint32_t>;

inline constexpr std::size_t kRowBlock = 256;

/// Visits rows by blocks of kRowBlock (the last may be shorter): visit(rows). Throws Cancelled if asked to stop.
template <class Visit>
void for_each_block(Rows rows, StopToken& stop, Visit visit) {
  for (std::size_t first = 0; first < rows.size(); first += kRowBlock) {
    stop.check(kRowBlock);
    visit(rows.subspan(first, std::min(kRowBlock, rows.size() - first)));
  }
}

/// All rows, or of more than `most` every n-th.
[[nodiscard]] inline std::pmr::vector<std::uint32_t> at_even_distances(Rows rows, std::size_t most,
                                                                       std::pmr::memory_resource* memory) {
  std::pmr::vector<std::uint32_t> sample(memory);
  const std::size_t stride = std::max<std::size_t>(1, (rows.size() + most - 1) / most);
  sample.reserve(rows.size() / stride + 1);
  for (std::size_t i = 0; i < rows.size(); i += stride) {
    sample.push_back(rows[i]);
  }
  return sample;
}

}  // namespace leadscore::learn
