#include "core/learn/probability_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/learn/buckets.hpp"
#include "core/learn/compensated_sum.hpp"

namespace leadscore::learn {

namespace {

constexpr double kConfidence = 0.95;

// Leads that are judged together.
struct Bucket {
  std::uint64_t index = 0;
  std::uint64_t leads = 0;
  std::uint64_t customers = 0;
  CompensatedSum promised;  // customers that the probabilities promise

  [[nodiscard]] double size() const noexcept { return static_cast<double>(leads); }
  [[nodiscard]] double mean() const noexcept { return promised.value() / size(); }
  [[nodiscard]] double rate() const noexcept { return static_cast<double>(customers) / size(); }
};

std::uint64_t index_of(double p, std::int64_t buckets) noexcept {
  return std::min(static_cast<std::uint64_t>(p * static_cast<double>(buckets)),
                  static_cast<std::uint64_t>(buckets) - 1);
}

// Visits the buckets that hold leads, in order.
template <class Visit>
void for_each_bucket(const ScoresByOutcome& probabilities, std::int64_t buckets, StopToken& stop, Visit visit) {
  Bucket bucket;
  for_each_score(probabilities, stop, [&](const TiedLeads& tied) {
    const std::uint64_t index = index_of(tied.score(), buckets);
    if (index != bucket.index && bucket.leads > 0) {
      visit(bucket);
      bucket = Bucket{};
    }
    bucket.index = index;
    bucket.leads += tied.leads();
    bucket.customers += tied.customers;
    bucket.promised.add(static_cast<double>(tied.leads()) * tied.score());
  });
  if (bucket.leads > 0) {
    visit(bucket);
  }
}

double mean_of(const CompensatedSum& sum, const ScoresByOutcome& probabilities) noexcept {
  return sum.value() / static_cast<double>(probabilities.leads());
}

// Sums up the decomposition. The parts are sums over leads until mean() is asked for.
class Decomposition {
 public:
  explicit Decomposition(const ScoresByOutcome& probabilities) noexcept
      : leads_(static_cast<double>(probabilities.leads())),
        rate_(static_cast<double>(probabilities.customers.size()) / leads_) {}

  void add(double leads, double probability, double rate) noexcept {
    reliability_.add(leads * (probability - rate) * (probability - rate));
    resolution_.add(leads * (rate - rate_) * (rate - rate_));
  }
  [[nodiscard]] BrierDecomposition mean(double brier) const noexcept {
    return {.brier = brier,
            .reliability = reliability_.value() / leads_,
            .resolution = resolution_.value() / leads_,
            .uncertainty = rate_ * (1 - rate_),
            .within_buckets = 0};
  }

 private:
  double leads_;
  double rate_;
  CompensatedSum reliability_;
  CompensatedSum resolution_;
};

}  // namespace

std::optional<double> brier(const ScoresByOutcome& probabilities, StopToken stop) {
  if (probabilities.leads() == 0) {
    return std::nullopt;
  }
  CompensatedSum sum;
  for_each_score(probabilities, stop, [&](const TiedLeads& tied) {
    const double p = tied.score();
    sum.add(static_cast<double>(tied.customers) * ((1 - p) * (1 - p)));
    sum.add(static_cast<double>(tied.others) * (p * p));
  });
  return mean_of(sum, probabilities);
}

std::optional<double> log_loss(const ScoresByOutcome& probabilities, StopToken stop) {
  if (probabilities.leads() == 0) {
    return std::nullopt;
  }
  CompensatedSum sum;
  bool is_infinite = false;
  for_each_score(probabilities, stop, [&](const TiedLeads& tied) {
    const double p = tied.score();
    is_infinite = is_infinite || (p == 0 && tied.customers > 0) || (p == 1 && tied.others > 0);
    if (is_infinite) {
      return;
    }
    if (tied.customers > 0) {
      sum.add(static_cast<double>(tied.customers) * -std::log(p));
    }
    if (tied.others > 0) {
      sum.add(static_cast<double>(tied.others) * -std::log1p(-p));
    }
  });
  return is_infinite ? std::numeric_limits<double>::infinity() : mean_of(sum, probabilities);
}

std::optional<BrierDecomposition> brier_decomposition(const ScoresByOutcome& probabilities,
                                                      std::optional<std::int64_t> buckets, StopToken stop) {
  if (buckets) {
    check_buckets(*buckets);
  }
  const std::optional<double> score = brier(probabilities, stop);
  if (!score) {
    return std::nullopt;
  }
  Decomposition parts(probabilities);
  if (!buckets) {
    for_each_score(probabilities, stop, [&](const TiedLeads& tied) {
      const auto leads = static_cast<double>(tied.leads());
      parts.add(leads, tied.score(), static_cast<double>(tied.customers) / leads);
    });
    return parts.mean(*score);
  }
  for_each_bucket(probabilities, *buckets, stop,
                  [&](const Bucket& bucket) { parts.add(bucket.size(), bucket.mean(), bucket.rate()); });
  BrierDecomposition result = parts.mean(*score);
  result.within_buckets = result.brier - (result.reliability - result.resolution + result.uncertainty);
  return result;
}

std::size_t reliability(const ScoresByOutcome& probabilities, std::span<ReliabilityBucket> table, StopToken stop) {
  const auto buckets = static_cast<std::int64_t>(table.size());
  const auto end_of = [&](std::uint64_t index) { return static_cast<double>(index) / static_cast<double>(buckets); };
  std::size_t rows = 0;
  for_each_bucket(probabilities, buckets, stop, [&](const Bucket& bucket) {
    table[rows++] = {.bucket = static_cast<std::int32_t>(bucket.index) + 1,
                     .from = end_of(bucket.index),
                     .to = end_of(bucket.index + 1),
                     .leads = bucket.leads,
                     .customers = bucket.customers,
                     .mean_probability = bucket.mean(),
                     .rate = wilson(static_cast<std::int64_t>(bucket.customers),
                                    static_cast<std::int64_t>(bucket.leads), kConfidence)};
  });
  return rows;
}

std::optional<double> expected_calibration_error(const ScoresByOutcome& probabilities, std::int64_t buckets,
                                                 StopToken stop) {
  check_buckets(buckets);
  if (probabilities.leads() == 0) {
    return std::nullopt;
  }
  CompensatedSum sum;
  for_each_bucket(probabilities, buckets, stop, [&](const Bucket& bucket) {
    sum.add(std::fabs(bucket.promised.value() - static_cast<double>(bucket.customers)));
  });
  return mean_of(sum, probabilities);
}

}  // namespace leadscore::learn
