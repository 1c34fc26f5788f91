// Texts as they are stored in a row: in place, compressed, or elsewhere.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// True if the bytes of a text can be read where it is. Do not ask VARATT_IS_SHORT: a pointer to a text that is stored
/// elsewhere passes for a short text too.
inline bool is_in_place(const varlena* text) { return !VARATT_IS_EXTERNAL(text) && !VARATT_IS_COMPRESSED(text); }

/// The bytes of a text that is in place, as PG_GETARG_TEXT_PP() gives it.
inline std::string_view view_of(const text* value) { return {VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)}; }

/// The size of a text in bytes, without fetching it.
inline std::size_t text_size(Datum text) { return toast_raw_datum_size(text) - VARHDRSZ; }

}  // namespace leadscore::pg
