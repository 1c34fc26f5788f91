// The programs of a compiled model, conditions above all: made from expressions, and run for a lead.
#pragma once

#include "pg/model_compile.hpp"
#include "pg/stored_text.hpp"

namespace leadscore::pg {

template <class Item>
Item* allocate_zeroed(int count) {
  const Size size = sizeof(Item);  // NOLINT(bugprone-sizeof-expression): items may be pointers
  return static_cast<Item*>(palloc0(size * static_cast<Size>(count < 1 ? 1 : count)));
}

/// Analyses an expression and makes its program, in the current memory context; adds to the columns, types and judged
/// values that the model reads. Call between pin_settings() and unpin_settings().
ExpressionProgram compile_expression(const Expression& expression, CompiledModel* model, MemoryContext scratch);

/// Adds what a program needs.
void add_needs(const ExpressionProgram& program, EvaluationNeeds& needs);

/// Runs body where programs with these needs can be evaluated for a lead: its columns read, as_of and the model's time
/// zone set, errors told with their place, memory given back afterwards. Body leaves plain data behind.
using ProgramBody = void (*)(CompiledModel* model, void* argument);
void with_lead(CompiledModel* model, const EvaluationNeeds& needs, const NullableDatum* columns, TimestampTz as_of,
               ProgramBody body, void* argument);

/// Within with_lead(): the native columns of the lead, read when they are asked for.
class LeadColumns {
 public:
  explicit LeadColumns(const CompiledModel* model) : model_(model) {}

  model::Value operator[](std::size_t number) const {
    const NativeColumn& column = model_->native_columns.items[number];
    const NullableDatum& datum = datum_of(column);
    if (datum.isnull) {
      return {};
    }
    if (is_by_value(column.reader)) {
      return model::Value::of(read_integer(column.reader, datum.value));
    }
    const auto* const stored = reinterpret_cast<const text*>(DatumGetPointer(datum.value));
    if (column.reader == ColumnReader::text && is_in_place(stored)) {
      return model::Value::of(view_of(stored));
    }
    return fetch(number, column.reader, datum.value);
  }

  /// The bytes of a text column; nothing if it is NULL, or kept in such a way that it costs something to get at them.
  [[nodiscard]] std::optional<std::string_view> text_in_place(int number) const {
    const NullableDatum& datum = datum_of(model_->native_columns.items[number]);
    if (datum.isnull) {
      return std::nullopt;
    }
    const auto* const stored = reinterpret_cast<const text*>(DatumGetPointer(datum.value));
    return is_in_place(stored) ? std::optional(view_of(stored)) : std::nullopt;
  }

  /// An integer column; false if it is NULL, which it tells of any column.
  bool integer(std::uint32_t number, std::int64_t& value) const {
    const NativeColumn& column = model_->native_columns.items[number];
    const NullableDatum& datum = datum_of(column);
    if (datum.isnull) {
      return false;
    }
    value = column.reader == ColumnReader::numeric ? fetch(number, column.reader, datum.value).integer
                                                   : read_integer(column.reader, datum.value);
    return true;
  }

 private:
  [[nodiscard]] const NullableDatum& datum_of(const NativeColumn& column) const {
    return column.input >= 0 ? model_->lead[column.input] : model_->judged[judged_input(column.input)];
  }
  [[nodiscard]] model::Value fetch(std::size_t number, ColumnReader reader, Datum datum) const;

  const CompiledModel* model_;
};

/// Within with_lead(): a condition, and any expression.
model::Truth evaluate_condition(const CompiledModel* model, const ExpressionProgram& program);
Datum run_program(const CompiledModel* model, const ExpressionProgram& program, bool* is_null);

/// True if constants that depend on as_of are those of this time.
inline bool late_constants_are_for(const CompiledModel* model, TimestampTz as_of) {
  return model->late_is_set && model->late_as_of == as_of;
}

}  // namespace leadscore::pg
