#include "pg/email_provider.hpp"

#include "pg/guard.hpp"
#include "pg/own_table.hpp"
#include "pg/snapshot_stamp.hpp"
#include "pg/stored_text.hpp"

namespace leadscore::pg {

namespace {

constexpr Size kLongestDomain = 253;

struct Provider {
  char domain[kLongestDomain + 1];  // the key
  contact::EmailKind kind;
};

std::optional<contact::EmailKind> kind_named(const text* name) {
  const std::string_view written = view_of(name);
  for (const contact::EmailKind kind : {contact::EmailKind::corporate, contact::EmailKind::free,
                                        contact::EmailKind::disposable, contact::EmailKind::education}) {
    if (contact::name_of(kind) == written) {
      return kind;
    }
  }
  return std::nullopt;
}

HTAB* make_table(MemoryContext context) {
  HASHCTL control{};
  control.keysize = sizeof(Provider::domain);
  control.entrysize = sizeof(Provider);
  control.hcxt = context;
  return hash_create("leadscore e-mail providers", 64, &control, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
}

}  // namespace

struct EmailProviders {
  MemoryContext context;  // of `kinds`, emptied when the table is read again
  SnapshotStamp stamp;
  bool is_read;
  HTAB* kinds;  // nullptr: the table is empty
};

namespace {

void read_table(EmailProviders* providers) {
  providers->kinds = nullptr;
  const Oid table = own_table("email_provider");
  if (!OidIsValid(table)) {
    return;
  }
  Relation const relation = table_open(table, AccessShareLock);
  if (RelationGetNumberOfBlocks(relation) > 0) {
    const AttrNumber domain_column = own_column(table, "domain");
    const AttrNumber kind_column = own_column(table, "kind");
    SysScanDesc const scan = systable_beginscan(relation, InvalidOid, false, GetActiveSnapshot(), 0, nullptr);
    HeapTuple tuple = nullptr;
    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
      CHECK_FOR_INTERRUPTS();
      bool no_domain = false;
      bool no_kind = false;
      const Datum domain = heap_getattr(tuple, domain_column, RelationGetDescr(relation), &no_domain);
      const Datum kind = heap_getattr(tuple, kind_column, RelationGetDescr(relation), &no_kind);
      if (no_domain || no_kind) {
        continue;
      }
      const std::optional<contact::EmailKind> named = kind_named(DatumGetTextPP(kind));
      const char* const name = TextDatumGetCString(domain);
      if (!named || strlen(name) > kLongestDomain) {
        continue;  // the table's checks do not let it in
      }
      if (providers->kinds == nullptr) {
        providers->kinds = make_table(providers->context);
      }
      auto* entry = static_cast<Provider*>(hash_search(providers->kinds, name, HASH_ENTER, nullptr));
      entry->kind = *named;
    }
    systable_endscan(scan);
  }
  table_close(relation, AccessShareLock);
}

}  // namespace

const EmailProviders* find_email_providers(FmgrInfo* flinfo) {
  auto* providers = static_cast<EmailProviders*>(flinfo->fn_extra);
  if (providers == nullptr) {
    providers = static_cast<EmailProviders*>(MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(EmailProviders)));
    providers->context = AllocSetContextCreate(flinfo->fn_mcxt, "leadscore e-mail providers", ALLOCSET_SMALL_SIZES);
    flinfo->fn_extra = providers;
  }
  const SnapshotStamp stamp = stamp_of_active_snapshot();
  if (!providers->is_read || !(providers->stamp == stamp)) {
    providers->is_read = false;  // an error may leave it half read
    MemoryContextReset(providers->context);
    MemoryContext const caller = CurrentMemoryContext;
    MemoryContext const scratch =
        AllocSetContextCreate(CurrentMemoryContext, "leadscore e-mail providers", ALLOCSET_DEFAULT_SIZES);
    MemoryContextSwitchTo(scratch);
    read_table(providers);
    MemoryContextSwitchTo(caller);
    MemoryContextDelete(scratch);
    providers->stamp = stamp;
    providers->is_read = true;
  }
  return providers;
}

contact::EmailKind kind_of_domain(const EmailProviders* providers, std::string_view domain) {
  // The nearest wins, whichever of the two names it.
  for (std::string_view part = domain; providers->kinds != nullptr && !part.empty();
       part = contact::parent_domain(part)) {
    char key[sizeof(Provider::domain)] = {};
    if (part.size() > kLongestDomain) {
      break;
    }
    memcpy(key, part.data(), part.size());
    if (const auto* entry = static_cast<Provider*>(hash_search(providers->kinds, key, HASH_FIND, nullptr))) {
      return entry->kind;
    }
    if (contact::listed_kind(part)) {
      break;
    }
  }
  return contact::kind_of_domain(domain);
}

}  // namespace leadscore::pg
