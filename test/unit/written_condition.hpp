// Conditions as tests write them down, and random ones.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include "core/model/condition.hpp"
#include "random.hpp"

namespace leadscore::test {

/// A condition in prefix form with its constants, put together from its parts. Texts are not copied.
struct WrittenCondition {
  using Kind = model::ConditionNode::Kind;

  std::vector<model::ConditionNode> nodes;
  std::vector<model::Value> constants;

  [[nodiscard]] model::Condition build(std::pmr::memory_resource* memory = std::pmr::new_delete_resource()) const {
    return {nodes, constants, memory};
  }

  /// A node over any number of parts.
  static WrittenCondition over(const model::ConditionNode& node, std::span<const WrittenCondition> parts) {
    WrittenCondition whole{.nodes = {node}, .constants = {}};
    for (const WrittenCondition& part : parts) {
      const auto first_node = static_cast<std::uint32_t>(whole.nodes.size());
      const auto first_constant = static_cast<std::uint32_t>(whole.constants.size());
      for (model::ConditionNode copy : part.nodes) {
        copy.end += first_node;
        copy.constant += first_constant;
        whole.nodes.push_back(copy);
      }
      whole.constants.insert(whole.constants.end(), part.constants.begin(), part.constants.end());
    }
    whole.nodes[0].end = static_cast<std::uint32_t>(whole.nodes.size());
    return whole;
  }

  static WrittenCondition leaf(model::ConditionNode node, std::vector<model::Value> constants = {}) {
    node.count = static_cast<std::uint32_t>(constants.size());
    node.end = 1;
    return {.nodes = {node}, .constants = std::move(constants)};
  }
};

inline WrittenCondition all(const std::vector<WrittenCondition>& parts) {
  return WrittenCondition::over({.kind = WrittenCondition::Kind::all}, parts);
}
inline WrittenCondition any(const std::vector<WrittenCondition>& parts) {
  return WrittenCondition::over({.kind = WrittenCondition::Kind::any}, parts);
}
inline WrittenCondition negation(const WrittenCondition& part) {
  return WrittenCondition::over({.kind = WrittenCondition::Kind::negation}, {&part, 1});
}
inline WrittenCondition is(model::Truth truth, const WrittenCondition& part) {
  return WrittenCondition::over({.kind = WrittenCondition::Kind::is, .truth = truth}, {&part, 1});
}
inline WrittenCondition is_not(model::Truth truth, const WrittenCondition& part) {
  return WrittenCondition::over({.kind = WrittenCondition::Kind::is_not, .truth = truth}, {&part, 1});
}

inline WrittenCondition always() { return all({}); }
inline WrittenCondition never() { return any({}); }
inline WrittenCondition unknown() { return WrittenCondition::leaf({.kind = WrittenCondition::Kind::unknown}); }
inline WrittenCondition is_null(std::uint32_t column) {
  return WrittenCondition::leaf({.kind = WrittenCondition::Kind::is_null, .column = column});
}

inline WrittenCondition compare(std::uint32_t column, model::Comparison comparison, std::int64_t constant) {
  return WrittenCondition::leaf({.kind = WrittenCondition::Kind::compare, .comparison = comparison, .column = column},
                                {model::Value::of(constant)});
}
inline WrittenCondition compare(std::uint32_t column, model::Comparison comparison, std::string_view constant) {
  return WrittenCondition::leaf({.kind = WrittenCondition::Kind::compare,
                                 .value_kind = model::ValueKind::text,
                                 .comparison = comparison,
                                 .column = column},
                                {model::Value::of(constant)});
}
inline WrittenCondition in(std::uint32_t column, model::ValueKind kind, std::vector<model::Value> constants) {
  return WrittenCondition::leaf({.kind = WrittenCondition::Kind::in, .value_kind = kind, .column = column},
                                std::move(constants));
}

/// A column and the constants that random conditions compare it with; it takes NULL for granted.
struct ColumnChoice {
  std::uint32_t column = 0;
  model::ValueKind kind = model::ValueKind::integer;
  std::span<const model::Value> constants;
};

/// A comparison of a column: with each operator that its kind knows, now and then with NULL.
inline WrittenCondition random_comparison(Random& random, const ColumnChoice& choice) {
  using model::Comparison;
  const bool is_text = choice.kind == model::ValueKind::text;
  const auto constant = [&] { return random.chance(0.1) ? model::Value{} : random.one_of(choice.constants); };
  if (random.chance(0.3)) {
    std::vector<model::Value> constants(random.below(6));
    for (model::Value& each : constants) {
      each = constant();
    }
    return in(choice.column, choice.kind, constants);
  }
  const Comparison comparison = std::array{
      Comparison::equal,         Comparison::not_equal, Comparison::less,
      Comparison::greater_equal, Comparison::greater,   Comparison::less_equal}[random.below(is_text ? 2 : 6)];
  return WrittenCondition::leaf({.kind = WrittenCondition::Kind::compare,
                                 .value_kind = choice.kind,
                                 .comparison = comparison,
                                 .column = choice.column},
                                {constant()});
}

/// A tree of all kinds of nodes over the columns.
inline WrittenCondition random_condition(Random& random, std::span<const ColumnChoice> columns, int depth) {
  using model::Truth;
  const auto part = [&] { return random_condition(random, columns, depth - 1); };
  const auto parts = [&] {
    std::vector<WrittenCondition> some(random.below(4));
    for (WrittenCondition& each : some) {
      each = part();
    }
    return some;
  };
  const Truth truth = std::array{Truth::no, Truth::yes, Truth::unknown}[random.below(3)];
  switch (random.below(depth > 0 ? 11 : 6)) {
    case 0:
      return random.chance(0.3) ? unknown() : is_null(random.one_of(columns).column);
    case 6:
    case 7:
      return all(parts());
    case 8:
      return any(parts());
    case 9:
      return negation(part());
    case 10:
      return random.chance(0.5) ? is(truth, part()) : is_not(truth, part());
    default:
      return random_comparison(random, random.one_of(columns));
  }
}

}  // namespace leadscore::test
