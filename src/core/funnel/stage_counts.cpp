#include "core/funnel/stage_counts.hpp"

#include <algorithm>

namespace leadscore::funnel {

namespace {

// The counts of a stage. `furthest` and `climbed` count leads whose way up ended there.
enum Column : std::size_t { visited, entries, returned, current, furthest, climbed, lost };
constexpr std::size_t kColumns = lost + 1;

constexpr std::size_t kLeads = 0;

constexpr std::size_t place(std::int32_t stage_no, Column column) {
  return 1 + (static_cast<std::size_t>(stage_no) - 1) * kColumns + column;
}

}  // namespace

StageCounts::StageCounts(const StageQuestion& question, std::pmr::memory_resource* memory)
    : StageStatistic(question, 1 + question.kinds.size() * kColumns, memory) {}

void StageCounts::add(std::span<const StageVisit> visits) {
  const std::span<const StageVisit> known = checked(visits);
  ++tally()[kLeads];
  if (known.empty()) {
    return;
  }
  std::uint64_t once = 0;  // a bit for each stage
  std::uint64_t again = 0;
  std::size_t highest = 0;
  std::size_t in_order = 0;
  for (const StageVisit& visit : known) {
    const std::uint64_t bit = std::uint64_t{1} << (visit.stage_no - 1);
    const std::size_t step = kinds().step(visit.stage_no);
    ++tally()[place(visit.stage_no, entries)];
    again |= once & bit;
    once |= bit;
    highest = std::max(highest, step);
    in_order += step == in_order + 1 ? 1 : 0;
  }
  for (std::size_t i = 0; i < kinds().size(); ++i) {
    const auto stage_no = static_cast<std::int32_t>(i + 1);
    tally()[place(stage_no, visited)] += once >> i & 1;
    tally()[place(stage_no, returned)] += again >> i & 1;
  }
  const std::int32_t last = known.back().stage_no;
  ++tally()[place(last, current)];
  if (highest > 0) {
    ++tally()[place(kinds().ladder()[highest - 1], furthest)];
    tally()[place(kinds().ladder()[highest - 1], lost)] += kinds().kind(last) == StageKind::lost ? 1 : 0;
  }
  if (in_order > 0) {
    ++tally()[place(kinds().ladder()[in_order - 1], climbed)];
  }
}

std::size_t StageCounts::write_rows(std::span<StageCount> rows) const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < kinds().size(); ++i) {
    const auto stage_no = static_cast<std::int32_t>(i + 1);
    if (!kinds().is_stage(stage_no)) {
      continue;
    }
    StageCount& row = rows[count++];
    row = {};
    row.stage_no = stage_no;
    row.kind = kinds().kind(stage_no);
    row.leads = tally()[kLeads];
    row.visited = tally()[place(stage_no, visited)];
    row.current = tally()[place(stage_no, current)];
    row.entries = tally()[place(stage_no, entries)];
    row.returned = tally()[place(stage_no, returned)];
    if (model::is_step(row.kind)) {
      row.reached = 0;
      row.strict = 0;
      row.lost = tally()[place(stage_no, lost)];
      for (const std::int32_t later : kinds().ladder().subspan(kinds().step(stage_no) - 1)) {
        *row.reached += tally()[place(later, furthest)];
        *row.strict += tally()[place(later, climbed)];
      }
    }
  }
  return count;
}

}  // namespace leadscore::funnel
