#include "core/funnel/competing_risks.hpp"

#include <algorithm>
#include <cmath>

namespace leadscore::funnel {

IncidenceCurves::IncidenceCurves(std::span<const RiskTable::Durations> outcomes, RiskTable::Durations censored,
                                 std::pmr::memory_resource* memory)
    : table_(outcomes, censored, memory), curves_(outcomes.size(), memory) {}

bool IncidenceCurves::next(StopToken& stop) {
  do {
    if (!table_.next(stop)) {
      return false;
    }
  } while (table_.ended() == 0);
  const double before = limit_.value();
  limit_.add(table_.at_risk(), table_.ended());
  const auto at_risk = static_cast<double>(table_.at_risk());
  const auto ended = static_cast<double>(table_.ended());
  // Where all have ended no incidence grows any more, and this term counts nothing.
  const double hazard = ended < at_risk ? ended / (at_risk * (at_risk - ended)) : 0;
  for (std::size_t i = 0; i < curves_.size(); ++i) {
    stop.check();
    Curve& curve = curves_[i];
    const auto these = static_cast<double>(table_.ended(i));
    if (these > 0) {
      const double share = before * these / at_risk;
      curve.incidence.add(share);
      curve.squares += share * (2 * curve.lines + share * hazard_variance_);
      curve.lines += share * hazard_variance_;
      curve.shares += share * curve.share;
      curve.share += share / at_risk;
      curve.own += before * share * (at_risk - these) / (at_risk * at_risk);
    }
  }
  hazard_variance_ += hazard;
  return true;
}

double IncidenceCurves::standard_error(std::size_t outcome) const noexcept {
  const Curve& curve = curves_[outcome];
  return std::sqrt(std::max(0.0, curve.squares - 2 * curve.shares + curve.own));
}

}  // namespace leadscore::funnel
