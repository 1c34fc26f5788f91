// Any bytes as what somebody entered for an e-mail address: it is refused, or every promise holds.
#include "core/contact/email.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/contact/email_kind.hpp"
#include "core/contact/public_suffix.hpp"
#include "fuzz_input.hpp"

namespace {

using namespace leadscore::contact;
using leadscore::fuzz::require;

void check_address(const EmailAddress& address) {
  const std::string_view domain = address.domain();
  require(address.text().size() <= 254 && domain.size() <= 253, "an address is short");
  require(!address.local_part().empty() && address.local_part().size() <= 64, "so is its local part");
  require(std::all_of(domain.begin(), domain.end(),
                      [](char byte) {
                        return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
                               byte == '.';
                      }),
          "a domain is ASCII in small letters");
  const std::optional<EmailAddress> again = parse_email(address.text());
  require(again && again->text() == address.text(), "reading twice is reading once");
  const std::string_view registered = email_domain(address);
  require(!registered.empty() && domain.ends_with(registered), "a domain ends with what was registered");
  require(kind_of_domain(domain) == email_kind(address.text()), "an address is of its domain's kind");
}

void check_domain(std::string_view domain) {
  const std::string_view suffix = public_suffix(domain);
  const std::string_view registrable = registrable_domain(domain);
  require(domain.ends_with(suffix) && domain.ends_with(registrable), "suffixes end a domain");
  require(registrable.empty() || registrable.size() > suffix.size() + 1, "a registrable domain has a label more");
  require(
      public_suffix(domain, SuffixSection::icann).size() <= suffix.size() || !registrable.empty() || !suffix.empty(),
      "more rules give no shorter suffix");
  const std::optional<EmailKind> listed = listed_kind(domain);
  const EmailKind kind = kind_of_domain(domain);
  require(!listed || *listed == kind, "what is listed decides");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::optional<EmailAddress> address = parse_email(text);
  if (address) {
    check_address(*address);
    const EmailAddress mailbox = normalize(*address);
    check_address(mailbox);
    require(normalize(mailbox).text() == mailbox.text(), "normalising twice is normalising once");
  } else {
    require(email_kind(text) == EmailKind::invalid, "what is no address has no kind");
  }
  check_domain(text);
  (void)is_role(text);
  (void)mixes_scripts(text);
  return 0;
}
