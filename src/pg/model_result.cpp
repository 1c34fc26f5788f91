#include "pg/model_result.hpp"

#include "pg/composite.hpp"
#include "pg/model_evaluate.hpp"
#include "pg/model_reasons.hpp"

namespace leadscore::pg {

namespace {

// The columns of leadscore.evaluation: numbers, then texts and arrays.
constexpr int kEvaluationColumns = 10;
constexpr int kNumbers = 3;

bool is_evaluation(TupleDesc row) {
  for (int i = 0; i < row->natts; ++i) {
    if (TupleDescAttr(row, i)->attlen != (i < kNumbers ? static_cast<int16>(sizeof(double)) : -1)) {
      return false;
    }
  }
  return row->natts == kEvaluationColumns;
}

// The header of rows of the type that the function returns. It is made once, until that is another type or changes.
HeapTupleHeader evaluation_header(FunctionCallInfo fcinfo, CompiledModel* model) {
  if (fcinfo->flinfo->fn_expr == nullptr) {
    elog(ERROR, "leadscore.evaluate must be called by a query");
  }
  const Oid type = exprType(fcinfo->flinfo->fn_expr);
  HeapTupleHeader const kept = model->evaluation_header;
  if (kept != nullptr && model->evaluation.type->type_id == type &&
      model->evaluation.type->tupDesc_identifier == model->evaluation.identifier) {
    return kept;
  }
  const TypeCacheEntry* const entry = lookup_type_cache(type, TYPECACHE_TUPDESC);
  if (entry->tupDesc == nullptr || !is_evaluation(entry->tupDesc)) {
    ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                    errmsg("type leadscore.evaluation does not have the columns that the library expects"),
                    errhint("After an upgrade of the library run ALTER EXTENSION leadscore UPDATE.")));
  }
  MemoryContext const caller = MemoryContextSwitchTo(model->context);
  model->evaluation_header = RowWriter::make_header(entry->tupDesc, kEvaluationColumns);
  MemoryContextSwitchTo(caller);
  model->evaluation = {entry, entry->tupDesc_identifier};
  return model->evaluation_header;
}

// The names of the criteria in force, other than desired ones, that have this answer: text[].
Datum criteria_that_answer(const CompiledModel* model, model::Truth answer, TimestampTz as_of) {
  auto* names = static_cast<Datum*>(palloc(sizeof(Datum) * static_cast<Size>(model->target_criteria.count)));
  int count = 0;
  for (int i = 0; i < model->target_criteria.count; ++i) {
    const DocumentTargetCriterion& criterion = model->document->target_criteria[i];
    if (criterion.requirement != model::Requirement::desired && is_in_force(model, i, as_of) &&
        model->target_answers[i] == answer) {
      names[count++] = CStringGetTextDatum(criterion.name);
    }
  }
  return PointerGetDatum(construct_array(names, count, TEXTOID, -1, false, TYPALIGN_INT));
}

const char* verdict_note(const model::Outcome& outcome) {
  switch (outcome.verdict) {
    case model::Verdict::met:
      return outcome.points_known ? "met" : "met, but its points are unknown";
    case model::Verdict::not_met:
      return "not met";
    case model::Verdict::unknown:
      return "unknown";
    case model::Verdict::excluded:
      return "excluded: an earlier criterion of its attribute is met";
  }
  return nullptr;
}

const char* limit_note(const DocumentDimension& dimension, double contribution) {
  return contribution < 0 ? psprintf("at most %s", number_text(dimension.upper))
                          : psprintf("at least %s", number_text(dimension.lower));
}

const char* scale_note(const CompiledModel* model) {
  const model::ScaleMap& map = model->scorecard->scale_map();
  const char* const lower = number_text(map.lower);
  const char* const upper = number_text(map.upper);
  switch (map.scale) {
    case model::Scale::clamp:
      return psprintf("raw score kept within %s to %s", lower, upper);
    case model::Scale::range:
      return psprintf("raw score %s to %s becomes %s to %s", number_text(map.raw_min), number_text(map.raw_max), lower,
                      upper);
    case model::Scale::logistic:
      return psprintf("raw score is a log-odds; its probability becomes %s to %s", lower, upper);
    case model::Scale::calibrated:
      return psprintf("raw score has come to a probability in history, which becomes %s to %s", lower, upper);
  }
  return nullptr;
}

const char* kind_text(model::LineKind kind) {
  switch (kind) {
    case model::LineKind::base:
      return "base";
    case model::LineKind::criterion:
      return "criterion";
    case model::LineKind::limit:
      return "limit";
    case model::LineKind::scale:
      return "scale";
  }
  return nullptr;
}

struct LineText {
  const char* dimension;
  const char* criterion;
  const char* title;
  const char* note;
  std::optional<double> points;
};

LineText describe(const CompiledModel* model, const model::ExplanationLine& line) {
  const ModelDocument* document = model->document;
  LineText described{};
  described.dimension = line.dimension == model::kNone ? nullptr : document->dimensions[line.dimension].name;
  switch (line.kind) {
    case model::LineKind::base:
      described.title = "base points";
      described.points = line.contribution;
      break;
    case model::LineKind::criterion: {
      const DocumentCriterion& criterion = document->criteria[line.criterion];
      const CriterionProgram& program = model->criteria[line.criterion];
      const model::Outcome& outcome = outcomes_of(model)[line.criterion];
      described.criterion = criterion.name;
      described.title = criterion.title;
      described.note = verdict_note(outcome);
      if (program.points.is_constant && !program.points.constant_is_null) {
        described.points = DatumGetFloat8(program.points.constant);
      } else if (outcome.verdict == model::Verdict::met && outcome.points_known) {
        described.points = outcome.points;
      }
      break;
    }
    case model::LineKind::limit:
      described.title = psprintf("%s (limit)", document->dimensions[line.dimension].title);
      described.note = limit_note(document->dimensions[line.dimension], line.contribution);
      break;
    case model::LineKind::scale:
      described.title = "scale";
      described.note = scale_note(model);
      break;
  }
  return described;
}

}  // namespace

const char* number_text(double value) { return double_to_shortest_decimal(value); }

Datum make_evaluation(FunctionCallInfo fcinfo, CompiledModel* model, const model::Evaluation& evaluation,
                      std::optional<model::TargetVerdict> verdict, std::uint32_t stage, TimestampTz as_of) {
  const auto varlena_of = [](Datum datum) { return reinterpret_cast<const varlena*>(DatumGetPointer(datum)); };
  const auto label_of = [&](JudgedName name) {
    const NullableDatum& label = model->judged[static_cast<int>(name)];
    return label.isnull ? nullptr : varlena_of(label.value);
  };
  const varlena* texts[] = {
      label_of(JudgedName::grade),
      label_of(JudgedName::temperature),
      stage == model::kNone ? nullptr : varlena_of(model->stage_texts[stage]),
      verdict ? varlena_of(model->verdict_texts[static_cast<int>(*verdict)]) : nullptr,
      verdict ? varlena_of(criteria_that_answer(model, model::Truth::no, as_of)) : nullptr,
      verdict ? varlena_of(criteria_that_answer(model, model::Truth::unknown, as_of)) : nullptr,
  };
  const TextList reasons = find_reasons(model);
  Size size = reasons.array_size() + kNumbers * sizeof(double);
  for (const varlena* text : texts) {
    size += text == nullptr ? 0 : VARSIZE(text);
  }
  RowWriter row(evaluation_header(fcinfo, model), size);
  row.add_number(evaluation.score);
  row.add_number(evaluation.raw_score);
  if (evaluation.probability) {
    row.add_number(*evaluation.probability);
  } else {
    row.add_null();
  }
  for (const varlena* text : texts) {
    if (text != nullptr) {
      row.add_varlena(text);
    } else {
      row.add_null();
    }
  }
  row.add_array(reasons);
  return row.finish();
}

void return_explanation(FunctionCallInfo fcinfo, const CompiledModel* model,
                        std::span<const model::ExplanationLine> lines) {
  InitMaterializedSRF(fcinfo, 0);
  for (const model::ExplanationLine& line : lines) {
    const LineText described = describe(model, line);
    put_row(fcinfo, {column(described.dimension), column(described.criterion), column(described.title),
                     column(described.points), column(line.contribution), column(described.note),
                     column(kind_text(line.kind))});
  }
}

}  // namespace leadscore::pg
