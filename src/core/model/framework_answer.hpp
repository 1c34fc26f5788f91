// Reads an answer to an element of a framework, however people write it.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/model/framework.hpp"

namespace leadscore::model {

/// A longer text is no answer, in bytes of UTF-8.
inline constexpr std::size_t kLongestAnswer = 64;

/// A number between 0 and 1; nothing for any other, NaN included.
[[nodiscard]] FrameworkAnswer answer_of_number(double number) noexcept;

/// What a text in UTF-8 answers: yes and no in English and Russian, as SQL writes them (true, t, on) too, and numbers
/// between 0 and 1 with a point or a comma. Case and blanks around it do not matter. Any other text is unknown.
[[nodiscard]] FrameworkAnswer answer_of_text(std::string_view text) noexcept;

}  // namespace leadscore::model
