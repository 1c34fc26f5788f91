// How two leads agree, what that weighs, and why: each test of each subject, and the same both ways round.
#include "core/dedup/agreement.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory_resource>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/dedup/contact_rule.hpp"
#include "core/dedup/match_explanation.hpp"
#include "core/dedup/match_weights.hpp"
#include "match_leads.hpp"

namespace leadscore::dedup {
namespace {

using test::kDay;
using test::MadeUpPeople;
using test::Random;
using test::WrittenLead;
using test::WrittenTable;
using Texts = std::map<Role, std::string>;
using By = Test;  // in a test, Test is another

// A rule with one comparison: these levels and what is left.
MatchRule rule_of(Subject subject, const std::vector<std::pair<By, double>>& levels) {
  MatchComparison comparison{.subject = subject, .frequency_weight = 0, .levels = {}};
  for (const auto& [test, limit] : levels) {
    comparison.levels.add({test, limit, 0.1, 0.1});
  }
  comparison.levels.add({By::otherwise, 0, 0.1, 0.1});
  MatchRule rule;
  rule.comparisons.add(comparison);
  rule.prior = 0.01;
  rule.threshold = 0.5;
  return rule;
}

// The test by which two leads agree in the first comparison of a rule; nothing if they cannot be compared.
std::optional<By> agreeing(const MatchRule& rule, const WrittenLead& a, const WrittenLead& b) {
  check(rule);
  const WrittenTable leads({a, b});
  const Agreement agreement = compare(rule, leads.table[0], leads.table[1]);
  EXPECT_EQ(agreement, compare(rule, leads.table[1], leads.table[0]));
  const std::size_t level = level_of(agreement, 0);
  return level == 0 ? std::nullopt : std::optional(rule.comparisons[0].levels[level - 1].test);
}

// The same of two leads with one text each.
std::optional<By> agreeing(const MatchRule& rule, Role role, const std::string& a, const std::string& b) {
  return agreeing(rule, {{{role, a}}}, {{{role, b}}});
}

Texts named(const std::string& first, const std::string& last) {
  Texts texts;
  if (!first.empty()) {
    texts[Role::first_name] = first;
  }
  if (!last.empty()) {
    texts[Role::last_name] = last;
  }
  return texts;
}

TEST(Agreement, OfNames) {
  const MatchRule rule = rule_of(Subject::name, {{By::same, 0},
                                                 {By::same_swapped, 0},
                                                 {By::similar, 0.9},
                                                 {By::same_last_initial, 0},
                                                 {By::same_last, 0},
                                                 {By::similar_last, 0.9},
                                                 {By::same_first, 0}});
  const auto agree = [&rule](const Texts& a, const Texts& b) { return agreeing(rule, {a}, {b}); };
  const Texts ivan = named("Ivan", "Kovalenko");
  EXPECT_EQ(agree(ivan, named("Иван", "Коваленко")), By::same);
  EXPECT_EQ(agree(ivan, named("Vanya", "Kovalenko")), By::same);
  EXPECT_EQ(agree(ivan, named("Kovalenko", "Ivan")), By::same_swapped);
  EXPECT_EQ(agree(ivan, named("Ivan", "Kovalenkov")), By::similar);
  EXPECT_EQ(agree(ivan, named("Vanya", "Kovalneko")), By::similar);
  EXPECT_EQ(agree(ivan, named("I.", "Kovalenko")), By::same_last_initial);
  EXPECT_EQ(agree(ivan, named("", "Kovalenko")), By::same_last_initial);
  EXPECT_EQ(agree(named("", "Kovalenko"), named("", "Kovalenko")), By::same_last_initial);
  EXPECT_EQ(agree(ivan, named("Olga", "Kovalenko")), By::same_last);
  EXPECT_EQ(agree(ivan, named("", "Kovalenkov")), By::similar_last);
  EXPECT_EQ(agree(ivan, named("Ivan", "Petrov")), By::same_first);
  EXPECT_EQ(agree(ivan, named("Vanya", "")), By::same_first);
  EXPECT_EQ(agree(ivan, named("Olga", "Petrova")), By::otherwise);
  EXPECT_EQ(agree(ivan, named("Olga", "")), By::otherwise);
  EXPECT_EQ(agree(ivan, {}), std::nullopt);
  EXPECT_EQ(agree(named("Ivan", ""), named("", "Kovalenko")), std::nullopt);
}

TEST(Agreement, OfEmails) {
  const MatchRule rule = rule_of(Subject::email, {{By::same, 0},
                                                  {By::same_role_address, 0},
                                                  {By::edits, 2},
                                                  {By::same_local_part, 0},
                                                  {By::same_named_part, 0},
                                                  {By::similar_local_part, 0.92},
                                                  {By::same_company_domain, 0}});
  const auto agree = [&rule](const std::string& a, const std::string& b) { return agreeing(rule, Role::email, a, b); };
  EXPECT_EQ(agree("i.petrov@gmail.com", "IPetrov+x@googlemail.com"), By::same);
  EXPECT_EQ(agree("info@severstroi.ru", "info@severstroi.ru"), By::same_role_address);
  EXPECT_EQ(agree("info@severstroi.ru", "sales@severstroi.ru"), By::same_company_domain);
  EXPECT_EQ(agree("info@severstroi.ru", "infa@severstroi.ru"), By::same_company_domain);
  EXPECT_EQ(agree("sunny.day@mail.ru", "suny.dai@mail.ru"), By::edits);
  EXPECT_EQ(agree("sunnyday@mail.ru", "sunnyday@mail.r"), By::edits);
  // Two digits are two mailboxes.
  EXPECT_EQ(agree("sunnyday11@mail.ru", "sunnyday12@mail.ru"), By::otherwise);
  EXPECT_EQ(agree("sunnyday11@mail.ru", "sunnyday111@mail.ru"), By::otherwise);
  EXPECT_EQ(agree("sunnyday11@mail.ru", "sunnyda1y1@mail.ru"), By::edits);
  EXPECT_EQ(agree("sunny-day11@mail.ru", "sunnyday11@yahoo.com"), By::same_local_part);
  EXPECT_EQ(agree("sunnyday11@mail.ru", "sunnydoy11@yahoo.com"), By::similar_local_part);
  EXPECT_EQ(agree("info@mail.ru", "info@yahoo.com"), By::otherwise);
  EXPECT_EQ(agree("anna@severstroi.ru", "boris@severstroi.ru"), By::same_company_domain);
  EXPECT_EQ(agree("anna@mail.ru", "vsevolod@mail.ru"), By::otherwise);
  EXPECT_EQ(agree("anna@mail.ru", "none"), std::nullopt);
}

TEST(Agreement, OfAMailboxCalledLikeThePerson) {
  const MatchRule rule = rule_of(Subject::email, {{By::same, 0},
                                                  {By::same_local_part, 0},
                                                  {By::same_named_part, 0},
                                                  {By::similar_local_part, 0.92},
                                                  {By::same_company_domain, 0}});
  const auto agree = [&rule](Texts a, const std::string& email_a, Texts b, const std::string& email_b) {
    a[Role::email] = email_a;
    b[Role::email] = email_b;
    return agreeing(rule, {a}, {b});
  };
  const Texts ivan = named("Ivan", "Kovalenko");
  // Equal names explain the equal local part; the same mailbox they do not.
  EXPECT_EQ(agree(ivan, "kovalenko@mail.ru", ivan, "kovalenko@yahoo.com"), std::nullopt);
  EXPECT_EQ(agree(ivan, "kovalenko@mail.ru", named("Ivan", "Kovalenkov"), "kovalenko@yahoo.com"), std::nullopt);
  EXPECT_EQ(agree(ivan, "kovalenko@mail.ru", named("Kovalenko", "Ivan"), "kovalenko@yahoo.com"), std::nullopt);
  EXPECT_EQ(agree(ivan, "ivankovalenko@mail.ru", ivan, "ivankovalenka@yahoo.com"), std::nullopt);
  EXPECT_EQ(agree(ivan, "kovalenko@mail.ru", ivan, "kovalenko@mail.ru"), By::same);
  // Numbers of one's own are not in the name.
  EXPECT_EQ(agree(ivan, "kovalenko77@mail.ru", ivan, "kovalenko77@yahoo.com"), By::same_local_part);
  // Other names, or none, explain nothing.
  EXPECT_EQ(agree(ivan, "kovalenko@mail.ru", named("Olga", "Petrova"), "kovalenko@yahoo.com"), By::same_named_part);
  EXPECT_EQ(agree(ivan, "kovalenko@mail.ru", {}, "kovalenko@yahoo.com"), By::same_named_part);
  EXPECT_EQ(agree({}, "kovalenko@mail.ru", {}, "kovalenko@yahoo.com"), By::same_local_part);
  // An equal first name alone neither.
  EXPECT_EQ(agree(named("Ivan", ""), "ivan@mail.ru", named("Ivan", ""), "ivan@yahoo.com"), By::same_named_part);
}

TEST(Agreement, OfPhones) {
  const MatchRule rule =
      rule_of(Subject::phone, {{By::same, 0}, {By::same_end, 0}, {By::edits, 1}, {By::similar, 0.8}});
  const auto agree = [&rule](const std::string& a, const std::string& b) { return agreeing(rule, Role::phone, a, b); };
  EXPECT_EQ(agree("+7 916 123-45-67", "8 (916) 1234567"), By::same);
  EXPECT_EQ(agree("+7 916 123-45-67", "+7 917 123-45-67"), By::same_end);
  EXPECT_EQ(agree("+7 916 123-45-67", "+7 916 123-45-76"), By::edits);
  EXPECT_EQ(agree("+7 916 123-45-67", "+7 916 129-95-67"), By::similar);
  EXPECT_EQ(agree("+7 916 123-45-67", "+7 495 500-00-10"), By::otherwise);
  EXPECT_EQ(agree("123456", "123456"), By::same);
  EXPECT_EQ(agree("123456", "+7 916 123-45-67"), By::otherwise);  // has no seven digits
  EXPECT_EQ(agree("12345", "+7 916 123-45-67"), std::nullopt);
}

TEST(Agreement, OfCompaniesAndPlaces) {
  const std::vector<std::pair<By, double>> levels{{By::same, 0}, {By::similar, 0.95}, {By::shared_words, 1}};
  for (const auto& [subject, role] :
       {std::pair(Subject::company, Role::company), std::pair(Subject::address, Role::address)}) {
    const MatchRule rule = rule_of(subject, levels);
    EXPECT_EQ(agreeing(rule, role, "Severny Veter", "Северный Ветер"), By::same);
    EXPECT_EQ(agreeing(rule, role, "Severny Veter", "Severny Vetor"), By::similar);
    EXPECT_EQ(agreeing(rule, role, "Severny Veter", "Veter Severny Plus"), By::shared_words);
    EXPECT_EQ(agreeing(rule, role, "Severny Veter", "Yuzhny Dozhd"), By::otherwise);
    // A part of a word is no word.
    EXPECT_EQ(agreeing(rule, role, "Sever", "Pro Severny Veter"), By::otherwise);
    EXPECT_EQ(agreeing(rule, role, "Severny Veter", ""), std::nullopt);
  }
}

TEST(Agreement, CountsASharedWordOnce) {
  const MatchRule all = rule_of(Subject::address, {{By::shared_words, 1}});
  const MatchRule half = rule_of(Subject::address, {{By::shared_words, 0.5}});
  EXPECT_EQ(agreeing(all, Role::address, "5 5", "5 6"), By::otherwise);
  EXPECT_EQ(agreeing(half, Role::address, "5 5", "5 6"), By::shared_words);
  EXPECT_EQ(agreeing(all, Role::address, "5 5", "5 6 5"), By::shared_words);
  EXPECT_EQ(agreeing(all, Role::address, "5 5", "5"), By::shared_words);
  EXPECT_EQ(agreeing(half, Role::address, "5 5 7", "8 6 5"), By::otherwise);
}

TEST(Agreement, OfCitiesCodesAndFathers) {
  const std::vector<std::pair<By, double>> levels{{By::same, 0}, {By::edits, 1}, {By::similar, 0.8}};
  const MatchRule city = rule_of(Subject::city, levels);
  EXPECT_EQ(agreeing(city, Role::city, "Москва", "Moskva"), By::same);
  EXPECT_EQ(agreeing(city, Role::city, "Moskva", "Msokva"), By::edits);
  EXPECT_EQ(agreeing(city, Role::city, "Novosibirsk", "Novisobirks"), By::similar);
  EXPECT_EQ(agreeing(city, Role::city, "Novosibirsk", "Omsk"), By::otherwise);
  const MatchRule postcode = rule_of(Subject::postcode, levels);
  EXPECT_EQ(agreeing(postcode, Role::postcode, "101 000", "101000"), By::same);
  EXPECT_EQ(agreeing(postcode, Role::postcode, "101000", "10100"), By::edits);
  EXPECT_EQ(agreeing(postcode, Role::postcode, "101000", "630099"), By::otherwise);
  const MatchRule number = rule_of(Subject::national_id, levels);
  EXPECT_EQ(agreeing(number, Role::national_id, "112-233-445 95", "11223344595"), By::same);
  EXPECT_EQ(agreeing(number, Role::national_id, "112-233-445 95", "11223344596"), By::edits);
  const MatchRule father = rule_of(Subject::patronymic, levels);
  EXPECT_EQ(agreeing(father, Role::patronymic, "Петрович", "Petrovich"), By::same);
  EXPECT_EQ(agreeing(father, Role::patronymic, "Петрович", "Иванович"), By::otherwise);
}

TEST(Agreement, OfWhatIsLongerThanIsKept) {
  const MatchRule rule = rule_of(Subject::national_id, {{By::same, 0}, {By::edits, 0}, {By::similar, 0.9}});
  const std::string begin = "a1b2c3d4e5f6g7h8j9k0";
  const std::string same = begin + begin + begin + "abcd";  // 64
  ASSERT_EQ(same.size(), kLongestField);
  EXPECT_EQ(agreeing(rule, Role::national_id, same + "1", same + "1"), By::same);
  // What is cut off does not count.
  EXPECT_EQ(agreeing(rule, Role::national_id, same + "1", same + "2"), By::edits);
  EXPECT_EQ(agreeing(rule, Role::national_id, same, same + "2"), By::edits);
  EXPECT_EQ(agreeing(rule, Role::national_id, same, "x" + same), By::similar);
}

TEST(Agreement, OfBirthDates) {
  const MatchRule rule =
      rule_of(Subject::birth_date,
              {{By::same, 0}, {By::edits, 1}, {By::swapped_date, 0}, {By::same_day, 0}, {By::same_year, 0}});
  const auto agree = [&rule](const std::string& a, const std::string& b) {
    return agreeing(rule, Role::birth_date, a, b);
  };
  EXPECT_EQ(agree("1990-02-11", "11.02.1990"), By::same);
  EXPECT_EQ(agree("1990-02-11", "1990-02-12"), By::edits);
  EXPECT_EQ(agree("1990-02-11", "1990-11-02"), By::swapped_date);
  EXPECT_EQ(agree("1990-02-11", "1985-02-11"), By::same_day);
  EXPECT_EQ(agree("1990-02-11", "1990-07-23"), By::same_year);
  EXPECT_EQ(agree("1990-02-11", "1985-07-23"), By::otherwise);
  EXPECT_EQ(agree("1990-02-11", "unknown"), std::nullopt);
}

TEST(Agreement, OfTimes) {
  const MatchRule rule = rule_of(Subject::time, {{By::within, 60}, {By::within, 86'400}});
  const auto level = [&rule](std::int64_t a, std::int64_t b) {
    const WrittenTable leads({{{}, a}, {{}, b}});
    const Agreement agreement = compare(rule, leads.table[0], leads.table[1]);
    EXPECT_EQ(agreement, compare(rule, leads.table[1], leads.table[0]));
    return level_of(agreement, 0);
  };
  EXPECT_EQ(level(5, 5), 1U);
  EXPECT_EQ(level(0, 60'000'000), 1U);
  EXPECT_EQ(level(0, 60'000'001), 2U);
  EXPECT_EQ(level(-kDay, 0), 2U);
  EXPECT_EQ(level(0, kDay + 1), 3U);
  EXPECT_EQ(level(LeadText::kNoTime + 1, std::numeric_limits<std::int64_t>::max()), 3U);
  EXPECT_EQ(level(LeadText::kNoTime, 0), 0U);
  EXPECT_EQ(level(LeadText::kNoTime, LeadText::kNoTime), 0U);
}

TEST(Agreement, OfMadeUpPeople) {
  const MatchRule rule = contact_rule();
  const MadeUpPeople people(120, 4);
  const WrittenTable leads(people.leads);
  std::array<std::set<std::size_t>, kSubjects> levels;
  for (std::size_t i = 0; i < leads.table.size(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const Agreement agreement = compare(rule, leads.table[i], leads.table[j]);
      ASSERT_EQ(agreement, compare(rule, leads.table[j], leads.table[i]));
      EXPECT_EQ(agreement >> (kLevelBits * rule.comparisons.size()), 0U);
      for (std::size_t k = 0; k < rule.comparisons.size(); ++k) {
        const std::size_t level = level_of(agreement, k);
        EXPECT_LE(level, rule.comparisons[k].levels.size());
        const Subject subject = rule.comparisons[k].subject;
        const bool both = has_value(subject, leads.table[i]) && has_value(subject, leads.table[j]);
        EXPECT_TRUE(both || level == 0);
        EXPECT_TRUE(i != j || level == (both ? 1 : 0))
            << "a lead agrees with itself in the " << name_of(subject) << ", not " << level;
        levels[static_cast<std::size_t>(subject)].insert(level);
      }
    }
  }
  EXPECT_GE(levels[static_cast<std::size_t>(Subject::name)].size(), 5U);
  EXPECT_GE(levels[static_cast<std::size_t>(Subject::birth_date)].size(), 5U);
}

// All bytes, so that nothing is text.
TEST(Agreement, OfAnyBytes) {
  const MatchRule rule = contact_rule();
  Random random(9);
  std::vector<WrittenLead> written(60);
  for (WrittenLead& lead : written) {
    for (std::size_t role = 0; role < kTextRoles; ++role) {
      std::string text;
      for (std::size_t size = random.below(90); size > 0; --size) {
        text += static_cast<char>(random.below(random.chance(0.5) ? 256 : 128));
      }
      lead.texts[static_cast<Role>(role)] = text;
    }
    lead.at = static_cast<std::int64_t>(random.bits());
  }
  const WrittenTable leads(written);
  for (std::size_t i = 0; i < written.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_EQ(compare(rule, leads.table[i], leads.table[j]), compare(rule, leads.table[j], leads.table[i]));
    }
  }
}

TEST(MatchWeights, OddsAndProbabilities) {
  EXPECT_EQ(log_odds(0.5), 0);
  EXPECT_EQ(probability_of(0), 0.5);
  EXPECT_NEAR(probability_of(log_odds(0.999)), 0.999, 1e-15);
  EXPECT_EQ(probability_of(1e6), 1);
  EXPECT_EQ(probability_of(-1e6), 0);
}

TEST(MatchWeights, OfAFrequentAndARareName) {
  MatchRule rule = rule_of(Subject::name, {{By::same, 0}, {By::similar, 0.9}, {By::same_last, 0}});
  rule.comparisons[0].frequency_weight = 0.5;
  rule.comparisons[0].levels[0].m = 0.8;
  std::vector<WrittenLead> written(7, {named("Ivan", "Petrov")});
  written.push_back({named("Ivan", "Petrovk")});
  written.push_back({named("Ivan", "Petrov")});
  written.push_back({named("Svyatoslav", "Dolgorukov")});
  written.push_back({named("Svyatoslav", "Dolgorukov")});
  const WrittenTable leads(written);
  std::vector<std::uint32_t> everybody(written.size());
  for (std::uint32_t i = 0; i < everybody.size(); ++i) {
    everybody[i] = i;
  }
  ValueFrequencies frequencies(std::pmr::get_default_resource());
  StopToken stop;
  frequencies.count(leads.table, everybody, stop);
  const MatchWeights weights(rule, frequencies);
  const double average = (8.0 * 8 + 1 + 2 * 2) / 121;
  const double same = log_odds(0.01) + std::log2(8.0);
  const auto weight = [&](std::size_t a, std::size_t b) {
    return weights.of(compare(rule, leads.table[a], leads.table[b]), leads.table[a], leads.table[b]);
  };
  EXPECT_NEAR(weight(0, 1), same + 0.5 * std::log2(average * 11 / 8), 1e-6);
  EXPECT_NEAR(weight(9, 10), same + 0.5 * std::log2(average * 11 / 2), 1e-6);
  // Of two that are but similar the more frequent one counts.
  EXPECT_NEAR(weight(0, 7), log_odds(0.01) + 0.5 * std::log2(average * 11 / 8), 1e-6);
  EXPECT_EQ(weight(0, 7), weight(7, 0));
  EXPECT_NEAR(weights.of(compare(rule, leads.table[0], leads.table[1])), same, 1e-12);
}

TEST(MatchExplanation, AddsUpToTheWeight) {
  const MatchRule rule = contact_rule();
  const MadeUpPeople people(60, 5);
  const WrittenTable leads(people.leads);
  std::vector<std::uint32_t> everybody;
  for (std::uint32_t i = 0; i < leads.table.size(); ++i) {
    everybody.push_back(i);
  }
  ValueFrequencies frequencies(std::pmr::get_default_resource());
  StopToken stop;
  frequencies.count(leads.table, everybody, stop);
  const MatchWeights weights(rule, frequencies);
  using Kind = MatchLine::Kind;
  for (std::size_t i = 0; i < leads.table.size(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const PackedLead& a = leads.table[i];
      const PackedLead& b = leads.table[j];
      const MatchLines lines = explain(rule, weights, a, b);
      ASSERT_FALSE(lines.empty());
      EXPECT_EQ(lines[0].kind, Kind::prior);
      double sum = 0;
      std::set<std::pair<Subject, Kind>> seen;
      for (const MatchLine& line : lines) {
        sum += line.weight;
        EXPECT_EQ(line.level != nullptr, line.kind == Kind::level);
        EXPECT_TRUE(line.kind != Kind::unknown || line.weight == 0);
        EXPECT_TRUE(line.kind == Kind::prior || has_value(line.subject, a) || has_value(line.subject, b));
        EXPECT_TRUE(seen.insert({line.subject, line.kind}).second);
      }
      EXPECT_EQ(sum, weights.of(compare(rule, a, b), a, b));
    }
  }
}

TEST(ContactRule, IsWellMade) {
  const MatchRule rule = contact_rule();
  EXPECT_NO_THROW(check(rule));
  EXPECT_FALSE(rule.is_trained);
  EXPECT_EQ(rule.comparisons.size(), kSubjects);
  for (const MatchComparison& comparison : rule.comparisons) {
    double m = 0;
    double u = 0;
    for (const MatchLevel& level : comparison.levels) {
      m += level.m;
      u += level.u;
    }
    EXPECT_NEAR(m, 1, 1e-9) << name_of(comparison.subject);
    EXPECT_NEAR(u, 1, 0.02) << name_of(comparison.subject);
  }
}

}  // namespace
}  // namespace leadscore::dedup
