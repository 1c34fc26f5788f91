// What a row of digits means by the numbering plans: prefixes, calling code, national number, validity.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/contact/phone.hpp"
#include "core/contact/phone_data.hpp"
#include "core/contact/phone_prefix.hpp"

namespace leadscore::contact {

/// More digits than any number has with all its prefixes; a reader may stop at as many.
inline constexpr std::size_t kMaxDigits = 64;

/// Access to the plans by region. A static class because Region shows its place to nobody else.
class NumberingPlan {
 public:
  /// Nothing for no region.
  [[nodiscard]] static const phone_data::Plan* of(Region region) noexcept {
    return region.place_ == 0 ? nullptr : &phone_data::kPlans[region.place_ - 1];
  }
  [[nodiscard]] static Region region_at(std::size_t place) noexcept {
    const bool is_region = phone_data::kPlans[place].iso[0] != 0;
    return is_region ? Region(static_cast<std::uint16_t>(place + 1)) : Region();
  }
};

/// The valid number that digits (0 to 9) mean, dialled in a region or, if they stood behind a plus, anywhere: as
/// libphonenumber reads it once letters, punctuation and the extension are gone.
[[nodiscard]] std::optional<PhoneNumber> parse_digits(DigitSpan digits, bool has_plus, Region region) noexcept;

}  // namespace leadscore::contact
