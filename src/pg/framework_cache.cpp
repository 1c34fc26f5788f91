#include "pg/framework_cache.hpp"

#include "pg/guard.hpp"
#include "pg/memory.hpp"
#include "pg/own_table.hpp"
#include "pg/snapshot_stamp.hpp"

namespace leadscore::pg {

namespace {

// How many frameworks a call site keeps, when every row names another.
constexpr int kKept = 64;

struct KeptFramework {
  KeptFramework* next;
  MemoryContext context;  // of everything here
  const void* source;     // the bytes of the name or of the document
  Size size;
  CompiledFramework compiled;
};

// In the function's memory context (in fn_extra).
struct CallSite {
  MemoryContext context;  // of the frameworks
  SnapshotStamp stamp;    // under which stored ones were read
  KeptFramework* kept;    // a list, the most recently used first
  int count;
  TupleDesc row;
};

CallSite* call_site(FmgrInfo* flinfo) {
  auto* site = static_cast<CallSite*>(flinfo->fn_extra);
  if (site == nullptr) {
    site = static_cast<CallSite*>(MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(CallSite)));
    site->context = AllocSetContextCreate(flinfo->fn_mcxt, "leadscore frameworks", ALLOCSET_SMALL_SIZES);
    flinfo->fn_extra = site;
  }
  return site;
}

void forget_frameworks(CallSite* site) {
  site->kept = nullptr;
  site->count = 0;
  MemoryContextReset(site->context);
}

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

// Made in a context of its own, which belongs to the caller's until nothing can fail any more.
KeptFramework* compile(const DocumentReference& reference) {
  const DocumentBytes source = bytes_of(reference);
  Jsonb* const document =
      reference.name != nullptr ? load_framework(reference.name) : const_cast<Jsonb*>(reference.document);
  MemoryContext const context =
      AllocSetContextCreate(CurrentMemoryContext, "leadscore framework", ALLOCSET_SMALL_SIZES);
  MemoryContext const caller = MemoryContextSwitchTo(context);
  auto* made = static_cast<KeptFramework*>(palloc0(sizeof(KeptFramework)));
  made->context = context;
  void* const copy = palloc(source.size + 1);
  memcpy(copy, source.data, source.size);
  made->source = copy;
  made->size = source.size;
  const FrameworkDocument* const read = read_framework_document(document);
  const auto count = static_cast<std::size_t>(read->count);
  made->compiled.document = read;
  made->compiled.framework = core_call([context, read, count] {
    auto* const memory = make_in_context<ContextResource>(context, context);
    return make_in_context<model::Framework>(
        context, std::span<const model::FrameworkElement>{read->definitions, count}, memory);
  });
  made->compiled.answers = static_cast<model::FrameworkAnswer*>(palloc0(sizeof(model::FrameworkAnswer) * (count + 1)));
  MemoryContextSwitchTo(caller);
  return made;
}

// Finds it among those kept, and moves it to the front.
KeptFramework* find_kept(CallSite* site, const DocumentBytes& source) {
  for (KeptFramework** link = &site->kept; *link != nullptr; link = &(*link)->next) {
    KeptFramework* const kept = *link;
    if (kept->size == source.size && memcmp(kept->source, source.data, source.size) == 0) {
      *link = kept->next;
      kept->next = site->kept;
      site->kept = kept;
      return kept;
    }
  }
  return nullptr;
}

}  // namespace

const CompiledFramework* find_framework(FmgrInfo* flinfo, const DocumentReference& reference) {
  CallSite* const site = call_site(flinfo);
  if (reference.name != nullptr) {
    const SnapshotStamp stamp = stamp_of_active_snapshot();
    if (!(site->stamp == stamp)) {
      forget_frameworks(site);
      site->stamp = stamp;
    }
  }
  KeptFramework* kept = find_kept(site, bytes_of(reference));
  if (kept == nullptr) {
    if (site->count >= kKept) {
      forget_frameworks(site);
    }
    kept = compile(reference);
    MemoryContextSetParent(kept->context, site->context);
    kept->next = site->kept;
    site->kept = kept;
    ++site->count;
  }
  return &kept->compiled;
}

TupleDesc result_row_of(FunctionCallInfo fcinfo) {
  CallSite* const site = call_site(fcinfo->flinfo);
  if (site->row == nullptr) {
    TupleDesc row = nullptr;
    if (get_call_result_type(fcinfo, nullptr, &row) != TYPEFUNC_COMPOSITE) {
      elog(ERROR, "leadscore.framework_score must return a row");
    }
    MemoryContext const caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
    site->row = BlessTupleDesc(CreateTupleDescCopy(row));
    MemoryContextSwitchTo(caller);
  }
  return site->row;
}

}  // namespace leadscore::pg
