#include "core/learn/training_data.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include "core/error.hpp"

namespace leadscore::learn {

namespace {

// The finalizer of splitmix64 (S. Vigna): every bit of the result depends on every bit of the argument.
std::uint64_t mix(std::uint64_t x) noexcept {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

double stored_number(const Cell& cell) noexcept {
  if (!cell.known) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return std::isnan(cell.number) ? std::numeric_limits<double>::infinity() : cell.number + 0.0;  // -0 + 0 is 0
}

template <class T>
int compare(T a, T b) noexcept {
  return a < b ? -1 : static_cast<int>(b < a);
}

template <class T, class Places>
void reorder(ChunkedArray<T>& array, const Places& places, std::pmr::memory_resource* memory) {
  ChunkedArray<T> ordered(memory);
  for (const auto& place : places) {
    ordered.push_back(array[place.row]);
  }
  array = std::move(ordered);
}

}  // namespace

TrainingData::TrainingData(std::span<const ColumnKind> kinds, std::pmr::memory_resource* memory)
    : memory_(memory), columns_(memory), won_(memory), at_(memory), known_at_(memory) {
  if (kinds.empty()) {
    throw Error(ErrorCode::invalid_argument, "there is no column to learn from");
  }
  for (const ColumnKind kind : kinds) {
    columns_.emplace_back(kind, memory);
  }
}

std::uint32_t TrainingData::add_level(Column& column, std::string_view text) const {
  const std::uint32_t code = column.levels.code_of(text, kMostLevels);
  column.is_overfull = column.is_overfull || code == TextDictionary::kFull;
  return code;  // kFull is kMissing: the column is of no use anyway
}

void TrainingData::reserve_row() {
  if (rows() >= kMostRows) {
    throw Error(ErrorCode::limit_exceeded,
                "more than " + std::to_string(kMostRows) + " leads cannot be learned from at once",
                "Learn from a part of them.");
  }
  for (Column& column : columns_) {
    if (column.kind == ColumnKind::numeric) {
      column.numbers.reserve_one();
    } else {
      column.codes.reserve_one();
    }
  }
  won_.reserve_one();
  at_.reserve_one();
  known_at_.reserve_one();
}

void TrainingData::add(std::span<const Cell> cells, const LeadOutcome& outcome) {
  reserve_row();
  for (std::size_t c = 0; c < columns_.size(); ++c) {  // so that nothing below can fail
    if (columns_[c].kind == ColumnKind::categorical && cells[c].known) {
      static_cast<void>(add_level(columns_[c], cells[c].text));
    }
  }
  append(cells, outcome);
}

void TrainingData::append(std::span<const Cell> cells, const LeadOutcome& outcome) noexcept {
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    Column& column = columns_[c];
    if (column.kind == ColumnKind::numeric) {
      column.numbers.push_back(stored_number(cells[c]));
    } else {
      column.codes.push_back(cells[c].known ? add_level(column, cells[c].text) : kMissing);
    }
  }
  won_.push_back(outcome.won ? 1 : 0);
  at_.push_back(outcome.at);
  known_at_.push_back(outcome.known_at);
  wins_ += outcome.won ? 1 : 0;
}

void TrainingData::settle_levels() {
  for (Column& column : columns_) {
    if (column.kind == ColumnKind::categorical) {
      const std::pmr::vector<std::uint32_t> new_codes = column.levels.sort(memory_);
      for (std::size_t row = 0; row < column.codes.size(); ++row) {
        std::uint32_t& code = column.codes[row];
        // Which texts an overfull column has kept depends on their order.
        code = code == kMissing || column.is_overfull ? kMissing : new_codes[code];
      }
    }
  }
}

std::pmr::vector<TrainingData::Place> TrainingData::places() const {
  std::pmr::vector<Place> places(rows(), memory_);
  for (std::size_t row = 0; row < rows(); ++row) {
    places[row] = {at_[row], mix(won_[row] + 2 * mix(static_cast<std::uint64_t>(known_at_[row]))),
                   static_cast<std::uint32_t>(row), 0};
  }
  for (const Column& column : columns_) {
    for (std::size_t row = 0; row < rows(); ++row) {
      const std::uint64_t bits =
          column.kind == ColumnKind::numeric ? std::bit_cast<std::uint64_t>(column.numbers[row]) : column.codes[row];
      places[row].hash = mix(places[row].hash ^ bits);
    }
  }
  return places;
}

bool TrainingData::is_before(const Place& a, const Place& b) const noexcept {
  if (a.at != b.at) {
    return a.at < b.at;
  }
  if (a.hash != b.hash) {
    return a.hash < b.hash;
  }
  int order = compare(won_[a.row], won_[b.row]);
  order = order != 0 ? order : compare(known_at_[a.row], known_at_[b.row]);
  for (std::size_t c = 0; c < columns_.size() && order == 0; ++c) {
    order = columns_[c].kind == ColumnKind::numeric ? compare(std::bit_cast<std::uint64_t>(number(c, a.row)),
                                                              std::bit_cast<std::uint64_t>(number(c, b.row)))
                                                    : compare(code(c, a.row), code(c, b.row));
  }
  return order < 0;
}

void TrainingData::settle() {
  settle_levels();
  std::pmr::vector<Place> places = this->places();
  const auto before = [this](const Place& a, const Place& b) { return is_before(a, b); };
  std::sort(places.begin(), places.end(), before);
  // Equal rows must not stand together, where no fold would have a fair share of them. Which of them goes where does
  // not matter, as they are equal.
  std::uint64_t copies = 0;
  for (std::size_t i = 1; i < places.size(); ++i) {
    const bool is_copy = places[i].at == places[i - 1].at && !is_before(places[i - 1 - copies], places[i]);
    copies = is_copy ? copies + 1 : 0;
    places[i].copy = copies;
  }
  for (Place& place : places) {
    place.hash = place.copy == 0 ? place.hash : mix(place.hash + place.copy);
  }
  std::sort(places.begin(), places.end(), before);
  for (Column& column : columns_) {
    if (column.kind == ColumnKind::numeric) {
      reorder(column.numbers, places, memory_);
    } else {
      reorder(column.codes, places, memory_);
    }
  }
  reorder(won_, places, memory_);
  reorder(at_, places, memory_);
  reorder(known_at_, places, memory_);
}

}  // namespace leadscore::learn
