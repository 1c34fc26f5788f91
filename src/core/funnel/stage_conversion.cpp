#include "core/funnel/stage_conversion.hpp"

#include <array>

namespace leadscore::funnel {

namespace {

enum Column : std::size_t { entered, mature_entered, mature_converted };
constexpr std::size_t kColumns = mature_converted + 1;

constexpr double kConfidence = 0.95;

constexpr std::size_t place(std::size_t step, Column column) { return (step - 1) * kColumns + column; }

learn::ConfidenceInterval rate_of(std::uint64_t part, std::uint64_t whole) {
  return learn::wilson(static_cast<std::int64_t>(part), static_cast<std::int64_t>(whole), kConfidence);
}

}  // namespace

StageConversion::StageConversion(const StageQuestion& question, std::pmr::memory_resource* memory)
    : StageStatistic(question, question.kinds.ladder().size() * kColumns, memory) {}

void StageConversion::add(std::span<const StageVisit> visits) {
  std::array<std::int64_t, StageKinds::kMost>
      entered_at{};  // by step; a step that is skipped is entered with the later
  std::size_t highest = 0;
  for (const StageVisit& visit : checked(visits)) {
    while (highest < kinds().step(visit.stage_no)) {
      entered_at[highest++] = visit.entered_at;
    }
  }
  for (std::size_t step = 1; step <= highest; ++step) {
    ++tally()[place(step, entered)];
    if (duration(entered_at[step - 1], question().as_of) < question().matures_after) {
      continue;
    }
    ++tally()[place(step, mature_entered)];
    if (step < highest && duration(entered_at[step - 1], entered_at[step]) <= question().matures_after) {
      ++tally()[place(step, mature_converted)];
    }
  }
}

bool StageConversion::read(StateReader& reader, StopToken& stop) {
  if (!StageStatistic::read(reader, stop)) {
    return false;
  }
  const std::size_t steps = kinds().ladder().size();
  for (std::size_t step = 1; step <= steps; ++step) {
    const std::uint64_t most = tally()[place(step, entered)];
    const std::uint64_t next = step < steps ? tally()[place(step + 1, entered)] : 0;
    const std::uint64_t mature = tally()[place(step, mature_entered)];
    if (next > most || mature > most || tally()[place(step, mature_converted)] > mature) {
      return false;
    }
  }
  return true;
}

std::size_t StageConversion::write_rows(std::span<StageConversionStep> rows) const {
  const std::span<const std::int32_t> ladder = kinds().ladder();
  std::size_t count = 0;
  for (std::size_t step = 1; step < ladder.size(); ++step) {
    StageConversionStep& row = rows[count++];
    row = {};
    row.stage_no = ladder[step - 1];
    row.next_stage_no = ladder[step];
    row.entered = tally()[place(step, entered)];
    row.converted = tally()[place(step + 1, entered)];
    row.rate = rate_of(row.converted, row.entered);
    row.first_entered = tally()[place(1, entered)];
    row.rate_of_first = rate_of(row.converted, row.first_entered);
    row.mature_entered = tally()[place(step, mature_entered)];
    row.mature_converted = tally()[place(step, mature_converted)];
    row.mature_rate = rate_of(row.mature_converted, row.mature_entered);
  }
  return count;
}

}  // namespace leadscore::funnel
