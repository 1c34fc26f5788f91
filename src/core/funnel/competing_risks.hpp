// What becomes of leads over time, when one outcome rules out the others and some have none yet: the estimate of
// O. O. Aalen and S. Johansen, Scandinavian Journal of Statistics 5 (1978) 141-150.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/funnel/risk_table.hpp"
#include "core/funnel/survival.hpp"
#include "core/learn/compensated_sum.hpp"
#include "core/stop_token.hpp"

namespace leadscore::funnel {

/// The cumulative incidence of each outcome, duration by duration of those at which anything ended. With the share that
/// has no outcome they add up to 1.
class IncidenceCurves {
 public:
  /// One sorted list for each outcome, and one of those without.
  IncidenceCurves(std::span<const RiskTable::Durations> outcomes, RiskTable::Durations censored,
                  std::pmr::memory_resource* memory);

  /// Goes on; false at the end. Throws Cancelled if asked to stop.
  bool next(StopToken& stop);

  [[nodiscard]] std::uint64_t duration() const noexcept { return table_.duration(); }
  [[nodiscard]] std::uint64_t at_risk() const noexcept { return table_.at_risk(); }
  [[nodiscard]] std::uint64_t ended(std::size_t outcome) const noexcept { return table_.ended(outcome); }
  [[nodiscard]] double survival() const noexcept { return limit_.value(); }
  [[nodiscard]] double incidence(std::size_t outcome) const noexcept { return curves_[outcome].incidence.value(); }
  /// From the multinomial variances of what happened at each duration (J. J. Gaynor et al., Journal of the American
  /// Statistical Association 88 (1993) 400-409): that of Greenwood where there is one outcome.
  [[nodiscard]] double standard_error(std::size_t outcome) const noexcept;

 private:
  // Sums over the durations so far, F being the incidence now, F' and S' that of the duration and the survival before
  // it, d of its n at risk ended and k of them so: squares = sum of a (F - F')^2 and lines = sum of a (F - F') with
  // a = d / (n (n - d)), shares = sum of b (F - F') and share = sum of b with b = S' k / n^2, own = sum of
  // S'^2 k (n - k) / n^3. The variance is squares - 2 shares + own. All are carried on as F grows, so that nothing is
  // a difference of large sums.
  struct Curve {
    learn::CompensatedSum incidence;
    double squares = 0;
    double lines = 0;
    double shares = 0;
    double share = 0;
    double own = 0;
  };

  RiskTable table_;
  ProductLimit limit_;
  double hazard_variance_ = 0;  // the sum of a
  std::pmr::vector<Curve> curves_;
};

}  // namespace leadscore::funnel
