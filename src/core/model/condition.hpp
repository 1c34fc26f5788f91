// Conditions of common shapes, evaluated without PostgreSQL: comparisons of columns with constants under AND, OR, NOT.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace leadscore::model {

/// SQL's three truth values.
enum class Truth : std::uint8_t { no, yes, unknown };

/// A number's place in the order in which PostgreSQL sorts floating-point numbers: zeros are equal, NaN equals itself
/// and is greater than every other.
inline std::int64_t ordered_key(double number) noexcept {
  constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();
  if (std::isnan(number)) {
    return kGreatest;
  }
  const auto bits = std::bit_cast<std::int64_t>(number + 0.0);  // -0 + 0 is 0
  return bits >= 0 ? bits : bits ^ kGreatest;
}

enum class ValueKind : std::uint8_t { integer, text };

/// One column of a lead, or one constant. Which of the members counts, the comparison that reads it knows: integers
/// (and whatever has a place in an order: booleans, dates, times, ordered_key() of numbers), or bytes of text.
struct Value {
  bool known = false;  // false: NULL
  union {
    std::int64_t integer = 0;
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
  static Value of(double number) = delete;  // see ordered_key()
  static Value of(std::string_view text) noexcept {
    Value value;
    value.known = true;
    value.data = text.data();
    value.size = text.size();
    return value;
  }
};

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
    unknown,   // NULL
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

/// True if what the node says depends on its column.
inline bool reads_column(const ConditionNode& node) noexcept {
  using Kind = ConditionNode::Kind;
  return node.kind == Kind::compare || node.kind == Kind::in || node.kind == Kind::is_null;
}

/// A condition, evaluated for any number of leads. Text is compared byte by byte, so equality and prefixes are those of
/// every deterministic collation; its order is not used.
class Condition {
 public:
  /// Copies nodes and constants, with the text of constants. Constants that are NULL make a list that misses unknown.
  Condition(std::span<const ConditionNode> nodes, std::span<const Value> constants, std::pmr::memory_resource* memory);
  Condition(Condition&&) noexcept = default;  // the vectors keep their memory, and so constants their text
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;
  Condition& operator=(Condition&&) = delete;
  ~Condition() = default;

  /// The condition for a lead. `columns` has every column that the condition names. O(nodes), plus O(log n) for each
  /// list of n constants.
  [[nodiscard]] Truth evaluate(std::span<const Value> columns) const noexcept { return evaluate_node(0, columns); }

  /// The one column that the condition reads, if equality and order alone tell what it says of a value.
  [[nodiscard]] std::optional<std::uint32_t> only_column() const noexcept;

  /// True if the condition reads no column.
  [[nodiscard]] bool is_constant() const noexcept;

  [[nodiscard]] std::span<const ConditionNode> nodes() const noexcept { return nodes_; }
  [[nodiscard]] const Value& constant(std::size_t position) const noexcept { return constants_[position]; }

  /// Replaces the constant of a comparison of integers.
  void set_constant(std::size_t position, const Value& value) noexcept { constants_[position] = value; }

 private:
  [[nodiscard]] Truth evaluate_node(std::uint32_t position, std::span<const Value> columns) const noexcept;
  [[nodiscard]] Truth evaluate_list(const ConditionNode& node, const Value& value) const noexcept;

  std::pmr::vector<ConditionNode> nodes_;
  std::pmr::vector<Value> constants_;
  std::pmr::vector<char> bytes_;  // of the text constants
};

}  // namespace leadscore::model
