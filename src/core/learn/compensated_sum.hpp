// A sum of doubles that does not lose what is small beside it.
#pragma once

#include <cmath>

namespace leadscore::learn {

/// Adds finite numbers with an error of about one rounding of the result, however many they are, while their signs
/// agree: A. Neumaier, Zeitschrift fuer Angewandte Mathematik und Mechanik 54 (1974) 39-51. The order matters in the
/// last bit, so add in a defined one.
class CompensatedSum {
 public:
  void add(double number) noexcept {
    const double sum = sum_ + number;
    lost_ += std::fabs(sum_) >= std::fabs(number) ? (sum_ - sum) + number : (number - sum) + sum_;
    sum_ = sum;
  }
  [[nodiscard]] double value() const noexcept { return sum_ + lost_; }

 private:
  double sum_ = 0;
  double lost_ = 0;
};

}  // namespace leadscore::learn
