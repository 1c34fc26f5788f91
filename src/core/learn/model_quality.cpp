#include "core/learn/model_quality.hpp"

#include <cstdint>
#include <limits>
#include <vector>

#include "core/learn/logistic_regression.hpp"
#include "core/learn/ranking.hpp"
#include "core/learn/score_key.hpp"
#include "core/model/scale.hpp"

namespace leadscore::learn {

namespace {

void measure_order(const Design& design, std::span<const double> log_odds, std::pmr::memory_resource* memory,
                   ModelQuality& quality) {
  std::pmr::vector<std::uint64_t> won(memory);
  std::pmr::vector<std::uint64_t> lost(memory);
  won.reserve(quality.wins);
  lost.reserve(quality.leads - quality.wins);
  for (std::size_t i = 0; i < log_odds.size(); ++i) {
    (design.won()[i] != 0 ? won : lost).push_back(score_key(log_odds[i]));
  }
  const ScoresByOutcome scores{won, lost};
  StopToken never;
  sort_scores(scores, never);
  quality.auc = auc(scores, never).value_or(quality.auc);
  quality.ks = kolmogorov_smirnov(scores, never).value_or(quality.ks);
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
  double squares = 0;
  double losses = 0;
  for (std::size_t i = 0; i < design.rows(); ++i) {
    const bool won = design.won()[i] != 0;
    const double miss = model::sigmoid(won ? -log_odds[i] : log_odds[i]);
    squares += miss * miss;
    losses += log1p_exp(won ? -log_odds[i] : log_odds[i]);
  }
  quality.brier = squares / static_cast<double>(design.rows());
  quality.log_loss = losses / static_cast<double>(design.rows());
  measure_order(design, log_odds, memory, quality);
  return quality;
}

}  // namespace leadscore::learn
