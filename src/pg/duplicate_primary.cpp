// The SQL function that settles who comes first among leads of one person.
#include <algorithm>

#include "core/dedup/connected_components.hpp"
#include "core/dedup/request_window.hpp"
#include "pg/composite.hpp"
#include "pg/guard.hpp"
#include "pg/interval_length.hpp"
#include "pg/memory.hpp"
#include "pg/stored_text.hpp"

namespace leadscore::pg {

namespace {

struct Items {
  Datum* values;
  bool* nulls;
  std::size_t count;
};

Items array_argument(FunctionCallInfo fcinfo, int argument, Oid type, std::int16_t size, char alignment) {
  if (PG_ARGISNULL(argument)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("of the arguments only within may be NULL")));
  }
  Items items{};
  int count = 0;
  deconstruct_array(PG_GETARG_ARRAYTYPE_P(argument), type, size, size > 0, alignment, &items.values, &items.nulls,
                    &count);
  items.count = static_cast<std::size_t>(count);
  return items;
}

Items text_array(FunctionCallInfo fcinfo, int argument) {
  return array_argument(fcinfo, argument, TEXTOID, -1, TYPALIGN_INT);
}

Items without_nulls(const Items& items) {
  if (std::any_of(items.nulls, items.nulls + items.count, [](bool is_null) { return is_null; })) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("only the times that are shown may be NULL")));
  }
  return items;
}

// The keys of leads in their order, to find the number of a lead by.
struct NamedLead {
  std::string_view lead_id;
  std::uint32_t number;
};

std::span<const NamedLead> sorted_by_key(const Items& lead_ids) {
  auto* const leads =
      static_cast<NamedLead*>(MemoryContextAllocHuge(CurrentMemoryContext, sizeof(NamedLead) * (lead_ids.count + 1)));
  for (std::size_t i = 0; i < lead_ids.count; ++i) {
    leads[i] = {view_of(DatumGetTextPP(lead_ids.values[i])), static_cast<std::uint32_t>(i)};
  }
  std::sort(leads, leads + lead_ids.count,
            [](const NamedLead& a, const NamedLead& b) { return a.lead_id < b.lead_id; });
  return {leads, lead_ids.count};
}

std::optional<std::uint32_t> find_lead(std::span<const NamedLead> leads, Datum lead_id) {
  const std::string_view wanted = view_of(DatumGetTextPP(lead_id));
  const auto found = std::lower_bound(leads.begin(), leads.end(), wanted,
                                      [](const NamedLead& lead, std::string_view id) { return lead.lead_id < id; });
  return found == leads.end() || found->lead_id != wanted ? std::nullopt : std::optional(found->number);
}

struct Pair {
  std::uint32_t a;
  std::uint32_t b;
  double probability;
};

// The pairs both of whose leads are there.
std::span<const Pair> read_pairs(FunctionCallInfo fcinfo, std::span<const NamedLead> leads) {
  const Items a = without_nulls(text_array(fcinfo, 3));
  const Items b = without_nulls(text_array(fcinfo, 4));
  const Items probabilities = without_nulls(array_argument(fcinfo, 5, FLOAT8OID, sizeof(float8), TYPALIGN_DOUBLE));
  const std::size_t most = std::min({a.count, b.count, probabilities.count});
  auto* const pairs = static_cast<Pair*>(MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Pair) * (most + 1)));
  std::size_t count = 0;
  for (std::size_t i = 0; i < most; ++i) {
    CHECK_FOR_INTERRUPTS();
    const auto lead_a = find_lead(leads, a.values[i]);
    const auto lead_b = find_lead(leads, b.values[i]);
    if (lead_a && lead_b) {
      pairs[count++] = {*lead_a, *lead_b, DatumGetFloat8(probabilities.values[i])};
    }
  }
  return {pairs, count};
}

// For each lead the number of the first of its group.
void find_firsts(std::span<const Pair> pairs, std::span<const std::int64_t> came_at, const Interval* within,
                 dedup::WindowMode mode, std::span<std::uint32_t> firsts) {
  MemoryContext const context = CurrentMemoryContext;
  core_call([=] {
    ContextResource memory(context);
    StopToken stop = stop_token();
    dedup::ConnectedComponents components(&memory, firsts.size());
    for (const Pair& pair : pairs) {
      stop.check();
      components.join(pair.a, pair.b);
    }
    for (std::size_t i = 0; i < firsts.size(); ++i) {
      stop.check();
      firsts[i] = components.smallest(static_cast<std::uint32_t>(i));
    }
    if (within != nullptr) {
      dedup::split_by_window(firsts, came_at, microseconds_of(within).value_or(0), mode, &memory);
    }
    return true;
  });
}

template <class Item>
std::span<Item> allocate(std::size_t count, Item value) {
  auto* const items = static_cast<Item*>(MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Item) * (count + 1)));
  std::fill(items, items + count, value);
  return {items, count};
}

Datum settle_duplicates(FunctionCallInfo fcinfo) {
  InitMaterializedSRF(fcinfo, 0);
  const Items lead_ids = without_nulls(text_array(fcinfo, 0));
  const Items came_at = without_nulls(array_argument(fcinfo, 1, TIMESTAMPTZOID, sizeof(TimestampTz), TYPALIGN_DOUBLE));
  const Items shown_at = array_argument(fcinfo, 2, TIMESTAMPTZOID, sizeof(TimestampTz), TYPALIGN_DOUBLE);
  if (came_at.count != lead_ids.count || shown_at.count != lead_ids.count) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("each lead must have a time")));
  }
  const std::span<const Pair> pairs = read_pairs(fcinfo, sorted_by_key(lead_ids));
  const std::span<std::int64_t> times = allocate(lead_ids.count, std::int64_t{0});
  std::transform(came_at.values, came_at.values + came_at.count, times.begin(),
                 [](Datum time) { return DatumGetTimestampTz(time); });
  const std::span<std::uint32_t> firsts = allocate(lead_ids.count, std::uint32_t{0});
  const Interval* const within = PG_ARGISNULL(6) ? nullptr : PG_GETARG_INTERVAL_P(6);
  if (PG_ARGISNULL(7)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("of the arguments only within may be NULL")));
  }
  const bool is_sliding = strcmp(text_to_cstring(PG_GETARG_TEXT_PP(7)), "sliding") == 0;
  find_firsts(pairs, times, within, is_sliding ? dedup::WindowMode::sliding : dedup::WindowMode::anchored, firsts);

  const std::span<double> best = allocate(lead_ids.count, -1.0);
  for (const Pair& pair : pairs) {
    if (firsts[pair.a] == firsts[pair.b]) {
      best[pair.a] = std::max(best[pair.a], pair.probability);
      best[pair.b] = std::max(best[pair.b], pair.probability);
    }
  }
  for (std::size_t i = 0; i < lead_ids.count; ++i) {
    CHECK_FOR_INTERRUPTS();
    if (firsts[i] != i) {
      put_row(fcinfo, {{lead_ids.values[i], false},
                       {lead_ids.values[firsts[i]], false},
                       best[i] < 0 ? Column{} : column(best[i]),
                       {shown_at.values[i], shown_at.nulls[i]}});
    }
  }
  return Datum{0};
}

}  // namespace

}  // namespace leadscore::pg

LEADSCORE_FUNCTION(leadscore_settle_duplicates) { return leadscore::pg::settle_duplicates(fcinfo); }
