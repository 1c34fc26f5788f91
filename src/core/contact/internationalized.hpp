// The parts of an e-mail address that are not ASCII: the only place where ICU is used for addresses.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace leadscore::contact {

/// Writes a domain in its ASCII form by UTS #46, not transitional (ß stays), with the rules of STD3, bidirectional text
/// and joiners, and returns its size; 0 if it has none or it does not fit. Hyphens in a label's third and fourth place
/// are let through, as in ASCII domains.
///
/// UTF-8; what is not is refused. Opens ICU's tables at the first call (0.2 ms, 1.2 MB); throws std::bad_alloc if it
/// cannot.
std::size_t domain_to_ascii(std::string_view domain, std::span<char> ascii);

/// Writes the content of a local part case folded (simple folding) and in normal form C, and returns its size; 0 if it
/// has no visible characters only (controls, spaces, invisible marks, unassigned or private code points) or does not
/// fit.
///
/// UTF-8; what is not is refused. Folding twice is folding once. Throws std::bad_alloc if ICU has no tables.
std::size_t fold_local_part(std::string_view content, std::span<char> folded);

}  // namespace leadscore::contact
