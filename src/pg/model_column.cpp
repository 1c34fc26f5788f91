#include "pg/model_column.hpp"

#include <limits>

namespace leadscore::pg {

namespace {

using model::Value;

// ---------------------------------------------------------------------------------------------------------------
// numeric. Its layout on disk, which pg_upgrade keeps, is declared in no public header: the sign, the number of
// decimals and the weight of the first digit, then digits to the base of 10,000. So the reader is tried on known
// values before it is used.

constexpr std::uint16_t kSignMask = 0xC000;
constexpr std::uint16_t kNegative = 0x4000;
constexpr std::uint16_t kShort = 0x8000;
constexpr std::uint16_t kSpecial = 0xC000;
constexpr std::uint16_t kPositiveInfinity = 0xD000;
constexpr std::uint16_t kNegativeInfinity = 0xF000;
constexpr std::uint16_t kShortNegative = 0x2000;
constexpr std::uint16_t kShortWeightSign = 0x0040;
constexpr std::uint16_t kShortWeightMask = 0x003F;
constexpr std::int64_t kBase = kNumericBase;

constexpr std::int64_t kNaNKey = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kInfinityKey = kNaNKey - 1;
constexpr std::int64_t kBeyondKey = kNumericBeyondKey;
constexpr int kGreatestWeight = 2;  // below 10^12
static_assert(kBeyondKey < kInfinityKey && 2 * kBase * kBase * kBase * kBase < kBeyondKey);

struct NumericKey {
  std::int64_t key;
  bool is_exact;
};

std::uint16_t load_word(const char* bytes) {
  std::uint16_t word = 0;
  memcpy(&word, bytes, sizeof word);
  return word;
}

// Twice the number of ten-thousandths, rounded down, plus one if there is a remainder.
NumericKey key_of_digits(const char* digits, int count, int weight, bool is_negative) {
  while (count > 0 && load_word(digits) == 0) {  // none is stored, but nothing would forbid it
    digits += sizeof(std::uint16_t);
    --count;
    --weight;
  }
  if (count > 0 && weight > kGreatestWeight) {
    return {is_negative ? -kBeyondKey : kBeyondKey, false};
  }
  std::int64_t magnitude = 0;
  bool has_remainder = false;
  int place = weight;
  for (int i = 0; i < count; ++i, --place) {
    const std::int64_t digit = load_word(digits + sizeof(std::uint16_t) * static_cast<Size>(i));
    if (place >= -1) {
      magnitude = magnitude * kBase + digit;
    } else {
      has_remainder = has_remainder || digit != 0;
    }
  }
  for (; count > 0 && place >= -1; --place) {
    magnitude *= kBase;
  }
  const std::int64_t twice = 2 * magnitude;
  return {is_negative ? -twice - (has_remainder ? 1 : 0) : twice + (has_remainder ? 1 : 0), !has_remainder};
}

NumericKey read_numeric(Datum datum) {
  auto* const given = reinterpret_cast<struct varlena*>(DatumGetPointer(datum));
  struct varlena* const packed = pg_detoast_datum_packed(given);
  const char* const data = VARDATA_ANY(packed);
  const auto size = static_cast<int>(VARSIZE_ANY_EXHDR(packed));
  const std::uint16_t header = load_word(data);
  NumericKey key{kNaNKey, true};
  if ((header & kSignMask) == kSpecial) {
    if (header == kPositiveInfinity) {
      key.key = kInfinityKey;
    } else if (header == kNegativeInfinity) {
      key.key = -kInfinityKey;
    }
  } else if ((header & kSignMask) == kShort) {
    const int weight = (header & kShortWeightSign) != 0 ? static_cast<int>(header | ~kShortWeightMask)
                                                        : static_cast<int>(header & kShortWeightMask);
    key = key_of_digits(data + 2, (size - 2) / 2, weight, (header & kShortNegative) != 0);
  } else {
    const auto weight = static_cast<std::int16_t>(load_word(data + 2));
    key = key_of_digits(data + 4, (size - 4) / 2, weight, (header & kSignMask) == kNegative);
  }
  if (packed != given) {
    pfree(packed);
  }
  return key;
}

bool reads_numeric(const char* text, std::int64_t key, bool is_exact) {
  const Datum datum =
      DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
  const NumericKey read = read_numeric(datum);
  return read.key == key && read.is_exact == is_exact;
}

bool reads_all_numerics() {
  return reads_numeric("0", 0, true) && reads_numeric("0.00", 0, true) && reads_numeric("1", 20000, true) &&
         reads_numeric("-1", -20000, true) && reads_numeric("12345.6789", 246913578, true) &&
         reads_numeric("-12345.6789", -246913578, true) && reads_numeric("0.0001", 2, true) &&
         reads_numeric("0.00010", 2, true) && reads_numeric("0.00005", 1, false) &&
         reads_numeric("-0.00005", -1, false) && reads_numeric("1.00005", 20001, false) &&
         reads_numeric("-1.00005", -20001, false) && reads_numeric("1e-100", 1, false) &&
         reads_numeric("100000000", 2000000000000, true) && reads_numeric("999999999999", 19999999999980000, true) &&
         reads_numeric("1000000000000", kBeyondKey, false) && reads_numeric("-1e300", -kBeyondKey, false) &&
         reads_numeric("1e1000", kBeyondKey, false) && reads_numeric("Infinity", kInfinityKey, true) &&
         reads_numeric("-Infinity", -kInfinityKey, true) && reads_numeric("NaN", kNaNKey, true);
}

bool can_read_numeric() {
  static std::int8_t answer = -1;
  if (answer < 0) {
    answer = reads_all_numerics() ? 1 : 0;
  }
  return answer == 1;
}

}  // namespace

std::optional<ColumnReader> reader_of(Oid type) {
  switch (type) {
    case BOOLOID:
      return ColumnReader::boolean;
    case INT2OID:
      return ColumnReader::int16;
    case INT4OID:
    case DATEOID:
      return ColumnReader::int32;
    case INT8OID:
    case TIMESTAMPOID:
    case TIMESTAMPTZOID:
    case TIMEOID:
      return ColumnReader::int64;
    case FLOAT4OID:
      return ColumnReader::float32;
    case FLOAT8OID:
      return ColumnReader::float64;
    case NUMERICOID:
      return can_read_numeric() ? std::optional(ColumnReader::numeric) : std::nullopt;
    case TEXTOID:
    case VARCHAROID:
      return ColumnReader::text;
    default:
      break;
  }
  const Oid base = getBaseType(type);
  if (base != type) {
    return reader_of(base);
  }
  return get_typtype(type) == TYPTYPE_ENUM ? std::optional(ColumnReader::enumeration) : std::nullopt;
}

std::optional<ColumnReader> reader_of_cast(Oid function) {
  switch (function) {
    case F_INT4_INT2:
    case F_INT8_INT2:
      return ColumnReader::int16;
    case F_INT8_INT4:
      return ColumnReader::int32;
    case F_FLOAT8_INT2:
      return ColumnReader::int16_as_float;
    case F_FLOAT8_INT4:
      return ColumnReader::int32_as_float;
    case F_FLOAT8_INT8:
      return ColumnReader::int64_as_float;
    case F_FLOAT8_FLOAT4:
      return ColumnReader::float32;  // read as a double in any case
    case F_NUMERIC_INT2:
      return can_read_numeric() ? std::optional(ColumnReader::int16_as_numeric) : std::nullopt;
    case F_NUMERIC_INT4:
      return can_read_numeric() ? std::optional(ColumnReader::int32_as_numeric) : std::nullopt;
    case F_NUMERIC_INT8:
      return can_read_numeric() ? std::optional(ColumnReader::int64_as_numeric) : std::nullopt;
    default:
      return std::nullopt;
  }
}

std::int64_t numeric_key(Datum numeric) { return read_numeric(numeric).key; }

bool has_exact_numeric_key(Datum numeric) { return read_numeric(numeric).is_exact; }

Value read_value(ColumnReader reader, Datum datum) {
  if (reader == ColumnReader::text) {
    const text* const packed = DatumGetTextPP(datum);
    return Value::of(std::string_view(VARDATA_ANY(packed), VARSIZE_ANY_EXHDR(packed)));
  }
  return Value::of(read_integer(reader, datum));
}

NativeColumns make_native_columns() {
  constexpr int kCapacity = 16;
  return {0, kCapacity, static_cast<NativeColumn*>(palloc(sizeof(NativeColumn) * kCapacity))};
}

}  // namespace leadscore::pg
