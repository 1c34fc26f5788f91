#include "pg/model_expression.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <string_view>

#include "core/model/scale.hpp"

namespace leadscore::pg {

namespace {

constexpr const char* kAllowedHint =
    "Conditions and points may use the lead's columns, operators and immutable functions of pg_catalog, and as_of "
    "for the time.";

const char* kind_name(const Expression& expression) {
  return expression.kind == Expression::Kind::condition ? "condition" : "points";
}

// Turns the position within the text into a position within an internal query, and says whose text it is.
void expression_error_context(void* argument) {
  const auto* expression = static_cast<const Expression*>(argument);
  const int position = geterrposition();
  if (position > 0) {
    errposition(0);
    internalerrposition(position);
    internalerrquery(expression->text);
  }
  if (geterrcode() == ERRCODE_UNDEFINED_FUNCTION && position > 0) {
    errhint(
        "Conditions and points see the operators and functions of pg_catalog only, and compare a type from "
        "elsewhere when it is cast explicitly (for example column::text). Check the name and the argument types.");
  }
  if (expression->criterion == nullptr) {
    errcontext("leadscore %s", kind_name(*expression));
  } else if (expression->model == nullptr) {
    errcontext("%s of criterion \"%s\"", kind_name(*expression), expression->criterion);
  } else {
    errcontext("%s of criterion \"%s\" of model \"%s\"", kind_name(*expression), expression->criterion,
               expression->model);
  }
}

struct ContextScope {
  ErrorContextCallback callback;
};

void push_context(ContextScope& scope, const Expression& expression) {
  scope.callback.callback = expression_error_context;
  scope.callback.arg = const_cast<Expression*>(&expression);
  scope.callback.previous = error_context_stack;
  error_context_stack = &scope.callback;
}

void pop_context(const ContextScope& scope) { error_context_stack = scope.callback.previous; }

// ---------------------------------------------------------------------------------------------------------------
// The raw tree: what can be refused without knowing what the names mean.

struct RawCheck {
  ParseState* state;
};

[[noreturn]] void refuse(ParseState* state, int location, int sqlstate, const char* message,
                         const char* hint = kAllowedHint) {
  ereport(ERROR, (errcode(sqlstate), errmsg("%s", message), errhint("%s", hint), parser_errposition(state, location)));
}

// True if the text holds a word that date input replaces by the current time.
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

const char* string_constant(Node* node) {
  if (node == nullptr || !IsA(node, A_Const)) {
    return nullptr;
  }
  const auto* constant = reinterpret_cast<A_Const*>(node);
  return !constant->isnull && IsA(&constant->val, String) ? strVal(&constant->val) : nullptr;
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

Node* parse_checked(const Expression& expression, RawCheck& check) {
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

ParseState* make_state(const Expression& expression) {
  ParseState* const state = make_parsestate(nullptr);
  state->p_sourcetext = expression.text;
  return state;
}

// ---------------------------------------------------------------------------------------------------------------
// Names.

struct Lead {
  TupleDesc row;
  Bitmapset* columns;  // the attribute numbers used
  List* literals;      // the string literals, as Const of type unknown
};

Node* make_column(const Lead* lead, int attribute, int location) {
  const Form_pg_attribute column = TupleDescAttr(lead->row, attribute - 1);
  Var* const variable =
      makeVar(1, static_cast<AttrNumber>(attribute), column->atttypid, column->atttypmod, column->attcollation, 0);
  variable->location = location;
  return reinterpret_cast<Node*>(variable);
}

Node* make_derived(DerivedName name, int location) {
  static constexpr Oid kTypes[kDerivedNames] = {TIMESTAMPTZOID, FLOAT8OID, BOOLOID};
  const int position = static_cast<int>(name);
  auto* parameter = makeNode(Param);
  parameter->paramkind = PARAM_EXTERN;
  parameter->paramid = position + 1;
  parameter->paramtype = kTypes[position];
  parameter->paramtypmod = -1;
  parameter->paramcollid = InvalidOid;
  parameter->location = location;
  return reinterpret_cast<Node*>(parameter);
}

// The attribute number of the named column, or 0; an ambiguous name is an error.
int find_column(ParseState* state, const Lead* lead, const char* name, int location) {
  int found = 0;
  for (int i = 0; i < lead->row->natts; ++i) {
    const Form_pg_attribute column = TupleDescAttr(lead->row, i);
    if (column->attisdropped || strcmp(NameStr(column->attname), name) != 0) {
      continue;
    }
    if (found != 0) {
      ereport(ERROR, (errcode(ERRCODE_AMBIGUOUS_COLUMN), errmsg("column \"%s\" is ambiguous", name),
                      errdetail("The row has several columns of this name."), parser_errposition(state, location)));
    }
    found = i + 1;
  }
  return found;
}

// The column whose name is nearest to a mistyped one, or nullptr.
const char* nearest_column(const Lead* lead, const char* name) {
  const int length = static_cast<int>(strlen(name));
  if (length >= NAMEDATALEN) {
    return nullptr;
  }
  int nearest = length / 3 + 1;
  const char* found = nullptr;
  for (int i = 0; i < lead->row->natts; ++i) {
    const Form_pg_attribute column = TupleDescAttr(lead->row, i);
    if (column->attisdropped) {
      continue;
    }
    const char* const candidate = NameStr(column->attname);
    const int distance = varstr_levenshtein_less_equal(candidate, static_cast<int>(strlen(candidate)), name, length, 1,
                                                       1, 1, nearest, true);
    if (distance < nearest || (distance == nearest && found == nullptr)) {
      nearest = distance;
      found = candidate;
    }
  }
  return found;
}

[[noreturn]] void no_such_column(ParseState* state, const Lead* lead, const char* name, int location) {
  const char* const nearest = nearest_column(lead, name);
  ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("the lead has no column \"%s\"", name),
                  nearest != nullptr ? errhint("Perhaps you meant the column \"%s\".", nearest)
                                     : errhint("Text constants stand in single quotes; names in double quotes are "
                                               "columns."),
                  parser_errposition(state, location)));
}

// A bare name is a derived value or a column; lead.name is always a column.
Node* resolve_name(ParseState* state, ColumnRef* reference) {
  auto* lead = static_cast<Lead*>(state->p_ref_hook_state);
  const char* const first = strVal(linitial(reference->fields));
  const char* name = first;
  if (list_length(reference->fields) == 1) {
    const int derived = find_derived_name(name);
    if (derived >= 0) {
      const bool own_flag = static_cast<DerivedName>(derived) == DerivedName::is_duplicate;
      const int column = own_flag ? find_column(state, lead, name, reference->location) : 0;
      const bool lead_knows = column != 0 && getBaseType(TupleDescAttr(lead->row, column - 1)->atttypid) == BOOLOID;
      if (!lead_knows) {
        return make_derived(static_cast<DerivedName>(derived), reference->location);
      }
    }
  } else if (list_length(reference->fields) == 2 && strcmp(first, "lead") == 0) {
    name = strVal(lsecond(reference->fields));
  } else {
    ereport(
        ERROR,
        (errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("the lead has no column %s", NameListToString(reference->fields)),
         errhint("Write a column bare or as lead.column, and the field of a composite column as (column).field."),
         parser_errposition(state, reference->location)));
  }
  const int column = find_column(state, lead, name, reference->location);
  if (column == 0) {
    no_such_column(state, lead, name, reference->location);
  }
  lead->columns = bms_add_member(lead->columns, column);
  return make_column(lead, column, reference->location);
}

// ---------------------------------------------------------------------------------------------------------------
// The analysed tree: what each name turned out to mean.

struct TreeCheck {
  ParseState* state;
  ExpressionUses* uses;
};

// Stable functions whose result a fixed time zone settles, and the label of an enum.
bool is_listed_stable_function(Oid function) {
  static constexpr std::array<Oid, 43> kListed{
      F_TIMESTAMPTZ_PL_INTERVAL,
      F_TIMESTAMPTZ_MI_INTERVAL,
      F_INTERVAL_PL_TIMESTAMPTZ,
      F_DATE_TRUNC_TEXT_TIMESTAMPTZ,
      F_DATE_TRUNC_TEXT_TIMESTAMPTZ_TEXT,
      F_DATE_PART_TEXT_TIMESTAMPTZ,
      F_EXTRACT_TEXT_TIMESTAMPTZ,
      F_TIMESTAMPTZ_DATE,
      F_TIMESTAMPTZ_TIMESTAMP,
      F_DATE_TIMESTAMPTZ,
      F_TIMESTAMP_TIMESTAMPTZ,
      F_TIME_TIMESTAMPTZ,
      F_TIMESTAMPTZ_DATE_TIME,
      F_DATE_LT_TIMESTAMPTZ,
      F_DATE_LE_TIMESTAMPTZ,
      F_DATE_EQ_TIMESTAMPTZ,
      F_DATE_GT_TIMESTAMPTZ,
      F_DATE_GE_TIMESTAMPTZ,
      F_DATE_NE_TIMESTAMPTZ,
      F_TIMESTAMPTZ_LT_DATE,
      F_TIMESTAMPTZ_LE_DATE,
      F_TIMESTAMPTZ_EQ_DATE,
      F_TIMESTAMPTZ_GT_DATE,
      F_TIMESTAMPTZ_GE_DATE,
      F_TIMESTAMPTZ_NE_DATE,
      F_TIMESTAMP_LT_TIMESTAMPTZ,
      F_TIMESTAMP_LE_TIMESTAMPTZ,
      F_TIMESTAMP_EQ_TIMESTAMPTZ,
      F_TIMESTAMP_GT_TIMESTAMPTZ,
      F_TIMESTAMP_GE_TIMESTAMPTZ,
      F_TIMESTAMP_NE_TIMESTAMPTZ,
      F_TIMESTAMPTZ_LT_TIMESTAMP,
      F_TIMESTAMPTZ_LE_TIMESTAMP,
      F_TIMESTAMPTZ_EQ_TIMESTAMP,
      F_TIMESTAMPTZ_GT_TIMESTAMP,
      F_TIMESTAMPTZ_GE_TIMESTAMP,
      F_TIMESTAMPTZ_NE_TIMESTAMP,
      F_OVERLAPS_TIMESTAMPTZ_INTERVAL_TIMESTAMPTZ_INTERVAL,
      F_OVERLAPS_TIMESTAMPTZ_INTERVAL_TIMESTAMPTZ_TIMESTAMPTZ,
      F_OVERLAPS_TIMESTAMPTZ_TIMESTAMPTZ_TIMESTAMPTZ_INTERVAL,
      F_DATE_CMP_TIMESTAMPTZ,
      F_TIMESTAMPTZ_CMP_DATE,
      F_ENUM_OUT,
  };
  return std::find(kListed.begin(), kListed.end(), function) != kListed.end();
}

// Called immutable by PostgreSQL, and yet a setting of the session changes their result, or they look into relations.
bool depends_on_more(Oid function) {
  static constexpr std::array<Oid, 12> kFunctions{F_FLOAT4OUT, F_FLOAT8OUT, F_POINT_OUT,   F_LSEG_OUT,
                                                  F_PATH_OUT,  F_BOX_OUT,   F_POLY_OUT,    F_CIRCLE_OUT,
                                                  F_LINE_OUT,  F_BYTEAOUT,  F_QUOTE_IDENT, F_SATISFIES_HASH_PARTITION};
  return std::find(kFunctions.begin(), kFunctions.end(), function) != kFunctions.end();
}

bool is_system_schema(Oid schema) {
  return schema == PG_CATALOG_NAMESPACE || schema == get_namespace_oid("leadscore", true);
}

struct FunctionFacts {
  const char* name;
  Oid schema;
  bool returns_set;
  bool is_settled;  // its result depends on its arguments and the model's time zone alone
};

FunctionFacts facts_of(Oid function) {
  HeapTuple const tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
  if (!HeapTupleIsValid(tuple)) {
    elog(ERROR, "cache lookup failed for function %u", function);
  }
  const auto* form = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple));
  const FunctionFacts facts{pstrdup(NameStr(form->proname)), form->pronamespace, form->proretset,
                            (form->provolatile == PROVOLATILE_IMMUTABLE || is_listed_stable_function(function)) &&
                                !depends_on_more(function)};
  ReleaseSysCache(tuple);
  return facts;
}

void check_function(Oid function, Node* node, const TreeCheck* check) {
  const FunctionFacts facts = facts_of(function);
  if (!is_system_schema(facts.schema)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_OBJECT_DEFINITION), errmsg("function %s is outside pg_catalog", facts.name),
                    errhint("%s", kAllowedHint), parser_errposition(check->state, exprLocation(node))));
  }
  if (facts.returns_set) {
    refuse(check->state, exprLocation(node), ERRCODE_FEATURE_NOT_SUPPORTED,
           "set-returning functions are not allowed here");
  }
  if (!facts.is_settled) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
                    errmsg("function %s is not allowed: its result depends on more than its arguments", facts.name),
                    errhint("%s", kAllowedHint), parser_errposition(check->state, exprLocation(node))));
  }
}

// True for types whose operators are pg_catalog's alone. Other types may bring code of their own into the generic
// operators (array, record and range comparison, domain checks), or depend on the session.
bool is_trusted_type(Oid type) {
  switch (type) {
    case MONEYOID:  // read and written by lc_monetary
    case XMLOID:
    case REGPROCOID:
    case REGPROCEDUREOID:
    case REGOPEROID:
    case REGOPERATOROID:
    case REGCLASSOID:
    case REGTYPEOID:
    case REGROLEOID:
    case REGNAMESPACEOID:
    case REGCOLLATIONOID:
      return false;
    case UNKNOWNOID:
      return true;
    default:
      break;
  }
  HeapTuple const tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
  if (!HeapTupleIsValid(tuple)) {
    elog(ERROR, "cache lookup failed for type %u", type);
  }
  const auto* form = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple));
  const bool of_catalog = form->typnamespace == PG_CATALOG_NAMESPACE;
  const char kind = form->typtype;
  const Oid base = form->typbasetype;
  const Oid element = form->typsubscript == F_ARRAY_SUBSCRIPT_HANDLER ? form->typelem : InvalidOid;
  ReleaseSysCache(tuple);

  switch (kind) {
    case TYPTYPE_ENUM:
      return true;
    case TYPTYPE_DOMAIN:
      return is_trusted_type(base);
    case TYPTYPE_BASE:
      if (OidIsValid(element)) {
        return get_typtype(element) != TYPTYPE_DOMAIN && is_trusted_type(element);
      }
      return of_catalog;
    case TYPTYPE_RANGE:
    case TYPTYPE_MULTIRANGE:
      return of_catalog;
    default:
      return false;
  }
}

[[noreturn]] void refuse_type(Oid type, int location, const TreeCheck* check) {
  ereport(ERROR, (errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
                  errmsg("values of type %s are not allowed here", format_type_be(type)),
                  errdetail("The type is outside pg_catalog or depends on the session, so a comparison might not be "
                            "the one that the type defines."),
                  errhint("Cast the value to a plain type, for example column::text."),
                  parser_errposition(check->state, location)));
}

void check_arguments(const List* arguments, const TreeCheck* check) {
  ListCell* cell = nullptr;
  foreach (cell, arguments) {
    Node* const argument = static_cast<Node*>(lfirst(cell));
    const Oid type = exprType(argument);
    // Text search objects are checked where a literal names one; a number must not pass for it.
    const bool is_unchecked = (type == REGCONFIGOID || type == REGDICTIONARYOID) && !IsA(argument, Const);
    if (is_unchecked || !is_trusted_type(type)) {
      refuse_type(type, exprLocation(argument), check);
    }
  }
}

void check_operator(Oid operator_oid, Node* node, const TreeCheck* check) {
  HeapTuple const tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(operator_oid));
  if (!HeapTupleIsValid(tuple)) {
    elog(ERROR, "cache lookup failed for operator %u", operator_oid);
  }
  const auto* form = reinterpret_cast<Form_pg_operator>(GETSTRUCT(tuple));
  const Oid schema = form->oprnamespace;
  const Oid function = form->oprcode;
  const char* const name = pstrdup(NameStr(form->oprname));
  ReleaseSysCache(tuple);
  if (!is_system_schema(schema)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_OBJECT_DEFINITION), errmsg("operator %s is outside pg_catalog", name),
                    errhint("%s", kAllowedHint), parser_errposition(check->state, exprLocation(node))));
  }
  check_function(function, node, check);
}

bool is_date_or_time(Oid type) {
  type = getBaseType(type);
  const Oid element = get_element_type(type);
  if (OidIsValid(element)) {
    return is_date_or_time(element);
  }
  if (type_is_range(type)) {
    return is_date_or_time(get_range_subtype(type));
  }
  if (type_is_multirange(type)) {
    return is_date_or_time(get_multirange_range(type));
  }
  return type == DATEOID || type == TIMEOID || type == TIMETZOID || type == TIMESTAMPOID || type == TIMESTAMPTZOID;
}

void check_io_coercion(CoerceViaIO* coercion, const TreeCheck* check) {
  const int location = exprLocation(reinterpret_cast<Node*>(coercion));
  const Oid from = exprType(reinterpret_cast<Node*>(coercion->arg));
  check_arguments(list_make1(coercion->arg), check);
  Oid output = InvalidOid;
  Oid input = InvalidOid;
  Oid parameter = InvalidOid;
  bool is_variable_length = false;
  getTypeOutputInfo(from, &output, &is_variable_length);
  getTypeInputInfo(coercion->resulttype, &input, &parameter);
  for (const Oid function : {output, input}) {
    const FunctionFacts facts = facts_of(function);
    if (!is_system_schema(facts.schema) || !facts.is_settled) {
      ereport(ERROR, (errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
                      errmsg("a cast from %s to %s is not allowed: its result depends on the session",
                             format_type_be(from), format_type_be(coercion->resulttype)),
                      errhint("%s", kAllowedHint), parser_errposition(check->state, location)));
    }
  }
}

// AT TIME ZONE reads 'IST' by the session's list of abbreviations, but 'Asia/Kolkata' always the same.
void check_time_zone_name(const FuncExpr* call, const TreeCheck* check) {
  const bool takes_zone_name = call->funcid == F_TIMEZONE_TEXT_TIMESTAMP || call->funcid == F_TIMEZONE_TEXT_TIMESTAMPTZ;
  if (!takes_zone_name) {
    return;
  }
  const auto* zone = static_cast<Const*>(linitial(call->args));
  if (IsA(zone, Const) && !zone->constisnull) {
    const char* const name = TextDatumGetCString(zone->constvalue);
    if (strchr(name, '/') != nullptr || pg_strcasecmp(name, "UTC") == 0) {
      return;
    }
  }
  ereport(ERROR,
          (errcode(ERRCODE_INVALID_OBJECT_DEFINITION), errmsg("AT TIME ZONE needs the full name of a time zone here"),
           errhint("Write a name such as 'Europe/Moscow' or 'UTC'; abbreviations depend on the session."),
           parser_errposition(check->state, exprLocation(reinterpret_cast<const Node*>(zone)))));
}

bool check_node(Node* node, void* context) {
  if (node == nullptr) {
    return false;
  }
  const auto* check = static_cast<const TreeCheck*>(context);
  const auto location = [node] { return exprLocation(node); };
  const auto check_binary = [&](const OpExpr* expression) {
    check_operator(expression->opno, node, check);
    check_arguments(expression->args, check);
  };
  switch (nodeTag(node)) {
    case T_Var:
    case T_Param:
    case T_Const:
    case T_List:
    case T_BoolExpr:
    case T_CaseExpr:
    case T_CaseWhen:
    case T_CaseTestExpr:
    case T_CoalesceExpr:
    case T_NullTest:
    case T_BooleanTest:
    case T_ArrayExpr:
    case T_NamedArgExpr:
    case T_CollateExpr:
      break;
    case T_FieldSelect: {
      const Oid composite = getBaseType(exprType(reinterpret_cast<Node*>(reinterpret_cast<FieldSelect*>(node)->arg)));
      check->uses->composite_types = list_append_unique_oid(check->uses->composite_types, composite);
      break;
    }
    case T_FuncExpr: {
      const auto* call = reinterpret_cast<FuncExpr*>(node);
      check_function(call->funcid, node, check);
      check_time_zone_name(call, check);
      check_arguments(call->args, check);
      break;
    }
    case T_OpExpr:
    case T_DistinctExpr:
    case T_NullIfExpr:
      check_binary(reinterpret_cast<OpExpr*>(node));
      break;
    case T_ScalarArrayOpExpr: {
      const auto* expression = reinterpret_cast<ScalarArrayOpExpr*>(node);
      check_operator(expression->opno, node, check);
      check_arguments(expression->args, check);
      break;
    }
    case T_RowCompareExpr: {
      const auto* comparison = reinterpret_cast<RowCompareExpr*>(node);
      ListCell* cell = nullptr;
      foreach (cell, comparison->opnos) {
        check_operator(lfirst_oid(cell), node, check);
      }
      check_arguments(comparison->largs, check);
      check_arguments(comparison->rargs, check);
      break;
    }
    case T_RowExpr:  // comparisons have been taken apart by the parser; a function of a record is refused
      break;
    case T_MinMaxExpr:
      check_arguments(reinterpret_cast<MinMaxExpr*>(node)->args, check);
      break;
    case T_SubscriptingRef: {
      const auto* reference = reinterpret_cast<SubscriptingRef*>(node);
      if (!is_trusted_type(reference->refcontainertype)) {
        refuse_type(reference->refcontainertype, location(), check);
      }
      break;
    }
    case T_RelabelType: {
      const auto* relabel = reinterpret_cast<RelabelType*>(node);
      const Oid from = exprType(reinterpret_cast<Node*>(relabel->arg));
      if (relabel->relabelformat == COERCE_IMPLICIT_CAST && !is_trusted_type(from)) {
        refuse_type(from, exprLocation(reinterpret_cast<Node*>(relabel->arg)), check);
      }
      break;
    }
    case T_CoerceViaIO:
      check_io_coercion(reinterpret_cast<CoerceViaIO*>(node), check);
      break;
    case T_ArrayCoerceExpr: {
      const auto* coercion = reinterpret_cast<ArrayCoerceExpr*>(node);
      if (coercion->coerceformat == COERCE_IMPLICIT_CAST) {
        check_arguments(list_make1(coercion->arg), check);
      }
      break;
    }
    case T_Aggref:
      refuse(check->state, location(), ERRCODE_GROUPING_ERROR, "aggregate functions are not allowed here");
    case T_WindowFunc:
      refuse(check->state, location(), ERRCODE_WINDOWING_ERROR, "window functions are not allowed here");
    default:
      refuse(check->state, location(), ERRCODE_FEATURE_NOT_SUPPORTED, "this construct is not allowed here");
  }
  return walk_expression_tree(node, check_node, context);
}

// ---------------------------------------------------------------------------------------------------------------
// String literals. To give one a type, the parser calls the type's input function while it analyses, before any
// check of the tree could stop it, and a domain within the type would run its owner's code. So each literal enters
// the analysis as a parameter of type unknown, for which the parser asks us.

bool hide_literals(Node* node, void* context) {
  if (node == nullptr) {
    return false;
  }
  if (IsA(node, TypeName)) {
    return false;
  }
  if (const char* text = string_constant(node)) {
    auto* lead = static_cast<Lead*>(context);
    const int location = reinterpret_cast<A_Const*>(node)->location;
    Const* const literal = makeConst(UNKNOWNOID, -1, InvalidOid, -2, CStringGetDatum(pstrdup(text)), false, false);
    literal->location = location;
    lead->literals = lappend(lead->literals, literal);

    // In place: there is no mutator for raw trees.
    static_assert(sizeof(ParamRef) <= sizeof(A_Const));
    auto* reference = reinterpret_cast<ParamRef*>(node);
    reference->type = T_ParamRef;
    reference->number = kDerivedNames + list_length(lead->literals);
    reference->location = location;
    return false;
  }
  return walk_raw_tree(node, hide_literals, context);
}

Node* make_literal(ParseState* /*state*/, ParamRef* reference) {
  auto* parameter = makeNode(Param);
  parameter->paramkind = PARAM_EXTERN;
  parameter->paramid = reference->number;
  parameter->paramtype = UNKNOWNOID;
  parameter->paramtypmod = -1;
  parameter->paramcollid = InvalidOid;
  parameter->location = reference->location;
  return reinterpret_cast<Node*>(parameter);
}

Const* literal_of(const Lead* lead, const Param* parameter) {
  const int position = parameter->paramid - kDerivedNames - 1;
  return position < 0 ? nullptr : static_cast<Const*>(list_nth(lead->literals, position));
}

// Text search configurations and dictionaries are anybody's to make and to change, except those of pg_catalog.
void check_text_search_object(Oid type, const Const* object, ParseState* state) {
  const bool is_configuration = type == REGCONFIGOID;
  HeapTuple const tuple = SearchSysCache1(is_configuration ? TSCONFIGOID : TSDICTOID, object->constvalue);
  Oid schema = InvalidOid;
  if (HeapTupleIsValid(tuple)) {
    schema = is_configuration ? reinterpret_cast<Form_pg_ts_config>(GETSTRUCT(tuple))->cfgnamespace
                              : reinterpret_cast<Form_pg_ts_dict>(GETSTRUCT(tuple))->dictnamespace;
    ReleaseSysCache(tuple);
  }
  if (schema != PG_CATALOG_NAMESPACE) {
    refuse(state, object->location, ERRCODE_INVALID_OBJECT_DEFINITION,
           "text search configurations and dictionaries outside pg_catalog are not allowed here");
  }
}

Node* coerce_literal(ParseState* state, Param* parameter, Oid type, int32 typmod, int location) {
  Const* const literal = literal_of(static_cast<Lead*>(state->p_ref_hook_state), parameter);
  if (literal == nullptr) {
    return nullptr;  // a derived value has its type
  }
  const TreeCheck check{state, nullptr};
  if (!is_trusted_type(type) || get_typtype(type) == TYPTYPE_DOMAIN) {
    refuse_type(type, parameter->location, &check);
  }
  if (is_date_or_time(type) && names_the_clock(DatumGetCString(literal->constvalue))) {
    refuse(state, parameter->location, ERRCODE_INVALID_OBJECT_DEFINITION,
           "a date literal that names the clock is not allowed here", "Use as_of for the time.");
  }
  Node* const coerced = coerce_type(state, reinterpret_cast<Node*>(literal), UNKNOWNOID, type, typmod,
                                    COERCION_IMPLICIT, COERCE_IMPLICIT_CAST, location);
  if (type == REGCONFIGOID || type == REGDICTIONARYOID) {
    check_text_search_object(type, reinterpret_cast<Const*>(coerced), state);
  }
  return coerced;
}

// Literals that needed no type, as in 'a' IS NULL, become constants again.
Node* show_literals(Node* node, void* context) {
  if (node != nullptr && IsA(node, Param)) {
    Const* const literal = literal_of(static_cast<Lead*>(context), reinterpret_cast<Param*>(node));
    return literal != nullptr ? reinterpret_cast<Node*>(literal) : node;
  }
  return node == nullptr ? nullptr : mutate_expression_tree(node, show_literals, context);
}

Node* coerce_result(const Expression& expression, ParseState* state, Node* node) {
  const bool is_condition = expression.kind == Expression::Kind::condition;
  const Oid wanted = is_condition ? BOOLOID : FLOAT8OID;
  const Oid type = exprType(node);
  const int location = exprLocation(node);
  if (expression_returns_set(node)) {
    refuse(state, location, ERRCODE_FEATURE_NOT_SUPPORTED, "set-returning functions are not allowed here");
  }
  Node* const coerced =
      coerce_to_target_type(state, node, type, wanted, -1, COERCION_ASSIGNMENT, COERCE_IMPLICIT_CAST, -1);
  if (coerced == nullptr) {
    ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                    errmsg("%s must be of type %s, not %s", is_condition ? "a condition" : "points",
                           is_condition ? "boolean" : "double precision or another number", format_type_be(type)),
                    parser_errposition(state, location)));
  }
  return coerced;
}

// A constant that folding has made large would stay in memory with the compiled model.
bool refuse_large_constants(Node* node, void* context) {
  if (node == nullptr) {
    return false;
  }
  if (IsA(node, Const)) {
    const auto* constant = reinterpret_cast<Const*>(node);
    if (!constant->constisnull && constant->constlen == -1 &&
        toast_raw_datum_size(constant->constvalue) > kConstantMaxBytes) {
      ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("a constant of the expression is too large"),
                      errdetail("The limit is %d bytes.", kConstantMaxBytes)));
    }
    return false;
  }
  return walk_expression_tree(node, refuse_large_constants, context);
}

}  // namespace

const char* derived_name(DerivedName name) {
  static constexpr const char* kNames[kDerivedNames] = {"as_of", "engagement", "is_duplicate"};
  return kNames[static_cast<int>(name)];
}

int find_derived_name(const char* name) {
  for (int i = 0; i < kDerivedNames; ++i) {
    if (strcmp(name, derived_name(static_cast<DerivedName>(i))) == 0) {
      return i;
    }
  }
  return -1;
}

int pin_settings(const char* time_zone) {
  static constexpr const char* kPinned[][2] = {
      {"search_path", "pg_catalog, pg_temp"}, {"DateStyle", "ISO, YMD"},        {"IntervalStyle", "postgres"},
      {"standard_conforming_strings", "on"},  {"transform_null_equals", "off"}, {"array_nulls", "on"},
      {"backslash_quote", "safe_encoding"},   {"escape_string_warning", "off"}, {"timezone_abbreviations", "Default"},
  };
  const int level = NewGUCNestLevel();
  for (const auto& setting : kPinned) {
    set_config_option(setting[0], setting[1], PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
  }
  if (time_zone != nullptr) {
    set_config_option("TimeZone", time_zone, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
  }
  return level;
}

void unpin_settings(int level) { AtEOXact_GUC(true, level); }

Node* parse_expression(const Expression& expression) {
  ContextScope scope;
  push_context(scope, expression);
  RawCheck check{make_state(expression)};
  Node* const raw = parse_checked(expression, check);
  pop_context(scope);
  return raw;
}

AnalysedExpression analyse_expression(const Expression& expression, TupleDesc row, ExpressionUses& uses) {
  ContextScope scope;
  push_context(scope, expression);
  ParseState* const state = make_state(expression);
  RawCheck raw_check{state};
  Node* const raw = parse_checked(expression, raw_check);

  Lead lead{row, uses.columns, NIL};
  hide_literals(raw, &lead);
  state->p_pre_columnref_hook = resolve_name;
  state->p_paramref_hook = make_literal;
  state->p_coerce_param_hook = coerce_literal;
  state->p_ref_hook_state = &lead;
  Node* node = transformExpr(state, raw, EXPR_KIND_OTHER);
  node = coerce_result(expression, state, node);
  node = show_literals(node, &lead);
  assign_expr_collations(state, node);

  TreeCheck tree_check{state, &uses};
  check_node(node, &tree_check);

  AnalysedExpression analysed{};
  analysed.expression = expression_planner(reinterpret_cast<Expr*>(node));
  refuse_large_constants(reinterpret_cast<Node*>(analysed.expression), nullptr);
  if (IsA(analysed.expression, Const)) {
    const auto* constant = reinterpret_cast<Const*>(analysed.expression);
    analysed.is_constant = true;
    analysed.value = constant->constvalue;
    analysed.is_null = constant->constisnull;
    if (expression.kind == Expression::Kind::points && !constant->constisnull &&
        !model::is_number_of_points(DatumGetFloat8(constant->constvalue))) {
      ereport(ERROR,
              (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("points must be a number between -1e15 and 1e15"),
               parser_errposition(state, exprLocation(raw))));
    }
  }
  pop_context(scope);
  uses.columns = lead.columns;
  return analysed;
}

}  // namespace leadscore::pg
