#include "core/funnel/event_list.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <string>

#include "core/error.hpp"
#include "core/learn/word_bytes.hpp"
#include "core/radix_sort.hpp"

namespace leadscore::funnel {

namespace {

constexpr std::uint64_t kFormat = 0x4C534631;  // "LSF1"
constexpr std::size_t kHeadWords = 3;
constexpr std::uint64_t kAllModes = 0xF;

std::uint64_t bits_of(FunnelModes modes) noexcept {
  return static_cast<std::uint64_t>((modes.strict_order ? 1 : 0) | (modes.strict_deduplication ? 2 : 0) |
                                    (modes.strict_once ? 4 : 0) | (modes.strict_increase ? 8 : 0));
}

FunnelModes modes_of(std::uint64_t bits) noexcept {
  return {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0};
}

std::size_t words_of(bool is_wide) noexcept { return is_wide ? 2 : 1; }

}  // namespace

EventList::EventList(FunnelRule rule, std::size_t size, bool is_wide) noexcept
    : within_(rule.within),
      modes_(rule.modes),
      size_bits_(static_cast<std::uint8_t>(std::bit_width(size) - 1)),
      is_wide_(is_wide) {}

void EventList::check_count(std::size_t count) {
  if (count > kMostEvents) {
    throw Error(ErrorCode::limit_exceeded, "more than " + std::to_string(kMostEvents) + " events in one funnel",
                "GROUP BY lead; leave out rows that are no step.");
  }
}

EventList* EventList::make(void* bytes, std::size_t size, FunnelRule rule, bool is_wide) noexcept {
  return new (bytes) EventList(rule, size, is_wide);
}

std::size_t EventList::capacity() const noexcept {
  return std::min(((std::size_t{1} << size_bits_) - sizeof(EventList)) / (sizeof(Narrow) * words_of(is_wide_)),
                  kMostEvents);
}

std::size_t EventList::bytes_for(std::size_t events, bool is_wide) noexcept {
  return std::max(kFirstBytes, std::bit_ceil(sizeof(EventList) + events * words_of(is_wide) * sizeof(Narrow)));
}

void EventList::set_bytes(std::size_t size) noexcept {
  size_bits_ = static_cast<std::uint8_t>(std::bit_width(size) - 1);
}

std::optional<EventList::Narrow> EventList::narrow_of(Event event) const noexcept {
  std::int64_t after_base = 0;
  if ((event.steps & (event.steps - 1)) != 0 || __builtin_sub_overflow(event.at, base_, &after_base)) {
    return std::nullopt;
  }
  const Narrow time = static_cast<Narrow>(after_base) + kMiddle;
  if (time >= 2 * kMiddle) {
    return std::nullopt;
  }
  return time << kStepBits | static_cast<Narrow>(std::bit_width(event.steps));
}

bool EventList::needs_wide(Event event) const noexcept {
  const bool has_several_steps = (event.steps & (event.steps - 1)) != 0;
  return !is_wide_ && (has_several_steps || (count_ > 0 && !narrow_of(event)));
}

bool EventList::needs_wide(const EventList& other) const noexcept {
  if (is_wide_ || count_ == 0 || other.count_ == 0) {
    return !is_wide_ && other.is_wide_;
  }
  return other.is_wide_ ||
         std::ranges::any_of(other.narrow(), [&](Narrow narrow) { return !narrow_of(other.event_of(narrow)); });
}

bool EventList::try_add(Event event) noexcept {
  if (!has_room(1)) {
    return false;
  }
  if (is_wide_) {
    is_sorted_ = is_sorted_ && (count_ == 0 || wide().back().at <= event.at);
    wide().data()[count_++] = event;
    return true;
  }
  if (count_ == 0) {
    base_ = event.at;
  }
  const std::optional<Narrow> added = narrow_of(event);
  if (!added) {
    return false;
  }
  is_sorted_ = is_sorted_ && (count_ == 0 || narrow().back() <= *added);
  narrow().data()[count_++] = *added;
  return true;
}

void EventList::widen_to(EventList& wide) const noexcept {
  wide.base_ = base_;
  wide.is_sorted_ = is_sorted_;
  wide.count_ = count_;
  for (std::size_t i = 0; i < count_; ++i) {
    wide.wide()[i] = event_of(narrow()[i]);
  }
}

void EventList::append(const EventList& other) noexcept {
  if (!is_wide_ && (count_ == 0 || base_ == other.base_)) {
    base_ = other.base_;
    std::memcpy(narrow().data() + count_, other.narrow().data(), other.count_ * sizeof(Narrow));
    count_ += other.count_;
    is_sorted_ = false;
    return;
  }
  for (std::size_t i = 0; i < other.count_; ++i) {
    static_cast<void>(try_add(other.is_wide_ ? other.wide()[i] : other.event_of(other.narrow()[i])));
  }
}

void EventList::sort(StopToken& stop) {
  if (is_sorted_) {
    return;
  }
  if (is_wide_) {
    radix_sort(
        wide(), [](const Event& event) { return time_key(event.at); }, stop);
  } else {
    radix_sort(
        narrow(), [](Narrow event) { return event; }, stop);
  }
  is_sorted_ = true;
}

std::size_t EventList::byte_size() const noexcept {
  return (kHeadWords + count_ * words_of(is_wide_) + 1) * learn::kWordBytes;
}

void EventList::write(std::span<std::byte> bytes, StopToken& stop) const {
  learn::WordWriter writer(bytes);
  writer.put(kFormat << 32 | bits_of(modes_) << 1 | (is_wide_ ? 1 : 0));
  writer.put(within_);
  writer.put(static_cast<std::uint64_t>(base_));
  if (is_wide_) {
    for (const Event& event : wide()) {
      stop.check();
      writer.put(static_cast<std::uint64_t>(event.at));
      writer.put(event.steps);
    }
  } else {
    for (const Narrow event : narrow()) {
      stop.check();
      writer.put(event);
    }
  }
  writer.put_check();
}

std::optional<EventList::Written> EventList::peek(std::span<const std::byte> bytes) noexcept {
  const std::size_t words = bytes.size() / learn::kWordBytes;
  if (bytes.size() % learn::kWordBytes != 0 || words < kHeadWords + 1) {
    return std::nullopt;
  }
  learn::WordReader reader(bytes);
  const std::uint64_t head = reader.word();
  const bool is_wide = (head & 1) != 0;
  const std::size_t item_words = words - kHeadWords - 1;
  const std::size_t events = item_words / words_of(is_wide);
  if (head >> 32 != kFormat || (head & 0xFFFFFFFF) >> 1 > kAllModes || item_words % words_of(is_wide) != 0 ||
      events > kMostEvents) {
    return std::nullopt;
  }
  return Written{{reader.word(), modes_of(head >> 1 & kAllModes)}, events, is_wide};
}

bool EventList::read(std::span<const std::byte> bytes) noexcept {
  learn::WordReader reader(bytes);
  static_cast<void>(reader.word());
  static_cast<void>(reader.word());
  base_ = static_cast<Instant>(reader.word());
  is_sorted_ = false;
  if (is_wide_) {
    while (reader.left() > 1) {
      const auto at = static_cast<Instant>(reader.word());
      wide().data()[count_++] = {at, reader.word()};
    }
    return reader.is_good_end();
  }
  while (reader.left() > 1) {
    const Narrow event = reader.word();
    if ((event & kStepMask) > kMostSteps || narrow_of(event_of(event)) != event) {
      return false;
    }
    narrow().data()[count_++] = event;
  }
  return reader.is_good_end();
}

}  // namespace leadscore::funnel
