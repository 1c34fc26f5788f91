#include "core/model/decision.hpp"

#include <algorithm>
#include <limits>

#include "core/error.hpp"

namespace leadscore::model {

namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();

// The integers of which a comparison with a constant holds, or does not where `is_inverted`.
struct Range {
  std::int64_t least = kLeast;
  std::int64_t greatest = kGreatest;
  bool is_inverted = false;
};

constexpr Range kEverything{};
constexpr Range kNothing{.is_inverted = true};

// The range of a comparison; nothing where it is none of integers.
std::optional<Range> range_of(Comparison comparison, std::int64_t constant) noexcept {
  switch (comparison) {
    case Comparison::less:
      return constant == kLeast ? kNothing : Range{.greatest = constant - 1};
    case Comparison::less_equal:
      return Range{.greatest = constant};
    case Comparison::equal:
      return Range{.least = constant, .greatest = constant};
    case Comparison::not_equal:
      return Range{.least = constant, .greatest = constant, .is_inverted = true};
    case Comparison::greater_equal:
      return Range{.least = constant};
    case Comparison::greater:
      return constant == kGreatest ? kNothing : Range{.least = constant + 1};
    case Comparison::starts_with:
      break;
  }
  return std::nullopt;
}

void set_range(DecisionStep& step, const Range& range) noexcept {
  step.least = range.least;
  step.span = static_cast<std::uint64_t>(range.greatest) - static_cast<std::uint64_t>(range.least);
}

}  // namespace

Decision::Decision(const Ladder& ladder, std::span<const Condition* const> conditions,
                   std::pmr::memory_resource* memory)
    : conditions_(conditions.begin(), conditions.end(), memory), steps_(memory) {
  // From the last question to the first, so that it is known where each answer leads.
  const std::span<const Ladder::Question> questions = ladder.questions();
  for (std::size_t q = questions.size(); q-- > 0;) {
    const Ladder::Question& question = questions[q];
    const std::int32_t outcome = kFirstStage - static_cast<std::int32_t>(question.stage);
    const std::int32_t next = start_;
    std::int32_t entry = question.needs_all ? outcome : next;
    for (std::size_t i = question.last; i-- > question.first;) {
      const std::uint32_t rule = ladder.rules()[i];
      entry = question.needs_all ? add_rule(rule, entry, next) : add_rule(rule, outcome, entry);
    }
    start_ = entry;
  }
}

std::int32_t Decision::add_rule(std::uint32_t rule, std::int32_t then, std::int32_t otherwise) {
  if (conditions_[rule] != nullptr) {
    return add(rule, 0, Truth::yes, then, otherwise);
  }
  return add_step({.kind = DecisionStep::Kind::rule, .rule = rule}, Truth::yes, then, otherwise);
}

// Adds the step of a test of which one answer is wanted, and returns its number.
std::int32_t Decision::add_step(DecisionStep step, Truth wanted, std::int32_t then, std::int32_t otherwise) {
  if (steps_.size() >= static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    throw Error(ErrorCode::limit_exceeded, "the rules of the stages are too long");
  }
  step.yes = wanted == Truth::yes ? then : otherwise;
  step.no = wanted == Truth::no ? then : otherwise;
  step.unknown = wanted == Truth::unknown ? then : otherwise;
  steps_.push_back(step);
  return static_cast<std::int32_t>(steps_.size() - 1);
}

// AND is yes if all children are, and no if one of them is; of OR it is the other way round.
std::int32_t Decision::add_children(std::uint32_t rule, std::uint32_t node, Truth wanted, std::int32_t then,
                                    std::int32_t otherwise) {
  const std::span<const ConditionNode> nodes = conditions_[rule]->nodes();
  std::pmr::vector<std::uint32_t> children(steps_.get_allocator());
  for (std::uint32_t child = node + 1; child < nodes[node].end; child = nodes[child].end) {
    children.push_back(child);
  }
  const bool needs_all = (nodes[node].kind == ConditionNode::Kind::all) == (wanted == Truth::yes);
  std::int32_t entry = needs_all ? then : otherwise;
  for (std::size_t i = children.size(); i-- > 0;) {
    entry = needs_all ? add(rule, children[i], wanted, entry, otherwise) : add(rule, children[i], wanted, then, entry);
  }
  return entry;
}

std::int32_t Decision::add(std::uint32_t rule, std::uint32_t node, Truth wanted, std::int32_t then,
                           std::int32_t otherwise) {
  using Kind = ConditionNode::Kind;
  const Condition& condition = *conditions_[rule];
  const ConditionNode& written = condition.nodes()[node];
  switch (written.kind) {
    case Kind::all:
    case Kind::any:
      if (wanted != Truth::unknown) {
        return add_children(rule, node, wanted, then, otherwise);
      }
      break;
    case Kind::negation:
      if (wanted != Truth::unknown) {
        return add(rule, node + 1, wanted == Truth::yes ? Truth::no : Truth::yes, then, otherwise);
      }
      return add(rule, node + 1, wanted, then, otherwise);
    case Kind::is:
    case Kind::is_not: {
      if (wanted == Truth::unknown) {
        return otherwise;  // it is yes or no
      }
      const bool is_same = (written.kind == Kind::is) == (wanted == Truth::yes);
      return add(rule, node + 1, written.truth, is_same ? then : otherwise, is_same ? otherwise : then);
    }
    case Kind::unknown:
      return wanted == Truth::unknown ? then : otherwise;
    case Kind::is_null: {
      DecisionStep step{.column = written.column};
      set_range(step, kEverything);  // what is known lies in it
      const Truth known = wanted == Truth::yes ? Truth::unknown : Truth::yes;
      return wanted == Truth::unknown ? otherwise : add_step(step, known, then, otherwise);
    }
    case Kind::compare: {
      const Value& constant = condition.constant(written.constant);
      if (written.value_kind == ValueKind::integer && !constant.known) {
        return add_step({.kind = DecisionStep::Kind::late,
                         .comparison = written.comparison,
                         .column = written.column,
                         .rule = rule,
                         .node = written.constant},
                        wanted, then, otherwise);
      }
      const std::optional<Range> range =
          written.value_kind == ValueKind::integer ? range_of(written.comparison, constant.integer) : std::nullopt;
      if (!range) {
        break;
      }
      DecisionStep step{.column = written.column};
      set_range(step, *range);
      const std::int32_t entry = add_step(step, wanted, then, otherwise);
      if (range->is_inverted) {
        std::swap(steps_.back().yes, steps_.back().no);
      }
      return entry;
    }
    case Kind::in:
      break;
  }
  return add_step({.kind = DecisionStep::Kind::condition, .rule = rule, .node = node}, wanted, then, otherwise);
}

}  // namespace leadscore::model
