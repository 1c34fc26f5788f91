// The aggregate stage_visits: one lead's history, from a row for each time it entered a stage.
#include "core/funnel/stage_visits.hpp"
#include "pg/core_state.hpp"

namespace leadscore::pg {

namespace {

using funnel::StageVisit;

struct VisitList {
  StageVisit* visits = nullptr;
  std::size_t count = 0;
  std::size_t capacity = 0;
};
static_assert(std::is_trivially_destructible_v<VisitList> && alignof(VisitList) <= MAXIMUM_ALIGNOF);

constexpr std::size_t kMostVisits = 1'000'000;

VisitList* make_visit_list(MemoryContext context) {
  return new (MemoryContextAlloc(context, sizeof(VisitList))) VisitList();
}

void reserve_visits(MemoryContext context, VisitList* list, std::size_t more) {
  constexpr std::size_t kFirst = 8;
  if (more > kMostVisits - list->count) {
    ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("more than %zu visits of one lead", kMostVisits),
                    errhint("GROUP BY the lead.")));
  }
  if (list->count + more <= list->capacity) {
    return;
  }
  std::size_t capacity = list->capacity == 0 ? kFirst : list->capacity * 2;
  capacity = capacity < list->count + more ? list->count + more : capacity;
  const Size size = sizeof(StageVisit) * capacity;
  list->visits = static_cast<StageVisit*>(list->visits == nullptr ? MemoryContextAlloc(context, size)
                                                                  : repalloc(list->visits, size));
  list->capacity = capacity;
}

Datum make_visit(TupleDesc type, const StageVisit& visit) {
  return make_row(type, {column(visit.stage_no), {TimestampTzGetDatum(visit.entered_at), false}});
}

}  // namespace

}  // namespace leadscore::pg

namespace funnel = leadscore::funnel;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_stage_visits_transition) {
  auto* list = pg::state_argument<pg::VisitList>(fcinfo, 0);
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(2))) {
    return pg::state_result(fcinfo, list);
  }
  MemoryContext const context = pg::aggregate_context(fcinfo);
  if (list == nullptr) {
    list = pg::make_visit_list(context);
  }
  pg::reserve_visits(context, list, 1);
  list->visits[list->count++] = {PG_GETARG_TIMESTAMPTZ(2), PG_GETARG_INT32(1)};
  PG_RETURN_POINTER(list);
}

LEADSCORE_FUNCTION(leadscore_stage_visits_combine) {
  auto* list = pg::state_argument<pg::VisitList>(fcinfo, 0);
  const auto* const other = pg::state_argument<pg::VisitList>(fcinfo, 1);
  MemoryContext const context = pg::aggregate_context(fcinfo);
  if (other == nullptr) {
    return pg::state_result(fcinfo, list);
  }
  if (list == nullptr) {
    list = pg::make_visit_list(context);
  }
  if (other->count > 0) {
    pg::reserve_visits(context, list, other->count);
    std::memcpy(list->visits + list->count, other->visits, other->count * sizeof(funnel::StageVisit));
    list->count += other->count;
  }
  PG_RETURN_POINTER(list);
}

LEADSCORE_FUNCTION(leadscore_stage_visits_serialize) {
  pg::aggregate_context(fcinfo);
  const auto* const list = pg::state_argument<pg::VisitList>(fcinfo, 0);
  const std::size_t size = funnel::visit_byte_size(list->count);
  auto* const result = static_cast<bytea*>(palloc(VARHDRSZ + size));
  SET_VARSIZE(result, VARHDRSZ + size);
  pg::core_call([=] {
    leadscore::StopToken stop = pg::stop_token();
    funnel::write_visits({list->visits, list->count}, {reinterpret_cast<std::byte*>(VARDATA(result)), size}, stop);
    return true;
  });
  PG_RETURN_BYTEA_P(result);
}

LEADSCORE_FUNCTION(leadscore_stage_visits_deserialize) {
  pg::aggregate_context(fcinfo);
  leadscore::StateReader reader(pg::span_of(PG_GETARG_BYTEA_PP(0)));
  const std::optional<std::size_t> count = funnel::read_visit_count(reader);
  if (!count || *count > pg::kMostVisits) {
    pg::not_a_state("a history of visits");
  }
  pg::VisitList* const list = pg::make_visit_list(CurrentMemoryContext);
  pg::reserve_visits(CurrentMemoryContext, list, *count);
  list->count = *count;
  pg::core_call([&] {
    leadscore::StopToken stop = pg::stop_token();
    funnel::read_visits(reader, {list->visits, list->count}, stop);
    return true;
  });
  PG_RETURN_POINTER(list);
}

LEADSCORE_FUNCTION(leadscore_stage_visits_final) {
  const auto* const list = pg::state_argument<pg::VisitList>(fcinfo, 0);
  // A copy: what makes one visit of two here may come to stand between others when more rows come.
  return pg::core_rows<funnel::StageVisit>(
      fcinfo, list->count,
      [=](std::span<funnel::StageVisit> rows, leadscore::StopToken& stop, std::pmr::memory_resource* /*scratch*/) {
        std::memcpy(rows.data(), list->visits, list->count * sizeof(funnel::StageVisit));
        return funnel::order_visits(rows, stop);
      },
      pg::make_visit);
}
