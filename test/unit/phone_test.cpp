#include "core/contact/phone.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace leadscore::contact {
namespace {

using std::string_view_literals::operator""sv;

struct Case {
  std::string_view region;
  std::string_view text;
  std::string_view e164;
  std::string_view kind;
  std::string_view number_region;
};

constexpr Case kCases[] = {
#include "phone_cases.inc"
};

Region region_of(std::string_view iso) { return find_region(iso).value_or(Region()); }

std::string e164_of(std::string_view text, std::string_view region = "RU") {
  const auto number = parse_phone(text, region_of(region));
  return number ? std::string(number->e164()) : std::string();
}

TEST(Phone, FindsRegions) {
  ASSERT_TRUE(find_region("RU"));
  EXPECT_EQ(find_region("RU")->iso_code(), "RU");
  EXPECT_EQ(find_region("ru"), find_region("RU"));
  EXPECT_EQ(find_region("xK")->iso_code(), "XK");
  for (const std::string_view none :
       {""sv, "R"sv, "RUS"sv, "ZZ"sv, "SU"sv, "R1"sv, "\xD0\xA0"sv, "\0\0"sv, "@A"sv, "[["sv}) {
    EXPECT_FALSE(find_region(none)) << none;
  }
  EXPECT_EQ(Region().iso_code(), "");
  std::size_t regions = 0;
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) {
      const auto region = find_region(std::string{a, b});
      regions += region ? 1 : 0;
      EXPECT_TRUE(!region || region->iso_code() == (std::string{a, b}));
    }
  }
  EXPECT_EQ(regions, 245U);
}

TEST(Phone, NamesEveryKind) {
  std::set<std::string_view> names;
  for (int kind = 1; kind <= 11; ++kind) {
    names.insert(name_of(static_cast<PhoneKind>(kind)));
  }
  EXPECT_EQ(names.size(), 11U);
  EXPECT_FALSE(names.contains(""));
}

TEST(Phone, AgreesWithLibphonenumberOnItsExamples) {
  std::set<std::string_view> regions;
  std::set<std::string_view> kinds;
  for (const Case& test : kCases) {
    for (const std::string_view text : {test.text, test.e164}) {
      const auto number = parse_phone(text, region_of(test.region));
      ASSERT_TRUE(number) << test.region << " [" << text << "]";
      EXPECT_EQ(number->e164(), test.e164) << test.region << " [" << text << "]";
      EXPECT_EQ(name_of(number->kind), test.kind) << text;
      EXPECT_EQ(number->region.iso_code(), test.number_region) << text;
    }
    regions.insert(test.region);
    kinds.insert(test.kind);
  }
  EXPECT_EQ(regions.size(), 246U) << "every region, and none";
  EXPECT_EQ(kinds.size(), 11U);
}

TEST(Phone, ReadsRussianWebForms) {
  for (const char* text : {"8 (495) 123-45-67",
                           "+7(495)1234567",
                           "+7 495 123-45-67",
                           "7 495 123 45 67",
                           "4951234567",
                           "84951234567",
                           "8-495-123-45-67",
                           "8.495.123.45.67",
                           "+7(495) 123-45-67 доб. 12",
                           "8(495)123-45-67 доб 12",
                           "8 495 1234567#12",
                           "8 495 1234567 x12",
                           "84951234567 ext. 7",
                           "+7 495 123-45-67 вн. 5",
                           "+7 (495) 123-45-67 (доб. 123)",
                           "+7 495 123-45-67 добавочный 12",
                           "тел. 8 (495) 123-45-67",
                           "Тел.: +7(495)123-45-67 Иван",
                           "моб:84951234567",
                           "т84951234567",
                           "+7 8 495 123-45-67",
                           "+7 (8495) 123-45-67",
                           "8~10 7 495 1234567",
                           "810 7 495 123 45 67",
                           "0074951234567",
                           "00 7 495 123-45-67",
                           "+0074951234567",
                           "+7 +7 495 123-45-67",
                           "8 +7 495 123-45-67",
                           "++7 495 123-45-67",
                           "84951234567.0",
                           "4951234567.0",
                           "8_495_123_45_67",
                           "'84951234567",
                           "=+74951234567",
                           "８ （４９５） １２３－４５－６７",
                           "＋７ ４９５ １２３ ４５ ６７",
                           "+٧ ٤٩٥ ١٢٣ ٤٥ ٦٧",
                           "8\t495\t123\t45\t67",
                           "\u202A+7 495 123\u201145\u201167\u202C",
                           "8\u2009495\u2009123\u201345\u201467",
                           "8 495 123-45-67 (WhatsApp)",
                           "8 (495) 123-45-67, 8 916 765-43-21",
                           "8 (495) 123-45-67; 89167654321",
                           "8 495 123-45-67/89167654321",
                           "8 495 123-45-67 / 68",
                           "8 495 123 45 67 8 916 765 43 21",
                           "+74951234567+79167654321",
                           "8 495 123-45-67 или 8 916 765-43-21",
                           "8 495 123-45-67\n8 916 765-43-21",
                           "звоните после 18 84951234567",
                           "с 9 до 18: 8 495 123-45-67",
                           "пн-пт 10:00-18:00 8 495 123-45-67",
                           "12 8 495 123-45-67",
                           "доб. 123 8 495 123-45-67",
                           "\xFF\xFE"
                           "84951234567",
                           "84951234567\xD0"}) {
    EXPECT_EQ(e164_of(text), "+74951234567") << text;
  }
  EXPECT_EQ(e164_of("8-800-555-35-35"), "+78005553535");
  EXPECT_EQ(e164_of("+8 916 123-45-67"), "+79161234567");
  EXPECT_EQ(e164_of("89161234567"), e164_of("+7 916 123 45 67"));
  EXPECT_EQ(e164_of("8 701 123 45 67"), "+77011234567") << "Kazakhstan shares the calling code";
  EXPECT_EQ(parse_phone("8 701 123 45 67", region_of("RU"))->region.iso_code(), "KZ");
}

TEST(Phone, RefusesWhatIsNoNumber) {
  for (const char* text : {"",
                           " ",
                           "+",
                           "нет",
                           "123",
                           "123-45-67",
                           "8 495 123-45-6",
                           "8 495 123-45-678",
                           "+7 916 123 45 6_",
                           "+7 (___) ___-__-__",
                           "+7",
                           "0000000000",
                           "+7 000 000-00-00",
                           "1111111111",
                           "ivan@example.com",
                           "7.91612E+10",
                           "4276 3800 1234 5678",
                           "2024-05-12",
                           "10:00-18:00",
                           "8 916 123 45 6x 7",
                           "0151A 3456789",
                           "() - -",
                           "+++"}) {
    EXPECT_EQ(e164_of(text), "") << text;
  }
  EXPECT_EQ(e164_of("", ""), "");
}

TEST(Phone, WithoutARegionReadsInternationalFormsOnly) {
  EXPECT_EQ(e164_of("+7 495 123-45-67", ""), "+74951234567");
  EXPECT_EQ(e164_of("0074951234567", ""), "+74951234567");
  EXPECT_EQ(e164_of("tel:+1-650-253-0000", ""), "+16502530000");
  EXPECT_EQ(e164_of("84951234567", ""), "");
  EXPECT_EQ(e164_of("74951234567", ""), "");
}

TEST(Phone, KnowsPrefixesOfTheFormerSoviet) {
  for (const char* text : {"050 123 45 67", "380501234567", "8 050 123-45-67", "80501234567", "+380 (50) 123-45-67",
                           "810 380 50 1234567", "00380501234567", "38 050 123 45 67"}) {
    EXPECT_EQ(e164_of(text, "UA"), "+380501234567") << text;
  }
  EXPECT_EQ(e164_of("380501234567", "RU"), "+380501234567");
  EXPECT_EQ(e164_of("79161234567", "UA"), "+79161234567");
  EXPECT_EQ(e164_of("8 91 234 56 78", "UZ"), "+998912345678");
  EXPECT_EQ(e164_of("8 029 491 19 11", "BY"), "+375294911911");
  EXPECT_EQ(e164_of("80294911911", "BY"), "+375294911911");
  EXPECT_EQ(e164_of("8 612 34567", "LT"), "+37061234567");
  EXPECT_EQ(e164_of("447911123456", "RU"), "") << "elsewhere a calling code needs its plus";
}

// Rules that only some plans have, each with libphonenumber's answer.
TEST(Phone, FollowsThePlansOfTheWorld) {
  const std::map<std::pair<std::string, std::string>, std::string> answers{
      {{"AR", "011 15-2345-6789"}, "+5491123456789"},  // 15 within becomes 9 in front
      {{"AR", "0223 15-412-3456"}, "+5492234123456"},
      {{"BR", "0 15 11 96123-4567"}, "+5511961234567"},  // the carrier's code goes
      {{"AG", "464-1234"}, "+12684641234"},              // a local number gets its area
      {{"GG", "256789"}, "+441481256789"},
      {{"IL", "01700 689 879"}, "+9721700689879"},  // 017 would be dialled abroad, but no calling code begins with 0
      {{"IT", "06 6982 0000"}, "+390669820000"},    // the zero stays
      {{"VA", "06 698 12345"}, "+390669812345"},
      {{"US", "1-800-FLOWERS"}, "+18003569377"},
      {{"US", "(650) 253-0000 x302/x2303"}, "+16502530000"},
      {{"US", "650-253-0000 - 503#"}, "+16502530000"},
      {{"US", "650 253 0000,,1234567890"}, "+16502530000"},
      {{"US", "tel:253-0000;phone-context=+1-650"}, "+16502530000"},
      {{"US", "tel:650-253-0000;phone-context=example.com"}, "+16502530000"},
      {{"US", "tel:650-253-0000;phone-context="}, "+16502530000"},
      {{"US", "tel:+1-650-253-0000;isub=12345"}, "+16502530000"},
      {{"US", "tel:+1-650-253-0000;ext=12"}, "+16502530000"},
      {{"US", "011 44 20 7946 0018"}, "+442079460018"},
      {{"JP", "010 1 650 253 0000"}, "+16502530000"},
      {{"AU", "0011 1 650 253 0000"}, "+16502530000"},
      {{"FR", "01 23 45 67 89"}, "+33123456789"},
      {{"CA", "604 123 4567"}, ""},
      {{"DE", "030/123456"}, "+4930123456"},
      {{"MX", "55 1234 5678"}, "+525512345678"},
      {{"SM", "886377"}, "+3780549886377"},
      {{"SG", "+800 1234 5678"}, "+80012345678"},
  };
  for (const auto& [question, answer] : answers) {
    EXPECT_EQ(e164_of(question.second, question.first), answer) << question.first << " " << question.second;
  }
  const auto freephone = parse_phone("+800 1234 5678", Region());
  ASSERT_TRUE(freephone);
  EXPECT_EQ(freephone->kind, PhoneKind::toll_free);
  EXPECT_EQ(freephone->region, Region()) << "nobody's";
  EXPECT_EQ(freephone->calling_code, 800);
}

TEST(Phone, ReadsLettersAsKeysOnlyWhenThereAreThree) {
  EXPECT_EQ(e164_of("1-800-flowers", "US"), "+18003569377");
  EXPECT_EQ(e164_of("+1 (800) GOOG-411", "US"), "+18004664411");
  EXPECT_EQ(e164_of("650 253 00 ab", "US"), "");
}

TEST(Phone, IsItsOwnNormalForm) {
  for (const Case& test : kCases) {
    for (const std::string_view region : {test.region, "RU"sv, "US"sv, ""sv}) {
      EXPECT_EQ(e164_of(test.e164, region), test.e164) << region;
    }
  }
}

// The short way for simple texts and the long one for all others say the same.
TEST(Phone, ReadsSimpleTextsAsAllOthers) {
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    const std::string_view region = kCases[random() % std::size(kCases)].region;
    std::string text;
    for (auto n = random() % 18; n-- > 0;) {
      text += "00112233445566778899 -()."[random() % 25];
    }
    if (random() % 3 == 0) {
      text.insert(0, "+");
    }
    // A slash is not simple and, at the end, means nothing.
    EXPECT_EQ(e164_of(text, region), e164_of(text + "/", region)) << region << " [" << text << "]";
  }
}

TEST(Phone, SurvivesAnything) {
  std::mt19937 random(1);
  const std::string_view pieces[] = {"8",    "+", "7",    "916",  " ",      "доб", ";ext=",           "#",
                                     ",",    "x", "\xD0", "\xFF", "\0"sv,   "９",  ";phone-context=", "+1",
                                     "tel:", "/", "-",    "~",    ";isub=", "a",   "flowers",         "\n",
                                     ".0"};
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (auto n = random() % 40; n-- > 0;) {
      text += pieces[random() % std::size(pieces)];
    }
    const auto number = parse_phone(text, region_of(kCases[random() % std::size(kCases)].region));
    if (number) {
      EXPECT_EQ(e164_of(number->e164(), ""), number->e164()) << text;
    }
  }
  for (const Case& test : kCases) {
    for (std::size_t size = 0; size < test.text.size(); ++size) {
      const std::string beginning(test.text.substr(0, size));  // a copy, so that a read beyond it is seen
      (void)parse_phone(beginning, region_of(test.region));
    }
  }
}

TEST(Phone, ReadsTheBeginningOfALongText) {
  const std::string number = "8 495 123-45-67";
  EXPECT_EQ(e164_of(number + std::string(100'000'000, ' ') + "!"), "+74951234567");
  EXPECT_EQ(e164_of("Перезвоните, пожалуйста: " + number + ". " + std::string(10'000, 'a')), "+74951234567");
  EXPECT_EQ(e164_of(std::string(10'000, '8')), "");
  EXPECT_EQ(e164_of(std::string(300, ' ') + number), "") << "too far from the beginning";
  EXPECT_EQ(e164_of(std::string(239, 'a') + number + std::string(10, 'a')), "") << "not the half of it";
  EXPECT_EQ(e164_of(number + std::string(289, ' ')), "+74951234567") << "padded";
  EXPECT_EQ(e164_of("8916\0001234567"sv), "") << "a zero byte ends a number";
  EXPECT_EQ(e164_of("84951234567\0"sv), "+74951234567");
}

// leadscore's example data: libphonenumber's examples with its formats. Not part of the repository.
TEST(Phone, AgreesWithTheExampleFile) {
  const char* folder = std::getenv("LEADSCORE_DATA");  // NOLINT(concurrency-mt-unsafe)
  std::ifstream file(folder == nullptr ? std::string() : std::string(folder) + "/phone/phone_examples.csv");
  if (!file) {
    GTEST_SKIP() << "no $LEADSCORE_DATA/phone/phone_examples.csv";
  }
  std::string line;
  std::getline(file, line);
  std::size_t lines = 0;
  std::size_t changed = 0;
  while (std::getline(file, line)) {
    std::vector<std::string> fields;
    std::istringstream stream(line);
    for (std::string field; std::getline(stream, field, ',');) {
      fields.push_back(field);
    }
    ASSERT_EQ(fields.size(), 8U) << line;
    ++lines;
    if (e164_of(fields[4], fields[0]) != fields[4]) {
      ++changed;
      continue;
    }
    EXPECT_EQ(e164_of(fields[5], fields[0]), fields[4]) << line;
    EXPECT_EQ(e164_of(fields[6], fields[0]), fields[4]) << line;
  }
  EXPECT_GT(lines, 1000U);
  EXPECT_LE(changed, 10U) << "numbers that plans have given up since";
}

}  // namespace
}  // namespace leadscore::contact
