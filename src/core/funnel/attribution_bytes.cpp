// The state of an attribution as bytes, and what must hold of bytes that are such.
#include "core/funnel/attribution.hpp"
#include "core/state_bytes.hpp"

namespace leadscore::funnel {

namespace {

constexpr std::uint64_t kFormat = 0x4C534131;  // "LSA1"
constexpr std::size_t kNumberBytes = 4;
constexpr std::size_t kWordBytes = 8;
constexpr std::size_t kRuleBytes =
    kNumberBytes + 2 + kWordBytes;  // the format, model, whether there are values, half-life
constexpr std::size_t kSumBytes = kWordBytes * WideSum::kWords;
constexpr std::size_t kTotalBytes = 2 * kWordBytes + 2 * kNumberBytes;  // conversions; how many channels, transitions
constexpr std::size_t kTallyBytes = 4 * kWordBytes;
constexpr std::size_t kTransitionBytes = 2 * kWordBytes;

void put_sum(StateWriter& writer, const WideSum& sum) noexcept {
  for (const std::uint64_t word : sum.words()) {
    writer.put(word);
  }
}

bool read_sum(StateReader& reader, WideSum& sum) noexcept {
  WideSum::Words words{};
  for (std::uint64_t& word : words) {
    word = reader.number();
  }
  return sum.restore(words);
}

std::optional<AttributionRule> read_rule(StateReader& reader) noexcept {
  const bool is_known = reader.number(kNumberBytes) == kFormat;
  const std::uint64_t model = reader.number(1);
  const std::uint64_t has_values = reader.number(1);
  const auto half_life = static_cast<std::int64_t>(reader.number());
  if (!is_known || model >= kAttributionModels || has_values > 1 || !heat::HalfLife::is_valid(half_life)) {
    return std::nullopt;
  }
  return AttributionRule{static_cast<AttributionModel>(model), heat::HalfLife(half_life), has_values == 1};
}

}  // namespace

std::size_t Attribution::byte_size() const noexcept {
  return kRuleBytes + kTotalBytes + (rule_.has_values ? kSumBytes + (is_markov() ? kSumBytes : 0) : 0) + name_bytes_ +
         channels() * (kNumberBytes + kTallyBytes + (has_channel_values() ? kSumBytes : 0)) +
         transitions_.size() * kTransitionBytes + kCheckSumBytes;
}

void Attribution::write(std::span<std::byte> bytes, StopToken& stop) const {
  StateWriter writer(bytes);
  writer.put(kFormat, kNumberBytes);
  writer.put(static_cast<std::uint64_t>(rule_.model), 1);
  writer.put(rule_.has_values ? 1 : 0, 1);
  writer.put(static_cast<std::uint64_t>(rule_.half_life.microseconds()));
  writer.put(touched_);
  writer.put(touchless_);
  writer.put(channels(), kNumberBytes);
  writer.put(transitions_.size(), kNumberBytes);
  if (rule_.has_values) {
    put_sum(writer, touchless_value_);
    if (is_markov()) {
      put_sum(writer, touched_value_);
    }
  }
  for (std::uint32_t channel = 0; channel < channels(); ++channel) {
    stop.check();
    writer.put(name(channel).size(), kNumberBytes);
    writer.put(name(channel));
    const Tally& tally = tallies_[channel];
    writer.put(tally.journeys);
    writer.put(tally.converted_journeys);
    writer.put(static_cast<std::uint64_t>(tally.parts >> 64));
    writer.put(static_cast<std::uint64_t>(tally.parts));
    if (has_channel_values()) {
      put_sum(writer, values_[channel]);
    }
  }
  for (const auto& [key, count] : transitions_) {
    stop.check();
    writer.put(key);
    writer.put(count);
  }
  writer.put_check_sum();
}

std::optional<AttributionRule> Attribution::rule_of(std::span<const std::byte> bytes) noexcept {
  StateReader reader(bytes);
  const std::optional<AttributionRule> rule = read_rule(reader);
  return reader.is_good() ? rule : std::nullopt;
}

bool Attribution::read(std::span<const std::byte> bytes, std::pmr::memory_resource* scratch, StopToken& stop) {
  StateReader reader(bytes);
  if (read_rule(reader) != rule_) {
    return false;
  }
  touched_ = reader.number();
  touchless_ = reader.number();
  const std::uint64_t channel_count = reader.number(kNumberBytes);
  const std::uint64_t transition_count = reader.number(kNumberBytes);
  if (touched_ > kMostJourneys || touchless_ > kMostJourneys - touched_ ||
      (rule_.has_values && !read_sum(reader, touchless_value_)) ||
      (rule_.has_values && is_markov() && !read_sum(reader, touched_value_))) {
    return false;
  }
  Uint128 parts = 0;
  for (std::uint64_t channel = 0; channel < channel_count && reader.is_good(); ++channel) {
    stop.check();
    const std::string_view name = reader.text(reader.number(kNumberBytes));
    if (!reader.is_good() || number_of(name) != channel) {
      return false;
    }
    Tally& tally = tallies_[channel];
    tally.journeys = reader.number();
    tally.converted_journeys = reader.number();
    tally.parts = Uint128{reader.number()} << 64;
    tally.parts |= reader.number();
    if (tally.journeys == 0 || tally.journeys > kMostJourneys || tally.converted_journeys > tally.journeys ||
        tally.converted_journeys > touched_ || tally.parts > Uint128{tally.converted_journeys} * kWholeCredit ||
        (has_channel_values() && !read_sum(reader, values_[channel]))) {
      return false;
    }
    parts += tally.parts;
  }
  if (!reader.is_good() || parts != (is_markov() ? 0 : Uint128{touched_} * kWholeCredit) ||
      reader.left() != transition_count * kTransitionBytes) {
    return false;
  }
  for (std::uint64_t i = 0; i < transition_count; ++i) {
    stop.check();
    const std::uint64_t key = reader.number();
    const std::uint64_t count = reader.number();
    if (count == 0 || count > kMostJourneys || !transitions_.emplace(key, count).second) {
      return false;
    }
  }
  return has_even_flow(scratch, stop);
}

// As many journeys leave a channel as come to it, and all of them end. That makes the chain of any such counts one that
// ends as often with a conversion as they say.
bool Attribution::has_even_flow(std::pmr::memory_resource* scratch, StopToken& stop) const {
  std::pmr::vector<std::uint64_t> balances(channels(), scratch);  // what comes less what leaves, modulo 2^64
  std::uint64_t started = 0;
  std::uint64_t converted = 0;
  std::uint64_t lost = 0;
  for (const auto& [key, count] : transitions_) {
    stop.check();
    const std::uint32_t from = from_of(key);
    const std::uint32_t to = to_of(key);
    const bool is_possible = (from == kStart || from < channels()) && (to >= kLoss ? to != kStart : to < channels()) &&
                             from != to && (from != kStart || to < channels());
    if (!is_possible) {
      return false;
    }
    (from == kStart ? started : balances[from]) -= count;
    (to == kConversion ? converted : to == kLoss ? lost : balances[to]) += count;
  }
  for (const std::uint64_t balance : balances) {
    if (balance != 0) {
      return false;
    }
  }
  return !is_markov() ? transitions_.empty() : converted == touched_ && started + converted + lost == 0;
}

}  // namespace leadscore::funnel
