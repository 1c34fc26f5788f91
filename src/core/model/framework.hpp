// Qualification frameworks (BANT and its kin): elements in order of priority, and what answers to them are worth.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace leadscore::model {

/// The largest number of elements of a framework.
inline constexpr std::size_t kFrameworkMaxElements = 1000;
/// The largest weight of an element that has one of its own.
inline constexpr double kLargestWeight = 1e15;

/// What a framework asks about. Elements are addressed by their position in the definition.
struct FrameworkElement {
  std::string_view name;                        // decides between elements that are equal in all else
  std::int32_t priority = 1;                    // 1 is asked first
  std::optional<double> weight = std::nullopt;  // in place of the one that the priority gives
};

/// The rank order centroid weights of priorities (the least is the first rank): of n elements, the one of rank i has
/// the weight (1/n) * sum of 1/k for k from i to n, the centre of all weights that fall in this order and sum to 1
/// (F. H. Barron, B. E. Barrett, Management Science 42 (1996) 1515-1523). Elements of one priority share the mean of
/// the weights of their ranks.
[[nodiscard]] std::pmr::vector<long double> rank_order_weights(std::span<const std::int32_t> priorities,
                                                               std::pmr::memory_resource* memory);

/// An answer: 0 (no) to 1 (yes), or nothing where it is unknown.
using FrameworkAnswer = std::optional<double>;

/// What the answers come to. Scores are between 0 and 100.
struct FrameworkScore {
  std::optional<double> score;         // over the elements that are answered; nothing where none is
  std::optional<double> completeness;  // their share of the weight, 0 to 1; nothing where the framework has no elements
  std::optional<double> score_if_no;   // of the whole framework, if everything unknown turned out no ...
  std::optional<double> score_if_yes;  // ... or yes
  std::size_t answered = 0;
};

class Framework {
 public:
  /// Throws Error(invalid_argument) for a priority below 1, Error(out_of_range) for a weight that is not above 0 and at
  /// most kLargestWeight, Error(limit_exceeded) for more than kFrameworkMaxElements elements.
  Framework(std::span<const FrameworkElement> elements, std::pmr::memory_resource* memory);

  [[nodiscard]] std::size_t size() const noexcept { return weights_.size(); }
  [[nodiscard]] double weight(std::size_t element) const noexcept { return static_cast<double>(weights_[element]); }
  /// The elements by weight, the largest first; equal ones by priority, then by name. The first of them that is not
  /// answered is the next to ask about.
  [[nodiscard]] std::span<const std::size_t> by_weight() const noexcept { return by_weight_; }

  /// Scores answers, one an element, each between 0 and 1. Never falls when an answer rises. The order of the elements
  /// in the definition does not matter. O(elements).
  [[nodiscard]] FrameworkScore score(std::span<const FrameworkAnswer> answers) const noexcept;

 private:
  // Wider than the result, so that rounding does not show in it: 21.875, not 21.875000000000004.
  std::pmr::vector<long double> weights_;
  std::pmr::vector<std::size_t> by_weight_;
};

}  // namespace leadscore::model
