#include "pg/framework_document.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "pg/json_object.hpp"

namespace leadscore::pg {

namespace {

constexpr int kFrameworkFormat = 1;

constexpr std::array<std::string_view, 7> kRootKeys{"format",      "framework",      "title",   "title_ru",
                                                    "description", "description_ru", "elements"};
constexpr std::array<std::string_view, 9> kElementKeys{"element",     "priority",       "weight",
                                                       "title",       "title_ru",       "question",
                                                       "question_ru", "more_questions", "more_questions_ru"};

constexpr DocumentKind kFramework{"framework", "leadscore.export_framework()"};

// A string as text; 0 where it is absent.
Datum find_text_datum(const JsonObject& object, const char* key) {
  const char* const text = find_text(object, key, nullptr);
  return text == nullptr ? Datum{0} : CStringGetTextDatum(text);
}

void check_texts(const JsonObject& object, const char* key) {
  const JsonbValue* value = find_value(object, key);
  if (value == nullptr) {
    return;
  }
  if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data)) {
    refuse_value(object, key, "must be an array of strings");
  }
  for (uint32 i = 0; i < JsonContainerSize(value->val.binary.data); ++i) {
    if (getIthJsonbValueFromContainer(value->val.binary.data, i)->type != jbvString) {
      refuse_value(object, key, "must be an array of strings");
    }
  }
}

std::int32_t read_priority(const JsonObject& object) {
  const double priority = require_number(object, "priority");
  if (!(priority >= 1 && priority <= std::numeric_limits<std::int32_t>::max()) || priority != std::floor(priority)) {
    refuse_value(object, "priority", "must be a whole number from 1");
  }
  return static_cast<std::int32_t>(priority);
}

void read_element(const JsonObject& object, DocumentElement* element, model::FrameworkElement* definition) {
  check_keys(object, kElementKeys);
  element->name_text = CStringGetTextDatum(require_text(object, "element"));
  element->name = VARDATA_ANY(DatumGetPointer(element->name_text));
  element->name_size = static_cast<int>(VARSIZE_ANY_EXHDR(DatumGetPointer(element->name_text)));
  element->question = find_text_datum(object, "question");
  element->question_ru = find_text_datum(object, "question_ru");
  find_text(object, "title", nullptr);
  find_text(object, "title_ru", nullptr);
  check_texts(object, "more_questions");
  check_texts(object, "more_questions_ru");
  definition->name = {element->name, static_cast<std::size_t>(element->name_size)};
  definition->priority = read_priority(object);
  double weight = 0;
  if (find_number(object, "weight", &weight)) {
    if (!(weight > 0 && weight <= model::kLargestWeight)) {
      refuse_value(object, "weight", "must lie above 0 and be at most 1e15");
    }
    definition->weight = weight;
  }
}

void read_elements(const JsonObject& root, FrameworkDocument* result) {
  const JsonObjects elements = find_objects(root, "elements", static_cast<int>(model::kFrameworkMaxElements));
  const auto size = static_cast<Size>(elements.size);
  result->elements = static_cast<DocumentElement*>(palloc0(sizeof(DocumentElement) * (size + 1)));
  result->definitions = static_cast<model::FrameworkElement*>(palloc(sizeof(model::FrameworkElement) * (size + 1)));
  for (int i = 0; i < elements.size; ++i) {
    const JsonObject object = object_at(elements, i);
    auto* const definition = new (&result->definitions[i]) model::FrameworkElement();
    read_element(object, &result->elements[i], definition);
    for (int k = 0; k < i; ++k) {
      if (result->definitions[k].name == definition->name) {
        refuse_value(object, "element", "names an element again");
      }
    }
    result->count = i + 1;
  }
}

}  // namespace

FrameworkDocument* read_framework_document(Jsonb* document) {
  const JsonObject root = document_root(kFramework, document);
  check_keys(root, kRootKeys);
  if (require_number(root, "format") != kFrameworkFormat) {
    refuse_value(root, "format",
                 psprintf("must be %d, the form that this version of leadscore reads", kFrameworkFormat));
  }
  auto* result = static_cast<FrameworkDocument*>(palloc0(sizeof(FrameworkDocument)));
  result->name = find_text_datum(root, "framework");
  for (const char* const key : {"title", "title_ru", "description", "description_ru"}) {
    find_text(root, key, nullptr);
  }
  read_elements(root, result);
  return result;
}

}  // namespace leadscore::pg
