#include "core/dedup/connected_components.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace leadscore::dedup {

ConnectedComponents::ConnectedComponents(std::pmr::memory_resource* memory, std::size_t count)
    : parents_(count, memory) {
  std::iota(parents_.begin(), parents_.end(), 0U);
}

bool ConnectedComponents::join(std::uint32_t a, std::uint32_t b) noexcept {
  a = smallest(a);
  b = smallest(b);
  parents_[std::max(a, b)] = std::min(a, b);
  return a != b;
}

std::pmr::vector<std::uint32_t> ConnectedComponents::take() && noexcept {
  for (std::uint32_t& parent : parents_) {
    parent = parents_[parent];  // which is its component's smallest already, as it comes no later
  }
  return std::move(parents_);
}

}  // namespace leadscore::dedup
