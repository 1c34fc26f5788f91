// What hangs together when some pairs do: a union-find over numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

namespace leadscore::dedup {

/// The connected components of the numbers from 0, each known by its smallest number (B. A. Galler, M. J. Fischer,
/// 1964; with path halving, R. E. Tarjan, J. van Leeuwen, 1984): m calls over n numbers take O(m log n), in practice
/// O(m).
class ConnectedComponents {
 public:
  explicit ConnectedComponents(std::pmr::memory_resource* memory, std::size_t count = 0);

  [[nodiscard]] std::size_t size() const noexcept { return parents_.size(); }

  /// Adds the next number, as a component of its own.
  void add() { parents_.push_back(static_cast<std::uint32_t>(parents_.size())); }

  /// The smallest number that hangs together with this one.
  [[nodiscard]] std::uint32_t smallest(std::uint32_t number) noexcept {
    while (parents_[number] != number) {
      parents_[number] = parents_[parents_[number]];
      number = parents_[number];
    }
    return number;
  }

  /// Joins the components of two numbers. False if they were one already.
  bool join(std::uint32_t a, std::uint32_t b) noexcept;

  /// For each number the smallest of its component; nothing is left here.
  [[nodiscard]] std::pmr::vector<std::uint32_t> take() && noexcept;

 private:
  std::pmr::vector<std::uint32_t> parents_;  // none is greater than its child
};

}  // namespace leadscore::dedup
