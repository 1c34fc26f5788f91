// Reads numbers that libphonenumber refuses but people write: see parse_phone for the list.
#pragma once

#include <optional>

#include "core/contact/phone.hpp"
#include "core/contact/phone_text.hpp"

namespace leadscore::contact {

/// The first valid number in a text in which there is none in libphonenumber's opinion.
[[nodiscard]] std::optional<PhoneNumber> parse_by_habit(const PhoneText& text, Region region) noexcept;

}  // namespace leadscore::contact
