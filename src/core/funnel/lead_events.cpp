#include "core/funnel/lead_events.hpp"

#include <algorithm>
#include <utility>

#include "core/funnel/event_list.hpp"
#include "core/funnel/event_order.hpp"
#include "core/radix_sort.hpp"

namespace leadscore::funnel {

namespace {

// The first chunks of a part are small, for the sake of few rows; those of full size make large writes.
constexpr std::size_t kFirstEvents = 64;
constexpr std::size_t kGrowth = 4;
constexpr std::size_t kLeastBytes = 4'096;
constexpr std::size_t kMostBytes = 32'768;

}  // namespace

LeadEvents::LeadEvents(std::size_t memory, EventStore& store, std::pmr::memory_resource* resource)
    : limit_(memory / 3),
      chunk_events_(std::clamp(limit_ / kParts, kLeastBytes, kMostBytes) / sizeof(LeadEvent)),
      store_(&store),
      resource_(resource),
      coming_(resource),
      pending_(resource),
      loaded_(resource),
      scratch_(resource) {}

void LeadEvents::free_chunk(Chunk& chunk) noexcept {
  if (chunk.events != nullptr) {
    used_ -= chunk.events.get_deleter().capacity * sizeof(LeadEvent);
    chunk.events = nullptr;
  }
}

std::size_t LeadEvents::count_of(const Part& part) noexcept {
  std::size_t count = 0;
  for (const Chunk& chunk : part) {
    count += chunk.count;
  }
  return count;
}

void LeadEvents::add(const Row& row) { add(coming_, row); }

void LeadEvents::add(Parts& parts, const Row& row) {
  Tail& tail = parts.tails[row.part];
  if (tail.next == tail.end) {
    make_room(parts.parts[row.part], tail);
  }
  *tail.next++ = row.event;
}

// A failure leaves the part as it was, or with an empty chunk behind it.
void LeadEvents::make_room(Part& part, Tail& tail) {
  std::size_t capacity = kFirstEvents;
  if (!part.empty() && part.back().events != nullptr) {
    Chunk& last = part.back();
    last.count = last.events.get_deleter().capacity;
    capacity = std::min(last.count * kGrowth, chunk_events_);
    if (last.count == chunk_events_ && used_ + capacity * sizeof(LeadEvent) > limit_) {
      write(last);
      part.emplace_back();
      Chunk& stored = part[part.size() - 2];
      part.back().events = std::move(stored.events);
      tail.next = part.back().events.get();
      return;
    }
  }
  part.emplace_back();
  void* const memory = resource_->allocate(capacity * sizeof(LeadEvent), alignof(LeadEvent));
  part.back().events =
      std::unique_ptr<LeadEvent[], FreeEvents>(static_cast<LeadEvent*>(memory), FreeEvents{resource_, capacity});
  used_ += capacity * sizeof(LeadEvent);
  most_used_ = std::max(most_used_, used_);
  tail = {part.back().events.get(), part.back().events.get() + capacity};
}

void LeadEvents::finish() noexcept { finish(coming_); }

void LeadEvents::finish(Parts& parts) noexcept {
  for (std::size_t i = 0; i < kParts; ++i) {
    Part& part = parts.parts[i];
    if (!part.empty() && part.back().events != nullptr) {
      part.back().count = static_cast<std::size_t>(parts.tails[i].next - part.back().events.get());
    }
    parts.tails[i] = {};
  }
}

void LeadEvents::write(Chunk& chunk) {
  chunk.place = store_->write({chunk.events.get(), chunk.count});
  bytes_stored_ += chunk.count * sizeof(LeadEvent);
}

void LeadEvents::store_chunk(Chunk& chunk) {
  if (chunk.events != nullptr) {
    write(chunk);
    free_chunk(chunk);
  }
}

void LeadEvents::take(std::size_t part, std::size_t file, Stored stored) {
  Chunk& chunk = coming_.parts[part].emplace_back();
  chunk.file = file;
  chunk.place = stored.place;
  chunk.count = stored.count;
}

void LeadEvents::open(std::size_t part) {
  open_part_ = part;
  pending_.push_back({std::move(coming_.parts[part]), 0});
}

// Appends the events of a chunk to those that are loaded.
void LeadEvents::read_behind(const Chunk& chunk) {
  if (loaded_.size() < count_ + chunk.count) {
    loaded_.resize(count_ + chunk.count);
  }
  LeadEvent* const end = loaded_.data() + count_;
  if (chunk.events != nullptr) {
    std::copy_n(chunk.events.get(), chunk.count, end);
  } else if (chunk.count > 0) {
    store_->read(chunk.file, chunk.place, {end, chunk.count});
  }
  count_ += chunk.count;
}

std::span<const LeadEvent> LeadEvents::read(const Chunk& chunk) {
  count_ = 0;
  read_behind(chunk);
  return {loaded_.data(), chunk.count};
}

bool LeadEvents::has_several_leads(const Part& part, StopToken& stop) {
  std::optional<std::uint64_t> first;
  for (const Chunk& chunk : part) {
    for (const LeadEvent& event : read(chunk)) {
      stop.check();
      if (first.value_or(key_of(event)) != key_of(event)) {
        return true;
      }
      first = key_of(event);
    }
  }
  return false;
}

// Parts it by the next bits of the hash. Leads that differ do so in one of them, so that it is done a few times at
// most.
void LeadEvents::part_again(Part& part, int depth, StopToken& stop) {
  const int shift = std::max(64 - kPartBits * (depth + 1), kPartBits);
  Parts parts(resource_);
  for (Chunk& chunk : part) {
    for (const LeadEvent& event : read(chunk)) {
      stop.check();
      add(parts, {event.lead_and_step >> shift & (kUnknownPart - 1), event});
    }
    free_chunk(chunk);
  }
  finish(parts);
  for (Part& each : parts.parts) {
    if (!each.empty()) {
      pending_.push_back({std::move(each), depth + 1});
    }
  }
}

// One lead that is larger than memory should be: of the rows in which nothing happened one is enough.
void LeadEvents::load_large(Part& part, StopToken& stop) {
  bool has_row = false;
  const auto is_superfluous = [&](const LeadEvent& event) {
    stop.check();
    return step_of(event) == kNoEvent && std::exchange(has_row, true);
  };
  count_ = 0;
  for (Chunk& chunk : part) {
    const std::size_t before = count_;
    read_behind(chunk);
    const auto begin = loaded_.begin() + static_cast<std::ptrdiff_t>(before);
    const auto end = begin + static_cast<std::ptrdiff_t>(chunk.count);
    count_ = static_cast<std::size_t>(std::remove_if(begin, end, is_superfluous) - loaded_.begin());
    EventList::check_count(count_ - (has_row ? 1 : 0));
    free_chunk(chunk);
  }
}

// Memory for as many events and, as far as there is room for both, to sort them by.
void LeadEvents::reserve(std::size_t count, std::size_t room) {
  const std::size_t scratch = std::min(count, room - count);
  if (std::max(loaded_.capacity(), count) + std::max(scratch_.capacity(), scratch) > room) {
    loaded_ = std::pmr::vector<LeadEvent>(resource_);
    scratch_ = std::pmr::vector<LeadEvent>(resource_);
  }
  loaded_.reserve(count);
  scratch_.reserve(scratch);
  scratch_.resize(std::max(scratch_.size(), scratch));
}

bool LeadEvents::load_next(StopToken& stop) {
  while (!pending_.empty()) {
    Pending pending = std::move(pending_.back());
    pending_.pop_back();
    const std::size_t count = count_of(pending.part);
    next_ = 0;
    const std::size_t room = 2 * limit_ / sizeof(LeadEvent);
    if (count > room) {
      if (has_several_leads(pending.part, stop)) {
        part_again(pending.part, pending.depth, stop);
        continue;
      }
      load_large(pending.part, stop);
      return true;
    }
    count_ = 0;
    reserve(count, room);
    for (Chunk& chunk : pending.part) {
      read_behind(chunk);
      free_chunk(chunk);
    }
    radix_sort(
        std::span(loaded_.data(), count_), std::span(scratch_), [](const LeadEvent& event) { return key_of(event); },
        stop);
    if (count_ > 0) {
      return true;
    }
  }
  return false;
}

std::optional<LeadLevel> LeadEvents::next(FunnelRule rule, StopToken& stop) {
  if (next_ == count_ && !load_next(stop)) {
    return std::nullopt;
  }
  LeadEvent* const begin = loaded_.data() + next_;
  const LeadEvent* const all_end = loaded_.data() + count_;
  const std::uint64_t key = key_of(*begin);
  LeadEvent* end = begin;        // of its events
  const LeadEvent* row = begin;  // the next one
  for (; row != all_end && key_of(*row) == key; ++row) {
    stop.check();
    if (step_of(*row) != kNoEvent) {
      *end++ = *row;
    }
  }
  next_ = static_cast<std::size_t>(row - loaded_.data());
  const std::span<LeadEvent> events(begin, end);
  EventList::check_count(events.size());
  radix_sort(
      events, [](const LeadEvent& event) { return time_key(event.at); }, stop);
  ChainScan<false> scan(rule);
  visit_instants(
      std::span<const LeadEvent>(events),
      [](const LeadEvent& event) {
        return Event{event.at, step_or_none(step_of(event))};
      },
      [&](const InstantSteps& instant) { return scan.add(instant); }, stop);
  LeadLevel result;
  result.is_unknown = open_part_ == kUnknownPart;
  result.lead = result.is_unknown ? 0 : lead_of(std::uint64_t{open_part_} << kRestBits | key);
  result.level = scan.level();
  return result;
}

}  // namespace leadscore::funnel
