// E-mail addresses: which are ones, which mailbox they reach, whose domain it is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace leadscore::contact {

/// An address, in ASCII but for an internationalised local part. Its parts point into it.
class EmailAddress {
 public:
  /// local_part@domain, at most 254 bytes.
  [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), size_}; }
  /// In small letters; quoted if it cannot stand without quotation marks. At most 64 bytes.
  [[nodiscard]] std::string_view local_part() const noexcept { return text().substr(0, at_); }
  /// At least two labels, in small letters, internationalised ones as xn--.
  [[nodiscard]] std::string_view domain() const noexcept { return text().substr(at_ + 1U); }

  /// Puts an address together from its parts as they stand in it; nothing if one is empty or they are too long. Whether
  /// they may stand in an address is the caller's affair.
  static std::optional<EmailAddress> assemble(std::string_view local_part, std::string_view domain) noexcept;

 private:
  struct Unset {};

  static constexpr std::size_t kLongest = 254;

  bool read_plain(std::string_view text) noexcept;
  bool assign(std::string_view local_part, std::string_view domain) noexcept;
  void normalize_in_place() noexcept;
  friend std::optional<EmailAddress> normalize_email(std::string_view text);
  friend std::optional<EmailAddress> parse_email(std::string_view text);
  friend EmailAddress normalize(const EmailAddress& address) noexcept;

  std::array<char, kLongest> text_;  // unset behind the address
  std::uint8_t size_ = 0;
  std::uint8_t at_ = 0;

 public:
  explicit EmailAddress(Unset) noexcept {}  // NOLINT(*): for std::optional, with a type that only members can name
};

/// The longest text that is looked at, in bytes; a longer one is no address. An address with a name and in the widest
/// encoding is shorter.
inline constexpr std::size_t kLongestEmailText = 4096;

/// Reads what somebody entered as one address, or nothing if a mail server would refuse it. Rules: RFC 5321 §4.1.2 and
/// §4.5.3.1, RFC 6531, and for domains RFC 1123 §2.1 and UTS #46 (not transitional).
///
/// Around the address white space is skipped (any of Unicode, and invisible marks), `mailto:` with what follows a `?`,
/// and angle brackets with a name before them (`Ivan <ivan@mail.ru>`). Full-width forms (`＠`) are the ASCII they stand
/// for (RFC 8265 §3.3.1). Letters are made small, in the local part too: servers that tell them apart are not met.
///
/// Accepted: local parts of letters, digits, !#$%&'*+-/=?^_`{|}~ and single dots between them; any printable ASCII in
/// quotation marks, which are dropped where they are not needed; letters, marks, digits and symbols beyond ASCII, case
/// folded and in normal form C. Refused: more than 64 bytes before the @, labels of over 63 bytes, a domain of over 253
/// or a text of over 254 (in ASCII form); a domain of one label, an underscore or another character but letters, digits
/// and inner hyphens; a last label that is not of two or more letters (so also an IP address) or xn--; address literals
/// ([1.2.3.4]); comments and white space inside; invalid UTF-8 and zero bytes. Whether the domain exists is not asked.
///
/// ICU is used for an address that is not ASCII, and loads its data then. Throws std::bad_alloc only if it cannot.
std::optional<EmailAddress> parse_email(std::string_view text);

/// The mailbox that an address reaches, as one address: equal for all spellings that the provider takes for one.
///
/// Everywhere a tag from the first `+` on is cut. The rules of providers are data, email_providers.txt, with sources:
/// dots at Gmail, one mailbox for the domains of Yandex, and so on. The result identifies a mailbox; write to the
/// address that was entered. A part that would become empty stays.
EmailAddress normalize(const EmailAddress& address) noexcept;

/// parse_email, then normalize.
std::optional<EmailAddress> normalize_email(std::string_view text);

/// The part of an address' domain that somebody registered (public_suffix.hpp): `mail.example.co.uk` gives
/// `example.co.uk`. Names below the suffixes of companies (github.io) belong to different people, so those suffixes
/// count; an address at such a suffix itself belongs to the company. A domain that is a suffix of a registry stays as
/// it is. Never empty.
std::string_view email_domain(const EmailAddress& address) noexcept;

/// Whether the local part is a role's, as info@ or zakaz-msk@: every word (separated by . - _, digits at the end aside)
/// is in email_roles.txt, and one of them names a role. In small letters, as in an EmailAddress, best a normalised one.
bool is_role(std::string_view local_part) noexcept;

/// Whether letters that look alike may have been confused: a word of the local part or a label of the domain, as
/// entered, mixes Latin letters with Cyrillic or Greek ones. Such an address is read as it is written, for it may be
/// another mailbox. At most kLongestEmailText bytes; false for more.
bool mixes_scripts(std::string_view text) noexcept;

}  // namespace leadscore::contact
