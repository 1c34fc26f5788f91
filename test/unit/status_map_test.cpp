// The map of a CRM's statuses.
#include "core/model/status_map.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory_resource>
#include <string>
#include <string_view>

#include "core/model/scorecard.hpp"
#include "counting_resource.hpp"
#include "error_code_of.hpp"

namespace leadscore::model {
namespace {

TEST(StatusMap, FindsStatusesByteByByte) {
  const std::string zero("a\0b", 3);
  const std::array statuses{MappedStatus{"New", 0}, MappedStatus{"Hold", 3}, MappedStatus{"Был контакт", 1},
                            MappedStatus{"", 2}, MappedStatus{zero, 4}};
  const StatusMap map(statuses, std::pmr::new_delete_resource());
  EXPECT_EQ(map.stage_of("New"), 0U);
  EXPECT_EQ(map.stage_of("Был контакт"), 1U);
  EXPECT_EQ(map.stage_of(""), 2U);
  EXPECT_EQ(map.stage_of("Hold"), 3U);
  EXPECT_EQ(map.stage_of(zero), 4U);
  for (const std::string_view other : {"new", "Ne", "New ", "a", "был контакт", "Holdx"}) {
    EXPECT_EQ(map.stage_of(other), kNone) << other;
  }
  EXPECT_EQ(StatusMap({}, std::pmr::new_delete_resource()).stage_of(""), kNone);
}

TEST(StatusMap, RefusesAStatusThatStandsThereTwice) {
  const std::array twice{MappedStatus{"New", 0}, MappedStatus{"New", 1}};
  EXPECT_EQ(test::error_code_of([&] { static_cast<void>(StatusMap(twice, std::pmr::new_delete_resource())); }),
            ErrorCode::invalid_argument);
}

TEST(StatusMap, LeaksNothingWhicheverAllocationFails) {
  const std::array statuses{MappedStatus{"New", 0}, MappedStatus{"Hold", 3}};
  const auto build = [&](std::pmr::memory_resource* memory) { return StatusMap(statuses, memory); };
  EXPECT_GT(test::fail_every_allocation(build), 0U);
}

}  // namespace
}  // namespace leadscore::model
