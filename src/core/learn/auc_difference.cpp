#include "core/learn/auc_difference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/learn/confidence.hpp"
#include "core/learn/placement.hpp"
#include "core/radix_sort.hpp"

namespace leadscore::learn {

namespace {

using Score = std::uint64_t ScorePair::*;

std::size_t end_of_score(std::span<const ScorePair> pairs, Score score, std::size_t begin, std::uint64_t key) noexcept {
  std::size_t end = begin;
  while (end < pairs.size() && pairs[end].*score == key) {
    ++end;
  }
  return end;
}

void set_scores(std::span<ScorePair> pairs, Score score, std::uint64_t value) noexcept {
  for (ScorePair& pair : pairs) {
    pair.*score = value;
  }
}

// Puts the placement of each lead in the place of its score.
void place_by(const ScorePairsByOutcome& pairs, Score score, StopToken& stop) {
  const auto key_of = [=](const ScorePair& pair) { return pair.*score; };
  radix_sort(pairs.customers, key_of, stop);
  radix_sort(pairs.others, key_of, stop);
  std::size_t customer = 0;
  std::size_t other = 0;
  while (customer < pairs.customers.size() || other < pairs.others.size()) {
    stop.check();
    std::uint64_t key = std::numeric_limits<std::uint64_t>::max();
    if (customer < pairs.customers.size()) {
      key = pairs.customers[customer].*score;
    }
    if (other < pairs.others.size()) {
      key = std::min(key, pairs.others[other].*score);
    }
    const std::size_t customer_end = end_of_score(pairs.customers, score, customer, key);
    const std::size_t other_end = end_of_score(pairs.others, score, other, key);
    set_scores(pairs.customers.subspan(customer, customer_end - customer), score, other + other_end);
    set_scores(pairs.others.subspan(other, other_end - other), score, customer + customer_end);
    customer = customer_end;
    other = other_end;
  }
}

struct Sums {
  PlacementSums difference;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
};

Sums sums_of(std::span<const ScorePair> placements, StopToken& stop) {
  Sums sums;
  for (const ScorePair& placement : placements) {
    stop.check();
    sums.difference.add(static_cast<std::int64_t>(placement.a - placement.b), 1);
    sums.a += placement.a;
    sums.b += placement.b;
  }
  return sums;
}

double z_of(double difference, double standard_error) noexcept {
  if (difference == 0) {
    return 0;
  }
  return standard_error > 0 ? difference / standard_error
                            : std::copysign(std::numeric_limits<double>::infinity(), difference);
}

}  // namespace

std::optional<AucDifference> auc_difference(const ScorePairsByOutcome& pairs, double confidence, StopToken stop) {
  const double reach = standard_errors_of(confidence);
  if (pairs.customers.empty() || pairs.others.empty()) {
    return std::nullopt;
  }
  place_by(pairs, &ScorePair::a, stop);
  place_by(pairs, &ScorePair::b, stop);
  const Sums customers = sums_of(pairs.customers, stop);
  const Sums others = sums_of(pairs.others, stop);
  const double both_ways = 2 * static_cast<double>(pairs.customers.size()) * static_cast<double>(pairs.others.size());
  AucDifference result{.auc_a = static_cast<double>(customers.a) / both_ways,
                       .auc_b = static_cast<double>(customers.b) / both_ways,
                       .difference = static_cast<double>(customers.difference.sum()) / both_ways,
                       .z = std::nullopt,
                       .p_value = std::nullopt};
  if (pairs.customers.size() > 1 && pairs.others.size() > 1) {
    const double standard_error = std::sqrt(customers.difference.variance_of_mean(pairs.others.size()) +
                                            others.difference.variance_of_mean(pairs.customers.size()));
    result.lower = std::max(-1.0, result.difference - reach * standard_error);
    result.upper = std::min(1.0, result.difference + reach * standard_error);
    result.z = z_of(result.difference, standard_error);
    result.p_value = two_sided_p_value(*result.z);
  }
  return result;
}

}  // namespace leadscore::learn
