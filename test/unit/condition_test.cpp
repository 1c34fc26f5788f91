// Native conditions: SQL's three-valued logic, PostgreSQL's order of numbers, lists with and without NULL.
#include "core/model/condition.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "random.hpp"
#include "written_condition.hpp"

namespace leadscore::model {
namespace {

using Kind = ConditionNode::Kind;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::array kTruths{Truth::no, Truth::yes, Truth::unknown};
constexpr std::array kAscending{-kInfinity, -1e308, -1.0, -5e-324, 0.0, 5e-324, 0.1, 1e308, kInfinity, kNaN};

Value null() { return {}; }
Value integer(std::int64_t value) { return Value::of(value); }
Value floating(double value) { return Value::of(ordered_key(value)); }

Truth evaluate(const std::vector<ConditionNode>& nodes, const std::vector<Value>& constants,
               const std::vector<Value>& columns) {
  return Condition(nodes, constants, std::pmr::new_delete_resource()).evaluate(columns);
}

Truth compare(ValueKind kind, const Value& column, Comparison comparison, const Value& constant) {
  return evaluate({{.kind = Kind::compare, .value_kind = kind, .comparison = comparison, .count = 1, .end = 1}},
                  {constant}, {column});
}

Truth in(ValueKind kind, const Value& column, const std::vector<Value>& constants) {
  return evaluate(
      {{.kind = Kind::in, .value_kind = kind, .count = static_cast<std::uint32_t>(constants.size()), .end = 1}},
      constants, {column});
}

Truth truth_of(bool holds) { return holds ? Truth::yes : Truth::no; }

// PostgreSQL's float8_cmp_internal(): -1, 0 or 1.
int postgresql_order(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) {
    return static_cast<int>(std::isnan(a)) - static_cast<int>(std::isnan(b));
  }
  return static_cast<int>(a > b) - static_cast<int>(a < b);
}

int key_order(double a, double b) {
  return static_cast<int>(ordered_key(a) > ordered_key(b)) - static_cast<int>(ordered_key(a) < ordered_key(b));
}

TEST(OrderedKey, OrdersWhatIsSpecialAsPostgreSqlDoes) {
  std::vector<double> numbers(kAscending.begin(), kAscending.end());
  const double lowest_normal = std::numeric_limits<double>::min();
  for (const double each : {0.0, 1.0, kNaN, lowest_normal, std::nextafter(lowest_normal, 0.0),
                            std::numeric_limits<double>::max(), std::numeric_limits<double>::signaling_NaN()}) {
    numbers.insert(numbers.end(), {each, -each});
  }
  for (const double a : numbers) {
    for (const double b : numbers) {
      EXPECT_EQ(key_order(a, b), postgresql_order(a, b)) << a << " " << b;
    }
  }
  EXPECT_EQ(ordered_key(-0.0), ordered_key(0.0));
  EXPECT_EQ(ordered_key(-kNaN), ordered_key(kNaN)) << "whatever the bits of a NaN";
}

TEST(OrderedKey, OrdersAnyBitsAsPostgreSqlDoes) {
  test::Random random(1);
  for (int i = 0; i < 200'000; ++i) {
    const double a = std::bit_cast<double>(random.bits());
    // Numbers near each other, too: the same, neighbours, the other sign, any NaN.
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(a);
    const std::array others{random.bits(),
                            bits,
                            bits + 1,
                            bits ^ std::uint64_t{1} << 63,
                            bits ^ random.bits() >> 40,
                            bits | std::uint64_t{0x7FF} << 52};
    for (const std::uint64_t other : others) {
      const double b = std::bit_cast<double>(other);
      ASSERT_EQ(key_order(a, b), postgresql_order(a, b)) << a << " " << b;
    }
  }
}

TEST(Comparison, OfIntegersIsThatOfIntegers) {
  const std::vector<std::int64_t> numbers{std::numeric_limits<std::int64_t>::min(), -1, 0, 1, 7,
                                          std::numeric_limits<std::int64_t>::max()};
  for (const std::int64_t a : numbers) {
    for (const std::int64_t b : numbers) {
      const auto result = [&](Comparison comparison) {
        return compare(ValueKind::integer, integer(a), comparison, integer(b));
      };
      EXPECT_EQ(result(Comparison::less), truth_of(a < b));
      EXPECT_EQ(result(Comparison::less_equal), truth_of(a <= b));
      EXPECT_EQ(result(Comparison::equal), truth_of(a == b));
      EXPECT_EQ(result(Comparison::not_equal), truth_of(a != b));
      EXPECT_EQ(result(Comparison::greater_equal), truth_of(a >= b));
      EXPECT_EQ(result(Comparison::greater), truth_of(a > b));
    }
  }
}

TEST(Comparison, OfFloatingPointNumbersIsTotalWithNaNOnTop) {
  for (std::size_t i = 0; i < kAscending.size(); ++i) {
    for (std::size_t k = 0; k < kAscending.size(); ++k) {
      const auto result = [&](Comparison comparison) {
        return compare(ValueKind::integer, floating(kAscending[i]), comparison, floating(kAscending[k]));
      };
      EXPECT_EQ(result(Comparison::less), truth_of(i < k)) << kAscending[i] << " " << kAscending[k];
      EXPECT_EQ(result(Comparison::less_equal), truth_of(i <= k));
      EXPECT_EQ(result(Comparison::equal), truth_of(i == k));
      EXPECT_EQ(result(Comparison::not_equal), truth_of(i != k));
      EXPECT_EQ(result(Comparison::greater_equal), truth_of(i >= k));
      EXPECT_EQ(result(Comparison::greater), truth_of(i > k));
    }
  }
  EXPECT_EQ(compare(ValueKind::integer, floating(0.0), Comparison::equal, floating(-0.0)), Truth::yes);
  EXPECT_EQ(compare(ValueKind::integer, floating(-0.0), Comparison::less, floating(0.0)), Truth::no);
}

TEST(Comparison, OfTextIsByteByByte) {
  const auto result = [](std::string_view a, Comparison comparison, std::string_view b) {
    return compare(ValueKind::text, Value::of(a), comparison, Value::of(b));
  };
  EXPECT_EQ(result("Жук", Comparison::equal, "Жук"), Truth::yes);
  EXPECT_EQ(result("жук", Comparison::equal, "Жук"), Truth::no);
  EXPECT_EQ(result("a", Comparison::not_equal, "a "), Truth::yes);
  EXPECT_EQ(result("Жук", Comparison::starts_with, "Ж"), Truth::yes);
  EXPECT_EQ(result("Ж", Comparison::starts_with, "Жук"), Truth::no);
  EXPECT_EQ(result("", Comparison::starts_with, ""), Truth::yes);
  EXPECT_EQ(result("x", Comparison::starts_with, ""), Truth::yes);
  EXPECT_EQ(result(std::string_view("a\0b", 3), Comparison::equal, std::string_view("a\0c", 3)), Truth::no);
}

TEST(Comparison, WithNullIsUnknown) {
  EXPECT_EQ(compare(ValueKind::integer, null(), Comparison::equal, integer(1)), Truth::unknown);
  EXPECT_EQ(compare(ValueKind::integer, integer(1), Comparison::equal, null()), Truth::unknown);
}

TEST(Comparison, CommutedSaysTheSame) {
  for (const Comparison comparison : {Comparison::less, Comparison::less_equal, Comparison::equal,
                                      Comparison::not_equal, Comparison::greater_equal, Comparison::greater}) {
    for (std::int64_t a = 0; a < 3; ++a) {
      EXPECT_EQ(compare(ValueKind::integer, integer(a), comparison, integer(1)),
                compare(ValueKind::integer, integer(1), commuted(comparison), integer(a)));
    }
  }
}

TEST(List, FindsItsConstantsAndNoOthers) {
  const std::vector<Value> numbers{integer(7), integer(-3), integer(7), integer(100)};
  for (std::int64_t i = -5; i <= 105; ++i) {
    EXPECT_EQ(in(ValueKind::integer, integer(i), numbers), truth_of(i == 7 || i == -3 || i == 100)) << i;
  }
  const std::vector<Value> floats{floating(kNaN), floating(0.0), floating(-kInfinity), floating(2.5)};
  EXPECT_EQ(in(ValueKind::integer, floating(kNaN), floats), Truth::yes);
  EXPECT_EQ(in(ValueKind::integer, floating(-0.0), floats), Truth::yes);
  EXPECT_EQ(in(ValueKind::integer, floating(kInfinity), floats), Truth::no);
  const std::vector<Value> texts{Value::of("b"), Value::of(""), Value::of("ab"), Value::of("aa")};
  for (const std::string_view text : {"b", "", "ab", "aa"}) {
    EXPECT_EQ(in(ValueKind::text, Value::of(text), texts), Truth::yes) << text;
  }
  for (const std::string_view text : {"a", "bb", "ba", "c"}) {
    EXPECT_EQ(in(ValueKind::text, Value::of(text), texts), Truth::no) << text;
  }
}

TEST(List, WithNullNeverSaysNo) {
  const std::vector<Value> numbers{integer(7), null(), integer(1), null()};
  EXPECT_EQ(in(ValueKind::integer, integer(7), numbers), Truth::yes);
  EXPECT_EQ(in(ValueKind::integer, integer(2), numbers), Truth::unknown);
  EXPECT_EQ(in(ValueKind::integer, null(), numbers), Truth::unknown);
  EXPECT_EQ(in(ValueKind::integer, integer(2), {null()}), Truth::unknown);
}

TEST(Condition, KeepsItsOwnCopyOfText) {
  std::string constant = "a constant that is too long for any small string";
  const std::vector<ConditionNode> nodes{
      {.kind = Kind::compare, .value_kind = ValueKind::text, .comparison = Comparison::equal, .count = 1, .end = 1}};
  const std::vector<Value> constants{Value::of(constant)};
  const Condition condition(nodes, constants, std::pmr::new_delete_resource());
  const std::string same = constant;
  constant.assign(constant.size(), 'x');
  EXPECT_EQ(condition.evaluate(std::vector<Value>{Value::of(same)}), Truth::yes);
}

TEST(Condition, TakesANewConstant) {
  const std::vector<ConditionNode> nodes{
      {.kind = Kind::compare, .comparison = Comparison::greater, .count = 1, .end = 1}};
  Condition condition(nodes, std::vector<Value>{null()}, std::pmr::new_delete_resource());
  EXPECT_EQ(condition.evaluate(std::vector<Value>{integer(5)}), Truth::unknown);
  condition.set_constant(0, integer(4));
  EXPECT_EQ(condition.evaluate(std::vector<Value>{integer(5)}), Truth::yes);
}

// A boolean column in prefix form: it equals 1.
ConditionNode boolean_column(std::uint32_t column, std::uint32_t position) {
  return {.kind = Kind::compare, .column = column, .constant = 0, .count = 1, .end = position + 1};
}

Value value_of(Truth truth) { return truth == Truth::unknown ? null() : integer(truth == Truth::yes ? 1 : 0); }

TEST(Condition, FollowsTheTruthTables) {
  const auto both = [](Kind kind, Truth a, Truth b) {
    return evaluate({{.kind = kind, .end = 3}, boolean_column(0, 1), boolean_column(1, 2)}, {integer(1)},
                    {value_of(a), value_of(b)});
  };
  for (const Truth a : kTruths) {
    for (const Truth b : kTruths) {
      const bool some_no = a == Truth::no || b == Truth::no;
      const bool some_yes = a == Truth::yes || b == Truth::yes;
      const bool some_unknown = a == Truth::unknown || b == Truth::unknown;
      EXPECT_EQ(both(Kind::all, a, b), some_no ? Truth::no : some_unknown ? Truth::unknown : Truth::yes);
      EXPECT_EQ(both(Kind::any, a, b), some_yes ? Truth::yes : some_unknown ? Truth::unknown : Truth::no);
    }
    const auto one = [&](ConditionNode node) {
      node.end = 2;
      return evaluate({node, boolean_column(0, 1)}, {integer(1)}, {value_of(a)});
    };
    EXPECT_EQ(one({.kind = Kind::negation}), a == Truth::unknown ? a : truth_of(a == Truth::no));
    for (const Truth wanted : kTruths) {
      EXPECT_EQ(one({.kind = Kind::is, .truth = wanted}), truth_of(a == wanted));
      EXPECT_EQ(one({.kind = Kind::is_not, .truth = wanted}), truth_of(a != wanted));
    }
    EXPECT_EQ(evaluate({{.kind = Kind::is_null, .end = 1}}, {}, {value_of(a)}), truth_of(a == Truth::unknown));
  }
}

TEST(Condition, OfNoPartsIsTrueForAllAndFalseForAny) {
  EXPECT_EQ(evaluate({{.kind = Kind::all, .end = 1}}, {}, {}), Truth::yes);
  EXPECT_EQ(evaluate({{.kind = Kind::any, .end = 1}}, {}, {}), Truth::no);
}

TEST(Condition, MayBeUnknownWhateverTheLead) {
  EXPECT_EQ(test::unknown().build().evaluate({}), Truth::unknown);
  EXPECT_EQ(test::negation(test::unknown()).build().evaluate({}), Truth::unknown);
  EXPECT_EQ(test::any({test::unknown(), test::always()}).build().evaluate({}), Truth::yes);
  EXPECT_EQ(test::all({test::unknown(), test::never()}).build().evaluate({}), Truth::no);
  EXPECT_EQ(test::is(Truth::unknown, test::unknown()).build().evaluate({}), Truth::yes);
}

TEST(Condition, KnowsTheOnlyColumnThatItReads) {
  using test::compare;
  const auto column_of = [](const test::WrittenCondition& written) { return written.build().only_column(); };
  const test::WrittenCondition seven = compare(4, Comparison::greater, 7);
  EXPECT_EQ(column_of(seven), 4U);
  EXPECT_EQ(column_of(compare(0, Comparison::equal, "a")), 0U);
  EXPECT_EQ(column_of(test::is_null(4)), 4U);
  EXPECT_EQ(column_of(test::in(4, ValueKind::integer, {integer(1), null()})), 4U);
  EXPECT_EQ(column_of(test::in(4, ValueKind::integer, {})), 4U);
  EXPECT_EQ(column_of(test::any({test::unknown(), test::negation(test::all({seven, test::is_null(4)}))})), 4U);
  EXPECT_EQ(column_of(test::all({seven, compare(5, Comparison::equal, 1)})), std::nullopt);
  EXPECT_EQ(column_of(test::any({seven, test::is(Truth::no, test::is_null(0))})), std::nullopt);
  EXPECT_EQ(column_of(compare(4, Comparison::starts_with, "a")), std::nullopt) << "equality does not tell";
  EXPECT_EQ(column_of(test::any({compare(4, Comparison::equal, "a"), compare(4, Comparison::starts_with, "b")})),
            std::nullopt);
  for (const test::WrittenCondition& constant : {test::always(), test::never(), test::unknown()}) {
    EXPECT_EQ(column_of(constant), std::nullopt);
  }
}

TEST(Condition, KnowsWhetherItReadsNoColumn) {
  const auto is_constant = [](const test::WrittenCondition& written) { return written.build().is_constant(); };
  EXPECT_TRUE(is_constant(test::always()));
  EXPECT_TRUE(is_constant(test::negation(test::any({test::unknown(), test::never()}))));
  EXPECT_FALSE(is_constant(test::is_null(0)));
  EXPECT_FALSE(is_constant(test::in(0, ValueKind::text, {})));
  EXPECT_FALSE(is_constant(test::compare(0, Comparison::starts_with, "")));
  EXPECT_FALSE(is_constant(test::all({test::always(), test::is(Truth::yes, test::compare(3, Comparison::equal, 1))})));
}

// Random trees beside a recursion over the same tree that knows nothing of prefix form.
struct Tree {
  Kind kind = Kind::all;
  Truth truth = Truth::yes;
  std::uint32_t column = 0;
  std::vector<Tree> children;
};

Tree random_tree(std::mt19937& random, int depth) {
  Tree tree;
  const auto pick = depth == 0 ? 5 + random() % 2 : random() % 7;
  tree.kind =
      std::array{Kind::all, Kind::any, Kind::negation, Kind::is, Kind::is_not, Kind::is_null, Kind::compare}[pick];
  tree.truth = kTruths[random() % 3];
  tree.column = static_cast<std::uint32_t>(random() % 4);
  const bool is_connective = tree.kind == Kind::all || tree.kind == Kind::any;
  const bool is_leaf = tree.kind == Kind::is_null || tree.kind == Kind::compare;
  const auto children = is_connective ? random() % 4 : is_leaf ? 0U : 1U;
  for (std::size_t i = 0; i < children; ++i) {
    tree.children.push_back(random_tree(random, depth - 1));
  }
  return tree;
}

void flatten(const Tree& tree, std::vector<ConditionNode>& nodes) {
  const std::size_t position = nodes.size();
  nodes.push_back({.kind = tree.kind, .truth = tree.truth, .column = tree.column, .count = 1});
  for (const Tree& child : tree.children) {
    flatten(child, nodes);
  }
  nodes[position].end = static_cast<std::uint32_t>(nodes.size());
}

Truth naive(const Tree& tree, const std::array<Truth, 4>& columns) {
  std::vector<Truth> children;
  for (const Tree& child : tree.children) {
    children.push_back(naive(child, columns));
  }
  const auto count = [&](Truth truth) { return std::count(children.begin(), children.end(), truth); };
  switch (tree.kind) {
    case Kind::all:
      return count(Truth::no) > 0 ? Truth::no : count(Truth::unknown) > 0 ? Truth::unknown : Truth::yes;
    case Kind::any:
      return count(Truth::yes) > 0 ? Truth::yes : count(Truth::unknown) > 0 ? Truth::unknown : Truth::no;
    case Kind::negation:
      return children[0] == Truth::unknown ? Truth::unknown : truth_of(children[0] == Truth::no);
    case Kind::is:
      return truth_of(children[0] == tree.truth);
    case Kind::is_not:
      return truth_of(children[0] != tree.truth);
    case Kind::is_null:
      return truth_of(columns[tree.column] == Truth::unknown);
    default:
      return columns[tree.column];
  }
}

TEST(Condition, AgreesWithBruteForceOnRandomTrees) {
  std::mt19937 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const Tree tree = random_tree(random, 4);
    std::vector<ConditionNode> nodes;
    flatten(tree, nodes);
    std::array<Truth, 4> columns{};
    std::vector<Value> values;
    for (Truth& truth : columns) {
      truth = kTruths[random() % 3];
      values.push_back(value_of(truth));
    }
    ASSERT_EQ(evaluate(nodes, {integer(1)}, values), naive(tree, columns)) << i;
  }
}

}  // namespace
}  // namespace leadscore::model
