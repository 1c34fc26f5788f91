#include "pg/funnel_gather.hpp"

#include "pg/funnel_exchange.hpp"
#include "pg/funnel_rule.hpp"
#include "pg/funnel_scan.hpp"
#include "pg/memory.hpp"

namespace leadscore::pg {

namespace {

using funnel::LeadEvents;

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

// Nothing is returned before all have gathered, so that nobody waits here for one who waits for his rows to be taken.
// Who comes when they have finds no rows left below, and does not gather.
void gather_shared(FunnelScan* scan) {
  SharedFunnelScan* const shared = scan->shared;
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
  if (take_published(scan) && !scan->has_rule) {
    read_rule(scan);
  }
  scan->takes_turns = true;
}

std::uint32_t take_part(FunnelScan* scan) {
  return scan->takes_turns ? pg_atomic_fetch_add_u32(&scan->shared->next_part, 1) : scan->next_part++;
}

}  // namespace

void gather(FunnelScan* scan) {
  make_events(scan);
  if (scan->shared != nullptr) {
    gather_shared(scan);
  } else {
    gather_rows(scan);
  }
}

std::optional<funnel::LeadLevel> next_level(FunnelScan* scan) {
  for (;;) {
    const auto level = core_call([=] { return scan->events->next(scan->rule, scan->stop); });
    if (level) {
      return level;
    }
    const std::uint32_t part = take_part(scan);
    if (part >= LeadEvents::kParts) {
      scan->file->drop();  // each process its own: where all are left to the end, one has to
      return std::nullopt;
    }
    core_call([=] {
      scan->events->open(part);
      return true;
    });
  }
}

void forget(FunnelScan* scan) {
  if (scan->file != nullptr) {
    scan->file->close();
  }
  MemoryContextReset(scan->context);
  scan->file = nullptr;
  scan->events = nullptr;
  scan->takes_turns = false;
  scan->has_rule = false;
  scan->next_part = 0;
}

}  // namespace leadscore::pg
