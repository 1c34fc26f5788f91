// The planner support function of score() and its like: in place of the whole row it passes the columns that the
// model reads. To make a row into a value, and to take it apart again, costs more than to score it.
#include "pg/guard.hpp"
#include "pg/model_cache.hpp"
#include "pg/model_lead.hpp"

namespace leadscore::pg {

namespace {

// The lead of a call as the planner sees it.
struct PlannedLead {
  Oid type;
  int32 typmod;
  const Var* row;                  // a whole row of a table
  const RowExpr* columns;          // or what a view or a subquery became
  const PlaceHolderVar* nullable;  // what stands around `columns` if an outer join may take the row away
};

// True if an outer join of this part of the query may take the relation's rows away. Nothing if the relation is not
// in it.
std::optional<bool> is_nullable(const Node* jointree, int relation, bool below_outer_join) {
  if (jointree == nullptr) {
    return std::nullopt;
  }
  if (IsA(jointree, RangeTblRef)) {
    const bool is_it = reinterpret_cast<const RangeTblRef*>(jointree)->rtindex == relation;
    return is_it ? std::optional(below_outer_join) : std::nullopt;
  }
  if (IsA(jointree, FromExpr)) {
    ListCell* cell = nullptr;
    foreach (cell, reinterpret_cast<const FromExpr*>(jointree)->fromlist) {
      const auto found = is_nullable(static_cast<Node*>(lfirst(cell)), relation, below_outer_join);
      if (found) {
        return found;
      }
    }
    return std::nullopt;
  }
  if (!IsA(jointree, JoinExpr)) {
    return std::nullopt;
  }
  const auto* join = reinterpret_cast<const JoinExpr*>(jointree);
  const bool left = join->jointype == JOIN_RIGHT || join->jointype == JOIN_FULL;
  const bool right = join->jointype != JOIN_INNER && join->jointype != JOIN_RIGHT;
  const auto found = is_nullable(join->larg, relation, below_outer_join || left);
  return found ? found : is_nullable(join->rarg, relation, below_outer_join || right);
}

bool may_be_absent(const PlannerInfo* root, const Var* row) {
  return is_nullable(reinterpret_cast<const Node*>(root->parse->jointree), row->varno, false).value_or(true);
}

// A whole row of a table of this query. `excluded` is none: its rows have no system columns.
bool is_table_row(const PlannerInfo* root, const Node* node) {
  if (!IsA(node, Var)) {
    return false;
  }
  const auto* row = reinterpret_cast<const Var*>(node);
  if (row->varattno != InvalidAttrNumber || row->varlevelsup != 0 || row->varno <= 0 ||
      row->varno > list_length(root->parse->rtable)) {
    return false;
  }
  const RangeTblEntry* relation = rt_fetch(row->varno, root->parse->rtable);
  return relation->rtekind == RTE_RELATION &&
         (relation->relkind == RELKIND_RELATION || relation->relkind == RELKIND_PARTITIONED_TABLE ||
          relation->relkind == RELKIND_MATVIEW || relation->relkind == RELKIND_FOREIGN_TABLE) &&
         row->vartype == get_rel_type_id(relation->relid);
}

// The row type that the executor would give to a row of no named type.
int32 make_row_type(const RowExpr* row) {
  TupleDesc const description = ExecTypeFromExprList(row->args);
  ExecTypeSetColNames(description, row->colnames);
  return BlessTupleDesc(description)->tdtypmod;
}

// What is not passed is not evaluated.
bool is_noticed_when_left_out(Node* row) {
  return contain_volatile_functions(row) || expression_returns_set(row) || contain_aggs_of_level(row, 0) ||
         contain_windowfuncs(row);
}

// False if the lead is of another shape.
bool read_lead(const PlannerInfo* root, Node* node, PlannedLead& lead) {
  lead = {exprType(node), -1, nullptr, nullptr, nullptr};
  if (is_table_row(root, node)) {
    lead.row = reinterpret_cast<const Var*>(node);
    return true;
  }
  if (IsA(node, PlaceHolderVar)) {
    lead.nullable = reinterpret_cast<const PlaceHolderVar*>(node);
    node = reinterpret_cast<Node*>(lead.nullable->phexpr);
    if (lead.nullable->phlevelsup != 0) {
      return false;
    }
  }
  if (!IsA(node, RowExpr) || is_noticed_when_left_out(node)) {
    return false;
  }
  lead.columns = reinterpret_cast<const RowExpr*>(node);
  if (lead.type == RECORDOID) {
    if (list_length(lead.columns->colnames) != list_length(lead.columns->args)) {
      return false;
    }
    lead.typmod = make_row_type(lead.columns);
  }
  return true;
}

// An expression of the row, which is NULL where an outer join takes the row away.
Expr* below_outer_join(PlannerInfo* root, const PlannedLead& lead, Expr* expression) {
  if (lead.nullable == nullptr) {
    return expression;
  }
  PlaceHolderVar* const placeholder = make_placeholder_expr(root, expression, bms_copy(lead.nullable->phrels));
#if PG_VERSION_NUM >= 160000
  placeholder->phnullingrels = bms_copy(lead.nullable->phnullingrels);
#endif
  return reinterpret_cast<Expr*>(placeholder);
}

// A column of the same row, whatever else a Var says of it (which outer joins may take it away, for one).
Expr* make_variable(const Var* row, AttrNumber attribute, Oid type, int32 typmod, Oid collation) {
  auto* variable = static_cast<Var*>(copyObjectImpl(row));
  variable->varattno = attribute;
  variable->varattnosyn = attribute;
  variable->vartype = type;
  variable->vartypmod = typmod;
  variable->varcollid = collation;
  variable->location = -1;
  return reinterpret_cast<Expr*>(variable);
}

// The column of the lead; nullptr where it is not as the row type has it.
Expr* make_column(PlannerInfo* root, const PlannedLead& lead, Form_pg_attribute column) {
  if (lead.row != nullptr) {
    return make_variable(lead.row, column->attnum, column->atttypid, column->atttypmod, column->attcollation);
  }
  if (column->attnum > list_length(lead.columns->args)) {  // added to the type since
    return reinterpret_cast<Expr*>(makeNullConst(column->atttypid, column->atttypmod, column->attcollation));
  }
  auto* const argument = static_cast<Expr*>(list_nth(lead.columns->args, column->attnum - 1));
  if (exprType(reinterpret_cast<Node*>(argument)) != column->atttypid) {
    return nullptr;
  }
  return below_outer_join(root, lead, static_cast<Expr*>(copyObjectImpl(argument)));
}

// True if there is a lead. Tables have no NULL in tableoid; but whatever reads a system column makes the scan copy
// every row, so it is read only where an outer join may take rows away.
Expr* make_presence(PlannerInfo* root, const PlannedLead& lead) {
  if (lead.row != nullptr && may_be_absent(root, lead.row)) {
    auto* test = makeNode(NullTest);
    test->arg = make_variable(lead.row, TableOidAttributeNumber, OIDOID, -1, InvalidOid);
    test->nulltesttype = IS_NOT_NULL;
    test->argisrow = false;
    test->location = -1;
    return reinterpret_cast<Expr*>(test);
  }
  return below_outer_join(root, lead, reinterpret_cast<Expr*>(makeBoolConst(true, false)));
}

// The function that takes columns in place of the one that takes a row: score_columns() for score().
Oid column_function(Oid function) {
  HeapTuple const tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
  if (!HeapTupleIsValid(tuple)) {
    return InvalidOid;
  }
  const auto* row_form = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple));
  char* const name = psprintf("%s_columns", NameStr(row_form->proname));
  char* const schema = get_namespace_name(row_form->pronamespace);
  Oid types[kFirstColumn];
  types[kModelArgument] = row_form->proargtypes.values[0];
  types[kAsOfArgument] = TIMESTAMPTZOID;
  types[kVersionArgument] = INT8OID;
  types[kRowTypeArgument] = ANYELEMENTOID;
  types[kAttributesArgument] = INT2VECTOROID;
  types[kPresentArgument] = ANYOID;
  ReleaseSysCache(tuple);
  return LookupFuncName(list_make2(makeString(schema), makeString(name)), kFirstColumn, types, true);
}

// What a function asks of its model.
std::optional<Purpose> purpose_of(Oid function) {
  static constexpr std::pair<const char*, Purpose> kPurposes[] = {{"score", Purpose::score},
                                                                  {"evaluate", Purpose::evaluate},
                                                                  {"classify", Purpose::classify},
                                                                  {"target", Purpose::target}};
  const char* const name = get_func_name(function);
  for (const auto& [known, purpose] : kPurposes) {
    if (name != nullptr && strcmp(name, known) == 0) {
      return purpose;
    }
  }
  return std::nullopt;
}

struct Planning {
  PlannerInfo* root;
  const FuncExpr* call;
  Node* result;
};

// Plans the call with columns; leaves `result` alone where that cannot be done.
void use_columns(void* argument) {
  auto* planning = static_cast<Planning*>(argument);
  PlannerInfo* const root = planning->root;
  const FuncExpr* call = planning->call;
  const auto* model = static_cast<const Const*>(linitial(call->args));
  PlannedLead lead;
  if (!read_lead(root, static_cast<Node*>(lsecond(call->args)), lead)) {
    return;
  }
  const bool is_stored = model->consttype == TEXTOID;
  const DocumentReference reference{is_stored ? DatumGetTextPP(model->constvalue) : nullptr,
                                    is_stored ? nullptr : DatumGetJsonbP(model->constvalue)};
  const std::optional<Purpose> purpose = purpose_of(call->funcid);
  if (!purpose) {
    return;
  }
  PushActiveSnapshot(GetTransactionSnapshot());  // a function plans under its caller's, and runs under a newer one
  const ModelColumns columns = columns_to_plan_for(reference, *purpose, lead.type, lead.typmod);
  PopActiveSnapshot();
  if (is_stored && IsolationUsesXactSnapshot()) {
    // A plan of what only this transaction still sees would be wrong in the next one.
    PushActiveSnapshot(GetLatestSnapshot());
    const bool is_latest = columns_to_plan_for(reference, *purpose, lead.type, lead.typmod).version == columns.version;
    PopActiveSnapshot();
    if (!is_latest) {
      return;
    }
  }
  const Oid function = column_function(call->funcid);
  const int count = bms_num_members(columns.columns);
  if (!OidIsValid(function) || kFirstColumn + count > FUNC_MAX_ARGS) {
    return;
  }

  TupleDesc const row = lookup_rowtype_tupdesc_copy(lead.type, lead.typmod);
  auto* attributes = static_cast<int16*>(palloc(sizeof(int16) * static_cast<Size>(count + 1)));
  List* passed = NIL;
  int attribute = -1;
  for (int i = 0; (attribute = bms_next_member(columns.columns, attribute)) >= 0; ++i) {
    Expr* const column = make_column(root, lead, TupleDescAttr(row, attribute - 1));
    if (column == nullptr) {
      return;
    }
    attributes[i] = static_cast<int16>(attribute);
    passed = lappend(passed, column);
  }
  List* arguments = list_make2(linitial(call->args), lthird(call->args));
  arguments = lappend(arguments, makeConst(INT8OID, -1, InvalidOid, sizeof(int64), Int64GetDatum(columns.version),
                                           !is_stored, FLOAT8PASSBYVAL));
  arguments = lappend(arguments, makeConst(lead.type, lead.typmod, InvalidOid, -1, Datum{0}, true, false));
  arguments = lappend(arguments, makeConst(INT2VECTOROID, -1, InvalidOid, -1,
                                           PointerGetDatum(buildint2vector(attributes, count)), false, false));
  arguments = lappend(arguments, make_presence(root, lead));
  arguments = list_concat(arguments, passed);
  // A call that reads no row would be made even where there is none.
  if (!contain_var_clause(reinterpret_cast<Node*>(arguments)) &&
      contain_var_clause(static_cast<Node*>(lsecond(call->args)))) {
    return;
  }
  planning->result = reinterpret_cast<Node*>(
      makeFuncExpr(function, call->funcresulttype, arguments, call->funccollid, call->inputcollid, call->funcformat));
}

bool is_exists(Node* node, void* context) {
  if (node == nullptr || IsA(node, Query)) {
    return false;
  }
  if (IsA(node, SubLink) && reinterpret_cast<SubLink*>(node)->subLinkType == EXISTS_SUBLINK) {
    return true;
  }
  return walk_expression_tree(node, is_exists, context);
}

// True if an EXISTS is left in the query: the planner simplifies what is in it as if it stood in this query, so that
// nobody can tell whose tables an expression names.
bool has_exists(Query* query) { return query->hasSubLinks && walk_query_tree(query, is_exists, nullptr); }

bool is_known_constant(const Node* node) {
  return IsA(node, Const) && !reinterpret_cast<const Const*>(node)->constisnull;
}

Node* simplify(const SupportRequestSimplify* request) {
  PlannerInfo* const root = request->root;
  FuncExpr* const call = request->fcall;
  // A row that is grouped may be NULL where its columns, which are not, are known.
  if (root == nullptr || root->parse->groupingSets != NIL || list_length(call->args) != 3 ||
      !is_known_constant(static_cast<Node*>(linitial(call->args))) || !ActiveSnapshotSet() || IsInParallelMode()) {
    return nullptr;
  }
  // The plan is of the model as it is now, whatever it is.
  if (const Oid table = model_table(); OidIsValid(table)) {
    root->glob->relationOids = list_append_unique_oid(root->glob->relationOids, table);
  }
  // A transaction that edits models, or does not see what others have committed, makes no plan for later ones. The
  // first may even see two versions in one statement, and so takes the whole row.
  if (is_editing() || IsolationUsesXactSnapshot()) {
    root->glob->transientPlan = true;
  }
  if (is_editing() || has_exists(root->parse)) {
    return nullptr;
  }
  // Whoever may not call the function must be told so.
  if (!may_execute(call->funcid, GetUserId())) {
    root->glob->dependsOnRole = true;
    return nullptr;
  }
  // A model that cannot be compiled is no reason not to plan: the call raises its error if it is ever made.
  Planning planning{root, call, nullptr};
  if (const ErrorData* error = attempt(use_columns, &planning)) {
    if (must_not_be_swallowed(error->sqlerrcode)) {
      ReThrowError(const_cast<ErrorData*>(error));
    }
    return nullptr;
  }
  if (planning.result != nullptr) {
    record_plan_function_dependency(root, call->funcid);
  }
  return planning.result;
}

}  // namespace

}  // namespace leadscore::pg

LEADSCORE_FUNCTION(leadscore_use_columns) {
  auto* const request = reinterpret_cast<Node*>(PG_GETARG_POINTER(0));
  if (!IsA(request, SupportRequestSimplify)) {
    PG_RETURN_POINTER(nullptr);
  }
  return PointerGetDatum(leadscore::pg::simplify(reinterpret_cast<const SupportRequestSimplify*>(request)));
}
