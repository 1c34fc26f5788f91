// Which compiled model a call sees: one version per statement, shared by the session's statements.
#pragma once

#include "pg/model_compile.hpp"
#include "pg/stored_document.hpp"

namespace leadscore::pg {

/// Registers what invalidates compiled models. Called once, when the library is loaded.
void initialize_model_cache();

/// Notes that the running transaction is about to edit models: what it compiles from here on is its own.
void note_edit();

/// True if the running transaction has begun to edit models.
bool is_editing();

/// The model compiled for a purpose, for a call site under the active snapshot and for a row type. It stays valid for
/// as long as the call site's function context lives, or until the next call with the same `flinfo`. Raises 42704
/// (undefined_object) if there is no such model, and whatever compiling it raises.
CompiledModel* find_model(FmgrInfo* flinfo, const DocumentReference& reference, Purpose purpose, Oid row_type,
                          int32 row_typmod);

/// Whether the call site has found a model, and the version of the stored model that it found last.
bool has_model(FmgrInfo* flinfo);
int64 model_version(FmgrInfo* flinfo);

/// A place where a function keeps what it knows of a call site, in the function's memory context; nullptr at first.
void** call_site_data(FmgrInfo* flinfo);

/// What a plan must know of a model: the columns that it reads, in the current memory context, and its version (of a
/// stored model). Raises as find_model() does.
struct ModelColumns {
  Bitmapset* columns;
  int64 version;
};
ModelColumns columns_to_plan_for(const DocumentReference& reference, Purpose purpose, Oid row_type, int32 row_typmod);

/// The table leadscore.model, of which every change of a model changes a row.
Oid model_table();

/// Raises 42704 (undefined_object) unless the active snapshot sees a model of that name.
void require_model(const text* name);

enum class Reader : std::uint8_t { caller, owner };

/// The document of a stored model under the active snapshot, in the current memory context, read with the table
/// privileges of the caller or of the extension's owner. Raises 42704 (undefined_object).
Jsonb* load_document(const text* name, Reader reader);

}  // namespace leadscore::pg
