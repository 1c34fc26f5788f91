#include "pg/model_syntax.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <string_view>

#include "core/model/scale.hpp"

namespace leadscore::pg {

namespace {

struct RawCheck {
  ParseState* state;
};

// True if the text is such a word and nothing else, blanks aside.
bool is_a_clock_word(const char* text) {
  std::string_view word(text);
  constexpr std::string_view kBlanks = " \t\n\r\f\v";
  const std::size_t first = word.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) {
    return false;
  }
  word = word.substr(first, word.find_last_not_of(kBlanks) - first + 1);
  return std::all_of(word.begin(), word.end(),
                     [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }) &&
         names_the_clock(text);
}

bool is_text_type_name(const TypeName* name) {
  if (name->names == NIL) {
    return false;
  }
  const char* const last = strVal(llast(name->names));
  return strcmp(last, "text") == 0 || strcmp(last, "varchar") == 0 || strcmp(last, "bpchar") == 0;
}

bool is_foreign_schema(const List* qualified_name) {
  if (list_length(qualified_name) < 2) {
    return false;
  }
  const char* const schema = strVal(list_nth(qualified_name, list_length(qualified_name) - 2));
  return list_length(qualified_name) > 2 || (strcmp(schema, "pg_catalog") != 0 && strcmp(schema, "leadscore") != 0);
}

bool reads_the_clock(const FuncCall* call) {
  static constexpr std::array<std::string_view, 5> kNames{"now", "transaction_timestamp", "statement_timestamp",
                                                          "clock_timestamp", "timeofday"};
  const std::string_view name(strVal(llast(call->funcname)));
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool check_raw_node(Node* node, void* context);

void check_literal(const char* text, int location, const RawCheck* check) {
  if (is_a_clock_word(text)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
                    errmsg("the literal '%s' is not allowed: its meaning changes with the clock", text),
                    errhint("Use as_of for the time. If it is meant as text, write '%s'::text.", text),
                    parser_errposition(check->state, location)));
  }
}

void check_function_call(const FuncCall* call, const RawCheck* check) {
  if (is_foreign_schema(call->funcname)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
                    errmsg("function %s is outside pg_catalog", NameListToString(call->funcname)),
                    errhint("%s", kAllowedHint), parser_errposition(check->state, call->location)));
  }
  if (reads_the_clock(call)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
                    errmsg("function %s() is not allowed: it reads the clock", strVal(llast(call->funcname))),
                    errhint("Use as_of for the time."), parser_errposition(check->state, call->location)));
  }
  if (call->over != nullptr) {
    refuse(check->state, call->location, ERRCODE_WINDOWING_ERROR, "window functions are not allowed here");
  }
  if (call->agg_star || call->agg_distinct || call->agg_within_group || call->agg_order != NIL ||
      call->agg_filter != nullptr) {
    refuse(check->state, call->location, ERRCODE_GROUPING_ERROR, "aggregate functions are not allowed here");
  }
}

bool check_raw_node(Node* node, void* context) {
  if (node == nullptr) {
    return false;
  }
  const auto* check = static_cast<const RawCheck*>(context);
  switch (nodeTag(node)) {
    case T_SubLink:
      refuse(check->state, reinterpret_cast<SubLink*>(node)->location, ERRCODE_FEATURE_NOT_SUPPORTED,
             "subqueries are not allowed here");
    case T_ParamRef:
      refuse(check->state, reinterpret_cast<ParamRef*>(node)->location, ERRCODE_UNDEFINED_PARAMETER,
             "parameters are not allowed here");
    case T_SQLValueFunction:
      refuse(check->state, reinterpret_cast<SQLValueFunction*>(node)->location, ERRCODE_INVALID_OBJECT_DEFINITION,
             "the clock, the current user and the like are not allowed here", "Use as_of for the time.");
    case T_GroupingFunc:
      refuse(check->state, reinterpret_cast<GroupingFunc*>(node)->location, ERRCODE_GROUPING_ERROR,
             "aggregate functions are not allowed here");
    case T_CurrentOfExpr:
    case T_SetToDefault:
    case T_XmlExpr:
    case T_XmlSerialize:
      refuse(check->state, exprLocation(node), ERRCODE_FEATURE_NOT_SUPPORTED, "this construct is not allowed here");
    case T_A_Star:
      refuse(check->state, -1, ERRCODE_SYNTAX_ERROR, "\"*\" is not allowed here");
    case T_ColumnRef: {
      const auto* reference = reinterpret_cast<ColumnRef*>(node);
      if (IsA(llast(reference->fields), A_Star)) {
        refuse(check->state, reference->location, ERRCODE_SYNTAX_ERROR, "\"*\" is not allowed here");
      }
      return false;
    }
    case T_FuncCall:
      check_function_call(reinterpret_cast<FuncCall*>(node), check);
      break;
    case T_A_Expr: {
      const auto* expression = reinterpret_cast<A_Expr*>(node);
      if (is_foreign_schema(expression->name)) {
        ereport(ERROR, (errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
                        errmsg("operator %s is outside pg_catalog", NameListToString(expression->name)),
                        errhint("%s", kAllowedHint), parser_errposition(check->state, expression->location)));
      }
      break;
    }
    case T_TypeName: {
      const auto* name = reinterpret_cast<TypeName*>(node);
      if (is_foreign_schema(name->names) || name->pct_type) {
        ereport(ERROR, (errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
                        errmsg("type %s is outside pg_catalog", TypeNameToString(name)), errhint("%s", kAllowedHint),
                        parser_errposition(check->state, name->location)));
      }
      break;
    }
    case T_TypeCast: {
      const auto* cast = reinterpret_cast<TypeCast*>(node);
      if (string_constant(cast->arg) != nullptr && is_text_type_name(cast->typeName)) {
        return check_raw_node(reinterpret_cast<Node*>(cast->typeName), context);  // as text it names no clock
      }
      break;
    }
    case T_A_Const: {
      if (const char* text = string_constant(node)) {
        check_literal(text, reinterpret_cast<A_Const*>(node)->location, check);
      }
      return false;
    }
    default:
      break;
  }
  return walk_raw_tree(node, check_raw_node, context);
}

// Refuses what the parser's own stack could not hold, before the parser sees it.
void check_size(const Expression& expression) {
  const std::size_t length = strlen(expression.text);
  if (length > kExpressionMaxBytes) {
    ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("%s too long", kind_name(expression)),
                    errdetail("It has %zu bytes; the limit is %d.", length, kExpressionMaxBytes)));
  }
  core_yy_extra_type extra;
  core_yyscan_t scanner = scanner_init(expression.text, &extra, &ScanKeywords, ScanKeywordTokens);
  core_YYSTYPE value;
  YYLTYPE location = 0;
  int tokens = 0;
  while (core_yylex(&value, &location, scanner) != 0) {
    if (++tokens > kExpressionMaxTokens) {
      ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("%s too complex", kind_name(expression)),
                      errdetail("It has more than %d tokens.", kExpressionMaxTokens),
                      errposition(pg_mbstrlen_with_len(expression.text, location) + 1)));
    }
  }
  scanner_finish(scanner);
}

// Constants need no analysis to be seen as no number of points.
void check_points_constant(Node* node, ParseState* state) {
  if (IsA(node, TypeCast)) {
    node = reinterpret_cast<TypeCast*>(node)->arg;
  }
  if (!IsA(node, A_Const)) {
    return;
  }
  const auto* constant = reinterpret_cast<A_Const*>(node);
  const char* text = string_constant(node);
  if (text == nullptr && !constant->isnull && IsA(&constant->val, Float)) {
    text = constant->val.fval.fval;
  }
  if (text == nullptr) {
    return;
  }
  char* end = nullptr;
  const double value = std::strtod(text, &end);
  if (end != text && !model::is_number_of_points(value)) {
    ereport(ERROR,
            (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("points must be a number between -1e15 and 1e15"),
             parser_errposition(state, constant->location)));
  }
}

}  // namespace

const char* kind_name(const Expression& expression) {
  if (expression.kind == Expression::Kind::status) {
    return "status";
  }
  return is_condition(expression.kind) ? "condition" : "points";
}

void refuse(ParseState* state, int location, int sqlstate, const char* message, const char* hint) {
  ereport(ERROR, (errcode(sqlstate), errmsg("%s", message), errhint("%s", hint), parser_errposition(state, location)));
}

ParseState* make_state(const Expression& expression) {
  ParseState* const state = make_parsestate(nullptr);
  state->p_sourcetext = expression.text;
  return state;
}

bool names_the_clock(const char* text) {
  static constexpr std::array<std::string_view, 4> kWords{"now", "today", "tomorrow", "yesterday"};
  const char* p = text;
  while (*p != '\0') {
    if (std::isalpha(static_cast<unsigned char>(*p)) == 0) {
      ++p;
      continue;
    }
    const char* const start = p;
    while (std::isalpha(static_cast<unsigned char>(*p)) != 0) {
      ++p;
    }
    const std::string_view word(start, static_cast<std::size_t>(p - start));
    if (std::any_of(kWords.begin(), kWords.end(), [&](std::string_view clock_word) {
          return clock_word.size() == word.size() && pg_strncasecmp(word.data(), clock_word.data(), word.size()) == 0;
        })) {
      return true;
    }
  }
  return false;
}

const char* string_constant(Node* node) {
  if (node == nullptr || !IsA(node, A_Const)) {
    return nullptr;
  }
  auto* const constant = reinterpret_cast<A_Const*>(node);  // servers with assertions check the type of a mutable node
  return !constant->isnull && IsA(&constant->val, String) ? strVal(&constant->val) : nullptr;
}

Node* parse_checked(const Expression& expression, ParseState* state) {
  RawCheck check{state};
  check_size(expression);
  List* const parsed = raw_parser(expression.text, RAW_PARSE_PLPGSQL_EXPR);
  const auto* select = reinterpret_cast<SelectStmt*>(linitial_node(RawStmt, parsed)->stmt);

  const bool more_than_an_expression =
      select->distinctClause != NIL || select->fromClause != NIL || select->whereClause != nullptr ||
      select->groupClause != NIL || select->havingClause != nullptr || select->windowClause != NIL ||
      select->sortClause != NIL || select->limitOffset != nullptr || select->limitCount != nullptr ||
      select->lockingClause != NIL || select->intoClause != nullptr || select->withClause != nullptr ||
      select->op != SETOP_NONE || list_length(select->targetList) != 1;
  if (more_than_an_expression) {
    ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("%s must be exactly one expression", kind_name(expression)),
                    errposition(1)));
  }
  const auto* target = linitial_node(ResTarget, select->targetList);
  if (target->name != nullptr || target->indirection != NIL) {
    refuse(check.state, target->location, ERRCODE_SYNTAX_ERROR, "an alias is not allowed here");
  }
  check_raw_node(target->val, &check);
  if (expression.kind == Expression::Kind::points) {
    check_points_constant(target->val, check.state);
  }
  return target->val;
}

}  // namespace leadscore::pg
