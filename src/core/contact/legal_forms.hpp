// Finds the legal forms of companies at the ends of a list of words.
#pragma once

#include <cstddef>
#include <span>

#include "core/contact/words.hpp"

namespace leadscore::contact {

/// How many words at the start of the list, or at its end, are the longest legal form there; 0 for none.
/// Source: data/legal_forms.txt. O(words of the longest form).
std::size_t legal_form_at_front(const Words& words, std::span<const Word> list) noexcept;
std::size_t legal_form_at_end(const Words& words, std::span<const Word> list) noexcept;

}  // namespace leadscore::contact
