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

  /// The condition for a lead. `columns[n]` is column n as a Value; it is asked for what the condition names, when it
  /// comes to it. O(nodes), plus O(log n) for each list of n constants.
  template <class Columns>
  [[nodiscard]] Truth evaluate(const Columns& columns) const {
    return evaluate_node(0, columns);
  }
  [[nodiscard]] Truth evaluate(std::span<const Value> columns) const { return evaluate_node(0, columns); }

  /// What the node at a position says, with its descendants.
  template <class Columns>
  [[nodiscard]] Truth evaluate_node(std::uint32_t position, const Columns& columns) const;

  /// The one column that the condition reads, if equality and order alone tell what it says of a value.
  [[nodiscard]] std::optional<std::uint32_t> only_column() const noexcept;

  /// True if the condition reads no column.
  [[nodiscard]] bool is_constant() const noexcept;

  [[nodiscard]] std::span<const ConditionNode> nodes() const noexcept { return nodes_; }
  [[nodiscard]] const Value& constant(std::size_t position) const noexcept { return constants_[position]; }

  /// Replaces the constant of a comparison of integers.
  void set_constant(std::size_t position, const Value& value) noexcept { constants_[position] = value; }

 private:
  template <class Columns>
  [[nodiscard]] Truth evaluate_children(std::uint32_t position, const Columns& columns) const;
  [[nodiscard]] Truth evaluate_list(const ConditionNode& node, const Value& value) const noexcept;

  std::pmr::vector<ConditionNode> nodes_;
  std::pmr::vector<Value> constants_;
  std::pmr::vector<char> bytes_;  // of the text constants
};

inline Truth truth_of(bool holds) noexcept { return holds ? Truth::yes : Truth::no; }

inline bool holds(Comparison comparison, std::int64_t a, std::int64_t b) noexcept {
  switch (comparison) {
    case Comparison::less:
      return a < b;
    case Comparison::less_equal:
      return a <= b;
    case Comparison::equal:
      return a == b;
    case Comparison::not_equal:
      return a != b;
    case Comparison::greater_equal:
      return a >= b;
    case Comparison::greater:
      return a > b;
    case Comparison::starts_with:
      break;
  }
  return false;
}

inline bool holds(Comparison comparison, std::string_view a, std::string_view b) noexcept {
  switch (comparison) {
    case Comparison::equal:
      return a == b;
    case Comparison::not_equal:
      return a != b;
    case Comparison::starts_with:
      return a.starts_with(b);
    default:
      return false;
  }
}

// In the header, so that reading a column is compiled into it.

template <class Columns>
Truth Condition::evaluate_children(std::uint32_t position, const Columns& columns) const {
  const ConditionNode& node = nodes_[position];
  const Truth decisive = node.kind == ConditionNode::Kind::all ? Truth::no : Truth::yes;
  Truth result = node.kind == ConditionNode::Kind::all ? Truth::yes : Truth::no;
  for (std::uint32_t child = position + 1; child < node.end; child = nodes_[child].end) {
    const Truth truth = evaluate_node(child, columns);
    if (truth == decisive) {
      return decisive;
    }
    if (truth == Truth::unknown) {
      result = Truth::unknown;
    }
  }
  return result;
}

template <class Columns>
Truth Condition::evaluate_node(std::uint32_t position, const Columns& columns) const {
  using Kind = ConditionNode::Kind;
  const ConditionNode& node = nodes_[position];
  switch (node.kind) {
    case Kind::all:
    case Kind::any:
      return evaluate_children(position, columns);
    case Kind::negation: {
      const Truth truth = evaluate_node(position + 1, columns);
      return truth == Truth::unknown ? truth : truth_of(truth == Truth::no);
    }
    case Kind::is:
      return truth_of(evaluate_node(position + 1, columns) == node.truth);
    case Kind::is_not:
      return truth_of(evaluate_node(position + 1, columns) != node.truth);
    case Kind::is_null:
      return truth_of(!columns[node.column].known);
    case Kind::unknown:
      return Truth::unknown;
    case Kind::compare:
    case Kind::in:
      break;
  }
  const Value value = columns[node.column];
  if (!value.known) {
    return Truth::unknown;
  }
  if (node.kind == Kind::in) {
    return evaluate_list(node, value);
  }
  const Value& constant = constants_[node.constant];
  if (!constant.known) {
    return Truth::unknown;
  }
  return truth_of(node.value_kind == ValueKind::integer ? holds(node.comparison, value.integer, constant.integer)
                                                        : holds(node.comparison, value.text(), constant.text()));
}

}  // namespace leadscore::model
