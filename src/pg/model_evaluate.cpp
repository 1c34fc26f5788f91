#include "pg/model_evaluate.hpp"

#include <algorithm>

#include "pg/guard.hpp"
#include "pg/model_program.hpp"
#include "pg/stored_text.hpp"

namespace leadscore::pg {

namespace {

model::Outcome evaluate_criterion(const CompiledModel* model, const CriterionProgram& program) {
  model::Outcome outcome;
  switch (evaluate_condition(model, program.condition)) {
    case model::Truth::no:
      return outcome;
    case model::Truth::unknown:
      outcome.verdict = model::Verdict::unknown;
      return outcome;
    case model::Truth::yes:
      break;
  }
  outcome.verdict = model::Verdict::met;
  bool is_null = false;
  const Datum points = run_program(model, program.points, &is_null);
  outcome.points_known = !is_null;
  outcome.points = is_null ? 0.0 : DatumGetFloat8(points);
  if (!model::is_number_of_points(outcome.points)) {
    ereport(ERROR,
            (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("points must be a number between -1e15 and 1e15")));
  }
  return outcome;
}

// The criteria of a set, in their order.
void evaluate_criteria(CompiledModel* model, void* argument) {
  const auto* set = static_cast<const CriterionSet*>(argument);
  memset(model->attribute_holds, 0, sizeof(bool) * static_cast<Size>(model->attribute_count));
  for (int k = 0; k < set->count; ++k) {
    const int i = set->positions[k];
    const CriterionProgram& program = model->criteria[i];
    const std::uint32_t attribute = model->scorecard->criterion(static_cast<std::size_t>(i)).attribute;
    const bool may_be_excluded = attribute != model::kNone;
    if (may_be_excluded && model->attribute_holds[attribute]) {
      model->outcomes[i] = {.verdict = model::Verdict::excluded};
      continue;
    }
    model->current = {Expression::Kind::condition, i};
    model->outcomes[i] = evaluate_criterion(model, program);
    if (may_be_excluded && model->outcomes[i].verdict == model::Verdict::met) {
      model->attribute_holds[attribute] = true;
    }
  }
}

void evaluate_set(CompiledModel* model, const CriterionSet& set, const NullableDatum* columns, TimestampTz as_of) {
  with_lead(model, set.needs, columns, as_of, evaluate_criteria, const_cast<CriterionSet*>(&set));
}

// The place of a text, of which what is too long to equal a constant is not even fetched.
std::size_t place_of_text(const model::Lookup& lookup, Datum datum) {
  auto* const given = reinterpret_cast<text*>(DatumGetPointer(datum));
  if (is_in_place(given)) {
    return lookup.place_of(std::string_view(VARDATA_ANY(given), VARSIZE_ANY_EXHDR(given)));
  }
  if (text_size(datum) > lookup.longest_text()) {
    return model::PointTable::kFirst;
  }
  text* const fetched = pg_detoast_datum(given);
  const std::size_t place = lookup.place_of(std::string_view(VARDATA(fetched), VARSIZE(fetched) - VARHDRSZ));
  if (fetched != given) {
    pfree(fetched);
  }
  return place;
}

// Takes each look-up of a run and the lead's place in it. Each way to read a column has a loop of its own, because a
// branch on it at every look-up would be foretold badly.
template <ColumnReader reader, bool is_small, class Take>
void find_places(std::span<const LookupProgram> run, const NullableDatum* columns, Take take) {
  for (const LookupProgram& program : run) {
    const NullableDatum& column = columns[program.input];
    const model::PointTable& table = program.table;
    const auto place_of_number = [&] {
      const std::int64_t number = read_integer(reader, column.value);
      return is_small ? table.place_of_in_small(number) : table.place_of(number);
    };
    std::size_t place = table.place_of_null;
    if constexpr (is_by_value(reader)) {
      // Looked up even where it is NULL: that cannot be foretold either.
      place = table.place_unless_null(place_of_number(), column.isnull);
    } else if (!column.isnull) {
      place = reader == ColumnReader::text ? place_of_text(*program.lookup, column.value) : place_of_number();
    }
    take(program, place);
  }
}

template <ColumnReader reader, class Take>
void find_places(const LookupRun& run, std::span<const LookupProgram> programs, const NullableDatum* columns,
                 Take take) {
  if (run.is_small) {
    find_places<reader, true>(programs, columns, take);
  } else {
    find_places<reader, false>(programs, columns, take);
  }
}

template <class Take>
void find_places(const ScoreProgram* score, const LookupRun& run, const NullableDatum* columns, Take take) {
  const std::span<const LookupProgram> programs{score->lookups + run.first, static_cast<std::size_t>(run.count)};
  switch (run.reader) {
#define LEADSCORE_RUN(reader)                                        \
  case ColumnReader::reader:                                         \
    find_places<ColumnReader::reader>(run, programs, columns, take); \
    break;
    LEADSCORE_RUN(presence)
    LEADSCORE_RUN(boolean)
    LEADSCORE_RUN(int16)
    LEADSCORE_RUN(int32)
    LEADSCORE_RUN(int64)
    LEADSCORE_RUN(enumeration)
    LEADSCORE_RUN(float32)
    LEADSCORE_RUN(float64)
    LEADSCORE_RUN(numeric)
    LEADSCORE_RUN(int16_as_float)
    LEADSCORE_RUN(int32_as_float)
    LEADSCORE_RUN(int64_as_float)
    LEADSCORE_RUN(int16_as_numeric)
    LEADSCORE_RUN(int32_as_numeric)
    LEADSCORE_RUN(int64_as_numeric)
    LEADSCORE_RUN(text)
#undef LEADSCORE_RUN
  }
}

// A program as of one time is worth its making where it serves many leads; to make it takes about as long as to score
// one lead criterion by criterion, several times over.
constexpr int kRepetitionsWorthAProgram = 64;

void forget_score_as_of(CompiledModel* model) {
  if (model->score_as_of != nullptr) {
    MemoryContext const context = model->score_as_of->context;
    model->score_as_of = nullptr;
    MemoryContextDelete(context);
  }
}

const ScoreProgram* find_score_program(CompiledModel* model, TimestampTz as_of) {
  if (!model->all.needs.has_late_constants) {
    return model->score;
  }
  if (model->repeated_as_of != as_of) {
    forget_score_as_of(model);
    model->repeated_as_of = as_of;
    model->repetitions = 0;
  }
  if (model->score_as_of != nullptr) {
    return model->score_as_of;
  }
  if (++model->repetitions == kRepetitionsWorthAProgram && late_constants_are_for(model, as_of)) {
    model->score_as_of = make_score_program(model, true);
    return model->score_as_of;
  }
  return model->score;
}

}  // namespace

const NullableDatum* columns_of(CompiledModel* model, HeapTuple row) {
  TupleTableSlot* const slot = model->row_slot;
  ExecStoreHeapTuple(row, slot, false);
  if (model->column_count > 0) {
    slot_getsomeattrs(slot, model->attributes[model->column_count - 1]);
  }
  for (int i = 0; i < model->column_count; ++i) {
    const int place = model->attributes[i] - 1;
    model->row_columns[i].value = slot->tts_values[place];
    model->row_columns[i].isnull = slot->tts_isnull[place];
  }
  ExecClearTuple(slot);  // it does not own the row
  return model->row_columns;
}

double score_lead(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of) {
  const ScoreProgram* const program = find_score_program(model, as_of);
  const std::span<const model::PointCount> start = program->plan->start();
  model::PointCount* const sums = model->sums;
  std::copy(start.begin(), start.end(), sums);
  for (int i = 0; i < program->run_count; ++i) {
    model::PointCount sum = 0;
    find_places(program, program->runs[i], columns,
                [&sum](const LookupProgram& lookup, std::size_t place) { sum += lookup.table.points[place]; });
    sums[program->runs[i].group] += sum;
  }
  const CriterionSet& rest = program->rest;
  if (rest.count > 0) {
    evaluate_set(model, rest, columns, as_of);
    for (int k = 0; k < rest.count; ++k) {
      const auto i = static_cast<std::size_t>(rest.positions[k]);
      sums[model->scorecard->criterion(i).group] += model->scorecard->counted_points(i, model->outcomes[i]);
    }
  }
  return model->scorecard->score_sums({sums, start.size()});
}

model::Evaluation evaluate_lead(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of) {
  const ScoreProgram* const program = find_score_program(model, as_of);
  std::size_t* const places = program->places;
  for (int i = 0; i < program->run_count; ++i) {
    find_places(program, program->runs[i], columns,
                [places](const LookupProgram& lookup, std::size_t place) { places[lookup.planned] = place; });
  }
  model::Tally& tally = *model->tally;
  tally.begin(*program->plan);
  tally.add_places({places, program->plan->lookups().size()});
  const CriterionSet& rest = program->rest;
  if (rest.count > 0) {
    evaluate_set(model, rest, columns, as_of);
    for (int k = 0; k < rest.count; ++k) {
      const int i = rest.positions[k];
      tally.add_outcome(static_cast<std::uint32_t>(i), model->outcomes[i]);
    }
  }
  return model->scorecard->evaluate_sums(tally.sums());
}

std::span<const model::Outcome> find_outcomes(CompiledModel* model, const NullableDatum* columns, TimestampTz as_of) {
  evaluate_set(model, model->all, columns, as_of);
  return outcomes_of(model);
}

}  // namespace leadscore::pg
