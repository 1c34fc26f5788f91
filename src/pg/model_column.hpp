// Columns of a lead as the core sees them: how a datum becomes a number in an order, or bytes of text.
#pragma once

#include <limits>

#include "core/model/condition.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// How a column's datum becomes a model::Value. Numbers of different types are compared in the type that PostgreSQL
/// would cast them to, so a column may be read in several ways.
enum class ColumnReader : std::uint8_t {
  presence,  // whether it is NULL, and nothing else
  boolean,
  int16,
  int32,
  int64,
  enumeration,  // for equality alone
  float32,
  float64,
  numeric,
  int16_as_float,
  int32_as_float,
  int64_as_float,
  int16_as_numeric,
  int32_as_numeric,
  int64_as_numeric,
  text,
};

/// True if the datum holds the value itself, so that it costs nothing to read it again.
constexpr bool is_by_value(ColumnReader reader) {
  return reader != ColumnReader::text && reader != ColumnReader::numeric;
}

/// Nothing where a value of the type is not read natively.
std::optional<ColumnReader> reader_of(Oid type);
/// The reader of a column to which a cast of pg_catalog is applied; nothing where the cast is another.
std::optional<ColumnReader> reader_of_cast(Oid function);

/// A numeric as a number in its order, of which only such constants can be told exactly as have at most four decimals
/// and lie below 10^12; others are rounded into the gap between two of these.
std::int64_t numeric_key(Datum numeric);
/// True if every numeric compares with this one as numeric_key() of both do.
bool has_exact_numeric_key(Datum numeric);

inline constexpr std::int64_t kNumericBase = 10000;
/// The key of what is finite and not below 10^12.
inline constexpr std::int64_t kNumericBeyondKey = std::numeric_limits<std::int64_t>::max() - 2;

inline std::int64_t integer_as_numeric(std::int64_t value) {
  constexpr std::int64_t kLimit = kNumericBase * kNumericBase * kNumericBase;
  if (value >= kLimit || value <= -kLimit) {
    return value > 0 ? kNumericBeyondKey : -kNumericBeyondKey;
  }
  return 2 * kNumericBase * value;
}

/// The value of a datum, other than text, that is not NULL.
inline std::int64_t read_integer(ColumnReader reader, Datum datum) {
  switch (reader) {
    case ColumnReader::boolean:
      return DatumGetBool(datum) ? 1 : 0;
    case ColumnReader::int16:
      return DatumGetInt16(datum);
    case ColumnReader::int32:
      return DatumGetInt32(datum);
    case ColumnReader::int64:
      return DatumGetInt64(datum);
    case ColumnReader::enumeration:
      return DatumGetObjectId(datum);
    case ColumnReader::float32:
      return model::ordered_key(DatumGetFloat4(datum));
    case ColumnReader::float64:
      return model::ordered_key(DatumGetFloat8(datum));
    case ColumnReader::numeric:
      return numeric_key(datum);
    case ColumnReader::int16_as_float:
      return model::ordered_key(DatumGetInt16(datum));
    case ColumnReader::int32_as_float:
      return model::ordered_key(DatumGetInt32(datum));
    case ColumnReader::int64_as_float:
      return model::ordered_key(static_cast<double>(DatumGetInt64(datum)));
    case ColumnReader::int16_as_numeric:
      return integer_as_numeric(DatumGetInt16(datum));
    case ColumnReader::int32_as_numeric:
      return integer_as_numeric(DatumGetInt32(datum));
    case ColumnReader::int64_as_numeric:
      return integer_as_numeric(DatumGetInt64(datum));
    case ColumnReader::presence:
    case ColumnReader::text:
      break;
  }
  return 0;
}

/// The value of a datum that is not NULL. Text that is compressed or stored elsewhere is fetched into the current
/// memory context.
model::Value read_value(ColumnReader reader, Datum datum);

/// One way in which conditions read a column.
struct NativeColumn {
  AttrNumber attribute;
  ColumnReader reader;
  int input;  // position of the column among those that the model reads; judged_input() where it is none of the lead's
};

/// The input of a native column that is a judged value, by its position, and the position again.
constexpr int judged_input(int position_or_input) { return -1 - position_or_input; }

/// The columns that native conditions read, numbered as the conditions name them.
struct NativeColumns {
  int count;
  int capacity;
  NativeColumn* items;  // stay in the memory context in which make_native_columns() was called
};

NativeColumns make_native_columns();

}  // namespace leadscore::pg
