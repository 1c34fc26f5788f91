// When PostgreSQL is offered a funnel scan instead of an aggregation, and at what cost.
#include "core/funnel/lead_events.hpp"
#include "pg/funnel_scan.hpp"
#include "pg/guard.hpp"

namespace leadscore::pg {

namespace {

create_upper_paths_hook_type next_hook = nullptr;
bool is_enabled = true;

bool is_function_of_module(Oid function, const char* symbol) {
  HeapTuple const tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
  if (!HeapTupleIsValid(tuple)) {
    return false;
  }
  bool is_null = false;
  const Datum name = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosrc, &is_null);
  const bool result = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple))->prolang == ClanguageId && !is_null &&
                      strcmp(TextDatumGetCString(name), symbol) == 0;
  ReleaseSysCache(tuple);
  return result;
}

// The aggregate is known by its functions, which only a superuser could give to another.
bool is_window_funnel(Oid aggregate) {
  HeapTuple const tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggregate));
  if (!HeapTupleIsValid(tuple)) {
    return false;
  }
  const auto* const form = reinterpret_cast<Form_pg_aggregate>(GETSTRUCT(tuple));
  const Oid transition = form->aggtransfn;
  const Oid final_function = form->aggfinalfn;
  ReleaseSysCache(tuple);
  return is_function_of_module(transition, "leadscore_funnel_step_transition") &&
         is_function_of_module(final_function, "leadscore_window_funnel_final");
}

// What a query asks of each lead.
struct Question {
  Expr* lead;
  Aggref* funnel;  // NULL until it is found
};

Expr* argument_of(const Aggref* funnel, int number) { return list_nth_node(TargetEntry, funnel->args, number)->expr; }
Expr* within_of(const Aggref* funnel) { return argument_of(funnel, 0); }
Expr* mode_of(const Aggref* funnel) { return argument_of(funnel, 1); }
Expr* at_of(const Aggref* funnel) { return argument_of(funnel, 2); }
Expr* step_of(const Aggref* funnel) { return argument_of(funnel, 3); }

// Has one value for the whole scan.
bool is_of_scan(Expr* expression) {
  Node* const node = reinterpret_cast<Node*>(expression);
  return !contain_var_clause(node) && !contain_volatile_functions(node) && !contain_subplans(node);
}

bool is_plain(const Aggref* aggregate) {
  return aggregate->aggkind == AGGKIND_NORMAL && aggregate->aggsplit == AGGSPLIT_SIMPLE && aggregate->aggorder == NIL &&
         aggregate->aggdistinct == NIL && aggregate->aggfilter == nullptr && aggregate->agglevelsup == 0;
}

// True, which ends the walk, for what a funnel scan does not know: all but the lead and one funnel.
bool asks_for_more(Node* node, void* context) {
  auto* const question = static_cast<Question*>(context);
  if (node == nullptr || equal(node, question->lead)) {
    return false;
  }
  if (IsA(node, Aggref)) {
    auto* const aggregate = reinterpret_cast<Aggref*>(node);
    if (question->funnel != nullptr) {
      return !equal(aggregate, question->funnel);
    }
    question->funnel = aggregate;
    return !is_plain(aggregate) || !is_window_funnel(aggregate->aggfnoid) || !is_of_scan(within_of(aggregate)) ||
           !is_of_scan(mode_of(aggregate));
  }
  return IsA(node, Var) || IsA(node, PlaceHolderVar) || IsA(node, GroupingFunc) ||
         walk_expression_tree(node, asks_for_more, context);
}

// Numbers that are equal if and only if their bits are.
bool is_whole_number(const Expr* expression, Oid equality) {
  const Oid type = exprType(reinterpret_cast<const Node*>(expression));
  return (type == INT2OID || type == INT4OID || type == INT8OID) && op_in_opfamily(equality, INTEGER_BTREE_FAM_OID);
}

Expr* grouped_expression(const PathTarget* target, Index reference) {
  int i = 0;
  ListCell* cell = nullptr;
  foreach (cell, target->exprs) {
    if (get_pathtarget_sortgroupref(target, i++) == reference) {
      return static_cast<Expr*>(lfirst(cell));
    }
  }
  return nullptr;
}

std::optional<Question> question_of(PlannerInfo* root, RelOptInfo* grouped, Node* having) {
  const SortGroupClause* const clause = only_group_clause(root);
  if (!root->parse->hasAggs || root->parse->groupingSets != NIL || clause == nullptr) {
    return std::nullopt;
  }
  Question question{grouped_expression(grouped->reltarget, clause->tleSortGroupRef), nullptr};
  if (question.lead == nullptr || !is_whole_number(question.lead, clause->eqop) ||
      asks_for_more(reinterpret_cast<Node*>(grouped->reltarget->exprs), &question) ||
      asks_for_more(having, &question) || question.funnel == nullptr) {
    return std::nullopt;
  }
  return question;
}

// The rows below: what the scan reads, in the order of FunnelColumn.
Path* rows_path(PlannerInfo* root, Path* path, const Question& question) {
  PathTarget* const target = create_empty_pathtarget();
  add_column_to_pathtarget(target, question.lead, 0);
  add_column_to_pathtarget(target, at_of(question.funnel), 0);
  add_column_to_pathtarget(target, step_of(question.funnel), 0);
  set_pathtarget_cost_width(root, target);
  return reinterpret_cast<Path*>(create_projection_path(root, path->parent, path, target));
}

Plan* plan_of(PlannerInfo* /*root*/, RelOptInfo* /*relation*/, CustomPath* path, List* target, List* /*clauses*/,
              List* below) {
  const auto* const funnel = linitial_node(Aggref, path->custom_private);
  auto* const lead = static_cast<Expr*>(lsecond(path->custom_private));
  auto* const having = static_cast<List*>(lthird(path->custom_private));
  CustomScan* const scan = makeNode(CustomScan);
  scan->scan.plan.targetlist = target;
  scan->scan.plan.qual = having;
  scan->flags = path->flags;
  scan->custom_plans = below;
  scan->custom_exprs = list_make2(within_of(funnel), mode_of(funnel));  // in the order of FunnelExpression
  scan->custom_private = list_make1_oid(funnel->aggfnoid);
  scan->custom_scan_tlist =
      list_make2(makeTargetEntry(lead, 1, nullptr, false),
                 makeTargetEntry(reinterpret_cast<Expr*>(const_cast<Aggref*>(funnel)), 2, nullptr, false));
  scan->methods = funnel_scan_methods();
  return reinterpret_cast<Plan*>(scan);
}

const CustomPathMethods kPathMethods{
    .CustomName = "LeadscoreFunnel", .PlanCustomPath = plan_of, .ReparameterizeCustomPathByChild = nullptr};

// A row costs less than in a hash table or a sort: it is moved from one place to the next a few times. What does not
// fit into memory, or goes to another process, is read once more, in large pieces; a hash aggregation writes such rows
// as well, but the planner does not know how its lists grow. Of partitions each is mostly gathered by one process,
// which gives nothing away. Where there are few rows it is the parts that cost.
void set_cost(Path* path, const Path* rows, double leads) {
  const double bytes = rows->rows * sizeof(funnel::LeadEvent);
  const bool is_given_away = path->parallel_aware && !IS_OTHER_REL(path->parent);
  const bool is_in_memory = !is_given_away && bytes <= static_cast<double>(get_hash_memory_limit()) / 2;
  path->rows = leads;
  path->startup_cost = rows->total_cost + (rows->rows + funnel::LeadEvents::kParts) * cpu_operator_cost +
                       (is_in_memory ? 0 : bytes / BLCKSZ * seq_page_cost);
  path->total_cost = path->startup_cost + leads * cpu_tuple_cost;
}

Path* funnel_path(PlannerInfo* root, RelOptInfo* grouped, Path* below, const Question& question, Node* having,
                  double leads, bool is_shared) {
  Path* const rows = rows_path(root, below, question);
  CustomPath* const result = makeNode(CustomPath);
  result->path.pathtype = T_CustomScan;
  result->path.parent = grouped;
  result->path.pathtarget = grouped->reltarget;
  result->path.parallel_aware = is_shared;
  result->path.parallel_safe = grouped->consider_parallel && rows->parallel_safe;
  result->path.parallel_workers = rows->parallel_workers;
  set_cost(&result->path, rows, leads);
  result->flags = CUSTOMPATH_SUPPORT_PROJECTION;
  result->custom_paths = list_make1(rows);
  result->custom_private = list_make3(question.funnel, question.lead, having);
  result->methods = &kPathMethods;
  return &result->path;
}

void add_funnel_paths(PlannerInfo* root, RelOptInfo* input, RelOptInfo* grouped, Node* having) {
  const std::optional<Question> question = question_of(root, grouped, having);
  if (!question || grouped->pathlist == NIL) {
    return;
  }
  double leads = static_cast<Path*>(linitial(grouped->pathlist))->rows;
  Path* const below = input->cheapest_total_path;
  if (below->param_info == nullptr) {
    add_path(grouped, funnel_path(root, grouped, below, *question, having, leads, false));
  }
  if (grouped->consider_parallel && input->partial_pathlist != NIL) {
    auto* const partial = static_cast<Path*>(linitial(input->partial_pathlist));
    const double share = partial->rows > 0 ? below->rows / partial->rows : 1;  // one process's of all rows
    const auto shared = [&] {
      return funnel_path(root, grouped, partial, *question, having, clamp_row_est(leads / share), true);
    };
    add_path(grouped,
             reinterpret_cast<Path*>(create_gather_path(root, grouped, shared(), grouped->reltarget, nullptr, &leads)));
    add_partial_path(grouped, shared());  // which frees it where there is a better one
  }
}

void add_paths(PlannerInfo* root, UpperRelationKind stage, RelOptInfo* input, RelOptInfo* grouped, void* extra) {
  if (next_hook != nullptr) {
    next_hook(root, stage, input, grouped, extra);
  }
  if (stage == UPPERREL_GROUP_AGG && is_enabled && extra != nullptr) {
    add_funnel_paths(root, input, grouped, static_cast<GroupPathExtraData*>(extra)->havingQual);
  }
}

}  // namespace

void define_funnel_scan() {
  static bool is_defined = false;
  const CustomScanMethods* const methods = funnel_scan_methods();
  if (GetCustomScanMethods(methods->CustomName, true) == nullptr) {
    RegisterCustomScanMethods(methods);
  }
  if (!is_defined) {
    DefineCustomBoolVariable(
        "leadscore.enable_funnel_scan",
        "Whether leads that are grouped for leadscore.window_funnel() may be gathered by a funnel scan.", nullptr,
        &is_enabled, true, PGC_USERSET, GUC_EXPLAIN, nullptr, nullptr, nullptr);
    is_defined = true;
  }
}

void offer_funnel_scan() {
  next_hook = create_upper_paths_hook;
  create_upper_paths_hook = add_paths;
}

}  // namespace leadscore::pg

// It has nothing to say: to call it loads the library.
LEADSCORE_FUNCTION(leadscore_funnel_scan_support) { PG_RETURN_POINTER(nullptr); }
