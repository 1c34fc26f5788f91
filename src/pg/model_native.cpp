#include "pg/model_native.hpp"

#include <array>

namespace leadscore::pg {

namespace {

using model::Comparison;
using model::ConditionNode;
using model::Value;
using model::ValueKind;
using Kind = ConditionNode::Kind;

// A function behind an operator, and the comparison that it makes.
struct NativeFunction {
  Oid function;
  ValueKind kind;
  Comparison comparison;
};

#define LEADSCORE_COMPARISONS(name, kind)                                                   \
  {F_##name##EQ, kind, Comparison::equal}, {F_##name##NE, kind, Comparison::not_equal},     \
      {F_##name##LT, kind, Comparison::less}, {F_##name##LE, kind, Comparison::less_equal}, \
      {F_##name##GT, kind, Comparison::greater}, {                                          \
    F_##name##GE, kind, Comparison::greater_equal                                           \
  }

constexpr std::array kFunctions = std::to_array<NativeFunction>({
    LEADSCORE_COMPARISONS(INT2, ValueKind::integer),        LEADSCORE_COMPARISONS(INT4, ValueKind::integer),
    LEADSCORE_COMPARISONS(INT8, ValueKind::integer),        LEADSCORE_COMPARISONS(INT24, ValueKind::integer),
    LEADSCORE_COMPARISONS(INT28, ValueKind::integer),       LEADSCORE_COMPARISONS(INT42, ValueKind::integer),
    LEADSCORE_COMPARISONS(INT48, ValueKind::integer),       LEADSCORE_COMPARISONS(INT82, ValueKind::integer),
    LEADSCORE_COMPARISONS(INT84, ValueKind::integer),       LEADSCORE_COMPARISONS(DATE_, ValueKind::integer),
    LEADSCORE_COMPARISONS(TIMESTAMP_, ValueKind::integer),  LEADSCORE_COMPARISONS(TIMESTAMPTZ_, ValueKind::integer),
    LEADSCORE_COMPARISONS(TIME_, ValueKind::integer),       LEADSCORE_COMPARISONS(BOOL, ValueKind::integer),
    LEADSCORE_COMPARISONS(FLOAT4, ValueKind::integer),      LEADSCORE_COMPARISONS(FLOAT8, ValueKind::integer),
    LEADSCORE_COMPARISONS(FLOAT48, ValueKind::integer),     LEADSCORE_COMPARISONS(FLOAT84, ValueKind::integer),
    LEADSCORE_COMPARISONS(NUMERIC_, ValueKind::integer),    {F_ENUM_EQ, ValueKind::integer, Comparison::equal},
    {F_ENUM_NE, ValueKind::integer, Comparison::not_equal}, {F_TEXTEQ, ValueKind::text, Comparison::equal},
    {F_TEXTNE, ValueKind::text, Comparison::not_equal},     {F_STARTS_WITH, ValueKind::text, Comparison::starts_with},
});

#undef LEADSCORE_COMPARISONS

const NativeFunction* find_function(Oid function) {
  for (const NativeFunction& candidate : kFunctions) {
    if (candidate.function == function) {
      return &candidate;
    }
  }
  return nullptr;
}

// A column, or a cast of one that its reader applies.
struct Operand {
  const Var* column;
  ColumnReader reader;
};

const Node* without_relabels(const Node* node) {
  while (IsA(node, RelabelType)) {
    node = reinterpret_cast<const Node*>(reinterpret_cast<const RelabelType*>(node)->arg);
  }
  return node;
}

const Var* as_column(const Node* node) {
  node = without_relabels(node);
  return IsA(node, Var) ? reinterpret_cast<const Var*>(node) : nullptr;
}

std::optional<Operand> as_operand(const Node* node) {
  node = without_relabels(node);
  if (const Var* column = as_column(node)) {
    const std::optional<ColumnReader> reader = reader_of(column->vartype);
    return reader ? std::optional(Operand{column, *reader}) : std::nullopt;
  }
  if (!IsA(node, FuncExpr) || list_length(reinterpret_cast<const FuncExpr*>(node)->args) != 1) {
    return std::nullopt;
  }
  const auto* cast = reinterpret_cast<const FuncExpr*>(node);
  const Var* column = as_column(static_cast<const Node*>(linitial(cast->args)));
  const std::optional<ColumnReader> reader = reader_of_cast(cast->funcid);
  return column != nullptr && reader ? std::optional(Operand{column, *reader}) : std::nullopt;
}

// Sets the one column that the tree reads; true if it reads another one or a derived value as well.
bool reads_more_than_one_column(Node* node, void* found) {
  if (node == nullptr) {
    return false;
  }
  if (IsA(node, Var)) {
    const Var*& column = *static_cast<const Var**>(found);
    const auto* const read = reinterpret_cast<const Var*>(node);
    const bool is_other = column != nullptr && column->varattno != read->varattno;
    column = read;
    return is_other;
  }
  return IsA(node, Param) || walk_expression_tree(node, reads_more_than_one_column, found);
}

// A constant that is not NULL as the core compares it; nothing where it cannot be told exactly.
std::optional<Value> constant_value(Oid type, Datum datum) {
  const std::optional<ColumnReader> reader = reader_of(type);
  if (!reader || (*reader == ColumnReader::numeric && !has_exact_numeric_key(datum))) {
    return std::nullopt;
  }
  return read_value(*reader, datum);
}

// An array of palloc's with room for one more: its capacity is the next power of two.
template <class Item>
Item* grown(Item* items, int count) {
  if (count == 0) {
    return static_cast<Item*>(palloc(sizeof(Item)));
  }
  return (count & (count - 1)) == 0 ? static_cast<Item*>(repalloc(items, sizeof(Item) * 2 * static_cast<Size>(count)))
                                    : items;
}

// The number of a column, read so; one that is only tested for NULL may be read in any way.
std::uint32_t column_number(NativeColumns& columns, const Var* column, ColumnReader reader) {
  for (int i = 0; i < columns.count; ++i) {
    NativeColumn& known = columns.items[i];
    if (known.attribute != column->varattno) {
      continue;
    }
    if (known.reader == ColumnReader::presence) {
      known.reader = reader;
    }
    if (known.reader == reader || reader == ColumnReader::presence) {
      return static_cast<std::uint32_t>(i);
    }
  }
  if (columns.count == columns.capacity) {
    columns.capacity *= 2;
    columns.items =
        static_cast<NativeColumn*>(repalloc(columns.items, sizeof(NativeColumn) * static_cast<Size>(columns.capacity)));
  }
  columns.items[columns.count] = {column->varattno, reader, 0};
  return static_cast<std::uint32_t>(columns.count++);
}

// Collects the plan; every function returns false where the condition has another shape.
class Planner {
 public:
  Planner(NativeColumns& columns, NativePlan& plan) : columns_(columns), plan_(plan) {}

  bool add(Node* node) {
    check_stack_depth();
    switch (nodeTag(node)) {
      case T_BoolExpr:
        return add_connective(reinterpret_cast<BoolExpr*>(node));
      case T_NullTest:
        return add_null_test(reinterpret_cast<NullTest*>(node));
      case T_BooleanTest:
        return add_boolean_test(reinterpret_cast<BooleanTest*>(node));
      case T_OpExpr:
        return add_comparison(reinterpret_cast<OpExpr*>(node));
      case T_DistinctExpr: {
        const int test = open(Kind::is_not);
        plan_.nodes[test].truth = model::Truth::yes;
        return add_comparison(reinterpret_cast<OpExpr*>(node)) && close(test);
      }
      case T_ScalarArrayOpExpr:
        return add_list(reinterpret_cast<ScalarArrayOpExpr*>(node));
      case T_Const:
        return add_constant(reinterpret_cast<Const*>(node));
      default:
        return add_boolean_column(node);
    }
  }

 private:
  int open(Kind kind) {
    plan_.nodes = grown(plan_.nodes, plan_.node_count);
    ConditionNode node;
    node.kind = kind;
    node.end = static_cast<std::uint32_t>(plan_.node_count + 1);
    plan_.nodes[plan_.node_count] = node;
    return plan_.node_count++;
  }

  bool close(int node) const {
    plan_.nodes[node].end = static_cast<std::uint32_t>(plan_.node_count);
    return true;
  }

  int add_value(const Value& value) {
    plan_.constants = grown(plan_.constants, plan_.constant_count);
    plan_.constants[plan_.constant_count] = value;
    return plan_.constant_count++;
  }

  bool add_connective(const BoolExpr* expression) {
    const int node = open(expression->boolop == AND_EXPR  ? Kind::all
                          : expression->boolop == OR_EXPR ? Kind::any
                                                          : Kind::negation);
    ListCell* cell = nullptr;
    foreach (cell, expression->args) {
      if (!add(static_cast<Node*>(lfirst(cell)))) {
        return false;
      }
    }
    return close(node);
  }

  bool add_null_test(const NullTest* test) {
    if (test->argisrow) {
      return false;
    }
    Node* const argument = reinterpret_cast<Node*>(test->arg);
    const bool wants_null = test->nulltesttype == IS_NULL;
    if (const Var* column = as_column(argument)) {
      const int negation = wants_null ? -1 : open(Kind::negation);
      const int node = open(Kind::is_null);
      plan_.nodes[node].column = column_number(columns_, column, ColumnReader::presence);
      return wants_null || close(negation);
    }
    if (exprType(argument) != BOOLOID) {
      return false;
    }
    const int node = open(wants_null ? Kind::is : Kind::is_not);
    plan_.nodes[node].truth = model::Truth::unknown;
    return add(argument) && close(node);
  }

  bool add_boolean_test(const BooleanTest* test) {
    const bool wanted =
        test->booltesttype == IS_TRUE || test->booltesttype == IS_FALSE || test->booltesttype == IS_UNKNOWN;
    const int node = open(wanted ? Kind::is : Kind::is_not);
    switch (test->booltesttype) {
      case IS_TRUE:
      case IS_NOT_TRUE:
        plan_.nodes[node].truth = model::Truth::yes;
        break;
      case IS_FALSE:
      case IS_NOT_FALSE:
        plan_.nodes[node].truth = model::Truth::no;
        break;
      default:
        plan_.nodes[node].truth = model::Truth::unknown;
        break;
    }
    return add(reinterpret_cast<Node*>(test->arg)) && close(node);
  }

  bool add_constant(const Const* constant) {
    if (constant->consttype != BOOLOID) {
      return false;
    }
    open(constant->constisnull                ? Kind::unknown
         : DatumGetBool(constant->constvalue) ? Kind::all
                                              : Kind::any);  // without children: true, false
    return true;
  }

  bool add_boolean_column(Node* node) {
    const Var* column = as_column(node);
    if (column == nullptr || getBaseType(column->vartype) != BOOLOID) {
      return false;
    }
    const int comparison = open_comparison(ValueKind::integer, {column, ColumnReader::boolean}, Comparison::equal);
    plan_.nodes[comparison].constant = static_cast<std::uint32_t>(add_value(Value::of(std::int64_t{1})));
    return true;
  }

  int open_comparison(ValueKind kind, const Operand& operand, Comparison comparison) {
    const int node = open(Kind::compare);
    plan_.nodes[node].value_kind = kind;
    plan_.nodes[node].comparison = comparison;
    plan_.nodes[node].column = column_number(columns_, operand.column, operand.reader);
    plan_.nodes[node].count = 1;
    return node;
  }

  static bool has_bytewise_equality(Oid collation) {
    return OidIsValid(collation) && get_collation_isdeterministic(collation);
  }

  bool add_comparison(const OpExpr* expression) {
    if (list_length(expression->args) != 2) {
      return false;
    }
    if (expression->opfuncid == F_TEXTLIKE || expression->opfuncid == F_TEXTNLIKE) {
      return add_pattern(expression);
    }
    const NativeFunction* function = find_function(expression->opfuncid);
    if (function == nullptr) {
      return false;
    }
    auto* left = static_cast<Node*>(linitial(expression->args));
    auto* right = static_cast<Node*>(lsecond(expression->args));
    Comparison comparison = function->comparison;
    if (!as_operand(left)) {
      if (comparison == Comparison::starts_with) {
        return false;
      }
      std::swap(left, right);
      comparison = model::commuted(comparison);
    }
    const std::optional<Operand> operand = as_operand(left);
    if (!operand || (function->kind == ValueKind::text && !has_bytewise_equality(expression->inputcollid))) {
      return false;
    }
    if (!IsA(right, Const)) {
      return add_late_comparison(*operand, comparison, right);
    }
    const auto* constant = reinterpret_cast<const Const*>(right);
    const std::optional<Value> value =
        constant->constisnull ? std::nullopt : constant_value(constant->consttype, constant->constvalue);
    if (!value) {
      return false;
    }
    const int node = open_comparison(function->kind, *operand, comparison);
    plan_.nodes[node].constant = static_cast<std::uint32_t>(add_value(*value));
    return true;
  }

  // LIKE 'prefix%', and LIKE without any pattern in it.
  bool add_pattern(const OpExpr* expression) {
    const Var* column = as_column(static_cast<Node*>(linitial(expression->args)));
    const auto* pattern = static_cast<Const*>(lsecond(expression->args));
    if (column == nullptr || reader_of(column->vartype) != ColumnReader::text || !IsA(pattern, Const) ||
        pattern->constisnull || !has_bytewise_equality(expression->inputcollid)) {
      return false;
    }
    Value value = read_value(ColumnReader::text, pattern->constvalue);
    const std::size_t special = value.text().find_first_of("%_\\");
    const bool is_prefix = special != std::string_view::npos && special + 1 == value.size && value.data[special] == '%';
    if (special != std::string_view::npos && !is_prefix) {
      return false;
    }
    value.size = is_prefix ? special : value.size;
    const bool is_negated = expression->opfuncid == F_TEXTNLIKE;
    const int negation = is_negated ? open(Kind::negation) : -1;
    const int node = open_comparison(ValueKind::text, {column, ColumnReader::text},
                                     is_prefix ? Comparison::starts_with : Comparison::equal);
    plan_.nodes[node].constant = static_cast<std::uint32_t>(add_value(value));
    return !is_negated || close(negation);
  }

  static bool is_as_of(const Node* node) {
    return IsA(node, Param) && reinterpret_cast<const Param*>(node)->paramtype == TIMESTAMPTZOID;
  }

  // An interval so short that adding it to a usual time cannot leave the range of timestamps.
  static const Interval* as_short_interval(const Node* node) {
    if (!IsA(node, Const) || reinterpret_cast<const Const*>(node)->constisnull) {
      return nullptr;
    }
    constexpr std::int64_t kDays = 366 * std::int64_t{5000};
    constexpr std::int64_t kMonths = 12 * std::int64_t{5000};
    const Interval* const interval = DatumGetIntervalP(reinterpret_cast<const Const*>(node)->constvalue);
    const bool is_short = std::abs(std::int64_t{interval->month}) <= kMonths &&
                          std::abs(std::int64_t{interval->day}) <= kDays && interval->time <= kDays * USECS_PER_DAY &&
                          interval->time >= -kDays * USECS_PER_DAY;
    return is_short ? interval : nullptr;
  }

  bool add_late_comparison(const Operand& operand, Comparison comparison, const Node* right) {
    LateConstant late{0, 0, nullptr};
    if (getBaseType(operand.column->vartype) != TIMESTAMPTZOID || exprType(right) != TIMESTAMPTZOID) {
      return false;
    }
    if (!is_as_of(right)) {
      if (!IsA(right, OpExpr)) {
        return false;
      }
      const auto* sum = reinterpret_cast<const OpExpr*>(right);
      const bool is_sum = sum->opfuncid == F_TIMESTAMPTZ_PL_INTERVAL || sum->opfuncid == F_TIMESTAMPTZ_MI_INTERVAL;
      if (!is_sum || !is_as_of(static_cast<Node*>(linitial(sum->args)))) {
        return false;
      }
      late.interval = as_short_interval(static_cast<Node*>(lsecond(sum->args)));
      late.direction = sum->opfuncid == F_TIMESTAMPTZ_PL_INTERVAL ? 1 : -1;
      if (late.interval == nullptr) {
        return false;
      }
    }
    const int node = open_comparison(ValueKind::integer, operand, comparison);
    late.position = add_value(Value{});
    plan_.nodes[node].constant = static_cast<std::uint32_t>(late.position);
    const Size size = sizeof(LateConstant) * static_cast<Size>(plan_.late_count + 1);
    plan_.late = static_cast<LateConstant*>(plan_.late == nullptr ? palloc(size) : repalloc(plan_.late, size));
    plan_.late[plan_.late_count++] = late;
    return true;
  }

  // column IN (constants), and NOT IN.
  bool add_list(const ScalarArrayOpExpr* expression) {
    const NativeFunction* function = find_function(expression->opfuncid);
    const std::optional<Operand> operand = as_operand(static_cast<Node*>(linitial(expression->args)));
    const auto* array = static_cast<Const*>(lsecond(expression->args));
    const Comparison wanted = expression->useOr ? Comparison::equal : Comparison::not_equal;
    if (function == nullptr || function->comparison != wanted || !operand || !IsA(array, Const) || array->constisnull) {
      return false;
    }
    const Oid element_type = get_element_type(array->consttype);
    if (!OidIsValid(element_type) ||
        (function->kind == ValueKind::text && !has_bytewise_equality(expression->inputcollid))) {
      return false;
    }
    int16 length = 0;
    bool by_value = false;
    char alignment = 0;
    get_typlenbyvalalign(element_type, &length, &by_value, &alignment);
    Datum* elements = nullptr;
    bool* nulls = nullptr;
    int count = 0;
    deconstruct_array(DatumGetArrayTypeP(array->constvalue), element_type, length, by_value, alignment, &elements,
                      &nulls, &count);
    const int negation = expression->useOr ? -1 : open(Kind::negation);
    if (count == 0) {
      open(Kind::any);  // no element: false, even for a NULL column
    } else {
      const int node = open(Kind::in);
      plan_.nodes[node].value_kind = function->kind;
      plan_.nodes[node].column = column_number(columns_, operand->column, operand->reader);
      plan_.nodes[node].constant = static_cast<std::uint32_t>(plan_.constant_count);
      plan_.nodes[node].count = static_cast<std::uint32_t>(count);
      for (int i = 0; i < count; ++i) {
        const std::optional<Value> value = nulls[i] ? Value{} : constant_value(element_type, elements[i]);
        if (!value) {
          return false;
        }
        add_value(*value);
      }
    }
    return expression->useOr || close(negation);
  }

  NativeColumns& columns_;
  NativePlan& plan_;
};

}  // namespace

bool plan_native(Expr* condition, NativeColumns& columns, NativePlan& plan) {
  plan = NativePlan{};
  return Planner(columns, plan).add(reinterpret_cast<Node*>(condition));
}

std::optional<int> plan_text_column(const Expr* expression, NativeColumns& columns) {
  const Var* const column = as_column(reinterpret_cast<const Node*>(expression));
  if (column == nullptr || reader_of(column->vartype) != ColumnReader::text) {
    return std::nullopt;
  }
  return static_cast<int>(column_number(columns, column, ColumnReader::text));
}

std::optional<int> plan_only_text(Expr* expression, NativeColumns& columns) {
  const Var* column = nullptr;
  auto* const node = reinterpret_cast<Node*>(expression);
  if (reads_more_than_one_column(node, &column) || column == nullptr || contain_mutable_functions(node)) {
    return std::nullopt;
  }
  return plan_text_column(reinterpret_cast<const Expr*>(column), columns);
}

bool is_usual_time(TimestampTz time) {
  constexpr std::int64_t kYear = 366 * USECS_PER_DAY;
  return time > -1000 * kYear && time < 200000 * kYear;
}

Value late_value(const LateConstant& late, TimestampTz as_of) {
  if (late.interval == nullptr) {
    return Value::of(std::int64_t{as_of});
  }
  const Datum result = DirectFunctionCall2(late.direction > 0 ? timestamptz_pl_interval : timestamptz_mi_interval,
                                           TimestampTzGetDatum(as_of), IntervalPGetDatum(late.interval));
  return Value::of(std::int64_t{DatumGetTimestampTz(result)});
}

}  // namespace leadscore::pg
