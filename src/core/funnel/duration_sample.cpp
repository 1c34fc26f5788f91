#include "core/funnel/duration_sample.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <string>

#include "core/error.hpp"
#include "core/state_bytes.hpp"

namespace leadscore::funnel {

namespace {

constexpr std::uint64_t kSurvivalFormat = 0x4C534B31;   // "LSK1"
constexpr std::uint64_t kIncidenceFormat = 0x4C534931;  // "LSI1"
constexpr std::size_t kNumberBytes = 4;

enum List : std::size_t { open, ended };

bool is_duration(std::uint64_t duration) noexcept { return duration <= std::bit_cast<std::uint64_t>(HUGE_VAL) - 1; }

bool are_durations(const DurationLists& lists, StopToken& stop) {
  for (std::size_t list = 0; list < lists.lists(); ++list) {
    for (const std::uint64_t duration : lists[list]) {
      stop.check();
      if (!is_duration(duration)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

std::uint64_t duration_of_days(double days) {
  if (!(days >= 0 && std::isfinite(days))) {
    throw Error(ErrorCode::invalid_argument, "a duration must be a finite number of days, at least 0",
                "What has not ended yet has lasted until now.");
  }
  return days == 0 ? 0
                   : std::bit_cast<std::uint64_t>(days);  // of numbers that are not negative the bits have the order
}

double days_of_duration(std::uint64_t duration) noexcept { return std::bit_cast<double>(duration); }

void SurvivalSample::add(double days, bool has_ended) { lists_.add(has_ended ? ended : open, duration_of_days(days)); }

std::size_t SurvivalSample::byte_size() const noexcept { return kNumberBytes + lists_.byte_size() + kCheckSumBytes; }

void SurvivalSample::write(std::span<std::byte> bytes, StopToken& stop) const {
  StateWriter writer(bytes);
  writer.put(kSurvivalFormat, kNumberBytes);
  lists_.write(writer, stop);
  writer.put_check_sum();
}

bool SurvivalSample::read(std::span<const std::byte> bytes, StopToken& stop) {
  StateReader reader(bytes);
  return reader.number(kNumberBytes) == kSurvivalFormat && lists_.read(reader, stop) && reader.left() == 0 &&
         are_durations(lists_, stop);
}

SurvivalCurve SurvivalSample::curve(StopToken& stop, std::pmr::memory_resource* scratch) {
  lists_.sort(stop);
  return {lists_[ended], lists_[open], scratch};
}

std::size_t IncidenceSample::list_of(std::string_view outcome) {
  if (outcome.size() > kMostOutcomeBytes) {
    throw Error(ErrorCode::limit_exceeded, "an outcome is longer than " + std::to_string(kMostOutcomeBytes) + " bytes",
                "Give outcomes short names, such as 'won' and 'lost'.");
  }
  const std::uint32_t number = outcomes_.code_of(outcome, text_hash(outcome), kMostOutcomes);
  if (number == TextDictionary::kFull) {
    throw Error(ErrorCode::limit_exceeded, "more than " + std::to_string(kMostOutcomes) + " outcomes in one group",
                "Take those together that are rare.");
  }
  if (number + 1 == lists_.lists()) {
    lists_.add_list();
  }
  return number + 1;
}

void IncidenceSample::add(double days, std::optional<std::string_view> outcome) {
  const std::uint64_t duration = duration_of_days(days);
  lists_.add(outcome ? list_of(*outcome) : open, duration);
}

void IncidenceSample::merge(const IncidenceSample& other, StopToken& stop) {
  lists_.append(open, other.lists_[open]);
  for (std::uint32_t number = 0; number < other.outcomes(); ++number) {
    stop.check();
    lists_.append(list_of(other.outcome(number)), other.lists_[number + 1]);
  }
}

std::size_t IncidenceSample::byte_size() const noexcept {
  std::size_t size = 2 * kNumberBytes + lists_.byte_size() + kCheckSumBytes;
  for (std::uint32_t number = 0; number < outcomes(); ++number) {
    size += kNumberBytes + outcome(number).size();
  }
  return size;
}

void IncidenceSample::write(std::span<std::byte> bytes, StopToken& stop) const {
  StateWriter writer(bytes);
  writer.put(kIncidenceFormat, kNumberBytes);
  writer.put(outcomes(), kNumberBytes);
  for (std::uint32_t number = 0; number < outcomes(); ++number) {
    writer.put(outcome(number).size(), kNumberBytes);
    writer.put(outcome(number));
  }
  lists_.write(writer, stop);
  writer.put_check_sum();
}

bool IncidenceSample::read(std::span<const std::byte> bytes, StopToken& stop) {
  StateReader reader(bytes);
  if (reader.number(kNumberBytes) != kIncidenceFormat) {
    return false;
  }
  const std::uint64_t count = reader.number(kNumberBytes);
  if (count > kMostOutcomes) {
    return false;
  }
  for (std::uint64_t number = 0; number < count; ++number) {
    const std::uint64_t size = reader.number(kNumberBytes);
    if (size > kMostOutcomeBytes || list_of(reader.text(size)) != number + 1 || !reader.is_good()) {
      return false;
    }
  }
  return lists_.read(reader, stop) && reader.left() == 0 && are_durations(lists_, stop);
}

std::pmr::vector<std::uint32_t> IncidenceSample::in_order(std::pmr::memory_resource* scratch) const {
  std::pmr::vector<std::uint32_t> numbers(outcomes(), scratch);
  std::iota(numbers.begin(), numbers.end(), 0U);
  std::sort(numbers.begin(), numbers.end(),
            [this](std::uint32_t a, std::uint32_t b) { return outcome(a) < outcome(b); });
  return numbers;
}

IncidenceCurves IncidenceSample::curves(StopToken& stop, std::pmr::memory_resource* scratch) {
  lists_.sort(stop);
  std::pmr::vector<RiskTable::Durations> ended(scratch);
  for (std::size_t list = 1; list < lists_.lists(); ++list) {
    ended.push_back(lists_[list]);
  }
  return {ended, lists_[open], scratch};
}

}  // namespace leadscore::funnel
