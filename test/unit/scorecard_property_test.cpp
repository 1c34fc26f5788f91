// What holds for every scorecard, tried on random ones (with fixed seeds) and against a naive reference.
#include "core/model/scorecard.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include "exact_sum.hpp"
#include "random.hpp"
#include "random_scorecard.hpp"

namespace leadscore::model {
namespace {

using test::exact_raw;
using test::exact_sum;
using test::ExactSum;
using test::Model;
using test::outcomes_of;
using test::Random;
using test::random_model;
using test::Shape;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kRounds = 3'000;

std::vector<Outcome> random_outcomes(Random& random, const Model& model) {
  std::vector<Truth> truths(model.criteria.size());
  std::vector<double> points(model.criteria.size());
  for (std::size_t i = 0; i < truths.size(); ++i) {
    truths[i] = model.criteria[i].always_holds
                    ? Truth::yes
                    : std::array{Truth::no, Truth::yes, Truth::yes, Truth::unknown}[random.below(4)];
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
// The reference: the raw sum without rounding, and the scales in wider numbers.

long double naive_score(const Model& model, const ScaleMap& map, double raw) {
  long double score = raw;
  if (model.scale == Scale::logistic) {
    score = model.lower + (static_cast<long double>(model.upper) - model.lower) / (1 + std::exp(-1.0L * raw));
  } else if (model.scale == Scale::range) {
    if (map.raw_max == map.raw_min) {
      return model.lower;
    }
    score = model.lower + (static_cast<long double>(model.upper) - model.lower) *
                              (static_cast<long double>(raw) - map.raw_min) /
                              (static_cast<long double>(map.raw_max) - map.raw_min);
  }
  if (score < model.lower) {
    return model.lower;
  }
  return score > model.upper ? model.upper : score;
}

TEST(ScorecardProperty, EqualsTheReference) {
  Random random(101);
  for (int round = 0; round < kRounds; ++round) {
    const Model model = random_model(random);
    const Scorecard scorecard = model.build();
    const std::vector<Outcome> outcomes = random_outcomes(random, model);
    const Evaluation evaluation = scorecard.evaluate(outcomes);
    ASSERT_EQ(evaluation.raw_score, exact_raw(model, outcomes).rounded()) << "round " << round;

    const long double expected = naive_score(model, scorecard.scale_map(), evaluation.raw_score);
    if (model.scale == Scale::clamp) {
      ASSERT_EQ(evaluation.score, expected) << "round " << round;
    } else {  // a few roundings
      const double size = std::abs(model.lower) + std::abs(model.upper);
      ASSERT_NEAR(evaluation.score, static_cast<double>(expected), 2e-15 * size) << "round " << round;
    }
    ASSERT_EQ(evaluation.probability.has_value(), model.scale == Scale::logistic);
    if (evaluation.probability) {
      const long double probability = 1 / (1 + std::exp(-1.0L * evaluation.raw_score));
      ASSERT_NEAR(*evaluation.probability, static_cast<double>(probability), 1e-15);
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

    ExactSum sum;
    double size = 0;
    std::set<std::uint32_t> explained;
    std::set<std::uint32_t> limited;
    for (std::size_t i = 0; i < count; ++i) {
      const ExplanationLine& line = lines[i];
      if (line.kind == LineKind::scale) {
        ASSERT_EQ(i, count - 1) << "the scale comes last";
        if (limited.empty()) {
          ASSERT_EQ(sum.rounded(), evaluation.raw_score) << "round " << round;
        } else {  // each was rounded
          ASSERT_NEAR(sum.rounded(), evaluation.raw_score, 1e-15 * size) << "round " << round;
        }
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
        const ExactSum unlimited = exact_sum(model, outcomes, line.dimension);
        const Dimension& limits = model.dimensions[line.dimension];
        const double limit = line.contribution > 0 ? limits.lower : limits.upper;
        ASSERT_EQ(line.contribution, -ExactSum(unlimited).add(-limit).rounded()) << "from the sum to the limit";
        ASSERT_TRUE(limited.insert(line.dimension).second) << "one line a dimension";
      }
      sum.add(line.contribution);
      size += std::abs(line.contribution);
    }
    ASSERT_EQ(lines.back().kind, LineKind::scale);
    ASSERT_NEAR(sum.rounded(), evaluation.score, 1e-15 * size) << "round " << round;
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
    std::vector<Outcome> outcomes = random_outcomes(random, model);
    const Evaluation before = model.build().evaluate(outcomes);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      if (outcomes[i].verdict != Verdict::met || !outcomes[i].points_known) {
        continue;
      }
      const Outcome kept = outcomes[i];
      const Criterion criterion = model.criteria[i];
      for (const double more : {1e-15, 0.1, 7.0, 1e6}) {
        outcomes[i].points = kept.points + more;
        model.criteria[i].points = criterion.points ? std::optional(outcomes[i].points) : std::nullopt;
        const Evaluation after = model.build().evaluate(outcomes);
        ASSERT_GE(after.raw_score, before.raw_score);
        ASSERT_GE(after.score, before.score);
      }
      outcomes[i] = kept;
      model.criteria[i] = criterion;
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
    const Model model = random_model(random);
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
        truths[i] = Truth::unknown;
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
    Model model = random_model(random, shape);
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
