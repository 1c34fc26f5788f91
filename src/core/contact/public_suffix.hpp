// Where in a domain the part ends that somebody registered: https://publicsuffix.org/list/, frozen at a version.
#pragma once

#include <cstdint>
#include <string_view>

namespace leadscore::contact {

/// Which rules count: `icann` are the suffixes of registries (com, co.uk, xn--p1ai), `all` also those of companies that
/// give names below their own to strangers (github.io, blogspot.com).
enum class SuffixSection : std::uint8_t { icann, all };

/// The longest public suffix that the domain ends with, by the list's algorithm: wildcards and exceptions count, and a
/// last label that no rule names is a suffix (rule `*`). The parent of a wildcard (kobe.jp of *.kobe.jp) is a suffix
/// itself, as libpsl has it. Empty for an empty domain.
///
/// The domain must be ASCII and in small letters, IDN labels as xn--; what is not matches no rule but the last one. It
/// may be of any size; only its last labels are looked at. An address such as 1.2.3.4 is not recognised.
std::string_view public_suffix(std::string_view domain, SuffixSection section = SuffixSection::all) noexcept;

/// The public suffix and the label before it: `shop.example.co.uk` gives `example.co.uk`. Empty if the domain is itself
/// a public suffix, or if that label is empty.
std::string_view registrable_domain(std::string_view domain, SuffixSection section = SuffixSection::all) noexcept;

}  // namespace leadscore::contact
