// Writes one phone number in the ways in which people write it: what libphonenumber formats, and that made messy.
#pragma once

#include <phonenumbers/phonenumberutil.h>

#include <cstddef>
#include <cctype>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace leadscore::test {

/// What libphonenumber takes a number for, by our name for it; empty if it does not know.
inline std::string_view kind_name(const i18n::phonenumbers::PhoneNumber& number) {
  using Util = i18n::phonenumbers::PhoneNumberUtil;
  switch (Util::GetInstance()->GetNumberType(number)) {
    case Util::FIXED_LINE:
      return "fixed";
    case Util::MOBILE:
      return "mobile";
    case Util::FIXED_LINE_OR_MOBILE:
      return "fixed_or_mobile";
    case Util::TOLL_FREE:
      return "toll_free";
    case Util::PREMIUM_RATE:
      return "premium";
    case Util::SHARED_COST:
      return "shared_cost";
    case Util::VOIP:
      return "voip";
    case Util::PERSONAL_NUMBER:
      return "personal";
    case Util::PAGER:
      return "pager";
    case Util::UAN:
      return "uan";
    case Util::VOICEMAIL:
      return "voicemail";
    default:
      return "";
  }
}

struct PhoneForm {
  bool is_plain = false;  // as libphonenumber itself formats it
  std::string text;
};

/// A number in all forms. Random choices come from the generator, so a seed gives the same forms everywhere.
class PhoneForms {
 public:
  using Util = i18n::phonenumbers::PhoneNumberUtil;
  using Number = i18n::phonenumbers::PhoneNumber;

  explicit PhoneForms(unsigned seed) : random_(seed) {}

  std::vector<PhoneForm> of(const Number& number) {
    const Util& util = *Util::GetInstance();
    const auto formatted = [&](Util::PhoneNumberFormat format) {
      std::string text;
      util.Format(number, format, &text);
      return text;
    };
    const std::string international = formatted(Util::INTERNATIONAL);
    const std::string national = formatted(Util::NATIONAL);
    const std::string e164 = formatted(Util::E164);
    std::string alone;
    util.GetNationalSignificantNumber(number, &alone);

    std::vector<PhoneForm> forms{
        {true, e164}, {true, international}, {true, national}, {true, formatted(Util::RFC3966)}};
    for (const char* prefix : {"00", "011", "810", "8~10 ", "+00", "++"}) {
      forms.push_back({false, prefix + e164.substr(1)});
    }
    std::string region;
    std::string trunk;
    util.GetRegionCodeForNumber(number, &region);
    util.GetNddPrefixForRegion(region, true, &trunk);
    for (const std::string& prefix : {std::string(), trunk, trunk + "-", trunk + " "}) {
      forms.push_back({false, prefix + alone});
    }
    forms.push_back({false, e164.substr(1)});
    for (const std::string& text : {international, national, e164, international, national}) {
      forms.push_back({false, separated(text)});
      forms.push_back({false, bracketed(text)});
      forms.push_back({false, with_digits_of(separated(text), one_of({"０", "٠", "۰", "०"}))});
      forms.push_back({false, separated(text) + one_of(kExtensions)});
      forms.push_back({false, one_of(kBefore) + text});
      forms.push_back({false, text + one_of(kAfter)});
      forms.push_back({false, one_of(kBefore) + separated(text) + one_of(kAfter)});
      forms.push_back({false, text + one_of({", ", " / ", "; ", " или ", "\n"}) + text});
    }
    return forms;
  }

 private:
  using Choices = std::vector<std::string_view>;
  inline static const Choices kExtensions{" ext. 12",      " x12",        "#12",      " доб. 12", " доб 1234",
                                          ";ext=123",      ", 12",        ",,123456", " - 503#",  " anexo 5",
                                          " EXT:12",       " x302/x2303", " Доб.12",  " int 5",   " вн. 5",
                                          " добавочный 7", "; 77",        " (доб.12)"};
  inline static const Choices kBefore{
      "тел. ", "моб:", "Tel: ", "(", "tel:", "'", "phone number ", "звоните: ", "\xE2\x80\xAA"};
  inline static const Choices kAfter{
      " ", ".", ")", "!", "\n", " Иван", " (WhatsApp)", " моб", " call me", "\xE2\x80\xAC", ", спасибо"};
  inline static const Choices kSeparators{" ",      "-",      ".",      "(",      ")", "  ",
                                          "\u2013", "\u00A0", "\u2011", "\u2009", "_", " - "};

  std::string one_of(const Choices& choices) { return std::string(choices[random_() % choices.size()]); }

  // Other separators, and more of them.
  std::string separated(const std::string& text) {
    std::string result;
    for (const char c : text) {
      const bool is_digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
      result += is_digit || c == '+' || random_() % 2 == 0 ? std::string(1, c) : one_of(kSeparators);
      if (is_digit && random_() % 6 == 0) {
        result += one_of(kSeparators);
      }
    }
    return result;
  }

  static std::string bracketed(const std::string& text) {
    const std::size_t first = text.find_first_of(" -", 1);
    const std::size_t second = first == std::string::npos ? first : text.find_first_of(" -", first + 1);
    if (second == std::string::npos) {
      return "(" + text + ")";
    }
    return text.substr(0, first) + "(" + text.substr(first + 1, second - first - 1) + ")" + text.substr(second + 1);
  }

  // The digits of another script, whose zero is given in UTF-8.
  static std::string with_digits_of(const std::string& text, const std::string& zero) {
    std::string result;
    for (const char c : text) {
      if (std::isdigit(static_cast<unsigned char>(c)) == 0) {
        result += c;
        continue;
      }
      std::string digit = zero;
      digit.back() = static_cast<char>(digit.back() + (c - '0'));
      result += digit;
    }
    return result;
  }

  std::mt19937 random_;
};

}  // namespace leadscore::test
