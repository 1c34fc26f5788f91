// Counts that make up a state: two states are joined by adding them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "core/state_bytes.hpp"
#include "core/stop_token.hpp"

namespace leadscore::funnel {

class Counters {
 public:
  Counters(std::size_t count, std::pmr::memory_resource* memory) : counts_(count, memory) {}

  [[nodiscard]] std::size_t size() const noexcept { return counts_.size(); }
  [[nodiscard]] std::uint64_t& operator[](std::size_t i) noexcept { return counts_[i]; }
  [[nodiscard]] std::uint64_t operator[](std::size_t i) const noexcept { return counts_[i]; }

  /// Adds as many others. Throws Cancelled if asked to stop.
  void merge(const Counters& others, StopToken& stop) {
    for (std::size_t i = 0; i < size(); ++i) {
      stop.check();
      counts_[i] += others[i];
    }
  }

  [[nodiscard]] std::size_t byte_size() const noexcept { return size() * sizeof(std::uint64_t); }
  void write(StateWriter& writer, StopToken& stop) const {
    for (const std::uint64_t count : counts_) {
      stop.check();
      writer.put(count);
    }
  }
  /// Takes the place of as many. False if there are fewer, or one is more than can have been counted.
  [[nodiscard]] bool read(StateReader& reader, StopToken& stop) {
    bool is_possible = true;
    for (std::uint64_t& count : counts_) {
      stop.check();
      count = reader.number();
      is_possible = is_possible && count <= kMost;
    }
    return is_possible && reader.is_good();
  }

 private:
  static constexpr std::uint64_t kMost = std::uint64_t{1} << 62;

  std::pmr::vector<std::uint64_t> counts_;
};

}  // namespace leadscore::funnel
