#include "core/dedup/lead_table.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "core/error.hpp"

namespace leadscore::dedup {

namespace {

constexpr std::size_t kFirstSlots = 16;
constexpr std::size_t kMostLeads = std::numeric_limits<std::uint32_t>::max() - 1;

}  // namespace

std::size_t ValueNumbers::slot_of(std::uint64_t hash) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  while (slots_[slot] != 0 && hashes_[slots_[slot] - 1] != hash) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

ValueNumber ValueNumbers::number_of(std::uint64_t hash) {
  if (slots_.size() < 2 * (hashes_.size() + 1)) {
    grow();
  }
  ValueNumber& number = slots_[slot_of(hash)];
  if (number == 0) {
    hashes_.push_back(hash);
    number = static_cast<ValueNumber>(hashes_.size());
  }
  return number;
}

ValueNumber ValueNumbers::find(std::uint64_t hash) const noexcept { return slots_.empty() ? 0 : slots_[slot_of(hash)]; }

void ValueNumbers::grow() {
  slots_.assign(std::max(kFirstSlots, slots_.size() * 2), 0);
  for (std::size_t i = 0; i < hashes_.size(); ++i) {
    slots_[slot_of(hashes_[i])] = static_cast<ValueNumber>(i + 1);
  }
}

LeadTable::LeadTable(std::pmr::memory_resource* memory) : letters_(memory), leads_(memory), values_(memory) {
  for (std::size_t i = 0; i < kFields; ++i) {
    values_.emplace_back(memory);
  }
}

void LeadTable::add(const LeadFields& fields) {
  if (leads_.size() >= kMostLeads) {
    throw Error(ErrorCode::limit_exceeded, "more than " + std::to_string(kMostLeads) + " leads",
                "Look for duplicates in parts of the table.");
  }
  PackedLead lead;
  for (std::size_t i = 0; i < kFields; ++i) {
    const std::uint64_t hash = fields.hash(static_cast<Field>(i));
    lead.value[i] = hash == 0 ? 0 : values_[i].number_of(hash);
  }
  std::size_t size = 0;
  for (std::size_t i = 0; i < kTextFields; ++i) {
    lead.begin[i] = static_cast<std::uint16_t>(size);
    size += fields.text(static_cast<Field>(i)).size();
  }
  lead.begin[kTextFields] = static_cast<std::uint16_t>(size);
  auto* letters = static_cast<char*>(letters_.allocate(size + 1, 1));
  for (std::size_t i = 0; i < kTextFields; ++i) {
    const std::string_view text = fields.text(static_cast<Field>(i));
    std::copy(text.begin(), text.end(), letters + lead.begin[i]);
  }
  lead.letters = letters;
  lead.at = fields.at();
  lead.email_is_name = fields.email_is_name();
  lead.email_is_role = fields.email_is_role();
  leads_.push_back(lead);
}

void LeadTable::reorder(std::span<std::uint32_t> order, StopToken& stop) {
  // Cycle by cycle, so that no second table is needed.
  for (std::size_t first = 0; first < order.size(); ++first) {
    const PackedLead lead = leads_[first];
    std::size_t place = first;
    for (std::size_t from = order[place]; from != first; from = order[place]) {
      stop.check();
      leads_[place] = leads_[from];
      order[place] = static_cast<std::uint32_t>(place);
      place = from;
    }
    leads_[place] = lead;
    order[place] = static_cast<std::uint32_t>(place);
  }
}

}  // namespace leadscore::dedup
