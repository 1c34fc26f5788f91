#include "core/model/tally.hpp"

#include <algorithm>

namespace leadscore::model {

void Tally::begin(const ScorePlan& plan) noexcept {
  plan_ = &plan;
  std::copy(plan.start().begin(), plan.start().end(), sums_.begin());
  met_ = plan.start_criteria();
  varying_count_ = 0;
}

void Tally::add_places(std::span<const std::size_t> places) noexcept {
  const std::span<const PlacesOfLookup> lookups = plan_->places();
  for (std::size_t i = 0; i < lookups.size();) {
    const std::uint32_t group = lookups[i].group;
    PointCount sum = 0;  // not in memory, where each addition would wait for the one before
    for (; i < lookups.size() && lookups[i].group == group; ++i) {
      sum += lookups[i].points[places[i]];
    }
    sums_[group] += sum;
  }
  if (plan_->ranking().fits_masks()) {
    std::uint64_t mask = 0;
    for (std::size_t i = 0; i < lookups.size(); ++i) {
      mask |= lookups[i].masks[places[i]];
    }
    met_.add_mask(mask);
  } else {
    for (std::size_t i = 0; i < lookups.size(); ++i) {
      met_.add_list(lookups[i].lists[places[i]]);
    }
  }
}

void Tally::add_outcome(std::uint32_t criterion, const Outcome& outcome) {
  sums_[scorecard_->criterion(criterion).group] += scorecard_->counted_points(criterion, outcome);
  const double contribution = outcome.contribution();
  if (contribution == 0) {
    return;
  }
  const std::uint32_t rank = plan_->ranking().rank_of(criterion);
  if (rank != kNone) {
    met_.add(rank);
  } else {
    add_varying({.criterion = criterion, .contribution = contribution});
  }
}

void Tally::add_varying(const Reason& reason) noexcept {
  std::size_t place = varying_count_;
  while (place > 0 && reason.outweighs(varying_[place - 1])) {
    --place;
  }
  if (place == kReasons) {
    return;
  }
  varying_count_ = std::min(varying_count_ + 1, kReasons);
  for (std::size_t i = varying_count_ - 1; i > place; --i) {
    varying_[i] = varying_[i - 1];
  }
  varying_[place] = reason;
}

std::size_t Tally::weightiest(std::span<Reason, kReasons> reasons) const noexcept {
  if (varying_count_ == 0) {
    return met_.weightiest(plan_->ranking(), reasons);
  }
  std::array<Reason, kReasons> constant;
  const std::size_t constant_count = met_.weightiest(plan_->ranking(), constant);
  std::size_t c = 0;
  std::size_t v = 0;
  std::size_t count = 0;
  while (count < kReasons && (c < constant_count || v < varying_count_)) {
    const bool takes_varying = c == constant_count || (v < varying_count_ && varying_[v].outweighs(constant[c]));
    reasons[count++] = takes_varying ? varying_[v++] : constant[c++];
  }
  return count;
}

}  // namespace leadscore::model
