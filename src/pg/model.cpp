// The SQL functions that judge a lead by a model: score, evaluate, classify, target, and their explanations.
#include "pg/guard.hpp"
#include "pg/model_cache.hpp"
#include "pg/model_compile.hpp"
#include "pg/model_evaluate.hpp"
#include "pg/model_lead.hpp"
#include "pg/model_result.hpp"
#include "pg/model_stage.hpp"

namespace leadscore::pg {

namespace {

enum class ModelForm { stored, document };
enum class LeadForm { row, columns };

DocumentReference reference_of(FunctionCallInfo fcinfo, ModelForm form) {
  if (form == ModelForm::stored) {
    return {PG_GETARG_TEXT_PP(0), nullptr};
  }
  return {nullptr, PG_GETARG_JSONB_P(0)};
}

// A call whose lead is a row is strict; one whose lead is columns sees itself to what must not be NULL.
bool is_null_call(FunctionCallInfo fcinfo, LeadForm form) {
  return form == LeadForm::columns && (PG_ARGISNULL(kModelArgument) || PG_ARGISNULL(kAsOfArgument) ||
                                       PG_ARGISNULL(kPresentArgument) || !PG_GETARG_BOOL(kPresentArgument));
}

// Finds the model of the call and receives its lead.
Lead receive_lead(FunctionCallInfo fcinfo, ModelForm model_form, LeadForm lead_form, Purpose purpose) {
  const DocumentReference reference = reference_of(fcinfo, model_form);
  return lead_form == LeadForm::row ? receive_row(fcinfo, reference, purpose)
                                    : receive_columns(fcinfo, reference, purpose);
}

TimestampTz time_of(FunctionCallInfo fcinfo, LeadForm form) {
  return PG_GETARG_TIMESTAMPTZ(form == LeadForm::row ? 2 : kAsOfArgument);
}

Datum score(FunctionCallInfo fcinfo, ModelForm model_form, LeadForm lead_form) {
  if (is_null_call(fcinfo, lead_form)) {
    PG_RETURN_NULL();
  }
  const Lead lead = receive_lead(fcinfo, model_form, lead_form, Purpose::score);
  return Float8GetDatum(score_lead(lead.model, lead.columns, time_of(fcinfo, lead_form)));
}

Datum evaluate(FunctionCallInfo fcinfo, ModelForm model_form, LeadForm lead_form) {
  if (is_null_call(fcinfo, lead_form)) {
    PG_RETURN_NULL();
  }
  const Lead lead = receive_lead(fcinfo, model_form, lead_form, Purpose::evaluate);
  const TimestampTz as_of = time_of(fcinfo, lead_form);
  const model::Evaluation evaluation = evaluate_lead(lead.model, lead.columns, as_of);
  set_judged_score(lead.model, evaluation.score);
  const std::optional<model::TargetVerdict> verdict = find_verdict(lead.model, lead.columns, as_of, true);
  const std::uint32_t stage = find_stage(lead.model, lead.columns, as_of).stage;
  return make_evaluation(fcinfo, lead.model, evaluation, verdict, stage, as_of);
}

// The names of stages and verdicts live as long as the model, which the call site holds until its next call.

Datum classify(FunctionCallInfo fcinfo, ModelForm model_form, LeadForm lead_form) {
  if (is_null_call(fcinfo, lead_form)) {
    PG_RETURN_NULL();
  }
  const Lead lead = receive_lead(fcinfo, model_form, lead_form, Purpose::classify);
  const std::uint32_t stage = classify_lead(lead.model, lead.columns, time_of(fcinfo, lead_form)).stage;
  if (stage == model::kNone) {
    PG_RETURN_NULL();
  }
  return lead.model->stage_texts[stage];
}

Datum target(FunctionCallInfo fcinfo, ModelForm model_form, LeadForm lead_form) {
  if (is_null_call(fcinfo, lead_form)) {
    PG_RETURN_NULL();
  }
  const Lead lead = receive_lead(fcinfo, model_form, lead_form, Purpose::target);
  const std::optional<model::TargetVerdict> verdict =
      judge_target(lead.model, lead.columns, time_of(fcinfo, lead_form));
  if (!verdict) {
    PG_RETURN_NULL();
  }
  return lead.model->verdict_texts[static_cast<int>(*verdict)];
}

Datum explain_stage(FunctionCallInfo fcinfo, ModelForm form) {
  const Lead lead = receive_lead(fcinfo, form, LeadForm::row, Purpose::classify);
  return_stage_explanation(fcinfo, lead.model, lead.columns, time_of(fcinfo, LeadForm::row));
  return Datum{0};
}

Datum explain_target(FunctionCallInfo fcinfo, ModelForm form) {
  const Lead lead = receive_lead(fcinfo, form, LeadForm::row, Purpose::target);
  return_target_explanation(fcinfo, lead.model, lead.columns, time_of(fcinfo, LeadForm::row));
  return Datum{0};
}

Datum explain(FunctionCallInfo fcinfo, ModelForm form) {
  const Lead lead = receive_lead(fcinfo, form, LeadForm::row, Purpose::score);
  const CompiledModel* model = lead.model;
  const auto outcomes = find_outcomes(lead.model, lead.columns, time_of(fcinfo, LeadForm::row));
  const std::size_t capacity = model->scorecard->explanation_capacity();
  auto* lines = static_cast<model::ExplanationLine*>(palloc(sizeof(model::ExplanationLine) * capacity));
  const std::size_t count = model->scorecard->explain(outcomes, {lines, capacity});
  return_explanation(fcinfo, model, {lines, count});
  return Datum{0};
}

}  // namespace

}  // namespace leadscore::pg

using leadscore::pg::LeadForm;
using leadscore::pg::ModelForm;

LEADSCORE_FUNCTION(leadscore_score) { return leadscore::pg::score(fcinfo, ModelForm::stored, LeadForm::row); }
LEADSCORE_FUNCTION(leadscore_score_columns) {
  return leadscore::pg::score(fcinfo, ModelForm::stored, LeadForm::columns);
}
LEADSCORE_FUNCTION(leadscore_score_document) {
  return leadscore::pg::score(fcinfo, ModelForm::document, LeadForm::row);
}
LEADSCORE_FUNCTION(leadscore_score_document_columns) {
  return leadscore::pg::score(fcinfo, ModelForm::document, LeadForm::columns);
}
LEADSCORE_FUNCTION(leadscore_evaluate) { return leadscore::pg::evaluate(fcinfo, ModelForm::stored, LeadForm::row); }
LEADSCORE_FUNCTION(leadscore_evaluate_columns) {
  return leadscore::pg::evaluate(fcinfo, ModelForm::stored, LeadForm::columns);
}
LEADSCORE_FUNCTION(leadscore_evaluate_document) {
  return leadscore::pg::evaluate(fcinfo, ModelForm::document, LeadForm::row);
}
LEADSCORE_FUNCTION(leadscore_evaluate_document_columns) {
  return leadscore::pg::evaluate(fcinfo, ModelForm::document, LeadForm::columns);
}
LEADSCORE_FUNCTION(leadscore_classify) { return leadscore::pg::classify(fcinfo, ModelForm::stored, LeadForm::row); }
LEADSCORE_FUNCTION(leadscore_classify_columns) {
  return leadscore::pg::classify(fcinfo, ModelForm::stored, LeadForm::columns);
}
LEADSCORE_FUNCTION(leadscore_classify_document) {
  return leadscore::pg::classify(fcinfo, ModelForm::document, LeadForm::row);
}
LEADSCORE_FUNCTION(leadscore_classify_document_columns) {
  return leadscore::pg::classify(fcinfo, ModelForm::document, LeadForm::columns);
}
LEADSCORE_FUNCTION(leadscore_target) { return leadscore::pg::target(fcinfo, ModelForm::stored, LeadForm::row); }
LEADSCORE_FUNCTION(leadscore_target_columns) {
  return leadscore::pg::target(fcinfo, ModelForm::stored, LeadForm::columns);
}
LEADSCORE_FUNCTION(leadscore_target_document) {
  return leadscore::pg::target(fcinfo, ModelForm::document, LeadForm::row);
}
LEADSCORE_FUNCTION(leadscore_target_document_columns) {
  return leadscore::pg::target(fcinfo, ModelForm::document, LeadForm::columns);
}
LEADSCORE_FUNCTION(leadscore_explain) { return leadscore::pg::explain(fcinfo, ModelForm::stored); }
LEADSCORE_FUNCTION(leadscore_explain_document) { return leadscore::pg::explain(fcinfo, ModelForm::document); }
LEADSCORE_FUNCTION(leadscore_explain_stage) { return leadscore::pg::explain_stage(fcinfo, ModelForm::stored); }
LEADSCORE_FUNCTION(leadscore_explain_stage_document) {
  return leadscore::pg::explain_stage(fcinfo, ModelForm::document);
}
LEADSCORE_FUNCTION(leadscore_explain_target) { return leadscore::pg::explain_target(fcinfo, ModelForm::stored); }
LEADSCORE_FUNCTION(leadscore_explain_target_document) {
  return leadscore::pg::explain_target(fcinfo, ModelForm::document);
}
