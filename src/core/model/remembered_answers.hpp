// What a condition said of texts that came lately, for columns in which few texts come again and again.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/model/condition.hpp"
#include "core/text_dictionary.hpp"

namespace leadscore::model {

/// Answers of one condition that depends on one text and nothing else. Holds up to 64 of them in 8 kB; of two texts of
/// one place the later stays. A text longer than kLongestText bytes is never held. O(size of the text); nothing throws.
class RememberedAnswers {
 public:
  static constexpr std::size_t kLongestText = 125;

  /// What keep() was last told of this text, byte by byte; nothing if that is forgotten, or it was never told.
  [[nodiscard]] std::optional<Truth> find(std::string_view text) const noexcept {
    if (text.size() > kLongestText) {
      return std::nullopt;
    }
    const Place& place = places_[place_of(text)];
    const bool is_here = place.is_taken && std::string_view(place.text, place.size) == text;
    return is_here ? std::optional(place.answer) : std::nullopt;
  }

  void keep(std::string_view text, Truth answer) noexcept {
    if (text.size() > kLongestText) {
      return;
    }
    Place& place = places_[place_of(text)];
    place.is_taken = true;
    place.answer = answer;
    place.size = static_cast<std::uint8_t>(text.size());
    std::copy(text.begin(), text.end(), place.text);
  }

 private:
  struct Place {
    bool is_taken = false;
    Truth answer = Truth::unknown;
    std::uint8_t size = 0;
    char text[kLongestText] = {};
  };
  static constexpr std::size_t kPlaces = 64;

  static std::size_t place_of(std::string_view text) noexcept { return text_hash(text) % kPlaces; }

  std::array<Place, kPlaces> places_{};
};

}  // namespace leadscore::model
