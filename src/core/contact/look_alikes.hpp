// Latin letters in Cyrillic words and Cyrillic letters in Latin ones, which look as if they belonged there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace leadscore::contact {

/// What a word of both scripts is meant to be.
enum class MeantScript : std::uint8_t {
  latin,
  cyrillic,
  either,   // every letter has a twin in the other script, and there are as many of each
  neither,  // some letter of each script has none: the word is really mixed
};

/// The Cyrillic letter that looks like a folded Latin one, as a capital or not, 0 if there is none; and the reverse.
char32_t cyrillic_twin(char32_t latin) noexcept;
char32_t latin_twin(char32_t cyrillic) noexcept;

/// Judges a folded word by the letters that have no twin, or else by the number of letters of each script. O(size).
MeantScript meant_script(std::string_view word) noexcept;

/// Appends the folded word with every letter that has a twin in that script replaced by it.
void append_in_script(std::string_view word, bool cyrillic, std::pmr::string& out);

}  // namespace leadscore::contact
