// Models and frameworks by their names or as values: the jsonb document that stands for either.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// What a call names: something stored, or a document.
struct DocumentReference {
  const text* name;       // nullptr: a document
  const Jsonb* document;  // nullptr: something stored
};

/// The bytes of the name or of the document.
struct DocumentBytes {
  const void* data;
  Size size;
};
DocumentBytes bytes_of(const DocumentReference& reference);

/// The document that a query makes of the rows of a name, its parameter, under the active snapshot and with the
/// privileges of a role (InvalidOid: the caller's); nullptr if it returns no row or NULL. In the current memory
/// context.
Jsonb* query_document(const char* query, const text* name, Oid role);

}  // namespace leadscore::pg
