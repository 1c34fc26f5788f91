#include "core/learn/training_data.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/radix_sort.hpp"
#include "core/learn/score_key.hpp"

namespace leadscore::learn {

namespace {

constexpr std::uint64_t kHashOfMissing = mix(1);
constexpr double kMissingNumber = std::numeric_limits<double>::quiet_NaN();

double stored_number(const Cell& cell) noexcept {
  if (!cell.known) {
    return kMissingNumber;
  }
  return std::isnan(cell.number) ? std::numeric_limits<double>::infinity() : cell.number + 0.0;  // -0 + 0 is 0
}

template <class T>
int compare(T a, T b) noexcept {
  return a < b ? -1 : static_cast<int>(b < a);
}

// Visits the runs of elements with equal keys. A visit may change the keys of its run.
template <class Element, class Key, class Visit>
void for_each_run(std::span<Element> elements, Key key_of, Visit visit) {
  for (std::size_t first = 0; first < elements.size();) {
    std::size_t last = first + 1;
    const auto key = key_of(elements[first]);
    while (last < elements.size() && key_of(elements[last]) == key) {
      ++last;
    }
    visit(elements.subspan(first, last - first));
    first = last;
  }
}

template <class T>
bool is_constant(const ChunkedArray<T>& array) noexcept {
  std::size_t i = 1;
  while (i < array.size() && array[i] == array[0]) {
    ++i;
  }
  return i >= array.size();
}

template <class T, class Places>
void reorder(ChunkedArray<T>& array, const Places& places, std::pmr::memory_resource* memory, StopToken& stop) {
  if (is_constant(array)) {  // as times are where none is named
    return;
  }
  constexpr std::size_t kAhead = 32;
  ChunkedArray<T> ordered(memory);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i % kRowBlock == 0) {
      stop.check(kRowBlock);
    }
    __builtin_prefetch(&array[places[std::min(i + kAhead, places.size() - 1)].row]);
    ordered.push_back(array[places[i].row]);
  }
  array.swap(ordered);
}

}  // namespace

TrainingData::TrainingData(std::span<const ColumnKind> kinds, std::pmr::memory_resource* memory, std::size_t most_rows)
    : memory_(memory),
      column_storage_(memory),
      columns_(memory),
      won_(memory),
      at_(memory),
      known_at_(memory),
      hashes_(memory),
      text_hashes_(kinds.size(), memory),
      codes_(kinds.size(), memory),
      row_numbers_(kinds.size(), memory),
      most_rows_(most_rows) {
  if (kinds.empty()) {
    throw Error(ErrorCode::invalid_argument, "there is no column to learn from");
  }
  for (const ColumnKind kind : kinds) {
    columns_.push_back(&column_storage_.emplace_back(kind, memory));
  }
}

void TrainingData::reserve_row() {
  if (rows() >= kMostRows) {
    throw Error(ErrorCode::limit_exceeded,
                "more than " + std::to_string(kMostRows) + " leads cannot be learned from at once",
                "Learn from a part of them.");
  }
  if (rows() % ChunkedArray<double>::kChunk != 0) {  // else there is room; all arrays grow at once
    return;
  }
  for (Column& column : column_storage_) {
    if (column.kind == ColumnKind::numeric) {
      column.numbers.reserve_one();
    } else {
      column.codes.reserve_one();
    }
  }
  won_.reserve_one();
  at_.reserve_one();
  known_at_.reserve_one();
  hashes_.reserve_one();
}

std::uint64_t TrainingData::content_hash(std::span<const Cell> cells, const LeadOutcome& outcome) noexcept {
  std::uint64_t hash = add_to_hash(outcome.won ? 1 : 0, static_cast<std::uint64_t>(outcome.at));
  hash = add_to_hash(hash, static_cast<std::uint64_t>(outcome.known_at));
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (columns_[c]->kind == ColumnKind::numeric) {
      hash = add_to_hash(hash, std::bit_cast<std::uint64_t>(stored_number(cells[c])));
    } else {  // not by a number of the text, which depends on those before it
      text_hashes_[c] = cells[c].known ? text_hash(cells[c].text) : kHashOfMissing;
      hash = add_to_hash(hash, text_hashes_[c]);
    }
  }
  return mix(hash);
}

bool TrainingData::is_in_sample(std::uint64_t hash) const noexcept {
  return halvings_ == 0 || hash >> (64 - halvings_) == 0;
}

// While rows come a sample has texts that it does not keep: only settle() can tell whether they are too many.
std::size_t TrainingData::most_levels() const noexcept { return most_rows_ == kNoSample ? kMostLevels : kNoSample; }

// Of the row that is being added.
void TrainingData::find_code(std::size_t column, std::string_view text, std::uint64_t hash) {
  Column& to = *columns_[column];
  codes_[column] = to.levels.code_of(text, hash, most_levels());
  // kFull is kMissing: the column is of no use anyway.
  to.is_overfull = to.is_overfull || codes_[column] == TextDictionary::kFull;
}

void TrainingData::add(std::span<const Cell> cells, const LeadOutcome& outcome) {
  reserve_row();
  const std::uint64_t hash = content_hash(cells, outcome);
  const bool is_kept = is_in_sample(hash);
  for (std::size_t c = 0; c < columns_.size() && is_kept; ++c) {
    if (columns_[c]->kind == ColumnKind::numeric) {
      row_numbers_[c] = stored_number(cells[c]);
    } else if (cells[c].known) {
      find_code(c, cells[c].text, text_hashes_[c]);
    } else {
      codes_[c] = kMissing;
    }
  }
  ++rows_seen_;  // nothing fails from here on but thinning out
  wins_seen_ += outcome.won ? 1 : 0;
  if (is_kept) {
    append(outcome, hash);
  }
}

// Adds the row of row_numbers_ and codes_, for which there is room.
void TrainingData::append(const LeadOutcome& outcome, std::uint64_t hash) {
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    Column& column = *columns_[c];
    if (column.kind == ColumnKind::numeric) {
      column.numbers.append(row_numbers_[c]);
    } else {
      column.codes.append(codes_[c]);
    }
  }
  won_.append(outcome.won ? 1 : 0);
  at_.append(outcome.at);
  known_at_.append(outcome.known_at);
  hashes_.append(hash);
  wins_ += outcome.won ? 1 : 0;
  while (rows() > most_rows_ && halvings_ < kMostHalvings) {
    thin_out();
  }
}

// Keeps about half of the rows, and the texts that they have.
void TrainingData::thin_out() {
  ++halvings_;
  std::pmr::vector<std::uint32_t> kept(memory_);
  for (std::size_t row = 0; row < rows(); ++row) {
    if (is_in_sample(hashes_[row])) {
      kept.push_back(static_cast<std::uint32_t>(row));
    }
  }
  const auto keep = [&kept](auto& array) {
    for (std::size_t i = 0; i < kept.size(); ++i) {
      array[i] = array[kept[i]];
    }
    array.truncate(kept.size());
  };
  for (Column& column : column_storage_) {
    if (column.kind == ColumnKind::numeric) {
      keep(column.numbers);
    } else {
      keep(column.codes);
      keep_used_levels(column);
    }
  }
  keep(won_);
  keep(at_);
  keep(known_at_);
  keep(hashes_);
  wins_ = 0;
  for (std::size_t row = 0; row < rows(); ++row) {
    wins_ += won_[row];
  }
}

void TrainingData::keep_used_levels(Column& column) const {
  std::pmr::vector<std::uint8_t> used(column.levels.size(), memory_);
  for (std::size_t row = 0; row < column.codes.size(); ++row) {
    if (column.codes[row] != kMissing) {
      used[column.codes[row]] = 1;
    }
  }
  const std::pmr::vector<std::uint32_t> new_codes = column.levels.keep(used, memory_);
  for (std::size_t row = 0; row < column.codes.size(); ++row) {
    std::uint32_t& code = column.codes[row];
    code = code == kMissing ? kMissing : new_codes[code];
  }
}

const double* TrainingData::numbers(std::size_t column, Rows rows, double* room) const noexcept {
  const ChunkedArray<double>& numbers = columns_[column]->numbers;
  const std::size_t first = rows.front();
  const std::size_t last = rows.back();
  if (last - first == rows.size() - 1 && first / ChunkedArray<double>::kChunk == last / ChunkedArray<double>::kChunk) {
    return &numbers[first];
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    room[i] = numbers[rows[i]];
  }
  return room;
}

void TrainingData::settle_levels(StopToken& stop) {
  for (Column& column : column_storage_) {
    if (column.kind == ColumnKind::categorical) {
      const std::pmr::vector<std::uint32_t> new_codes = column.levels.sort(stop, memory_);
      column.is_overfull = column.is_overfull || column.levels.size() > kMostLevels;
      for (std::size_t row = 0; row < column.codes.size(); ++row) {
        stop.check();
        std::uint32_t& code = column.codes[row];
        // Which texts an overfull column has kept depends on their order.
        code = code == kMissing || column.is_overfull ? kMissing : new_codes[code];
      }
    }
  }
}

// Of two rows of one time.
int TrainingData::compare_content(std::uint32_t a, std::uint32_t b) const noexcept {
  int order = compare(won_[a], won_[b]);
  order = order != 0 ? order : compare(known_at_[a], known_at_[b]);
  for (std::size_t c = 0; c < columns_.size() && order == 0; ++c) {
    order = columns_[c]->kind == ColumnKind::numeric
                ? compare(std::bit_cast<std::uint64_t>(number(c, a)), std::bit_cast<std::uint64_t>(number(c, b)))
                : compare(code(c, a), code(c, b));
  }
  return order;
}

// Sorts rows of one time by their keys, and by their content where keys are the same.
void TrainingData::order_one_time(Places places, StopToken& stop) const {
  const auto key_of = [](const Place& place) { return place.key; };
  radix_sort(places, key_of, stop);
  for_each_run(places, key_of, [&](Places run) {
    stop.check();
    const bool is_alike = std::all_of(run.begin() + 1, run.end(), [&](const Place& place) {
      stop.check();
      return compare_content(run[0].row, place.row) == 0;
    });
    if (!is_alike) {
      std::sort(run.begin(), run.end(), [&](const Place& a, const Place& b) {
        stop.check();
        return compare_content(a.row, b.row) < 0;
      });
    }
  });
}

// Gives all but the first of equal rows a key of its own; returns whether there are any.
bool TrainingData::spread_copies(Places places, StopToken& stop) const {
  bool has_copies = false;
  std::uint64_t copies = 0;
  std::uint64_t key = places[0].key;  // as it was, of the row before
  for (std::size_t i = 1; i < places.size(); ++i) {
    stop.check();
    const bool is_copy = places[i].key == key && compare_content(places[i - 1].row, places[i].row) == 0;
    key = places[i].key;
    copies = is_copy ? copies + 1 : 0;
    places[i].key = is_copy ? mix(key + copies) : key;
    has_copies = has_copies || is_copy;
  }
  return has_copies;
}

void TrainingData::order(Places places, StopToken& stop) const {
  for (Place& place : places) {
    stop.check();
    place.key = static_cast<std::uint64_t>(at_[place.row]) ^ kSignBit;
  }
  const auto key_of = [](const Place& place) { return place.key; };
  radix_sort(places, key_of, stop);
  for_each_run(places, key_of, [&](Places run) {
    for (Place& place : run) {
      stop.check();
      place.key = hashes_[place.row];
    }
    order_one_time(run, stop);
    // Equal rows must not stand together, where no fold would have a fair share of them. Which of them goes where does
    // not matter, as they are equal.
    if (spread_copies(run, stop)) {
      order_one_time(run, stop);
    }
  });
}

void TrainingData::settle(StopToken stop, TrainingObserver* observer) {
  tell(observer, TrainingObserver::Step::order, rows());
  settle_levels(stop);
  std::pmr::vector<Place> places(rows(), memory_);
  for (std::size_t row = 0; row < rows(); ++row) {
    places[row].row = static_cast<std::uint32_t>(row);
  }
  order(places, stop);
  ChunkedArray<std::uint64_t>(memory_).swap(hashes_);
  for (Column& column : column_storage_) {
    if (column.kind == ColumnKind::numeric) {
      reorder(column.numbers, places, memory_, stop);
    } else {
      reorder(column.codes, places, memory_, stop);
    }
  }
  reorder(won_, places, memory_, stop);
  reorder(at_, places, memory_, stop);
  reorder(known_at_, places, memory_, stop);
}

}  // namespace leadscore::learn
