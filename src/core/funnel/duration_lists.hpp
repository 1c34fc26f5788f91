// Durations of several sorts, kept one by one until they are sorted at the end: neither the order in which they come
// nor how they are split among processes can matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/state_bytes.hpp"
#include "core/stop_token.hpp"

namespace leadscore::funnel {

/// A duration is a number of which the order matters, in whatever unit.
class DurationLists {
 public:
  static constexpr std::size_t kMostDurations = 50'000'000;  // of all lists

  DurationLists(std::size_t lists, std::pmr::memory_resource* memory) : lists_(lists, memory) {}

  [[nodiscard]] std::size_t lists() const noexcept { return lists_.size(); }
  /// How many durations all lists hold.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::span<const std::uint64_t> operator[](std::size_t list) const noexcept { return lists_[list]; }

  void add_list() { lists_.emplace_back(); }
  /// These two throw Error(limit_exceeded) beyond kMostDurations, and what the memory resource throws.
  void add(std::size_t list, std::uint64_t duration);
  void append(std::size_t list, std::span<const std::uint64_t> durations);
  /// Appends each of as many lists. Throws as append().
  void merge(const DurationLists& others, StopToken& stop);

  /// Sorts each list. Throws Cancelled if asked to stop.
  void sort(StopToken& stop);

  [[nodiscard]] std::size_t byte_size() const noexcept;
  void write(StateWriter& writer, StopToken& stop) const;
  /// Takes the place of as many empty lists. False if there are fewer bytes than that. Throws as add() and write().
  [[nodiscard]] bool read(StateReader& reader, StopToken& stop);

 private:
  void check_room(std::size_t more) const;

  std::pmr::vector<std::pmr::vector<std::uint64_t>> lists_;
  std::size_t size_ = 0;
  bool is_sorted_ = true;
};

}  // namespace leadscore::funnel
