// Which compiled model a call sees: one version per statement, shared by the session's statements.
#pragma once

#include "pg/model_compile.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// Registers what invalidates compiled models. Called once, when the library is loaded.
void initialize_model_cache();

/// Notes that the running transaction is about to edit models: what it compiles from here on is its own.
void note_edit();

/// The model of a call: a stored one by its name, or a document.
struct ModelReference {
  const text* name;       // nullptr: a document
  const Jsonb* document;  // nullptr: a stored model
};

/// The compiled model for a call site under the active snapshot and for a row type. It stays valid for as long
/// as the call site's function context lives, or until the next call with the same `flinfo`. Raises 42704
/// (undefined_object) if there is no such model, and whatever compiling it raises.
CompiledModel* find_model(FmgrInfo* flinfo, const ModelReference& reference, Oid row_type, int32 row_typmod);

enum class Reader : std::uint8_t { caller, owner };

/// The document of a stored model under the active snapshot, in the current memory context, read with the table
/// privileges of the caller or of the extension's owner. Raises 42704 (undefined_object).
Jsonb* load_document(const text* name, Reader reader);

}  // namespace leadscore::pg
