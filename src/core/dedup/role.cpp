#include "core/dedup/role.hpp"

#include <algorithm>
#include <array>

#include "core/dedup/enumerator_names.hpp"

namespace leadscore::dedup {

namespace {

constexpr std::array<std::string_view, kRoles> kNames = {
    "first_name", "last_name", "full_name", "patronymic", "email",       "phone",      "company",
    "address",    "city",      "postcode",  "birth_date", "national_id", "created_at",
};

struct OtherName {
  std::string_view column;
  Role role;
};

constexpr std::array kOtherNames = std::to_array<OtherName>({
    {"firstname", Role::first_name},
    {"given_name", Role::first_name},
    {"forename", Role::first_name},
    {"imya", Role::first_name},
    {"lastname", Role::last_name},
    {"surname", Role::last_name},
    {"family_name", Role::last_name},
    {"familiya", Role::last_name},
    {"name", Role::full_name},
    {"fullname", Role::full_name},
    {"contact_name", Role::full_name},
    {"fio", Role::full_name},
    {"middle_name", Role::patronymic},
    {"middlename", Role::patronymic},
    {"second_name", Role::patronymic},
    {"otchestvo", Role::patronymic},
    {"e_mail", Role::email},
    {"mail", Role::email},
    {"email_address", Role::email},
    {"phone_number", Role::phone},
    {"telephone", Role::phone},
    {"mobile", Role::phone},
    {"tel", Role::phone},
    {"telefon", Role::phone},
    {"company_name", Role::company},
    {"organization", Role::company},
    {"organisation", Role::company},
    {"kompaniya", Role::company},
    {"street_address", Role::address},
    {"street", Role::address},
    {"address_1", Role::address},
    {"adres", Role::address},
    {"town", Role::city},
    {"gorod", Role::city},
    {"zip", Role::postcode},
    {"zip_code", Role::postcode},
    {"postal_code", Role::postcode},
    {"zipcode", Role::postcode},
    {"dob", Role::birth_date},
    {"date_of_birth", Role::birth_date},
    {"birthday", Role::birth_date},
    {"birthdate", Role::birth_date},
    {"inn", Role::national_id},
    {"ssn", Role::national_id},
    {"passport", Role::national_id},
    {"snils", Role::national_id},
    {"created", Role::created_at},
    {"submitted_at", Role::created_at},
    {"created_on", Role::created_at},
});

}  // namespace

std::string_view name_of(Role role) noexcept { return kNames[static_cast<std::size_t>(role)]; }

std::optional<Role> find_role(std::string_view name) noexcept { return find_enumerator<Role>(kNames, name); }

std::optional<Role> role_of_column(std::string_view column) noexcept {
  if (const auto role = find_role(column)) {
    return role;
  }
  const auto found = std::find_if(kOtherNames.begin(), kOtherNames.end(),
                                  [column](const OtherName& other) { return other.column == column; });
  return found == kOtherNames.end() ? std::nullopt : std::optional(found->role);
}

}  // namespace leadscore::dedup
