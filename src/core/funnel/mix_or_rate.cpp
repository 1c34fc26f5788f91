#include "core/funnel/mix_or_rate.hpp"

#include <cmath>

#include "core/error.hpp"
#include "core/learn/compensated_sum.hpp"
#include "core/learn/confidence.hpp"
#include "core/learn/two_rates.hpp"

namespace leadscore::funnel {

namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t kMostTrials = std::int64_t{1} << 62;
constexpr double kUsualConfidence = 0.95;
constexpr double kClearly = 2;

Segment total_of(std::span<const Segment> segments, StopToken& stop) {
  Segment total;
  for (const Segment& segment : segments) {
    stop.check();
    if (segment.baseline_trials > kMostTrials - total.baseline_trials ||
        segment.current_trials > kMostTrials - total.current_trials) {
      throw Error(ErrorCode::limit_exceeded, "more than 2^62 trials in one comparison");
    }
    total.baseline_successes += segment.baseline_successes;
    total.baseline_trials += segment.baseline_trials;
    total.current_successes += segment.current_successes;
    total.current_trials += segment.current_trials;
  }
  return total;
}

// a / b - c / d, with the difference exact before it is divided: what is equal cancels.
double difference_of_ratios(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) noexcept {
  const Wide difference = static_cast<Wide>(a) * d - static_cast<Wide>(c) * b;
  return static_cast<double>(difference) / static_cast<double>(b) / static_cast<double>(d);
}

double ratio(std::int64_t successes, std::int64_t trials) noexcept {
  return static_cast<double>(successes) / static_cast<double>(trials);
}

class Parts {
 public:
  explicit Parts(const Segment& total) noexcept : total_(total) {}

  void add(const Segment& segment) noexcept {
    const bool has_baseline = segment.baseline_trials > 0;
    const bool has_current = segment.current_trials > 0;
    const double known = has_baseline ? ratio(segment.baseline_successes, segment.baseline_trials)
                                      : ratio(segment.current_successes, segment.current_trials);
    const double current = has_current ? ratio(segment.current_successes, segment.current_trials) : known;
    mix_.add(difference_of_ratios(segment.current_trials, total_.current_trials, segment.baseline_trials,
                                  total_.baseline_trials) *
             ((known + current) / 2));
    if (has_baseline && has_current) {
      const double change = difference_of_ratios(segment.current_successes, segment.current_trials,
                                                 segment.baseline_successes, segment.baseline_trials);
      const double share =
          ratio(segment.current_trials, total_.current_trials) + ratio(segment.baseline_trials, total_.baseline_trials);
      rate_.add(change * (share / 2));
      add_stratum(segment, change);
    }
  }

  [[nodiscard]] double mix_change() const noexcept { return mix_.value(); }
  [[nodiscard]] double rate_change() const noexcept { return rate_.value(); }
  [[nodiscard]] std::optional<double> cmh_z() const noexcept {
    return variance_.value() > 0 ? std::optional<double>(excess_.value() / std::sqrt(variance_.value())) : std::nullopt;
  }

 private:
  // How many more current successes there are than expected if both sides were alike, and how much that varies.
  void add_stratum(const Segment& segment, double change) noexcept {
    const auto n0 = static_cast<double>(segment.baseline_trials);
    const auto n1 = static_cast<double>(segment.current_trials);
    const double n = n0 + n1;
    const double successes =
        static_cast<double>(segment.baseline_successes) + static_cast<double>(segment.current_successes);
    const double failures = static_cast<double>(segment.baseline_trials - segment.baseline_successes) +
                            static_cast<double>(segment.current_trials - segment.current_successes);
    const double weight = n0 / n * n1;
    excess_.add(change * weight);
    variance_.add(weight * (successes / n) * (failures / (n - 1)));
  }

  Segment total_;
  learn::CompensatedSum mix_;
  learn::CompensatedSum rate_;
  learn::CompensatedSum excess_;
  learn::CompensatedSum variance_;
};

ChangeVerdict verdict_of(const MixOrRate& result) noexcept {
  constexpr double kLevel = 0.05;
  const bool has_rate_changed = result.cmh_p_value && *result.cmh_p_value < kLevel;
  if (!has_rate_changed && *result.p_value >= kLevel) {
    return ChangeVerdict::neither;
  }
  const double mix = std::fabs(*result.mix_change);
  const double rate = std::fabs(*result.rate_change);
  if (rate >= kClearly * mix) {
    return ChangeVerdict::rate;
  }
  return mix >= kClearly * rate && !has_rate_changed ? ChangeVerdict::mix : ChangeVerdict::both;
}

}  // namespace

MixOrRate mix_or_rate(std::span<const Segment> segments, StopToken stop) {
  MixOrRate result;
  result.total = total_of(segments, stop);
  const learn::RateComparison rates =
      learn::rate_test(result.total.current_successes, result.total.current_trials, result.total.baseline_successes,
                       result.total.baseline_trials, kUsualConfidence, stop);
  result.current_rate = rates.rate_1;
  result.baseline_rate = rates.rate_2;
  result.change = rates.difference.estimate;
  result.z = rates.z;
  result.p_value = rates.p_value;
  Parts parts(result.total);
  for (const Segment& segment : segments) {
    stop.check();
    if (segment.baseline_trials > 0 || segment.current_trials > 0) {
      ++result.segments;
      if (result.change) {
        parts.add(segment);
      }
    }
  }
  if (!result.change) {
    return result;
  }
  result.mix_change = parts.mix_change();
  result.rate_change = parts.rate_change();
  result.cmh_z = parts.cmh_z();
  if (result.cmh_z) {
    result.cmh_p_value = learn::two_sided_p_value(*result.cmh_z);
  }
  result.verdict = verdict_of(result);
  return result;
}

}  // namespace leadscore::funnel
