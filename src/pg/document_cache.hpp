// What call sites keep of documents: each is compiled once for each snapshot and call site.
#pragma once

#include "pg/stored_document.hpp"

namespace leadscore::pg {

/// Compiles what is named or given, in the current memory context, which then holds it. The reference is the call's
/// own.
using CompileDocument = void* (*)(const DocumentReference& reference);

/// What a call site keeps beside its documents, in the function's memory context (in fn_extra).
struct CallSite;

/// The compiled document for a call site; what is stored is compiled anew under another snapshot. It stays valid until
/// the next call with the same `flinfo`. Raises what `compile` raises.
void* find_document(FmgrInfo* flinfo, const DocumentReference& reference, CompileDocument compile);

/// A place for one thing more that the call site keeps in the function's memory context; nullptr at first.
void** kept_beside(FmgrInfo* flinfo);

}  // namespace leadscore::pg
