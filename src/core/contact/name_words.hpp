// The words of a person's name without titles, in letters that can be spelled.
#pragma once

#include <memory_resource>
#include <string_view>

#include "core/contact/words.hpp"
#include "core/stop_token.hpp"

namespace leadscore::contact {

/// Reads a name: its words, folded, without the titles beside them (titles alone stay).
void read_name_words(std::string_view name, Words& words, StopToken& stop);

/// The same, and letters of scripts other than Latin, Greek and Cyrillic are spelled in Latin ones (by ICU).
void read_spelled_name_words(std::string_view name, Words& words, std::pmr::memory_resource* memory, StopToken& stop);

/// Whether a word looks like a father's name: -ович and -овна in any spelling, and Kazakh -улы and -кызы. Not -owicz
/// and -ović, which end surnames. Takes the word and its skeleton (see SkeletonWriter).
bool is_patronymic(std::string_view skeleton, std::string_view word) noexcept;

/// Whether a word is a generation, as Jr and III: part of a name, but not of how it sounds.
bool is_generation(std::string_view word) noexcept;

}  // namespace leadscore::contact
