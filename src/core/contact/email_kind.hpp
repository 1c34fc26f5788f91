// What kind of mailbox an address has: of a company, a free one, one to throw away, a school's.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace leadscore::contact {

/// The numbers are those of the generated table.
enum class EmailKind : std::uint8_t { disposable, free, education, corporate, invalid };

/// `disposable`, `free`, `education`, `corporate` or `invalid`.
std::string_view name_of(EmailKind kind) noexcept;

/// The kind of mailboxes at a domain (ASCII, small letters, as EmailAddress::domain gives it).
///
/// The nearest of the domain and its parents that is listed decides. Where published lists disagree, disposable goes
/// before free, and free before education; email_domains.txt corrects them. Education is also everything below a
/// school's suffix (.edu, .ac.uk, .edu.ru). `invalid` are names that RFC 2606 and RFC 6761 keep from use (example.com,
/// .test). What is not listed is `corporate`. A list means a domain's subdomains too, except where the domain is a
/// public suffix.
///
/// Membership is exact, no fingerprints. Takes any bytes: what has one label, capital letters or over 253 bytes is
/// `invalid`.
EmailKind kind_of_domain(std::string_view domain) noexcept;

/// The kind that the lists give this very domain; nothing if they do not name it. For lists of one's own that come
/// first: walk the parents with parent_domain and stop at the first that is known.
std::optional<EmailKind> listed_kind(std::string_view domain) noexcept;

/// What follows the first dot, empty if there is none.
std::string_view parent_domain(std::string_view domain) noexcept;

/// The kind of what somebody entered as an address: `invalid` if it is none (parse_email), else that of its domain.
EmailKind email_kind(std::string_view text);

}  // namespace leadscore::contact
