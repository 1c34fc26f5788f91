// A Markov chain of journeys through channels, and how many conversions would be lost without each of them.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/stop_token.hpp"

namespace leadscore::funnel {

/// Journeys go from a start through channels to one of two ends. The states are numbered from 0: the channels; where
/// journeys come from, the start comes next; where they go to, the conversion and then the loss.
class JourneyChain {
 public:
  /// Without any journeys. Throws what the memory resource throws, and Cancelled if asked to stop.
  JourneyChain(std::size_t channels, std::pmr::memory_resource* memory, StopToken& stop);

  [[nodiscard]] std::size_t channels() const noexcept { return channels_; }
  [[nodiscard]] std::size_t start() const noexcept { return channels_; }
  [[nodiscard]] std::size_t conversion() const noexcept { return channels_; }
  [[nodiscard]] std::size_t loss() const noexcept { return channels_ + 1; }

  /// How often journeys go from a state to another: the probabilities, but for a factor of each row.
  [[nodiscard]] double& weight(std::size_t from, std::size_t to) noexcept { return cells_[from * columns() + to]; }
  [[nodiscard]] double weight(std::size_t from, std::size_t to) const noexcept { return cells_[from * columns() + to]; }

  /// Of each channel the removal effect: the part, between 0 and 1, of the probability to convert that is lost if every
  /// journey that comes to the channel ends there; 0 without conversions. Rounded, but to about as many digits as a
  /// double has: nothing is ever subtracted. O(channels^3). Throws as the constructor does.
  void find_removal_effects(std::span<double> effects, std::pmr::memory_resource* memory, StopToken& stop) const;

 private:
  [[nodiscard]] std::size_t columns() const noexcept { return channels_ + 2; }
  [[nodiscard]] JourneyChain with_only(std::size_t first, std::size_t count, std::pmr::memory_resource* memory,
                                       StopToken& stop) const;
  [[nodiscard]] double only_removal_effect() const noexcept;

  std::size_t channels_;
  std::pmr::vector<double> cells_;  // by rows
};

}  // namespace leadscore::funnel
