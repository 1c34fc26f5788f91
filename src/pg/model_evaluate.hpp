// Evaluates a compiled model for a lead, given as the columns that the model reads.
#pragma once

#include "pg/model_compile.hpp"

namespace leadscore::pg {

/// The columns that the model reads (CompiledModel::attributes) of a row of its type. They last until the next call.
const NullableDatum* columns_of(CompiledModel* model, HeapTuple row);

/// The score of a lead at a time.
double score_lead(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of);

/// Evaluates a lead at a time. What weighs most in it is then in `model->tally`.
model::Evaluation evaluate_lead(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of);

/// Evaluates every criterion for a lead at a time, one by one.
std::span<const model::Outcome> find_outcomes(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of);

/// What the last find_outcomes() found.
inline std::span<const model::Outcome> outcomes_of(const CompiledModel* model) {
  return {model->outcomes, static_cast<std::size_t>(model->document->criterion_count)};
}

}  // namespace leadscore::pg
