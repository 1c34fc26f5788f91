#include "core/funnel/segment_counts.hpp"

#include <algorithm>
#include <string>
#include <tuple>

#include "core/error.hpp"
#include "core/learn/wilson.hpp"
#include "core/state_bytes.hpp"

namespace leadscore::funnel {

namespace {

constexpr std::uint64_t kFormat = 0x4C53584D52313031;  // "LSXMR101"
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kSegmentBytes = 4 * kNumberBytes;
constexpr std::size_t kBytesBesides = kNumberBytes + kCheckSumBytes;

bool is_count(std::int64_t successes, std::int64_t trials) noexcept { return successes >= 0 && successes <= trials; }

bool is_before(const Segment& a, const Segment& b) noexcept {
  return std::tie(a.baseline_successes, a.baseline_trials, a.current_successes, a.current_trials) <
         std::tie(b.baseline_successes, b.baseline_trials, b.current_successes, b.current_trials);
}

}  // namespace

void SegmentCounts::check_room(std::size_t more) const {
  if (more > kMost - segments_.size()) {
    throw Error(ErrorCode::limit_exceeded, "more than " + std::to_string(kMost) + " segments in one comparison",
                "Give one row a segment, not one a lead, and segments that say something.");
  }
}

void SegmentCounts::add(const Segment& segment) {
  learn::check_trials(segment.baseline_successes, segment.baseline_trials);
  learn::check_trials(segment.current_successes, segment.current_trials);
  check_room(1);
  segments_.push_back(segment);
  is_in_order_ = false;
}

void SegmentCounts::merge(const SegmentCounts& other) {
  check_room(other.segments_.size());
  segments_.insert(segments_.end(), other.segments_.begin(), other.segments_.end());
  is_in_order_ = false;
}

std::span<const Segment> SegmentCounts::in_order() {
  if (!is_in_order_) {
    std::sort(segments_.begin(), segments_.end(), is_before);
    is_in_order_ = true;
  }
  return segments_;
}

std::size_t SegmentCounts::byte_size() const noexcept { return kBytesBesides + kSegmentBytes * segments_.size(); }

void SegmentCounts::write(std::span<std::byte> bytes, StopToken& stop) const {
  StateWriter writer(bytes);
  writer.put(kFormat);
  for (const Segment& segment : segments_) {
    stop.check();
    for (const std::int64_t count :
         {segment.baseline_successes, segment.baseline_trials, segment.current_successes, segment.current_trials}) {
      writer.put(static_cast<std::uint64_t>(count));
    }
  }
  writer.put_check_sum();
}

bool SegmentCounts::read(std::span<const std::byte> bytes, StopToken& stop) {
  StateReader reader(bytes);
  const bool is_ours = reader.number() == kFormat;
  const std::size_t count = reader.left() / kSegmentBytes;
  if (!is_ours || !reader.is_good() || reader.left() % kSegmentBytes != 0 || count > kMost) {
    return false;
  }
  segments_.reserve(count);
  const auto number = [&] { return static_cast<std::int64_t>(reader.number()); };
  for (std::size_t i = 0; i < count; ++i) {
    stop.check();
    Segment segment;
    segment.baseline_successes = number();
    segment.baseline_trials = number();
    segment.current_successes = number();
    segment.current_trials = number();
    if (!is_count(segment.baseline_successes, segment.baseline_trials) ||
        !is_count(segment.current_successes, segment.current_trials)) {
      return false;
    }
    segments_.push_back(segment);
  }
  is_in_order_ = false;
  return true;
}

}  // namespace leadscore::funnel
