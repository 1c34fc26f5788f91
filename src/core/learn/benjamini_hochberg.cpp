#include "core/learn/benjamini_hochberg.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/radix_sort.hpp"
#include "core/learn/score_key.hpp"

namespace leadscore::learn {

void benjamini_hochberg(std::span<NumberedPValue> tests, StopToken stop) {
  for (const NumberedPValue& test : tests) {
    if (!(test.value >= 0 && test.value <= 1)) {
      throw Error(ErrorCode::invalid_argument, "a p value must lie between 0 and 1");
    }
  }
  radix_sort(
      tests, [](const NumberedPValue& test) { return score_key(test.value); }, stop);
  const auto count = static_cast<double>(tests.size());
  double least = 1;
  for (std::size_t rank = tests.size(); rank > 0; --rank) {
    double& value = tests[rank - 1].value;
    least = std::min(least, count * value / static_cast<double>(rank));
    value = least;
  }
}

}  // namespace leadscore::learn
