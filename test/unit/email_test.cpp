// E-mail addresses one by one: what a mail server would accept, what it would refuse, and which mailbox is meant.
#include "core/contact/email.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace leadscore::contact {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr std::string_view kRefused;

struct Case {
  std::string_view text;
  std::string_view mailbox;  // empty: refused
  std::string_view reason;
};

std::string mailbox_of(std::string_view text) {
  const std::optional<EmailAddress> address = normalize_email(text);
  return address ? std::string(address->text()) : std::string();
}

std::string parsed(std::string_view text) {
  const std::optional<EmailAddress> address = parse_email(text);
  return address ? std::string(address->text()) : std::string();
}

void check(const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    EXPECT_EQ(mailbox_of(each.text), each.mailbox) << "of: " << each.text << "\nbecause: " << each.reason;
  }
}

std::string times(std::size_t count, std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) {
    result += text;
  }
  return result;
}

TEST(Email, LocalPartsWithoutQuotationMarks) {
  check({
      {"ivan@mail.ru", "ivan@mail.ru", "a plain address"},
      {"Ivan@Mail.RU", "ivan@mail.ru", "domains have no case, and no server in use tells cases of a local part apart"},
      {"IVAN.PETROV@BK.RU", "ivan.petrov@bk.ru", "a dot between words"},
      {"a@mail.ru", "a@mail.ru", "one character is enough"},
      {"1@mail.ru", "1@mail.ru", "so is one digit"},
      {"79161234567@mail.ru", "79161234567@mail.ru", "digits only"},
      {"ivan_petrov@mail.ru", "ivan_petrov@mail.ru", "an underscore is atext"},
      {"_@mail.ru", "_@mail.ru", "alone too"},
      {"ivan-petrov@mail.ru", "ivan-petrov@mail.ru", "a hyphen is atext"},
      {"-ivan@mail.ru", "-ivan@mail.ru", "also in front: only domains forbid it there"},
      {"ivan-@mail.ru", "ivan-@mail.ru", "and behind"},
      {"o'neil@firm.ie", "o'neil@firm.ie", "an apostrophe is atext"},
      {"a!#$%&'*/=?^_`{|}~-z@firm.ru", "a!#$%&'*/=?^_`{|}~-z@firm.ru", "all of RFC 5322's atext"},
      {"user%host@firm.ru", "user%host@firm.ru", "a percent sign is atext; routing by it is gone"},
      {"host!user@firm.ru", "host!user@firm.ru", "so is an exclamation mark"},
      {"customer/department=shipping@firm.ru", "customer/department=shipping@firm.ru", "RFC 3696's example"},
      {"$A12345@firm.ru", "$a12345@firm.ru", "RFC 3696's example"},
      {"x.y.z@firm.ru", "x.y.z@firm.ru", "many dots"},
      {".ivan@mail.ru", kRefused, "a dot in front has no word before it"},
      {"ivan.@mail.ru", kRefused, "a dot at the end has no word after it"},
      {"ivan..petrov@mail.ru", kRefused, "two dots have no word between them"},
      {".@mail.ru", kRefused, "only a dot"},
      {"..@mail.ru", kRefused, "only dots"},
      {"@mail.ru", kRefused, "no local part"},
      {"ivan petrov@mail.ru", kRefused, "a space must be quoted"},
      {"ivan@petrov@mail.ru", kRefused, "a second @ must be quoted"},
      {"ivan@@mail.ru", kRefused, "two @"},
      {"ivan,petrov@mail.ru", kRefused, "a comma separates addresses"},
      {"ivan;petrov@mail.ru", kRefused, "a semicolon ends a group"},
      {"ivan:petrov@mail.ru", kRefused, "a colon begins a group"},
      {"ivan(petrov)@mail.ru", kRefused, "a comment is not part of an envelope's address"},
      {"ivan[1]@mail.ru", kRefused, "square brackets are not atext"},
      {"ivan<1>@mail.ru", kRefused, "angle brackets are not atext"},
      {"ivan\\petrov@mail.ru", kRefused, "a backslash only quotes inside quotation marks"},
      {"ivan\"petrov@mail.ru", kRefused, "a quotation mark in the middle"},
      {"iv\"an\"@mail.ru", kRefused, "a word and a quoted string cannot be joined"},
      {"ivan\t@mail.ru", kRefused, "a tab inside"},
      {"iv\x01"
       "an@mail.ru",
       kRefused, "a control character"},
      {"iv\x7F"
       "an@mail.ru",
       kRefused, "DEL is a control character"},
      {"iv\0an@mail.ru"sv, kRefused, "a zero byte"},
      {"ivan@mail.ru\0"sv, kRefused, "a zero byte at the end"},
      {"ivan\n@mail.ru", kRefused, "a line break inside"},
  });
}

TEST(Email, QuotedLocalParts) {
  check({
      {"\"ivan petrov\"@mail.ru", "\"ivan petrov\"@mail.ru", "a quoted space is allowed by RFC 5321 §4.1.2"},
      {"\"Ivan Petrov\"@Mail.ru", "\"ivan petrov\"@mail.ru", "small letters here too"},
      {"\"ivan\"@mail.ru", "ivan@mail.ru", "quotation marks that are not needed mean nothing"},
      {"\"ivan.petrov\"@mail.ru", "ivan.petrov@mail.ru", "nor around a dot"},
      {"\"ivan..petrov\"@mail.ru", "\"ivan..petrov\"@mail.ru", "two dots need them"},
      {"\".ivan\"@mail.ru", "\".ivan\"@mail.ru", "a dot in front needs them"},
      {"\"a@b\"@mail.ru", "\"a@b\"@mail.ru", "a quoted @"},
      {"\"a,b\"@mail.ru", "\"a,b\"@mail.ru", "a quoted comma"},
      {"\"a\\\"b\"@mail.ru", "\"a\\\"b\"@mail.ru", "a quoted quotation mark"},
      {"\"a\\\\b\"@mail.ru", "\"a\\\\b\"@mail.ru", "a quoted backslash"},
      {"\"\\i\\v\\a\\n\"@mail.ru", "ivan@mail.ru", "a backslash before a letter means the letter"},
      {"\"a\\ b\"@mail.ru", "\"a b\"@mail.ru", "a backslash before a space means the space"},
      {"\" \"@mail.ru", "\" \"@mail.ru", "a space alone (RFC 3696's errata)"},
      {"\"ivan+tag\"@mail.ru", "ivan@mail.ru", "a tag inside quotation marks is the same tag"},
      {"\"a b+tag\"@mail.ru", "\"a b\"@mail.ru", "also where the marks stay"},
      {"\"i.v.a.n\"@gmail.com", "ivan@gmail.com", "rules of providers see the content"},
      {"\"\"@mail.ru", kRefused, "an empty name is no mailbox"},
      {"\"ivan@mail.ru", kRefused, "the quotation mark is not closed"},
      {"\"ivan\\\"@mail.ru", kRefused, "the closing mark is quoted"},
      {"\"ivan\"petrov@mail.ru", kRefused, "something between the quoted string and the @"},
      {"\"ivan\".petrov@mail.ru", kRefused, "RFC 5321 has no mixed forms"},
      {"\"iv\tan\"@mail.ru", kRefused, "a control character even when quoted"},
      {"\"iv\0an\"@mail.ru"sv, kRefused, "a zero byte even when quoted"},
      {"\"ivan\\", kRefused, "nothing after the backslash"},
      {"\"", kRefused, "nothing after the quotation mark"},
  });
}

TEST(Email, Domains) {
  check({
      {"ivan@firm.ru", "ivan@firm.ru", "two labels"},
      {"ivan@mail.dept.firm.co.uk", "ivan@mail.dept.firm.co.uk", "five labels"},
      {"ivan@x.org", "ivan@x.org", "a label of one letter"},
      {"ivan@1c.ru", "ivan@1c.ru", "a label may begin with a digit (RFC 1123)"},
      {"ivan@163.com", "ivan@163.com", "and be a number"},
      {"ivan@my-firm.ru", "ivan@my-firm.ru", "a hyphen inside"},
      {"ivan@my--firm.ru", "ivan@my--firm.ru", "two hyphens inside"},
      {"ivan@r3---sn.ru", "ivan@r3---sn.ru", "hyphens in the third and fourth place are in use"},
      {"ivan@firm.photography", "ivan@firm.photography", "a long last label"},
      {"ivan@firm.museum", "ivan@firm.museum", "of six letters"},
      {"ivan@nosuch.nosuchtld", "ivan@nosuch.nosuchtld", "whether a domain exists is not a question of form"},
      {"ivan@XN--80AKHBYKNJ4F.XN--P1AI", "ivan@xn--80akhbyknj4f.xn--p1ai", "the ASCII form of a domain"},
      {"ivan@firm", kRefused, "one label is a host of the local net"},
      {"ivan@localhost", kRefused, "as this one"},
      {"ivan@", kRefused, "no domain"},
      {"ivan", kRefused, "no @"},
      {"ivan.mail.ru", kRefused, "no @ either"},
      {"mail.ru", kRefused, "a domain only"},
      {"ivan@.ru", kRefused, "an empty label in front"},
      {"ivan@mail..ru", kRefused, "an empty label inside"},
      {"ivan@mail.ru.", kRefused, "the dot of the root is not part of an address (RFC 5321 §2.3.5)"},
      {"ivan@.", kRefused, "only a dot"},
      {"ivan@-firm.ru", kRefused, "a hyphen begins a label"},
      {"ivan@firm-.ru", kRefused, "a hyphen ends a label"},
      {"ivan@firm.-ru", kRefused, "a hyphen begins the last label"},
      {"ivan@firm.ru-", kRefused, "a hyphen ends the last label"},
      {"ivan@my_firm.ru", kRefused, "an underscore is not of host names"},
      {"ivan@my firm.ru", kRefused, "a space"},
      {"ivan@firm.ru,", kRefused, "a comma at the end"},
      {"ivan@firm.ru;", kRefused, "a semicolon at the end"},
      {"ivan@firm/ru", kRefused, "a slash"},
      {"ivan@firm.ru/path", kRefused, "a path"},
      {"ivan@firm.ru:25", kRefused, "a port"},
      {"ivan@firm!.ru", kRefused, "an exclamation mark"},
      {"ivan@firm*.ru", kRefused, "an asterisk"},
      {"ivan@firm.r", kRefused, "no last label has one letter"},
      {"ivan@firm.c0m", kRefused, "no last label has a digit, but for xn--"},
      {"ivan@firm.123", kRefused, "no last label is a number"},
      {"ivan@192.168.0.1", kRefused, "a bare IP address"},
      {"ivan@[192.168.0.1]", kRefused, "an address literal: nobody's mailbox today"},
      {"ivan@[IPv6:::1]", kRefused, "an address literal"},
      {"ivan@firm.ru\0x"sv, kRefused, "a zero byte in the domain"},
      {"ivan@mail.ru ivan@bk.ru", kRefused, "two addresses"},
      {"ivan@mail.ru, ivan@bk.ru", kRefused, "two addresses with a comma"},
      {"ivan@mail.ru/ivan@bk.ru", kRefused, "two addresses with a slash"},
      {"(ivan)ivan@mail.ru", kRefused, "a comment in front"},
      {"ivan@mail.ru (home)", kRefused, "a comment behind"},
      {"ivan @mail.ru", kRefused, "a space before the @"},
      {"ivan@ mail.ru", kRefused, "a space after the @"},
      {"ivan at mail.ru", kRefused, "a word for the @"},
      {"ivan[at]mail.ru", kRefused, "a word for the @ in brackets"},
      {"www.mail.ru", kRefused, "an address of the web"},
      {"нет", kRefused, "no address at all"},
      {"-", kRefused, "nothing to say"},
      {"", kRefused, "nothing"},
      {" ", kRefused, "white space"},
      {"@", kRefused, "only an @"},
  });
}

TEST(Email, Limits) {
  const std::string local = times(64, "a");
  const std::string label = times(63, "b");
  const std::string domain_189 = label + "." + label + "." + times(58, "c") + ".ru";
  EXPECT_EQ(mailbox_of(local + "@firm.ru"), local + "@firm.ru") << "64 bytes before the @ are allowed";
  EXPECT_EQ(mailbox_of(local + "a@firm.ru"), "") << "65 are not";
  EXPECT_EQ(mailbox_of(local + "+tag@firm.ru"), "") << "not even where the tag would be cut";
  EXPECT_EQ(mailbox_of("\""s + times(61, "a") + " \"@firm.ru"), "\""s + times(61, "a") + " \"@firm.ru")
      << "quotation marks count: 64";
  EXPECT_EQ(mailbox_of("\""s + times(62, "a") + " \"@firm.ru"), "") << "quotation marks count: 65";
  EXPECT_EQ(mailbox_of("a@"s + label + ".ru"), "a@"s + label + ".ru") << "63 bytes in a label";
  EXPECT_EQ(mailbox_of("a@"s + label + "b.ru"), "") << "64 bytes in a label";
  EXPECT_EQ(mailbox_of("a@firm."s + times(64, "z")), "") << "64 bytes in the last label";
  EXPECT_EQ(domain_189.size(), 189U);
  EXPECT_EQ(mailbox_of(local + "@" + domain_189), local + "@" + domain_189) << "254 bytes altogether";
  EXPECT_EQ(mailbox_of(local + "@c" + domain_189), "") << "a label of 64 bytes";
  EXPECT_EQ(mailbox_of(local + "@c." + domain_189), "") << "256 bytes altogether";
  EXPECT_EQ(mailbox_of("a@"s + label + "." + label + "." + label + "." + times(59, "d") + ".r"), "")
      << "a domain of 253 bytes, but the address has 255";
  EXPECT_EQ(mailbox_of(times(2000, " ") + "a@firm.ru" + times(2000, " ")), "a@firm.ru") << "4009 bytes are looked at";
  EXPECT_EQ(mailbox_of(times(4096, " ") + "a@firm.ru"), "") << "over 4096 bytes are not";
}

TEST(Email, WhatStandsAround) {
  check({
      {" ivan@mail.ru ", "ivan@mail.ru", "spaces"},
      {"\t\r\nivan@mail.ru\r\n", "ivan@mail.ru", "line breaks of a pasted line"},
      {"\u00A0ivan@mail.ru\u00A0", "ivan@mail.ru", "no-break spaces of a web page"},
      {"\uFEFFivan@mail.ru", "ivan@mail.ru", "a byte order mark of a file"},
      {"ivan@mail.ru\u200B", "ivan@mail.ru", "a zero-width space"},
      {"\u200Eivan@mail.ru\u200F", "ivan@mail.ru", "marks of direction"},
      {"\u3000ivan@mail.ru", "ivan@mail.ru", "an ideographic space"},
      {"<ivan@mail.ru>", "ivan@mail.ru", "angle brackets of a mail's header"},
      {"Ivan <ivan@mail.ru>", "ivan@mail.ru", "with a name"},
      {"Иван Петров <ivan@mail.ru>", "ivan@mail.ru", "with a name in Cyrillic"},
      {"\"Petrov, Ivan\" <ivan@mail.ru>", "ivan@mail.ru", "with a quoted name"},
      {"ivan@mail.ru <ivan@mail.ru>", "ivan@mail.ru", "with the address as the name"},
      {"< ivan@mail.ru >", "ivan@mail.ru", "spaces inside the brackets"},
      {"Иван\u00A0<ivan@mail.ru>\u00A0", "ivan@mail.ru", "no-break spaces around brackets"},
      {"mailto:ivan@mail.ru", "ivan@mail.ru", "a copied link"},
      {"MailTo:ivan@mail.ru", "ivan@mail.ru", "schemes have no case"},
      {"mailto:ivan@mail.ru?subject=Hi%20there", "ivan@mail.ru", "with a subject"},
      {"<mailto:ivan@mail.ru>", "ivan@mail.ru", "both"},
      {"mailto:ivan%2Btag@mail.ru", kRefused, "bytes in the link's own writing would be guessed"},
      {"mailto:", kRefused, "a link to nobody"},
      {"mailto@mail.ru", "mailto@mail.ru", "the word alone is a name"},
      {"<>", kRefused, "the empty sender of bounces"},
      {"Ivan <ivan>", kRefused, "a name in brackets"},
      {"Ivan <ivan@mail.ru", kRefused, "a bracket that is not closed"},
      {"ivan@mail.ru>", kRefused, "a bracket that is not opened"},
      {"Ivan <ivan@mail.ru> (home)", kRefused, "a comment behind"},
      {"<@relay.ru:ivan@mail.ru>", kRefused, "a source route, obsolete since RFC 2821"},
      {"'ivan@mail.ru'", kRefused, "an apostrophe cannot end a domain"},
      {"\"ivan@mail.ru\"", kRefused, "a quoted text has no domain"},
      {"e-mail: ivan@mail.ru", kRefused, "a word in front"},
  });
}

TEST(Email, BeyondAscii) {
  check({
      {"ivan@почта.рф", "ivan@xn--80a1acny.xn--p1ai", "a domain in Cyrillic"},
      {"ivan@ПОЧТА.РФ", "ivan@xn--80a1acny.xn--p1ai", "capital letters of it"},
      {"ivan@xn--80a1acny.xn--p1ai", "ivan@xn--80a1acny.xn--p1ai", "its ASCII form"},
      {"ivan@почта.ru", "ivan@xn--80a1acny.ru", "one label of it"},
      {"иван@почта.рф", "иван@xn--80a1acny.xn--p1ai", "RFC 6531: a local part in Cyrillic"},
      {"ИВАН@почта.рф", "иван@xn--80a1acny.xn--p1ai", "its case is folded"},
      {"Иван+тег@почта.рф", "иван@xn--80a1acny.xn--p1ai", "its tag is cut"},
      {"й@mail.ru", "й@mail.ru", "a composed letter"},
      {"и\u0306@mail.ru", "й@mail.ru", "the same letter from two code points"},
      {"ivan@bücher.de", "ivan@xn--bcher-kva.de", "an umlaut"},
      {"ivan@bu\u0308cher.de", "ivan@xn--bcher-kva.de", "the same from two code points"},
      {"ivan@straße.de", "ivan@xn--strae-oqa.de", "ß stays (not transitional)"},
      {"ivan@例え.jp", "ivan@xn--r8jz45g.jp", "a domain in Japanese"},
      {"ivan@例え。jp", "ivan@xn--r8jz45g.jp", "an ideographic full stop is a dot (UTS #46)"},
      {"用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v", "RFC 6531's kind of example"},
      {"ivan＠mail.ru", "ivan@mail.ru", "a full-width @"},
      {"ｉｖａｎ＠ｍａｉｌ．ｒｕ", "ivan@mail.ru", "all full-width, as an input method leaves it"},
      {"ivаn@mail.ru", "ivаn@mail.ru", "a Cyrillic а is another mailbox, not a mistake that may be repaired"},
      {"ivan@mаil.ru", "ivan@xn--mil-6cd.ru", "a Cyrillic а is another domain"},
      {"josé@mail.ru", "josé@mail.ru", "a letter with an accent"},
      {"\"иван петров\"@почта.рф", "\"иван петров\"@xn--80a1acny.xn--p1ai", "quoted"},
      {"😀@mail.ru", "😀@mail.ru", "a symbol is a character of RFC 6531"},
      {"ivan\u00A0@mail.ru", kRefused, "a no-break space inside"},
      {"iv\u200Ban@mail.ru", kRefused, "a zero-width space inside the local part"},
      {"iv\u00ADan@mail.ru", kRefused, "a soft hyphen inside the local part"},
      {"iv\u0085an@mail.ru", kRefused, "a control character of Latin-1"},
      {"ivan@поч та.рф", kRefused, "a space in the domain"},
      {"ivan@поч_та.рф", kRefused, "an underscore in the domain (STD3)"},
      {"ivan@-почта.рф", kRefused, "a hyphen begins a label"},
      {"ivan@почта..рф", kRefused, "an empty label"},
      {"ivan@почта", kRefused, "one label"},
      {"ivan@firm.б", "ivan@firm.xn--90a", "one letter may be a last label in another script"},
      {"ivan@\u05D0a.com", kRefused, "directions mixed against RFC 5893"},
      {"ivan@\u0301a.com", kRefused, "a combining mark begins a label"},
      {"iv\xFF"
       "an@mail.ru",
       kRefused, "invalid UTF-8"},
      {"иван@mail.ru\xD0", kRefused, "UTF-8 that is cut off"},
      {"\xC0\xAF@mail.ru", kRefused, "an overlong form"},
      {"\xED\xA0\x80@mail.ru", kRefused, "a surrogate"},
      {"\uFFFD@mail.ru", kRefused, "the mark of text that was lost"},
      {"\xE8\xE2\xE0\xED@mail.ru", kRefused, "Windows-1251"},
      {"\uE000@mail.ru", kRefused, "a private code point"},
      {"\u0378@mail.ru", kRefused, "an unassigned code point"},
  });
  EXPECT_EQ(mailbox_of(times(32, "я") + "@mail.ru"), times(32, "я") + "@mail.ru") << "64 bytes";
  EXPECT_EQ(mailbox_of(times(33, "я") + "@mail.ru"), "") << "66 bytes";
  EXPECT_EQ(mailbox_of("a@"s + times(59, "я") + ".рф"), "") << "a label of over 63 bytes in ASCII form";
}

TEST(Email, RulesOfProviders) {
  check({
      {"ivan+news@firm.ru", "ivan@firm.ru", "a tag is cut anywhere"},
      {"ivan+a+b@firm.ru", "ivan@firm.ru", "from the first +"},
      {"ivan+@firm.ru", "ivan@firm.ru", "an empty tag"},
      {"+ivan@firm.ru", "+ivan@firm.ru", "before a + there must be a name"},
      {"++@firm.ru", "+@firm.ru", "and the first character is one"},
      {"ivan.+tag@firm.ru", "\"ivan.\"@firm.ru", "what is left needs quotation marks"},
      {"ivan.petrov@firm.ru", "ivan.petrov@firm.ru", "dots count"},
      {"i.van.petrov@gmail.com", "ivanpetrov@gmail.com", "but not at Gmail"},
      {"I.Van.Petrov+x@GoogleMail.com", "ivanpetrov@gmail.com", "googlemail.com is gmail.com"},
      {"ivan-petrov@gmail.com", "ivan-petrov@gmail.com", "hyphens count there"},
      {"i.v@google.com", "i.v@google.com", "the company's own addresses have dots"},
      {"ivan.petrov@yandex.ru", "ivan-petrov@yandex.ru", "Yandex: a dot is a hyphen"},
      {"ivan-petrov@ya.ru", "ivan-petrov@yandex.ru", "one mailbox"},
      {"Ivan.Petrov+shop@yandex.com", "ivan-petrov@yandex.ru", "under several domains"},
      {"ivan-petrov@yandex.kz", "ivan-petrov@yandex.ru", "of several countries"},
      {"ivan-petrov@narod.ru", "ivan-petrov@yandex.ru", "and of former days"},
      {"ivan_petrov@yandex.ru", "ivan_petrov@yandex.ru", "an underscore is no hyphen"},
      {"ivan@yandex-team.ru", "ivan@yandex-team.ru", "the company's own"},
      {"ivan@pdd.yandex.ru", "ivan@pdd.yandex.ru", "a subdomain is another domain"},
      {"ivan@mail.ru", "ivan@mail.ru", "Mail.ru: the domain is chosen at registration"},
      {"ivan@bk.ru", "ivan@bk.ru", "so this is another person"},
      {"ivan@inbox.ru", "ivan@inbox.ru", "and this"},
      {"ivan@list.ru", "ivan@list.ru", "and this"},
      {"ivan@internet.ru", "ivan@internet.ru", "and this"},
      {"ivan.petrov@mail.ru", "ivan.petrov@mail.ru", "dots count"},
      {"ivan+tag@mail.ru", "ivan@mail.ru", "tags work"},
      {"ivan.petrov+tag@outlook.com", "ivan.petrov@outlook.com", "Outlook: tags, dots count"},
      {"ivan@hotmail.com", "ivan@hotmail.com", "and another domain is another person"},
      {"ivan+x@me.com", "ivan@icloud.com", "Apple: one account"},
      {"ivan@mac.com", "ivan@icloud.com", "under three domains"},
      {"i.v-a_n@proton.me", "ivan@proton.me", "Proton: these characters do not count"},
      {"Ivan+x@protonmail.com", "ivan@proton.me", "one user under its domains"},
      {"i_van@pm.me", "ivan@proton.me", "the short one too"},
      {"_-_@proton.me", "_-_@proton.me", "nothing would be left"},
      {"ivan-shop@yahoo.com", "ivan@yahoo.com", "Yahoo: tags begin with a hyphen"},
      {"ivan-shop@yahoo.co.uk", "ivan@yahoo.co.uk", "in all countries"},
      {"ivan.petrov@yahoo.com", "ivan.petrov@yahoo.com", "dots count"},
      {"ivan@ymail.com", "ivan@ymail.com", "and another domain is another person"},
      {"ivan+x@fastmail.com", "ivan@fastmail.com", "Fastmail: a tag"},
      {"shop@ivan.fastmail.com", "ivan@fastmail.com", "or a subdomain that is the user"},
      {"shop@ivan.fastmail.fm", "ivan@fastmail.fm", "of the same domain"},
      {"shop@a.ivan.fastmail.com", "shop@a.ivan.fastmail.com", "but not deeper"},
      {"ivan@user.gmail.com", "ivan@user.gmail.com", "elsewhere a subdomain is another domain"},
  });
}

TEST(Email, KeepsTheTagUntilItIsNormalised) {
  EXPECT_EQ(parsed("I.Van+Tag@GoogleMail.com"), "i.van+tag@googlemail.com");
  EXPECT_EQ(parsed("\"ivan\"@mail.ru"), "ivan@mail.ru");
  const std::optional<EmailAddress> address = parse_email("Ivan+Tag@Почта.рф");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->local_part(), "ivan+tag");
  EXPECT_EQ(address->domain(), "xn--80a1acny.xn--p1ai");
  EXPECT_EQ(address->text(), "ivan+tag@xn--80a1acny.xn--p1ai");
}

TEST(Email, FindsWhoseDomainItIs) {
  const auto domain = [](std::string_view text) {
    const std::optional<EmailAddress> address = parse_email(text);
    return address ? std::string(email_domain(*address)) : std::string();
  };
  EXPECT_EQ(domain("ivan@firm.ru"), "firm.ru");
  EXPECT_EQ(domain("ivan@mail.firm.ru"), "firm.ru");
  EXPECT_EQ(domain("ivan@mail.firm.co.uk"), "firm.co.uk");
  EXPECT_EQ(domain("ivan@a.почта.рф"), "xn--80a1acny.xn--p1ai");
  EXPECT_EQ(domain("ivan@shop.github.io"), "shop.github.io") << "below a company's suffix everybody is somebody else";
  EXPECT_EQ(domain("ivan@github.io"), "github.io") << "at it, it is the company";
  EXPECT_EQ(domain("ivan@co.uk"), "co.uk") << "a registry's suffix stays";
  EXPECT_EQ(domain("ivan@a.b.nosuchtld"), "b.nosuchtld");
}

TEST(Email, KnowsRoles) {
  for (const std::string_view role : {"info",
                                      "sales",
                                      "support",
                                      "admin",
                                      "office",
                                      "zakaz",
                                      "hello",
                                      "postmaster",
                                      "noreply",
                                      "no-reply",
                                      "do-not-reply",
                                      "do_not_reply",
                                      "otdel-prodazh",
                                      "info.spb",
                                      "zakaz-msk",
                                      "sales2",
                                      "info_1",
                                      "1info",
                                      "otdelkadrov",
                                      "priemnaya",
                                      "buhgalteria",
                                      "kontakt",
                                      "vertrieb",
                                      "biuro",
                                      "заказ",
                                      "приёмная",
                                      "hr",
                                      "pr",
                                      "it"}) {
    EXPECT_EQ(is_role(role), role != "1info") << role;
  }
  for (const std::string_view person :
       {"ivan",   "ivan.petrov", "sales.ivanov", "info-ivan", "infoivan", "petrov", "max",     "mark", "roman",
        "anna",   "i.info",      "123",          "msk",       "2",        "",       ".",       "a.b",  "\"info\"",
        "marina", "art",         "bill",         "star",      "alla",     "vera",   "nadezhda"}) {
    EXPECT_FALSE(is_role(person)) << person;
  }
}

TEST(Email, TellsMixedScripts) {
  for (const std::string_view mixed :
       {"ivаn@mail.ru", "ivan@mаil.ru", "иvan@mail.ru", "ιvan@mail.ru", "a.bв@firm.ru"}) {
    EXPECT_TRUE(mixes_scripts(mixed)) << mixed;
  }
  for (const std::string_view pure :
       {"ivan@mail.ru", "иван@mail.ru", "ivan@почта.рф", "иван@почта.рф", "иван-ivan@mail.ru", "Иван <ivan@mail.ru>",
        "", "иван2@mail.ru", "josé@mail.ru", "\xFF\xD0"}) {
    EXPECT_FALSE(mixes_scripts(pure)) << pure;
  }
}

TEST(Email, RefusesToAssembleWhatIsTooLong) {
  EXPECT_FALSE(EmailAddress::assemble("", "firm.ru"));
  EXPECT_FALSE(EmailAddress::assemble("a", ""));
  EXPECT_FALSE(EmailAddress::assemble(times(65, "a"), "firm.ru"));
  EXPECT_FALSE(EmailAddress::assemble("a", times(254, "a")));
  EXPECT_FALSE(EmailAddress::assemble(times(64, "a"), times(190, "a")));
  EXPECT_EQ(EmailAddress::assemble("a", "firm.ru")->text(), "a@firm.ru");
}

TEST(Email, DoesNotReadLongTexts) {
  const std::string long_text(100'000'000, 'a');
  EXPECT_EQ(mailbox_of(long_text), "");
  EXPECT_FALSE(mixes_scripts(long_text));
  EXPECT_FALSE(is_role(long_text));
}

}  // namespace
}  // namespace leadscore::contact
