#include "core/learn/model_quality.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "core/learn/logistic_regression.hpp"
#include "core/model/scale.hpp"

namespace leadscore::learn {

namespace {

using Judged = std::pmr::vector<std::pair<double, bool>>;  // log-odds, won

void measure_order(const Judged& sorted, ModelQuality& quality) noexcept {
  const auto wins = static_cast<double>(quality.wins);
  const auto losses = static_cast<double>(quality.leads - quality.wins);
  double won_below = 0;
  double lost_below = 0;
  double pairs = 0;
  double distance = 0;
  for (std::size_t i = 0; i < sorted.size();) {
    double won_here = 0;
    double lost_here = 0;
    const double value = sorted[i].first;
    for (; i < sorted.size() && sorted[i].first == value; ++i) {
      (sorted[i].second ? won_here : lost_here) += 1;
    }
    pairs += won_here * (lost_below + lost_here / 2);
    won_below += won_here;
    lost_below += lost_here;
    distance = std::max(distance, std::fabs(won_below / wins - lost_below / losses));
  }
  quality.auc = pairs / (wins * losses);
  quality.ks = distance;
}

}  // namespace

ModelQuality measure_quality(const Design& design, std::span<const double> coefficients,
                             std::pmr::memory_resource* memory) {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  ModelQuality quality{.leads = design.rows(),
                       .wins = design.wins(),
                       .auc = kUnknown,
                       .ks = kUnknown,
                       .brier = kUnknown,
                       .log_loss = kUnknown};
  if (design.rows() == 0) {
    return quality;
  }
  std::pmr::vector<double> log_odds(design.rows(), memory);
  design.linear_predictor(coefficients, 0, log_odds);
  Judged judged(memory);
  judged.reserve(design.rows());
  double squares = 0;
  double losses = 0;
  for (std::size_t i = 0; i < design.rows(); ++i) {
    const bool won = design.won()[i] != 0;
    judged.emplace_back(log_odds[i], won);
    const double miss = model::sigmoid(won ? -log_odds[i] : log_odds[i]);
    squares += miss * miss;
    losses += log1p_exp(won ? -log_odds[i] : log_odds[i]);
  }
  quality.brier = squares / static_cast<double>(design.rows());
  quality.log_loss = losses / static_cast<double>(design.rows());
  if (design.wins() > 0 && design.wins() < design.rows()) {
    std::sort(judged.begin(), judged.end());
    measure_order(judged, quality);
  }
  return quality;
}

}  // namespace leadscore::learn
