#include "pg/json_object.hpp"

#include <algorithm>

namespace leadscore::pg {

namespace {

const char* describe(const JsonObject& object) {
  return object.position == 0 ? object.place : psprintf("%s[%d]", object.place, object.position - 1);
}

[[noreturn]] void refuse_document(const DocumentKind& kind, const char* detail) {
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("not a leadscore %s document", kind.name),
                  errdetail("%s", detail), errhint("%s shows the form.", kind.example)));
}

}  // namespace

JsonObject document_root(const DocumentKind& kind, Jsonb* document) {
  if (!JB_ROOT_IS_OBJECT(document)) {
    refuse_document(kind, "It must be a JSON object.");
  }
  return {&kind, &document->root, "document", 0};
}

void refuse_value(const JsonObject& object, std::string_view key, const char* what) {
  refuse_document(*object.kind,
                  psprintf("\"%s\" of \"%s\" %s.", pnstrdup(key.data(), key.size()), describe(object), what));
}

void check_keys(const JsonObject& object, std::span<const std::string_view> known) {
  JsonbIterator* iterator = JsonbIteratorInit(object.container);
  JsonbValue value;
  for (JsonbIteratorToken token = JsonbIteratorNext(&iterator, &value, true); token != WJB_DONE;
       token = JsonbIteratorNext(&iterator, &value, true)) {
    if (token != WJB_KEY) {
      continue;
    }
    const std::string_view key(value.val.string.val, static_cast<std::size_t>(value.val.string.len));
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      refuse_value(object, key, "is not known");
    }
  }
}

const JsonbValue* find_value(const JsonObject& object, const char* key) {
  auto* value = static_cast<JsonbValue*>(palloc(sizeof(JsonbValue)));
  if (getKeyJsonValueFromContainer(object.container, key, static_cast<int>(strlen(key)), value) == nullptr ||
      value->type == jbvNull) {
    return nullptr;
  }
  return value;
}

const char* find_text(const JsonObject& object, const char* key, const char* otherwise) {
  const JsonbValue* value = find_value(object, key);
  if (value == nullptr) {
    return otherwise;
  }
  if (value->type != jbvString) {
    refuse_value(object, key, "must be a string");
  }
  return pnstrdup(value->val.string.val, static_cast<Size>(value->val.string.len));
}

const char* require_text(const JsonObject& object, const char* key) {
  const char* text = find_text(object, key, nullptr);
  if (text == nullptr || text[0] == '\0') {
    refuse_value(object, key, "is missing");
  }
  return text;
}

bool find_number(const JsonObject& object, const char* key, double* number) {
  const JsonbValue* value = find_value(object, key);
  if (value == nullptr) {
    return false;
  }
  if (value->type != jbvNumeric) {
    refuse_value(object, key, "must be a number");
  }
  *number = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value->val.numeric)));
  return true;
}

double require_number(const JsonObject& object, const char* key) {
  double number = 0;
  if (!find_number(object, key, &number)) {
    refuse_value(object, key, "is missing");
  }
  return number;
}

double number_or(const JsonObject& object, const char* key, double otherwise) {
  double number = otherwise;
  find_number(object, key, &number);
  return number;
}

bool find_boolean(const JsonObject& object, const char* key, bool otherwise) {
  const JsonbValue* value = find_value(object, key);
  if (value == nullptr) {
    return otherwise;
  }
  if (value->type != jbvBool) {
    refuse_value(object, key, "must be true or false");
  }
  return value->val.boolean;
}

JsonObject require_object(const JsonObject& object, const char* key) {
  const JsonbValue* value = find_value(object, key);
  if (value == nullptr || value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data)) {
    refuse_value(object, key, "must be an object");
  }
  return {object.kind, value->val.binary.data, key, 0};
}

JsonObjects find_objects(const JsonObject& root, const char* key, int limit) {
  const JsonbValue* value = find_value(root, key);
  if (value == nullptr) {
    return {root.kind, nullptr, key, 0};
  }
  if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data)) {
    refuse_value(root, key, "must be an array");
  }
  JsonbContainer* const array = value->val.binary.data;
  const uint32 size = JsonContainerSize(array);
  if (size > static_cast<uint32>(limit)) {
    ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("the %s has too many %s", root.kind->name, key),
                    errdetail("There are %u; the limit is %d.", size, limit)));
  }
  return {root.kind, array, key, static_cast<int>(size)};
}

JsonObject object_at(const JsonObjects& objects, int index) {
  const JsonbValue* element = getIthJsonbValueFromContainer(objects.container, static_cast<uint32>(index));
  const JsonObject object{objects.kind, element->type == jbvBinary ? element->val.binary.data : nullptr, objects.place,
                          index + 1};
  if (object.container == nullptr || !JsonContainerIsObject(object.container)) {
    refuse_document(*objects.kind, psprintf("\"%s\" must be an object.", describe(object)));
  }
  return object;
}

}  // namespace leadscore::pg
