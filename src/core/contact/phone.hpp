// Phone numbers as people write them, settled to E.164 by the rules of Google's libphonenumber.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace leadscore::contact {

/// A region of the world with a numbering plan of its own; made by find_region. A region made without it is no region:
/// then only numbers in international form can be read.
class Region {
 public:
  constexpr Region() noexcept = default;

  /// Its ISO 3166 code of two capital letters (AC, TA and XK, which libphonenumber adds, among them); empty for none.
  [[nodiscard]] std::string_view iso_code() const noexcept;

  friend constexpr bool operator==(Region, Region) noexcept = default;

 private:
  friend class NumberingPlan;
  constexpr explicit Region(std::uint16_t place) noexcept : place_(place) {}

  std::uint16_t place_ = 0;  // 1 + the place among the plans
};

/// The region of a two-letter code, in small or capital letters; nothing if there is none.
[[nodiscard]] std::optional<Region> find_region(std::string_view iso_code) noexcept;

/// What a valid number is for, by its region's numbering plan.
enum class PhoneKind : std::uint8_t {
  fixed = 1,
  mobile = 2,
  fixed_or_mobile = 3,  // the plan does not tell the two apart, as in the United States
  toll_free = 4,
  premium = 5,
  shared_cost = 6,
  voip = 7,
  personal = 8,
  pager = 9,
  uan = 10,  // a company's one number for all its offices
  voicemail = 11,
};

/// The kind's name in SQL: the enumerator's.
[[nodiscard]] std::string_view name_of(PhoneKind kind) noexcept;

/// A valid number.
struct PhoneNumber {
  static constexpr std::size_t kMaxSize = 20;  // a plus and the longest that a plan allows: 19 digits, in Indonesia

  std::array<char, kMaxSize> characters{};
  std::uint8_t size = 0;
  std::uint16_t calling_code = 0;
  Region region;  // none for a number that belongs to no region, such as +800
  PhoneKind kind{};

  /// E.164: a plus, the country calling code, the national number; digits only.
  [[nodiscard]] std::string_view e164() const noexcept { return {characters.data(), size}; }
};

/// The number that a text says, if it is valid: what libphonenumber (metadata 9.0) makes of it by parse, isValidNumber
/// and formatting as E.164. Where it finds no valid number, these habits are tried, in the order of the text:
///  - the number ends where something begins that belongs to no number (words, comma, a second plus …): the first
///    valid one counts, if it has seven digits or more;
///  - spaces, dashes and invisible marks that libphonenumber does not know, and `_`, stand between digits;
///  - two numbers with only a space or `/` between them: the first;
///  - up to four digits before the number («после 18 8 916 …»), if a plus, a calling code or a prefix shows where it
///    begins;
///  - 00 is an international prefix everywhere, even behind a plus: 007 916 …;
///  - +8 for 8, where the national prefix is 8 and the calling code 7: +8 916 …;
///  - a calling code without its plus, between the countries of the former Soviet Union: 380 50 …, 7 916 …; and there
///    the prefixes 8 and 810 that once held: 8 050 … in Ukraine;
///  - `.0` behind ten digits or more, as spreadsheets leave it.
/// One or two letters between digits spoil a number (0151A 3456789): it is not cut there.
/// An extension is cut off. Letters are read as on a telephone's keys if there are three or more (1-800-FLOWERS).
/// Digits of all scripts count. The text is UTF-8 and may contain anything; of a long one only the first 250 characters
/// are read, and a number that they would cut in two is not. Needs no memory; the time is bounded.
[[nodiscard]] std::optional<PhoneNumber> parse_phone(std::string_view text, Region default_region) noexcept;

}  // namespace leadscore::contact
