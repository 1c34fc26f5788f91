// The reasons of an evaluation: its weightiest contributions as SQL values.
#pragma once

#include "pg/model_compile.hpp"
#include "pg/row_writer.hpp"

namespace leadscore::pg {

/// The weightiest contributions of the lead of the last evaluate_lead(), such as "+20 Budget confirmed": the larger
/// first, then by order. The texts last as long as the current memory context and the model.
TextList find_reasons(const CompiledModel* model);

}  // namespace leadscore::pg
