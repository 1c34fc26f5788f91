// Any bytes as the state of window_funnel() and its kin, as they are and with a right check: what is read is written
// again as it was, takes more events, merges, and is scanned.
#include "core/funnel/event_list.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "core/funnel/window_funnel.hpp"
#include "core/learn/word_bytes.hpp"
#include "fuzz_input.hpp"

namespace {

using namespace leadscore::funnel;
using leadscore::fuzz::require;

// Bytes that a list lives in.
struct Memory {
  std::vector<std::uint64_t> words;
  EventList* list;

  Memory(FunnelRule rule, std::size_t events, bool is_wide)
      : words(EventList::bytes_for(events, is_wide) / sizeof(std::uint64_t)),
        list(EventList::make(words.data(), words.size() * sizeof(std::uint64_t), rule, is_wide)) {}
};

void read_and_scan(std::span<const std::byte> bytes) {
  const std::optional<EventList::Written> head = EventList::peek(bytes);
  if (!head) {
    return;
  }
  Memory read(head->rule, head->events, head->is_wide);
  if (!read.list->read(bytes)) {
    return;
  }
  std::vector<std::byte> written(read.list->byte_size());
  leadscore::StopToken stop;
  read.list->write(written, stop);
  require(std::equal(bytes.begin(), bytes.end(), written.begin(), written.end()), "written as it was read");

  Memory twice(head->rule, 2 * head->events + 1, true);
  if (head->is_wide) {
    twice.list->append(*read.list);
  } else {
    read.list->widen_to(*twice.list);
  }
  twice.list->append(*read.list);
  require(twice.list->try_add({0, 1}), "there is room");
  require(twice.list->size() == 2 * head->events + 1, "all are there");

  const int level = funnel_level(*read.list, leadscore::StopToken{});
  ChainTimes times;
  require(funnel_times(*read.list, times, leadscore::StopToken{}) == level, "the same chain");
  require(std::is_sorted(times.begin(), times.begin() + level), "in order");
  const FunnelOutcome outcome = funnel_outcome(*twice.list, leadscore::StopToken{});
  require(outcome.level >= 0 && outcome.level <= kMostSteps, "a level");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // On the heap, so that a byte read beyond the end is found.
  std::vector<std::byte> bytes(size);
  if (size > 0) {
    std::memcpy(bytes.data(), data, size);
  }
  read_and_scan(bytes);
  leadscore::learn::WordCheck check;
  const std::size_t words = size / leadscore::learn::kWordBytes;
  bytes.resize((words + 1) * leadscore::learn::kWordBytes);
  leadscore::learn::WordReader reader(bytes);
  for (std::size_t i = 0; i < words; ++i) {
    check.add(reader.word());
  }
  for (std::size_t i = 0; i < leadscore::learn::kWordBytes; ++i) {
    bytes[bytes.size() - 1 - i] = static_cast<std::byte>(check.value() >> (8 * i) & 0xFF);
  }
  read_and_scan(bytes);
  return 0;
}
