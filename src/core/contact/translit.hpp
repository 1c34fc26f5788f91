// Names in plain Latin letters.
#pragma once

#include <memory_resource>
#include <string>
#include <string_view>

#include "core/stop_token.hpp"

namespace leadscore::contact {

/// Appends the text with every letter in plain Latin ones (a to z): Cyrillic as in passports (ICAO Doc 9303: zh, kh,
/// ts, ch, shch, e for ё and э, nothing for ь) but й = y, ю = yu, я = ya and ъ = nothing, as people spell their names;
/// Greek letter by letter; Latin without its diacritics (ü = u, ß = ss, ł = l); other scripts by ICU's rules
/// "Any-Latin; Latin-ASCII". The case stays: Щукин Shchukin, ЩУКИН SHCHUKIN. Everything that is not a letter stays,
/// but marks on letters go. Bytes that are not UTF-8 become U+FFFD.
/// Linear; allocates nothing but `out` unless other scripts occur; polls `stop`. The first other script in a process
/// costs about 20 ms and 4.5 MB, and its result may change with the version of ICU.
void translit(std::string_view text, std::pmr::string& out, StopToken& stop);

}  // namespace leadscore::contact
