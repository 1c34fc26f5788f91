// How long it takes until something ends, when some have not ended yet: the estimate of E. L. Kaplan and P. Meier,
// Journal of the American Statistical Association 53 (1958) 457-481.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>

#include "core/funnel/risk_table.hpp"
#include "core/learn/compensated_sum.hpp"
#include "core/stop_token.hpp"

namespace leadscore::funnel {

/// The share that has not ended, duration by duration. As long as nobody is censored it is a quotient of two counts,
/// so what is a half is exactly that.
class ProductLimit {
 public:
  void add(std::uint64_t at_risk, std::uint64_t ended) noexcept {
    if (at_risk != left_) {
      before_ = value();
      begun_ = at_risk;
    }
    left_ = at_risk - ended;
  }
  [[nodiscard]] double value() const noexcept {
    return begun_ == 0 ? before_ : before_ * (static_cast<double>(left_) / static_cast<double>(begun_));
  }

 private:
  double before_ = 1;
  std::uint64_t begun_ = 0;
  std::uint64_t left_ = 0;
};

/// Whether a probability has got to a level, but for what rounding may have taken from it.
[[nodiscard]] inline bool is_at_least(double probability, double level) noexcept {
  constexpr double kRounding = 1e-12;
  return probability >= level - kRounding;
}

/// The ends of an interval of 95 %, nothing where a probability is 0 or 1 and its spread unknown.
struct ProbabilityInterval {
  std::optional<double> lower;
  std::optional<double> upper;
};

/// The interval of an estimated probability that is symmetric in log(-log p), so that it stays within 0 and 1: J. D.
/// Kalbfleisch, R. L. Prentice, The Statistical Analysis of Failure Time Data, 1980.
[[nodiscard]] ProbabilityInterval log_log_interval(double probability, double standard_error);

struct SurvivalPoint {
  std::uint64_t duration = 0;
  std::uint64_t at_risk = 0;
  std::uint64_t ended = 0;
  std::uint64_t censored = 0;
  double survival = 1;
  ProbabilityInterval interval;  // with the variance of M. Greenwood, 1926
};

/// The curve, one distinct duration after the other.
class SurvivalCurve {
 public:
  /// Both lists must be sorted.
  SurvivalCurve(RiskTable::Durations ended, RiskTable::Durations censored, std::pmr::memory_resource* memory);

  /// Goes on; false at the end. Throws Cancelled if asked to stop.
  bool next(StopToken& stop);

  [[nodiscard]] std::uint64_t duration() const noexcept { return table_.duration(); }
  [[nodiscard]] double survival() const noexcept { return limit_.value(); }
  [[nodiscard]] SurvivalPoint point() const;

 private:
  RiskTable table_;
  ProductLimit limit_;
  learn::CompensatedSum greenwood_;  // the variance relative to the square of the estimate
};

/// Finds, for ascending shares, the first duration by which so many have ended, as far as the curve gets there.
void find_quantiles(SurvivalCurve& curve, std::span<const double> shares,
                    std::span<std::optional<std::uint64_t>> quantiles, StopToken& stop);

}  // namespace leadscore::funnel
