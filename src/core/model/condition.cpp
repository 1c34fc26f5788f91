#include "core/model/condition.hpp"

#include <algorithm>

#include "core/checked_math.hpp"

namespace leadscore::model {

namespace {

// The order of a list's constants: any total order will do, with NULLs last.
bool list_order(ValueKind kind, const Value& a, const Value& b) noexcept {
  if (!a.known || !b.known) {
    return a.known && !b.known;
  }
  if (kind == ValueKind::integer) {
    return a.integer < b.integer;
  }
  return a.size != b.size ? a.size < b.size : a.text() < b.text();
}

}  // namespace

Comparison commuted(Comparison comparison) noexcept {
  switch (comparison) {
    case Comparison::less:
      return Comparison::greater;
    case Comparison::less_equal:
      return Comparison::greater_equal;
    case Comparison::greater_equal:
      return Comparison::less_equal;
    case Comparison::greater:
      return Comparison::less;
    default:
      return comparison;
  }
}

Condition::Condition(std::span<const ConditionNode> nodes, std::span<const Value> constants,
                     std::pmr::memory_resource* memory)
    : nodes_(nodes.begin(), nodes.end(), memory),
      constants_(constants.begin(), constants.end(), memory),
      bytes_(memory) {
  const auto is_text = [](const ConditionNode& node) {
    return node.value_kind == ValueKind::text &&
           (node.kind == ConditionNode::Kind::compare || node.kind == ConditionNode::Kind::in);
  };
  std::size_t size = 0;
  for (const ConditionNode& node : nodes_) {
    for (std::uint32_t i = 0; is_text(node) && i < node.count; ++i) {
      size = checked_add(size, constants_[node.constant + i].size);
    }
  }
  bytes_.reserve(size);  // views into it stay valid
  for (const ConditionNode& node : nodes_) {
    for (std::uint32_t i = 0; is_text(node) && i < node.count; ++i) {
      Value& constant = constants_[node.constant + i];
      if (constant.known) {
        const std::size_t start = bytes_.size();
        bytes_.insert(bytes_.end(), constant.data, constant.data + constant.size);
        constant.data = bytes_.data() + start;
      }
    }
    if (node.kind == ConditionNode::Kind::in) {
      const auto first = constants_.begin() + node.constant;
      std::sort(first, first + node.count,
                [&node](const Value& a, const Value& b) { return list_order(node.value_kind, a, b); });
    }
  }
}

Truth Condition::evaluate_list(const ConditionNode& node, const Value& value) const noexcept {
  const Value* const first = constants_.data() + node.constant;
  const Value* const last = first + node.count;
  const Value* const place = std::lower_bound(
      first, last, value, [&node](const Value& a, const Value& b) { return list_order(node.value_kind, a, b); });
  if (place != last && place->known && !list_order(node.value_kind, value, *place)) {
    return Truth::yes;
  }
  const bool has_null = node.count > 0 && !(last - 1)->known;
  return has_null ? Truth::unknown : Truth::no;
}

bool Condition::is_constant() const noexcept { return std::none_of(nodes_.begin(), nodes_.end(), reads_column); }

std::optional<std::uint32_t> Condition::only_column() const noexcept {
  std::optional<std::uint32_t> only;
  for (const ConditionNode& node : nodes_) {
    if (!reads_column(node)) {
      continue;
    }
    const bool is_prefix = node.kind == ConditionNode::Kind::compare && node.comparison == Comparison::starts_with;
    if (is_prefix || (only && *only != node.column)) {
      return std::nullopt;
    }
    only = node.column;
  }
  return only;
}

}  // namespace leadscore::model
