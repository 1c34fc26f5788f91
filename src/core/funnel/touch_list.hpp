// The touches of one journey while they come in, in any order and from several processes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/funnel/touch.hpp"
#include "core/stop_token.hpp"

namespace leadscore::funnel {

class TouchList {
 public:
  static constexpr std::size_t kMostTouches = 10'000'000;
  static constexpr std::size_t kMostNameBytes = std::size_t{1} << 28;  // of the channels of all touches

  explicit TouchList(std::pmr::memory_resource* memory) : entries_(memory), names_(memory) {}

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  /// One of them, as they came in; it lasts as long as nothing is added.
  [[nodiscard]] Touch touch(std::size_t i) const noexcept {
    return {entries_[i].at, {names_.data() + entries_[i].name, entries_[i].name_size}};
  }

  /// These two throw Error(limit_exceeded) beyond kMostTouches or kMostNameBytes, and what the memory resource throws,
  /// and then have changed nothing that counts.
  void add(const Touch& touch);
  void merge(const TouchList& other);

  /// Writes all size() touches, sorted. Throws Cancelled if asked to stop.
  void write_in_order(std::span<Touch> touches, StopToken& stop) const;

  /// The list as bytes, byte_size() of them.
  [[nodiscard]] std::size_t byte_size() const noexcept;
  void write(std::span<std::byte> bytes, StopToken& stop) const;
  /// Takes the place of an empty list. False, and of no use any more, if the bytes are not such. Throws as add(), and
  /// Cancelled if asked to stop.
  [[nodiscard]] bool read(std::span<const std::byte> bytes, StopToken& stop);

 private:
  struct Entry {
    Instant at;
    std::uint32_t name;  // where it begins
    std::uint32_t name_size;
  };

  void check_room(std::size_t touches, std::size_t name_bytes) const;

  std::pmr::vector<Entry> entries_;
  std::pmr::vector<char> names_;
};

}  // namespace leadscore::funnel
