// TrainingData as bytes: its leads row by row, so that parts are joined as rows are added.
#include <bit>
#include <cmath>

#include "core/learn/training_data.hpp"

namespace leadscore::learn {

namespace {

constexpr std::size_t kHeadBytes = 8 + 8 + 8 + 1;
constexpr std::size_t kLevelHeadBytes = 4;
constexpr std::size_t kColumnHeadBytes = 1 + 4;
constexpr std::size_t kOutcomeBytes = 8 + 1 + 8 + 8;
constexpr std::size_t kMostRowsSeen = std::size_t{1} << 62;  // of all parts together
constexpr std::uint32_t kNotYetFound = 0xFFFFFFFE;

}  // namespace

std::size_t TrainingData::row_byte_size() const noexcept {
  std::size_t size = kOutcomeBytes;
  for (const Column& column : column_storage_) {
    size += column.kind == ColumnKind::numeric ? sizeof(double) : sizeof(std::uint32_t);
  }
  return size;
}

std::size_t TrainingData::byte_size() const noexcept {
  std::size_t size = kHeadBytes + rows() * row_byte_size();
  for (const Column& column : column_storage_) {
    size += kColumnHeadBytes;
    for (std::uint32_t code = 0; code < column.levels.size(); ++code) {
      size += kLevelHeadBytes + column.levels.text(code).size();
    }
  }
  return size;
}

void TrainingData::write(StateWriter& writer, StopToken& stop) const {
  writer.put(rows());
  writer.put(rows_seen_);
  writer.put(wins_seen_);
  writer.put(static_cast<std::uint64_t>(halvings_), 1);
  for (const Column& column : column_storage_) {
    writer.put(column.is_overfull ? 1 : 0, 1);
    writer.put(column.levels.size(), 4);
    for (std::uint32_t code = 0; code < column.levels.size(); ++code) {
      stop.check();
      writer.put(column.levels.text(code).size(), kLevelHeadBytes);
      writer.put(column.levels.text(code));
    }
  }
  for (std::size_t row = 0; row < rows(); ++row) {
    stop.check();
    writer.put(hashes_[row]);
    writer.put(won_[row], 1);
    writer.put(static_cast<std::uint64_t>(at_[row]));
    writer.put(static_cast<std::uint64_t>(known_at_[row]));
    for (const Column& column : column_storage_) {
      if (column.kind == ColumnKind::numeric) {
        writer.put(std::bit_cast<std::uint64_t>(column.numbers[row]));
      } else {
        writer.put(column.codes[row], 4);
      }
    }
  }
}

bool TrainingData::read_levels(StateReader& reader, bool (*is_text)(std::string_view text), ReadColumns& columns,
                               StopToken& stop) {
  for (Column& column : column_storage_) {
    const std::uint64_t is_overfull = reader.number(1);
    const std::size_t levels = reader.number(4);
    if (is_overfull > 1 || levels > reader.left() / kLevelHeadBytes ||
        (column.kind == ColumnKind::numeric && (is_overfull != 0 || levels > 0))) {
      return false;
    }
    column.is_overfull = column.is_overfull || is_overfull != 0;
    ReadColumn& read = columns.emplace_back(memory_);
    read.texts.reserve(levels);
    read.codes.assign(levels, kNotYetFound);
    for (std::size_t i = 0; i < levels; ++i) {
      stop.check();
      read.texts.push_back(reader.text(reader.number(kLevelHeadBytes)));
      if (!reader.is_good() || !is_text(read.texts.back())) {
        return false;
      }
    }
  }
  return true;
}

bool TrainingData::read_row(StateReader& reader, int halvings, ReadColumns& columns) {
  const std::uint64_t hash = reader.number();
  const std::uint64_t won = reader.number(1);
  LeadOutcome outcome{.won = won == 1};
  outcome.at = static_cast<std::int64_t>(reader.number());
  outcome.known_at = static_cast<std::int64_t>(reader.number());
  if (won > 1 || (halvings > 0 && hash >> (64 - halvings) != 0)) {
    return false;
  }
  const bool is_kept = is_in_sample(hash);
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (columns_[c]->kind == ColumnKind::numeric) {
      const double number = std::bit_cast<double>(reader.number());
      row_numbers_[c] = std::isnan(number) ? std::numeric_limits<double>::quiet_NaN() : number + 0.0;
      continue;
    }
    const auto code = static_cast<std::uint32_t>(reader.number(4));
    codes_[c] = kMissing;
    ReadColumn& column = columns[c];
    if (code == kMissing || !is_kept) {
      continue;
    }
    if (code >= column.codes.size()) {
      return false;
    }
    if (column.codes[code] == kNotYetFound) {
      find_code(c, column.texts[code], text_hash(column.texts[code]));
      column.codes[code] = codes_[c];
    }
    codes_[c] = column.codes[code];
  }
  if (!is_kept) {
    return true;
  }
  reserve_row();
  const int halvings_before = halvings_;
  append(outcome, hash);
  if (halvings_ != halvings_before) {  // texts have other codes now
    for (ReadColumn& column : columns) {
      column.codes.assign(column.codes.size(), kNotYetFound);
    }
  }
  return true;
}

bool TrainingData::read(StateReader& reader, bool (*is_text)(std::string_view text), StopToken& stop) {
  const std::size_t rows_written = reader.number();
  const std::size_t rows_seen = reader.number();
  const std::size_t wins_seen = reader.number();
  const auto halvings = static_cast<int>(reader.number(1));
  if (!reader.is_good() || halvings > kMostHalvings || (halvings > 0 && most_rows_ == kNoSample) ||
      rows_written > rows_seen || wins_seen > rows_seen || rows_seen > kMostRowsSeen - rows_seen_ ||
      (halvings == 0 && rows_written != rows_seen)) {
    return false;
  }
  while (halvings_ < halvings) {  // what the part has left out would have been left out here, too
    thin_out();
  }
  ReadColumns columns(memory_);
  if (!read_levels(reader, is_text, columns, stop) || reader.left() % row_byte_size() != 0 ||
      reader.left() / row_byte_size() != rows_written) {
    return false;
  }
  for (std::size_t row = 0; row < rows_written; ++row) {
    stop.check();
    if (!read_row(reader, halvings, columns)) {
      return false;
    }
  }
  rows_seen_ += rows_seen;
  wins_seen_ += wins_seen;
  return reader.is_good() && wins_seen_ >= wins_;
}

}  // namespace leadscore::learn
