// Finds enumerators by the names that people write.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace leadscore::dedup {

/// The enumerator whose name stands at its place among the names; nothing if there is none.
template <class Enumerator, std::size_t Size>
std::optional<Enumerator> find_enumerator(const std::array<std::string_view, Size>& names,
                                          std::string_view name) noexcept {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? std::nullopt : std::optional(static_cast<Enumerator>(found - names.begin()));
}

}  // namespace leadscore::dedup
