// Rows of a composite type as results.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// A column of such a row.
struct Column {
  Datum value = 0;
  bool is_null = true;
};

inline Column column(double number) { return {Float8GetDatum(number), false}; }
inline Column column(const std::optional<double>& number) { return number ? column(*number) : Column{}; }
inline Column column(std::uint64_t count) { return {Int64GetDatum(static_cast<int64>(count)), false}; }
inline Column column(const std::optional<std::uint64_t>& count) { return count ? column(*count) : Column{}; }
inline Column column(std::int32_t number) { return {Int32GetDatum(number), false}; }
inline Column column(bool holds) { return {BoolGetDatum(holds), false}; }
/// NULL for nullptr.
inline Column column(const char* text) { return text == nullptr ? Column{} : Column{CStringGetTextDatum(text), false}; }

inline Column column(std::string_view text) {
  return {PointerGetDatum(cstring_to_text_with_len(text.data(), static_cast<int>(text.size()))), false};
}

/// Columns as PostgreSQL's functions take them.
template <std::size_t Count>
void take_apart(const Column (&columns)[Count], Datum (&values)[Count], bool (&nulls)[Count]) {
  for (std::size_t i = 0; i < Count; ++i) {
    values[i] = columns[i].value;
    nulls[i] = columns[i].is_null;
  }
}

/// A row whose type is `row`.
template <std::size_t Count>
Datum make_row(TupleDesc row, const Column (&columns)[Count]) {
  if (row->natts != static_cast<int>(Count)) {
    elog(ERROR, "a row of %d columns was expected, not of %d", row->natts, static_cast<int>(Count));
  }
  Datum values[Count];
  bool nulls[Count];
  take_apart(columns, values, nulls);
  return HeapTupleGetDatum(heap_form_tuple(row, values, nulls));
}

/// Adds a row to the set that the function returns, after InitMaterializedSRF().
template <std::size_t Count>
void put_row(FunctionCallInfo fcinfo, const Column (&columns)[Count]) {
  const auto* result = reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo);
  Datum values[Count];
  bool nulls[Count];
  take_apart(columns, values, nulls);
  tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/// Raises 42804 (datatype_mismatch) unless an argument is of a row type: the bytes of anything else must not be read as
/// a row. The hint says how to pass one.
inline void check_is_row(FmgrInfo* flinfo, int argument, const char* hint) {
  const Oid type = get_fn_expr_argtype(flinfo, argument);
  if (!OidIsValid(type) || !type_is_rowtype(type)) {
    ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                    errmsg("the lead must be a row, not %s",
                           OidIsValid(type) ? format_type_be(type) : "a value of unknown type"),
                    errhint("%s", hint)));
  }
}

/// The type of the row that the function returns.
inline TupleDesc result_row(FunctionCallInfo fcinfo) {
  TupleDesc row = nullptr;
  if (get_call_result_type(fcinfo, nullptr, &row) != TYPEFUNC_COMPOSITE) {
    elog(ERROR, "function %u must return a row", fcinfo->flinfo->fn_oid);
  }
  return BlessTupleDesc(row);
}

/// The function's result: an array of `count` rows, each made by make(row, index).
template <class Make>
Datum make_row_array(FunctionCallInfo fcinfo, std::size_t count, Make make) {
  const Oid element = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));
  TupleDesc const row = lookup_rowtype_tupdesc(element, -1);
  auto* const rows = static_cast<Datum*>(palloc(sizeof(Datum) * (count + 1)));
  for (std::size_t i = 0; i < count; ++i) {
    rows[i] = make(row, i);
  }
  ReleaseTupleDesc(row);
  return PointerGetDatum(construct_array(rows, static_cast<int>(count), element, -1, false, TYPALIGN_DOUBLE));
}

}  // namespace leadscore::pg
