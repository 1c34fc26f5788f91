#include "core/model/band.hpp"

#include <algorithm>
#include <numeric>

#include "core/error.hpp"
#include "core/model/scale.hpp"

namespace leadscore::model {

BandLadder::BandLadder(std::span<const Band> bands, std::pmr::memory_resource* memory)
    : bands_(bands.begin(), bands.end(), memory), ascending_(bands.size(), memory) {
  for (const Band& band : bands_) {
    if (!is_number_of_points(band.from_score) || !is_number_of_points(band.keep_from)) {
      throw Error(ErrorCode::out_of_range, "the bounds of a band must lie between -1e15 and 1e15");
    }
    if (band.keep_from > band.from_score) {
      throw Error(ErrorCode::invalid_argument, "a band's keep_from must not lie above its from_score");
    }
  }
  std::iota(ascending_.begin(), ascending_.end(), std::size_t{0});
  std::stable_sort(ascending_.begin(), ascending_.end(),
                   [this](std::size_t a, std::size_t b) { return bands_[a].from_score < bands_[b].from_score; });
}

std::optional<std::size_t> BandLadder::band(double score, std::optional<std::size_t> earlier) const {
  const std::size_t none = bands_.size();
  std::size_t reached = none;
  for (const std::size_t position : ascending_) {
    if (bands_[position].from_score <= score) {
      reached = position;
    }
  }
  if (earlier && *earlier < bands_.size()) {
    const Band& kept = bands_[*earlier];
    const bool stands_higher = reached == none || kept.from_score > bands_[reached].from_score;
    if (stands_higher && score >= kept.keep_from) {
      return earlier;
    }
  }
  return reached == none ? std::nullopt : std::optional(reached);
}

}  // namespace leadscore::model
