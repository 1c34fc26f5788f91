// Placements: twice the number of leads of the other outcome below a score, and once those level with it. Their spread
// is what the standard error of an AUC is made of.
#pragma once

#include <cstdint>

namespace leadscore::learn {

/// Sums of placements, or of differences of them, of all leads of one outcome; whole numbers, so in any order.
class PlacementSums {
 public:
  /// Adds `leads` times the same placement.
  void add(std::int64_t placement, std::uint64_t leads) noexcept {
    const Wide times = static_cast<Wide>(leads) * placement;
    sum_ += times;
    squares_ += times * placement;
    leads_ += leads;
  }
  [[nodiscard]] std::uint64_t leads() const noexcept { return leads_; }
  [[nodiscard]] std::int64_t sum() const noexcept { return static_cast<std::int64_t>(sum_); }

  /// The estimated variance of the mean of placement / (2 others). At least two leads.
  [[nodiscard]] double variance_of_mean(std::uint64_t others) const noexcept {
    const auto n = static_cast<double>(leads_);
    const double unit = 2.0 * static_cast<double>(others);
    const auto deviations = static_cast<double>(squares_ * static_cast<Wide>(leads_) - sum_ * sum_);
    return deviations / (n * unit) / (n * unit) / (n - 1);
  }

 private:
  __extension__ using Wide = __int128;
  Wide sum_ = 0;
  Wide squares_ = 0;
  std::uint64_t leads_ = 0;
};

}  // namespace leadscore::learn
