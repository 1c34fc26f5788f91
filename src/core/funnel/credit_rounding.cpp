#include "core/funnel/credit_rounding.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "core/error.hpp"

namespace leadscore::funnel {

namespace {

constexpr int kMantissaBits = 52;

[[noreturn]] void too_large() {
  throw Error(ErrorCode::out_of_range, "the values sum up beyond the range of double precision");
}

// The place of the bit that all credits are to be multiples of.
int common_bit(std::span<const WideSum> credits, StopToken& stop) {
  WideSum magnitudes;
  bool has_negative = false;
  bool has_positive = false;
  for (const WideSum& credit : credits) {
    stop.check();
    magnitudes.add(credit.magnitude());
    has_negative = has_negative || credit.is_negative();
    has_positive = has_positive || (!credit.is_negative() && credit.highest_bit() >= 0);
  }
  const int highest = magnitudes.highest_bit();
  if (highest >= WideSum::kUnitBits + 1024) {
    too_large();
  }
  return std::max(highest - kMantissaBits + (has_negative && has_positive ? 1 : 0), kPartBits);
}

// To the nearest multiple; between two, the even one.
std::int64_t nearest_multiple(const WideSum& sum, int bit) noexcept {
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 63;
  const std::int64_t multiple = sum.multiple(bit);
  const std::uint64_t rest = sum.rest(bit);
  return multiple + (rest > kHalf || (rest == kHalf && multiple % 2 != 0) ? 1 : 0);
}

}  // namespace

void round_credits(std::span<const WideSum> credits, std::span<double> rounded, std::pmr::memory_resource* scratch,
                   StopToken& stop) {
  const int bit = common_bit(credits, stop);
  std::pmr::vector<std::int64_t> multiples(credits.size(), scratch);
  std::pmr::vector<std::uint64_t> rests(credits.size(), scratch);
  WideSum total;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < credits.size(); ++i) {
    stop.check();
    total.add(credits[i]);
    multiples[i] = credits[i].multiple(bit);
    rests[i] = credits[i].rest(bit);
    sum += multiples[i];
  }
  std::pmr::vector<std::size_t> by_rest(credits.size(), scratch);
  std::iota(by_rest.begin(), by_rest.end(), std::size_t{0});
  std::sort(by_rest.begin(), by_rest.end(), [&](std::size_t a, std::size_t b) {
    stop.check();
    return rests[a] != rests[b] ? rests[a] > rests[b] : a < b;
  });
  const std::int64_t rounded_total = nearest_multiple(total, bit);
  for (std::size_t i = 0; sum < rounded_total; ++i, ++sum) {
    ++multiples[by_rest[i]];
  }
  for (std::size_t i = 0; i < credits.size(); ++i) {
    rounded[i] = std::ldexp(static_cast<double>(multiples[i]), bit - WideSum::kUnitBits);
    if (!std::isfinite(rounded[i])) {
      too_large();
    }
  }
  if (!std::isfinite(std::ldexp(static_cast<double>(rounded_total), bit - WideSum::kUnitBits))) {
    too_large();
  }
}

}  // namespace leadscore::funnel
