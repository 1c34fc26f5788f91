// Phone numbers: regions, kinds, and the way from a text to a number.
#include "core/contact/phone.hpp"

#include "core/contact/phone_data.hpp"
#include "core/contact/phone_habits.hpp"
#include "core/contact/phone_plan.hpp"
#include "core/contact/phone_text.hpp"

namespace leadscore::contact {
namespace {

// The digits of a text of ASCII digits, simple punctuation and at most a plus in front, which is how nearly all numbers
// are written; nothing for any other. Must agree with read_dial_string, which is slower.
std::optional<DialString> read_simple(std::string_view text) noexcept {
  DialString dial;
  if (text.size() > PhoneText::kMaxCharacters) {
    return {};
  }
  for (const char c : text) {
    switch (c) {
      case '0':
      case '1':
      case '2':
      case '3':
      case '4':
      case '5':
      case '6':
      case '7':
      case '8':
      case '9':
        dial.append(static_cast<std::uint8_t>(c - '0'));
        break;
      case '+':
        if (dial.has_plus || !dial.digits().empty()) {
          return {};
        }
        dial.has_plus = true;
        break;
      case ' ':
      case '-':
      case '(':
      case ')':
      case '.':
        break;
      default:
        return {};
    }
  }
  constexpr std::size_t kMinDigits = 3;
  return dial.is_too_long() || dial.digits().size() < kMinDigits ? std::nullopt : std::optional(dial);
}

}  // namespace

std::string_view Region::iso_code() const noexcept {
  const phone_data::Plan* plan = NumberingPlan::of(*this);
  return plan == nullptr ? std::string_view() : std::string_view(plan->iso, 2);
}

std::optional<Region> find_region(std::string_view iso_code) noexcept {
  if (iso_code.size() != 2) {
    return {};
  }
  std::size_t index = 0;
  for (const char c : iso_code) {
    const char capital = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (capital < 'A' || capital > 'Z') {
      return {};
    }
    index = index * 26 + static_cast<std::size_t>(capital - 'A');
  }
  const std::uint16_t place = phone_data::kIsoIndex[index];
  return place == 0 ? std::nullopt : std::optional(NumberingPlan::region_at(place - 1U));
}

std::string_view name_of(PhoneKind kind) noexcept {
  switch (kind) {
    case PhoneKind::fixed:
      return "fixed";
    case PhoneKind::mobile:
      return "mobile";
    case PhoneKind::fixed_or_mobile:
      return "fixed_or_mobile";
    case PhoneKind::toll_free:
      return "toll_free";
    case PhoneKind::premium:
      return "premium";
    case PhoneKind::shared_cost:
      return "shared_cost";
    case PhoneKind::voip:
      return "voip";
    case PhoneKind::personal:
      return "personal";
    case PhoneKind::pager:
      return "pager";
    case PhoneKind::uan:
      return "uan";
    case PhoneKind::voicemail:
      return "voicemail";
  }
  return {};
}

std::optional<PhoneNumber> parse_phone(std::string_view text, Region default_region) noexcept {
  if (const std::optional<DialString> simple = read_simple(text)) {
    if (const auto number = parse_digits(simple->digits(), simple->has_plus, default_region)) {
      return number;
    }
    return parse_by_habit(PhoneText(text), default_region);
  }
  const PhoneText decoded(text);
  if (!decoded.has_invalid() && !decoded.is_cut()) {
    const std::optional<DialString> dial = read_dial_string(decoded.characters());
    if (dial && (dial->has_plus || NumberingPlan::of(default_region) != nullptr)) {
      if (const auto number = parse_digits(dial->digits(), dial->has_plus, default_region)) {
        return number;
      }
    }
  }
  return parse_by_habit(decoded, default_region);
}

}  // namespace leadscore::contact
