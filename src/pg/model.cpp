// The SQL functions that evaluate a model for a lead: score, evaluate, explain.
#include "pg/guard.hpp"
#include "pg/model_cache.hpp"
#include "pg/model_compile.hpp"
#include "pg/model_evaluate.hpp"
#include "pg/model_lead.hpp"
#include "pg/model_result.hpp"

namespace leadscore::pg {

namespace {

enum class ModelForm { stored, document };
enum class LeadForm { row, columns };

ModelReference reference_of(FunctionCallInfo fcinfo, ModelForm form) {
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
Lead receive_lead(FunctionCallInfo fcinfo, ModelForm model_form, LeadForm lead_form) {
  const ModelReference reference = reference_of(fcinfo, model_form);
  return lead_form == LeadForm::row ? receive_row(fcinfo, reference) : receive_columns(fcinfo, reference);
}

TimestampTz time_of(FunctionCallInfo fcinfo, LeadForm form) {
  return PG_GETARG_TIMESTAMPTZ(form == LeadForm::row ? 2 : kAsOfArgument);
}

Datum score(FunctionCallInfo fcinfo, ModelForm model_form, LeadForm lead_form) {
  if (is_null_call(fcinfo, lead_form)) {
    PG_RETURN_NULL();
  }
  const Lead lead = receive_lead(fcinfo, model_form, lead_form);
  return Float8GetDatum(score_lead(lead.model, lead.columns, time_of(fcinfo, lead_form)));
}

Datum evaluate(FunctionCallInfo fcinfo, ModelForm model_form, LeadForm lead_form) {
  if (is_null_call(fcinfo, lead_form)) {
    PG_RETURN_NULL();
  }
  const Lead lead = receive_lead(fcinfo, model_form, lead_form);
  const model::Evaluation evaluation = evaluate_lead(lead.model, lead.columns, time_of(fcinfo, lead_form));
  return make_evaluation(fcinfo, lead.model, evaluation);
}

Datum explain(FunctionCallInfo fcinfo, ModelForm form) {
  const Lead lead = receive_lead(fcinfo, form, LeadForm::row);
  const CompiledModel* model = lead.model;
  evaluate_lead(lead.model, lead.columns, time_of(fcinfo, LeadForm::row));
  const std::size_t capacity = model->scorecard->explanation_capacity();
  auto* lines = static_cast<model::ExplanationLine*>(palloc(sizeof(model::ExplanationLine) * capacity));
  const std::size_t count = model->scorecard->explain(outcomes_of(model), {lines, capacity});
  return_explanation(fcinfo, model, {lines, count});
  return Datum{0};
}

}  // namespace

}  // namespace leadscore::pg

using leadscore::pg::LeadForm;
using leadscore::pg::ModelForm;

LEADSCORE_FUNCTION(leadscore_score) { return leadscore::pg::score(fcinfo, ModelForm::stored, LeadForm::row); }
LEADSCORE_FUNCTION(leadscore_score_document) {
  return leadscore::pg::score(fcinfo, ModelForm::document, LeadForm::row);
}
LEADSCORE_FUNCTION(leadscore_score_columns) {
  return leadscore::pg::score(fcinfo, ModelForm::stored, LeadForm::columns);
}
LEADSCORE_FUNCTION(leadscore_score_document_columns) {
  return leadscore::pg::score(fcinfo, ModelForm::document, LeadForm::columns);
}
LEADSCORE_FUNCTION(leadscore_evaluate) { return leadscore::pg::evaluate(fcinfo, ModelForm::stored, LeadForm::row); }
LEADSCORE_FUNCTION(leadscore_evaluate_document) {
  return leadscore::pg::evaluate(fcinfo, ModelForm::document, LeadForm::row);
}
LEADSCORE_FUNCTION(leadscore_evaluate_columns) {
  return leadscore::pg::evaluate(fcinfo, ModelForm::stored, LeadForm::columns);
}
LEADSCORE_FUNCTION(leadscore_evaluate_document_columns) {
  return leadscore::pg::evaluate(fcinfo, ModelForm::document, LeadForm::columns);
}
LEADSCORE_FUNCTION(leadscore_explain) { return leadscore::pg::explain(fcinfo, ModelForm::stored); }
LEADSCORE_FUNCTION(leadscore_explain_document) { return leadscore::pg::explain(fcinfo, ModelForm::document); }
