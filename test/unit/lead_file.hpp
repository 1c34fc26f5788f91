// Leads from the files of the data folder that the environment variable LEADSCORE_DATA names.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/learn/training_data.hpp"

namespace leadscore::test {

/// The data folder, or nothing where there is none: the test is then skipped.
inline std::optional<std::string> data_folder() {
  const char* folder = std::getenv("LEADSCORE_DATA");  // NOLINT(concurrency-mt-unsafe)
  return folder != nullptr && std::filesystem::is_directory(folder) ? std::optional<std::string>(folder) : std::nullopt;
}

inline std::vector<std::string> split_line(const std::string& line, char separator) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == separator && !quoted) {
      fields.emplace_back();
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  return fields;
}

/// A file of separated values with a line of names.
class Table {
 public:
  explicit Table(const std::string& path, char separator = ',') {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    names_ = split_line(line, separator);
    while (std::getline(file, line)) {
      rows_.push_back(split_line(line, separator));
      rows_.back().resize(names_.size());
    }
  }

  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] std::size_t column(std::string_view name) const {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] == name) {
        return i;
      }
    }
    throw std::runtime_error("no column " + std::string(name));
  }
  [[nodiscard]] const std::string& at(std::size_t row, std::string_view name) const { return rows_[row][column(name)]; }
  [[nodiscard]] const std::string& at(std::size_t row, std::size_t column) const { return rows_[row][column]; }

 private:
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> rows_;
};

/// A field as a cell: empty is NULL; a column is numeric if `is_number` says so.
inline learn::Cell cell_of(const std::string& field, bool is_number) {
  if (field.empty()) {
    return {};
  }
  return is_number ? learn::Cell::of(std::strtod(field.c_str(), nullptr)) : learn::Cell::of(std::string_view(field));
}

}  // namespace leadscore::test
