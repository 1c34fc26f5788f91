// Letters of the world's other scripts, by ICU: the only file of the core that includes it.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>

#include "core/stop_token.hpp"

namespace leadscore::contact {

/// How many code points a character with its combining marks may fold to.
inline constexpr std::size_t kMaxFolded = 600;

/// Takes the first character of the text with the combining marks that follow it off it and writes what toNFKC_Casefold
/// makes of them; beyond 32 code points marks are dropped. Returns how many code points that is. What ICU refuses stays
/// as it is. The first call in a process opens ICU's tables: about 0.2 ms and 1 MB.
std::size_t fold_other_script(std::string_view& text, std::span<char32_t, kMaxFolded> folded);

/// Whether the character belongs to a word: letters, digits, and the marks of scripts that write vowels as marks.
bool is_word_character(char32_t code_point);

/// Appends the text in plain Latin letters, by ICU's rules "Any-Latin; Latin-ASCII". The first call in a process reads
/// the rules: about 20 ms and 4.5 MB. Not for two threads at once. Linear; polls `stop`.
void translit_other_scripts(std::string_view text, std::pmr::string& latin, StopToken& stop);

}  // namespace leadscore::contact
