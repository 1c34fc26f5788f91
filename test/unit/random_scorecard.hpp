// Random scorecards, and the rules of scoring once more, as plainly as they can be written and without rounding.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <set>
#include <vector>

#include "core/model/condition.hpp"
#include "core/model/scorecard.hpp"
#include "exact_sum.hpp"
#include "random.hpp"

namespace leadscore::test {

using model::Criterion;
using model::Dimension;
using model::kNone;
using model::Outcome;
using model::Scale;
using model::Scorecard;
using model::Truth;
using model::Verdict;

/// A definition that owns what it is made of.
struct Model {
  double base_points = 0;
  Scale scale = Scale::clamp;
  double lower = 0;
  double upper = 100;
  std::optional<double> raw_min;
  std::optional<double> raw_max;
  std::vector<Dimension> dimensions;
  std::vector<Criterion> criteria;

  [[nodiscard]] model::ScorecardDefinition definition() const {
    return {base_points, scale, lower, upper, raw_min, raw_max, {}, dimensions, criteria};
  }
  [[nodiscard]] Scorecard build() const { return {definition(), std::pmr::new_delete_resource()}; }
  /// The same model, but its score is its raw sum, where a scale would hide differences. Its unit is the same, too.
  [[nodiscard]] Scorecard build_unscaled() const {
    Model unscaled = *this;
    unscaled.scale = Scale::clamp;
    unscaled.lower = -model::kLargestPoints;
    unscaled.upper = model::kLargestPoints;
    return unscaled.build();
  }
};

struct Shape {
  std::uint32_t max_dimensions = 5;
  std::uint32_t max_criteria = 25;
  bool limits = true;
  bool points_of_the_lead = true;
};

/// Whole numbers and tenths, which people write and which meet each other and their limits, and any others. None has
/// bits so low that a sum of points would lose them.
inline double random_points(Random& random) {
  const double kind = random.number(0, 1);
  if (kind < 0.3) {
    return random.whole(-20, 30);
  }
  return kind < 0.6 ? random.whole(-200, 300) / 10 : random.number(-20, 30);
}

inline Dimension random_dimension(Random& random, const Shape& shape) {
  Dimension dimension;
  if (!shape.limits) {
    return dimension;
  }
  const double a = random_points(random) * 1.5;
  const double b = random_points(random) * 1.5;
  if (random.chance(0.5)) {
    dimension.lower = std::min(a, b);
  }
  if (random.chance(0.5)) {
    dimension.upper = std::max(a, b);
  }
  return dimension;
}

inline Model random_model(Random& random, const Shape& shape = {}) {
  Model model;
  model.base_points = random.chance(0.3) ? 0 : random_points(random);
  model.scale = std::array{Scale::clamp, Scale::range, Scale::logistic}[random.below(3)];
  if (random.chance(0.5)) {
    model.lower = 5 * random_points(random);
    model.upper = model.lower + random.number(0.1, 200);
  }
  model.dimensions.resize(random.below(shape.max_dimensions + 1));
  for (Dimension& dimension : model.dimensions) {
    dimension = random_dimension(random, shape);
  }
  const auto dimension_count = static_cast<std::uint32_t>(model.dimensions.size());
  const auto any_dimension = [&] {
    return dimension_count == 0 || random.chance(0.2) ? kNone : random.below(dimension_count);
  };
  model.criteria.resize(random.below(shape.max_criteria + 1));
  std::vector<std::uint32_t> dimension_of_attribute;
  for (Criterion& criterion : model.criteria) {
    criterion.dimension = any_dimension();
    if (random.chance(0.6)) {
      const auto attributes = static_cast<std::uint32_t>(dimension_of_attribute.size());
      criterion.attribute = random.below(attributes + 1);
      if (criterion.attribute == attributes) {
        dimension_of_attribute.push_back(criterion.dimension);
      }
      criterion.dimension = dimension_of_attribute[criterion.attribute];
    }
    if (!shape.points_of_the_lead || random.chance(0.8)) {
      criterion.points = random_points(random);
    }
    criterion.always_holds = random.chance(0.1);
  }
  const bool ends_are_needed =
      std::any_of(model.criteria.begin(), model.criteria.end(), [](const Criterion& c) { return !c.points; });
  if (model.scale == Scale::range && (ends_are_needed || random.chance(0.3))) {
    model.raw_min = random.whole(-50, 20);
    model.raw_max = *model.raw_min + random.whole(1, 100);
  }
  return model;
}

/// Outcomes as an engine would find them: of the criteria of one attribute, the first that holds. `points` are those of
/// the lead, where the model has none.
inline std::vector<Outcome> outcomes_of(const Model& model, const std::vector<Truth>& truths,
                                        const std::vector<double>& points) {
  std::vector<Outcome> outcomes(model.criteria.size());
  std::set<std::uint32_t> taken;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const Criterion& criterion = model.criteria[i];
    if (criterion.attribute != kNone && taken.contains(criterion.attribute)) {
      outcomes[i] = {.verdict = Verdict::excluded};
    } else if (truths[i] == Truth::unknown) {
      outcomes[i] = {.verdict = Verdict::unknown};
    } else if (truths[i] == Truth::yes) {
      outcomes[i] = {.verdict = Verdict::met, .points = criterion.points.value_or(points[i])};
      taken.insert(criterion.attribute);
    }
  }
  return outcomes;
}

/// What the criteria of a dimension (or of none) give, before its limits.
inline ExactSum exact_sum(const Model& model, const std::vector<Outcome>& outcomes, std::uint32_t dimension) {
  ExactSum sum;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const bool counts = outcomes[i].verdict == Verdict::met && outcomes[i].points_known;
    if (model.criteria[i].dimension == dimension && counts) {
      sum.add(outcomes[i].points);
    }
  }
  return sum;
}

inline ExactSum exact_raw(const Model& model, const std::vector<Outcome>& outcomes) {
  ExactSum raw(model.base_points);
  raw.add(exact_sum(model, outcomes, kNone));
  for (std::uint32_t d = 0; d < model.dimensions.size(); ++d) {
    const Dimension& limits = model.dimensions[d];
    const ExactSum sum = exact_sum(model, outcomes, d);
    if (std::isfinite(limits.lower) && sum.is_less_than(limits.lower)) {
      raw.add(limits.lower);
    } else if (std::isfinite(limits.upper) && sum.is_greater_than(limits.upper)) {
      raw.add(limits.upper);
    } else {
      raw.add(sum);
    }
  }
  return raw;
}

}  // namespace leadscore::test
