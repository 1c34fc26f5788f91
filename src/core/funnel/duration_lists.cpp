#include "core/funnel/duration_lists.hpp"

#include <string>

#include "core/error.hpp"
#include "core/radix_sort.hpp"

namespace leadscore::funnel {

namespace {

constexpr std::size_t kWordBytes = sizeof(std::uint64_t);

}  // namespace

void DurationLists::check_room(std::size_t more) const {
  if (more > kMostDurations - size_) {
    throw Error(ErrorCode::limit_exceeded, "more than " + std::to_string(kMostDurations) + " durations in one group",
                "Take a part of the leads, as with TABLESAMPLE, or GROUP BY something.");
  }
}

void DurationLists::add(std::size_t list, std::uint64_t duration) {
  check_room(1);
  lists_[list].push_back(duration);
  ++size_;
  is_sorted_ = false;
}

void DurationLists::append(std::size_t list, std::span<const std::uint64_t> durations) {
  check_room(durations.size());
  lists_[list].insert(lists_[list].end(), durations.begin(), durations.end());
  size_ += durations.size();
  is_sorted_ = is_sorted_ && durations.empty();
}

void DurationLists::merge(const DurationLists& others, StopToken& stop) {
  for (std::size_t list = 0; list < lists(); ++list) {
    stop.check();
    append(list, others[list]);
  }
}

void DurationLists::sort(StopToken& stop) {
  if (is_sorted_) {
    return;
  }
  for (std::pmr::vector<std::uint64_t>& list : lists_) {
    radix_sort(
        std::span<std::uint64_t>(list), [](std::uint64_t duration) { return duration; }, stop);
  }
  is_sorted_ = true;
}

std::size_t DurationLists::byte_size() const noexcept { return (lists() + size_) * kWordBytes; }

void DurationLists::write(StateWriter& writer, StopToken& stop) const {
  for (const std::pmr::vector<std::uint64_t>& list : lists_) {
    writer.put(list.size());
    for (const std::uint64_t duration : list) {
      stop.check();
      writer.put(duration);
    }
  }
}

bool DurationLists::read(StateReader& reader, StopToken& stop) {
  for (std::size_t list = 0; list < lists(); ++list) {
    const std::uint64_t count = reader.number();
    if (count > reader.left() / kWordBytes) {
      return false;
    }
    check_room(count);
    lists_[list].reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
      stop.check();
      add(list, reader.number());
    }
  }
  return reader.is_good();
}

}  // namespace leadscore::funnel
