// What the stages of a history are, by number: which of them make up the ladder, and which stand beside it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/model/ladder.hpp"

namespace leadscore::funnel {

using model::StageKind;

/// The kinds of stages 1, 2, …; a number may be without a stage. A plain value.
class StageKinds {
 public:
  static constexpr std::size_t kMost = 64;

  /// Adds the stage of the next number, or says that there is none of it. Throws Error(limit_exceeded) beyond kMost.
  void add(std::optional<StageKind> kind);

  /// The highest number.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool is_stage(std::int32_t stage_no) const noexcept {
    return stage_no >= 1 && stage_no <= static_cast<std::int32_t>(size_) && kinds_[index_of(stage_no)].has_value();
  }
  /// Throws Error(invalid_argument) if there is no such stage.
  void check_is_stage(std::int32_t stage_no) const;

  /// These two ask for a number that is_stage(). The place on the ladder is 1 for its first stage; 0 beside it.
  [[nodiscard]] StageKind kind(std::int32_t stage_no) const noexcept { return *kinds_[index_of(stage_no)]; }
  [[nodiscard]] std::size_t step(std::int32_t stage_no) const noexcept { return steps_[index_of(stage_no)]; }

  /// The numbers of the stages on the ladder, in order: those that are open or won.
  [[nodiscard]] std::span<const std::int32_t> ladder() const noexcept { return {ladder_.data(), ladder_size_}; }

  /// True if a visit that no other follows has an end to wait for: of a stage that is neither won nor lost.
  [[nodiscard]] bool is_left(std::int32_t stage_no) const noexcept {
    return kind(stage_no) == StageKind::open || kind(stage_no) == StageKind::hold;
  }

  [[nodiscard]] bool operator==(const StageKinds& other) const noexcept {
    return size_ == other.size_ && kinds_ == other.kinds_;
  }

 private:
  [[nodiscard]] static std::size_t index_of(std::int32_t stage_no) noexcept {
    return static_cast<std::size_t>(stage_no) - 1;
  }

  std::array<std::optional<StageKind>, kMost> kinds_{};
  std::array<std::uint8_t, kMost> steps_{};
  std::array<std::int32_t, kMost> ladder_{};
  std::size_t size_ = 0;
  std::size_t ladder_size_ = 0;
};

}  // namespace leadscore::funnel
