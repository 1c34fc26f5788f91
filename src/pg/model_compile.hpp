// A model compiled against one row type: its conditions ready for the core or the executor, its scorecard for the core.
#pragma once

#include "core/model/band.hpp"
#include "core/model/condition.hpp"
#include "core/model/decision.hpp"
#include "core/model/ladder.hpp"
#include "core/model/remembered_answers.hpp"
#include "core/model/score_plan.hpp"
#include "core/model/scorecard.hpp"
#include "core/model/status_map.hpp"
#include "core/model/target.hpp"
#include "core/model/tally.hpp"
#include "pg/guard.hpp"
#include "pg/model_document.hpp"
#include "pg/model_expression.hpp"
#include "pg/model_native.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// What a model is compiled for: it reads the columns that this takes, and no others.
/// Of the purposes of attached tables, which take what `evaluate` takes, the second is for those that mark duplicates
/// themselves: there is_duplicate is their mark, and not a column of that name.
enum class Purpose : std::uint8_t { score, evaluate, classify, target, attached, attached_marked };

constexpr bool is_evaluation(Purpose purpose) {
  return purpose == Purpose::evaluate || purpose == Purpose::attached || purpose == Purpose::attached_marked;
}

/// Answers that need not be computed again, by the text of a native column.
struct RememberedTexts {
  int column;
  model::RememberedAnswers* answers;  // nullptr: none yet
};

/// How one condition, number of points or status is computed for a lead.
struct ExpressionProgram {
  bool is_constant;
  Datum constant;  // if it is
  bool constant_is_null;
  model::Condition* native;  // of a condition in the core; nullptr: not of a shape that it knows
  bool is_text_column;       // of a status: it is the text of a native column, which is
  int text_column;
  int late_count;  // constants of `native` that depend on as_of
  LateConstant* late;
  ExprState* executor;          // in PostgreSQL's executor, where there is nothing native or as_of is not usual
  RememberedTexts* remembered;  // of a condition for the executor that depends on one text; nullptr: of another
};

/// A composite type as it was when a model was compiled; PostgreSQL clears its identifier when the type changes.
struct KnownType {
  const TypeCacheEntry* type;
  uint64 identifier;
};

struct CriterionProgram {
  ExpressionProgram condition;
  ExpressionProgram points;
};

/// What it takes to evaluate some programs for a lead.
struct EvaluationNeeds {
  bool needs_executor;  // something runs in the executor whatever as_of is
  bool has_late_constants;
};

/// Criteria that are evaluated together, in their order.
struct CriterionSet {
  int count;
  int* positions;
  EvaluationNeeds needs;
};

/// Conditions of one kind, for which the expressions of the document are the names.
struct ConditionList {
  int count;
  ExpressionProgram* conditions;
  EvaluationNeeds needs;
};

/// When a criterion of a target lead is in force.
struct Validity {
  TimestampTz from;
  TimestampTz until;  // the first instant after it
  bool has_end;
};

/// A value that was read of the lead of this number.
struct FetchedValue {
  uint64 lead_number;
  model::Value value;
};

/// What is being evaluated, for the context of errors.
struct EvaluatedPart {
  Expression::Kind kind;
  int position;  // in the document; -1: nothing
};

/// One column's part in the score, and where it is found.
struct LookupProgram {
  int input;  // position of the column among those that the model reads
  const model::Lookup* lookup;
  model::PointTable table;
  int planned;  // its position in the plan
};

/// Look-ups of one group that are made in one way.
struct LookupRun {
  std::uint32_t group;
  ColumnReader reader;
  bool is_small;  // PointTable::place_of_in_small()
  int first;
  int count;
};

/// How the score is added up.
struct ScoreProgram {
  MemoryContext context;
  const model::ScorePlan* plan;
  LookupProgram* lookups;
  int run_count;
  LookupRun* runs;
  CriterionSet rest;    // what no look-up knows
  std::size_t* places;  // of one lead, by look-up of the plan
};

inline constexpr int kVerdicts = 4;
const char* verdict_name(model::TargetVerdict verdict);

/// Plain data and the core's objects, all in one memory context that owns them.
struct CompiledModel {
  MemoryContext context;
  std::pmr::memory_resource* memory;  // over the context
  const char* name;                   // nullptr: a document without a name
  Purpose purpose;
  ModelDocument* document;  // of which only what the purpose takes is counted
  model::Scorecard* scorecard;
  model::BandLadder* bands[kBandKinds];
  pg_tz* time_zone;
  TupleDesc row;
  Bitmapset* columns;  // attribute numbers of the lead that the model reads
  int column_count;
  AttrNumber* attributes;  // the same, ascending: a lead is given to the model as these columns
  int composite_count;     // composite types of which conditions read fields
  KnownType* composites;
  CriterionProgram* criteria;
  NativeColumns native_columns;
  CriterionSet all;     // for outcomes
  ConditionList rules;  // of the stages
  ConditionList target_criteria;
  ExpressionProgram status;
  EvaluationNeeds status_needs;
  model::Ladder* ladder;
  model::Decision* decision;  // of its rules
  model::StatusMap* status_map;
  Validity* validity;        // by target criterion
  bool reads[kJudgedNames];  // what rules and target criteria read of what the model says itself
  int late_program_count;
  ExpressionProgram** late_programs;  // with constants that depend on as_of
  ScoreProgram* score;                // for any as_of

  // Where many leads are scored as of one time, conditions that depend on it are part of the look-ups too.
  TimestampTz repeated_as_of;
  int repetitions;            // leads scored in a row as of it
  ScoreProgram* score_as_of;  // nullptr: not made, or not as of it

  // One evaluation at a time: no condition can call back into a model.
  TupleTableSlot* row_slot;     // a lead that came as a row
  NullableDatum* row_columns;   // and its columns
  TupleTableSlot* column_slot;  // the columns, as the executor reads them
  const NullableDatum* lead;    // its columns
  uint64 lead_number;
  FetchedValue* fetched;  // by native column: what is dear to read
  bool late_is_set;       // late constants are those of `late_as_of`
  TimestampTz late_as_of;
  ExprContext* expression_context;
  NullableDatum engagement;  // what an attached table knows of the lead besides its columns; NULL elsewhere
  NullableDatum is_duplicate;
  NullableDatum judged[kJudgedNames];
  Datum* band_texts[kBandKinds];  // labels as text, by band
  Datum* stage_texts;             // and names, by stage
  Datum verdict_texts[kVerdicts];
  model::Outcome* outcomes;
  model::Truth* target_answers;  // by target criterion
  const text** reasons;          // by criterion: what it gave and its title, once it has been written; nullptr before
  model::PointCount* sums;       // by group
  model::Tally* tally;
  KnownType evaluation;               // the row type, as it was when `evaluation_header` was made
  HeapTupleHeader evaluation_header;  // of rows of it; nullptr before
  bool* attribute_holds;
  int attribute_count;
  EvaluatedPart current;
};

/// Whether rules or target criteria read what the model says itself: one value, or any that comes of the score.
inline bool reads(const CompiledModel* model, JudgedName name) { return model->reads[static_cast<int>(name)]; }
inline bool reads_score(const CompiledModel* model) {
  return reads(model, JudgedName::score) || reads(model, JudgedName::grade) || reads(model, JudgedName::temperature);
}

/// Raises 22023 (invalid_parameter_value) if the document names a scale or a time zone that does not exist.
void check_settings(const ModelDocument* document);

/// Compiles a document against a row type, for a purpose. The result lives in a context of its own under `parent`.
/// Raises what reading, analysing or checking the model raises.
CompiledModel* compile_model(const char* name, Jsonb* document, TupleDesc row, Purpose purpose, MemoryContext parent);

/// Makes the program that adds up the score, with the conditions that depend on as_of in it as their constants are now
/// or without. It lives in a context of its own under the model's.
ScoreProgram* make_score_program(const CompiledModel* model, bool with_late_constants);

/// False if a composite type, of which a condition reads a field, has changed since.
bool is_up_to_date(const CompiledModel* model);

/// Names the model, and the part of it that is being evaluated, in the context of errors until pop_error_context().
void push_model_context(ErrorContext& context, const CompiledModel* model);

/// The position of the band for a score among those of its kind. `earlier` is the label given before, or nullptr.
std::optional<std::size_t> find_band(const CompiledModel* model, BandKind kind, double score, const char* earlier);

}  // namespace leadscore::pg
