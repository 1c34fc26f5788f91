// Text arguments and results of functions whose core knows UTF-8, in a database of any encoding.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// True if the database's texts are UTF-8, or bytes that are taken for it (SQL_ASCII).
bool is_utf8_database();

/// A text argument as UTF-8, at most `limit` bytes of it and not cut within a character: what lies beyond is not even
/// fetched. It lasts as long as the current memory context. In a database of encoding SQL_ASCII the bytes are taken as
/// they are.
std::string_view utf8_argument(FunctionCallInfo fcinfo, int argument, std::size_t limit);
/// The same of a text that is no argument.
std::string_view utf8_text(Datum text, std::size_t limit);

/// UTF-8 as a text in the database's encoding. Raises 22P05 (untranslatable_character) if it has no such character.
Datum utf8_result(std::string_view text);

}  // namespace leadscore::pg
