// What is remembered of a condition is what it said, of every text, whatever came in between.
#include "core/model/remembered_answers.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "random.hpp"

namespace leadscore::model {
namespace {

using test::Random;

TEST(RememberedAnswers, TellNothingOfWhatTheyWereNotTold) {
  const auto answers = std::make_unique<RememberedAnswers>();
  EXPECT_EQ(answers->find({}), std::nullopt);
  EXPECT_EQ(answers->find("site"), std::nullopt);
  EXPECT_EQ(answers->find(std::string(10, '\0')), std::nullopt);
}

TEST(RememberedAnswers, TellTheLastThatTheyWereTold) {
  const auto answers = std::make_unique<RememberedAnswers>();
  answers->keep({}, Truth::yes);
  EXPECT_EQ(answers->find(""), Truth::yes);
  answers->keep("Генеральный директор", Truth::unknown);
  EXPECT_EQ(answers->find("Генеральный директор"), Truth::unknown);
  answers->keep("Генеральный директор", Truth::no);
  EXPECT_EQ(answers->find("Генеральный директор"), Truth::no);
  EXPECT_EQ(answers->find("Генеральный директо"), std::nullopt);
}

TEST(RememberedAnswers, HoldTextsUpToTheirLimit) {
  for (const std::size_t size : {std::size_t{1}, RememberedAnswers::kLongestText, RememberedAnswers::kLongestText + 1,
                                 std::size_t{255}, std::size_t{256}, std::size_t{65536}}) {
    const auto answers = std::make_unique<RememberedAnswers>();
    const std::string text(size, 'x');
    answers->keep(text, Truth::yes);
    EXPECT_EQ(answers->find(text), size <= RememberedAnswers::kLongestText ? std::optional(Truth::yes) : std::nullopt);
    EXPECT_EQ(answers->find(text.substr(1)), std::nullopt);
    EXPECT_EQ(answers->find(text + 'x'), std::nullopt);
  }
}

// Against all that they were ever told: more texts than there are places, which begin and end alike.
TEST(RememberedAnswers, AreNeverThoseOfAnotherText) {
  Random random(20);
  const auto answers = std::make_unique<RememberedAnswers>();
  std::map<std::string, Truth> told;
  int found = 0;
  for (int i = 0; i < 100000; ++i) {
    const std::string text = std::string(static_cast<std::size_t>(random.below(20)), 'a') +
                             std::string(static_cast<std::size_t>(random.below(3)), '\0') +
                             std::string(static_cast<std::size_t>(random.below(4)), 'b');
    if (const std::optional<Truth> answer = answers->find(text)) {
      ASSERT_EQ(*answer, told.at(text));
      ++found;
    }
    if (random.below(2) == 0) {
      told[text] = static_cast<Truth>(random.below(3));
      answers->keep(text, told[text]);
    }
  }
  EXPECT_GT(found, 10000);
}

}  // namespace
}  // namespace leadscore::model
