// The SQL functions that score the answers to a qualification framework.
#include <algorithm>

#include "core/model/framework_answer.hpp"
#include "pg/framework_cache.hpp"
#include "pg/guard.hpp"
#include "pg/utf8_text.hpp"

namespace leadscore::pg {

namespace {

enum class FrameworkForm { stored, document };

// Reads a text as an answer. What the database's encoding cannot say in UTF-8 is none.
model::FrameworkAnswer read_text(const char* text, int size) {
  constexpr int kBuffer = 4 * static_cast<int>(model::kLongestAnswer) + 1;
  if (size > kBuffer - 1) {
    return std::nullopt;
  }
  const bool is_ascii =
      std::all_of(text, text + size, [](char c) { return (static_cast<unsigned char>(c) & 0x80) == 0; });
  if (is_ascii || is_utf8_database()) {
    return model::answer_of_text({text, static_cast<std::size_t>(size)});
  }
  const int encoding = GetDatabaseEncoding();
  const Oid conversion = FindDefaultConversionProc(encoding, PG_UTF8);
  if (!OidIsValid(conversion)) {
    return std::nullopt;
  }
  unsigned char source[kBuffer];
  unsigned char converted[kBuffer * MAX_CONVERSION_GROWTH];
  memcpy(source, text, static_cast<Size>(size));
  const int read =
      pg_do_encoding_conversion_buf(conversion, encoding, PG_UTF8, source, size, converted, sizeof(converted), true);
  return read == size ? model::answer_of_text(reinterpret_cast<char*>(converted)) : std::nullopt;
}

model::FrameworkAnswer read_plain_answer(const JsonbValue& value) {
  switch (value.type) {
    case jbvBool:
      return value.val.boolean ? 1.0 : 0.0;
    case jbvNumeric:
      return model::answer_of_number(
          DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value.val.numeric))));
    case jbvString:
      return read_text(value.val.string.val, value.val.string.len);
    default:
      return std::nullopt;
  }
}

// An answer may stand in an object, beside who gave it and when.
model::FrameworkAnswer read_answer(const JsonbValue& value) {
  static constexpr std::string_view kKey = "answer";
  if (value.type != jbvBinary || !JsonContainerIsObject(value.val.binary.data)) {
    return read_plain_answer(value);
  }
  JsonbValue inner;
  if (getKeyJsonValueFromContainer(value.val.binary.data, kKey.data(), static_cast<int>(kKey.size()), &inner) ==
      nullptr) {
    return std::nullopt;
  }
  return read_plain_answer(inner);
}

std::span<const model::FrameworkAnswer> read_answers(const CompiledFramework* compiled, Jsonb* answers) {
  const FrameworkDocument* const document = compiled->document;
  for (int i = 0; i < document->count; ++i) {
    const DocumentElement& element = document->elements[i];
    JsonbValue value;
    const bool is_given =
        getKeyJsonValueFromContainer(&answers->root, element.name, element.name_size, &value) != nullptr;
    compiled->answers[i] = is_given ? read_answer(value) : std::nullopt;
  }
  return {compiled->answers, static_cast<std::size_t>(document->count)};
}

// A row of type leadscore.framework_result as it is filled, column by column.
struct ResultRow {
  static constexpr int kColumns = 11;
  Datum values[kColumns];
  bool nulls[kColumns];
  int count;

  void add(Datum value) {
    values[count] = value;
    nulls[count++] = false;
  }
  void add_null() {
    values[count] = Datum{0};
    nulls[count++] = true;
  }
  void add(std::optional<double> number) { number ? add(Float8GetDatum(*number)) : add_null(); }
  void add_text(Datum text) { text != Datum{0} ? add(text) : add_null(); }
};

Datum make_result(FunctionCallInfo fcinfo, const CompiledFramework* compiled,
                  std::span<const model::FrameworkAnswer> answers) {
  const FrameworkDocument* const document = compiled->document;
  const model::FrameworkScore score = compiled->framework->score(answers);
  auto* const missing = static_cast<Datum*>(palloc(sizeof(Datum) * (answers.size() + 1)));
  int missing_count = 0;
  const DocumentElement* next = nullptr;
  for (const std::size_t i : compiled->framework->by_weight()) {
    if (!answers[i]) {
      next = next == nullptr ? &document->elements[i] : next;
      missing[missing_count++] = document->elements[i].name_text;
    }
  }
  ResultRow row{};
  row.add_text(document->name);
  row.add(score.score);
  row.add(score.completeness);
  row.add(Int32GetDatum(static_cast<int32>(score.answered)));
  row.add(Int32GetDatum(document->count));
  row.add(score.score_if_no);
  row.add(score.score_if_yes);
  row.add_text(next == nullptr ? Datum{0} : next->name_text);
  row.add_text(next == nullptr ? Datum{0} : next->question);
  row.add_text(next == nullptr ? Datum{0} : next->question_ru);
  row.add(PointerGetDatum(construct_array(missing, missing_count, TEXTOID, -1, false, TYPALIGN_INT)));
  return HeapTupleGetDatum(heap_form_tuple(result_row_of(fcinfo), row.values, row.nulls));
}

Datum framework_score(FunctionCallInfo fcinfo, FrameworkForm form) {
  const DocumentReference reference = form == FrameworkForm::stored ? DocumentReference{PG_GETARG_TEXT_PP(0), nullptr}
                                                                    : DocumentReference{nullptr, PG_GETARG_JSONB_P(0)};
  const CompiledFramework* const compiled = find_framework(fcinfo->flinfo, reference);
  Jsonb* const answers = PG_GETARG_JSONB_P(1);
  if (!JB_ROOT_IS_OBJECT(answers)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("answers must be a JSON object"),
                    errhint("As in {\"budget\": true, \"timing\": 0.5}.")));
  }
  return make_result(fcinfo, compiled, read_answers(compiled, answers));
}

}  // namespace

}  // namespace leadscore::pg

using leadscore::pg::FrameworkForm;

LEADSCORE_FUNCTION(leadscore_framework_score) { return leadscore::pg::framework_score(fcinfo, FrameworkForm::stored); }
LEADSCORE_FUNCTION(leadscore_framework_score_document) {
  return leadscore::pg::framework_score(fcinfo, FrameworkForm::document);
}
