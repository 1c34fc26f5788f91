#include "pg/interval_length.hpp"

namespace leadscore::pg {

std::optional<std::int64_t> microseconds_of(const Interval* interval) {
  constexpr std::int64_t kMicrosecondsOfYear = 31'557'600 * USECS_PER_SEC;
  constexpr std::int64_t kMicrosecondsOfMonth = 30 * USECS_PER_DAY;
  std::int64_t years = 0;
  std::int64_t days = 0;
  std::int64_t sum = interval->time;

  if (__builtin_mul_overflow(interval->month / MONTHS_PER_YEAR, kMicrosecondsOfYear, &years) ||
      __builtin_add_overflow(sum, years, &sum) ||
      __builtin_add_overflow(sum, interval->month % MONTHS_PER_YEAR * kMicrosecondsOfMonth, &sum) ||
      __builtin_mul_overflow(std::int64_t{interval->day}, USECS_PER_DAY, &days) ||
      __builtin_add_overflow(sum, days, &sum)) {
    return std::nullopt;
  }
  return sum;
}

}  // namespace leadscore::pg
