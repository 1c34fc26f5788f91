// Lets a long loop in the core end early when its host asks: the loop polls, the host decides.
#pragma once

#include <cstdint>

namespace leadscore {

/// Thrown by StopToken::check(); carries nothing, because the host knows why it asked.
struct Cancelled {};

/// A question to the host, cheap enough for a loop: it is really asked once in `kStride` calls.
class StopToken {
 public:
  using Question = bool (*)() noexcept;

  static constexpr std::uint32_t kStride = 1024;

  constexpr StopToken() noexcept = default;
  constexpr explicit StopToken(Question question) noexcept : question_(question) {}

  /// Throws Cancelled when the host wants the loop to end. Without a question it never does.
  void check() {
    if (++steps_ % kStride == 0 && question_ != nullptr && question_()) {
      throw Cancelled{};
    }
  }

  /// The same as that many calls, for loops that go by blocks; asks once at most.
  void check(std::uint32_t steps) {
    const std::uint32_t before = steps_ / kStride;
    steps_ += steps;
    if (steps_ / kStride != before && question_ != nullptr && question_()) {
      throw Cancelled{};
    }
  }

 private:
  Question question_ = nullptr;
  std::uint32_t steps_ = 0;
};

}  // namespace leadscore
