// Writes test/unit/phone_cases.inc, what libphonenumber makes of an example of every region and kind; see its head.
// Run:  scripts/generate_phone_data --examples | build/release/write_phone_cases > test/unit/phone_cases.inc
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <iostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "phone_forms.hpp"

namespace {

using Util = i18n::phonenumbers::PhoneNumberUtil;
using Number = i18n::phonenumbers::PhoneNumber;

// Examples of 2022 that are no longer valid, or of another kind or region, in the metadata of our tables.
constexpr std::array<std::string_view, 15> kChanged{"+4534412345",  "+22920211234",   "+22990011234",  "+22985751234",
                                                    "+22981123456", "+55300123456",   "+26779101234",  "+212528812345",
                                                    "+385611234",   "+13458491234",   "+856301234567", "+23418040123",
                                                    "+6426123456",  "+9668110123456", "+2631312345"};

// Spaces and marks that cannot be seen are written as octal numbers.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = std::string_view(text).substr(i);
    const std::size_t unseen = rest.starts_with("\xE2\x80") ? 3 : rest.starts_with("\xC2") ? 2 : 0;
    if (unseen != 0) {
      for (const char c : rest.substr(0, unseen)) {
        std::array<char, 5> octal{};
        (void)std::snprintf(octal.data(), octal.size(), "\\%03o", static_cast<unsigned>(static_cast<unsigned char>(c)));
        result += octal.data();
      }
      i += unseen - 1;
    } else if (text[i] == '\n') {
      result += "\\n";
    } else {
      result += text[i] == '"' || text[i] == '\\' ? "\\" : "";
      result += text[i];
    }
  }
  return result + "\"";
}

class Writer {
 public:
  void write(const std::string& region, const Number& number) {
    const Util& util = *Util::GetInstance();
    std::string e164;
    util.Format(number, Util::E164, &e164);
    if (!util.IsValidNumber(number) || std::find(kChanged.begin(), kChanged.end(), e164) != kChanged.end()) {
      return;
    }
    std::string of;
    util.GetRegionCodeForNumber(number, &of);
    const std::vector<leadscore::test::PhoneForm> forms = forms_.of(number);
    // One form after the other, but such as libphonenumber itself can read.
    for (std::size_t tried = 0; tried < forms.size(); ++tried) {
      const leadscore::test::PhoneForm& form = forms[next_++ % forms.size()];
      // Kosovo's plan has longer numbers since, so that 383… without a plus has become one of them.
      if (region == "XK" && form.text.starts_with("383")) {
        continue;
      }
      Number read;
      std::string again;
      if (util.Parse(form.text, region, &read) != Util::NO_PARSING_ERROR) {
        continue;
      }
      util.Format(read, Util::E164, &again);
      if (again == e164) {
        std::cout << "{\"" << region << "\", " << quoted(form.text) << ", \"" << e164 << "\", \""
                  << leadscore::test::kind_name(number) << "\", \"" << (of == "001" ? "" : of) << "\"},\n";
        return;
      }
    }
  }

 private:
  leadscore::test::PhoneForms forms_{7};
  std::size_t next_ = 0;
};

}  // namespace

int main() {
  std::cout
      << "// Written by test/oracle/write_phone_cases.cpp from libphonenumber 8.12.57: its own example of every "
         "region\n"
         "// and kind, and the mobile examples of libphonenumber-js's metadata 9.0.43, each once in one of the forms "
         "of\n"
         "// test/oracle/phone_forms.hpp that libphonenumber reads. Left out: examples that changed between the two.\n"
         "// The examples: Copyright The Libphonenumber Authors, Apache License 2.0; see NOTICE.\n"
         "// Default region, text, E.164, kind, region of the number.\n";
  const Util& util = *Util::GetInstance();
  Writer writer;
  std::set<std::string> regions;
  util.GetSupportedRegions(&regions);
  for (const std::string& region : regions) {
    for (int type = Util::FIXED_LINE; type <= Util::VOICEMAIL; ++type) {
      Number number;
      if (type != Util::FIXED_LINE_OR_MOBILE &&
          util.GetExampleNumberForType(region, static_cast<Util::PhoneNumberType>(type), &number)) {
        writer.write(region, number);
      }
    }
  }
  std::set<int> codes;
  util.GetSupportedGlobalNetworkCallingCodes(&codes);
  for (const int code : codes) {
    Number number;
    if (util.GetExampleNumberForNonGeoEntity(code, &number)) {
      writer.write("ZZ", number);
    }
  }
  std::string region;
  std::string digits;
  while (std::cin >> region >> digits) {
    Number number;
    if (util.Parse("+" + digits, region, &number) != Util::NO_PARSING_ERROR) {
      continue;
    }
    if (util.IsValidNumber(number)) {
      writer.write(region, number);
    } else {
      // Benin: its numbers have grown since.
      std::cout << "{\"" << region << "\", \"+" << digits << "\", \"+" << digits << "\", \"mobile\", \"" << region
                << "\"},\n";
    }
  }
  return 0;
}
