// Match rules: their words, what is refused and why, and how they are written.
#include "core/dedup/match_rule.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory_resource>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/dedup/contact_rule.hpp"
#include "core/dedup/match_rule_document.hpp"
#include "core/error.hpp"

namespace leadscore::dedup {
namespace {

using By = Test;  // in a test, Test is another

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(MatchRule, WordsAreFoundByTheirNames) {
  for (std::size_t i = 0; i < kSubjects; ++i) {
    EXPECT_EQ(find_subject(name_of(static_cast<Subject>(i))), static_cast<Subject>(i));
  }
  for (std::size_t i = 0; i < kTests; ++i) {
    EXPECT_EQ(find_test(name_of(static_cast<By>(i))), static_cast<By>(i));
  }
  EXPECT_EQ(find_subject("Email"), std::nullopt);
  EXPECT_EQ(find_subject(""), std::nullopt);
  EXPECT_EQ(find_test("email"), std::nullopt);
}

TEST(MatchRule, EachTestBelongsToASubject) {
  std::array<std::size_t, kSubjects> tests{};
  for (std::size_t i = 0; i < kTests; ++i) {
    std::size_t subjects = 0;
    for (std::size_t j = 0; j < kSubjects; ++j) {
      const bool is_one = is_test_of(static_cast<By>(i), static_cast<Subject>(j));
      subjects += is_one ? 1U : 0U;
      tests[j] += is_one ? 1U : 0U;
    }
    EXPECT_GE(subjects, 1U) << name_of(static_cast<By>(i));
  }
  for (std::size_t j = 0; j < kSubjects; ++j) {
    EXPECT_GE(tests[j], 2U) << name_of(static_cast<Subject>(j));
    EXPECT_LE(tests[j], kMostLevels);
  }
  EXPECT_FALSE(is_test_of(By::same, Subject::time));
  EXPECT_FALSE(is_test_of(By::edits, Subject::name));
  EXPECT_FALSE(is_test_of(By::shared_words, Subject::city));
}

TEST(MatchRule, FieldsBelongToSubjects) {
  EXPECT_EQ(subject_of(Field::last_name_sound), Subject::name);
  EXPECT_EQ(subject_of(Field::company_domain), Subject::email);
  EXPECT_EQ(subject_of(Field::company), Subject::company);
  EXPECT_EQ(subject_of(Field::national_id), Subject::national_id);
}

TEST(MatchRule, PartsOfKeys) {
  const auto part = [](std::string_view text) {
    const auto parsed = parse_key_part(text);
    return parsed ? std::optional(std::pair(parsed->field, int{parsed->letters})) : std::nullopt;
  };
  EXPECT_EQ(part("email"), std::pair(Field::email, 0));
  EXPECT_EQ(part("phone:-7"), std::pair(Field::phone, -7));
  EXPECT_EQ(part("first_name:1"), std::pair(Field::first_name, 1));
  EXPECT_EQ(part("national_id:64"), std::pair(Field::national_id, 64));
  EXPECT_EQ(part("national_id:-64"), std::pair(Field::national_id, -64));
  EXPECT_EQ(part("company_domain"), std::pair(Field::company_domain, 0));
  for (const char* const none : {"",
                                 ":",
                                 "email:",
                                 "email:0",
                                 "email:-0",
                                 "email:65",
                                 "email:-65",
                                 "email:+7",
                                 "email: 7",
                                 "email:7 ",
                                 "email:7.5",
                                 "email:x",
                                 "email:7:7",
                                 "email:128",
                                 "email:-129",
                                 "email:99999999999999999999",
                                 "Email",
                                 " email",
                                 "created_at",
                                 "company_domain:3",
                                 "whole_name:1",
                                 "full_name"}) {
    EXPECT_EQ(part(none), std::nullopt) << none;
  }
}

// What is wrong with the shipped rule once something in it is changed.
std::string refusal(const std::function<void(MatchRule&)>& change) {
  MatchRule rule = contact_rule();
  change(rule);
  try {
    check(rule);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    return error.what();
  }
  return "";
}

TEST(MatchRule, WhatIsWrongIsNamed) {
  EXPECT_EQ(refusal([](MatchRule&) {}), "");
  EXPECT_EQ(refusal([](MatchRule& rule) { rule.comparisons.clear(); }), "a match rule without comparisons");
  EXPECT_EQ(refusal([](MatchRule& rule) { rule.comparisons[3].subject = Subject::email; }),
            "two comparisons of \"email\"");
  EXPECT_EQ(refusal([](MatchRule& rule) { rule.comparisons[2].levels.clear(); }),
            "comparison \"email\" must have 2 levels or more");
  EXPECT_EQ(refusal([](MatchRule& rule) { rule.comparisons[1].levels[0].test = By::same_last; }),
            "comparison \"patronymic\" cannot be made by the test \"same_last\"");
  const char* const last = "the last level of comparison \"email\", and no other, must be \"otherwise\"";
  EXPECT_EQ(refusal([](MatchRule& rule) { rule.comparisons[2].levels.back().test = By::same; }), last);
  EXPECT_EQ(refusal([](MatchRule& rule) { rule.comparisons[2].levels[1].test = By::otherwise; }), last);
  for (const double limit : {-1.0, kNaN}) {
    EXPECT_EQ(refusal([limit](MatchRule& rule) { rule.comparisons[1].levels[1].limit = limit; }),
              "the test \"similar\" of comparison \"patronymic\" needs a limit of 0 or more");
    EXPECT_EQ(refusal([limit](MatchRule& rule) { rule.comparisons[1].levels[0].limit = limit; }), "");  // has none
  }
  for (const double p : {0.0, 1.0, -0.1, 1.1, kNaN}) {
    const char* const wrong = "m and u of level \"same\" of comparison \"phone\" must lie between 0 and 1";
    EXPECT_EQ(refusal([p](MatchRule& rule) { rule.comparisons[3].levels[0].m = p; }), wrong);
    EXPECT_EQ(refusal([p](MatchRule& rule) { rule.comparisons[3].levels[0].u = p; }), wrong);
    const char* const odds = "the prior and the threshold of a match rule must lie between 0 and 1";
    EXPECT_EQ(refusal([p](MatchRule& rule) { rule.prior = p; }), odds);
    EXPECT_EQ(refusal([p](MatchRule& rule) { rule.threshold = p; }), odds);
  }
  for (const double weight : {-0.1, 1.1, kNaN}) {
    EXPECT_EQ(refusal([weight](MatchRule& rule) { rule.comparisons[0].frequency_weight = weight; }),
              "the frequency weight of comparison \"name\" must lie between 0 and 1");
  }
  for (const double weight : {0.0, 1.0}) {
    EXPECT_EQ(refusal([weight](MatchRule& rule) { rule.comparisons[0].frequency_weight = weight; }), "");
  }
  EXPECT_EQ(refusal([](MatchRule& rule) { rule.keys[5].clear(); }), "a blocking key without parts");
  EXPECT_EQ(refusal([](MatchRule& rule) { rule.keys.clear(); }), "");
}

TEST(MatchRule, IsWrittenAsJson) {
  MatchRule rule;
  MatchComparison comparison{.subject = Subject::phone, .frequency_weight = 0.5, .levels = {}};
  comparison.levels.add({By::edits, 1, 0.1, 1e-300});
  comparison.levels.add({By::otherwise, 0, 0.9, 1.0 / 3});
  rule.comparisons.add(comparison);
  BlockingKey key;
  key.add({Field::phone, -7});
  key.add({Field::city});
  rule.keys.add(key);
  rule.prior = 1e-5;
  rule.threshold = 0.5;
  std::array<double, kFields> averages{};
  averages[static_cast<std::size_t>(Field::phone)] = 0.25;
  const std::vector<ValueFrequency> frequent{{Field::phone, ~std::uint64_t{0}, 0.125}};
  const auto json =
      document_of({.rule = rule, .region = "RU", .trained_leads = 12, .averages = averages, .frequent = frequent},
                  std::pmr::get_default_resource());
  EXPECT_EQ(json,
            R"({"format":1,"region":"RU","prior":1e-05,"threshold":0.5,"trained_leads":12,"comparisons":[)"
            R"({"comparison":"phone","frequency_weight":0.5,"levels":[{"test":"edits","limit":1,"m":0.1,"u":1e-300},)"
            R"({"test":"otherwise","m":0.9,"u":0.3333333333333333}]}],"keys":[["phone:-7","city"]],"frequencies":[)"
            R"({"field":"phone","frequency":0.25},{"field":"phone","hash":"-1","frequency":0.125}]})");
  const auto least =
      document_of({.rule = MatchRule(), .region = "", .trained_leads = {}, .averages = {}, .frequent = {}},
                  std::pmr::get_default_resource());
  EXPECT_EQ(least, R"({"format":1,"region":"","prior":0,"threshold":0,"comparisons":[],"keys":[],"frequencies":[]})");
}

}  // namespace
}  // namespace leadscore::dedup
