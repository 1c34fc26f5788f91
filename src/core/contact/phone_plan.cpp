// What a row of digits means by the numbering plans, in the steps and the order of libphonenumber's parser.
#include "core/contact/phone_plan.hpp"

#include <algorithm>
#include <array>

namespace leadscore::contact {
namespace {

using phone_data::CallingCode;
using phone_data::kCallingCodeIndex;
using phone_data::kCallingCodes;
using phone_data::kPlans;
using phone_data::kStates;
using phone_data::Plan;

constexpr std::size_t kMinNationalDigits = 2;
constexpr std::size_t kMaxNationalDigits = 17;

unsigned label_of(std::uint16_t state, DigitSpan digits) noexcept {
  for (const std::uint8_t digit : digits) {
    if (state == 0) {
      break;
    }
    state = kStates[state].next[digit];
  }
  return kStates[state].label;
}

bool matches_general_pattern(const Plan& plan, DigitSpan digits) noexcept {
  return (label_of(plan.automaton, digits) & phone_data::kGeneral) != 0;
}

bool is_longer_than_any(const Plan& plan, DigitSpan digits) noexcept {
  return digits.size() > kMaxNationalDigits || plan.lengths >> digits.size() == 0;
}

bool is_length_of(const Plan& plan, DigitSpan digits) noexcept {
  return digits.size() <= kMaxNationalDigits && (plan.lengths >> digits.size() & 1U) != 0;
}

// A number without its national prefix: a part of the original, or, where the plan has a rule, a new row of digits.
class NationalNumber {
 public:
  NationalNumber(const Plan& plan, DigitSpan digits) noexcept : digits_(digits) {
    if (plan.national_prefix == 0 || digits.empty()) {
      return;
    }
    const std::optional<PrefixMatch> match = match_prefix(plan.national_prefix, digits);
    if (!match) {
      return;
    }
    DigitSpan stripped = digits.subspan(match->size);
    if (plan.transform != 0) {
      const PrefixMatch::Group& last = match->groups[plan.national_prefix_groups - 1U];
      if (last.begin != last.end) {
        stripped = transformed(plan, digits, *match);
      }
    }
    if (stripped.size() == digits.size() && stripped.data() == digits.data()) {
      return;
    }
    if (matches_general_pattern(plan, digits) && !matches_general_pattern(plan, stripped)) {
      return;
    }
    digits_ = stripped;
  }

  NationalNumber(const NationalNumber&) = delete;
  NationalNumber& operator=(const NationalNumber&) = delete;

  [[nodiscard]] DigitSpan digits() const noexcept { return digits_; }

 private:
  DigitSpan transformed(const Plan& plan, DigitSpan digits, const PrefixMatch& match) noexcept {
    std::size_t size = 0;
    const auto append = [&](DigitSpan part) {
      const std::size_t fitting = std::min(part.size(), own_.size() - size);
      std::copy_n(part.begin(), fitting, own_.begin() + size);
      size += fitting;
    };
    for (const char* rule = &phone_data::kTransforms[plan.transform]; *rule != 0; ++rule) {
      if (*rule == '$') {
        const PrefixMatch::Group& group = match.groups[static_cast<std::size_t>(*++rule - '1')];
        append(digits.subspan(group.begin, static_cast<std::size_t>(group.end - group.begin)));
      } else {
        const auto digit = static_cast<std::uint8_t>(*rule - '0');
        append({&digit, 1});
      }
    }
    append(digits.subspan(match.size));
    return {own_.data(), size};
  }

  DigitSpan digits_;
  std::array<std::uint8_t, kMaxDigits + 16> own_;  // written before it is read
};

struct International {
  const CallingCode* code = nullptr;
  DigitSpan rest;
};

// Splits digits that begin with a calling code.
std::optional<International> split_calling_code(DigitSpan digits) noexcept {
  if (digits.size() <= kMinNationalDigits || digits[0] == 0) {
    return {};
  }
  std::size_t code = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    code = code * 10 + digits[i];
    if (kCallingCodeIndex[code] != 0) {
      return International{&kCallingCodes[kCallingCodeIndex[code]], digits.subspan(i + 1)};
    }
  }
  return {};
}

std::optional<DigitSpan> strip_international_prefix(const Plan& plan, DigitSpan digits) noexcept {
  if (plan.international_prefix == 0) {
    return {};
  }
  const std::optional<PrefixMatch> match = match_prefix(plan.international_prefix, digits);
  // No calling code begins with 0.
  if (!match || (match->size < digits.size() && digits[match->size] == 0)) {
    return {};
  }
  return digits.subspan(match->size);
}

PhoneNumber number_of(const CallingCode& code, DigitSpan national, unsigned label) noexcept {
  PhoneNumber number;
  char* end = number.characters.data();
  *end++ = '+';
  for (unsigned unit = code.code >= 100 ? 100 : code.code >= 10 ? 10 : 1; unit != 0; unit /= 10) {
    *end++ = static_cast<char>('0' + code.code / unit % 10);
  }
  for (const std::uint8_t digit : national) {
    *end++ = static_cast<char>('0' + digit);
  }
  number.size = static_cast<std::uint8_t>(end - number.characters.data());
  number.calling_code = code.code;
  number.region = NumberingPlan::region_at(code.is_shared != 0 ? label >> phone_data::kPlanShift : code.main_plan);
  number.kind = static_cast<PhoneKind>(label & phone_data::kKindMask);
  return number;
}

// The last step: a national number, less its national prefix by the plan of the calling code, is judged.
std::optional<PhoneNumber> judge(const Plan& plan, const CallingCode& code, DigitSpan national) noexcept {
  if (national.size() < kMinNationalDigits) {
    return {};
  }
  const NationalNumber stripped(plan, national);
  if (is_length_of(plan, stripped.digits()) || is_longer_than_any(plan, stripped.digits())) {
    national = stripped.digits();
  }
  if (national.size() > kMaxNationalDigits) {
    return {};
  }
  const unsigned label = label_of(code.automaton, national);
  if ((label & phone_data::kKindMask) == 0) {
    return {};
  }
  return number_of(code, national, label);
}

}  // namespace

std::optional<PhoneNumber> parse_digits(DigitSpan digits, bool has_plus, Region region) noexcept {
  const Plan* plan = NumberingPlan::of(region);
  std::optional<International> international;
  if (has_plus) {
    if (digits.size() <= kMinNationalDigits) {
      return {};
    }
    international = split_calling_code(digits);
  }
  // +00 … is taken for 00 …
  if (!international && plan != nullptr) {
    if (const std::optional<DigitSpan> dialled = strip_international_prefix(*plan, digits)) {
      international = split_calling_code(*dialled);
      has_plus = true;
    }
  }
  if (international) {
    const CallingCode& code = *international->code;
    // A region's own plan holds only if it is the code's main one, as for Kazakhstan it is Russia's.
    return judge(kPlans[code.main_plan], code, international->rest);
  }
  if (has_plus || plan == nullptr) {
    return {};
  }
  const CallingCode& code = kCallingCodes[kCallingCodeIndex[plan->calling_code]];
  // 7 495 123 45 67, written in Russia without the plus: the calling code goes if that makes a better number.
  if (const std::optional<International> own = split_calling_code(digits); own && own->code == &code) {
    const NationalNumber rest(*plan, own->rest);
    const bool is_better = !matches_general_pattern(*plan, digits) && matches_general_pattern(*plan, rest.digits());
    if (is_better || is_longer_than_any(*plan, digits)) {
      return judge(kPlans[code.main_plan], code, rest.digits());
    }
  }
  return judge(*plan, code, digits);
}

}  // namespace leadscore::contact
