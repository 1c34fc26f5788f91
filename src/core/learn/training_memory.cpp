#include "core/learn/training_memory.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace leadscore::learn {

namespace {

constexpr std::size_t kNumber = sizeof(double);

// Where numbers are fitted as they are every text has a term, and the number of terms is known.
std::size_t raw_terms(const TrainingData& data) noexcept {
  std::size_t terms = 1;
  for (std::size_t column = 0; column < data.column_count(); ++column) {
    terms += data.kind(column) == ColumnKind::numeric ? 1
             : data.has_too_many_levels(column)       ? 0
                                                      : data.level_count(column);
  }
  return std::min(terms, Encoding::kMostParameters);
}

std::string megabytes(std::size_t bytes) {
  constexpr std::size_t kMegabyte = 1U << 20;
  return std::to_string((bytes + kMegabyte - 1) / kMegabyte) + " MB";
}

}  // namespace

std::size_t memory_to_train(const TrainingData& data, const TrainingOptions& options) noexcept {
  constexpr std::size_t kMatrices = 5;  // second derivatives twice, their factor, its inverse, the covariance
  constexpr std::size_t kHash = sizeof(std::uint64_t);
  constexpr std::size_t kPlaceAndColumn = 2 * sizeof(std::uint64_t) + kNumber;  // while rows are brought in order
  std::size_t numbers = 1;
  std::size_t codes = 0;
  for (std::size_t column = 0; column < data.column_count(); ++column) {
    const bool is_number = options.raw && data.kind(column) == ColumnKind::numeric;
    numbers += is_number ? 1 : 0;
    codes += is_number || data.has_too_many_levels(column) ? 0 : 1;
  }
  // The numbers of the rows, all and the older; the design of all; their log-odds and the keys to sort them by.
  const std::size_t training =
      2 * sizeof(std::uint32_t) + numbers * kNumber + codes * sizeof(std::uint16_t) + 1 + 2 * kNumber - kHash;
  const std::size_t terms = options.raw ? raw_terms(data) : 0;
  return data.rows() * std::max(kPlaceAndColumn, training) + kMatrices * terms * terms * kNumber;
}

void check_memory(const TrainingData& data, const TrainingOptions& options, const LimitedResource& memory) {
  const std::size_t needed = memory.used() + memory_to_train(data, options);
  if (needed > memory.limit()) {
    throw Error(ErrorCode::limit_exceeded,
                "learning from " + std::to_string(data.rows()) + " leads with " + std::to_string(data.column_count()) +
                    " columns takes about " + megabytes(needed) + " of memory, of which it may use " +
                    megabytes(memory.limit()),
                memory.hint());
  }
}

}  // namespace leadscore::learn
