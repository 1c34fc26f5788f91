// Which framework a call sees: its rows are read once for each snapshot and call site.
#pragma once

#include "core/model/framework.hpp"
#include "pg/framework_document.hpp"
#include "pg/stored_document.hpp"

namespace leadscore::pg {

/// A framework ready to score.
struct CompiledFramework {
  const FrameworkDocument* document;
  const model::Framework* framework;
  model::FrameworkAnswer* answers;  // room for one an element
};

/// The framework for a call site under the active snapshot, read past the caller's privileges. It stays valid until the
/// next call with the same `flinfo`. Raises 42704 (undefined_object) if there is no such framework, 22023
/// (invalid_parameter_value) if the document is not one.
const CompiledFramework* find_framework(FmgrInfo* flinfo, const DocumentReference& reference);

/// The row type that the function returns, kept for the call site.
TupleDesc result_row_of(FunctionCallInfo fcinfo);

}  // namespace leadscore::pg
