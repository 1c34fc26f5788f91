// Conditions of common shapes, evaluated without PostgreSQL: comparisons of columns with constants under AND, OR, NOT.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

namespace leadscore::model {

/// SQL's three truth values.
enum class Truth : std::uint8_t { no, yes, unknown };

/// One column of a lead, or one constant. Which of the members counts, the comparison that reads it knows: integers
/// (booleans, dates and timestamps too), floating-point numbers, or bytes of text.
struct Value {
  bool known = false;  // false: NULL
  union {
    std::int64_t integer = 0;
    double floating;
    const char* data;  // of a text, which is not owned
  };
  std::size_t size = 0;  // of a text, in bytes

  [[nodiscard]] std::string_view text() const noexcept { return {data, size}; }

  static Value of(std::int64_t integer) noexcept {
    Value value;
    value.known = true;
    value.integer = integer;
    return value;
  }
  static Value of(double floating) noexcept {
    Value value;
    value.known = true;
    value.floating = floating;
    return value;
  }
  static Value of(std::string_view text) noexcept {
    Value value;
    value.known = true;
    value.data = text.data();
    value.size = text.size();
    return value;
  }
};

enum class ValueKind : std::uint8_t { integer, floating, text };
inline constexpr int kValueKinds = 3;

enum class Comparison : std::uint8_t { less, less_equal, equal, not_equal, greater_equal, greater, starts_with };

/// The comparison that says the same with its sides exchanged.
Comparison commuted(Comparison comparison) noexcept;

/// One node of a condition in prefix form: each is followed by its descendants.
struct ConditionNode {
  enum class Kind : std::uint8_t {
    all,       // AND of the children
    any,       // OR of the children
    negation,  // NOT of the child
    is,        // the child's truth is `truth`
    is_not,    // the child's truth is not `truth`
    is_null,   // the column is NULL
    compare,   // the column and a constant
    in,        // the column equals one of `count` constants
  };

  Kind kind = Kind::all;
  ValueKind value_kind = ValueKind::integer;
  Comparison comparison = Comparison::equal;
  Truth truth = Truth::yes;
  std::uint32_t column = 0;
  std::uint32_t constant = 0;  // position of the (first) constant
  std::uint32_t count = 0;     // of constants
  std::uint32_t end = 0;       // position after the last descendant
};

/// A condition, evaluated for any number of leads. Floating-point numbers are ordered as PostgreSQL orders them: NaN
/// equals NaN and is greater than every other. Text is compared byte by byte, so equality and prefixes are those of
/// every deterministic collation; its order is not used.
class Condition {
 public:
  /// Copies nodes and constants, with the text of constants. Constants that are NULL make a list that misses unknown.
  Condition(std::span<const ConditionNode> nodes, std::span<const Value> constants, std::pmr::memory_resource* memory);

  /// The condition for a lead. `columns` has every column that the condition names. O(nodes), plus O(log n) for each
  /// list of n constants.
  [[nodiscard]] Truth evaluate(std::span<const Value> columns) const noexcept { return evaluate_node(0, columns); }

  /// Replaces the constant of a comparison of numbers.
  void set_constant(std::size_t position, const Value& value) noexcept { constants_[position] = value; }

 private:
  [[nodiscard]] Truth evaluate_node(std::uint32_t position, std::span<const Value> columns) const noexcept;
  [[nodiscard]] Truth evaluate_list(const ConditionNode& node, const Value& value) const noexcept;

  std::pmr::vector<ConditionNode> nodes_;
  std::pmr::vector<Value> constants_;
  std::pmr::vector<char> bytes_;  // of the text constants
};

}  // namespace leadscore::model
