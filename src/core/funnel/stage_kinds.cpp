#include "core/funnel/stage_kinds.hpp"

#include <string>

#include "core/error.hpp"

namespace leadscore::funnel {

void StageKinds::add(std::optional<StageKind> kind) {
  if (size_ == kMost) {
    throw Error(ErrorCode::limit_exceeded, "more than " + std::to_string(kMost) + " stages",
                "Number the stages from 1 without gaps, as with row_number(), in the histories and in the kinds.");
  }
  kinds_[size_] = kind;
  ++size_;
  if (kind && model::is_step(*kind)) {
    ladder_[ladder_size_] = static_cast<std::int32_t>(size_);
    ++ladder_size_;
    steps_[size_ - 1] = static_cast<std::uint8_t>(ladder_size_);
  }
}

void StageKinds::check_is_stage(std::int32_t stage_no) const {
  if (!is_stage(stage_no)) {
    throw Error(ErrorCode::invalid_argument, "stage " + std::to_string(stage_no) + " has no kind",
                "The kind of stage n is element n of the kinds: open, won, hold or lost.");
  }
}

}  // namespace leadscore::funnel
