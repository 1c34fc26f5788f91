#include "pg/model_expression.hpp"

#include "core/model/scale.hpp"
#include "pg/guard.hpp"
#include "pg/model_meaning.hpp"
#include "pg/model_syntax.hpp"

namespace leadscore::pg {

namespace {

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
  const char* const of_model = expression->model == nullptr ? "" : psprintf(" of model \"%s\"", expression->model);
  if (expression->kind == Expression::Kind::status) {
    errcontext("status%s", of_model);
  } else if (expression->name == nullptr) {
    errcontext("leadscore %s", kind_name(*expression));
  } else if (expression->kind == Expression::Kind::stage_rule) {
    errcontext("rule \"%s\" of stage \"%s\"%s", expression->name, expression->stage, of_model);
  } else if (expression->kind == Expression::Kind::target_criterion) {
    errcontext("target criterion \"%s\"%s", expression->name, of_model);
  } else {
    errcontext("%s of criterion \"%s\"%s", kind_name(*expression), expression->name, of_model);
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Names.

struct Lead {
  TupleDesc row;
  Expression::Kind kind;
  bool has_marks;
  Bitmapset* columns;         // the attribute numbers used
  bool judged[kJudgedNames];  // the judged values used
  List* literals;             // the string literals, as Const of type unknown
};

Node* make_column(const Lead* lead, int attribute, int location) {
  const Form_pg_attribute column = TupleDescAttr(lead->row, attribute - 1);
  Var* const variable =
      makeVar(1, static_cast<AttrNumber>(attribute), column->atttypid, column->atttypmod, column->attcollation, 0);
  variable->location = location;
  if (column->atttypid != UNKNOWNOID) {
    return reinterpret_cast<Node*>(variable);
  }
  // An untyped constant in ROW(); as the column of a sub-select it would be text.
  auto* as_text = makeNode(CoerceViaIO);
  as_text->arg = reinterpret_cast<Expr*>(variable);
  as_text->resulttype = TEXTOID;
  as_text->resultcollid = DEFAULT_COLLATION_OID;
  as_text->coerceformat = COERCE_IMPLICIT_CAST;
  as_text->location = location;
  return reinterpret_cast<Node*>(as_text);
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

Node* make_judged(const Lead* lead, JudgedName name, int location) {
  const Oid type = judged_type(name);
  const auto attribute = static_cast<AttrNumber>(lead->row->natts + 1 + static_cast<int>(name));
  Var* const variable = makeVar(1, attribute, type, -1, type == TEXTOID ? C_COLLATION_OID : InvalidOid, 0);
  variable->location = location;
  return reinterpret_cast<Node*>(variable);
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
      const bool own_flag = static_cast<DerivedName>(derived) == DerivedName::is_duplicate && !lead->has_marks;
      const int column = own_flag ? find_column(state, lead, name, reference->location) : 0;
      const bool lead_knows = column != 0 && getBaseType(TupleDescAttr(lead->row, column - 1)->atttypid) == BOOLOID;
      if (!lead_knows) {
        return make_derived(static_cast<DerivedName>(derived), reference->location);
      }
    }
    const int judged = find_judged_name(name, lead->kind);
    if (judged >= 0) {
      lead->judged[judged] = true;
      return make_judged(lead, static_cast<JudgedName>(judged), reference->location);
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
  if (!is_trusted_type(type) || get_typtype(type) == TYPTYPE_DOMAIN) {
    refuse_type(type, parameter->location, state);
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
  const Oid wanted = is_condition(expression.kind)                 ? BOOLOID
                     : expression.kind == Expression::Kind::points ? FLOAT8OID
                                                                   : TEXTOID;
  const Oid type = exprType(node);
  const int location = exprLocation(node);
  if (expression_returns_set(node)) {
    refuse(state, location, ERRCODE_FEATURE_NOT_SUPPORTED, "set-returning functions are not allowed here");
  }
  Node* const coerced =
      coerce_to_target_type(state, node, type, wanted, -1, COERCION_ASSIGNMENT, COERCE_IMPLICIT_CAST, -1);
  if (coerced == nullptr) {
    ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                    errmsg("%s must be of type %s, not %s",
                           wanted == BOOLOID     ? "a condition"
                           : wanted == FLOAT8OID ? "points"
                                                 : "a status",
                           wanted == BOOLOID     ? "boolean"
                           : wanted == FLOAT8OID ? "double precision or another number"
                                                 : "text",
                           format_type_be(type)),
                    parser_errposition(state, location)));
  }
  return coerced;
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

const char* judged_name(JudgedName name) {
  static constexpr const char* kNames[kJudgedNames] = {"score", "grade", "temperature", "target"};
  return kNames[static_cast<int>(name)];
}

Oid judged_type(JudgedName name) { return name == JudgedName::score ? FLOAT8OID : TEXTOID; }

int find_judged_name(const char* name, Expression::Kind kind) {
  const int visible = kind == Expression::Kind::stage_rule         ? kJudgedNames
                      : kind == Expression::Kind::target_criterion ? static_cast<int>(JudgedName::target)
                                                                   : 0;
  for (int i = 0; i < visible; ++i) {
    if (strcmp(name, judged_name(static_cast<JudgedName>(i))) == 0) {
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
  ErrorContext context;
  push_error_context(context, expression_error_context, &expression);
  Node* const raw = parse_checked(expression, make_state(expression));
  pop_error_context(context);
  return raw;
}

AnalysedExpression analyse_expression(const Expression& expression, TupleDesc row, ExpressionUses& uses) {
  ErrorContext context;
  push_error_context(context, expression_error_context, &expression);
  ParseState* const state = make_state(expression);
  Node* const raw = parse_checked(expression, state);

  Lead lead{row, expression.kind, expression.has_marks, uses.columns, {}, NIL};
  hide_literals(raw, &lead);
  state->p_pre_columnref_hook = resolve_name;
  state->p_paramref_hook = make_literal;
  state->p_coerce_param_hook = coerce_literal;
  state->p_ref_hook_state = &lead;
  Node* node = transformExpr(state, raw, EXPR_KIND_OTHER);
  node = coerce_result(expression, state, node);
  node = show_literals(node, &lead);
  assign_expr_collations(state, node);

  check_meaning(node, state, uses);

  AnalysedExpression analysed{};
  analysed.expression = expression_planner(reinterpret_cast<Expr*>(node));
  refuse_large_constants(analysed.expression);
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
  pop_error_context(context);
  uses.columns = lead.columns;
  for (int i = 0; i < kJudgedNames; ++i) {
    uses.judged[i] = uses.judged[i] || lead.judged[i];
  }
  return analysed;
}

}  // namespace leadscore::pg
