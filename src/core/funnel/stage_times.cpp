#include "core/funnel/stage_times.hpp"

#include <array>

#include "core/funnel/competing_risks.hpp"

namespace leadscore::funnel {

namespace {

enum VisitList : std::size_t { closed, unfinished };
constexpr std::size_t kVisitLists = unfinished + 1;

enum OutcomeList : std::size_t { won, lost, open };
constexpr std::size_t kOutcomeLists = open + 1;

constexpr std::size_t list_of(std::int32_t stage_no, std::size_t lists, std::size_t list) {
  return (static_cast<std::size_t>(stage_no) - 1) * lists + list;
}

double days_of(std::uint64_t microseconds) { return static_cast<double>(microseconds) / kMicrosecondsOfDay; }

std::optional<double> days_of(std::optional<std::uint64_t> microseconds) {
  return microseconds ? std::optional(days_of(*microseconds)) : std::nullopt;
}

std::optional<double> mean_days(RiskTable::Durations durations, StopToken& stop) {
  __extension__ using Wide = unsigned __int128;
  if (durations.empty()) {
    return std::nullopt;
  }
  Wide sum = 0;
  for (const std::uint64_t each : durations) {
    stop.check();
    sum += each;
  }
  return static_cast<double>(sum) / static_cast<double>(durations.size()) / kMicrosecondsOfDay;
}

}  // namespace

StageTimes::StageTimes(const StageQuestion& question, std::pmr::memory_resource* memory)
    : StageStatistic(question, question.kinds.size() * kVisitLists, memory) {}

void StageTimes::add(std::span<const StageVisit> visits) {
  const std::span<const StageVisit> known = checked(visits);
  for (std::size_t i = 0; i + 1 < known.size(); ++i) {
    tally().add(list_of(known[i].stage_no, kVisitLists, closed),
                duration(known[i].entered_at, known[i + 1].entered_at));
  }
  if (!known.empty() && kinds().is_left(known.back().stage_no)) {
    tally().add(list_of(known.back().stage_no, kVisitLists, unfinished),
                duration(known.back().entered_at, question().as_of));
  }
}

std::size_t StageTimes::write_rows(std::span<StageTime> rows, StopToken& stop, std::pmr::memory_resource* scratch) {
  static constexpr std::array<double, 3> kShares = {0.5, 0.75, 0.9};
  tally().sort(stop);
  std::size_t count = 0;
  for (std::size_t i = 0; i < kinds().size(); ++i) {
    const auto stage_no = static_cast<std::int32_t>(i + 1);
    if (!kinds().is_stage(stage_no)) {
      continue;
    }
    const RiskTable::Durations ended = tally()[list_of(stage_no, kVisitLists, closed)];
    const RiskTable::Durations censored = tally()[list_of(stage_no, kVisitLists, unfinished)];
    SurvivalCurve curve(ended, censored, scratch);
    std::array<std::optional<std::uint64_t>, kShares.size()> quantiles;
    find_quantiles(curve, kShares, quantiles, stop);
    rows[count++] = {.stage_no = stage_no,
                     .visits = ended.size() + censored.size(),
                     .open_visits = censored.size(),
                     .median_days = days_of(quantiles[0]),
                     .p75_days = days_of(quantiles[1]),
                     .p90_days = days_of(quantiles[2]),
                     .mean_closed_days = mean_days(ended, stop)};
  }
  return count;
}

StageOutcomes::StageOutcomes(const StageQuestion& question, std::pmr::memory_resource* memory)
    : StageStatistic(question, question.kinds.size() * kOutcomeLists, memory) {}

void StageOutcomes::add(std::span<const StageVisit> visits) {
  const std::span<const StageVisit> known = checked(visits);
  std::array<std::optional<std::int64_t>, StageKinds::kMost> first{};  // entered, of open stages that wait for an end
  const auto end_all = [&](std::size_t list, std::int64_t at) {
    for (std::size_t i = 0; i < kinds().size(); ++i) {
      if (first[i]) {
        tally().add(list_of(static_cast<std::int32_t>(i + 1), kOutcomeLists, list), duration(*first[i], at));
        first[i].reset();
      }
    }
  };
  std::uint64_t seen = 0;  // a bit for each stage
  for (const StageVisit& visit : known) {
    const std::uint64_t bit = std::uint64_t{1} << (visit.stage_no - 1);
    if (kinds().kind(visit.stage_no) == StageKind::won) {
      end_all(won, visit.entered_at);
    } else if (kinds().kind(visit.stage_no) == StageKind::open && (seen & bit) == 0) {
      first[static_cast<std::size_t>(visit.stage_no) - 1] = visit.entered_at;
    }
    seen |= bit;
  }
  // Lost leads that are moved from one lost stage to another have been lost all the while.
  std::size_t end = known.size();
  while (end > 0 && kinds().kind(known[end - 1].stage_no) == StageKind::lost) {
    --end;
  }
  const bool is_lost = end < known.size();
  end_all(is_lost ? lost : open, is_lost ? known[end].entered_at : question().as_of);
}

std::size_t StageOutcomes::write_rows(std::span<StageOutcome> rows, StopToken& stop,
                                      std::pmr::memory_resource* scratch) {
  tally().sort(stop);
  std::size_t count = 0;
  for (const std::int32_t stage_no : kinds().ladder()) {
    if (kinds().kind(stage_no) != StageKind::open) {
      continue;
    }
    const std::array<RiskTable::Durations, 2> ended = {tally()[list_of(stage_no, kOutcomeLists, won)],
                                                       tally()[list_of(stage_no, kOutcomeLists, lost)]};
    const RiskTable::Durations censored = tally()[list_of(stage_no, kOutcomeLists, open)];
    StageOutcome& row = rows[count++];
    row = {};
    row.stage_no = stage_no;
    row.won = ended[won].size();
    row.lost = ended[lost].size();
    row.open = censored.size();
    row.entered = row.won + row.lost + row.open;
    if (row.entered == 0) {
      continue;
    }
    IncidenceCurves curves(ended, censored, scratch);
    while (curves.next(stop)) {
    }
    row.won_incidence = curves.incidence(won);
    row.won_interval = log_log_interval(curves.incidence(won), curves.standard_error(won));
    row.lost_incidence = curves.incidence(lost);
    row.lost_interval = log_log_interval(curves.incidence(lost), curves.standard_error(lost));
    row.still_open = curves.survival();
    if (row.won > 0) {
      IncidenceCurves again(ended, censored, scratch);
      while (again.next(stop) && !is_at_least(again.incidence(won), *row.won_incidence / 2)) {
      }
      row.median_days_to_won = days_of(again.duration());
    }
  }
  return count;
}

}  // namespace leadscore::funnel
