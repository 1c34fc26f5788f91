// Whether a person, and not a bot or a joke, filled a form: signals against it, and what they come to.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/contact/email_kind.hpp"

namespace leadscore::contact {

/// Signs that a form was not filled by a person who wants to be reached. Heaviest first.
enum class Signal : std::uint8_t {
  joke_name,
  keyboard_walk_name,
  address_in_name,
  disposable_email,
  repeated_letters,
  gibberish_name,
  name_without_letters,
  fields_equal,
  joke_email,
  repeated_phone_digits,
  consecutive_phone_digits,
  overlong_name,
  digits_in_name,
  impossible_phone,
  invalid_email,
  single_letter_name,
  keyboard_walk_email,
  nickname_with_digits,
  gibberish_email,
  name_equals_email,
  lower_case_name,
  mixed_scripts,
  role_email,
  wrong_keyboard_layout,
  free_email,
};

inline constexpr std::size_t kSignals = 25;

/// The name in SQL: the enumerator's.
std::string_view name_of(Signal signal) noexcept;

/// By how much the signal lowers the log-odds that the form is genuine; positive. A judgement, not learned from data.
double weight_of(Signal signal) noexcept;

/// What the signal is and why it weighs what it does, in a sentence for the documentation.
std::string_view reason_of(Signal signal) noexcept;

/// A set of signals; iterates from the heaviest to the lightest.
class Signals {
 public:
  class Iterator {
   public:
    constexpr explicit Iterator(std::uint32_t bits) noexcept : bits_(bits) {}
    constexpr Signal operator*() const noexcept { return static_cast<Signal>(std::countr_zero(bits_)); }
    constexpr Iterator& operator++() noexcept {
      bits_ &= bits_ - 1;
      return *this;
    }
    friend constexpr bool operator==(Iterator, Iterator) noexcept = default;

   private:
    std::uint32_t bits_;
  };

  constexpr void add(Signal signal) noexcept { bits_ |= bit(signal); }
  constexpr void add_if(bool holds, Signal signal) noexcept { bits_ |= holds ? bit(signal) : 0; }
  [[nodiscard]] constexpr bool contains(Signal signal) const noexcept { return (bits_ & bit(signal)) != 0; }
  [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return static_cast<std::size_t>(std::popcount(bits_)); }
  [[nodiscard]] constexpr Iterator begin() const noexcept { return Iterator(bits_); }
  [[nodiscard]] constexpr Iterator end() const noexcept { return Iterator(0); }
  friend constexpr bool operator==(Signals, Signals) noexcept = default;

 private:
  static constexpr std::uint32_t bit(Signal signal) noexcept { return 1U << static_cast<unsigned>(signal); }

  std::uint32_t bits_ = 0;
};

/// The bytes of each field that are looked at; what lies behind them has no influence, but for a name's being longer.
inline constexpr std::size_t kLookedAt = 256;

/// What somebody entered, and what only the caller can know, who has the tables and their overrides. What is nothing is
/// unknown and no signal; a field of white space only is taken as not given, and what the caller says of it is ignored.
struct ContactFields {
  std::optional<std::string_view> name;
  std::optional<std::string_view> email;
  std::optional<std::string_view> phone;
  std::optional<EmailKind> email_kind;  // `invalid` if it is no address
  std::optional<bool> email_is_role;    // is_role of its local part
  std::optional<bool> phone_is_valid;   // whether parse_phone finds a number
};

/// Whether any of name, email and phone is given.
bool has_contact(const ContactFields& fields) noexcept;

/// The signals that the fields show. A field that is missing shows none. Takes any bytes: what is not UTF-8 separates
/// words. Constant time and no memory: of each field the first kLookedAt bytes, of a name the first 16 words. Words are
/// judged in Latin, Greek and Cyrillic letters; the case of a name too; gibberish only in plain English and Russian
/// letters (gibberish.hpp).
///
/// The rules, by field:
///  - name: a joke's (joke_names.inc: тест, Вася Пупкин, John Doe); a URL or an e-mail address in it; a keyboard walk
///    (keyboard.hpp; ten digits or more are no walk but a telephone number); one letter four times in a row, only one
///    letter, or the same two or three letters three times (хахаха); gibberish, unless the other keyboard layout makes
///    a plausible word of it, which is wrong_keyboard_layout; no letters at all; digits; one letter; no capital letter;
///    Latin, Greek and Cyrillic letters in one word; longer than kLookedAt bytes. A word that is a joke, a walk or
///    repeated is not called gibberish too.
///  - email: its kind and role; a local part that is a joke's (test@), a keyboard walk (the same), repeated, gibberish
///    of at least 8 letters (with two letters at either end left out if that is better, for they may be initials);
///    letters and then four digits or more that are no date or year (SuperDrakon12345@).
///  - phone: not valid; seven equal digits in a row, or two digits five times; seven digits in a row each one more or
///    each one less than the one before (0 follows 9).
///  - together: two fields with the same text; a name that is the mailbox before the @, unless it is one word of
///    letters with a capital first (Ivan, ivan@).
Signals contact_signals(const ContactFields& fields) noexcept;

/// The log-odds that a form without signals is genuine: 0.982.
inline constexpr double kGenuineLogOdds = 4;

/// 1 / (1 + exp(-(kGenuineLogOdds - sum of the weights))): between 0 and 1 and never either, lower with each signal.
double contact_validity(Signals signals) noexcept;

/// The same of fields; nothing if none of name, email and phone is given, for of nothing nothing can be said.
std::optional<double> contact_validity(const ContactFields& fields) noexcept;

}  // namespace leadscore::contact
