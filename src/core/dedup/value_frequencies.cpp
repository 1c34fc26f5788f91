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

bool comes_before(const ValueFrequency& a, const ValueFrequency& b) noexcept {
  return a.field != b.field ? a.field < b.field : a.hash < b.hash;
}

}  // namespace

KnownFrequencies::KnownFrequencies(std::span<const double> averages, std::span<ValueFrequency> frequent)
    : frequent_(frequent) {
  std::copy(averages.begin(), averages.end(), average_.begin());
  std::sort(frequent.begin(), frequent.end(), comes_before);
  rare_ = average_;
  for (const ValueFrequency& value : frequent) {
    double& rare = rare_[static_cast<std::size_t>(value.field)];
    rare = std::min(rare, value.frequency);
  }
}

double KnownFrequencies::frequency(Field field, std::uint64_t hash) const noexcept {
  const ValueFrequency wanted{.field = field, .hash = hash, .frequency = 0};
  const auto found = std::lower_bound(frequent_.begin(), frequent_.end(), wanted, comes_before);
  const bool is_known = found != frequent_.end() && found->field == field && found->hash == hash;
  return is_known ? found->frequency : rare_[static_cast<std::size_t>(field)];
}

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

void ValueFrequencies::take(const LeadTable& table, const KnownFrequencies& known) {
  for (std::size_t i = 0; i < kFields; ++i) {
    const auto field = static_cast<Field>(i);
    const ValueNumbers& values = table.values(field);
    average_[i] = known.average(field);
    adjustment_[i].clear();
    for (std::size_t j = 1; average_[i] > 0 && j <= values.size(); ++j) {
      const double frequency = known.frequency(field, values.hash(static_cast<ValueNumber>(j)));
      adjustment_[i].push_back(static_cast<float>(std::log2(average_[i] / frequency)));
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
