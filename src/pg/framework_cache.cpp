#include "pg/framework_cache.hpp"

#include "pg/composite.hpp"
#include "pg/document_cache.hpp"
#include "pg/guard.hpp"
#include "pg/memory.hpp"
#include "pg/own_table.hpp"

namespace leadscore::pg {

namespace {

[[noreturn]] void no_such_framework(const text* name) {
  const char* const written = text_to_cstring(name);
  ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("framework \"%s\" does not exist", written),
                  written[0] == '{' ? errhint("To score by a document, cast it to jsonb.")
                                    : errhint("Table leadscore.framework lists the frameworks; "
                                              "leadscore.create_framework() makes one of those that ship.")));
}

// The rows of a framework as a document, in the current memory context, read as the owner of the table.
Jsonb* load_framework(const text* name) {
  const Oid table = own_table("framework");
  if (!OidIsValid(table)) {
    no_such_framework(name);
  }
  Jsonb* const document = query_document(
      "SELECT leadscore.export_framework(f.framework) FROM leadscore.framework AS f WHERE f.framework = $1", name,
      owner_of(table));
  if (document == nullptr) {
    no_such_framework(name);
  }
  return document;
}

void* compile(const DocumentReference& reference) {
  Jsonb* const document =
      reference.name != nullptr ? load_framework(reference.name) : const_cast<Jsonb*>(reference.document);
  MemoryContext const context = CurrentMemoryContext;
  auto* compiled = static_cast<CompiledFramework*>(palloc0(sizeof(CompiledFramework)));
  const FrameworkDocument* const read = read_framework_document(document);
  const auto count = static_cast<std::size_t>(read->count);
  compiled->document = read;
  compiled->framework = core_call([context, read, count] {
    auto* const memory = make_in_context<ContextResource>(context, context);
    return make_in_context<model::Framework>(
        context, std::span<const model::FrameworkElement>{read->definitions, count}, memory);
  });
  compiled->answers = static_cast<model::FrameworkAnswer*>(palloc0(sizeof(model::FrameworkAnswer) * (count + 1)));
  return compiled;
}

}  // namespace

const CompiledFramework* find_framework(FmgrInfo* flinfo, const DocumentReference& reference) {
  return static_cast<CompiledFramework*>(find_document(flinfo, reference, compile));
}

TupleDesc result_row_of(FunctionCallInfo fcinfo) {
  void** const row = kept_beside(fcinfo->flinfo);
  if (*row == nullptr) {
    MemoryContext const caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
    *row = CreateTupleDescCopy(result_row(fcinfo));
    MemoryContextSwitchTo(caller);
  }
  return static_cast<TupleDesc>(*row);
}

}  // namespace leadscore::pg
