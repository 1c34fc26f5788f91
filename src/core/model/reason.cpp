#include "core/model/reason.hpp"

#include <algorithm>
#include <bit>

namespace leadscore::model {

Ranking::Ranking(const Scorecard& scorecard, std::pmr::memory_resource* memory)
    : reasons_(memory), ranks_(scorecard.criterion_count(), kNone, memory) {
  for (std::uint32_t i = 0; i < ranks_.size(); ++i) {
    const ScorecardCriterion& criterion = scorecard.criterion(i);
    if (criterion.has_constant_points && criterion.constant_points != 0) {
      reasons_.push_back({.criterion = i, .contribution = criterion.constant_points});
    }
  }
  std::sort(reasons_.begin(), reasons_.end(), [](const Reason& a, const Reason& b) { return a.outweighs(b); });
  for (std::uint32_t rank = 0; rank < reasons_.size(); ++rank) {
    ranks_[reasons_[rank].criterion] = rank;
  }
}

std::size_t MetCriteria::weightiest(const Ranking& ranking, std::span<Reason, kReasons> reasons) const noexcept {
  std::size_t count = 0;
  if (has_mask_) {
    for (std::uint64_t left = mask_; left != 0 && count < kReasons; left &= left - 1) {
      reasons[count++] = ranking.reason(static_cast<std::size_t>(std::countr_zero(left)));
    }
    return count;
  }
  for (const std::uint32_t rank : list_.ranks()) {
    if (rank == kNone) {
      break;
    }
    reasons[count++] = ranking.reason(rank);
  }
  return count;
}

}  // namespace leadscore::model
