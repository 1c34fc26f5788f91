#include "core/stop_token.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <exception>
#include <type_traits>

namespace leadscore {
namespace {

int questions = 0;
bool answer = false;

bool host_wants_to_stop() noexcept {
  ++questions;
  return answer;
}

class StopTokenTest : public testing::Test {
 protected:
  void SetUp() override {
    questions = 0;
    answer = false;
  }
};

TEST_F(StopTokenTest, WithoutAQuestionNeverStops) {
  StopToken token;
  for (std::uint32_t i = 0; i < 10 * StopToken::kStride; ++i) {
    EXPECT_NO_THROW(token.check());
  }
}

TEST_F(StopTokenTest, AsksOnceInAStride) {
  StopToken token(host_wants_to_stop);
  for (std::uint32_t i = 0; i < StopToken::kStride - 1; ++i) {
    token.check();
  }
  EXPECT_EQ(questions, 0);
  token.check();
  EXPECT_EQ(questions, 1);
  for (std::uint32_t i = 0; i < 9 * StopToken::kStride; ++i) {
    token.check();
  }
  EXPECT_EQ(questions, 10);
}

TEST_F(StopTokenTest, ThrowsCancelledWithinAStrideOfTheHostsWish) {
  StopToken token(host_wants_to_stop);
  for (std::uint32_t i = 0; i < 3 * StopToken::kStride + 17; ++i) {
    token.check();
  }
  answer = true;
  std::uint32_t steps = 0;
  try {
    while (steps < 10 * StopToken::kStride) {
      ++steps;
      token.check();
    }
    FAIL() << "never stopped";
  } catch (const Cancelled&) {
    EXPECT_LE(steps, StopToken::kStride);
  }
}

TEST_F(StopTokenTest, GoesOnAskingAfterItWasCancelled) {
  StopToken token(host_wants_to_stop);
  answer = true;
  for (int round = 1; round <= 3; ++round) {
    for (std::uint32_t i = 0; i < StopToken::kStride - 1; ++i) {
      EXPECT_NO_THROW(token.check());
    }
    EXPECT_THROW(token.check(), Cancelled);
    EXPECT_EQ(questions, round);
  }
}

TEST_F(StopTokenTest, CountsManyCallsAsOne) {
  StopToken token(host_wants_to_stop);
  token.check(StopToken::kStride - 1);
  EXPECT_EQ(questions, 0);
  token.check(1);
  EXPECT_EQ(questions, 1);
  token.check(10 * StopToken::kStride + 5);
  EXPECT_EQ(questions, 2);
  token.check(StopToken::kStride - 6);
  EXPECT_EQ(questions, 2);
  answer = true;
  EXPECT_THROW(token.check(1), Cancelled);
}

TEST(Cancelled, IsNotAStandardExceptionSoThatNoHandlerOfErrorsSwallowsIt) {
  static_assert(!std::is_base_of_v<std::exception, Cancelled>);
}

}  // namespace
}  // namespace leadscore
