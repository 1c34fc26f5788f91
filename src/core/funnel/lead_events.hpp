// The events of many leads that come in no order, brought together lead by lead in bounded memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "core/funnel/funnel_rule.hpp"
#include "core/funnel/instant.hpp"
#include "core/stop_token.hpp"

namespace leadscore::funnel {

/// A row as it is kept: in 16 bytes the lead, but for what its part says, the time and the step.
struct LeadEvent {
  std::uint64_t lead_and_step = 0;
  Instant at = 0;
};

/// Gives memory for events back to where it came from.
struct FreeEvents {
  std::pmr::memory_resource* resource = nullptr;
  std::size_t capacity = 0;

  void operator()(LeadEvent* events) const noexcept {
    resource->deallocate(events, capacity * sizeof(LeadEvent), alignof(LeadEvent));
  }
};

/// Where events go that memory has no room for. File 0 is the store's own, others are of other processes.
class EventStore {
 public:
  EventStore() = default;
  EventStore(const EventStore&) = delete;
  EventStore& operator=(const EventStore&) = delete;
  virtual ~EventStore() = default;

  /// Appends events to file 0 and says where they are.
  virtual std::uint64_t write(std::span<const LeadEvent> events) = 0;
  /// Reads as many events as were written there.
  virtual void read(std::size_t file, std::uint64_t place, std::span<LeadEvent> events) = 0;
};

/// How far a lead got.
struct LeadLevel {
  std::int64_t lead = 0;
  bool is_unknown = false;  // of rows without a lead, which are one
  int level = 0;
};

/// Rows go into parts by a hash of their lead while they come; then a part after the other is sorted and gives its
/// leads. A part too large for memory is parted again. So each row is moved a few times in a row, and never looked for
/// in memory, which is what takes the time where leads come in no order. Linear in the rows but for sorting the events
/// of each lead.
class LeadEvents {
 public:
  static constexpr int kPartBits = 7;
  /// Of known leads, and behind them that of the unknown one.
  static constexpr std::size_t kParts = (std::size_t{1} << kPartBits) + 1;
  static constexpr std::size_t kUnknownPart = kParts - 1;
  /// In place of a step: the row is there, so that its lead is, but nothing happened in it.
  static constexpr int kNoEvent = 127;

  /// A row, and the part that it goes into.
  struct Row {
    std::size_t part;
    LeadEvent event;
  };

  /// Takes about `memory` bytes, and at least some hundred kB; what goes beyond is written to the store. One lead must
  /// find room, though.
  LeadEvents(std::size_t memory, EventStore& store, std::pmr::memory_resource* resource);
  LeadEvents(const LeadEvents&) = delete;
  LeadEvents& operator=(const LeadEvents&) = delete;
  ~LeadEvents() = default;

  /// `step` is 0 for an event that is no step, or kNoEvent.
  [[nodiscard]] static constexpr Row row_of(std::int64_t lead, Instant at, int step) noexcept {
    const std::uint64_t hash = hash_of(lead);
    return {hash >> kRestBits, {hash << kPartBits | static_cast<std::uint64_t>(step), at}};
  }
  [[nodiscard]] static constexpr Row row_of_unknown(Instant at, int step) noexcept {
    return {kUnknownPart, {static_cast<std::uint64_t>(step), at}};
  }

  /// False if there must be made room for it first: see add().
  [[nodiscard]] bool try_add(const Row& row) noexcept {
    Tail& tail = coming_.tails[row.part];
    if (tail.next == tail.end) {
      return false;
    }
    *tail.next++ = row.event;
    return true;
  }
  void add(const Row& row);

  /// After the last row.
  void finish() noexcept;

  /// Events in a file of the store.
  struct Stored {
    std::uint64_t place = 0;
    std::uint64_t count = 0;
  };
  /// After finish(), to share the work: writes all that is in memory to the store, and gives all there is as
  /// give(part, Stored). Then there are no rows.
  template <class Give>
  void give_away(Give give) {
    for (std::size_t part = 0; part < kParts; ++part) {
      for (Chunk& chunk : coming_.parts[part]) {
        store_chunk(chunk);
        if (chunk.count > 0) {
          give(part, Stored{chunk.place, chunk.count});
        }
      }
      coming_.parts[part].clear();
    }
  }
  /// Takes such events in, of any file.
  void take(std::size_t part, std::size_t file, Stored stored);

  /// Begins with the leads of a part, once.
  void open(std::size_t part);
  /// The next lead of the part; nothing after the last. Throws Cancelled if asked to stop, Error(limit_exceeded) for
  /// more than EventList::kMostEvents of one lead.
  [[nodiscard]] std::optional<LeadLevel> next(FunnelRule rule, StopToken& stop);

  /// Bytes of memory that were in use at most.
  [[nodiscard]] std::size_t most_memory() const noexcept {
    return most_used_ + (loaded_.capacity() + scratch_.capacity()) * sizeof(LeadEvent);
  }
  /// Bytes that were written.
  [[nodiscard]] std::uint64_t bytes_stored() const noexcept { return bytes_stored_; }

 private:
  static constexpr int kRestBits = 64 - kPartBits;
  static constexpr std::uint64_t kStepMask = (std::uint64_t{1} << kPartBits) - 1;
  static constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15;
  static constexpr std::uint64_t kInverseFactor = 0xF1DE83E19937733D;
  static_assert(kFactor * kInverseFactor == 1);

  // Each lead has another hash: it is known from it.
  [[nodiscard]] static constexpr std::uint64_t hash_of(std::int64_t lead) noexcept {
    const auto bits = static_cast<std::uint64_t>(lead);
    return (bits ^ bits >> 32) * kFactor;
  }
  [[nodiscard]] static constexpr std::int64_t lead_of(std::uint64_t hash) noexcept {
    const std::uint64_t bits = hash * kInverseFactor;
    return static_cast<std::int64_t>(bits ^ bits >> 32);
  }
  [[nodiscard]] static constexpr std::uint64_t key_of(const LeadEvent& event) noexcept {
    return event.lead_and_step >> kPartBits;
  }
  [[nodiscard]] static constexpr int step_of(const LeadEvent& event) noexcept {
    return static_cast<int>(event.lead_and_step & kStepMask);
  }

  // Events that came one after the other, in memory or in the store.
  struct Chunk {
    std::unique_ptr<LeadEvent[], FreeEvents> events;
    std::size_t count = 0;
    std::size_t file = 0;
    std::uint64_t place = 0;
  };
  using Part = std::pmr::vector<Chunk>;
  // Where the next event of a part goes: into its last chunk.
  struct Tail {
    LeadEvent* next = nullptr;
    LeadEvent* end = nullptr;
  };
  struct Parts {
    explicit Parts(std::pmr::memory_resource* resource) : parts(kParts, resource) {}

    std::array<Tail, kParts> tails{};
    std::pmr::vector<Part> parts;
  };
  // A part that has been parted `depth` times.
  struct Pending {
    Part part;
    int depth = 0;
  };

  [[nodiscard]] static std::size_t count_of(const Part& part) noexcept;

  void add(Parts& parts, const Row& row);
  void make_room(Part& part, Tail& tail);
  static void finish(Parts& parts) noexcept;
  void write(Chunk& chunk);
  void store_chunk(Chunk& chunk);
  void free_chunk(Chunk& chunk) noexcept;
  [[nodiscard]] std::span<const LeadEvent> read(const Chunk& chunk);
  void read_behind(const Chunk& chunk);

  [[nodiscard]] bool has_several_leads(const Part& part, StopToken& stop);
  void part_again(Part& part, int depth, StopToken& stop);
  void load_large(Part& part, StopToken& stop);
  void reserve(std::size_t count, std::size_t room);
  [[nodiscard]] bool load_next(StopToken& stop);

  std::size_t limit_;         // of bytes in chunks; what is loaded and sorted takes twice as much at most
  std::size_t chunk_events_;  // in a chunk of full size
  EventStore* store_;
  std::pmr::memory_resource* resource_;
  std::size_t used_ = 0;  // bytes in chunks
  std::size_t most_used_ = 0;
  std::uint64_t bytes_stored_ = 0;

  Parts coming_;
  std::size_t open_part_ = 0;
  std::pmr::vector<Pending> pending_;
  std::pmr::vector<LeadEvent> loaded_;
  std::pmr::vector<LeadEvent> scratch_;  // to sort them by
  std::size_t count_ = 0;                // of events that are loaded
  std::size_t next_ = 0;
};

}  // namespace leadscore::funnel
