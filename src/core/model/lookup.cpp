#include "core/model/lookup.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <set>
#include <utility>

namespace leadscore::model {

namespace {

using Kind = ConditionNode::Kind;

template <class Word>
std::uint64_t load(const char* bytes) noexcept {
  Word word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) noexcept {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;  // 2^64 by the golden ratio
  hash = (hash ^ word) * kOdd;
  return hash ^ (hash >> 32);
}

std::uint64_t hash_of(std::string_view text) noexcept {
  const char* const bytes = text.data();
  const std::size_t size = text.size();
  std::uint64_t hash = size;
  if (size < 4) {
    const auto byte = [bytes](std::size_t i) { return load<unsigned char>(bytes + i); };
    return mix(hash, size == 0 ? 0 : byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16);
  }
  if (size < 8) {
    return mix(hash, load<std::uint32_t>(bytes) | load<std::uint32_t>(bytes + size - 4) << 32);
  }
  for (std::size_t i = 0; i + 8 < size; i += 8) {
    hash = mix(hash, load<std::uint64_t>(bytes + i));
  }
  return mix(hash, load<std::uint64_t>(bytes + size - 8));
}

// What the criterion of a unit that is met gives.
struct Part {
  PointCount points = 0;
  std::uint32_t rank = kNone;

  bool operator==(const Part&) const = default;
};

// A place where a unit's part becomes another.
template <class Key>
struct Change {
  Key at;
  Part from;
  Part to;

  [[nodiscard]] PointCount points() const noexcept { return to.points - from.points; }
};

template <class Key>
void sort_by_place(std::pmr::vector<Change<Key>>& changes) {
  std::sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
}

// The ranks of all criteria that are met at a place.
class MetRanks {
 public:
  explicit MetRanks(std::pmr::memory_resource* memory) : ranks_(memory) {}

  void replace(const Part& from, const Part& to) {
    if (from.rank == to.rank) {
      return;
    }
    if (from.rank != kNone) {
      ranks_.erase(from.rank);
    }
    if (to.rank != kNone) {
      ranks_.insert(to.rank);
    }
  }
  [[nodiscard]] const std::pmr::set<std::uint32_t>& get() const noexcept { return ranks_; }

 private:
  std::pmr::set<std::uint32_t> ranks_;
};

// Criteria that exclude each other, or one alone: together one function of the column's value.
class Unit {
 public:
  Unit(std::span<const LookupCriterion> criteria, std::span<Value> columns, std::uint32_t column, StopToken& stop)
      : criteria_(criteria), columns_(columns), column_(column), stop_(stop) {}

  [[nodiscard]] Part part_of(const Value& value) const {
    columns_[column_] = value;
    for (const LookupCriterion& criterion : criteria_) {
      stop_.check();
      if (criterion.condition->evaluate(columns_) == Truth::yes) {
        return {criterion.points, criterion.rank};
      }
    }
    return {};
  }

  // The constants that the conditions compare with.
  template <class Take>
  void for_each_constant(Take take) const {
    for (const LookupCriterion& criterion : criteria_) {
      for (const ConditionNode& node : criterion.condition->nodes()) {
        for (std::uint32_t i = 0; (node.kind == Kind::compare || node.kind == Kind::in) && i < node.count; ++i) {
          const Value& constant = criterion.condition->constant(node.constant + i);
          if (constant.known) {
            take(constant);
          }
        }
      }
    }
  }

 private:
  std::span<const LookupCriterion> criteria_;
  std::span<Value> columns_;
  std::uint32_t column_;
  StopToken& stop_;
};

// Calls back with each unit: a run of criteria of one attribute, once they are sorted by attribute.
template <class Use>
void for_each_unit(std::span<const LookupCriterion> criteria, std::span<Value> columns, std::uint32_t column,
                   StopToken& stop, std::pmr::memory_resource* memory, Use use) {
  std::pmr::vector<LookupCriterion> sorted(criteria.begin(), criteria.end(), memory);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const LookupCriterion& a, const LookupCriterion& b) { return a.attribute < b.attribute; });
  for (auto first = sorted.begin(); first != sorted.end();) {
    const auto is_other = [first](const LookupCriterion& each) { return each.attribute != first->attribute; };
    const auto last = first->attribute == kNone ? first + 1 : std::find_if(first, sorted.end(), is_other);
    use(Unit({first, last}, columns, column, stop));
    first = last;
  }
}

bool is_text(std::span<const LookupCriterion> criteria) noexcept {
  const auto compares_text = [](const ConditionNode& node) {
    return (node.kind == Kind::compare || node.kind == Kind::in) && node.value_kind == ValueKind::text;
  };
  return std::any_of(criteria.begin(), criteria.end(), [&](const LookupCriterion& criterion) {
    const std::span<const ConditionNode> nodes = criterion.condition->nodes();
    return std::any_of(nodes.begin(), nodes.end(), compares_text);
  });
}

}  // namespace

Lookup::Lookup(std::uint32_t column, std::span<const LookupCriterion> criteria, bool masks,
               std::pmr::memory_resource* memory, StopToken& stop)
    : kind_(is_text(criteria) ? ValueKind::text : ValueKind::integer),
      starts_(memory),
      points_(memory),
      slots_(memory),
      bytes_(memory),
      reasons_(masks, memory) {
  if (kind_ == ValueKind::integer) {
    build_integers(column, criteria, stop);
  } else {
    build_texts(column, criteria, stop);
  }
  table_ = {.starts = starts_.data(),
            .start_count = starts_.size(),
            .points = points_.data(),
            .place_of_null = points_.size() - 1};
}

// Each unit says what it adds from each of its own starts on; sums of these changes, in their order, are the points.
void Lookup::build_integers(std::uint32_t column, std::span<const LookupCriterion> criteria, StopToken& stop) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();
  std::pmr::memory_resource* const memory = points_.get_allocator().resource();
  std::pmr::vector<Value> columns(column + std::size_t{1}, memory);
  std::pmr::vector<Change<std::int64_t>> changes(memory);
  std::pmr::vector<std::int64_t> starts(memory);
  PointCount of_null = 0;
  PointCount total = 0;  // before all starts
  MetRanks met_by_null(memory);
  MetRanks met(memory);
  for_each_unit(criteria, columns, column, stop, memory, [&](const Unit& unit) {
    starts.clear();
    unit.for_each_constant([&](const Value& constant) {
      starts.push_back(constant.integer);
      if (constant.integer != kGreatest) {
        starts.push_back(constant.integer + 1);
      }
    });
    std::sort(starts.begin(), starts.end());
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
    const Part part_of_null = unit.part_of(Value{});
    of_null += part_of_null.points;
    met_by_null.replace({}, part_of_null);
    Part before = unit.part_of(Value::of(kLeast));
    total += before.points;
    met.replace({}, before);
    for (const std::int64_t start : starts) {
      const Part from_here = unit.part_of(Value::of(start));
      if (from_here != before) {
        changes.push_back({start, before, from_here});
      }
      before = from_here;
    }
  });
  sort_by_place(changes);
  std::size_t capacity = PointTable::kSmall;
  while (capacity < changes.size()) {
    capacity = 2 * capacity + 1;
  }
  starts_.reserve(capacity);
  points_.reserve(capacity + 2);
  reasons_.reserve(capacity + 2);
  points_.push_back(total);
  reasons_.add_place(met.get());
  for (auto change = changes.begin(); change != changes.end();) {
    const std::int64_t start = change->at;
    for (; change != changes.end() && change->at == start; ++change) {
      total += change->points();
      met.replace(change->from, change->to);
    }
    starts_.push_back(start);
    points_.push_back(total);
    reasons_.add_place(met.get());
  }
  reads_presence_only_ = starts_.empty();
  while (starts_.size() < PointTable::kSmall || !std::has_single_bit(starts_.size() + 1)) {
    starts_.push_back(kGreatest);  // from which on nothing changes
    points_.push_back(total);
    reasons_.repeat_last_place();
  }
  points_.push_back(of_null);
  reasons_.add_place(met_by_null.get());
}

// As with numbers: what each unit adds to the points of all others where it meets one of its own texts.
void Lookup::build_texts(std::uint32_t column, std::span<const LookupCriterion> criteria, StopToken& stop) {
  std::pmr::memory_resource* const memory = points_.get_allocator().resource();
  std::pmr::vector<Value> columns(column + std::size_t{1}, memory);
  std::pmr::vector<Change<std::string_view>> changes(memory);
  std::pmr::vector<std::string_view> texts(memory);
  PointCount of_null = 0;
  PointCount others = 0;
  MetRanks met_by_null(memory);
  MetRanks met(memory);  // by others, but where a text is looked at
  std::size_t size = 0;
  for_each_unit(criteria, columns, column, stop, memory, [&](const Unit& unit) {
    texts.clear();
    unit.for_each_constant([&](const Value& constant) { texts.push_back(constant.text()); });
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    const Part part_of_null = unit.part_of(Value{});
    of_null += part_of_null.points;
    met_by_null.replace({}, part_of_null);
    std::size_t longest = 0;
    for (const std::string_view text : texts) {
      longest = std::max(longest, text.size());
      size += text.size();
    }
    const std::pmr::vector<char> unlike_any(longest + 1, 'x', memory);
    const Part other = unit.part_of(Value::of(std::string_view(unlike_any.data(), unlike_any.size())));
    others += other.points;
    met.replace({}, other);
    for (const std::string_view text : texts) {
      changes.push_back({text, other, unit.part_of(Value::of(text))});
    }
  });
  sort_by_place(changes);

  points_.push_back(others);
  reasons_.reserve(changes.size() + 2);
  reasons_.add_place(met.get());
  bytes_.reserve(size);  // views into it stay valid
  std::size_t capacity = 4;
  while (capacity < 4 * changes.size()) {
    capacity *= 2;
  }
  slots_.resize(capacity);
  for (auto change = changes.begin(); change != changes.end();) {
    const std::string_view text = change->at;
    PointCount points = others;
    const auto first = change;
    for (; change != changes.end() && change->at == text; ++change) {
      points += change->points();
      met.replace(change->from, change->to);
    }
    points_.push_back(points);
    reasons_.add_place(met.get());
    for (auto undone = first; undone != change; ++undone) {
      met.replace(undone->to, undone->from);
    }
    longest_text_ = std::max(longest_text_, text.size());
    const char* const copy = bytes_.data() + bytes_.size();
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    const std::uint64_t hash = hash_of(text);
    std::size_t place = hash & (capacity - 1);
    while (slots_[place].place != PointTable::kFirst) {
      stop.check();
      place = (place + 1) & (capacity - 1);
    }
    slots_[place] = {.hash = hash,
                     .data = copy,
                     .size = static_cast<std::uint32_t>(text.size()),
                     .place = static_cast<std::uint32_t>(points_.size() - 1)};
  }
  points_.push_back(of_null);
  reasons_.add_place(met_by_null.get());
}

std::size_t Lookup::place_of(std::string_view value) const noexcept {
  if (value.size() > longest_text_ || slots_.empty()) {
    return PointTable::kFirst;
  }
  const std::uint64_t hash = hash_of(value);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t place = hash & mask; slots_[place].place != PointTable::kFirst; place = (place + 1) & mask) {
    const Slot& slot = slots_[place];
    // Up to eight bytes the hash is the text itself, mixed by a bijection.
    if (slot.hash == hash && slot.size == value.size() &&
        (slot.size <= 8 || std::string_view(slot.data, slot.size) == value)) {
      return slot.place;
    }
  }
  return PointTable::kFirst;
}

}  // namespace leadscore::model
