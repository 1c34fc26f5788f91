// Temporary files for the events that a funnel scan has no memory for: its own, and those that others let it read.
#pragma once

#include "core/funnel/lead_events.hpp"
#include "pg/guard.hpp"

namespace leadscore::pg {

/// File 0 is its own, file n + 1 that of participant n. Made in a memory context of the scan; the core calls what
/// reads and writes, in which errors of PostgreSQL are PgError, plain glue all else.
class EventFile final : public funnel::EventStore {
 public:
  /// The set is that of the participants, or NULL, and then nobody else can read it.
  EventFile(MemoryContext context, FileSet* set, int participant) noexcept
      : context_(context), set_(set), participant_(participant) {}

  std::uint64_t write(std::span<const funnel::LeadEvent> events) override { return write_bytes(std::as_bytes(events)); }
  void read(std::size_t file, std::uint64_t place, std::span<funnel::LeadEvent> events) override {
    read_bytes(file, place, std::as_writable_bytes(events));
  }
  std::uint64_t write_bytes(std::span<const std::byte> bytes);
  void read_bytes(std::size_t file, std::uint64_t place, std::span<std::byte> bytes);

  /// Lets others read what was written to file 0. What is written from now on goes to another, of which they know
  /// nothing.
  void publish();
  /// Opens the files that so many participants have published, where `has_published` says so.
  template <class HasPublished>
  void open(int participants, HasPublished has_published) {
    MemoryContext const caller = MemoryContextSwitchTo(context_);
    others_ = static_cast<BufFile**>(palloc0(sizeof(BufFile*) * static_cast<std::size_t>(participants)));
    other_count_ = participants;
    for (int i = 0; i < participants; ++i) {
      if (has_published(i)) {
        open_other(i);
      }
    }
    MemoryContextSwitchTo(caller);
  }

  /// Closes all files; what nobody else reads is gone.
  void close();
  /// Removes file 0, which nobody reads any more and which has not been published.
  void drop();

 private:
  // Whether file 0 is one of the set.
  [[nodiscard]] bool is_of_set() const noexcept { return set_ != nullptr && !is_published_; }
  void open_other(int participant);
  void close_own();

  MemoryContext context_;
  FileSet* set_;
  int participant_;
  bool is_published_ = false;
  BufFile* own_ = nullptr;
  std::uint64_t end_ = 0;  // of file 0
  BufFile** others_ = nullptr;
  int other_count_ = 0;
};

}  // namespace leadscore::pg
