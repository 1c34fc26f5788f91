// A framework as a value: the jsonb document read into plain structures.
#pragma once

#include "core/model/framework.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// What a framework document says of one element, as values of SQL; 0 stands for NULL.
struct DocumentElement {
  const char* name;  // the key of its answer
  int name_size;
  Datum name_text;
  Datum question;
  Datum question_ru;
};

struct FrameworkDocument {
  Datum name;  // text; 0: NULL
  int count;
  DocumentElement* elements;
  model::FrameworkElement* definitions;  // what the core must know of them
};

/// Reads the document into the current memory context. Raises 22023 (invalid_parameter_value) where it is not a
/// framework: a wrong shape or type, an unknown key, a missing or repeated name; 54000 (program_limit_exceeded) for
/// more than kFrameworkMaxElements elements. Strings are copied; the document may go.
FrameworkDocument* read_framework_document(Jsonb* document);

}  // namespace leadscore::pg
