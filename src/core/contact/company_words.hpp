// The words of a company's name, its legal form included.
#pragma once

#include <string_view>

#include "core/contact/words.hpp"
#include "core/stop_token.hpp"

namespace leadscore::contact {

/// Reads a company's name: letters that are spelled apart become one word (three Cyrillic ones at least, two of other
/// scripts), and the word for "and" between two others becomes &.
void read_company_words(std::string_view company, Words& words, StopToken& stop);

}  // namespace leadscore::contact
