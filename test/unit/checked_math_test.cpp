#include "core/checked_math.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <limits>

#include "error_code_of.hpp"

namespace leadscore {
namespace {

using test::error_code_of;

constexpr std::size_t kMax = std::numeric_limits<std::size_t>::max();

TEST(CheckedAdd, AddsUpToTheLargestSize) {
  EXPECT_EQ(checked_add(0, 0), 0U);
  EXPECT_EQ(checked_add(2, 3), 5U);
  EXPECT_EQ(checked_add(kMax, 0), kMax);
  EXPECT_EQ(checked_add(kMax - 1, 1), kMax);
  EXPECT_EQ(checked_add(kMax / 2, kMax / 2 + 1), kMax);
}

TEST(CheckedAdd, RefusesToWrapAround) {
  EXPECT_EQ(error_code_of([] { (void)checked_add(kMax, 1); }), ErrorCode::limit_exceeded);
  EXPECT_EQ(error_code_of([] { (void)checked_add(1, kMax); }), ErrorCode::limit_exceeded);
  EXPECT_EQ(error_code_of([] { (void)checked_add(kMax, kMax); }), ErrorCode::limit_exceeded);
  EXPECT_EQ(error_code_of([] { (void)checked_add(kMax / 2 + 1, kMax / 2 + 1); }), ErrorCode::limit_exceeded);
}

TEST(CheckedMultiply, MultipliesUpToTheLargestSize) {
  EXPECT_EQ(checked_multiply(0, kMax), 0U);
  EXPECT_EQ(checked_multiply(kMax, 0), 0U);
  EXPECT_EQ(checked_multiply(kMax, 1), kMax);
  EXPECT_EQ(checked_multiply(6, 7), 42U);
  EXPECT_EQ(checked_multiply(kMax / 2, 2), kMax - 1);
}

TEST(CheckedMultiply, RefusesToWrapAround) {
  EXPECT_EQ(error_code_of([] { (void)checked_multiply(kMax / 2 + 1, 2); }), ErrorCode::limit_exceeded);
  EXPECT_EQ(error_code_of([] { (void)checked_multiply(2, kMax / 2 + 1); }), ErrorCode::limit_exceeded);
  EXPECT_EQ(error_code_of([] { (void)checked_multiply(kMax, kMax); }), ErrorCode::limit_exceeded);
}

}  // namespace
}  // namespace leadscore
