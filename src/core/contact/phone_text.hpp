// Reads the digits that are to be dialled out of a text, by libphonenumber's rules of what may stand in a number.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/contact/phone_plan.hpp"

namespace leadscore::contact {

/// The code points of a text.
using PhoneCharacters = std::span<const char32_t>;

/// The beginning of a text, decoded; as much of it as can hold a number.
class PhoneText {
 public:
  static constexpr std::size_t kMaxCharacters = 250;

  explicit PhoneText(std::string_view text) noexcept;

  [[nodiscard]] PhoneCharacters characters() const noexcept { return {characters_.data(), size_}; }
  /// Not all of it is UTF-8; such bytes are utf8.hpp's kInvalid among the characters.
  [[nodiscard]] bool has_invalid() const noexcept { return has_invalid_; }
  /// The text goes on behind the characters.
  [[nodiscard]] bool is_cut() const noexcept { return is_cut_; }

 private:
  std::array<char32_t, kMaxCharacters> characters_;  // the first `size_` are ever read
  std::size_t size_ = 0;
  bool has_invalid_ = false;
  bool is_cut_ = false;
};

/// Digits to dial.
class DialString {
 public:
  void append(std::uint8_t digit) noexcept {
    if (size_ == kMaxDigits) {
      is_too_long_ = true;
    } else {
      digits_[size_++] = digit;
    }
  }

  /// At most as many as there are.
  void drop_last(std::size_t count) noexcept { size_ -= count; }

  bool has_plus = false;
  [[nodiscard]] DigitSpan digits() const noexcept { return {digits_.data(), size_}; }
  /// More digits came than any number has.
  [[nodiscard]] bool is_too_long() const noexcept { return is_too_long_; }

 private:
  std::array<std::uint8_t, kMaxDigits> digits_;  // the first `size_` are ever read
  std::size_t size_ = 0;
  bool is_too_long_ = false;
};

/// The value of a decimal digit of any script (Unicode's category Nd); nothing for other characters.
[[nodiscard]] std::optional<std::uint8_t> digit_value(char32_t character) noexcept;

/// A plus sign, ASCII or full-width.
[[nodiscard]] constexpr bool is_plus(char32_t character) noexcept { return character == '+' || character == U'＋'; }

/// The digits that a text in the form of a phone number says: what stands before the first digit or plus is skipped, an
/// extension is cut off, letters are read as on a telephone's keys if there are three or more, and the parameters of
/// RFC 3966 (`tel:`) are followed. Nothing if it is not in that form.
[[nodiscard]] std::optional<DialString> read_dial_string(PhoneCharacters text) noexcept;

}  // namespace leadscore::contact
