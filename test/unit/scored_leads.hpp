// Leads with a score and an outcome, for the tests of what judges scores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/learn/scores_by_outcome.hpp"
#include "random.hpp"

namespace leadscore::test {

struct ScoredLead {
  double score;
  bool is_customer;
};

/// Their keys, sorted.
class SortedLeads {
 public:
  explicit SortedLeads(const std::vector<ScoredLead>& leads) {
    for (const ScoredLead& lead : leads) {
      (lead.is_customer ? customers_ : others_).push_back(learn::score_key(lead.score));
    }
    StopToken stop;
    learn::sort_scores(get(), stop);
  }
  [[nodiscard]] learn::ScoresByOutcome get() { return {customers_, others_}; }

 private:
  std::vector<std::uint64_t> customers_;
  std::vector<std::uint64_t> others_;
};

/// A measure of leads in any order.
template <class Measure, class... Arguments>
auto measure(Measure measure, const std::vector<ScoredLead>& leads, Arguments... arguments) {
  SortedLeads sorted(leads);
  return measure(sorted.get(), arguments..., StopToken());
}

/// Between 1 and `most` leads: few or many different scores, outcomes that depend on them, sometimes one outcome only.
inline std::vector<ScoredLead> random_leads(Random& random, std::uint32_t most) {
  std::vector<ScoredLead> leads(1 + random.below(most));
  const int levels = random.chance(0.5) ? 4 : 1'000'000;
  const double rate = random.chance(0.1) ? 0 : random.number(0, 1);
  for (ScoredLead& lead : leads) {
    lead.score = random.whole(0, levels) / levels;
    lead.is_customer = random.chance(rate * (0.5 + lead.score));
  }
  return leads;
}

/// The same leads with scores of any kind: negative, huge, infinite, NaN.
inline std::vector<ScoredLead> with_wild_scores(std::vector<ScoredLead> leads, Random& random) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (ScoredLead& lead : leads) {
    switch (random.below(8)) {
      case 0:
        lead.score = kInfinity;
        break;
      case 1:
        lead.score = -kInfinity;
        break;
      case 2:
        lead.score = std::numeric_limits<double>::quiet_NaN();
        break;
      case 3:
        lead.score = random.chance(0.5) ? 0.0 : -0.0;
        break;
      default:
        lead.score = random.magnitude(-300, 300);
    }
  }
  return leads;
}

}  // namespace leadscore::test
