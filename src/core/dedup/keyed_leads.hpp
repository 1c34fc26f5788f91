// Leads with their keys, brought into the order of time: who came first is the primary lead of its person.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <vector>

#include "core/dedup/lead_table.hpp"
#include "core/stop_token.hpp"

namespace leadscore::dedup {

/// Whether one key comes before another: whole numbers by their values and before other texts, those byte by byte.
[[nodiscard]] bool key_before(std::string_view a, std::string_view b) noexcept;

/// A lead table and the key of each lead.
class KeyedLeads {
 public:
  KeyedLeads(contact::Region region, std::pmr::memory_resource* memory);

  void add(std::string_view key, const LeadText& lead, StopToken& stop);
  /// Brings the leads into the order of their times, those without one first, and of their keys.
  void settle(StopToken& stop);

  [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }
  [[nodiscard]] const LeadTable& table() const noexcept { return table_; }
  [[nodiscard]] std::string_view key(std::size_t lead) const noexcept { return keys_[lead]; }

 private:
  std::pmr::memory_resource* memory_;
  FieldReader reader_;
  LeadFields fields_;
  LeadTable table_;
  std::pmr::monotonic_buffer_resource key_bytes_;
  std::pmr::vector<std::string_view> keys_;
};

/// Finds leads by their keys.
class KeyIndex {
 public:
  /// O(n log n). The leads must outlive it.
  KeyIndex(const KeyedLeads& leads, std::pmr::memory_resource* memory, StopToken& stop);

  /// The first lead with the key. O(log n).
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view key) const noexcept;

 private:
  const KeyedLeads& leads_;
  std::pmr::vector<std::uint32_t> by_key_;
};

}  // namespace leadscore::dedup
