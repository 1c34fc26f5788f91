#include "pg/document_cache.hpp"

#include "pg/snapshot_stamp.hpp"

namespace leadscore::pg {

namespace {

// How many documents a call site keeps, when every row names another.
constexpr int kKept = 64;

struct KeptDocument {
  KeptDocument* next;
  MemoryContext context;  // of everything here
  const void* source;     // the bytes of the name or of the document
  Size size;
  void* compiled;
};

}  // namespace

struct CallSite {
  MemoryContext context;  // of the documents
  SnapshotStamp stamp;    // under which stored ones were read
  KeptDocument* kept;     // a list, the most recently used first
  int count;
  void* beside;
};

namespace {

CallSite* call_site(FmgrInfo* flinfo) {
  auto* site = static_cast<CallSite*>(flinfo->fn_extra);
  if (site == nullptr) {
    site = static_cast<CallSite*>(MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(CallSite)));
    site->context = AllocSetContextCreate(flinfo->fn_mcxt, "leadscore documents", ALLOCSET_SMALL_SIZES);
    flinfo->fn_extra = site;
  }
  return site;
}

void forget_documents(CallSite* site) {
  site->kept = nullptr;
  site->count = 0;
  MemoryContextReset(site->context);
}

// Made in a context of its own, which belongs to the caller's until nothing can fail any more.
KeptDocument* keep(const DocumentReference& reference, CompileDocument compile) {
  const DocumentBytes source = bytes_of(reference);
  MemoryContext const context = AllocSetContextCreate(CurrentMemoryContext, "leadscore document", ALLOCSET_SMALL_SIZES);
  MemoryContext const caller = MemoryContextSwitchTo(context);
  auto* made = static_cast<KeptDocument*>(palloc0(sizeof(KeptDocument)));
  made->context = context;
  void* const copy = palloc(source.size + 1);
  memcpy(copy, source.data, source.size);
  made->source = copy;
  made->size = source.size;
  made->compiled = compile(reference);
  MemoryContextSwitchTo(caller);
  return made;
}

// Finds it among those kept, and moves it to the front.
KeptDocument* find_kept(CallSite* site, const DocumentBytes& source) {
  for (KeptDocument** link = &site->kept; *link != nullptr; link = &(*link)->next) {
    KeptDocument* const kept = *link;
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

void* find_document(FmgrInfo* flinfo, const DocumentReference& reference, CompileDocument compile) {
  CallSite* const site = call_site(flinfo);
  if (reference.name != nullptr) {
    const SnapshotStamp stamp = stamp_of_active_snapshot();
    if (!(site->stamp == stamp)) {
      forget_documents(site);
      site->stamp = stamp;
    }
  }
  KeptDocument* kept = find_kept(site, bytes_of(reference));
  if (kept == nullptr) {
    if (site->count >= kKept) {
      forget_documents(site);
    }
    kept = keep(reference, compile);
    MemoryContextSetParent(kept->context, site->context);
    kept->next = site->kept;
    site->kept = kept;
    ++site->count;
  }
  return kept->compiled;
}

void** kept_beside(FmgrInfo* flinfo) { return &call_site(flinfo)->beside; }

}  // namespace leadscore::pg
