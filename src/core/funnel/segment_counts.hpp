// The counts of segments before and now, collected in any order and any number of parts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/stop_token.hpp"

namespace leadscore::funnel {

/// What became of the leads of one segment, such as a channel, in the baseline and now.
struct Segment {
  std::int64_t baseline_successes = 0;
  std::int64_t baseline_trials = 0;
  std::int64_t current_successes = 0;
  std::int64_t current_trials = 0;

  friend bool operator==(const Segment&, const Segment&) = default;
};

class SegmentCounts {
 public:
  static constexpr std::size_t kMost = 1'000'000;

  explicit SegmentCounts(std::pmr::memory_resource* memory) : segments_(memory) {}

  [[nodiscard]] std::size_t size() const noexcept { return segments_.size(); }

  /// Throws Error(invalid_argument) for negative counts or more successes than trials, Error(limit_exceeded) for more
  /// than kMost segments.
  void add(const Segment& segment);
  /// Adds what the other has. Throws Error(limit_exceeded) for more than kMost segments.
  void merge(const SegmentCounts& other);

  /// The segments in an order that depends on nothing but themselves.
  [[nodiscard]] std::span<const Segment> in_order();

  [[nodiscard]] std::size_t byte_size() const noexcept;
  /// Fills bytes of that size.
  void write(std::span<std::byte> bytes, StopToken& stop) const;
  /// Reads into an empty object; false for bytes that write() did not write.
  [[nodiscard]] bool read(std::span<const std::byte> bytes, StopToken& stop);

 private:
  void check_room(std::size_t more) const;

  std::pmr::vector<Segment> segments_;
  bool is_in_order_ = true;
};

}  // namespace leadscore::funnel
