// Durations in days, each with what ended it or with nothing yet: the states of kaplan_meier() and
// cumulative_incidence().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/funnel/competing_risks.hpp"
#include "core/funnel/duration_lists.hpp"
#include "core/funnel/survival.hpp"
#include "core/text_dictionary.hpp"

namespace leadscore::funnel {

/// A number of days as a number of which the order is the same. Throws Error(invalid_argument) unless it is finite and
/// at least 0.
[[nodiscard]] std::uint64_t duration_of_days(double days);
[[nodiscard]] double days_of_duration(std::uint64_t duration) noexcept;

class SurvivalSample {
 public:
  explicit SurvivalSample(std::pmr::memory_resource* memory) : lists_(2, memory) {}

  /// These two throw as DurationLists does, and for days as duration_of_days() does.
  void add(double days, bool has_ended);
  void merge(const SurvivalSample& other, StopToken& stop) { lists_.merge(other.lists_, stop); }

  /// The state as bytes, `byte_size()` of them.
  [[nodiscard]] std::size_t byte_size() const noexcept;
  void write(std::span<std::byte> bytes, StopToken& stop) const;
  /// Takes the place of an empty state. False, and of no use any more, if the bytes are not such.
  [[nodiscard]] bool read(std::span<const std::byte> bytes, StopToken& stop);

  /// The curve, from its start. Throws Cancelled if asked to stop.
  [[nodiscard]] SurvivalCurve curve(StopToken& stop, std::pmr::memory_resource* scratch);

 private:
  DurationLists lists_;
};

class IncidenceSample {
 public:
  static constexpr std::size_t kMostOutcomes = 64;
  static constexpr std::size_t kMostOutcomeBytes = 1000;

  explicit IncidenceSample(std::pmr::memory_resource* memory) : outcomes_(memory), lists_(1, memory) {}

  [[nodiscard]] std::size_t outcomes() const noexcept { return outcomes_.size(); }
  [[nodiscard]] std::string_view outcome(std::uint32_t number) const noexcept { return outcomes_.text(number); }

  /// Nothing for what has no outcome yet. These two throw as those of SurvivalSample, and Error(limit_exceeded) for too
  /// many outcomes or too long a one.
  void add(double days, std::optional<std::string_view> outcome);
  void merge(const IncidenceSample& other, StopToken& stop);

  /// As those of SurvivalSample.
  [[nodiscard]] std::size_t byte_size() const noexcept;
  void write(std::span<std::byte> bytes, StopToken& stop) const;
  [[nodiscard]] bool read(std::span<const std::byte> bytes, StopToken& stop);

  /// The numbers of the outcomes in the order of their bytes.
  [[nodiscard]] std::pmr::vector<std::uint32_t> in_order(std::pmr::memory_resource* scratch) const;
  /// The curves from their start, each outcome by its number. Throws Cancelled if asked to stop.
  [[nodiscard]] IncidenceCurves curves(StopToken& stop, std::pmr::memory_resource* scratch);

 private:
  [[nodiscard]] std::size_t list_of(std::string_view outcome);

  TextDictionary outcomes_;
  DurationLists lists_;  // of those without an outcome, then by outcome
};

}  // namespace leadscore::funnel
