// Labels for ranges of the score (grades, temperatures) that do not flap around a threshold.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

namespace leadscore::model {

/// One label: it is reached at `from_score` and, once given, kept down to `keep_from` (at most `from_score`).
struct Band {
  double from_score = 0;
  double keep_from = 0;
};

/// The bands of one kind, addressed by their position in the definition.
class BandLadder {
 public:
  /// Throws Error(out_of_range) if a bound is not a number of points, Error(invalid_argument) if keep_from lies above
  /// from_score.
  BandLadder(std::span<const Band> bands, std::pmr::memory_resource* memory);

  /// The band of `score`: the highest one reached, or `earlier` if that stands higher and may still be kept.
  /// Nothing below the lowest band. O(number of bands).
  [[nodiscard]] std::optional<std::size_t> band(double score, std::optional<std::size_t> earlier = {}) const;

 private:
  std::pmr::vector<Band> bands_;
  std::pmr::vector<std::size_t> ascending_;  // positions by from_score
};

}  // namespace leadscore::model
