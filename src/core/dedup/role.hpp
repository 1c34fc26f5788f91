// What a column of a lead says about the person: the words that match rules and columns share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace leadscore::dedup {

enum class Role : std::uint8_t {
  first_name,
  last_name,
  full_name,
  patronymic,
  email,
  phone,
  company,
  address,
  city,
  postcode,
  birth_date,
  national_id,
  created_at,
};
inline constexpr std::size_t kRoles = 13;
inline constexpr std::size_t kTextRoles = 12;  // all but created_at, which is a time

/// The role's name: the enumerator's.
[[nodiscard]] std::string_view name_of(Role role) noexcept;

[[nodiscard]] std::optional<Role> find_role(std::string_view name) noexcept;

/// The role that a column plays by its name, as surname for last_name: the role's own name, or a usual other one
/// (small letters, digits and underscores). Nothing if the name says none.
[[nodiscard]] std::optional<Role> role_of_column(std::string_view column) noexcept;

}  // namespace leadscore::dedup
