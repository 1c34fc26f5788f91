#include "core/dedup/match_learning.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/dedup/match_weights.hpp"

namespace leadscore::dedup {

namespace {

constexpr double kHalfPair = 0.5;
constexpr double kSmallest = 1e-12;  // of a probability, so that its logarithm is finite

// Sets m to the parts of what was counted, and returns the greatest change.
double set_m(MatchRule& rule, const MatchRule& start, const LevelCounts& matches, const ExpectationOptions& options) {
  double greatest = 0;
  for (std::size_t i = 0; i < rule.comparisons.size(); ++i) {
    auto& levels = rule.comparisons[i].levels;
    double all = 0;
    for (std::size_t j = 0; j < levels.size(); ++j) {
      all += matches.count(i, j + 1);
    }
    if (contains(options.left_out, i) || all <= 0) {
      continue;
    }
    all += options.prior_pairs;
    for (std::size_t j = 0; j < levels.size(); ++j) {
      const double prior = options.prior_pairs * start.comparisons[i].levels[j].m;
      const double m = std::clamp((matches.count(i, j + 1) + prior) / all, kSmallest, 1 - kSmallest);
      greatest = std::max(greatest, std::abs(m - levels[j].m));
      levels[j].m = m;
    }
  }
  return greatest;
}

}  // namespace

ExpectationResult learn_m(MatchRule& rule, std::span<const AgreementCount> counts, double share,
                          const ExpectationOptions& options, StopToken& stop) {
  const MatchRule start = rule;
  double all = 0;
  for (const AgreementCount& count : counts) {
    all += count.count;
  }
  ExpectationResult result;
  result.share = share;
  while (all > 0 && result.steps < options.most_steps && !result.has_converged) {
    const LevelWeights bits(rule, options.left_out);
    const double prior = log_odds(result.share);
    LevelCounts matches;
    result.matches = 0;
    for (const AgreementCount& count : counts) {
      stop.check();
      const double p = probability_of(prior + bits.of(count.agreement) + count.extra_weight);
      matches.add(count.agreement, p * count.count);
      result.matches += p * count.count;
    }
    result.share = std::clamp(result.matches / all, kSmallest, 1 - kSmallest);
    result.has_converged = set_m(rule, start, matches, options) < options.tolerance;
    ++result.steps;
  }
  return result;
}

void update_m(MatchRule& rule, const LevelCounts& matches, double own) {
  set_m(rule, MatchRule(rule), matches, {.prior_pairs = own});
}

void set_u(MatchRule& rule, const LevelCounts& strangers, double own) {
  for (std::size_t i = 0; i < rule.comparisons.size(); ++i) {
    auto& levels = rule.comparisons[i].levels;
    double all = 0;
    for (std::size_t j = 0; j < levels.size(); ++j) {
      all += strangers.count(i, j + 1);
    }
    if (all + own <= 0) {
      continue;
    }
    // The fewer the pairs, the less of it: half a pair is far more than a small u says.
    const double half_pair = kHalfPair * all / (all + own);
    all += half_pair * static_cast<double>(levels.size()) + own;
    for (std::size_t j = 0; j < levels.size(); ++j) {
      levels[j].u = (strangers.count(i, j + 1) + half_pair + own * levels[j].u) / all;
    }
  }
}

}  // namespace leadscore::dedup
