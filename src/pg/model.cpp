// The SQL functions that evaluate a model for a lead: score, evaluate, explain.
#include <algorithm>
#include <cmath>

#include "pg/guard.hpp"
#include "pg/model_cache.hpp"
#include "pg/model_compile.hpp"
#include "pg/model_lead.hpp"
#include "pg/model_result.hpp"

namespace leadscore::pg {

namespace {

enum class ModelForm { stored, document };

// The compiled model of a call, the lead it is to judge, and what names the model in errors.
struct Call {
  CompiledModel* model;
  HeapTupleData lead;
  ErrorContext error_context;
};

// Finds the model of the call and evaluates its criteria for the lead of the call. Ended by end_call().
void begin_call(FunctionCallInfo fcinfo, ModelForm form, Call& call) {
  ModelReference reference{nullptr, nullptr};
  if (form == ModelForm::stored) {
    reference.name = PG_GETARG_TEXT_PP(0);
  } else {
    reference.document = PG_GETARG_JSONB_P(0);
  }
  call.model = receive_lead(fcinfo, reference, &call.lead);
  push_model_context(call.error_context, call.model);
  evaluate_criteria(call.model, &call.lead, PG_GETARG_TIMESTAMPTZ(2));
}

void end_call(const Call& call) { pop_error_context(call.error_context); }

model::Evaluation evaluate_scorecard(const CompiledModel* model) {
  return core_call([model] { return model->scorecard->evaluate(outcomes_of(model)); });
}

Datum score(FunctionCallInfo fcinfo, ModelForm form) {
  Call call;
  begin_call(fcinfo, form, call);
  const double score = evaluate_scorecard(call.model).score;
  end_call(call);
  return Float8GetDatum(score);
}

Datum evaluate(FunctionCallInfo fcinfo, ModelForm form) {
  Call call;
  begin_call(fcinfo, form, call);
  const model::Evaluation evaluation = evaluate_scorecard(call.model);
  end_call(call);
  return make_evaluation(fcinfo, call.model, evaluation);
}

Datum explain(FunctionCallInfo fcinfo, ModelForm form) {
  Call call;
  begin_call(fcinfo, form, call);
  const CompiledModel* model = call.model;
  const std::size_t capacity = model->scorecard->explanation_capacity();
  auto* lines = static_cast<model::ExplanationLine*>(palloc(sizeof(model::ExplanationLine) * capacity));
  const std::size_t count = core_call([=] { return model->scorecard->explain(outcomes_of(model), {lines, capacity}); });
  end_call(call);
  return_explanation(fcinfo, model, {lines, count});
  return Datum{0};
}

}  // namespace

}  // namespace leadscore::pg

using leadscore::pg::ModelForm;

LEADSCORE_FUNCTION(leadscore_score) { return leadscore::pg::score(fcinfo, ModelForm::stored); }
LEADSCORE_FUNCTION(leadscore_score_document) { return leadscore::pg::score(fcinfo, ModelForm::document); }
LEADSCORE_FUNCTION(leadscore_evaluate) { return leadscore::pg::evaluate(fcinfo, ModelForm::stored); }
LEADSCORE_FUNCTION(leadscore_evaluate_document) { return leadscore::pg::evaluate(fcinfo, ModelForm::document); }
LEADSCORE_FUNCTION(leadscore_explain) { return leadscore::pg::explain(fcinfo, ModelForm::stored); }
LEADSCORE_FUNCTION(leadscore_explain_document) { return leadscore::pg::explain(fcinfo, ModelForm::document); }
