#include "core/learn/gains.hpp"

#include <algorithm>
#include <cmath>

#include "core/learn/buckets.hpp"
#include "core/learn/compensated_sum.hpp"

namespace leadscore::learn {

namespace {

constexpr double kConfidence = 0.95;

double ratio(std::uint64_t part, std::uint64_t all) noexcept {
  return static_cast<double>(part) / static_cast<double>(all);
}

// Fills in what follows from the counts; the rows are from the highest scores down.
void complete(std::span<Gain> rows, const ScoresByOutcome& scores) {
  const std::uint64_t all_customers = scores.customers.size();
  std::uint64_t leads = 0;
  std::uint64_t customers = 0;
  for (Gain& row : rows) {
    leads += row.leads;
    customers += row.customers;
    row.cumulative_leads = leads;
    row.cumulative_customers = customers;
    row.rate = wilson(static_cast<std::int64_t>(row.customers), static_cast<std::int64_t>(row.leads), kConfidence);
    if (all_customers > 0) {
      row.lift = static_cast<double>(row.customers) * static_cast<double>(scores.leads()) /
                 (static_cast<double>(row.leads) * static_cast<double>(all_customers));
      row.capture = ratio(customers, all_customers);
    }
    if (scores.has_both()) {
      row.ks = ratio(customers, all_customers) - ratio(leads - customers, scores.others.size());
    }
  }
}

}  // namespace

std::size_t gains(const ScoresByOutcome& scores, std::span<Gain> table, StopToken stop) {
  std::size_t rows = 0;
  std::uint64_t leads = scores.leads();  // of this score or a higher one
  for_each_score(scores, stop, [&](const TiedLeads& tied) {
    leads -= tied.leads();
    const auto bucket = static_cast<std::int32_t>(leads * table.size() / scores.leads()) + 1;
    if (rows == 0 || table[rows - 1].bucket != bucket) {
      table[rows] = Gain{};
      table[rows].bucket = bucket;
      table[rows].lowest_score = tied.score();
      ++rows;
    }
    Gain& row = table[rows - 1];
    row.highest_score = tied.score();
    row.leads += tied.leads();
    row.customers += tied.customers;
  });
  const std::span<Gain> filled = table.first(rows);
  std::reverse(filled.begin(), filled.end());
  complete(filled, scores);
  return rows;
}

std::optional<double> population_stability(const ScoresByOutcome& scores, std::int64_t buckets, StopToken stop) {
  check_buckets(buckets);
  if (!scores.has_both()) {
    return std::nullopt;
  }
  const std::uint64_t all_recent = scores.customers.size();
  const std::uint64_t all_baseline = scores.others.size();
  CompensatedSum index;
  std::uint64_t bucket = 0;
  std::uint64_t recent = 0;
  std::uint64_t baseline = 0;
  const auto end_bucket = [&] {
    const double was = ratio(baseline, all_baseline);
    const double is = (recent > 0 ? static_cast<double>(recent) : 0.5) / static_cast<double>(all_recent);
    index.add((is - was) * std::log(is / was));
  };
  std::uint64_t baseline_below = 0;
  for_each_score(scores, stop, [&](const TiedLeads& tied) {
    if (tied.others > 0) {
      const std::uint64_t its_bucket = baseline_below * static_cast<std::uint64_t>(buckets) / all_baseline;
      if (its_bucket != bucket) {
        end_bucket();
        bucket = its_bucket;
        recent = 0;
        baseline = 0;
      }
      baseline_below += tied.others;
    }
    recent += tied.customers;
    baseline += tied.others;
  });
  end_bucket();
  return index.value();
}

}  // namespace leadscore::learn
