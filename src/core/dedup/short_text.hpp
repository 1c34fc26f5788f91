// Similarities of short texts of one byte per letter: without memory, without asking to stop.
#pragma once

#include <cstddef>
#include <string_view>

namespace leadscore::dedup {

/// The longest text that these functions take, in letters.
inline constexpr std::size_t kMostShortLetters = 64;

// The same as jaro(), jaro_winkler(), levenshtein() and osa() of code points, for texts of at most kMostShortLetters
// each. What a byte stands for does not matter, as long as it is the same in both.

[[nodiscard]] double short_jaro(std::string_view a, std::string_view b) noexcept;

[[nodiscard]] double short_jaro_winkler(std::string_view a, std::string_view b) noexcept;

/// limit + 1 where it is greater than the limit, which makes it faster.
[[nodiscard]] std::size_t short_levenshtein(std::string_view a, std::string_view b, std::size_t limit) noexcept;

/// limit + 1 where it is greater than the limit, which makes it faster.
[[nodiscard]] std::size_t short_osa(std::string_view a, std::string_view b, std::size_t limit) noexcept;

}  // namespace leadscore::dedup
