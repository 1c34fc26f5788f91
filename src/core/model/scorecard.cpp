#include "core/model/scorecard.hpp"

#include <algorithm>
#include <cmath>

#include "core/checked_math.hpp"
#include "core/error.hpp"

namespace leadscore::model {

namespace {

double within(const Dimension& limits, double sum) noexcept {
  return std::min(std::max(sum, limits.lower), limits.upper);
}

bool is_limit_pair(double lower, double upper) noexcept {
  return !std::isnan(lower) && !std::isnan(upper) && lower <= upper;
}

[[noreturn]] void invalid(const char* message) { throw Error(ErrorCode::invalid_argument, message); }

constexpr std::uint32_t kUnseen = kNone - 1;

/// The best and the worst that the criteria of one attribute can give: one of them, or none.
struct Extremes {
  double best = -std::numeric_limits<double>::infinity();
  double worst = std::numeric_limits<double>::infinity();
  bool closed = false;  // one that always holds was met: none after it can count, and not counting is impossible
  bool added = false;

  void include(const Criterion& criterion) {
    if (closed) {
      return;
    }
    if (!criterion.points) {
      throw Error(ErrorCode::invalid_argument,
                  "scale \"range\" cannot know the extremes of points that depend on the lead",
                  "Give raw_min and raw_max, or choose the scale \"clamp\".");
    }
    best = std::max(best, *criterion.points);
    worst = std::min(worst, *criterion.points);
    closed = criterion.always_holds;
  }

  [[nodiscard]] Extremes finished() const noexcept {
    return closed ? *this : Extremes{.best = std::max(best, 0.0), .worst = std::min(worst, 0.0)};
  }
};

}  // namespace

Scorecard::Scorecard(const ScorecardDefinition& definition, std::pmr::memory_resource* memory)
    : base_points_(definition.base_points),
      scale_map_{.scale = definition.scale, .lower = definition.lower, .upper = definition.upper},
      groups_(memory),
      members_(memory) {
  check(definition);

  groups_.reserve(checked_add(definition.dimensions.size(), 1));
  members_.reserve(definition.criteria.size());
  const auto add_group = [&](std::uint32_t dimension, const Dimension& limits) {
    const std::size_t first = members_.size();
    for (std::uint32_t i = 0; i < definition.criteria.size(); ++i) {
      if (definition.criteria[i].dimension == dimension) {
        members_.push_back(i);
      }
    }
    groups_.push_back({.limits = limits, .dimension = dimension, .first = first, .last = members_.size()});
  };
  add_group(kNone, Dimension{});
  for (std::uint32_t d = 0; d < definition.dimensions.size(); ++d) {
    add_group(d, definition.dimensions[d]);
  }

  if (definition.scale == Scale::range) {
    compute_attainable_range(definition);
  }
}

void Scorecard::check(const ScorecardDefinition& definition) const {
  if (!std::isfinite(definition.base_points)) {
    invalid("base points must be a finite number");
  }
  if (!std::isfinite(definition.lower) || !std::isfinite(definition.upper) || definition.lower >= definition.upper) {
    invalid("the limits of the score must be finite, the lower below the upper");
  }
  for (const Dimension& dimension : definition.dimensions) {
    if (!is_limit_pair(dimension.lower, dimension.upper)) {
      invalid("a dimension's lower limit must not lie above its upper limit");
    }
  }
  std::pmr::vector<std::uint32_t> dimension_of_attribute(members_.get_allocator());
  for (const Criterion& criterion : definition.criteria) {
    if (criterion.dimension != kNone && criterion.dimension >= definition.dimensions.size()) {
      invalid("a criterion names a dimension that does not exist");
    }
    if (criterion.points && !std::isfinite(*criterion.points)) {
      throw Error(ErrorCode::out_of_range, "points must be a finite number");
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

void Scorecard::compute_attainable_range(const ScorecardDefinition& definition) {
  double best = base_points_;
  double worst = base_points_;
  if (!definition.raw_min || !definition.raw_max) {
    std::pmr::vector<Extremes> attributes(definition.criteria.size(), members_.get_allocator());
    for (const Group& group : groups_) {
      Extremes sum{.best = 0, .worst = 0};
      const auto add = [&sum](const Extremes& extremes) {
        sum.best += extremes.best;
        sum.worst += extremes.worst;
      };
      for (std::size_t m = group.first; m < group.last; ++m) {
        const Criterion& criterion = definition.criteria[members_[m]];
        if (criterion.attribute == kNone) {
          Extremes alone;
          alone.include(criterion);
          add(alone.finished());
        } else {
          attributes[criterion.attribute].include(criterion);
        }
      }
      for (std::size_t m = group.first; m < group.last; ++m) {
        const Criterion& criterion = definition.criteria[members_[m]];
        if (criterion.attribute != kNone && !attributes[criterion.attribute].added) {
          attributes[criterion.attribute].added = true;
          add(attributes[criterion.attribute].finished());
        }
      }
      best += within(group.limits, sum.best);
      worst += within(group.limits, sum.worst);
    }
  }
  scale_map_.raw_min = definition.raw_min.value_or(worst);
  scale_map_.raw_max = definition.raw_max.value_or(best);
  if (!std::isfinite(scale_map_.raw_min) || !std::isfinite(scale_map_.raw_max) ||
      scale_map_.raw_min > scale_map_.raw_max) {
    invalid("the ends of the raw score must be finite, raw_min not above raw_max");
  }
}

Evaluation Scorecard::evaluate(std::span<const Outcome> outcomes) const {
  Evaluation evaluation;
  double raw = base_points_;
  for (const Group& group : groups_) {
    double sum = 0;
    for (std::size_t m = group.first; m < group.last; ++m) {
      sum += outcomes[members_[m]].contribution();
    }
    raw += within(group.limits, sum);
  }
  if (!std::isfinite(raw)) {
    throw Error(ErrorCode::out_of_range, "the sum of points is out of range");
  }
  evaluation.raw_score = raw;
  evaluation.score = scale_map_.score(raw);
  if (scale_map_.scale == Scale::logistic) {
    evaluation.probability = sigmoid(raw);
  }
  return evaluation;
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
    double sum = 0;
    for (std::size_t m = group.first; m < group.last; ++m) {
      const double contribution = outcomes[members_[m]].contribution();
      sum += contribution;
      lines[count++] = {.kind = LineKind::criterion,
                        .criterion = members_[m],
                        .dimension = group.dimension,
                        .contribution = contribution};
    }
    const double limited = within(group.limits, sum);
    if (limited != sum) {
      lines[count++] = {.kind = LineKind::limit, .dimension = group.dimension, .contribution = limited - sum};
    }
  }
  lines[count++] = {.kind = LineKind::scale, .contribution = evaluation.score - evaluation.raw_score};
  return count;
}

}  // namespace leadscore::model
