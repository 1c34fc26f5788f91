#include "core/learn/criterion_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace leadscore::learn {

namespace {

void append_range(std::pmr::string& text, const ColumnBins& bins, std::size_t bin, std::string_view expression,
                  std::pmr::memory_resource* memory) {
  if (bin > 0) {
    text.append(expression).append(" >= ").append(number_text(bins.cuts[bin - 1], memory));
  }
  if (bin < bins.cuts.size()) {
    text.append(bin > 0 ? " AND " : "").append(expression).append(" < ").append(number_text(bins.cuts[bin], memory));
  }
  if (bins.cuts.empty()) {
    text.append(expression).append(" IS NOT NULL");
  }
}

void append_others(std::pmr::string& text, const TrainingData& data, std::size_t column, const ColumnBins& bins,
                   std::string_view expression, std::pmr::memory_resource* memory) {
  text.append(expression).append(bins.levels.empty() ? " IS NOT NULL" : " NOT IN (");
  std::string_view separator;
  for (const std::uint32_t code : bins.levels) {
    text.append(separator).append(literal_text(data.level(column, code), memory));
    separator = ", ";
  }
  text.append(bins.levels.empty() ? "" : ")");
}

}  // namespace

std::pmr::string number_text(double number, std::pmr::memory_resource* memory) {
  if (!std::isfinite(number)) {
    const char* name = std::isnan(number) ? "'NaN'" : number > 0 ? "'Infinity'" : "'-Infinity'";
    return std::pmr::string(name, memory).append("::double precision");
  }
  std::array<char, 64> digits{};
  // People read 100000 better than 1e+05.
  const bool is_usual = number == 0 || (std::fabs(number) >= 1e-6 && std::fabs(number) < 1e17);
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number + 0.0,
                                 is_usual ? std::chars_format::fixed : std::chars_format::scientific);
  return {digits.data(), static_cast<std::size_t>(end.ptr - digits.data()), memory};
}

std::pmr::string literal_text(std::string_view text, std::pmr::memory_resource* memory) {
  std::pmr::string literal(text.find('\\') == std::string_view::npos ? "'" : "E'", memory);
  for (const char c : text) {
    literal.append(c == '\'' || c == '\\' ? 2 : 1, c);
  }
  return literal.append("'");
}

std::pmr::string condition_text(const TrainingData& data, const EncodedColumn& column, std::size_t bin,
                                const ColumnText& text, std::pmr::memory_resource* memory) {
  const ColumnBins& bins = column.bins;
  std::pmr::string condition(memory);
  if (bin == bins.missing_bin) {
    condition.append(text.expression).append(" IS NULL");
  } else if (bins.kind == ColumnKind::numeric) {
    append_range(condition, bins, bin, text.expression, memory);
  } else if (bin == bins.other_bin) {
    append_others(condition, data, column.column, bins, text.expression, memory);
  } else if (text.style == ValueStyle::boolean) {
    condition.append(data.level(column.column, bins.levels[bin]) == "true" ? "" : "NOT ").append(text.expression);
  } else {
    condition.append(text.expression)
        .append(" = ")
        .append(literal_text(data.level(column.column, bins.levels[bin]), memory));
  }
  return condition;
}

}  // namespace leadscore::learn
