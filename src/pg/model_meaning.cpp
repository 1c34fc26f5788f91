#include "pg/model_meaning.hpp"

#include <algorithm>
#include <array>

#include "pg/model_syntax.hpp"

namespace leadscore::pg {

namespace {

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

// They read the table of e-mail providers, which belongs to the database as the model does.
bool is_stable_contact_function(const FormData_pg_proc* function) {
  if (function->provolatile != PROVOLATILE_STABLE || function->pronamespace != get_namespace_oid("leadscore", true)) {
    return false;
  }
  static constexpr std::array kNames{"email_kind", "contact_validity", "contact_signals"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [function](const char* name) { return strcmp(NameStr(function->proname), name) == 0; });
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
                            (form->provolatile == PROVOLATILE_IMMUTABLE || is_listed_stable_function(function) ||
                             is_stable_contact_function(form)) &&
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

void check_arguments(const List* arguments, const TreeCheck* check) {
  ListCell* cell = nullptr;
  foreach (cell, arguments) {
    Node* const argument = static_cast<Node*>(lfirst(cell));
    const Oid type = exprType(argument);
    // Text search objects are checked where a literal names one; a number must not pass for it.
    const bool is_unchecked = (type == REGCONFIGOID || type == REGDICTIONARYOID) && !IsA(argument, Const);
    if (is_unchecked || !is_trusted_type(type)) {
      refuse_type(type, exprLocation(argument), check->state);
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
        refuse_type(reference->refcontainertype, location(), check->state);
      }
      break;
    }
    case T_RelabelType: {
      const auto* relabel = reinterpret_cast<RelabelType*>(node);
      const Oid from = exprType(reinterpret_cast<Node*>(relabel->arg));
      if (relabel->relabelformat == COERCE_IMPLICIT_CAST && !is_trusted_type(from)) {
        refuse_type(from, exprLocation(reinterpret_cast<Node*>(relabel->arg)), check->state);
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

// A constant that folding has made large would stay in memory with the compiled model.
bool refuse_if_large(Node* node, void* context) {
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
  return walk_expression_tree(node, refuse_if_large, context);
}

}  // namespace

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

void refuse_type(Oid type, int location, ParseState* state) {
  ereport(ERROR,
          (errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
           errmsg("values of type %s are not allowed here", format_type_be(type)),
           errdetail("The type is outside pg_catalog or depends on the session, so a comparison might not be "
                     "the one that the type defines."),
           errhint("Cast the value to a plain type, for example column::text."), parser_errposition(state, location)));
}

void check_meaning(Node* expression, ParseState* state, ExpressionUses& uses) {
  TreeCheck check{state, &uses};
  check_node(expression, &check);
}

void refuse_large_constants(Expr* expression) { refuse_if_large(reinterpret_cast<Node*>(expression), nullptr); }

}  // namespace leadscore::pg
