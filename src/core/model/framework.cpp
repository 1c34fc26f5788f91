#include "core/model/framework.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "core/error.hpp"

namespace leadscore::model {

namespace {

void check(std::span<const FrameworkElement> elements) {
  if (elements.size() > kFrameworkMaxElements) {
    throw Error(ErrorCode::limit_exceeded, "a framework has at most 1000 elements");
  }
  for (const FrameworkElement& element : elements) {
    if (element.priority < 1) {
      throw Error(ErrorCode::invalid_argument, "the priority of an element must be at least 1");
    }
    if (element.weight && !(*element.weight > 0 && *element.weight <= kLargestWeight)) {
      throw Error(ErrorCode::out_of_range, "the weight of an element must lie above 0 and be at most 1e15");
    }
  }
}

}  // namespace

std::pmr::vector<long double> rank_order_weights(std::span<const std::int32_t> priorities,
                                                 std::pmr::memory_resource* memory) {
  const std::size_t n = priorities.size();
  std::pmr::vector<long double> of_rank(n, memory);
  long double sum = 0;
  for (std::size_t rank = n; rank-- > 0;) {  // the smallest terms first, which loses the least
    sum += 1.0L / static_cast<long double>(rank + 1);
    of_rank[rank] = sum / static_cast<long double>(n);
  }
  std::pmr::vector<std::size_t> ranked(n, memory);
  std::iota(ranked.begin(), ranked.end(), std::size_t{0});
  std::sort(ranked.begin(), ranked.end(), [&](std::size_t a, std::size_t b) { return priorities[a] < priorities[b]; });
  std::pmr::vector<long double> weights(n, memory);
  for (std::size_t first = 0; first < n;) {
    std::size_t last = first;
    long double shared = 0;
    while (last < n && priorities[ranked[last]] == priorities[ranked[first]]) {
      shared += of_rank[last++];
    }
    for (std::size_t i = first; i < last; ++i) {
      weights[ranked[i]] = shared / static_cast<long double>(last - first);
    }
    first = last;
  }
  return weights;
}

Framework::Framework(std::span<const FrameworkElement> elements, std::pmr::memory_resource* memory)
    : weights_(memory), by_weight_(memory) {
  check(elements);
  std::pmr::vector<std::int32_t> priorities(memory);
  priorities.reserve(elements.size());
  for (const FrameworkElement& element : elements) {
    priorities.push_back(element.priority);
  }
  weights_ = rank_order_weights(priorities, memory);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (elements[i].weight) {
      weights_[i] = *elements[i].weight;
    }
  }
  by_weight_.resize(elements.size());
  std::iota(by_weight_.begin(), by_weight_.end(), std::size_t{0});
  const auto key = [&](std::size_t i) { return std::tuple(-weights_[i], elements[i].priority, elements[i].name); };
  std::sort(by_weight_.begin(), by_weight_.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
}

FrameworkScore Framework::score(std::span<const FrameworkAnswer> answers) const noexcept {
  FrameworkScore result;
  long double all = 0;
  long double known = 0;
  long double if_no = 0;
  long double if_yes = 0;
  // One order for every sum, so that a sum of smaller terms is not larger, and equal sums are equal to the last bit.
  for (const std::size_t i : by_weight_) {
    all += weights_[i];
    const FrameworkAnswer& answer = answers[i];
    if (answer) {
      ++result.answered;
      known += weights_[i];
      if_no += weights_[i] * *answer;
    }
    if_yes += weights_[i] * answer.value_or(1.0);
  }
  if (by_weight_.empty()) {
    return result;
  }
  result.completeness = static_cast<double>(known / all);
  result.score_if_no = static_cast<double>(100 * (if_no / all));
  result.score_if_yes = static_cast<double>(100 * (if_yes / all));
  if (result.answered > 0) {
    result.score = static_cast<double>(100 * (if_no / known));
    // In exact arithmetic it lies above the score; here it may lie below it by a bit.
    result.score_if_yes = std::max(*result.score_if_yes, *result.score);
  }
  return result;
}

}  // namespace leadscore::model
