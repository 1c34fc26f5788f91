// An additive scorecard: criteria give points, dimensions limit them, a scale makes the sum a score.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "core/model/points.hpp"
#include "core/model/scale.hpp"

namespace leadscore::model {

inline constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

/// A group of criteria whose summed points are kept within limits; an infinite limit does not limit.
struct Dimension {
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
};

/// What the scorecard must know of a criterion; its condition is evaluated elsewhere.
struct Criterion {
  std::uint32_t dimension = kNone;  // position of its dimension; kNone: it stands alone, without limits
  std::uint32_t attribute = kNone;  // criteria of one attribute exclude each other: the first that holds counts
  std::optional<double> points;     // constant points; nothing where they depend on the lead
  bool always_holds = false;        // its condition is the constant true
};

enum class Verdict : std::uint8_t {
  not_met,   // the condition is false
  met,       // the condition is true
  unknown,   // the condition is NULL: no points
  excluded,  // an earlier criterion of the same attribute holds
};

/// What became of one criterion for one lead. `points` counts only where the verdict is `met`; those of a criterion
/// that has constant points are these.
struct Outcome {
  Verdict verdict = Verdict::not_met;
  bool points_known = true;  // false: the points came out NULL, and none are given
  double points = 0;

  [[nodiscard]] double contribution() const noexcept { return verdict == Verdict::met && points_known ? points : 0.0; }
};

/// A scorecard as it is written down; spans are copied by Scorecard.
struct ScorecardDefinition {
  double base_points = 0;
  Scale scale = Scale::clamp;
  double lower = 0;
  double upper = 100;
  std::optional<double> raw_min;  // Scale::range: the ends of the raw sum; computed where absent
  std::optional<double> raw_max;
  std::span<const CalibrationPiece> calibration;  // in any order; of Scale::calibrated
  std::span<const Dimension> dimensions;
  std::span<const Criterion> criteria;
};

struct Evaluation {
  double raw_score = 0;
  double score = 0;
  std::optional<double> probability;  // only of a scale that has one
};

enum class LineKind : std::uint8_t { base, criterion, limit, scale };

/// One line of an explanation. The contributions of all lines sum to the score, those before the line of
/// kind `scale` to the raw score.
struct ExplanationLine {
  LineKind kind = LineKind::base;
  std::uint32_t criterion = kNone;
  std::uint32_t dimension = kNone;
  double contribution = 0;
};

/// A criterion as the scorecard keeps it.
struct ScorecardCriterion {
  std::uint32_t group = 0;
  std::uint32_t attribute = kNone;
  bool has_constant_points = false;
  PointCount points = 0;       // where they are constant
  double constant_points = 0;  // the same as they were given
};

class Scorecard {
 public:
  /// Throws Error(out_of_range) if a number lies beyond kLargestPoints, and Error(invalid_argument) if the definition
  /// contradicts itself: limits upside down, a position out of range, an attribute spread over several dimensions,
  /// Scale::range without computable ends, Scale::calibrated without a calibration, two of whose pieces begin at the
  /// same place, or one of which is no probability.
  Scorecard(const ScorecardDefinition& definition, std::pmr::memory_resource* memory);
  Scorecard(const Scorecard&) = delete;
  Scorecard& operator=(const Scorecard&) = delete;
  Scorecard(Scorecard&&) noexcept = default;
  Scorecard& operator=(Scorecard&&) = delete;
  ~Scorecard() = default;

  /// Scores one lead from the outcomes of its criteria, in the order of the definition. O(criteria). Throws
  /// Error(out_of_range) if points that are not constant are not a number of points.
  [[nodiscard]] Evaluation evaluate(std::span<const Outcome> outcomes) const;

  /// The score of a lead by the points that the criteria of each group gave it, counted in unit(). O(groups).
  [[nodiscard]] double score_sums(std::span<const PointCount> sums) const noexcept;
  /// The evaluation by the same: to the last bit that by the outcomes. O(groups).
  [[nodiscard]] Evaluation evaluate_sums(std::span<const PointCount> sums) const noexcept;

  [[nodiscard]] const PointUnit& unit() const noexcept { return unit_; }
  /// The criteria without a dimension are one group, and those of each dimension another.
  [[nodiscard]] std::size_t group_count() const noexcept { return groups_.size(); }
  [[nodiscard]] std::size_t criterion_count() const noexcept { return members_.size(); }
  [[nodiscard]] const ScorecardCriterion& criterion(std::size_t position) const noexcept { return criteria_[position]; }

  /// What an outcome of a criterion adds to its group. Throws Error(out_of_range) as evaluate() does.
  [[nodiscard]] PointCount counted_points(std::size_t criterion, const Outcome& outcome) const;

  /// The largest number of lines that explain() can write.
  [[nodiscard]] std::size_t explanation_capacity() const noexcept;

  /// Writes the lines that add up to the score of evaluate() and returns how many they are: the base points if
  /// there are any, every criterion by dimension, the part a dimension's limits took or gave, the scale.
  [[nodiscard]] std::size_t explain(std::span<const Outcome> outcomes, std::span<ExplanationLine> lines) const;

  [[nodiscard]] const ScaleMap& scale_map() const noexcept { return scale_map_; }

 private:
  struct Group {  // a dimension, or the criteria that belong to none (first, unlimited)
    PointCount lower = 0;
    PointCount upper = 0;
    std::uint32_t dimension = kNone;
    std::size_t first = 0;  // range of members_
    std::size_t last = 0;
  };

  void check(const ScorecardDefinition& definition) const;
  void count_points(const ScorecardDefinition& definition);
  void add_group(const ScorecardDefinition& definition, std::uint32_t dimension, const Dimension& limits);
  void set_calibration(const ScorecardDefinition& definition);
  void compute_attainable_range(const ScorecardDefinition& definition);
  template <class Better>
  [[nodiscard]] double extreme_sum(const ScorecardDefinition& definition, Better better) const;
  [[nodiscard]] PointCount sum_of(const Group& group, std::span<const Outcome> outcomes) const;
  [[nodiscard]] PointCount raw_of_sums(std::span<const PointCount> sums) const noexcept {
    PointCount raw = base_count_;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      raw += std::clamp(sums[g], groups_[g].lower, groups_[g].upper);
    }
    return raw;
  }
  [[nodiscard]] Evaluation evaluate_raw(PointCount raw) const noexcept;

  double base_points_;
  std::pmr::vector<CalibrationPiece> calibration_;
  ScaleMap scale_map_;
  PointUnit unit_;
  PointCount base_count_ = 0;
  std::pmr::vector<ScorecardCriterion> criteria_;
  std::pmr::vector<Group> groups_;
  std::pmr::vector<std::uint32_t> members_;  // positions of criteria, group by group
};

}  // namespace leadscore::model
