#include "core/model/ladder.hpp"

#include <algorithm>
#include <tuple>

#include "core/error.hpp"

namespace leadscore::model {

namespace {

// Lost stages are asked first, then those on hold, then the steps.
int turn_of(StageKind kind) noexcept {
  if (is_step(kind)) {
    return 2;
  }
  return kind == StageKind::lost ? 0 : 1;
}

// Beside the ladder the first stage counts, on it the highest.
bool is_asked_before(const Stage& a, const Stage& b) noexcept {
  if (turn_of(a.kind) != turn_of(b.kind)) {
    return turn_of(a.kind) < turn_of(b.kind);
  }
  return is_step(a.kind) ? a.number > b.number : a.number < b.number;
}

}  // namespace

Ladder::Ladder(std::span<const Stage> stages, std::span<const std::uint32_t> stage_of_rule,
               std::pmr::memory_resource* memory)
    : stages_(stages.begin(), stages.end(), memory), questions_(memory), rules_(memory) {
  std::pmr::vector<std::uint32_t> order(memory);
  for (std::uint32_t i = 0; i < stages.size(); ++i) {
    order.push_back(i);
  }
  std::sort(order.begin(), order.end(),
            [stages](std::uint32_t a, std::uint32_t b) { return stages[a].number < stages[b].number; });
  const auto twin = std::adjacent_find(order.begin(), order.end(), [stages](std::uint32_t a, std::uint32_t b) {
    return stages[a].number == stages[b].number;
  });
  if (twin != order.end()) {
    throw Error(ErrorCode::invalid_argument, "two stages have the same number");
  }

  std::pmr::vector<std::pmr::vector<std::uint32_t>> rules_of(stages.size(), memory);
  for (std::uint32_t rule = 0; rule < stage_of_rule.size(); ++rule) {
    if (stage_of_rule[rule] >= stages.size()) {
      throw Error(ErrorCode::invalid_argument, "a rule names a stage that does not exist");
    }
    rules_of[stage_of_rule[rule]].push_back(rule);
  }
  std::sort(order.begin(), order.end(),
            [stages](std::uint32_t a, std::uint32_t b) { return is_asked_before(stages[a], stages[b]); });
  rules_.reserve(stage_of_rule.size());
  for (const std::uint32_t stage : order) {
    if (rules_of[stage].empty()) {
      continue;
    }
    const std::size_t first = rules_.size();
    rules_.insert(rules_.end(), rules_of[stage].begin(), rules_of[stage].end());
    questions_.push_back(
        {.stage = stage, .needs_all = is_step(stages[stage].kind), .first = first, .last = rules_.size()});
  }
}

std::uint32_t Ladder::advance(std::uint32_t earlier, std::uint32_t now) const noexcept {
  if (earlier == kNone || !is_step(stages_[earlier].kind)) {
    return now;
  }
  const bool falls = now == kNone || (is_step(stages_[now].kind) && stages_[now].number < stages_[earlier].number);
  return falls ? earlier : now;
}

}  // namespace leadscore::model
