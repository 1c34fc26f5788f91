// Which channels earned the conversions: what is known of the journeys so far, and the credit of each channel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/funnel/attribution_model.hpp"
#include "core/funnel/touch.hpp"
#include "core/funnel/wide_sum.hpp"
#include "core/stop_token.hpp"
#include "core/text_dictionary.hpp"

namespace leadscore::funnel {

/// What one lead did.
struct Journey {
  std::span<Touch> touches;  // in any order; get sorted. Those after the conversion do not count
  std::optional<Instant> converted_at;
  double value = 1;  // of the conversion: finite
};

/// A channel's part in the result.
struct ChannelCredit {
  std::optional<std::uint32_t> channel;  // its number; nothing for the conversions that no touch led to
  double conversions_credit = 0;
  double value_credit = 0;
  std::optional<double> share;           // of all conversions; nothing if there are none
  std::optional<double> removal_effect;  // by the Markov model, if there are conversions that touches led to
  std::uint64_t journeys = 0;            // with a touch of it
  std::uint64_t converted_journeys = 0;  // those of them that converted
};

/// Each conversion is split into 2^60 parts and its value in the same proportion. Parts are counted, values summed up
/// without rounding, so that the result depends on no order and on no split of the journeys, to the last bit.
class Attribution {
 public:
  static constexpr std::size_t kMostChannels = 100'000;
  static constexpr std::size_t kMostMarkovChannels = 1'000;
  static constexpr std::size_t kMostNameBytes = std::size_t{1} << 26;  // of all channels
  static constexpr std::uint64_t kMostJourneys = std::uint64_t{1} << 53;

  Attribution(const AttributionRule& rule, std::pmr::memory_resource* memory)
      : rule_(rule), names_(memory), tallies_(memory), values_(memory), transitions_(memory), places_(memory) {}

  [[nodiscard]] const AttributionRule& rule() const noexcept { return rule_; }
  [[nodiscard]] std::size_t channels() const noexcept { return names_.size(); }
  [[nodiscard]] std::string_view name(std::uint32_t channel) const noexcept { return names_.text(channel); }

  /// Adds a journey. These two throw Error(limit_exceeded) beyond the limits, Cancelled if asked to stop, and what the
  /// memory resources throw; the state is of no use then.
  void add(const Journey& journey, std::pmr::memory_resource* scratch, StopToken& stop);
  /// Adds all journeys of another of the same rule.
  void merge(const Attribution& other, std::pmr::memory_resource* scratch, StopToken& stop);

  /// How many rows the result has.
  [[nodiscard]] std::size_t row_count() const noexcept { return channels() + (touchless_ > 0 ? 1 : 0); }
  /// Fills them, row_count() rows as they are made: the channels with the greatest credit first, those of equal credit
  /// by their bytes; last what no touch led to. The credits add up exactly, see round_credits(). Throws
  /// Error(out_of_range) if the values sum up beyond the range of doubles, Cancelled, and what the memory resource
  /// throws.
  void write_rows(std::span<ChannelCredit> rows, std::pmr::memory_resource* scratch, StopToken& stop) const;

  /// The state as bytes, byte_size() of them.
  [[nodiscard]] std::size_t byte_size() const noexcept;
  void write(std::span<std::byte> bytes, StopToken& stop) const;
  /// The rule that bytes of a state begin with, if they do.
  [[nodiscard]] static std::optional<AttributionRule> rule_of(std::span<const std::byte> bytes) noexcept;
  /// Takes the place of an empty state of that rule. False, and of no use any more, if no journeys lead to such bytes.
  /// Throws as add().
  [[nodiscard]] bool read(std::span<const std::byte> bytes, std::pmr::memory_resource* scratch, StopToken& stop);

 private:
  struct Tally {  // of a channel
    std::uint64_t journeys = 0;
    std::uint64_t converted_journeys = 0;
    Uint128 parts = 0;  // of all conversions that touches led to, by models other than Markov's
  };
  struct ExactCredits {  // of the rows of the result
    std::pmr::vector<Uint128> parts;
    std::pmr::vector<WideSum> values;
  };
  // From a channel, or the start, to another, or an end.
  using Transitions = std::pmr::unordered_map<std::uint64_t, std::uint64_t>;
  using Numbers = std::pmr::vector<std::uint32_t>;

  static constexpr std::uint32_t kStart = 0xFFFFFFFF;
  static constexpr std::uint32_t kConversion = 0xFFFFFFFE;
  static constexpr std::uint32_t kLoss = 0xFFFFFFFD;

  static constexpr std::uint64_t transition(std::uint32_t from, std::uint32_t to) noexcept {
    return std::uint64_t{from} << 32 | to;
  }
  static constexpr std::uint32_t from_of(std::uint64_t transition) noexcept {
    return static_cast<std::uint32_t>(transition >> 32);
  }
  static constexpr std::uint32_t to_of(std::uint64_t transition) noexcept {
    return static_cast<std::uint32_t>(transition);
  }

  [[nodiscard]] bool is_markov() const noexcept { return rule_.model == AttributionModel::markov; }
  [[nodiscard]] bool has_channel_values() const noexcept { return rule_.has_values && !is_markov(); }
  [[nodiscard]] std::uint64_t conversions() const noexcept { return touched_ + touchless_; }

  std::uint32_t number_of(std::string_view channel);
  void count_transitions(const Numbers& path, bool is_converted, StopToken& stop);
  void credit_channels(std::span<const Touch> touches, double value, const Numbers& path, const Numbers& distinct,
                       std::pmr::memory_resource* scratch, StopToken& stop);
  [[nodiscard]] bool has_even_flow(std::pmr::memory_resource* scratch, StopToken& stop) const;
  [[nodiscard]] Numbers in_order(std::pmr::memory_resource* scratch, StopToken& stop) const;
  [[nodiscard]] std::pmr::vector<double> removal_effects(const Numbers& order, std::pmr::memory_resource* scratch,
                                                         StopToken& stop) const;
  void split_by_removal_effects(const Numbers& order, std::span<ChannelCredit> rows, ExactCredits& credits,
                                std::pmr::memory_resource* scratch, StopToken& stop) const;
  void round_rows(const ExactCredits& credits, std::span<ChannelCredit> rows, std::pmr::memory_resource* scratch,
                  StopToken& stop) const;

  AttributionRule rule_;
  std::uint64_t touched_ = 0;    // conversions that touches led to
  std::uint64_t touchless_ = 0;  // the others
  WideSum touched_value_;        // for Markov's model
  WideSum touchless_value_;
  TextDictionary names_;
  std::size_t name_bytes_ = 0;
  std::pmr::vector<Tally> tallies_;   // by channel
  std::pmr::vector<WideSum> values_;  // the same, where conversions have values of their own; but for Markov's model
  Transitions transitions_;           // for Markov's model
  Numbers places_;                    // of each channel among those of the journey at hand, from 1; 0 otherwise
};

}  // namespace leadscore::funnel
