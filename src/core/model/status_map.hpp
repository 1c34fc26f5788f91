// What the statuses of a CRM mean: the stage of each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

namespace leadscore::model {

struct MappedStatus {
  std::string_view status;
  std::uint32_t stage = 0;
};

/// Finds stages by status, byte by byte.
class StatusMap {
 public:
  /// Copies the statuses. Throws Error(invalid_argument) if one of them stands there twice.
  StatusMap(std::span<const MappedStatus> statuses, std::pmr::memory_resource* memory);

  /// The stage of a status; kNone where it is not mapped. O(log n) comparisons.
  [[nodiscard]] std::uint32_t stage_of(std::string_view status) const noexcept;

  [[nodiscard]] bool empty() const noexcept { return statuses_.empty(); }

 private:
  std::pmr::vector<char> bytes_;
  std::pmr::vector<MappedStatus> statuses_;  // sorted; views into bytes_
};

}  // namespace leadscore::model
