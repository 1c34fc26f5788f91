// Receives the lead of a call, in either form, and finds the compiled model that judges it.
#pragma once

#include "pg/model_cache.hpp"
#include "pg/model_compile.hpp"

namespace leadscore::pg {

/// The columns of a lead that its model reads, in the order of CompiledModel::attributes.
struct Lead {
  CompiledModel* model;
  const NullableDatum* columns;
};

/// The row that is argument 1.
HeapTupleData row_argument(FunctionCallInfo fcinfo);

/// The lead is a row, argument 1. Raises 42804 (datatype_mismatch) if it is none, and what find_model() raises.
Lead receive_row(FunctionCallInfo fcinfo, const DocumentReference& reference, Purpose purpose);

/// Positions of the arguments of the functions that take a lead as columns (score_columns() and its like).
inline constexpr int kModelArgument = 0;
inline constexpr int kAsOfArgument = 1;
inline constexpr int kVersionArgument = 2;     // of the model for which the call was planned; NULL: a document
inline constexpr int kRowTypeArgument = 3;     // NULL of the lead's row type
inline constexpr int kAttributesArgument = 4;  // int2vector: the attribute numbers of the columns that follow
inline constexpr int kPresentArgument = 5;     // true: there is a lead
inline constexpr int kFirstColumn = 6;

/// The lead is columns. Raises 40001 (serialization_failure) if the model has come to read a column that is not there,
/// 22023 (invalid_parameter_value) if the call is not as the planner makes it, and what find_model() raises.
Lead receive_columns(FunctionCallInfo fcinfo, const DocumentReference& reference, Purpose purpose);

}  // namespace leadscore::pg
