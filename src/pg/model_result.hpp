// Turns what the core computed into SQL values: evaluations, explanations, labels.
#pragma once

#include <span>

#include "pg/model_compile.hpp"
#include "pg/model_stage.hpp"

namespace leadscore::pg {

/// A number in the shortest form that reads back as the same, whatever the session has set.
const char* number_text(double value);

/// A value of type leadscore.evaluation for the call's result type. The answers of all target criteria are known.
Datum make_evaluation(FunctionCallInfo fcinfo, CompiledModel* model, const model::Evaluation& evaluation,
                      std::optional<model::TargetVerdict> verdict, std::uint32_t stage, TimestampTz as_of);

/// Writes the lines as the rows of type leadscore.explanation that the call returns.
void return_explanation(FunctionCallInfo fcinfo, const CompiledModel* model,
                        std::span<const model::ExplanationLine> lines);

}  // namespace leadscore::pg
