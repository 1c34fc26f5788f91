#include "core/dedup/keyed_leads.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace leadscore::dedup {

namespace {

bool is_whole_number(std::string_view key) noexcept {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view without_zeros(std::string_view number) noexcept {
  return number.substr(std::min(number.find_first_not_of('0'), number.size()));
}

}  // namespace

bool key_before(std::string_view a, std::string_view b) noexcept {
  const bool is_number = is_whole_number(a);
  if (is_number != is_whole_number(b)) {
    return is_number;
  }
  if (is_number) {
    const std::string_view digits_a = without_zeros(a);
    const std::string_view digits_b = without_zeros(b);
    if (digits_a.size() != digits_b.size()) {
      return digits_a.size() < digits_b.size();
    }
    if (const int order = digits_a.compare(digits_b); order != 0) {
      return order < 0;
    }
  }
  return a < b;
}

KeyedLeads::KeyedLeads(contact::Region region, std::pmr::memory_resource* memory)
    : memory_(memory), reader_(region, memory), table_(memory), key_bytes_(memory), keys_(memory) {}

void KeyedLeads::add(std::string_view key, const LeadText& lead, StopToken& stop) {
  reader_.read(lead, fields_, stop);
  table_.add(fields_);
  auto* copy = static_cast<char*>(key_bytes_.allocate(key.size() + 1, 1));
  std::copy(key.begin(), key.end(), copy);
  keys_.emplace_back(copy, key.size());
}

void KeyedLeads::settle(StopToken& stop) {
  std::pmr::vector<std::uint32_t> order(keys_.size(), memory_);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    stop.check();
    const std::int64_t at_a = table_[a].at;
    const std::int64_t at_b = table_[b].at;
    if (at_a != at_b) {
      return at_a < at_b;
    }
    return keys_[a] == keys_[b] ? a < b : key_before(keys_[a], keys_[b]);
  });
  std::pmr::vector<std::string_view> keys(memory_);
  keys.reserve(order.size());
  for (const std::uint32_t lead : order) {
    keys.push_back(keys_[lead]);
  }
  keys_ = std::move(keys);
  table_.reorder(order, stop);
}

KeyIndex::KeyIndex(const KeyedLeads& leads, std::pmr::memory_resource* memory, StopToken& stop)
    : leads_(leads), by_key_(leads.size(), memory) {
  std::iota(by_key_.begin(), by_key_.end(), 0);
  std::sort(by_key_.begin(), by_key_.end(), [&](std::uint32_t a, std::uint32_t b) {
    stop.check();
    return leads.key(a) == leads.key(b) ? a < b : leads.key(a) < leads.key(b);
  });
}

std::optional<std::uint32_t> KeyIndex::find(std::string_view key) const noexcept {
  const auto found =
      std::lower_bound(by_key_.begin(), by_key_.end(), key,
                       [this](std::uint32_t lead, std::string_view sought) { return leads_.key(lead) < sought; });
  return found == by_key_.end() || leads_.key(*found) != key ? std::nullopt : std::optional(*found);
}

}  // namespace leadscore::dedup
