#include "core/model/status_map.hpp"

#include <algorithm>

#include "core/checked_math.hpp"
#include "core/error.hpp"
#include "core/model/scorecard.hpp"

namespace leadscore::model {

StatusMap::StatusMap(std::span<const MappedStatus> statuses, std::pmr::memory_resource* memory)
    : bytes_(memory), statuses_(memory) {
  std::size_t size = 0;
  for (const MappedStatus& one : statuses) {
    size = checked_add(size, one.status.size());
  }
  bytes_.reserve(size);  // views into it stay valid
  statuses_.reserve(statuses.size());
  for (const MappedStatus& one : statuses) {
    const std::size_t start = bytes_.size();
    bytes_.insert(bytes_.end(), one.status.begin(), one.status.end());
    statuses_.push_back({.status = {bytes_.data() + start, one.status.size()}, .stage = one.stage});
  }
  std::sort(statuses_.begin(), statuses_.end(),
            [](const MappedStatus& a, const MappedStatus& b) { return a.status < b.status; });
  const auto twin =
      std::adjacent_find(statuses_.begin(), statuses_.end(),
                         [](const MappedStatus& a, const MappedStatus& b) { return a.status == b.status; });
  if (twin != statuses_.end()) {
    throw Error(ErrorCode::invalid_argument, "a status is mapped twice");
  }
}

std::uint32_t StatusMap::stage_of(std::string_view status) const noexcept {
  const auto place = std::lower_bound(statuses_.begin(), statuses_.end(), status,
                                      [](const MappedStatus& a, std::string_view b) { return a.status < b; });
  return place != statuses_.end() && place->status == status ? place->stage : kNone;
}

}  // namespace leadscore::model
