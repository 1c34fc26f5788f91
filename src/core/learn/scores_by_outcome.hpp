// The scores of leads whose outcome is known, those of customers and of the others apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/radix_sort.hpp"
#include "core/learn/score_key.hpp"
#include "core/stop_token.hpp"

namespace leadscore::learn {

/// How many leads a measure may be over: counts of pairs are then whole numbers that a double holds.
inline constexpr std::size_t kMostScores = 100'000'000;

/// Keys of scores, see score_key(). At most kMostScores in all.
struct ScoresByOutcome {
  std::span<std::uint64_t> customers;
  std::span<std::uint64_t> others;

  [[nodiscard]] std::uint64_t leads() const noexcept { return customers.size() + others.size(); }
  [[nodiscard]] bool has_both() const noexcept { return !customers.empty() && !others.empty(); }
};

/// Sorts both parts. Throws Cancelled if asked to stop; the scores are then all there, in some order.
inline void sort_scores(const ScoresByOutcome& scores, StopToken& stop) {
  const auto key_of = [](std::uint64_t key) { return key; };
  radix_sort(scores.customers, key_of, stop);
  radix_sort(scores.others, key_of, stop);
}

/// All leads of one score.
struct TiedLeads {
  std::uint64_t key = 0;
  std::uint64_t customers = 0;
  std::uint64_t others = 0;

  [[nodiscard]] double score() const noexcept { return score_of_key(key); }
  [[nodiscard]] std::uint64_t leads() const noexcept { return customers + others; }
};

/// Visits the scores from the lowest to the highest, each once. The scores must be sorted. Throws Cancelled if asked to
/// stop.
template <class Visit>
void for_each_score(const ScoresByOutcome& scores, StopToken& stop, Visit visit) {
  std::size_t customer = 0;
  std::size_t other = 0;
  const std::size_t customers = scores.customers.size();
  const std::size_t others = scores.others.size();
  while (customer < customers || other < others) {
    stop.check();
    TiedLeads tied;
    if (other == others || (customer < customers && scores.customers[customer] <= scores.others[other])) {
      tied.key = scores.customers[customer];
    } else {
      tied.key = scores.others[other];
    }
    while (customer < customers && scores.customers[customer] == tied.key) {
      ++customer;
      ++tied.customers;
    }
    while (other < others && scores.others[other] == tied.key) {
      ++other;
      ++tied.others;
    }
    visit(tied);
  }
}

}  // namespace leadscore::learn
