#include "core/learn/ranking.hpp"

#include <algorithm>
#include <cmath>

#include "core/learn/compensated_sum.hpp"
#include "core/learn/confidence.hpp"
#include "core/learn/placement.hpp"

namespace leadscore::learn {

namespace {

// Of all pairs of a customer and another: twice those in which the customer scores higher, and the ties.
std::uint64_t doubled_wins(const ScoresByOutcome& scores, StopToken& stop) {
  std::uint64_t wins = 0;
  std::uint64_t others_below = 0;
  for_each_score(scores, stop, [&](const TiedLeads& tied) {
    wins += tied.customers * (2 * others_below + tied.others);
    others_below += tied.others;
  });
  return wins;
}

double pairs_of(const ScoresByOutcome& scores) {
  return static_cast<double>(scores.customers.size()) * static_cast<double>(scores.others.size());
}

}  // namespace

std::optional<double> auc(const ScoresByOutcome& scores, StopToken stop) {
  if (!scores.has_both()) {
    return std::nullopt;
  }
  return static_cast<double>(doubled_wins(scores, stop)) / (2 * pairs_of(scores));
}

std::optional<double> gini(const ScoresByOutcome& scores, StopToken stop) {
  if (!scores.has_both()) {
    return std::nullopt;
  }
  const std::uint64_t pairs = scores.customers.size() * scores.others.size();
  return static_cast<double>(static_cast<std::int64_t>(doubled_wins(scores, stop) - pairs)) / pairs_of(scores);
}

std::optional<double> kolmogorov_smirnov(const ScoresByOutcome& scores, StopToken stop) {
  if (!scores.has_both()) {
    return std::nullopt;
  }
  std::uint64_t customers = 0;
  std::uint64_t others = 0;
  std::uint64_t greatest = 0;
  for_each_score(scores, stop, [&](const TiedLeads& tied) {
    customers += tied.customers;
    others += tied.others;
    const std::uint64_t a = customers * scores.others.size();
    const std::uint64_t b = others * scores.customers.size();
    greatest = std::max(greatest, a > b ? a - b : b - a);
  });
  return static_cast<double>(greatest) / pairs_of(scores);
}

std::optional<double> average_precision(const ScoresByOutcome& scores, StopToken stop) {
  if (!scores.has_both()) {
    return std::nullopt;
  }
  CompensatedSum sum;
  std::uint64_t customers = scores.customers.size();  // of this score or a higher one
  std::uint64_t leads = scores.leads();
  for_each_score(scores, stop, [&](const TiedLeads& tied) {
    if (tied.customers > 0) {
      sum.add(static_cast<double>(tied.customers) * (static_cast<double>(customers) / static_cast<double>(leads)));
    }
    customers -= tied.customers;
    leads -= tied.leads();
  });
  return sum.value() / static_cast<double>(scores.customers.size());
}

std::optional<AucWithError> auc_with_error(const ScoresByOutcome& scores, StopToken stop) {
  if (!scores.has_both()) {
    return std::nullopt;
  }
  PlacementSums customers;
  PlacementSums others;
  for_each_score(scores, stop, [&](const TiedLeads& tied) {
    // What has been added so far are the leads below.
    const auto of_customers = static_cast<std::int64_t>(2 * others.leads() + tied.others);
    const auto of_others = static_cast<std::int64_t>(2 * customers.leads() + tied.customers);
    customers.add(of_customers, tied.customers);
    others.add(of_others, tied.others);
  });
  AucWithError result{.auc = static_cast<double>(customers.sum()) / (2 * pairs_of(scores)),
                      .standard_error = std::nullopt};
  if (customers.leads() > 1 && others.leads() > 1) {
    result.standard_error = std::sqrt(customers.variance_of_mean(others.leads()) +  //
                                      others.variance_of_mean(customers.leads()));
  }
  return result;
}

std::optional<ConfidenceInterval> auc_interval(const ScoresByOutcome& scores, double confidence, StopToken stop) {
  const double reach = standard_errors_of(confidence);
  const std::optional<AucWithError> found = auc_with_error(scores, stop);
  if (!found) {
    return std::nullopt;
  }
  ConfidenceInterval interval{.estimate = found->auc};
  if (found->standard_error) {
    interval.lower = std::max(0.0, found->auc - reach * *found->standard_error);
    interval.upper = std::min(1.0, found->auc + reach * *found->standard_error);
  }
  return interval;
}

}  // namespace leadscore::learn
