#include "core/model/scorecard.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/checked_math.hpp"
#include "core/error.hpp"

namespace leadscore::model {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A limit may be absent, which is infinite.
bool is_limit(double limit) noexcept { return is_number_of_points(limit) || std::isinf(limit); }

[[noreturn]] void invalid(const char* message) { throw Error(ErrorCode::invalid_argument, message); }

[[noreturn]] void out_of_range(const char* message) { throw Error(ErrorCode::out_of_range, message); }

constexpr std::uint32_t kUnseen = kNone - 1;

constexpr PointCount kNoUpperLimit = static_cast<PointCount>((static_cast<UnsignedPointCount>(1) << 127) - 1);
constexpr PointCount kNoLowerLimit = -kNoUpperLimit;

}  // namespace

Scorecard::Scorecard(const ScorecardDefinition& definition, std::pmr::memory_resource* memory)
    : base_points_(definition.base_points),
      calibration_(memory),
      scale_map_{.scale = definition.scale, .lower = definition.lower, .upper = definition.upper},
      criteria_(memory),
      groups_(memory),
      members_(memory) {
  check(definition);
  count_points(definition);
  groups_.reserve(checked_add(definition.dimensions.size(), 1));
  members_.reserve(definition.criteria.size());
  add_group(definition, kNone, Dimension{});
  for (std::uint32_t d = 0; d < definition.dimensions.size(); ++d) {
    add_group(definition, d, definition.dimensions[d]);
  }
  if (definition.scale == Scale::range) {
    compute_attainable_range(definition);
  }
  if (definition.scale == Scale::calibrated) {
    set_calibration(definition);
  }
}

// Chooses the unit for all that may ever be added or compared, and counts in it what is constant. The bound is the
// number of terms by the largest of them, which no order of theirs can change.
void Scorecard::count_points(const ScorecardDefinition& definition) {
  double largest = std::fabs(definition.base_points);
  for (const Criterion& criterion : definition.criteria) {
    largest = std::max(largest, criterion.points ? std::fabs(*criterion.points) : kLargestPoints);
  }
  for (const Dimension& dimension : definition.dimensions) {
    largest = std::max(largest, std::isinf(dimension.lower) ? 0.0 : std::fabs(dimension.lower));
    largest = std::max(largest, std::isinf(dimension.upper) ? 0.0 : std::fabs(dimension.upper));
  }
  const std::size_t terms = 1 + definition.criteria.size() + 2 * definition.dimensions.size();
  unit_ = PointUnit(largest * static_cast<double>(terms));
  base_count_ = unit_.count(definition.base_points);
  criteria_.reserve(definition.criteria.size());
  for (const Criterion& criterion : definition.criteria) {
    criteria_.push_back({.group = criterion.dimension == kNone ? 0 : criterion.dimension + 1,
                         .attribute = criterion.attribute,
                         .has_constant_points = criterion.points.has_value(),
                         .points = unit_.count(criterion.points.value_or(0.0)),
                         .constant_points = criterion.points.value_or(0.0)});
  }
}

void Scorecard::add_group(const ScorecardDefinition& definition, std::uint32_t dimension, const Dimension& limits) {
  Group group{.lower = std::isinf(limits.lower) ? kNoLowerLimit : unit_.count(limits.lower),
              .upper = std::isinf(limits.upper) ? kNoUpperLimit : unit_.count(limits.upper),
              .dimension = dimension,
              .first = members_.size()};
  for (std::uint32_t i = 0; i < definition.criteria.size(); ++i) {
    if (definition.criteria[i].dimension == dimension) {
      members_.push_back(i);
    }
  }
  group.last = members_.size();
  groups_.push_back(group);
}

void Scorecard::check(const ScorecardDefinition& definition) const {
  if (!is_number_of_points(definition.base_points)) {
    out_of_range("base points must be a number between -1e15 and 1e15");
  }
  if (!is_number_of_points(definition.lower) || !is_number_of_points(definition.upper)) {
    out_of_range("the limits of the score must be numbers between -1e15 and 1e15");
  }
  if (definition.lower >= definition.upper) {
    invalid("the lower limit of the score must lie below the upper");
  }
  for (const Dimension& dimension : definition.dimensions) {
    if (!is_limit(dimension.lower) || !is_limit(dimension.upper)) {
      out_of_range("the limits of a dimension must be numbers between -1e15 and 1e15");
    }
    if (dimension.lower > dimension.upper || dimension.lower == kInfinity || dimension.upper == -kInfinity) {
      invalid("a dimension's lower limit must not lie above its upper limit");
    }
  }
  std::pmr::vector<std::uint32_t> dimension_of_attribute(members_.get_allocator());
  for (const Criterion& criterion : definition.criteria) {
    if (criterion.dimension != kNone && criterion.dimension >= definition.dimensions.size()) {
      invalid("a criterion names a dimension that does not exist");
    }
    if (criterion.points && !is_number_of_points(*criterion.points)) {
      out_of_range("points must be a number between -1e15 and 1e15");
    }
    if (criterion.attribute == kNone) {
      continue;
    }
    if (criterion.attribute >= definition.criteria.size()) {
      invalid("attributes must be numbered from 0 without gaps");
    }
    if (criterion.attribute >= dimension_of_attribute.size()) {
      dimension_of_attribute.resize(criterion.attribute + std::size_t{1}, kUnseen);
    }
    std::uint32_t& dimension = dimension_of_attribute[criterion.attribute];
    if (dimension == kUnseen) {
      dimension = criterion.dimension;
    } else if (dimension != criterion.dimension) {
      throw Error(ErrorCode::invalid_argument, "the criteria of one attribute belong to different dimensions",
                  "Criteria that exclude each other must share their dimension.");
    }
  }
}

// The outcomes of the lead for which `better` prefers the points of each attribute, and no criterion at all counts as
// zero points. It is summed like any other lead, so that this very lead reaches the end of the range.
template <class Better>
double Scorecard::extreme_sum(const ScorecardDefinition& definition, Better better) const {
  struct Choice {
    std::uint32_t criterion = kNone;
    double points = 0;
    bool closed = false;  // a criterion that always holds was met: nothing after it can count, and none cannot either
  };
  const std::span<const Criterion> criteria = definition.criteria;
  std::pmr::vector<Choice> choices(criteria.size(), members_.get_allocator());
  std::pmr::vector<Outcome> outcomes(criteria.size(), members_.get_allocator());
  const auto consider = [&](Choice& choice, std::uint32_t i) {
    if (choice.closed) {
      return;
    }
    const Criterion& criterion = criteria[i];
    if (!criterion.points) {
      throw Error(ErrorCode::invalid_argument,
                  "scale \"range\" cannot know the extremes of points that depend on the lead",
                  "Give raw_min and raw_max, or choose the scale \"clamp\".");
    }
    if (choice.criterion == kNone || better(*criterion.points, choice.points)) {
      choice = {.criterion = i, .points = *criterion.points};
    }
    choice.closed = criterion.always_holds;
  };
  const auto take = [&](const Choice& choice) {
    if (choice.criterion != kNone && (choice.closed || better(choice.points, 0.0))) {
      outcomes[choice.criterion] = {.verdict = Verdict::met, .points = choice.points};
    }
  };
  for (std::uint32_t i = 0; i < criteria.size(); ++i) {
    if (criteria[i].attribute == kNone) {
      Choice alone;
      consider(alone, i);
      take(alone);
    } else {
      consider(choices[criteria[i].attribute], i);
    }
  }
  for (const Choice& choice : choices) {
    take(choice);
  }
  return evaluate(outcomes).raw_score;
}

void Scorecard::compute_attainable_range(const ScorecardDefinition& definition) {
  scale_map_.raw_min = definition.raw_min ? *definition.raw_min : extreme_sum(definition, std::less<>());
  scale_map_.raw_max = definition.raw_max ? *definition.raw_max : extreme_sum(definition, std::greater<>());
  if (!is_number_of_points(scale_map_.raw_min) || !is_number_of_points(scale_map_.raw_max)) {
    out_of_range("the ends of the raw score must be numbers between -1e15 and 1e15");
  }
  if (scale_map_.raw_min > scale_map_.raw_max) {
    invalid("raw_min must not lie above raw_max");
  }
}

void Scorecard::set_calibration(const ScorecardDefinition& definition) {
  if (definition.calibration.empty()) {
    throw Error(ErrorCode::invalid_argument, "scale \"calibrated\" needs a calibration",
                "leadscore.calibrate_probability() makes one.");
  }
  calibration_.assign(definition.calibration.begin(), definition.calibration.end());
  std::sort(calibration_.begin(), calibration_.end(),
            [](const CalibrationPiece& a, const CalibrationPiece& b) { return a.raw_from < b.raw_from; });
  for (std::size_t i = 0; i < calibration_.size(); ++i) {
    const CalibrationPiece& piece = calibration_[i];
    if (i > 0 && piece.raw_from == calibration_[i - 1].raw_from) {
      invalid("two pieces of the calibration begin at the same raw score");
    }
    if (piece.is_curve ? !(is_number_of_points(piece.intercept) && is_number_of_points(piece.slope))
                       : !(piece.probability >= 0 && piece.probability <= 1)) {
      invalid(
          "a piece of the calibration is neither a probability from 0 to 1 nor a curve with numbers between -1e15 "
          "and 1e15");
    }
  }
  scale_map_.calibration = calibration_;
}

PointCount Scorecard::counted_points(std::size_t criterion, const Outcome& outcome) const {
  if (outcome.verdict != Verdict::met || !outcome.points_known) {
    return 0;
  }
  if (criteria_[criterion].has_constant_points) {
    return criteria_[criterion].points;
  }
  if (!is_number_of_points(outcome.points)) {
    out_of_range("points must be a number between -1e15 and 1e15");
  }
  return unit_.count(outcome.points);
}

PointCount Scorecard::sum_of(const Group& group, std::span<const Outcome> outcomes) const {
  PointCount sum = 0;
  for (std::size_t m = group.first; m < group.last; ++m) {
    sum += counted_points(members_[m], outcomes[members_[m]]);
  }
  return sum;
}

Evaluation Scorecard::evaluate_raw(PointCount raw) const noexcept {
  Evaluation evaluation;
  evaluation.raw_score = unit_.points(raw);
  evaluation.score = scale_map_.score(evaluation.raw_score);
  evaluation.probability = scale_map_.probability(evaluation.raw_score);
  return evaluation;
}

Evaluation Scorecard::evaluate(std::span<const Outcome> outcomes) const {
  PointCount raw = base_count_;
  for (const Group& group : groups_) {
    raw += std::clamp(sum_of(group, outcomes), group.lower, group.upper);
  }
  return evaluate_raw(raw);
}

double Scorecard::score_sums(std::span<const PointCount> sums) const noexcept {
  return scale_map_.score(unit_.points(raw_of_sums(sums)));
}

Evaluation Scorecard::evaluate_sums(std::span<const PointCount> sums) const noexcept {
  return evaluate_raw(raw_of_sums(sums));
}

std::size_t Scorecard::explanation_capacity() const noexcept {
  return members_.size() + groups_.size() + 2;  // a limit a group, the base, the scale
}

std::size_t Scorecard::explain(std::span<const Outcome> outcomes, std::span<ExplanationLine> lines) const {
  const Evaluation evaluation = evaluate(outcomes);
  std::size_t count = 0;
  if (base_points_ != 0) {
    lines[count++] = {.kind = LineKind::base, .contribution = base_points_};
  }
  for (const Group& group : groups_) {
    for (std::size_t m = group.first; m < group.last; ++m) {
      lines[count++] = {.kind = LineKind::criterion,
                        .criterion = members_[m],
                        .dimension = group.dimension,
                        .contribution = outcomes[members_[m]].contribution()};
    }
    const PointCount sum = sum_of(group, outcomes);
    const PointCount limited = std::clamp(sum, group.lower, group.upper);
    if (unit_.points(limited) != unit_.points(sum)) {
      lines[count++] = {
          .kind = LineKind::limit, .dimension = group.dimension, .contribution = unit_.points(limited - sum)};
    }
  }
  lines[count++] = {.kind = LineKind::scale, .contribution = evaluation.score - evaluation.raw_score};
  return count;
}

}  // namespace leadscore::model
