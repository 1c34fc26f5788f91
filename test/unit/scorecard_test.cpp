#include "core/model/scorecard.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <memory_resource>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "counting_resource.hpp"
#include "error_code_of.hpp"

namespace leadscore::model {
namespace {

using test::CountingResource;
using test::error_code_of;
using test::NoDefaultResource;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
const double kBeyond = std::nextafter(kLargestPoints, kInfinity);
constexpr std::optional<ErrorCode> kAccepted;

Outcome met(double points) { return {.verdict = Verdict::met, .points = points}; }

// A definition of which a test names only what it is about.
struct Definition {
  double base_points = 0;
  Scale scale = Scale::clamp;
  double lower = 0;
  double upper = 100;
  std::optional<double> raw_min = {};
  std::optional<double> raw_max = {};
  std::span<const CalibrationPiece> calibration = {};
  std::span<const Dimension> dimensions = {};
  std::span<const Criterion> criteria = {};

  [[nodiscard]] ScorecardDefinition get() const {
    return {base_points, scale, lower, upper, raw_min, raw_max, calibration, dimensions, criteria};
  }
};

Scorecard build(const Definition& definition) { return {definition.get(), std::pmr::new_delete_resource()}; }

std::optional<ErrorCode> error_of(const Definition& definition) {
  return error_code_of([&] { (void)build(definition); });
}

std::vector<ExplanationLine> explain(const Scorecard& scorecard, std::span<const Outcome> outcomes) {
  std::vector<ExplanationLine> lines(scorecard.explanation_capacity());
  lines.resize(scorecard.explain(outcomes, lines));
  return lines;
}

// Fit (at most 40) and behaviour (at least -10), one criterion that stands alone, 5 base points.
struct Example {
  std::array<Dimension, 2> dimensions{{{-kInfinity, 40}, {-10, kInfinity}}};
  std::array<Criterion, 5> criteria{{{.dimension = 0, .attribute = 0, .points = 30.0},
                                     {.dimension = 0, .attribute = 0, .points = 20.0},
                                     {.dimension = 0, .points = 25.0},
                                     {.dimension = 1, .points = -15.0},
                                     {.points = 7.0}}};
  Definition definition{.base_points = 5, .dimensions = dimensions, .criteria = criteria};
};

// ---------------------------------------------------------------------------------------------------------------
// What a scorecard refuses.

TEST(ScorecardDefinition, AnEmptyOneIsAccepted) { EXPECT_EQ(error_of({}), kAccepted); }

TEST(ScorecardDefinition, BasePointsMustBeANumberOfPoints) {
  for (const double bad : {kNaN, kInfinity, -kInfinity, kBeyond, -kBeyond}) {
    EXPECT_EQ(error_of({.base_points = bad}), ErrorCode::out_of_range) << bad;
  }
  EXPECT_EQ(error_of({.base_points = -kLargestPoints}), kAccepted);
}

TEST(ScorecardDefinition, LimitsOfTheScoreMustBeNumbersOfPointsInOrder) {
  for (const double bad : {kNaN, kInfinity, -kInfinity, kBeyond, -kBeyond}) {
    EXPECT_EQ(error_of({.lower = bad}), ErrorCode::out_of_range) << bad;
    EXPECT_EQ(error_of({.upper = bad}), ErrorCode::out_of_range) << bad;
  }
  EXPECT_EQ(error_of({.lower = 1, .upper = 1}), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of({.lower = 2, .upper = 1}), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of({.lower = 1, .upper = std::nextafter(1, 2)}), kAccepted);
}

TEST(ScorecardDefinition, LimitsOfADimensionMustBeNumbersInOrder) {
  const auto error_of_dimension = [](double lower, double upper) {
    const std::array dimensions{Dimension{}, Dimension{lower, upper}};
    return error_of({.dimensions = dimensions});
  };
  for (const double bad : {kNaN, kBeyond, -kBeyond}) {
    EXPECT_EQ(error_of_dimension(bad, 1), ErrorCode::out_of_range) << bad;
    EXPECT_EQ(error_of_dimension(1, bad), ErrorCode::out_of_range) << bad;
  }
  EXPECT_EQ(error_of_dimension(2, 1), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of_dimension(kInfinity, -kInfinity), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of_dimension(1, 1), kAccepted);
  EXPECT_EQ(error_of_dimension(-kInfinity, kInfinity), kAccepted);
  EXPECT_EQ(error_of_dimension(-kInfinity, -3), kAccepted);
}

TEST(ScorecardDefinition, NoDimensionIsForcedToInfinity) {
  const std::array too_high{Dimension{kInfinity, kInfinity}};
  EXPECT_EQ(error_of({.dimensions = too_high}), ErrorCode::invalid_argument);
  const std::array too_low{Dimension{-kInfinity, -kInfinity}};
  EXPECT_EQ(error_of({.dimensions = too_low}), ErrorCode::invalid_argument);
}

TEST(ScorecardDefinition, ACriterionNeedsADimensionThatExists) {
  const std::array dimensions{Dimension{}};
  const auto error_of_position = [&](std::uint32_t position) {
    const std::array criteria{Criterion{.dimension = position, .points = 1.0}};
    return error_of({.dimensions = dimensions, .criteria = criteria});
  };
  EXPECT_EQ(error_of_position(0), kAccepted);
  EXPECT_EQ(error_of_position(kNone), kAccepted);
  EXPECT_EQ(error_of_position(1), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of_position(kNone - 1), ErrorCode::invalid_argument);
}

TEST(ScorecardDefinition, PointsMustBeANumberOfPointsInEveryScale) {
  for (const Scale scale : {Scale::clamp, Scale::range, Scale::logistic}) {
    for (const double bad : {kNaN, kInfinity, -kInfinity, kBeyond, -kBeyond}) {
      const std::array criteria{Criterion{.points = bad}};
      EXPECT_EQ(error_of({.scale = scale, .criteria = criteria}), ErrorCode::out_of_range) << bad;
    }
  }
}

TEST(ScorecardDefinition, AttributesAreNumberedFromZero) {
  const auto error_of_attribute = [](std::uint32_t attribute) {
    const std::array criteria{Criterion{.attribute = attribute, .points = 1.0}, Criterion{.points = 1.0}};
    return error_of({.criteria = criteria});
  };
  EXPECT_EQ(error_of_attribute(0), kAccepted);
  EXPECT_EQ(error_of_attribute(2), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of_attribute(kNone - 1), ErrorCode::invalid_argument) << "no memory is taken for it";
}

TEST(ScorecardDefinition, AnAttributeBelongsToOneDimension) {
  const std::array dimensions{Dimension{}, Dimension{}};
  const auto error_of_positions = [&](std::uint32_t first, std::uint32_t second) {
    const std::array criteria{Criterion{.dimension = first, .attribute = 0, .points = 1.0},
                              Criterion{.dimension = second, .attribute = 0, .points = 1.0}};
    return error_of({.dimensions = dimensions, .criteria = criteria});
  };
  EXPECT_EQ(error_of_positions(1, 1), kAccepted);
  EXPECT_EQ(error_of_positions(kNone, kNone), kAccepted);
  EXPECT_EQ(error_of_positions(0, 1), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of_positions(kNone, 1), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of_positions(1, kNone), ErrorCode::invalid_argument);
}

TEST(ScorecardDefinition, ErrorsSayWhatToDoAboutThem) {
  const std::array criteria{Criterion{}};
  try {
    (void)build({.scale = Scale::range, .criteria = criteria});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()), "");
    EXPECT_NE(error.hint(), "");
  }
}

TEST(RangeDefinition, ComputesOnlyTheEndsThatAreAbsent) {
  const std::array criteria{Criterion{.points = 10.0}, Criterion{.points = -4.0}};
  const auto ends = [&](std::optional<double> raw_min, std::optional<double> raw_max) {
    const ScaleMap map =
        build({.base_points = 1, .scale = Scale::range, .raw_min = raw_min, .raw_max = raw_max, .criteria = criteria})
            .scale_map();
    return std::pair{map.raw_min, map.raw_max};
  };
  EXPECT_EQ(ends({}, {}), std::pair(-3.0, 11.0));
  EXPECT_EQ(ends(-50, {}), std::pair(-50.0, 11.0));
  EXPECT_EQ(ends({}, 50), std::pair(-3.0, 50.0));
  EXPECT_EQ(ends(2, 3), std::pair(2.0, 3.0));
  EXPECT_EQ(ends(2, 2), std::pair(2.0, 2.0));
}

TEST(RangeDefinition, EndsMustBeNumbersOfPointsInOrder) {
  for (const double bad : {kNaN, kInfinity, -kInfinity, kBeyond, -kBeyond}) {
    EXPECT_EQ(error_of({.scale = Scale::range, .raw_min = bad, .raw_max = 1}), ErrorCode::out_of_range) << bad;
    EXPECT_EQ(error_of({.scale = Scale::range, .raw_min = 1, .raw_max = bad}), ErrorCode::out_of_range) << bad;
  }
  EXPECT_EQ(error_of({.scale = Scale::range, .raw_min = 2, .raw_max = 1}), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of({.scale = Scale::range, .raw_min = 1}), ErrorCode::invalid_argument) << "above what is attainable";
}

TEST(RangeDefinition, ComputedEndsBeyondTheLargestPointsAreRefused) {
  const std::array criteria{Criterion{.points = kLargestPoints}, Criterion{.points = kLargestPoints}};
  EXPECT_EQ(error_of({.scale = Scale::range, .criteria = criteria}), ErrorCode::out_of_range);
}

TEST(CalibratedDefinition, GivesScoreAndProbabilityByPiecesInAnyOrder) {
  const std::array pieces{CalibrationPiece{.raw_from = 10, .probability = 0.75},
                          CalibrationPiece{.raw_from = -kInfinity, .probability = 0.125}};
  const std::array criteria{Criterion{.points = 10.0}};
  Scorecard built = build({.scale = Scale::calibrated, .calibration = pieces, .criteria = criteria});
  const Scorecard scorecard = std::move(built);
  EXPECT_EQ(scorecard.evaluate(std::array{met(10)}).score, 75);
  EXPECT_EQ(scorecard.evaluate(std::array{met(10)}).probability, 0.75);
  EXPECT_EQ(scorecard.evaluate(std::array{Outcome{}}).probability, 0.125);
}

TEST(CalibratedDefinition, IsRefusedWithoutPiecesOrWithThoseThatAreNoProbability) {
  const auto error = [](const std::vector<CalibrationPiece>& pieces) {
    return error_of({.scale = Scale::calibrated, .calibration = pieces});
  };
  EXPECT_EQ(error({}), ErrorCode::invalid_argument);
  EXPECT_EQ(error({{.raw_from = 1, .probability = 0.5}, {.raw_from = 1, .probability = 0.6}}),
            ErrorCode::invalid_argument);
  for (const double bad : {-0.1, 1.1, kNaN}) {
    EXPECT_EQ(error({{.probability = bad}}), ErrorCode::invalid_argument) << bad;
  }
  for (const double bad : {kBeyond, kInfinity, kNaN}) {
    EXPECT_EQ(error({{.is_curve = true, .intercept = bad}}), ErrorCode::invalid_argument) << bad;
    EXPECT_EQ(error({{.is_curve = true, .slope = bad}}), ErrorCode::invalid_argument) << bad;
  }
  EXPECT_EQ(error({{.raw_from = -kInfinity, .probability = 0}, {.raw_from = 1, .is_curve = true, .slope = 1}}),
            kAccepted);
  EXPECT_EQ(error_of({.calibration = std::vector<CalibrationPiece>{{.probability = 7}}}), kAccepted) << "not asked for";
}

TEST(RangeDefinition, PointsThatDependOnTheLeadNeedBothEnds) {
  const std::array criteria{Criterion{.points = 1.0}, Criterion{}};
  const auto error = [&](std::optional<double> raw_min, std::optional<double> raw_max) {
    return error_of({.scale = Scale::range, .raw_min = raw_min, .raw_max = raw_max, .criteria = criteria});
  };
  EXPECT_EQ(error({}, {}), ErrorCode::invalid_argument);
  EXPECT_EQ(error(0, {}), ErrorCode::invalid_argument);
  EXPECT_EQ(error({}, 9), ErrorCode::invalid_argument);
  EXPECT_EQ(error(0, 9), kAccepted);
}

TEST(RangeDefinition, PointsOfACriterionThatCanNeverCountMayDependOnTheLead) {
  const std::array criteria{Criterion{.attribute = 0, .points = 4.0, .always_holds = true},
                            Criterion{.attribute = 0, .points = {}}};
  const Scorecard scorecard = build({.scale = Scale::range, .criteria = criteria});
  EXPECT_EQ(scorecard.scale_map().raw_min, 4);
  EXPECT_EQ(scorecard.scale_map().raw_max, 4);
}

TEST(RangeDefinition, OtherScalesDoNotLookAtTheEnds) {
  const std::array criteria{Criterion{}};
  EXPECT_EQ(error_of({.scale = Scale::clamp, .raw_min = kNaN, .raw_max = -1, .criteria = criteria}), kAccepted);
  EXPECT_EQ(error_of({.scale = Scale::logistic, .raw_min = 3, .raw_max = -1, .criteria = criteria}), kAccepted);
}

// ---------------------------------------------------------------------------------------------------------------
// What it computes.

TEST(Scorecard, WithoutCriteriaScoresItsBasePoints) {
  const Evaluation evaluation = build({.base_points = 12}).evaluate({});
  EXPECT_EQ(evaluation.raw_score, 12);
  EXPECT_EQ(evaluation.score, 12);
  EXPECT_EQ(evaluation.probability, std::nullopt);
}

TEST(Scorecard, AddsPointsWithinTheLimitsOfEachDimension) {
  const Example example;
  const Scorecard scorecard = build(example.definition);
  const std::array outcomes{met(30), Outcome{.verdict = Verdict::excluded}, met(25), met(-15), met(7)};
  const Evaluation evaluation = scorecard.evaluate(outcomes);
  EXPECT_EQ(evaluation.raw_score, 5 + 40 - 10 + 7);
  EXPECT_EQ(evaluation.score, 42);
}

TEST(Scorecard, RaisesADimensionToItsLowerLimit) {
  const std::array dimensions{Dimension{3, 8}};
  const std::array criteria{Criterion{.dimension = 0, .points = 1.0}};
  const Scorecard scorecard = build({.dimensions = dimensions, .criteria = criteria});
  EXPECT_EQ(scorecard.evaluate(std::array{Outcome{}}).score, 3) << "with nothing met, too";
}

TEST(Scorecard, GivesNothingForWhatIsNotMetUnknownOrExcluded) {
  const Example example;
  const Scorecard scorecard = build(example.definition);
  for (const Verdict verdict : {Verdict::not_met, Verdict::unknown, Verdict::excluded}) {
    std::array<Outcome, 5> outcomes;
    outcomes.fill({.verdict = verdict, .points = 1000});
    EXPECT_EQ(scorecard.evaluate(outcomes).raw_score, 5);
  }
}

TEST(Scorecard, GivesNothingForUnknownPointsOfAMetCriterion) {
  const std::array criteria{Criterion{}};
  const Scorecard scorecard = build({.base_points = 5, .criteria = criteria});
  const std::array outcomes{Outcome{.verdict = Verdict::met, .points_known = false, .points = 1000}};
  EXPECT_EQ(scorecard.evaluate(outcomes).raw_score, 5);
}

TEST(Scorecard, TakesPointsFromTheOutcomeWhereTheDefinitionHasNone) {
  const std::array criteria{Criterion{}, Criterion{.points = 1.0}};
  EXPECT_EQ(build({.criteria = criteria}).evaluate(std::array{met(17), met(1)}).score, 18);
}

TEST(Scorecard, ALogisticOneHasAProbability) {
  const std::array criteria{Criterion{}};
  const Scorecard scorecard = build({.scale = Scale::logistic, .lower = 0, .upper = 1000, .criteria = criteria});
  const Evaluation evaluation = scorecard.evaluate(std::array{met(std::log(3.0))});
  ASSERT_TRUE(evaluation.probability.has_value());
  EXPECT_NEAR(*evaluation.probability, 0.75, 1e-15);
  EXPECT_NEAR(evaluation.score, 750, 1e-9);
  EXPECT_EQ(scorecard.evaluate(std::array{met(kLargestPoints)}).score, 1000);
  EXPECT_EQ(scorecard.evaluate(std::array{met(-kLargestPoints)}).score, 0);
  EXPECT_EQ(scorecard.evaluate(std::array{met(-kLargestPoints)}).probability, 0.0);
}

TEST(Scorecard, ARangeOneGivesItsLimitsToTheBestAndTheWorstLeadExactly) {
  // As doubles these sums would depend on their order: 0.3 + 0.2 + 0.1 is 0.6, 0.2 + 0.1 + 0.3 is more.
  std::array<Criterion, 3> criteria{{{.points = 0.3}, {.points = 0.2}, {.points = 0.1}}};
  std::array<double, 3> points{0.3, 0.2, 0.1};
  for (const double sign : {1.0, -1.0}) {
    for (std::size_t attribute = 0; attribute < criteria.size(); ++attribute) {
      std::array<Outcome, 3> outcomes;
      for (std::size_t i = 0; i < criteria.size(); ++i) {
        criteria[i] = {.attribute = i == attribute ? 0 : kNone, .points = sign * points[i]};
        outcomes[i] = met(sign * points[i]);
      }
      const Scorecard scorecard = build({.scale = Scale::range, .criteria = criteria});
      EXPECT_EQ(scorecard.evaluate(outcomes).score, sign > 0 ? 100 : 0) << "attribute at " << attribute;
      EXPECT_EQ(scorecard.evaluate(std::array<Outcome, 3>{}).score, sign > 0 ? 0 : 100);
    }
  }
}

TEST(Scorecard, PointsOfALeadMustBeANumberOfPoints) {
  const std::array dimensions{Dimension{-40, 40}};  // limits hide nothing
  for (const std::uint32_t dimension : {kNone, 0U}) {
    const std::array criteria{Criterion{.dimension = dimension, .points = {}},
                              Criterion{.dimension = dimension, .points = {}}};
    const Scorecard scorecard = build({.dimensions = dimensions, .criteria = criteria});
    for (const double bad : {kNaN, kInfinity, -kInfinity, kBeyond, -kBeyond, 1e308}) {
      for (const std::array<Outcome, 2>& outcomes :
           {std::array{met(bad), met(0)}, std::array{met(0), met(bad)}, std::array{met(bad), met(-bad)}}) {
        EXPECT_EQ(error_code_of([&] { (void)scorecard.evaluate(outcomes); }), ErrorCode::out_of_range) << bad;
        EXPECT_EQ(error_code_of([&] { (void)explain(scorecard, outcomes); }), ErrorCode::out_of_range) << bad;
      }
      std::array uncounted{met(bad), met(bad)};
      uncounted[0].points_known = false;
      uncounted[1].verdict = Verdict::excluded;
      EXPECT_EQ(scorecard.evaluate(uncounted).raw_score, 0) << bad;
      EXPECT_EQ(explain(scorecard, uncounted).size(), 3U) << bad;
    }
  }
}

TEST(Scorecard, NoSumOfAllowedPointsIsOutOfRange) {
  std::vector<Criterion> criteria(20'000);
  std::vector<Outcome> outcomes(criteria.size(), met(kLargestPoints));
  for (std::size_t i = 0; i < criteria.size(); i += 2) {
    criteria[i].points = kLargestPoints;
  }
  const Scorecard scorecard = build({.criteria = criteria});
  EXPECT_EQ(scorecard.evaluate(outcomes).raw_score, 2e19);
  EXPECT_EQ(scorecard.evaluate(outcomes).score, 100);
}

TEST(Scorecard, GivesEqualBitsForEqualOutcomes) {
  const Example example;
  const std::array outcomes{met(30), Outcome{}, met(25), met(-15), met(7)};
  const double score = build(example.definition).evaluate(outcomes).score;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(build(example.definition).evaluate(outcomes).score, score);
  }
}

// ---------------------------------------------------------------------------------------------------------------
// What it explains.

TEST(Explanation, HasALineForEverythingThatMovedTheScore) {
  const Example example;
  const Scorecard scorecard = build(example.definition);
  const std::array outcomes{met(30), Outcome{.verdict = Verdict::excluded}, met(25), met(-15), met(7)};
  const std::vector<ExplanationLine> lines = explain(scorecard, outcomes);
  const std::vector<ExplanationLine> expected{
      {.kind = LineKind::base, .contribution = 5},
      {.kind = LineKind::criterion, .criterion = 4, .contribution = 7},
      {.kind = LineKind::criterion, .criterion = 0, .dimension = 0, .contribution = 30},
      {.kind = LineKind::criterion, .criterion = 1, .dimension = 0, .contribution = 0},
      {.kind = LineKind::criterion, .criterion = 2, .dimension = 0, .contribution = 25},
      {.kind = LineKind::limit, .dimension = 0, .contribution = -15},
      {.kind = LineKind::criterion, .criterion = 3, .dimension = 1, .contribution = -15},
      {.kind = LineKind::limit, .dimension = 1, .contribution = 5},
      {.kind = LineKind::scale, .contribution = 0},
  };
  ASSERT_EQ(lines.size(), expected.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(lines[i].kind, expected[i].kind) << i;
    EXPECT_EQ(lines[i].criterion, expected[i].criterion) << i;
    EXPECT_EQ(lines[i].dimension, expected[i].dimension) << i;
    EXPECT_EQ(lines[i].contribution, expected[i].contribution) << i;
  }
}

TEST(Explanation, LeavesOutWhatDidNotHappen) {
  const Scorecard scorecard = build({});
  const std::vector<ExplanationLine> lines = explain(scorecard, {});
  ASSERT_EQ(lines.size(), 1U) << "no base points, no limit";
  EXPECT_EQ(lines[0].kind, LineKind::scale);
  EXPECT_EQ(lines[0].contribution, 0);
}

TEST(Explanation, TheScaleLineLeadsFromTheRawScoreToTheScore) {
  const std::array criteria{Criterion{}};
  const std::vector<ExplanationLine> lines = explain(build({.criteria = criteria}), std::array{met(130)});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1].contribution, -30);
}

TEST(Explanation, NeverWritesANumberThatIsNotFinite) {
  // Raw scores at one end of the number line, limits at the other end of what is allowed.
  const std::array criteria{Criterion{}};
  const Scorecard far = build({.lower = kLargestPoints - 1, .upper = kLargestPoints, .criteria = criteria});
  const std::array dimensions{Dimension{kLargestPoints, kInfinity}};
  const std::array limited{Criterion{.dimension = 0, .points = {}}};
  const Scorecard lifted = build({.dimensions = dimensions, .criteria = limited});
  for (const Scorecard* scorecard : {&far, &lifted}) {
    for (const double points : {-kLargestPoints, 1e-308, kLargestPoints}) {
      for (const ExplanationLine& line : explain(*scorecard, std::array{met(points)})) {
        EXPECT_TRUE(std::isfinite(line.contribution)) << points;
      }
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Memory.

// As much as can allocate: dimensions, attributes, computed ends.
ScorecardDefinition range_definition(const Example& example) {
  ScorecardDefinition definition = example.definition.get();
  definition.scale = Scale::range;
  return definition;
}

TEST(ScorecardMemory, UsesOnlyTheResourceItIsGiven) {
  const NoDefaultResource no_default;
  const Example example;
  CountingResource memory;
  {
    const Scorecard scorecard(range_definition(example), &memory);
    EXPECT_GT(memory.live(), 0U);
    const std::size_t built = memory.allocations();
    const std::array outcomes{met(30), Outcome{}, met(25), met(-15), met(7)};
    std::array<ExplanationLine, 16> lines;
    ASSERT_LE(scorecard.explanation_capacity(), lines.size());
    (void)scorecard.evaluate(outcomes);
    (void)scorecard.explain(outcomes, lines);
    EXPECT_EQ(memory.allocations(), built) << "evaluating and explaining allocate nothing";
  }
  EXPECT_EQ(memory.live(), 0U);
}

TEST(ScorecardMemory, FitsIntoABufferWithoutAnUpstream) {
  const NoDefaultResource no_default;
  const Example example;
  std::array<std::byte, 4096> buffer;
  std::pmr::monotonic_buffer_resource memory(buffer.data(), buffer.size(), std::pmr::null_memory_resource());
  const Scorecard scorecard(range_definition(example), &memory);
  EXPECT_EQ(scorecard.scale_map().raw_max, 5 + 40 + 0 + 7);
}

TEST(ScorecardMemory, KeepsNothingOfTheDefinition) {
  auto example = std::make_unique<Example>();
  const Scorecard scorecard = build(example->definition);
  example.reset();  // AddressSanitizer would see a later look at it
  EXPECT_EQ(scorecard.evaluate(std::array{met(30), Outcome{}, met(25), met(-15), met(7)}).score, 42);
}

TEST(ScorecardMemory, LeaksNothingWhicheverAllocationFails) {
  const Example example;
  const auto build = [&](std::pmr::memory_resource* memory) { return Scorecard(range_definition(example), memory); };
  EXPECT_GE(test::fail_every_allocation(build), 3U) << "groups, members, attributes";
}

TEST(ScorecardMemory, LeaksNothingWhenItRefuses) {
  const NoDefaultResource no_default;
  const Example example;
  ScorecardDefinition definition = range_definition(example);
  definition.raw_min = 1000;  // refused after everything else was built
  CountingResource memory;
  EXPECT_EQ(error_code_of([&] { const Scorecard scorecard(definition, &memory); }), ErrorCode::invalid_argument);
  EXPECT_GT(memory.allocations(), 0U);
  EXPECT_EQ(memory.live(), 0U);
}

}  // namespace
}  // namespace leadscore::model
