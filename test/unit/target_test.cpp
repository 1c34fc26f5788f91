// Target leads: the verdict from three-valued answers, against the definition written with all that could yet turn out.
#include "core/model/target.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <optional>
#include <set>
#include <vector>

namespace leadscore::model {
namespace {

struct Answer {
  Requirement requirement;
  Truth truth;
};

std::optional<TargetVerdict> verdict_of(const std::vector<Answer>& answers) {
  TargetTally tally;
  for (const Answer& answer : answers) {
    tally.add(answer.requirement, answer.truth);
  }
  return tally.verdict();
}

// With every answer known: a required criterion is a veto, a growth criterion puts off.
TargetVerdict known_verdict(const std::vector<Answer>& answers) {
  bool grows = false;
  for (const Answer& answer : answers) {
    if (answer.truth == Truth::no && answer.requirement == Requirement::required) {
      return TargetVerdict::not_target;
    }
    grows = grows || (answer.truth == Truth::no && answer.requirement == Requirement::growth);
  }
  return grows ? TargetVerdict::grow : TargetVerdict::target;
}

// All verdicts that may come out once what is unknown is known.
void collect(std::vector<Answer> answers, std::size_t from, std::set<TargetVerdict>& verdicts) {
  for (std::size_t i = from; i < answers.size(); ++i) {
    if (answers[i].truth == Truth::unknown) {
      for (const Truth truth : {Truth::no, Truth::yes}) {
        answers[i].truth = truth;
        collect(answers, i + 1, verdicts);
      }
      return;
    }
  }
  verdicts.insert(known_verdict(answers));
}

TEST(Target, IsUnknownExactlyWhereTheVerdictDependsOnWhatIsNotKnown) {
  constexpr std::array kRequirements{Requirement::required, Requirement::desired, Requirement::growth};
  constexpr std::array kTruths{Truth::no, Truth::yes, Truth::unknown};
  constexpr std::size_t kKinds = kRequirements.size() * kTruths.size();
  for (std::size_t code = 0; code < kKinds * kKinds * kKinds * kKinds; ++code) {
    std::vector<Answer> answers;
    for (std::size_t rest = code, i = 0; i < 4; ++i, rest /= kKinds) {
      answers.push_back({kRequirements[rest % 3], kTruths[rest % kKinds / 3]});
    }
    std::set<TargetVerdict> possible;
    collect(answers, 0, possible);
    const TargetVerdict expected = possible.size() == 1 ? *possible.begin() : TargetVerdict::unknown;
    ASSERT_EQ(verdict_of(answers), expected) << code;
  }
}

TEST(Target, HasNoVerdictWithoutCriteria) { EXPECT_EQ(verdict_of({}), std::nullopt); }

TEST(Target, DesiredCriteriaChangeNoVerdict) {
  EXPECT_EQ(verdict_of({{Requirement::desired, Truth::no}, {Requirement::desired, Truth::unknown}}),
            TargetVerdict::target);
}

TEST(Target, IsSettledByAVeto) {
  TargetTally tally;
  tally.add(Requirement::growth, Truth::no);
  EXPECT_FALSE(tally.is_settled());
  tally.add(Requirement::required, Truth::no);
  EXPECT_TRUE(tally.is_settled());
  tally.add(Requirement::required, Truth::yes);
  EXPECT_EQ(tally.verdict(), TargetVerdict::not_target);
}

}  // namespace
}  // namespace leadscore::model
