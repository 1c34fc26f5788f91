// Counts agreements: millions of pairs agree in a few hundred ways.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "core/dedup/match_learning.hpp"
#include "core/hash.hpp"

namespace leadscore::dedup {

/// Agreements and how often each was added.
class AgreementTally {
 public:
  explicit AgreementTally(std::pmr::memory_resource* memory) : slots_(kFirstSlots, Slot{}, memory) {}

  void add(Agreement agreement) {
    Slot& slot = slot_of(agreement);
    if (slot.count++ == 0) {
      slot.agreement = agreement;
      if (++used_ * 2 > slots_.size()) {
        grow();
      }
    }
  }

  /// In the order of agreements, so that sums over them do not depend on the order in which they came.
  [[nodiscard]] std::pmr::vector<AgreementCount> counts(StopToken& stop) const {
    std::pmr::vector<AgreementCount> counts(slots_.get_allocator());
    counts.reserve(used_);
    for (const Slot& slot : slots_) {
      stop.check();
      if (slot.count > 0) {
        counts.push_back({slot.agreement, static_cast<double>(slot.count), 0});
      }
    }
    std::sort(counts.begin(), counts.end(),
              [](const AgreementCount& a, const AgreementCount& b) { return a.agreement < b.agreement; });
    return counts;
  }

 private:
  struct Slot {
    Agreement agreement = 0;
    std::uint64_t count = 0;
  };
  static constexpr std::size_t kFirstSlots = 64;

  Slot& slot_of(Agreement agreement) noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = mix(agreement) & mask;
    while (slots_[i].count != 0 && slots_[i].agreement != agreement) {
      i = (i + 1) & mask;
    }
    return slots_[i];
  }

  void grow() {
    std::pmr::vector<Slot> old(slots_.size() * 2, Slot{}, slots_.get_allocator());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.count != 0) {
        slot_of(slot.agreement) = slot;
      }
    }
  }

  std::pmr::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace leadscore::dedup
