// Any bytes as a contact: its signals are the same twice, do not depend on what is not looked at, and only lower.
#include "core/contact/validity.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/contact/gibberish.hpp"
#include "core/contact/keyboard.hpp"
#include "fuzz_input.hpp"

namespace {

using namespace leadscore::contact;
using leadscore::fuzz::require;

}  // namespace

// A byte of facts, then name, e-mail and phone, separated by line feeds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const unsigned facts = size > 0 ? data[0] : 0;
  // On the heap each, so that a byte read beyond an end is found.
  std::vector<std::string> parts(1);
  for (std::size_t i = 1; i < size; ++i) {
    if (data[i] == '\n' && parts.size() < 3) {
      parts.emplace_back();
    } else {
      parts.back() += static_cast<char>(data[i]);
    }
  }
  for (std::string& part : parts) {
    part.shrink_to_fit();
  }
  ContactFields fields;
  fields.name = parts[0];
  if (parts.size() > 1) {
    fields.email = parts[1];
  }
  if (parts.size() > 2) {
    fields.phone = parts[2];
  }
  if ((facts & 7U) < 5) {
    fields.email_kind = static_cast<EmailKind>(facts & 7U);
  }
  fields.email_is_role = (facts & 8U) != 0;
  if ((facts & 16U) != 0) {
    fields.phone_is_valid = (facts & 32U) != 0;
  }

  const Signals signals = contact_signals(fields);
  require(signals == contact_signals(fields), "the same twice");
  const auto validity = contact_validity(fields);
  require(validity.has_value() == has_contact(fields), "nothing given, nothing known");
  require(has_contact(fields) || signals.empty(), "no signals of nothing");
  const double bare = contact_validity(Signals());
  if (validity) {
    require(*validity > 0 && *validity < 1 && *validity <= bare, "between 0 and 1, and lowered");
    require((*validity == bare) == signals.empty(), "each signal lowers");
  }
  Signals added;
  double before = bare;
  for (const Signal signal : signals) {
    require(!added.contains(signal), "each signal once");
    added.add(signal);
    require(contact_validity(added) < before, "monotone");
    before = contact_validity(added);
  }
  require(added == signals && added.size() == signals.size(), "all signals told");

  // What is given alone shows no more than together, but for what compares fields.
  ContactFields name_only;
  name_only.name = fields.name;
  for (const Signal signal : contact_signals(name_only)) {
    require(signals.contains(signal), "a name's signals stay beside other fields");
  }
  const std::string longer = parts[0].substr(0, kLookedAt) + std::string(kLookedAt + 1, 'x') + "1";
  const std::string other = parts[0].substr(0, kLookedAt) + std::string(kLookedAt + 1, 'x') + "2";
  if (parts[0].size() >= kLookedAt && parts[0].find_first_not_of(" \t\n\v\f\r") == 0) {
    name_only.name = longer;
    const Signals first = contact_signals(name_only);
    name_only.name = other;
    require(first == contact_signals(name_only), "what is not looked at does not count");
  }
  std::u16string letters;
  for (std::size_t i = 0; i + 1 < size; i += 2) {
    letters += static_cast<char16_t>(data[i] | data[i + 1] << 8U);
  }
  const auto strange = strangeness(letters);
  require(!strange || (*strange >= 0 && *strange < 10), "strangeness is finite");
  (void)is_keyboard_walk(letters);
  for (const char16_t letter : letters) {
    const char16_t switched = other_layout(letter);
    require(switched == 0 || other_layout(switched) == letter, "layouts are each other's inverse");
  }
  return 0;
}
