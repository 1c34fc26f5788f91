// What holds for every scorecard, tried on random ones (with fixed seeds) and against a naive reference.
#include "core/model/scorecard.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <vector>

namespace leadscore::model {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kRounds = 3'000;

// Numbers that are the same with every standard library, unlike std::uniform_*_distribution's.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(engine_() % limit); }
  bool chance(double probability) { return fraction() < probability; }
  double number(double from, double to) { return from + (to - from) * fraction(); }
  double whole(int from, int to) {
    return from + static_cast<double>(below(static_cast<std::uint32_t>(to - from + 1)));
  }
  template <class Container>
  void shuffle(Container& items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[below(static_cast<std::uint32_t>(i))]);
    }
  }

 private:
  double fraction() { return std::ldexp(static_cast<double>(engine_() >> 11), -53); }

  std::mt19937_64 engine_;
};

// What the condition of a criterion says of a lead.
enum class Truth { no, yes, null };

struct Model {
  double base_points = 0;
  Scale scale = Scale::clamp;
  double lower = 0;
  double upper = 100;
  std::optional<double> raw_min;
  std::optional<double> raw_max;
  std::vector<Dimension> dimensions;
  std::vector<Criterion> criteria;

  [[nodiscard]] ScorecardDefinition definition() const {
    return {base_points, scale, lower, upper, raw_min, raw_max, dimensions, criteria};
  }
  [[nodiscard]] Scorecard build() const { return {definition(), std::pmr::new_delete_resource()}; }
};

struct Shape {
  std::uint32_t max_dimensions = 5;
  std::uint32_t max_criteria = 25;
  bool whole_points = false;  // so that sums do not depend on their order
  bool limits = true;
  bool points_of_the_lead = true;
};

double random_points(Random& random, const Shape& shape) {
  return shape.whole_points ? random.whole(-20, 30) : random.number(-20, 30);
}

Dimension random_dimension(Random& random, const Shape& shape) {
  Dimension dimension;
  if (!shape.limits) {
    return dimension;
  }
  const double a = shape.whole_points ? random.whole(-30, 40) : random.number(-30, 40);
  const double b = shape.whole_points ? random.whole(-30, 40) : random.number(-30, 40);
  if (random.chance(0.5)) {
    dimension.lower = std::min(a, b);
  }
  if (random.chance(0.5)) {
    dimension.upper = std::max(a, b);
  }
  return dimension;
}

Model random_model(Random& random, const Shape& shape = {}) {
  Model model;
  model.base_points = random.chance(0.3) ? 0 : random_points(random, shape);
  model.scale = std::array{Scale::clamp, Scale::range, Scale::logistic}[random.below(3)];
  if (random.chance(0.5)) {
    model.lower = shape.whole_points ? random.whole(-100, 100) : random.number(-100, 100);
    model.upper = model.lower + (shape.whole_points ? random.whole(1, 200) : random.number(0.1, 200));
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
      criterion.points = random_points(random, shape);
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

// Outcomes as an engine would find them: of the criteria of one attribute, the first that holds.
std::vector<Outcome> outcomes_of(const Model& model, const std::vector<Truth>& truths,
                                 const std::vector<double>& points) {
  std::vector<Outcome> outcomes(model.criteria.size());
  std::set<std::uint32_t> taken;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const Criterion& criterion = model.criteria[i];
    if (criterion.attribute != kNone && taken.contains(criterion.attribute)) {
      outcomes[i] = {.verdict = Verdict::excluded};
    } else if (truths[i] == Truth::null) {
      outcomes[i] = {.verdict = Verdict::unknown};
    } else if (truths[i] == Truth::yes) {
      outcomes[i] = {.verdict = Verdict::met, .points = criterion.points.value_or(points[i])};
      taken.insert(criterion.attribute);
    }
  }
  return outcomes;
}

std::vector<Outcome> random_outcomes(Random& random, const Model& model) {
  std::vector<Truth> truths(model.criteria.size());
  std::vector<double> points(model.criteria.size());
  for (std::size_t i = 0; i < truths.size(); ++i) {
    truths[i] = model.criteria[i].always_holds
                    ? Truth::yes
                    : std::array{Truth::no, Truth::yes, Truth::yes, Truth::null}[random.below(4)];
    points[i] = random.number(-20, 30);
  }
  std::vector<Outcome> outcomes = outcomes_of(model, truths, points);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!model.criteria[i].points && random.chance(0.1)) {
      outcomes[i].points_known = false;
    }
  }
  return outcomes;
}

// ---------------------------------------------------------------------------------------------------------------
// The reference: the rules once more, as plainly as they can be written, in wider numbers.

long double naive_contribution(const Outcome& outcome) {
  return outcome.verdict == Verdict::met && outcome.points_known ? outcome.points : 0.0L;
}

long double naive_raw(const Model& model, const std::vector<Outcome>& outcomes) {
  long double raw = model.base_points;
  for (std::uint32_t d = 0; d < model.dimensions.size(); ++d) {
    long double sum = 0;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      sum += model.criteria[i].dimension == d ? naive_contribution(outcomes[i]) : 0;
    }
    if (sum < model.dimensions[d].lower) {
      sum = model.dimensions[d].lower;
    } else if (sum > model.dimensions[d].upper) {
      sum = model.dimensions[d].upper;
    }
    raw += sum;
  }
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    raw += model.criteria[i].dimension == kNone ? naive_contribution(outcomes[i]) : 0;
  }
  return raw;
}

long double naive_score(const Model& model, const ScaleMap& map, long double raw) {
  long double score = raw;
  if (model.scale == Scale::logistic) {
    score = model.lower + (static_cast<long double>(model.upper) - model.lower) / (1 + std::exp(-raw));
  } else if (model.scale == Scale::range) {
    if (map.raw_max == map.raw_min) {
      return model.lower;
    }
    score = model.lower + (static_cast<long double>(model.upper) - model.lower) * (raw - map.raw_min) /
                              (static_cast<long double>(map.raw_max) - map.raw_min);
  }
  if (score < model.lower) {
    return model.lower;
  }
  return score > model.upper ? model.upper : score;
}

// Everything that was added up on the way, so that a relative error has something to be relative to.
double magnitude(const Model& model, const std::vector<Outcome>& outcomes) {
  double sum = 1 + std::abs(model.base_points) + std::abs(model.lower) + std::abs(model.upper);
  for (const Outcome& outcome : outcomes) {
    sum += std::abs(outcome.contribution());
  }
  for (const Dimension& dimension : model.dimensions) {
    sum += std::isfinite(dimension.lower) ? std::abs(dimension.lower) : 0;
    sum += std::isfinite(dimension.upper) ? std::abs(dimension.upper) : 0;
  }
  return sum;
}

TEST(ScorecardProperty, EqualsTheNaiveReference) {
  Random random(101);
  for (int round = 0; round < kRounds; ++round) {
    const Model model = random_model(random);
    const Scorecard scorecard = model.build();
    const std::vector<Outcome> outcomes = random_outcomes(random, model);
    const Evaluation evaluation = scorecard.evaluate(outcomes);
    const double tolerance = 1e-12 * magnitude(model, outcomes);
    const long double raw = naive_raw(model, outcomes);
    ASSERT_NEAR(evaluation.raw_score, static_cast<double>(raw), tolerance) << "round " << round;

    const ScaleMap& map = scorecard.scale_map();
    const double width = map.raw_max - map.raw_min;
    const double slope = model.scale == Scale::range && width > 0 ? (model.upper - model.lower) / width : 1;
    const double expected = static_cast<double>(naive_score(model, map, raw));
    ASSERT_NEAR(evaluation.score, expected, tolerance * std::max(1.0, slope)) << "round " << round;
    ASSERT_EQ(evaluation.probability.has_value(), model.scale == Scale::logistic);
    if (evaluation.probability) {
      ASSERT_NEAR(*evaluation.probability, static_cast<double>(1 / (1 + std::exp(-raw))), 1e-12);
    }
  }
}

TEST(ScorecardProperty, ScoresStayWithinTheirLimits) {
  Random random(102);
  for (int round = 0; round < kRounds; ++round) {
    const Model model = random_model(random);
    const double score = model.build().evaluate(random_outcomes(random, model)).score;
    ASSERT_GE(score, model.lower);
    ASSERT_LE(score, model.upper);
  }
}

TEST(ScorecardProperty, ExplanationsAddUpToTheScoreAndBeforeTheScaleToTheRawScore) {
  Random random(103);
  for (int round = 0; round < kRounds; ++round) {
    const Model model = random_model(random);
    const Scorecard scorecard = model.build();
    const std::vector<Outcome> outcomes = random_outcomes(random, model);
    const Evaluation evaluation = scorecard.evaluate(outcomes);

    std::vector<ExplanationLine> lines(scorecard.explanation_capacity() + 1);
    lines.back().contribution = -4711;
    const std::size_t count = scorecard.explain(outcomes, lines);
    ASSERT_LT(count, lines.size()) << "more lines than it said";
    ASSERT_EQ(lines.back().contribution, -4711) << "wrote behind the end";
    lines.resize(count);

    double sum = 0;
    double size = 0;
    std::set<std::uint32_t> explained;
    std::set<std::uint32_t> limited;
    for (std::size_t i = 0; i < count; ++i) {
      const ExplanationLine& line = lines[i];
      if (line.kind == LineKind::scale) {
        ASSERT_EQ(i, count - 1) << "the scale comes last";
        ASSERT_NEAR(sum, evaluation.raw_score, 1e-12 * size) << "round " << round;
      } else if (line.kind == LineKind::base) {
        ASSERT_EQ(i, 0U) << "the base comes first";
        ASSERT_EQ(line.contribution, model.base_points);
      } else if (line.kind == LineKind::criterion) {
        ASSERT_LT(line.criterion, model.criteria.size());
        ASSERT_EQ(line.dimension, model.criteria[line.criterion].dimension);
        ASSERT_EQ(line.contribution, outcomes[line.criterion].contribution());
        ASSERT_FALSE(limited.contains(line.dimension)) << "the limit comes after what it limits";
        ASSERT_TRUE(explained.insert(line.criterion).second) << "every criterion once";
      } else {
        ASSERT_NE(line.contribution, 0) << "a limit that did nothing";
        ASSERT_NE(line.dimension, kNone);
        ASSERT_TRUE(limited.insert(line.dimension).second) << "one line a dimension";
      }
      sum += line.contribution;
      size += std::abs(line.contribution);
    }
    ASSERT_EQ(lines.back().kind, LineKind::scale);
    ASSERT_NEAR(sum, evaluation.score, 1e-12 * size) << "round " << round;
    ASSERT_EQ(explained.size(), model.criteria.size());
  }
}

TEST(ScorecardProperty, MorePointsForWhatHoldsNeverLowerTheScore) {
  Random random(104);
  for (int round = 0; round < kRounds; ++round) {
    Shape shape;
    shape.limits = round % 2 == 0;  // limits cut, but do not turn around
    shape.max_criteria = 12;
    Model model = random_model(random, shape);
    if (model.scale == Scale::range) {  // computed ends would move with the points
      model.raw_min = -40;
      model.raw_max = 60;
    }
    const Scorecard scorecard = model.build();
    std::vector<Outcome> outcomes = random_outcomes(random, model);
    const Evaluation before = scorecard.evaluate(outcomes);
    for (Outcome& outcome : outcomes) {
      if (outcome.verdict != Verdict::met || !outcome.points_known) {
        continue;
      }
      const Outcome kept = outcome;
      for (const double more : {1e-15, 0.1, 7.0, 1e6}) {
        outcome.points = kept.points + more;
        const Evaluation after = scorecard.evaluate(outcomes);
        ASSERT_GE(after.raw_score, before.raw_score);
        ASSERT_GE(after.score, before.score);
      }
      outcome = kept;
    }
  }
}

TEST(ScorecardProperty, WhatDoesNotCountHasNoInfluenceWhateverItsPoints) {
  Random random(105);
  for (int round = 0; round < kRounds; ++round) {
    const Model model = random_model(random);
    const Scorecard scorecard = model.build();
    std::vector<Outcome> outcomes = random_outcomes(random, model);
    const double score = scorecard.evaluate(outcomes).score;
    for (Outcome& outcome : outcomes) {
      if (outcome.verdict != Verdict::met) {
        outcome.points = random.number(-1e6, 1e6);
        outcome.verdict = std::array{Verdict::not_met, Verdict::unknown, Verdict::excluded}[random.below(3)];
      } else if (!outcome.points_known) {
        outcome.points = 1e6;
      }
    }
    ASSERT_EQ(scorecard.evaluate(outcomes).score, score);
  }
}

TEST(ScorecardProperty, TheOrderOfDimensionsAndCriteriaIsIrrelevant) {
  Random random(106);
  for (int round = 0; round < kRounds; ++round) {
    Shape shape;
    shape.whole_points = true;
    shape.points_of_the_lead = false;
    const Model model = random_model(random, shape);
    const std::vector<Outcome> outcomes = random_outcomes(random, model);

    std::vector<std::uint32_t> new_position(model.dimensions.size());
    for (std::uint32_t d = 0; d < new_position.size(); ++d) {
      new_position[d] = d;
    }
    random.shuffle(new_position);
    Model permuted = model;
    for (std::size_t d = 0; d < new_position.size(); ++d) {
      permuted.dimensions[new_position[d]] = model.dimensions[d];
    }
    for (Criterion& criterion : permuted.criteria) {
      criterion.dimension = criterion.dimension == kNone ? kNone : new_position[criterion.dimension];
    }
    ASSERT_EQ(permuted.build().evaluate(outcomes).raw_score, model.build().evaluate(outcomes).raw_score);
    ASSERT_EQ(permuted.build().evaluate(outcomes).score, model.build().evaluate(outcomes).score) << "round " << round;

    if (model.scale == Scale::range && !model.raw_min) {
      continue;  // which criteria an `always` closes depends on their order
    }
    std::vector<std::size_t> order(model.criteria.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
    }
    random.shuffle(order);
    std::vector<Outcome> permuted_outcomes(outcomes.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      permuted.criteria[i] = model.criteria[order[i]];
      permuted.criteria[i].dimension =
          permuted.criteria[i].dimension == kNone ? kNone : new_position[permuted.criteria[i].dimension];
      permuted_outcomes[i] = outcomes[order[i]];
    }
    ASSERT_EQ(permuted.build().evaluate(permuted_outcomes).score, model.build().evaluate(outcomes).score);
  }
}

// Every combination of what conditions can say; a criterion that always holds says yes.
template <class Visit>
void for_each_combination(const Model& model, bool with_null, Visit&& visit) {
  std::vector<Truth> truths(model.criteria.size(), Truth::no);
  const std::vector<double> points(model.criteria.size());
  for (;;) {
    std::vector<Truth> effective = truths;
    for (std::size_t i = 0; i < truths.size(); ++i) {
      effective[i] = model.criteria[i].always_holds ? Truth::yes : truths[i];
    }
    visit(outcomes_of(model, effective, points));
    std::size_t i = 0;
    for (; i < truths.size(); ++i) {
      if (truths[i] == Truth::no) {
        truths[i] = Truth::yes;
        break;
      }
      if (truths[i] == Truth::yes && with_null) {
        truths[i] = Truth::null;
        break;
      }
      truths[i] = Truth::no;
    }
    if (i == truths.size()) {
      return;
    }
  }
}

struct Extent {
  double lowest = kInfinity;
  double highest = -kInfinity;
};

Extent brute_force(const Model& model, bool with_null) {
  Model clamped = model;  // whose raw score needs no ends
  clamped.scale = Scale::clamp;
  const Scorecard scorecard = clamped.build();
  Extent extent;
  for_each_combination(model, with_null, [&](const std::vector<Outcome>& outcomes) {
    const double raw = scorecard.evaluate(outcomes).raw_score;
    extent.lowest = std::min(extent.lowest, raw);
    extent.highest = std::max(extent.highest, raw);
  });
  return extent;
}

TEST(ScorecardProperty, ComputedEndsOfTheRangeAreTheExtremesOfAllCombinations) {
  Random random(107);
  Shape shape;
  shape.max_dimensions = 3;
  shape.max_criteria = 8;
  shape.whole_points = true;
  shape.points_of_the_lead = false;
  for (int round = 0; round < 1'500; ++round) {
    Model model = random_model(random, shape);
    model.scale = Scale::range;
    model.raw_min.reset();
    model.raw_max.reset();
    for (Criterion& criterion : model.criteria) {
      criterion.always_holds = random.chance(0.25);
    }
    const Scorecard scorecard = model.build();
    const Extent extent = brute_force(model, false);
    ASSERT_EQ(scorecard.scale_map().raw_min, extent.lowest) << "round " << round;
    ASSERT_EQ(scorecard.scale_map().raw_max, extent.highest) << "round " << round;
  }
}

TEST(ScorecardProperty, UnknownConditionsDoNotWidenTheRange) {
  Random random(108);
  Shape shape;
  shape.max_dimensions = 2;
  shape.max_criteria = 5;
  shape.whole_points = true;
  shape.points_of_the_lead = false;
  for (int round = 0; round < 300; ++round) {
    const Model model = random_model(random, shape);
    const Extent two_valued = brute_force(model, false);
    const Extent three_valued = brute_force(model, true);
    ASSERT_EQ(two_valued.lowest, three_valued.lowest);
    ASSERT_EQ(two_valued.highest, three_valued.highest);
  }
}

TEST(ScorecardProperty, AComputedRangeIsUsedFromEndToEnd) {
  Random random(109);
  Shape shape;
  shape.max_dimensions = 3;
  shape.max_criteria = 7;
  shape.points_of_the_lead = false;
  for (int round = 0; round < 500; ++round) {
    Model model = random_model(random, shape);  // points that are not whole
    model.scale = Scale::range;
    model.raw_min.reset();
    model.raw_max.reset();
    const Scorecard scorecard = model.build();
    double lowest = kInfinity;
    double highest = -kInfinity;
    for_each_combination(model, false, [&](const std::vector<Outcome>& outcomes) {
      const double score = scorecard.evaluate(outcomes).score;
      lowest = std::min(lowest, score);
      highest = std::max(highest, score);
    });
    ASSERT_EQ(lowest, model.lower) << "round " << round;
    const bool has_width = scorecard.scale_map().raw_max > scorecard.scale_map().raw_min;
    ASSERT_EQ(highest, has_width ? model.upper : model.lower) << "round " << round;
  }
}

}  // namespace
}  // namespace leadscore::model
