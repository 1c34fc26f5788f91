#include "core/dedup/value_frequencies.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace leadscore::dedup {

namespace {

template <std::size_t... I>
std::array<std::pmr::vector<float>, sizeof...(I)> make_vectors(std::pmr::memory_resource* memory,
                                                               std::index_sequence<I...>) {
  return {((void)I, std::pmr::vector<float>(memory))...};
}

}  // namespace

ValueFrequencies::ValueFrequencies(std::pmr::memory_resource* memory)
    : adjustment_(make_vectors(memory, std::make_index_sequence<kFields>())) {}

void ValueFrequencies::count(const LeadTable& table, std::span<const std::uint32_t> persons, StopToken& stop) {
  for (std::size_t i = 0; i < kFields; ++i) {
    auto& of_field = adjustment_[i];
    of_field.assign(table.values(static_cast<Field>(i)).size(), 0);
    double all = 0;
    for (const std::uint32_t person : persons) {
      stop.check();
      if (const ValueNumber value = table[person].value[i]; value != 0) {
        of_field[value - 1] += 1;
        all += 1;
      }
    }
    double squares = 0;
    for (const float count : of_field) {
      squares += static_cast<double>(count) * static_cast<double>(count);
    }
    average_[i] = all == 0 ? 0 : squares / all / all;
    persons_[i] = all;
    for (float& count : of_field) {
      stop.check();
      // A value that only another lead of a person has is as rare as one that one person has.
      count = static_cast<float>(std::log2(average_[i] * all / std::max(static_cast<double>(count), 1.0)));
    }
  }
}

void ValueFrequencies::take(const LeadTable& table, std::span<const double> averages,
                            std::span<const ValueFrequency> frequent) {
  std::array<double, kFields> least{};
  for (std::size_t i = 0; i < kFields; ++i) {
    average_[i] = averages[i];
    least[i] = averages[i];
  }
  for (const ValueFrequency& value : frequent) {
    double& of_field = least[static_cast<std::size_t>(value.field)];
    of_field = std::min(of_field, value.frequency);
  }
  for (std::size_t i = 0; i < kFields; ++i) {
    const ValueNumbers& values = table.values(static_cast<Field>(i));
    const double rare = average_[i] == 0 ? 0 : std::log2(average_[i] / least[i]);
    adjustment_[i].assign(average_[i] == 0 ? 0 : values.size(), static_cast<float>(rare));
  }
  for (const ValueFrequency& value : frequent) {
    const auto i = static_cast<std::size_t>(value.field);
    const ValueNumber number = average_[i] == 0 ? 0 : table.values(value.field).find(value.hash);
    if (number != 0) {
      adjustment_[i][number - 1] = static_cast<float>(std::log2(average_[i] / value.frequency));
    }
  }
}

std::pmr::vector<ValueFrequency> ValueFrequencies::frequent(const LeadTable& table, double least_persons,
                                                            std::pmr::memory_resource* memory) const {
  std::pmr::vector<ValueFrequency> values(memory);
  for (std::size_t i = 0; i < kFields; ++i) {
    const auto field = static_cast<Field>(i);
    for (std::size_t j = 0; j < adjustment_[i].size(); ++j) {
      const double frequency = average_[i] / std::exp2(static_cast<double>(adjustment_[i][j]));
      if (std::round(frequency * persons_[i]) >= least_persons) {
        values.push_back({field, table.values(field).hash(static_cast<ValueNumber>(j + 1)), std::min(frequency, 1.0)});
      }
    }
  }
  return values;
}

}  // namespace leadscore::dedup
