#include "core/funnel/touch_list.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/state_bytes.hpp"

namespace leadscore::funnel {

namespace {

constexpr std::uint64_t kFormat = 0x4C535431;  // "LST1"
constexpr std::size_t kNumberBytes = 4;
constexpr std::size_t kHeadBytes = 2 * kNumberBytes;   // the format, how many touches
constexpr std::size_t kTouchBytes = 8 + kNumberBytes;  // the time, the length of the channel

constexpr const char* kLimitHint = "GROUP BY the lead, and leave out what is no person.";

}  // namespace

void TouchList::check_room(std::size_t touches, std::size_t name_bytes) const {
  if (touches > kMostTouches - entries_.size()) {
    throw Error(ErrorCode::limit_exceeded, "more than 10000000 touches in one group", kLimitHint);
  }
  if (name_bytes > kMostNameBytes - names_.size()) {
    throw Error(ErrorCode::limit_exceeded, "the channels of the touches in one group are longer than 256 MB",
                kLimitHint);
  }
}

void TouchList::add(const Touch& touch) {
  check_room(1, touch.channel.size());
  const std::size_t name = names_.size();
  names_.insert(names_.end(), touch.channel.begin(), touch.channel.end());
  entries_.push_back({touch.at, static_cast<std::uint32_t>(name), static_cast<std::uint32_t>(touch.channel.size())});
}

void TouchList::merge(const TouchList& other) {
  check_room(other.entries_.size(), other.names_.size());
  const auto shift = static_cast<std::uint32_t>(names_.size());
  names_.insert(names_.end(), other.names_.begin(), other.names_.end());
  entries_.reserve(std::max(entries_.size() + other.entries_.size(), std::min(2 * entries_.size(), kMostTouches)));
  for (const Entry& entry : other.entries_) {
    entries_.push_back({entry.at, entry.name + shift, entry.name_size});
  }
}

void TouchList::write_in_order(std::span<Touch> touches, StopToken& stop) const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    stop.check();
    touches[i] = touch(i);
  }
  sort_touches(touches, stop);
}

std::size_t TouchList::byte_size() const noexcept {
  std::size_t size = kHeadBytes + kCheckSumBytes;
  for (const Entry& entry : entries_) {
    size += kTouchBytes + entry.name_size;
  }
  return size;
}

void TouchList::write(std::span<std::byte> bytes, StopToken& stop) const {
  StateWriter writer(bytes);
  writer.put(kFormat, kNumberBytes);
  writer.put(entries_.size(), kNumberBytes);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    stop.check();
    const Touch each = touch(i);
    writer.put(static_cast<std::uint64_t>(each.at));
    writer.put(each.channel.size(), kNumberBytes);
    writer.put(each.channel);
  }
  writer.put_check_sum();
}

bool TouchList::read(std::span<const std::byte> bytes, StopToken& stop) {
  StateReader reader(bytes);
  if (reader.number(kNumberBytes) != kFormat) {
    return false;
  }
  const std::uint64_t count = reader.number(kNumberBytes);
  for (std::uint64_t i = 0; i < count && reader.is_good(); ++i) {
    stop.check();
    const auto at = static_cast<Instant>(reader.number());
    const std::string_view channel = reader.text(reader.number(kNumberBytes));
    add({at, channel});
  }
  return reader.is_good() && reader.left() == 0;
}

}  // namespace leadscore::funnel
