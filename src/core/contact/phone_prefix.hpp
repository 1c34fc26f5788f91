// Runs the small compiled patterns of dialling prefixes: 0, 8, 00[89], (1481)?[25-9]\d{5}$ and the like.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace leadscore::contact {

/// Digits as numbers 0 to 9.
using DigitSpan = std::span<const std::uint8_t>;

struct PrefixMatch {
  struct Group {
    std::uint8_t begin;
    std::uint8_t end;  // equal to begin if the group took no part
  };
  std::size_t size;
  std::array<Group, 2> groups;
};

/// Matches the program at an offset of phone_data::kPrefixPrograms with the beginning of at most 255 digits. As in
/// Perl's regular expressions the first choice that leads to a match wins, not the longest. Programs have no loops and
/// the generator bounds their depth, so the time is bounded.
[[nodiscard]] std::optional<PrefixMatch> match_prefix(std::uint16_t program, DigitSpan digits) noexcept;

}  // namespace leadscore::contact
