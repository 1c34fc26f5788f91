// A trained model as JSON: its terms as SQL, and the report on them.
#pragma once

#include <memory_resource>
#include <span>
#include <string>
#include <string_view>

#include "core/learn/criterion_text.hpp"
#include "core/learn/training.hpp"

namespace leadscore::learn {

/// The model as a JSON object: the members of the report, `warnings` (kind, column, value), `path` (penalty, log_loss)
/// and `terms` (kind, column, condition, points, point_expression, standard_error, leads, wins), columns by their
/// position from 0. Numbers read back exactly; what is not a number is null.
[[nodiscard]] std::pmr::string training_document(const TrainingData& data, const TrainedModel& model,
                                                 std::span<const ColumnText> columns,
                                                 std::pmr::memory_resource* memory);

/// A text as a JSON string.
void append_json(std::pmr::string& json, std::string_view text);

}  // namespace leadscore::learn
