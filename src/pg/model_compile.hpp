// A model compiled against one row type: its conditions ready for the executor, its scorecard for the core.
#pragma once

#include "core/model/band.hpp"
#include "core/model/condition.hpp"
#include "core/model/scorecard.hpp"
#include "pg/guard.hpp"
#include "pg/model_document.hpp"
#include "pg/model_expression.hpp"
#include "pg/model_native.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// How one condition or one number of points is computed for a lead.
struct ExpressionProgram {
  model::Condition* native;  // in the core; nullptr: not of a shape that it knows
  int late_count;            // constants of `native` that depend on as_of
  LateConstant* late;
  ExprState* executor;  // in PostgreSQL's executor, where there is no `native` or as_of is not usual
  Datum constant;       // if there is neither
  bool constant_is_null;
};

/// A composite type as it was when a model was compiled; PostgreSQL clears its identifier when the type changes.
struct KnownType {
  const TypeCacheEntry* type;
  uint64 identifier;
};

struct CriterionProgram {
  ExpressionProgram condition;
  ExpressionProgram points;
  std::uint32_t attribute;  // model::kNone: excludes nothing
};

/// Plain data and the core's objects, all in one memory context that owns them.
struct CompiledModel {
  MemoryContext context;
  std::pmr::memory_resource* memory;  // over the context
  const char* name;                   // nullptr: a document without a name
  ModelDocument* document;
  model::Scorecard* scorecard;
  model::BandLadder* bands[kBandKinds];
  pg_tz* time_zone;
  TupleDesc row;
  Bitmapset* columns;   // attribute numbers of the lead that the model reads
  int composite_count;  // composite types of which conditions read fields
  KnownType* composites;
  CriterionProgram* criteria;
  NativeColumns native_columns;
  bool needs_executor;  // something runs in the executor whatever as_of is
  bool has_late_constants;

  // One evaluation at a time: no condition can call back into a model.
  TupleTableSlot* slot;
  model::Value* native_values;
  bool late_is_set;  // late constants are those of `late_as_of`
  TimestampTz late_as_of;
  ExprContext* expression_context;
  model::Outcome* outcomes;
  bool* attribute_holds;
  int attribute_count;
  int current_criterion;  // for error contexts; -1: none
};

/// Raises 22023 (invalid_parameter_value) if the document names a scale or a time zone that does not exist.
void check_settings(const ModelDocument* document);

/// Compiles a document against a row type. The result lives in a context of its own under `parent`. Raises what
/// reading, analysing or checking the model raises.
CompiledModel* compile_model(const char* name, Jsonb* document, TupleDesc row, MemoryContext parent);

/// False if a composite type, of which a condition reads a field, has changed since.
bool is_up_to_date(const CompiledModel* model);

/// Names the model, and the criterion that is being evaluated, in the context of errors until pop_error_context().
void push_model_context(ErrorContext& context, const CompiledModel* model);

/// Evaluates every criterion for a lead at a time into `model->outcomes`. The tuple is of the model's row type.
void evaluate_criteria(CompiledModel* model, HeapTuple lead, TimestampTz as_of);

/// The outcomes of the last evaluate_criteria().
inline std::span<const model::Outcome> outcomes_of(const CompiledModel* model) {
  return {model->outcomes, static_cast<std::size_t>(model->document->criterion_count)};
}

/// The position of the named band among those of its kind, if there is one.
std::optional<std::size_t> find_band(const CompiledModel* model, BandKind kind, const char* label);

}  // namespace leadscore::pg
