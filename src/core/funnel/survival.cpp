#include "core/funnel/survival.hpp"

#include <cmath>

#include "core/learn/confidence.hpp"

namespace leadscore::funnel {

namespace {

constexpr double kConfidence = 0.95;

}  // namespace

ProbabilityInterval log_log_interval(double probability, double standard_error) {
  if (!(probability > 0 && probability < 1)) {
    return {};
  }
  const double spread =
      learn::standard_errors_of(kConfidence) * standard_error / (probability * -std::log(probability));
  return {.lower = std::pow(probability, std::exp(spread)), .upper = std::pow(probability, std::exp(-spread))};
}

SurvivalCurve::SurvivalCurve(RiskTable::Durations ended, RiskTable::Durations censored,
                             std::pmr::memory_resource* memory)
    : table_({&ended, 1}, censored, memory) {}

bool SurvivalCurve::next(StopToken& stop) {
  if (!table_.next(stop)) {
    return false;
  }
  limit_.add(table_.at_risk(), table_.ended());
  if (table_.ended() < table_.at_risk()) {
    const auto at_risk = static_cast<double>(table_.at_risk());
    const auto ended = static_cast<double>(table_.ended());
    greenwood_.add(ended / (at_risk * (at_risk - ended)));
  }
  return true;
}

SurvivalPoint SurvivalCurve::point() const {
  const double survival = limit_.value();
  return {.duration = table_.duration(),
          .at_risk = table_.at_risk(),
          .ended = table_.ended(),
          .censored = table_.censored(),
          .survival = survival,
          .interval = log_log_interval(survival, survival * std::sqrt(greenwood_.value()))};
}

void find_quantiles(SurvivalCurve& curve, std::span<const double> shares,
                    std::span<std::optional<std::uint64_t>> quantiles, StopToken& stop) {
  std::size_t found = 0;
  while (found < shares.size() && curve.next(stop)) {
    while (found < shares.size() && is_at_least(1 - curve.survival(), shares[found])) {
      quantiles[found++] = curve.duration();
    }
  }
}

}  // namespace leadscore::funnel
