#include "pg/framework_document.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <string_view>

namespace leadscore::pg {

namespace {

constexpr int kFrameworkFormat = 1;

constexpr std::array<std::string_view, 7> kRootKeys{"format",      "framework",      "title",   "title_ru",
                                                    "description", "description_ru", "elements"};
constexpr std::array<std::string_view, 9> kElementKeys{"element",     "priority",       "weight",
                                                       "title",       "title_ru",       "question",
                                                       "question_ru", "more_questions", "more_questions_ru"};

// A JSON object of the document: the whole of it, or an element.
struct Object {
  JsonbContainer* container;
  int element;  // its position; -1: the document
};

[[noreturn]] void refuse(const Object& object, std::string_view key, const char* what) {
  const char* const name = pnstrdup(key.data(), key.size());
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("not a framework document"),
                  object.element < 0 ? errdetail("\"%s\" %s.", name, what)
                                     : errdetail("\"%s\" of \"elements[%d]\" %s.", name, object.element, what),
                  errhint("leadscore.export_framework() shows the form.")));
}

// The value of a key, or nullptr where it is absent or null.
JsonbValue* find(const Object& object, const char* key) {
  auto* value = static_cast<JsonbValue*>(palloc(sizeof(JsonbValue)));
  if (getKeyJsonValueFromContainer(object.container, key, static_cast<int>(strlen(key)), value) == nullptr ||
      value->type == jbvNull) {
    return nullptr;
  }
  return value;
}

Datum find_text(const Object& object, const char* key) {
  const JsonbValue* value = find(object, key);
  if (value == nullptr) {
    return Datum{0};
  }
  if (value->type != jbvString) {
    refuse(object, key, "must be a string");
  }
  return PointerGetDatum(cstring_to_text_with_len(value->val.string.val, value->val.string.len));
}

bool find_number(const Object& object, const char* key, double* number) {
  const JsonbValue* value = find(object, key);
  if (value == nullptr) {
    return false;
  }
  if (value->type != jbvNumeric) {
    refuse(object, key, "must be a number");
  }
  *number = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value->val.numeric)));
  return true;
}

void check_texts(const Object& object, const char* key) {
  const JsonbValue* value = find(object, key);
  if (value == nullptr) {
    return;
  }
  if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data)) {
    refuse(object, key, "must be an array of strings");
  }
  for (uint32 i = 0; i < JsonContainerSize(value->val.binary.data); ++i) {
    if (getIthJsonbValueFromContainer(value->val.binary.data, i)->type != jbvString) {
      refuse(object, key, "must be an array of strings");
    }
  }
}

template <std::size_t Count>
void check_keys(const Object& object, const std::array<std::string_view, Count>& known) {
  JsonbIterator* iterator = JsonbIteratorInit(object.container);
  JsonbValue value;
  JsonbIteratorToken token = JsonbIteratorNext(&iterator, &value, true);
  while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE) {
    if (token != WJB_KEY) {
      continue;
    }
    const std::string_view key(value.val.string.val, static_cast<std::size_t>(value.val.string.len));
    bool is_known = false;
    for (const std::string_view name : known) {
      is_known = is_known || name == key;
    }
    if (!is_known) {
      refuse(object, key, "is not known");
    }
  }
}

std::int32_t read_priority(const Object& object) {
  double priority = 0;
  if (!find_number(object, "priority", &priority)) {
    refuse(object, "priority", "is missing");
  }
  if (!(priority >= 1 && priority <= std::numeric_limits<std::int32_t>::max()) || priority != std::floor(priority)) {
    refuse(object, "priority", "must be a whole number from 1");
  }
  return static_cast<std::int32_t>(priority);
}

void read_element(const Object& object, DocumentElement* element, model::FrameworkElement* definition) {
  check_keys(object, kElementKeys);
  element->name_text = find_text(object, "element");
  if (element->name_text == Datum{0} || VARSIZE_ANY_EXHDR(DatumGetPointer(element->name_text)) == 0) {
    refuse(object, "element", "is missing");
  }
  element->name = VARDATA_ANY(DatumGetPointer(element->name_text));
  element->name_size = static_cast<int>(VARSIZE_ANY_EXHDR(DatumGetPointer(element->name_text)));
  element->question = find_text(object, "question");
  element->question_ru = find_text(object, "question_ru");
  find_text(object, "title");
  find_text(object, "title_ru");
  check_texts(object, "more_questions");
  check_texts(object, "more_questions_ru");
  definition->name = {element->name, static_cast<std::size_t>(element->name_size)};
  definition->priority = read_priority(object);
  double weight = 0;
  if (find_number(object, "weight", &weight)) {
    if (!(weight > 0 && weight <= model::kLargestWeight)) {
      refuse(object, "weight", "must lie above 0 and be at most 1e15");
    }
    definition->weight = weight;
  }
}

void read_elements(const Object& root, JsonbContainer* array, FrameworkDocument* result) {
  const uint32 size = JsonContainerSize(array);
  if (size > model::kFrameworkMaxElements) {
    ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("the framework has too many elements"),
                    errdetail("There are %u; the limit is %zu.", size, model::kFrameworkMaxElements)));
  }
  result->elements = static_cast<DocumentElement*>(palloc0(sizeof(DocumentElement) * (size + 1)));
  result->definitions = static_cast<model::FrameworkElement*>(palloc(sizeof(model::FrameworkElement) * (size + 1)));
  for (uint32 i = 0; i < size; ++i) {
    const JsonbValue* const value = getIthJsonbValueFromContainer(array, i);
    if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data)) {
      refuse(root, "elements", "must be an array of objects");
    }
    const Object object{value->val.binary.data, static_cast<int>(i)};
    auto* const definition = new (&result->definitions[i]) model::FrameworkElement();
    read_element(object, &result->elements[i], definition);
    for (uint32 k = 0; k < i; ++k) {
      if (result->definitions[k].name == definition->name) {
        refuse(object, "element", "names an element again");
      }
    }
    result->count = static_cast<int>(i + 1);
  }
}

}  // namespace

FrameworkDocument* read_framework_document(Jsonb* document) {
  if (!JB_ROOT_IS_OBJECT(document)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("not a framework document"),
                    errdetail("It must be a JSON object."), errhint("leadscore.export_framework() shows the form.")));
  }
  const Object root{&document->root, -1};
  check_keys(root, kRootKeys);
  double format = 0;
  if (!find_number(root, "format", &format) || format != kFrameworkFormat) {
    refuse(root, "format", psprintf("must be %d, the form that this version of leadscore reads", kFrameworkFormat));
  }
  auto* result = static_cast<FrameworkDocument*>(palloc0(sizeof(FrameworkDocument)));
  result->name = find_text(root, "framework");
  for (const char* const key : {"title", "title_ru", "description", "description_ru"}) {
    find_text(root, key);
  }
  const JsonbValue* const elements = find(root, "elements");
  if (elements != nullptr && (elements->type != jbvBinary || !JsonContainerIsArray(elements->val.binary.data))) {
    refuse(root, "elements", "must be an array of objects");
  }
  if (elements != nullptr) {
    read_elements(root, elements->val.binary.data, result);
  }
  return result;
}

}  // namespace leadscore::pg
