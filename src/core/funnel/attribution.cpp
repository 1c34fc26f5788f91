#include "core/funnel/attribution.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "core/error.hpp"
#include "core/funnel/attributable.hpp"
#include "core/funnel/credit_rounding.hpp"
#include "core/funnel/journey_chain.hpp"

namespace leadscore::funnel {

namespace {

constexpr const char* kChannelHint = "Call the rare channels by one name, such as 'other'.";

void add_count(std::uint64_t& sum, std::uint64_t count) {
  if (count > Attribution::kMostJourneys - sum) {
    throw Error(ErrorCode::limit_exceeded, "more than 2^53 journeys in one attribution");
  }
  sum += count;
}

WideSum conversions_of_parts(Uint128 parts) noexcept {
  WideSum sum;
  sum.add(0x1p64, static_cast<std::uint64_t>(parts >> 64));
  sum.add(1, static_cast<std::uint64_t>(parts));
  return sum;
}

}  // namespace

std::uint32_t Attribution::number_of(std::string_view channel) {
  if (channel.size() > kMostNameBytes) {
    throw Error(ErrorCode::limit_exceeded, "the name of a channel is longer than 64 MB");
  }
  const std::size_t most = is_markov() ? kMostMarkovChannels : kMostChannels;
  const std::uint32_t number = names_.code_of(channel, text_hash(channel), most);
  if (number == TextDictionary::kFull) {
    throw Error(ErrorCode::limit_exceeded, "more than " + std::to_string(most) + " channels in one attribution",
                kChannelHint);
  }
  if (number == tallies_.size()) {
    tallies_.emplace_back();
    places_.push_back(0);
    if (has_channel_values()) {
      values_.emplace_back();
    }
    name_bytes_ += channel.size();
  }
  if (name_bytes_ > kMostNameBytes) {
    throw Error(ErrorCode::limit_exceeded, "the names of the channels in one attribution are longer than 64 MB",
                kChannelHint);
  }
  return number;
}

void Attribution::count_transitions(const Numbers& path, bool is_converted, StopToken& stop) {
  std::uint32_t from = kStart;
  for (const std::uint32_t to : path) {
    stop.check();
    if (to != from) {
      ++transitions_[transition(from, to)];
    }
    from = to;
  }
  ++transitions_[transition(from, is_converted ? kConversion : kLoss)];
}

// `path` and `distinct` have the numbers of the channels, the latter in the order of places_.
void Attribution::credit_channels(std::span<const Touch> touches, double value, const Numbers& path,
                                  const Numbers& distinct, std::pmr::memory_resource* scratch, StopToken& stop) {
  std::pmr::vector<std::uint64_t> weights(touches.size(), scratch);
  weigh_touches(rule_, touches, weights, stop);
  std::pmr::vector<Uint128> channel_weights(distinct.size(), scratch);
  for (std::size_t i = 0; i < path.size(); ++i) {
    stop.check();
    Uint128& weight = channel_weights[places_[path[i]] - 1];
    weight = rule_.model == AttributionModel::shapley ? 1 : weight + weights[i];
  }
  std::pmr::vector<std::uint64_t> parts(distinct.size(), scratch);
  split_credit(channel_weights, parts);
  for (std::size_t i = 0; i < distinct.size(); ++i) {
    tallies_[distinct[i]].parts += parts[i];
    if (rule_.has_values) {
      values_[distinct[i]].add(value, parts[i]);
    }
  }
}

void Attribution::add(const Journey& journey, std::pmr::memory_resource* scratch, StopToken& stop) {
  sort_touches(journey.touches, stop);
  const std::span<const Touch> touches = journey.touches.first(count_until(journey.touches, journey.converted_at));
  const bool is_converted = journey.converted_at.has_value();
  if (touches.empty()) {
    if (is_converted) {
      ++touchless_;
      touchless_value_.add(journey.value, kWholeCredit);
    }
    return;
  }

  Numbers path(scratch);
  Numbers distinct(scratch);
  path.reserve(touches.size());
  for (const Touch& touch : touches) {
    stop.check();
    path.push_back(number_of(touch.channel));
    if (places_[path.back()] == 0) {
      distinct.push_back(path.back());
      places_[path.back()] = static_cast<std::uint32_t>(distinct.size());
    }
  }
  touched_ += is_converted ? 1 : 0;
  if (is_markov()) {
    count_transitions(path, is_converted, stop);
    touched_value_.add(is_converted ? journey.value : 0, kWholeCredit);
  } else if (is_converted) {
    credit_channels(touches, journey.value, path, distinct, scratch, stop);
  }
  for (const std::uint32_t channel : distinct) {
    ++tallies_[channel].journeys;
    tallies_[channel].converted_journeys += is_converted ? 1 : 0;
    places_[channel] = 0;
  }
}

void Attribution::merge(const Attribution& other, std::pmr::memory_resource* scratch, StopToken& stop) {
  std::uint64_t all = conversions();
  add_count(all, other.conversions());
  touched_ += other.touched_;
  touchless_ += other.touchless_;
  touched_value_.add(other.touched_value_);
  touchless_value_.add(other.touchless_value_);
  Numbers numbers(other.channels(), scratch);
  for (std::uint32_t theirs = 0; theirs < other.channels(); ++theirs) {
    stop.check();
    const std::uint32_t ours = numbers[theirs] = number_of(other.name(theirs));
    add_count(tallies_[ours].journeys, other.tallies_[theirs].journeys);
    tallies_[ours].converted_journeys += other.tallies_[theirs].converted_journeys;
    tallies_[ours].parts += other.tallies_[theirs].parts;
    if (has_channel_values()) {
      values_[ours].add(other.values_[theirs]);
    }
  }
  for (const auto& [theirs, count] : other.transitions_) {
    stop.check();
    const auto ours = [&](std::uint32_t state) { return state < numbers.size() ? numbers[state] : state; };
    add_count(transitions_[transition(ours(from_of(theirs)), ours(to_of(theirs)))], count);
  }
}

Attribution::Numbers Attribution::in_order(std::pmr::memory_resource* scratch, StopToken& stop) const {
  Numbers order(channels(), scratch);
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    stop.check();
    return name(a) < name(b);
  });
  return order;
}

// By the order of the channels, so that roundings depend on nothing else.
std::pmr::vector<double> Attribution::removal_effects(const Numbers& order, std::pmr::memory_resource* scratch,
                                                      StopToken& stop) const {
  std::pmr::vector<double> effects(order.size(), scratch);
  Numbers places(order.size(), scratch);
  for (std::uint32_t place = 0; place < order.size(); ++place) {
    places[order[place]] = place;
  }
  JourneyChain chain(order.size(), scratch, stop);
  for (const auto& [key, count] : transitions_) {
    stop.check();
    const std::uint32_t from = from_of(key);
    const std::uint32_t to = to_of(key);
    chain.weight(from == kStart ? chain.start() : places[from], to == kConversion ? chain.conversion()
                                                                : to == kLoss     ? chain.loss()
                                                                                  : places[to]) =
        static_cast<double>(count);
  }
  chain.find_removal_effects(effects, scratch, stop);
  return effects;
}

// Markov's model splits all conversions at once.
void Attribution::split_by_removal_effects(const Numbers& order, std::span<ChannelCredit> rows, ExactCredits& credits,
                                           std::pmr::memory_resource* scratch, StopToken& stop) const {
  const std::pmr::vector<double> effects = removal_effects(order, scratch, stop);
  std::pmr::vector<Uint128> weights(order.size(), scratch);
  std::pmr::vector<std::uint64_t> parts(order.size(), scratch);
  std::transform(effects.begin(), effects.end(), weights.begin(),
                 [](double effect) { return static_cast<Uint128>(std::ldexp(effect, kPartBits)); });
  split_credit(weights, parts);
  for (std::size_t place = 0; place < order.size(); ++place) {
    rows[place].removal_effect = effects[place];
    credits.parts[place] = Uint128{touched_} * parts[place];
    if (rule_.has_values) {
      credits.values[place] = touched_value_.times(parts[place]);
    }
  }
}

void Attribution::write_rows(std::span<ChannelCredit> rows, std::pmr::memory_resource* scratch, StopToken& stop) const {
  const Numbers order = in_order(scratch, stop);
  ExactCredits credits{std::pmr::vector<Uint128>(rows.size(), scratch),
                       std::pmr::vector<WideSum>(rule_.has_values ? rows.size() : 0, scratch)};
  for (std::size_t place = 0; place < order.size(); ++place) {
    const Tally& tally = tallies_[order[place]];
    rows[place].channel = order[place];
    rows[place].journeys = tally.journeys;
    rows[place].converted_journeys = tally.converted_journeys;
    credits.parts[place] = tally.parts;
    if (has_channel_values()) {
      credits.values[place] = values_[order[place]];
    }
  }
  if (is_markov() && touched_ > 0) {
    split_by_removal_effects(order, rows, credits, scratch, stop);
  }
  if (touchless_ > 0) {
    rows.back().journeys = rows.back().converted_journeys = touchless_;
    credits.parts.back() = Uint128{touchless_} * kWholeCredit;
    if (rule_.has_values) {
      credits.values.back() = touchless_value_;
    }
  }
  round_rows(credits, rows, scratch, stop);
  std::sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(order.size()),
            [&](const ChannelCredit& a, const ChannelCredit& b) {
              stop.check();
              return a.conversions_credit != b.conversions_credit ? a.conversions_credit > b.conversions_credit
                                                                  : name(*a.channel) < name(*b.channel);
            });
}

void Attribution::round_rows(const ExactCredits& credits, std::span<ChannelCredit> rows,
                             std::pmr::memory_resource* scratch, StopToken& stop) const {
  std::pmr::vector<WideSum> exact(rows.size(), scratch);
  std::transform(credits.parts.begin(), credits.parts.end(), exact.begin(), conversions_of_parts);
  std::pmr::vector<double> rounded(rows.size(), scratch);
  round_credits(exact, rounded, scratch, stop);
  const auto all_parts = static_cast<double>(conversions()) * static_cast<double>(kWholeCredit);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].conversions_credit = rows[i].value_credit = rounded[i];
    if (conversions() > 0) {
      rows[i].share = static_cast<double>(credits.parts[i]) / all_parts;
    }
  }
  if (rule_.has_values) {
    round_credits(credits.values, rounded, scratch, stop);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i].value_credit = rounded[i];
    }
  }
}

}  // namespace leadscore::funnel
