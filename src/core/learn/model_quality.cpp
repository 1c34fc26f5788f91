#include "core/learn/model_quality.hpp"

#include <cstdint>
#include <limits>
#include <vector>

#include "core/learn/logistic_pass.hpp"
#include "core/learn/ranking.hpp"
#include "core/learn/score_key.hpp"

namespace leadscore::learn {

namespace {

void measure_order(const Design& design, std::span<const double> log_odds, StopToken& stop,
                   std::pmr::memory_resource* memory, ModelQuality& quality) {
  std::pmr::vector<std::uint64_t> won(memory);
  std::pmr::vector<std::uint64_t> lost(memory);
  won.reserve(quality.wins);
  lost.reserve(quality.leads - quality.wins);
  for (std::size_t i = 0; i < log_odds.size(); ++i) {
    stop.check();
    (design.won()[i] != 0 ? won : lost).push_back(score_key(log_odds[i]));
  }
  const ScoresByOutcome scores{won, lost};
  sort_scores(scores, stop);
  quality.auc = auc(scores, stop).value_or(quality.auc);
  quality.ks = kolmogorov_smirnov(scores, stop).value_or(quality.ks);
}

}  // namespace

ModelQuality measure_quality(const Design& design, std::span<const double> coefficients,
                             std::pmr::memory_resource* memory, StopToken stop) {
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
  const LossSums sums = LogisticPass(design, memory).losses(coefficients, log_odds, stop);
  quality.brier = sums.squares / static_cast<double>(design.rows());
  quality.log_loss = sums.log_loss / static_cast<double>(design.rows());
  measure_order(design, log_odds, stop, memory, quality);
  return quality;
}

}  // namespace leadscore::learn
