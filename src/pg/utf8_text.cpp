#include "pg/utf8_text.hpp"

#include "pg/stored_text.hpp"

namespace leadscore::pg {

namespace {

// The longest prefix of at most `limit` bytes that ends at a character.
std::size_t clipped(const char* data, std::size_t size, std::size_t limit) {
  if (size <= limit) {
    return size;
  }
  return static_cast<std::size_t>(pg_mbcliplen(data, static_cast<int>(size), static_cast<int>(limit)));
}

}  // namespace

bool is_utf8_database() {
  const int encoding = GetDatabaseEncoding();
  return encoding == PG_UTF8 || encoding == PG_SQL_ASCII;
}

std::string_view utf8_argument(FunctionCallInfo fcinfo, int argument, std::size_t limit) {
  return utf8_text(PG_GETARG_DATUM(argument), limit);
}

std::string_view utf8_text(Datum text, std::size_t limit) {
  // A little more than the limit is fetched, so that a character at it is whole or known to be cut.
  constexpr std::size_t kLongestCharacter = 4;
  auto* const given = reinterpret_cast<varlena*>(DatumGetPointer(text));
  const bool is_plain = is_in_place(given);
  const std::size_t size_of_all = is_plain ? 0 : text_size(text);
  const bool is_longer = size_of_all > limit && size_of_all - limit > kLongestCharacter;
  const varlena* const packed = is_plain ? given
                                : is_longer
                                    ? pg_detoast_datum_slice(given, 0, static_cast<int32>(limit + kLongestCharacter))
                                    : pg_detoast_datum_packed(given);
  const char* const data = VARDATA_ANY(packed);
  const std::size_t size = clipped(data, VARSIZE_ANY_EXHDR(packed), limit);
  if (is_utf8_database()) {
    return {data, size};
  }
  const char* const converted = pg_server_to_any(data, static_cast<int>(size), PG_UTF8);
  const std::size_t converted_size = converted == data ? size : strlen(converted);
  return {converted, converted_size < limit ? converted_size : limit};
}

Datum utf8_result(std::string_view text) {
  const int size = static_cast<int>(text.size());
  if (is_utf8_database()) {
    return PointerGetDatum(cstring_to_text_with_len(text.data(), size));
  }
  const char* const converted = pg_any_to_server(text.data(), size, PG_UTF8);
  return PointerGetDatum(converted == text.data() ? cstring_to_text_with_len(converted, size)
                                                  : cstring_to_text(converted));
}

}  // namespace leadscore::pg
