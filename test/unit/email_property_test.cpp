// What holds for every e-mail address, tried on random ones and on random bytes (with fixed seeds).
#include "core/contact/email.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "core/contact/email_kind.hpp"
#include "core/contact/public_suffix.hpp"

namespace leadscore::contact {
namespace {

using namespace std::string_literals;

constexpr int kRounds = 100'000;

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t limit) { return engine_() % limit; }
  template <std::size_t Count>
  std::string_view one_of(const std::array<std::string_view, Count>& texts) {
    return texts[below(Count)];
  }

 private:
  std::mt19937_64 engine_;
};

constexpr std::array<std::string_view, 20> kDomains{
    "mail.ru",    "gmail.com", "googlemail.com", "yandex.ru",    "ya.ru",          "proton.me", "pm.me",
    "icloud.com", "me.com",    "yahoo.com",      "fastmail.com", "u.fastmail.com", "firm.ru",   "a.b.co.uk",
    "почта.рф",   "bücher.de", "outlook.com",    "yandex.kz",    "x-1.org",        "mac.com"};
constexpr std::array<std::string_view, 24> kPieces{"ivan", "petrov", ".",    "-", "_", "a",       "7", "o'neil",
                                                   "!",    "info",   "иван", "É", "z", "Q",       "=", "/",
                                                   "ß",    "ё",      "K",    "ﬁ", "Ω", "и\u0306", "x", "#"};

std::string local_part(Random& random) {
  std::string text;
  for (std::size_t i = 1 + random.below(6); i > 0; --i) {
    text += random.one_of(kPieces);
  }
  return text;
}

std::string random_bytes(Random& random) {
  constexpr std::string_view kLikely = "@@..++--__\"\\<> \tabcXYZ019mailto:gmail.comyandex.ru\xD0\xB8\xEF\xBC\xA0";
  std::string text;
  for (std::size_t i = random.below(40); i > 0; --i) {
    text += random.below(8) == 0 ? static_cast<char>(random.below(256)) : kLikely[random.below(kLikely.size())];
  }
  return text;
}

void check_invariants(const std::string& text) {
  const std::optional<EmailAddress> address = parse_email(text);
  const std::optional<EmailAddress> mailbox = normalize_email(text);
  ASSERT_EQ(address.has_value(), mailbox.has_value()) << text;
  if (!address) {
    ASSERT_EQ(email_kind(text), EmailKind::invalid);
    return;
  }
  for (const EmailAddress& each : {*address, *mailbox}) {
    ASSERT_LE(each.text().size(), 254U);
    ASSERT_TRUE(!each.local_part().empty() && each.local_part().size() <= 64) << text;
    ASSERT_TRUE(each.domain().find('.') != std::string_view::npos) << text;
    const std::optional<EmailAddress> again = parse_email(each.text());
    ASSERT_TRUE(again) << "what comes out is an address: " << each.text() << " of " << text;
    ASSERT_EQ(again->text(), each.text()) << "reading twice is reading once: " << text;
    ASSERT_TRUE(each.domain().ends_with(email_domain(each)) && !email_domain(each).empty()) << text;
  }
  ASSERT_EQ(normalize(*mailbox).text(), mailbox->text()) << "normalising twice is normalising once: " << text;
  ASSERT_EQ(email_kind(text), kind_of_domain(address->domain())) << text;
}

TEST(EmailProperty, NormalFormsAreStable) {
  Random random(1);
  for (int round = 0; round < kRounds; ++round) {
    check_invariants(local_part(random) + "@" + std::string(random.one_of(kDomains)));
    std::string quoted = "\"";
    quoted += local_part(random) + " +" + local_part(random);
    check_invariants(quoted + "\"@" + std::string(random.one_of(kDomains)));
  }
}

TEST(EmailProperty, AnyBytesAreReadOrRefused) {
  Random random(2);
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = random_bytes(random);
    check_invariants(text);
    check_invariants("ivan@"s + text);
    check_invariants(text + "@mail.ru");
    (void)is_role(text);
    (void)mixes_scripts(text);
    (void)registrable_domain(text);
    (void)kind_of_domain(text);
    (void)listed_kind(text);
  }
}

TEST(EmailProperty, CaseDoesNotMatter) {
  Random random(3);
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = local_part(random) + "@" + std::string(random.one_of(kDomains));
    std::string other = text;
    for (char& byte : other) {
      if (static_cast<unsigned char>(byte) < 0x80 && random.below(2) == 0) {
        byte = static_cast<char>(std::toupper(static_cast<unsigned char>(byte)));
      }
    }
    const std::optional<EmailAddress> mailbox = normalize_email(text);
    const std::optional<EmailAddress> same = normalize_email(other);
    ASSERT_EQ(mailbox.has_value(), same.has_value()) << text << " " << other;
    ASSERT_TRUE(!mailbox || mailbox->text() == same->text()) << text << " " << other;
  }
}

TEST(EmailProperty, TagsDoNotMatter) {
  Random random(4);
  for (int round = 0; round < kRounds; ++round) {
    const std::string local = local_part(random);
    const std::string domain(random.one_of(kDomains));
    const std::optional<EmailAddress> mailbox = normalize_email(local + "@"s + domain);
    const std::optional<EmailAddress> tagged =
        normalize_email(local + "+" + std::string(1 + random.below(3), 't') + "@"s + domain);
    if (mailbox && tagged) {
      ASSERT_EQ(mailbox->text(), tagged->text()) << local;
    }
  }
}

TEST(EmailProperty, EveryBeginningAndEveryDamageIsSurvived) {
  for (const std::string_view whole : {"  Иван <Ivan.Petrov+tag@sub.GoogleMail.com> ", "\"иван \\\"п\\\\\"@почта.рф",
                                       "mailto:ｉｖａｎ＠ｍａｉｌ．ｒｕ?subject=x", "shop@ivan.fastmail.com"}) {
    for (std::size_t size = 0; size <= whole.size(); ++size) {
      // A copy of exactly this size, so that a sanitizer sees a step too far.
      check_invariants(std::string(whole.substr(0, size)));
      check_invariants(std::string(whole.substr(size)));
      for (const char byte : {'\0', '@', '.', '"', '\\', '<', '>', ' ', '\x80', '\xFF'}) {
        std::string damaged(whole);
        damaged.insert(size, 1, byte);
        check_invariants(damaged);
      }
    }
  }
}

}  // namespace
}  // namespace leadscore::contact
