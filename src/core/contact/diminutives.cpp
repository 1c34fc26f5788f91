#include "core/contact/diminutives.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/contact/word_set.hpp"

namespace leadscore::contact {

namespace {

#include "core/contact/diminutives_data.inc"

std::string_view name_at(std::size_t position) noexcept {
  return {kNames + position + 1, static_cast<unsigned char>(kNames[position])};
}

// The entry of a form; nothing if it is none.
std::optional<std::size_t> entry_of(std::string_view skeleton) noexcept {
  for (std::size_t slot = word_hash(skeleton) % kSlots.size(); kSlots[slot] != 0; slot = (slot + 1) % kSlots.size()) {
    const std::size_t entry = kSlots[slot] - 1U;
    if (name_at(kForms[entry]) == skeleton) {
      return entry;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view full_name_of(std::string_view skeleton) noexcept {
  const std::optional<std::size_t> entry = entry_of(skeleton);
  return entry ? name_at(kFullNames[*entry]) : skeleton;
}

bool is_first_name(std::string_view skeleton) noexcept { return entry_of(skeleton).has_value(); }

}  // namespace leadscore::contact
