#include "core/funnel/risk_table.hpp"

#include <limits>

namespace leadscore::funnel {

RiskTable::RiskTable(std::span<const Durations> ended, Durations censored, std::pmr::memory_resource* memory)
    : lists_(memory) {
  lists_.reserve(ended.size() + 1);
  for (const Durations& list : ended) {
    lists_.push_back({.rest = list});
  }
  lists_.push_back({.rest = censored});
  for (const List& list : lists_) {
    at_risk_ += list.rest.size();
  }
}

bool RiskTable::next(StopToken& stop) {
  at_risk_ -= ended_ + censored();
  ended_ = 0;
  lists_.back().count = 0;
  if (at_risk_ == 0) {
    return false;
  }
  duration_ = std::numeric_limits<std::uint64_t>::max();
  for (const List& list : lists_) {
    duration_ = !list.rest.empty() && list.rest.front() < duration_ ? list.rest.front() : duration_;
  }
  std::uint64_t all = 0;
  for (List& list : lists_) {
    std::size_t count = 0;
    while (count < list.rest.size() && list.rest[count] == duration_) {
      stop.check();
      ++count;
    }
    list.count = count;
    list.rest = list.rest.subspan(count);
    all += count;
  }
  stop.check();
  ended_ = all - censored();
  return true;
}

}  // namespace leadscore::funnel
