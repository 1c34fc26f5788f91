// The leads that a model is learned from, column by column in memory, in an order that only their content decides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include "core/learn/chunked_array.hpp"
#include "core/learn/rows.hpp"
#include "core/text_dictionary.hpp"
#include "core/learn/training_observer.hpp"
#include "core/state_bytes.hpp"
#include "core/stop_token.hpp"

namespace leadscore::learn {

enum class ColumnKind : std::uint8_t { numeric, categorical };

/// One column of one lead. Which member counts is the column's kind.
struct Cell {
  bool known = false;  // false: NULL
  double number = 0;
  std::string_view text;

  static Cell of(double number) noexcept { return {.known = true, .number = number, .text = {}}; }
  static Cell of(std::string_view text) noexcept { return {.known = true, .number = 0, .text = text}; }
};

/// What is known of a lead beside its columns.
struct LeadOutcome {
  static constexpr std::int64_t kAlways = std::numeric_limits<std::int64_t>::min();

  bool won = false;
  std::int64_t at = 0;              // when it came, in any unit that orders; 0 throughout where that is not known
  std::int64_t known_at = kAlways;  // when its outcome became known
};

/// Leads in memory: 8 bytes for a number, 4 for a text, 25 for what is known of the lead. Filled row by row; settle()
/// then gives the rows an order and the texts numbers that depend on the content alone, so that whatever is computed
/// afterwards is the same bit for bit however the rows came. Of more rows than wanted a sample is kept, which depends
/// on the content alone as well: half of the rows by a hash, a quarter, an eighth ... Equal rows stay or go together.
class TrainingData {
 public:
  static constexpr std::uint32_t kMissing = 0xFFFFFFFF;  // the code of NULL
  static constexpr std::size_t kMostLevels = 50'000;     // distinct texts of a column
  static constexpr std::size_t kMostRows = 2'000'000'000;

  static constexpr int kMostHalvings = 63;  // of a sample
  static constexpr std::size_t kNoSample = std::numeric_limits<std::size_t>::max();

  /// Of more than `most_rows` rows a sample of at most that many is kept. Throws Error(invalid_argument) without a
  /// column.
  TrainingData(std::span<const ColumnKind> kinds, std::pmr::memory_resource* memory, std::size_t most_rows = kNoSample);
  TrainingData(const TrainingData&) = delete;
  TrainingData& operator=(const TrainingData&) = delete;
  ~TrainingData() = default;

  /// Adds a lead; texts are copied. NaN counts as infinity, which is where PostgreSQL sorts it. Throws
  /// Error(limit_exceeded) beyond kMostRows, and what the memory resource throws; the lead is then not added.
  void add(std::span<const Cell> cells, const LeadOutcome& outcome);

  /// The size of what write() writes. Before settle().
  [[nodiscard]] std::size_t byte_size() const noexcept;
  /// Writes the leads for another process, or to be stored. Before settle(). Throws Cancelled if asked to stop.
  void write(StateWriter& writer, StopToken& stop) const;
  /// Adds leads of the same columns and the same `most_rows` that were written so: all is as if they had been given to
  /// add(). False for what no such data has written, `is_text` deciding what a text may be; the data is then of no use,
  /// as it is after an exception: those of add(), and Cancelled.
  [[nodiscard]] bool read(StateReader& reader, bool (*is_text)(std::string_view text), StopToken& stop);

  /// Puts the rows in the order of time, those of one time in an order by a hash of their content. Call it once, after
  /// the last row. O(n log n). Throws Cancelled if asked to stop; the data is then of no use.
  void settle(StopToken stop = {}, TrainingObserver* observer = nullptr);

  [[nodiscard]] std::size_t rows() const noexcept { return won_.size(); }
  [[nodiscard]] std::size_t wins() const noexcept { return wins_; }
  /// Those that were added, of which a sample may have been kept.
  [[nodiscard]] std::size_t rows_seen() const noexcept { return rows_seen_; }
  [[nodiscard]] std::size_t wins_seen() const noexcept { return wins_seen_; }
  [[nodiscard]] std::size_t column_count() const noexcept { return columns_.size(); }
  [[nodiscard]] ColumnKind kind(std::size_t column) const noexcept { return columns_[column]->kind; }

  /// The number in a numeric column; NaN where it is missing.
  [[nodiscard]] double number(std::size_t column, std::size_t row) const noexcept {
    return columns_[column]->numbers[row];
  }
  /// Those of up to kRowBlock rows: where they lie together, or copied to `room`.
  [[nodiscard]] const double* numbers(std::size_t column, Rows rows, double* room) const noexcept;
  /// The code of the text in a categorical column; kMissing where it is missing.
  [[nodiscard]] std::uint32_t code(std::size_t column, std::size_t row) const noexcept {
    return columns_[column]->codes[row];
  }
  [[nodiscard]] std::size_t level_count(std::size_t column) const noexcept { return columns_[column]->levels.size(); }
  [[nodiscard]] std::string_view level(std::size_t column, std::uint32_t code) const noexcept {
    return columns_[column]->levels.text(code);
  }
  /// True of a categorical column with more than kMostLevels texts, which is of no use: its codes are not all there.
  [[nodiscard]] bool has_too_many_levels(std::size_t column) const noexcept { return columns_[column]->is_overfull; }

  [[nodiscard]] bool won(std::size_t row) const noexcept { return won_[row] != 0; }
  [[nodiscard]] std::int64_t at(std::size_t row) const noexcept { return at_[row]; }
  [[nodiscard]] std::int64_t known_at(std::size_t row) const noexcept { return known_at_[row]; }

 private:
  struct Column {
    Column(ColumnKind column_kind, std::pmr::memory_resource* memory)
        : kind(column_kind), numbers(memory), codes(memory), levels(memory) {}

    ColumnKind kind;
    bool is_overfull = false;
    ChunkedArray<double> numbers;
    ChunkedArray<std::uint32_t> codes;
    TextDictionary levels;
  };
  struct ReadColumn {  // of read(): the texts, and the codes that they have here
    explicit ReadColumn(std::pmr::memory_resource* memory) : texts(memory), codes(memory) {}

    std::pmr::vector<std::string_view> texts;
    std::pmr::vector<std::uint32_t> codes;
  };
  using ReadColumns = std::pmr::deque<ReadColumn>;
  struct Place {  // where a row belongs among those of its time
    std::uint64_t key;
    std::uint32_t row;
  };
  using Places = std::span<Place>;

  [[nodiscard]] std::uint64_t content_hash(std::span<const Cell> cells, const LeadOutcome& outcome) noexcept;
  [[nodiscard]] bool is_in_sample(std::uint64_t hash) const noexcept;
  void find_code(std::size_t column, std::string_view text, std::uint64_t hash);
  void append(const LeadOutcome& outcome, std::uint64_t hash);
  [[nodiscard]] std::size_t row_byte_size() const noexcept;
  [[nodiscard]] bool read_levels(StateReader& reader, bool (*is_text)(std::string_view text), ReadColumns& columns,
                                 StopToken& stop);
  [[nodiscard]] bool read_row(StateReader& reader, int halvings, ReadColumns& columns);
  [[nodiscard]] std::size_t most_levels() const noexcept;
  void thin_out();
  void keep_used_levels(Column& column) const;
  void reserve_row();
  void settle_levels(StopToken& stop);
  void order(Places places, StopToken& stop) const;
  void order_one_time(Places places, StopToken& stop) const;
  bool spread_copies(Places places, StopToken& stop) const;
  [[nodiscard]] int compare_content(std::uint32_t a, std::uint32_t b) const noexcept;

  std::pmr::memory_resource* memory_;
  std::pmr::deque<Column> column_storage_;
  std::pmr::vector<Column*> columns_;
  ChunkedArray<std::uint8_t> won_;
  ChunkedArray<std::int64_t> at_;
  ChunkedArray<std::int64_t> known_at_;
  ChunkedArray<std::uint64_t> hashes_;           // of the content; until settle()
  std::pmr::vector<std::uint64_t> text_hashes_;  // of the row that is being added, by column
  std::pmr::vector<std::uint32_t> codes_;        // of the row that is being added, by column
  std::pmr::vector<double> row_numbers_;         // of it, too
  std::size_t most_rows_;
  int halvings_ = 0;  // of the sample
  std::size_t wins_ = 0;
  std::size_t rows_seen_ = 0;
  std::size_t wins_seen_ = 0;
};

}  // namespace leadscore::learn
