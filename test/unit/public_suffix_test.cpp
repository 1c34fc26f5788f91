// Public suffixes: the algorithm's examples from publicsuffix.org, and what people type in place of a domain.
#include "core/contact/public_suffix.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace leadscore::contact {
namespace {

struct Case {
  std::string_view domain;
  std::string_view registrable;
};

TEST(PublicSuffix, AgreesWithThePublishedTests) {
  // From test_psl.txt (public domain), less what is not in small letters or not ASCII.
  const std::vector<Case> cases{
      {"", ""},
      {"com", ""},
      {"example.com", "example.com"},
      {"b.example.com", "example.com"},
      {"a.b.example.com", "example.com"},
      {"example", ""},
      {"example.example", "example.example"},
      {"b.example.example", "example.example"},
      {"a.b.example.example", "example.example"},
      {"biz", ""},
      {"domain.biz", "domain.biz"},
      {"a.b.domain.biz", "domain.biz"},
      {"uk.com", ""},
      {"example.uk.com", "example.uk.com"},
      {"a.b.example.uk.com", "example.uk.com"},
      {"test.ac", "test.ac"},
      {"mm", ""},
      {"c.mm", ""},
      {"b.c.mm", "b.c.mm"},
      {"a.b.c.mm", "b.c.mm"},
      {"jp", ""},
      {"test.jp", "test.jp"},
      {"www.test.jp", "test.jp"},
      {"ac.jp", ""},
      {"test.ac.jp", "test.ac.jp"},
      {"kyoto.jp", ""},
      {"test.kyoto.jp", "test.kyoto.jp"},
      {"ide.kyoto.jp", ""},
      {"b.ide.kyoto.jp", "b.ide.kyoto.jp"},
      {"a.b.ide.kyoto.jp", "b.ide.kyoto.jp"},
      {"c.kobe.jp", ""},
      {"b.c.kobe.jp", "b.c.kobe.jp"},
      {"a.b.c.kobe.jp", "b.c.kobe.jp"},
      {"kobe.jp", ""},
      {"city.kobe.jp", "city.kobe.jp"},
      {"www.city.kobe.jp", "city.kobe.jp"},
      {"ck", ""},
      {"test.ck", ""},
      {"b.test.ck", "b.test.ck"},
      {"a.b.test.ck", "b.test.ck"},
      {"www.ck", "www.ck"},
      {"www.www.ck", "www.ck"},
      {"us", ""},
      {"test.us", "test.us"},
      {"ak.us", ""},
      {"test.ak.us", "test.ak.us"},
      {"k12.ak.us", ""},
      {"test.k12.ak.us", "test.k12.ak.us"},
      {"xn--85x722f.com.cn", "xn--85x722f.com.cn"},
      {"xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"},
      {"shishi.xn--55qx5d.cn", "shishi.xn--55qx5d.cn"},
      {"xn--55qx5d.cn", ""},
      {"xn--85x722f.xn--fiqs8s", "xn--85x722f.xn--fiqs8s"},
      {"xn--fiqs8s", ""},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(registrable_domain(each.domain), each.registrable) << each.domain;
  }
}

TEST(PublicSuffix, KnowsSections) {
  EXPECT_EQ(registrable_domain("shop.github.io"), "shop.github.io");
  EXPECT_EQ(registrable_domain("shop.github.io", SuffixSection::icann), "github.io");
  EXPECT_EQ(registrable_domain("a.b.ddns.net"), "b.ddns.net");
  EXPECT_EQ(registrable_domain("a.b.ddns.net", SuffixSection::icann), "ddns.net");
  EXPECT_EQ(public_suffix("a.firm.spb.ru"), "spb.ru");
  EXPECT_EQ(public_suffix("a.firm.spb.ru", SuffixSection::icann), "ru");
  EXPECT_EQ(public_suffix("a.b.compute.amazonaws.com"), "b.compute.amazonaws.com") << "a wildcard of that section";
  EXPECT_EQ(public_suffix("a.b.compute.amazonaws.com", SuffixSection::icann), "com");
}

TEST(PublicSuffix, IsTheEndOfTheDomain) {
  EXPECT_EQ(public_suffix(""), "");
  EXPECT_EQ(public_suffix("com"), "com");
  EXPECT_EQ(public_suffix("a.com"), "com");
  EXPECT_EQ(public_suffix("a.co.uk"), "co.uk");
  EXPECT_EQ(public_suffix("nosuchtld"), "nosuchtld");
  EXPECT_EQ(public_suffix("a.nosuchtld"), "nosuchtld");
  EXPECT_EQ(public_suffix("www.ck"), "ck");
  EXPECT_EQ(public_suffix("xn--80a1acny.xn--p1ai"), "xn--p1ai");
}

TEST(PublicSuffix, TakesAnyBytes) {
  EXPECT_EQ(registrable_domain("."), "");
  EXPECT_EQ(registrable_domain("..."), "");
  EXPECT_EQ(registrable_domain(".com"), "");
  EXPECT_EQ(registrable_domain("a..com"), "");
  EXPECT_EQ(registrable_domain("a.com."), "");
  EXPECT_EQ(registrable_domain("A.COM"), "A.COM") << "capital letters match no rule";
  EXPECT_EQ(registrable_domain(std::string_view("a\0b.com", 7)), std::string_view("a\0b.com", 7));
  std::string deep;
  for (int i = 0; i < 1000; ++i) {
    deep += "a.";
  }
  EXPECT_EQ(registrable_domain(deep + "co.uk"), "a.co.uk");
  const std::string long_label(10'000'000, 'x');
  EXPECT_EQ(registrable_domain(long_label + ".com"), long_label + ".com");
  EXPECT_EQ(registrable_domain(long_label), "");
  EXPECT_EQ(registrable_domain(std::string(10'000'000, '.')), "");
}

}  // namespace
}  // namespace leadscore::contact
