// Objects of a jsonb document that people write: values by key, and errors that name what is wrong with them.
#pragma once

#include <span>
#include <string_view>

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// A kind of document, as errors call it, and the function that shows its form.
struct DocumentKind {
  const char* name;  // for example "model"
  const char* example;
};

/// One JSON object of a document, and what to call it in an error.
struct JsonObject {
  const DocumentKind* kind;
  JsonbContainer* container;
  const char* place;  // for example "criteria"
  int position;       // within the array, from 1; 0 for an object that stands alone
};

/// The whole document. Raises 22023 (invalid_parameter_value) if it is no object; so do all of the following where a
/// value is not as it must be.
JsonObject document_root(const DocumentKind& kind, Jsonb* document);

/// Raises the error that "key" of the object is wrong, with what it must be.
[[noreturn]] void refuse_value(const JsonObject& object, std::string_view key, const char* what);

/// Refuses keys that are none of these.
void check_keys(const JsonObject& object, std::span<const std::string_view> known);

/// The value of a key, or nullptr where it is absent or null.
const JsonbValue* find_value(const JsonObject& object, const char* key);
/// A string, copied; `otherwise` where it is absent or null.
const char* find_text(const JsonObject& object, const char* key, const char* otherwise);
/// A string that is neither absent nor empty.
const char* require_text(const JsonObject& object, const char* key);
/// False where the key is absent or null.
bool find_number(const JsonObject& object, const char* key, double* number);
double require_number(const JsonObject& object, const char* key);
double number_or(const JsonObject& object, const char* key, double otherwise);
bool find_boolean(const JsonObject& object, const char* key, bool otherwise);
/// The object under a key.
JsonObject require_object(const JsonObject& object, const char* key);

/// The objects of an array under a key; none where the key is absent.
struct JsonObjects {
  const DocumentKind* kind;
  JsonbContainer* container;
  const char* place;
  int size;
};

/// Raises 54000 (program_limit_exceeded) if there are more than `limit`.
JsonObjects find_objects(const JsonObject& root, const char* key, int limit);
JsonObject object_at(const JsonObjects& objects, int index);

}  // namespace leadscore::pg
