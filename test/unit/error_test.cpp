#include "core/error.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <string>

namespace leadscore {
namespace {

TEST(Error, CarriesItsCodeMessageAndHint) {
  const Error error(ErrorCode::out_of_range, "too far", "Come closer.");
  EXPECT_EQ(error.code(), ErrorCode::out_of_range);
  EXPECT_STREQ(error.what(), "too far");
  EXPECT_EQ(error.hint(), "Come closer.");
}

TEST(Error, HasNoHintUnlessGivenOne) { EXPECT_EQ(Error(ErrorCode::invalid_argument, "no").hint(), ""); }

TEST(Error, IsAStandardExceptionSoThatAnyHandlerEndsIt) {
  try {
    throw Error(ErrorCode::limit_exceeded, std::string(100'000, 'x'), "hint");
  } catch (const std::exception& caught) {
    EXPECT_EQ(std::string(caught.what()).size(), 100'000U);
    return;
  }
}

}  // namespace
}  // namespace leadscore
