#include "pg/funnel_scan.hpp"

#include <limits>

#include "pg/event_file.hpp"
#include "pg/funnel_rule.hpp"
#include "pg/guard.hpp"
#include "pg/memory.hpp"

namespace leadscore::pg {

namespace {

using funnel::LeadEvents;

// What the processes of a parallel scan share. Each gathers the rows that its part of the plan below gives it. One that
// finds itself alone when there are no more keeps them, and whoever comes later finds nothing to do: so it mostly is
// where processes have partitions each. Otherwise each gives its rows away in a file, and when all have, takes parts of
// the leads, whose rows are in the files of all.
struct SharedScan {
  static constexpr uint32 kClosed = std::numeric_limits<uint32>::max();

  // What a participant has gathered: a directory at the end of its file.
  struct Gathered {
    std::uint64_t place;
    std::uint64_t entries;  // 0 where there are no rows
  };
  struct Entry {
    std::uint64_t part;
    LeadEvents::Stored stored;
  };

  dsm_handle segment;  // in which this is
  Barrier barrier;
  SharedFileSet files;
  pg_atomic_uint32 gatherers;  // that have come, or kClosed
  pg_atomic_uint32 next_part;
  int participants;
  Gathered gathered[FLEXIBLE_ARRAY_MEMBER];

  [[nodiscard]] static Size size_for(int participants) {
    return add_size(offsetof(SharedScan, gathered), mul_size(sizeof(Gathered), static_cast<Size>(participants)));
  }
  void begin() {
    BarrierInit(&barrier, 0);
    pg_atomic_write_u32(&gatherers, 0);
    pg_atomic_write_u32(&next_part, 0);
    memset(gathered, 0, sizeof(Gathered) * static_cast<Size>(participants));
  }
  // False if it is closed.
  bool join() {
    uint32 count = pg_atomic_read_u32(&gatherers);
    while (count != kClosed) {
      if (pg_atomic_compare_exchange_u32(&gatherers, &count, count + 1)) {
        return true;
      }
    }
    return false;
  }
  // Closes it if nobody else has ever joined.
  bool close() {
    uint32 alone = 1;
    return pg_atomic_compare_exchange_u32(&gatherers, &alone, kClosed);
  }
};

struct FunnelScan {
  CustomScanState custom;  // first, as PostgreSQL wants it
  ExprState* within;
  ExprState* mode;
  int lead_bytes;
  SharedScan* shared;  // NULL where one process does all

  MemoryContext context;  // of what follows
  EventFile* file;
  LeadEvents* events;
  bool is_gathered;
  bool takes_turns;  // with others, in taking parts
  bool has_rule;
  funnel::FunnelRule rule;
  std::uint32_t next_part;
  StopToken stop;
};

FunnelScan* scan_of(CustomScanState* node) { return reinterpret_cast<FunnelScan*>(node); }
PlanState* rows_of(const FunnelScan* scan) { return static_cast<PlanState*>(linitial(scan->custom.custom_ps)); }

void make_events(FunnelScan* scan) {
  const std::size_t memory = get_hash_memory_limit();
  core_call([=] {
    FileSet* const set = scan->shared != nullptr ? &scan->shared->files.fs : nullptr;
    scan->file = make_in_context<EventFile>(scan->context, scan->context, set, ParallelWorkerNumber + 1);
    auto* const resource = make_in_context<ContextResource>(scan->context, scan->context);
    scan->events = make_in_context<LeadEvents>(scan->context, memory, *scan->file, resource);
    return true;
  });
}

void read_rule(FunnelScan* scan) {
  ExprContext* const context = scan->custom.ss.ps.ps_ExprContext;
  NullableDatum within;
  NullableDatum mode;
  within.value = ExecEvalExprSwitchContext(scan->within, context, &within.isnull);
  mode.value = ExecEvalExprSwitchContext(scan->mode, context, &mode.isnull);
  scan->rule = funnel_rule_of(within, mode);
  scan->has_rule = true;
}

std::int64_t lead_of(Datum value, int bytes) {
  switch (bytes) {
    case sizeof(std::int16_t):
      return DatumGetInt16(value);
    case sizeof(std::int32_t):
      return DatumGetInt32(value);
    default:
      return DatumGetInt64(value);
  }
}

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

void add_row(FunnelScan* scan, const TupleTableSlot* row) {
  constexpr auto kLead = static_cast<int>(FunnelColumn::lead);
  constexpr auto kAt = static_cast<int>(FunnelColumn::at);
  constexpr auto kStep = static_cast<int>(FunnelColumn::step);
  int step = funnel_step_of({row->tts_values[kStep], row->tts_isnull[kStep]});
  if (!scan->has_rule) {
    read_rule(scan);
  }
  const bool has_time = !row->tts_isnull[kAt];
  if (!has_time || (step == 0 && !scan->rule.modes.strict_order)) {
    step = LeadEvents::kNoEvent;
  }
  const TimestampTz at = has_time ? DatumGetTimestampTz(row->tts_values[kAt]) : 0;
  const LeadEvents::Row added = row->tts_isnull[kLead]
                                    ? LeadEvents::row_of_unknown(at, step)
                                    : LeadEvents::row_of(lead_of(row->tts_values[kLead], scan->lead_bytes), at, step);
  if (!scan->events->try_add(added)) {
    core_call([&] {
      scan->events->add(added);
      return true;
    });
  }
}

void gather_rows(FunnelScan* scan) {
  PlanState* const rows = rows_of(scan);
  for (;;) {
    CHECK_FOR_INTERRUPTS();
    TupleTableSlot* const row = ExecProcNode(rows);
    if (TupIsNull(row)) {
      break;
    }
    slot_getsomeattrs(row, kFunnelColumns);
    add_row(scan, row);
  }
  scan->events->finish();
}

// Writes all that was gathered, and a directory behind it.
void publish(FunnelScan* scan) {
  scan->shared->gathered[ParallelWorkerNumber + 1] = core_call([=] {
    ContextResource memory(scan->context);
    std::pmr::vector<SharedScan::Entry> directory(&memory);
    scan->events->give_away([&](std::size_t part, LeadEvents::Stored stored) { directory.push_back({part, stored}); });
    const std::uint64_t place = scan->file->write_bytes(std::as_bytes(std::span(directory)));
    return SharedScan::Gathered{place, directory.size()};
  });
  scan->file->publish();
}

// Takes in what all have gathered.
void take_published(FunnelScan* scan) {
  SharedScan* const shared = scan->shared;
  scan->file->open(shared->participants, [=](int i) { return shared->gathered[i].entries > 0; });
  const bool has_rows = core_call([=] {
    bool result = false;
    ContextResource memory(scan->context);
    std::pmr::vector<SharedScan::Entry> directory(&memory);
    for (std::size_t i = 0; i < static_cast<std::size_t>(shared->participants); ++i) {
      const SharedScan::Gathered& gathered = shared->gathered[i];
      directory.resize(gathered.entries);
      if (gathered.entries > 0) {
        scan->file->read_bytes(i + 1, gathered.place, std::as_writable_bytes(std::span(directory)));
        result = true;
      }
      for (const SharedScan::Entry& entry : directory) {
        scan->events->take(entry.part, i + 1, entry.stored);
      }
    }
    return result;
  });
  if (has_rows && !scan->has_rule) {
    read_rule(scan);
  }
}

// Nothing is returned before all have gathered, so that nobody waits here for one who waits for his rows to be taken.
// Who comes when they have finds no rows left below, and does not gather.
void gather_shared(FunnelScan* scan) {
  SharedScan* const shared = scan->shared;
  if (!shared->join()) {
    scan->next_part = LeadEvents::kParts;
    return;
  }
  if (BarrierAttach(&shared->barrier) == 0) {
    gather_rows(scan);
    if (shared->close()) {
      BarrierDetach(&shared->barrier);
      return;
    }
    publish(scan);
    BarrierArriveAndWait(&shared->barrier, PG_WAIT_EXTENSION);
  }
  BarrierDetach(&shared->barrier);
  take_published(scan);
  scan->takes_turns = true;
}

void gather(FunnelScan* scan) {
  make_events(scan);
  if (scan->shared != nullptr) {
    gather_shared(scan);
  } else {
    gather_rows(scan);
  }
  scan->is_gathered = true;
}

std::uint32_t take_part(FunnelScan* scan) {
  return scan->takes_turns ? pg_atomic_fetch_add_u32(&scan->shared->next_part, 1) : scan->next_part++;
}

std::optional<funnel::LeadLevel> next_level(FunnelScan* scan) {
  for (;;) {
    const auto level = core_call([=] { return scan->events->next(scan->rule, scan->stop); });
    if (level) {
      return level;
    }
    const std::uint32_t part = take_part(scan);
    if (part >= LeadEvents::kParts) {
      return std::nullopt;
    }
    core_call([=] {
      scan->events->open(part);
      return true;
    });
  }
}

TupleTableSlot* next_row(ScanState* node) {
  auto* const scan = reinterpret_cast<FunnelScan*>(node);
  TupleTableSlot* const row = node->ss_ScanTupleSlot;
  ExecClearTuple(row);
  if (!scan->is_gathered) {
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

bool recheck_row(ScanState* /*node*/, TupleTableSlot* /*row*/) { return true; }

// Also what the memory held is gone.
void forget(FunnelScan* scan) {
  if (scan->file != nullptr) {
    scan->file->close();
  }
  MemoryContextReset(scan->context);
  scan->file = nullptr;
  scan->events = nullptr;
  scan->is_gathered = false;
  scan->takes_turns = false;
  scan->has_rule = false;
  scan->next_part = 0;
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

TupleTableSlot* next_row_of_scan(CustomScanState* node) { return ExecScan(&node->ss, next_row, recheck_row); }

void end_scan(CustomScanState* node) {
  forget(scan_of(node));
  ExecEndNode(rows_of(scan_of(node)));
}

void begin_again(CustomScanState* node) {
  FunnelScan* const scan = scan_of(node);
  PlanState* const rows = rows_of(scan);
  forget(scan);
  ExecScanReScan(&node->ss);
  if (node->ss.ps.chgParam != nullptr) {
    UpdateChangedParamSet(rows, node->ss.ps.chgParam);
  }
  if (rows->chgParam == nullptr) {  // otherwise it begins again by itself
    ExecReScan(rows);
  }
}

Size shared_size(CustomScanState* /*node*/, ParallelContext* context) {
  return SharedScan::size_for(context->nworkers + 1);
}

void begin_shared(CustomScanState* node, ParallelContext* context, void* memory) {
  scan_of(node)->shared = nullptr;
  if (context->seg == nullptr) {  // no memory that processes share, so there will be no other process
    return;
  }
  auto* const shared = static_cast<SharedScan*>(memory);
  shared->segment = dsm_segment_handle(context->seg);
  shared->participants = context->nworkers + 1;
  pg_atomic_init_u32(&shared->gatherers, 0);
  pg_atomic_init_u32(&shared->next_part, 0);
  SharedFileSetInit(&shared->files, context->seg);
  shared->begin();
  scan_of(node)->shared = shared;
}

void begin_shared_again(CustomScanState* node, ParallelContext* context, void* memory) {
  if (context->seg == nullptr) {
    return;
  }
  auto* const shared = static_cast<SharedScan*>(memory);
  forget(scan_of(node));  // before its files are gone
  SharedFileSetDeleteAll(&shared->files);
  shared->begin();
  scan_of(node)->shared = shared;
}

// The memory that was shared is gone soon.
void leave_shared(CustomScanState* node) { scan_of(node)->shared = nullptr; }

void join_shared(CustomScanState* node, shm_toc* /*contents*/, void* memory) {
  auto* const shared = static_cast<SharedScan*>(memory);
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
    .ExecCustomScan = next_row_of_scan,
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
