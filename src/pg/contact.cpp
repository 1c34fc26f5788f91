// The SQL functions over e-mail addresses, phone numbers, names and companies.
#include <limits>

#include "core/contact/company.hpp"
#include "core/contact/email.hpp"
#include "core/contact/email_kind.hpp"
#include "core/contact/name.hpp"
#include "core/contact/phone.hpp"
#include "core/contact/translit.hpp"
#include "pg/contact.hpp"
#include "pg/email_provider.hpp"
#include "pg/guard.hpp"
#include "pg/stored_text.hpp"
#include "pg/text_transform.hpp"
#include "pg/utf8_text.hpp"

namespace leadscore::pg {

namespace {

Datum text_or_null(FunctionCallInfo fcinfo, std::string_view text) {
  if (text.empty()) {
    PG_RETURN_NULL();
  }
  return utf8_result(text);
}

std::optional<contact::EmailAddress> email_argument(FunctionCallInfo fcinfo) { return parse_email_argument(fcinfo, 0); }

std::optional<contact::PhoneNumber> phone_argument(FunctionCallInfo fcinfo) {
  return parse_phone_argument(fcinfo, 0, region_argument(fcinfo, 1));
}

enum class Nothing { is_null, is_empty };

// What a function of the core makes of the text; where that is nothing, NULL or the empty text.
Datum transform(FunctionCallInfo fcinfo, TextTransform make, Nothing nothing) {
  const std::string_view text = utf8_argument(fcinfo, 0, std::numeric_limits<std::size_t>::max());
  MemoryContext const context = CurrentMemoryContext;
  varlena* const made = core_call([=] { return transformed_text(text, make, context); });
  const std::string_view result{VARDATA(made), VARSIZE(made) - VARHDRSZ};
  if (result.empty() && nothing == Nothing::is_null) {
    PG_RETURN_NULL();
  }
  return is_utf8_database() ? PointerGetDatum(made) : utf8_result(result);
}

}  // namespace

std::optional<contact::EmailAddress> parse_email_argument(FunctionCallInfo fcinfo, int argument) {
  if (text_size(PG_GETARG_DATUM(argument)) > contact::kLongestEmailText) {
    return std::nullopt;
  }
  const std::string_view text = utf8_argument(fcinfo, argument, contact::kLongestEmailText);
  return core_call([text] { return contact::parse_email(text); });
}

contact::Region region_argument(FunctionCallInfo fcinfo, int argument) {
  const text* const code = PG_GETARG_TEXT_PP(argument);
  const std::string_view written = view_of(code);
  const std::optional<contact::Region> region = contact::find_region(written);
  if (!region) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("region \"%s\" does not exist", text_to_cstring(code)),
             errhint("A region is an ISO 3166 code of two letters, such as RU.")));
  }
  return *region;
}

std::optional<contact::PhoneNumber> parse_phone_argument(FunctionCallInfo fcinfo, int argument,
                                                         contact::Region region) {
  // The core reads 250 characters, and must see whether there are more.
  constexpr std::size_t kLongestPhoneText = 1100;
  return contact::parse_phone(utf8_argument(fcinfo, argument, kLongestPhoneText), region);
}

}  // namespace leadscore::pg

namespace contact = leadscore::contact;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_email_normalize) {
  const auto address = pg::email_argument(fcinfo);
  if (!address) {
    PG_RETURN_NULL();
  }
  return pg::utf8_result(contact::normalize(*address).text());
}

LEADSCORE_FUNCTION(leadscore_email_domain) {
  const auto address = pg::email_argument(fcinfo);
  return pg::text_or_null(fcinfo, address ? contact::email_domain(*address) : std::string_view());
}

LEADSCORE_FUNCTION(leadscore_email_kind) {
  const auto address = pg::email_argument(fcinfo);
  const contact::EmailKind kind = address
                                      ? pg::kind_of_domain(pg::find_email_providers(fcinfo->flinfo), address->domain())
                                      : contact::EmailKind::invalid;
  return pg::utf8_result(contact::name_of(kind));
}

LEADSCORE_FUNCTION(leadscore_email_is_role) {
  const auto address = pg::email_argument(fcinfo);
  if (!address) {
    PG_RETURN_NULL();
  }
  PG_RETURN_BOOL(contact::is_role(contact::normalize(*address).local_part()));
}

LEADSCORE_FUNCTION(leadscore_phone_normalize) {
  const auto number = pg::phone_argument(fcinfo);
  return pg::text_or_null(fcinfo, number ? number->e164() : std::string_view());
}

LEADSCORE_FUNCTION(leadscore_phone_kind) {
  const auto number = pg::phone_argument(fcinfo);
  return pg::text_or_null(fcinfo, number ? contact::name_of(number->kind) : std::string_view());
}

LEADSCORE_FUNCTION(leadscore_phone_region) {
  const auto number = pg::phone_argument(fcinfo);
  return pg::text_or_null(fcinfo, number ? number->region.iso_code() : std::string_view());
}

LEADSCORE_FUNCTION(leadscore_translit) { return pg::transform(fcinfo, contact::translit, pg::Nothing::is_empty); }

LEADSCORE_FUNCTION(leadscore_name_normalize) {
  return pg::transform(fcinfo, contact::name_normalize, pg::Nothing::is_null);
}

LEADSCORE_FUNCTION(leadscore_name_key) { return pg::transform(fcinfo, contact::name_key, pg::Nothing::is_null); }

LEADSCORE_FUNCTION(leadscore_company_normalize) {
  return pg::transform(fcinfo, contact::company_normalize, pg::Nothing::is_null);
}
