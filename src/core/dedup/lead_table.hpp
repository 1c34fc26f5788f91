// Many leads, packed for comparing: values as numbers, letters beside each other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include "core/dedup/lead_fields.hpp"

namespace leadscore::dedup {

/// The number of a value of a field: equal values have one number; 0 is none.
using ValueNumber = std::uint32_t;

/// One lead of a table.
struct PackedLead {
  std::array<ValueNumber, kFields> value;
  std::array<std::uint16_t, kTextFields + 1> begin;  // of the letters of each text field, and the end
  bool email_is_name;
  bool email_is_role;
  const char* letters;
  std::int64_t at;

  [[nodiscard]] ValueNumber operator[](Field field) const noexcept { return value[static_cast<std::size_t>(field)]; }
  [[nodiscard]] bool has(Field field) const noexcept { return (*this)[field] != 0; }
  [[nodiscard]] std::string_view text(Field field) const noexcept {
    const auto i = static_cast<std::size_t>(field);
    return {letters + begin[i], static_cast<std::size_t>(begin[i + 1] - begin[i])};
  }
};

/// Gives the values of one field numbers, from 1 on, in the order in which they come.
class ValueNumbers {
 public:
  explicit ValueNumbers(std::pmr::memory_resource* memory) : hashes_(memory), slots_(memory) {}

  /// The number of a value, a new one if it has none yet.
  ValueNumber number_of(std::uint64_t hash);
  /// The number of a value; 0 if it has none.
  [[nodiscard]] ValueNumber find(std::uint64_t hash) const noexcept;
  /// How many different values there are.
  [[nodiscard]] std::size_t size() const noexcept { return hashes_.size(); }
  /// The hash of the value of a number.
  [[nodiscard]] std::uint64_t hash(ValueNumber number) const noexcept { return hashes_[number - 1]; }

 private:
  // Where the hash is, or where it belongs.
  [[nodiscard]] std::size_t slot_of(std::uint64_t hash) const noexcept;
  void grow();

  std::pmr::vector<std::uint64_t> hashes_;
  std::pmr::vector<ValueNumber> slots_;  // an open hash table, at most half full
};

/// Leads in the order in which they were added.
class LeadTable {
 public:
  explicit LeadTable(std::pmr::memory_resource* memory);

  /// Amortised O(1). Throws Error(limit_exceeded) beyond 2^32 - 2 leads, and what the memory resource throws.
  void add(const LeadFields& fields);

  /// Brings the leads into another order: the lead at `order[i]` becomes number i. Uses up the order.
  void reorder(std::span<std::uint32_t> order, StopToken& stop);

  [[nodiscard]] std::size_t size() const noexcept { return leads_.size(); }
  [[nodiscard]] const PackedLead& operator[](std::size_t lead) const noexcept { return leads_[lead]; }
  /// Begins to fetch a lead, and then its letters, into the processor's cache.
  void prefetch(std::size_t lead) const noexcept {
    const auto* const bytes = reinterpret_cast<const char*>(&leads_[lead]);
    for (std::size_t i = 0; i < sizeof(PackedLead); i += kCacheLine) {
      __builtin_prefetch(bytes + i);
    }
    __builtin_prefetch(bytes + sizeof(PackedLead) - 1);
  }
  void prefetch_letters(std::size_t lead) const noexcept { __builtin_prefetch(leads_[lead].letters); }
  [[nodiscard]] const ValueNumbers& values(Field field) const noexcept {
    return values_[static_cast<std::size_t>(field)];
  }
  [[nodiscard]] std::uint64_t hash(std::size_t lead, Field field) const noexcept {
    const ValueNumber number = leads_[lead][field];
    return number == 0 ? 0 : values(field).hash(number);
  }

 private:
  static constexpr std::size_t kCacheLine = 64;

  std::pmr::monotonic_buffer_resource letters_;
  std::pmr::vector<PackedLead> leads_;
  std::pmr::vector<ValueNumbers> values_;
};

}  // namespace leadscore::dedup
