// leadscore.judge_attached(): what a model says of a lead of an attached table.
#include "pg/attached_judgement.hpp"
#include "pg/guard.hpp"
#include "pg/model_cache.hpp"
#include "pg/model_evaluate.hpp"
#include "pg/model_lead.hpp"
#include "pg/model_stage.hpp"
#include "pg/snapshot_stamp.hpp"

namespace leadscore::pg {

namespace {

// Positions of the arguments.
constexpr int kLead = 1;
constexpr int kAsOf = 2;
constexpr int kEngagement = 3;
constexpr int kIsDuplicate = 4;
constexpr int kStage = 5;
constexpr int kGrade = 6;
constexpr int kTemperature = 7;
constexpr int kRaises = 8;

// What is kept of a call site: the type of the result, and a model that could not be made ready, so that the other
// leads of the statement need not try.
struct Site {
  TupleDesc result;
  SnapshotStamp stamp;
  const char* problem;  // nullptr: none
  int state;
};

struct Judging {
  FunctionCallInfo fcinfo;
  Judgement judgement;
};

const char* text_or_null(FunctionCallInfo fcinfo, int argument) {
  return PG_ARGISNULL(argument) ? nullptr : text_to_cstring(PG_GETARG_TEXT_PP(argument));
}

NullableDatum value_argument(FunctionCallInfo fcinfo, int argument) {
  return {PG_ARGISNULL(argument) ? Datum{0} : PG_GETARG_DATUM(argument), PG_ARGISNULL(argument)};
}

Column label_of(const CompiledModel* model, JudgedName name) {
  const NullableDatum& label = model->judged[static_cast<int>(name)];
  return {label.value, label.isnull};
}

void judge(void* argument) {
  auto* const judging = static_cast<Judging*>(argument);
  FunctionCallInfo const fcinfo = judging->fcinfo;
  judging->judgement = judge_attached(
      fcinfo->flinfo, {PG_GETARG_TEXT_PP(0), PG_GETARG_HEAPTUPLEHEADER(kLead), PG_GETARG_TIMESTAMPTZ(kAsOf),
                       value_argument(fcinfo, kEngagement), value_argument(fcinfo, kIsDuplicate),
                       text_or_null(fcinfo, kStage), text_or_null(fcinfo, kGrade), text_or_null(fcinfo, kTemperature)});
}

Site* find_site(FunctionCallInfo fcinfo) {
  void** const place = call_site_data(fcinfo->flinfo);
  if (*place == nullptr) {
    MemoryContext const caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
    auto* const site = static_cast<Site*>(palloc0(sizeof(Site)));
    site->result = CreateTupleDescCopy(result_row(fcinfo));
    MemoryContextSwitchTo(caller);
    *place = site;
  }
  return static_cast<Site*>(*place);
}

// Of the statement: the leads that failed before this one make no difference.
SnapshotStamp stamp_of_statement() {
  SnapshotStamp stamp = stamp_of_active_snapshot();
  stamp.aborts = 0;
  return stamp;
}

Datum problem_row(FunctionCallInfo fcinfo, TupleDesc result, const char* problem, int state) {
  // A lead that cannot be judged stays in its stage.
  return make_row(result, {{},
                           {},
                           {},
                           {},
                           {},
                           {},
                           {PG_ARGISNULL(kStage) ? Datum{0} : PG_GETARG_DATUM(kStage), PG_ARGISNULL(kStage)},
                           column(problem),
                           column(static_cast<const char*>(unpack_sql_state(state)))});
}

// PostgreSQL's messages about a value that does not do quote it, and what is noted of a lead holds nothing personal.
const char* message_without_values(const ErrorData* error) {
  if (ERRCODE_TO_CATEGORY(error->sqlerrcode) != ERRCODE_DATA_EXCEPTION) {
    return error->message;
  }
  switch (error->sqlerrcode) {
    case ERRCODE_DIVISION_BY_ZERO:
      return "division by zero";
    case ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE:
      return "a number is out of range";
    case ERRCODE_INVALID_TEXT_REPRESENTATION:
    case ERRCODE_INVALID_DATETIME_FORMAT:
      return "a text cannot be read as the type to which it is cast";
    default:
      return "a value cannot be computed with";
  }
}

Datum judge_or_tell(FunctionCallInfo fcinfo) {
  if (PG_ARGISNULL(0) || PG_ARGISNULL(kAsOf)) {
    PG_RETURN_NULL();
  }
  if (fcinfo->flinfo->fn_extra == nullptr) {
    check_is_row(fcinfo->flinfo, kLead, "Pass the alias of the table.");
  }
  Site* const site = find_site(fcinfo);
  if (PG_ARGISNULL(kLead)) {
    return problem_row(fcinfo, site->result, "the lead has no row in the features", ERRCODE_NO_DATA_FOUND);
  }
  Judging judging{};
  judging.fcinfo = fcinfo;
  if (!PG_ARGISNULL(kRaises) && PG_GETARG_BOOL(kRaises)) {
    judge(&judging);
  } else {
    if (site->problem != nullptr && site->stamp == stamp_of_statement()) {
      return problem_row(fcinfo, site->result, site->problem, site->state);
    }
    // What is noted is of the lead and the model, not of the statement that happens to judge it.
    ErrorContextCallback* const outside = error_context_stack;
    error_context_stack = nullptr;
    ErrorData* const error = attempt(judge, &judging);
    error_context_stack = outside;
    if (error != nullptr) {
      if (must_not_be_swallowed(error->sqlerrcode)) {
        ReThrowError(error);
      }
      const char* const message = message_without_values(error);
      const char* const problem = error->context != nullptr ? psprintf("%s (%s)", message, error->context) : message;
      if (!has_model(fcinfo->flinfo)) {
        site->stamp = stamp_of_statement();
        site->problem = MemoryContextStrdup(fcinfo->flinfo->fn_mcxt, problem);
        site->state = error->sqlerrcode;
      }
      return problem_row(fcinfo, site->result, problem, error->sqlerrcode);
    }
  }
  const Judgement& judgement = judging.judgement;
  return make_row(site->result,
                  {column(judgement.score), column(judgement.raw_score), column(judgement.probability), judgement.grade,
                   judgement.temperature, judgement.target, judgement.stage, Column{}, Column{}});
}

}  // namespace

Judgement judge_attached(FmgrInfo* call_site, const JudgedLead& lead) {
  const Purpose purpose = lead.is_duplicate.isnull ? Purpose::attached : Purpose::attached_marked;
  CompiledModel* const model = find_model(call_site, DocumentReference{lead.model, nullptr}, purpose,
                                          HeapTupleHeaderGetTypeId(lead.lead), HeapTupleHeaderGetTypMod(lead.lead));
  model->engagement = lead.engagement;
  model->is_duplicate = lead.is_duplicate;
  HeapTupleData row{};
  row.t_data = lead.lead;
  row.t_len = HeapTupleHeaderGetDatumLength(lead.lead);
  ItemPointerSetInvalid(&row.t_self);
  const NullableDatum* const columns = columns_of(model, &row);

  Judgement judgement{};
  const model::Evaluation evaluation = evaluate_lead(model, columns, lead.as_of);
  judgement.score = evaluation.score;
  judgement.raw_score = evaluation.raw_score;
  judgement.probability = evaluation.probability;
  judgement.model_version = model_version(call_site);
  set_judged_score(model, evaluation.score, {{lead.grade, lead.temperature}});
  judgement.grade = label_of(model, JudgedName::grade);
  judgement.temperature = label_of(model, JudgedName::temperature);
  const std::optional<model::TargetVerdict> verdict = find_verdict(model, columns, lead.as_of, false);
  if (verdict) {
    judgement.target = {model->verdict_texts[static_cast<int>(*verdict)], false};
  }
  const Classification found = find_stage(model, columns, lead.as_of);
  const std::uint32_t stage =
      found.is_mapped ? found.stage : model->ladder->advance(find_stage_named(model, lead.stage), found.stage);
  if (stage != model::kNone) {
    judgement.stage = {model->stage_texts[stage], false};
  }
  return judgement;
}

}  // namespace leadscore::pg

LEADSCORE_FUNCTION(leadscore_judge_attached) { return leadscore::pg::judge_or_tell(fcinfo); }
