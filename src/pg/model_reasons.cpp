#include "pg/model_reasons.hpp"

#include "pg/guard.hpp"
#include "pg/model_result.hpp"

namespace leadscore::pg {

namespace {

// A signed number as people write it: "+20", "-7.5".
const char* signed_number(double value) {
  const char* const digits = number_text(value);
  return value < 0 ? digits : psprintf("+%s", digits);
}

// What a criterion gave and its title. Where its points are constant it is written once and kept with the model.
const text* text_of_reason(const CompiledModel* model, const model::Reason& reason) {
  const text*& kept = model->reasons[reason.criterion];
  if (kept != nullptr) {
    return kept;
  }
  const bool is_constant = model->criteria[reason.criterion].points.is_constant;
  MemoryContext const caller = CurrentMemoryContext;
  const char* const written =
      psprintf("%s %s", signed_number(reason.contribution), model->document->criteria[reason.criterion].title);
  if (is_constant) {
    MemoryContextSwitchTo(model->context);
  }
  const text* const made = cstring_to_text(written);
  MemoryContextSwitchTo(caller);
  if (is_constant) {
    kept = made;
  }
  return made;
}

}  // namespace

TextList find_reasons(const CompiledModel* model) {
  static_assert(model::kReasons <= TextList::kMost);
  model::Reason reasons[model::kReasons];
  const std::size_t count = model->tally->weightiest(reasons);
  TextList texts;
  for (std::size_t i = 0; i < count; ++i) {
    texts.add(text_of_reason(model, reasons[i]));
  }
  return texts;
}

}  // namespace leadscore::pg
