// Kinds of mail domains: the well known ones, what the lists have wrong, and what every domain must obey.
#include "core/contact/email_kind.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/contact/email_domain_data.hpp"

namespace leadscore::contact {
namespace {

using namespace std::string_literals;

void expect(EmailKind kind, const std::vector<std::string_view>& domains) {
  for (const std::string_view domain : domains) {
    EXPECT_EQ(name_of(kind_of_domain(domain)), name_of(kind)) << domain;
  }
}

// Reads the whole table from its beginning, not as the search does.
std::map<std::string, EmailKind> every_domain() {
  std::map<char, std::string> last_labels;
  for (const LastLabel& label : kLastLabels) {
    if (label.terminal != 0) {
      std::string text;
      for (std::uint64_t packed = label.packed; packed != 0; packed >>= 8) {
        text += static_cast<char>(packed & 0xFF);
      }
      last_labels[label.terminal] = text;
    }
  }
  std::map<std::string, EmailKind> domains;
  std::string key;
  const char* entry = kDomainText;
  while (entry < kDomainText + kDomainBlockStarts[kDomainBlockCount]) {
    const int code = *entry++ - kFirstHeader;
    key.resize(static_cast<std::size_t>(code / kKinds));
    do {
      key += *entry;
    } while ((*entry++ & 0x60) != 0x60);
    std::string domain = key.substr(0, key.size() - 1);
    for (char& byte : domain) {
      byte = byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
    }
    if (key.back() != '`') {
      domain += "." + last_labels.at(key.back());
    }
    const bool is_new = domains.emplace(domain, static_cast<EmailKind>(code % kKinds)).second;
    EXPECT_TRUE(is_new) << domain << " has two kinds";
  }
  return domains;
}

TEST(EmailKind, KnowsFreeProviders) {
  expect(EmailKind::free,
         {"gmail.com",   "googlemail.com", "mail.ru",  "bk.ru",       "inbox.ru",      "list.ru",    "internet.ru",
          "xmail.ru",    "yandex.ru",      "ya.ru",    "yandex.com",  "yandex.kz",     "narod.ru",   "rambler.ru",
          "lenta.ru",    "vk.com",         "mail.kz",  "ukr.net",     "i.ua",          "meta.ua",    "tut.by",
          "outlook.com", "hotmail.com",    "live.com", "msn.com",     "yahoo.com",     "icloud.com", "me.com",
          "proton.me",   "protonmail.com", "pm.me",    "gmx.de",      "web.de",        "qq.com",     "163.com",
          "naver.com",   "seznam.cz",      "wp.pl",    "abv.bg",      "orange.fr",     "libero.it",  "aol.com",
          "zoho.com",    "fastmail.com",   "inbox.lv", "t-online.de", "comcast.net",   "mail.com",   "tutanota.com",
          "duck.com",    "mail.by",        "21cn.com", "vfemail.net", "safe-mail.net", "mail333.com"});
}

TEST(EmailKind, DoesNotTakeCompaniesForAnythingElse) {
  expect(EmailKind::corporate, {"google.com",     "apple.com",
                                "microsoft.com",  "amazon.com",
                                "meta.com",       "ibm.com",
                                "sap.com",        "siemens.com",
                                "bosch.com",      "bmw.de",
                                "shell.com",      "nestle.com",
                                "3m.com",         "dhl.com",
                                "sberbank.ru",    "sber.ru",
                                "vtb.ru",         "alfabank.ru",
                                "tbank.ru",       "gazprom.ru",
                                "lukoil.com",     "rosneft.ru",
                                "rosatom.ru",     "rzd.ru",
                                "aeroflot.ru",    "yandex-team.ru",
                                "vk.company",     "corp.mail.ru",
                                "ozon.ru",        "wildberries.ru",
                                "1c.ru",          "kaspersky.com",
                                "kaspi.kz",       "halykbank.kz",
                                "belavia.by",     "privatbank.ua",
                                "jetbrains.com",  "github.com",
                                "salesforce.com", "postgresql.org",
                                "un.org",         "europa.eu",
                                "mos.ru",         "gov.uk",
                                "nosuchfirm.ru",  "mail.nosuchfirm.ru",
                                "co.uk",          "facebook.com"});
}

TEST(EmailKind, KnowsDisposableProviders) {
  expect(EmailKind::disposable,
         {"mailinator.com", "yopmail.com", "guerrillamail.com", "10minutemail.com", "temp-mail.org", "trashmail.com",
          "sharklasers.com", "any.mailinator.com", "a.b.yopmail.com"});
}

TEST(EmailKind, KnowsSchools) {
  expect(EmailKind::education,
         {"msu.ru",     "cs.msu.ru",    "mipt.ru",         "phystech.edu", "hse.ru",        "itmo.ru",   "bmstu.ru",
          "spbu.ru",    "stanford.edu", "cs.stanford.edu", "ox.ac.uk",     "u-tokyo.ac.jp", "tum.de",    "anu.edu.au",
          "new.edu.ru", "any.ac.ru",    "school.edu.kz",   "knu.edu.ua",   "bsu.edu.by",    "any.edu.pl"});
}

TEST(EmailKind, KnowsNamesThatAreKeptFromUse) {
  expect(EmailKind::invalid,
         {"example.com", "mail.example.com", "example.org", "any.test", "a.invalid", "a.example", "a.localhost",
          "pc.local", "a.onion", "localhost", "ru", "edu", "", std::string_view("a\0B", 3), "MAIL.RU"});
}

TEST(EmailKind, ReadsAddresses) {
  EXPECT_EQ(email_kind("Ivan@Mail.ru"), EmailKind::free);
  EXPECT_EQ(email_kind("ivan@sberbank.ru"), EmailKind::corporate);
  EXPECT_EQ(email_kind("ivan@почта.рф"), EmailKind::corporate);
  EXPECT_EQ(email_kind("ivan@mail"), EmailKind::invalid);
  EXPECT_EQ(email_kind(""), EmailKind::invalid);
  EXPECT_EQ(name_of(EmailKind::disposable), "disposable");
  EXPECT_EQ(name_of(EmailKind::free), "free");
  EXPECT_EQ(name_of(EmailKind::education), "education");
  EXPECT_EQ(name_of(EmailKind::corporate), "corporate");
  EXPECT_EQ(name_of(EmailKind::invalid), "invalid");
}

TEST(EmailKind, WalksUpADomain) {
  EXPECT_EQ(parent_domain("a.b.ru"), "b.ru");
  EXPECT_EQ(parent_domain("ru"), "");
  EXPECT_EQ(parent_domain(""), "");
  EXPECT_EQ(listed_kind("mail.ru"), EmailKind::free);
  EXPECT_EQ(listed_kind("corp.mail.ru"), EmailKind::corporate);
  EXPECT_EQ(listed_kind("a.mail.ru"), std::nullopt);
  EXPECT_EQ(listed_kind("ru"), std::nullopt);
  EXPECT_EQ(listed_kind(""), std::nullopt);
}

TEST(EmailKind, FindsEveryDomainOfTheTable) {
  const std::map<std::string, EmailKind> domains = every_domain();
  EXPECT_GT(domains.size(), 140'000U);
  for (const auto& [domain, kind] : domains) {
    ASSERT_EQ(listed_kind(domain), kind) << domain;
    ASSERT_EQ(kind_of_domain(domain), kind) << domain;
    const std::string sub = "q-7x."s + domain;
    ASSERT_EQ(kind_of_domain(sub), domains.contains(sub) ? domains.at(sub) : kind) << sub;
  }
}

TEST(EmailKind, FindsNothingElse) {
  const std::map<std::string, EmailKind> domains = every_domain();
  for (const auto& [domain, kind] : domains) {
    for (const std::string& other : {domain + "q", "q"s + domain, domain.substr(1), domain.substr(0, domain.size() - 1),
                                     domain.substr(0, domain.rfind('.')), domain.substr(0, domain.rfind('.')) + ".zz",
                                     "0"s + domain.substr(1), domain.substr(0, 1) + "z"s + domain.substr(1)}) {
      const auto found = domains.find(other);
      ASSERT_EQ(listed_kind(other), found == domains.end() ? std::nullopt : std::optional(found->second)) << other;
    }
  }
}

}  // namespace
}  // namespace leadscore::contact
