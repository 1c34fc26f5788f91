// Whose short forms are Саша and Bob: a table of first names by their skeletons.
#pragma once

#include <string_view>

namespace leadscore::contact {

/// The skeleton of the full name that a word's skeleton is a form of; the skeleton itself if it is none.
/// Source: data/diminutives.txt. O(1).
std::string_view full_name_of(std::string_view skeleton) noexcept;

/// Whether a word's skeleton is that of a first name in the table, full or short.
bool is_first_name(std::string_view skeleton) noexcept;

}  // namespace leadscore::contact
