// Writes what was learned as SQL: the condition of a bin, numbers that read back exactly, literals.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <string>
#include <string_view>

#include "core/learn/binning.hpp"
#include "core/learn/encoding.hpp"
#include "core/learn/training_data.hpp"

namespace leadscore::learn {

/// How the values of a column are written in SQL.
enum class ValueStyle : std::uint8_t {
  number,   // numbers: 30, 'Infinity'::double precision
  text,     // texts: 'won'
  boolean,  // the texts true and false: the column itself, or NOT the column
};

/// A column as conditions name it: its quoted name, or another expression, in parentheses where it is not a name.
struct ColumnText {
  std::string_view expression;
  ValueStyle style = ValueStyle::number;
};

/// The shortest number that reads back as the same double: 0.1, 1e+22. Infinities and NaN as SQL writes them.
[[nodiscard]] std::pmr::string number_text(double number, std::pmr::memory_resource* memory);

/// A text as an SQL literal, as PostgreSQL's quote_literal() makes it.
[[nodiscard]] std::pmr::string literal_text(std::string_view text, std::pmr::memory_resource* memory);

/// The condition of a bin: `age >= 30 AND age < 45`, `age < 30`, `age IS NOT NULL` (the only range), `age IS NULL`,
/// `job = 'clerk'`, `job NOT IN ('clerk', 'nurse')` (the rare texts and those that come later).
[[nodiscard]] std::pmr::string condition_text(const TrainingData& data, const EncodedColumn& column, std::size_t bin,
                                              const ColumnText& text, std::pmr::memory_resource* memory);

}  // namespace leadscore::learn
