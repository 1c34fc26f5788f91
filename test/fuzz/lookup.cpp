// Any bytes as criteria over two columns, and leads: score and reasons by look-ups are those criterion by criterion.
#include "core/model/lookup.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <limits>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/model/condition.hpp"
#include "core/model/score_plan.hpp"
#include "core/model/scorecard.hpp"
#include "core/model/tally.hpp"
#include "core/stop_token.hpp"
#include "fuzz_input.hpp"

namespace {

using namespace leadscore::model;
using leadscore::fuzz::require;
using Kind = ConditionNode::Kind;

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();
constexpr std::uint32_t kColumns = 2;  // of numbers, of texts

// Takes values from the input. Texts are views of it.
class Input : public leadscore::fuzz::ByteInput {
 public:
  using ByteInput::ByteInput;

  // Mostly small, so that numbers meet; now and then an end of the line, or any.
  std::int64_t integer() {
    const std::uint8_t kind = byte();
    if (kind < 200) {
      return kind % 32 - 16;
    }
    if (kind < 216) {
      return kind % 2 == 0 ? kLeast + kind % 8 : kGreatest - kind % 8;
    }
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof bits; ++i) {
      bits = bits << 8 | byte();
    }
    return kind < 232 ? std::bit_cast<std::int64_t>(bits) : ordered_key(std::bit_cast<double>(bits));
  }

  std::string_view text() {
    const std::span<const std::uint8_t> taken = take(byte() % 48);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }

  Value value(ValueKind kind) {
    if (byte() % 8 == 0) {
      return {};
    }
    return kind == ValueKind::integer ? Value::of(integer()) : Value::of(text());
  }
};

ValueKind kind_of(std::uint32_t column) { return column == 0 ? ValueKind::integer : ValueKind::text; }

// A condition in prefix form, node by node.
class Tree {
 public:
  // `columns` says which may be named: the first, the second, either.
  Tree(Input& input, std::uint8_t columns) : input_(input), columns_(columns) { add(4); }

  [[nodiscard]] std::span<const ConditionNode> nodes() const { return nodes_; }
  [[nodiscard]] std::span<const Value> constants() const { return constants_; }

 private:
  void add(int depth) {
    const std::size_t position = nodes_.size();
    const std::uint8_t byte = input_.byte();
    ConditionNode node;
    node.kind = static_cast<Kind>(byte % 9);
    node.truth = static_cast<Truth>(byte / 9 % 3);
    node.column = columns_ < kColumns ? columns_ : byte / 27 % kColumns;
    const bool has_parts =
        node.kind != Kind::is_null && node.kind != Kind::compare && node.kind != Kind::in && node.kind != Kind::unknown;
    if (has_parts && depth == 0) {
      node.kind = Kind::unknown;
    }
    if (node.kind == Kind::compare || node.kind == Kind::in) {
      add_constants(node);
    }
    nodes_.push_back(node);
    if (has_parts && depth > 0) {
      const bool has_one = node.kind == Kind::negation || node.kind == Kind::is || node.kind == Kind::is_not;
      for (int parts = has_one ? 1 : input_.byte() % 4; parts > 0; --parts) {
        add(depth - 1);
      }
    }
    nodes_[position].end = static_cast<std::uint32_t>(nodes_.size());
  }

  void add_constants(ConditionNode& node) {
    const std::uint8_t byte = input_.byte();
    node.value_kind = kind_of(node.column);
    node.comparison = static_cast<Comparison>(byte % 6);
    if (node.value_kind == ValueKind::text) {
      const Comparison equality = byte % 2 == 0 ? Comparison::equal : Comparison::not_equal;
      node.comparison = byte % 32 == 31 ? Comparison::starts_with : equality;
    }
    node.constant = static_cast<std::uint32_t>(constants_.size());
    node.count = node.kind == Kind::compare ? 1 : byte % 8;
    for (std::uint32_t i = 0; i < node.count; ++i) {
      constants_.push_back(input_.value(node.value_kind));
    }
  }

  Input& input_;
  std::uint8_t columns_;
  std::vector<ConditionNode> nodes_;
  std::vector<Value> constants_;
};

struct Case {
  std::array<Dimension, 2> dimensions{{{-20, 30}, {}}};
  std::vector<Criterion> criteria;
  std::deque<Condition> owned;
  std::vector<const Condition*> conditions;
  std::vector<std::vector<Value>> leads;
  ScorecardDefinition definition;

  explicit Case(Input input) {
    const std::uint8_t count = input.byte() % 24;
    for (std::uint8_t i = 0; i < count; ++i) {
      add(input);
    }
    for (std::uint8_t leads_left = input.byte() % 8; leads_left > 0; --leads_left) {
      const Value number = input.value(ValueKind::integer);
      leads.push_back({number, input.value(ValueKind::text)});
    }
    for (const Condition& condition : owned) {
      add_leads_around(condition);
    }
    definition.lower = -kLargestPoints;  // so that the score is the raw sum
    definition.upper = kLargestPoints;
    definition.base_points = 0.1;
    definition.dimensions = dimensions;
    definition.criteria = criteria;
  }

 private:
  void add(Input& input) {
    const std::uint8_t place = input.byte();
    const std::uint8_t kind = input.byte();
    Criterion criterion;
    criterion.attribute = place % 8 < 4 ? kNone : place % 4;
    // An attribute belongs to one dimension, so its number decides.
    const std::uint32_t group = criterion.attribute == kNone ? place / 8 % 3 : criterion.attribute % 3;
    criterion.dimension = group == 0 ? kNone : group - 1;
    if (kind % 16 != 0) {
      criterion.points = static_cast<double>(static_cast<std::int8_t>(input.byte())) / (kind % 2 == 0 ? 1 : 10);
    }
    criteria.push_back(criterion);
    const Tree tree(input, kind / 16 % 4 == 3 ? kColumns : kind / 16 % 2);
    const Condition& condition = owned.emplace_back(tree.nodes(), tree.constants(), std::pmr::new_delete_resource());
    conditions.push_back(kind % 64 == 33 ? nullptr : &condition);
  }

  // With each of its constants, and next to it.
  void add_leads_around(const Condition& condition) {
    for (const ConditionNode& node : condition.nodes()) {
      for (std::uint32_t i = 0; (node.kind == Kind::compare || node.kind == Kind::in) && i < node.count; ++i) {
        Value value = condition.constant(node.constant + i);
        if (!value.known || leads.size() > 200) {
          continue;
        }
        if (node.value_kind == ValueKind::text) {
          leads.push_back({Value{}, value});
          value.size -= value.size > 0 ? 1 : 0;
          leads.push_back({Value{}, value});
          continue;
        }
        for (const std::int64_t number :
             {value.integer, std::max(value.integer, kLeast + 1) - 1, std::min(value.integer, kGreatest - 1) + 1}) {
          leads.push_back({Value::of(number), Value{}});
        }
      }
    }
  }
};

// What each criterion says of a lead; points of the lead are made up.
std::vector<Outcome> outcomes_of(const Case& tried, const std::vector<Value>& lead) {
  std::vector<Outcome> outcomes(tried.criteria.size());
  std::array<bool, 4> taken{};
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const Criterion& criterion = tried.criteria[i];
    if (criterion.attribute != kNone && taken[criterion.attribute]) {
      outcomes[i].verdict = Verdict::excluded;
    } else if (tried.owned[i].evaluate(lead) == Truth::yes) {
      outcomes[i] = {.verdict = Verdict::met, .points = criterion.points.value_or(0.3 * static_cast<double>(i))};
      if (criterion.attribute != kNone) {
        taken[criterion.attribute] = true;
      }
    }
  }
  return outcomes;
}

// Adds a lead up by the plan; of the outcomes it reads those of the rest alone.
void add_up(Tally& tally, const ScorePlan& plan, const std::vector<Value>& lead, const std::vector<Outcome>& outcomes) {
  std::vector<std::size_t> places;
  for (const PlannedLookup& planned : plan.lookups()) {
    const Value& value = lead[planned.column];
    const PointCount points = planned.lookup.points_of(value);
    places.push_back(planned.lookup.place_of(value));
    const PointTable& table = planned.lookup.table();
    if (!value.known) {
      require(points == table.points[table.place_of_null], "NULL has a place of its own");
    } else if (planned.lookup.reads_presence_only() ||
               (planned.lookup.kind() == ValueKind::text && value.size > planned.lookup.longest_text())) {
      require(points == table.points[PointTable::kFirst], "what no constant names is like all others");
    }
  }
  tally.begin(plan);
  tally.add_places(places);
  for (const std::uint32_t i : plan.rest()) {
    tally.add_outcome(i, outcomes[i]);
  }
}

void require_weightiest(const Tally& tally, const std::vector<Outcome>& outcomes) {
  std::vector<Reason> expected;
  for (std::uint32_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i].contribution() != 0) {
      expected.push_back({.criterion = i, .contribution = outcomes[i].contribution()});
    }
  }
  std::sort(expected.begin(), expected.end(), [](const Reason& a, const Reason& b) { return a.outweighs(b); });
  expected.resize(std::min(expected.size(), kReasons));
  std::array<Reason, kReasons> found;
  require(tally.weightiest(found) == expected.size(), "there are as many reasons");
  for (std::size_t i = 0; i < expected.size(); ++i) {
    require(found[i].criterion == expected[i].criterion && found[i].contribution == expected[i].contribution,
            "the plan gives the same reasons");
  }
}

void check(const Case& tried) {
  std::pmr::monotonic_buffer_resource memory;
  const Scorecard scorecard(tried.definition, &memory);
  leadscore::StopToken stop;
  const ScorePlan plan(scorecard, tried.conditions, &memory, stop);
  Tally tally(scorecard, &memory);
  require(std::is_sorted(plan.rest().begin(), plan.rest().end()), "the rest is in order");
  for (const std::vector<Value>& lead : tried.leads) {
    const std::vector<Outcome> outcomes = outcomes_of(tried, lead);
    const double expected = scorecard.evaluate(outcomes).score;
    add_up(tally, plan, lead, outcomes);
    const double found = scorecard.score_sums(tally.sums());
    require(std::memcmp(&expected, &found, sizeof found) == 0, "the plan gives the same score");
    require(scorecard.evaluate_sums(tally.sums()).score == found, "and the same evaluation");
    require_weightiest(tally, outcomes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    check(Case(Input({data, size})));
  } catch (const leadscore::Error&) {
    return 0;  // attributes with gaps
  }
  return 0;
}
