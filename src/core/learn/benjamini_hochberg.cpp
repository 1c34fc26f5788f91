#include "core/learn/benjamini_hochberg.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/radix_sort.hpp"
#include "core/learn/score_key.hpp"

namespace leadscore::learn {

namespace {

void sort_by_value(std::span<NumberedTest> tests, StopToken& stop) {
  radix_sort(
      tests, [](const NumberedTest& test) { return score_key(test.value); }, stop);
}

}  // namespace

void benjamini_hochberg(std::span<NumberedTest> tests, StopToken stop) {
  for (const NumberedTest& test : tests) {
    if (!(test.value >= 0 && test.value <= 1)) {
      throw Error(ErrorCode::invalid_argument, "a p value must lie between 0 and 1");
    }
  }
  sort_by_value(tests, stop);
  const auto count = static_cast<double>(tests.size());
  double least = 1;
  for (std::size_t rank = tests.size(); rank > 0; --rank) {
    double& value = tests[rank - 1].value;
    least = std::min(least, count * value / static_cast<double>(rank));
    value = least;
  }
}

void e_benjamini_hochberg(std::span<NumberedTest> tests, StopToken stop) {
  for (const NumberedTest& test : tests) {
    if (!(test.value >= 0)) {
      throw Error(ErrorCode::invalid_argument, "an e-value must not be negative");
    }
  }
  sort_by_value(tests, stop);
  const auto count = static_cast<double>(tests.size());
  double least = 1;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    double& value = tests[i].value;
    least = std::min(least, count / (static_cast<double>(tests.size() - i) * std::fabs(value)));
    value = least;
  }
}

}  // namespace leadscore::learn
