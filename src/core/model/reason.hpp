// Reasons: the criteria that weigh most in a lead's score.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/model/scorecard.hpp"

namespace leadscore::model {

/// How many of the weightiest criteria a lead's evaluation names as its reasons.
inline constexpr std::size_t kReasons = 5;

/// What a criterion contributed to a score: points, not zero.
struct Reason {
  std::uint32_t criterion = kNone;  // its position
  double contribution = 0;

  /// The order of reasons: the larger magnitude first, of equal ones the earlier criterion.
  [[nodiscard]] bool outweighs(const Reason& other) const noexcept {
    const double weight = std::fabs(contribution);
    const double other_weight = std::fabs(other.contribution);
    return weight != other_weight ? weight > other_weight : criterion < other.criterion;
  }
};

/// Ranks of the weightiest criteria, ascending; kNone where there are fewer.
class RankList {
 public:
  RankList() noexcept { ranks_.fill(kNone); }

  /// Keeps the least kReasons of its ranks and a new one.
  void add(std::uint32_t rank) noexcept {
    if (rank >= ranks_.back()) {
      return;
    }
    std::size_t place = kReasons - 1;
    for (; place > 0 && ranks_[place - 1] > rank; --place) {
      ranks_[place] = ranks_[place - 1];
    }
    ranks_[place] = rank;
  }
  void add(const RankList& other) noexcept {
    for (const std::uint32_t rank : other.ranks_) {
      if (rank >= ranks_.back()) {
        return;
      }
      add(rank);
    }
  }

  [[nodiscard]] const std::array<std::uint32_t, kReasons>& ranks() const noexcept { return ranks_; }

 private:
  std::array<std::uint32_t, kReasons> ranks_;
};

/// The criteria whose points are constant and not zero, ranked: rank 0 outweighs all others. Of several that hold, the
/// reasons are those of the least ranks.
class Ranking {
 public:
  /// A set of criteria is a mask, with the bit of each one's rank, where there are no more criteria than this.
  static constexpr std::size_t kMaskBits = 64;

  Ranking(const Scorecard& scorecard, std::pmr::memory_resource* memory);

  [[nodiscard]] std::size_t size() const noexcept { return reasons_.size(); }
  [[nodiscard]] bool fits_masks() const noexcept { return size() <= kMaskBits; }
  /// kNone: its points are zero or depend on the lead.
  [[nodiscard]] std::uint32_t rank_of(std::size_t criterion) const noexcept { return ranks_[criterion]; }
  [[nodiscard]] const Reason& reason(std::size_t rank) const noexcept { return reasons_[rank]; }

 private:
  std::pmr::vector<Reason> reasons_;       // by rank
  std::pmr::vector<std::uint32_t> ranks_;  // by criterion
};

/// The weightiest criteria that are met at each place of a look-up: as masks or, where these cannot hold them, as lists
/// of ranks. Either way no more than kReasons of them.
class ReasonTable {
 public:
  ReasonTable(bool has_masks, std::pmr::memory_resource* memory)
      : has_masks_(has_masks), masks_(memory), lists_(memory) {}

  void reserve(std::size_t places) { has_masks_ ? masks_.reserve(places) : lists_.reserve(places); }

  /// Adds a place where the criteria of these ranks are met. `ranks` ascends.
  template <class Ranks>
  void add_place(const Ranks& ranks) {
    RankList list;
    std::uint64_t mask = 0;
    std::size_t count = 0;
    for (auto rank = ranks.begin(); rank != ranks.end() && count < kReasons; ++rank, ++count) {
      list.add(*rank);
      mask |= has_masks_ ? std::uint64_t{1} << *rank : 0;
    }
    if (has_masks_) {
      masks_.push_back(mask);
    } else {
      lists_.push_back(list);
    }
  }
  void repeat_last_place() {
    if (has_masks_) {
      masks_.push_back(masks_.back());
    } else {
      lists_.push_back(lists_.back());
    }
  }

  [[nodiscard]] bool has_masks() const noexcept { return has_masks_; }
  [[nodiscard]] const std::uint64_t* masks() const noexcept { return masks_.data(); }
  [[nodiscard]] const RankList* lists() const noexcept { return lists_.data(); }

 private:
  bool has_masks_;
  std::pmr::vector<std::uint64_t> masks_;  // by place; the other is empty
  std::pmr::vector<RankList> lists_;
};

/// The ranked criteria that a lead meets, or at least the weightiest of them.
class MetCriteria {
 public:
  /// Of a ranking that fits masks or not.
  explicit MetCriteria(bool has_mask = true) noexcept : has_mask_(has_mask) {}

  void add(std::uint32_t rank) noexcept {
    if (has_mask_) {
      mask_ |= std::uint64_t{1} << rank;
    } else {
      list_.add(rank);
    }
  }
  void add_mask(std::uint64_t mask) noexcept { mask_ |= mask; }
  void add_list(const RankList& list) noexcept { list_.add(list); }
  /// Adds those of a place in a table that has masks as well or not.
  void add(const ReasonTable& table, std::size_t place) noexcept {
    if (has_mask_) {
      mask_ |= table.masks()[place];
    } else {
      list_.add(table.lists()[place]);
    }
  }

  /// Writes the weightiest, in their order, and returns how many they are.
  [[nodiscard]] std::size_t weightiest(const Ranking& ranking, std::span<Reason, kReasons> reasons) const noexcept;

 private:
  bool has_mask_;
  std::uint64_t mask_ = 0;
  RankList list_;
};

}  // namespace leadscore::model
