// Target leads: the verdict of the criteria on which marketing and sales have agreed.
#pragma once

#include <cstdint>
#include <optional>

#include "core/model/condition.hpp"

namespace leadscore::model {

enum class Requirement : std::uint8_t {
  required,  // without it the lead is not a target lead
  desired,   // welcome, but it changes no verdict
  growth,    // without it the lead is not a target lead yet
};

enum class TargetVerdict : std::uint8_t { target, not_target, grow, unknown };

/// Gathers the answers of the criteria in force, in any order, into the verdict. A veto by a required criterion cannot
/// be made good by others; where the answer depends on what is not known, the verdict is unknown.
class TargetTally {
 public:
  void add(Requirement requirement, Truth truth) noexcept {
    any_ = true;
    if (requirement != Requirement::desired) {
      Count& count = requirement == Requirement::required ? required_ : growth_;
      count.failed = count.failed || truth == Truth::no;
      count.unknown = count.unknown || truth == Truth::unknown;
    }
  }

  /// True if no further answer can change the verdict.
  [[nodiscard]] bool is_settled() const noexcept { return required_.failed; }

  /// Nothing if no criterion was added.
  [[nodiscard]] std::optional<TargetVerdict> verdict() const noexcept {
    if (!any_) {
      return std::nullopt;
    }
    if (required_.failed) {
      return TargetVerdict::not_target;
    }
    if (required_.unknown) {
      return TargetVerdict::unknown;
    }
    if (growth_.failed) {
      return TargetVerdict::grow;
    }
    return growth_.unknown ? TargetVerdict::unknown : TargetVerdict::target;
  }

 private:
  struct Count {
    bool failed = false;
    bool unknown = false;
  };

  bool any_ = false;
  Count required_;
  Count growth_;
};

}  // namespace leadscore::model
