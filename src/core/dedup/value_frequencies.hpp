// How frequent the values of fields are among persons: to share a rare one says more.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/dedup/lead_table.hpp"
#include "core/stop_token.hpp"

namespace leadscore::dedup {

/// The frequency of one value among the persons who have the field.
struct ValueFrequency {
  Field field = Field::email;
  std::uint64_t hash = 0;
  double frequency = 0;
};

/// What is known of the frequencies of values from other leads: plain data, made once and asked for each lead.
class KnownFrequencies {
 public:
  KnownFrequencies() noexcept = default;
  /// The averages of all fields (0: not known, so that all values are alike) and the frequent values, each once, which
  /// are brought into order and must outlive this. Any other value is as frequent as the least frequent one known of
  /// its field, or as the average if that is less.
  KnownFrequencies(std::span<const double> averages, std::span<ValueFrequency> frequent);

  [[nodiscard]] double average(Field field) const noexcept { return average_[static_cast<std::size_t>(field)]; }
  /// O(log n).
  [[nodiscard]] double frequency(Field field, std::uint64_t hash) const noexcept;

 private:
  std::array<double, kFields> average_{};
  std::array<double, kFields> rare_{};          // the frequency of what is not known
  std::span<const ValueFrequency> frequent_{};  // by field and hash
};

/// How much more a value says than the field's values do on the whole, in bits: log2(average / frequency), the average
/// being the sum of squares of all frequencies, which is how often two persons share the value. By numbers of a table.
class ValueFrequencies {
 public:
  explicit ValueFrequencies(std::pmr::memory_resource* memory);

  /// Counted in a table, one lead a person: those at `persons`.
  void count(const LeadTable& table, std::span<const std::uint32_t> persons, StopToken& stop);
  /// Taken from what is known of other leads. O(values of the table * log(values known)).
  void take(const LeadTable& table, const KnownFrequencies& known);

  [[nodiscard]] double adjustment(Field field, ValueNumber value) const noexcept {
    const auto& of_field = adjustment_[static_cast<std::size_t>(field)];
    return value == 0 || of_field.empty() ? 0 : static_cast<double>(of_field[value - 1]);
  }
  /// The values that at least so many persons share, by field and number, after count().
  [[nodiscard]] std::pmr::vector<ValueFrequency> frequent(const LeadTable& table, double least_persons,
                                                          std::pmr::memory_resource* memory) const;
  /// The average frequency of a field's values; 0 if nobody has one.
  [[nodiscard]] double average(Field field) const noexcept { return average_[static_cast<std::size_t>(field)]; }

 private:
  std::array<std::pmr::vector<float>, kFields> adjustment_;
  std::array<double, kFields> average_{};
  std::array<double, kFields> persons_{};  // who have the field
};

}  // namespace leadscore::dedup
