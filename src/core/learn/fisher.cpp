#include "core/learn/fisher.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/learn/compensated_sum.hpp"

namespace leadscore::learn {

namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t kMostLeads = std::int64_t{1} << 62;
constexpr double kGreatestDeviation = 250'000;
constexpr double kEquallyProbable = 1 + 1e-7;
constexpr double kNegligible = 1e-18;
constexpr double kLeastWeight = 1e-300;  // below it a weight would lose its digits, and never get to 0

// The hypergeometric distribution of a, given the sums of rows and columns.
struct Hypergeometric {
  std::int64_t row;     // a + b
  std::int64_t column;  // a + c
  std::int64_t total;

  [[nodiscard]] std::int64_t least() const noexcept { return std::max<std::int64_t>(0, row - (total - column)); }
  [[nodiscard]] std::int64_t greatest() const noexcept { return std::min(row, column); }
  [[nodiscard]] std::int64_t mode() const noexcept {
    return static_cast<std::int64_t>((static_cast<Wide>(row) + 1) * (static_cast<Wide>(column) + 1) /
                                     (static_cast<Wide>(total) + 2));
  }
  [[nodiscard]] double variance() const noexcept {
    const auto n = static_cast<double>(total);
    const double rows = static_cast<double>(row) / n * (static_cast<double>(total - row) / n);
    const double columns = static_cast<double>(column) / n * static_cast<double>(total - column);
    return total > 1 ? rows * columns * (n / (n - 1)) : 0;
  }
  /// The probability of x + 1 over that of x.
  [[nodiscard]] double ratio_up(std::int64_t x) const noexcept {
    return static_cast<double>(row - x) / static_cast<double>(x + 1) *
           (static_cast<double>(column - x) / static_cast<double>(total - row - column + x + 1));
  }
};

// Goes from the mode to one end. The probabilities fall on the way, and ever faster, so what is left after one of them
// is less than a geometric series.
template <class Visit>
void descend(const Hypergeometric& distribution, int step, StopToken& stop, Visit visit) {
  double weight = 1;
  const std::int64_t end = step > 0 ? distribution.greatest() : distribution.least();
  for (std::int64_t x = distribution.mode(); x != end && weight > kLeastWeight; x += step) {
    stop.check();
    const double ratio = step > 0 ? distribution.ratio_up(x) : 1 / distribution.ratio_up(x - 1);
    weight *= ratio;
    if (!visit(x + step, weight, ratio)) {
      return;
    }
  }
}

// The weight of x, where that of the mode is 1; 0 if it is below kLeastWeight.
double weight_of(const Hypergeometric& distribution, std::int64_t x, StopToken& stop) {
  double result = x == distribution.mode() ? 1 : 0;
  descend(distribution, x < distribution.mode() ? -1 : 1, stop, [&](std::int64_t at, double weight, double) {
    if (at == x && weight > kLeastWeight) {
      result = weight;
    }
    return at != x;
  });
  return result;
}

// Is what comes after a weight nothing beside the sum, if the weights fall by the ratio or faster?
bool is_rest_negligible(double weight, double ratio, double sum) noexcept {
  return weight * ratio <= kNegligible * (1 - ratio) * sum;
}

Hypergeometric distribution_of(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) {
  if (std::min({a, b, c, d}) < 0) {
    throw Error(ErrorCode::invalid_argument, "the counts of a table must not be negative");
  }
  if (static_cast<Wide>(a) + b + c + d > kMostLeads) {
    throw Error(ErrorCode::limit_exceeded, "the counts of the table are too large for Fisher's exact test");
  }
  const Hypergeometric distribution{.row = a + b, .column = a + c, .total = a + b + c + d};
  if (distribution.variance() > kGreatestDeviation * kGreatestDeviation) {
    throw Error(ErrorCode::limit_exceeded, "the counts of the table are too large for Fisher's exact test",
                "With so many, leadscore.rate_test() is as good.");
  }
  return distribution;
}

}  // namespace

double fisher_exact(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d, StopToken stop) {
  const Hypergeometric distribution = distribution_of(a, b, c, d);
  if (distribution.least() == distribution.greatest()) {
    return 1;
  }
  const double observed = weight_of(distribution, a, stop);
  if (observed == 0) {
    return 0;
  }
  const double threshold = observed * kEquallyProbable;
  CompensatedSum total;
  CompensatedSum as_improbable;
  const auto add = [&](std::int64_t, double weight, double ratio) {
    total.add(weight);
    if (weight <= threshold) {
      as_improbable.add(weight);
      return !is_rest_negligible(weight, ratio, as_improbable.value());
    }
    return true;
  };
  add(distribution.mode(), 1, 1);
  descend(distribution, 1, stop, add);
  descend(distribution, -1, stop, add);
  return std::min(1.0, as_improbable.value() / total.value());
}

FisherTails fisher_tails(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d, StopToken stop) {
  const Hypergeometric distribution = distribution_of(a, b, c, d);
  CompensatedSum total;
  CompensatedSum at_most;
  CompensatedSum at_least;
  double exactly = 0;
  const auto add = [&](std::int64_t x, double weight) {
    total.add(weight);
    if (x <= a) {
      at_most.add(weight);
    }
    if (x >= a) {
      at_least.add(weight);
    }
    exactly = x == a ? weight : exactly;
  };
  add(distribution.mode(), 1);
  descend(distribution, 1, stop, [&](std::int64_t x, double weight, double ratio) {
    add(x, weight);
    return x < a || !is_rest_negligible(weight, ratio, at_least.value());
  });
  descend(distribution, -1, stop, [&](std::int64_t x, double weight, double ratio) {
    add(x, weight);
    return x > a || !is_rest_negligible(weight, ratio, at_most.value());
  });
  return {.at_most = std::min(1.0, at_most.value() / total.value()),
          .exactly = exactly / total.value(),
          .at_least = std::min(1.0, at_least.value() / total.value())};
}

}  // namespace leadscore::learn
