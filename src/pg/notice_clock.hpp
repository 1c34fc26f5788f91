// When to tell those who wait: what takes long says what it does, but not too often.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// Says whether it is time for a notice.
class NoticeClock {
 public:
  [[nodiscard]] bool is_due() noexcept {
    const TimestampTz now = GetCurrentTimestamp();
    const bool is_due = now - last_ >= kQuietSeconds * USECS_PER_SEC;
    last_ = is_due ? now : last_;
    return is_due;
  }

 private:
  static constexpr int kQuietSeconds = 5;

  TimestampTz last_ = GetCurrentTimestamp();
};

}  // namespace leadscore::pg
