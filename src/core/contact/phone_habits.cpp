// Reads numbers that libphonenumber refuses but people write: cuts a text into rows of digits and tries each.
#include "core/contact/phone_habits.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

#include "core/contact/phone_plan.hpp"
#include "core/contact/utf8.hpp"

namespace leadscore::contact {
namespace {

constexpr std::size_t kMinDigits = 7;          // fewer are rather a time, a date or a house
constexpr std::size_t kMaxDigitsBefore = 4;    // of something else in front of a number
constexpr std::size_t kMinBeforeDotZero = 10;  // a spreadsheet's number, not a price

constexpr std::size_t kMaxGap = 8;         // characters between two digits of one number
constexpr std::size_t kMaxBeforeHash = 6;  // digits of an extension: 123-4567 - 503#

constexpr std::uint16_t kRussia = 7;  // and Kazakhstan

enum class Part : std::uint8_t { digit, plus, space, slash, joint, end };

constexpr bool is_between(char32_t c, char32_t first, char32_t last) noexcept { return c >= first && c <= last; }

// Wider than what libphonenumber lets stand in a number: all spaces, dashes, and marks that cannot be seen.
Part part_of(char32_t c) noexcept {
  if (digit_value(c)) {
    return Part::digit;
  }
  if (is_plus(c)) {
    return Part::plus;
  }
  if (c == ' ' || c == '\t' || c == 0x00A0 || c == 0x1680 || is_between(c, 0x2000, 0x200A) || c == 0x202F ||
      c == 0x205F || c == 0x3000) {
    return Part::space;
  }
  if (c == '/' || c == U'／') {
    return Part::slash;
  }
  const bool is_dash = c == '-' || is_between(c, 0x2010, 0x2015) || c == 0x2043 || c == 0x2053 || c == 0x2212 ||
                       c == 0x223C || c == 0x30FC || c == 0xFE58 || c == 0xFE63 || c == 0xFF0D;
  const bool is_invisible = c == 0x00AD || c == 0x061C || is_between(c, 0x200B, 0x200F) ||
                            is_between(c, 0x202A, 0x202E) || is_between(c, 0x2060, 0x2069) || c == 0xFEFF;
  constexpr std::u32string_view kOthers = U"().[]*_'\"’·•（）．［］";
  const bool is_joint = is_dash || is_invisible || kOthers.find(c) != std::u32string_view::npos;
  return is_joint ? Part::joint : Part::end;
}

// The calling codes between which people leave out the plus.
bool is_former_soviet(std::uint16_t code) noexcept {
  constexpr std::array<std::uint16_t, 14> kCodes{7, 370, 371, 372, 373, 374, 375, 380, 992, 993, 994, 995, 996, 998};
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

std::optional<PhoneNumber> parse_former_soviet(DigitSpan digits, const phone_data::Plan& plan, Region region) noexcept {
  if (!is_former_soviet(plan.calling_code)) {
    return {};
  }
  if (digits.size() == 11 || digits.size() == 12) {
    const std::optional<PhoneNumber> number = parse_digits(digits, true, region);
    if (number && is_former_soviet(number->calling_code)) {
      return number;
    }
  }
  // 8~10 led out of the country; where it still does, and where 8 still is the national prefix, the plan knows it.
  if (digits[0] == 8 && digits[1] == 1 && digits[2] == 0) {
    return parse_digits(digits.subspan(3), true, region);
  }
  if (digits[0] == 8 && plan.calling_code != kRussia) {
    const std::optional<PhoneNumber> number = parse_digits(digits.subspan(1), false, region);
    if (number && number->calling_code == plan.calling_code) {
      return number;
    }
  }
  return {};
}

std::optional<PhoneNumber> parse_piece(DigitSpan digits, bool has_plus, Region region) noexcept {
  if (digits.size() < kMinDigits) {
    return {};
  }
  if (const auto number = parse_digits(digits, has_plus, region)) {
    return number;
  }
  if (digits[0] == 0 && digits[1] == 0) {
    return parse_digits(digits.subspan(2), true, region);
  }
  const phone_data::Plan* plan = NumberingPlan::of(region);
  if (plan == nullptr) {
    return {};
  }
  if (!has_plus) {
    return parse_former_soviet(digits, *plan, region);
  }
  const bool is_plus_for_nothing = plan->calling_code == kRussia && digits.size() == 11 && digits[0] == 8;
  return is_plus_for_nothing ? parse_digits(digits, false, region) : std::nullopt;
}

// Whether a number shows where it begins: it has more digits than the national number alone.
bool has_explicit_beginning(const PhoneNumber& number, std::size_t digits) noexcept {
  const std::size_t code = number.calling_code >= 100 ? 3 : number.calling_code >= 10 ? 2 : 1;
  return digits > number.size - 1 - code;
}

// Digits with nothing between them that ends a number.
class Row {
 public:
  void append(Part part, char32_t character) noexcept {
    switch (part) {
      case Part::digit:
        ends_in_dot_zero_ = character == '0' && last_ == '.';
        group_size_ = digit_value(last_) ? group_size_ + 1 : 1;
        is_group_apart_ = group_size_ > 1 ? is_group_apart_ : last_ == ' ' || last_ == '-';
        if (dial_.digits().size() < kMaxDigits) {
          before_[dial_.digits().size()] = before_next_;
        }
        before_next_ = {};
        dial_.append(*digit_value(character));
        break;
      case Part::plus:
        before_next_.plus = true;
        break;
      case Part::space:
        before_next_.space = true;
        break;
      case Part::slash:
        before_next_.slash = true;
        break;
      default:
        break;
    }
    last_ = character;
  }

  // For a row that ends in #: its last digits are an extension.
  void drop_extension() noexcept {
    if (is_group_apart_ && group_size_ <= kMaxBeforeHash && digit_value(last_) && !dial_.is_too_long()) {
      dial_.drop_last(group_size_);
    }
  }

  [[nodiscard]] std::optional<PhoneNumber> parse(Region region) const noexcept {
    if (dial_.is_too_long() || dial_.digits().size() < kMinDigits) {
      return {};
    }
    // 10:00 8 495 … ends in a time, not in an international prefix.
    if (starts_with_zeros() && before_[2].is_break()) {
      if (const auto number = parse_after_other_digits(region)) {
        return number;
      }
    }
    if (const auto number = parse_between(0, size(), region)) {
      return number;
    }
    if (ends_in_dot_zero_ && size() > kMinBeforeDotZero) {
      if (const auto number = parse_between(0, size() - 1, region)) {
        return number;
      }
    }
    if (const auto number = parse_first_of_two(region)) {
      return number;
    }
    return parse_after_other_digits(region);
  }

 private:
  // What stood before a digit.
  struct Before {
    bool plus = false;
    bool space = false;
    bool slash = false;
    [[nodiscard]] bool is_break() const noexcept { return plus || space || slash; }
  };

  [[nodiscard]] std::size_t size() const noexcept { return dial_.digits().size(); }

  [[nodiscard]] bool starts_with_zeros() const noexcept { return dial_.digits()[0] == 0 && dial_.digits()[1] == 0; }

  [[nodiscard]] std::optional<PhoneNumber> parse_between(std::size_t begin, std::size_t end,
                                                         Region region) const noexcept {
    const auto inner = std::span(before_).first(end).subspan(begin + 1);
    if (std::any_of(inner.begin(), inner.end(), [](const Before& before) { return before.plus; })) {
      return {};
    }
    return parse_piece(dial_.digits().first(end).subspan(begin), before_[begin].plus, region);
  }

  [[nodiscard]] std::optional<PhoneNumber> parse_first_of_two(Region region) const noexcept {
    for (std::size_t i = kMinDigits; i < size(); ++i) {
      const Before& before = before_[i];
      if (!before.is_break()) {
        continue;
      }
      if (const auto number = parse_between(0, i, region)) {
        if (before.plus || before.slash || parse_between(i, size(), region)) {
          return number;
        }
      }
    }
    return {};
  }

  [[nodiscard]] std::optional<PhoneNumber> parse_after_other_digits(Region region) const noexcept {
    for (std::size_t i = 1; i <= kMaxDigitsBefore; ++i) {
      if (!before_[i].is_break()) {
        continue;
      }
      const auto number = parse_between(i, size(), region);
      if (number && (before_[i].plus || has_explicit_beginning(*number, size() - i))) {
        return number;
      }
    }
    return {};
  }

  DialString dial_;
  std::array<Before, kMaxDigits> before_;
  Before before_next_;
  char32_t last_ = 0;
  std::size_t group_size_ = 0;   // digits since something else
  bool is_group_apart_ = false;  // what stood before them is a space or a dash
  bool ends_in_dot_zero_ = false;
};

// 0151A 3456789: how many stray letters at a place stand between digits, so that they do not end the number but spoil
// it. A word does end it.
std::size_t stray_letters(PhoneCharacters characters, std::size_t begin) noexcept {
  constexpr std::size_t kMaxLetters = 2;
  const auto is_letter = [](char32_t c) { return is_between(c | 0x20U, 'a', 'z'); };
  std::size_t end = begin;
  while (end < characters.size() && is_letter(characters[end])) {
    ++end;
  }
  const bool follows_digit = begin > 0 && digit_value(characters[begin - 1]);
  if (end == begin || end - begin > kMaxLetters || !follows_digit) {
    return 0;
  }
  for (std::size_t i = end; i < characters.size(); ++i) {
    const Part part = part_of(characters[i]);
    if (part == Part::digit) {
      return end - begin;
    }
    if (part != Part::joint && part != Part::space) {
      return 0;
    }
  }
  return 0;
}

}  // namespace

std::optional<PhoneNumber> parse_by_habit(const PhoneText& text, Region region) noexcept {
  const PhoneCharacters characters = text.characters();
  std::size_t i = 0;
  while (i < characters.size()) {
    if (!is_plus(characters[i]) && !digit_value(characters[i])) {
      ++i;
      continue;
    }
    Row row;
    bool is_spoilt = false;
    std::size_t gap = 0;
    for (; i < characters.size() && gap <= kMaxGap; ++i) {
      const Part part = part_of(characters[i]);
      gap = part == Part::digit ? 0 : gap + 1;
      if (part != Part::end) {
        row.append(part, characters[i]);
        continue;
      }
      const std::size_t stray = stray_letters(characters, i);
      if (stray == 0) {
        break;
      }
      is_spoilt = true;
      i += stray - 1;
    }
    if (i + 1 == characters.size() && characters[i] == '#') {
      row.drop_extension();
    }
    const bool may_go_on = i == characters.size() && text.is_cut();
    if (may_go_on) {
      return {};
    }
    if (!is_spoilt) {
      if (const auto number = row.parse(region)) {
        return number;
      }
    }
  }
  return {};
}

}  // namespace leadscore::contact
