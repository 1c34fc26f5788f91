// Where a lead stands: its stage on the ladder, and whether it is a target lead.
#pragma once

#include "pg/model_compile.hpp"

namespace leadscore::pg {

/// A stage by its position in the document (model::kNone: none), and whether the CRM's status says so.
struct Classification {
  std::uint32_t stage;
  bool is_mapped;
};

/// The labels that a lead had before, by kind of band; nullptr: none.
struct EarlierLabels {
  const char* of[kBandKinds] = {};
};

/// What rules may read as score, grade and temperature, from the score of the lead and the labels that it may keep.
void set_judged_score(CompiledModel* model, double score, const EarlierLabels& earlier = {});

/// A judged label, copied; nullptr if there is none.
const char* judged_text(const CompiledModel* model, JudgedName name);

/// The verdict on a lead; nothing if no criterion is in force. Sets what rules may read as target. With `all_answers`
/// every criterion in force has its answer in `model->target_answers` afterwards, else only what the verdict took.
std::optional<model::TargetVerdict> find_verdict(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of,
                                                 bool all_answers);

/// The stage of a lead whose judged values are set, as far as rules read them.
Classification find_stage(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of);

/// The verdict and the stage of a lead, with whatever they take.
std::optional<model::TargetVerdict> judge_target(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of);
Classification classify_lead(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of);

/// True if the target criterion at a position is in force at a time.
bool is_in_force(const CompiledModel* model, int criterion, TimestampTz as_of);

/// The position of the named stage, or model::kNone.
std::uint32_t find_stage_named(const CompiledModel* model, const char* name);

/// The lines of the explanations, as the rows that the call returns.
void return_stage_explanation(FunctionCallInfo fcinfo, CompiledModel* model, const NullableDatum* columns,
                              TimestampTz as_of);
void return_target_explanation(FunctionCallInfo fcinfo, CompiledModel* model, const NullableDatum* columns,
                               TimestampTz as_of);

}  // namespace leadscore::pg
