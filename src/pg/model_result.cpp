#include "pg/model_result.hpp"

#include <algorithm>
#include <cmath>

#include "pg/model_evaluate.hpp"

namespace leadscore::pg {

namespace {

Datum text_or_null(const char* value, bool* is_null) {
  *is_null = value == nullptr;
  return value == nullptr ? Datum{0} : CStringGetTextDatum(value);
}

// A signed number as people write it: "+20", "-7.5".
const char* signed_number(double value) {
  const char* const digits = number_text(value);
  return value < 0 ? digits : psprintf("+%s", digits);
}

// What a criterion gave and its title. Where its points are constant it is written once and kept with the model.
Datum reason_of(const CompiledModel* model, int criterion, double contribution) {
  Datum& kept = model->reasons[criterion];
  if (kept != 0) {
    return kept;
  }
  const char* const written =
      psprintf("%s %s", signed_number(contribution), model->document->criteria[criterion].title);
  if (!model->criteria[criterion].points.is_constant) {
    return CStringGetTextDatum(written);
  }
  MemoryContext const caller = MemoryContextSwitchTo(model->context);
  kept = CStringGetTextDatum(written);
  MemoryContextSwitchTo(caller);
  return kept;
}

// The row type that the function returns, to be released.
TupleDesc result_row(FunctionCallInfo fcinfo) {
  if (fcinfo->flinfo->fn_expr == nullptr) {
    elog(ERROR, "leadscore.evaluate must be called by a query");
  }
  return lookup_rowtype_tupdesc(exprType(fcinfo->flinfo->fn_expr), -1);
}

// The weightiest contributions as text[], such as {"+20 Budget confirmed"}: the larger first, then by order.
Datum make_reasons(const CompiledModel* model) {
  const auto outcomes = outcomes_of(model);
  int weightiest[kReasons];
  int count = 0;
  const auto weight = [&](int i) { return std::fabs(outcomes[static_cast<std::size_t>(i)].contribution()); };
  for (int i = 0; i < static_cast<int>(outcomes.size()); ++i) {
    if (weight(i) == 0) {
      continue;
    }
    int place = count;
    while (place > 0 && weight(weightiest[place - 1]) < weight(i)) {
      --place;
    }
    if (place == kReasons) {
      continue;
    }
    count = std::min(count + 1, kReasons);
    for (int k = count - 1; k > place; --k) {
      weightiest[k] = weightiest[k - 1];
    }
    weightiest[place] = i;
  }
  Datum reasons[kReasons];
  for (int k = 0; k < count; ++k) {
    const int i = weightiest[k];
    reasons[k] = reason_of(model, i, outcomes[static_cast<std::size_t>(i)].contribution());
  }
  return PointerGetDatum(construct_array(reasons, count, TEXTOID, -1, false, TYPALIGN_INT));
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

const char* band_label(const CompiledModel* model, BandKind kind, double score, const char* earlier) {
  const std::optional<std::size_t> band = find_band(model, kind, score, earlier);
  return band ? model->document->bands[static_cast<int>(kind)][*band].label : nullptr;
}

Datum make_evaluation(FunctionCallInfo fcinfo, const CompiledModel* model, const model::Evaluation& evaluation,
                      std::optional<model::TargetVerdict> verdict, std::uint32_t stage, TimestampTz as_of) {
  TupleDesc const row = result_row(fcinfo);
  Datum values[10] = {};
  bool nulls[10] = {};
  values[0] = Float8GetDatum(evaluation.score);
  values[1] = Float8GetDatum(evaluation.raw_score);
  values[2] = Float8GetDatum(evaluation.probability.value_or(0));
  nulls[2] = !evaluation.probability.has_value();
  for (int kind = 0; kind < kBandKinds; ++kind) {
    const std::optional<std::size_t> band = find_band(model, static_cast<BandKind>(kind), evaluation.score, nullptr);
    values[3 + kind] = band ? model->band_texts[kind][*band] : Datum{0};
    nulls[3 + kind] = !band.has_value();
  }
  nulls[5] = stage == model::kNone;
  values[5] = nulls[5] ? Datum{0} : model->stage_texts[stage];
  nulls[6] = nulls[7] = nulls[8] = !verdict.has_value();
  if (verdict) {
    values[6] = model->verdict_texts[static_cast<int>(*verdict)];
    values[7] = criteria_that_answer(model, model::Truth::no, as_of);
    values[8] = criteria_that_answer(model, model::Truth::unknown, as_of);
  }
  values[9] = make_reasons(model);
  HeapTuple const tuple = heap_form_tuple(row, values, nulls);
  ReleaseTupleDesc(row);
  return HeapTupleGetDatum(tuple);
}

void return_explanation(FunctionCallInfo fcinfo, const CompiledModel* model,
                        std::span<const model::ExplanationLine> lines) {
  InitMaterializedSRF(fcinfo, 0);
  const auto* result = reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo);
  for (const model::ExplanationLine& line : lines) {
    const LineText described = describe(model, line);
    Datum values[7];
    bool nulls[7] = {};
    values[0] = text_or_null(described.dimension, &nulls[0]);
    values[1] = text_or_null(described.criterion, &nulls[1]);
    values[2] = text_or_null(described.title, &nulls[2]);
    values[3] = Float8GetDatum(described.points.value_or(0));
    nulls[3] = !described.points.has_value();
    values[4] = Float8GetDatum(line.contribution);
    values[5] = text_or_null(described.note, &nulls[5]);
    values[6] = text_or_null(kind_text(line.kind), &nulls[6]);
    tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
  }
}

}  // namespace leadscore::pg
