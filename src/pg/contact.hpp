// Arguments of the functions over contacts: an address, a number, a region.
#pragma once

#include "core/contact/email.hpp"
#include "core/contact/phone.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// The e-mail address that a text argument says, if it is one.
std::optional<contact::EmailAddress> parse_email_argument(FunctionCallInfo fcinfo, int argument);

/// The region whose code an argument is. Raises 22023 (invalid_parameter_value) if there is none.
contact::Region region_argument(FunctionCallInfo fcinfo, int argument);

/// The phone number that a text argument says, if it is a valid one, read as it is dialled in the region.
std::optional<contact::PhoneNumber> parse_phone_argument(FunctionCallInfo fcinfo, int argument, contact::Region region);

}  // namespace leadscore::pg
