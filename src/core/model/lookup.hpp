// All criteria over one column as one look-up: the points that they give together, as a function of the column's value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include "core/model/condition.hpp"
#include "core/model/points.hpp"
#include "core/model/reason.hpp"
#include "core/model/scorecard.hpp"
#include "core/stop_token.hpp"

namespace leadscore::model {

/// A criterion that reads no column but that of the look-up, by comparisons that Condition::only_column() admits.
struct LookupCriterion {
  const Condition* condition;
  PointCount points;
  std::uint32_t attribute;  // of the criteria of one attribute the first that holds counts; kNone: it excludes nothing
  std::uint32_t rank;       // in the Ranking
};

/// Points by place. Of numbers there is a place before all starts and one from each start on; of texts one for all that
/// equal no constant and one for each that does. The last place is that of NULL. A view into a Lookup.
struct PointTable {
  static constexpr std::size_t kFirst = 0;
  static constexpr std::size_t kSmall = 3;

  const std::int64_t* starts = nullptr;  // ascending; 2^k - 1 of them and at least kSmall
  std::size_t start_count = 0;
  const PointCount* points = nullptr;
  std::size_t place_of_null = 0;

  // Both are made of arithmetic, not of branches, because which way a value goes no processor can foretell.

  [[nodiscard]] std::size_t place_of(std::int64_t value) const noexcept {
    std::size_t before = 0;
    for (std::size_t step = (start_count + 1) / 2; step > 0; step /= 2) {
      before += step & (std::size_t{0} - static_cast<std::size_t>(starts[before + step - 1] <= value));
    }
    return before;
  }

  /// The same where there are kSmall starts.
  [[nodiscard]] std::size_t place_of_in_small(std::int64_t value) const noexcept {
    return static_cast<std::size_t>(starts[0] <= value) + static_cast<std::size_t>(starts[1] <= value) +
           static_cast<std::size_t>(starts[2] <= value);
  }

  /// `place`, or that of NULL.
  [[nodiscard]] std::size_t place_unless_null(std::size_t place, bool is_null) const noexcept {
    return place ^ ((place ^ place_of_null) & (std::size_t{0} - static_cast<std::size_t>(is_null)));
  }
};

/// Points by the value of one column. Numbers are found by binary search among the places where the points change,
/// texts by their hash: O(log n) and O(size of the text) for any number of criteria with n constants.
class Lookup {
 public:
  Lookup(Lookup&&) noexcept = default;  // the vectors keep their memory, and so the table its view
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;
  Lookup& operator=(Lookup&&) = delete;
  ~Lookup() = default;

  /// Criteria of one attribute stand in their order, others anywhere between them. Takes O(k n) evaluations for an
  /// attribute of k criteria with n constants. With `masks` all ranks are below Ranking::kMaskBits. Throws Cancelled if
  /// `stop` says so.
  Lookup(std::uint32_t column, std::span<const LookupCriterion> criteria, bool masks, std::pmr::memory_resource* memory,
         StopToken& stop);

  [[nodiscard]] ValueKind kind() const noexcept { return kind_; }
  /// True if only whether the column is known matters.
  [[nodiscard]] bool reads_presence_only() const noexcept { return reads_presence_only_; }
  /// No longer text has points of its own.
  [[nodiscard]] std::size_t longest_text() const noexcept { return longest_text_; }

  [[nodiscard]] const PointTable& table() const noexcept { return table_; }
  /// By the same places.
  [[nodiscard]] const ReasonTable& reasons() const noexcept { return reasons_; }

  /// The place of a text in the table.
  [[nodiscard]] std::size_t place_of(std::string_view value) const noexcept;

  [[nodiscard]] std::size_t place_of(const Value& value) const noexcept {
    if (!value.known) {
      return table_.place_of_null;
    }
    return kind_ == ValueKind::integer ? table_.place_of(value.integer) : place_of(value.text());
  }
  [[nodiscard]] PointCount points_of(const Value& value) const noexcept { return table_.points[place_of(value)]; }

 private:
  struct Slot {  // of an open-addressing hash table; free where `place` is that of others
    std::uint64_t hash = 0;
    const char* data = nullptr;
    std::uint32_t size = 0;
    std::uint32_t place = PointTable::kFirst;
  };

  void build_integers(std::uint32_t column, std::span<const LookupCriterion> criteria, StopToken& stop);
  void build_texts(std::uint32_t column, std::span<const LookupCriterion> criteria, StopToken& stop);

  ValueKind kind_ = ValueKind::integer;
  bool reads_presence_only_ = false;
  std::size_t longest_text_ = 0;
  PointTable table_;
  std::pmr::vector<std::int64_t> starts_;
  std::pmr::vector<PointCount> points_;
  std::pmr::vector<Slot> slots_;
  std::pmr::vector<char> bytes_;  // of the texts
  ReasonTable reasons_;
};

}  // namespace leadscore::model
