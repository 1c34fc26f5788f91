#include "pg/funnel_scan.hpp"

#include "pg/funnel_gather.hpp"

namespace leadscore::pg {

namespace {

FunnelScan* scan_of(CustomScanState* node) { return reinterpret_cast<FunnelScan*>(node); }

Datum datum_of(std::int64_t lead, int bytes) {
  switch (bytes) {
    case sizeof(std::int16_t):
      return Int16GetDatum(static_cast<std::int16_t>(lead));
    case sizeof(std::int32_t):
      return Int32GetDatum(static_cast<std::int32_t>(lead));
    default:
      return Int64GetDatum(lead);
  }
}

// The next lead and its level, empty after the last.
TupleTableSlot* next_lead(FunnelScan* scan) {
  TupleTableSlot* const row = scan->custom.ss.ss_ScanTupleSlot;
  ExecClearTuple(row);
  if (scan->events == nullptr) {
    gather(scan);
  }
  const std::optional<funnel::LeadLevel> level = next_level(scan);
  if (level) {
    row->tts_values[0] = datum_of(level->lead, scan->lead_bytes);
    row->tts_isnull[0] = level->is_unknown;
    row->tts_values[1] = Int32GetDatum(level->level);
    row->tts_isnull[1] = false;
    ExecStoreVirtualTuple(row);
  }
  return row;
}

// As the executor does for an aggregate.
void check_privilege(Oid aggregate) {
  if (!may_execute(aggregate, GetUserId())) {
    aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_AGGREGATE, get_func_name(aggregate));
  }
  InvokeFunctionExecuteHook(aggregate);
}

void begin_scan(CustomScanState* node, EState* estate, int flags) {
  FunnelScan* const scan = scan_of(node);
  const auto* const plan = reinterpret_cast<CustomScan*>(node->ss.ps.plan);
  check_privilege(linitial_oid(plan->custom_private));
  const auto expression_of = [=](FunnelExpression which) {
    return ExecInitExpr(static_cast<Expr*>(list_nth(plan->custom_exprs, static_cast<int>(which))), &node->ss.ps);
  };
  scan->within = expression_of(FunnelExpression::within);
  scan->mode = expression_of(FunnelExpression::mode);
  node->custom_ps = list_make1(ExecInitNode(static_cast<Plan*>(linitial(plan->custom_plans)), estate, flags));
  scan->lead_bytes = TupleDescAttr(ExecGetResultType(rows_of(scan)), static_cast<int>(FunnelColumn::lead))->attlen;
  scan->stop = stop_token();
  scan->context = AllocSetContextCreate(CurrentMemoryContext, "leadscore funnel scan", ALLOCSET_DEFAULT_SIZES);
}

// Not by ExecScan(), which takes a scan without a relation for a join of which it has the row, where a row that another
// session has changed is judged again.
TupleTableSlot* next_row(CustomScanState* node) {
  PlanState* const plan = &node->ss.ps;
  for (;;) {
    CHECK_FOR_INTERRUPTS();
    ResetExprContext(plan->ps_ExprContext);
    TupleTableSlot* const lead = next_lead(scan_of(node));
    if (TupIsNull(lead)) {
      return plan->ps_ProjInfo == nullptr ? lead : ExecClearTuple(plan->ps_ResultTupleSlot);
    }
    plan->ps_ExprContext->ecxt_scantuple = lead;
    if (plan->qual == nullptr || ExecQual(plan->qual, plan->ps_ExprContext)) {
      return plan->ps_ProjInfo == nullptr ? lead : ExecProject(plan->ps_ProjInfo);
    }
    InstrCountFiltered1(plan, 1);
  }
}

void end_scan(CustomScanState* node) {
  forget(scan_of(node));
  ExecEndNode(rows_of(scan_of(node)));
}

void begin_again(CustomScanState* node) {
  FunnelScan* const scan = scan_of(node);
  PlanState* const rows = rows_of(scan);
  forget(scan);
  ExecClearTuple(node->ss.ss_ScanTupleSlot);
  if (node->ss.ps.chgParam != nullptr) {
    UpdateChangedParamSet(rows, node->ss.ps.chgParam);
  }
  if (rows->chgParam == nullptr) {  // otherwise it begins again by itself
    ExecReScan(rows);
  }
}

Size shared_size(CustomScanState* /*node*/, ParallelContext* context) {
  return SharedFunnelScan::size_for(context->nworkers + 1);
}

void begin_shared(CustomScanState* node, ParallelContext* context, void* memory) {
  scan_of(node)->shared = nullptr;
  if (context->seg == nullptr) {  // no memory that processes share, so there will be no other process
    return;
  }
  auto* const shared = static_cast<SharedFunnelScan*>(memory);
  shared->segment = dsm_segment_handle(context->seg);
  shared->participants = context->nworkers + 1;
  SharedFileSetInit(&shared->files, context->seg);
  shared->begin();
  scan_of(node)->shared = shared;
}

void begin_shared_again(CustomScanState* node, ParallelContext* context, void* memory) {
  if (context->seg == nullptr) {
    return;
  }
  auto* const shared = static_cast<SharedFunnelScan*>(memory);
  forget(scan_of(node));  // before its files are gone
  SharedFileSetDeleteAll(&shared->files);
  shared->begin();
  scan_of(node)->shared = shared;
}

// The memory that was shared is gone soon.
void leave_shared(CustomScanState* node) { scan_of(node)->shared = nullptr; }

void join_shared(CustomScanState* node, shm_toc* /*contents*/, void* memory) {
  auto* const shared = static_cast<SharedFunnelScan*>(memory);
  SharedFileSetAttach(&shared->files, dsm_find_mapping(shared->segment));
  scan_of(node)->shared = shared;
}

void explain_scan(CustomScanState* node, List* ancestors, ExplainState* explain) {
  const FunnelScan* const scan = scan_of(node);
  auto* const plan = reinterpret_cast<CustomScan*>(node->ss.ps.plan);
  Node* const lead = reinterpret_cast<Node*>(linitial_node(TargetEntry, plan->custom_scan_tlist)->expr);
  List* const names = set_deparse_context_plan(explain->deparse_cxt, &plan->scan.plan, ancestors);
  const bool is_qualified = list_length(explain->rtable) > 1 || explain->verbose;
  ExplainPropertyText("Group Key", deparse_expression(lead, names, is_qualified, false), explain);
  if (!explain->analyze || scan->events == nullptr) {
    return;
  }
  ExplainPropertyInteger("Memory Usage", "kB", static_cast<int64>(scan->events->most_memory() / 1'024), explain);
  ExplainPropertyInteger("Disk Usage", "kB", static_cast<int64>(scan->events->bytes_stored() / 1'024), explain);
}

const CustomExecMethods kExecution{
    .CustomName = "LeadscoreFunnel",
    .BeginCustomScan = begin_scan,
    .ExecCustomScan = next_row,
    .EndCustomScan = end_scan,
    .ReScanCustomScan = begin_again,
    .MarkPosCustomScan = nullptr,
    .RestrPosCustomScan = nullptr,
    .EstimateDSMCustomScan = shared_size,
    .InitializeDSMCustomScan = begin_shared,
    .ReInitializeDSMCustomScan = begin_shared_again,
    .InitializeWorkerCustomScan = join_shared,
    .ShutdownCustomScan = leave_shared,
    .ExplainCustomScan = explain_scan,
};

Node* make_scan(CustomScan* /*plan*/) {
  auto* const scan = reinterpret_cast<FunnelScan*>(newNode(sizeof(FunnelScan), T_CustomScanState));
  scan->custom.methods = &kExecution;
  return reinterpret_cast<Node*>(scan);
}

const CustomScanMethods kMethods{.CustomName = kExecution.CustomName, .CreateCustomScanState = make_scan};

}  // namespace

const CustomScanMethods* funnel_scan_methods() { return &kMethods; }

}  // namespace leadscore::pg
