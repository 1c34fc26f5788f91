// The SQL functions that judge whether a person filled a form.
#include "core/contact/validity.hpp"
#include "pg/contact.hpp"
#include "pg/email_provider.hpp"
#include "pg/guard.hpp"
#include "pg/utf8_text.hpp"

namespace leadscore::pg {

namespace {

// Arguments: name, email, phone, region.
constexpr int kName = 0;
constexpr int kEmail = 1;
constexpr int kPhone = 2;
constexpr int kRegion = 3;

std::optional<std::string_view> field(FunctionCallInfo fcinfo, int argument) {
  // A character more than is looked at, so that a longer text is seen to be one.
  return PG_ARGISNULL(argument) ? std::nullopt : std::optional(utf8_argument(fcinfo, argument, contact::kLookedAt + 4));
}

contact::ContactFields fields_of(FunctionCallInfo fcinfo) {
  contact::ContactFields fields{};
  fields.name = field(fcinfo, kName);
  fields.email = field(fcinfo, kEmail);
  fields.phone = field(fcinfo, kPhone);
  if (fields.email) {
    const std::optional<contact::EmailAddress> address = parse_email_argument(fcinfo, kEmail);
    fields.email_kind =
        address ? kind_of_domain(find_email_providers(fcinfo->flinfo), address->domain()) : contact::EmailKind::invalid;
    fields.email_is_role = address && contact::is_role(contact::normalize(*address).local_part());
  }
  if (!PG_ARGISNULL(kRegion)) {
    const contact::Region region = region_argument(fcinfo, kRegion);
    if (fields.phone) {
      fields.phone_is_valid = parse_phone_argument(fcinfo, kPhone, region).has_value();
    }
  }
  return fields;
}

Datum text_of(std::string_view name) {
  return PointerGetDatum(cstring_to_text_with_len(name.data(), static_cast<int>(name.size())));
}

}  // namespace

}  // namespace leadscore::pg

namespace contact = leadscore::contact;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_contact_validity) {
  const std::optional<double> validity = contact::contact_validity(pg::fields_of(fcinfo));
  if (!validity) {
    PG_RETURN_NULL();
  }
  PG_RETURN_FLOAT8(*validity);
}

LEADSCORE_FUNCTION(leadscore_contact_signals) {
  const contact::ContactFields fields = pg::fields_of(fcinfo);
  if (!contact::has_contact(fields)) {
    PG_RETURN_NULL();
  }
  Datum names[contact::kSignals];
  int count = 0;
  for (const contact::Signal signal : contact::contact_signals(fields)) {
    names[count++] = pg::text_of(contact::name_of(signal));
  }
  return PointerGetDatum(construct_array(names, count, TEXTOID, -1, false, TYPALIGN_INT));
}

LEADSCORE_FUNCTION(leadscore_contact_signal_weights) {
  InitMaterializedSRF(fcinfo, 0);
  const auto* result = reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo);
  for (std::size_t i = 0; i < contact::kSignals; ++i) {
    const auto signal = static_cast<contact::Signal>(i);
    Datum values[] = {pg::text_of(contact::name_of(signal)), Float8GetDatum(contact::weight_of(signal)),
                      pg::text_of(contact::reason_of(signal))};
    bool nulls[] = {false, false, false};
    tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
  }
  return Datum{0};
}
