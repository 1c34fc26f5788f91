// How much memory training takes, said before it begins rather than found out halfway.
#pragma once

#include <cstddef>

#include "core/limited_resource.hpp"
#include "core/learn/training.hpp"
#include "core/learn/training_data.hpp"

namespace leadscore::learn {

/// The bytes that settle() and train() take at their peak beside what the data holds, as far as rows, columns and
/// options tell. What depends on bins that are not made yet is left out; it is little beside many rows.
[[nodiscard]] std::size_t memory_to_train(const TrainingData& data, const TrainingOptions& options) noexcept;

/// Throws Error(limit_exceeded), saying how much it would take, where what the resource may still give does not
/// suffice.
void check_memory(const TrainingData& data, const TrainingOptions& options, const LimitedResource& memory);

}  // namespace leadscore::learn
