// Histories of leads for tests: with skips, returns, ties, losses and comebacks.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

#include "core/funnel/stage_question.hpp"
#include "core/funnel/stage_visits.hpp"
#include "random.hpp"

namespace leadscore::test {

using funnel::StageKind;
using History = std::vector<funnel::StageVisit>;

inline constexpr std::int64_t kDay = 86'400'000'000;

inline funnel::StageKinds kinds_of(std::initializer_list<std::optional<StageKind>> kinds) {
  funnel::StageKinds result;
  for (const std::optional<StageKind>& kind : kinds) {
    result.add(kind);
  }
  return result;
}

/// A ladder of four with a stage on hold in its midst, a number without a stage, and two ways to be lost.
inline funnel::StageKinds usual_kinds() {
  return kinds_of({StageKind::open, StageKind::open, StageKind::hold, StageKind::open, std::nullopt, StageKind::won,
                   StageKind::lost, StageKind::lost});
}

inline History ordered(History history) {
  StopToken stop;
  history.resize(funnel::order_visits(history, stop));
  return history;
}

inline History random_history(Random& random) {
  static constexpr std::int32_t kStages[] = {1, 1, 2, 2, 3, 4, 6, 7, 8};
  History history(random.below(9));
  for (funnel::StageVisit& visit : history) {
    visit = {static_cast<std::int64_t>(random.below(12)) * kDay + (random.chance(0.5) ? random.below(1000) : 0),
             kStages[random.below(9)]};
  }
  return ordered(history);
}

inline std::vector<History> random_histories(Random& random, std::uint32_t most) {
  std::vector<History> histories(random.below(most));
  for (History& history : histories) {
    history = random_history(random);
  }
  return histories;
}

}  // namespace leadscore::test
